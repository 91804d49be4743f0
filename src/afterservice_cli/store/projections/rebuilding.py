"""Making the projections anew from the history: after a change of their shape, and if they were damaged."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from afterservice_cli.cases.duties import rounds_of
from afterservice_cli.cases.events.problems import MeasureAdded, ProblemOpened
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.problems import measure_of, problem_of
from afterservice_cli.errors import StorageFailed
from afterservice_cli.language import tr
from afterservice_cli.store import connection, history, settings, tables
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.projections import above
from afterservice_cli.store.projections import cases as projections
from afterservice_cli.store.projections.cases import Projector
from afterservice_cli.store.reading import queries
from afterservice_cli.store.schema import FINGERPRINT, HISTORY, PROJECTIONS
from afterservice_cli.store.views import VIEWS


def rebuild(db: Connection) -> None:
    """Drop the projections and replay them case by case; the caller holds the transaction.

    The desk bears the program's fingerprint then. Raises `IntegrityBroken` if an event cannot be read.
    """
    for kind, name in _projections_of(db):
        db.known(name).clear()
        db.execute(f'DROP {kind} "{name}"')
    tables.create_projections(db)
    customers, projector = projections.Customers(), Projector(db)
    for case_id, events in history.by_case(db):
        first = events[0].event
        if case_id == history.DESK:
            above.write_duties(db, rounds_of(events))
        elif isinstance(first, ProblemOpened):
            above.write_problem(db, problem_of(events))
        elif isinstance(first, MeasureAdded):
            above.write_measure(db, measure_of(events))
        else:
            projector.write(fold(events))
            customers.learn(events)
    customers.write(db)
    queries.set_value(db, "projections", FINGERPRINT)


def renew(db: Connection, path: Path, *, anyway: bool = False) -> bool:
    """Rebuild the projections of a desk if they are another version's, or `anyway`, and return whether it was done.

    Queues as every writer does, and looks again once it is alone. Raises `StorageFailed` if the desk cannot be written.
    """
    try:
        with connection.writing(db, path):
            if not anyway and settings.desk_values(db).projections == FINGERPRINT:
                return False
            rebuild(db)
            return True
    except StorageFailed as failed:
        raise StorageFailed(
            tr(
                "the tables of {path} must be rebuilt from its history, and cannot be: {why}",
                path=path,
                why=failed.message,
            ),
            hint=tr("let somebody who may write it run: afterservice --db {path} check --rebuild", path=path),
        ) from failed


def _projections_of(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the projections that the file has, views first: ours, and those of the version that kept it last."""
    _, *named = settings.desk_values(db).projections.split(" ")
    wanted = {*PROJECTIONS, *VIEWS, *named} - {*HISTORY}
    there = db.execute("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY type DESC, name")
    return [(kind, name) for kind, name in there.fetchall() if name in wanted]
