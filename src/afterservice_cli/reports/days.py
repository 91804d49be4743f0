"""Local days: those on the way of a deadline, and those of a month as the calendar has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from afterservice_cli.frozen import Frozen
from afterservice_cli.time.durations import Duration, Period, parse_duration
from afterservice_cli.time.openings import Span
from afterservice_cli.time.worktime import Calendar, DayInfo, merged

DAY = timedelta(days=1)
LONGEST = 400  # days told one by one; a longer way is told by its ends


class Day(Frozen):
    """A local day on the way of a deadline.

    `counted` is seconds of working time, or 1 and 0 if days are counted; `kind` is `start`, `paused`, or that of the
    calendar.
    """

    date: str
    kind: str
    name: str
    counted: int


class CalendarDay(Frozen):
    """A day as the calendar has it; `hours` are its openings, each from and to a time of day."""

    date: str
    kind: str
    name: str
    hours: Sequence[tuple[str, str]]
    working_seconds: int


def calendar_days(calendar: Calendar, first: date, count: int) -> list[CalendarDay]:
    """Return so many days of a calendar."""
    found = []
    for number in range(count):
        info = calendar.day(first + number * DAY)
        seconds = sum(int((closes - opens).total_seconds()) for opens, closes in calendar.spans_of(info.day))
        hours = [(time_of_day(opens), time_of_day(closes)) for opens, closes in info.spans]
        found.append(CalendarDay(info.day.isoformat(), info.kind, info.name, hours, seconds))
    return found


def days_of(calendar: Calendar, start: datetime, duration: str, due: datetime, stops: Sequence[Span]) -> Iterator[Day]:
    """Return the local days from the start to the last that counted; none for a duration on the clock, or of zero.

    A night shift is told with the day on which it begins.
    """
    length = parse_duration(duration)
    if length.unit in ("s", "m", "h") or not length.amount:
        return
    first, last = (at.astimezone(calendar.zone).date() for at in (start, due - timedelta.resolution))
    if (last - first).days > LONGEST:
        return
    if length.unit == "d":
        yield from _counted_days(calendar, first, [last], length, stops)
    elif length.unit == "wd":
        closing = [day for day in (last - DAY, last) if calendar.close_of(day) == due]
        yield from _counted_days(calendar, first, closing or [last], length, stops)
    else:
        yield from _worked_days(calendar, start, due, merged(stops, start))


def days_of_period(calendar: Calendar, begin: date, period: Period) -> list[Day]:
    """Return the days of a period of (working) days from the one with which it begins; none of months and years."""
    length = (calendar.counted_to(begin, period) - begin).days
    if period.unit not in ("d", "wd") or length > LONGEST:
        return []
    days = [calendar.day(begin + offset * DAY) for offset in range(length + 1)]
    return [
        _told(days[0], "start", 0),
        *(_told(info, info.kind, int(period.unit == "d" or bool(info.spans))) for info in days[1:]),
    ]


def days_off(calendar: Calendar, begin: date, period: Period) -> list[Day]:
    """Return the days off with which a period would end, and that the working day follows with which it does."""
    end = calendar.counted_to(begin, period)
    over = (calendar.last_day(begin, period) - end).days
    return [_told(info, info.kind, 0) for info in (calendar.day(end + offset * DAY) for offset in range(over))]


def _told(info: DayInfo, kind: str, counted: int) -> Day:
    return Day(info.day.isoformat(), kind, info.name, counted)


def _worked_days(calendar: Calendar, start: datetime, due: datetime, stops: Sequence[Span]) -> Iterator[Day]:
    """Yield the days from the one whose hours the start falls into, to the last with working time before it is due."""
    first, last = (at.astimezone(calendar.zone).date() for at in (start, due))
    if any(closes > start for _, closes in calendar.spans_of(first - DAY)):
        first -= DAY  # the night shift of the day before
    while last > first and not _seconds(calendar, last, start, due, stops):
        last -= DAY
    for offset in range((last - first).days + 1):
        info = calendar.day(first + offset * DAY)
        counted = _seconds(calendar, info.day, start, due, stops)
        waited = not counted and _seconds(calendar, info.day, start, due, ())
        yield _told(info, "paused" if waited else info.kind, counted)


def _counted_days(
    calendar: Calendar, first: date, ends: Sequence[date], length: Duration, stops: Sequence[Span]
) -> Iterator[Day]:
    """Yield the days from the first to the last, which counts, as do so many before it as the duration still wants.

    The first never counts. `ends` are the days that may be the last, in order: two can close at the same time. A
    working day that is left over is one on which the time would have been up, had the case not waited past its end.
    """
    paused = _paused_days(calendar, stops)
    for last in ends:
        days = [calendar.day(first + offset * DAY) for offset in range((last - first).days + 1)]
        able = [info.day for info in days[1:-1] if info.day not in paused and (length.unit == "d" or info.spans)]
        if len(able) + 1 >= length.amount:
            break
    counts = {*able[: length.amount - 1], last} - {first}
    for info in days:
        stood = info.day in paused or (info.day in able and info.spans)
        kind = "start" if info.day == first else "paused" if stood and info.day not in counts else info.kind
        yield _told(info, kind, int(info.day in counts))


def _paused_days(calendar: Calendar, stops: Sequence[Span]) -> set[date]:
    """Return the days of all pauses, but for the first of each."""
    found: set[date] = set()
    for begin, end in stops:
        first, last = begin.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
        found |= {first + offset * DAY for offset in range(1, (last - first).days + 1)}
    return found


def _seconds(calendar: Calendar, day: date, start: datetime, due: datetime, stops: Sequence[Span]) -> int:
    """Return the working seconds of a local day between two instants, without what pauses take away."""
    total = timedelta(0)
    for opens, closes in calendar.spans_of(day):
        opens, closes = max(opens, start), min(closes, due)
        total += max(closes - opens, timedelta(0))
        for begin, end in stops:
            total -= max(min(closes, end) - max(opens, begin), timedelta(0))
    return int(total.total_seconds())


def time_of_day(minute: int) -> str:
    """Return minutes after midnight as a rulebook writes them: 24:00 ends the day, the rest is of the next."""
    minute -= 1440 if minute > 1440 else 0
    return f"{minute // 60:02}:{minute % 60:02}"
