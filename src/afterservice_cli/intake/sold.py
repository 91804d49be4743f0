"""A file that tells how many units of each product were sold: `product`, `units`, `month` and fields if it has some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from afterservice_cli.errors import BadInput, Problem
from afterservice_cli.figures.periods import parse_span
from afterservice_cli.figures.sold import Sale
from afterservice_cli.intake.tables.source import called, opened
from afterservice_cli.intake.tables.table import Table, table_of
from afterservice_cli.intake.words.cells import cleaned
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.values import read_number

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "product": ("product", "产品"),
    "units": ("units", "销量"),
    "month": ("month", "月份"),
}
CALLED = {"product": sentence("product"), "units": sentence("units")}
_SOME_DAY = date(2026, 10, 1)  # a month is read as of it, though none is written by another


def sales_of(path: Path, rulebook: Rulebook) -> tuple[Sale, ...]:
    """Read what was sold; `NotFound` or `BadInput` if there is no such file, or a line of it cannot be read.

    A column that is called as a field tells units apart by that, as by the batch.
    """
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
        fields = {name: found[word] for name, word in _fields(rulebook) if word in found}
        left = {name: heading for name, heading in fields.items() if heading not in columns.values()}
        return tuple(_sales(table, columns, _Fields(rulebook, left), called(path)))


class _Fields(NamedTuple):
    """The fields by which a file tells units apart, each with its heading."""

    rulebook: Rulebook
    headings: Mapping[str, str]

    def of(self, row: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Return what a row says of the fields, as it is compared and as it is told; nothing of empty ones."""
        cells = {name: cleaned(row[heading]) for name, heading in self.headings.items()}
        choices = self.rulebook.choices_of
        values = {
            name: self.rulebook.known(name, cell) if choices(name) else cell for name, cell in cells.items() if cell
        }
        return {name: (normal(value), value) for name, value in values.items()}


def _fields(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield the fields by which units may be told apart, with each word that they are called by."""
    for name, field in rulebook.fields.items():
        if not field.personal and not field.many and field.type in ("choice", "text"):
            yield from ((name, normal(word)) for word in (name, *field.title.values()))


def _sales(table: Table, columns: Mapping[str, str | None], fields: _Fields, file: str) -> list[Sale]:
    found = []
    for line in table.rows():
        if line.row is None:
            raise BadInput(tr("{file}, line {line}: {problem}", file=file, line=line.number, problem=line.fault))
        cells = {key: cleaned(line.row[heading]) if heading else "" for key, heading in columns.items()}
        try:
            told = fields.of(line.row)
            found.append(Sale(normal(cells["product"]), cells["product"], _month(cells), _units(cells), told))
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
