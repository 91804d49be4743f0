"""What the working calendar never gives: durations that it does not use up, warnings from before it was ever open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.names import entries, items
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.schema import FORMS, RULEBOOK
from afterservice_cli.rulebook.document.walking import values_in
from afterservice_cli.rulebook.keys import Section
from afterservice_cli.rulebook.model import merged_rules
from afterservice_cli.rulebook.sections.hours import CalendarRules, OtherCalendar
from afterservice_cli.rulebook.sections.rules import Channel, Rules
from afterservice_cli.rulebook.sections.targets import Target, TargetTime
from afterservice_cli.rulebook.sections.tasks import Duty, Part, TaskRules
from afterservice_cli.rulebook.vocabulary import BY_LINE
from afterservice_cli.time.durations import Duration, Period, parse_duration, parse_period
from afterservice_cli.time.schedules import is_schedule, parse_schedule
from afterservice_cli.time.worktime import Calendar

YEARS = 90  # of the hundred in which a calendar looks: the rest is for days off still to be announced, and for pauses
_REACH = timedelta(days=YEARS * 365)
_DAY = timedelta(days=1)
COUNTED = (FORMS["duration"], FORMS["interval"], FORMS["lead"])
PERIODS = (FORMS["length"], FORMS["period"])


def check_durations(document: Rules, rules: CalendarRules, others: Mapping[str, OtherCalendar], notes: Notes) -> None:
    """Note a fault at every duration of a document that a calendar by which it may count cannot count to an end.

    Each is tried from before and from after all dates that the calendar names, since the weekdays alone count there,
    and from both ends of each time that is closed.
    """
    places = {name: _placed(other, merged_rules(rules, other)) for name, other in others.items()}
    own = places[""] = _placed(rules, rules.__dict__)
    for text, path, around in values_in(document, RULEBOOK, COUNTED):
        if text.endswith("%"):
            continue  # it is no longer than a duration
        names = sorted(_calendars(document, path, around) & places.keys())
        lead = path[-1] == "warn"
        if not all(_comes(calendar, day, text, back=lead) for name in names for day, calendar in places[name]):
            what = _never(text)
            if lead:
                what = tr(
                    "'{text}': the calendar was not open for so long in {years} years – write a shorter time, or give "
                    "it more hours",
                    text=text,
                    years=YEARS,
                )
            notes.fault(path, what)
    for text, path, _ in values_in(document, RULEBOOK, PERIODS):
        if text == BY_LINE or path[0] == "gives":  # how long something is valid is shown, and never counted
            continue
        if not all(_ends(calendar, day, parse_period(text)) for day, calendar in own):
            notes.fault(path, _never_again(text))


def _never(text: str) -> str:
    """Return what is wrong with a duration that a calendar does not use up, or a time of days that it has not."""
    if is_schedule(text):
        return _never_again(text)
    return tr(
        "'{text}': the calendar does not open for so long in {years} years – write a shorter time, or give it more "
        "hours",
        text=text,
        years=YEARS,
    )


def _never_again(text: str) -> str:
    return tr(
        "'{text}': the calendar does not open again within {years} years – give it more hours", text=text, years=YEARS
    )


Place = list[tuple[date, Calendar]]


def _placed(own: CalendarRules | OtherCalendar, rules: Mapping[str, object]) -> Place:
    """Return the days from which a calendar's rules are tried, each with a calendar to itself.

    One for all of them would lay out every date between the first and the last.
    """
    return [(day, Calendar(rules)) for day in _days(own)]


def _calendars(document: Rules, path: Path, around: Sequence[Section]) -> set[str]:
    """Return the names of the calendars by which a value may count that stands in some sections; "" is the desk's."""
    holder = around[-1]
    if isinstance(holder, Duty):
        return {holder.calendar or ""}
    if isinstance(holder, TargetTime):
        target = around[-2]
        return {holder.calendar or ""} if holder.calendar or not isinstance(target, Target) else _of(target, document)
    if isinstance(holder, Target):
        return _of(holder, document) | {name for name in _of_times(path, holder) if name}
    if isinstance(holder, TaskRules | Part):
        return {"", *_of_times(path, holder)}
    if path[-2:-1] == ("targets",) and (entry := (document.targets or {}).get(str(path[-1]))):
        return {holder.calendar or ""} if isinstance(holder, Channel) and not entry.calendar else _of(entry, document)
    return {""}


def _of(target: Target, document: Rules) -> set[str]:
    """Return the calendars by which a target counts that is not of one channel alone."""
    channels = entries(document.channels)
    return {target.calendar} if target.calendar else {"", *(channel.calendar or "" for _, channel in channels)}


def _of_times(path: Path, timed: Target | TaskRules | Part) -> set[str]:
    """Return the calendars of the times of a target or a task that its warning comes before."""
    return {time.calendar or "" for _, time in items(timed.times)} if path[-1] == "warn" else set()


def _ends(calendar: Calendar, day: date, period: Period) -> bool:
    """Tell whether a period that begins on a day comes to an end."""
    try:
        calendar.last_day(day, period)
    except ValueError:
        return False
    return True


def _days(rules: CalendarRules | OtherCalendar) -> list[date]:
    closed = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in rules.closed]
    days = [day for both in closed for day in both] + [date.fromisoformat(day) for day in rules.open]
    for year in rules.holidays or ():
        days += [date(int(year), 1, 1), date(int(year), 12, 31)]
    if not days:
        return [date(2000, 1, 1)]
    ends = {day for first, last in closed for day in (first, last + _DAY)}
    return sorted({min(days) - _DAY, *ends, max(days) + _DAY})


def _comes(calendar: Calendar, day: date, text: str, *, back: bool) -> bool:
    """Tell whether a duration from a day on, or `back` from it, or a time of some days, comes within reach."""
    if not is_schedule(text):
        return _reached(calendar.back if back else calendar.add, day, parse_duration(text))
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        return parse_schedule(text).after(calendar, begin) - begin <= _REACH
    except ValueError:
        return False


def _reached(count: Callable[[datetime, Duration], datetime], day: date, duration: Duration) -> bool:
    """Tell whether counting on, or back, from a day comes to an end within reach."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        end = count(begin, duration)
    except ValueError:
        return False
    return not duration.unit.startswith("w") or abs(end - begin) <= _REACH
