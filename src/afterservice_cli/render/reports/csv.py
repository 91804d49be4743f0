"""A report as CSV: a line for each of its cells."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from afterservice_cli.figures.tables import Printed
from afterservice_cli.render.csv import csv_cell
from afterservice_cli.render.reports.amounts import MEASURES
from afterservice_cli.render.reports.printed import ending_pairs, for_people, only_text, row_name


def report_csv(printed: Printed, language: str) -> str:
    """Return a report as CSV, a line for each cell: period, table, its row by name and by title, column and value.

    Values are as in JSON, so the reports of several months can be put together. What is said of the report itself
    has lines of no table.
    """
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("period", "table", "row", "title", "column", "value"))

    def of_no_table(row: str, lines: Iterable[tuple[str, str, object]]) -> None:
        writer.writerows([csv_cell(each) for each in (printed.period, "", row, *line)] for line in lines)

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
                [csv_cell(value) for value in (*about, table.columns[place].name, row[place])]
                for place in for_people(table)[titled:]
            )
    called = [label for label, _ in ending_pairs(printed, language)]
    of_no_table("ending", zip(called, *zip(*printed.ending.plain().items(), strict=True), strict=True))
    return out.getvalue()
