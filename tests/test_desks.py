"""Desks of every file format are read as those who kept them did, and their tables can be made anew.

`desks/` has one of each format, with every kind of event in it, and what it tells; `python tests/desks/make.py` makes
the present one. A desk of another version is here one whose tables have another shape, and whose fingerprint says so.
"""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from afterservice_cli.cases.events import KINDS
from afterservice_cli.rulebook.document.schema import RULEBOOK
from afterservice_cli.store.connection import SCHEMA_VERSION
from afterservice_cli.store.projections.stored import READ
from afterservice_cli.store.schema import FINGERPRINT, HISTORY, PROJECTIONS, TRIGGERS
from conftest import Runner, clean_env, command, query

FIRST = 4  # the format of the first version that was given away
DESKS = sorted((Path(__file__).parent / "desks").glob("format-*.db"))
TOLD = {desk.stem: json.loads(desk.with_suffix(".json").read_text("utf-8")) for desk in DESKS}

Tables = dict[str, list[tuple[object, ...]]]


@pytest.fixture(params=DESKS, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a desk with its files and its rulebook."""
    source: Path = request.param
    for file in source.parent.glob(f"{source.stem}.*"):
        (shutil.copytree if file.is_dir() else shutil.copy2)(file, tmp_path / file.name)
    desk = tmp_path / source.name
    desk.chmod(0o600)  # a checkout lets others read it, of which the program warns
    return desk


def change(desk: Path, *statements: str) -> None:
    with closing(sqlite3.connect(desk)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def names(desk: Path) -> set[object]:
    return {name for (name,) in query(desk, "SELECT name FROM sqlite_master WHERE type = 'table'")}


def history(desk: Path) -> Tables:
    """All that must never change, the identity of the desk included."""
    there = {table: query(desk, f"SELECT * FROM {table} ORDER BY 1") for table in HISTORY}
    return {**there, "desk": [row for row in there["desk"] if row[0] != "projections"]}


def projections(desk: Path) -> Tables:
    """Every row that follows from the history, and by which columns and indexes."""
    # Under which number a part or the terms of a deadline are kept is all the same.
    told = {table: "*" for table in PROJECTIONS if table not in ("parts", "terms", "due_times")}
    told |= {"deadlines": "*", **READ}
    rows = {table: sorted(query(desk, f"SELECT {said} FROM {table}"), key=repr) for table, said in told.items()}
    made = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({}) ORDER BY 1, 2"
    return {**rows, "made": query(desk, made.format(", ".join(f"'{table}'" for table in PROJECTIONS)))}


def fingerprint(desk: Path) -> object:
    return query(desk, "SELECT value FROM desk WHERE key = 'projections'")[0][0]


def missing(told: object, now: object, where: str = "") -> list[str]:
    """Where an answer lacks what it told before, or tells it otherwise; what is new is no fault."""
    if isinstance(told, dict) and isinstance(now, dict):
        return [
            place
            for key, value in told.items()
            for place in (missing(value, now[key], f"{where}.{key}") if key in now else [f"{where}.{key}"])
        ]
    if where.endswith(".allowed") and isinstance(told, list) and isinstance(now, list):
        return [] if {*told} <= {*now} else [where]  # a command that came later
    if isinstance(told, list) and isinstance(now, list) and len(told) == len(now):
        pairs = enumerate(zip(told, now, strict=True))
        return [place for number, (one, other) in pairs for place in missing(one, other, f"{where}[{number}]")]
    return [] if told == now else [where]


def unlike(call: Runner, desk: Path) -> dict[str, list[str]]:
    """The questions that a desk answers otherwise than it did."""
    told = TOLD[desk.stem]
    found = {}
    for line, answer in told["answers"].items():
        done = call(*line.split(), "--json", "--db", desk, now=told["now"])
        assert (done.code, "rebuilt" in done.err) == (0, False), line
        found[line] = missing(answer, json.loads(done.out))
    return {line: places for line, places in found.items() if places}


# --- the desks --------------------------------------------------------------------------------------------------


def test_there_is_a_desk_of_each_format() -> None:
    assert [desk.stem for desk in DESKS] == [f"format-{number}" for number in range(FIRST, SCHEMA_VERSION + 1)]


# Kinds that came when the newest format had been given away: its desk is not made again for them. To learn from cases
# takes 200 of them, more than a desk shall have whose every case is told here: see test_learning. A clock
# that was ahead is the machine's own: see test_manners.
YOUNGER = frozenset({"ModelAdopted", "ClockCorrected"})
# What no snapshot has, since what it names is written out there: see test_rulebook_including.
ELSEWHERE = frozenset({"include", "conditions"})


def test_the_newest_desk_has_every_kind_of_event_and_every_section_of_a_rulebook() -> None:
    newest = DESKS[-1]
    assert {kind for (kind,) in query(newest, "SELECT DISTINCT kind FROM events")} == set(KINDS) - YOUNGER
    assert [table for table in PROJECTIONS if not query(newest, f"SELECT 1 FROM {table}")] == []
    sections = re.findall(r"^(\w+):", newest.with_suffix(".rules.yaml").read_text("utf-8"), re.MULTILINE)
    assert set(sections) == set(RULEBOOK.shapes) - ELSEWHERE


def test_a_desk_is_read_as_it_was(kept: Path, call: Runner) -> None:
    assert len(TOLD[kept.stem]["answers"]) > 12
    assert call("list", "--db", kept).code == 0  # makes the tables anew if they are another version's
    assert call("check", "--db", kept) == (0, "", "", "")
    assert unlike(call, kept) == {}


def test_a_desk_of_a_format_that_was_never_given_away_is_refused_by_name(kept: Path, call: Runner) -> None:
    with closing(sqlite3.connect(kept)) as db:
        db.execute(f"PRAGMA user_version = {FIRST - 1}")
    done = call("list", "--db", kept)
    assert (done.code, done.out) == (10, "")
    assert f"has schema {FIRST - 1}, this program knows {SCHEMA_VERSION}" in done.err


def test_missing_finds_what_is_gone_or_told_otherwise() -> None:
    told = {"a": [{"b": 1}, 2], "c": None}
    assert missing(told, {"a": [{"b": 1, "new": 3}, 2], "c": None, "d": 4}) == []
    assert missing(told, {"a": [{"b": 2}, 3]}) == [".a[0].b", ".a[1]", ".c"]
    assert missing(told, {"a": [2], "c": None}) == [".a"]


# --- made anew --------------------------------------------------------------------------------------------------


def test_rebuilding_makes_the_same_tables(kept: Path, call: Runner) -> None:
    call("list", "--db", kept)
    before = (history(kept), projections(kept), fingerprint(kept))
    done = call("check", "--rebuild", "--db", kept)
    assert (done.code, done.out, done.err) == (0, "", f"the tables of {kept} were rebuilt from its history\n")
    assert (history(kept), projections(kept), fingerprint(kept)) == before


OTHER = "UPDATE desk SET value = replace(value, substr(value, 1, 8), 'another1') WHERE key = 'projections'"
SHAPES = {
    "another column": ("ALTER TABLE links ADD COLUMN why TEXT", OTHER),
    "a column less": ("ALTER TABLE cases DROP COLUMN promised_at", OTHER),
    "a table more": (
        "CREATE TABLE notes (case_id TEXT, text TEXT)",
        "INSERT INTO notes VALUES ('202012-001', 'Ann')",
        OTHER,
        "UPDATE desk SET value = value || ' notes' WHERE key = 'projections'",
    ),
    "a table less": ("DROP TABLE ratings", OTHER),
    "an index less": ("DROP INDEX idx_cases_registered_at", OTHER),
    "other rows": ("UPDATE cases SET status = 'open'", "DELETE FROM due_times", "DELETE FROM customers", OTHER),
    "no fingerprint": ("DELETE FROM desk WHERE key = 'projections'",),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_desk_of_another_version_has_its_tables_made_anew_once(kept: Path, call: Runner, shape: str) -> None:
    call("list", "--db", kept)
    before = (history(kept), projections(kept), fingerprint(kept), names(kept))
    change(kept, *SHAPES[shape])
    assert call("check", "--db", kept).out.startswith("the tables are those of another version of the program\n")

    done = call("list", "--db", kept)

    assert done.code == 0
    assert f"the tables of {kept} were rebuilt from its history\n" in done.err
    assert (history(kept), projections(kept), fingerprint(kept), names(kept)) == before
    assert "rebuilt" not in call("list", "--db", kept).err
    assert call("check", "--db", kept).code == 0
    assert unlike(call, kept) == {}


def test_a_command_that_records_does_so_after_rebuilding(kept: Path, call: Runner) -> None:
    change(kept, "ALTER TABLE cases DROP COLUMN promised_at", OTHER)
    done = call("note", "202012-010", "still dark", "--db", kept, now="2021-01-21 09:00")
    assert done.code == 0
    assert done.err.startswith(f"the tables of {kept} were rebuilt")
    assert call("check", "--db", kept).code == 0


def test_what_a_person_added_to_the_file_stays(kept: Path, call: Runner) -> None:
    change(kept, "CREATE TABLE mine (note TEXT)", "INSERT INTO mine VALUES ('hers')", OTHER)
    assert call("list", "--db", kept).code == 0
    assert query(kept, "SELECT * FROM mine") == [("hers",)]


def test_no_fingerprint_makes_the_history_a_projection(kept: Path, call: Runner) -> None:
    before = history(kept)
    change(kept, "UPDATE desk SET value = '0 events desk snapshots sqlite_sequence' WHERE key = 'projections'")
    assert call("list", "--db", kept).code == 0
    assert history(kept) == before


def test_of_several_that_open_it_at_once_one_rebuilds(kept: Path) -> None:
    change(kept, "ALTER TABLE cases DROP COLUMN promised_at", OTHER)
    line = command("list", "--db", kept)
    at_once = [
        subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_env())
        for _ in range(4)
    ]
    said = [process.communicate(timeout=120) for process in at_once]
    assert [process.returncode for process in at_once] == [0] * 4
    assert len({out for out, _ in said}) == 1
    assert sorted(err.count("were rebuilt") for _, err in said) == [0, 0, 0, 1]


# --- whole or not at all ----------------------------------------------------------------------------------------


def test_a_history_that_cannot_be_read_leaves_the_tables_as_they_were(kept: Path, call: Runner) -> None:
    call("list", "--db", kept)
    (seq,) = query(kept, "SELECT max(seq) FROM events WHERE kind = 'CaseRegistered'")[0]
    guard = "events_are_not_changed"
    change(
        kept,
        f"DROP TRIGGER {guard}",
        f"UPDATE events SET body = 'nonsense' WHERE seq = {seq}",
        f"CREATE TRIGGER {guard} {TRIGGERS[guard]}",
        OTHER,
    )
    before, known = projections(kept), fingerprint(kept)
    done = call("list", "--db", kept)
    assert done.code == 9
    assert f"event {seq} was changed" in done.err and "afterservice check" in done.err
    for words in (("check",), ("check", "--rebuild")):
        done = call(*words, "--db", kept)
        assert done.code == 9
        assert f"event {seq} (" in done.out and ", registered) was changed" in done.out
        assert "nothing was changed" in done.err and "compare with a backup" in done.err
    assert (projections(kept), fingerprint(kept)) == (before, known)


def test_a_desk_that_may_not_be_written_says_who_can_mend_it(
    kept: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(kept, OTHER)
    before, open_file = kept.read_bytes(), os.open

    def refuse(path: str | os.PathLike[str], *flags: int) -> int:
        if os.fspath(path).endswith(".lock"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return open_file(path, *flags)

    monkeypatch.setattr(os, "open", refuse)
    done = call("list", "--db", kept)
    assert (done.code, done.out) == (8, "")
    assert done.err == (
        f"afterservice: the tables of {kept} must be rebuilt from its history, and cannot be: "
        f"{kept.parent} may not be written by you\n"
        f"  let somebody who may write it run: afterservice --db {kept} check --rebuild\n"
    )
    assert kept.read_bytes() == before


def test_a_folder_in_which_nobody_may_make_a_desk_is_named_itself(
    tmp_path: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_file = os.open

    def refuse(path: str | os.PathLike[str], flags: int, *rest: int) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return open_file(path, flags, *rest)

    monkeypatch.setattr(os, "open", refuse)
    done = call("init", cwd=tmp_path)
    assert (done.code, done.out) == (8, "")
    assert done.err.splitlines()[0] == f"afterservice: {tmp_path} may not be written by you"


def test_who_reads_a_desk_of_this_version_writes_nothing_and_makes_no_lock(kept: Path, call: Runner) -> None:
    call("list", "--db", kept)
    assert fingerprint(kept) == FINGERPRINT
    kept.with_name(f"{kept.name}.lock").unlink(missing_ok=True)
    before = kept.read_bytes()
    assert call("list", "--db", kept).code == 0
    assert kept.read_bytes() == before
    assert not kept.with_name(f"{kept.name}.lock").exists()


def test_reading_loads_nothing_that_makes_tables(kept: Path) -> None:
    script = "import sys; from afterservice_cli import cli; cli.run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    line = [sys.executable, "-c", script, "list", "--db", str(kept)]
    loaded = subprocess.run(line, capture_output=True, text=True, check=True, env=clean_env()).stderr.split()
    assert "afterservice_cli.store.reading.queries" in loaded
    assert [name for name in loaded if name in ("sqlite_utils", "afterservice_cli.store.projections.rebuilding")] == []


# --- check ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("ALTER TABLE cases DROP COLUMN promised_at", "the table cases is missing or has other columns"),
        (
            "DROP TABLE written",
            "the table written is missing or has other columns\n"
            "the index of written on source_spelling is missing or was changed",
        ),
        ("DROP INDEX idx_cases_registered_at", "the index of cases on registered_at is missing or was changed"),
        ("DELETE FROM customers", "the table customers does not say whose contacts are whose as the events do"),
    ],
)
def test_damage_is_named_and_mended_on_demand(kept: Path, call: Runner, statement: str, finding: str) -> None:
    change(kept, statement)
    done = call("check", "--db", kept)
    assert (done.code, done.out) == (9, f"{finding}\n")
    assert "the history holds together – afterservice check --rebuild" in done.err
    assert call("check", "--rebuild", "--db", kept).code == 0
    assert call("check", "--db", kept) == (0, "", "", "")


def test_what_is_wrong_beside_the_tables_stays_to_be_told(kept: Path, call: Runner) -> None:
    shutil.rmtree(kept.with_suffix(".files"))
    change(kept, "DELETE FROM due_times")
    done = call("check", "--rebuild", "--db", kept)
    assert done.code == 9
    assert len(done.out.splitlines()) == 1 and "of event 59 (202012-008)" in done.out
    assert "1 finding; the tables were rebuilt" in done.err and "compare with a backup" in done.err
