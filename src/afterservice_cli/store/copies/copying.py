"""A copy of a desk for other programs: the public tables and views as plain tables, without anything personal."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from afterservice_cli.errors import Conflict
from afterservice_cli.files.durable import replace, sync
from afterservice_cli.files.whole_file import behind_links
from afterservice_cli.language import LANGUAGES, sentence, tr, translated
from afterservice_cli.store import history, troubles
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.copies.described import TABLES, public, what
from afterservice_cli.store.copies.fetching import fetched
from afterservice_cli.store.schema import KEYS, Columns
from afterservice_cli.store.views import VIEWS

COPY_ID = 0x41465358  # "AFSX", by which a copy is known, and is never taken for a desk
_BEGINS, _ID_AT = b"SQLite format 3\0", 68  # of every SQLite file
_TYPES = {int: "INTEGER", float: "REAL", str: "TEXT"}
OWN_KEYS: Mapping[str, tuple[str, ...]] = {"cases": ("case_id",), "log": ("seq",), "deadlines": ("case_id", "place")}
# Columns that name a row of another table, so that programs can follow them.
_NAMED = {"case_id": "cases", "problem": "problems"}
# What facts are kept in: columns of JSON by their names, and tables with a row for each.
_FACTS = {("cases", "fields"), ("problems", "same"), ("measures", "about")}
_BY_FIELD = ("case_fields", "decisions")
_INDEXES = (("log", ("word", "at")), ("cases", ("registered_at",)), ("case_fields", ("field", "value")))
_NO_COPY = troubles.Undone(
    sentence("the disk of {path} is full: no copy was made, and one that lay there is as it was"),
    sentence("make room there, or name a file on another disk"),
)
# The fields that a rulebook declares personal – what was recorded of them before it did is left out, too – and what the
# table `origin` says beside the number of events and the head.
Said = tuple[Collection[str], Mapping[str, object]]


def copy(desk: Path, to: Path, said: Callable[[Connection], Said]) -> tuple[int, int, str]:
    """Write a copy of a desk without personal data; return how many cases and events it has, and its head.

    It is one instant of the desk, and takes the place of an earlier copy: `Conflict` for any other file. `said` tells
    what the rulebook that is in force at that instant says of it.
    """
    with troubles.translated(to, _NO_COPY), _part(to) as part, fetched(desk) as db:
        hidden, told = said(db)
        db.execute("ATTACH ? AS copy", (f"file:{quote(os.fsencode(part))}?mode=rw",))
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"application_id={COPY_ID}"):
            db.execute(f"PRAGMA copy.{pragma}")
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("BEGIN")
        for name, columns in public():
            _fill(db, name, columns, hidden)
        for name, indexed in _INDEXES:
            db.execute(f"CREATE INDEX copy.{name}_by_{'_and_'.join(indexed)} ON {name} ({', '.join(indexed)})")
        (cases,) = db.execute("SELECT count(*) FROM copy.cases").fetchone()
        seq, last, at = history.head(db)
        _tell(db, {**told, "events": seq, "head": f"{seq}:{last}", "last_recorded_at": at})
        db.execute("COMMIT")
    return cases, seq, last


def _fill(db: sqlite3.Connection, name: str, columns: Columns, hidden: Collection[str]) -> None:
    """Make a table of the public columns of one of the desk's, or of a view, and fill it."""
    found = OWN_KEYS.get(name) or KEYS.get(name, ())
    key = (found,) if isinstance(found, str) else found
    made = [f"{column} {_TYPES[kind]}{_reference(name, column)}" for column, kind in columns.items()]
    if key:
        made.append(f"PRIMARY KEY ({', '.join(key)})")
    db.execute(f"CREATE TABLE copy.{name} ({', '.join(made)})")
    values: list[str] = []
    chosen = []
    for column in columns:
        facts = (name, column) in _FACTS and bool(hidden)
        chosen.append(f"json_remove({column}{', ?' * len(hidden)})" if facts else column)
        values += [f'$."{field}"' for field in hidden] if facts else []
    # The file's own views are not asked: it trusts no functions in them (`trusted_schema`), and they may be others.
    query = f"SELECT {', '.join(chosen)} FROM {f'({VIEWS[name]})' if name in VIEWS else name}"
    if name in _BY_FIELD:
        query += f" WHERE field NOT IN ({', '.join('?' * len(hidden))})"
        values += hidden
    order = f" ORDER BY {', '.join(key)}" if key else ""
    db.execute(f"INSERT INTO copy.{name} {query}{order}", values)
    if "case_id" in columns and key[:1] != ("case_id",):
        db.execute(f"CREATE INDEX copy.{name}_by_case ON {name} (case_id)")


def _reference(name: str, column: str) -> str:
    other = _NAMED.get(column)
    return f" REFERENCES {other} ({column})" if other and other != name else ""


def _tell(db: sqlite3.Connection, told: Mapping[str, object]) -> None:
    """Write where the copy comes from, and what each of its tables and columns says, in every language."""
    db.execute("CREATE TABLE copy.origin (key TEXT PRIMARY KEY, value TEXT)")
    db.executemany("INSERT INTO copy.origin VALUES (?, ?)", [(key, str(value)) for key, value in told.items()])
    db.execute(
        f'CREATE TABLE copy.about (name TEXT, "column" TEXT, {", ".join(LANGUAGES)}, PRIMARY KEY (name, "column"))'
    )
    said = [(name, "", TABLES[name].says) for name, _ in public()]
    said += [(name, column, what(name, column)) for name, columns in public() for column in columns]
    rows = [(name, column, *(translated(text, each) for each in LANGUAGES)) for name, column, text in said]
    db.executemany(f"INSERT INTO copy.about VALUES (?, ?{', ?' * len(LANGUAGES)})", rows)


@contextmanager
def _part(to: Path) -> Iterator[Path]:
    """Yield an empty file that takes the place of `to` once it is whole; `Conflict` if what lies there is no copy."""
    target = behind_links(to)
    if target.exists() and not _is_copy(target):
        raise Conflict(tr("{path} exists already, and is no copy of a desk", path=to), hint=tr("name another file"))
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
    try:
        yield part
        sync(part)
        replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _is_copy(path: Path) -> bool:
    """Tell whether a file is a copy of a desk."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_ID_AT + 4)
    return head.startswith(_BEGINS) and head[_ID_AT:] == COPY_ID.to_bytes(4, "big")
