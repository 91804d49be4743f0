"""The desk as it was, the plain way: what had been recorded by then is copied, and every table made anew from it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from afterservice_cli.store import history, tables
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.projections.rebuilding import rebuild
from afterservice_cli.store.schema import HISTORY

# Nothing personal is copied, since that may have been erased meanwhile.
COPIED = {"runs": "run <= :run", "shapes": ":run", "events": "run <= :run", "snapshots": ":run", "desk": ":run"}


@contextmanager
def rebuilt_as_of(db: sqlite3.Connection, at: str) -> Iterator[tuple[sqlite3.Connection, str]]:
    """A connection to tables made of all that had been recorded by then, and the rulebook in force then."""
    (run,) = db.execute("SELECT max(run) FROM runs WHERE recorded_at <= ?", (at,)).fetchone()
    passing = sqlite3.connect("", isolation_level=None, factory=Connection)
    passing.execute("BEGIN")
    tables.create_history(passing)
    for name, clause in COPIED.items():
        columns, places = ", ".join(HISTORY[name]), ",".join("?" * len(HISTORY[name]))
        rows = db.execute(f"SELECT {columns} FROM {name} WHERE {clause} ORDER BY 1", {"run": run})
        passing.executemany(f"INSERT INTO {name} ({columns}) VALUES ({places})", rows)
    rebuild(passing)
    adopted = history.read(passing, "WHERE events.kind = 'RulebookAdopted' ORDER BY events.seq DESC LIMIT 1")
    yield passing, str(next(adopted).event.__dict__["snapshot"])
    passing.close()
