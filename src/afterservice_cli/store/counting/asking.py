"""How reports ask for what is told of cases: each population as SQL over `told` alone, read once, as columns."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import compress
from operator import sub, truediv
from typing import Any

from afterservice_cli.figures.counting import Cohort
from afterservice_cli.store.counting.cubes import Counts, Key
from afterservice_cli.store.counting.lasting import Worked
from afterservice_cli.store.projections.told import MARKS, NUMBERS, TRAITS
from afterservice_cli.time.instants import from_text, to_seconds

# Populations of `told`, and those made of its facts, with the conditions that their marks stand for.
CONDITIONS: Mapping[str, tuple[str, ...]] = {
    **MARKS,
    "registered": (*MARKS["registered"], "repeated"),
    "rated": ("satisfied",),
}
_BIT = {name: {mark: 1 << place for place, mark in enumerate(marks)} for name, marks in CONDITIONS.items()}
_WIDTH = max(map(len, CONDITIONS.values()))  # of the marks, in bits
_DUE, _REPEATED = _BIT["deadlines"], _BIT["registered"]["repeated"]
_INSIDE = "t.at >= :began AND t.at < :ended"
_CAME_IN = f"told t WHERE t.what = {NUMBERS['registered']}"
_SOURCES = {
    **{name: f"told t WHERE t.what = {number} AND {_INSIDE}" for name, number in NUMBERS.items()},
    "backlog": f"told t WHERE t.what = {NUMBERS['backlog']} AND t.at >= :ended AND t.since < :ended",
    "rated": "(SELECT first, sum(number) AS number, count(*) AS many, avg(number) >= 4 AS marks "
    f"FROM told t WHERE t.what = {NUMBERS['ratings']} AND {_INSIDE} GROUP BY first) t WHERE 1",
    # Few deadlines are missed: what they tell is read apart from what all do.
    "late": f"told t WHERE t.what = {NUMBERS['deadlines']} AND {_INSIDE} AND t.number IS NOT NULL",
}
_MARKED = {
    # What waits is missed once it was due.
    **dict.fromkeys(
        ("deadlines", "late"),
        f"CASE WHEN t.marks & {_DUE['running']} AND :asked > t.at "
        f"THEN t.marks - {_DUE['running']} + {_DUE['missed'] + _DUE['judged']} ELSE t.marks END",
    )
}
# The columns that are read together; what else is asked for is read when it is.
_TOGETHER: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("registered", "replies", "resolved"), ("key", "at", "since", "number")),
    **dict.fromkeys(("late", "ratings", "backlog", "given"), ("key", "number")),
    "closed": ("key", "at"),
    "rated": ("key", "number", "many"),
}
# Times are seconds from the begin of the period on: small numbers are read, and counted with, in less time.
_TIMES = {"at": "t.at - :began", "since": "t.since - :began"}
# Between which columns a time lies.
_LASTING = {"first_response": ("at", "since"), "next_response": ("at", "since"), "resolution": ("since", "at")}
_LATELY = 30 * 86400  # seconds within which a case repeats another of the same customer and category

# How many of what the tables have of a measure make one of it: scores, hundredths, of all others seconds.
UNITS = {"score": 1, "amount": 100}
A_MINUTE = 60

Numbers = Counter[float]  # how many facts have each number


def dimensions_of(name: str) -> tuple[str, ...]:
    """Return what facts of a population are told apart by together."""
    return ("work",) if name == "resolved" else TRAITS.get(name, ())


class FactColumns:
    """The facts of each population as columns, each read once; those of the `narrowed` cases alone."""

    def __init__(self, db: sqlite3.Connection, values: Mapping[str, object], narrowed: str) -> None:
        self._db, self._values, self.narrowed = db, values, narrowed
        self._read: dict[tuple[str, str], Sequence[Any]] = {}

    def of(self, name: str, column: str) -> Sequence[Any]:
        """Return a column of all facts of a population, in the order of the table."""
        asked = name, column
        if asked not in self._read:
            together = _TOGETHER.get(name, ("key",))
            columns = together if column in together else (column,)
            query = f"SELECT {{}} FROM {_SOURCES[name]}{self.narrowed}"
            lists = self.read(
                query, [_key(name) if each == "key" else _TIMES.get(each, f"t.{each}") for each in columns]
            )
            self._read |= {(name, each): _packed(values) for each, values in zip(columns, lists, strict=True)}
        return self._read[asked]

    def read(self, query: str, columns: Sequence[str], more: Mapping[str, object] | None = None) -> list[list[Any]]:
        """Return columns of a query as lists, each read from one text, in about half the time that rows take."""
        chosen = ", ".join(f"json_group_array({column})" for column in columns)
        row = self._db.execute(query.format(chosen), {**self._values, **(more or {})}).fetchone()
        return [json.loads(text) for text in row]


class ToldTable:
    """What is told of cases in a period.

    `values` are what a query asks with, as `Facts` names them, `narrowed` the condition for the cases that it is about.
    The key of a fact is one number: that of its part, and behind it its marks.
    """

    def __init__(self, db: sqlite3.Connection, values: Mapping[str, object], narrowed: str, worked: Worked) -> None:
        self._db, self._worked = db, worked
        began, ended, asked = (to_seconds(from_text(str(values[name]))) for name in ("begin", "end", "now"))
        self._until = min(ended, asked)
        values = {**values, "began": began, "ended": ended, "asked": asked}
        self._every = FactColumns(db, values, "")
        self._columns = FactColumns(db, values, narrowed) if narrowed else self._every
        self._counts_of_keys: dict[tuple[str, bool], Counter[int]] = {}
        self._by_key: dict[tuple[str, bool], dict[int, Key]] = {}
        self._counted: dict[tuple[str, bool], Counts] = {}
        self._numbered: dict[tuple[str, bool, str], tuple[Sequence[int], Sequence[float]]] = {}
        self._gathered: dict[tuple[str, bool, str], dict[int, list[float]]] = {}
        self._measured: dict[object, dict[Key, Numbers]] = {}
        self._places: dict[str, list[int]] = {}
        self._order: dict[int, Key] = {}
        self._numbers: dict[int, str] = {}

    def counts(self, cohort: Cohort) -> Counts:
        """Return all facts of a population, counted; by whether they are repeat complaints, too, if that is asked."""
        asked = cohort.population, _asks_repeats(cohort)
        if asked not in self._counted:
            apart = self._told_apart(*asked)
            rows = [(apart[key], count) for key, count in self._counts_of_keys[asked].items()]
            self._counted[asked] = Counts(CONDITIONS[cohort.population], dimensions_of(cohort.population), rows)
        return self._counted[asked]

    def measured(self, cohort: Cohort, measure: str, by: Sequence[str]) -> dict[Key, Numbers]:
        """Return what a measure says of the facts of which it is known, by the values of dimensions.

        It is in the tables' units, of which `UNITS` says how many make one.
        """
        only = dict(cohort.only)
        names = tuple(dict.fromkeys((*by, *only)))
        asked = cohort.population, cohort.where, measure, names
        if asked not in self._measured:
            lists = self._lists(cohort.but(only=()), measure, names)
            self._measured[asked] = {key: Counter(numbers) for key, numbers in lists.items()}
        wanted = [(names.index(name), value) for name, value in only.items()]
        return {
            key[: len(by)]: numbers
            for key, numbers in self._measured[asked].items()
            if all(key[place] == value for place, value in wanted)
        }

    def times(self, name: str) -> list[int]:
        """Return when the facts of a population happened, in seconds from the begin of the period on, in order."""
        return sorted(self._columns.of(name, "at"))

    def cases(self, cohort: Cohort) -> list[str]:
        """Return the numbers of the cases that have such a fact, in the order in which they came in."""
        name = cohort.population
        keys, cases = self._keys(name, _asks_repeats(cohort)), self._columns.of(name, "first")
        if name not in self._places:
            self._read_numbers({*cases})
            self._places[name] = sorted(range(len(cases)), key=lambda place: self._order[cases[place]])
        wanted = self._wanted(cohort, ())
        found = dict.fromkeys(cases[place] for place in self._places[name] if keys[place] in wanted)
        return [self._numbers[first] for first in found]

    def _lists(self, cohort: Cohort, measure: str, names: Sequence[str]) -> Mapping[Key, Sequence[float]]:
        """Return what a measure says of facts, in the tables' units, by the values of dimensions."""
        asked = cohort.population, _asks_repeats(cohort), measure
        wanted = self._wanted(cohort, names)
        found: dict[Key, list[float]] = {}
        if not names:
            keys, numbers = self._known(*asked)
            if len(wanted) < len(self._told_apart(*asked[:2])):
                numbers = [number for key, number in zip(keys, numbers, strict=True) if key in wanted]
            return {(): numbers} if numbers else {}
        if asked not in self._gathered:
            gathered = self._gathered[asked] = {}
            for key, number in zip(*self._known(*asked), strict=True):
                gathered.setdefault(key, []).append(number)
        for key, numbers in self._gathered[asked].items():
            if key in wanted:
                found.setdefault(wanted[key], []).extend(numbers)
        return found

    def _wanted(self, cohort: Cohort, names: Sequence[str]) -> dict[int, Key]:
        """Return the keys of facts that meet the conditions and have the values, each with what it has of `names`."""
        dimensions = dimensions_of(cohort.population)
        marked = sum(_BIT[cohort.population][name] for name in {*cohort.where})
        only = [(1 + dimensions.index(name), value) for name, value in cohort.only]
        places = [1 + dimensions.index(name) for name in names]
        return {
            key: tuple(told[place] for place in places)
            for key, told in self._told_apart(cohort.population, _asks_repeats(cohort)).items()
            if key & marked == marked and all(told[place] == value for place, value in only)
        }

    def _told_apart(self, name: str, repeats: bool) -> dict[int, Key]:
        """Return the keys that facts have, each with its marks and the values of dimensions that its part says."""
        asked = name, repeats
        if asked not in self._by_key:
            found = self._counts_of_keys[asked] = Counter(self._keys(name, repeats))
            parts = {key >> _WIDTH for key in found}
            traits = self._traits(parts) if name in TRAITS else {part: (part,) for part in parts}
            length, marks = len(dimensions_of(name)), (1 << _WIDTH) - 1
            self._by_key[asked] = {key: (key & marks, *traits[key >> _WIDTH][:length]) for key in found}
        return self._by_key[asked]

    def _traits(self, parts: Collection[int]) -> dict[int, Key]:
        """Return the values that parts name."""
        query = "SELECT {} FROM parts WHERE part IN (SELECT value FROM json_each(:parts))"
        numbers, values = self._every.read(query, ("part", "json(text)"), {"parts": json.dumps([*parts])})
        return dict(zip(numbers, map(tuple, values), strict=True))

    def _known(self, name: str, repeats: bool, measure: str) -> tuple[Sequence[int], Sequence[float]]:
        """Return the keys of the facts of which a measure is known, and what it says of each, in the tables' units."""
        asked = name, repeats, measure
        if asked not in self._numbered:
            every, numbers = self._measure(*asked)
            self._numbered[asked] = every, _packed(numbers)
        return self._numbered[asked]

    def _measure(self, name: str, repeats: bool, measure: str) -> tuple[Sequence[int], Sequence[float]]:
        what, _, clock = measure.partition(".")
        if measure == "late":
            return self._columns.of("late", "key"), self._columns.of("late", "number")
        columns = [self._columns.of(name, each) for each in (*_LASTING.get(what, ()), "number")]
        columns = [self._keys(name, repeats), *columns]
        if None in columns[-1]:
            known = [number is not None for number in columns[-1]]
            columns = [_packed([*compress(column, known)]) for column in columns]
        every, *times, numbers = columns
        if times and clock != "waiting":
            begins, ends = times
            return every, self._worked.between(begins, ends) if clock else [*map(sub, ends, begins)]
        if measure == "age":
            return every, [self._until - at for at in numbers]
        if name == "rated":
            return every, [*map(truediv, numbers, self._columns.of(name, "many"))]
        return every, numbers

    def _keys(self, name: str, repeats: bool) -> Sequence[int]:
        """Return the keys of all facts of a population, those that repeat others marked if that is asked."""
        return self._keys_with_repeats if repeats else self._columns.of(name, "key")

    @cached_property
    def _keys_with_repeats(self) -> Sequence[int]:
        """Return the keys of the cases that came in, marked if they are repeat complaints."""
        keys, repeated = self._columns.of("registered", "key"), self._repeated
        cases = self._columns.of("registered", "first")
        return [key | _REPEATED if first in repeated else key for key, first in zip(keys, cases, strict=True)]

    @cached_property
    def _repeated(self) -> set[int]:
        """Return the cases that are repeat complaints: one like it came in shortly before."""
        earlier = (
            f"SELECT {{}} FROM {_CAME_IN} AND t.alike IS NOT NULL AND t.at >= :began - {_LATELY} AND t.at < :began"
        )
        last: dict[int, int] = dict(zip(*self._every.read(earlier, ("t.alike", _TIMES["at"])), strict=True))
        columns = [self._every.of("registered", name) for name in ("alike", "at", "first")]
        found, at_once = set[int](), set[tuple[int, int]]()
        for alike, at, first in zip(*columns, strict=True):
            if alike is None:
                continue
            before = last.get(alike)
            if before is not None and at - before <= _LATELY:
                found.add(first)
                if at == before:
                    at_once.add((alike, at))
            last[alike] = at
        together: dict[tuple[int, int], set[int]] = {each: set() for each in at_once}
        for alike, at, first in zip(*columns, strict=True) if at_once else ():
            if (alike, at) in together:
                together[alike, at].add(first)
        for cases in together.values():  # their numbers say which of them was the first
            if not found >= cases:
                self._read_numbers(cases)
                found |= cases
                found.remove(min(cases, key=self._order.__getitem__))
        return found

    def _read_numbers(self, cases: Collection[int]) -> None:
        """Read the numbers of these cases, and in which order they came in."""
        wanted = "first IN (SELECT value FROM json_each(?))"
        query = f"SELECT first, case_id, registered_at, series, serial FROM cases WHERE {wanted}"
        for first, number, *order in self._db.execute(query, (json.dumps([*cases - self._order.keys()]),)):
            self._order[first], self._numbers[first] = tuple(order), number


def _packed(values: Sequence[Any]) -> Sequence[Any]:
    """Return whole numbers in a quarter of the room that a list takes; others, and what lacks any, as they are."""
    try:
        return array("q", values)
    except TypeError:
        return values


def _asks_repeats(cohort: Cohort) -> bool:
    """Tell whether it is asked which cases are repeat complaints: no table says so."""
    return "repeated" in cohort.where


def _key(name: str) -> str:
    marks = _MARKED.get(name, "t.marks")
    return f"({marks}) + (t.part << {_WIDTH})" if dimensions_of(name) or name == "late" else marks
