"""Values out as CSV, for a spreadsheet; the csv module is loaded only for this."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import TextIO

from afterservice_cli.render.amounts import MEASURES
from afterservice_cli.render.printed import ending_pairs, for_people, only_text, row_name
from afterservice_cli.render.rows import Column, Value, cell
from afterservice_cli.render.text import defuse, safe_text
from afterservice_cli.reports.tables import Printed


def write_csv(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write the columns' titles, then a row a value: formulas defused, line breaks kept within quotes.

    Characters that a terminal would obey are shown instead (`safe_text`).
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_csv_cell(column.title) for column in columns])
    writer.writerows([_csv_cell(column.shown(value)) for column in columns] for value in values)


def report_csv(printed: Printed, language: str) -> str:
    """Return a report as CSV, a line for each cell: period, table, its row by name and by title, column and value.

    Values are as in JSON, so the reports of several months can be put together. What is said of the report itself
    has lines of no table.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("period", "table", "row", "title", "column", "value"))

    def of_no_table(row: str, lines: Iterable[tuple[str, str, object]]) -> None:
        writer.writerows([_csv_cell(each) for each in (printed.period, "", row, *line)] for line in lines)

    bounds = {"title": printed.title, "from": printed.begin, "until": printed.until, "zone": printed.zone}
    if other := printed.compared:
        bounds |= {"compared.from": other.begin, "compared.until": other.until}
    of_no_table("report", (("", name, value) for name, value in bounds.items()))
    of_no_table("filters", ((only_text(one), one.name, one.value) for one in printed.filters))
    for table in printed.tables:
        titled = table.columns[0].kind not in MEASURES
        for row in table.rows:
            title = row[0] if titled else ""
            about = (printed.period, table.name, row_name(table, row) or title, title)
            writer.writerows(
                [_csv_cell(value) for value in (*about, table.columns[place].name, row[place])]
                for place in for_people(table)[titled:]
            )
    called = [label for label, _ in ending_pairs(printed, language)]
    of_no_table("ending", zip(called, *zip(*printed.ending.plain().items(), strict=True), strict=True))
    return out.getvalue()


def _csv_cell(value: object) -> str:
    if isinstance(value, int | float):  # a number is no formula, however it is written
        return cell(value)
    return defuse(safe_text(cell(value), lines=True))
