"""A row to a draft: its facts, when it was received, what happened to it, and what about it is impossible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from afterservice_cli.cases.events import called
from afterservice_cli.decisions.closing import BEST
from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.profile import DECIDED, Profile, Source
from afterservice_cli.language import tr

Row = Mapping[str, str]


class Happening(Frozen):
    """One thing that happened to a case, as the row says it; `column` is the heading of its date."""

    word: str
    at: datetime
    text: str | None
    score: int | None
    column: str


class RowDraft(Frozen):
    """What a row says; `doubts` are the things in it that were left out, each with the reason."""

    facts: Mapping[str, str | None]
    decided: Mapping[str, str]
    received_at: datetime
    happenings: tuple[Happening, ...]
    doubts: tuple[str, ...]


def read_row(row: Row, profile: Profile, zone: ZoneInfo, now: datetime) -> RowDraft:
    """Read a row by its profile; `BadInput`, without a personal value, if it cannot become a case."""
    # A column that the file lacks says nothing about its field; an empty cell says that the field is empty.
    present = {field for field, source in profile.columns.items() if any(heading in row for heading in source.headings)}
    values = {field: _value(row, profile, field) for field in sorted(present | set(profile.defaults))}
    received = values.pop("received_at", None)
    values.pop("number", None)
    if not received:
        raise BadInput(tr("received_at is empty"))
    try:
        received_at = _date(received, profile, zone)
    except BadInput as problem:
        raise BadInput(tr("received_at: {message}", message=problem.message)) from None
    if received_at > now:
        raise BadInput(tr("received_at ({received}) lies in the future", received=received))
    decided = {field: value for field in DECIDED if (value := values.pop(field, None))}
    doubts: list[str] = []
    happenings = tuple(_happenings(row, profile, zone, received_at, now, doubts))
    return RowDraft(values, decided, received_at, happenings, tuple(doubts))


def cell(row: Row, source: Source) -> str:
    """Return the text of a source: its first filled cell, or all of them joined; "" if all are empty."""
    if source.joined_with is not None:
        return source.joined_with.join(part for h in source.headings if (part := row.get(h, "").strip()))
    return filled(row, source)[1]


def filled(row: Row, source: Source) -> tuple[str, str]:
    """Return the first heading of a source whose cell is filled, and its text; two empty texts if none is."""
    return next(((heading, text) for heading in source.headings if (text := row.get(heading, "").strip())), ("", ""))


def _value(row: Row, profile: Profile, field: str) -> str | None:
    said = cell(row, profile.columns[field]) if field in profile.columns else ""
    if not said:
        return profile.defaults.get(field)
    return profile.values.get(field, {}).get(said.casefold(), said)


def _date(text: str, profile: Profile, zone: ZoneInfo) -> datetime:
    try:
        return profile.dates.read(text, zone)
    except ValueError as error:
        raise BadInput(str(error)) from None


def _happenings(
    row: Row, profile: Profile, zone: ZoneInfo, received_at: datetime, now: datetime, doubts: list[str]
) -> list[Happening]:
    found = []
    for step in profile.course:
        heading, when = filled(row, step.at)
        said = cell(row, step.score) if step.score else ""
        if not when or (step.score and not said):
            continue
        try:
            at = _date(when, profile, zone)
            if at < received_at:
                raise BadInput(tr("{what} ({when}) lies before it was received", what=called(step.word), when=when))
            if at > now:
                raise BadInput(tr("{what} ({when}) lies in the future", what=called(step.word), when=when))
            score = _score(said) if said else None
        except BadInput as problem:
            doubts.append(tr("{column}: {message}; left out", column=heading, message=problem.message))
            continue
        text = cell(row, step.text) if step.text else ""
        found.append(Happening(step.word, at, text or None, score, heading))
    return found


def _score(text: str) -> int:
    """Return a score written in any digits, also as `4.0`, as spreadsheets do; `BadInput` for any other text."""
    found = re.fullmatch(r"(\d)(?:[.．][0０]+)?", text)
    score = int(found[1]) if found else 0
    if not 1 <= score <= BEST:
        raise BadInput(tr("the score is none from 1 to {best}", best=BEST))
    return score
