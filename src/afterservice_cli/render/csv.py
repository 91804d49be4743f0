"""Values out as CSV, for a spreadsheet; the csv module is loaded only for this."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from afterservice_cli.output_text import defuse, safe_text
from afterservice_cli.render.rows import Column, Value, cell


def write_csv(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write the columns' titles, then a row a value: formulas defused, line breaks kept within quotes.

    Characters that a terminal would obey are shown instead (`safe_text`).
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([csv_cell(column.title) for column in columns])
    writer.writerows([csv_cell(column.shown(value)) for column in columns] for value in values)


def csv_cell(value: object) -> str:
    """Return a value as its cell says it: as no formula, and with its line breaks."""
    if isinstance(value, int | float):  # a number is no formula, however it is written
        return cell(value)
    return defuse(safe_text(cell(value), lines=True))
