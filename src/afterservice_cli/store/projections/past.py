"""The desk as it was: what of its tables has changed since is replayed, and stands in the place of what is there now.

Unqualified names mean the temporary schema first: a view there has what a table had, of the rows that stand and of
those that were made anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

from afterservice_cli.errors import NotFound
from afterservice_cli.language import tr
from afterservice_cli.reports.rows import Listed
from afterservice_cli.store import history, tables
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.projections.cases import numbered_terms
from afterservice_cli.store.projections.rebuilding import rebuild
from afterservice_cli.store.reading import queries
from afterservice_cli.store.schema import BY_FIRST, BY_KEY, HISTORY, IN_PARTS, KEYS, PROJECTIONS
from afterservice_cli.store.views import VIEWS

_LAST_RUN = "SELECT run FROM runs WHERE recorded_at <= ? ORDER BY run DESC LIMIT 1"
_LAST_EVENT = "SELECT seq FROM events WHERE run <= ? ORDER BY seq DESC LIMIT 1"
_TYPES = {int: "INTEGER", str: "TEXT", bytes: "BLOB"}
# What is replayed: all earlier events of whatever later ones are about.
_EARLIER = "FROM main.events WHERE seq <= :seq AND case_id IN (SELECT case_id FROM later)"
# What is copied of each table for that; nothing personal, since that may have been erased meanwhile.
_COPIED = {
    "runs": f"run IN (SELECT run {_EARLIER})",
    "shapes": f"shape IN (SELECT shape {_EARLIER})",
    "events": "seq <= :seq AND case_id IN (SELECT case_id FROM later)",
    "desk": ":seq",
}
# Tables whose rows are of something else than a case, and by which column.
_ABOVE = {"problems": "problem", "measures": "measure"}
_NUMBERED = ("parts", "terms")  # of which rows of others name some
_PERSONAL = ("personal", "customers")
# What is written is personal, but for the product.
_WRITTEN = {"first": "first", "own": "0", "sought_customer": "''", "sought_product": "sought_product", "sought": "''"}
_ROWIDS = {"tasks": ("rowid",)}  # by which their order goes
_IN_ORDER = ("told",)  # whose rows are read as they come
Row = Sequence[Any]


@contextmanager
def as_of(db: sqlite3.Connection, at: str) -> Iterator[tuple[sqlite3.Connection, str]]:
    """Open the desk as it was once all had been recorded that was by a time, and the rulebook in force then.

    Gives the connection, which tells of then as long as it is open, and the hash of the rulebook's snapshot.
    `NotFound` if nothing had been recorded by then.
    """
    found = db.execute(_LAST_RUN, (at,)).fetchone()
    if found is None:
        raise NotFound(tr("nothing had been recorded at this desk by then"))
    (run,) = found
    if run == db.execute("SELECT max(run) FROM runs").fetchone()[0]:
        yield db, queries.desk_value(db, "rulebook")
        return
    (seq,) = db.execute(_LAST_EVENT, (run,)).fetchone()
    db.execute("SAVEPOINT past")
    try:
        _go_back(db, run, seq)
        yield db, _rulebook_in_force(db)
    finally:
        db.execute("ROLLBACK TO past")
        db.execute("RELEASE past")


def cases_numbered(db: sqlite3.Connection, numbers: Sequence[str]) -> list[Listed]:
    """Return the cases with these numbers as they were then; from here on the tables have these alone.

    What is read of a case joins several tables, which would be gone through as a whole for some of it.
    """
    db.execute("CREATE TEMP TABLE listed (case_id TEXT PRIMARY KEY, first INTEGER) WITHOUT ROWID")
    query = "SELECT case_id, first FROM cases WHERE case_id IN (SELECT value FROM json_each(?))"
    db.execute(f"INSERT INTO temp.listed {query}", (json.dumps(numbers),))
    for name in ("cases", "due_times", "tasks", "timeline", "written"):
        which = "case_id" if name == "tasks" else "first"
        columns = ", ".join(PROJECTIONS[name])
        order = " ORDER BY rowid" if name in _ROWIDS else ""
        db.execute(
            f"CREATE TEMP TABLE listed_{name} AS SELECT {columns} FROM {name} "
            f"WHERE {which} IN (SELECT {which} FROM temp.listed){order}"
        )
        db.execute(f"DROP VIEW temp.{name}")
        db.execute(f"ALTER TABLE temp.listed_{name} RENAME TO {name}")
        db.execute(f"CREATE INDEX temp.{name}_listed ON {name} ({which})")
    return queries.cases_numbered(db, numbers)


def _go_back(db: sqlite3.Connection, run: int, seq: int) -> None:
    """Have every name mean what it meant once so many runs and events had been recorded."""
    db.execute("CREATE TEMP TABLE later (case_id TEXT PRIMARY KEY) WITHOUT ROWID")
    db.execute("INSERT INTO later SELECT DISTINCT case_id FROM main.events WHERE seq > ?", (seq,))
    db.execute("CREATE TEMP TABLE later_cases (first INTEGER PRIMARY KEY)")
    db.execute("INSERT INTO later_cases SELECT first FROM main.cases WHERE case_id IN (SELECT case_id FROM later)")
    with closing(sqlite3.connect("", isolation_level=None, factory=Connection)) as passing:
        _replay(db, passing, seq)
        parts, terms = _parts(db, passing), _terms(db, passing)
        for name in (name for name in PROJECTIONS if name not in _NUMBERED):
            rows = passing.execute(f"SELECT {', '.join(PROJECTIONS[name])} FROM {name}")
            _keep(db, name, _in_numbers_here(name, rows, parts, terms))
    for name in (name for name in PROJECTIONS if name not in _PERSONAL):
        order = f" ORDER BY {', '.join(_key(name))}" if name in _IN_ORDER else ""
        columns = ", ".join((*PROJECTIONS[name], *_ROWIDS.get(name, ())))
        _view(db, name, f"{_standing(db, name)} UNION ALL SELECT {columns} FROM temp.past_{name}{order}")
    for name in _PERSONAL:
        _view(db, name, f"SELECT * FROM main.{name} WHERE 0")
    _view(db, "events", f"SELECT * FROM main.events WHERE seq <= {seq:d}")
    _view(db, "runs", f"SELECT * FROM main.runs WHERE run <= {run:d}")
    for name, query in VIEWS.items():
        _view(db, name, query)


def _replay(db: sqlite3.Connection, passing: Connection, seq: int) -> None:
    """Make the tables of what has changed since, in a file that passes."""
    passing.execute("PRAGMA synchronous=OFF")
    passing.execute("BEGIN")
    tables.create_history(passing)
    for name, clause in _COPIED.items():
        columns, places = ", ".join(HISTORY[name]), ",".join("?" * len(HISTORY[name]))
        rows = db.execute(f"SELECT {columns} FROM main.{name} WHERE {clause} ORDER BY 1", {"seq": seq})
        passing.executemany(f"INSERT INTO {name} ({columns}) VALUES ({places})", rows)
    rebuild(passing)
    passing.execute("COMMIT")


def _parts(db: sqlite3.Connection, passing: sqlite3.Connection) -> Mapping[int, int]:
    """Return the numbers that the parts of what was replayed have here; those that are new get one."""
    _keep(db, "parts", ())
    found = dict[int, int]()
    (last,) = db.execute("SELECT coalesce(max(part), 0) FROM main.parts").fetchone()
    for part, text in passing.execute("SELECT part, text FROM parts"):
        known = db.execute("SELECT part FROM main.parts WHERE text = ?", (text,)).fetchone()
        if known is None:
            last += 1
            db.execute("INSERT INTO temp.past_parts VALUES (?, ?)", (last, text))
        found[part] = known[0] if known else last
    return found


def _terms(db: sqlite3.Connection, passing: sqlite3.Connection) -> Mapping[int, int]:
    """Return in the same way the numbers of the terms of deadlines."""
    known = {terms: number for number, terms in numbered_terms(db).items()}
    made = numbered_terms(passing)
    new = [terms for terms in made.values() if terms not in known]
    last = max(known.values(), default=0)
    numbered = dict(zip(new, range(last + 1, last + 1 + len(new)), strict=True))
    _keep(db, "terms", ((number, *terms) for terms, number in numbered.items()))
    return {number: (known | numbered)[terms] for number, terms in made.items()}


def _in_numbers_here(
    name: str, rows: Iterable[Row], parts: Mapping[int, int], terms: Mapping[int, int]
) -> Iterator[Row]:
    """Yield rows that name the parts and the terms by the numbers that they have here."""
    columns = [*PROJECTIONS[name]]
    places = [(columns.index(one), parts) for one in (*IN_PARTS, "part") if one in columns]
    places += [(columns.index("term"), terms)] if "term" in columns else []
    for row in rows:
        held = [*row]
        for place, numbers in places:
            if held[place] is not None:
                held[place] = numbers[held[place]]
        yield held


def _keep(db: sqlite3.Connection, name: str, rows: Iterable[Row]) -> None:
    """Make a table of a projection's rows, with its key."""
    columns = PROJECTIONS[name]
    said = ", ".join(f"{column} {_TYPES[kind]}" for column, kind in columns.items())
    rest = " WITHOUT ROWID" if name in BY_KEY else ""
    db.execute(f"CREATE TEMP TABLE past_{name} ({said}, PRIMARY KEY ({', '.join(_key(name))})){rest}")
    db.executemany(f"INSERT INTO temp.past_{name} VALUES ({','.join('?' * len(columns))})", rows)


def _standing(db: sqlite3.Connection, name: str) -> str:
    """Return the query of a projection's rows to which nothing has happened since."""
    columns = PROJECTIONS[name]
    told = {column: _WRITTEN.get(column, "NULL") if name == "written" else column for column in columns}
    told |= {column: column for column in _ROWIDS.get(name, ())}
    query = f"SELECT {', '.join(f'{said} AS {column}' for column, said in told.items())} FROM main.{name}"
    if name in _NUMBERED:
        return query
    if name == "duties":  # of the desk itself
        stand = db.execute("SELECT 1 FROM later WHERE case_id = ?", (history.DESK,)).fetchone() is None
        return f"{query} WHERE {stand:d}"
    if name in BY_FIRST:
        return f"{query} WHERE first NOT IN (SELECT first FROM temp.later_cases)"
    return f"{query} WHERE {_ABOVE.get(name, 'case_id')} NOT IN (SELECT case_id FROM temp.later)"


def _view(db: sqlite3.Connection, name: str, query: str) -> None:
    db.execute(f"CREATE TEMP VIEW {name} AS {query}")


def _key(name: str) -> Sequence[str]:
    key = KEYS[name]
    return (key,) if isinstance(key, str) else key


def _rulebook_in_force(db: sqlite3.Connection) -> str:
    """Return the hash of the snapshot that the latest adoption names."""
    where = "WHERE events.case_id = ? AND events.kind = 'RulebookAdopted' ORDER BY events.version DESC LIMIT 1"
    return str(next(history.read(db, where, (history.DESK,))).event.__dict__["snapshot"])
