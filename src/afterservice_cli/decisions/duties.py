"""The duties of a desk: which of them an adopted rulebook begins and ends, and that somebody saw to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from afterservice_cli.cases.events.general import DutyDone, RulebookAdopted
from afterservice_cli.cases.values import DutySpec
from afterservice_cli.deadlines.specs import warned
from afterservice_cli.decisions.checks import check_role_for, check_time, check_used
from afterservice_cli.errors import BadInput
from afterservice_cli.input_text import optional_text
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.time.instants import to_minute_text
from afterservice_cli.time.schedules import Schedule, is_schedule, parse_schedule
from afterservice_cli.time.worktime import Calendar

_INSTANT = timedelta(seconds=1)
Running = Mapping[str, DutySpec]  # by its name, the time by which each duty is due


def adopted(rulebook: Rulebook, at: datetime, changes: Sequence[str], running: Running) -> RulebookAdopted:
    """Return the adoption of a rulebook, with the duties that begin by it and those that end.

    A duty that is as often, by the same calendar and the same people's, keeps its time; any other begins anew.
    """
    begun = [
        spec_of(rulebook, name, at)
        for name, duty in rulebook.duties.items()
        if (last := running.get(name)) is None
        or (duty.every, duty.by, duty.calendar or "") != (last.every, last.by, last.calendar)
    ]
    ended = tuple(name for name in running if name not in rulebook.duties)
    return RulebookAdopted(at, rulebook.name, rulebook.hash, tuple(changes), tuple(begun), ended)


def done(running: Running, moment: Moment, *, name: str, text: str | None = None) -> DutyDone:
    """Record that somebody saw to a duty, named by its id or title; its next time follows.

    Raises `BadInput` for one that the rulebook has not, and for a time before it was seen to last; `Refused` if it is
    other people's.
    """
    rulebook = moment.rulebook
    check_used(rulebook.duties, "duties", "duty", rulebook)
    name = rulebook.known("duty", name)
    check_role_for(moment, rulebook.duties[name].by, name, f"duties.{name}.by")
    check_time(moment)
    since = running[name].from_at
    if moment.at < since:
        local = to_minute_text(since, rulebook.zone, moment.at)
        raise BadInput(
            tr(
                "{duty} was last seen to, or adopted, at {at}; only after that can it be seen to again",
                duty=name,
                at=local,
            )
        )
    said = optional_text(text, tr("the text"))
    return DutyDone(moment.at, name, (spec_of(rulebook, name, moment.at, running[name].due_at),), said)


def spec_of(rulebook: Rulebook, name: str, since: datetime, kept: datetime | None = None) -> DutySpec:
    """Return the time by which a duty is due that began at `since`, or was seen to then, when it was due at `kept`."""
    duty, calendar = rulebook.duties[name], rulebook.calendar_called(rulebook.duties[name].calendar or "")
    if is_schedule(duty.every):
        due, length = _next_time(parse_schedule(duty.every), calendar, since, kept), ""
    else:
        due, length = calendar.add(since, parse_duration(duty.every)), duty.every
    warn_at = warned(duty.warn, calendar, length, since, due)
    return DutySpec(name, duty.by, duty.every, since, due, warn_at, duty.calendar or "")


def _next_time(schedule: Schedule, calendar: Calendar, since: datetime, kept: datetime | None) -> datetime:
    """Return when a duty is due next that has its times of the day.

    Whoever sees to it answers the time that comes next: all that was before is over, and a second look before that time
    leaves the one after it to be kept.
    """
    if kept is None or since > kept:
        return schedule.after(calendar, since)
    coming = schedule.after(calendar, since - _INSTANT)
    return kept if coming < kept else schedule.after(calendar, kept)
