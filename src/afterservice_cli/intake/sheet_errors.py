"""The errors that stand in the cells of an .xlsx sheet (`#N/A`), which the library gives as empty ones."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO

from afterservice_cli.intake.tables.source import SourceFile

Errors = Mapping[int, Mapping[int, str]]

_BOOK = "xl/workbook.xml"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_SIGN = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_LONGEST_SIGN = 16  # bytes
_PIECE = 1 << 20  # bytes read at a time
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def errors_of(source: SourceFile, sheet: str) -> Errors:
    """Return the errors of a sheet by row and column, both counted from 0; none of a file that is no .xlsx."""
    try:
        with zipfile.ZipFile(source.stream()) as packed:
            part = _part_of(packed, sheet)
            if part is None or not _has_any(packed, part):
                return {}
            found: dict[int, dict[int, str]] = {}
            with packed.open(part) as stream:
                for row, column, text in _errors(stream):
                    found.setdefault(row, {})[column] = text
            return found
    except (zipfile.BadZipFile, KeyError, SyntaxError):  # what cannot be read so, the library has read another way
        return {}


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


def _has_any(packed: zipfile.ZipFile, part: str) -> bool:
    """Tell whether a part may hold an error, by what each has: far faster than to read the part as XML."""
    with packed.open(part) as stream:
        kept = b""
        while piece := stream.read(_PIECE):
            if _SIGN.search(kept + piece):
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
