"""What was said to be done outlasts a power cut: names that were given or taken are synced, each in its folder."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.store import files
from afterservice_cli.store.connection import Connection
from conftest import Once, Runner, query
from erased import kept_for

PASSING = (".part", ".pack", ".restoring", ".lock")  # names that nobody needs after a power cut
LATER = "2026-11-02 09:00"


class Names:
    """The names that this process gives or takes, and whether each was synced since."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.uncertain: dict[Path, str] = {}  # by names, what was done with them last
        for name, place in (("rename", 1), ("replace", 1), ("link", 1), ("mkdir", 0), ("unlink", 0)):
            patch.setattr(os, name, self._watched(name, getattr(os, name), place))
        patch.setattr(os, "open", self._opened(os.open))
        patch.setattr(os, "fsync", self._synced(os.fsync))

    def _watched(self, name: str, real: Callable[..., None], place: int) -> Callable[..., None]:
        def watched(*paths: Any, **given: Any) -> None:
            real(*paths, **given)
            around = given.get("dst_dir_fd" if place else "dir_fd")
            base = Path.cwd() if around is None else _open(around)
            self._say(base / paths[place], name)

        return watched

    def _opened(self, real: Callable[..., int]) -> Callable[..., int]:
        def opened(path: Any, flags: int, *rest: Any, **given: Any) -> int:
            descriptor = real(path, flags, *rest, **given)
            if flags & os.O_EXCL and not str(path).endswith(".db"):  # of which SQLite syncs the names itself
                self._say(_open(descriptor), "open")
            return descriptor

        return opened

    def _say(self, path: Path, what: str) -> None:
        if path.is_relative_to(Path.cwd()) and not any(part.endswith(PASSING) for part in path.parts):
            self.uncertain[path] = what

    def _synced(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def synced(descriptor: int) -> None:
            real(descriptor)
            folder = _open(descriptor)
            for path in [path for path in self.uncertain if path.parent == folder]:
                del self.uncertain[path]

        return synced


def _open(descriptor: int) -> Path:
    """The file or folder for which a descriptor is open."""
    return Path(f"/proc/self/fd/{descriptor}").readlink()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    yield Names(monkeypatch)


@pytest.fixture
def full(desk: Path, call: Runner, once: Once) -> Path:
    """The folder of a desk with two cases that are over and one that runs, their files, and backups."""
    folder = desk.parent

    def filled() -> None:
        kept_for(desk, call, "1d")
        for number in range(3):
            (folder / "photo").write_bytes(f"photo {number}".encode())
            call("register", "灯碎了", "--channel", "phone", "--customer", "陈强丰", "--contact", "13700000045")
            assert call("attach", "last", "photo").code == 0
            if number < 2:
                call("close", "last", "--resolution", "换了", "--confirmed")
        assert call("backup", "kept.tar").code == call("backup", "old").code == 0
        (folder / "photo").write_bytes(b"another")
        (folder / "out").mkdir()
        rows = [f"{n},2026-10-10 10:00,,,电话,灯坏了" for n in range(9)]
        lines = ("编号,登记时间,客户,联系方式,渠道,描述", *rows, "9,unknown,,,电话,灯坏了")
        (folder / "in.csv").write_text("\n".join(lines), "utf-8")

    once(filled)
    return folder


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a descriptor is open for is read in /proc")
@pytest.mark.parametrize(
    "line",
    [
        "attach 003 photo",
        "attach 003 --extract out",
        "erase 001 002 --yes",
        "archive --yes",
        "backup fresh",
        "backup fresh.tar.gz",
        "backup old --keep 1",
        "restore kept.tar --yes",
        "restore kept.tar --db other.db",
        "import in.csv --yes",
        "report --month 2026-10 -o month.md",
        "list -o list.csv",
        "export --sqlite copy.db",
        "--outbox out acknowledge 003 --via phone",
        "init --db new.db",
    ],
)
def test_names_are_synced_when_a_command_says_that_it_is_done(
    line: str, full: Path, call: Runner, names: Names
) -> None:
    done = call(*line.split(), now=LATER)
    assert done.code in (0, 11), done
    assert names.uncertain == {}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a descriptor is open for is read in /proc")
def test_a_journal_is_gone_before_another_file_has_the_name_of_its_desk(
    full: Path, call: Runner, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    (full / "afterservice.db").write_bytes(b"no desk any more")
    (full / "afterservice.db-journal").write_bytes(b"\0 of that desk")
    replace = Path.replace

    def replaced(self: Path, target: Path) -> Path:
        assert target.name != "afterservice.db" or full / "afterservice.db-journal" not in names.uncertain
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replaced)
    assert call("restore", "kept.tar", "--yes", now=LATER).code == 0
    assert names.uncertain == {}
    (aside,) = full.glob("afterservice.before-*.db")
    assert aside.read_bytes() == b"no desk any more"
    assert aside.with_name(f"{aside.name}-journal").read_bytes() == b"\0 of that desk"
    assert len([*files.folder_of(aside).glob("??/*")]) == 3


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="what a descriptor is open for is read in /proc")
def test_an_old_backup_has_lost_its_name_before_it_loses_a_file(
    full: Path, call: Runner, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    rmtree, rename, fsync = shutil.rmtree, Path.rename, os.fsync
    renamed, gone = list[Path](), list[Path]()

    def noted(self: Path, to: Path) -> Path:
        renamed.append(self)
        return rename(self, to)

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        if _open(descriptor) == full / "old":
            renamed.clear()

    def removed(path: Path, **given: Any) -> None:
        gone.append(path)
        assert renamed == []
        rmtree(path, **given)

    monkeypatch.setattr(Path, "rename", noted)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(shutil, "rmtree", removed)
    assert call("backup", "old", "--keep", "1", now=LATER).code == 0
    assert gone


def test_a_disk_that_fails_when_all_is_in_its_place_is_no_failure_to_record(
    full: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite says that it failed if the folder cannot be synced at last; the journal is gone by then."""
    execute = Connection.execute

    def failing(self: Connection, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        done = execute(self, statement, values)
        if statement == "COMMIT":
            raise sqlite3.OperationalError("disk I/O error")
        return done

    monkeypatch.setattr(Connection, "execute", failing)
    done = call("attach", "003", "photo", now=LATER)
    assert (done.code, "it is recorded all the same" in done.err) == (8, True)
    monkeypatch.undo()
    assert call("check", now=LATER) == (0, "", "", "")
    attached = query(full / "afterservice.db", "SELECT count(*) FROM events WHERE kind = 'FileAttached'")
    assert attached == [(4,)]


def test_an_erasure_that_cannot_be_finished_is_said_to_be_recorded(
    full: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(desk: Path, digests: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "remove", failing)
    done = call("erase", "001", "--yes", now=LATER)
    assert (done.code, "the erasure is recorded" in done.err) == (8, True)
    monkeypatch.undo()
    stored = len([*files.folder_of(full / "afterservice.db").glob("??/*")])
    assert call("list", now=LATER).code == 0  # which finishes it
    assert len([*files.folder_of(full / "afterservice.db").glob("??/*")]) == stored - 1
    assert call("check", now=LATER) == (0, "", "", "")
