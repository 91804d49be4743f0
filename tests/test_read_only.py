"""A desk that can only be read: what a command that would write says, and what there is to do."""

import contextlib
import errno
import os
import pwd
import shutil
import sqlite3
from pathlib import Path

import pytest

from afterservice_cli.errors import StorageFailed
from afterservice_cli.store.troubles import translated
from conftest import Runner
from permitted import like_a_person


def _written_to(path: Path) -> None:
    with translated(path), contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        db.execute("CREATE TABLE more (a)")


@pytest.mark.parametrize(
    ("locked", "mode", "way"),
    [
        ("afterservice.db", 0o440, "chmod u+w {folder}/afterservice.db"),
        (".", 0o550, "chmod u+w {folder}"),
        (".", 0o750, "ask its owner for write access"),
    ],
)
def test_whoever_locked_their_own_desk_is_told_how_it_opens(desk: Path, locked: str, mode: int, way: str) -> None:
    place = desk.parent / locked
    place.chmod(mode)
    try:
        with pytest.raises(StorageFailed, match="or its folder cannot be written") as told:
            _written_to(desk)
    finally:
        place.chmod(0o750)
    assert told.value.hint == way.format(folder=desk.parent)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_disk_that_can_only_be_read_is_called_so(
    desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    opened = os.open

    def mounted(path: str | os.PathLike[str], flags: int, *more: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, "Read-only file system", os.fspath(path))
        return opened(path, flags, *more)

    monkeypatch.setattr(os, "open", mounted)
    done = call("register", "x", "--channel", "phone", env={"AFTERSERVICE_LANG": language})
    said, way = {
        "en": ("lies on a disk that can only be read", "use another disk"),
        "zh": ("所在的磁盘只能读", "换个磁盘"),
    }[language]
    assert (done.code, said in done.err, way in done.err, call("list").code) == (8, True, True, 0)


FILES = [
    ("list --db {file}", 8),
    ("register x --db {file}", 8),
    ("check --db {file}", 8),
    ("restore {file}", 8),
    ("import {file}", 3),
    ("import {ours} --profile {file}", 3),
    ("rules check {file}", 3),
    ("rules diff {file}", 3),
    ("init --db new.db --rules ./{file}", 3),
]


@pytest.mark.parametrize(("line", "code"), FILES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_that_may_not_be_read_is_told_so(desk: Path, call: Runner, line: str, code: int, language: str) -> None:
    locked, ours = desk.with_name("locked.yaml"), desk.with_name("ours.csv")
    shutil.copy(desk, locked)
    ours.write_text("描述\n坏了\n")
    locked.chmod(0)
    with like_a_person():
        done = call(*line.format(file=locked.name, ours=ours.name).split(), env={"AFTERSERVICE_LANG": language})
    said = {"en": ("may not be read", "cannot be read", "Permission denied"), "zh": ("读权限", "读不了", "没有权限")}
    assert done.code == code, done.err
    assert any(words in done.err for words in said[language]), done.err
    assert "locked.yaml" in done.err


def test_a_desk_of_somebody_else_s_folder_says_whom_to_ask(desk: Path, call: Runner) -> None:
    inside = desk.parent / "inside"
    inside.mkdir()
    shutil.copy(desk, inside)
    inside.chmod(0)
    with like_a_person():
        done = call("list", "--db", "inside/afterservice.db")
    inside.chmod(0o700)
    assert (
        done.err == "afterservice: inside/afterservice.db may not be read by you\n  ask its owner to let you read it\n"
    )
    assert done.code == 8


def test_whoever_locked_their_own_desk_against_reading_is_told_how_it_opens(desk: Path, call: Runner) -> None:
    desk.chmod(0)
    with like_a_person():
        done = call("list")
    assert done.err == f"afterservice: {desk} may not be read by you\n  chmod u+r {desk}\n"
    assert done.code == 8


@pytest.mark.parametrize("line", ["list", "register x --channel phone", "due", "report"])
def test_a_desk_that_lacks_a_table_names_what_makes_it_anew(desk: Path, call: Runner, line: str) -> None:
    with contextlib.closing(sqlite3.connect(desk)) as db:
        db.execute("DROP TABLE cases")
    done = call(*line.split())
    assert done.err == (
        f"afterservice: a table of {desk} is missing, or not as it was\n  afterservice check --rebuild\n"
    )
    assert done.code == 8
    call("check", "--rebuild")
    assert call(*line.split()).code == 0


@pytest.mark.parametrize(
    "line", ["list --all -o theirs/all.csv", "report -o theirs/", "export --format csv -o theirs/log.csv"]
)
def test_a_folder_in_which_nothing_may_be_written_is_told_with_its_owner(desk: Path, call: Runner, line: str) -> None:
    theirs = desk.with_name("theirs")
    theirs.mkdir(mode=0o500)
    with like_a_person():
        done = call(*line.split())
    owner = pwd.getpwuid(theirs.stat().st_uid).pw_name
    assert f"  the file is as it was; ask {owner}, whose folder it is, or name another\n" in done.err
    assert done.code == 8
    assert list(theirs.iterdir()) == []
