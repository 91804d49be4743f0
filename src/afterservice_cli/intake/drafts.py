"""A row to a draft: its facts, when it was received, what happened to it, and what about it is impossible."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from afterservice_cli.errors import BadInput
from afterservice_cli.intake.profile import Profile, Source
from afterservice_cli.record import Record

Row = Mapping[str, str]


class Happening(Record):
    """One thing that happened to a case, as the row says it; `column` is the heading of its date."""

    word: str
    at: datetime
    text: str | None
    score: int | None
    column: str


class RowDraft(Record):
    """What a row says. `doubts` are the things in it that were left out, each with the reason."""

    facts: Mapping[str, str | None]
    given: Mapping[str, str]
    received_at: datetime
    happenings: tuple[Happening, ...]
    doubts: tuple[str, ...]


def read_row(row: Row, profile: Profile, zone: ZoneInfo, now: datetime) -> RowDraft:
    """Read a row by its profile; `BadInput` where it cannot become a case. No message repeats a personal value."""
    values = {field: _value(row, profile, field) for field in {**profile.columns, **profile.defaults}}
    received = values.pop("received_at", None)
    values.pop("number", None)
    if not received:
        raise BadInput("received_at is empty")
    received_at = _date(received, profile, zone, "received_at")
    if received_at > now:
        raise BadInput(f"received_at ({received}) lies in the future")
    given = {field: value for field in ("category", "priority", "owner") if (value := values.pop(field, None))}
    doubts: list[str] = []
    happenings = tuple(_happenings(row, profile, zone, received_at, now, doubts))
    return RowDraft(values, given, received_at, happenings, tuple(doubts))


def cell(row: Row, source: Source) -> str:
    """The first cell with something in it, or all of them put together, of those that a source names; else ""."""
    if source.joined_with is not None:
        return source.joined_with.join(part for h in source.headings if (part := row.get(h, "").strip()))
    return next((text for heading in source.headings if (text := row.get(heading, "").strip())), "")


def _value(row: Row, profile: Profile, field: str) -> str | None:
    said = cell(row, profile.columns[field]) if field in profile.columns else ""
    if not said:
        return profile.defaults.get(field)
    return profile.values.get(field, {}).get(said.casefold(), said)


def _date(text: str, profile: Profile, zone: ZoneInfo, where: str) -> datetime:
    try:
        return profile.dates.read(text, zone)
    except ValueError as error:
        raise BadInput(f"{where}: {error}") from None


def _happenings(
    row: Row, profile: Profile, zone: ZoneInfo, received_at: datetime, now: datetime, doubts: list[str]
) -> list[Happening]:
    found = []
    for step in profile.course:
        score = cell(row, step.score) if step.score else ""
        when = cell(row, step.at)
        if not when or (step.score and not score):
            continue
        heading = next((heading for heading in step.at.headings if heading in row), step.word)
        try:
            at = _date(when, profile, zone, heading)
            if at < received_at:
                raise BadInput(f"{step.word} ({when}) lies before it was received")
            if at > now:
                raise BadInput(f"{step.word} ({when}) lies in the future")
            if score and score not in ("1", "2", "3", "4", "5"):
                raise BadInput("the score is none from 1 to 5")
        except BadInput as error:
            doubts.append(f"{heading}: {error.message}; left out")
            continue
        text = cell(row, step.text) if step.text else ""
        found.append(Happening(step.word, at, text or None, int(score) if score else None, heading))
    return found
