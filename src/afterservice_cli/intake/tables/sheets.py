"""A sheet of a workbook, its cells as text, copied to where it is read like any other file."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING

from afterservice_cli.errors import BadInput, NotFound, nearest
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.sheet_errors import Errors, errors_of
from afterservice_cli.intake.tables.source import SourceFile, called, private_file
from afterservice_cli.language import listed, tr

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_PACKED, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # what the parts of an .xlsx are called that a password keeps
_LARGEST = 1_000_000_000  # bytes of a workbook unpacked; the library holds a sheet in memory
_LOOKED_AT = 40  # rows in which headings are looked for
_EXACT = 10**15  # numbers of this size have lost digits: a spreadsheet keeps fifteen


class Sheet(Frozen):
    """A sheet of a workbook, and the others that hold something and were not asked for.

    What else is made a table is one without a name, "", with the `encoding` it had. `kind` is `page` for the table of a
    web page, `form` for forms, "" for a table.
    """

    name: str
    others: tuple[str, ...] = ()
    encoding: str | None = None
    kind: str = ""


Cell = int | float | str | bool | time | date | datetime | timedelta


def is_workbook(source: SourceFile) -> bool:
    """Tell whether a source is a workbook, whatever its name says."""
    return source.beginning(8).startswith((_PACKED, _COMPOUND))


@contextmanager
def sheet_of(
    source: SourceFile, asked: str | None, headings: Callable[[Sequence[str]], int]
) -> Iterator[tuple[Sheet, SourceFile]]:
    """Give a sheet, and its rows as CSV in UTF-8: the sheet that is `asked`, else the one with headings.

    `headings` counts those known in a row. Hidden sheets are read if they are asked for. `BadInput` if the file cannot
    be read, or if several sheets may be meant; `NotFound` if there is no such sheet.
    """
    import python_calamine

    name = called(source.path)
    _check_size(source, name)
    with private_file() as copy:
        out = io.TextIOWrapper(copy, "utf-8", newline="")
        try:
            with python_calamine.CalamineWorkbook.from_filelike(source.stream()) as book:
                sheet = _chosen(book, asked, headings, name)
                errors = errors_of(source, sheet.name, book.sheet_names.index(sheet.name))
                rows = _filled_down(book.get_sheet_by_name(sheet.name), headings, errors)
                csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
        except python_calamine.PasswordError:
            raise _kept_by_password(name) from None
        except python_calamine.CalamineError:
            if any(_LOCKED in piece for piece in source.pieces()):
                raise _kept_by_password(name) from None
            raise BadInput(
                tr("{file} is damaged, or no workbook", file=name), hint=tr("save it as .xlsx or as CSV in UTF-8")
            ) from None
        out.flush()
        yield sheet, SourceFile(copy, source.path)


def _kept_by_password(name: str) -> BadInput:
    return BadInput(tr("{file} is kept by a password – save it without", file=name))


def _filled_down(sheet: CalamineSheet, headings: Callable[[Sequence[str]], int], errors: Errors) -> Iterator[list[str]]:
    """Yield the rows of a sheet; what is merged downwards below the headings stands in each row that it reaches.

    A row of which no more is its own than comes from above goes on with the one above, and stays as it is.
    """
    rows = _with_errors(sheet, errors)
    down = [(top, bottom, column) for (top, column), (bottom, _) in sheet.merged_cell_ranges or () if bottom > top]
    if not down:
        yield from rows
        return
    counts = [headings(row) for row in map(_texts, islice(sheet.iter_rows(), _LOOKED_AT))]
    below, first = counts.index(max(counts, default=0)) if counts else 0, (sheet.start or (0, 0))[1]
    begins = {(top, column - first): bottom for top, bottom, column in down if top > below}
    reaching: dict[int, tuple[int, str]] = {}  # by column: the last row that a cell reaches, and what stands in it
    for number, row in enumerate(rows):
        reaching = {place: reached for place, reached in reaching.items() if reached[0] >= number}
        above = {place: text for place, (_, text) in reaching.items() if place < len(row) and not row[place].strip()}
        if len(above) < sum(map(bool, map(str.strip, row))):
            for place, text in above.items():
                row[place] = text
        for place, text in enumerate(row):
            if bottom := begins.get((number, place)):
                reaching[place] = (bottom, text)
        yield row


def _with_errors(sheet: CalamineSheet, errors: Errors) -> Iterator[list[str]]:
    """Yield the rows of a sheet with the errors in them, which the library gives as empty cells."""
    first = (sheet.start or (0, 0))[1]
    for number, row in enumerate(map(_texts, sheet.iter_rows())):
        for column, text in errors.get(number, {}).items():
            if column - first < len(row):
                row[column - first] = text
        yield row


def _check_size(source: SourceFile, name: str) -> None:
    """Refuse a packed file that would fill the memory once unpacked, or that is none."""
    if source.beginning(4) != _PACKED:
        return
    try:
        with zipfile.ZipFile(source.stream()) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile:
        raise BadInput(tr("{file} is damaged, or no workbook", file=name)) from None
    if size > _LARGEST:
        raise BadInput(tr("{file} is too large for a workbook", file=name), hint=tr("save its sheet as CSV in UTF-8"))


def _chosen(book: CalamineWorkbook, asked: str | None, headings: Callable[[Sequence[str]], int], name: str) -> Sheet:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    known = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if asked is not None:
        found = next((sheet.name for sheet in known if _plain(sheet.name) == _plain(asked)), None)
        if found is None:
            names = [sheet.name for sheet in known]
            raise NotFound(
                tr("{file} has no sheet '{sheet}' – write {known}", file=name, sheet=asked, known=nearest(asked, names))
            )
        return Sheet(found)
    shown = [sheet.name for sheet in known if sheet.visible == SheetVisibleEnum.Visible]
    if not shown:
        raise BadInput(tr("{file} has no sheet that can be seen", file=name))
    if len(shown) == 1:
        return Sheet(shown[0])
    return _likeliest({sheet: _first_rows(book, sheet) for sheet in shown}, headings, name)


def _likeliest(
    rows: Mapping[str, Sequence[Sequence[str]]], headings: Callable[[Sequence[str]], int], name: str
) -> Sheet:
    """Return the sheet in whose first rows most headings stand; `BadInput` if several have as many."""
    counts = {sheet: max(map(headings, rows[sheet]), default=0) for sheet in rows}
    best = [sheet for sheet in rows if counts[sheet] == max(counts.values())]
    if len(best) > 1 and counts[best[0]]:
        raise BadInput(
            tr("{file} has several sheets that may be meant: {sheets}", file=name, sheets=listed(best)),
            hint=tr("name one of them: --sheet '{sheet}'", sheet=best[0]),
        )
    return Sheet(best[0], tuple(sheet for sheet in rows if rows[sheet] and sheet != best[0]))


def _first_rows(book: CalamineWorkbook, sheet: str) -> list[list[str]]:
    """Return the first rows of a sheet, those left out that are empty."""
    rows = map(_texts, islice(book.get_sheet_by_name(sheet).iter_rows(), _LOOKED_AT))
    return [row for row in rows if any(map(str.strip, row))]


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _texts(row: Iterable[Cell]) -> list[str]:
    return [cell if isinstance(cell, str) else _text(cell) for cell in row]


def _text(cell: Cell) -> str:
    """Return what a cell shows, in a form that does not depend on how the sheet is laid out.

    Dates are in ISO form, a date without a time is a day. A number that is too large to be exact keeps its exponent, as
    the spreadsheet shows it: its last digits were never written.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0).isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.replace(microsecond=0).isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if not isfinite(cell) or abs(cell) >= _EXACT:
        return f"{cell:.14E}"
    return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"
