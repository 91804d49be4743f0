"""A desk that can only be read: what a command that would write says, and what there is to do."""

import contextlib
import errno
import os
import sqlite3
from pathlib import Path

import pytest

from afterservice_cli.errors import StorageFailed
from afterservice_cli.store.troubles import translated
from conftest import Runner


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
