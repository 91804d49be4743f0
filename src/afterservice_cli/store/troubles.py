"""What SQLite and the file system have against something, in our own words, and what to do about it."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from afterservice_cli.errors import Busy, Conflict, Problem, Refused, StorageFailed, quoted
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence, tr, why


class Undone(Frozen):
    """What did not come about on a full disk, with what is there instead, and what to do: sentences."""

    says: str
    hint: str


RECORDING = Undone(sentence("the disk of {path} is full; nothing was recorded"), sentence("make room and try again"))


@contextmanager
def translated(path: Path, undone: Undone = RECORDING) -> Iterator[None]:
    """Turn what SQLite and the file system say into our own words; `undone` is said if the disk of `path` is full."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
            raise _full(path, undone) from error
        raise _problem(error, path) from error
    except UnicodeDecodeError:
        raise _unreadable(path) from None
    except PermissionError as error:
        file = Path(error.filename or path)
        barred = file if os.path.lexists(file) else file.absolute().parent  # what is not there is in nobody's way
        raise StorageFailed(tr("{file} may not be written by you", file=barred), hint=_way_to_write(path)) from error
    except OSError as error:
        if error.errno == errno.EROFS:
            raise StorageFailed(
                tr("{path} lies on a disk that can only be read", path=path),
                hint=tr("use another disk, or have this one mounted so that it can be written"),
            ) from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(path, undone) from error
        raise StorageFailed(f"{path}: {why(error)}") from error


def _full(path: Path, undone: Undone) -> Problem:
    return StorageFailed(tr(undone.says, path=path), hint=tr(undone.hint))


def _problem(error: sqlite3.Error, path: Path) -> Problem:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Busy(tr("{path} is in use by another process", path=path), hint=tr("try again in a moment"))
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StorageFailed(tr("{path} or its folder cannot be written", path=path), hint=_way_to_write(path))
    if name == "SQLITE_NOTADB":
        return StorageFailed(tr("{path} is not a desk: it is no SQLite file", path=path))
    if name.startswith("SQLITE_CORRUPT"):
        return StorageFailed(tr("{path} is damaged: {error}", path=path, error=why(error)), hint=tr("restore a backup"))
    if name.startswith("SQLITE_CONSTRAINT_TRIGGER"):
        return Refused(tr("the store refused: {error}", error=error))
    if name.startswith("SQLITE_CONSTRAINT"):
        return Conflict(tr("two of what must be one: {error}", error=why(error)))
    if str(error).startswith(("no such table", "no such column")):
        return StorageFailed(
            tr("a table of {path} is missing, or not as it was", path=path), hint="afterservice check --rebuild"
        )
    if "decode" in str(error):  # SQLite would tell the text itself, which may be a customer's
        return _unreadable(path)
    return StorageFailed(f"{path}: {why(error)}")


def _way_to_write(path: Path) -> str:
    """Return what to do so that a file can be written: by who has it and its folder, or else by asking them."""
    for place in (path, path.parent):
        with suppress(OSError):
            found = place.stat()
            if found.st_uid == os.geteuid() and not found.st_mode & stat.S_IWUSR:
                return f"chmod u+w {quoted(place)}"
    return tr("ask its owner for write access")


def demand_readable(path: Path) -> None:
    """Refuse a file that the user may not read, or that lies where they may not look: `StorageFailed`."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return
    except PermissionError:
        there = None
    effective = os.access in os.supports_effective_ids
    if there is None or not os.access(path, os.R_OK, effective_ids=effective):
        own = there is not None and there.st_uid == os.geteuid()
        raise StorageFailed(
            tr("{file} may not be read by you", file=path),
            hint=f"chmod u+r {quoted(path)}" if own else tr("ask its owner to let you read it"),
        )


def _unreadable(path: Path) -> Problem:
    return StorageFailed(tr("a text in {path} was changed and cannot be read", path=path), hint="afterservice check")
