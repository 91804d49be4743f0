"""What is weighed of texts: their features, and which of several texts has most of another's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from operator import add
from struct import pack, unpack

from afterservice_cli.rulebook.comparing import FIRST_WIDE
from afterservice_cli.rulebook.phrases.bayes import BITS, letters_of

BLANK = "_"  # in a feature: between features stand blanks
WORD = re.compile(f"[^{BLANK}{FIRST_WIDE}-\U0010ffff]+")
_RAREST = 12  # features, by which texts are compared


def features_of(text: str) -> set[str]:
    """Return what is weighed of a text: Chinese signs, pairs of signs one of which is Chinese, and words in letters.

    For whatever is no letter, and for the ends, stands one blank; a word stands between two.
    """
    signs = letters(text)
    found = {*signs, *map(add, signs, signs[1:])}
    words = WORD.findall(signs)
    if words:
        found = {feature for feature in found if max(feature) >= FIRST_WIDE}
        found.update([f"{BLANK}{word}{BLANK}" for word in words])
    return found - {BLANK, BLANK + BLANK}


def letters(text: str) -> str:
    """Return the letters of a text, with a blank for whatever is none, and for the ends."""
    return letters_of(text).replace(" ", BLANK)


class Nearest:
    """Finds that of several texts which another is most like, by features of which each has its weight."""

    def __init__(self, texts: Sequence[str], weigh: Callable[[str], int]) -> None:
        """Take texts, and what weighs features; what weighs nothing or less speaks for no text."""
        self._texts, self._weigh = texts, weigh
        self._having: dict[str, Sequence[int]] = {}  # the numbers of the texts that have a feature, once it was asked

    def closest(self, features: Collection[str]) -> str:
        """Return the text that has most in common with these features, by its length; "" if none has any.

        Of the features that some have the rarest count.
        """
        shared = Counter[int]()
        weighed = [(feature, self._weigh(feature)) for feature in features]
        known = [(self._with(feature), feature, weight) for feature, weight in weighed if weight > 0]
        known.sort(key=lambda one: (len(one[0]), one[1]))
        for numbers, _, weight in known[:_RAREST]:
            for number in numbers:
                shared[number] += weight
        size = len(features)
        parts = [
            ((weight << BITS) // (size + len(self._searched[number])), -number) for number, weight in shared.items()
        ]
        return self._texts[-max(parts)[1]] if parts else ""

    def _with(self, feature: str) -> Sequence[int]:
        if feature not in self._having:
            self._having[feature] = [number for number, text in enumerate(self._searched) if feature in text]
        return self._having[feature]

    @cached_property
    def _searched(self) -> Sequence[str]:
        """Return the letters of the texts, and behind them their words in letters, each between two blanks."""
        every = map(letters, self._texts)
        return ["".join([text, *[f"{BLANK}{word}{BLANK}" for word in WORD.findall(text)]]) for text in every]


def side_by_side(numbers: Sequence[int]) -> int:
    """Return numbers side by side in one, so that many such can be added at once."""
    return int.from_bytes(pack(f"<{len(numbers)}I", *numbers), "little")


def apart(packed: int, count: int) -> Sequence[int]:
    """Return the numbers that stand side by side in one."""
    return unpack(f"<{count}I", packed.to_bytes(4 * count, "little"))
