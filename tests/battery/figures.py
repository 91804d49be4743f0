"""What every battery has: how many it tries, where its chance begins, what it prints, and the smallest that fails."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from conftest import Result

TRIES = os.environ.get("AFTERSERVICE_TRIES")  # how much of the long run, in thousandths; the short one if it is not set
SEED = int(os.environ.get("AFTERSERVICE_SEED", "1"))
CODES = {0, 2, 3, 4, 5, 6, 8, 9, 11}  # all that a run may end with, but 1: a bug
TOLD = 5  # failures that are told with their reproductions; the others are counted

T = TypeVar("T")


def count(short: int, long: int) -> int:
    """Return how many a battery tries: `short`, or AFTERSERVICE_TRIES thousandths of `long`."""
    return max(1, int(TRIES) * long // 1000) if TRIES else short


class Figures:
    """How a battery goes: how much was tried, what came of it, and what failed, each with how to see it again."""

    def __init__(self, what: str) -> None:
        self.what, self.outcomes, self.failures, self.tried = what, Counter[str](), list[str](), 0

    def came(self, outcome: str) -> None:
        """Count one that ended well."""
        self.tried += 1
        self.outcomes[outcome] += 1

    def fails(self, reproduction: str) -> None:
        """Count one that failed, and keep how to see it again."""
        self.tried += 1
        self.failures.append(reproduction)

    @property
    def telling(self) -> bool:
        """Whether one more failure is still told, so that it is worth making it small."""
        return len(self.failures) < TOLD


@contextmanager
def counted(what: str) -> Iterator[Figures]:
    """Count what a battery tries; print the figures at its end, and fail if anything did."""
    figures = Figures(what)
    yield figures
    note = ", ".join(f"{count} {each}" for each, count in sorted(figures.outcomes.items()))
    print(f"\n{what} (seed {SEED}): {figures.tried} tried, {len(figures.failures)} failed; {note}")
    assert not figures.failures, "\n\n".join([f"{len(figures.failures)} failed", *figures.failures[:TOLD]])


def smallest(parts: Sequence[T], fails: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return the fewest of some parts that still fail, found by leaving out halves, then quarters, then single ones."""
    left, size = list(parts), max(len(parts) // 2, 1)
    while True:
        at = 0
        while at < len(left):
            fewer = left[:at] + left[at + size :]
            if fails(fewer):
                left = fewer
            else:
                at += size
        if size == 1:
            return left
        size //= 2


def raw_signs(text: str) -> list[str]:
    """The signs of an output that would act on a terminal."""
    return sorted({sign for sign in text if (sign < " " and sign not in "\n\t") or "\x7f" <= sign <= "\x9f"})


def turning_signs(text: str) -> list[str]:
    """The signs of an output that would turn its order around, so that it says something else."""
    return sorted({sign for sign in text if "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"})


def told_well(done: Result) -> bool:
    """Tell whether a run ended as runs may, and let nothing out that acts on a terminal."""
    return done.code in CODES and "a bug" not in done.err and not raw_signs(done.out + done.err)
