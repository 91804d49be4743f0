"""Who reads and who writes: nobody comes between a transaction and its commit, and nobody waits for long."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.errors import Busy
from afterservice_cli.store import connection, queueing
from afterservice_cli.store.connection import Connection
from conftest import NOW, Runner, query

LOOKS = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=0) as db:
    try:
        print("read", *db.execute("SELECT count(*) FROM desk").fetchone())
    except sqlite3.OperationalError as error:
        print(error)
"""
WRITES = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    db.execute("BEGIN EXCLUSIVE")
    db.execute("INSERT INTO desk VALUES ('another', '')")
    db.execute("COMMIT")
    print("written")
except sqlite3.OperationalError as error:
    print(error)
"""
READS = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN")
db.execute("SELECT count(*) FROM desk").fetchone()
print("reading", flush=True)
sys.stdin.read()
"""
HOLDS = """
import sys
from pathlib import Path
from afterservice_cli.store import queueing
with queueing.queued(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
LATER = "2026-10-13 09:00"
MANY = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
# What reads all cases, or many.
LONG = (
    ("list",),
    ("list", "--json"),
    ("list", "--limit", "500"),
    ("due",),
    ("due", "--limit", "5", "--exit-code"),
    ("tasks",),
    ("report", "--month", "2026-10"),
    ("report", "--month", "2026-10", "--as-of", NOW, "--cases", "registered"),
    ("report", "--month", "2026-10", "--cases", "registered"),
    ("check",),
    ("rules", "audit"),
)


def another(program: str, desk: Path) -> str:
    """What another process says that looks at a desk, or writes it, without waiting."""
    words = [sys.executable, "-c", program, str(desk)]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


@contextmanager
def reader(desk: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that reads a desk until it is told to end."""
    words = [sys.executable, "-c", READS, str(desk)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline()
        yield process


def test_nobody_takes_what_is_being_committed_for_what_a_dead_process_left(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a process closes a file that is the desk's, the system forgets the locks that it has on it."""
    execute, seen = Connection.execute, list[str]()

    def looked_at(self: Connection, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        if statement == "COMMIT":
            seen.append(another(LOOKS, desk))
        return execute(self, statement, values)

    with closing(connection.connect(desk)) as db:
        db.execute("PRAGMA cache_size=10")  # so that pages come into the file before the commit, as with an import
        (before,) = db.execute("SELECT count(*) FROM desk").fetchone()
        monkeypatch.setattr(Connection, "execute", looked_at)
        with connection.writing(db, desk):
            db.execute(f"{MANY} INSERT INTO desk (key, value) SELECT 'key ' || i, hex(zeroblob(500)) FROM n")
    assert seen == ["database is locked"]
    assert query(desk, "SELECT count(*) FROM desk") == [(before + 400,)]
    assert query(desk, "PRAGMA integrity_check") == [("ok",)]


def test_a_commit_waits_until_nobody_reads(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = query(desk, "SELECT * FROM desk")
    with closing(connection.connect(desk)) as db, reader(desk) as other:
        assert other.stdin
        monkeypatch.setattr(queueing, "PATIENCE", 0.05)
        with pytest.raises(Busy), connection.writing(db, desk):
            db.execute("INSERT INTO desk VALUES ('mine', '')")
        assert query(desk, "SELECT * FROM desk") == before
        monkeypatch.undo()
        monkeypatch.setattr(time, "sleep", lambda seconds: other.stdin and other.stdin.close())
        with connection.writing(db, desk):
            db.execute("INSERT INTO desk VALUES ('mine', '')")
    assert len(query(desk, "SELECT * FROM desk")) == len(before) + 1


def test_who_reads_much_of_a_small_desk_keeps_nobody_from_writing(desk: Path) -> None:
    with closing(connection.connect(desk)) as db:
        before = db.execute("SELECT * FROM desk").fetchall()
        with connection.reading_much(db, desk) as copy:
            assert another(WRITES, desk) == "written"
            assert copy.execute("SELECT * FROM desk").fetchall() == before
        with connection.reading_much(db, desk) as copy:
            assert len(copy.execute("SELECT * FROM desk").fetchall()) == len(before) + 1


def test_a_large_desk_is_read_where_it_lies(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "AT_ONCE", desk.stat().st_size - 1)
    with closing(connection.connect(desk)) as db, connection.reading_much(db, desk) as same:
        assert same is db
        same.execute("SELECT count(*) FROM desk").fetchone()
        assert another(WRITES, desk) == "database is locked"


def test_a_desk_that_was_replaced_is_read_on_as_it_was(desk: Path) -> None:
    with closing(connection.connect(desk)) as db:
        other = desk.with_name("other.db")
        other.write_bytes(desk.read_bytes())
        other.replace(desk)
        with connection.reading_much(db, desk) as same:
            assert same is db


@pytest.mark.parametrize("line", LONG, ids=" ".join)
def test_what_reads_all_cases_keeps_nobody_from_writing(
    line: tuple[str, ...], desk: Path, call: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("register", "灯坏了", "--channel", "phone")
    call("note", "last", "问过了", now=LATER)
    locked, alone = list[str](), connection.reading_much

    @contextmanager
    def watched(db: Connection, path: Path) -> Iterator[sqlite3.Connection]:
        with alone(db, path) as view:
            assert not db.in_transaction
            yield view
            locked.append("no")

    before = call(*line, now=LATER)
    monkeypatch.setattr(connection, "reading_much", watched)
    assert call(*line, now=LATER) == before
    assert locked


def test_an_alarm_that_ends_the_waiting_is_taken_back(desk: Path) -> None:
    before = signal.getsignal(signal.SIGALRM)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(desk)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout and other.stdin and other.stdout.readline()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(queueing, "PATIENCE", 0.05)
            with pytest.raises(Busy), queueing.queued(desk):
                pass
        other.stdin.close()
        with queueing.queued(desk):
            assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
            assert signal.getsignal(signal.SIGALRM) is before
