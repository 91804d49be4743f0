"""The history: appending events to the chain and reading them back."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from struct import Struct
from typing import Any

from afterservice_cli.cases.bodies import Shape, restored, shape_of, stored
from afterservice_cli.cases.case import CLOCK_BEHIND, Case, Event, Recorded
from afterservice_cli.cases.events.general import ClockCorrected
from afterservice_cli.cases.fold import fold
from afterservice_cli.digests import sha256
from afterservice_cli.errors import IntegrityBroken, Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.store.connection import Connection
from afterservice_cli.time.instants import from_text, to_local_text, to_text

DESK = "desk"  # the case_id of events that are about the desk itself
COLUMNS = "seq, case_id, version, kind, occurred_at, run, shape, body, commitment, hash"
RUN = "recorded_at, actor, clock, rulebook"
_EVENT = f"INSERT INTO events ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)"
_PERSONAL = "INSERT INTO personal (seq, salt, data) VALUES (?,?,?)"
_EVENT_TAG = "afterservice event 2"
_RUN_TAG = "afterservice run 1"
_PERSONAL_TAG = "afterservice personal data 2"
_GENESIS_TAG = "afterservice register 1"
BEHIND = timedelta(days=1)
_REMEMBERED = 1024  # shapes
_NO_SHAPE = (None, b"")


CORRECTED = "system, corrected"  # the clock of a run from which on the clock is believed anew
# When the system's own clock last told the time by itself, since it was corrected.
_LATEST = (
    "SELECT max(recorded_at) FROM runs WHERE clock = 'system' AND run > "
    f"(SELECT coalesce(max(run), 0) FROM runs WHERE clock = '{CORRECTED}')"
)


class Stamp(Frozen):
    """Who records, when, by which clock (`system` or `given`) and under which snapshot; `zone` is for what is said."""

    now: datetime
    actor: str
    clock: str
    rulebook: str
    zone: tzinfo = UTC


def digest(tag: str, *fields: str | int | bytes) -> bytes:
    """Return the SHA-256 over a tag and length-prefixed fields: no two lists of fields read alike."""
    pieces: list[bytes] = []
    for field in (tag, *fields):
        data = field if isinstance(field, bytes) else str(field).encode()
        pieces += (_length(len(data)), data)
    return sha256(b"".join(pieces)).digest()


_length = Struct(">Q").pack


def genesis(register: str, secret: str) -> str:
    """Return what the first event of a register follows, in hex; it binds the secret that recognises imported rows."""
    return digest(_GENESIS_TAG, register, secret).hex()


def commitment(salt: bytes, data: str) -> bytes:
    """Return a salted hash of what is personal in an event, which gives nothing of it away."""
    return digest(_PERSONAL_TAG, salt, data)


def run_digest(recorded_at: str, actor: str, clock: str, rulebook: str) -> bytes:
    """Return the digest of what the events of a run have in common: when and by whom they were recorded, under what."""
    return digest(_RUN_TAG, recorded_at, actor, clock, rulebook)


def shape_digest(text: str) -> bytes:
    """Return the digest of a shape; of none, nothing."""
    return sha256(text.encode()).digest() if text else b""


def event_hash(prev: bytes, run: bytes, shape: bytes, row: Sequence[Any]) -> bytes:
    """Return the hash that the next event follows: over all that this one is, and the hash of the one before.

    `row` is the event's seq, case_id, version, kind, occurred_at, body and commitment; run and shape are digests.
    """
    *fields, promised = row
    return digest(_EVENT_TAG, *fields, promised or b"", run, shape, prev)


def head(db: sqlite3.Connection) -> tuple[int, str, str]:
    """Return `seq`, `hash` and `recorded_at` of the latest event; 0, the genesis and "" for an empty history."""
    query = "SELECT seq, hash, recorded_at FROM events JOIN runs USING (run) ORDER BY seq DESC LIMIT 1"
    found = db.execute(query).fetchone()
    if found is None:
        return 0, hash_of(db, 0) or "", ""
    return found[0], found[1].hex(), found[2]


def is_settled(db: sqlite3.Connection, recorded_at: str) -> bool:
    """Tell whether the clock was said to have been ahead since something was first recorded at a time."""
    query = "SELECT 1 FROM runs WHERE clock = ? AND run >= (SELECT min(run) FROM runs WHERE recorded_at = ?)"
    return db.execute(query, (CORRECTED, recorded_at)).fetchone() is not None


def hash_of(db: sqlite3.Connection, seq: int) -> str | None:
    """Return the hash of the event with this number, in hex; None if there is none, for 0 that of the beginning."""
    if seq == 0:
        return str(db.execute("SELECT value FROM desk WHERE key = 'genesis'").fetchone()[0])
    found = db.execute("SELECT hash FROM events WHERE seq = ?", (seq,)).fetchone()
    return str(found[0].hex()) if found else None


class Chain:
    """The end of the history, to which whoever holds the transaction appends.

    All that is appended to one is one run. A clock behind the head records the head's time and marks the run.
    """

    def __init__(self, db: Connection, stamp: Stamp) -> None:
        self._db, self.stamp = db, stamp
        self._run = 0  # once there is something to record
        self._seq, self._last, self._digest = 0, b"", b""
        self._recorded_at, self._clock = stamp.now, stamp.clock
        self._shapes: dict[str, tuple[int, bytes]] = db.known("shapes")

    def append(self, case_id: str, version: int, events: Iterable[Event]) -> list[Recorded]:
        """Append events, as versions `version + 1`… of their case.

        `Refused` if the clock is a day behind the head, unless the head was a time given on the command line that ran
        ahead.
        """
        recorded = []
        for event in events:
            if not self._run:
                self._begin(corrected=isinstance(event, ClockCorrected))
            version += 1
            recorded.append(self._append(case_id, version, event))
        return recorded

    def _append(self, case_id: str, version: int, event: Event) -> Recorded:
        self._seq += 1
        kept, kind = stored(event, case_id), type(event).__name__
        shape, shape_hash = (self._shapes.get(kept.shape) or self._shape(kept.shape)) if kept.shape else _NO_SHAPE
        salt = os.urandom(16) if kept.personal else b""
        promised = commitment(salt, kept.personal) if kept.personal else None
        row = (self._seq, case_id, version, kind, to_text(event.at))
        self._last = event_hash(self._last, self._digest, shape_hash, (*row, kept.body, promised))
        self._db.gather(_EVENT, (*row, self._run, shape, kept.body, promised, self._last))
        if kept.personal:
            self._db.gather(_PERSONAL, (self._seq, salt, kept.personal))
        who = (self.stamp.actor, self._clock, self.stamp.rulebook)
        return Recorded(self._seq, case_id, version, self._recorded_at, *who, event, self._last.hex())

    def _begin(self, *, corrected: bool) -> None:
        """Begin the run: find the head, and note when and by whom all that follows is recorded, and under what.

        A clock that was `corrected` is not measured by what was recorded before, nor is the clock from then on.
        """
        stamp = self.stamp
        self._seq, last, head_at = head(self._db)
        self._last = bytes.fromhex(last)
        recorded_at, self._clock = to_text(stamp.now), stamp.clock
        before = self._db.execute(f"SELECT run, {RUN} FROM runs ORDER BY run DESC LIMIT 1").fetchone()
        if recorded_at < head_at:
            # A time given ahead of the clock by mistake must not lock the desk: the clock itself is not wrong then.
            latest = head_at
            if stamp.clock == "system":
                latest = self._db.execute(_LATEST).fetchone()[0]
            if latest and not corrected and stamp.now <= from_text(latest) - BEHIND:
                raise Refused(
                    tr(
                        "the clock says {now}, a day or more before the latest entry ({latest})",
                        now=to_local_text(stamp.now, stamp.zone),
                        latest=to_local_text(from_text(latest), stamp.zone),
                    ),
                    hint=tr(
                        "set the clock, or leave --now out; if the clock was ahead then and is right now: {command}",
                        command='afterservice clock --was-ahead "…"',
                    ),
                )
            recorded_at, self._clock = head_at, self._clock + CLOCK_BEHIND
        if corrected:
            self._clock = CORRECTED
        run = (recorded_at, stamp.actor, self._clock, stamp.rulebook)
        self._digest, self._recorded_at = run_digest(*run), from_text(recorded_at)
        self._run = (before[0] if before else 0) + 1
        self._db.execute(f"INSERT INTO runs (run, {RUN}) VALUES (?,?,?,?,?)", (self._run, *run))

    def _shape(self, text: str) -> tuple[int, bytes]:
        """Return the number of a shape and its digest; one that is there already stays."""
        found = self._db.ask("SELECT shape FROM shapes WHERE text = ?", (text,)).fetchone()
        if found is None:
            found = self._db.ask("INSERT INTO shapes (text) VALUES (?) RETURNING shape", (text,)).fetchone()
        if len(self._shapes) > _REMEMBERED:
            self._shapes.clear()
        self._shapes[text] = found[0], shape_digest(text)
        return self._shapes[text]


def version_of(db: sqlite3.Connection, case_id: str) -> int:
    """Return how many events a case has, or the desk itself."""
    return int(db.execute("SELECT count(*) FROM events WHERE case_id = ?", (case_id,)).fetchone()[0])


def events_of(db: sqlite3.Connection, case_id: str) -> tuple[Recorded, ...]:
    """Return the events of a case, a problem, a measure or the desk, in order; none if there is no such thing."""
    return tuple(read(db, "WHERE events.case_id = ? ORDER BY events.version", (case_id,)))


def load_case(db: sqlite3.Connection, number: str) -> Case:
    """Return a case by its number, made from its events."""
    return fold(events_of(db, number))


def by_case(
    db: sqlite3.Connection, where: str = "", values: Sequence[Any] = ()
) -> Iterator[tuple[str, list[Recorded]]]:
    """Yield every case with its events, one case in memory at a time; the desk's own events under `desk`.

    A clause of SQL may choose some of them.
    """
    current, events = "", list[Recorded]()
    for recorded in read(db, f"{where} ORDER BY events.case_id, events.version", values):
        if recorded.case_id != current:
            if events:
                yield current, events
            current, events = recorded.case_id, []
        events.append(recorded)
    if events:
        yield current, events


def of_cases(db: sqlite3.Connection, since: str | None, newest: int | None) -> Iterator[list[Recorded]]:
    """Yield the events of cases, a case at a time: of those registered `since` then, or of so many `newest`."""
    some, values = "SELECT case_id FROM cases", list[str | int]()
    if since is not None:
        some, values = f"{some} WHERE registered_at >= ?", [since]
    if newest is not None:
        some, values = f"{some} ORDER BY registered_at DESC, case_id DESC LIMIT ?", [*values, newest]
    for _, events in by_case(db, f"WHERE events.case_id IN ({some})", values):
        yield events


def read(db: sqlite3.Connection, where: str, values: Sequence[Any] = ()) -> Iterator[Recorded]:
    """Yield the events that a clause of SQL chooses, in its order, with what is personal in them under `data`.

    Raises `IntegrityBroken` if one cannot be read.
    """
    query = (
        f"SELECT events.seq, events.case_id, version, kind, occurred_at, {RUN}, shape, body, hash, data FROM events "
        f"JOIN runs ON runs.run = events.run LEFT JOIN personal ON personal.seq = events.seq {where}"
    )
    shapes: dict[int | None, Shape | None] = {None: None}
    for seq, case_id, version, kind, occurred, recorded, actor, clock, rulebook, *kept, link, data in db.execute(
        query, values
    ):
        shape, body = kept
        try:
            if shape not in shapes:
                if len(shapes) > _REMEMBERED:
                    shapes = {None: None}
                (text,) = db.execute("SELECT text FROM shapes WHERE shape = ?", (shape,)).fetchone()
                shapes[shape] = shape_of(text)
            parts = (json.loads(body), shapes[shape], json.loads(data) if data else None)
            event = restored(kind, case_id, from_text(occurred), parts)
            at, link = from_text(recorded), link.hex()
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            raise IntegrityBroken(
                tr("event {seq} was changed: it cannot be read", seq=seq), hint="afterservice check"
            ) from None
        yield Recorded(seq, case_id, version, at, actor, clock, rulebook, event, link)
