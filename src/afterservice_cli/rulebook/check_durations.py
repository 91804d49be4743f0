"""What the working calendar never gives: durations that it does not use up, warnings from before it was ever open."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from afterservice_cli.durations import Duration, parse_duration
from afterservice_cli.rulebook.check_references import entries, everywhere
from afterservice_cli.rulebook.schema_types import Notes, Path
from afterservice_cli.worktime import Calendar

YEARS = 90  # of the hundred in which a calendar looks: days off that are announced, and pauses, want theirs
_REACH = timedelta(days=YEARS * 365)
_DAY = timedelta(days=1)


def check_reach(document: Mapping[str, Any], spec: Mapping[str, Any], notes: Notes) -> None:
    """Note a fault at every duration of a document that its calendar, `spec`, cannot count to an end.

    Each is tried from before and from after all dates that the calendar knows by themselves, where the weekdays
    alone are left, and from both ends of each time that is closed.
    """
    days, calendar = _days(spec), Calendar(spec)
    for path, text in _durations(document):
        if not all(_reached(calendar.add, day, parse_duration(text)) for day in days):
            what = f"'{text}': the calendar does not open for so long in {YEARS} years"
            notes.fault(path, f"{what} – write a shorter time, or give it more hours")
    for path, text in _leads(document):
        if not all(_reached(calendar.back, day, parse_duration(text)) for day in days):
            what = f"'{text}': the calendar was not open for so long in {YEARS} years"
            notes.fault(path, f"{what} – write a shorter time, or give it more hours")


def _durations(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every duration from which something becomes due, and where it stands."""
    for section in ("channels", "kinds", "categories", "priorities"):
        for path, entry in everywhere(document[section], (section,)):
            yield from (((*path, "targets", target), text) for target, text in entries(entry["targets"]))
    for name, disposition in entries(document["dispositions"]):
        for step, entry in entries(disposition["steps"]):
            if entry["within"]:
                yield ("dispositions", name, "steps", step, "within"), entry["within"]
    for path, key in ((("intake", "duplicates"), "within"), (("closing", "survey"), "follow_up_within")):
        entry = (document[path[0]] or {}).get(path[1]) or {}
        if entry.get(key):
            yield (*path, key), entry[key]


def _leads(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every time by which a warning leads; a part of the time is as near as the time itself."""
    for name, target in entries(document["targets"]):
        if target["warn"] and not target["warn"].endswith("%"):
            yield ("targets", name, "warn"), target["warn"]


def _days(spec: Mapping[str, Any]) -> list[date]:
    closed = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spec["closed"]]
    days = [day for both in closed for day in both] + [date.fromisoformat(day) for day in spec["open"]]
    for year in spec["holidays"] or ():
        days += [date(int(year), 1, 1), date(int(year), 12, 31)]
    if not days:
        return [date(2000, 1, 1)]
    ends = {day for first, last in closed for day in (first, last + _DAY)}
    return sorted({min(days) - _DAY, *ends, max(days) + _DAY})


def _reached(count: Callable[[datetime, Duration], datetime], day: date, duration: Duration) -> bool:
    """Whether counting on, or back, from a day comes to an end within reach."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        end = count(begin, duration)
    except ValueError:
        return False
    return not duration.unit.startswith("w") or abs(end - begin) <= _REACH
