"""The tables of a report about what was given, what comes often, what rose, and what stands above single cases."""

from __future__ import annotations

import json
from collections import Counter

from afterservice_cli.render.case import kind_title
from afterservice_cli.render.labels import effect, role_title
from afterservice_cli.reporting.sections import Rows, columns_of, titled
from afterservice_cli.reporting.telling import About, told_apart
from afterservice_cli.reports.counting import Of
from afterservice_cli.reports.tables import Table
from afterservice_cli.store.facts import Facts

FIRST = 10  # of what comes often


def amounts(about: About) -> Table:
    """Return what was given with the cases resolved for good in the period, by disposition and kind."""
    rulebook, language, facts = about.rulebook, about.language, about.facts
    works = [(int(work or 0), int(count or 0)) for work, count in facts.counts(Of("resolved", ("final",)), ("work",))]
    parts = facts.parts(work for work, _ in works)
    given: Counter[tuple[str, str]] = Counter()
    cases: Counter[tuple[str, str]] = Counter()
    for work, count in works:
        known = json.loads(parts[work])
        plan = known["plan"] or {"disposition": None, "gives": {}, "version": 0}
        # What was paid under an earlier version of the plan was paid all the same.
        versions = {**known["given"], str(plan["version"]): plan["gives"]}
        for gives in versions.values():
            for kind, number in gives.items():
                key = plan["disposition"] or "", kind
                given[key] += round(float(number) * 100) * count
                cases[key] += count
    rows: Rows = [
        (
            about.title("disposition", disposition),
            rulebook.title("kind given", kind, language),
            given[disposition, kind] / 100,
            cases[disposition, kind],
            f"{disposition}.{kind}",
        )
        for disposition, kind in sorted(given)
    ]
    kinds = {"disposition": "text", "given": "text", "amount": "number", "cases": "count", "id": "text"}
    return Table("amounts", titled(about, "amounts"), columns_of(language, **kinds), tuple(rows))


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
            role_title(str(team), rulebook, language),
            cases,
            opened,
            closed,
        )
        for number, kind, team, cases, opened, closed in about.facts.problems()
    ]
    kinds = {
        "problem": "text",
        "kind": "text",
        "team": "text",
        "cases": "count",
        "opened_at": "instant",
        "closed_at": "instant",
    }
    return Table("problems", titled(about, "problems"), columns_of(language, **kinds), tuple(rows))


def measures(about: About) -> Table:
    """Return the measures that were added, due, done or judged in the period, and what they brought."""
    rulebook, language = about.rulebook, about.language
    rows: Rows = [
        (
            number,
            role_title(str(team), rulebook, language),
            due,
            done,
            effect(str(effective), language) if effective else None,
            *counts,
        )
        for number, team, due, done, effective, *counts in about.facts.measures()
    ]
    kinds = {
        "measure": "text",
        "team": "text",
        "due_at": "instant",
        "done_at": "instant",
        "effective": "text",
        "cases.before": "count",
        "cases.after": "count",
    }
    return Table("measures", titled(about, "measures"), columns_of(language, **kinds), tuple(rows))
