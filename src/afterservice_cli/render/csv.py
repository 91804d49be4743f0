"""Values out as CSV, for a spreadsheet; the csv module is loaded only for this."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from afterservice_cli.render.rows import Column, Value, cell
from afterservice_cli.render.text import defuse, safe_text


def write_csv(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write the columns' titles, then a row a value: formulas defused, line breaks kept within quotes.

    Characters that a terminal would obey are shown instead (`safe_text`).
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_csv_cell(column.title) for column in columns])
    writer.writerows([_csv_cell(column.shown(value)) for column in columns] for value in values)


def _csv_cell(value: object) -> str:
    if isinstance(value, int | float):  # a number is no formula, however it is written
        return cell(value)
    return defuse(safe_text(cell(value), lines=True))
