"""A file that tells how many units of each product were sold: `product`, `units`, `month` and fields if it has some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date
from pathlib import Path
from typing import NamedTuple

from afterservice_cli.errors import BadInput, Problem
from afterservice_cli.figures.periods import parse_span
from afterservice_cli.figures.sold import Sale
from afterservice_cli.intake.tables.source import called, opened
from afterservice_cli.intake.tables.table import Table, table_of
from afterservice_cli.intake.words.cells import cleaned
from afterservice_cli.intake.words.dates import DateReader
from afterservice_cli.intake.words.meanings import forms_of, meanings, plain
from afterservice_cli.intake.words.synonyms import fields_called
from afterservice_cli.language import sentence, tr
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.values import read_number

# What the columns are called beside the product, whose headings are those of any file.
_UNITS = """
    units 销量 销售量 销售数量 售出数量 卖出数量 出货量 出货数量 发货量 发货数量 出库数量 件数 台数 数量
    units-sold sold quantity-sold qty-sold quantity qty sales-volume shipped units-shipped
"""
_MONTHS = "month 月份 销售月份 年月 月 销售月 出货月份 期间 sales-month year-month period"
CALLED = {"product": sentence("product"), "units": sentence("units")}
_DAYS = DateReader(("iso", "year-first"))
_SOME_DAY = date(2026, 10, 1)  # a month is read as of it, though none is written by another


def sales_of(path: Path, rulebook: Rulebook) -> tuple[Sale, ...]:
    """Read what was sold; `NotFound` or `BadInput` if there is no such file, or a line of it cannot be read.

    A column that is called as a field tells units apart by that, as by the batch.
    """
    with opened(path) as source, table_of(source, ()) as table:
        columns = _columns(table.headings, rulebook)
        for key in ("product", "units"):
            if columns[key] is None:
                said = tr(
                    "{file} has no column {heading} – its headings must be product, units and, if it has months, month",
                    file=called(path),
                    heading=tr(CALLED[key]),
                )
                raise BadInput(said)
        fields = {
            name: heading for name, heading in _fields(table.headings, rulebook) if heading not in columns.values()
        }
        return tuple(_sales(table, columns, _Fields(rulebook, fields), called(path)))


def _columns(headings: Sequence[str], rulebook: Rulebook) -> Mapping[str, str | None]:
    """Return the headings of product, units and month, None for one that is not there.

    A column that is called as a field is the product only if no other is.
    """
    own = {heading for _, heading in _fields(headings, rulebook)}
    products = [
        (heading in own, m.rank, heading) for heading in headings for m in meanings(heading) if m.field == "product"
    ]
    columns: dict[str, str | None] = {"product": min(products, default=(False, 0, None))[2]}
    for key, words in (("units", _UNITS), ("month", _MONTHS)):
        ranks = {plain(word): rank for rank, word in enumerate(words.split())}
        known = [(ranks[form], heading) for heading in headings for form in forms_of(heading) if form in ranks]
        columns[key] = min(known, default=(0, None))[1]
    return columns


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


def _fields(headings: Sequence[str], rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Yield the fields by which units may be told apart, each with its heading."""
    for heading in headings:
        for name in fields_called(rulebook, heading):
            field = rulebook.fields[name]
            if not field.personal and not field.many and field.type in ("choice", "text"):
                yield name, heading


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
    for (
        number
    ) in table.numbers_below:  # numbers without a product: a sum that is called so is left out, these may be sales
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
    try:
        return _DAYS.read(cells["month"], UTC).date().replace(day=1)  # as a sheet has a month: as its first day
    except ValueError:
        return parse_span("month", cells["month"], _SOME_DAY).first
