"""The periods of reports: months, quarters, weeks, years and spans of days, in the desk's time."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence, tr
from afterservice_cli.time.instants import as_typed, check_year, to_text

DAY = timedelta(days=1)
MANY_DAYS = 45  # a longer span is told by weeks
MANY_WEEKS = 27  # and one of more weeks by months
# What people call the period of each kind that is running, and the one before it.
_THIS = {
    "month": ("this", "本月", "这个月"),
    "quarter": ("this", "本季", "本季度", "这个季度"),
    "week": ("this", "本周", "这周", "这一周", "本星期", "这个星期"),
    "year": ("this", "今年", "本年", "本年度"),
}
_LAST = {
    "month": ("last", "上月", "上个月"),
    "quarter": ("last", "上季", "上季度", "上个季度"),
    "week": ("last", "上周", "上一周", "上星期", "上个星期"),
    "year": ("last", "去年", "上年", "上年度"),
}
# How each kind of period is written: the year, and which of it.
_WRITTEN = {
    "month": r"(?a)(\d{4})(?:-(\d\d)|年(\d{1,2})月)",
    "quarter": r"(?a)(\d{4})(?:-?q([1-4])|年第?([1-4一二三四])季度?)",
    "week": r"(?a)(\d{4})(?:-?w(\d\d)|年第?(\d{1,2})周)",
    "year": r"(?a)(\d{4})(?:年度?)?()()",
}
_NUMERALS = str.maketrans("一二三四", "1234")
HOW = {
    "month": sentence("this is no month that can be read – write 2026-10, 2026年10月, this or last"),
    "quarter": sentence("this is no quarter that can be read – write 2026Q3, 2026年第3季度, this or last"),
    "week": sentence("this is no week that can be read – write 2026-W42, 2026年第42周, this or last"),
    "year": sentence("this is no year that can be read – write 2026, this or last"),
}
UNITS = tuple(_WRITTEN)


class Span(Frozen):
    """A period of whole local days: from `first` on, before `until`; `unit` is one of UNITS, or `days`."""

    unit: str
    first: date
    until: date

    @property
    def name(self) -> str:
        """Return the period as a person writes it: 2026-10, 2026Q3, 2026-W42, 2026, or both its days."""
        first = self.first
        match self.unit:
            case "month":
                return f"{first:%Y-%m}"
            case "quarter":
                return f"{first.year}Q{(first.month + 2) // 3}"
            case "week":
                year, week, _ = first.isocalendar()
                return f"{year}-W{week:02}"
            case "year":
                return str(first.year)
        return f"{first}..{self.until - DAY}"

    def bounds(self, zone: ZoneInfo) -> tuple[str, str]:
        """Return when it begins, and when the first day after it does, as UTC texts."""
        return midnight(self.first, zone), midnight(self.until, zone)

    def before(self) -> Span:
        """Return the period of the same kind that ends as this one begins."""
        if self.unit in UNITS:
            return span_of(self.unit, self.first - DAY)
        return Span("days", self.first - (self.until - self.first), self.first)

    def year_before(self) -> Span:
        """Return the same period of the year before; a week or a day that it has not gives way to the last it has."""
        if self.unit == "week":
            year, week, _ = self.first.isocalendar()
            return span_of("week", date.fromisocalendar(year - 1, min(week, _weeks(year - 1)), 1))
        if self.unit in UNITS:
            return span_of(self.unit, _year_before(self.first))
        return Span("days", _year_before(self.first), _year_before(self.until - DAY) + DAY)

    def parts(self) -> list[Span]:
        """Return the days, weeks or months of which it consists, for its course; the ends may be cut off."""
        days = (self.until - self.first).days
        unit = "day" if days <= MANY_DAYS else "week" if days <= MANY_WEEKS * 7 else "month"
        begins = [self.first, *(day for day in self._days(1) if _begins(day, unit)), self.until]
        return [Span(unit if unit in UNITS else "days", first, until) for first, until in pairwise(begins)]

    def _days(self, skipped: int) -> Iterator[date]:
        for number in range(skipped, (self.until - self.first).days):
            yield self.first + number * DAY


def midnight(day: date, zone: ZoneInfo) -> str:
    """Return when a local day begins, as a UTC text."""
    return to_text(datetime.combine(day, time(), zone).astimezone(UTC))


def parse_span(unit: str, text: str, today: date) -> Span:
    """Return the month, quarter, week or year that a person wrote; ValueError says what can be written."""
    plain = as_typed(text)
    if plain in _THIS[unit]:
        return span_of(unit, today)
    if plain in _LAST[unit]:
        return span_of(unit, today).before()
    found = re.fullmatch(_WRITTEN[unit], plain)
    try:
        if found is None:
            raise ValueError
        year, which = int(found[1]), int((found[2] or found[3] or "1").translate(_NUMERALS))
        first = date.fromisocalendar(year, which, 1) if unit == "week" else date(year, 1, 1)
        if unit in ("month", "quarter"):
            first = date(year, which if unit == "month" else 3 * which - 2, 1)
    except ValueError:
        raise ValueError(tr(HOW[unit])) from None
    check_year(first)
    return span_of(unit, first)


def any_span(text: str, today: date) -> Span:
    """Return the month, quarter, week or year that a person wrote, `this` and `last` being months, else ValueError."""
    for unit in UNITS:
        try:
            return parse_span(unit, text, today)
        except ValueError:
            continue
    raise ValueError(tr("this is no period that can be read – write 2026-10, 2026Q3, 2026-W42, 2026, this or last"))


def span_of(unit: str, day: date) -> Span:
    """Return the month, quarter, week or year that a day falls into."""
    if unit == "week":
        first = day - day.weekday() * DAY
        return Span(unit, first, first + 7 * DAY)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    last = date(day.year, first.month + months - 1, monthrange(day.year, first.month + months - 1)[1])
    return Span(unit, first, last + DAY)


def _begins(day: date, unit: str) -> bool:
    """Tell whether a day begins such a part of a period."""
    return unit == "day" or (day.weekday() == 0 if unit == "week" else day.day == 1)


def _weeks(year: int) -> int:
    return date(year, 12, 28).isocalendar().week


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))
