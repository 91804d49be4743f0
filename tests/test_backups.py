"""Backups that are whole."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.store import files
from conftest import Once, Runner
from over_and_running import LATER, closed_desk, full_disk


@pytest.fixture
def closed(tmp_path: Path, founded: Path, once: Once, call: Runner) -> Path:
    return closed_desk(tmp_path, founded, once, call)


def test_a_backup_is_a_whole_desk_with_its_head(closed: Path, call: Runner) -> None:
    done = call("backup", "kept", "--json")
    told = json.loads(done.out)
    folder = closed.parent / told["path"]

    assert done.code == 0
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert {*manifest["files"]} == {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"
    }
    assert call("check", "--db", folder / "afterservice.db") == (0, "", "", "")
    assert call("list", "--db", folder / "afterservice.db").out == call("list").out
    done = call("check", "--head", f"{told['seq']}:{told['head']}")
    assert (done.code, done.out) == (0, "")
    assert done.err == f"event {told['seq']} is in this history as it was; 0 events were recorded since\n"
    assert (folder.stat().st_mode & 0o777, (folder / "afterservice.db").stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_history_that_is_no_longer_the_one_that_was_backed_up_shows(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    (closed.parent / "twin").mkdir()
    call("init", "--db", "twin/afterservice.db")
    done = call("check", "--db", "twin/afterservice.db", "--head", f"{told['seq']}:{told['head']}")
    assert (done.code, "it was shortened" in done.err) == (9, True)
    done = call("check", "--db", "twin/afterservice.db", "--head", f"1:{told['head']}")
    assert (done.code, "the history was rewritten" in done.err) == (9, True)
    assert call("check", "--head", "yesterday").code == 3


def test_old_backups_make_room_for_new_ones(closed: Path, call: Runner) -> None:
    other = closed.parent / "other"
    other.mkdir()
    call("init", "--db", other / "afterservice.db")
    call("backup", "kept", "--db", other / "afterservice.db", now="2026-10-01")
    for day in range(12, 17):
        assert call("backup", "kept", "--keep", "2", now=f"2026-10-{day} 03:00").code == 0
    names = sorted(path.name for path in (closed.parent / "kept").iterdir())
    assert names == [
        "afterservice-20260930T160000Z",  # of another desk
        "afterservice-20261014T190000Z",
        "afterservice-20261015T190000Z",
    ]


def test_a_damaged_desk_is_named_and_kept_only_if_that_is_wanted(closed: Path, call: Runner) -> None:
    call("backup", "kept", "--keep", "1")
    next(files.folder_of(closed).glob("??/*")).unlink()
    done = call("backup", "kept", "--keep", "1", now=LATER)
    assert (done.code, "(202610-001) is missing" in done.err) == (9, True)
    assert len(list((closed.parent / "kept").iterdir())) == 1
    done = call("backup", "kept", "--keep", "1", "--anyway", now=LATER)
    assert (done.code, "is missing" in done.err) == (0, True)
    assert len(list((closed.parent / "kept").iterdir())) == 2, "a sound one does not make room for a damaged one"


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("none/kept", 4, "there is no folder none"),
        ("none/kept.tar", 4, "there is no folder none"),
        ("afterservice.rules.yaml", 3, "is neither a folder nor one of .tar, .tar.gz, .tgz"),
        ("there.tar", 5, "there.tar exists already"),
    ],
)
def test_where_no_backup_can_go(closed: Path, call: Runner, to: str, code: int, said: str) -> None:
    (closed.parent / "there.tar").touch()
    done = call("backup", to)
    assert (done.code, said in done.err) == (code, True), done
    assert not list(closed.parent.glob(".*part*"))


def test_how_many_are_kept_is_said_of_a_folder_alone(closed: Path, call: Runner) -> None:
    done = call("backup", "kept.tar", "--keep", "2")
    assert (done.code, "--keep needs a folder of backups" in done.err) == (3, True)
    assert not (closed.parent / "kept.tar").exists()


def test_the_newest_backup_is_the_one_made_last_whatever_the_desk_is_called(closed: Path, call: Runner) -> None:
    assert call("backup", "kept").code == 0
    renamed = closed.rename(closed.with_name("a.db"))
    files.folder_of(closed).rename(files.folder_of(renamed))
    assert call("backup", "kept", "--keep", "1", "--db", renamed, now=LATER).code == 0
    assert [path.name for path in (closed.parent / "kept").iterdir()] == ["a-20261013T010000Z"]


@pytest.mark.parametrize("backwards", [False, True])
def test_two_backups_of_one_second_are_both_kept_and_the_first_makes_room_first(
    closed: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, backwards: bool
) -> None:
    as_listed = Path.iterdir
    # In whatever order the disk lists them.
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter(sorted(as_listed(folder), reverse=backwards)))
    kept = closed.parent / "kept"
    for _ in range(2):
        assert call("backup", "kept").code == 0
    first = "afterservice-20261012T010000Z"
    assert {path.name for path in kept.iterdir()} == {first, f"{first}-2"}
    assert call("backup", "kept", "--keep", "2", now=LATER).code == 0
    assert {path.name for path in kept.iterdir()} == {f"{first}-2", "afterservice-20261013T010000Z"}


def test_what_lies_beside_backups_is_no_backup_but_for_what_one_left_that_was_killed(
    closed: Path, call: Runner
) -> None:
    kept = closed.parent / "kept"
    assert call("backup", "kept").code == 0
    (old,) = kept.iterdir()
    shutil.copytree(old, kept / ".mine")
    (kept / "letters").mkdir()
    (kept / "letter.txt").write_text("x")
    shutil.copytree(old, kept / f".{old.name}.part")
    (kept / ".kept.tar.part.pack").write_bytes(b"x")
    assert call("backup", "kept", "--keep", "1", now=LATER).code == 0
    names = {path.name for path in kept.iterdir()}
    assert names == {".mine", "letters", "letter.txt", "afterservice-20261013T010000Z"}


def full_as_sqlite_says_it(*_: object) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    raise error


@pytest.mark.parametrize("to", ["kept", "kept/one.tar"])
@pytest.mark.parametrize(
    ("step", "fails"),
    [
        ("copied", full_as_sqlite_says_it),
        ("files.copy_to", full_disk),
        ("_write", full_disk),
        ("_sync_below", full_disk),
    ],
)
def test_a_full_disk_leaves_nothing_of_a_backup(
    closed: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, to: str, step: str, fails: Any
) -> None:
    assert call("backup", "kept").code == 0
    there = {path.name for path in closed.parent.rglob("*")}
    with monkeypatch.context() as patch:
        patch.setattr(f"afterservice_cli.store.copies.backups.{step}", fails)
        done = call("backup", to, now=LATER)
    assert (done.code, done.err) == (
        8,
        "afterservice: the disk of kept is full: no backup was made, and nothing is left of it\n"
        "  make room there (the backups that lie there are whole), or name a folder on another disk\n",
    )
    assert {path.name for path in closed.parent.rglob("*")} == there
    assert call("backup", to, now=LATER).code == 0
