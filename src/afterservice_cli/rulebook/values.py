"""The values of a rulebook's own fields: how one is read that somebody gives, and how it is told."""

from __future__ import annotations

import re
from datetime import date, datetime

from afterservice_cli.errors import BadInput
from afterservice_cli.instants import FIRST_YEAR, LAST_YEAR, to_local_text, to_text
from afterservice_cli.rulebook.dates import read_ahead, time_of
from afterservice_cli.rulebook.model import Rulebook


def read_value(rulebook: Rulebook, name: str, text: str, now: datetime) -> str:
    """Return the value of a field as the register keeps it: the rulebook's id, an ISO date, a time in UTC, a text.

    `BadInput` repeats no value of a personal field.
    """
    kind = rulebook.fields[name].type
    if kind == "choice":
        return rulebook.known(name, text, where=f"{name}: " if rulebook.is_personal(name) else "")
    if kind == "number" and not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", text, re.ASCII):
        raise BadInput(f"{name} must be a number, such as 1200 or 99.5")
    if kind == "date":
        return _read_day(text, name)
    if kind == "time":
        return _read_time(text, name, rulebook, now)
    return text


def value_text(rulebook: Rulebook, name: str, value: str | None, language: str) -> str:
    """Return a field's value as people read it: its label, a time in the desk's zone; "" for none."""
    at = time_of(value) if name in rulebook.fields and rulebook.fields[name].type == "time" else None
    return to_local_text(at, rulebook.zone) if at else rulebook.title(name, value, language)


def _read_day(text: str, name: str) -> str:
    """Return a date that a clock can begin with, unlike the 1899-12-30 that spreadsheets make of an empty cell."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{name} must be a date, such as 2026-10-01") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        days = f"from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31"
        raise BadInput(f"{name} must be a date {days}, such as 2026-10-01")
    return day.isoformat()


def _read_time(text: str, name: str, rulebook: Rulebook, now: datetime) -> str:
    """Return a time in UTC, read as the days are that customers are promised."""
    try:
        return to_text(read_ahead(text, rulebook.calendar, now))
    except ValueError as error:
        raise BadInput(f"{name}: {error}") from None
