"""The tables of a report about what stands above single cases: problems and measures."""

from __future__ import annotations

import json

from afterservice_cli.figures.tables import ReportTable
from afterservice_cli.render.labels import effect
from afterservice_cli.reporting.sections import Rows, columns_of, titled
from afterservice_cli.reporting.telling import About
from afterservice_cli.rulebook.values import same_text


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


def _shared(about: About, same: str) -> str | None:
    """Return in words what cases share, None if nothing is said of it; what is personal by now is left out."""
    fields = about.rulebook.fields
    hidden = {f"field:{name}" for name in fields if about.rulebook.is_personal(name)}
    told = {fact: value for fact, value in json.loads(same).items() if fact not in hidden}
    return same_text(about.rulebook, told, about.language) or None
