"""The times by which the duties of a desk were due in a period, for its report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from afterservice_cli.reports.lists.duties import duty_target
from afterservice_cli.reports.rows import DueRow, DutyTimeRow
from afterservice_cli.time.durations import Duration, parse_duration
from afterservice_cli.time.instants import from_text, to_text
from afterservice_cli.time.schedules import is_schedule, parse_schedule
from afterservice_cli.time.worktime import Calendar


def times_due(
    rows: Sequence[DutyTimeRow], calendar_of: Callable[[DutyTimeRow], Calendar], begin: str, end: str, now: str
) -> Iterator[DueRow]:
    """Yield each time by which a duty was due in `[begin, end)`, or seen to before it was due, as of `now`.

    While nobody sees to it, a time that is over is followed by another: whoever comes after three days of `every: 1d`
    has missed three. They are counted by the calendar of the rulebook under which the first of them was set.
    """
    for row in rows:
        until = row.ended_at or now
        target = duty_target(row.name)
        if row.outcome:
            continue
        if until <= row.due_at:
            if begin <= min(row.due_at, row.ended_at or row.due_at) < end:
                yield DueRow((target, row.due_at, row.ended_at, "", None))
            continue
        last = min(until, end)
        for due_at in _times(row, calendar_of(row), last):
            if begin <= due_at < last:
                yield DueRow((target, due_at, None, "missed", None))


def _times(row: DutyTimeRow, calendar: Calendar, last: str) -> Iterator[str]:
    """Yield the times by which a duty was due that nobody saw to, until `last`."""
    times = _of_days(row, calendar) if is_schedule(row.every) else _counted(row, calendar)
    return takewhile(lambda due_at: due_at < last, times)


def _of_days(row: DutyTimeRow, calendar: Calendar) -> Iterator[str]:
    """Yield the first time by which a duty was due that has its times of the day, and all that follow."""
    yield row.due_at
    yield from map(to_text, parse_schedule(row.every).times(calendar, from_text(row.due_at)))


def _counted(row: DutyTimeRow, calendar: Calendar) -> Iterator[str]:
    """Yield when a duty was due first, and then each so often after its beginning."""
    every, begin, due_at, number = parse_duration(row.every), from_text(row.from_at), row.due_at, 1
    while True:
        yield due_at
        before = due_at
        # Several days may end together, at the end of the working day after a holiday.
        while due_at == before:
            number += 1
            due_at = to_text(calendar.add(begin, Duration(every.amount * number, every.unit)))
