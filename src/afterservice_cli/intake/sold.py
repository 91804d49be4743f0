"""A file that tells how many units of each product were sold: `product`, `units`, and `month` if it has one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from afterservice_cli.errors import BadInput, Problem
from afterservice_cli.intake.cells import cleaned
from afterservice_cli.intake.source import called, opened
from afterservice_cli.intake.table import Table, table_of
from afterservice_cli.language import sentence, tr
from afterservice_cli.reports.periods import parse_span
from afterservice_cli.reports.sold import Sale
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.values import read_number

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "product": ("product", "产品"),
    "units": ("units", "销量"),
    "month": ("month", "月份"),
}
CALLED = {"product": sentence("product"), "units": sentence("units")}
_SOME_DAY = date(2026, 10, 1)  # a month is read as of it, though none is written by another


def sales_of(path: Path) -> tuple[Sale, ...]:
    """Read what was sold; `NotFound` or `BadInput` if there is no such file, or a line of it cannot be read."""
    with opened(path) as source, table_of(source, ()) as table:
        found = {normal(heading): heading for heading in table.headings}
        columns = {key: next((found[n] for n in names if n in found), None) for key, names in HEADINGS.items()}
        for key in ("product", "units"):
            if columns[key] is None:
                said = tr(
                    "{file} has no column {heading} – its headings must be product, units and, if it has months, month",
                    file=called(path),
                    heading=tr(CALLED[key]),
                )
                raise BadInput(said)
        return tuple(_sales(table, columns, called(path)))


def _sales(table: Table, columns: Mapping[str, str | None], file: str) -> list[Sale]:
    found = []
    for line in table.rows():
        if line.row is None:
            raise BadInput(tr("{file}, line {line}: {problem}", file=file, line=line.number, problem=line.fault))
        cells = {key: cleaned(line.row[heading]) if heading else "" for key, heading in columns.items()}
        try:
            found.append(Sale(normal(cells["product"]), cells["product"], _month(cells), _units(cells)))
        except (Problem, ValueError) as problem:
            said = tr("{file}, line {line}: {problem}", file=file, line=line.number, problem=problem)
            raise BadInput(said) from None
    for number in table.below:  # numbers without a product: a sum that is called so is left out, these may be sales
        raise BadInput(tr("{file}, line {line}: {problem}", file=file, line=number, problem=tr("names no product")))
    return found


def _units(cells: Mapping[str, str]) -> int:
    if not cells["product"]:
        raise BadInput(tr("names no product"))
    number = read_number(cells["units"], tr(CALLED["units"]))
    if not number.isdigit():
        raise BadInput(tr("units are a whole number, 0 or more"))
    return int(number)


def _month(cells: Mapping[str, str]) -> date | None:
    if not cells["month"]:
        return None
    return parse_span("month", cells["month"], _SOME_DAY).first
