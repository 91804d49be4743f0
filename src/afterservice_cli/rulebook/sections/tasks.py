"""What a rulebook says of tasks: those of a plan, of an event and of other teams, and of what comes round again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from afterservice_cli.language import sentence
from afterservice_cli.rulebook.keys import key
from afterservice_cli.rulebook.sections.forms import Condition, Duration, Named, Role, Titled
from afterservice_cli.rulebook.sections.targets import TargetTime

_TIMES = sentence("the times of cases that meet a condition: the first entry that fits counts, before `within`")
_WARN = sentence("how long before its time is up that it is warned of: `25%`, `2wh`")


class TaskOutcome(Named):
    """What doing a task may come to."""

    then: Literal["revise", "stop", "reopen"] | None = key(
        "what follows: `revise` asks for another plan, `stop` makes the plan's other tasks needless, `reopen` begins "
        "the case again",
        default=None,
    )


class TaskRules(Named):
    """One thing that somebody has to do to carry out a plan."""

    by: Role | None = key("the team or role that does it; the team of the case if missing", default=None)
    within: Duration | None = key("in what time, unless `times` gives another", default=None)
    times: Sequence[TargetTime] = key(_TIMES, default=(), least=1)
    start: Annotated[str, "event or task"] | None = key(
        "the event with which its time begins; it begins when the task can be done if missing",
        default=None,
        written="from",
    )
    after: Sequence[str] | None = key("the tasks that come before it; the one above it if missing", default=None)
    pauses: bool = key(
        "whether its time stands still while the case waits; `false` for what waiting asks for, as a part that is "
        "ordered",
        default=True,
    )
    outcomes: Mapping[str, TaskOutcome] = key("what it may come to, one of which has to be told", default={})
    once: bool = key("whether it is done but once, under whatever plan, as money is paid", default=False)
    not_by: Sequence[Annotated[str, "event or task"]] = key("events whose author may not do it", default=())
    warn: Annotated[str, "lead"] | None = key(_WARN, default=None)


class CaseTask(TaskRules):
    """One thing that somebody has to do once something has happened."""

    on: Sequence[Annotated[str, "event or task"]] = key("the events that open it, unless it is open", least=1)
    when: Sequence[Condition] = key("of which cases; of all if missing", default=())


class Duty(Titled):
    """Something that a team or role has to see to again and again, whatever the cases are."""

    by: Role = key("the team or role that sees to it")
    every: Annotated[str, "interval"] = key(
        "how long after it was seen to it is due again, and at first after the rulebook with it was adopted: `4wh`; or "
        "at which time of which days: `17:00`, `mon 10:00`, `25d 12:00`, `3wd 12:00`, `last 12:00`"
    )
    warn: Annotated[str, "lead"] | None = key(
        "how long before it is due that it is warned of: `25%`, `1wh`", default=None
    )
    calendar: Annotated[str, "calendar"] | None = key(
        "by which of `calendars` it counts; the desk's if missing", default=None
    )


class Part(Named):
    """What a team that works along has to do."""

    within: Duration | None = key("in what time, unless `times` gives another", default=None)
    times: Sequence[TargetTime] = key(_TIMES, default=(), least=1)
    warn: Annotated[str, "lead"] | None = key(_WARN, default=None)
