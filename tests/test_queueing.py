"""Who writes a desk waits in a queue, in which nobody is overtaken and nobody who is gone keeps others waiting."""

import fcntl
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from afterservice_cli.errors import Busy
from afterservice_cli.store import queueing
from conftest import clean_env

PATIENCE = 60.0  # seconds, for what takes a fraction of one
WAITS = """
import sys
from pathlib import Path
from afterservice_cli.store import queueing
with queueing.queued(Path(sys.argv[1])):
    pass
"""

pytestmark = pytest.mark.skipif(not Path("/proc/locks").exists(), reason="who waits for a lock is read in /proc")


def waiting(path: Path) -> int:
    """How many wait for the lock of a desk, or for their turn to wait for it."""
    place = f":{queueing.lock_path(path).stat().st_ino} "
    return sum(" -> " in line and place in line for line in Path("/proc/locks").read_text().splitlines())


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true, for a minute at most."""
    patience = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < patience
        time.sleep(0.001)


class Queue:
    """Threads that wait for a desk, and in which order they came to their turn."""

    def __init__(self, desk: Path) -> None:
        self.desk = desk
        self.came: list[int] = []
        self.threads: list[Thread] = []

    def stand(self, number: int) -> None:
        """Have one more wait, until it stands in the queue."""
        before = waiting(self.desk)
        thread = Thread(target=self._write, args=(number,))
        self.threads.append(thread)
        thread.start()
        until(lambda: waiting(self.desk) > before)

    def _write(self, number: int) -> None:
        with queueing.queued(self.desk):
            self.came.append(number)

    def end(self) -> list[int]:
        """Wait until all have come to their turn."""
        for thread in self.threads:
            thread.join(PATIENCE)
        return self.came


@contextmanager
def woken_late(desk: Path) -> Iterator[None]:
    """One who stands first, and has not run yet since the lock was left."""
    with queueing.lock_path(desk).open("w+b") as first:
        first.truncate(1)
        fcntl.fcntl(first, fcntl.F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 1, 1, 0))
        yield


def test_writers_come_to_their_turn_in_the_order_in_which_they_came(desk: Path) -> None:
    queue = Queue(desk)
    with queueing.queued(desk):
        for number in range(8):
            queue.stand(number)
    assert queue.end() == list(range(8))


@pytest.mark.skipif(not queueing.NUMBERED, reason="the system's own order has to do")
def test_nobody_comes_before_who_waits_though_the_lock_is_free_just_then(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with woken_late(desk):
        monkeypatch.setattr(queueing, "PATIENCE", 0.05)
        with pytest.raises(Busy), queueing.queued(desk):
            pass
    monkeypatch.undo()
    with queueing.queued(desk):
        pass


def test_whoever_gave_up_waiting_keeps_nobody_waiting(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with queueing.queued(desk):
        monkeypatch.setattr(queueing, "PATIENCE", 0.01)
        with pytest.raises(Busy), queueing.queued(desk):
            pass
    monkeypatch.setattr(queueing, "PATIENCE", PATIENCE)
    with queueing.queued(desk):
        pass


@pytest.mark.skipif(not queueing.NUMBERED, reason="the system's own order has to do")
def test_who_is_killed_while_it_waits_lets_nobody_pass_those_before_it(desk: Path) -> None:
    """The third waits for the second, which is killed while the first has not had its turn."""
    queue = Queue(desk)
    with woken_late(desk):
        second = subprocess.Popen([sys.executable, "-c", WAITS, str(desk)], env=clean_env())
        until(lambda: waiting(desk) == 1)
        queue.stand(3)
        second.send_signal(signal.SIGKILL)
        assert second.wait(PATIENCE) == -signal.SIGKILL
        queue.threads[0].join(0.2)
        assert not queue.came
    assert queue.end() == [3]


def test_the_queue_begins_anew_once_it_was_empty(desk: Path) -> None:
    for _ in range(2):
        queue = Queue(desk)
        with queueing.queued(desk):
            for number in range(3):
                queue.stand(number)
        assert queue.end() == [0, 1, 2]
        assert queueing.lock_path(desk).stat().st_size == 3


def test_a_file_system_without_such_locks_keeps_nobody_from_writing(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> bytes:
        raise OSError(22, os.strerror(22))

    monkeypatch.setattr(fcntl, "fcntl", refused)
    queue = Queue(desk)
    with queueing.queued(desk):
        queue.stand(1)
    assert queue.end() == [1]
