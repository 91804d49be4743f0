"""Checking that the history holds together and that everything else follows from it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from afterservice_cli.cases.case import Recorded
from afterservice_cli.cases.duties import rounds_of
from afterservice_cli.cases.events import KINDS
from afterservice_cli.cases.events.problems import MeasureAdded, ProblemOpened
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.problems import measure_of, problem_of
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, sentence, tr, tr_many
from afterservice_cli.rulebook.model import snapshot_hash
from afterservice_cli.rulebook.snapshots import APART
from afterservice_cli.store import settings
from afterservice_cli.store.history import (
    DESK,
    RUN,
    by_case,
    commitment,
    event_hash,
    genesis,
    run_digest,
    shape_digest,
)
from afterservice_cli.store.projections.above import DUTIES, MEASURES, PROBLEMS, duty_row, measure_row, problem_row
from afterservice_cli.store.projections.cases import COLUMNS as COLUMNS_OF
from afterservice_cli.store.projections.cases import Customers, Row, rows_of
from afterservice_cli.store.projections.stored import StoredRows
from afterservice_cli.store.reading import queries
from afterservice_cli.store.schema import (
    FINGERPRINT,
    HISTORY,
    HISTORY_INDEXES,
    PARTIAL,
    PROJECTION_INDEXES,
    PROJECTIONS,
    TRIGGERS,
    Columns,
    Index,
)
from afterservice_cli.store.views import VIEWS


class Findings(Frozen):
    """What does not hold together, as sentences without personal data; nothing if all is well."""

    history: tuple[str, ...]  # of what happened: it cannot be made anew
    tables: tuple[str, ...]  # of what follows from it: it can
    files: tuple[str, ...] = ()  # of what came with cases and lies beside the desk

    def all(self) -> tuple[str, ...]:
        """Return every one of them."""
        return (*self.history, *self.tables, *self.files)


def examine(db: sqlite3.Connection) -> Findings:
    """Return every inconsistency in the desk.

    What the chain cannot show: a history rewritten or shortened as a whole is consistent in itself. That shows
    only against a head kept elsewhere.
    """
    try:
        return _examined(db)
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    db.text_factory = partial(str, encoding="utf-8", errors="backslashreplace")  # so that what it is in can be named
    return _examined(db)


def _examined(db: sqlite3.Connection) -> Findings:
    around = [*_sqlite(db), *_guards(db), *_identity(db), *_settings(db), *_snapshots(db), *_models(db), *_unused(db)]
    damaged = [*_chain(db), *_personal(db)]
    # What was tampered with may no longer make a case; it has been named already.
    return Findings((*around, *damaged, *_cut_off(db)), () if damaged else tuple(_tables(db)))


def beyond(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield what the chain says nothing of, by name, with what is there: nobody sees if it is changed.

    Tables, views and indexes that are not the program's stand among it; their triggers are findings.
    """
    for key in ("rules_file", "rules_included", "rules_checksum"):
        for (value,) in db.execute("SELECT value FROM desk WHERE key = ?", (key,)):
            if value or key != "rules_included":
                yield f"desk.{key}", value
    for key in settings.others(db):
        yield f"desk.{key}", tr("a value of somebody else's")
    (count,) = db.execute("SELECT count(*) FROM reveals").fetchone()
    yield "reveals", tr_many("{count} row", "{count} rows", count)
    ours = {*HISTORY, *PROJECTIONS, *VIEWS}
    for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"):
        if name not in ours and not name.startswith("sqlite_"):
            told = sentence("a table of somebody else's") if kind == "table" else sentence("a view of somebody else's")
            yield name, tr(told)
    indexes = {"_".join(("idx", table, *columns)) for table, columns, _ in (*HISTORY_INDEXES, *PROJECTION_INDEXES)}
    # Those that have no text of their own belong to the keys of a table.
    query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    for name, table in db.execute(query):
        if table in ours and name not in indexes:
            yield name, tr("an index of somebody else's on {table}", table=table)


def _sqlite(db: sqlite3.Connection) -> Iterator[str]:
    for (answer,) in db.execute("PRAGMA integrity_check(20)"):
        if answer != "ok":
            yield f"SQLite: {answer}"
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield tr("SQLite: row {row} of {table} refers to nothing in {parent}", row=row, table=table, parent=parent)


def _guards(db: sqlite3.Connection) -> Iterator[str]:
    there = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    for name, body in TRIGGERS.items():
        if there.pop(name, None) != f"CREATE TRIGGER {name} {body}":
            yield tr("the trigger {name} is missing or was changed", name=name)
    for name in there:
        yield tr("the trigger {name} is none of ours", name=name)
    yield from _indexes(db, HISTORY_INDEXES)


def _indexes(db: sqlite3.Connection, indexes: Iterable[Index]) -> Iterator[str]:
    for table, columns, unique in indexes:
        found = [row[1] for row in db.execute(f"PRAGMA index_list({table})") if bool(row[2]) is unique]
        if (columns, PARTIAL.get((table, columns), "")) not in [
            (_columns_of(db, name), _rows_in(db, name)) for name in found
        ]:
            yield tr(
                "the index of {table} on {columns} is missing or was changed", table=table, columns=listed(columns)
            )


def _columns_of(db: sqlite3.Connection, index: str) -> tuple[str, ...]:
    return tuple(row[2] for row in db.execute(f"PRAGMA index_info({index})"))


def _rows_in(db: sqlite3.Connection, index: str) -> str:
    """Return the condition of the rows that an index has; "" if it has all."""
    found = db.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?", (index,)).fetchone()
    return str(found[0] or "").partition(" WHERE ")[2] if found else ""


def _identity(db: sqlite3.Connection) -> Iterator[str]:
    there = dict(db.execute("SELECT key, value FROM desk").fetchall())
    if there.get("genesis") != genesis(there.get("register", ""), there.get("secret", "")):
        yield tr("the desk's genesis does not belong to its register and its secret")


def _chain(db: sqlite3.Connection) -> Iterator[str]:
    there = dict(db.execute("SELECT key, value FROM desk").fetchall())
    prev = bytes.fromhex(genesis(there.get("register", ""), there.get("secret", "")))
    expected, head_at, run, digest = 1, "", None, b""
    versions: Counter[str] = Counter()
    shapes = dict(_shapes(db))
    query = (
        f"SELECT seq, case_id, version, kind, occurred_at, body, commitment, shape, hash, run, {RUN} FROM events "
        "LEFT JOIN runs USING (run) ORDER BY seq"
    )
    for *row, shape, link, of_run, recorded_at, actor, clock, rulebook in db.execute(query):
        seq, case_id, version, kind = row[:4]
        if seq != expected:
            yield (
                tr("event {seq} is missing", seq=expected)
                if seq == expected + 1
                else tr("events {first} to {last} are missing", first=expected, last=seq - 1)
            )
        if of_run != run:
            run, digest = of_run, run_digest(recorded_at, actor, clock, rulebook)
        if event_hash(prev, digest, shapes.get(shape, b"?"), row) != link:
            yield tr(
                "{event} was changed after it was recorded, or the event before it was",
                event=_event(seq, kind, case_id),
            )
        versions[case_id] += 1
        if version != versions[case_id]:
            yield tr(
                "{event} is version {version} of its case where {due} was due",
                event=_event(seq, kind, case_id),
                version=version,
                due=versions[case_id],
            )
            versions[case_id] = version
        if (recorded_at or "") < head_at:
            yield tr("{event} was recorded before the event before it", event=_event(seq, kind, case_id))
        prev, expected, head_at = link, seq + 1, recorded_at or ""


def _shapes(db: sqlite3.Connection) -> Iterator[tuple[int | None, bytes]]:
    yield None, b""
    for shape, text in db.execute("SELECT shape, text FROM shapes"):
        yield shape, shape_digest(text)


def _unused(db: sqlite3.Connection) -> Iterator[str]:
    """Name what was put beside the events, and no event has."""
    for (run,) in db.execute("SELECT run FROM runs EXCEPT SELECT run FROM events"):
        yield tr("the run {number} has no events: they were deleted, or somebody put the run there", number=run)
    for (shape,) in db.execute("SELECT shape FROM shapes EXCEPT SELECT shape FROM events"):
        yield tr("the shape {number} has no events: they were deleted, or somebody put the shape there", number=shape)


def _cut_off(db: sqlite3.Connection) -> Iterator[str]:
    """Name the last event of which the tables tell, if the history ends before it: made anew they would not tell it."""
    if _shape_of(db, "timeline") != PROJECTIONS["timeline"]:
        return
    told, last = db.execute("SELECT (SELECT max(seq) FROM timeline), (SELECT max(seq) FROM events)").fetchone()
    if (told or 0) > (last or 0):
        yield tr(
            "the history ends with event {last}, and the table timeline tells of event {told}",
            last=last or 0,
            told=told,
        )


def _event(seq: int, kind: str, case_id: str) -> str:
    label = tr(KINDS[kind].LABEL) if kind in KINDS else kind
    return tr("event {seq} ({case}, {kind})", seq=seq, kind=label, case=case_id)


def _personal(db: sqlite3.Connection) -> Iterator[str]:
    query = (
        "SELECT e.seq, e.kind, e.case_id, e.commitment, p.salt, p.data, by.seq FROM events e "
        "LEFT JOIN personal p ON p.seq = e.seq LEFT JOIN erasures x ON x.seq = e.seq "
        "LEFT JOIN events by ON by.seq = x.erased_by AND by.kind = 'PersonalDataErased' "
        "WHERE e.commitment IS NOT NULL OR p.seq IS NOT NULL"
    )
    for seq, kind, case_id, promised, salt, data, erased_by in db.execute(query):
        if data is None and erased_by is None:
            yield tr("the personal data of {event} is gone without an erasure", event=_event(seq, kind, case_id))
        elif data is not None and commitment(salt, data) != promised:
            yield tr("the personal data of {event} was changed after it was recorded", event=_event(seq, kind, case_id))
    query = (
        "SELECT x.seq, x.erased_by FROM erasures x LEFT JOIN events e ON e.seq = x.erased_by "
        "WHERE e.kind IS NOT 'PersonalDataErased'"
    )
    for seq, erased_by in db.execute(query):
        yield tr("the erasure of event {seq} names event {erased_by}, which is none", seq=seq, erased_by=erased_by)
    for (seq,) in db.execute("SELECT seq FROM personal WHERE seq NOT IN (SELECT seq FROM events)"):
        yield tr("there is personal data for an event {seq} that does not exist", seq=seq)


def _settings(db: sqlite3.Connection) -> Iterator[str]:
    for key in settings.strange(db):
        yield tr("the value desk.{key} leads elsewhere: this program never writes such a one", key=key)


def _snapshots(db: sqlite3.Connection) -> Iterator[str]:
    for key, text in db.execute("SELECT hash, text FROM snapshots"):
        if snapshot_hash(text) != key:
            yield tr("the rulebook snapshot {hash} was changed after it was adopted", hash=key[:12])
    for (key,) in db.execute("SELECT DISTINCT rulebook FROM runs WHERE rulebook NOT IN (SELECT hash FROM snapshots)"):
        yield tr("the rulebook snapshot {hash} is gone", hash=key[:12])
    apart = f"CASE WHEN json_valid(text) THEN json_extract(text, '$.{APART}') END"
    named = f"SELECT DISTINCT {apart} AS hash FROM snapshots WHERE hash IS NOT NULL"
    for (key,) in db.execute(f"SELECT hash FROM ({named}) WHERE hash NOT IN (SELECT hash FROM snapshots)"):
        yield tr("the sample texts {hash} of a rulebook are gone", hash=key[:12])
    adopted = db.execute("SELECT body FROM events WHERE kind = 'RulebookAdopted' ORDER BY seq DESC LIMIT 1").fetchone()
    current = db.execute("SELECT value FROM desk WHERE key = 'rulebook'").fetchone()
    try:
        wanted = json.loads(adopted[0])["snapshot"] if adopted else None
    except (ValueError, KeyError):
        return  # the chain names the event
    if (current[0] if current else None) != wanted:
        yield tr("the rulebook in force is not the one adopted last")


def _models(db: sqlite3.Connection) -> Iterator[str]:
    """Name what is wrong with what was learnt: one model is kept, the one that was adopted last and not forgotten."""
    current = queries.desk_value(db, queries.MODEL)
    kept = dict(db.execute("SELECT hash, text FROM models").fetchall())
    for digest, text in kept.items():
        if snapshot_hash(text) != digest:
            yield tr("the model {hash} was changed after it was adopted", hash=digest[:12])
        elif digest != current:
            yield tr("the model {hash} is kept, and not in force", hash=digest[:12])
    if current and current not in kept:
        yield tr("the model {hash} is gone", hash=current[:12])
    last = (
        "SELECT data FROM events LEFT JOIN personal ON personal.seq = events.seq WHERE kind = 'ModelAdopted' "
        "ORDER BY events.seq DESC LIMIT 1"
    )
    adopted = db.execute(last).fetchone()
    try:
        wanted = json.loads(adopted[0])["model"] if adopted and adopted[0] else ""
    except (ValueError, KeyError):
        return  # the chain names the event
    if current != wanted:
        yield tr("the model in force is not the one adopted last")


def _tables(db: sqlite3.Connection) -> Iterator[str]:
    if settings.desk_values(db).projections != FINGERPRINT:
        yield tr("the tables are those of another version of the program")
    views = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())
    misshapen = [name for name, query in VIEWS.items() if views.get(name) != f"CREATE VIEW {name} AS {query}"]
    misshapen += [table for table, columns in PROJECTIONS.items() if _shape_of(db, table) != columns]
    for table in misshapen:
        yield tr("the table {table} is missing or has other columns", table=table)
    yield from _indexes(db, PROJECTION_INDEXES)
    if not misshapen:
        yield from _rows(db)


def _shape_of(db: sqlite3.Connection, table: str) -> Columns:
    return {row[1]: int if row[2] == "INTEGER" else str for row in db.execute(f"PRAGMA table_info({table})")}


def _rows(db: sqlite3.Connection) -> Iterator[str]:
    counted = dict.fromkeys(COLUMNS_OF, 0)
    above: dict[str, Row] = {}
    customers, tables = Customers(), StoredRows(db)
    for case_id, events in by_case(db):
        if case_id == DESK:
            duties = [duty_row(last) for last in rounds_of(events)]
            if sorted(duties) != db.execute(f"SELECT {DUTIES} FROM duties ORDER BY name, seq").fetchall():
                yield tr("the table duties does not say what the desk's own events say")
            continue
        if isinstance(events[0].event, ProblemOpened | MeasureAdded):
            above[case_id] = _above(events)
            continue
        customers.learn(events)
        wanted, stored = rows_of(fold(events)), tables.of(case_id)
        for table, rows in wanted.items():
            counted[table] += len(rows)
            if rows != stored[table]:
                yield tr("the table {table} does not say of {case} what its events say", table=table, case=case_id)
    for table, columns, kind in (("problems", PROBLEMS, "P"), ("measures", MEASURES, "M")):
        made = [row for number, row in sorted(above.items()) if number.startswith(kind)]
        if made != db.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall():
            yield tr("the table {table} does not say what the events of {table} say", table=table)
    for table, count in counted.items():
        there = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        if there != count:
            yield tr(
                "the table {table} has {there} rows where the events make {made}",
                table=table,
                there=there,
                made=count,
            )
    if dict(db.execute("SELECT contact, customer_id FROM customers").fetchall()) != customers.rows():
        yield tr("the table customers does not say whose contacts are whose as the events do")


def _above(events: Sequence[Recorded]) -> Row:
    """Return the row by which a problem stands in its table, or a measure."""
    if isinstance(events[0].event, ProblemOpened):
        return problem_row(problem_of(events))
    return measure_row(measure_of(events))
