"""The values of a rulebook's own fields: how one is read that somebody gives, and how it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime

from afterservice_cli.cases.values import SEVERAL, Value
from afterservice_cli.errors import BadInput
from afterservice_cli.input_text import narrow
from afterservice_cli.language import listed, tr
from afterservice_cli.rulebook.calling import fact_called
from afterservice_cli.rulebook.dates import read_ahead, time_of
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import SHARED
from afterservice_cli.time.instants import FIRST_YEAR, LAST_YEAR, parse_day, to_minute_text, to_text

_NUMBER = r"(?a)-?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,9})?"
_BETWEEN = rf"[{SEVERAL}\n]"
_IN_A_CELL = rf"[{SEVERAL}\n;；、]"


def read_value(rulebook: Rulebook, name: str, text: str, now: datetime) -> str:
    """Return the value of a field as the register keeps it: the rulebook's id, an ISO date, a time in UTC, a text.

    SEVERAL or a line end stands between several. `BadInput` repeats no value of a personal field.
    """
    field = rulebook.fields[name]
    if field.many:
        parts = (part.strip() for part in re.split(_BETWEEN, text))
        found = dict.fromkeys(_read_one(rulebook, name, part, now) for part in parts if part)
        if not found:
            raise BadInput(tr("{name} is empty – write its values, or leave it out", name=fact_called(name, rulebook)))
        return SEVERAL.join(found)
    return _read_one(rulebook, name, text, now)


def typed_value(rulebook: Rulebook, name: str, text: str, now: datetime) -> str:
    """Return what a person typed for a fact with the days in it as dates: 昨天, 11月20日, 2026/11/20 as 2026-11-20.

    What is no day stays as it is.
    """
    field = rulebook.fields.get(name)
    if field is None or field.type != "date":
        return text
    return SEVERAL.join(_day_typed(part, rulebook, now) for part in text.split(SEVERAL))


def _day_typed(text: str, rulebook: Rulebook, now: datetime) -> str:
    """Return the date of a day that was typed; what is none as it is."""
    with suppress(ValueError):
        return parse_day(text, now=now, zone=rulebook.zone).astimezone(rulebook.zone).date().isoformat()
    return text


def _read_one(rulebook: Rulebook, name: str, text: str, now: datetime) -> str:
    """Return one value of a field as the register keeps it."""
    kind = rulebook.fields[name].type
    if kind == "choice":
        return rulebook.known(
            name, text, where=tr("{name}: ", name=fact_called(name, rulebook)) if rulebook.is_personal(name) else ""
        )
    if kind == "number":
        return read_number(text, fact_called(name, rulebook))
    if kind == "date":
        return _read_day(text, fact_called(name, rulebook))
    if kind == "time":
        return _read_time(text, name, rulebook, now)
    return text


def read_number(text: str, name: str) -> str:
    """Return a number in plain digits, of at most 15 and nine decimals; thousands may be set apart by commas."""
    plain = narrow(text).replace("−", "-")
    if not re.fullmatch(_NUMBER, plain):
        raise BadInput(tr("{name} must be a number, such as 1200 or 99.5", name=name))
    return plain.replace(",", "")


def kept_apart(rulebook: Rulebook, facts: Mapping[str, str | None]) -> dict[str, Value | None]:
    """Return facts as an event keeps them: those of which there may be several as lists."""
    several = rulebook.several
    return {
        name: tuple(value.split(SEVERAL)) if name in several and value is not None else value
        for name, value in facts.items()
    }


def split_cell(text: str) -> list[str]:
    """Return the values that one cell holds, or one answer, of a field that may have several."""
    return [part for piece in re.split(_IN_A_CELL, text) if (part := piece.strip())]


def value_text(rulebook: Rulebook, name: str, value: Value | Sequence[str] | None, language: str) -> str:
    """Return a field's value as people read it: its label, a time in the desk's zone; "" for none.

    Several come as a list, or as one text with SEVERAL between them.
    """
    timed = name in rulebook.fields and rulebook.fields[name].type == "time"
    parts = (value or "").split(SEVERAL) if isinstance(value, str | None) else value
    shown = (
        to_minute_text(at, rulebook.zone) if timed and (at := time_of(part)) else rulebook.title(name, part, language)
        for part in parts
    )
    return listed(shown, language)


def same_text(rulebook: Rulebook, same: Mapping[str, str], language: str) -> str:
    """Return what the cases of a problem share, in words: `X-1000 · A17`."""
    names = {fact.removeprefix("field:"): value for fact, value in same.items()}
    ordered = sorted(names, key=lambda name: (name != "product", name in SHARED))
    return " · ".join(value_text(rulebook, name, names[name], language) for name in ordered)


def _read_day(text: str, name: str) -> str:
    """Return a date that a clock can begin with, unlike the 1899-12-30 that spreadsheets make of an empty cell."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(tr("{name} must be a date, such as 2026-10-01", name=name)) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInput(
            tr(
                "{name} must be a date from {first}-01-01 to {last}-12-31, such as 2026-10-01",
                name=name,
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )
    return day.isoformat()


def _read_time(text: str, name: str, rulebook: Rulebook, now: datetime) -> str:
    """Return a time in UTC, read as the days are that customers are promised."""
    try:
        return to_text(read_ahead(text, rulebook.calendar, now))
    except ValueError as error:
        raise BadInput(tr("{name}: {fault}", name=fact_called(name, rulebook), fault=error)) from None
