"""The history: appending events to the chain and reading them back."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from afterservice_cli.cases.bodies import from_body, to_body
from afterservice_cli.cases.case import Event, Recorded
from afterservice_cli.digests import sha256
from afterservice_cli.errors import IntegrityBroken, Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.instants import from_text, to_text
from afterservice_cli.language import tr

DESK = "desk"  # the case_id of events that are about the desk itself
COLUMNS = "seq, case_id, version, kind, occurred_at, recorded_at, actor, clock, rulebook, body, commitment, prev, hash"
_EVENT_TAG = "afterservice event 1"
_PERSONAL_TAG = "afterservice personal data 1"
_GENESIS_TAG = "afterservice register 1"
BEHIND = timedelta(days=1)


class Stamp(Frozen):
    """Who records, when, by which clock (`system` or `given`) and under which snapshot."""

    now: datetime
    actor: str
    clock: str
    rulebook: str


def canonical(value: Any) -> str:
    """Return JSON with one spelling for each value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(tag: str, *fields: str | int) -> str:
    """Return the SHA-256 over a tag and length-prefixed fields, in hex: no two lists of fields read alike."""
    parts = [str(field).encode() for field in (tag, *fields)]
    return sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()


def genesis(register: str, secret: str) -> str:
    """Return what the first event of a register follows; it binds the secret by which imported rows are recognised."""
    return digest(_GENESIS_TAG, register, secret)


def commitment(salt: str, data: str) -> str:
    """Return a salted hash of what is personal in an event, which gives nothing of it away."""
    return digest(_PERSONAL_TAG, salt, data)


def event_hash(row: Sequence[str | int]) -> str:
    """Return the hash that the next event follows: over all columns of this one but `hash`, `prev` included."""
    return digest(_EVENT_TAG, *row[:12])


def head(db: sqlite3.Connection) -> tuple[int, str, str]:
    """Return `seq`, `hash` and `recorded_at` of the latest event; 0, the genesis and "" for an empty history."""
    found = db.execute("SELECT seq, hash, recorded_at FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    if found is None:
        found = (0, db.execute("SELECT value FROM desk WHERE key = 'genesis'").fetchone()[0], "")
    return found[0], found[1], found[2]


def hash_of(db: sqlite3.Connection, seq: int) -> str | None:
    """Return the hash of the event with this number; None if there is none, for 0 that of the beginning."""
    query = "SELECT value FROM desk WHERE key = 'genesis'" if seq == 0 else "SELECT hash FROM events WHERE seq = ?"
    found = db.execute(query, () if seq == 0 else (seq,)).fetchone()
    return str(found[0]) if found else None


def append(db: sqlite3.Connection, case_id: str, version: int, events: Iterable[Event], stamp: Stamp) -> list[Recorded]:
    """Append events to the chain, as versions `version + 1`… of their case; the caller holds the transaction.

    A clock behind the head records the head's time and marks the event; `Refused` if it is a day behind, unless it
    was a time given on the command line that ran ahead.
    """
    seq, prev, head_at = head(db)
    recorded_at, clock = to_text(stamp.now), stamp.clock
    if recorded_at < head_at:
        # A time given ahead of the clock by mistake must not lock the desk: the clock itself is not wrong then.
        (head_clock,) = db.execute("SELECT clock FROM events WHERE seq = ?", (seq,)).fetchone()
        mistaken = stamp.clock == "system" and head_clock != "system"
        if stamp.now <= from_text(head_at) - BEHIND and not mistaken:
            raise Refused(
                tr(
                    "the clock says {now}, a day or more before the latest entry ({latest})",
                    now=recorded_at,
                    latest=head_at,
                ),
                hint=tr("set the clock, or leave --now out"),
            )
        recorded_at, clock = head_at, f"{clock}, behind"
    recorded = []
    for event in events:
        seq, version = seq + 1, version + 1
        body, personal = to_body(event)
        data = canonical(personal) if personal else ""
        salt = os.urandom(16).hex() if personal else ""
        row = (
            *(seq, case_id, version, type(event).__name__, to_text(event.at), recorded_at, stamp.actor, clock),
            *(stamp.rulebook, canonical(body), commitment(salt, data) if personal else "", prev),
        )
        prev = event_hash(row)
        db.execute(f"INSERT INTO events ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", (*row, prev))
        if personal:
            db.execute("INSERT INTO personal (seq, salt, data) VALUES (?,?,?)", (seq, salt, data))
        at = from_text(recorded_at)
        recorded.append(Recorded(seq, case_id, version, at, stamp.actor, clock, stamp.rulebook, event, prev))
    return recorded


def version_of(db: sqlite3.Connection, case_id: str) -> int:
    """Return how many events a case has, or the desk itself."""
    return int(db.execute("SELECT count(*) FROM events WHERE case_id = ?", (case_id,)).fetchone()[0])


def of_case(db: sqlite3.Connection, case_id: str) -> tuple[Recorded, ...]:
    """Return the events of one case in order; none if there is no such case."""
    return tuple(read(db, "WHERE events.case_id = ? ORDER BY events.version", (case_id,)))


def by_case(db: sqlite3.Connection) -> Iterator[tuple[str, list[Recorded]]]:
    """Yield every case with its events, one case in memory at a time; the desk's own events under `desk`."""
    current, events = "", list[Recorded]()
    for recorded in read(db, "ORDER BY events.case_id, events.version", ()):
        if recorded.case != current:
            if events:
                yield current, events
            current, events = recorded.case, []
        events.append(recorded)
    if events:
        yield current, events


def read(db: sqlite3.Connection, where: str, values: Sequence[Any] = ()) -> Iterator[Recorded]:
    """Yield the events that a clause of SQL chooses, in its order, with what is personal in them under `data`.

    Raises `IntegrityBroken` if one cannot be read.
    """
    query = (
        "SELECT events.seq, events.case_id, version, kind, occurred_at, recorded_at, actor, clock, rulebook, body, "
        f"hash, data FROM events LEFT JOIN personal ON personal.seq = events.seq {where}"
    )
    for seq, case_id, version, kind, occurred, recorded, actor, clock, rulebook, body, link, data in db.execute(
        query, values
    ):
        try:
            event = from_body(kind, from_text(occurred), json.loads(body), json.loads(data) if data else None)
            at = from_text(recorded)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise IntegrityBroken(
                tr("event {seq} was changed: it cannot be read", seq=seq), hint="afterservice check"
            ) from None
        yield Recorded(seq, case_id, version, at, actor, clock, rulebook, event, link)
