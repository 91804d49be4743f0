"""Opening a desk's file, and the two ways to be inside it: reading, and writing one at a time."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from afterservice_cli.errors import Conflict, NotFound, StorageFailed, WrongSchema, quoted
from afterservice_cli.interruptions import held, recorded
from afterservice_cli.language import tr, why
from afterservice_cli.store import queueing
from afterservice_cli.store.troubles import demand_readable, translated

APPLICATION_ID = 0x41465352  # "AFSR"
SCHEMA_VERSION = 4
SLACK = 0.015  # seconds in which whoever waits for the lock is surely woken
GATHERED = 5_000  # rows at most that wait to be written together
LOOK_AGAIN = 0.001  # seconds after which a commit looks again whether somebody reads
AT_ONCE = 16 << 20  # bytes of a desk at most that is taken into memory, so that nobody waits until it is read
TURN = 0.4  # seconds for which one of many transactions of a long command keeps others waiting

# DELETE with EXTRA lost no acknowledged commit in 3,000 simulated power cuts; WAL and FULL did.
PRAGMAS = (
    "journal_mode=DELETE",
    "synchronous=EXTRA",
    "foreign_keys=ON",
    "recursive_triggers=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    f"busy_timeout={int(queueing.PATIENCE * 1000)}",
)


# Who only looks does not wait for those who write, and could not write if it tried.
LOOKING = ("query_only=ON", "trusted_schema=OFF")


def _as_it_is(value: Any) -> Any:
    """Return a value as it is."""
    return value


# Python asks None and bytes at length for an adapter, each time they are written; one that it knows it finds at once.
sqlite3.register_adapter(type(None), _as_it_is)
sqlite3.register_adapter(bytes, _as_it_is)


class Connection(sqlite3.Connection):
    """A connection that writes the rows of many cases at once.

    What was gathered stands in the tables before anything else is executed; a transaction that is taken back has to
    `forget` it.
    """

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self._gathered: dict[str, list[Sequence[Any]]] = {}
        self._rows = 0
        self._known: dict[str, dict[Any, Any]] = {}
        self.lost = 0  # how often what is known was forgotten
        self._written = 0  # how often others have written the file, as far as something is known of it
        self.file: tuple[int, int] | None = None  # which it was when something was first written
        self.opened: tuple[int, int] | None = None  # which it was when it was opened

    def gather(self, statement: str, *rows: Sequence[Any]) -> None:
        """Keep rows for a statement that inserts them; statements come in the order in which they came first."""
        held = self._gathered.get(statement)
        if held is None:
            held = self._gathered[statement] = []
        held += rows
        self._rows += len(rows)
        if self._rows >= GATHERED:
            self.write()

    def write(self) -> None:
        """Write what was gathered."""
        gathered, self._gathered, self._rows = self._gathered, {}, 0
        for statement, rows in gathered.items():
            super().executemany(statement, rows)

    def forget(self) -> None:
        """Forget what was gathered, and what is known."""
        self._gathered, self._rows = {}, 0
        self._lose()

    def known(self, table: str) -> dict[Any, Any]:
        """Return which numbers things have in a table, as far as anybody asked: to be read and filled by who writes."""
        return self._known.setdefault(table, {})

    def look_again(self) -> None:
        """Forget what is known if others have written the file since; call it as a transaction begins."""
        written = self.ask("PRAGMA data_version").fetchone()[0]
        if written != self._written:
            self._written = written
            self._lose()

    def _lose(self) -> None:
        self._known.clear()
        self.lost += 1

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        """Run a statement once all that was gathered is written."""
        if self._gathered:
            self.write()
        return super().execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
        """Run a statement for each row once all that was gathered is written."""
        if self._gathered:
            self.write()
        return super().executemany(statement, rows)

    def ask(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Ask for what no row can change that is gathered."""
        return super().execute(query, values)


def connect(path: Path, *, to_look: bool = False) -> Connection:
    """Open an existing desk; nothing is created and nothing is written. `to_look`, nothing can be.

    Raises `NotFound` if there is no file, `StorageFailed` if it is no desk, `WrongSchema` if a newer program made it.
    """
    demand_readable(path)
    if not path.exists():
        raise NotFound(
            tr("there is no desk at {path}", path=path),
            hint=tr("make one: afterservice init --db {path}", path=quoted(path)),
        )
    if path.is_dir():
        raise StorageFailed(tr("{path} is a folder, not a desk", path=path), hint=tr("name the file with --db"))
    with translated(path):
        uri = f"file:{quote(os.fsencode(path.resolve()))}?mode={'ro' if to_look else 'rw'}"
        connection = _opened(uri, timeout=0.0 if to_look else 5.0)
        connection.opened = _file(path)
        try:
            _check_format(connection, path)
            for pragma in LOOKING if to_look else PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
    return connection


def create(path: Path) -> Connection:
    """Make an empty file that only its owner can read, and open it; `Conflict` if there is one already."""
    with translated(path):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            raise Conflict(
                tr("{path} exists already", path=path), hint=tr("name another with --db, or use this one")
            ) from None
        try:
            connection = _opened(f"file:{quote(os.fsencode(path.resolve()))}?mode=rw")
            for pragma in (*PRAGMAS, f"application_id={APPLICATION_ID}", f"user_version={SCHEMA_VERSION}"):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return connection


def _opened(uri: str, timeout: float = 5.0) -> Connection:
    return sqlite3.connect(uri, timeout=timeout, uri=True, isolation_level=None, factory=Connection)


@contextmanager
def reading(connection: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """Open one consistent view for all reads inside; inside another transaction it is that one's."""
    if connection.in_transaction:
        yield connection
        return
    with translated(path):
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")


@contextmanager
def reading_much(connection: Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """Open the same view for who reads for long: of a small desk a copy in memory, so that nobody waits who writes.

    To copy its bytes takes a hundredth of the time that it takes to read its cases.
    """
    copy = _copy_of(connection, path)
    if copy is None:
        with reading(connection, path) as db:
            yield db
        return
    with translated(path), closing(copy):
        yield copy


def _copy_of(connection: Connection, path: Path) -> Connection | None:
    """Return a desk as it stands, in memory; None if it is too large, or no longer the file that has its name."""
    if connection.in_transaction or not hasattr(connection, "deserialize"):
        return None
    with translated(path), _watched(path) as watched, reading(connection, path) as db:
        pages, size = (int(db.execute(f"PRAGMA {what}").fetchone()[0]) for what in ("page_count", "page_size"))
        if watched is None or pages * size > AT_ONCE or not _is_open(watched, connection.opened):
            return None
        data = os.pread(watched, pages * size, 0)
    if len(data) != pages * size:
        return None
    with translated(path):
        copy = sqlite3.connect(":memory:", isolation_level=None, factory=Connection)
        copy.deserialize(data)
        copy.execute("PRAGMA trusted_schema=OFF")
        copy.execute("BEGIN")  # what is made in it for a while goes with it
    return copy


@contextmanager
def writing(connection: Connection, path: Path) -> Iterator[Connection]:
    """Open one transaction before the first read; writers queue on a lock beside the file.

    SQLite alone would have them poll: under load some starve. With the lock they come one after another.
    """
    with translated(path), queueing.queued(path), _watched(path) as watched:
        connection.execute("BEGIN IMMEDIATE")
        connection.look_again()
        if connection.file is None:
            connection.file = _file(path)
        try:
            yield connection
            _demand_same(connection, path)
            with held():
                _commit(connection, path, watched)
                recorded()
        except BaseException:
            connection.forget()
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def _watched(path: Path) -> Iterator[int | None]:
    """Open the file of a desk for as long as a transaction takes, None if it is gone.

    The system forgets all locks that a process has on a file as soon as the process closes the file once: opened and
    closed inside a transaction, others would take what it had written for what a dead process left, and undo it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _commit(connection: Connection, path: Path, watched: int | None) -> None:
    """Have SQLite keep what was done; if the disk fails when all is in its place already, `StorageFailed` says so."""
    before = _commits(watched)
    try:
        _commit_when_read(connection)
    except sqlite3.OperationalError as error:
        if _commits(watched) == before or path.with_name(f"{path.name}-journal").exists():
            raise
        recorded()
        raise StorageFailed(
            tr(
                "{path}: {error}; it is recorded all the same, but a power cut may take it", path=path, error=why(error)
            ),
            hint=tr("back it up to another disk: afterservice backup DIR"),
        ) from error


def _commit_when_read(connection: Connection) -> None:
    """Have SQLite commit once nobody reads any more; who waits keeps further readers out, and so looks again soon."""
    until = time.monotonic() + queueing.PATIENCE
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.execute("COMMIT")
                return
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(LOOK_AGAIN)
    finally:
        connection.execute(f"PRAGMA busy_timeout={int(queueing.PATIENCE * 1000)}")


def _commits(watched: int | None) -> bytes:
    """Return by what the file tells one commit from the next."""
    return b"" if watched is None else os.pread(watched, 4, 24)


def _file(path: Path) -> tuple[int, int] | None:
    """Return which file has this name: its device and its number there; None if none has."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _is_open(watched: int, file: tuple[int, int] | None) -> bool:
    """Tell whether this is the file that is open: by its name it may be another one by now."""
    found = os.fstat(watched)
    return (found.st_dev, found.st_ino) == file


def _demand_same(connection: Connection, path: Path) -> None:
    """Refuse to record anything in a file that has lost its name: nobody would find it again."""
    if connection.file is None or _file(path) != connection.file:
        raise StorageFailed(
            tr("{path} was moved, deleted or replaced meanwhile; nothing more was recorded", path=path),
            hint=tr("what was recorded before is in the file that was there"),
        )


class Turn:
    """One of the transactions of a command that takes long: once it is `over`, others are to come first."""

    def __init__(self) -> None:
        self._until = time.monotonic() + TURN

    @property
    def over(self) -> bool:
        """Tell whether others have waited for long enough."""
        return time.monotonic() > self._until

    def let_others(self) -> None:
        """Give others the time to see that it is their turn; the transaction has ended."""
        time.sleep(SLACK)


def begin_again(connection: Connection) -> None:
    """Forget all that was done in the transaction that is open, and go on in a new one."""
    connection.forget()
    connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if found != APPLICATION_ID:
        raise StorageFailed(
            tr("{path} is not a desk: another program made it", path=path), hint=tr("name the desk with --db")
        )
    if version != SCHEMA_VERSION:
        raise WrongSchema(
            tr(
                "{path} has schema {version}, this program knows {known}",
                path=path,
                version=version,
                known=SCHEMA_VERSION,
            ),
            hint=tr("install the version that made it"),
        )
