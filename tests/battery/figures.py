"""What every battery has: how much it tries, where its chance begins, what it prints, and the smallest that fails."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from conftest import Result

TRIES = int(os.environ.get("AFTERSERVICE_TRIES", "40"))
SEED = int(os.environ.get("AFTERSERVICE_SEED", "1"))
CODES = {0, 2, 3, 4, 5, 6, 8, 9, 11}  # all that a run may end with, but 1: a bug

T = TypeVar("T")


def told(what: str, tried: int, outcomes: Counter[str]) -> None:
    """Print the figures of a battery that failed nowhere."""
    print(f"\n{what}: {tried} tried, 0 failed; " + ", ".join(f"{n} {each}" for each, n in sorted(outcomes.items())))


def smallest(parts: Sequence[T], fails: Callable[[list[T]], bool]) -> list[T]:
    """Return the fewest of some parts that still fail, as found by leaving halves out, then quarters, then single ones."""
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
