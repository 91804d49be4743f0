"""Cases by how their number begins, and their open tasks: few of them and soon, for a line that is completed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from afterservice_cli.cases.case import ENDED, STATUSES
from afterservice_cli.frozen import Frozen
from afterservice_cli.store.views import TEXTS

MOST = 60  # as many as anybody looks through
LOOKED_AT = 2000  # of those that begin so, and of the newest: however many there are, it takes no longer

_SEEN = "case_id, serial, status, registered_at"
_NEWEST = "ORDER BY registered_at DESC, case_id DESC LIMIT ?"
_OPEN_FIRST = f"ORDER BY status IN ({', '.join(map(repr, ENDED))}), {_NEWEST.removeprefix('ORDER BY ')}"


class Begun(Frozen):
    """A case, and the reference by which it is offered: its number, its serial alone, or `last`."""

    reference: str
    number: str
    status: str
    description: str  # "" if it was erased


def cases_beginning(db: sqlite3.Connection, begun: str) -> list[Begun]:
    """Return the cases whose serial or number begins so: first those that are open, of these the newest.

    A serial means the newest case that has it.
    """
    if begun:
        above = f"SELECT {_SEEN} FROM cases WHERE case_id >= ? AND case_id < ? ORDER BY case_id DESC LIMIT {LOOKED_AT}"
        values: list[str | int] = [begun, f"{begun}\U0010ffff"]
    else:
        each = f"SELECT * FROM (SELECT {_SEEN} FROM cases WHERE status = ? {_NEWEST})"
        above = " UNION ALL ".join([each] * len(STATUSES))
        values = [value for status in STATUSES for value in (status, MOST)]
    found = _cases(db, f"SELECT * FROM ({above}) {_OPEN_FIRST}", [*values, MOST])
    return [*_with_serial(db, begun), *(case for _, case in found)][:MOST]


def _with_serial(db: sqlite3.Connection, begun: str) -> list[Begun]:
    """Return the newest case of each serial that begins with these digits; none if they are no digits."""
    if not (begun.isascii() and begun.isdecimal()):
        return []
    digits = 3 if begun.startswith("0") else 1  # `001` is the serial 1, too
    # Of the rows of a group, SQLite gives that with the greatest time.
    newest = (
        f"SELECT case_id, serial, status, max(registered_at) FROM (SELECT {_SEEN} FROM cases {_NEWEST}) "
        "WHERE printf('%0*d', ?, serial) LIKE ? GROUP BY serial ORDER BY 4 DESC LIMIT ?"
    )
    found = _cases(db, newest, [LOOKED_AT, digits, f"{begun}%", MOST // 3])
    return [case.but(reference=f"{serial:0{digits}d}") for serial, case in found]


def last_of(db: sqlite3.Connection, actor: str) -> list[Begun]:
    """Return the case that somebody registered last; none if others have done much since."""
    recent = f"SELECT case_id, kind, actor, seq FROM events JOIN runs USING (run) ORDER BY seq DESC LIMIT {LOOKED_AT}"
    theirs = f"SELECT case_id FROM ({recent}) WHERE kind = 'CaseRegistered' AND actor = ? ORDER BY seq DESC LIMIT 1"
    return [case for _, case in _cases(db, f"SELECT {_SEEN} FROM cases WHERE case_id = ({theirs})", [actor])]


def _cases(db: sqlite3.Connection, query: str, values: Sequence[str | int]) -> list[tuple[int, Begun]]:
    """Return the cases of a query, each with its serial."""
    return [
        (serial, Begun(number, number, status, _description(db, number)))
        for number, serial, status, _ in db.execute(query, values).fetchall()
    ]


def _description(db: sqlite3.Connection, number: str) -> str:
    found = db.execute(f"SELECT description FROM {TEXTS} WHERE case_id = ?", (number,)).fetchone()
    return (found and found[0]) or ""


def open_tasks_of(db: sqlite3.Connection, number: str) -> list[tuple[str, str]]:
    """Return the tasks of a case that nobody has done, each with where the rulebook has it."""
    query = "SELECT name, rule FROM tasks WHERE case_id = ? AND state = 'open' ORDER BY opened_at, name"
    return db.execute(query, (number,)).fetchall()
