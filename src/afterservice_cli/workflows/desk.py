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
from afterservice_cli.store import connection
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
        self._rulebook: Rulebook | None = None
        self._rulebooks: dict[str, Rulebook] = {}

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open one consistent view of the register."""
        with connection.reading(self.connection, self.path) as db:
            yield db

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

    def find(self, db: sqlite3.Connection, reference: str) -> str:
        """Return the one case that a reference means to whoever works at the desk."""
        return queries.find_case(db, reference, self.actor)

    def moment(self, db: sqlite3.Connection, at: datetime | None = None, rulebook: Rulebook | None = None) -> Moment:
        """Return what a decision may know beside the case: now, or a given time, under the rulebook in force."""
        return Moment(self.now, at or self.now, self.actor, rulebook or self.rulebook, partial(self.rulebook_of, db))


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
