"""Tables of web pages and of XML sheets, which many systems call `.xls`: copied to where they are read as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser

from afterservice_cli.errors import BadInput
from afterservice_cli.intake.tables.delimited import LONGEST
from afterservice_cli.intake.tables.encodings import Encoding, named_encoding
from afterservice_cli.intake.tables.source import SourceFile, called, private_file
from afterservice_cli.language import tr

_BEGINNING = re.compile(rb"\s*<(?:[!?]|html|head|meta|body|table|div|style|workbook)", re.IGNORECASE)
_PIECE = 1 << 16  # characters read at a time
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_LOOKED_AT = 40  # rows in which headings are looked for
_WIDEST = 16_384  # columns of a sheet: what claims to be wider is not
_ROWS, _CELLS = ("tr", "row"), ("td", "th", "cell")
_BREAKS = ("br", "p", "div", "li")
_NO_TEXT = ("script", "style")
_CUT = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)

Attributes = list[tuple[str, str | None]]
Take = Callable[[int, Sequence[str]], None]


def is_page(source: SourceFile) -> bool:
    """Tell whether a source is a web page or XML, whatever its name says."""
    plain = source.beginning(512).lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")
    return _BEGINNING.match(plain) is not None


def encoding_of(source: SourceFile) -> str | None:
    """Return the encoding that a page names, if it cannot be told from its bytes; None if they tell."""
    named = _CHARSET.search(source.beginning(4096))
    try:
        name = named_encoding(named[1].decode()) if named else None
    except ValueError:
        return None
    return None if name in ("utf-8", "utf-16", "gb18030") else name


@contextmanager
def table_of_page(
    source: SourceFile, encoding: Encoding, headings: Callable[[Sequence[str]], int]
) -> Iterator[SourceFile]:
    """Give the rows of a page's table as CSV in UTF-8: of several, the one in whose first rows most headings stand.

    `headings` counts those known in a row. `BadInput` if there is no table.
    """
    counts: dict[int, int] = {}
    seen: dict[int, int] = {}

    def count(table: int, row: Sequence[str]) -> None:
        seen[table] = seen.get(table, 0) + 1
        if seen[table] <= _LOOKED_AT:
            counts[table] = max(counts.get(table, 0), headings(row))

    _parse(source, encoding, count)
    if not counts:
        name = called(source.path)
        raise BadInput(
            tr("{file} is a web page or XML without a table", file=name),
            hint=tr("open it in a browser: it may say why nothing was exported"),
        )
    best = max(counts, key=lambda table: (counts[table], seen[table]))
    with private_file() as copy:
        out = io.TextIOWrapper(copy, "utf-8", newline="")
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        _parse(source, encoding, lambda table, row: writer.writerow(row or [""]) if table == best else None)
        out.flush()
        yield SourceFile(copy, source.path)


def _parse(source: SourceFile, encoding: Encoding, take: Take) -> None:
    parser = _Tables(take)
    stream = encoding.stream(source)
    while piece := stream.read(_PIECE):
        parser.feed(piece)
        if parser.length > LONGEST:
            raise BadInput(tr("{file} is no table", file=called(source.path)))
    parser.close()
    if parser.breaks_off:
        raise BadInput(tr("{file} is damaged: its table breaks off", file=called(source.path)))


class _Tables(HTMLParser):
    """Tells each row of each table: the number of its table, and its cells, "" for those that others reach over."""

    def __init__(self, take: Take) -> None:
        super().__init__(convert_charrefs=True)
        self._take = take
        self._tables, self._open = 0, [0]  # how many there were, and those around what is read
        self._row: dict[int, str] | None = None
        self._reaching: dict[int, int] = {}  # by column, over how many rows a cell above still reaches
        self._text: list[str] | None = None
        self._place = self._deep = 0
        self._exact, self._as_is = "", False
        self.length = 0  # characters of the row so far

    @property
    def breaks_off(self) -> bool:
        """Tell whether a row has begun that has not ended."""
        return self._row is not None

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self._tables += 1
            self._open.append(self._tables)
            self._reaching = {}
        elif tag in _ROWS and len(self._open) > 1:
            self._end_row()
            self._row = {}
            self._place = 0
        elif tag in _CELLS and self._row is not None:
            self._begin_cell(dict(attrs))
        elif tag == "data":
            self._as_is = True
        elif tag in _NO_TEXT:
            self._deep += 1
        elif tag in _BREAKS and self._text:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Take what ends, a cell or a row, and leave a table."""
        if tag in _CELLS:
            self._end_cell()
        elif tag in _ROWS:
            self._end_row()
        elif tag == "table":
            self._end_row()
            if len(self._open) > 1:
                self._open.pop()
        elif tag in _NO_TEXT:
            self._deep = max(0, self._deep - 1)

    def handle_data(self, data: str) -> None:
        """Take what stands in a cell; blanks and line ends of a page count as one blank."""
        if self._text is None or self._deep:
            return
        self.length += len(data)
        self._text.append(data if self._as_is else re.sub(r"[\s\u00a0]+", " ", data))

    def _begin_cell(self, attributes: dict[str, str | None]) -> None:
        self._end_cell()
        row = self._row if self._row is not None else {}
        if index := _number(attributes.get("ss:index")):
            self._place = index - 1
        while self._reaching.get(self._place) and self._place < _WIDEST:
            self._reaching[self._place] -= 1
            row[self._place] = ""
            self._place += 1
        if self._place >= _WIDEST:
            return
        wide = _number(attributes.get("colspan")) or 1 + _number(attributes.get("ss:mergeacross"))
        high = _number(attributes.get("rowspan")) or 1 + _number(attributes.get("ss:mergedown"))
        for place in range(self._place, min(self._place + wide, _WIDEST)):
            row[place] = ""
            if high > 1:
                self._reaching[place] = high - 1
        self._text, self._exact, self._as_is = [], attributes.get("x:num") or "", False
        self._at, self._place = self._place, self._place + wide

    def _end_cell(self) -> None:
        if self._text is None or self._row is None:
            return
        lines = "".join(self._text).split("\n") if not self._as_is else ["".join(self._text)]
        said = "\n".join(line.strip() for line in lines).strip()
        self._row[self._at] = self._exact if self._exact and _CUT.fullmatch(said) else said
        self._text = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None:
            return
        for place in [place for place, rows in self._reaching.items() if rows and place >= self._place]:
            self._reaching[place] -= 1
        width = max(self._row, default=-1) + 1
        self._take(self._open[-1], [self._row.get(place, "") for place in range(width)])
        self._row, self.length = None, 0


def _number(text: str | None) -> int:
    """Return a number of columns or rows; 0 if there is none that can be."""
    return int(text) if text and text.isdecimal() and len(text) < 6 and int(text) <= _WIDEST else 0
