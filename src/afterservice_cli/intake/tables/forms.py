"""Forms, whose headings stand beneath one another with their cells beside them: made a table with a row for each."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from afterservice_cli.errors import BadInput
from afterservice_cli.intake.tables.delimited import DelimitedRows, RawRow
from afterservice_cli.intake.tables.encodings import Encoding
from afterservice_cli.intake.tables.source import SourceFile, called, private_file
from afterservice_cli.intake.tables.sums import ends_table
from afterservice_cli.intake.words.dates import fitting
from afterservice_cli.intake.words.meanings import meanings, plain
from afterservice_cli.language import listed, tr

_LOOKED_AT = 40  # rows that show whether a file is a form
_LEAST = 3  # headings of different fields beneath one another
_LONG = 16  # characters of a heading; what is longer is none
_MOST = 200  # headings of a form
_SHOWN = 5  # headings in a message
_BOTH = re.compile(r"([^:：]{2,16})[:：]\s*(\S.*)", re.DOTALL)
_COLONS = (":", "：")


class _Pair(NamedTuple):
    """A heading of a form and what stands beside it."""

    heading: str
    text: str


class _Form(NamedTuple):
    """One form: its first line and its last, and what stands under each heading, which may stand there again."""

    first: int
    last: int
    cells: dict[tuple[str, int], str]


class _UnsureError(Exception):
    """A row among the headings is none of them with its cell."""


@contextmanager
def table_of_forms(
    source: SourceFile, encoding: Encoding, delimiters: Sequence[str], *, by_row: bool
) -> Iterator[SourceFile | None]:
    """Give a file of forms as CSV in UTF-8, a row for each in the line in which it ends; None if it is no such file.

    Lines are counted `by_row`, or else as they stand in the text. `BadInput` if anything in it is no heading with its
    cell.
    """
    found = next((sign for sign in delimiters if _are_forms(_rows(source, encoding, sign, by_row))), None)
    if found is None:
        yield None
        return
    colons = _have_colons(_rows(source, encoding, found, by_row))
    headings: dict[tuple[str, int], str] = {}
    for form in _forms(_rows(source, encoding, found, by_row), colons, called(source.path)):
        for key in form.cells:
            headings.setdefault(key, key[0])
    with private_file() as copy:
        out = io.TextIOWrapper(copy, "utf-8", newline="")
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        line = 0
        for form in _forms(_rows(source, encoding, found, by_row), colons, called(source.path)):
            if not line:
                out.write("\n" * (form.first - 1))
                writer.writerow(headings.values())
                line = form.first
            out.write("\n" * (form.last - line - 1))
            writer.writerow([form.cells.get(key, "") for key in headings])
            line = form.last
        out.flush()
        yield SourceFile(copy, source.path)


def _rows(source: SourceFile, encoding: Encoding, delimiter: str, by_row: bool) -> Iterator[RawRow]:
    """Yield the filled rows of a file, each numbered by its place or by the line it begins in."""
    for place, row in enumerate(DelimitedRows(encoding.stream(source), delimiter).rows(), 1):
        if row.fault or any(map(str.strip, row.cells)):
            yield RawRow(place, row.cells, row.fault) if by_row else row


def _are_forms(rows: Iterable[RawRow]) -> bool:
    """Tell whether headings of several fields stand beneath one another, and a cell beside each."""
    some = list(islice(rows, _LOOKED_AT))
    colons, fields, dated = _have_colons(some), set[str](), False
    for row in some:
        filled = [cell for cell in map(str.strip, row.cells) if cell]
        if len(filled) >= _LEAST and all(map(meanings, filled)) and not any(map(_is_heading, filled)):
            return False  # the headings of a table
        pair = _split(filled[0], colons) if filled else None
        if pair is None or not (meant := meanings(pair.heading)):
            continue
        fields.add(meant[0].field)
        text = pair.text or "".join(filled[1:2])
        dated = dated or (meant[0].field == "received_at" and bool(fitting(text)))
    return len(fields) >= _LEAST and (colons or dated)


def _have_colons(rows: Iterable[RawRow]) -> bool:
    """Tell whether the headings of forms end with colons."""
    cells = (cell.strip() for row in islice(rows, _LOOKED_AT) for cell in row.cells)
    return any(_is_heading(cell) or ((both := _BOTH.fullmatch(cell)) and meanings(both[1])) for cell in cells)


def _is_heading(cell: str) -> bool:
    return cell.endswith(_COLONS) and len(cell) <= _LONG and bool(meanings(cell))


def _split(cell: str, colons: bool) -> _Pair | None:
    """Return the heading in a cell, with what follows it there; None if it is none."""
    if not colons:
        return _Pair(cell, "") if len(cell) <= _LONG else None
    if cell.endswith(_COLONS):
        return _Pair(cell.rstrip(":： "), "") if len(cell) <= _LONG else None
    both = _BOTH.fullmatch(cell)
    return _Pair(both[1].strip(), both[2]) if both and meanings(both[1]) else None


def _pairs(cells: Sequence[str], colons: bool) -> list[_Pair]:
    """Return the headings of a row with their cells; `_UnsureError` if anything stands there besides."""
    found: list[_Pair] = []
    for cell in filter(None, map(str.strip, cells)):
        pair = _split(cell, colons) if colons or not found else None
        if pair:
            found.append(pair)
        elif found and not found[-1].text:
            found[-1] = _Pair(found[-1].heading, cell)
        else:
            raise _UnsureError
    return found


def _forms(rows: Iterable[RawRow], colons: bool, name: str) -> Iterator[_Form]:
    """Yield each form; the next begins with the heading with which the first began."""
    form, begins, seen = _Form(0, 0, {}), "", Counter[str]()
    known: dict[str, None] = {}
    below: list[int] = []
    for row in rows:
        try:
            pairs = _pairs(row.cells, colons)
            if not begins and not any(meanings(pair.heading) for pair in pairs):
                continue  # a title
            if row.fault or len(known) > _MOST or (below and pairs):
                raise _UnsureError
        except _UnsureError:
            if not begins:
                continue
            if ends_table(row.cells):
                below.append(row.number)
                continue
            raise _refused(name, known, row.number) from None
        for heading, text in pairs:
            if not begins or plain(heading) == begins:
                if form.cells:
                    yield form
                begins, form, seen = plain(heading), _Form(row.number, 0, {}), Counter()
            seen[heading] += 1
            known[heading] = None
            form.cells[heading, seen[heading]] = text
        form = form._replace(last=row.number)
    yield form


def _refused(name: str, known: Iterable[str], line: int) -> BadInput:
    """Return what to say of a form in which more stands than headings with their cells."""
    shown = [heading for heading in known if meanings(heading)][:_SHOWN]
    return BadInput(
        tr(
            "{file} is a form, its headings beneath one another: {headings}; line {line} is no heading with its cell",
            file=name,
            headings=listed(shown),
            line=line,
        ),
        hint=tr("copy it and paste it transposed, a row for each case, or enter it: afterservice register"),
    )
