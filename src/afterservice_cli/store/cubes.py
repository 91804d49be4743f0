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


class Cube:
    """What there is of facts for each key: which conditions hold, and then a value of each dimension.

    It is thinned to some of the dimensions for those who ask, which many figures do for the same ones.
    """

    def __init__(self, conditions: Sequence[str], dimensions: Sequence[str]) -> None:
        self._conditions, self._dimensions = list(conditions), list(dimensions)

    def key_of(self, names: Sequence[str]) -> Callable[[Key], Key]:
        """Return what takes the marks and the values of these dimensions out of a row that begins with all."""
        if not names:
            return lambda row: row[:1]
        return itemgetter(0, *(1 + self._dimensions.index(name) for name in names))

    def wanted(
        self, keys: Iterable[Key], where: Iterable[str], names: Sequence[str], only: Mapping[str, str]
    ) -> list[Key]:
        """Return the keys that have all these marks and values; behind its marks a key has the dimensions `names`."""
        marked = sum(1 << self._conditions.index(name) for name in set(where))
        asked = [(1 + names.index(name), value) for name, value in only.items()]
        found = [key for key in keys if int(key[0] or 0) & marked == marked]
        return [key for key in found if all(key[place] == value for place, value in asked)] if asked else found


class Counts(Cube):
    """How many facts there are of each key."""

    def __init__(self, conditions: Sequence[str], dimensions: Sequence[str], rows: Iterable[tuple[Key, int]]) -> None:
        super().__init__(conditions, dimensions)
        self._counts: Counter[Key] = Counter()
        for key, count in rows:
            self._counts[key] += count
        self._by: dict[tuple[str, ...], Counter[Key]] = {}

    def of(self, where: Iterable[str], only: Mapping[str, str], by: Sequence[str]) -> list[Key]:
        """Return the values of dimensions, and after them how many facts have them, in their order."""
        names = tuple(dict.fromkeys((*by, *only)))
        if names not in self._by:
            self._by[names] = Counter()
            key_of = self.key_of(names)
            for key, count in self._counts.items():
                self._by[names][key_of(key)] += count
        found: Counter[Key] = Counter()
        for key in self.wanted(self._by[names], where, names, only):
            found[key[1 : 1 + len(by)]] += self._by[names][key]
        return [(*key, found[key]) for key in sorted(found, key=_in_order)]


class Lists(Cube):
    """What is measured of facts, by their keys: several measures of each fact, None for what is not known."""

    def __init__(
        self, conditions: Sequence[str], dimensions: Sequence[str], lists: Iterable[tuple[Key, list[Key]]]
    ) -> None:
        super().__init__(conditions, dimensions)
        self._lists = [(key, [*zip(*rows, strict=True)]) for key, rows in lists]
        self._by: dict[tuple[int, tuple[str, ...]], dict[Key, list[float]]] = {}

    def of(
        self, place: int, where: Iterable[str], only: Mapping[str, str], by: Sequence[str]
    ) -> dict[Key, list[float]]:
        """Return for the values of dimensions what the measure at a place says of their facts, if it is known."""
        names = tuple(dict.fromkeys((*by, *only)))
        if (place, names) not in self._by:
            lists = self._by[place, names] = {}
            key_of = self.key_of(names)
            for key, measured in self._lists:
                lists.setdefault(key_of(key), []).extend([float(v) for v in measured[place] if v is not None])
        found: dict[Key, list[float]] = {}
        for key in self.wanted(self._by[place, names], where, names, only):
            found.setdefault(key[1 : 1 + len(by)], []).extend(self._by[place, names][key])
        return found


def gathered(rows: Iterable[Key], length: int) -> dict[Key, list[Key]]:
    """Return what stands behind keys of this length, by key."""
    found: dict[Key, list[Key]] = {}
    for row in rows:
        found.setdefault(row[:length], []).append(row[length:])
    return found


def _in_order(key: Key) -> tuple[tuple[bool, Value], ...]:
    """Return what keys are ordered by: nothing before anything else, as in SQL."""
    return tuple((value is not None, value) for value in key)
