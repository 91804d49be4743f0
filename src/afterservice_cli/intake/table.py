"""A CSV file as rows: which encoding it has, which headings, and every row with the line it begins in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence, tr
from afterservice_cli.render.text import undefuse

# The csv module stops at 131,072 characters otherwise.
csv.field_size_limit(10_000_000)

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
TRIED = ("utf-8", "gb18030")
# The columns that a rejects file has beside those of the file it came from.
REASON, OCCURRENCE = "_reason", "_occurrence"
OWN = ("_line", "_status", REASON, OCCURRENCE)
_NAMED = 8  # headings in a message
# What the csv module says of a file that it cannot read.
UNREADABLE = sentence("unexpected end of data"), sentence("',' expected after '\"'")


class Line(NamedTuple):
    """A row: the line it begins in, its cells, and these by heading, or None if they are more or fewer."""

    number: int
    cells: tuple[str, ...]
    row: Mapping[str, str] | None


class Table(Frozen):
    """A file's headings and its rows; `encoding` is the one in which it was read."""

    encoding: str
    headings: tuple[str, ...]
    text: str

    @property
    def of_rejects(self) -> bool:
        """Tell whether the file holds what an earlier import left."""
        return REASON in self.headings

    def rows(self) -> Iterator[Line]:
        """Yield each row, anew with each call; empty lines are left out.

        A rejects file that was put right is read back as it was before its formulas were made harmless.
        """
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        width, line = len(self.headings), 0
        try:
            for number, cells in enumerate(reader):
                begin, line = line + 1, reader.line_num
                if number == 0 or not any(cell.strip() for cell in cells):
                    continue
                if not any(cells[width:]):
                    cells = cells[:width]
                if self.of_rejects:
                    cells = [undefuse(cell) for cell in cells]
                row = dict(zip(self.headings, cells, strict=True)) if len(cells) == width else None
                yield Line(begin, tuple(cells), row)
        except csv.Error as error:
            raise BadInput(
                tr("line {line}: {error} – a quote may be open", line=line + 1, error=tr(str(error)))
            ) from None


def read_table(data: bytes, name: str, known: set[str] | None) -> Table:
    """Decode a CSV file and read its headings.

    A byte order mark decides the encoding, else strict UTF-8, else strict GB18030; if a file reads as both (GBK
    text can be valid UTF-8), the one in which `known` headings appear. `BadInput` if none fits, if no known heading is
    there, or if one is there twice; without `known`, whatever the headings are.
    No message repeats the file's first line: without headings, it is a customer's row.
    """
    found = None
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        headings = _headings(text)
        if found is None or (known and len(known & set(headings)) > len(known & set(found.headings))):
            found = Table(encoding.removesuffix("-sig"), headings, text)
    if found is None:
        raise BadInput(tr("{file} is neither UTF-8 nor GB18030 – save it as one of them", file=name))
    if known is None:
        return found
    if not known & set(found.headings):
        shown = tr(", ").join([*sorted(known)[:_NAMED], *(["…"] if len(known) > _NAMED else [])])
        raise BadInput(
            tr(
                "the first line of {file} has none of the profile's headings, which are {headings}",
                file=name,
                headings=shown,
            ),
            hint=tr("use another profile, or give the file its line of headings"),
        )
    if twice := sorted(heading for heading in known if found.headings.count(heading) > 1):
        raise BadInput(
            tr(
                "{file} has more than one column '{heading}' – rename or remove all but one",
                file=name,
                heading=twice[0],
            )
        )
    return found


def _encodings(data: bytes) -> tuple[str, ...]:
    return next(((encoding,) for mark, encoding in BOMS if data.startswith(mark)), TRIED)


def _headings(text: str) -> tuple[str, ...]:
    try:
        first = next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return ()
    headings = tuple(heading.strip() for heading in first)
    return tuple(map(undefuse, headings)) if REASON in headings else headings
