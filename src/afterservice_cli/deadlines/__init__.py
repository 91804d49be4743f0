"""Which deadlines a case has: the targets of the rulebook, made instants by the working calendar."""

from afterservice_cli.deadlines.moving import delayed, moved, recounted, resumed
from afterservice_cli.deadlines.replaying import mended, replayed
from afterservice_cli.deadlines.starting import begin, begun, next_due, single

__all__ = ["begin", "begun", "delayed", "mended", "moved", "next_due", "recounted", "replayed", "resumed", "single"]
