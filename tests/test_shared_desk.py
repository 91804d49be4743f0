"""A desk for a group: what one of its members writes beside it, the others can read and clear away."""

from __future__ import annotations

import errno
import grp
import os
import stat
from pathlib import Path

import pytest

from conftest import Runner

CSV = "编号,渠道,描述\nA-1,电话,坏了\nA-2,传真,碎了\n"
PROFILE = "profile: p\ncolumns: {number: 编号, channel: 渠道, description: 描述}\n"


@pytest.fixture
def shared(tmp_path: Path, call: Runner) -> Path:
    """The folder of a desk for the group of whoever runs this, with a case, a file to import and an outbox."""
    try:
        group = grp.getgrgid(os.getgid()).gr_name
    except KeyError:
        pytest.skip("the current group has no name")
    folder = tmp_path / "desk"
    folder.mkdir(mode=0o755)
    done = call("init", "--group", group, cwd=folder)
    if done.code == 8:
        pytest.skip("the folder cannot be given to the group")
    (folder / "photo.jpg").write_bytes(b"photo")
    (folder / "shop.csv").write_text(CSV, "utf-8")
    (folder / "p.yaml").write_text(PROFILE, "utf-8")
    (folder / "outbox").mkdir()
    assert (
        call(
            "register", "花瓶碎了", "--channel", "phone", "--customer", "王芳", "--contact", "13900001234", cwd=folder
        ).code
        == 0
    )
    assert call("attach", "001", "photo.jpg", cwd=folder).code == 0
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def below(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]


def open_to_the_group(paths: list[Path]) -> bool:
    """Whether the group may read files and change folders, and others nothing."""
    wanted = {path: 0o070 if path.is_dir() else 0o040 for path in paths}
    return all(mode(path) & wanted[path] == wanted[path] and not mode(path) & 0o007 for path in paths)


def test_nobody_outside_the_group_looks_into_the_folder(shared: Path) -> None:
    assert mode(shared) == 0o2770


def test_a_member_makes_the_desk_in_a_folder_that_root_gave_to_the_group(
    tmp_path: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a folder as `install -d -m 2770 -g GROUP` leaves it, whose owner the member is not."""
    folder = tmp_path / "team"
    folder.mkdir()
    folder.chmod(0o2770)
    chown, chmod = os.chown, Path.chmod

    def ours(path: Path) -> Path:
        if path == folder:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(path))
        return path

    monkeypatch.setattr(os, "chown", lambda path, uid, gid: chown(ours(path), uid, gid))
    monkeypatch.setattr(Path, "chmod", lambda path, mode: chmod(ours(path), mode))
    group = grp.getgrgid(folder.stat().st_gid).gr_name
    assert call("init", "--group", group, cwd=folder).code == 0
    assert (mode(folder), mode(folder / "afterservice.db")) == (0o2770, 0o660)

    (folder / "afterservice.db").unlink()
    chmod(folder, 0o2775)
    done = call("init", "--group", group, cwd=folder)
    assert (done.code, "cannot be given to the group" in done.err) == (8, True)


def test_a_folder_with_more_in_it_than_a_desk_is_given_to_no_group(shared: Path, tmp_path: Path, call: Runner) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    group = grp.getgrgid((shared / "afterservice.db").stat().st_gid).gr_name
    done = call("init", "--group", group, cwd=home, env={"HOME": str(home)})
    assert (done.code, f"{home} is no folder to share" in done.err) == (3, True)
    assert ([*home.iterdir()], mode(home)) == ([], 0o755)


def test_a_message_is_the_group_s_to_send(shared: Path, call: Runner) -> None:
    assert call("screen", "001", "--vague", "--outbox", "outbox", cwd=shared).code == 0
    (message,) = (shared / "outbox").iterdir()
    assert mode(message) == 0o660
    assert message.stat().st_gid == (shared / "afterservice.db").stat().st_gid


def test_rejected_rows_are_the_group_s_to_put_right(shared: Path, call: Runner) -> None:
    assert call("import", "shop.csv", "--profile", "p.yaml", "--received-at", "2026-10-01", cwd=shared).code == 11
    assert mode(shared / "shop.rejects.csv") == 0o660


def test_a_backup_is_the_group_s_to_restore_and_to_clear_away(shared: Path, call: Runner) -> None:
    assert call("backup", "copies", cwd=shared).code == 0
    assert call("backup", "one.tar.gz", cwd=shared).code == 0
    assert open_to_the_group(below(shared / "copies"))
    assert mode(shared / "one.tar.gz") == 0o660


def test_a_backup_of_a_desk_of_one_s_own_stays_one_s_own(desk: Path, call: Runner) -> None:
    assert call("backup", "copies").code == 0
    assert [path for path in below(desk.parent / "copies") if mode(path) & 0o077] == []


def test_the_desk_that_a_backup_replaces_is_kept_for_the_group(shared: Path, call: Runner) -> None:
    call("backup", "copies", cwd=shared)
    assert call("note", "001", "later", cwd=shared).code == 0
    (copy,) = (shared / "copies").iterdir()
    assert call("restore", copy, "--yes", cwd=shared).code == 0
    (kept,) = shared.glob("afterservice.before-*.db")
    assert mode(kept) == mode(shared / "afterservice.db") == 0o660
    (files,) = shared.glob("afterservice.before-*.files")
    assert open_to_the_group(below(files))


def test_a_member_restores_a_desk_whose_files_somebody_else_attached(
    shared: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("backup", "copies", cwd=shared)
    (copy,) = (shared / "copies").iterdir()

    def refuse(source: Path, target: Path) -> None:  # as Linux does with files of others: fs.protected_hardlinks
        raise PermissionError(errno.EPERM, "Operation not permitted", os.fspath(source), None, os.fspath(target))

    monkeypatch.setattr(os, "link", refuse)
    done = call("restore", copy, "--yes", cwd=shared)
    assert done.code == 0, done.err
    (kept,) = shared.glob("afterservice.before-*.files")
    assert [path.read_bytes() for path in kept.rglob("*") if path.is_file()] == [b"photo"]
    (before,) = shared.glob("afterservice.before-*.db")
    assert call("check", "--db", before, cwd=shared).code == 0
