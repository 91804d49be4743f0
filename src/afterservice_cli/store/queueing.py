"""The queue of those who want to write a desk: one after another, in the order in which they came."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from afterservice_cli.errors import Busy, StorageFailed
from afterservice_cli.language import tr

PATIENCE = 30.0  # seconds a writer waits for those before it

# Locks on bytes of a file that belong to whoever opened it, not to its process: Linux has them, macOS has not.
NUMBERED = sys.platform == "linux"
_FLOCK = "hhqqi"  # kind, whence, start, length, process; see fcntl(2)
_TAKING = 0  # the byte that is held while a number is taken


def lock_path(path: Path) -> Path:
    """Return the file on which writers queue."""
    return path.with_name(f"{path.name}.lock")


@contextmanager
def queued(path: Path) -> Iterator[None]:
    """Hold the place at the head of the queue of writers; `Busy` if it does not come to it in time."""
    descriptor = _opened(path)
    try:
        if not (_nobody_waits(descriptor) and _has(descriptor)) and not _comes(descriptor):
            raise Busy(tr("{path} is in use by another process", path=path), hint=tr("try again in a moment"))
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    try:
        descriptor = os.open(lock_path(path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise _planted(path) from None
    try:
        found = os.fstat(descriptor)
        if found.st_nlink > 1:  # to a file of somebody's
            raise _planted(path)
        if found.st_uid == os.geteuid():
            # Whoever may write the desk may queue for it.
            os.fchmod(descriptor, path.stat().st_mode & 0o777)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _planted(path: Path) -> StorageFailed:
    return StorageFailed(tr("{path} is a link", path=lock_path(path)), hint=tr("look who put it there, and remove it"))


def _has(descriptor: int) -> bool:
    """Tell whether the lock is ours; it is taken if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _comes(descriptor: int) -> bool:
    """Tell whether the lock came to us within the time that anybody waits.

    The system tells nobody who waits for a lock that it takes long; an alarm does, which it gives to the first thread.
    """
    if not _is_first_thread():
        return _comes_to_a_thread(descriptor)
    before = signal.signal(signal.SIGALRM, _too_long)
    try:
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        try:
            _wait(descriptor)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _TooLong:  # wherever it came: whoever gives up closes the lock
        return False
    finally:
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
    return True


class _TooLong(Exception):
    """Ends the waiting for a lock."""


def _too_long(_: int, __: FrameType | None) -> None:
    raise _TooLong


def _is_first_thread() -> bool:
    """Tell whether this is the thread that signals interrupt: without others there is no module of threads."""
    threading = sys.modules.get("threading")
    return threading is None or threading.current_thread() is threading.main_thread()


def _comes_to_a_thread(descriptor: int) -> bool:
    """Tell the same in a thread that no signal interrupts.

    Another one waits in its place, on a copy of the descriptor: if it is left behind, the lock goes with its copy.
    """
    from threading import Thread

    own = os.dup(descriptor)

    def wait() -> None:
        try:
            _wait(own)
        finally:
            os.close(own)

    thread = Thread(target=wait, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return not thread.is_alive() and _has(descriptor)


def _wait(descriptor: int) -> None:
    """Let others come first until the lock is ours."""
    if NUMBERED:
        with suppress(OSError):  # on a file system without such locks the system's order has to do
            _stand_in_line(descriptor)
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def _stand_in_line(descriptor: int) -> None:
    """Take a number, and wait until nobody has a lower one.

    The system alone wakes who waits for a lock, but whoever happens to come by just then takes it. Each number is a
    byte of the file, locked by who took it; the file is as long as the number that was taken last.
    """
    _lock(descriptor, fcntl.F_OFD_SETLKW, fcntl.F_WRLCK, _TAKING)
    try:
        number = 1 if _nobody_waits(descriptor) else os.fstat(descriptor).st_size + 1
        _lock(descriptor, fcntl.F_OFD_SETLK, fcntl.F_WRLCK, number)
        os.ftruncate(descriptor, number)
    finally:
        _lock(descriptor, fcntl.F_OFD_SETLK, fcntl.F_UNLCK, _TAKING)
    if number > 1:
        # The next alone wakes as a place is left; if who left it had not had its turn, others are before it still.
        _lock(descriptor, fcntl.F_OFD_SETLKW, fcntl.F_RDLCK, number - 1)
        _lock(descriptor, fcntl.F_OFD_SETLKW, fcntl.F_RDLCK, 1, number - 1)


def _nobody_waits(descriptor: int) -> bool:
    """Tell whether nobody else has taken a number, as far as the system can tell."""
    if not NUMBERED:
        return True
    try:
        found = _lock(descriptor, fcntl.F_OFD_GETLK, fcntl.F_WRLCK, 1, 0)
    except OSError:
        return True
    return bool(struct.unpack_from(_FLOCK, found)[0] == fcntl.F_UNLCK)


def _lock(descriptor: int, how: int, kind: int, start: int, length: int = 1) -> bytes:
    """Take the lock on bytes of a file, leave it, or ask who has it; a length of 0 is all that follow."""
    return fcntl.fcntl(descriptor, how, struct.pack(_FLOCK, kind, os.SEEK_SET, start, length, 0))
