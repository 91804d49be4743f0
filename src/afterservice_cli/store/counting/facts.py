"""What happened in a period, as the figures of a report count it, asked of the tables once."""

from __future__ import annotations

import json
import re
import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from afterservice_cli.figures.counting import Cohort, Spread, spread
from afterservice_cli.figures.sold import Units
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.store.counting.asking import A_MINUTE, CONDITIONS, UNITS, Numbers, ToldTable, dimensions_of
from afterservice_cli.store.counting.cubes import Counts, Key, marks
from afterservice_cli.store.counting.lasting import Worked, waited
from afterservice_cli.store.counting.populations import DIMENSIONS, POPULATIONS, Population
from afterservice_cli.store.reading.filters import ALL, Filter, clauses_of
from afterservice_cli.store.views import as_seconds
from afterservice_cli.time.instants import from_text, to_seconds
from afterservice_cli.time.worktime import Calendar


class Supplement(Frozen):
    """What facts are told with beside the tables: the bounds of the period's parts, the desk's duties, what was sold.

    `duties` gives each time by which a duty was due in the period, as its target and its verdict.
    """

    bounds: Sequence[str] = ()
    duties: Callable[[], Sequence[tuple[str, str]]] = lambda: ()
    sold: Mapping[str, Units] | None = None  # by product, in the form of `normal`; None if nobody told
    sold_apart: Mapping[str, Mapping[str, Units]] = {}  # the same by the values of fields, by field


NO_SUPPLEMENT = Supplement()


class Facts:
    """What happened to some cases in a period, asked again and again; everything is asked of the tables once.

    `begin` and `end` bound the period and `now` is as of when it is told: UTC texts.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        wanted: Filter,
        period: tuple[str, str],
        now: str,
        calendar: Calendar,
        supplement: Supplement = NO_SUPPLEMENT,
    ) -> None:
        self._db, self.period, self.now, self.sold = db, period, now, supplement.sold
        clauses, values = clauses_of(db, wanted) if wanted != ALL else ("", [])
        self._values: dict[str, object] = {f"v{place}": value for place, value in enumerate(values)}
        self._cases, narrowed = "cases", ""
        if clauses:
            numbers = iter(range(len(values)))
            named = re.sub(r"\?", lambda found: f":v{next(numbers)}", clauses)
            self._cases = f"(SELECT * FROM cases WHERE {named})"
            narrowed = f" AND t.first IN (SELECT first FROM cases WHERE {named})"
        self._values |= {"begin": period[0], "end": period[1], "now": now}
        worked = Worked(calendar, to_seconds(from_text(period[0])))
        self._told = ToldTable(db, self._values, narrowed, worked)
        self._read: dict[object, list[Key]] = {}
        self._supplement, self.sold_apart = supplement, supplement.sold_apart
        self.whole = wanted == ALL
        self._counted: dict[str, Counts] = {}
        self._parts: dict[int, Any] = {}
        self._spread: dict[tuple[Cohort, str], Spread] = {}
        db.create_function("worked", 2, worked.minutes, deterministic=True)
        db.create_function("waited", 3, waited, deterministic=True)

    def counts(self, cohort: Cohort, by: Sequence[str] = ()) -> list[Key]:
        """Return what tells facts apart by these dimensions, and after it how many there are of each."""
        if self._kept_together(cohort, by):
            counts = self._told.counts(cohort) if cohort.population in CONDITIONS else self._counts(cohort.population)
            return counts.of(cohort.where, dict(cohort.only), by) or ([] if by else [(0,)])
        if by == ("bucket",):
            return self._course(cohort)
        columns = ", ".join(self._dimension(cohort, name) for name in by)
        ending = f" GROUP BY {columns} ORDER BY {columns}" if by else ""
        return self._rows(cohort, f"{columns}, count(*)" if by else "count(*)", ending)

    def measured_by(self, cohort: Cohort, measure: str, by: Sequence[str]) -> dict[Key, Numbers]:
        """Return what a measure says of the facts of which it is known, by what tells them apart."""
        unit = self._unit(cohort, measure, by)
        found = self._numbers(cohort, measure, by)
        if unit == 1:
            return found
        return {key: Counter({each / unit: count for each, count in numbers.items()}) for key, numbers in found.items()}

    def measured(self, cohort: Cohort, measure: str) -> Numbers:
        """Return what a measure says of all facts, each number with how many facts have it."""
        return self.measured_by(cohort, measure, ()).get((), Counter())

    def spread(self, cohort: Cohort, measure: str) -> Spread:
        """Return how these numbers are spread."""
        if (cohort, measure) not in self._spread:
            numbers = self._numbers(cohort, measure, ()).get((), Counter())
            self._spread[cohort, measure] = spread(numbers, self._unit(cohort, measure, ()))
        return self._spread[cohort, measure]

    def spreads(self, cohort: Cohort, measure: str, dimension: str) -> dict[str, Spread]:
        """Return how what a measure says is spread, for each value of a dimension; "" is for none."""
        found: dict[str, Numbers] = {}
        for (value,), numbers in self._numbers(cohort, measure, (dimension,)).items():
            found.setdefault(str(value or ""), Counter()).update(numbers)
        unit = self._unit(cohort, measure, (dimension,))
        return {value: spread(numbers, unit) for value, numbers in found.items()}

    def cases(self, cohort: Cohort, measure: str = "") -> list[str]:
        """Return the numbers of the cases that have such a fact, in the order in which they came in."""
        if whose := POPULATIONS[cohort.population].whose:
            facts, values = self._query(cohort, "t.*", "")
            query = f"SELECT case_id FROM cases WHERE status <> 'void' AND case_id IN ({whose.format(facts=facts)})"
            whole = self._db.execute(f"{query} ORDER BY registered_at, series, serial", values)
            return [str(row[0]) for row in whole]
        if cohort.population in CONDITIONS and not measure and self._kept_together(cohort, ()):
            return self._told.cases(cohort)
        measured = f" AND {POPULATIONS[cohort.population].measures[measure]} IS NOT NULL" if measure else ""
        ending = f"{measured} ORDER BY cases.registered_at, cases.series, cases.serial"
        rows = self._rows(cohort, "DISTINCT cases.case_id, cases.registered_at, cases.series, cases.serial", ending)
        return [str(row[0]) for row in rows]

    @cached_property
    def duties(self) -> Sequence[tuple[str, str]] | None:
        """Return the times by which duties were due, each as its target and verdict; None if not about all cases."""
        return self._supplement.duties() if self.whole else None

    def sold_and_told(self) -> list[tuple[str, int, int]]:
        """Return the products of cases that came in of which units are known, with the units and how many cases."""
        told = [(str(name), int(count or 0)) for name, count in self.counts(Cohort("registered"), ("product",)) if name]
        sold = self.sold or {}
        return [(name, sold[known].count, count) for name, count in told if (known := normal(name)) in sold]

    def count(self, cohort: Cohort) -> int:
        """Return how many facts there are."""
        return int(self.counts(cohort)[0][0] or 0)

    def parts(self, numbers: Iterable[int]) -> Mapping[int, Any]:
        """Return what parts say by their numbers, each read once."""
        if new := {*numbers} - self._parts.keys():
            query = "SELECT part, text FROM parts WHERE part IN (SELECT value FROM json_each(?))"
            self._parts |= {part: json.loads(text) for part, text in self._db.execute(query, (json.dumps([*new]),))}
        return self._parts

    def problems(self) -> list[Key]:
        """Return the problems that were open in the period: number, kind, about what, team, cases, begin and end."""
        live = (
            "(SELECT count(*) FROM problem_cases its JOIN cases USING (case_id) "
            "WHERE its.problem = problems.problem AND status <> 'void')"
        )
        return self._db.execute(
            f"SELECT problem, pattern, same, team, {live}, opened_at, closed_at FROM problems "
            "WHERE opened_at < :end AND coalesce(closed_at, :begin) >= :begin ORDER BY seq",
            self._values,
        ).fetchall()

    def measures(self) -> list[Key]:
        """Return what was added, due, done or judged: number, about what, team, due, done, effect, before, after."""
        return self._db.execute(
            "SELECT measure, about, team, due_at, done_at, effective, before, after FROM measures WHERE "
            + " OR ".join(f"({at} >= :begin AND {at} < :end)" for at in ("added_at", "due_at", "done_at", "judged_at"))
            + " ORDER BY seq",
            self._values,
        ).fetchall()

    def _kept_together(self, cohort: Cohort, by: Sequence[str]) -> bool:
        """Tell whether the tables keep all these dimensions with each fact: then what is read once answers."""
        return {*by, *(name for name, _ in cohort.only)} <= {*dimensions_of(cohort.population)}

    def _numbers(self, cohort: Cohort, measure: str, by: Sequence[str]) -> dict[Key, Numbers]:
        """Return what a measure says of facts in the units in which it is kept: see `_unit`."""
        if self._kept_together(cohort, by):
            return self._told.measured(cohort, measure, by)
        told = [*(self._dimension(cohort, name) for name in by), POPULATIONS[cohort.population].measures[measure]]
        found: dict[Key, Numbers] = {}
        for *key, number in self._rows(cohort, ", ".join(told), ""):
            if number is not None:
                found.setdefault(tuple(key), Counter())[float(number)] += 1
        return found

    def _unit(self, cohort: Cohort, measure: str, by: Sequence[str]) -> int:
        """Return by what a number is divided to be told: 60 if the tables keep seconds and minutes are told."""
        return UNITS.get(measure, A_MINUTE) if self._kept_together(cohort, by) else 1

    def _counts(self, name: str) -> Counts:
        """Return all facts of what stands above single cases, counted by their conditions."""
        if name not in self._counted:
            population = POPULATIONS[name]
            query = f"SELECT {marks(population.conditions.values())} FROM {self._source(population)}"
            rows = Counter(self._db.execute(query, self._values)).items()
            self._counted[name] = Counts([*population.conditions], (), rows)
        return self._counted[name]

    def _course(self, cohort: Cohort) -> list[Key]:
        """Return the places of the period's parts in which there is something, and how much."""
        at = POPULATIONS[cohort.population].at
        if cohort.population in CONDITIONS and not cohort.where and not cohort.only:
            times = self._told.times(cohort.population)
        else:
            since = f"{as_seconds(at)} - {as_seconds(':begin')}"
            times = [int(row[0] or 0) for row in self._rows(cohort, since, f" ORDER BY {at}")]
        began = to_seconds(from_text(self.period[0]))
        ends = [bisect_left(times, to_seconds(from_text(bound)) - began) for bound in self._supplement.bounds]
        ends.append(len(times))
        return [(place, last - first) for place, (first, last) in enumerate(pairwise(ends)) if last > first]

    def _source(self, population: Population) -> str:
        return population.source.replace("{cases}", self._cases)

    def _dimension(self, cohort: Cohort, name: str) -> str:
        return DIMENSIONS[name].format(at=POPULATIONS[cohort.population].at)

    def _rows(self, cohort: Cohort, columns: str, ending: str) -> list[Key]:
        asked = (cohort, columns, ending)
        if asked not in self._read:
            self._read[asked] = self._db.execute(*self._query(cohort, columns, ending)).fetchall()
        return self._read[asked]

    def _query(self, cohort: Cohort, columns: str, ending: str) -> tuple[str, dict[str, object]]:
        """Return what asks the tables for columns of facts, and its values."""
        population = POPULATIONS[cohort.population]
        clauses = [population.conditions[name] for name in cohort.where]
        only = {f"only_{name}": value for name, value in cohort.only}
        clauses += [f"{DIMENSIONS[name]} = :only_{name}" for name, _ in cohort.only]
        source = self._source(population)
        narrowed = "".join(f" AND ({clause})" for clause in clauses)
        return f"SELECT {columns} FROM {source}{narrowed}{ending}", {**self._values, **only}
