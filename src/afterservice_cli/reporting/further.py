"""The tables of a report about what was given, what comes often, what rose, and what stands above single cases."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from afterservice_cli.language import translated
from afterservice_cli.render.case import kind_title
from afterservice_cli.render.labels import effect, role_title
from afterservice_cli.reporting.sections import Rows, beside, columns_of, heads, titled
from afterservice_cli.reporting.telling import About, told_apart
from afterservice_cli.reports.counting import Of
from afterservice_cli.reports.named import figures_of_gift
from afterservice_cli.reports.tables import FAULT_RATE, Table
from afterservice_cli.rulebook.gifts import CUSTOMER, is_paid
from afterservice_cli.rulebook.model import normal
from afterservice_cli.rulebook.values import same_text
from afterservice_cli.store.facts import Facts

FIRST = 10  # of what comes often


def gifts(about: About) -> list[tuple[str, str, Mapping[str, str]]]:
    """Return what is given with which disposition, and what both and the unit are called.

    As the rulebook has it, then what cases have beside.
    """
    rulebook, language = about.rulebook, about.language
    pairs = [(name, kind) for name, entry in rulebook.dispositions.items() for kind in entry.gives]
    pairs += [(str(name), str(kind)) for name, kind, _ in about.facts.counts(Of("given"), ("disposition", "given"))]
    return [
        (
            disposition,
            kind,
            {
                "disposition": about.title("disposition", disposition),
                "given": rulebook.title("kind given", kind, language),
                "paid_by": CUSTOMER if is_paid(rulebook, kind) else "",
                "unit": rulebook.gives[kind].unit[language] if kind in rulebook.gives else kind,
            },
        )
        for disposition, kind in dict.fromkeys(pairs)
    ]


def amounts(about: About, name: str) -> Table:
    """Return what was given with the cases resolved for good in the period, by disposition and kind.

    Of `charges` it is what the customers pay.
    """

    def made(facts: Facts) -> Table:
        rows: Rows = []
        for disposition, kind, titles in gifts(about):
            if is_paid(about.rulebook, kind) != (name == "charges"):
                continue
            given, cases = figures_of_gift(disposition, kind, titles)
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
        return Table(name, titled(about, name), columns_of(about.language, **kinds), tuple(rows))

    return beside(about, made, ("amount",))


def fault_rates(about: About, dimension: str) -> Table:
    """Return the fault rate of each product, or each line of them; products of which no units are known come last."""
    sold = about.facts.sold or {}
    told = about.facts.counts(Of("registered"), ("product",)) if sold else ()
    cases = dict.fromkeys(sold, 0)
    called = {known: units.product for known, units in sold.items()}
    for product, count in told:
        if product:
            known = normal(str(product))
            called.setdefault(known, str(product))
            cases[known] = cases.get(known, 0) + int(count or 0)
    faults, units = Counter[str](), Counter[str]()
    for known in sold:
        value = called[known] if dimension == "product" else about.rulebook.line_of(called[known]) or ""
        faults[value] += cases[known]
        units[value] += sold[known].count
    rows: Rows = [
        (about.title(dimension, value), value, faults[value], count, faults[value] / count if count else None)
        for value, count in units.items()
    ]
    rows.sort(key=lambda row: (row[4] is None, -float(row[4] or 0), str(row[1])))
    if dimension == "product":
        rows += [
            (called[known], called[known], count, None, None) for known, count in cases.items() if known not in sold
        ]
    head = heads(about, dimension)
    kinds = {"cases": "count", "sold": "count", "fault_rate": "share"}
    title = translated("Fault rate by {dimension}", about.language, dimension=head[0].title)
    columns = (*head, *columns_of(about.language, **kinds))
    return Table(f"{FAULT_RATE}{dimension}", title, columns, tuple(rows), None, "fault_rate")


def told_late(about: About) -> Table:
    """Return who recorded answers only after they were due, though they had come in time."""
    counts = about.facts.counts(Of("deadlines", ("told_late",)), ("recorder",))
    rows: Rows = [(about.rulebook.title("person", str(who), about.language), who, count) for who, count in counts]
    rows.sort(key=lambda row: (-int(row[2] or 0), str(row[1])))
    columns = columns_of(about.language, recorder="text", id="text", told_late="count")
    return Table("told_late", titled(about, "told_late"), columns, tuple(rows), "bars", "told_late")


def frequent(about: About) -> Table:
    """Return which products came with which category most often."""
    language = about.language
    counts = [row for row in about.facts.counts(Of("registered"), ("product", "category")) if row[0]]
    counts.sort(key=lambda row: (-int(row[2] or 0), str(row[0]), str(row[1])))
    rows: Rows = [
        (f"{product} · {about.title('category', str(category))}", f"{product}.{category}", count)
        for product, category, count in counts[:FIRST]
        if int(count or 0) > 1
    ]
    kinds = {"combined": "text", "id": "text", "registered": "count"}
    return Table("frequent", titled(about, "frequent"), columns_of(language, **kinds), tuple(rows), "bars")


def risen(about: About, before: Facts) -> Table:
    """Return the categories of which more came in than in the period before, those that rose most first."""
    was = dict(told_apart(about, before, Of("registered"), "category"))
    now = told_apart(about, about.facts, Of("registered"), "category")
    found = sorted(((count - was.get(name, 0), name, count) for name, count in now), key=lambda one: (-one[0], one[1]))
    rows: Rows = [
        (about.title("category", name), name, count, count - rise, rise) for rise, name, count in found if rise > 0
    ]
    kinds = {
        "category": "text",
        "id": "text",
        "registered": "count",
        "registered.before": "count",
        "registered.change": "count",
    }
    return Table(
        "risen", titled(about, "risen"), columns_of(about.language, **kinds), tuple(rows[:FIRST]) if was else ()
    )


def problems(about: About) -> Table:
    """Return the problems that were open in the period, each with how many cases it has."""
    rulebook, language = about.rulebook, about.language
    rows: Rows = [
        (
            number,
            kind_title(str(kind or "") or None, rulebook, language),
            _shared(about, str(same)),
            role_title(str(team), rulebook, language),
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
    return Table("problems", titled(about, "problems"), columns_of(language, **kinds), tuple(rows))


def _shared(about: About, same: str) -> str | None:
    """Return in words what cases share, None if nothing is said of it; what is personal by now is left out."""
    fields = about.rulebook.fields
    hidden = {f"field:{name}" for name in fields if about.rulebook.is_personal(name)}
    told = {fact: value for fact, value in json.loads(same).items() if fact not in hidden}
    return same_text(about.rulebook, told, about.language) or None


def measures(about: About) -> Table:
    """Return the measures that were added, due, done or judged in the period, and what they brought."""
    rulebook, language = about.rulebook, about.language
    rows: Rows = [
        (
            number,
            _shared(about, str(acts_on)),
            role_title(str(team), rulebook, language),
            due,
            done,
            effect(str(effective), language) if effective else None,
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
    return Table("measures", titled(about, "measures"), columns_of(language, **kinds), tuple(rows))
