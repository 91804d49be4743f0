"""What is read from the tables: cases by number and by filter, deadlines, the figures of a period."""

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from afterservice_cli.errors import BadInput, IntegrityBroken, NotFound
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.model import normal
from afterservice_cli.store.filters import WAITING, Filter, query_of

# What is read of a case's texts; the rest is there to be looked through.
_READ = "case_id, customer, contact, description, details"


class Listed(Frozen):
    """One case as the tables have it: its row, its deadlines' rows and its texts' row, by column."""

    case: Mapping[str, Any]
    deadlines: tuple[Mapping[str, Any], ...]
    texts: Mapping[str, Any]
    attachments: tuple[Mapping[str, Any], ...]


def find_case(db: sqlite3.Connection, number: str) -> str:
    """The full number of the one case that `number` names or ends; `NotFound` or `BadInput` otherwise."""
    number = unicodedata.normalize("NFKC", number.encode(errors="replace").decode())
    if db.execute("SELECT 1 FROM cases WHERE case_id = ?", (number,)).fetchone():
        return number
    pattern = number.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = db.execute(
        "SELECT case_id FROM cases WHERE case_id LIKE ? ESCAPE '\\' ORDER BY case_id LIMIT 4", (f"%{pattern}",)
    ).fetchall()
    if not number or not found:
        raise NotFound(f"there is no case '{number[:40]}'", hint="afterservice list shows the numbers")
    if len(found) > 1:
        some = ", ".join(row[0] for row in found[:3])
        raise BadInput(f"'{number}' is short for several cases: {some}{' …' if len(found) > 3 else ''}")
    return str(found[0][0])


def next_serial(db: sqlite3.Connection, series: str) -> int:
    """The serial that the next case of a series gets."""
    return int(db.execute("SELECT coalesce(max(serial), 0) + 1 FROM cases WHERE series = ?", (series,)).fetchone()[0])


def customer_of(db: sqlite3.Connection, contact: str) -> str | None:
    """The meaningless id of whoever this contact (as `contact_key` gives it) belongs to."""
    found = db.execute("SELECT customer_id FROM customers WHERE contact = ?", (contact,)).fetchone()
    return found[0] if found else None


def imported(db: sqlite3.Connection, identity: str) -> tuple[str, str] | None:
    """The case that an imported row became, and the digest of the row as last read."""
    found = db.execute("SELECT case_id, source_digest FROM cases WHERE source_identity = ?", (identity,)).fetchone()
    return (found[0], found[1]) if found else None


class DeskValues(Frozen):
    """What opening a desk asks of it, "" for what it has not."""

    rulebook: str  # the hash of the snapshot in force
    rules_file: str
    rules_digest: str
    projections: str  # the fingerprint of its tables


def desk_values(db: sqlite3.Connection) -> DeskValues:
    """Return what opening a desk asks of it."""
    kept = dict(db.execute("SELECT key, value FROM desk").fetchall())
    return DeskValues(*(kept.get(name, "") for name in ("rulebook", "rules_file", "rules_digest", "projections")))


def desk_value(db: sqlite3.Connection, key: str) -> str:
    """One value of the desk itself; "" where it has none."""
    found = db.execute("SELECT value FROM desk WHERE key = ?", (key,)).fetchone()
    return str(found[0]) if found else ""


def snapshot(db: sqlite3.Connection, digest: str) -> dict[str, Any]:
    """A rulebook's snapshot by its hash."""
    found = db.execute("SELECT text FROM snapshots WHERE hash = ?", (digest,)).fetchone()
    try:
        parsed: dict[str, Any] = json.loads(found[0])
    except (TypeError, ValueError):
        raise IntegrityBroken("the desk's rulebook is gone or was changed", hint="afterservice check") from None
    return parsed


def list_cases(db: sqlite3.Connection, wanted: Filter) -> list[Listed]:
    """The cases that are wanted, in the order they are wanted in."""
    return _with_rest(db, _dicts(db, *query_of(db, "*", wanted)))


def versions_of(db: sqlite3.Connection, wanted: Filter) -> dict[str, int]:
    """The cases that are wanted, by number, each with its version."""
    return dict(db.execute(*query_of(db, "case_id, version", wanted)).fetchall())


def one_case(db: sqlite3.Connection, case_id: str) -> Listed:
    """The rows of one case."""
    return _with_rest(db, _dicts(db, "SELECT * FROM cases WHERE case_id = ?", (case_id,)))[0]


def links_of(db: sqlite3.Connection, case_id: str) -> list[dict[str, Any]]:
    """What a case is linked with, seen from it: the other case, how, and which of the two said so."""
    query = (
        "SELECT seq, other AS 'case', relation, 1 AS told FROM links WHERE case_id = ? "
        "UNION ALL SELECT seq, case_id, relation, 0 FROM links WHERE other = ? ORDER BY seq"
    )
    return _dicts(db, query, (case_id, case_id))


def sharing(
    db: sqlite3.Connection, case_id: str, values: Iterable[str], customer_id: str | None, until: str
) -> list[Listed]:
    """The newest cases received by then, and not void, that may share one of these values or the customer."""
    wanted = [normal(value).replace("-", "").replace(" ", "") for value in values if value]
    pieces = ["instr(replace(replace(sought, '-', ''), ' ', ''), ?)"] * len(wanted)
    if customer_id is not None:
        wanted.append(customer_id)
        pieces.append("cases.customer_id = ?")
    if not pieces:
        return []
    query = (
        "SELECT cases.* FROM cases JOIN texts ON texts.case_id = cases.case_id WHERE cases.case_id <> ? "
        f"AND status <> 'void' AND registered_at <= ? AND ({' OR '.join(pieces)}) ORDER BY registered_at DESC LIMIT 100"
    )
    return _with_rest(db, _dicts(db, query, (case_id, until, *wanted)))


def running_deadlines(db: sqlite3.Connection, wanted: Filter, *, until: str | None) -> list[dict[str, Any]]:
    """Deadlines of these cases that nobody has answered yet, soonest first, each with its case's title facts.

    With `until` those due by then; what is paused is due at no time that could be told.
    """
    clauses, values = [WAITING], list[Any]()
    if until:
        clauses.append("due_at <= ? AND (paused_at IS NULL OR paused_at >= due_at)")
        values.append(until)
    if wanted != Filter():
        query, asked = query_of(db, "case_id", wanted)
        clauses.append(f"cases.case_id IN ({query})")
        values += asked
    query = (
        "SELECT due_at, target, occurrence, provisional, paused_at, warn_at, cases.case_id, priority, category, owner, "
        "person, status FROM deadlines JOIN cases ON cases.case_id = deadlines.case_id "
        f"WHERE {' AND '.join(clauses)} ORDER BY due_at, cases.case_id, target"
    )
    return _dicts(db, query, values)


def period_rows(db: sqlite3.Connection, begin: str, end: str) -> dict[str, list[dict[str, Any]]]:
    """What a report of [begin, end) counts; void cases are left out of all of it."""
    live = "JOIN cases ON cases.case_id = t.case_id AND cases.status <> 'void'"
    within = (begin, end)
    return {
        "registered": _dicts(
            db,
            "SELECT case_id, category, priority, owner, channel, kind, registered_at FROM cases "
            "WHERE status <> 'void' AND registered_at >= ? AND registered_at < ?",
            within,
        ),
        "responded": _dicts(
            db,
            "SELECT registered_at, min(t.at) AS at FROM timeline t JOIN cases ON cases.case_id = t.case_id "
            "WHERE word = 'responded' AND t.cycle = 1 AND status <> 'void' AND registered_at >= ? "
            "AND registered_at < ? GROUP BY t.case_id",
            within,
        ),
        "timeline": _dicts(
            db,
            f"SELECT word FROM timeline t {live} WHERE word IN ('closed', 'reopened') AND at >= ? AND at < ?",
            within,
        ),
        "resolved": _dicts(
            db,
            f"SELECT t.case_id, t.cycle, at, registered_at, t.seq = (SELECT min(seq) FROM timeline f WHERE "
            f"f.case_id = t.case_id AND f.word = 'resolved') AS first FROM timeline t {live} "
            "WHERE word = 'resolved' AND at >= ? AND at < ?",
            within,
        ),
        "backlog": _dicts(
            db,
            "SELECT count(*) AS count FROM cases WHERE status <> 'void' AND registered_at < ? AND coalesce(("
            "SELECT word FROM timeline t WHERE t.case_id = cases.case_id AND word IN "
            "('closed', 'withdrawn', 'reopened') AND at < ? ORDER BY at DESC, seq DESC LIMIT 1), 'reopened') "
            "= 'reopened'",
            (end, end),
        ),
        "deadlines": _dicts(
            db,
            f"SELECT target, due_at, ended_at, outcome, paused_at FROM deadlines t {live} "
            "WHERE due_at >= ? AND due_at < ?",
            within,
        ),
        "ratings": _dicts(db, f"SELECT question, score FROM ratings t {live} WHERE at >= ? AND at < ?", within),
    }


def _with_rest(db: sqlite3.Connection, rows: Sequence[dict[str, Any]]) -> list[Listed]:
    numbers = [row["case_id"] for row in rows]
    deadlines: dict[str, list[dict[str, Any]]] = {number: [] for number in numbers}
    texts: dict[str, dict[str, Any]] = {}
    attachments: dict[str, list[dict[str, Any]]] = {number: [] for number in numbers}
    for some in _chunks(numbers):
        places = ",".join("?" * len(some))
        for row in _dicts(db, f"SELECT * FROM deadlines WHERE case_id IN ({places}) ORDER BY rowid", some):
            deadlines[row["case_id"]].append(row)
        for row in _dicts(db, f"SELECT {_READ} FROM texts WHERE case_id IN ({places})", some):
            texts[row["case_id"]] = row
        for row in _attachments(db, some):
            attachments[row["case_id"]].append(row)
    return [
        Listed(row, tuple(deadlines[number]), texts[number], tuple(attachments[number]))
        for row, number in zip(rows, numbers, strict=True)
    ]


def _attachments(db: sqlite3.Connection, numbers: Sequence[str]) -> list[dict[str, Any]]:
    # The plus keeps SQLite from reading the attachments of all cases, by their word, for those of a few.
    query = (
        "SELECT timeline.case_id, timeline.seq, at, actor, body, data FROM timeline "
        "JOIN events ON events.seq = timeline.seq "
        "LEFT JOIN personal ON personal.seq = timeline.seq WHERE +word = 'attached' "
        f"AND timeline.case_id IN ({','.join('?' * len(numbers))}) ORDER BY timeline.seq"
    )
    return _dicts(db, query, numbers)


def _chunks(numbers: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def _dicts(db: sqlite3.Connection, query: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    cursor = db.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def with_provisional_deadlines(db: sqlite3.Connection) -> list[str]:
    """Cases with a deadline that waits for the working calendar to be known."""
    query = "SELECT DISTINCT case_id FROM deadlines WHERE provisional = 1 AND ended_at IS NULL AND outcome = ''"
    return [row[0] for row in db.execute(f"{query} ORDER BY case_id")]


def note_reveal(db: sqlite3.Connection, at: str, actor: str, cases: Iterable[str]) -> None:
    """Note outside the history who saw whose contacts; the caller holds the transaction."""
    db.executemany("INSERT INTO reveals (at, actor, case_id) VALUES (?,?,?)", ((at, actor, case) for case in cases))
