"""The tables of a report about what comes often, what rose, and how often products fail."""

from __future__ import annotations

from collections import Counter

from afterservice_cli.figures.counting import Cohort
from afterservice_cli.figures.tables import ReportTable
from afterservice_cli.reporting.sections import Rows, columns_of, heads, titled
from afterservice_cli.reporting.telling import About, told_apart
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.vocabulary import FAULT_RATE
from afterservice_cli.store.counting.facts import Facts

FIRST = 10  # combinations, or categories, that a table has at most


def fault_rates(about: About, dimension: str) -> ReportTable:
    """Return the fault rate of each product, each line of them, or each value of a field; those of which no units are
    known come last.
    """
    own = about.facts.sold_apart.get(dimension)
    sold = (about.facts.sold if own is None else own) or {}
    by = "product" if own is None else dimension
    told = sorted(told_apart(about, about.facts, Cohort("registered"), by)) if sold else []
    cases = dict.fromkeys(sold, 0)
    called = {known: units.called for known, units in sold.items()}
    for product, count in told:
        if product:
            known = normal(product)
            called.setdefault(known, product)
            cases[known] = cases.get(known, 0) + count
    faults, units = Counter[str](), Counter[str]()
    for known in sold:
        value = about.rulebook.line_of(called[known]) or "" if dimension == "line" else called[known]
        faults[value] += cases[known]
        units[value] += sold[known].count
    rows: Rows = [
        (about.value_title(dimension, value), value, faults[value], count, faults[value] / count if count else None)
        for value, count in units.items()
    ]
    rows.sort(key=lambda row: (row[4] is None, -float(row[4] or 0), str(row[1])))
    if dimension != "line":
        rows += [
            (about.value_title(dimension, called[known]), called[known], count, None, None)
            for known, count in cases.items()
            if known not in sold
        ]
    head = heads(about, dimension)
    kinds = {"cases": "count", "sold": "count", "fault_rate": "share"}
    title = about.tr("Fault rate by {dimension}", dimension=head[0].title)
    columns = (*head, *columns_of(about, **kinds))
    return ReportTable(f"{FAULT_RATE}{dimension}", title, columns, tuple(rows), None, "fault_rate")


def frequent(about: About) -> ReportTable:
    """Return which products came with which category most often."""
    counts = [row for row in about.facts.counts(Cohort("registered"), ("product", "category")) if row[0]]
    counts.sort(key=lambda row: (-int(row[2] or 0), str(row[0]), str(row[1])))
    rows: Rows = [
        (f"{product} · {about.value_title('category', str(category))}", f"{product}.{category}", count)
        for product, category, count in counts[:FIRST]
        if int(count or 0) > 1
    ]
    kinds = {"combined": "text", "id": "text", "registered": "count"}
    return ReportTable("frequent", titled(about, "frequent"), columns_of(about, **kinds), tuple(rows), "bars")


def risen(about: About, before: Facts) -> ReportTable:
    """Return the categories of which more came in than in the period before, those that rose most first."""
    was = dict(told_apart(about, before, Cohort("registered"), "category"))
    now = told_apart(about, about.facts, Cohort("registered"), "category")
    found = sorted(((count - was.get(name, 0), name, count) for name, count in now), key=lambda one: (-one[0], one[1]))
    rows: Rows = [
        (about.value_title("category", name), name, count, count - rise, rise)
        for rise, name, count in found
        if rise > 0
    ]
    kinds = {
        "category": "text",
        "id": "text",
        "registered": "count",
        "registered.before": "count",
        "registered.change": "count",
    }
    return ReportTable("risen", titled(about, "risen"), columns_of(about, **kinds), tuple(rows[:FIRST]) if was else ())
