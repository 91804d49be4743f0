"""What a rulebook says of targets: clocks between two events of a case, and how long each runs in which cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from afterservice_cli.rulebook.keys import Section, key
from afterservice_cli.rulebook.sections.forms import Condition, Duration, Role, Title, Titled


class TargetTime(Section):
    """How long a target runs, or a task may take, in the cases that meet a condition."""

    when: Sequence[Condition] = key("which cases: conditions of which one must hold", least=1)
    within: Duration = key("in what time")
    calendar: Annotated[str, "calendar"] | None = key(
        "by which of `calendars` it counts; that of the target, of a task the desk's, if missing", default=None
    )


class Target(Titled):
    """A clock between two events of a case, or a date by which an event is due."""

    title: Title = key("the label staff see; its id if missing", default={})
    starts: Annotated[Sequence[str], "clock starts"] = key(
        "what starts the clock; of several the first", default=("registered",), written="from"
    )
    until: Annotated[Sequence[str], "clock ends"] = key("what stops it; of several the first")
    within: Annotated[str, "duration"] | None = key(
        "in what time, unless `times` or the disposition, channel, kind, category or priority of a case gives another",
        default=None,
    )
    times: Sequence[TargetTime] = key(
        "the times of cases that meet a condition: the first entry that fits counts, before what the disposition, "
        "channel, kind, category or priority of a case gives",
        default=(),
        least=1,
    )
    at: Annotated[str, "date of a case"] | None = key(
        "instead of a clock, the date of the case by which it is due: `promised_at`, or `field:NAME`", default=None
    )
    when: Sequence[Condition] = key("of which cases it is demanded; of all if missing", default=())
    by: Role | None = key(
        "whose doing alone stops the clock; anybody's if missing. A resolution that stands beside other events is "
        "anybody's",
        default=None,
    )
    warn: Annotated[str, "lead"] | None = key(
        "how long before it is due that it is warned of: `25%`, `2wh`", default=None
    )
    pauses: bool = key("whether its clock stands still while the case waits", default=False)
    repeats: bool = key("whether it starts again with each `from` after it was answered", default=False)
    restarts: bool = key("whether another team that gets the case has all of its time", default=False)
    delays: bool = key("whether a delay announced to the customer in time moves it", default=False)
    calendar: Annotated[str, "calendar"] | None = key(
        "by which of `calendars` it counts; the channel's, then the desk's, if missing", default=None
    )
    counts: bool = key("whether attainment counts it; if not, it is shown, warned of and escalated", default=True)

    def conditions(self) -> Iterator[Condition]:
        """Yield the conditions of which cases it is demanded, and those by which its time is chosen."""
        yield from self.when
        for time in self.times:
            yield from time.when
