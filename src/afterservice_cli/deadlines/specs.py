"""How a target becomes an instant for one case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from afterservice_cli.cases.values import PROMISED, DeadlineSpec
from afterservice_cli.durations import Duration, parse_duration
from afterservice_cli.instants import FIRST_YEAR, LAST_YEAR
from afterservice_cli.rulebook.model import Allowance, Facts, Rulebook
from afterservice_cli.worktime import Span


def spec_of(
    rulebook: Rulebook,
    allowance: Allowance,
    cycle: int,
    start: datetime,
    stops: Sequence[Span] = (),
    occurrence: int = 1,
) -> DeadlineSpec:
    """Return the deadline of a target that gives this time from `start` on."""
    name, duration = allowance.target, allowance.duration
    target = rulebook.targets[name]
    due = rulebook.calendar.add(start, parse_duration(duration), stops if target.pauses else ())
    provisional = is_provisional(rulebook, duration, start, due)
    return DeadlineSpec(
        *(name, cycle, start, duration, due, tuple(target.until), target.pauses, provisional),
        *(allowance.rule, target.start, occurrence),
        _warn_at(rulebook, name, duration, start, due),
    )


def put(rulebook: Rulebook, old: DeadlineSpec, due: datetime) -> DeadlineSpec:
    """Return the spec with another due time, and the warning and provisional mark that go with it."""
    later = old.rule != PROMISED and is_provisional(rulebook, old.duration, old.from_at, due)
    warn_at = _warn_at(rulebook, old.target, old.duration, old.from_at, due)
    return old.but(due_at=due, provisional=later, warn_at=warn_at)


def dated(rulebook: Rulebook, start: str, facts: Facts) -> datetime | None:
    """Return the beginning of the day that `field:NAME` names in a case; None if it names none.

    The field may have been text when the case was recorded: a value that is no date starts no clock.
    """
    value = facts.get(start.removeprefix("field:")) if start.startswith("field:") else None
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=rulebook.zone).astimezone(UTC)


def _warn_at(rulebook: Rulebook, name: str, duration: str, start: datetime, due: datetime) -> datetime | None:
    """Return from when on a deadline is warned of: the target's lead before it is due, but not before its start.

    A lead in per cent is a share of the duration, in its unit; of days, a share of the (working) time they take
    without a pause. None if the target has no lead.
    """
    lead = rulebook.targets[name].warn if name in rulebook.targets else None
    if lead is None:
        return None
    if lead.endswith("%"):
        whole, share = parse_duration(duration), int(lead.removesuffix("%").strip())
        working = whole.unit.startswith("w")
        if whole.unit in ("d", "wd"):
            plain = rulebook.calendar.add(start, whole)
            seconds = rulebook.calendar.elapsed(start, plain) if working else int((plain - start).total_seconds())
        else:
            seconds = int(whole.length.total_seconds())
        ahead = Duration(seconds * share // 100, "ws" if working else "s")
    else:
        ahead = parse_duration(lead)
    return max(start, rulebook.calendar.back(due, ahead))


def is_provisional(rulebook: Rulebook, duration: str, start: datetime, due: datetime) -> bool:
    """Tell whether days off that are still to be announced may move a deadline."""
    # Clock durations pass over holidays as over any day: no announcement can move them.
    return ("w" in duration or duration.endswith("d")) and rulebook.calendar.provisional(start, due)
