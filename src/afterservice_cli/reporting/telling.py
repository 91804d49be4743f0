"""What facts are told apart by: the values of a dimension, read from columns and from JSON, and their titles."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from afterservice_cli.errors import BadInput, NotFound, nearest
from afterservice_cli.figures.above import Above, DutyCount
from afterservice_cli.figures.counting import Cohort, Figure
from afterservice_cli.language import LANGUAGES, sentence_in, spoken, tr, translated
from afterservice_cli.render.screen import Screen
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store.counting.facts import Facts

MANY = ("person", "product")  # of these there may be many
COLUMNS = ("area", "category", "kind", "priority", "channel", "owner", *MANY)
APPRAISED = ("cause", "fault", "liability")
FOUND_OUT = ("disposition", *APPRAISED)  # of what has been found out and planned
RECORDED = ("recorder", "target")  # of deadlines: who recorded the answer, and of which target it is
DASHES = ("–", "-", "—")  # what a row without a value is called
AGE, AGES = "age", (0, 1, 3, 7, 14, 30)  # of the backlog: days from which on
# By what cases can be told apart at every desk, each with what it is called.
DIMENSIONS: Mapping[str, str] = {
    "area": sentence_in("dimension", "area"),
    "category": sentence_in("dimension", "category"),
    "kind": sentence_in("dimension", "kind"),
    "priority": sentence_in("dimension", "priority"),
    "channel": sentence_in("dimension", "channel"),
    "owner": sentence_in("dimension", "team"),
    "person": sentence_in("dimension", "person"),
    "product": sentence_in("dimension", "product"),
    "line": sentence_in("dimension", "product line"),
    "disposition": sentence_in("dimension", "disposition"),
    "cause": sentence_in("dimension", "cause"),
    "fault": sentence_in("dimension", "fault"),
    "liability": sentence_in("dimension", "liability"),
}


class About(Screen):
    """What a report is told from: the facts of its period and of the one compared with, if any, and in what words."""

    facts: Facts
    before: Facts | None = None

    @property
    def spans(self) -> Sequence[Facts]:
        """Return the facts of its period, and of the one compared with."""
        return [self.facts, *([self.before] if self.before else [])]

    def value_title(self, dimension: str, value: str) -> str:
        """Return what a value of a dimension is called; a dash for none."""
        if not value:
            return "–"
        if dimension == "target":
            return self.target_title(value)
        called = "category" if dimension == "area" else dimension
        return self.title(called, value) if called != "product" else value


def age_of(minutes: float) -> int:
    """Return from how many days on an age is told: one of AGES."""
    return AGES[bisect_right(AGES, minutes / 1440) - 1]


def known_dimension(rulebook: Rulebook, named: str, *, of_row: bool = False) -> str:
    """Return the dimension that a word means: one of DIMENSIONS, or a field that is not personal, by id or label.

    A row may be `of_row` of what only one table is told apart by, too.
    """
    titles: dict[str, Mapping[str, str]] = {}
    titles |= {name: {one: translated(said, one) for one in LANGUAGES} for name, said in DIMENSIONS.items()}
    titles |= {name: entry.title for name, entry in rulebook.fields.items() if not rulebook.is_personal(name)}
    if named in titles or (of_row and named in (AGE, *RECORDED)):
        return named
    for name, called in titles.items():
        if normal(named) in map(normal, called.values()):
            return name
    labels = {name: called[spoken()] for name, called in titles.items()}
    known = nearest(named, tuple(titles), labels)
    raise BadInput(tr("--by: there is nothing so called to tell cases apart by – write {known}", known=known))


def told_apart(about: About, facts: Facts, cohort: Cohort, dimension: str) -> list[tuple[str, int]]:
    """Return the values of a dimension with how many facts have each, the most frequent first; "" for none.

    A fact that has several values counts for each of them.
    """
    counts: Counter[str] = Counter()
    for text, count in _told(facts, dimension, _held(facts, cohort, dimension)):
        for value in _values(about.rulebook, dimension, text):
            counts[value] += int(count or 0)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def cases_by_value(about: About, figure: Figure, dimension: str) -> dict[str, list[str]]:
    """Return by the values of a dimension the cases that a figure counts; "" has those that have none."""
    facts, cohort = about.facts, figure.cohort
    having: dict[str, set[str]] = {}
    if dimension == AGE:
        for (number,), ages in facts.measured_by(cohort, AGE, ("case",)).items():
            for age in ages:
                having.setdefault(str(age_of(age)), set()).add(str(number))
    else:
        held = [(told, number) for number, told, _ in facts.counts(cohort, ("case", _column(dimension)))]
        for text, number in _told(facts, dimension, held):
            for value in _values(about.rulebook, dimension, text):
                having.setdefault(value, set()).add(str(number))
    counted = figure.cases(facts)
    return {value: [number for number in counted if number in numbers] for value, numbers in having.items()}


def cases_of_row(about: About, figure: Figure, dimension: str, named: str) -> list[str]:
    """Return the cases that a figure counts and that have a value of a dimension, by its id or title, or - for none.

    `BadInput` if the figure cannot be told apart by it, `NotFound` if it counts no case with that value.
    """
    kinds = {AGE: ("backlog",), **dict.fromkeys(RECORDED, ("deadlines",))}
    if isinstance(figure, Above | DutyCount) or figure.cohort.population not in kinds.get(
        dimension, (figure.cohort.population,)
    ):
        raise BadInput(tr("{figure} is not told apart by {dimension}", figure=figure.name, dimension=dimension))
    found = cases_by_value(about, figure, dimension)
    word = normal("" if named in DASHES else named)
    for value, cases in found.items():
        if word == normal(value) or (value and word == normal(about.value_title(dimension, value))):
            return cases
    known = nearest(named, sorted(value or "–" for value in found))
    raise NotFound(tr("--row: {figure} counts no case that has it – write {known}", figure=figure.name, known=known))


def _told(facts: Facts, dimension: str, held: Sequence[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Yield what is held as texts, each with what stands beside it; in place of a part what it says."""
    if dimension not in FOUND_OUT:
        yield from ((str(text or ""), beside) for text, beside in held)
        return
    parts = facts.parts(int(number or 0) for number, _ in held)
    yield from ((parts[int(number or 0)], beside) for number, beside in held)


def _held(facts: Facts, cohort: Cohort, dimension: str) -> list[tuple[str | int | None, int]]:
    """Return what stands in the tables for a dimension, with how many facts have it."""
    together = COLUMNS[: -len(MANY)]
    if dimension in together:
        # What is told apart by one is told apart by all of them: the tables are gone through once.
        place = together.index(dimension)
        return [(row[place], int(row[-1] or 0)) for row in facts.counts(cohort, together)]
    return [(value, int(count or 0)) for value, count in facts.counts(cohort, (_column(dimension),))]


def _column(dimension: str) -> str:
    """Return what in the tables says the value of a dimension."""
    if dimension in (*COLUMNS, *RECORDED):
        return dimension
    return {"line": "product", **dict.fromkeys(FOUND_OUT, "work")}.get(dimension, "fields")


def _values(rulebook: Rulebook, dimension: str, held: Any) -> Sequence[str]:
    """Return the values of a dimension that what stands in a table says, ("",) for none."""
    if dimension in (*COLUMNS, *RECORDED):
        return (held,)
    if dimension == "line":
        return (rulebook.line_of(held) or "",)
    if dimension in FOUND_OUT:
        known = held["plan" if dimension == "disposition" else "appraisal"] or {}
    else:
        known = json.loads(held)
    value = known.get(dimension) or ""
    return (value,) if isinstance(value, str) else tuple(value)
