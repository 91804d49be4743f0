"""Instants in and out: how a moment is stored, shown, and typed at the terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from itertools import islice

from afterservice_cli.language import sentence, tr

# The years that a person may give: another one is a typing error, or the empty date of a spreadsheet.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_NEAR = {"yesterday": -1, "today": 0, "tomorrow": 1, "前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Patterns stay texts: `re` compiles one when it is first used, and most runs read no date.
_SHIFT = r"(?a)([+-]?)(\d{1,6})([dhm])"
_UNITS = {"h": "hours", "m": "minutes"}
_PARTS = "凌晨|早上|上午|中午|下午|晚上"
_WHEN = rf"""(?ax)
    (?: (?P<year>\d{{4}})
        (?: -(?P<month>\d\d)-(?P<day>\d\d) | (?P<sign>[/.])(?P<short_month>\d{{1,2}})(?P=sign)(?P<short_day>\d{{1,2}})
          | 年(?P<zh_month>\d{{1,2}})月(?P<zh_day>\d{{1,2}})[日号] )
      | (?P<this_month>\d{{1,2}})月(?P<this_day>\d{{1,2}})[日号]
      | (?P<word>{"|".join([*_NEAR, *_WEEKDAYS])}) )
    (?: (?: (?<=\d)t | \s+ | (?<=[日号天]) )
        (?: (?P<part>{_PARTS}) \s* )? (?P<hour>\d{{1,2}})
        (?: :(?P<minute>\d\d)(?: :(?P<second>\d\d))? | [点时](?: (?P<zh_half>半) | (?P<zh_minute>\d{{1,2}})分? )? )
        (?(year)(?P<offset>z|[+-](?:0\d|1[0-4])(?: :?[0-5]\d)?)?)
    )?"""
_DATES = ("", "short_", "zh_", "this_")  # how the groups of a month and a day begin
_HALF_A_YEAR = timedelta(days=183)
# A number of a date, none of a time; and month and day in a row of digits.
_PART, _RUN = r"(?a)(?<![\d:点时])\d+(?![\d:点时])", r"(?a)\d{4}(\d\d)(\d\d)"
_TIME = rf"(?a)(({_PARTS})\s*)?\d{{1,2}}(:\d\d(:\d\d)?|[点时](半|\d{{1,2}}分?)?)"

_SHORT_DATE = r"(?a)(\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?((?:\s\d{1,2}:\d\d)?)"

NO_SUCH_DAY = sentence("the calendar has no such day – put it right")
_SHORT_YEAR = sentence("a year has four digits – write {meant}")
_HOW = sentence(
    "write 2026-10-01, 2026-10-01 09:00 (also with Z or +08:00), 2026年10月1日 9:00, now, 9:40, today, "
    "tomorrow 09:00, yesterday, mon, or 3d, 2h, 30m from now (-3d: ago)"
)
_HOW_DAYS = sentence("write 2026-10-01, 2026年10月1日, today, yesterday, mon (the last one) or -3d")


_WHOLE = len("2026-10-01T01:00:00")
_EPOCH, _DAY = datetime(1970, 1, 1, tzinfo=UTC), 86_400  # seconds


@lru_cache(4096)
def to_text(dt: datetime) -> str:
    """Return an aware datetime as `2026-10-01T01:00:00Z`; fractions of a second are dropped."""
    return (dt if dt.tzinfo is UTC else _in(dt, UTC)).isoformat()[:_WHOLE] + "Z"


def text_of(dt: datetime | None) -> str | None:
    """Return what `to_text` makes of a datetime; None if there is none."""
    return to_text(dt) if dt else None


def to_seconds(dt: datetime) -> int:
    """Return an aware datetime as whole seconds since 1970, as SQLite's `unixepoch` reads them."""
    since = dt - _EPOCH
    return since.days * _DAY + since.seconds


@lru_cache(4096)
def from_text(text: str) -> datetime:
    """Return the UTC datetime that `to_text` wrote; ValueError for every other spelling."""
    try:
        dt = datetime.fromisoformat(text)
        if to_text(dt) == text:
            return dt
    except ValueError:
        pass
    raise ValueError("this is no stored instant – write it as 2026-10-01T01:00:00Z")


def to_local_text(dt: datetime, zone: tzinfo) -> str:
    """Return an aware datetime as `2026-10-01 09:00` in `zone`, with seconds only if there are any."""
    local = _in(dt, zone).replace(tzinfo=None, microsecond=0)
    return local.isoformat(" ", "seconds" if local.second else "minutes")


def to_minute_text(dt: datetime, zone: tzinfo, beside: datetime | None = None) -> str:
    """Return an aware datetime as `2026-10-01 09:00` in `zone`; with its seconds if `beside` else reads the same.

    `beside` is another instant that is told with it, and that a person has to tell from it.
    """
    local = _in(dt, zone).replace(tzinfo=None, microsecond=0)
    if beside is None or beside == dt:
        return local.isoformat(" ", "minutes")
    told = _in(beside, zone).replace(tzinfo=None, second=0, microsecond=0)
    return local.isoformat(" ", "seconds" if told == local.replace(second=0) else "minutes")


def parse_instant(text: str, *, now: datetime, zone: tzinfo, past: bool = False) -> datetime:
    """Return what a person typed as a UTC datetime in whole seconds; ValueError says what can be written.

    A date alone is its local midnight, 24:00 the midnight after it. `3d` is the same local time three calendar days
    on; `2h` and `30m` (minutes) run on the clock. A weekday is the next such day after today, a date without a year
    the next that has not passed. With `past` they are the last ones, and whatever lies after `now` is refused.

    A local time that the clocks skip is read as if they had not been changed yet (02:30 becomes 03:30);
    one that comes twice is the first of the two.
    """
    local = _in(now, zone)
    try:
        read = _read(as_typed(text), local, past)
    except (ValueError, OverflowError):
        if is_wrong_day(as_typed(text), lambda other: _read(other, local, past)):
            raise ValueError(tr(NO_SUCH_DAY)) from None
        if meant := _with_whole_year(as_typed(text)):
            raise ValueError(tr(_SHORT_YEAR, meant=meant)) from None
        raise ValueError(tr("this is no date or time that can be read – {how}", how=tr(_HOW))) from None
    check_year(read)
    dt = read.astimezone(UTC).replace(microsecond=0)
    if past and dt > now:
        raise ValueError(tr("this lies in the future – write when it was: yesterday, -3d, mon, 2026-10-01 09:00"))
    return dt


def parse_day(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Return the UTC instant at which the local day that was typed begins; ValueError for all else.

    Days are read as in `parse_instant`, a weekday being the last one before today. A date without a year is this
    year's, or last year's if that lies more than half a year ahead.
    """
    today = _in(now, zone).date()
    plain = as_typed(text)
    try:
        day = _day_of(plain, today)
    except (ValueError, OverflowError):
        if is_wrong_day(plain, lambda other: _day_of(other, today)):
            raise ValueError(tr(NO_SUCH_DAY)) from None
        if meant := _with_whole_year(plain):
            raise ValueError(tr(_SHORT_YEAR, meant=meant)) from None
        raise ValueError(tr("this is no day that can be read – {how}", how=tr(_HOW_DAYS))) from None
    check_year(day)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def is_wrong_day(text: str, read: Callable[[str], object]) -> bool:
    """Tell whether a text in plain letters cannot be read only since its month or day is none: 2026-11-31."""
    parts = [found.span() for found in islice(re.finditer(_PART, text), 3) if len(found[0]) <= 2]
    if whole := re.match(_RUN, text):
        parts += [whole.span(1), whole.span(2)]
    tried = [text, *(f"{text[:start]}01{text[end:]}" for start, end in parts)]
    for nth, one in enumerate(tried):
        with suppress(ValueError, OverflowError):
            read(one)
            return nth > 0
    return False


def _with_whole_year(plain: str) -> str:
    """Return a date that was typed with two digits of its year as it is to be written; "" if it is none."""
    found = re.fullmatch(_SHORT_DATE, plain)
    if found is None:
        return ""
    with suppress(ValueError):
        return date(2000 + int(found[1]), int(found[2]), int(found[3])).isoformat() + found[4]
    return ""


def has_time(text: str) -> bool:
    """Tell whether what was typed names a time, and not a day alone."""
    return bool(re.search(r"[:点时]|\d[hm]$|^now$", as_typed(text)))


def check_year(day: date) -> None:
    """Refuse a year that no person can mean, in which zones and calendars are not reliable."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(
            tr("this lies beyond the years {first} to {last} – write one of them", first=FIRST_YEAR, last=LAST_YEAR)
        )


def _in(dt: datetime, zone: tzinfo) -> datetime:
    # astimezone() would silently take a naive datetime for the machine's local time.
    if dt.tzinfo is None:
        raise ValueError("an instant needs a time zone; a datetime without one was given")
    return dt.astimezone(zone)


def _day_of(plain: str, today: date) -> date:
    """Return the day that was typed, `today` being the day now; ValueError or OverflowError if it is none."""
    shift, found = re.fullmatch(_SHIFT, plain), re.fullmatch(_WHEN, plain)
    if shift and shift[3] == "d":
        return today + timedelta(days=int(shift[1] + shift[2]))
    if found is None or found["hour"] is not None:
        raise ValueError
    return _day(found, today, past=True, ahead=_HALF_A_YEAR)


def as_typed(text: str) -> str:
    """Return a time that was typed as it is read: with the digits and colons of a Chinese keyboard in ASCII."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _read(plain: str, local: datetime, past: bool) -> datetime:
    """Return the instant that was typed, `local` being now; ValueError or OverflowError if it is none."""
    if plain == "now":
        return local
    if shift := re.fullmatch(_SHIFT, plain):
        amount = int(shift[1] + shift[2])
        if shift[3] == "d":  # within one zone Python adds to the wall clock
            return local + timedelta(days=amount)
        return local.astimezone(UTC) + timedelta(**{_UNITS[shift[3]]: amount})
    if re.fullmatch(_TIME, plain):
        plain = f"today {plain}"
    found = re.fullmatch(_WHEN, plain)
    if found is None:
        raise ValueError
    minute = "30" if found["zh_half"] else found["minute"] or found["zh_minute"]
    hour, minutes, seconds = _hour(found), int(minute or 0), int(found["second"] or 0)
    day = _day(found, local.date(), past)
    if (hour, minutes, seconds) == (24, 0, 0):  # the end of a day, as ISO 8601 wrote it until 2019
        hour, day = 0, day + timedelta(days=1)
    return datetime.combine(day, time(hour, minutes, seconds), _offset(found["offset"]) or local.tzinfo)


def _hour(found: re.Match[str]) -> int:
    """Return the hour that was typed, after noon if a word says so; ValueError for twelve at night, which is two."""
    part, hour = found["part"], int(found["hour"] or 0)
    if part in ("晚上", "凌晨") and hour == 12:
        raise ValueError
    later = (part in ("下午", "晚上") and 0 < hour < 12) or (part == "中午" and hour in (1, 2))
    return hour + 12 if later else hour


def _day(found: re.Match[str], today: date, past: bool, ahead: timedelta = timedelta()) -> date:
    """Return the day that was typed; without a year, and if it is `past`, it lies at most so far `ahead`."""
    word = found["word"]
    if word is None:
        month, day = next((int(found[f"{way}month"]), int(found[f"{way}day"])) for way in _DATES if found[f"{way}day"])
        if found["year"]:
            return date(int(found["year"]), month, day)
        this = date(today.year, month, day)
        if past:
            return date(today.year - 1, month, day) if this > today + ahead else this
        return date(today.year + 1, month, day) if this < today else this
    if word in _NEAR:
        return today + timedelta(days=_NEAR[word])
    before = (_WEEKDAYS.index(word) - today.weekday()) % 7
    return today + timedelta(days=before - 7 if past else before or 7)


def _offset(text: str | None) -> timezone | None:
    """Return the time zone that `z`, `+08`, `+0800` or `+08:00` names; None without a text."""
    if not text or text == "z":
        return UTC if text else None
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if text[0] == "-" else span)
