"""The rejects file: rows that an import left to a person, each with its reason, to be put right and read again."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.headings import OWN
from afterservice_cli.intake.table import Table
from afterservice_cli.render.text import defuse


class Left(Frozen):
    """A row that did not go in whole: `rejected`, `conflict`, or `flagged` (a case, less what was impossible).

    `field` names the headings or fields that are at fault, "" for none in particular. `occurrence` is its number among
    the rows of its kind if it has no other: a file of rejects alone would not say so.
    """

    line: int
    status: str
    field: str
    reason: str
    cells: tuple[str, ...]
    occurrence: int | None = None


def write_rejects(wanted: Path, table: Table, left: Iterable[Left]) -> Path:
    """Write the rows as a file that `read_table` reads, readable for its owner alone, and return where it is.

    A file that is there already may hold somebody's corrections, or be another thing altogether: it is never
    overwritten. If its content differs, the new file gets a number (`october.rejects-2.csv`).
    """
    # With a mark, Excel reads it as UTF-8.
    data = _text(table, left).encode("utf-8-sig")
    for path in _names(wanted):
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            if path.is_file() and path.read_bytes() == data:
                return path
            continue
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
        return path
    raise AssertionError("numbers do not end")


def _names(wanted: Path) -> Iterator[Path]:
    yield wanted
    for number in count(2):
        yield wanted.with_stem(f"{wanted.stem}-{number}")


def _text(table: Table, left: Iterable[Left]) -> str:
    out = io.StringIO(newline="")
    theirs = [index for index, heading in enumerate(table.written) if heading not in OWN]
    writer = csv.writer(out)
    # The cells are customers' words, and a spreadsheet may open the file: formulas are made harmless.
    writer.writerow([*OWN, *(defuse(table.written[index]) for index in theirs)])
    for entry in left:
        cells = [entry.cells[index] for index in theirs if index < len(entry.cells)]
        cells += entry.cells[len(table.written) :]
        first = (str(entry.line), entry.status, entry.field, entry.reason, str(entry.occurrence or ""))
        writer.writerow([defuse(cell) for cell in (*first, *cells)])
    return out.getvalue()
