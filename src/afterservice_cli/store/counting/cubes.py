"""The facts of a population, gone through once: by which conditions hold, and what reports tell them apart by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

Value = str | int | None
Key = tuple[Value, ...]


def marks(clauses: Iterable[str]) -> str:
    """Return the SQL of a number that says which of these conditions hold, a bit for each."""
    return " + ".join(f"(({clause}) IS TRUE) * {1 << place}" for place, clause in enumerate(clauses)) or "0"


class Counts:
    """How many facts there are for each key: which conditions hold, and then a value of each dimension.

    They are thinned to some of the dimensions for those who ask, which many figures do for the same ones.
    """

    def __init__(self, conditions: Sequence[str], dimensions: Sequence[str], rows: Iterable[tuple[Key, int]]) -> None:
        self._conditions, self._dimensions = list(conditions), list(dimensions)
        self._counts: Counter[Key] = Counter()
        for key, count in rows:
            self._counts[key] += count
        self._by: dict[tuple[str, ...], Counter[Key]] = {}
        self._told: dict[object, list[Key]] = {}

    def of(self, where: Iterable[str], only: Mapping[str, str], by: Sequence[str]) -> list[Key]:
        """Return the values of dimensions, and after them how many facts have them, in their order."""
        told = tuple(where), tuple(only.items()), tuple(by)
        if told not in self._told:
            self._told[told] = self._thinned(where, only, by)
        return self._told[told]

    def _thinned(self, where: Iterable[str], only: Mapping[str, str], by: Sequence[str]) -> list[Key]:
        names = tuple(dict.fromkeys((*by, *only)))
        if names not in self._by:
            self._by[names] = Counter()
            key_of = self._key_of(names)
            for key, count in self._counts.items():
                self._by[names][key_of(key)] += count
        marked = sum(1 << self._conditions.index(name) for name in set(where))
        asked = [(1 + names.index(name), value) for name, value in only.items()]
        found: Counter[Key] = Counter()
        for key, count in self._by[names].items():
            if int(key[0] or 0) & marked == marked and all(key[place] == value for place, value in asked):
                found[key[1 : 1 + len(by)]] += count
        return [(*key, found[key]) for key in sorted(found, key=_in_order)]

    def _key_of(self, names: Sequence[str]) -> Callable[[Key], Key]:
        """Return what takes the marks and the values of these dimensions out of a key that has all."""
        if not names:
            return lambda key: key[:1]
        return itemgetter(0, *(1 + self._dimensions.index(name) for name in names))


def _in_order(key: Key) -> tuple[tuple[bool, Value], ...]:
    """Return what keys are ordered by: nothing before anything else, as in SQL."""
    return tuple((value is not None, value) for value in key)
