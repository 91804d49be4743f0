"""Dates and times of a case: as they are typed, as they are kept, and what they mean."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from afterservice_cli.time.durations import parse_duration
from afterservice_cli.time.instants import FIRST_YEAR, LAST_YEAR, as_typed, from_text, has_time, parse_instant
from afterservice_cli.time.worktime import Calendar

DATED = ("date", "time")  # the types of fields that a clock or a limit may begin with


def read_ahead(text: str, calendar: Calendar, now: datetime) -> datetime:
    """Return when something will be that a person typed; a day alone is its close of business.

    `3wd` and `8wh` count in working time. ValueError says what can be written.
    """
    if re.fullmatch(r"(?a)\d{1,6}w[dhm]", plain := as_typed(text)):
        return calendar.add(now, parse_duration(plain))
    at = parse_instant(text, now=now, zone=calendar.zone)
    return at if has_time(text) else end_of_day(at.astimezone(calendar.zone).date(), calendar)


def end_of_day(day: date, calendar: Calendar) -> datetime:
    """Return when a day is over: at its close of business, or at its end if it is a day off."""
    midnight = datetime.combine(day + timedelta(days=1), time(), calendar.zone)
    return calendar.close_of(day) or midnight.astimezone(UTC)


def time_of(value: str | None) -> datetime | None:
    """Return the instant that a time of a case names; None if the text is none, such as a date."""
    with suppress(ValueError):
        return from_text(value or "")
    return None


def day_of(value: str | None, zone: tzinfo) -> date | None:
    """Return the day that a date or a time of a case names; None if the text is neither.

    The field may have been text when the case was recorded.
    """
    if at := time_of(value):
        return at.astimezone(zone).date()
    with suppress(ValueError):
        day = date.fromisoformat(value or "")
        return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
    return None


def begin_of(value: str | None, zone: tzinfo) -> datetime | None:
    """Return when a date or a time of a case begins; None if the text is neither."""
    day = day_of(value, zone)
    return time_of(value) or (datetime.combine(day, time(), zone).astimezone(UTC) if day else None)


def over_at(value: str | None, calendar: Calendar) -> datetime | None:
    """Return when a date or a time of a case is over; None if the text is neither."""
    day = day_of(value, calendar.zone)
    return time_of(value) or (end_of_day(day, calendar) if day else None)
