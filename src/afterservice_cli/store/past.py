"""The desk as it was: its tables made anew, in a file of their own that passes, from what was recorded up to a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from afterservice_cli.errors import NotFound
from afterservice_cli.language import tr
from afterservice_cli.store import history, queries, tables
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.rebuilding import rebuild
from afterservice_cli.store.schema import HISTORY

_LAST_RUN = "SELECT max(run) FROM runs WHERE recorded_at <= ?"
# What is copied of each table; nothing personal, since that may have been erased meanwhile.
_COPIED = {
    "runs": "run <= :run",
    "shapes": ":run",
    "events": "run <= :run",
    "snapshots": ":run",
    "desk": ":run",
}


@contextmanager
def as_of(db: sqlite3.Connection, at: str) -> Iterator[tuple[sqlite3.Connection, str]]:
    """Open the desk as it was once all had been recorded that was by a time, and the rulebook in force then.

    Gives the connection and the hash of the rulebook's snapshot. `NotFound` if nothing had been recorded by then.
    """
    (run,) = db.execute(_LAST_RUN, (at,)).fetchone()
    if run is None:
        raise NotFound(tr("nothing had been recorded at this desk by then"))
    if run == db.execute("SELECT max(run) FROM runs").fetchone()[0]:
        yield db, queries.desk_value(db, "rulebook")
        return
    passing = sqlite3.connect("", isolation_level=None, factory=Connection)
    try:
        passing.execute("PRAGMA synchronous=OFF")
        passing.execute("BEGIN")
        tables.create_history(passing)
        for name, clause in _COPIED.items():
            columns = ", ".join(HISTORY[name])
            places = ",".join("?" * len(HISTORY[name]))
            rows = db.execute(f"SELECT {columns} FROM {name} WHERE {clause} ORDER BY 1", {"run": run})
            passing.executemany(f"INSERT INTO {name} ({columns}) VALUES ({places})", rows)
        rebuild(passing)
        passing.execute("COMMIT")
        yield passing, _rulebook_in_force(passing)
    finally:
        passing.close()


def _rulebook_in_force(db: sqlite3.Connection) -> str:
    """Return the hash of the snapshot that the latest adoption names."""
    adoptions = history.read(db, "WHERE events.kind = 'RulebookAdopted' ORDER BY events.seq DESC LIMIT 1")
    return str(next(adoptions).event.__dict__["snapshot"])
