"""Rows that are gathered and written together."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from afterservice_cli.store import connection
from afterservice_cli.store.connection import Connection
from conftest import query

INSERT = "INSERT INTO t (a) VALUES (?)"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Connection]:
    with closing(connection.create(tmp_path / "desk.db")) as opened:
        opened.execute("CREATE TABLE t (a)")
        yield opened


def test_what_is_gathered_stands_before_anything_else_is_asked(opened: Connection) -> None:
    opened.gather(INSERT, (1,))
    opened.gather(INSERT, (2,))
    assert opened.ask("SELECT count(*) FROM t").fetchone() == (0,)
    assert opened.execute("SELECT a FROM t ORDER BY a").fetchall() == [(1,), (2,)]


def test_what_is_gathered_is_there_before_many_rows_are_written(opened: Connection) -> None:
    opened.gather(INSERT, (1,))
    opened.executemany("UPDATE t SET a = a + ?", [(10,)])
    assert opened.execute("SELECT a FROM t").fetchall() == [(11,)]


def test_so_many_rows_are_written_without_being_asked_for(opened: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "GATHERED", 3)
    for number in range(4):
        opened.gather(INSERT, (number,))
    assert opened.ask("SELECT count(*) FROM t").fetchone() == (3,)


def test_a_transaction_that_is_committed_keeps_what_was_gathered(opened: Connection, tmp_path: Path) -> None:
    with connection.writing(opened, tmp_path / "desk.db") as db:
        db.gather(INSERT, (1,))
    opened.close()
    assert query(tmp_path / "desk.db", "SELECT a FROM t") == [(1,)]


def test_a_transaction_that_fails_keeps_nothing_of_it(opened: Connection, tmp_path: Path) -> None:
    with pytest.raises(KeyError), connection.writing(opened, tmp_path / "desk.db") as db:
        db.gather(INSERT, (1,))
        raise KeyError
    assert opened.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_who_begins_again_has_gathered_nothing(opened: Connection, tmp_path: Path) -> None:
    with connection.writing(opened, tmp_path / "desk.db") as db:
        db.gather(INSERT, (1,))
        connection.begin_again(db)
    assert opened.execute("SELECT count(*) FROM t").fetchone() == (0,)
