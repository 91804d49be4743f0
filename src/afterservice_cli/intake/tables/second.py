"""A second table below the first: an empty row, then headings of other columns, and rows under them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

from afterservice_cli.errors import BadInput, quoted
from afterservice_cli.intake.tables.delimited import RawRow
from afterservice_cli.intake.tables.headings import plain_heading
from afterservice_cli.intake.tables.source import STDIN, SourceFile, called
from afterservice_cli.intake.tables.sums import LONGEST_APART, ends_table, is_rule, is_sums
from afterservice_cli.language import tr

_EMPTY = re.compile(rb'\n[\0 \t,;|"\r]*\n')
# Rows with digits, of sums or the headings once more, and empty ones; then maybe a title, other headings, and a row.
_SECOND = re.compile(rb"[rxe]*r[rxe]*?e(t?h)r")
_TEXTS = (".csv", ".tsv", ".txt")  # what a shell can cut by lines


def has_empty_rows(source: SourceFile) -> bool:
    """Tell whether there may be an empty row in a source: few files have one, and need a closer look."""
    return any(_EMPTY.search(b"\n" + piece) for piece in source.pieces())


def second_from(rows: Iterable[RawRow], headings: Sequence[str]) -> int | None:
    """Return where the second table of a file begins, of rows under the `headings` of the first; None for none.

    Its headings stand below an empty row, maybe under a title, and have no digit in them, as every row of the first
    table has. Under them stands a row with digits.
    """
    written = [plain_heading(heading) for heading in headings]
    kinds, numbers = bytearray(), array("q")
    for row in rows:
        kind = _kind(row, written)
        if kinds[-1:] != kind:  # the first of several alike stands for all of them
            kinds += kind
            numbers.append(row.number)
    found = _SECOND.match(kinds)
    return numbers[found.start(1)] if found else None


def _kind(row: RawRow, written: Sequence[str]) -> bytes:
    """Return what a row may be, as `_SECOND` has it."""
    cells = [cell for cell in map(str.strip, row.cells) if cell]
    if not cells:
        return b"e"
    if any(char.isdecimal() for cell in cells for char in cell):
        return b"r"
    apart = row.fault or is_sums(row.cells) or is_rule(row.cells) or ends_table(row.cells)
    if apart or [plain_heading(cell) for cell in row.cells][: len(written)] == written:
        return b"x"
    if len(cells) < 2:
        return b"t"
    headings = len(set(cells)) == len(cells) and max(map(len, cells)) <= LONGEST_APART
    return b"h" if headings else b"o"


def two_tables(path: Path, line: int, *, encoding: str | None, by_row: bool) -> BadInput:
    """Return what refuses a file in which another table begins at a line, or at a row of its sheet."""
    name = called(path)
    if by_row:
        return BadInput(
            tr("another table begins in row {row} of {file}", row=line, file=name),
            hint=tr(
                "move it to a sheet of its own, or take it out, and import the file again; if it is none, take out the "
                "empty row above it"
            ),
        )
    hint = tr(
        "take it out, or save it as a file of its own, and import again; if it is none, take out the empty line above "
        "it"
    )
    if path != STDIN and path.suffix.lower() in _TEXTS and encoding != "utf-16":
        parts = [path.with_stem(f"{path.stem}-{nth}") for nth in (1, 2)]
        if not any(part.exists() for part in parts):
            one, two = map(quoted, parts)
            hint = tr(
                "to import each on its own: head -n {before} {file} > {one}; tail -n +{line} {file} > {two}; "
                "afterservice import {one} (and {two}, if cases stand in it); if it is none, take out the empty line "
                "above it",
                before=line - 1,
                line=line,
                file=quoted(path),
                one=one,
                two=two,
            )
    return BadInput(tr("another table begins in line {line} of {file}", line=line, file=name), hint=hint)
