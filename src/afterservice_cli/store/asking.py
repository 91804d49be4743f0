"""How reports ask for what is told of cases: each population as SQL over `told` alone."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from afterservice_cli.instants import from_text, to_seconds
from afterservice_cli.reports.counting import Of
from afterservice_cli.store.cubes import Counts, Cube, Key, Lists, Value, gathered
from afterservice_cli.store.told import MARKS, NUMBERS, TRAITS

# Populations of `told`, and those made of its facts, with the conditions that their marks stand for.
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    **MARKS,
    "registered": (*MARKS["registered"], "repeated"),
    "rated": ("satisfied",),
}
_BIT = {name: {mark: 1 << place for place, mark in enumerate(marks)} for name, marks in CONDITIONS.items()}
_DUE = _BIT["deadlines"]
_INSIDE = "t.at >= :began AND t.at < :ended"
_SOURCES = {
    "backlog": f"told t WHERE t.what = {NUMBERS['backlog']} AND t.at >= :ended AND t.since < :ended",
    "rated": "(SELECT first, avg(number) AS score, 0 AS part FROM told t "
    f"WHERE t.what = {NUMBERS['ratings']} AND {_INSIDE} GROUP BY first) t WHERE 1",
}
_MARKED = {
    # What waits is missed once it was due.
    "deadlines": f"CASE WHEN t.marks & {_DUE['running']} AND :asked > t.at "
    f"THEN t.marks - {_DUE['running']} + {_DUE['missed'] + _DUE['judged']} ELSE t.marks END",
    "rated": "t.score >= 4",
}
# How each measure is asked of `told`, by its name: times are seconds since 1970, numbers seconds, scores, hundredths.
_AFTER = ("(t.since - t.at) / 60.0", "worked(t.at, t.since)", "t.number / 60.0")
_BEFORE = ("(t.at - t.since) / 60.0", "worked(t.since, t.at)", "t.number / 60.0")
_CLOCKS = ("", ".working", ".waiting")
_MEASURES: Mapping[str, str] = {
    **{f"first_response{clock}": sql for clock, sql in zip(_CLOCKS, _AFTER, strict=True)},
    **{f"next_response{clock}": sql for clock, sql in zip(_CLOCKS, _AFTER, strict=True)},
    **{f"resolution{clock}": sql for clock, sql in zip(_CLOCKS, _BEFORE, strict=True)},
    "age": "(min(:ended, :asked) - t.number) / 60.0",
    "late": "t.number / 60.0",
    "score": "t.number",
    "amount": "t.number / 100.0",
}


def dimensions_of(name: str) -> tuple[str, ...]:
    """Return what facts of a population are told apart by together."""
    return ("work",) if name == "resolved" else TRAITS.get(name, ())


class Told:
    """What is told of cases in a period.

    `values` are what a query asks with, as `Facts` names them, `narrowed` the condition for the cases that it is about,
    `repeated` the query for the cases that are repeat complaints, which takes longer than all else.
    """

    def __init__(self, db: sqlite3.Connection, values: Mapping[str, object], narrowed: str, repeated: str) -> None:
        self._db, self._narrowed, self._repeated = db, narrowed, repeated
        self._repeats: Counts | None = None
        self._again: set[Value] = set()
        asked = (("began", "begin"), ("ended", "end"), ("asked", "now"))
        self._values = {**values, **{name: to_seconds(from_text(str(values[text]))) for name, text in asked}}
        self._known = _Traits(db)
        self._ordered: dict[str, list[Key]] = {}
        self._order: dict[Value, Key] = {}
        self._numbers: dict[Value, str] = {}

    def counts(self, name: str) -> Counts:
        """Return all facts of a population, counted."""
        counted = Counter(self._rows(name, ()))
        rows = zip(self._apart(name, counted), counted.values(), strict=True)
        return Counts(CONDITIONS[name], dimensions_of(name), rows)

    def repeated(self) -> Counts:
        """Return the cases that came in and are repeat complaints, counted."""
        if self._repeats is None:
            self._again = {case for (case,) in self._db.execute(self._repeated, self._values)}
            rows = [row for row in self._rows("registered", ("t.first",)) if row[-1] in self._again]
            counted = Counter(self._marked(row)[:-1] for row in self._apart("registered", rows))
            self._repeats = Counts(CONDITIONS["registered"], dimensions_of("registered"), counted.items())
        return self._repeats

    def lists(self, name: str, measures: Sequence[str]) -> Lists:
        """Return of all facts of a population what these measures say, if the first of them is known."""
        columns = ["t.score"] if name == "rated" else [_MEASURES[each] for each in measures]
        lists = gathered(self._rows(name, columns), 2)
        keys = self._apart(name, lists)
        return Lists(CONDITIONS[name], dimensions_of(name), zip(keys, lists.values(), strict=True))

    def times(self, name: str) -> list[int]:
        """Return when the facts of a population happened, in seconds since 1970, in their order."""
        query = f"SELECT t.at FROM {_source(name)}{self._narrowed} ORDER BY t.at"
        return [row[0] for row in self._db.execute(query, self._values)]

    def cases(self, of: Of) -> list[str]:
        """Return the numbers of the cases that have such a fact, in the order in which they came in."""
        name, rows = of.population, self._ordered_rows(of.population)
        if "repeated" in of.where:
            self.repeated()
            rows = [self._marked(row) for row in rows if row[-1] in self._again]
        dimensions = dimensions_of(name)
        cube = Cube(CONDITIONS[name], dimensions)
        found = cube.wanted(rows, of.where, dimensions, dict(of.only))
        return [*dict.fromkeys(self._numbers[row[-1]] for row in found)]

    def _marked(self, row: Key) -> Key:
        """Return the row of a case that is a repeat complaint, marked so."""
        return int(row[0] or 0) + _BIT["registered"]["repeated"], *row[1:]

    def _ordered_rows(self, name: str) -> list[Key]:
        """Return the facts of a population, each with its case at the end, in the order in which these came in."""
        if name not in self._ordered:
            rows = self._apart(name, self._rows(name, ("t.first",)))
            self._learn({row[-1] for row in rows} - self._order.keys())
            self._ordered[name] = sorted(rows, key=lambda row: self._order[row[-1]])
        return self._ordered[name]

    def _rows(self, name: str, columns: Sequence[str]) -> sqlite3.Cursor:
        return self._db.execute(_query(name, columns) + self._narrowed, self._values)

    def _learn(self, cases: Collection[Value]) -> None:
        """Read the numbers of these cases, and in which order they came in."""
        wanted = "first IN (SELECT value FROM json_each(?))"
        query = f"SELECT first, case_id, registered_at, series, serial FROM cases WHERE {wanted}"
        for case, number, *order in self._db.execute(query, (json.dumps([*cases]),)) if cases else ():
            self._order[case], self._numbers[case] = tuple(order), number

    def _apart(self, name: str, rows: Iterable[Key]) -> list[Key]:
        """Return rows with the values of dimensions in place of the part that has them."""
        if name == "resolved":
            return list(rows)
        if name not in TRAITS:
            return [(row[0], *row[2:]) for row in rows]
        known = self._known
        return [(row[0], *known[row[1]], *row[2:]) for row in rows]


class _Traits(dict[Value, list[Value]]):
    """The values that parts name, each part read once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__()
        self._db = db

    def __missing__(self, part: Value) -> list[Value]:
        (text,) = self._db.execute("SELECT text FROM parts WHERE part = ?", (part,)).fetchone()
        self[part] = json.loads(text)
        return self[part]


def _query(name: str, columns: Sequence[str]) -> str:
    """Return the query for the marks and the part of each fact, and after them columns; the first of these is known."""
    known = f" AND {columns[0]} IS NOT NULL" if columns else ""
    chosen = ", ".join([_MARKED.get(name, "t.marks"), "t.part", *columns])
    return f"SELECT {chosen} FROM {_source(name)}{known}"


def _source(name: str) -> str:
    """Return the facts of a population and what holds of them."""
    return _SOURCES.get(name) or f"told t WHERE t.what = {NUMBERS[name]} AND {_INSIDE}"
