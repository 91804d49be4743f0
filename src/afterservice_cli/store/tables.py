"""Making the tables of a desk's file; loaded only if tables are made."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import sqlite_utils

from afterservice_cli.store.schema import (
    BY_KEY,
    HISTORY,
    HISTORY_INDEXES,
    KEYS,
    OPTIONAL,
    PARTIAL,
    PROJECTION_INDEXES,
    PROJECTIONS,
    TRIGGERS,
    Columns,
    Index,
)
from afterservice_cli.store.views import VIEWS


def create(connection: sqlite3.Connection) -> None:
    """Create every table, index and trigger; the caller holds the transaction."""
    create_history(connection)
    create_projections(connection)
    for name, body in TRIGGERS.items():
        connection.execute(f"CREATE TRIGGER {name} {body}")


def create_history(connection: sqlite3.Connection) -> None:
    """Create the tables of the history, empty and unguarded by triggers; the caller holds the transaction."""
    _create(connection, HISTORY, HISTORY_INDEXES)


def create_projections(connection: sqlite3.Connection) -> None:
    """Create the projections with their indexes and views, empty; the caller holds the transaction."""
    _create(connection, PROJECTIONS, PROJECTION_INDEXES)
    for name, query in VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {query}")


def _create(connection: sqlite3.Connection, tables: Mapping[str, Columns], indexes: Iterable[Index]) -> None:
    db = sqlite_utils.Database(connection, execute_plugins=False)
    for name, columns in tables.items():
        needed = set(columns) - OPTIONAL.get(name, set())
        made = db.create_table_sql(name, columns, pk=KEYS[name], not_null=needed, strict=True).rstrip("; \n")
        connection.execute(f"{made}, WITHOUT ROWID" if name in BY_KEY else made)
    for name, indexed, unique in indexes:
        if where := PARTIAL.get((name, indexed)):
            called = "_".join(("idx", name, *indexed))
            connection.execute(f"CREATE INDEX {called} ON {name} ({', '.join(indexed)}) WHERE {where}")
        else:
            db.table(name).create_index(indexed, unique=unique)
