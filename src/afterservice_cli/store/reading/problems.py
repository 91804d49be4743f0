"""What is read of problems and measures: by number, as lists, as what is due, and what cases share."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Mapping, Sequence

from afterservice_cli.canonical import canonical
from afterservice_cli.cases.problems import MeasureState, ProblemState, measure_of, problem_of
from afterservice_cli.errors import BadInput, NotFound, typed
from afterservice_cli.language import tr
from afterservice_cli.reports.rows import AboveRow, MeasureRow, ProblemCaseRow, ProblemRow
from afterservice_cli.store import history
from afterservice_cli.store.reading.filters import ALL, Filter, teams_of

COLUMNS = ("product", "category", "kind", "channel")
# What is personal in the event that opened it: its title and text.
_OPENED = "LEFT JOIN personal ON personal.seq = own.seq"


def load_problem(db: sqlite3.Connection, reference: str) -> ProblemState:
    """Return the problem that a reference means, made from its events."""
    return problem_of(history.events_of(db, find_problem(db, reference)))


def load_measure(db: sqlite3.Connection, reference: str) -> MeasureState:
    """Return the measure that a reference means, made from its events."""
    found = _find(db, "measures", "measure", reference)
    if found is None:
        raise NotFound(
            tr("there is no measure '{number}'", number=typed(reference)),
            hint=tr("afterservice measures --all shows the numbers"),
        )
    return measure_of(history.events_of(db, found))


def find_problem(db: sqlite3.Connection, reference: str) -> str:
    """Return the number of the problem that a reference means; `NotFound` if there is none."""
    found = _find(db, "problems", "problem", reference)
    if found is None:
        raise NotFound(
            tr("there is no problem '{number}'", number=typed(reference)),
            hint=tr("afterservice problems --all shows the numbers"),
        )
    return found


def find_above(db: sqlite3.Connection, number: str) -> tuple[str, str] | None:
    """Return the table and the number of the problem or measure that has exactly this number; None if there is none."""
    wanted = _spelled(number)
    for table, key in (("problems", "problem"), ("measures", "measure")):
        if db.execute(f"SELECT 1 FROM {table} WHERE {key} = ?", (wanted,)).fetchone():
            return table, wanted
    return None


def _spelled(reference: str) -> str:
    return unicodedata.normalize("NFKC", reference.encode(errors="replace").decode()).strip().upper()


def _find(db: sqlite3.Connection, table: str, key: str, reference: str) -> str | None:
    """Return the number that a reference means: a serial, the newest that has it, or how the number ends."""
    wanted = _spelled(reference)
    query = f"SELECT {key} FROM {table} WHERE {key} = ?"
    values: tuple[str | int, ...] = (wanted,)
    if re.fullmatch(r"[PM]?0*([0-9]{1,12})", wanted):
        query = f"SELECT {key} FROM {table} WHERE serial = ? ORDER BY seq DESC LIMIT 1"
        values = (int(wanted.lstrip("PM")),)
    elif re.fullmatch(r"[0-9]{4}-[0-9]{1,12}", wanted):
        query, values = f"SELECT {key} FROM {table} WHERE {key} LIKE ?", (f"%{wanted}",)
    found = db.execute(query, values).fetchall()
    if len(found) > 1:
        raise BadInput(tr("'{number}' is short for several – write it in full", number=typed(reference)))
    return str(found[0][0]) if found else None


def open_of(db: sqlite3.Connection, pattern: str, same: Mapping[str, str]) -> str | None:
    """Return the open problem of a kind whose cases share this; None if there is none."""
    query = "SELECT problem FROM problems WHERE pattern = ? AND same = ? AND closed_at IS NULL ORDER BY seq LIMIT 1"
    found = db.execute(query, (pattern, canonical(same))).fetchone()
    return str(found[0]) if found else None


def sharing_query(same: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the clauses that ask for cases which share this, with their values; the fields stand in JSON."""
    clauses, values = list[str](), list[str]()
    for fact, value in same.items():
        if fact in COLUMNS:
            clauses.append(f"{fact} = ?")
            values.append(value)
        else:
            clauses.append("json_extract(fields, ?) = ?")
            values += [f'$."{fact.removeprefix("field:")}"', value]
    return " AND ".join(clauses), values


def alike_query(pattern: str, same: Mapping[str, str], since: str, until: str) -> tuple[str, list[str]]:
    """Return the query for the cases that may open a problem together, in the order in which they came in.

    They share this, came in within the time, are not void nor erased, and are in no problem of the kind for it yet.
    """
    clauses, values = sharing_query(same)
    query = (
        f"SELECT case_id, registered_at FROM cases WHERE {clauses} AND registered_at BETWEEN ? AND ? "
        "AND status <> 'void' AND NOT EXISTS (SELECT 1 FROM problem_cases mine JOIN problems "
        "ON problems.problem = mine.problem WHERE mine.case_id = cases.case_id AND problems.pattern = ? "
        "AND problems.same = ?) AND NOT EXISTS (SELECT 1 FROM timeline WHERE timeline.first = cases.first "
        "AND word = 'erased') ORDER BY registered_at, case_id"
    )
    return query, [*values, since, until, pattern, canonical(same)]


def count_sharing(db: sqlite3.Connection, about: Mapping[str, str], since: str, until: str) -> int:
    """Return how many cases that are not void share this and came in from `since` on and before `until`."""
    clauses, values = sharing_query(about)
    query = f"SELECT count(*) FROM cases WHERE {clauses} AND registered_at >= ? AND registered_at < ?"
    return int(db.execute(f"{query} AND status <> 'void'", (*values, since, until)).fetchone()[0])


def unjudged(db: sqlite3.Connection, problem: str) -> list[str]:
    """Return the measures of a problem that nobody has judged yet."""
    query = "SELECT measure FROM measures WHERE problem = ? AND judged_at IS NULL ORDER BY seq"
    return [number for (number,) in db.execute(query, (problem,))]


def list_problems(db: sqlite3.Connection, *, every: bool = False, only: str | None = None) -> list[ProblemRow]:
    """Return the open problems, those due first before the rest, or `every` one, the newest first; or one alone."""
    clause = "own.problem = ?" if only else "1" if every else "own.closed_at IS NULL"
    order = "own.seq DESC" if every else "own.due_at IS NULL, own.due_at, own.seq"
    its = "(SELECT count(*) FROM problem_cases its JOIN cases USING (case_id) WHERE its.problem = own.problem AND {})"
    live, still_open = "status <> 'void'", "status NOT IN ('void', 'closed')"
    counts = (
        f"{its.format(live)}, {its.format(still_open)}, "
        "(SELECT count(*) FROM measures WHERE measures.problem = own.problem), "
        "(SELECT count(*) FROM measures WHERE measures.problem = own.problem AND judged_at IS NULL)"
    )
    names = "own.problem, own.pattern, own.same, own.team, own.opened_at, own.due_at, own.warn_at, own.duration, "
    query = f"SELECT {names}own.rule, own.closed_at, own.closed_by, own.version, data, {counts} FROM problems own "
    rows = db.execute(f"{query}{_OPENED} WHERE {clause} ORDER BY {order}", (only,) if only else ())
    return [ProblemRow(row) for row in rows]


def cases_of(db: sqlite3.Connection, problem: str) -> list[ProblemCaseRow]:
    """Return the cases of a problem in the order in which they came in, void ones among them."""
    query = (
        "SELECT its.case_id, its.seq, status, priority, category, owner, registered_at, customer_id, cases.product "
        "FROM problem_cases its JOIN cases USING (case_id) WHERE its.problem = ? ORDER BY registered_at, its.case_id"
    )
    return [ProblemCaseRow(row) for row in db.execute(query, (problem,))]


def list_measures(
    db: sqlite3.Connection, *, every: bool = False, problem: str | None = None, only: str | None = None
) -> list[MeasureRow]:
    """Return the measures that are not judged, those due first before the rest; or `every` one, or a problem's."""
    clause, values = ("1" if every else "own.judged_at IS NULL"), tuple[str, ...]()
    for column, value in (("problem", problem), ("measure", only)):
        if value:
            clause, values = f"own.{column} = ?", (value,)
    names = (
        "own.measure, own.team, own.person, own.due_at, own.about, own.problem, own.of_case, own.month, own.added_at, "
        "own.done_at, own.done_by, own.judged_at, own.judged_by, own.effective, own.before, own.after, own.version"
    )
    query = f"SELECT {names}, data FROM measures own {_OPENED} WHERE {clause} ORDER BY own.due_at, own.seq"
    return [MeasureRow(row) for row in db.execute(query, values)]


def running_above(db: sqlite3.Connection, wanted: Filter = ALL, *, until: str | None = None) -> list[AboveRow]:
    """Return the open problems that have a time, and the measures that are not done, of whom the filter asks for.

    They are of no case, and so none if the filter asks anything else. With `until` those due by then.
    """
    found: list[AboveRow] = []
    parts: Sequence[tuple[str, str]] = (
        ("problems", "problem, pattern, team, NULL, opened_at, due_at, warn_at, duration, rule"),
        ("measures", "measure, '', team, person, added_at, due_at, NULL, '', ''"),
    )
    for table, columns in parts:
        over = "closed_at IS NULL AND due_at IS NOT NULL" if table == "problems" else "done_at IS NULL"
        clauses, values = [over], list[str | int]()
        if until:
            clauses.append("due_at <= ?")
            values.append(until)
        theirs, asked = teams_of(wanted, "team", "person" if table == "measures" else "NULL")
        query = (
            f"SELECT '{table}', {columns}, data FROM {table} own {_OPENED} "
            f"WHERE {' AND '.join([*clauses, *theirs])} ORDER BY due_at, own.seq"
        )
        found += [AboveRow(row) for row in db.execute(query, [*values, *asked])]
    return sorted(found, key=lambda row: row.due_at)


def came_in(
    db: sqlite3.Connection, pattern: str, same: Mapping[str, str], since: str, until: str
) -> list[tuple[str, str]]:
    """Return the cases that `alike_query` finds, each with when it came in."""
    return db.execute(*alike_query(pattern, same, since, until)).fetchall()
