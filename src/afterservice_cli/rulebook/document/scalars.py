"""The forms in which single values are written: each reads a text, or raises ValueError with what to write instead."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from afterservice_cli.cases.events import EVENT_WORDS, called
from afterservice_cli.errors import nearest
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.document.schema_types import identifier
from afterservice_cli.rulebook.model import NAMED
from afterservice_cli.rulebook.phrases.patterns import is_plain, spelled
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.limits import ProductLine
from afterservice_cli.rulebook.sections.own_tests import Example
from afterservice_cli.rulebook.vocabulary import (
    BY_LINE,
    CARRIED_OUT,
    CASE_FACTS,
    DEMANDS,
    FIELD,
    FOUND_OUT,
    ONLY_COLUMNS,
    ONLY_JSON,
    PLACEHOLDERS,
    PROMISE,
    REGISTERED,
    SHARED,
    TASK_DONE,
)
from afterservice_cli.time.durations import parse_duration, parse_period
from afterservice_cli.time.instants import FIRST_YEAR, LAST_YEAR
from afterservice_cli.time.schedules import is_schedule, parse_schedule

_SPAN = r"([0-9]{1,2}):([0-5][0-9])\s*-\s*([0-9]{1,2}):([0-5][0-9])"
BUILT_IN_FIELDS = ("channel", "kind", "customer", "contact", "description", "product")
DERIVED_FIELDS = ("category", "priority", "owner")
# Words that mean something else where a field's name may stand: in a condition, in an example, in a file of cases or a
# case as JSON, in a message, and where its values are looked up.
RESERVED = frozenset(
    (
        *(declared.written for section in (Condition, Example) for declared in section.KEYS.values()),
        *(*ONLY_COLUMNS, *ONLY_JSON),
        *(*CASE_FACTS, CARRIED_OUT, *PLACEHOLDERS, *NAMED),
    )
)
_QUOTES = "“”‘’「」『』"
_BRACKETS = "［］【】《》"
_SEVERAL = re.compile("[,，、；]")  # stand between phrases


def number(text: str) -> float:
    """Read `1000` or `-99.5`; ValueError for anything else that Python takes for a number (`nan`, `1e3`, `1_000`)."""
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", text, re.ASCII):
        raise ValueError(tr("'{text}' is no number – write one such as 1000 or 99.5", text=text))
    return float(text)


def day(text: str, *, instead: str = sentence("one day such as 2026-12-31")) -> str:
    """Read an ISO date of a year that a person may give; ValueError for any other, `instead` says what to write."""
    with suppress(ValueError):
        found = date.fromisoformat(text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else "")
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            return found.isoformat()
        instead = tr("one of the years {first} to {last}", first=FIRST_YEAR, last=LAST_YEAR)
    raise ValueError(tr("'{text}' is no date – write {instead}", text=text, instead=tr(instead)))


def moment(text: str) -> str:
    """Read a day, or a day with a time of day, into `2026-12-31` or `2026-12-31 18:00`; ValueError for others."""
    instead = sentence("2026-12-31 18:00, or 2026-12-31")
    date_part, blank, clock = text.partition(" ")
    found = day(date_part, instead=instead)
    if not blank:
        return found
    if re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", clock, re.ASCII):
        return f"{found} {clock.zfill(5)}"
    raise ValueError(tr("'{text}' is no time – write {instead}", text=text[:40], instead=tr(instead)))


def bound(text: str) -> float | str:
    """Read what something is compared with: a number, or a day with or without a time; ValueError for others."""
    if re.match(r"\d{4}-\d", text, re.ASCII):
        return moment(text)
    try:
        return number(text)
    except ValueError:
        raise ValueError(
            tr("'{text}' cannot be compared with – write a number such as 1000, or 2026-12-31", text=text[:40])
        ) from None


def days(text: str) -> list[str]:
    """Read a day, or two with `..` between them, into the first and the last; ValueError if they are turned."""
    first, dots, last = text.partition("..")
    instead = sentence("2026-12-31 or 2027-02-01..2027-02-03")
    both = [day(first, instead=instead), day(last if dots else first, instead=instead)]
    if both[0] > both[1]:
        raise ValueError(tr("'{text}' ends before it begins – write the earlier day first", text=text))
    return both


def hours(text: str) -> list[list[int]]:
    """Read `09:00-12:00, 13:00-18:00` into sorted `[open, close]` minutes; empty or `closed` is `[]`.

    `22:00-06:00` crosses midnight and gives `[1320, 1800]`. Raises ValueError for what is no time of day, for
    spans that overlap, and for a span that ends when it begins.
    """
    if text.strip() in ("", "closed"):
        return []
    spans = sorted(_span(part.strip()) for part in text.split(","))
    for before, (opening, _) in enumerate(spans[1:]):
        if opening < spans[before][1]:
            overlap = f"{opening // 60:02}:{opening % 60:02}"
            raise ValueError(
                tr(
                    "{text!r} has hours that overlap at {overlap} – begin each after the one before",
                    text=text,
                    overlap=overlap,
                )
            )
    return spans


def _span(text: str) -> list[int]:
    found = re.fullmatch(_SPAN, text)
    if not found:
        raise ValueError(tr("{text!r} is not a span of hours – write 09:00-12:00, 22:00-06:00 or closed", text=text))
    opening, close = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if opening >= 1440 or close > 1440:
        raise ValueError(
            tr("{text!r} is no span of a day – one begins from 00:00 to 23:59 and ends by 24:00", text=text)
        )
    if opening == close:
        raise ValueError(tr("{text!r} ends when it begins – write 00:00-24:00 for the whole day", text=text))
    return [opening, close if close > opening else close + 1440]


def time_zone(text: str) -> str:
    """Return the name of a time zone that this machine knows; ValueError for any other."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last for a folder and for an endless name
        raise ValueError(tr("'{text}' is no time zone – write a name such as Asia/Shanghai", text=text[:40])) from None
    return text


def field_id(text: str) -> str:
    """Return an id that a rulebook may give to a field of its own; ValueError for a word that is in use."""
    if text in (*BUILT_IN_FIELDS, *DERIVED_FIELDS):
        raise ValueError(tr("'{text}' is built in – leave it out or choose another id", text=text))
    if text in RESERVED:
        raise ValueError(tr("'{text}' has a meaning of its own – choose another id", text=text))
    return str(identifier().parse(text))


def numbering(text: str) -> str:
    """Return a pattern that gives every case another number; ValueError for any other."""
    # Only the serial may grow: parts of changing width beside it could give one number to two cases.
    serials = re.findall(r"\{serial(?::0[1-9])?\}", text)
    rest = re.sub(r"\{(year|month:02|day:02)\}", "", text.replace(serials[0], "", 1) if serials else text)
    if len(serials) != 1 or re.search(r"[{}\s*%]", rest) or not rest.isprintable():
        raise ValueError(
            tr(
                "'{text}' does not number cases – write {{serial:03}} once, and {{year}}, {{month:02}}, "
                "{{day:02}} as you like",
                text=text,
            )
        )
    if text.startswith("-"):
        raise ValueError(
            tr("'{text}' makes numbers that look like options – begin with a letter, a digit or {{year}}", text=text)
        )
    if re.match(r"[PM][\d{]", text):
        raise ValueError(
            tr("'{text}' makes numbers like those of problems and measures – begin with another letter", text=text)
        )
    return text


def phrase(text: str) -> str:
    """Return an unquoted phrase; ValueError for one that looks like several, or has quotation marks or brackets."""
    if _SEVERAL.search(text):
        raise ValueError(
            tr(
                "'{text}' counts as one phrase – write [{meant}], or put it into \"…\" if it is one",
                text=text[:40],
                meant=_meant(text),
            )
        )
    if text[0] in _QUOTES or text[-1] in _QUOTES:
        raise ValueError(
            tr(
                '{text} counts with its quotation marks – write {meant}, or put all of it into "…"',
                text=text[:40],
                meant=_meant(text),
            )
        )
    if text[0] in _BRACKETS or text[-1] in _BRACKETS:
        raise ValueError(
            tr(
                '{text} counts with its brackets – write {meant}, or put all of it into "…"',
                text=text[:40],
                meant=_meant(text),
            )
        )
    return text


def _meant(text: str) -> str:
    """Return the phrases of a text without what does not count."""
    parts = (part.strip().strip(_QUOTES + _BRACKETS) for part in _SEVERAL.split(text))
    return ", ".join(filter(None, parts))[:60]


def word(text: str) -> str:
    """Return a word of a group, spelled as texts are compared; ValueError for one with the signs of a pattern."""
    found = spelled(phrase(text))
    if not is_plain(found):
        raise ValueError(tr("'{text}' has the signs of a pattern – write plain words here", text=text[:40]))
    return found


def event_word(text: str) -> str:
    """Return the word of an event that a clock may begin or end with, or `task:NAME.done`; ValueError for others."""
    if text in EVENT_WORDS or re.fullmatch(TASK_DONE, text):
        return text
    raise ValueError(
        tr(
            "'{text}' is no event – write {nearest}, or task:NAME.done",
            text=text[:40],
            nearest=nearest(text, EVENT_WORDS, {word: called(word) for word in EVENT_WORDS}),
        )
    )


def clock_start(text: str) -> str:
    """Return what a clock may begin with: the word of an event, a task, or `field:NAME`, a date of the case."""
    return text if re.fullmatch(FIELD, text) else event_word(text)


def date_field(text: str) -> str:
    """Return `field:NAME`; ValueError for anything else."""
    if not re.fullmatch(FIELD, text):
        raise ValueError(tr("'{text}' is no date of a case – write field:NAME", text=text[:40]))
    return text


def limit_end(text: str) -> str:
    """Return what has to lie within a limit: `registered`, or `field:NAME`; ValueError for anything else."""
    return text if text == REGISTERED else date_field(text)


def limit_length(text: str) -> str:
    """Return how long a limit is, or that its line says so; ValueError for anything else."""
    return text if text == BY_LINE else str(parse_period(text))


def limit_id(text: str) -> str:
    """Return an id that a limit may have; ValueError for a word that says something else at a product line."""
    if text in (key.written for key in ProductLine.KEYS.values()):
        raise ValueError(
            tr("'{text}' is a key of a product line, where limits are named – choose another id", text=text)
        )
    return str(identifier().parse(text))


def demand(text: str) -> str:
    """Return what may be demanded before a command: one of a few words, or `field:NAME`; ValueError for others."""
    if text in DEMANDS or re.fullmatch(FIELD, text):
        return text
    raise ValueError(
        tr(
            "'{text}' cannot be demanded – write {nearest}, or field:NAME",
            text=text[:40],
            nearest=nearest(text, tuple(DEMANDS)),
        )
    )


def shared_fact(text: str) -> str:
    """Return what the cases of a problem share: one of a few words, or `field:NAME`; ValueError for others."""
    if text in SHARED or re.fullmatch(FIELD, text):
        return text
    raise ValueError(
        tr(
            "'{text}' is nothing that cases share – write {nearest}, or field:NAME",
            text=text[:40],
            nearest=nearest(text, SHARED),
        )
    )


def fact_in_common(text: str) -> str:
    """Return what earlier cases have in common with a case: as `shared_fact`, or `fault`; ValueError for others."""
    return text if text in FOUND_OUT else shared_fact(text)


def date_of_case(text: str) -> str:
    """Return `promised_at`, or `field:NAME`, a date of the case; ValueError for anything else."""
    if text == PROMISE or re.fullmatch(FIELD, text):
        return text
    raise ValueError(
        tr("'{text}' is no date of a case – write {promise}, or field:NAME", text=text[:40], promise=PROMISE)
    )


def lead(text: str) -> str:
    """Read how long before a deadline it is warned of: `25%`, or a duration; ValueError for anything else."""
    if text.endswith("%"):
        if 0 < percentage(text) < 100:
            return text
        raise ValueError(tr("'{text}' is no part of the time – write one such as 25%", text=text[:40]))
    if re.fullmatch(r"\d+ *％?", text):
        raise ValueError(tr("'{text}' is no part of the time – write one such as 25%", text=text[:40]))
    ahead = parse_duration(text)
    if not ahead.amount:
        raise ValueError(tr("'{text}' warns of nothing – write a longer time, or leave `warn` away", text=text[:40]))
    return str(ahead)


def interval(text: str) -> str:
    """Read how often something comes round, or at which time of which days; ValueError for anything else.

    What is less than a minute is too often.
    """
    if is_schedule(text):
        return str(parse_schedule(text))
    often = parse_duration(text)
    if often.length < timedelta(minutes=1):
        raise ValueError(
            tr("'{text}' is less than a minute, too often for anybody – write 4wh, 1d or 1wd", text=text[:40])
        )
    return str(often)


def assignee(text: str) -> str:
    """Return `TEAM`, or `TEAM/PERSON`; ValueError for a text that is neither."""
    team, slash, name = text.partition("/")
    if not team or (slash and not name):
        raise ValueError(tr("'{text}' names nobody – write TEAM, or TEAM/PERSON", text=text[:40]))
    return f"{team}/{person(name)}" if slash else team


def person(text: str) -> str:
    """Return the name of a person, such as a user name; ValueError for a text that cannot be one."""
    if _SEVERAL.search(text):
        raise ValueError(tr("'{text}' is no name of one person – write [{meant}]", text=text[:40], meant=_meant(text)))
    if not re.fullmatch(r"[^\s:;|]{1,40}", text):
        raise ValueError(tr("'{text}' is no name – write up to 40 characters, without blanks", text=text[:40]))
    return text


def command_line(text: str) -> str:
    """Return a line of a course; ValueError for one with a quotation mark that nothing closes."""
    from shlex import split  # takes long to load

    try:
        split(text)
    except ValueError:
        raise ValueError(
            tr(
                "'{text}' opens a quotation mark that nothing closes – put a line with a comma into '…', and a text "
                'with an apostrophe into "…"',
                text=text[:40],
            )
        ) from None
    return text


def percentage(text: str) -> int:
    """Read `50` or `50%`; ValueError for any other text, and above 100."""
    digits = text.removesuffix("%").strip()
    if not re.fullmatch(r"\d{1,3}", digits, re.ASCII) or int(digits) > 100:
        raise ValueError(tr("'{text}' is no percentage – write one such as 50%", text=text[:40]))
    return int(digits)
