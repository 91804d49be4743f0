"""A file as rows: which encoding, delimiter or sheet it has, where its headings stand, and every row with its line."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.tables.delimited import LONGEST, DelimitedRows, RawRow
from afterservice_cli.intake.tables.doubled import counting, demand_choice, letter
from afterservice_cli.intake.tables.encodings import CODECS, Encoding, recognise
from afterservice_cli.intake.tables.forms import table_of_forms
from afterservice_cli.intake.tables.headings import (
    DELIMITERS,
    LOOKED_AT,
    REASON,
    TextLayout,
    columns_of,
    counted,
    layout_of,
    likely,
    places_of_doubled,
    plain_heading,
)
from afterservice_cli.intake.tables.pages import encoding_of, is_page, table_of_page
from afterservice_cli.intake.tables.second import has_empty_rows, second_from, two_tables
from afterservice_cli.intake.tables.sheets import Sheet, is_workbook, sheet_of
from afterservice_cli.intake.tables.source import SourceFile, called, demand_table
from afterservice_cli.intake.tables.sums import (
    LONGEST_APART,
    MAY_BE_APART,
    are_numbers,
    ends_table,
    is_alone,
    is_code,
    is_rule,
    is_sums,
)
from afterservice_cli.intake.words.cells import cleaned
from afterservice_cli.intake.words.meanings import unnumbered
from afterservice_cli.language import listed, sentence, tr
from afterservice_cli.output_text import undefuse

_NAMED = 8  # headings in a message
_MOST_HELD = 9  # rows that may stand below a table


class Line(NamedTuple):
    """A row: the line it begins in (of a sheet: its row), its cells, and these by heading, or None with a `fault`."""

    number: int
    cells: tuple[str, ...]
    row: Mapping[str, str] | None
    fault: str = ""


class FileOptions(Frozen):
    """What a person said of a file: its encoding, by a name of `CODECS`, and which sheet is meant."""

    encoding: str | None = None
    sheet: str | None = None


NOTHING = FileOptions()


class Table:
    """A file's headings and its rows, which are read from it anew each time.

    `encoding` and `delimiter` are those in which it was read, None for a sheet; `sheet` is its name, None for a text,
    `other_sheets` those that were not read; `line` is where the headings stand. `headings` are spelt as the profile has
    them, `written` as the file has them.
    """

    def __init__(
        self, source: SourceFile, encoding: Encoding, sheet: Sheet | None, layout: TextLayout, known: Collection[str]
    ) -> None:
        self._source, self._encoding, self._layout = source, encoding, layout
        self._columns = columns_of(layout.written, known)
        self.sheet = (sheet.name or None) if sheet else None
        self.other_sheets = sheet.others if sheet else ()
        self.encoding = sheet.encoding if sheet else encoding.name
        self.delimiter = None if sheet else layout.delimiter
        self.kind = sheet.kind if sheet else ""
        self._by_row = sheet is not None
        self.line = layout.place + 1 if sheet else layout.line
        self._again, self._sums, self._below = set[int](), dict[int, None](), dict[int, bool]()
        if places_of_doubled(self.written):
            rows = (line.cells for line in self.rows() if line.row is not None)
            self._columns = columns_of(layout.written, known, counting(self.written, known, rows))
            demand_choice(self._columns, known, called(source.path))

    @property
    def headings(self) -> tuple[str, ...]:
        """Return the headings as the profile has them."""
        return self._columns.headings

    @property
    def written(self) -> tuple[str, ...]:
        """Return the headings as the file has them."""
        return self._columns.written

    @property
    def doubled(self) -> Mapping[str, tuple[str, str]]:
        """Return the headings with a number: the one of several columns, and the letter of this column."""
        several = places_of_doubled(self.written)
        return {
            self.headings[place]: (heading, letter(place))
            for heading, places in several.items()
            for place in places
            if self.headings[place] not in ("", heading)
        }

    @property
    def left_out(self) -> Sequence[int]:
        """Return where the rows stand that are no cases, once it was read to its end.

        They are of sums, below the table, or its headings once more.
        """
        return sorted(self._again | self._sums.keys() | self._below.keys())

    @property
    def numbers_below(self) -> Sequence[int]:
        """Return where numbers alone stand below the table, once it was read to its end."""
        return [number for number, alone in self._below.items() if alone]

    @property
    def of_rejects(self) -> bool:
        """Tell whether the file holds what an earlier import left."""
        return REASON in self.headings

    @property
    def second_from(self) -> int | None:
        """Return where a second table begins below this one; None for none, and in what an earlier import left."""
        return None if self.of_rejects else second_from(self._numbered(), self.written)

    def rows(self) -> Iterator[Line]:
        """Yield each row, anew with each call; empty lines and rows that are no cases are left out.

        A rejects file that was put right is read back as it was before its formulas were made harmless.
        """
        least, most, uniform = self._widths
        headings, aliases, of_rejects = self.headings, self._columns.aliases, self.of_rejects
        width, heads = len(headings), tuple(map(cleaned, self._layout.written))
        first = heads[0]
        for found in self._filled():
            cells = tuple(map(undefuse, found.cells)) if of_rejects else tuple(found.cells)
            if first in cells[0] and tuple(map(cleaned, cells[:width])) == heads and not any(cells[width:]):
                # As they stand again at the head of each printed page, or of each file of several put together.
                self._again.add(found.number)
                continue
            if found.fault:
                yield Line(found.number, cells, None, found.fault)
            elif least <= len(cells) <= most and (uniform or not any(map(str.strip, cells[least:]))):
                if len(cells) != width:
                    cells = (*cells[:width], *[""] * (width - len(cells)))
                row = dict(zip(headings, cells, strict=True))
                for heading, place in aliases:
                    row[heading] = cells[place]
                yield Line(found.number, cells, row)
            else:
                yield Line(found.number, cells, None, _out_of_step(len(cells), least))

    def _filled(self) -> Iterator[RawRow]:
        """Yield the rows under the headings that may be cases, numbered by line, or by row in a sheet.

        Empty ones are none, nor rows of sums and what stands below the last row of the table.
        """
        may_be_apart, held, codes = MAY_BE_APART.search, list[RawRow](), _Codes()
        several = len(self.written) > 1
        for found in self._numbered():
            if not (found.fault or (any(found.cells) and any(map(str.strip, found.cells)))):
                continue
            first = found.cells[0]
            if not held and (any(found.cells[1:]) or not several) and not may_be_apart(first, 0, LONGEST_APART):
                if codes.rows < LOOKED_AT:
                    codes.take(first)
                yield found
                continue
            cells = [*found.cells, ""] if several and len(found.cells) == 1 else found.cells
            if is_sums(cells) or is_rule(cells):
                self._sums[found.number] = None
            elif (
                not found.fault
                and len(held) < _MOST_HELD
                and (ends_table(cells) or self._is_footer(cells, codes, held))
            ):
                held.append(found)
            else:
                yield from held
                for row in (*held, found):
                    codes.take(row.cells[0])
                held.clear()
                yield found
        self._below |= {row.number: are_numbers(row.cells) for row in held}
        self._source.check()

    @staticmethod
    def _is_footer(cells: Sequence[str], codes: _Codes, held: Sequence[RawRow]) -> bool:
        """Tell whether a row of one cell stands below the table: what stands there is no code, as all above it are.

        So does one behind a line of which that is sure.
        """
        return is_alone(cells) and not is_code(cells[0]) and (codes.alone or bool(held))

    def _numbered(self) -> Iterator[RawRow]:
        """Return the rows under the headings, each with its number."""
        stream, above = self._encoding.stream(self._source), self._layout.line - 1
        for _ in range(above):  # whatever quotes stand in them
            stream.readline(LONGEST)
        rows = islice(DelimitedRows(stream, self._layout.delimiter, above).rows(), self._layout.depth, None)
        if not self._by_row:
            return rows
        first = self.line + self._layout.depth
        return (RawRow(number, row.cells, row.fault) for number, row in enumerate(rows, first))

    @cached_property
    def _widths(self) -> tuple[int, int, bool]:
        """Return how many cells a row has at least and at most, and whether all have as many as the headings.

        Empty cells behind the last heading are no part of a row if every row has them, or if the headings do: else a
        cell of this row has slipped.
        """
        full = len(self.headings)
        least = next((place for place in range(full, 0, -1) if self.written[place - 1]), full)
        if self._by_row:
            return least, full, True
        first = next((row for row in self._filled() if not row.fault), None)
        if self.of_rejects or (least == full and (first is None or len(first.cells) <= full)):
            return least, full, False
        lengths = {len(row.cells) for row in self._filled() if not row.fault}
        return least, max(full, min(lengths, default=full)), lengths == {full}


class _Codes:
    """Whether nothing but codes stands in the first column, by its first LOOKED_AT rows."""

    def __init__(self) -> None:
        self.rows, self._all = 0, True

    @property
    def alone(self) -> bool:
        """Tell whether there is any, and nothing else."""
        return self.rows > 0 and self._all

    def take(self, first: str) -> None:
        """Take in the first cell of a row of the table."""
        self.rows, self._all = self.rows + 1, self._all and is_code(first)


@contextmanager
def table_of(source: SourceFile, known: Collection[str], asked: FileOptions = NOTHING) -> Iterator[Table]:
    """Give the table in a source, a text or a workbook, with the headings that are `known`.

    If none are known, the headings are the first row that is as wide as most. `BadInput` if it is no table, if no known
    heading is there, or if one is there twice. No message repeats the file: it is customers' words.
    """
    plain = {plain_heading(form) for heading in known for form in (heading, unnumbered(heading))}
    name = called(source.path)
    with ExitStack() as stack:
        sheet = None
        demand_table(source)

        def headings(cells: Sequence[str]) -> int:
            return counted(cells, plain) if known else likely(cells)

        if is_workbook(source):
            sheet, source = stack.enter_context(sheet_of(source, asked.sheet, headings))
            encoding = Encoding("utf-8", CODECS["utf-8"])
        elif is_page(source):
            page = recognise(source, asked.encoding or encoding_of(source), lambda _: 0)
            source = stack.enter_context(table_of_page(source, page, headings))
            sheet, encoding = Sheet("", encoding=page.name, kind="page"), Encoding("utf-8", CODECS["utf-8"])
        else:
            encoding = recognise(source, asked.encoding, lambda tried: _count(source, tried, plain))
        forms = stack.enter_context(
            table_of_forms(source, encoding, DELIMITERS if sheet is None else ",", by_row=sheet is not None)
        )
        if forms is not None:
            sheet = (sheet or Sheet("", encoding=encoding.name)).but(kind="form")
            source, encoding = forms, Encoding("utf-8", CODECS["utf-8"])
        text = encoding.beginning(source)
        layout = layout_of(text, plain, "," if sheet is not None else DELIMITERS)
        if layout is None:
            raise _no_headings(name, text, known)
        table = Table(source, encoding, sheet, layout, known)
        twice = next((heading for heading in sorted(known) if table.headings.count(heading) > 1), None)
        if twice:
            raise BadInput(
                tr(
                    "{file} has more than one column '{heading}' – rename or remove all but one",
                    file=name,
                    heading=twice,
                )
            )
        if has_empty_rows(source) and (line := table.second_from):
            raise two_tables(source.path, line, encoding=encoding.name, by_row=sheet is not None)
        yield table


def _count(source: SourceFile, encoding: Encoding, known: Collection[str]) -> int:
    layout = layout_of(encoding.beginning(source), known) if known else None
    return layout.count if layout else 0


def _no_headings(name: str, text: str, known: Collection[str]) -> BadInput:
    shown = listed([*sorted(known)[:_NAMED], *(["…"] if len(known) > _NAMED else [])])
    hint = tr("use another profile, or give the file its line of headings")
    if any(row.fault for row in islice(DelimitedRows(io.StringIO(text, newline=""), ",").rows(), 1)):
        hint = tr("the quotes of its first line are not in order")
    said = tr(
        "none of the profile's headings is in the first {rows} rows of {file}; they are {headings}",
        rows=LOOKED_AT,
        file=name,
        headings=shown,
    )
    if not text.strip():
        return BadInput(tr("{file} is empty", file=name))
    return BadInput(said if known else tr("{file} is no table", file=name), hint=hint)


def _out_of_step(cells: int, headings: int) -> str:
    said = sentence("has {cells} cells for {headings} headings – put a cell that holds the delimiter in quotes")
    if cells < headings:
        said = sentence("has {cells} cells for {headings} headings – give it all, and put a line break in quotes")
    return tr(said, cells=cells, headings=headings)
