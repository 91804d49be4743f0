"""What facts are told apart by: the values of a dimension, read from columns and from JSON, and their titles."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from afterservice_cli.errors import BadInput, nearest
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.reports.counting import Of
from afterservice_cli.rulebook.model import Rulebook, normal
from afterservice_cli.store.facts import Facts

MANY = ("person", "product")  # of these there may be many
COLUMNS = ("area", "category", "kind", "priority", "channel", "owner", *MANY)
APPRAISED = ("cause", "fault", "liability")
FOUND_OUT = ("disposition", *APPRAISED)  # of what has been found out and planned
DIMENSIONS = (*COLUMNS, "line", *FOUND_OUT)


class About(Frozen):
    """What a report is told from: the facts of its period and of the one compared with, if any, and in what words."""

    facts: Facts
    rulebook: Rulebook
    language: str
    before: Facts | None = None

    @property
    def spans(self) -> Sequence[Facts]:
        """Return the facts of its period, and of the one compared with."""
        return [self.facts, *([self.before] if self.before else [])]

    def title(self, dimension: str, value: str) -> str:
        """Return what a value of a dimension is called; a dash for none."""
        if not value:
            return "–"
        called = {"area": "category", "target": "target"}.get(dimension, dimension)
        return self.rulebook.title(called, value, self.language) if called != "product" else value


def known_dimension(rulebook: Rulebook, named: str) -> str:
    """Return the dimension that a word means: one of DIMENSIONS, or a field that is not personal, by id or label."""
    public = {name: entry.title for name, entry in rulebook.fields.items() if not rulebook.is_personal(name)}
    if named in DIMENSIONS or named in public:
        return named
    for name, titles in public.items():
        if normal(named) in map(normal, titles.values()):
            return name
    every = (*DIMENSIONS, *public)
    raise BadInput(
        tr("--by: there is nothing so called to tell cases apart by – write {known}", known=nearest(named, every))
    )


def told_apart(about: About, facts: Facts, of: Of, dimension: str) -> list[tuple[str, int]]:
    """Return the values of a dimension with how many facts have each, the most frequent first; "" for none.

    A fact that has several values counts for each of them.
    """
    counts: Counter[str] = Counter()
    held = _held(facts, of, dimension)
    if dimension in FOUND_OUT:
        parts = facts.parts(int(number or 0) for number, _ in held)
        held = [(parts[int(number or 0)], count) for number, count in held]
    for text, count in held:
        for value in _values(about.rulebook, dimension, str(text or "")):
            counts[value] += count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _held(facts: Facts, of: Of, dimension: str) -> list[tuple[str | int | None, int]]:
    """Return what stands in the tables for a dimension, with how many facts have it."""
    together = COLUMNS[: -len(MANY)]
    if dimension in together:
        # What is told apart by one is told apart by all of them: the tables are gone through once.
        place = together.index(dimension)
        return [(row[place], int(row[-1] or 0)) for row in facts.counts(of, together)]
    column = {"line": "product", **dict.fromkeys(FOUND_OUT, "work"), **{name: name for name in MANY}}
    return [(value, int(count or 0)) for value, count in facts.counts(of, (column.get(dimension, "fields"),))]


def _values(rulebook: Rulebook, dimension: str, held: str) -> Sequence[str]:
    """Return the values of a dimension that what stands in a table says, ("",) for none."""
    if dimension in COLUMNS:
        return (held,)
    if dimension == "line":
        return (rulebook.line_of(held) or "",)
    known = json.loads(held)
    if dimension in FOUND_OUT:
        known = known["plan" if dimension == "disposition" else "appraisal"] or {}
    value = known.get(dimension) or ""
    return (value,) if isinstance(value, str) else tuple(value)
