"""A program at a pseudo-terminal: what it shows, what is typed at its questions, and how it leaves the terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from conftest import clean_env, command

ENTER, END, LEAVE = "\r", "\x04", "\x03"  # END is Ctrl-D, LEAVE Ctrl-C
PROMPT = "\x1b[?2004h> "  # as readline writes it when it is ready for the next line
UP, DOWN = "\x1b[200~", "\x1b[201~"  # what a terminal puts around a paste
PATIENCE = 10  # seconds for a busy machine

Answers = Sequence[tuple[str, str]]  # what stands on the terminal, in this order, and what is typed then


class Shown(NamedTuple):
    """What appeared on the terminal, the exit code, and the bytes that the next program would read from it."""

    code: int
    out: str
    left: bytes


def at_terminal(
    folder: Path, *words: str, columns: int = 140, answers: Answers = (), env: Mapping[str, str] | None = None
) -> Shown:
    """A run of the program at a terminal, which stands in the modes in which it stood before."""
    return line_at_terminal(folder, command(*words), columns=columns, answers=answers, env=env)


def line_at_terminal(
    folder: Path,
    line: Sequence[str],
    *,
    columns: int = 140,
    answers: Answers = (),
    env: Mapping[str, str] | None = None,
) -> Shown:
    """A run of any command line at a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    before = termios.tcgetattr(theirs)
    try:
        process = subprocess.Popen(
            line,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=clean_env({"TERM": "xterm-256color", **(env or {})}),
            start_new_session=True,
            preexec_fn=_take_the_terminal,  # else Ctrl-C would reach nobody
        )
        shown = _talk(ours, process, list(answers))
        assert termios.tcgetattr(theirs) == before, "the terminal is left as it was found"
        return Shown(process.wait(PATIENCE), shown.decode().replace("\r\n", "\n"), _left(theirs))
    finally:
        os.close(theirs)
        os.close(ours)


def _take_the_terminal() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # which is ignored where the tests run in the background
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _talk(ours: int, process: subprocess.Popen[bytes], answers: list[tuple[str, str]]) -> bytes:
    """Type each answer once its question stands there; return all that appeared until the program ended."""
    os.set_blocking(ours, False)
    shown, seen, waited, keys, last = b"", 0, 0, b"", ""
    while waited < PATIENCE * 20:
        ended = process.poll() is not None
        readable, writable, _ = select.select([ours], [ours] if keys else [], [], 0 if ended else 0.05)
        waited = 0 if readable or writable else waited + 1
        if readable:
            shown += os.read(ours, 65536)
        elif ended:
            assert not answers, f"{answers[0][0]} was never asked: {shown.decode()}"
            return shown
        if writable:
            keys = keys[os.write(ours, keys) :]
        while answers and (at := shown.find(answers[0][0].encode(), seen)) >= 0:
            question, last = answers.pop(0)
            seen = at + len(question.encode())
            keys += last.encode()
        if last == LEAVE and waited % 10 == 9:
            keys += LEAVE.encode()  # Python's readline misses a Ctrl-C just before it begins to wait for keys
    process.kill()
    process.wait()
    raise AssertionError(f"nothing more comes, {answers[:1]} is still to be asked: {shown.decode()}")


def _left(theirs: int) -> bytes:
    """What still waits at the terminal, whether or not it ends with a line end."""
    modes: list[Any] = termios.tcgetattr(theirs)
    modes[3] &= ~termios.ICANON
    termios.tcsetattr(theirs, termios.TCSANOW, modes)
    return os.read(theirs, 65536) if select.select([theirs], [], [], 0)[0] else b""
