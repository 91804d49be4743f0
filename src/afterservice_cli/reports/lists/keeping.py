"""What may go by its age."""

from __future__ import annotations

from afterservice_cli.frozen import Frozen


class Aged(Frozen):
    """A case that may go by its age: when it was over, a UTC text, and the last day on which it had to be kept."""

    case: str
    kind: str | None
    ended_at: str
    kept_until: str
