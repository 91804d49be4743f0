"""The rejects file: rows that an import left to a person, each with its reason, to be put right and read again."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from afterservice_cli.intake.table import OWN, Table
from afterservice_cli.record import Record
from afterservice_cli.render.text import defuse


class Left(Record):
    """A row that did not go in whole: `rejected`, `conflict`, or `flagged` (a case, less what was impossible).

    `occurrence` is the how-manieth of its kind it is, where no number tells it: a file of its own would not say so.
    """

    line: int
    status: str
    reason: str
    cells: tuple[str, ...]
    occurrence: int | None = None


def write_rejects(path: Path, table: Table, left: Iterable[Left]) -> None:
    """Write the rows as a file that `read_table` reads, readable for its owner alone; an earlier one is replaced."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    # With a mark, Excel reads it as UTF-8; its cells are customers' words, so formulas are made harmless.
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as out:
        theirs = [index for index, heading in enumerate(table.headings) if heading not in OWN]
        writer = csv.writer(out)
        writer.writerow([*OWN, *(defuse(table.headings[index]) for index in theirs)])
        for entry in left:
            cells = [entry.cells[index] for index in theirs if index < len(entry.cells)]
            cells += entry.cells[len(table.headings) :]
            first = (str(entry.line), entry.status, entry.reason, str(entry.occurrence or ""))
            writer.writerow([defuse(cell) for cell in (*first, *cells)])
