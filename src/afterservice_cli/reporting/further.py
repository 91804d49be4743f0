"""The tables of a report about what was given, what comes often, what rose, and what stands above single cases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from afterservice_cli.render.labels import effect
from afterservice_cli.reporting.sections import Rows, beside, columns_of, heads, titled
from afterservice_cli.reporting.telling import About, told_apart
from afterservice_cli.reports.counting import Cohort
from afterservice_cli.reports.named import figures_of_given
from afterservice_cli.reports.tables import FAULT_RATE, ReportTable
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.given import CUSTOMER, is_paid
from afterservice_cli.rulebook.values import same_text
from afterservice_cli.store.facts import Facts

FIRST = 10  # of what comes often


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

    Of `charges` it is what the customers pay.
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
            "given": "text",
            "amount": "number",
            "unit": "text",
            "cases": "count",
            "id": "text",
        }
        return ReportTable(name, titled(about, name), columns_of(about, **kinds), tuple(rows))

    return beside(about, made, ("amount",))


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


def told_late(about: About) -> ReportTable:
    """Return who recorded answers only after they were due, though they had come in time."""
    counts = about.facts.counts(Cohort("deadlines", ("told_late",)), ("recorder",))
    rows: Rows = [(about.title("person", str(who)), who, count) for who, count in counts]
    rows.sort(key=lambda row: (-int(row[2] or 0), str(row[1])))
    columns = columns_of(about, recorder="text", id="text", told_late="count")
    return ReportTable("told_late", titled(about, "told_late"), columns, tuple(rows), "bars", "told_late")


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


def problems(about: About) -> ReportTable:
    """Return the problems that were open in the period, each with how many cases it has."""
    rows: Rows = [
        (
            number,
            about.kind_title(str(kind or "") or None),
            _shared(about, str(same)),
            about.role_title(str(team)),
            cases,
            opened,
            closed,
        )
        for number, kind, same, team, cases, opened, closed in about.facts.problems()
    ]
    kinds = {
        "problem": "text",
        "kind": "text",
        "about": "text",
        "team": "text",
        "cases": "count",
        "opened_at": "instant",
        "closed_at": "instant",
    }
    return ReportTable("problems", titled(about, "problems"), columns_of(about, **kinds), tuple(rows))


def _shared(about: About, same: str) -> str | None:
    """Return in words what cases share, None if nothing is said of it; what is personal by now is left out."""
    fields = about.rulebook.fields
    hidden = {f"field:{name}" for name in fields if about.rulebook.is_personal(name)}
    told = {fact: value for fact, value in json.loads(same).items() if fact not in hidden}
    return same_text(about.rulebook, told, about.language) or None


def measures(about: About) -> ReportTable:
    """Return the measures that were added, due, done or judged in the period, and what they brought."""
    rows: Rows = [
        (
            number,
            _shared(about, str(acts_on)),
            about.role_title(str(team)),
            due,
            done,
            effect(str(effective), about.language) if effective else None,
            *counts,
        )
        for number, acts_on, team, due, done, effective, *counts in about.facts.measures()
    ]
    kinds = {
        "measure": "text",
        "about": "text",
        "team": "text",
        "due_at": "instant",
        "done_at": "instant",
        "effective": "text",
        "cases.before": "count",
        "cases.after": "count",
    }
    return ReportTable("measures", titled(about, "measures"), columns_of(about, **kinds), tuple(rows))
