"""A CSV file as rows: which encoding it has, which headings, and every row with the line it begins in."""

import csv
import io
from collections.abc import Iterator, Mapping

from afterservice_cli.errors import BadInput
from afterservice_cli.record import Record

# The csv module stops at 131,072 characters otherwise.
csv.field_size_limit(10_000_000)

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
TRIED = ("utf-8", "gb18030")
REASON = "_reason"  # the column of a rejects file that says why a row is in it


class Table(Record):
    """A file's headings and its rows; `encoding` is the one taken."""

    encoding: str
    headings: tuple[str, ...]
    text: str

    def rows(self) -> Iterator[tuple[int, Mapping[str, str] | None]]:
        """Each row by heading, with the line it begins in; None for a row that has another number of cells.

        Empty lines are passed over. A rejects file that was put right is read back as it was before its formulas
        were made harmless.
        """
        reader = csv.reader(io.StringIO(self.text, newline=""), strict=True)
        restored = REASON in self.headings
        line = 0
        try:
            for number, cells in enumerate(reader):
                begin, line = line + 1, reader.line_num
                if number == 0 or not any(cell.strip() for cell in cells):
                    continue
                if len(cells) > len(self.headings) and not any(cells[len(self.headings) :]):
                    cells = cells[: len(self.headings)]
                if len(cells) != len(self.headings):
                    yield begin, None
                    continue
                if restored:
                    cells = [cell[1:] if cell[:1] == "'" else cell for cell in cells]
                yield begin, dict(zip(self.headings, cells, strict=True))
        except csv.Error as error:
            raise BadInput(f"line {line + 1}: {error} – a quote may be open") from None


def read_table(data: bytes, name: str, known: set[str]) -> Table:
    """Decode a CSV file and read its headings.

    A byte order mark decides the encoding, else strict UTF-8, else strict GB18030; where a file reads as both (GBK
    text can be valid UTF-8), the one in which `known` headings appear. `BadInput` where none fits.
    """
    found = None
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        headings = _headings(text)
        if found is None or len(known & set(headings)) > len(known & set(found.headings)):
            found = Table(encoding.removesuffix("-sig"), headings, text)
    if found is None:
        raise BadInput(f"{name} is neither UTF-8 nor GB18030 – save it as one of them")
    if not known & set(found.headings):
        shown = ", ".join(found.headings[:8])
        raise BadInput(f"{name} has none of the profile's headings; it has {shown}", hint="use another profile")
    return found


def _encodings(data: bytes) -> tuple[str, ...]:
    return next(((encoding,) for mark, encoding in BOMS if data.startswith(mark)), TRIED)


def _headings(text: str) -> tuple[str, ...]:
    try:
        first = next(csv.reader(io.StringIO(text, newline="")), [])
    except csv.Error:
        return ()
    return tuple(heading.strip() for heading in first)
