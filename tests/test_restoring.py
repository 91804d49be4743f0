"""The way back: a backup in the place of a desk."""

import json
import shutil
import tarfile
from pathlib import Path

import pytest

from afterservice_cli.store import files
from conftest import Once, Runner, query
from erased import leftovers
from over_and_running import CONTACT, LATER, NAME, PHOTO, closed_desk, full_disk


@pytest.fixture
def closed(tmp_path: Path, founded: Path, once: Once, call: Runner) -> Path:
    return closed_desk(tmp_path, founded, once, call)


@pytest.mark.parametrize("to", ["kept", "kept.tar", "kept.tar.gz"])
def test_a_desk_that_is_gone_comes_back(closed: Path, call: Runner, to: str) -> None:
    listed, shown = call("list", now=LATER).out, call("show", "001", now=LATER).out
    told = json.loads(call("backup", to, "--json").out)
    for path in (closed, closed.parent / "afterservice.rules.yaml"):
        path.unlink()
    shutil.rmtree(files.folder_of(closed))

    assert call("restore", told["path"]).code == 0

    assert call("check") == (0, "", "", "")
    assert (call("list", now=LATER).out, call("show", "001", now=LATER).out) == (listed, shown)
    assert call("rules", "check").code == 0


def test_the_desk_that_was_there_is_kept_aside_whole(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    call("register", "没人接", "--channel", "phone", now=LATER)
    listed = call("list", now=LATER).out

    asked = call("restore", told["path"], now=LATER)
    assert (asked.code, "add --yes" in asked.err) == (3, True)
    assert "one of 2026-10-12 09:00 with" in asked.err, "in the desk's time zone"
    done = call("restore", told["path"], "--yes", now=LATER)

    assert done.code == 0
    assert "1 event recorded after the backup is in that one only" in done.err
    (aside,) = closed.parent.glob("afterservice.before-*.db")
    assert call("list", "--db", aside, now=LATER).out == listed
    assert call("check", "--db", aside) == (0, "", "", "")
    assert "202610-003" not in call("list", now=LATER).out
    assert call("check") == (0, "", "", "")
    assert call("register", "没人接", "--channel", "phone", now=LATER).code == 0, "work goes on"


def test_what_was_erased_since_the_backup_is_erased_again(closed: Path, call: Runner) -> None:
    call("register", "还没完的事", "--channel", "phone", "--customer", "李敏儿", "--contact", "13600000099")
    told = json.loads(call("backup", "/".join((str(closed.parent.parent), "backups")), "--json").out)
    call("close", "003", "--resolution", "好了", "--confirmed")
    call("erase", "001", "003", "--yes", now=LATER)

    done = call("restore", told["path"], "--yes", now=LATER)

    assert "erased again: 202610-001, 202610-003" in done.err
    assert leftovers(closed.parent, NAME, CONTACT, PHOTO, "李敏儿", "13600000099") == []
    assert json.loads(call("show", "003", "--json").out)["status"] == "closed", "it was open then; nobody can go on"
    assert call("check") == (0, "", "", "")


def test_a_desk_that_cannot_be_read_is_replaced_and_kept(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    closed.write_bytes(b"not a database at all")
    done = call("restore", told["path"], "--yes", now=LATER)
    assert done.code == 0, done
    assert "could not be read" in done.err
    (aside,) = closed.parent.glob("afterservice.before-*.db")
    assert (aside.name, aside.read_bytes()) == ("afterservice.before-20261013T010000Z.db", b"not a database at all")
    assert call("check") == (0, "", "", "")


def test_another_desk_is_not_replaced(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    (closed.parent / "twin").mkdir()
    call("init", "--db", "twin/afterservice.db")
    before = (closed.parent / "twin/afterservice.db").read_bytes()
    done = call("restore", told["path"], "--yes", "--db", "twin/afterservice.db")
    assert (done.code, "another desk than the one of this backup" in done.err) == (6, True)
    assert (closed.parent / "twin/afterservice.db").read_bytes() == before


def test_a_backup_that_was_changed_is_refused(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    folder, before = closed.parent / told["path"], closed.read_bytes()
    for spoil, code, said in (
        (lambda: (folder / "afterservice.rules.yaml").write_text("x"), 9, "afterservice.rules.yaml was changed"),
        (lambda: (folder / "afterservice.rules.yaml").unlink(), 9, "afterservice.rules.yaml is missing"),
        (lambda: (folder / "manifest.json").write_text("{}"), 9, "manifest.json of"),
        (lambda: (folder / "manifest.json").write_text("{"), 9, "manifest.json of"),
        (lambda: (folder / "manifest.json").unlink(), 4, "is no backup"),
        (lambda: shutil.rmtree(folder), 4, "there is no backup"),
    ):
        spoil()
        done = call("restore", told["path"], "--yes", now=LATER)
        assert (done.code, said in done.err) == (code, True), done
        assert closed.read_bytes() == before


@pytest.mark.parametrize("missing", ["out of the list", "a link", "above it", "elsewhere"])
def test_a_backup_has_its_files_below_it_and_the_desk_among_them(closed: Path, call: Runner, missing: str) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    folder, before = closed.parent / told["path"], closed.read_bytes()
    copy, manifest = folder / "afterservice.db", json.loads((folder / "manifest.json").read_text("utf-8"))
    outside = copy.rename(folder.parent / "outside.db")
    named = {"a link": copy.name, "above it": "../outside.db", "elsewhere": str(outside)}.get(missing)
    content = manifest["files"].pop(copy.name)
    if named:
        manifest["files"][named] = content
    if missing == "a link":
        copy.symlink_to(outside)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    done = call("restore", told["path"], "--yes", now=LATER)
    assert (done.code, f"{named or copy.name} is missing in the backup" in done.err) == (9, True), done
    assert closed.read_bytes() == before


def test_a_backup_of_a_damaged_desk_takes_no_desks_place(closed: Path, call: Runner) -> None:
    next(files.folder_of(closed).glob("??/*")).unlink()
    told = json.loads(call("backup", "kept", "--anyway", "--json").out)
    before = closed.read_bytes()
    done = call("restore", told["path"], "--yes", now=LATER)
    assert (done.code, "the backup does not hold together" in done.err) == (9, True)
    assert closed.read_bytes() == before
    assert not [*closed.parent.glob("afterservice.before-*")]


def test_what_the_backup_never_had_is_not_erased_again(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    call("register", "没人接", "--channel", "phone", now=LATER)
    call("close", "003", "--resolution", "好了", "--confirmed", now=LATER)
    assert call("erase", "001", "003", "--yes", now=LATER).code == 0
    done = call("restore", told["path"], "--yes", now=LATER)
    assert (done.code, "erased again: 202610-001\n" in done.err) == (0, True)


def test_what_the_backup_has_erased_already_stays_as_it_is_there(closed: Path, call: Runner) -> None:
    first = json.loads(call("backup", "kept", "--json").out)
    elsewhere = ("--db", closed.parent / "elsewhere/afterservice.db")
    (closed.parent / "elsewhere").mkdir()
    assert call("restore", first["path"], *elsewhere).code == 0
    assert call("erase", "001", "--yes", *elsewhere, now=LATER).code == 0
    second = json.loads(call("backup", "kept", *elsewhere, "--json", now=LATER).out)
    for text in ("one", "two"):
        call("note", "002", text, now=LATER)
    assert call("erase", "001", "--yes", now=LATER).code == 0

    done = call("restore", second["path"], "--yes", now=LATER)

    assert (done.code, "erased again" in done.err) == (0, False)
    assert query(closed, "SELECT count(*) FROM events WHERE kind = 'PersonalDataErased'") == [(1,)]
    assert call("check") == (0, "", "", "")


def test_desks_that_were_there_are_all_kept_if_they_go_in_one_second(closed: Path, call: Runner) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    for _ in range(3):
        assert call("restore", told["path"], "--yes", now=LATER).code == 0
    kept = "afterservice.before-20261013T010000Z"  # 09:00 of the desk
    names = {path.name for path in closed.parent.glob("afterservice.before-*.db")}
    assert names == {f"{kept}.db", f"{kept}-2.db", f"{kept}-3.db"}


def test_a_file_that_is_no_packed_backup_is_refused_by_its_name(closed: Path, call: Runner) -> None:
    whole = closed.parent / "kept.tar.gz"
    assert call("backup", "kept.tar.gz").code == 0
    before, data = closed.read_bytes(), whole.read_bytes()
    other = closed.parent / "other.tar.gz"
    with tarfile.open(other, "w:gz") as tar:
        tar.add(closed, arcname="photos/desk.db")
    for spoiled, code, said in (
        (data[: len(data) // 2], 8, "kept.tar.gz is no packed backup, or damaged, or not all of one"),
        (data[:100] + b"x" * 100 + data[200:], 8, "kept.tar.gz is no packed backup, or damaged, or not all of one"),
        (b"a letter", 8, "kept.tar.gz is no packed backup, or damaged, or not all of one"),
        (other.read_bytes(), 4, "kept.tar.gz is no backup: it has no manifest.json"),
    ):
        whole.write_bytes(spoiled)
        done = call("restore", "kept.tar.gz", "--yes", now=LATER)
        assert (done.code, done.err.splitlines()[0]) == (code, f"afterservice: {said}")
        assert closed.read_bytes() == before
    assert not [*closed.parent.glob(".kept*")]


@pytest.mark.parametrize("step", ["backups.copied", "files.copy_to", "files.link_to"])
def test_a_full_disk_leaves_the_desk_as_it_was(
    closed: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    told = json.loads(call("backup", "kept", "--json").out)
    before, there = closed.read_bytes(), {path.name for path in closed.parent.rglob("*")}
    with monkeypatch.context() as patch:
        patch.setattr(f"afterservice_cli.workflows.restoring.{step}", full_disk)
        done = call("restore", told["path"], "--yes", now=LATER)
    assert (done.code, done.err) == (
        8,
        f"afterservice: the disk of {closed} is full: nothing was restored, the desk is as it was\n"
        "  make room there and restore again\n",
    )
    assert closed.read_bytes() == before
    assert {path.name for path in closed.parent.rglob("*")} == there
    assert call("check").code == 0
