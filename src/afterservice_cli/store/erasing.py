"""Erasing: personal data deleted from a desk's file, and the files that came with cases from the folder beside it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from afterservice_cli.cases.case import Recorded
from afterservice_cli.store import files, history, learning, queueing, settings
from afterservice_cli.store.projections import cases as projections
from afterservice_cli.store.reading import queries
from afterservice_cli.store.schema import LATER
from afterservice_cli.store.troubles import translated

LEAVING = "leaving"  # the key under which a desk keeps which files are to go


def erase_case(db: sqlite3.Connection, number: str) -> None:
    """Do for a case what `erase` does; what was learnt from it, and from others, goes with it."""
    learning.forget(db, erase(db, number))


def erase(db: sqlite3.Connection, number: str) -> int:
    """Delete what is personal in a case, a problem or a measure whose last event is its erasure, and return that event.

    The caller holds the transaction. The chain holds: it covers salted digests of what is gone. Its files are marked to
    leave; `finish` removes them.
    """
    events = history.events_of(db, number)
    by = events[-1].seq
    personal = "SELECT p.seq FROM personal p JOIN events e ON e.seq = p.seq WHERE e.case_id = ?"
    seqs = [seq for (seq,) in db.execute(personal, (number,))]
    digests = (str(getattr(each.event, "digest", "")) for each in events)
    attached = {digest for digest in digests if files.is_digest(digest)}
    db.executemany("INSERT INTO erasures (seq, erased_by) VALUES (?,?)", [(seq, by) for seq in seqs])
    db.executemany("DELETE FROM personal WHERE seq = ?", [(seq,) for seq in seqs])
    leaving = json.loads(settings.desk_values(db).leaving or "[]")
    queries.set_value(db, LEAVING, json.dumps(sorted({*leaving, *attached})))
    return by


def forget_customers(db: sqlite3.Connection) -> None:
    """Take contacts away that no event gives a customer any more; the caller holds the transaction."""
    customers = projections.Customers()
    for events in _naming_contacts(db):
        customers.learn(events)
    kept = customers.rows()
    there = db.execute("SELECT contact FROM customers").fetchall()
    db.executemany("DELETE FROM customers WHERE contact = ?", [one for one in there if one[0] not in kept])


def _naming_contacts(db: sqlite3.Connection) -> Iterable[list[Recorded]]:
    wanted = "events.kind IN ('CaseRegistered', 'CaseAmended') AND data IS NOT NULL"
    return ([recorded] for recorded in history.read(db, f"WHERE {wanted} ORDER BY events.seq"))


def finish(db: sqlite3.Connection, desk: Path) -> None:
    """Remove what an erasure left: bytes in free corners of the file, and files that no case has any more.

    Does nothing if there is nothing of the kind; another process may have been killed before it came to it.
    """
    if not settings.desk_values(db).leaving:
        return
    with translated(desk), queueing.queued(desk):
        leaving, named = json.loads(settings.desk_values(db).leaving or "[]"), files.named(db)
        kept = {file.digest for file in named}
        files.remove(desk, [digest for digest in leaving if digest not in kept])
        files.sweep(desk, named)
        # Cells that SQLite moved between pages leave copies of themselves, which `secure_delete` does not reach.
        db.execute("VACUUM")
        db.execute("BEGIN IMMEDIATE")
        queries.set_value(db, LEAVING, "")
        db.execute("COMMIT")


def ended_cases(db: sqlite3.Connection) -> list[tuple[str, str | None, str]]:
    """Return the cases that are over and not erased, as number, kind and the time of the last event, oldest first."""
    query = (
        "SELECT cases.case_id, kind, max(at) AS ended FROM cases JOIN timeline USING (first) "
        "WHERE status IN ('closed', 'void') "
        f"AND cases.first NOT IN (SELECT first FROM timeline WHERE word = 'erased' AND {LATER}) "
        "GROUP BY cases.case_id ORDER BY ended, cases.case_id"
    )
    return db.execute(query).fetchall()


def cases_of_contact(db: sqlite3.Connection, contact: str) -> list[str]:
    """Return the cases that are a customer's by a contact in the form of `contact_key`, and not erased."""
    query = (
        "SELECT case_id FROM cases WHERE customer_id = (SELECT customer_id FROM customers WHERE contact = ?) "
        f"AND first NOT IN (SELECT first FROM timeline WHERE word = 'erased' AND {LATER}) ORDER BY case_id"
    )
    return [number for (number,) in db.execute(query, (contact,))]
