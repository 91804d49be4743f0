"""The public tables of a desk as they are at one instant, fetched in parts while others write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from afterservice_cli.store import troubles
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.queueing import PATIENCE
from afterservice_cli.store.schema import BY_FIRST, HISTORY, KEYS, PROJECTIONS

PART = 5_000  # rows of each table that are read before others come to their turn
# Tables whose rows are never changed and never go, by their numbers; of events, what says nothing of a case's words.
_ADDED_TO = {
    "events": ("seq", "case_id", "version", "kind", "occurred_at", "run", "hash"),
    **{name: tuple({**HISTORY, **PROJECTIONS}[name]) for name in ("runs", "parts", "terms")},
}
# Tables whose rows follow from the events of one case, and change with these alone.
_OF_CASES = ("cases", "due_times", "tasks", "timeline", "problem_cases", "links", "ratings")
# Tables that have few rows, and the rows of them that are needed.
_SHORT = {
    "duties": "",
    "problems": "",
    "measures": "",
    "snapshots": "",
    "desk": " WHERE key IN ('register', 'genesis', 'rulebook')",
}
_CHOSEN = (
    "INSERT INTO chosen SELECT cases.first, cases.case_id FROM desk.events AS events "
    "CROSS JOIN desk.cases AS cases ON cases.case_id = events.case_id WHERE events.seq BETWEEN ? AND ? AND NOT EXISTS "
    "(SELECT 1 FROM desk.events AS later WHERE later.case_id = events.case_id AND later.version > events.version)"
)


@contextmanager
def fetched(desk: Path) -> Iterator[Connection]:
    """Yield a connection to a copy of what the public tables of a desk are read from, all of it as at one instant.

    The history is gone through in its order, so many events in a transaction, and with the last event of a case its
    rows are taken in place of those that were taken before. What happens meanwhile comes last in the history: when its
    end is reached, all is as in that transaction. The copy has no name, and goes with the connection.
    """
    given = sqlite3.connect("", timeout=PATIENCE, uri=True, isolation_level=None, factory=Connection)
    with closing(given) as db:
        with troubles.translated(desk):
            for pragma in ("journal_mode=OFF", "synchronous=OFF"):
                db.execute(f"PRAGMA main.{pragma}")
            db.execute("ATTACH ? AS desk", (f"file:{quote(os.fsencode(desk.resolve()))}?mode=ro",))
            db.execute("CREATE TEMP TABLE chosen (first INTEGER PRIMARY KEY, case_id TEXT)")
            # Tables made anew meanwhile number their parts otherwise. If that happens twice, nobody else comes in.
            for rows in (PART, PART, 1 << 62):
                _make(db)
                if _fetch(db, rows):
                    break
            db.execute("DROP TABLE chosen")
            db.execute("DETACH desk")
        yield db


def _columns(name: str) -> tuple[str, ...]:
    return _ADDED_TO.get(name) or tuple({**HISTORY, **PROJECTIONS}[name])


def _make(db: Connection) -> None:
    """Make the tables anew, empty."""
    for name in (*_ADDED_TO, *_OF_CASES, *_SHORT):
        key = (found,) if isinstance(found := KEYS[name], str) else found
        kinds = {**HISTORY, **PROJECTIONS}[name]
        columns = [f"{column} {'INTEGER' if kinds[column] is int else ''}" for column in _columns(name)]
        db.execute(f"DROP TABLE IF EXISTS main.{name}")
        db.execute(f"CREATE TABLE main.{name} ({', '.join(columns)}, PRIMARY KEY ({', '.join(key)}))")
        if name in _OF_CASES and (case := "case_id" if name == "cases" else _case_of(name)) != key[0]:
            db.execute(f"CREATE INDEX main.{name}_by_case ON {name} ({case})")


def _case_of(name: str) -> str:
    """Return the column by which a table names the case of a row."""
    return "first" if name in BY_FIRST else "case_id"


def _fetch(db: Connection, rows: int) -> bool:
    """Fill the empty tables in parts of so many rows; return whether no table was made anew meanwhile."""
    made, whole = None, False
    while not whole:
        found, whole = _part(db, rows)
        if made not in (None, found):
            return False
        made = found
    return True


def _part(db: Connection, rows: int) -> tuple[int, bool]:
    """Take a part in a transaction of its own; return which version of its tables the desk has, and if it is whole."""
    db.execute("BEGIN")
    (made,) = db.execute("PRAGMA desk.schema_version").fetchone()
    whole = _take(db, rows)
    db.execute("COMMIT")
    return made, whole


def _take(db: Connection, rows: int) -> bool:
    """Take the next rows of the history and all rows of the cases that end there; return whether that was the last."""
    (seen,) = db.execute("SELECT coalesce(max(seq), 0) FROM main.events").fetchone()
    whole = True
    for name in _ADDED_TO:
        number, columns = KEYS[name], ", ".join(_columns(name))
        added = db.execute(
            f"INSERT INTO main.{name} SELECT {columns} FROM desk.{name} WHERE {number} > "
            f"(SELECT coalesce(max({number}), 0) FROM main.{name}) ORDER BY {number} LIMIT ?",
            (rows,),
        ).rowcount
        whole = whole and added < rows
    (until,) = db.execute("SELECT coalesce(max(seq), 0) FROM main.events").fetchone()
    db.execute("DELETE FROM chosen")
    db.execute(_CHOSEN, (seen + 1, until))
    for name in _OF_CASES:
        case, columns = _case_of(name), ", ".join(_columns(name))
        db.execute(f"DELETE FROM main.{name} WHERE {case} IN (SELECT {case} FROM chosen)")
        db.execute(
            f"INSERT INTO main.{name} SELECT {columns} FROM desk.{name} WHERE {case} IN (SELECT {case} FROM chosen)"
        )
    if whole:
        for name, needed in _SHORT.items():
            db.execute(f"INSERT INTO main.{name} SELECT {', '.join(_columns(name))} FROM desk.{name}{needed}")
    return whole
