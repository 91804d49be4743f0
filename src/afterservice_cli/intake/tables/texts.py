"""A file of texts, for trying rules on what customers wrote: a line each, or a column of a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from afterservice_cli.errors import BadInput, nearest
from afterservice_cli.intake.tables.encodings import recognise
from afterservice_cli.intake.tables.headings import plain_heading
from afterservice_cli.intake.tables.sheets import is_workbook
from afterservice_cli.intake.tables.source import SourceFile, called, opened
from afterservice_cli.intake.tables.table import Table, table_of
from afterservice_cli.language import listed, tr

TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".ods")  # endings of files that are no lines of text


def texts_of(path: Path, column: str | None) -> Iterator[str]:
    """Yield the texts of a file: its lines, or a column of it; empty ones are left out.

    `BadInput` if it is a table of several columns, and none or another is named.
    """
    with opened(path) as source:
        if column is None and path.suffix.lower() not in TABLES and not is_workbook(source):
            yield from _lines(source)
            return
        with table_of(source, ()) as table:
            heading = _heading(table, column, called(path))
            for line in table.rows():
                if line.row is not None and (text := line.row[heading].strip()):
                    yield text


def _lines(source: SourceFile) -> Iterator[str]:
    encoding = recognise(source, None, lambda _: 0)
    for line in encoding.stream(source):
        if text := line.strip():
            yield text


def _heading(table: Table, column: str | None, name: str) -> str:
    """Return the heading of the column that is named, or of the only one."""
    headings = [heading for heading in table.headings if heading]
    if column is None:
        if len(headings) == 1:
            return headings[0]
        raise BadInput(
            tr("{file} has several columns: {headings}", file=name, headings=listed(headings[:12])),
            hint=tr("name the one with the texts: --column {column}", column=headings[0]),
        )
    wanted = plain_heading(column)
    for heading in headings:
        if plain_heading(heading) == wanted:
            return heading
    raise BadInput(
        tr(
            "{file} has no column '{column}' – write {nearest}",
            file=name,
            column=column[:40],
            nearest=nearest(column, headings),
        )
    )
