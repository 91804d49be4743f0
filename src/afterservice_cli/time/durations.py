"""How long something may take: so many of a unit, on the clock, in working time or in days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, plural, tr, translated_many

LONGEST = timedelta(days=36_525)  # a hundred years: anything longer is a typing error
_MOST = {"d": 36_500, "wd": 25_000, "mo": 1200, "y": 100}  # of each unit of a period, as long
_CLOCK = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_UNITS = {**_CLOCK, **{f"w{unit}": length for unit, length in _CLOCK.items()}}
_DURATION = r"([0-9]{1,12})(w?[smhd])"  # compiled on first use: most commands read none
_PERIOD = r"([0-9]{1,6})(d|wd|mo|y)"
# What people write for a unit, the longest word first.
_CALLED = {
    "wd": "个?工作日|working ?days?",
    "wh": "个?工作小时|working ?hours?",
    "mo": "个?月|months?",
    "y": "年|years?",
    "d": "天|days?",
    "h": "个?小时|个?钟头|hours?|hrs?",
    "m": "分钟|minutes?|mins?",
    "s": "秒钟?|seconds?|secs?",
}

# Each unit in words.
LENGTHS: Mapping[str, tuple[str, str]] = {
    "s": plural("{count} second", "{count} seconds"),
    "m": plural("{count} minute", "{count} minutes"),
    "h": plural("{count} hour", "{count} hours"),
    "ws": plural("{count} working second", "{count} working seconds"),
    "wm": plural("{count} working minute", "{count} working minutes"),
    "wh": plural("{count} working hour", "{count} working hours"),
    "d": plural("{count} day", "{count} days"),
    "wd": plural("{count} working day", "{count} working days"),
    "mo": plural("{count} month", "{count} months"),
    "y": plural("{count} year", "{count} years"),
}


class Duration(Frozen):
    """So many of a unit: `s m h` run on the clock, `ws wm wh` in working time, `d` and `wd` count days.

    Raises ValueError for another unit, an amount below 0 and more than a hundred years.
    """

    amount: int
    unit: str

    def __init__(self, amount: int, unit: str) -> None:
        if unit not in _UNITS:
            units = listed(_UNITS)
            raise ValueError(tr("{unit!r} is not a unit of time – write one of {units}", unit=unit, units=units))
        if amount < 0:
            raise ValueError(tr("{duration} is negative – a duration is 0 or more", duration=f"{amount}{unit}"))
        if amount > LONGEST // _UNITS[unit]:
            raise ValueError(
                tr("{duration} is longer than 100 years – write a shorter one", duration=f"{amount}{unit}")
            )
        self.__dict__.update(amount=amount, unit=unit)

    @property
    def length(self) -> timedelta:
        """Return how long it is on the clock that it runs on; a day of any kind is 24 hours."""
        return _length(self.amount, self.unit)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@lru_cache(512)
def parse_duration(text: str) -> Duration:
    """Read `30s`, `15m`, `24h`, `3d`, `90ws`, `90wm`, `8wh` or `3wd`; raises ValueError for anything else."""
    found = re.fullmatch(_DURATION, text.strip())
    if not found:
        meant = _meant(text, _DURATION)
        if not meant:
            raise ValueError(tr("this is no duration – write 30s, 15m, 24h, 3d, 90wm, 8wh or 3wd"))
        if "w" in meant:
            raise ValueError(tr("this is no duration – write {meant}", meant=meant))
        working = re.sub(r"(\D)", r"w\1", meant)
        raise ValueError(
            tr("this is no duration – write {meant}, or {working} in working time", meant=meant, working=working)
        )
    return Duration(int(found[1]), found[2])


class Period(Frozen):
    """So many days (`d`), working days (`wd`), months (`mo`) or years (`y`), as customers count."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


def parse_period(text: str) -> Period:
    """Read `7d`, `5wd`, `24mo` or `2y`; raises ValueError for anything else, for 0 and beyond a hundred years."""
    found = re.fullmatch(_PERIOD, text.strip())
    if not found:
        if meant := _meant(text, _PERIOD):
            raise ValueError(
                tr("{text!r} is no number of days, months or years – write {meant}", text=text, meant=meant)
            )
        raise ValueError(tr("{text!r} is no number of days, months or years – write 7d, 5wd, 24mo or 2y", text=text))
    amount, unit = int(found[1]), found[2]
    if not 0 < amount <= _MOST[unit]:
        raise ValueError(
            tr("{text!r} does not fit – write from 1{unit} to {most}{unit}", text=text, unit=unit, most=_MOST[unit])
        )
    return Period(amount, unit)


def length_text(length: Duration | Period, language: str) -> str:
    """Return a duration or a period in words: `24 hours`, `3个工作日`."""
    return translated_many(LENGTHS[length.unit], length.amount, language)


def _meant(text: str, form: str) -> str:
    """Return a length that was written in words, in wide digits or apart from its unit; "" if it is none."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
    found = re.fullmatch(r"(?a)(\d+) ?(\D+)", plain)
    if not found:
        return ""
    unit = next((unit for unit, words in _CALLED.items() if re.fullmatch(words, found[2])), found[2])
    meant = f"{found[1]}{unit}"
    return meant if re.fullmatch(form, meant) else ""


@lru_cache
def _length(amount: int, unit: str) -> timedelta:
    return amount * _UNITS[unit]
