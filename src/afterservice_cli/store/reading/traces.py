"""Reading cases with their events one part after the other, so that nobody who writes waits for whoever reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

from afterservice_cli.cases.case import Recorded
from afterservice_cli.store import history
from afterservice_cli.store.reading.filters import Filter, clauses_of

PART = 200  # cases


def choose(db: sqlite3.Connection, wanted: Filter) -> None:
    """Note which cases are wanted, in the order of their numbers, in a table that only this connection has."""
    clauses, values = clauses_of(db, wanted)
    query = f"SELECT case_id FROM cases WHERE {clauses} ORDER BY series, serial"
    db.execute("DROP TABLE IF EXISTS temp.chosen")
    db.execute(f"CREATE TEMP TABLE chosen AS {query}", values)


def chosen(db: sqlite3.Connection, after: int) -> list[tuple[int, str]]:
    """Return the next cases of those chosen, after so many of them, each with its place."""
    found = "SELECT rowid, case_id FROM temp.chosen WHERE rowid > ? ORDER BY rowid LIMIT ?"
    return db.execute(found, (after, PART)).fetchall()


def events_of(db: sqlite3.Connection, numbers: Sequence[str], until: int) -> Iterator[tuple[Recorded, ...]]:
    """Yield the events of each of these cases, in their order, up to the event `until`; nothing for a younger case."""
    found: dict[str, list[Recorded]] = {number: [] for number in numbers}
    places = ",".join("?" * len(numbers))
    where = f"WHERE events.case_id IN ({places}) AND events.seq <= ? ORDER BY events.case_id, events.version"
    for recorded in history.read(db, where, (*numbers, until)):
        found[recorded.case_id].append(recorded)
    return (tuple(events) for events in found.values() if events)


class Met:
    """What was met by its kind and id, in a file of its own that goes away: there may be as many as cases."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE met (kind TEXT, id TEXT, told INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID")

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def meet(self, kind: str, id: str, *, told: bool = False) -> None:
        """Note one of a kind; `told` says that all there is to say of it was said."""
        query = "INSERT INTO met VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET told = max(told, excluded.told)"
        self._db.execute(query, (kind, id, told))

    def kinds(self) -> list[str]:
        """Return the kinds of what was met."""
        return [kind for (kind,) in self._db.execute("SELECT DISTINCT kind FROM met ORDER BY kind")]

    def untold(self) -> Iterator[tuple[str, str]]:
        """Yield what was met and not told of."""
        with closing(self._db.execute("SELECT kind, id FROM met WHERE NOT told ORDER BY kind, id")) as rows:
            yield from rows
