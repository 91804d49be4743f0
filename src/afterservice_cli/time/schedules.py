"""What comes round at a time of the day: on working days, weekdays, or once a month, by a working calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.time.worktime import WEEKDAYS, Calendar

DAILY, LAST = "", "last"
OF_MONTH = r"([1-9][0-9]?)(d|wd)"  # the 25th, or the third working day
_TIME = r"(?:(.*\S)\s+)?([0-9]{1,2}):([0-5][0-9])"
_DAY = timedelta(days=1)
_BACK = 40 * _DAY  # in which each of them comes round at least once, in any zone
_MOST = {"d": 31, "wd": 15}


class Schedule(Frozen):
    """A time of the day, in minutes after midnight, and on which days: every working day if `days` is "".

    `days` are weekdays (`mon-fri`), a day of the month (`25d`), a working day of it (`3wd`) or its `last`. A weekday or
    a day of the month that is a day off is followed by the next working day; a month without such a day ends with its
    last.
    """

    days: str
    minute: int

    def __str__(self) -> str:
        return f"{self.days} {self.time}".strip()

    @property
    def time(self) -> str:
        """Return the time of the day, such as `09:00`."""
        return f"{self.minute // 60:02}:{self.minute % 60:02}"

    def after(self, calendar: Calendar, moment: datetime) -> datetime:
        """Return the first of its times after an instant, by a calendar.

        Raises ValueError if there is none in the next hundred years.
        """
        return next(self.times(calendar, moment))

    def times(self, calendar: Calendar, moment: datetime) -> Iterator[datetime]:
        """Yield its times after an instant, one after the other, by a calendar."""
        begin = moment.date() - _BACK
        for day in self._days(calendar, begin):
            at = calendar.at(day, self.minute)
            if at > moment:
                yield at
                moment = at  # what days off put together comes round but once

    def _days(self, calendar: Calendar, begin: date) -> Iterator[date]:
        """Yield the days on which it comes round, those of the month of `begin` and of about that day on."""
        if re.fullmatch(f"{OF_MONTH}|{LAST}", self.days):
            yield from self._of_months(calendar, begin)
            return
        wanted = {WEEKDAYS.index(name) for name in weekdays(self.days)} if self.days else range(7)
        day = begin
        while True:
            if day.weekday() in wanted:
                yield calendar.working_day(day)
            day += _DAY

    def _of_months(self, calendar: Calendar, begin: date) -> Iterator[date]:
        number, unit = int(re.sub("[a-z]", "", self.days) or 0), self.days.lstrip("0123456789")
        year, month = begin.year, begin.month
        while True:
            first, length = date(year, month, 1), monthrange(year, month)[1]
            if unit == "d":
                yield calendar.working_day(date(year, month, min(number, length)))
            else:
                days = [day for step in range(length) if calendar.is_working_day(day := first + step * _DAY)]
                yield from days[: number or None][-1:]
                if not days:
                    calendar.working_day(first)  # it opens again some day
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)


@lru_cache(64)
def parse_schedule(text: str) -> Schedule:
    """Read `17:00`, `mon 10:00`, `mon-fri 17:00`, `25d 12:00`, `3wd 12:00` or `last 12:00`; ValueError for others."""
    found = re.fullmatch(_TIME, text.strip())
    minute = int(found[2]) * 60 + int(found[3]) if found else 0
    if not found or minute > 1440:
        raise ValueError(tr("'{text}' is no time of a day – write 17:00, mon 10:00 or 25d 12:00", text=text[:40]))
    days = found[1] or DAILY
    numbered = re.fullmatch(OF_MONTH, days)
    if numbered and int(numbered[1]) > (most := _MOST[numbered[2]]):
        raise ValueError(
            tr(
                "'{text}': a month has no such day – write up to {most}{unit}",
                text=text[:40],
                most=most,
                unit=numbered[2],
            )
        )
    if days not in (DAILY, LAST) and not numbered:
        weekdays(days)
    return Schedule(days, minute)


def is_schedule(text: str) -> bool:
    """Tell whether a text names a time of the day, and no duration."""
    return ":" in text


def days_named(text: str) -> list[str]:
    """Return the weekdays that a time of some days names; none if it names no weekdays, or is a duration."""
    days = parse_schedule(text).days if is_schedule(text) else ""
    return [] if days in (DAILY, LAST) or re.fullmatch(OF_MONTH, days) else weekdays(days)


def weekdays(text: str) -> list[str]:
    """Read `mon-fri`, `sat`, `mon,wed,fri` or `sun-mon` into names from WEEKDAYS, in the order written.

    Raises ValueError for another word and for a day named twice.
    """
    found: list[str] = []
    for part in text.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise ValueError(tr("{text!r} does not name weekdays – write mon-fri, sat or mon,wed,fri", text=text))
        start = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - start) % 7 + 1 if dash else 1
        found += [WEEKDAYS[(start + step) % 7] for step in range(length)]
    if len(set(found)) < len(found):
        raise ValueError(tr("{text!r} names a weekday twice – name each once", text=text))
    return found
