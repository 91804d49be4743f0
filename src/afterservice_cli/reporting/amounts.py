"""The tables of a report about what was given with cases and what customers pay."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.figures.counting import Cohort
from afterservice_cli.figures.named import figures_of_given
from afterservice_cli.figures.tables import ReportTable
from afterservice_cli.reporting.sections import Rows, beside, columns_of, titled
from afterservice_cli.reporting.telling import About
from afterservice_cli.rulebook.given import CUSTOMER, is_paid
from afterservice_cli.store.counting.facts import Facts


def kinds_given(about: About) -> list[tuple[str, str, Mapping[str, str]]]:
    """Return what is given with which disposition, and what both and the unit are called.

    As the rulebook has it, then what cases have beside.
    """
    pairs = [(name, kind) for name, entry in about.rulebook.dispositions.items() for kind in entry.gives]
    pairs += [(str(name), str(kind)) for name, kind, _ in about.facts.counts(Cohort("given"), ("disposition", "given"))]
    return [
        (
            disposition,
            kind,
            {
                "disposition": about.value_title("disposition", disposition),
                "given": about.value_title("kind given", kind),
                "paid_by": CUSTOMER if is_paid(about.rulebook, kind) else "",
                "unit": about.rulebook.gives[kind].unit[about.language] if kind in about.rulebook.gives else kind,
            },
        )
        for disposition, kind in dict.fromkeys(pairs)
    ]


def amounts(about: About, name: str) -> ReportTable:
    """Return what was given with the cases resolved for good in the period, by disposition and kind.

    In the table `charges` it is what customers pay.
    """

    def made(facts: Facts) -> ReportTable:
        rows: Rows = []
        for disposition, kind, titles in kinds_given(about):
            if is_paid(about.rulebook, kind) != (name == "charges"):
                continue
            given, cases = figures_of_given(disposition, kind, titles)
            if count := cases.result(facts):
                told = (titles["disposition"], titles["given"], given.result(facts), titles["unit"], count, given.name)
                rows.append(told)
        kinds = {
            "disposition": "text",
            "charge" if name == "charges" else "given": "text",
            "amount": "number",
            "unit": "text",
            "cases": "count",
            "id": "text",
        }
        return ReportTable(name, titled(about, name), columns_of(about, **kinds), tuple(rows))

    return beside(about, made, ("amount",))
