"""What follows from events above the cases, as tables: the desk's duties, its problems and its measures."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.canonical import canonical
from afterservice_cli.cases.case import Recorded
from afterservice_cli.cases.duties import CHANGE_DUTIES, Round, changed_rounds
from afterservice_cli.cases.problems import MeasureState, ProblemState
from afterservice_cli.cases.values import DutySpec
from afterservice_cli.store.schema import PROJECTIONS
from afterservice_cli.time.instants import from_text, text_of, to_text

Row = tuple[Any, ...]

DUTIES = ", ".join(PROJECTIONS["duties"])
PROBLEMS = ", ".join(PROJECTIONS["problems"])
MEASURES = ", ".join(PROJECTIONS["measures"])


def project_duties(db: sqlite3.Connection, recorded: Recorded) -> None:
    """Write what an event about the desk itself makes of its duties; the caller holds the transaction."""
    if isinstance(recorded.event, CHANGE_DUTIES):
        running = {last.spec.name: last for last in running_rounds(db)}
        write_duties(db, changed_rounds(running, recorded))


def running_rounds(db: sqlite3.Connection) -> list[Round]:
    """Read the rounds of duties that run."""
    return [_round_of(row) for row in db.execute(f"SELECT {DUTIES} FROM duties WHERE ended_at IS NULL")]


def write_duties(db: sqlite3.Connection, rounds: Iterable[Round]) -> None:
    """Write rounds of duties in place of what the table says of them; the caller holds the transaction."""
    places = ",".join("?" * len(PROJECTIONS["duties"]))
    db.executemany(f"INSERT OR REPLACE INTO duties ({DUTIES}) VALUES ({places})", map(duty_row, rounds))


def duty_row(last: Round) -> Row:
    """Return the row by which a round of a duty stands in its table."""
    spec = last.spec
    return (
        *(
            spec.name,
            last.seq,
            spec.by,
            spec.every,
            to_text(spec.from_at),
            to_text(spec.due_at),
            text_of(spec.warn_at),
        ),
        *(spec.calendar, last.rulebook, text_of(last.ended_at), last.done_by, last.outcome),
    )


def _round_of(row: Row) -> Round:
    """Return the round of a duty by which a row stands there."""
    name, seq, team, every, from_at, due_at, warn_at, calendar, rulebook, ended_at, done_by, outcome = row
    times = (from_text(from_at), from_text(due_at), _instant(warn_at))
    return Round(DutySpec(name, team, every, *times, calendar), seq, rulebook, _instant(ended_at), done_by, outcome)


def write_problem(db: sqlite3.Connection, problem: ProblemState) -> None:
    """Write a problem in place of what the table says of it; the caller holds the transaction."""
    _write_over(db, "problems", problem_row(problem))


def write_measure(db: sqlite3.Connection, measure: MeasureState) -> None:
    """Write a measure in place of what the table says of it; the caller holds the transaction."""
    _write_over(db, "measures", measure_row(measure))


def _write_over(db: sqlite3.Connection, table: str, row: Row) -> None:
    columns, places = ", ".join(PROJECTIONS[table]), ",".join("?" * len(row))
    db.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({places})", row)


def problem_row(problem: ProblemState) -> Row:
    """Return the row by which a problem stands in its table."""
    return tuple(_cell(getattr(problem, "number" if name == "problem" else name)) for name in PROJECTIONS["problems"])


def measure_row(measure: MeasureState) -> Row:
    """Return the row by which a measure stands in its table."""
    return tuple(_cell(getattr(measure, "number" if name == "measure" else name)) for name in PROJECTIONS["measures"])


def _cell(value: object) -> object:
    """Return a value as a table keeps it: an instant as a UTC text, a mapping as JSON."""
    if isinstance(value, datetime):
        return to_text(value)
    return canonical(value) if isinstance(value, Mapping) else value


def _instant(text: str | None) -> datetime | None:
    return from_text(text) if text else None
