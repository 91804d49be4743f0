"""The history: a chain in a real file that refuses to be changed."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events.closing import CaseRated
from afterservice_cli.cases.events.general import ClockCorrected
from afterservice_cli.cases.events.handling import CaseNoted, CaseResponded
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.decisions.suggesting import learn
from afterservice_cli.errors import BadInput, Conflict, NotFound, Problem, Refused, StorageFailed, WrongSchema
from afterservice_cli.store import connection, history, learning, queueing
from afterservice_cli.store.history import Chain, Stamp
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from given import RECEIVED, SMALL, came_in, hour, make_desk

COLUMNS = history.COLUMNS.split(", ")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make_desk(tmp_path / "afterservice.db")
    yield made
    made.connection.close()


def append(
    desk: Desk, *events: Event, case: str = "1", version: int = 0, now: datetime = RECEIVED, clock: str = "system"
) -> Any:
    with writing(desk) as writer:
        return Chain(writer.db, Stamp(now, "ann", clock, SMALL.rulebook.hash)).append(case, version, events)


def rows(desk: Desk) -> list[dict[str, Any]]:
    """Every event with what it has in common with others."""
    query = (
        f"SELECT {history.COLUMNS}, {history.RUN}, coalesce(text, '') FROM events JOIN runs USING (run) "
        "LEFT JOIN shapes USING (shape) ORDER BY seq"
    )
    names = [*COLUMNS, *history.RUN.split(", "), "text"]
    return [dict(zip(names, row, strict=True)) for row in desk.connection.execute(query)]


def value(desk: Desk, key: str) -> str:
    return str(desk.connection.execute("SELECT value FROM desk WHERE key = ?", (key,)).fetchone()[0])


def refused(desk: Desk, statement: str, kind: type[Problem], message: str) -> None:
    before = list(desk.connection.iterdump())
    with pytest.raises(kind, match=message), writing(desk) as writer:
        writer.db.execute(statement)
    assert list(desk.connection.iterdump()) == before


# --- the chain --------------------------------------------------------------------------------------------------


def linked(*fields: str | int | bytes) -> bytes:
    """The hash as the documents describe it, written down a second time."""
    parts = [field if isinstance(field, bytes) else str(field).encode() for field in fields]
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def follows(row: dict[str, Any], before: bytes) -> bytes:
    run = linked("afterservice run 1", *(row[name] for name in ("recorded_at", "actor", "clock", "rulebook")))
    shape = hashlib.sha256(row["text"].encode()).digest() if row["text"] else b""
    own = [row[name] for name in ("seq", "case_id", "version", "kind", "occurred_at", "body")]
    return linked("afterservice event 2", *own, row["commitment"] or b"", run, shape, before)


def test_the_first_event_follows_the_genesis_of_its_register(desk: Desk) -> None:
    begun = linked("afterservice register 1", value(desk, "register"), value(desk, "secret"))
    assert bytes.fromhex(value(desk, "genesis")) == begun
    assert rows(desk)[0]["hash"] == follows(rows(desk)[0], begun)
    assert (rows(desk)[0]["seq"], rows(desk)[0]["kind"]) == (1, "RulebookAdopted")


def test_two_registers_never_begin_alike(desk: Desk, tmp_path: Path) -> None:
    other = make_desk(tmp_path / "other.db")
    for key in ("register", "genesis", "secret"):
        assert value(desk, key) != value(other, key)
    other.connection.close()


def test_each_event_follows_the_one_before_and_its_hash_covers_all_it_says(desk: Desk) -> None:
    append(desk, came_in(), CaseNoted(hour(0), "x"))
    for before, row in pairwise(rows(desk)):
        assert row["hash"] == follows(row, before["hash"])
    assert rows(desk)[1]["text"], "what the rules gave it"
    assert [row["run"] for row in rows(desk)] == [1, 2, 2]


def test_fields_cannot_be_shifted_into_one_another() -> None:
    assert history.digest("t", "ab", "c") != history.digest("t", "a", "bc")
    assert history.digest("t", "a", "") != history.digest("t", "a")


def test_numbers_run_without_gaps_over_all_cases(desk: Desk) -> None:
    append(desk, came_in())
    append(desk, came_in(), case="2")
    append(desk, CaseNoted(hour(0), "x"), CaseNoted(hour(0), "y"), version=1)
    assert [(row["seq"], row["case_id"], row["version"]) for row in rows(desk)] == [
        (1, "desk", 1),
        (2, "1", 1),
        (3, "2", 1),
        (4, "1", 2),
        (5, "1", 3),
    ]


def test_what_is_read_back_is_what_was_recorded(desk: Desk) -> None:
    recorded = append(desk, came_in("中文"), CaseRated(hour(-1), {"overall": 4}, "–"))
    with desk.reading() as db:
        assert history.events_of(db, "1") == tuple(recorded)
        assert {case: [r.seq for r in events] for case, events in history.by_case(db)} == {"1": [2, 3], "desk": [1]}
        assert history.events_of(db, "2") == ()


def test_two_who_decided_on_the_same_version_conflict(desk: Desk) -> None:
    append(desk, came_in())
    append(desk, CaseNoted(hour(0), "first"), version=1)
    with pytest.raises(Conflict):
        append(desk, CaseNoted(hour(0), "second"), version=1)
    assert len(rows(desk)) == 3


# --- personal data ----------------------------------------------------------------------------------------------


def test_the_history_promises_personal_data_without_holding_it(desk: Desk) -> None:
    append(desk, CaseNoted(hour(0), "Ann, 555"), CaseResponded(hour(0), "phone"))
    noted, responded = rows(desk)[1:]
    ((seq, salt, data),) = desk.connection.execute("SELECT seq, salt, data FROM personal").fetchall()
    assert (seq, data) == (noted["seq"], '{"text":"Ann, 555"}')
    assert noted["commitment"] == linked("afterservice personal data 2", salt, data)
    assert "Ann" not in str(noted)
    assert responded["commitment"] is None


def test_equal_words_are_promised_differently(desk: Desk) -> None:
    append(desk, CaseNoted(hour(0), "x"), CaseNoted(hour(0), "x"))
    assert rows(desk)[1]["commitment"] != rows(desk)[2]["commitment"]


# --- the clock --------------------------------------------------------------------------------------------------


def test_a_clock_behind_the_head_records_the_heads_time_and_says_so(desk: Desk) -> None:
    append(desk, came_in(), now=hour(5))
    (late,) = append(desk, CaseNoted(hour(0), "x"), version=1, now=hour(3))
    (given,) = append(desk, CaseNoted(hour(0), "x"), version=2, now=hour(3), clock="given")
    (right,) = append(desk, CaseNoted(hour(0), "x"), version=3, now=hour(5))
    assert [(r.recorded_at, r.clock) for r in (late, given, right)] == [
        (hour(5), "system, behind"),
        (hour(5), "given, behind"),
        (hour(5), "system"),
    ]
    assert [row["recorded_at"] for row in rows(desk)[1:]] == ["2026-10-14T06:00:00Z"] * 4


def test_a_time_given_ahead_by_mistake_locks_nobody_out(desk: Desk) -> None:
    append(desk, came_in())
    append(desk, CaseNoted(hour(0), "x"), version=1, now=hour(24 * 40), clock="given")
    for version in (2, 3):
        append(desk, CaseNoted(hour(0), "x"), version=version, now=hour(1))
    recorded = [(row["recorded_at"], row["clock"]) for row in rows(desk)][-3:]
    assert recorded[1] == recorded[2] == (recorded[0][0], "system, behind")
    with pytest.raises(Refused, match="a day or more before"):
        append(desk, CaseNoted(hour(0), "x"), version=4, now=hour(1), clock="given")


def test_what_came_a_minute_late_lets_no_clock_in_that_is_far_behind(desk: Desk) -> None:
    append(desk, came_in(), now=hour(30))
    append(desk, CaseNoted(hour(0), "x"), version=1, now=hour(29))
    with pytest.raises(Refused, match="a day or more before"):
        append(desk, CaseNoted(hour(0), "x"), version=2, now=hour(30) - timedelta(days=400))


def test_a_clock_that_was_ahead_and_was_corrected_is_believed_anew(desk: Desk) -> None:
    append(desk, came_in(), now=hour(24 * 30))
    with pytest.raises(Refused, match="a day or more before"):
        append(desk, CaseNoted(hour(0), "x"), version=1, now=hour(2))
    append(desk, ClockCorrected(hour(2), "a flat battery"), version=1, now=hour(2))
    append(desk, CaseNoted(hour(0), "x"), version=2, now=hour(3))
    assert [row["clock"] for row in rows(desk)][-2:] == ["system, corrected", "system, behind"]
    append(desk, CaseNoted(hour(0), "x"), version=3, now=hour(24 * 31))
    with pytest.raises(Refused, match="a day or more before"):
        append(desk, CaseNoted(hour(0), "x"), version=4, now=hour(3))


def test_a_clock_a_day_behind_is_refused(desk: Desk) -> None:
    append(desk, came_in(), now=hour(30))
    for behind in (timedelta(days=1), timedelta(days=400)):
        with pytest.raises(Refused, match="a day or more before the latest entry") as refusal:
            append(desk, CaseNoted(hour(0), "x"), version=1, now=hour(30) - behind)
        assert "--now" in refusal.value.hint
    append(desk, CaseNoted(hour(0), "x"), version=1, now=hour(30) - timedelta(days=1) + timedelta(seconds=1))
    assert len(rows(desk)) == 3


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", COLUMNS)
def test_no_column_of_an_event_is_changed(desk: Desk, column: str) -> None:
    to = "x'00'" if column in ("commitment", "hash") else "7"
    refused(desk, f"UPDATE events SET {column} = {to} WHERE seq = 1", Refused, "events are never changed")


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("DELETE FROM events WHERE seq = 2", "events are never deleted"),
        ("DELETE FROM events", "events are never deleted"),
        ("UPDATE personal SET data = '{}'", "personal data is erased, never changed"),
        ("UPDATE runs SET actor = 'bob'", "runs are never changed"),
        ("DELETE FROM runs", "runs are never deleted"),
        ("UPDATE shapes SET text = '{}'", "shapes are never changed"),
        ("DELETE FROM shapes", "shapes are never deleted"),
        ("UPDATE personal SET salt = x''", "personal data is erased, never changed"),
        ("DELETE FROM personal", "personal data is deleted by an erasure only"),
        (
            "REPLACE INTO personal (seq, salt, data) VALUES (2, x'', '{}')",
            "personal data is deleted by an erasure only",
        ),
        ("INSERT INTO erasures (seq, erased_by) VALUES (2, 1)", "an erasure needs its event"),
        ("INSERT INTO erasures (seq, erased_by) VALUES (2, 99)", "an erasure needs its event"),
        ("UPDATE snapshots SET text = '{}'", "snapshots are never changed"),
        ("DELETE FROM snapshots", "snapshots are never deleted"),
        ("REPLACE INTO snapshots (hash, text) SELECT hash, '{}' FROM snapshots", "snapshots are never deleted"),
        ("UPDATE desk SET value = 'x' WHERE key = 'register'", "the desk keeps its identity"),
        ("UPDATE desk SET key = 'x' WHERE key = 'genesis'", "the desk keeps its identity"),
        ("UPDATE desk SET value = 'x' WHERE key = 'secret'", "the desk keeps its identity"),
        ("DELETE FROM desk WHERE key = 'secret'", "the desk keeps its identity"),
        ("REPLACE INTO desk (key, value) VALUES ('genesis', 'x')", "the desk keeps its identity"),
    ],
)
def test_what_happened_is_not_changed(desk: Desk, statement: str, message: str) -> None:
    append(desk, came_in())
    refused(desk, statement, Refused, message)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE models SET text = ''", "models are never changed"),
        ("DELETE FROM models", "the model in force stays"),
        ("REPLACE INTO models (hash, text) SELECT hash, '' FROM models", "the model in force stays"),
    ],
)
def test_what_was_learnt_last_is_not_changed(desk: Desk, statement: str, message: str) -> None:
    with writing(desk) as writer:
        learning.put_in_force(writer.db, learn([]))
    refused(desk, statement, Refused, message)


def insert(how: str, **changes: Any) -> str:
    """A well-formed insert of the next event, less what is changed."""
    row = {
        "seq": "(SELECT max(seq) + 1 FROM events)",
        "case_id": "'1'",
        "version": "2",
        "kind": "'CaseNoted'",
        "run": "(SELECT max(run) FROM runs)",
        "shape": "NULL",
        "commitment": "NULL",
        "hash": "x'00'",
        **changes,
    }
    values = [str(row.get(name, "''")) for name in COLUMNS]
    return f"{how} INTO events ({history.COLUMNS}) VALUES ({', '.join(values)})"


@pytest.mark.parametrize("how", ["INSERT", "INSERT OR REPLACE"])
@pytest.mark.parametrize(
    "changes",
    [
        {"run": "1"},
        {"run": "9"},
        {"shape": "9"},
        {"seq": "9"},
        {"seq": "2"},
    ],
    ids=str,
)
def test_only_what_follows_the_head_is_appended(desk: Desk, how: str, changes: dict[str, str]) -> None:
    append(desk, came_in())
    refused(desk, insert(how, **changes), Refused, "does not follow the head of the history")


@pytest.mark.parametrize(
    ("number", "at"),
    [("9", "'2030-01-01T00:00:00Z'"), ("1", "'2030-01-01T00:00:00Z'"), ("3", "'2026-10-14T00:59:59Z'")],
)
def test_only_a_run_that_follows_the_head_is_begun(desk: Desk, number: str, at: str) -> None:
    append(desk, came_in())
    statement = f"INSERT INTO runs (run, {history.RUN}) VALUES ({number}, {at}, 'ann', 'system', '')"
    refused(desk, statement, Refused, "the run does not follow the head of the history")


def test_nothing_is_replaced_under_the_cover_of_an_append(desk: Desk) -> None:
    append(desk, came_in())
    refused(desk, insert("INSERT OR REPLACE", version="1"), Refused, "events are never deleted")
    with writing(desk) as writer:
        writer.db.execute(insert("INSERT OR REPLACE"))
    assert len(rows(desk)) == 3


def test_a_transaction_that_fails_leaves_nothing(desk: Desk) -> None:
    before = list(desk.connection.iterdump())
    with pytest.raises(BadInput), writing(desk) as writer:
        writer.register(Draft({"channel": "phone", "description": "hm"}))
        writer.register(Draft({"channel": "fax", "description": "hm"}))
    with pytest.raises(KeyboardInterrupt), writing(desk) as writer:
        writer.register(Draft({"channel": "phone", "description": "hm"}))
        raise KeyboardInterrupt
    assert list(desk.connection.iterdump()) == before


# --- files ------------------------------------------------------------------------------------------------------


def alter(path: Path, *pragmas: str) -> None:
    db = sqlite3.connect(path)
    for pragma in pragmas:
        db.execute(f"PRAGMA {pragma}")
    db.commit()
    db.close()


def test_a_desk_is_read_and_written_by_its_owner_alone(desk: Desk) -> None:
    append(desk, came_in())
    for file in (desk.path, queueing.lock_path(desk.path)):
        assert file.stat().st_mode & 0o777 == 0o600, file


def test_a_generous_umask_gives_nothing_away(tmp_path: Path) -> None:
    earlier = os.umask(0)
    try:
        made = make_desk(tmp_path / "d.db")
        append(made, came_in())
        made.connection.close()
    finally:
        os.umask(earlier)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_a_desk_is_not_made_over_another_file(desk: Desk) -> None:
    before = desk.path.read_bytes()
    with pytest.raises(Conflict, match="exists already"):
        make_desk(desk.path)
    assert desk.path.read_bytes() == before


def test_nothing_is_left_of_a_desk_that_could_not_be_made(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no group 'no such group'"):
        make_desk(tmp_path / "d.db", group="no such group")
    with pytest.raises(Problem):
        make_desk(tmp_path / "d.db", rules=SMALL.but(snapshot={"": None}))
    assert list(tmp_path.iterdir()) == []


def foreign(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (x)")
    db.commit()
    db.close()


def another_programs(path: Path) -> None:
    foreign(path)
    alter(path, "application_id=7", "user_version=1")


@pytest.mark.parametrize(
    ("make", "kind", "code", "message"),
    [
        (lambda path: None, NotFound, 4, "there is no desk at"),
        (lambda path: path.touch(), StorageFailed, 8, "is not a desk"),
        (lambda path: path.write_bytes(b"x" * 5000), StorageFailed, 8, "it is no SQLite file"),
        (lambda path: path.write_bytes(b"x"), StorageFailed, 8, "is not a desk"),
        (lambda path: path.mkdir(), StorageFailed, 8, "d.db"),
        (foreign, StorageFailed, 8, "another program made it"),
        (another_programs, StorageFailed, 8, "another program made it"),
    ],
    ids=["none", "empty", "garbage", "one byte", "a folder", "foreign", "another program's"],
)
def test_what_is_no_desk_is_not_opened(tmp_path: Path, make: Any, kind: type[Problem], code: int, message: str) -> None:
    path = tmp_path / "d.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(kind, match=message) as refusal:
        connection.connect(path)
    assert refusal.value.exit_code == code
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [file.name for file in tmp_path.iterdir()] == ["d.db"] * path.exists()


@pytest.mark.parametrize("version", [0, 1, 2, 99])
def test_a_desk_of_another_version_is_refused_by_name(desk: Desk, version: int) -> None:
    desk.connection.close()
    alter(desk.path, f"user_version={version}")
    with pytest.raises(WrongSchema, match=f"has schema {version}, this program knows 4") as refusal:
        connection.connect(desk.path)
    assert refusal.value.exit_code == 10


def test_a_damaged_desk_is_named_and_not_written(desk: Desk) -> None:
    append(desk, *(CaseNoted(hour(0), "x" * 500) for _ in range(50)))
    desk.connection.close()
    data = bytearray(desk.path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    desk.path.write_bytes(data)
    with pytest.raises(StorageFailed):
        append(Desk(desk.path, now=RECEIVED, actor="ann", clock="system"), came_in(), case="2")
    assert desk.path.read_bytes() == data


def test_the_desk_is_opened_as_the_design_demands(desk: Desk) -> None:
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "secure_delete", "trusted_schema")
    found = [desk.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]
    assert found == ["delete", 3, 1, 1, 1, 0]
