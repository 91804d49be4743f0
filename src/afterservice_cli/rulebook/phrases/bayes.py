"""What a naive Bayes over texts is reckoned with: texts as letters alone, and logarithms in whole numbers."""

from __future__ import annotations

from functools import lru_cache

from afterservice_cli.rulebook.comparing import normal

BITS = 16  # of a logarithm, behind the point


def letters_of(text: str) -> str:
    """Return the words of a text in the form in which texts are compared, with one blank before, between and behind.

    Whatever is no letter counts as a blank: who learns from such a text learns no digit.
    """
    return f" {' '.join(normal(text).translate(_LETTERS).split())} "


class _Letters(dict[int, int]):
    """Which sign stands for each in a text of letters, by their numbers, as they come up: a blank for what is none."""

    def __missing__(self, sign: int) -> int:
        self[sign] = sign if chr(sign).isalpha() else ord(" ")
        return self[sign]


_LETTERS = _Letters()


@lru_cache(1 << 14)
def binary_log(number: int) -> int:
    """Return the binary logarithm of a number from 1 on, with BITS binary places, reckoned in whole numbers."""
    found = number.bit_length() - 1
    rest = (number << 32) >> found
    for _ in range(BITS):
        rest = rest * rest >> 32
        found <<= 1
        if rest >> 33:
            found, rest = found | 1, rest >> 1
    return found
