"""A table read whole from bytes, and small workbooks written without a library."""

import zipfile
from collections.abc import Collection, Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from afterservice_cli.intake.tables.source import opened
from afterservice_cli.intake.tables.table import NOTHING, FileOptions, Line, table_of


class Read(NamedTuple):
    """What was read: how, and each row."""

    encoding: str | None
    delimiter: str | None
    sheet: str | None
    line: int
    headings: tuple[str, ...]
    written: tuple[str, ...]
    lines: list[Line]

    @property
    def rows(self) -> list[dict[str, str] | None]:
        return [None if line.row is None else dict(line.row) for line in self.lines]

    @property
    def numbers(self) -> list[int]:
        return [line.number for line in self.lines]


def read(data: bytes | str, known: Collection[str], asked: FileOptions = NOTHING, name: str = "file.csv") -> Read:
    """Read a file of these bytes twice, which must come to the same."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_file(path, known, asked)


def read_file(path: Path, known: Collection[str], asked: FileOptions = NOTHING) -> Read:
    with opened(path) as source, table_of(source, known, asked) as table:
        lines = list(table.rows())
        assert list(table.rows()) == lines
        how = (table.encoding, table.delimiter, table.sheet, table.line)
        return Read(*how, table.headings, table.written, lines)


Cell = str | int | float | None
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


class Dated(float):
    """A number that a sheet shows as a date: days since the end of 1899."""


class Failed(str):
    """The error that stands in a cell whose formula came to nothing: `#N/A`."""


def write_workbook(
    path: Path,
    sheets: dict[str, Sequence[Sequence[Cell]]],
    hidden: Collection[str] = (),
    merged: Collection[str] = (),
) -> Path:
    """Write an .xlsx file; a text is a text in it, a number a number. `merged` are ranges of each sheet: `A1:A3`."""
    names = list(sheets)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        types = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for n, _ in enumerate(names, 1)
        )
        book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        out.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
            f'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{book}"/>{types}</Types>',
        )
        out.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        states = ["hidden" if name in hidden else "visible" for name in names]
        sheet_list = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}" state="{state}"/>'
            for n, (name, state) in enumerate(zip(names, states, strict=True), 1)
        )
        out.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{sheet_list}</sheets></workbook>'
        )
        parts = [("worksheet", f"worksheets/sheet{n}.xml") for n, _ in enumerate(names, 1)]
        out.writestr("xl/_rels/workbook.xml.rels", _relations([*parts, ("styles", "styles.xml")]))
        out.writestr("xl/styles.xml", STYLES)
        for n, rows in enumerate(sheets.values(), 1):
            written = "".join(_row(number, row) for number, row in enumerate(rows, 1))
            out.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{written}</sheetData>{_merged(merged)}</worksheet>',
            )
    return path


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATED}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


def _merged(ranges: Collection[str]) -> str:
    each = "".join(f'<mergeCell ref="{cells}"/>' for cells in ranges)
    return f"<mergeCells>{each}</mergeCells>" if each else ""


def _row(number: int, cells: Sequence[Cell]) -> str:
    written = ""
    for place, cell in enumerate(cells):
        where = f'r="{chr(65 + place)}{number}"'
        if isinstance(cell, Failed):
            written += f'<c {where} t="e"><f>VLOOKUP(A1,B:C,2,0)</f><v>{cell}</v></c>'
        elif isinstance(cell, str):
            text = "".join(f"&#{ord(char)};" if char < " " else escape(char) for char in cell)
            written += f'<c {where} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        elif cell is not None:
            style = ' s="1"' if isinstance(cell, Dated) else ""
            written += f"<c {where}{style}><v>{float(cell)!r}</v></c>"
    return f'<row r="{number}">{written}</row>' if written else ""
