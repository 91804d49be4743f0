"""What is read of imports: which there were, and which cases each of them brought in."""

from __future__ import annotations

import json
import sqlite3

from afterservice_cli.frozen import Frozen
from afterservice_cli.store.history import DESK


class Batch(Frozen):
    """One import: what it counted as it ended, None if it was stopped; `cases` are those that are its own and stand."""

    batch: str
    at: str
    actor: str
    profile: str
    file: str | None
    counts: dict[str, int] | None
    cases: int


_OF_A_FILE = "json_extract(body, '$.source.batch')"


def batches(db: sqlite3.Connection) -> list[Batch]:
    """Return the imports that brought something in, the newest first."""
    there = dict(
        db.execute(
            "SELECT source_batch, count(*) FROM cases WHERE source_batch IS NOT NULL AND status <> 'void' GROUP BY 1"
        ).fetchall()
    )
    finished = db.execute(
        "SELECT recorded_at, actor, body, data FROM events JOIN runs USING (run) LEFT JOIN personal USING (seq) "
        "WHERE case_id = ? AND kind = 'ImportFinished' ORDER BY seq DESC",
        (DESK,),
    ).fetchall()
    found = []
    for at, actor, body, data in finished:
        told = json.loads(body)
        file = json.loads(data).get("file") if data else None
        count = there.pop(told["batch"], 0)
        found.append(Batch(told["batch"], at, actor, told["profile"], file, told["counts"], count))
    for batch, count in there.items():  # stopped before their end
        at, actor, profile = db.execute(
            "SELECT recorded_at, actor, json_extract(body, '$.source.profile') FROM cases "
            "JOIN events USING (case_id) JOIN runs USING (run) "
            f"WHERE source_batch = ? AND {_OF_A_FILE} = source_batch ORDER BY seq LIMIT 1",
            (batch,),
        ).fetchone() or ("", "", "")
        found.append(Batch(batch, at, actor, profile, None, None, count))
    return sorted(found, key=lambda one: one.at, reverse=True)


def brought_in(db: sqlite3.Connection, batch: str) -> list[str]:
    """Return the cases that stand and that an import brought in, whatever it or others did to them since."""
    query = (
        "SELECT cases.case_id FROM events JOIN cases USING (case_id) "
        "WHERE events.version = 1 AND events.kind = 'CaseRegistered' AND status <> 'void' "
        f"AND {_OF_A_FILE} = ? ORDER BY events.seq"
    )
    return [number for (number,) in db.execute(query, (batch,))]


def changed_by(db: sqlite3.Connection, batch: str) -> list[str]:
    """Return the cases that others had brought in and that an import changed, unless the change was taken back."""
    query = (
        "SELECT DISTINCT case_id FROM events WHERE version > 1 AND kind = 'CaseAmended' "
        f"AND {_OF_A_FILE} = ? AND NOT EXISTS (SELECT 1 FROM events later WHERE later.case_id = events.case_id "
        "AND later.kind = 'EventRetracted' AND json_extract(later.body, '$.seq') = events.seq) ORDER BY case_id"
    )
    return [number for (number,) in db.execute(query, (batch,))]


def batch_called(db: sqlite3.Connection, named: str) -> Batch | None:
    """Return the one import whose id begins so; `last` is the newest. None if there is none, or several."""
    known = batches(db)
    found = known[:1] if named == "last" else [one for one in known if one.batch.startswith(named)]
    return found[0] if len(found) == 1 else None
