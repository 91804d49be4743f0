"""Which deadlines a case has: the targets of the rulebook, made instants by the working calendar."""

from afterservice_cli.deadlines.moving import delayed, following, moved, recounted, resumed
from afterservice_cli.deadlines.replaying import after, mended, replayed
from afterservice_cli.deadlines.specs import allowed_task, circumstances
from afterservice_cli.deadlines.starting import begin, begun, first_of, next_due, single

__all__ = [
    "after",
    "allowed_task",
    "begin",
    "begun",
    "circumstances",
    "delayed",
    "first_of",
    "following",
    "mended",
    "moved",
    "next_due",
    "recounted",
    "replayed",
    "resumed",
    "single",
]
