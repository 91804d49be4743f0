"""What happened in a period, as the figures of a report count it: every population as SQL over the projections."""

from __future__ import annotations

import json
import re
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property, lru_cache

from afterservice_cli.frozen import Frozen
from afterservice_cli.instants import from_text
from afterservice_cli.reports.counting import Of
from afterservice_cli.reports.sold import Units
from afterservice_cli.rulebook.model import normal
from afterservice_cli.store.filters import ALL, Filter, clauses_of
from afterservice_cli.store.populations import ABOVE, Population
from afterservice_cli.store.schema import WAITING
from afterservice_cli.store.views import as_seconds, as_text
from afterservice_cli.worktime import Calendar

Key = tuple[str | int | None, ...]


def _minutes(begin: str, end: str) -> str:
    return f"(strftime('%s', {end}) - strftime('%s', {begin})) / 60.0"


def _lasting(name: str, begin: str, end: str) -> dict[str, str]:
    """Return what may be measured of a time: on the clock, in working time, and how long the case waited in it."""
    return {
        name: _minutes(begin, end),
        f"{name}.working": f"worked({begin}, {end})",
        f"{name}.waiting": f"waited((SELECT text FROM parts WHERE part = cases.work), {begin}, {end})",
    }


def _events(word: str) -> str:
    return (
        "timeline t JOIN {cases} cases ON cases.case_id = t.case_id "
        f"WHERE cases.status <> 'void' AND t.word = '{word}' AND t.at >= :begin AND t.at < :end"
    )


# As `cases.values.verdict` has it.
VERDICT = (
    "CASE WHEN outcome <> '' THEN outcome "
    "WHEN ended_at <= due_at OR (ended_at IS NOT NULL AND coalesce(paused_at < due_at, 0)) THEN 'met' "
    "WHEN ended_at IS NOT NULL THEN 'missed' WHEN paused_at < due_at THEN 'paused' "
    f"WHEN {as_seconds(':now')} > due_at THEN 'missed' ELSE 'running' END"
)
_FIRST_RESPONSE = (
    "(SELECT min(f.at) FROM timeline f WHERE f.case_id = cases.case_id AND +f.word = 'responded' AND f.cycle = 1)"
)
_NEXT_RESPONSE = (
    "(SELECT min(f.at) FROM timeline f WHERE f.case_id = t.case_id AND +f.word = 'responded' "
    "AND (f.at, f.seq) > (t.at, t.seq))"
)
_BEFORE = "f.case_id = t.case_id AND (f.at, f.seq) < (t.at, t.seq)"
_ANSWER = (
    "FROM events e JOIN runs r ON r.run = e.run WHERE e.case_id = t.case_id "
    f"AND e.occurred_at = {as_text('t.ended_at')} AND (cases.source_batch IS NULL "
    "OR e.run <> (SELECT f.run FROM events f WHERE f.case_id = t.case_id AND f.version = 1))"
)
# What ended it was recorded only after it was due, and not by the file that brought the case in.
_TOLD_LATE = (
    f"t.verdict = 'met' AND t.paused_at IS NULL AND (SELECT min(r.recorded_at) {_ANSWER}) > {as_text('t.due_at')}"
)
# Who recorded it first.
_RECORDER = f"(SELECT r.actor {_ANSWER} ORDER BY r.run LIMIT 1)"
# When a void case was taken out, by the event that did it.
_TAKEN_OUT = (
    "(SELECT v.*, (SELECT max(f.at) FROM timeline f WHERE f.case_id = v.case_id AND f.word = v.void_by) AS out_at "
    "FROM {cases} v WHERE v.status = 'void') cases WHERE out_at >= :begin AND out_at < :end"
)
# A deadline falls into the period in which it was due, or ended if that was earlier.
_BEGIN, _END = as_seconds(":begin"), as_seconds(":end")
_FALLING = " UNION ALL ".join(
    f"SELECT * FROM due_times WHERE {which}"
    for which in (
        f"{WAITING} AND due_at >= {_BEGIN} AND due_at < {_END}",
        f"NOT ({WAITING}) AND due_at >= {_BEGIN} AND due_at < {_END} AND (ended_at IS NULL OR ended_at >= {_BEGIN})",
        f"outcome = '' AND ended_at >= {_BEGIN} AND ended_at < {_END} AND due_at >= {_END}",
    )
)

POPULATIONS: Mapping[str, Population] = {
    "registered": Population(
        "{cases} cases WHERE cases.status <> 'void' AND cases.registered_at >= :begin AND cases.registered_at < :end",
        "cases.registered_at",
        {
            "unclassified": "cases.classified = 0",
            "repeated": "EXISTS (SELECT 1 FROM cases e WHERE e.customer_id = cases.customer_id "
            "AND +e.category = cases.category AND +e.status <> 'void' AND (+e.registered_at, e.series, e.serial) < "
            "(cases.registered_at, cases.series, cases.serial) AND +e.registered_at >= "
            "strftime('%Y-%m-%dT%H:%M:%SZ', cases.registered_at, '-30 days'))",
        },
        _lasting("first_response", "cases.registered_at", _FIRST_RESPONSE),
    ),
    "replies": Population(
        # Of several that follow each other unanswered, the first begins the time.
        _events("replied") + " AND coalesce((SELECT f.word FROM timeline f "
        f"WHERE {_BEFORE} AND f.word IN ('replied', 'responded') ORDER BY f.at DESC, f.seq DESC LIMIT 1), '') "
        "<> 'replied'",
        "t.at",
        {},
        _lasting("next_response", "t.at", _NEXT_RESPONSE),
    ),
    "resolved": Population(
        _events("resolved"),
        "t.at",
        {
            "first": f"NOT EXISTS (SELECT 1 FROM timeline f WHERE {_BEFORE} AND f.word = 'resolved')",
            "final": "t.cycle = cases.cycle AND NOT EXISTS (SELECT 1 FROM timeline f WHERE f.case_id = t.case_id "
            "AND f.word = 'resolved' AND (f.at, f.seq) > (t.at, t.seq))",
            "reopened": "cases.cycle > t.cycle",
            "first_contact": "cases.cycle = 1 AND (SELECT count(*) FROM timeline f WHERE f.case_id = t.case_id "
            "AND f.word = 'responded') <= 1 AND EXISTS (SELECT 1 FROM timeline f WHERE f.case_id = t.case_id "
            "AND f.word = 'confirmed')",
        },
        _lasting("resolution", "cases.registered_at", "t.at"),
    ),
    "closed": Population(
        _events("closed"),
        "t.at",
        {
            "unconfirmed": "NOT EXISTS (SELECT 1 FROM timeline f WHERE f.case_id = t.case_id AND f.cycle = t.cycle "
            "AND f.word = 'confirmed')",
            "rated": "EXISTS (SELECT 1 FROM ratings r WHERE r.case_id = t.case_id)",
        },
    ),
    "reopened": Population(_events("reopened"), "t.at"),
    "withdrawn": Population(_events("withdrawn"), "t.at"),
    "handed_over": Population(
        "timeline t JOIN {cases} cases ON cases.case_id = t.case_id WHERE cases.status <> 'void' "
        "AND t.word IN ('assigned', 'classified', 'escalated', 'reopened', 'gathered') "
        "AND t.at >= :begin AND t.at < :end AND t.owner IS NOT NULL",
        "t.at",
    ),
    "taken_out": Population(
        _TAKEN_OUT,
        "cases.out_at",
        {
            "invalid": "cases.void_by = 'screened'",
            "merged": "cases.void_by = 'merged'",
            "retracted": "cases.void_by = 'retracted'",
            # Whatever was due before it went, and had not been answered by then.
            "missed": "EXISTS (SELECT 1 FROM deadlines d WHERE d.case_id = cases.case_id AND d.counts "
            "AND d.due_at < cases.out_at AND (d.ended_at IS NULL OR d.ended_at > d.due_at) "
            "AND coalesce(d.paused_at >= d.due_at, 1))",
        },
    ),
    "backlog": Population(
        "(SELECT * FROM {cases} WHERE status <> 'void' AND registered_at < :end AND (ended = 0 OR case_id IN "
        "(SELECT case_id FROM timeline WHERE word IN ('closed', 'withdrawn') AND at >= :end))) cases "
        "WHERE coalesce((SELECT t.word FROM timeline t WHERE t.case_id = cases.case_id AND t.word IN "
        "('closed', 'withdrawn', 'reopened') AND t.at < :end ORDER BY t.at DESC, t.seq DESC LIMIT 1), 'reopened') "
        "= 'reopened'",
        "cases.registered_at",
        {"unclassified": "cases.classified = 0"},
        {"age": _minutes("cases.registered_at", "min(:end, :now)")},
    ),
    "deadlines": Population(
        f"(SELECT d.*, {VERDICT} AS verdict FROM ({_FALLING}) d) t JOIN terms ON terms.term = t.term "
        "JOIN {cases} cases ON cases.case_id = t.case_id WHERE terms.counts = 1 AND cases.status <> 'void' "
        "AND t.verdict <> 'void'",
        as_text("min(t.due_at, coalesce(t.ended_at, t.due_at))"),
        {
            **{word: f"t.verdict = '{word}'" for word in ("met", "missed", "running", "paused")},
            "judged": "t.verdict IN ('met', 'missed')",
            "told_late": _TOLD_LATE,
            "visit": "terms.start = 'rated' AND terms.target LIKE 'task:%'",
            "done": "t.ended_at IS NOT NULL",
        },
        {"late": "CASE WHEN t.verdict = 'missed' THEN (t.ended_at - t.due_at) / 60.0 END"},
    ),
    "ratings": Population(
        "ratings t JOIN {cases} cases ON cases.case_id = t.case_id "
        "WHERE cases.status <> 'void' AND t.at >= :begin AND t.at < :end",
        "t.at",
        {"satisfied": "t.score >= 4", "low": "t.score <= 2"},
        {"score": "t.score"},
    ),
    "rated": Population(
        "(SELECT case_id, avg(score) AS score, max(at) AS at FROM ratings WHERE at >= :begin AND at < :end "
        "GROUP BY case_id) t JOIN {cases} cases ON cases.case_id = t.case_id WHERE cases.status <> 'void'",
        "t.at",
        {"satisfied": "t.score >= 4"},
        {"score": "t.score"},
    ),
    **ABOVE,
}

# By what facts may be told apart, and the column that says it; those of JSON are read in Python (`IN_JSON`).
DIMENSIONS: Mapping[str, str] = {
    "category": "cases.category",
    "area": "substr(cases.category, 1, instr(cases.category || '.', '.') - 1)",
    "kind": "cases.kind",
    "priority": "cases.priority",
    "channel": "cases.channel",
    "owner": "cases.owner",
    "person": "cases.person",
    "product": "cases.product",
    "work": "cases.work",
    "fields": "cases.fields",
    "target": "terms.target",
    "rule": "terms.rule",
    "question": "t.question",
    "score": "t.score",
    "case": "cases.case_id",
    "recorder": _RECORDER,
    "given": "g.key",
    "disposition": "coalesce(json_extract(p.text, '$.plan.disposition'), '')",
    "bucket": "bucket({at})",
}


class Beside(Frozen):
    """What facts are told with beside the tables: the bounds of the period's parts, the desk's duties, what was sold.

    `duties` gives each time by which a duty was due in the period, as its target and its verdict.
    """

    bounds: Sequence[str] = ()
    duties: Callable[[], Sequence[tuple[str, str]]] = lambda: ()
    sold: Mapping[str, Units] | None = None  # by product, in the form of `normal`; None if nobody told


NOTHING_BESIDE = Beside()


class Facts:
    """What happened to some cases in a period, asked again and again; everything is asked of the tables once.

    `begin` and `end` bound the period and `now` is as of when it is told: UTC texts.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        about: Filter,
        period: tuple[str, str],
        now: str,
        calendar: Calendar,
        beside: Beside = NOTHING_BESIDE,
    ) -> None:
        self._db, self.period, self.now, self.sold = db, period, now, beside.sold
        clauses, values = clauses_of(db, about) if about != ALL else ("", [])
        self._values: dict[str, object] = {f"v{place}": value for place, value in enumerate(values)}
        self._cases = "cases"
        if clauses:
            numbers = iter(range(len(values)))
            named = re.sub(r"\?", lambda found: f":v{next(numbers)}", clauses)
            self._cases = f"(SELECT * FROM cases WHERE {named})"
        self._values |= {"begin": period[0], "end": period[1], "now": now}
        self._found: dict[object, list[Key]] = {}
        self._beside = beside
        self.whole = about == ALL
        db.create_function("worked", 2, _worked(calendar), deterministic=True)
        db.create_function("waited", 3, waited, deterministic=True)

    def counts(self, of: Of, by: Sequence[str] = ()) -> list[Key]:
        """Return what tells facts apart by these dimensions, and after it how many there are of each."""
        if "bucket" in by:
            bounds = self._beside.bounds
            self._db.create_function("bucket", 1, lambda at: bisect_right(bounds, at) - 1)
        told = ", ".join(self._told(of, name) for name in by)
        ending = f" GROUP BY {told} ORDER BY {told}" if by else ""
        return self._rows(of, f"{told}, count(*)" if by else "count(*)", ending)

    def values(self, of: Of, measure: str, by: Sequence[str] = ()) -> list[Key]:
        """Return for every fact of which it is known what a measure says, after what tells it apart."""
        told = [*(self._told(of, name) for name in by), POPULATIONS[of.population].measures[measure]]
        rows = self._rows(of, ", ".join(told), "")
        return [row for row in rows if row[-1] is not None]

    def cases(self, of: Of, measure: str = "") -> list[str]:
        """Return the numbers of the cases that have such a fact, in the order in which they came in."""
        if whose := POPULATIONS[of.population].whose:
            facts, values = self._query(of, "t.*", "")
            query = f"SELECT case_id FROM cases WHERE status <> 'void' AND case_id IN ({whose.format(facts=facts)})"
            whole = self._db.execute(f"{query} ORDER BY registered_at, series, serial", values)
            return [str(row[0]) for row in whole]
        measured = f" AND {POPULATIONS[of.population].measures[measure]} IS NOT NULL" if measure else ""
        ending = f"{measured} ORDER BY cases.registered_at, cases.series, cases.serial"
        rows = self._rows(of, "DISTINCT cases.case_id, cases.registered_at, cases.series, cases.serial", ending)
        return [str(row[0]) for row in rows]

    @cached_property
    def duties(self) -> Sequence[tuple[str, str]] | None:
        """Return the times by which duties were due, each as its target and verdict; None if not about all cases."""
        return self._beside.duties() if self.whole else None

    def sold_and_told(self) -> list[tuple[str, int, int]]:
        """Return the products of cases that came in of which units are known, with the units and how many cases."""
        told = [(str(name), int(count or 0)) for name, count in self.counts(Of("registered"), ("product",)) if name]
        sold = self.sold or {}
        return [(name, sold[known].count, count) for name, count in told if (known := normal(name)) in sold]

    def count(self, of: Of) -> int:
        """Return how many facts there are."""
        return int(self.counts(of)[0][0] or 0)

    def numbers(self, of: Of, measure: str) -> list[float]:
        """Return what a measure says of all facts, the least first."""
        return sorted(float(value or 0) for (value,) in self.values(of, measure))

    def parts(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the texts of parts by their numbers."""
        query = "SELECT part, text FROM parts WHERE part IN (SELECT value FROM json_each(?))"
        return dict(self._db.execute(query, (json.dumps(sorted(set(numbers))),)))

    def problems(self) -> list[Key]:
        """Return the problems that were open in the period: number, kind, team, cases, when opened and closed."""
        live = (
            "(SELECT count(*) FROM problem_cases its JOIN cases USING (case_id) "
            "WHERE its.problem = problems.problem AND status <> 'void')"
        )
        return self._db.execute(
            f"SELECT problem, pattern, team, {live}, opened_at, closed_at FROM problems "
            "WHERE opened_at < :end AND coalesce(closed_at, :begin) >= :begin ORDER BY seq",
            self._values,
        ).fetchall()

    def measures(self) -> list[Key]:
        """Return what was added, due, done or judged in the period: number, team, due, done, effect, before, after."""
        return self._db.execute(
            "SELECT measure, team, due_at, done_at, effective, before, after FROM measures WHERE "
            + " OR ".join(f"({at} >= :begin AND {at} < :end)" for at in ("added_at", "due_at", "done_at", "judged_at"))
            + " ORDER BY seq",
            self._values,
        ).fetchall()

    def _told(self, of: Of, name: str) -> str:
        return DIMENSIONS[name].format(at=POPULATIONS[of.population].at)

    def _rows(self, of: Of, columns: str, ending: str) -> list[Key]:
        asked = (of, columns, ending)
        if asked not in self._found:
            self._found[asked] = self._db.execute(*self._query(of, columns, ending)).fetchall()
        return self._found[asked]

    def _query(self, of: Of, columns: str, ending: str) -> tuple[str, dict[str, object]]:
        """Return what asks the tables for columns of facts, and its values."""
        population = POPULATIONS[of.population]
        clauses = [population.conditions[name] for name in of.where]
        only = {f"only_{name}": value for name, value in of.only}
        clauses += [f"{DIMENSIONS[name]} = :only_{name}" for name, _ in of.only]
        source = population.source.replace("{cases}", self._cases)
        narrowed = "".join(f" AND ({clause})" for clause in clauses)
        return f"SELECT {columns} FROM {source}{narrowed}{ending}", {**self._values, **only}


def _worked(calendar: Calendar) -> Callable[[str | None, str | None], float | None]:
    @lru_cache(4096)
    def worked(begin: str | None, end: str | None) -> float | None:
        if begin is None or end is None:
            return None
        return calendar.elapsed(from_text(begin), from_text(end)) / 60 if begin < end else 0.0

    return worked


def waited(work: str | None, begin: str | None, end: str | None) -> float | None:
    """Return for how many minutes on the clock a case waited between two instants, by its `work`."""
    if begin is None or end is None:
        return None
    if work is None or '"pauses":[]' in work:
        return 0.0
    seconds = 0.0
    for pause in json.loads(work)["pauses"]:
        first, last = max(pause["from_at"], begin), min(pause["to_at"] or end, end)
        if first < last:
            seconds += (from_text(last) - from_text(first)) / timedelta(seconds=1)
    return seconds / 60
