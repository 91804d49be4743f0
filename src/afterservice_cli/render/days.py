"""Days and lengths of time in words, and how a duration was counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby

from afterservice_cli.language import listed, plural, sentence, translated, translated_many, words
from afterservice_cli.render.labels import clauses
from afterservice_cli.reports.days import Day
from afterservice_cli.time import worktime
from afterservice_cli.time.durations import LENGTHS, Duration, parse_duration
from afterservice_cli.time.schedules import LAST, OF_MONTH, is_schedule, parse_schedule, weekdays

WEEKDAYS: Mapping[str, str] = words(
    "weekday", {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}
)
MONTHS: Mapping[str, str] = words(
    "month",
    {
        "01": "Jan",
        "02": "Feb",
        "03": "Mar",
        "04": "Apr",
        "05": "May",
        "06": "Jun",
        "07": "Jul",
        "08": "Aug",
        "09": "Sep",
        "10": "Oct",
        "11": "Nov",
        "12": "Dec",
    },
)
DAY_KINDS: Mapping[str, str] = words(
    "day",
    {
        "weekend": "weekend",
        "holiday": "public holiday",
        "makeup": "make-up workday",
        "closed": "closed",
        "free": "no hours",
        "special": "special hours",
        "paused": "paused",
        "start": "the day it starts is not counted",
    },
)
# On which days something comes round, as rulebooks write it.
ON_DAYS: Mapping[str, str] = {
    "": sentence("working day at {time}"),
    "last": sentence("last working day of the month at {time}"),
    "d": sentence("day {number} of the month at {time}"),
    "wd": sentence("working day {number} of the month at {time}"),
}
# Said beside working time, from which it has to be told apart.
ON_THE_CLOCK: Mapping[str, tuple[str, str]] = {
    "s": plural("{count} second on the clock", "{count} seconds on the clock"),
    "m": plural("{count} minute on the clock", "{count} minutes on the clock"),
    "h": plural("{count} hour on the clock", "{count} hours on the clock"),
}
# As a rulebook has them.
WRITTEN: Mapping[str, str] = words(
    "length",
    {
        "s": "{count}s",
        "m": "{count}m",
        "h": "{count}h",
        "ws": "{count}ws",
        "wm": "{count}wm",
        "wh": "{count}wh",
        "d": "{count}d",
        "wd": "{count}wd",
        "mo": "{count}mo",
        "y": "{count}y",
    },
)
# What a day gives, and what each of several gives.
TIME, COUNTS, OFF = sentence("{days} {time}"), sentence("{days} counts"), sentence("{days} off")
EACH = {TIME: sentence("{days} {time} each"), COUNTS: sentence("{days} count")}


def counting_line(
    start: datetime,
    duration: str,
    due: datetime,
    days: Sequence[Day],
    language: str,
    year: int | None = None,
) -> str:
    """Return how a duration was counted: its start, the days on its way, and when it is due, in the desk's time.

    The start is told with its year if that is not `year`, all else if it is not that of the start.
    """
    amount = parse_duration(duration)
    # They are told if the sum does not come out without them, or if both times read the same.
    of_days = amount.unit not in ("d", "wd") and any(day.counted % 60 for day in days)
    seconds = amount.unit in ("s", "ws") or of_days or 0 < (due - start).total_seconds() < 60
    length = counted_text(
        clock_text(amount, language),
        moment_text(start, language, year or start.year, seconds=seconds),
        days_told(days, amount.unit, language, start.year),
        language,
    )
    due_text = moment_text(due, language, start.year, seconds=seconds)
    return translated("{length} → due {due}", language, length=length, due=due_text)


def counted_text(length: str, start: str, way: Iterable[str], language: str) -> str:
    """Return what was counted from when, and the days on the way, if any are told."""
    told = clauses(way, language)
    if not told:
        return translated("{length} from {start}", language, length=length, start=start)
    return translated("{length} from {start}: {days}", language, length=length, start=start, days=told)


def clock_text(length: Duration, language: str) -> str:
    """Return a duration in words, told apart from working time: `24 hours on the clock`, `3个工作日`."""
    return translated_many(ON_THE_CLOCK.get(length.unit, LENGTHS[length.unit]), length.amount, language)


def written_text(length: str, language: str) -> str:
    """Return a duration or a period as briefly as a rulebook has it: `24h`, `3个工作日`."""
    if is_schedule(length):
        return schedule_text(length, language)
    found = re.fullmatch(r"(\d+)([a-z]+)", length)
    return translated(WRITTEN[found[2]], language, count=found[1]) if found else length


def schedule_text(text: str, language: str) -> str:
    """Return at which time of which days something comes round, in words: `Mon at 10:00`, `每周一 10:00`."""
    schedule = parse_schedule(text)
    if not schedule.days or schedule.days == LAST:
        return translated(ON_DAYS[schedule.days], language, time=schedule.time)
    if found := re.fullmatch(OF_MONTH, schedule.days):
        return translated(ON_DAYS[found[2]], language, number=found[1], time=schedule.time)
    days = listed((translated(WEEKDAYS[name], language) for name in weekdays(schedule.days)), language)
    return translated("{days} at {time}", language, days=days, time=schedule.time)


def span_text(seconds: float, language: str) -> str:
    """Return a number of seconds in days and hours, in hours and minutes, or in minutes alone."""
    minutes = int(seconds // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days and hours:
        return translated("{days}d {hours}h", language, days=days, hours=hours)
    if days:
        return translated("{days}d 0h", language, days=days)
    return _hours_text(hours, rest, language) if hours else translated("{minutes}m", language, minutes=rest)


def brief_span_text(seconds: float, language: str) -> str:
    """Return a number of seconds in whole days, in whole hours, or in minutes, whichever is the first that it has."""
    minutes = int(seconds // 60)
    if minutes >= 1440:
        return translated("{days}d", language, days=minutes // 1440)
    if minutes >= 60:
        return translated("{hours}h", language, hours=minutes // 60)
    return translated("{minutes}m", language, minutes=minutes)


def worked_text(seconds: int, language: str) -> str:
    """Return seconds of working time in hours and minutes, with seconds if any; days would say too little."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if not rest:
        return _hours_text(hours, minutes, language)
    if hours:
        return translated("{hours}h {minutes:02}m {seconds:02}s", language, hours=hours, minutes=minutes, seconds=rest)
    if minutes:
        return translated("0h {minutes:02}m {seconds:02}s", language, minutes=minutes, seconds=rest)
    return translated("0h 00m {seconds:02}s", language, seconds=rest)


def _hours_text(hours: int, minutes: int, language: str) -> str:
    if hours and minutes:
        return translated("{hours}h {minutes:02}m", language, hours=hours, minutes=minutes)
    if hours:
        return translated("{hours}h 00m", language, hours=hours)
    return translated("0h {minutes:02}m", language, minutes=minutes)


def days_told(days: Sequence[Day], unit: str, language: str, year: int) -> Iterator[str]:
    """Yield the days on the way; those next to each other that give the same for a like reason come together."""

    def alike_by(day: Day) -> tuple[str, int, str]:
        # A calendar day that counts needs no reason.
        return _gives(day, unit), day.counted, "" if unit == "d" and day.counted else _reason(day)

    for (gives, counted, kind), group in groupby(days, key=alike_by):
        alike = list(group)
        first, last = (date.fromisoformat(day.date) for day in (alike[0], alike[-1]))
        told = span_of_days(first, last, language, year)
        if gives:
            gives = EACH[gives] if len(alike) > 1 and counted else gives
            told = translated(gives, language, days=told, time=worked_text(counted, language))
        about = off_text(alike, language) if kind == "off" else kind_text(kind, language)
        yield translated("{days} ({about})", language, days=told, about=about) if about else told


def kind_text(kind: str, language: str) -> str:
    """Return the word for a kind of day; "" for a day like any other."""
    return translated(DAY_KINDS.get(kind, ""), language)


def off_text(days: Sequence[Day], language: str) -> str:
    """Return why days next to each other are off; the weekend is named only if there is no other reason."""
    names = dict.fromkeys(day.name or kind_text("holiday", language) for day in days if _free(day) == "holiday")
    kinds = {_free(day) for day in days}
    others = [
        kind for kind in ("closed", "free", "weekend") if kind in kinds and (kind != "weekend" or len(kinds) == 1)
    ]
    return listed((*names, *(kind_text(kind, language) for kind in others)), language)


def span_of_days(first: date, last: date, language: str, year: int) -> str:
    """Return a day, or the first and the last of several; what both have in common is told once."""
    begins, ends = day_text(first, language, year), day_text(last, language, year)
    if first == last:
        return begins
    if (first.year, first.month) == (last.year, last.month):
        return translated(
            "{first_weekday} {first_day} – {last}",
            language,
            first=begins,
            first_weekday=weekday_text(first, language),
            first_day=first.day,
            last=ends,
            last_weekday=weekday_text(last, language),
            last_day=last.day,
        )
    if first.year == last.year:
        # One of both tells the year, if it is to be told: the last in English, the first in Chinese.
        briefly = [day_text(day, language, first.year) for day in (first, last)]
        named = {"brief_first": briefly[0], "first": begins, "brief_last": briefly[1], "last": ends}
        return translated("{brief_first} – {last}", language, **named)
    dated_first, dated_last = (day_text(day, language, 0) for day in (first, last))
    return translated("{dated_first} – {last}", language, dated_first=dated_first, first=begins, last=dated_last)


def day_text(day: date, language: str, year: int) -> str:
    """Return a day, with its year if that is another one than `year`, which is told already."""
    weekday, month = weekday_text(day, language), translated(MONTHS[f"{day:%m}"], language)
    if day.year == year:
        return translated("{weekday} {day} {month}", language, weekday=weekday, day=day.day, month=month)
    dated = {"weekday": weekday, "day": day.day, "month": month, "year": day.year}
    return translated("{weekday} {day} {month} {year}", language, **dated)


def weekday_text(day: date, language: str) -> str:
    """Return the weekday of a day, briefly."""
    return translated(WEEKDAYS[worktime.WEEKDAYS[day.weekday()]], language)


def moment_text(at: datetime, language: str, year: int, *, seconds: bool = False) -> str:
    """Return a day with its time, to the minute unless seconds are asked for, and with its year if not `year`."""
    time = f"{at:%H:%M:%S}" if seconds else f"{at:%H:%M}"
    return f"{day_text(at.date(), language, year)} {time}"


def _gives(day: Day, unit: str) -> str:
    """Return what a day gives: its working time, or whether it counts; "" for the day that days are counted from."""
    if unit in ("ws", "wm", "wh") and (day.counted or _reason(day) not in ("off", "paused")):
        return TIME
    if day.kind == "start" and unit in ("d", "wd"):
        return ""
    return COUNTS if day.counted else OFF


def _reason(day: Day) -> str:
    """Return `off` for weekends, free days, holidays and closed days, and every other kind as it is."""
    return "off" if day.kind in ("weekend", "free", "holiday", "closed") else str(day.kind)


def _free(day: Day) -> str:
    """Return the kind of a day off; one without hours is `weekend` on a Saturday or Sunday, else `free`."""
    if day.kind not in ("weekend", "free"):
        return str(day.kind)
    return "weekend" if date.fromisoformat(day.date).weekday() > 4 else "free"
