"""The errors that stand in the cells of a sheet (`#N/A`), which the library gives as empty ones."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from struct import error as StructError
from struct import unpack_from
from typing import IO, TYPE_CHECKING

from afterservice_cli.intake.tables.compound import SIGN, CompoundFile
from afterservice_cli.intake.tables.source import SourceFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Errors = Mapping[int, Mapping[int, str]]

_BOOK = "xl/workbook.xml"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_SIGN = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_OPEN = "content.xml"
_OPEN_SIGN = re.compile(rb"value-type\s*=\s*[\"']error[\"']")
_MOST_COLUMNS = 16384
_LONGEST_SIGN = 32  # bytes
# Kinds of records in an .xls, and what its codes for errors stand for.
_BEGIN, _END, _BOUND = (0x0809, 0x0409, 0x0209, 0x0009), 0x000A, 0x0085
_BOOLEAN_OR_ERROR, _FORMULAS, _CAME_TO_ERROR = 0x0205, (0x0006, 0x0206, 0x0406), 2
CODES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_PIECE = 1 << 20  # bytes read at a time
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def errors_of(source: SourceFile, sheet: str, place: int) -> Errors:
    """Return the errors of a sheet, the one at this place, by row and column, both counted from 0."""
    try:
        if source.beginning(len(SIGN)) == SIGN:
            return _by_row(_of_old(CompoundFile(source.stream()).stream("Workbook", "Book"), place))
        with zipfile.ZipFile(source.stream()) as packed:
            part, sign, errors = _part_of(packed, sheet), _SIGN, _errors
            if part is None and _OPEN in packed.namelist():
                part, sign, errors = _OPEN, _OPEN_SIGN, partial(_of_open, sheet=sheet)
            if part is None or not _has_any(packed, part, sign):
                return {}
            with packed.open(part) as stream:
                return _by_row(errors(stream))
    except (zipfile.BadZipFile, LookupError, SyntaxError, ValueError, StructError):
        return {}  # what cannot be read so, the library has read another way


def _by_row(errors: Iterable[tuple[int, int, str]]) -> Errors:
    found: dict[int, dict[int, str]] = {}
    for row, column, text in errors:
        found.setdefault(row, {})[column] = text
    return found


def _of_old(book: bytes, place: int) -> Iterator[tuple[int, int, str]]:
    """Yield each error of a sheet of an .xls, as what it holds or what its formula came to."""
    sheets = [unpack_from("<I", body)[0] for kind, body in _records(book, 0) if kind == _BOUND]
    for kind, body in _records(book, sheets[place] if place < len(sheets) else len(book)):
        if kind == _BOOLEAN_OR_ERROR and body[7]:
            code = body[6]
        elif kind in _FORMULAS and body[12:14] == b"\xff\xff" and body[6] == _CAME_TO_ERROR:
            code = body[8]
        else:
            continue
        row, column = unpack_from("<HH", body)
        yield row, column, CODES.get(code, "#N/A")


def _records(book: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of the records of a part of an .xls, but for charts and the like inside it."""
    depth = 0
    while place + 4 <= len(book):
        kind, length = unpack_from("<HH", book, place)
        depth += (kind in _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, book[place + 4 : place + 4 + length]
        place += 4 + length


def _of_open(stream: IO[bytes], sheet: str) -> Iterator[tuple[int, int, str]]:
    """Yield each error of a sheet of an .ods, in which rows and cells stand once for several that are alike."""
    from xml.etree import ElementTree

    row, here, body = 0, False, ElementTree.Element("")
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        if _is(element.tag, "table"):
            here, row, body = event == "start" and _said(element, "name") == sheet, 0, element
        elif event == "end" and _is(element.tag, "table-row"):
            if here:
                yield from ((row, column, text) for column, text in _of_open_row(element))
            row += int(_said(element, "number-rows-repeated") or 1)
            body.clear()  # what was read is not kept


def _of_open_row(row: Iterable[Element]) -> Iterator[tuple[int, str]]:
    """Yield each error of a row with its column."""
    column = 0
    for cell in row:
        times = int(_said(cell, "number-columns-repeated") or 1)
        if any(_is(key, "value-type") and value == "error" for key, value in cell.items()):
            text = "".join(cell.itertext()).strip() or "#N/A"
            yield from ((column + further, text) for further in range(min(times, _MOST_COLUMNS)))
        column += times


def _said(element: Element, name: str) -> str | None:
    return next((value for key, value in element.items() if _is(key, name)), None)


def _part_of(packed: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the part that holds a sheet; None if the file names none."""
    from xml.etree import ElementTree

    if _BOOK not in packed.namelist():
        return None
    book = ElementTree.fromstring(packed.read(_BOOK))
    named = {each.get("name"): each.get(_ID) or each.get(_STRICT_ID) for each in book.iter() if _is(each.tag, "sheet")}
    related = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    target = next((each.get("Target") for each in related if each.get("Id") == named.get(sheet)), None)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if target else None


def _has_any(packed: zipfile.ZipFile, part: str, sign: re.Pattern[bytes]) -> bool:
    """Tell whether a part may hold an error, by what each has: far faster than to read the part as XML."""
    with packed.open(part) as stream:
        kept = b""
        while piece := stream.read(_PIECE):
            if sign.search(kept + piece):
                return True
            kept = piece[-_LONGEST_SIGN:]
    return False


def _errors(stream: IO[bytes]) -> Iterator[tuple[int, int, str]]:
    """Yield each error of a sheet with its row and column; a cell or row without a place follows the one before it."""
    from xml.etree import ElementTree

    row = column = -1
    data = ElementTree.Element("")
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        if event == "start" and _is(element.tag, "sheetData"):
            data = element
        elif event == "start" and _is(element.tag, "row"):
            row, column = int(element.get("r") or row + 2) - 1, -1
        elif event == "start" and _is(element.tag, "c"):
            column = _column(element.get("r")) if element.get("r") else column + 1
        elif event == "end" and _is(element.tag, "c"):
            if element.get("t") == "e":
                yield row, column, next((each.text or "" for each in element if _is(each.tag, "v")), "") or "#N/A"
        elif event == "end" and _is(element.tag, "row"):
            data.clear()  # what was read is not kept


def _is(tag: str, name: str) -> bool:
    return tag.rpartition("}")[2] == name


def _column(place: str | None) -> int:
    """Return the number of a cell's column, from 0: A is the first, AA the 27th."""
    found = _PLACE.fullmatch(place or "")
    number = 0
    for letter in found[1] if found else "A":
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
