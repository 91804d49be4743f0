"""A desk: its file, who works at it by which clock, and the rulebook it works by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from weakref import finalize

from afterservice_cli.errors import IntegrityBroken
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.snapshots import Whole
from afterservice_cli.store import connection, settings
from afterservice_cli.store.reading import queries


class Desk:
    """One register: its file, and who is working at it by which clock.

    `expected` is the version of the case that whoever acts has seen, None if it does not matter. A desk that is
    opened `to_look` is only read, and nobody is waited for. `later` tells the time once others have been waited for.
    """

    def __init__(
        self,
        path: Path,
        *,
        now: datetime,
        actor: str,
        clock: str,
        expected: int | None = None,
        to_look: bool = False,
    ) -> None:
        self.path, self.now, self.actor, self.clock, self.expected = path, now, actor, clock, expected
        self.later: Callable[[], datetime] | None = None
        self.connection = connection.connect(path, to_look=to_look)
        finalize(self, self.connection.close)  # once nobody has the desk any more, at the end of the run at the latest
        self._view: sqlite3.Connection | None = None
        self._rulebook: Rulebook | None = None
        self._rulebooks: dict[str, Rulebook] = {}

    @contextmanager
    def reading(self, *, much: bool = False) -> Iterator[sqlite3.Connection]:
        """Open one consistent view of the register; inside another one it is that one.

        Who reads `much` of a small desk reads a copy in memory, so that nobody who writes has to wait.
        """
        if self._view is not None:
            yield self._view
            return
        way = connection.reading_much if much else connection.reading
        with way(self.connection, self.path) as db:
            self._view = db
            try:
                yield db
            finally:
                self._view = None

    @property
    def rulebook(self) -> Rulebook:
        """Return the rulebook in force, as this run has seen it last."""
        return self._rulebook or self.rulebook_in_force(self.connection)

    def rulebook_in_force(self, db: sqlite3.Connection, digest: str | None = None) -> Rulebook:
        """Return the rulebook in force inside a transaction: the one seen last, unless another was adopted since.

        `digest` is its hash, if that has been read already.
        """
        self._rulebook = self.rulebook_of(db, digest or queries.desk_value(db, "rulebook"))
        return self._rulebook

    def rulebook_of(self, db: sqlite3.Connection, digest: str) -> Rulebook:
        """Return the rulebook whose snapshot has this hash."""
        if digest not in self._rulebooks:
            self._rulebooks[digest] = rulebook_of(queries.snapshot(db, digest), digest, self.connection)
        return self._rulebooks[digest]

    def rulebook_kept(self, digest: str) -> Rulebook:
        """Return the same by a reading of its own, for whoever decides once all else is read."""
        if digest in self._rulebooks:
            return self._rulebooks[digest]
        with self.reading() as db:
            return self.rulebook_of(db, digest)

    def values(self) -> settings.DeskValues:
        """Return what the desk keeps of itself, and take its rulebook for the one in force."""
        with self.reading() as db:
            kept = settings.desk_values(db)
            text = queries.snapshot(db, kept.rulebook)
        self._rulebook = self._rulebooks[kept.rulebook] = rulebook_of(text, kept.rulebook, self.connection)
        return kept

    def find(self, db: sqlite3.Connection, reference: str) -> str:
        """Return the one case that a reference means to whoever works at the desk."""
        return queries.find_case(db, reference, self.actor)

    def moment(
        self, db: sqlite3.Connection | None = None, at: datetime | None = None, rulebook: Rulebook | None = None
    ) -> Moment:
        """Return what a decision may know beside the case: now, or a given time, under the rulebook in force.

        Without `db` nothing is being read, and earlier rulebooks are read as they are asked for.
        """
        earlier = partial(self.rulebook_of, db) if db else self.rulebook_kept
        return Moment(self.now, at or self.now, self.actor, rulebook or self.rulebook, earlier)


def rulebook_of(text: str, digest: str, db: sqlite3.Connection) -> Rulebook:
    """Return the rulebook of a snapshot's text, whose sample texts a connection reads; `IntegrityBroken` if it is none.

    It is kept for further desks of this run.
    """
    try:
        whole, rulebook = _opened(text, digest)
    except (TypeError, ValueError):
        raise IntegrityBroken(tr("the desk's rulebook is gone or was changed"), hint="afterservice check") from None
    whole.read = partial(queries.snapshot, db)
    return rulebook


@lru_cache(maxsize=2)
def _opened(text: str, digest: str) -> tuple[Whole, Rulebook]:
    whole = Whole(json.loads(text), str)
    return whole, Rulebook.of_snapshot(whole, digest)
