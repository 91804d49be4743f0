"""Dates in the columns of a file, read the way its profile declares them and no other way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from dateutil import parser

from afterservice_cli.intake.words.months import with_english_month
from afterservice_cli.intake.words.simplified import simplified
from afterservice_cli.language import listed, tr
from afterservice_cli.time.instants import FIRST_YEAR, LAST_YEAR, is_wrong_day

# Each order: what it looks like, and where year, month and day stand among the three numbers.
_ORDERS = {
    "month-first": ("10/31/2026 09:00", (2, 0, 1)),
    "day-first": ("31/10/2026 09:00", (2, 1, 0)),
    "year-first": ("2026/10/31 09:00", (0, 1, 2)),
}
_NAMES = ("iso", *_ORDERS, "minguo", "serial", "unix")
COMPACT = ("%Y%m%d%H%M%S", "%Y%m%d%H%M")  # a day and its time in one row of digits, as many systems write them

# dateutil fills what is missing from a default: a date of which nothing is missing comes out alike with
# both. They are a fortnight apart, since a bare `Sat` becomes the next Saturday after the default.
_DEFAULTS = (datetime(2000, 1, 1), datetime(2004, 2, 15))

_ISO = re.compile(r"(\d{4}-\d\d-\d\d|\d{8})(?:[T ](.+))?", re.ASCII)
# The numbers of the date, and what follows them.
_NUMBERS = re.compile(r"\D*(\d+)\D+(\d+)\D+(\d+)(.*)", re.ASCII)
_NAMED = re.compile(r"\D*(\d+)\D+(\d+)(.*)", re.ASCII)
_MONTH_NAME = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
_TIME = re.compile(r"\D*|.*(?::|\d\s*[ap]m).*")  # dateutil takes a bare `12` or `1200` for a time
_SIGNED_ZONE = re.compile(r"(?:utc|gmt|z)\s*[+-]")  # dateutil reads GMT+3 as three hours behind
# Behind a time, as forms and browsers write it: `GMT+8`, `[UTC+08:00]`, `GMT+0800 (China Standard Time)`.
_ZONE = re.compile(
    r"(?:\s+|(?=[\[(]))[\[(]?(?:gmt|utc)\s*([+-])(\d{1,2})(?::?(\d\d))?[\])]?(?:\s*\([^()\d]*\))?$",
    re.ASCII | re.IGNORECASE,
)
# Three numbers and perhaps a time: what most cells hold, read without dateutil.
_PLAIN = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:\s*([ap])\.?m\.?)?)?",
    re.ASCII | re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_SERIALS = (10_000, 80_000)  # days: 1927 to 2119
_SERIAL_START = datetime(1899, 12, 30)
_NUMBERS_ALONE = {"serial": "46326.375", "unix": "1790816400", "minguo": "115/10/31 09:00"}
_UNIX = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?", re.ASCII)
_UNIX_TIMES = (10**9, 4 * 10**9)  # seconds: 2001 to 2096

_MINGUO = re.compile(
    r"(?:中华)?(民国)?\s*(1\d\d|\d\d|元)\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*[日号]?(?=\D|$)(.*)",
    re.ASCII,
)
_BEFORE_MINGUO = 1911

_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?")
_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?")
# The parts of a day, each with the hours that may be meant: 晚上12点 may be either midnight, 夜里1点 of either day.
_NIGHT = range(20, 24)
_DAYTIME: Mapping[str, range] = {
    "凌晨": range(7),
    "清晨": range(4, 9),
    "早上": range(4, 12),
    "早晨": range(4, 12),
    "上午": range(12),
    "中午": range(11, 15),
    "下午": range(12, 24),
    "傍晚": range(16, 21),
    "晚上": range(17, 24),
    "午后": range(12, 19),
    "正午": range(12, 13),
    "晚间": range(17, 24),
    "夜里": _NIGHT,
    "夜间": _NIGHT,
    "深夜": _NIGHT,
    "半夜": _NIGHT,
}
_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}
_CLOCK = re.compile(
    rf"({'|'.join(_DAYTIME)})?\s*(?<!\d)(\d{{1,2}})\s*(?:[点时][钟整]?|:\s*(?=\d))\s*"
    r"(?:(半|一刻|三刻)|(\d{1,2})\s*分?)?(?:\s*:?\s*(\d{1,2})\s*秒?)?"
)
# What may stand behind the time instead of before it, and the other way round: 3:05 下午, PM 3:05.
_BEHIND = re.compile(rf"(\d{{1,2}}:\d\d(?::\d\d)?)\s*({'|'.join(_DAYTIME)})$")
_BEFORE = re.compile(r"\b([ap]\.?m\.?)\s*(\d{1,2}:\d\d(?::\d\d)?)$", re.IGNORECASE)
_HALVES = {"上午": "AM", "下午": "PM"}

_RUN = re.compile(r"(?:%[YymdjHIMSf]){2,}")
_DIGITS = {"Y": 4, "j": 3, "f": 6}  # of a strptime directive; all others have two
_FIELDS = {"Y": "year", "m": "month", "d": "day", "H": "hour", "M": "minute", "S": "second"}
_PROBE = datetime(2026, 10, 31, 9, 5, tzinfo=UTC)
_ANOTHER_YEAR = _PROBE.replace(year=2027)

_LONGEST = 64  # characters; no date is longer, and dateutil would chew on a whole letter
_REMEMBERED = 16_384  # texts

Reading = Callable[[str], datetime]


class DateReader:
    """Reads the dates of one column.

    `entries` is a profile's `dates:`; the first entry that reads a text wins. An entry is a strptime
    format (`%Y年%m月%d日 %H:%M`), which reads fastest, or one of

    - `iso`: `2026-10-31`, `20261031`, with a time after `T` or a blank, with or without an offset;
    - `month-first`, `day-first`, `year-first`: three numbers in this order, or a named month; a time with
      a colon or am/pm may follow, and an offset. Nothing is filled in, swapped or guessed: a year has
      four digits, and no zone name but UTC and GMT counts, with a difference behind it or none. Years, months, days
      and hours may have their Chinese signs, a weekday may stand beside them,
      上午, 下午, 晚上… or am and pm before the time or behind it, which may be
      3点半;
    - `minguo`: a year of Taiwan's calendar in three digits, `115/10/31`, or behind 民國, as year-first reads it, too;
    - `serial`: the days since 1899-12-30 that a spreadsheet counts, `46326.375`;
    - `unix`: the seconds since 1970 that a system counts, `1790816400`, or the milliseconds, `1790816400000`.

    24:00 is the end of its day.

    ValueError if an entry is unknown, a format does not give a whole date, or two entries contradict
    each other.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        if not entries:
            raise ValueError(tr("a date column needs a way to be read – write {choices}", choices=_choices()))
        if {"month-first", "day-first"} <= set(entries):
            raise ValueError(tr("month-first and day-first contradict each other – keep the one this file uses"))
        self._entries = tuple(entries)
        self._readings = [_reading(entry) for entry in entries]
        self._shapes = [_shape(entry) for entry in entries]
        self._remembered = lru_cache(_REMEMBERED)(self._read)

    def read(self, text: str, zone: tzinfo) -> datetime:
        """Return the date in UTC, in whole seconds.

        Without an offset it is local to `zone`, without a time its midnight; local times
        that a clock change skips or repeats are read as `parse_instant` does. ValueError names the accepted
        shapes and does not repeat the text, which may be anything.
        """
        return self._remembered(text, zone)

    def has_no_such_day(self, text: str) -> bool:
        """Tell whether a text that is no date would be one in another day's place."""
        plain = unicodedata.normalize("NFKC", text).strip()
        return is_wrong_day(plain, lambda other: self.read(other, UTC))

    def with_iso(self) -> DateReader:
        """Return a reader that reads ISO dates as well, as the cells of a sheet are written."""
        return self if "iso" in self._entries else DateReader(("iso", *self._entries))

    def _read(self, text: str, zone: tzinfo) -> datetime:
        plain = unicodedata.normalize("NFKC", text).strip() if len(text) <= _LONGEST else ""
        for reading in self._readings if plain else ():
            try:
                found = reading(plain)
                aware = found if found.tzinfo else found.replace(tzinfo=zone)
                return aware.astimezone(UTC).replace(microsecond=0)
            except (ValueError, OverflowError):
                continue
        raise ValueError(
            tr("this is no date in the declared form – write it as {shapes}", shapes=tr(" or ").join(self._shapes))
        )


@lru_cache(_REMEMBERED)
def fitting(text: str) -> tuple[str, ...]:
    """Return the entries that would read a text as a date."""
    found = []
    for entry in (*_NAMES, *COMPACT):
        with suppress(ValueError):
            if FIRST_YEAR <= DateReader([entry]).read(text, UTC).year <= LAST_YEAR:
                found.append(entry)
    return tuple(found)


def _choices() -> str:
    return tr("{names}, or a format such as %Y-%m-%d %H:%M", names=listed(_NAMES))


def _shape(entry: str) -> str:
    """Return what a date looks like that the entry reads."""
    if "%" in entry:
        return _PROBE.strftime(entry)
    if entry in _NUMBERS_ALONE:
        return _NUMBERS_ALONE[entry]
    return _ORDERS[entry][0] if entry in _ORDERS else "2026-10-31 09:00"


def _reading(entry: str) -> Reading:
    if "%" in entry:
        return _by_format(unicodedata.normalize("NFKC", entry).strip())
    if entry == "iso":
        return _read_iso
    if entry == "serial":
        return _read_serial
    if entry == "minguo":
        return _read_minguo
    if entry == "unix":
        return _read_unix
    if entry in _ORDERS:
        return _by_order(entry)
    raise ValueError(tr("'{entry}' is no way to read dates – write {choices}", entry=entry, choices=_choices()))


def _by_format(form: str) -> Reading:
    """Return a reader that uses strptime; ValueError if the format does not give a whole date."""
    try:
        probe = _PROBE.strftime(form)
        # Without a year it need not be tried, of which Python warns.
        whole = probe != _ANOTHER_YEAR.strftime(form) and datetime.strptime(probe, form).date() == _PROBE.date()
    except (ValueError, re.error):  # re.error: the same directive twice
        whole = False
    if not whole or "%Z" in form:
        raise ValueError(
            tr("'{format}' does not give a whole date – write it like %Y-%m-%d %H:%M, and zones as %z", format=form)
        )
    # strptime reads %Y%m%d out of `2026111` as well; numbers that touch must have all their digits.
    lengths = [sum(_DIGITS.get(directive, 2) for directive in run[1::2]) for run in _RUN.findall(form)]
    runs = [re.compile(rf"(?<!\d)\d{{{length}}}(?!\d)") for length in lengths]

    pattern, halved = _pattern(form), "%p" in form

    def read(text: str) -> datetime:
        if pattern is not None:
            found = pattern.fullmatch(text)
            if found is None:
                raise ValueError
            return _made(**{name: int(digits) for name, digits in found.groupdict().items()})
        if not all(run.search(text) for run in runs):
            raise ValueError
        if halved:
            for half, letters in _HALVES.items():
                text = text.replace(half, letters)
        return datetime.strptime(text, form)

    return read


def _pattern(form: str) -> re.Pattern[str] | None:
    """Return a pattern for a format of plain numbers, faster than strptime; None for every other format."""
    parts = re.split(r"%(.)", form)
    if not set(parts[1::2]) <= _FIELDS.keys():
        return None
    found = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            found += r"\s+".join(map(re.escape, re.split(r"\s+", part)))
            continue
        touches = (index > 1 and not parts[index - 1]) or (index < len(parts) - 2 and not parts[index + 1])
        digits = _DIGITS.get(part, 2)
        found += rf"(?P<{_FIELDS[part]}>\d{{{digits if touches or digits > 2 else f'1,{digits}'}}})"
    return re.compile(found, re.ASCII | re.IGNORECASE)


def _made(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return this local time; 24:00 is the midnight after its day. ValueError if there is none."""
    if (hour, minute, second) == (24, 0, 0):
        return datetime(year, month, day) + timedelta(days=1)
    return datetime(year, month, day, hour, minute, second)


def _read_serial(text: str) -> datetime:
    if not _SERIAL.fullmatch(text) or not _SERIALS[0] <= float(text) <= _SERIALS[1]:
        raise ValueError
    return _SERIAL_START + timedelta(seconds=round(float(text) * 86_400))


def _read_unix(text: str) -> datetime:
    found = _UNIX.fullmatch(text)
    if found is None or not _UNIX_TIMES[0] <= int(found[1]) <= _UNIX_TIMES[1]:
        raise ValueError
    return datetime.fromtimestamp(int(found[1]), UTC)


def _read_iso(text: str) -> datetime:
    found = _ISO.fullmatch(text)  # isoparse alone takes `2026` for the first of January
    if found is None:
        raise ValueError
    plain = "T".join(part for part in found.groups() if part)
    try:
        return datetime.fromisoformat(plain)
    except ValueError:  # 24:00, which it does not know
        return parser.isoparse(plain)


def _by_order(order: str) -> Reading:
    # No word on year-first: dateutil knows a year by its four digits.
    guesser = parser.parser(parser.parserinfo(dayfirst=order == "day-first"))
    positions = _ORDERS[order][1]

    def read(text: str) -> datetime:
        if not _PLAIN.fullmatch(text) and (zone := _ZONE.search(text)):
            return _in_zone(read(text[: zone.start()]), zone)
        text = text if text.isascii() else _from_chinese(text)
        text = text if _PLAIN.fullmatch(text) else with_english_month(text)
        found = _PLAIN.fullmatch(text) or _PLAIN.fullmatch(_BEFORE.sub(r"\2 \1", text))
        return _read_plain(found, positions) if found else _read_ordered(text, guesser, positions)

    return read


def _in_zone(local: datetime, found: re.Match[str]) -> datetime:
    """Return a time in the zone that stands behind it, ahead of UTC with a plus; ValueError if it has one already."""
    if local.tzinfo or int(found[3] or 0) > 59:
        raise ValueError
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return local.replace(tzinfo=timezone(ahead if found[1] == "+" else -ahead))


def _read_minguo(text: str) -> datetime:
    found = _MINGUO.fullmatch(simplified(text))
    if found is None or not (found[1] or len(found[2]) == 3):
        raise ValueError
    return _reading("year-first")(_in_our_years(found))


def _in_our_years(found: re.Match[str]) -> str:
    year = _BEFORE_MINGUO + (1 if found[2] == "元" else int(found[2]))
    return f"{year}/{found[3]}/{found[4]} {found[5].strip()}".strip()


def _from_chinese(text: str) -> str:
    """Return a date with its Chinese signs in digits and colons."""

    text = simplified(text)
    if (minguo := _MINGUO.fullmatch(text)) and minguo[1]:
        text = _in_our_years(minguo)

    def clock(found: re.Match[str]) -> str:
        hour = _hour_of(found[1], int(found[2]))
        minute = _QUARTERS.get(found[3]) or int(found[4] or 0)
        return f" {hour:02}:{minute:02}:{int(found[5] or 0):02}"

    days = _BEHIND.sub(r"\2\1", _DAY.sub(r"\1/\2/\3 ", _WEEKDAY.sub(" ", text)).strip())
    return " ".join(_CLOCK.sub(clock, days).split())


def _hour_of(part: str | None, hour: int) -> int:
    """Return the hour of 24 that is meant in a part of the day; ValueError if there is none."""
    if part is None:
        return hour
    meant = [hour, *([hour + 12] if hour < 12 else []), *([0] if hour == 12 else [])]
    found = [each for each in meant if each in _DAYTIME[part]]
    if not found:
        raise ValueError
    return found[0]


def _read_plain(found: re.Match[str], positions: Sequence[int]) -> datetime:
    """Return the date of three numbers in an order, with its time; ValueError if they are none."""
    numbers = (found[1], found[3], found[4])
    year, month, day = (numbers[position] for position in positions)
    if len(year) != 4 or len(day) > 2 or len(month) > 2:
        raise ValueError
    hour, minute, second = (int(digits or 0) for digits in found.group(5, 6, 7))
    if half := found[8]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if half in "pP" else 0)
    return _made(int(year), int(month), int(day), hour, minute, second)


def _read_ordered(text: str, guesser: parser.parser, positions: Sequence[int]) -> datetime:
    plain = text.casefold()
    named = _MONTH_NAME.search(plain)
    found = (_NAMED if named else _NUMBERS).fullmatch(plain)
    if found is None or _SIGNED_ZONE.search(plain) or not _TIME.fullmatch(found.groups()[-1]):
        raise ValueError
    numbers = tuple(map(int, found.groups()[:-1]))
    dt, again = (guesser.parse(text, default=default, tzinfos=_offset) for default in _DEFAULTS)
    # dateutil swaps 13/04, and makes 2026 of 26, without a word.
    if named:
        as_written = sorted(numbers) == sorted((dt.year, dt.day))
    else:
        as_written = tuple(numbers[i] for i in positions) == (dt.year, dt.month, dt.day)
    if dt != again or not as_written:
        raise ValueError
    return dt


def _offset(name: str | None, seconds: int | None) -> tzinfo | None:
    # dateutil drops a zone name it does not know, such as CST, and goes on as if there were none.
    if name and name.upper() not in ("UTC", "GMT", "Z"):
        raise ValueError
    return None if seconds is None else timezone(timedelta(seconds=seconds))
