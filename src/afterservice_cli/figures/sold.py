"""How many units of each product, and of each batch and the like, were sold, by which faults become a rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from afterservice_cli.frozen import Frozen


class Sale(Frozen):
    """Units of a product that were sold in a month (its first day), or whenever (None).

    `known` is the product in the form in which products are compared. `fields` are values of fields that its cases
    have, such as the batch: each in that form, and as it was written.
    """

    known: str
    product: str
    month: date | None
    units: int
    fields: Mapping[str, tuple[str, str]] = {}


class Units(Frozen):
    """A product, or the value of a field, as it was written first, and how many units of it were sold."""

    called: str
    count: int


def units_until(sales: Sequence[Sale], until: date, product: str = "", field: str = "") -> Mapping[str, Units]:
    """Return what was sold before a day, of products with this piece in their name; months count as they begin.

    It is told apart by the product, or by a `field`, in the form in which these are compared.
    """
    found: dict[str, Units] = {}
    for sale in sales:
        known, called = sale.fields.get(field, ("", "")) if field else (sale.known, sale.product)
        if known and product in sale.known and (sale.month is None or sale.month < until):
            before = found.get(known, Units(called, 0))
            found[known] = before.but(count=before.count + sale.units)
    return found


def fields_sold(sales: Sequence[Sale]) -> Sequence[str]:
    """Return the fields that tell units apart, in the order in which they came."""
    return tuple(dict.fromkeys(name for sale in sales for name in sale.fields))
