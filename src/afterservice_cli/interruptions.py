"""What ends a run from outside: Ctrl-C, a closed terminal, the system; and whether it had recorded anything by then."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SHELL = 128  # what a shell adds to the number of the signal that ended a program


class Interruptions:
    """What this process knows of interruptions: the signal that came last, and how often something was recorded."""

    signal = int(signal.SIGINT)
    records = 0


def listen() -> None:
    """Have each of the signals interrupt as Ctrl-C does; what is ignored, as under `nohup`, stays so."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


def exit_code() -> int:
    """Return how an interrupted run ends: with 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP."""
    return _SHELL + Interruptions.signal


@contextmanager
def held() -> Iterator[None]:
    """Let interruptions wait until what is begun has ended, so that it can be told truly what was done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def recorded() -> None:
    """Note that something was recorded for good."""
    Interruptions.records += 1


def _interrupt(number: int, _: FrameType | None) -> None:
    Interruptions.signal = number
    raise KeyboardInterrupt
