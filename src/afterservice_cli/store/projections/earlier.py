"""The cases of a customer, as conditions count them."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.cases.case import ERASED, Case
from afterservice_cli.cases.values import SEVERAL, Customer, EarlierCase, Value, as_facts
from afterservice_cli.rulebook.vocabulary import CARRIED_OUT
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.projections.cases import work_of
from afterservice_cli.store.schema import part_columns
from afterservice_cli.time.instants import from_text

_FACTS = ("status", "kind", "channel", "product", "category", "priority", "owner")
_COLUMNS = part_columns(("case_id", "first", "registered_at", *_FACTS, "fields", "work"))
REMEMBERED = 4096  # customers


class CustomersCases:
    """The cases of customers: those of one who is asked for again are read once, as long as nobody else writes."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        # By their customer, in the order in which they came in; and by the event that registered each.
        self._cases: dict[str, list[EarlierCase]] = db.known("cases of customers")
        self._known: dict[int, tuple[str, EarlierCase]] = db.known("customers of cases")

    def of(self, customer: Customer) -> tuple[EarlierCase, ...]:
        """Return the cases of a customer in the order in which they came in: not those taken out, nor those erased."""
        if customer.id is None:
            return ()
        if customer.id not in self._cases:
            if len(self._cases) >= REMEMBERED:
                self.forget()
            read = () if customer.new else _read(self._db, customer.id)
            self._cases[customer.id] = sorted(read, key=_came)
            self._known |= {case.first: (customer.id, case) for case in self._cases[customer.id]}
        return tuple(self._cases[customer.id])

    def before(self, case: Case) -> tuple[EarlierCase, ...]:
        """Return the cases of a case's customer that came in before it."""
        cases = self.of(Customer(case.customer_id))
        return cases[: bisect_left(cases, (case.registered_at, case.first), key=_came)]

    def take(self, case: Case) -> None:
        """Take in a case as it stands now."""
        if case.first in self._known:
            customer, before = self._known.pop(case.first)
            del self._cases[customer][bisect_left(self._cases[customer], _came(before), key=_came)]
        if case.customer_id in self._cases and not case.void_by and not case.erased:
            now = _of_case(case)
            insort(self._cases[case.customer_id], now, key=_came)
            self._known[case.first] = case.customer_id, now

    def forget(self) -> None:
        """Forget what was read."""
        self._cases.clear()
        self._known.clear()


def _came(case: EarlierCase) -> tuple[datetime, int]:
    return case.registered_at, case.first


def _read(db: sqlite3.Connection, customer_id: str) -> Iterator[EarlierCase]:
    query = (
        f"SELECT {_COLUMNS} FROM cases WHERE customer_id = ? AND void_by = '' AND NOT EXISTS "
        f"(SELECT 1 FROM timeline WHERE timeline.first = cases.first AND word = '{ERASED}')"
    )
    for number, first, came, *facts, fields, work in db.execute(query, (customer_id,)).fetchall():
        known = {**dict(zip(_FACTS, facts, strict=True)), **_facts(json.loads(fields), json.loads(work))}
        yield EarlierCase(number, first, from_text(came), known)


def _of_case(case: Case) -> EarlierCase:
    known = {name: getattr(case, name) for name in _FACTS[:4]} | {name: case.value(name) for name in _FACTS[4:]}
    return EarlierCase(case.number, case.first, case.registered_at, {**known, **_facts(case.fields, work_of(case))})


def _facts(fields: Mapping[str, Value], work: Mapping[str, Any]) -> dict[str, str | None]:
    """Return what is known of a case beside what stands in columns of its own."""
    plan, appraisal, done = work["plan"] or {}, work["appraisal"] or {}, work.get(CARRIED_OUT, ())
    several = {
        "disposition": (*done, *filter(None, [plan.get("disposition")])),
        CARRIED_OUT: done,
        "liability": appraisal.get("liability", ()),
    }
    return {
        **as_facts(fields),
        **{name: SEVERAL.join(values) for name, values in several.items()},
        **{name: appraisal.get(name) for name in ("fault", "cause")},
    }
