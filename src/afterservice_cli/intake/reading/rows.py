"""Rows, and what stands in their cells by a profile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import says_nothing, spelling
from afterservice_cli.intake.reading.profile import ColumnSource, Profile
from afterservice_cli.intake.words.cells import cleaned, lost, number_text
from afterservice_cli.intake.words.dates import fitting
from afterservice_cli.language import tr
from afterservice_cli.rulebook.dates import end_of_day
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.instants import NO_SUCH_DAY

Row = Mapping[str, str]


class RowFault(Frozen):
    """What is wrong in a cell: its heading, or the field if it has none, and what can be done about it."""

    column: str
    message: str

    def told(self) -> str:
        """Return it in a sentence."""
        return tr("{column}: {message}", column=self.column, message=self.message)


class CaseRows(dict[str, str]):
    """The rows of one case in a file of events, read as one: its cells are the first ones filled.

    The row that registers it comes first, the others as they stand in the file; `numbers` are the lines they begin in.
    """

    def __init__(self, numbers: Sequence[int], rows: Sequence[Row], lines: Sequence[Any]) -> None:
        super().__init__()
        self.numbers, self.rows, self.lines = tuple(numbers), tuple(rows), tuple(lines)
        for row in reversed(rows):
            self.update({heading: text for heading, text in row.items() if text.strip() or heading not in self})


def rows_of(row: Row) -> tuple[Row, ...]:
    """Return the rows of a case in a file of events; none of any other file."""
    return row.rows if isinstance(row, CaseRows) else ()


def number_of(row: Row, profile: Profile) -> str:
    """Return the number that the source gave a row; "" if it has none, `BadInput` if a spreadsheet has cut it.

    What ends with a digit is a number, whatever a profile takes for nothing.
    """
    source = profile.columns.get("number")
    text = number_text(cell(row, source)) if source else ""
    if text and not text[-1].isdecimal() and (says_nothing(text) or spelling(text) in profile.empty):
        return ""
    return text


def cell(row: Row, source: ColumnSource) -> str:
    """Return the text of a source: its first filled cell, or all of them joined; "" if all are empty."""
    if len(source.headings) == 1:
        return cleaned(row.get(source.headings[0], ""))
    if source.joined_with is not None:
        return source.joined_with.join(part for h in source.headings if (part := cleaned(row.get(h, ""))))
    return next((text for heading in source.headings if (text := cleaned(row.get(heading, "")))), "")


class CellReader:
    """Reads cells as a profile says."""

    def __init__(self, profile: Profile, rulebook: Rulebook) -> None:
        self._empty, self._dates, self._calendar = profile.empty, profile.dates, rulebook.calendar
        self.zone = rulebook.zone

    def filled(self, row: Row, source: ColumnSource) -> tuple[str, str]:
        """Return the first heading of a source whose cell says something, and its text; empty texts if none does."""
        if source.joined_with is not None:
            parts = [part for heading in source.headings if (part := self.filled(row, ColumnSource((heading,))))[1]]
            return (parts[0][0], source.joined_with.join(text for _, text in parts)) if parts else ("", "")
        empty = self._empty
        for heading in source.headings:
            text = row.get(heading, "")
            if text and (text := cleaned(text)) and not (empty and spelling(text) in empty):
                return heading, text
        return "", ""

    def reading(self, source: ColumnSource) -> Callable[[Row], str]:
        """Return what reads the text of a source from a row, as `text` does."""
        if len(source.headings) > 1 or self._empty:
            return lambda row: self.text(row, source)
        (heading,) = source.headings
        return lambda row: cleaned(row.get(heading, ""))

    def reading_each(self, source: ColumnSource, is_none: Callable[[str], bool]) -> Callable[[Row], str]:
        """Return what reads a text from a row: its cells, each once, or the first of them, without those that are none.

        If all are, it is the text that says so.
        """
        if len(source.headings) == 1:
            return self.reading(source)

        def read(row: Row) -> str:
            cells = [self.text(row, ColumnSource((heading,))) for heading in source.headings]
            said = list(dict.fromkeys(text for text in cells if text and not is_none(text)))
            if not said:
                return next(filter(None, cells), "")
            return said[0] if source.joined_with is None else source.joined_with.join(said)

        return read

    def text(self, row: Row, source: ColumnSource) -> str:
        """Return the text of a source: its first filled cell, or all of them joined; "" if all are empty."""
        return self.filled(row, source)[1]

    def date(self, text: str) -> datetime:
        """Return a date as the profile reads it; `BadInput` says what in the profile would read it."""
        try:
            return self._dates.read(text, self.zone)
        except ValueError as error:
            message = str(error)
        if reason := lost(text):
            raise BadInput(tr(reason))
        if ways := fitting(text):
            said = tr(" or ").join(f'`dates: ["{way}"]`' if "%" in way else f"`dates: [{way}]`" for way in ways)
            raise BadInput(tr("{message}; {ways} in the profile reads it", message=message, ways=said))
        if self._dates.has_no_such_day(text):
            raise BadInput(tr(NO_SUCH_DAY))
        if not any(letter.isdecimal() for letter in text):
            raise BadInput(tr("{message}; if it says nothing, `empty:` in the profile", message=message))
        raise BadInput(message)

    def ahead(self, text: str) -> datetime:
        """Return when something shall be; a day alone is its close of business."""
        at = self.date(text)
        local = at.astimezone(self.zone)
        return end_of_day(local.date(), self._calendar) if not (local.hour or local.minute or local.second) else at


def within(source: ColumnSource, headings: Collection[str]) -> ColumnSource | None:
    """Return the part of a source that a file has; None if it has nothing of it."""
    here = tuple(heading for heading in source.headings if heading in headings)
    return source.but(headings=here) if here else None
