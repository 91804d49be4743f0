"""The files that came with cases: kept whole or not at all, never under their names, and given out harmless."""

import contextlib
import hashlib
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from afterservice_cli.errors import StorageFailed
from afterservice_cli.files import durable, folders
from afterservice_cli.store import connection, files
from afterservice_cli.store.schema import TRIGGERS
from conftest import NOW, Runner, clean_env, query
from permitted import like_a_person

CONTENT = b"a door that does not open"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = "张伟的门.jpg"


@pytest.fixture
def photo(desk: Path, call: Runner) -> Path:
    """A customer's file beside a desk with an open case, 001, and a closed one, 002."""
    for words in (("register", "APP登不上"), ("register", "登不上")):
        assert call(*words, "--channel", "phone").code == 0
    assert call("close", "002", "--resolution", "x", "--confirmed").code == 0
    path = desk.with_name(NAME)
    path.write_bytes(CONTENT)
    return path


def stored(desk: Path) -> list[str]:
    """Every file of the store by its place."""
    folder = files.folder_of(desk)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


PLACE = f"{DIGEST[:2]}/{DIGEST}"


def attached(desk: Path) -> list[tuple[object, ...]]:
    return query(desk, "SELECT case_id FROM events WHERE kind = 'FileAttached' ORDER BY seq")


def nothing_is_there(desk: Path) -> None:
    assert not files.folder_of(desk).exists()
    assert attached(desk) == []


# --- in -----------------------------------------------------------------------------------------------------------


def test_a_file_lies_under_its_digest_for_the_owner_alone(desk: Path, photo: Path, call: Runner) -> None:
    assert call("attach", "001", photo.name, "--note", "张伟说的").code == 0
    assert stored(desk) == [PLACE]
    place = files.folder_of(desk) / PLACE
    assert place.read_bytes() == CONTENT
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (place, place.parent, place.parent.parent)]
    assert modes == [0o400, 0o700, 0o700]
    (body,) = query(desk, "SELECT body FROM events WHERE kind = 'FileAttached'")[0]
    assert body == f'{{"digest":"{DIGEST}","size":{len(CONTENT)}}}'
    assert photo.read_bytes() == CONTENT
    assert call("check") == (0, "", "", "")


def test_the_folder_belongs_to_the_group_that_the_desk_belongs_to(desk: Path, photo: Path, call: Runner) -> None:
    desk.chmod(0o666)
    assert call("attach", "001", photo.name).code == 0
    place = files.folder_of(desk) / PLACE
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (place, place.parent, place.parent.parent)]
    assert modes == [0o440, 0o2770, 0o2770]  # and never to everybody
    assert {path.stat().st_gid for path in (place, place.parent)} == {desk.stat().st_gid}


def test_what_root_attaches_belongs_to_the_owner_of_the_desk(
    desk: Path, photo: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda _, uid, gid: given.append((uid, gid)))
    assert call("attach", "001", photo.name).code == 0
    there = desk.stat()
    assert given == [(there.st_uid, there.st_gid)] * 3  # the folder, the file, the folder of its digest


def test_a_desk_by_another_name_for_it_has_the_same_files(desk: Path, photo: Path, call: Runner) -> None:
    elsewhere = desk.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "link.db").symlink_to(desk)
    assert call("attach", "001", photo.name, "--db", "elsewhere/link.db").code == 0
    assert stored(desk) == [PLACE]
    assert [path.name for path in elsewhere.iterdir() if path.name.endswith(".files")] == []


def test_the_same_content_changes_nothing(desk: Path, photo: Path, call: Runner) -> None:
    photo.with_name("b.jpg").write_bytes(CONTENT)
    assert call("attach", "001", photo.name, "b.jpg").code == 0
    assert len(attached(desk)) == 1
    assert stored(desk) == [PLACE]
    done = call("attach", "001", "b.jpg")
    assert (done.code, len(attached(desk))) == (0, 1)
    assert "nothing changed" in done.err
    assert stored(desk) == [PLACE]


def test_two_cases_share_what_is_the_same(desk: Path, photo: Path, call: Runner) -> None:
    assert call("register", "坏了", "--channel", "phone").code == 0
    for case in ("001", "003"):
        assert "nothing changed" not in call("attach", case, photo.name).err
    assert stored(desk) == [PLACE]
    assert len(attached(desk)) == 2


def a_link(path: Path) -> None:
    path.symlink_to(path.with_name(NAME))


def a_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket must be short
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind(path.name)
    os.chdir(here)


@pytest.mark.parametrize(
    ("make", "code", "words"),
    [
        (a_link, 3, "file 2 cannot be attached: it is a symbolic link"),
        (a_dangling_link, 3, "file 2 cannot be attached: it is a symbolic link"),
        (os.mkfifo, 3, "file 2 cannot be attached: it is a device, a pipe or a socket"),
        (a_socket, 3, "file 2 cannot be attached: it is a device, a pipe or a socket"),
        (Path.mkdir, 3, "file 2 cannot be attached: it is a folder"),
        (lambda _: None, 4, "file 2 does not exist"),
    ],
    ids=["link", "dangling link", "pipe", "socket", "folder", "missing"],
)
def test_what_is_no_plain_file_is_refused_and_the_others_with_it(
    make: Callable[[Path], None], code: int, words: str, desk: Path, photo: Path, call: Runner
) -> None:
    make(photo.with_name("李娜.png"))
    done = call("attach", "001", photo.name, "李娜.png")
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "李娜" not in done.err
    nothing_is_there(desk)


def test_a_file_that_cannot_be_read_is_not_named_by_the_command_line_either(
    desk: Path, photo: Path, call: Runner
) -> None:
    photo.chmod(0)
    with like_a_person():
        done = call("attach", "001", photo.name)
    assert done.code == 3
    assert "file 1 cannot be attached: Permission denied" in done.err
    assert NAME not in done.err
    nothing_is_there(desk)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/dev/null", "it is a device"),
        (f"../x/{NAME}", "has '..' in its path"),
        ("\udcff.jpg", "name that is not UTF-8"),
        ("", "it is a folder"),
    ],
)
def test_a_path_that_is_refused(path: str, words: str, desk: Path, photo: Path, call: Runner) -> None:
    done = call("attach", "001", path)
    assert (done.code, done.out) == (3, "")
    assert words in done.err
    nothing_is_there(desk)


def test_a_file_exchanged_after_the_first_look_is_refused_all_the_same(
    desk: Path, photo: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = photo.lstat()
    a_link(photo.with_name("link"))
    os.mkfifo(photo.with_name("pipe"))
    monkeypatch.setattr(Path, "lstat", lambda _: plain)
    for name in ("link", "pipe"):
        assert call("attach", "001", name).code == 3
    nothing_is_there(desk)


def test_a_file_that_is_too_large_is_refused(
    desk: Path, photo: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert files.LARGEST == 100_000_000
    monkeypatch.setattr(files, "LARGEST", 2_000_000)
    photo.write_bytes(b"x" * 2_000_000)
    assert call("attach", "001", photo.name).code == 0
    photo.write_bytes(b"x" * 2_000_001)
    done = call("attach", "001", photo.name)
    assert done.code == 3
    assert "file 1 is larger than 2 MB; nothing was attached" in done.err
    assert len(stored(desk)) == len(attached(desk)) == 1


# --- both, or neither ---------------------------------------------------------------------------------------------


def test_a_refused_case_takes_no_file(desk: Path, photo: Path, call: Runner) -> None:
    assert call("attach", "002", photo.name).code == 6
    nothing_is_there(desk)
    assert call("attach", "001", photo.name).code == 0
    assert call("attach", "002", photo.name).code == 6
    assert stored(desk) == [PLACE]  # the other case has it


def fail_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full when the photo has got its place."""
    sync = durable.sync_names

    def fail(folder: Path) -> None:
        if (folder / DIGEST).exists():
            raise OSError(28, "No space left on device")
        sync(folder)

    monkeypatch.setattr(files, "sync_names", fail)


def test_a_disk_that_fails_at_the_last_moment_takes_the_files_back(
    desk: Path, photo: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo.with_name("b").write_bytes(b"b")
    assert call("attach", "001", "b").code == 0
    fail_at_the_end(monkeypatch)
    done = call("attach", "001", "b", photo.name)
    assert done.code == 8
    assert f"the disk of {desk} is full; nothing was recorded" in done.err
    assert NAME not in done.err
    assert stored(desk) == [f"{hashlib.sha256(b'b').hexdigest()[:2]}/{hashlib.sha256(b'b').hexdigest()}"]
    assert len(attached(desk)) == 1
    assert not (files.folder_of(desk) / DIGEST[:2]).exists()
    assert call("check").code == 0


def test_what_lay_there_before_is_not_taken_back(
    desk: Path, photo: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = files.folder_of(desk) / PLACE
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT)
    fail_at_the_end(monkeypatch)
    assert call("attach", "001", photo.name).code == 8
    assert stored(desk) == [PLACE]


def test_a_commit_that_came_through_keeps_its_file_whatever_is_said_of_it(
    desk: Path, photo: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = connection.writing
    failures = [OSError(5, "Input/output error")]

    @contextlib.contextmanager
    def fail_after(opened: connection.Connection, path: Path) -> Iterator[sqlite3.Connection]:
        with writing(opened, path) as db:
            yield db
        if failures:
            raise failures.pop()

    monkeypatch.setattr(connection, "writing", fail_after)
    assert call("attach", "001", photo.name).code == 8
    assert stored(desk) == [PLACE]
    assert len(attached(desk)) == 1
    assert call("check").code == 0


def test_no_folder_of_files_is_made_behind_a_link(desk: Path, photo: Path, tmp_path: Path, call: Runner) -> None:
    private = tmp_path / "private"
    private.mkdir(0o700)
    (private / "letter.part").write_text("mine")
    files.folder_of(desk).symlink_to(private)
    done = call("attach", "001", photo.name)
    assert (done.code, "no folder but a link" in done.err) == (8, True)
    assert [path.name for path in private.iterdir()] == ["letter.part"]
    assert attached(desk) == []


def test_no_lock_is_taken_behind_a_link(desk: Path, tmp_path: Path, call: Runner) -> None:
    private, lock = tmp_path / "private", desk.with_name("afterservice.db.lock")
    private.write_text("mine")
    private.chmod(0o600)
    desk.chmod(0o660)
    lock.unlink(missing_ok=True)
    for plant in (lock.symlink_to, lock.hardlink_to):
        plant(private)
        done = call("note", "001", "x")
        assert (done.code, "afterservice.db.lock is a link" in done.err) == (8, True)
        assert private.stat().st_mode & 0o777 == 0o600
        lock.unlink()


def test_what_somebody_else_put_beside_the_desk_is_not_used(
    desk: Path, photo: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files.folder_of(desk)
    folder.mkdir()
    theirs = os.stat_result((*folder.stat()[:4], 4242, 4242, *folder.stat()[6:]))
    with pytest.raises(StorageFailed, match="whom the desk does not"):
        folders.demand_ours(theirs, folder, desk)


KILLED = """
import os, signal
from afterservice_cli import cli
from afterservice_cli.workflows.recording import Writer
from afterservice_cli.store.files import Incoming
step = {step}
def last(*args, **given):
    {before}
    os.kill(os.getpid(), signal.SIGKILL)
{step} = last
cli.run(["--now", "{now}", "attach", "001", "{name}"])
"""


@pytest.mark.parametrize(
    ("step", "before", "left"),
    [
        ("Incoming.place", "step(*args)", [PLACE]),
        ("Incoming.place", "pass", ["*.part"]),
        ("Writer.act", "step(*args, **given)", ["*.part"]),
    ],
    ids=["between file and commit", "between copy and file", "between event and file"],
)
def test_who_is_killed_on_the_way_leaves_no_event_without_its_file(
    step: str, before: str, left: list[str], desk: Path, photo: Path, call: Runner
) -> None:
    script = KILLED.format(step=step, before=before, now=NOW, name=NAME)
    done = subprocess.run([sys.executable, "-c", script], cwd=desk.parent, env=clean_env(), check=False)
    assert done.returncode == -signal.SIGKILL
    assert [name if "/" in name else "*.part" for name in stored(desk)] == left
    assert attached(desk) == []
    assert call("check") == (0, "", "", "")
    # The next one clears up.
    photo.with_name("b").write_bytes(b"b")
    assert call("attach", "001", "b", photo.name).code == 0
    assert [name for name in stored(desk) if name.endswith(".part")] == []
    assert len(stored(desk)) == len(attached(desk)) == 2
    assert call("check") == (0, "", "", "")


# --- checked ------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(desk: Path, photo: Path, call: Runner) -> Path:
    """A stored file, of event 6 of case 001 and event 8 of case 003, which was retracted."""
    assert call("attach", "001", photo.name).code == 0
    assert call("register", "坏了", "--channel", "phone").code == 0
    assert call("attach", "003", photo.name).code == 0
    seqs = query(desk, "SELECT seq FROM events WHERE kind = 'FileAttached' ORDER BY seq")
    assert call("retract", "003", str(seqs[1][0]), "--reason", "x").code == 0
    assert call("check").code == 0
    return files.folder_of(desk) / PLACE


def altered(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(CONTENT[:-1] + b"!")


def cut_short(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(CONTENT[:-1])


def linked(path: Path) -> None:
    aside = path.rename(path.with_name("aside"))
    path.symlink_to(aside)


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (Path.unlink, "is missing"),
        (altered, "was changed after it was stored"),
        (cut_short, "was changed after it was stored"),
        (linked, "cannot be read: it is a symbolic link"),
        (a_pipe, "cannot be read: it is a device, a pipe or a socket"),
    ],
)
def test_a_file_that_is_gone_or_altered_is_found(
    spoil: Callable[[Path], None], words: str, desk: Path, kept: Path, call: Runner
) -> None:
    spoil(kept)
    done = call("check")
    assert done.code == 9
    seqs = [seq for (seq,) in query(desk, "SELECT seq FROM events WHERE kind = 'FileAttached' ORDER BY seq")]
    assert done.out.splitlines() == [
        f"the file of event {seqs[0]} (202610-001) {words}",
        f"the file of event {seqs[1]} (202610-003) {words}",
    ]


def test_a_file_is_not_looked_for_once_its_name_was_erased(desk: Path, kept: Path) -> None:
    def wanted() -> list[str]:
        with contextlib.closing(sqlite3.connect(desk)) as db:
            return list(files.findings(desk, files.named(db)))

    kept.unlink()
    assert len(wanted()) == 2
    with contextlib.closing(sqlite3.connect(desk)) as db:
        db.execute("DROP TRIGGER erasures_name_their_event")
        db.execute("INSERT INTO erasures (seq, erased_by) SELECT max(seq), 1 FROM events WHERE kind = 'FileAttached'")
        db.execute(f"CREATE TRIGGER erasures_name_their_event {TRIGGERS['erasures_name_their_event']}")
        db.commit()
    assert len(wanted()) == 1


def test_an_event_that_cannot_be_read_names_no_file(desk: Path, kept: Path, call: Runner) -> None:
    with contextlib.closing(sqlite3.connect(desk)) as db:
        db.execute("DROP TRIGGER events_are_not_changed")
        db.execute("UPDATE events SET body = 'nonsense' WHERE kind = 'FileAttached'")
        db.commit()
    done = call("check")
    assert done.code == 9
    assert "was changed after it was recorded" in done.out
    assert "the file of event" not in done.out


def test_what_was_lost_is_mended_by_attaching_it_again(desk: Path, kept: Path, call: Runner) -> None:
    for spoil in (Path.unlink, altered):
        spoil(kept)
        done = call("attach", "001", NAME)
        assert (done.code, "nothing changed" in done.err) == (0, True)
        assert kept.read_bytes() == CONTENT
        assert call("check").code == 0


# --- out ----------------------------------------------------------------------------------------------------------


def test_a_list_of_what_a_case_has(desk: Path, kept: Path, call: Runner) -> None:
    done = call("attach", "001")
    _, row = done.out.splitlines()
    seq, name, size, sha256, when, _, note = row.split("\t")
    assert (name, size, sha256, note) == (NAME, str(len(CONTENT)), DIGEST, "")
    assert when.startswith("2026-10-12T01:00:00Z")
    assert call("attach", "003").err == "0 files\n"  # retracted
    assert f"  {seq}  {NAME}  {len(CONTENT)} B" in call("show", "001").out
    assert "attachments" not in call("show", "003").out
    assert call("attach", "001", "--labels", env={"AFTERSERVICE_LANG": "zh"}).out.startswith("序号\t文件名\t字节")


def test_out_again_under_their_names_and_over_nothing(desk: Path, photo: Path, call: Runner) -> None:
    out = desk.parent / "out"
    out.mkdir()
    (out / NAME).write_bytes(b"mine")
    other = desk.parent / "other"
    other.mkdir()
    (other / NAME).write_bytes(b"another")
    assert call("attach", "001", photo, other / NAME).code == 0
    done = call("attach", "001", "--extract", "out")
    assert done.code == 0
    assert [line.split("\t")[1] for line in done.out.splitlines()[1:]] == ["out/张伟的门-2.jpg", "out/张伟的门-3.jpg"]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        NAME: b"mine",
        "张伟的门-2.jpg": CONTENT,
        "张伟的门-3.jpg": b"another",
    }
    assert stat.S_IMODE((out / "张伟的门-2.jpg").stat().st_mode) == 0o600


def test_a_name_that_is_a_link_already_is_not_written_through(desk: Path, photo: Path, call: Runner) -> None:
    assert call("attach", "001", photo).code == 0
    out = desk.parent / "out"
    out.mkdir()
    (out / NAME).symlink_to(desk.parent / "target")
    assert call("attach", "001", "--extract", "out").code == 0
    assert not (desk.parent / "target").exists()
    assert (out / "张伟的门-2.jpg").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("spoil", "words"), [(Path.unlink, "is missing"), (altered, "was changed after it was stored")]
)
def test_what_is_not_what_it_was_is_not_given_out_nor_what_came_before_it(
    spoil: Callable[[Path], None], words: str, desk: Path, photo: Path, call: Runner
) -> None:
    photo.with_name("b").write_bytes(b"b")
    assert call("attach", "001", "b", photo.name).code == 0
    spoil(files.folder_of(desk) / PLACE)
    (desk.parent / "out").mkdir()
    done = call("attach", "001", "--extract", "out")
    assert (done.code, done.out) == (9, "")
    assert words in done.err
    assert NAME not in done.err
    assert list((desk.parent / "out").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder in which nobody may write")
def test_a_folder_that_takes_nothing_says_so_without_the_name(desk: Path, photo: Path, call: Runner) -> None:
    assert call("attach", "001", photo).code == 0
    done = call("attach", "001", "--extract", "/proc/self")
    assert done.code == 8
    assert "/proc/self cannot be written" in done.err
    assert NAME not in done.err


NAMES = (
    st.text(min_size=1) | st.text(alphabet="./\\-~ a\x1b\u202e字:", min_size=1) | st.text(min_size=150).map("x.".join)
)


@forall(NAMES)
def test_a_name_given_out_is_always_a_plain_one(name: str) -> None:
    safe = files.safe_name(name)
    assert safe == Path(safe).name != ""
    assert len(safe.encode()) <= files.LONGEST_NAME
    assert safe[0] not in ".-~ "
    assert safe == safe.strip()
    assert [c for c in safe if not c.isprintable() and not c.isspace()] == []
    assert not set(safe) & set('/\\<>:"|?*\x00\x1b\u202e')
    assert files.safe_name(safe) == safe


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("门 2.JPG", "门 2.JPG"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("a\x1b]0;b\u202egpj.exe", "a_]0;b_gpj.exe"),
        ("长" * 100 + ".jpeg", "长" * 65 + ".jpeg"),
        ("a" * 300, "a" * 200),
    ],
)
def test_names_made_plain(name: str, safe: str) -> None:
    assert files.safe_name(name) == safe
