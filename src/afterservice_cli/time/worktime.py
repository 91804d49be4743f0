"""The working calendar: which spans are open, when a duration is used up, how much working time has passed.

Spans are half-open, `[open, close)`, and absolute: wall-clock hours become UTC instants once, when they are
laid out in a table, so neither daylight saving time nor midnight needs a case of its own afterwards.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.time.durations import LONGEST, Duration, Period
from afterservice_cli.time.openings import NIGHT, Openings, Span

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Hours = Sequence[Sequence[int]]
"""Openings and closings in minutes after local midnight, sorted, disjoint; a close may reach 2880."""

_NONE = timedelta(0)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_STRETCH = 31 * _DAY  # the table grows by this much at once: little enough for a single deadline
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class DayInfo(Frozen):
    """What the calendar says of one date, and why.

    `kind` is `working`, `weekend` (a Saturday or Sunday without hours), `free` (another such weekday), `holiday`,
    `makeup`, `closed` or `special` (hours given for this date). `name` is the holiday's or the make-up workday's,
    else empty. `spans` are the date's own hours in minutes after its midnight.
    """

    day: date
    kind: str
    name: str
    spans: tuple[tuple[int, int], ...]


class Calendar:
    """The working time of one place, from a plain mapping such as a rulebook's snapshot holds.

    `timezone` (an IANA name) and `hours` (weekday → Hours) are needed. May be missing or null: `makeup` (Hours
    of make-up workdays, else Monday's), `holidays` (year → `off` and `work`, each ISO date → name, and `final`,
    false while that year's make-up workdays are not announced), `closed` (inclusive ranges of ISO dates) and
    `open` (ISO date → Hours). For one date `open` beats `closed` beats `off` beats `work` beats the weekday.

    A span belongs to the date it opens on: a holiday does not cut short the night shift that runs into it.
    Hours which two dates share count once. A wall time that clocks skip or show twice is read as in RFC 5545:
    with the offset before the gap, and at its first occurrence.

    Instants given must be aware and lie in 1800–2999, else ValueError; instants returned are UTC. A person
    may give less (`instants.FIRST_YEAR`), so that a duration, a warning and a zone's offset stay in reach.
    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        """Take the mapping as it is; nothing is laid out before it is asked for.

        Raises ValueError for an unknown zone and for a calendar that never opens.
        """
        try:
            self.zone = ZoneInfo(spec["timezone"])
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(tr("{zone!r} is not a known time zone", zone=spec.get("timezone"))) from error
        self._week: list[Hours] = [spec["hours"].get(name, ()) for name in WEEKDAYS]
        makeup = spec.get("makeup")
        self._makeup: Hours = self._week[0] if makeup is None else makeup
        self._holidays: Mapping[str, Mapping[str, Any]] = spec.get("holidays") or {}
        # In order, each with the last day that it or one before it reaches.
        closed = sorted(both for both in spec.get("closed") or () if both)
        self._closed_from = [first for first, _ in closed]
        self._closed_to = list(accumulate((last for _, last in closed), max))
        self._open: Mapping[str, Hours] = spec.get("open") or {}
        self._table: Openings | None = None
        # What was asked for before, of dates: cases come in by the hundred on one day.
        self._rules: dict[date, tuple[str, Hours]] = {}
        self._counted: dict[tuple[date, int, timedelta], date] = {}
        self._instants: dict[tuple[date, int], datetime] = {}
        made_up = self._makeup and any(year.get("work") for year in self._holidays.values())
        if not (any(self._week) or any(self._open.values()) or made_up):
            raise ValueError(tr("the calendar never opens – give hours for at least one weekday"))

    # Days

    def day(self, day: date) -> DayInfo:
        """Say what kind of day a local date is, and what hours it has of its own."""
        kind, hours = self._rule(day)
        iso = day.isoformat()
        year = self._holidays.get(iso[:4], {})
        name = year.get("off", {}).get(iso) or year.get("work", {}).get(iso, "")
        return DayInfo(day, kind, name, tuple((opening, close) for opening, close in hours))

    def is_working_day(self, day: date) -> bool:
        """Tell whether a local date has hours of its own."""
        return bool(self._rule(day)[1])

    def spans_of(self, day: date) -> list[Span]:
        """Return the spans that open on a local date, without what the night before still covers."""
        return list(self._spans(day, day + _DAY))

    def close_of(self, day: date) -> datetime | None:
        """Return the close of business of a local date, which may lie on the date after; None for a day off."""
        hours = self._rule(day)[1]
        return self._instant(day, hours[-1][1]) if hours else None

    def at(self, day: date, minute: int) -> datetime:
        """Return a time of a local date, so many minutes after its midnight."""
        return self._instant(day, minute)

    def working_day(self, day: date) -> date:
        """Return the first working day from a local date on; ValueError if none comes in a hundred years."""
        return self._working_day(day)

    def _rule(self, day: date) -> tuple[str, Hours]:
        found = self._rules.get(day)
        if found is None:
            found = self._rules[day] = self._rule_of(day)
        return found

    def _rule_of(self, day: date) -> tuple[str, Hours]:
        iso = day.isoformat()
        if iso in self._open:
            return "special", self._open[iso]
        before = bisect_right(self._closed_from, iso)
        if before and iso <= self._closed_to[before - 1]:
            return "closed", ()
        year = self._holidays.get(iso[:4], {})
        if iso in year.get("off", ()):
            return "holiday", ()
        if iso in year.get("work", ()):
            return "makeup", self._makeup
        hours = self._week[day.weekday()]
        return "working" if hours else "weekend" if day.weekday() >= 5 else "free", hours

    def _spans(self, day: date, end: date) -> Iterator[Span]:
        """Yield the open spans of the dates `[day, end)`, in order and disjoint."""
        # A close lies at most 48 hours after its midnight: only the night before can reach into `day`.
        night = self._rule(day - _DAY)[1]
        reach = self._instant(day - _DAY, night[-1][1]) if night else _LONG_AGO
        while day < end:
            for opening, close in self._rule(day)[1]:
                opens, closes = max(reach, self._instant(day, opening)), self._instant(day, close)
                if opens < closes:
                    yield opens, closes
                    reach = closes
            day += _DAY

    def _instant(self, day: date, minute: int) -> datetime:
        found = self._instants.get((day, minute))
        if found is None:
            midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
            found = self._instants[day, minute] = (midnight + timedelta(minutes=minute)).astimezone(UTC)
        return found

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    # Working time

    def elapsed(self, begin: datetime, end: datetime) -> int:
        """Return the whole working seconds in `[begin, end)`; 0 if the end is not after the beginning."""
        return self._elapsed(_utc(begin), _utc(end)) // _SECOND

    def open_between(self, begin: datetime, end: datetime) -> list[Span]:
        """Return at least the spans, in UTC and in order, that are open at some time in `[begin, end]`."""
        table = self._laid_out(_utc(begin), _utc(end))
        return list(zip(table.opens, table.closes, strict=True))

    def add(self, start: datetime, duration: Duration, pauses: Sequence[Span] = ()) -> datetime:
        """Return the instant at which the duration is used up; a duration of 0 is used up at the start.

        - Clock units are absolute time.
        - Working time used up exactly at closing time is due then, not at the next opening; a start outside
          hours counts from the next opening.
        - Days are local dates and follow the Civil Code of the PRC: the day of the start is not counted
          (Art. 201); if the last day is a day off, the next working day is the last (Art. 203). `wd` ends at
          its close of business, `d` at its 24:00 (Art. 203 has the former for both, Art. 204 lets us choose).
        - Pauses, `(begin, end)`, may overlap; what lies before the start, or begins when the time is already up,
          is ignored. A pause moves the deadline by its length on the clock or in working time; for days, by the
          (working) days after its first up to its last. A deadline in days that would still fall into the
          pause falls at the end of the first working day that outlasts it.

        Raises ValueError if the calendar does not open long enough in the next hundred years.
        """
        start, unit = _utc(start), duration.unit
        stops = merged(pauses, start) if pauses else ()
        if not duration.amount:
            return start
        if unit in ("d", "wd"):
            return self._add_days(start, duration, stops)
        need, working = duration.length, unit[0] == "w"
        due = self._use_up(start, need) if working else start + need
        for begin, end in stops:
            if begin >= due:
                break
            need += self._elapsed(begin, end) if working else end - begin
            due = self._use_up(start, need) if working else start + need
        return due

    def last_day(self, begin: date, period: Period) -> date:
        """Return the last day of a period that begins on a day, which is not counted (Civil Code of the PRC, Art. 201).

        A period of months or years ends on the day of the month on which it began, or on the last of a month that has
        no such day (Art. 202). A last day that is a day off is followed by the next working day (Art. 203).

        Raises ValueError if the calendar does not open again in the next hundred years.
        """
        return self._working_day(self.counted_to(begin, period))

    def counted_to(self, begin: date, period: Period) -> date:
        """Return the day to which a period counts, whether that is a day off or not."""
        if period.unit in ("d", "wd"):
            return self._days_on(begin, period.amount, period.unit == "wd")
        months = begin.year * 12 + begin.month - 1 + period.amount * (12 if period.unit == "y" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))

    def back(self, end: datetime, duration: Duration) -> datetime:
        """Return the latest instant from which the duration is left until `end`, such as the beginning of a warning.

        Days go back to the same time of day, working days to the close of business of the working day that many before.

        Raises ValueError if the calendar was not open long enough in the hundred years before.
        """
        end, unit = _utc(end), duration.unit
        if not duration.amount:
            return end
        if unit == "d":
            local = end.astimezone(self.zone)
            return (local - duration.amount * _DAY).astimezone(UTC)
        if unit == "wd":
            last = self._local(end - timedelta.resolution)
            return min(end, self._end_of(self._working_day(last - _DAY, duration.amount, -_DAY), working=True))
        need = duration.length
        if unit[0] != "w":
            return end - need
        table = self._laid_out(end, end)
        kept = table.worked_before(end) - need
        while kept < table.worked[0]:
            if end - table.since > LONGEST:
                raise never_open(end, "before")
            self._laid_out(table.since - _SECOND, end)
        return table.left(kept)

    def provisional(self, start: datetime, due: datetime) -> bool:
        """Tell whether days off may still be announced between start and deadline.

        That is so in a year after those in `holidays` and in one whose `final` is false; never without holidays.
        A deadline at 24:00 on 31 December does not reach into the next year.
        """
        start, due = _utc(start), _utc(due)
        if not self._holidays:
            return False
        since, until = self._settled
        if since <= start and due <= until:
            return False
        first = self._local(start).year
        last = self._local(due - timedelta.resolution).year
        known = int(min(self._holidays))
        years = (self._holidays.get(str(year)) for year in range(max(first, known), last + 1))
        return any(year is None or not year.get("final", True) for year in years)

    @cached_property
    def _settled(self) -> Span:
        """Return the first stretch of years of which all days off are known, without which nothing is settled."""
        first = year = int(min(self._holidays))
        while self._holidays.get(str(year), {"final": False}).get("final", True):
            year += 1
        return self._instant(date(first, 1, 1), 0), self._instant(date(year, 1, 1), 0)

    def _use_up(self, start: datetime, need: timedelta) -> datetime:
        table = self._table
        if table is None or not table.since <= start <= table.until:
            table = self._laid_out(start, start)
        need += table.worked_before(start)
        while need > table.worked[-1]:
            if table.until - start > LONGEST:
                raise never_open(start)
            self._laid_out(start, table.until + _SECOND)
        return table.reached(need)

    def _elapsed(self, begin: datetime, end: datetime) -> timedelta:
        if end <= begin:
            return _NONE
        table = self._laid_out(begin, end)
        return table.worked_before(end) - table.worked_before(begin)

    def _laid_out(self, begin: datetime, end: datetime) -> Openings:
        """Return the table, extended to hold every span that is open at some time in `[begin, end]`."""
        table = self._table
        if table is None:
            first = self._local(begin) - NIGHT - _DAY
            table = self._table = Openings(first, self._instant(first, 0))
        while begin < table.since:
            first = table.first - _STRETCH
            table.prepend(self._spans(first, table.first))
            table.first, table.since = first, self._instant(first, 0) + NIGHT
        while end > table.until:
            last = table.end + _STRETCH
            table.append(self._spans(table.end, last))
            table.end, table.until = last, self._instant(last, 0)
        return table

    # Days by the Civil Code

    def _add_days(self, start: datetime, duration: Duration, stops: Sequence[Span]) -> datetime:
        working = duration.unit == "wd"
        last = self._days_on(self._local(start), duration.amount, working)
        due = self._end_of(last, working)
        for begin, end in stops:
            if begin >= due:
                break
            first_day, last_day = self._local(begin), self._local(end)
            last = self._days_on(last, self._days_between(first_day, last_day, working), working)
            due = self._end_of(last, working)
            if due <= end:  # the days were all but used up, and the pause outlasts the rest
                outlasts = self._end_of(last_day, working) > end
                last = last_day if outlasts else last_day + _DAY
                due = self._end_of(last, working)
        return due

    def _days_on(self, day: date, count: int, working: bool) -> date:
        if working:
            return self._working_day(day + _DAY, count) if count else day
        return day + count * _DAY

    def _days_between(self, first: date, last: date, working: bool) -> int:
        """Count the (working) days after the first up to the last."""
        days = range(1, (last - first).days + 1)
        return sum(self.is_working_day(first + step * _DAY) for step in days) if working else len(days)

    def _end_of(self, day: date, working: bool) -> datetime:
        """Return the close of business, or else 24:00, of the first working day from `day` on."""
        day = self._working_day(day)
        return self._instant(day, self._rule(day)[1][-1][1] if working else 1440)

    def _working_day(self, day: date, count: int = 1, step: timedelta = _DAY) -> date:
        """Return the `count`th working day from `day` on, itself included, or from it back if `step` is negative."""
        asked = day, count, step
        if asked in self._counted:
            return self._counted[asked]
        for _ in range(LONGEST.days):
            count -= self.is_working_day(day)
            if not count:
                self._counted[asked] = day
                return day
            day += step
        raise never_open(asked[0], "after" if step > _NONE else "before")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is not UTC and moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone – an instant needs its offset from UTC")
    if not 1800 <= moment.year <= 2999:
        at = moment.isoformat()
        raise ValueError(tr("{at} is out of reach – the calendar knows the years 1800 to 2999", at=at))
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def merged(pauses: Sequence[Span], start: datetime) -> list[Span]:
    """Return the parts of the pauses that lie after the start: in order, disjoint, none of them empty."""
    merged: list[Span] = []
    for begin, end in sorted((_utc(begin), _utc(end)) for begin, end in pauses):
        if end < begin:
            raise ValueError(f"the pause from {begin.isoformat()} ends at {end.isoformat()}, before it begins")
        begin = max(begin, start)
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        elif begin < end:
            merged.append((begin, end))
    return merged


def never_open(moment: date, side: str = "after") -> ValueError:
    """Return what is wrong with a calendar that does not open for so long after a day, or before it."""
    day = f"{moment:%Y-%m-%d}"
    if side == "before":
        return ValueError(tr("the calendar does not open for so long in the 100 years before {day}", day=day))
    return ValueError(tr("the calendar does not open for so long in the 100 years after {day}", day=day))
