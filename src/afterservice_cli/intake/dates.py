"""Dates in the columns of a file, read the way its profile declares them and no other way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from dateutil import parser

from afterservice_cli.language import tr

# Each order: what it looks like, and where year, month and day stand among the three numbers.
_ORDERS = {
    "month-first": ("10/31/2026 09:00", (2, 0, 1)),
    "day-first": ("31/10/2026 09:00", (2, 1, 0)),
    "year-first": ("2026/10/31 09:00", (0, 1, 2)),
}
_NAMES = ("iso", *_ORDERS)

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

_RUN = re.compile(r"(?:%[YymdjHIMSf]){2,}")
_DIGITS = {"Y": 4, "j": 3, "f": 6}  # of a strptime directive; all others have two
_PROBE = datetime(2026, 10, 31, 9, 5, tzinfo=UTC)

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
      four digits, and no zone name but UTC counts.

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


def _choices() -> str:
    return tr("{names}, or a format such as %Y-%m-%d %H:%M", names=tr(", ").join(_NAMES))


def _shape(entry: str) -> str:
    """Return what a date looks like that the entry reads."""
    if "%" in entry:
        return _PROBE.strftime(entry)
    return _ORDERS[entry][0] if entry in _ORDERS else "2026-10-31 09:00"


def _reading(entry: str) -> Reading:
    if "%" in entry:
        return _by_format(unicodedata.normalize("NFKC", entry).strip())
    if entry == "iso":
        return _read_iso
    if entry in _ORDERS:
        return _by_order(entry)
    raise ValueError(tr("'{entry}' is no way to read dates – write {choices}", entry=entry, choices=_choices()))


def _by_format(form: str) -> Reading:
    """Return a reader that uses strptime; ValueError if the format does not give a whole date."""
    try:
        whole = datetime.strptime(_PROBE.strftime(form), form).date() == _PROBE.date()
    except (ValueError, re.error):  # re.error: the same directive twice
        whole = False
    if not whole or "%Z" in form:
        raise ValueError(
            tr("'{format}' does not give a whole date – write it like %Y-%m-%d %H:%M, and zones as %z", format=form)
        )
    # strptime reads %Y%m%d out of `2026111` as well; numbers that touch must have all their digits.
    lengths = [sum(_DIGITS.get(directive, 2) for directive in run[1::2]) for run in _RUN.findall(form)]
    runs = [re.compile(rf"(?<!\d)\d{{{length}}}(?!\d)") for length in lengths]

    def read(text: str) -> datetime:
        if not all(run.search(text) for run in runs):
            raise ValueError
        return datetime.strptime(text, form)

    return read


def _read_iso(text: str) -> datetime:
    found = _ISO.fullmatch(text)  # isoparse alone takes `2026` for the first of January
    if found is None:
        raise ValueError
    return parser.isoparse("T".join(part for part in found.groups() if part))


def _by_order(order: str) -> Reading:
    # No word on year-first: dateutil knows a year by its four digits.
    guesser = parser.parser(parser.parserinfo(dayfirst=order == "day-first"))
    return lambda text: _read_ordered(text, guesser, _ORDERS[order][1])


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
