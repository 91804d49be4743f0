"""Real processes: several that write at once, one that is killed, one that is interrupted."""

import fcntl
import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from afterservice_cli import session
from afterservice_cli.errors import StorageFailed
from afterservice_cli.store import connection, queueing
from conftest import Runner, clean_env, command, query

PROCESSES = 8
EACH = int(os.environ.get("AFTERSERVICE_REGISTER_EACH", "10"))  # 100 takes a minute or two
ROWS, FEW = 3000, 500
REST = 200  # rows of what was not read yet, which are enough to show that they come
PATIENCE = 60.0  # seconds, for what takes a fraction of one

PROFILE = """
profile: many
columns: {number: no, received_at: at, channel: by, description: words}
course: [{event: responded, at: answered, text: answer}]
"""


def test_many_register_at_the_same_time(desk: Path, run: Runner) -> None:
    line = shlex.join(command("register", "APP登不上", "--channel", "phone", now=None))
    loop = f"n=0; while [ $n -lt {EACH} ]; do {line} || exit 1; n=$((n+1)); done"
    folder = desk.parent
    running = [
        subprocess.Popen(
            ["sh", "-c", loop], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=clean_env(), text=True
        )
        for _ in range(PROCESSES)
    ]
    done = [process.communicate() for process in running]

    assert [process.returncode for process in running] == [0] * PROCESSES
    assert {error for _, error in done if "afterservice:" in error} == set()
    told = [line.split()[0] for out, _ in done for line in out.splitlines() if line[:2] == "20"]
    stored = query(desk, "SELECT case_id, series, serial FROM cases ORDER BY case_id")
    assert len(told) == len(set(told)) == PROCESSES * EACH
    assert sorted(told) == [row[0] for row in stored]
    for series in {row[1] for row in stored}:  # two only where a month has just ended
        serials = sorted(int(str(row[2])) for row in stored if row[1] == series)
        assert serials == list(range(1, len(serials) + 1))
    assert query(desk, "SELECT count(*), max(seq) FROM events") == [(PROCESSES * EACH + 1,) * 2]
    assert run("check", now=None) == (0, "", "", "")


@pytest.fixture
def many(desk: Path) -> Path:
    """A desk beside a file of many rows."""
    words = "无法登录，" + "一直转圈" * 40
    rows = "".join(f"{n},2026-10-01 09:00,phone,{words},2026-10-02,{words}\n" for n in range(ROWS))
    desk.with_name("many.csv").write_text(f"no,at,by,words,answered,answer\n{rows}", "utf-8")
    desk.with_name("many.yaml").write_text(PROFILE, "utf-8")
    return desk


def listen() -> None:
    """Hear interrupts, even where the tests run in the background and do not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begin(desk: Path, *words: str) -> "subprocess.Popen[bytes]":
    """A process whose output waits to be read."""
    return subprocess.Popen(
        command(*words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=desk.parent,
        env=clean_env(),
        preexec_fn=listen,
    )


def import_until(desk: Path, reached: Callable[[], bool]) -> "subprocess.Popen[bytes]":
    """An import under way, as soon as it has come so far; fails where it ended before."""
    process = begin(desk, "import", "many.csv", "--profile", "many.yaml")
    patience = time.monotonic() + PATIENCE
    while not reached():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < patience
        time.sleep(0.001)
    return process


def the_rest_comes_with_the_same_command(desk: Path, run: Runner) -> None:
    """What is in the register are whole cases, and reading the file again makes it whole."""
    assert run("check") == (0, "", "", "")
    ((there,),) = query(desk, "SELECT count(*) FROM cases")
    assert query(desk, "SELECT count(*) FROM timeline WHERE word = 'responded'") == [(there,)]
    assert 0 < int(str(there)) < ROWS
    assert not desk.with_name("many.rejects.csv").exists()
    file, rows = desk.with_name("many.csv"), min(ROWS, int(str(there)) + REST)
    file.write_text("".join(file.read_text("utf-8").splitlines(keepends=True)[: 1 + rows]), "utf-8")
    done = run("import", "many.csv", "--profile", "many.yaml")
    assert done.out.startswith(f"{rows} read: {rows - int(str(there))} new, {there} unchanged")
    assert run("check") == (0, "", "", "")


def some_are_in(desk: Path) -> bool:
    """Whether a first part of the file is in the register, and the next on its way."""
    try:
        some = bool(query(desk, "SELECT 1 FROM cases LIMIT 1"))
    except sqlite3.OperationalError:  # the journal was there, its lock not yet: who only reads must not touch it
        return False
    return some and desk.with_name("afterservice.db-journal").exists()


def test_an_import_that_is_killed_leaves_whole_cases(many: Path, run: Runner) -> None:
    process = import_until(many, lambda: some_are_in(many))
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    the_rest_comes_with_the_same_command(many, run)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_import_that_is_interrupted_leaves_whole_cases_and_says_so(number: int, many: Path, run: Runner) -> None:
    process = import_until(many, lambda: some_are_in(many))
    process.send_signal(number)
    out, error = process.communicate()
    assert process.returncode == 128 + number
    ((there,),) = query(many, "SELECT count(*) FROM cases")
    assert out.decode().startswith(f"{there} read: {there} new")
    assert error.decode().endswith("stopped: what was read is in the register\n  the same command reads the rest\n")
    assert not many.with_name("afterservice.db-journal").exists()
    the_rest_comes_with_the_same_command(many, run)


@pytest.mark.parametrize("to", ["moved.db", None], ids=["moved", "deleted"])
def test_a_desk_that_goes_while_a_file_is_read_is_missed(to: str | None, many: Path) -> None:
    process = import_until(many, lambda: some_are_in(many))
    if to:
        many.rename(many.with_name(to))
    else:
        many.unlink()
    out, error = process.communicate()
    assert (process.returncode, out) == (8, b"")
    assert error.decode().splitlines()[-1].startswith("  what was recorded before") or b"No such file" in error


def test_nothing_is_recorded_in_a_file_that_has_lost_its_name(desk: Path, tmp_path: Path) -> None:
    opened = connection.connect(desk)
    with connection.writing(opened, desk) as db:
        db.execute("UPDATE desk SET value = 'a.yaml' WHERE key = 'rules_file'")
    moved, copy = tmp_path / "moved.db", tmp_path / "copy.db"
    shutil.copy(desk, copy)
    with pytest.raises(StorageFailed, match="moved, deleted or replaced"), connection.writing(opened, desk) as db:
        db.execute("UPDATE desk SET value = 'b.yaml' WHERE key = 'rules_file'")
        desk.rename(moved)
        copy.rename(desk)
    opened.close()
    for file in (moved, desk):
        assert query(file, "SELECT value FROM desk WHERE key = 'rules_file'") == [("a.yaml",)]


def test_others_work_while_a_file_is_read(many: Path, run: Runner) -> None:
    process = import_until(many, lambda: some_are_in(many))
    done = run("register", "APP登不上", "--channel", "phone")
    assert (done.code, process.poll()) == (0, None), "it was registered, and the file is still being read"
    out, _ = process.communicate()
    assert (process.returncode, out.decode().split(",")[0]) == (0, f"{ROWS} read: {ROWS} new")
    assert run("check") == (0, "", "", "")


NUMBERLESS = PROFILE.replace("number: no, ", "").replace("profile: many\n", "profile: many\nidentity: [at, by]\n")


@pytest.mark.parametrize("profile", [PROFILE, NUMBERLESS], ids=["numbered", "all alike"])
def test_two_read_one_file_at_the_same_moment(profile: str, many: Path, run: Runner) -> None:
    many.with_name("many.yaml").write_text(profile, "utf-8")
    rows = "".join(f"{n},2026-10-01 09:00,phone,word {n} of {FEW},2026-10-02,\n" for n in range(FEW))
    many.with_name("many.csv").write_text(f"no,at,by,words,answered,answer\n{rows}", "utf-8")
    both = [begin(many, "import", "many.csv", "--profile", "many.yaml", "--json") for _ in range(2)]
    told = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    counts = [json.loads(out) for out, _ in told]
    assert [found["new"] + found["unchanged"] for found in counts] == [FEW, FEW]
    assert sum(found["new"] for found in counts) == FEW
    assert query(many, "SELECT count(*), count(DISTINCT source_identity) FROM cases") == [(FEW, FEW)]
    assert run("check") == (0, "", "", "")


def test_an_interrupt_while_it_waits_for_input(desk: Path, run: Runner) -> None:
    process = begin(desk, "register", "-")
    assert process.stdin is not None
    # More than a pipe holds: once it is written, the program is reading.
    process.stdin.write(b" " * 200_000)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    out, error = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in error
    assert query(desk, "SELECT count(*) FROM cases") == [(0,)]


DURING_THE_COMMIT = """
import os, signal, sys
from afterservice_cli import interruptions
from afterservice_cli.store import connection
class Slow(connection.Connection):
    def execute(self, statement, *rest):
        if statement == "{before}":
            os.kill(os.getpid(), signal.{number})
        return super().execute(statement, *rest)
connection.Connection = Slow
from afterservice_cli.__main__ import main
sys.argv[1:] = ["--now", "2026-10-12 10:00", "register", "APP登不上", "--channel", "phone"]
main()
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(
    ("before", "said", "cases"),
    [
        ("BEGIN IMMEDIATE", b"afterservice: interrupted; nothing was recorded\n", 0),
        ("COMMIT", b"afterservice: interrupted after it was recorded; it stays\n", 1),
    ],
)
def test_who_interrupts_is_told_the_truth(number: str, before: str, said: bytes, cases: int, desk: Path) -> None:
    script = DURING_THE_COMMIT.format(before=before, number=number)
    given = [sys.executable, "-c", script]
    done = subprocess.run(
        given, capture_output=True, cwd=desk.parent, env=clean_env(), preexec_fn=listen, check=False, timeout=PATIENCE
    )
    assert (done.stderr, done.returncode) == (said, 128 + signal.Signals[number])
    assert query(desk, "SELECT count(*) FROM cases") == [(cases,)]


def closed(
    desk: Path, redirections: str, *words: str, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """A run some of whose streams are closed, as a shell closes them."""
    line = f"{shlex.join(command(*words))} {redirections}"
    return subprocess.run(
        ["/bin/sh", "-c", line], capture_output=True, cwd=desk.parent, env=clean_env(env), check=False
    )


def test_whoever_waits_records_the_time_at_which_the_turn_came(
    desk: Path, call: Runner, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a note would be said to be older than the case, which was registered while it waited."""

    class Clock(datetime):
        at = datetime(2026, 10, 12, 1, tzinfo=UTC)

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Clock":
            return cls.fromtimestamp(cls.at.timestamp(), tz)

    @contextmanager
    def after_another(path: Path) -> Iterator[None]:
        Clock.at += timedelta(seconds=3)
        if not query(desk, "SELECT * FROM cases"):
            monkeypatch.setattr(queueing, "queued", queued)
            run("register", "APP登不上", "--channel", "phone", now="2026-10-12 09:00:02")
        with queued(path):
            yield

    queued = queueing.queued
    monkeypatch.setattr(session, "datetime", Clock)
    monkeypatch.setattr(queueing, "queued", after_another)
    assert call("note", "last", "又来电", now=None).code == 0
    runs = query(desk, "SELECT recorded_at, clock FROM runs ORDER BY run DESC LIMIT 1")
    assert runs == [("2026-10-12T01:00:03Z", "system")]


@pytest.mark.parametrize("redirections", ["<&-", "2>&-", "<&- 2>&-", "2>/dev/full"])
def test_streams_that_are_closed_keep_nobody_from_working(redirections: str, desk: Path) -> None:
    done = closed(desk, redirections, "register", "APP登不上", "--channel", "phone")
    assert (done.returncode, done.stdout[:10]) == (0, b"202610-001")
    assert query(desk, "SELECT count(*) FROM cases") == [(1,)]
    assert closed(desk, redirections, "list").returncode == 0


def test_an_output_that_is_closed_is_said_and_what_was_recorded_too(desk: Path) -> None:
    done = closed(desk, ">&-", "register", "APP登不上", "--channel", "phone")
    assert done.returncode == 8
    assert b"the output cannot be written" in done.stderr
    assert b"what was recorded stays" in done.stderr
    assert query(desk, "SELECT count(*) FROM cases") == [(1,)]
    assert closed(desk, ">&-", "--version").returncode == 8
    assert closed(desk, ">&- 2>&- <&-", "list").returncode == 8


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("show", "001"),
        ("show", "001", "--json"),
        ("note", "001", "x"),
        ("note", "001"),
        ("report",),
        ("--help",),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_an_output_that_cannot_be_written_is_said_once(redirection: str, words: tuple[str, ...], desk: Path) -> None:
    assert closed(desk, "", "register", "APP登不上", "--channel", "phone").returncode == 0
    done = closed(desk, redirection, *words)
    assert done.returncode == (2 if words == ("note", "001") else 8)
    assert done.stderr.count(b"the output cannot be written") == (done.returncode == 8)


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (("list",), {}, "结果输出不了"),  # the desk is Chinese
        (("rules", "show"), {}, "结果输出不了"),
        (("list",), {"LANG": "en_US.UTF-8"}, "the output cannot be written"),
        (("--version",), {"LANG": "zh_CN.UTF-8"}, "结果输出不了"),
        (("--version",), {}, "the output cannot be written"),
    ],
)
def test_an_output_that_cannot_be_written_is_said_in_the_language_of_the_desk(
    redirection: str, words: tuple[str, ...], env: dict[str, str], said: str, desk: Path
) -> None:
    assert closed(desk, "", "register", "APP登不上", "--channel", "phone").returncode == 0
    done = closed(desk, redirection, *words, env={"AFTERSERVICE_LANG": "", "LANG": "C.UTF-8", **env})
    assert said in done.stderr.decode()


@pytest.mark.parametrize(
    "words", [("register", "-", "--channel", "phone"), ("register", "--json", "-"), ("rules", "check", "/dev/zero")]
)
def test_an_input_without_an_end_is_refused(words: tuple[str, ...], desk: Path) -> None:
    with Path("/dev/zero").open("rb") as endless:
        done = subprocess.run(
            command(*words), stdin=endless, capture_output=True, cwd=desk.parent, env=clean_env(), check=False
        )
    assert (done.returncode, b"larger than 16 MB" in done.stderr) == (3, True)


def test_a_folder_whose_name_is_no_utf_8(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb9\xa4\xb5\xa5"))
    folder.mkdir()
    for words in (("init",), ("register", "APP登不上", "--channel", "phone"), ("backup", ".."), ("check",)):
        done = subprocess.run(command(*words), capture_output=True, cwd=folder, env=clean_env(), check=False)
        assert done.returncode == 0, done.stderr


def test_an_interrupt_at_the_start(desk: Path, tmp_path: Path) -> None:
    """A module that interrupts while it is imported stands for a finger that is early."""
    early = tmp_path / "early"
    early.mkdir()
    (early / "typer.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", "utf-8")
    done = subprocess.run(
        command("list"),
        capture_output=True,
        cwd=desk.parent,
        env=clean_env({"PYTHONPATH": str(early)}),
        preexec_fn=listen,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 130


def test_who_waits_for_a_writer_waits(desk: Path, run: Runner) -> None:
    """While one process holds the lock, another that wants to write is neither refused nor lost."""
    with desk.with_name("afterservice.db.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = begin(desk, "register", "APP登不上", "--channel", "phone")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        assert run("list").err == "0 open cases\n"  # who only looks does not wait
    out, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out[:10]) == (0, b"202610-001")
