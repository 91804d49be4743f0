"""How many units of each product were sold, by which faults become a rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from afterservice_cli.frozen import Frozen


class Sale(Frozen):
    """Units of a product that were sold in a month (its first day), or whenever (None).

    `known` is the product in the form in which products are compared.
    """

    known: str
    product: str
    month: date | None
    units: int


class Units(Frozen):
    """A product as it was written first, and how many units of it were sold."""

    product: str
    count: int


def units_until(sales: Sequence[Sale], until: date, product: str = "") -> Mapping[str, Units]:
    """Return what was sold before a day, of products with this piece in their name; months count as they begin."""
    found: dict[str, Units] = {}
    for sale in sales:
        if product in sale.known and (sale.month is None or sale.month < until):
            before = found.get(sale.known, Units(sale.product, 0))
            found[sale.known] = before.but(count=before.count + sale.units)
    return found
