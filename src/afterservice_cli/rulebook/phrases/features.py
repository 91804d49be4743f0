"""What is weighed of texts: their features, and which of several texts has most of another's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
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
    wide = {sign for sign in signs if sign >= FIRST_WIDE}
    pairs = {one + other for one, other in pairwise(signs) if one >= FIRST_WIDE or other >= FIRST_WIDE}
    return {*wide, *pairs, *(f"{BLANK}{word}{BLANK}" for word in WORD.findall(signs))}


def letters(text: str) -> str:
    """Return the letters of a text, with a blank for whatever is none, and for the ends."""
    return letters_of(text).replace(" ", BLANK)


class Nearest:
    """Finds that of several texts which another is most like, by features of which each has its weight."""

    def __init__(self, texts: Sequence[str], weights: Mapping[str, int]) -> None:
        """Take texts, and the weights of features; what weighs nothing or less speaks for no text."""
        self._texts, self._weights, self._sizes = texts, weights, list[int]()
        self._having: dict[str, list[int]] = {}  # the numbers of the texts that have a feature
        for number, text in enumerate(texts):
            features = features_of(text)
            self._sizes.append(len(features))
            for feature in features:
                if weights.get(feature, 0) > 0:
                    self._having.setdefault(feature, []).append(number)

    def closest(self, features: Collection[str]) -> str:
        """Return the text that has most in common with these features, by the number of both; "" if none has any.

        Of the features that some have the rarest count.
        """
        having, shared = self._having, Counter[int]()
        known = sorted([(len(having[feature]), feature) for feature in features if feature in having])
        for _, feature in known[:_RAREST]:
            weight = self._weights[feature]
            for number in having[feature]:
                shared[number] += weight
        parts = [
            ((weight << BITS) // (len(features) + self._sizes[number]), -number) for number, weight in shared.items()
        ]
        return self._texts[-max(parts)[1]] if parts else ""


def side_by_side(numbers: Sequence[int]) -> int:
    """Return numbers side by side in one, so that many such can be added at once."""
    return int.from_bytes(pack(f"<{len(numbers)}I", *numbers), "little")


def apart(packed: int, count: int) -> Sequence[int]:
    """Return the numbers that stand side by side in one."""
    return unpack(f"<{count}I", packed.to_bytes(4 * count, "little"))
