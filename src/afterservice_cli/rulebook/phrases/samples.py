"""Sample texts: which texts are like those of one list rather than those of another, and what tells them apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise, repeat
from operator import add

from afterservice_cli.rulebook.phrases.bayes import BITS, binary_log
from afterservice_cli.rulebook.phrases.features import BLANK, WORD, Nearest, features_of, letters
from afterservice_cli.rulebook.sections.samples import Samples

LIKELIER = 400  # hundredths of a bit by which a part of a text has to be likelier on one side: sixteen times
PART = 60  # signs of a text that are weighed together; a word in letters and a blank are one each
LIKE = "≈"  # before a sample text, among the phrases by which a condition holds
_HUNDREDTHS = 100


class Resemblance:
    """Tells whether texts are like samples.

    A text is weighed by its parts, each as long as a sample: what matters may be one sentence of many.
    """

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._last = ("", 0)  # the text that was weighed last, and its weight

    def closest(self, text: str) -> str:
        """Return that of the samples which a text is most like; "" if no part of it is likely enough to be like them.

        A sample itself is always like those among which it stands.
        """
        if text in self._told:
            return self._told[text]
        if self.weight(text) < LIKELIER:
            return ""
        return self._like.closest(features_of(text))

    def closest_unlike(self, text: str) -> str:
        """Return that of the counter-samples which a text is most like; "" if it is not `unlike`."""
        if not self.unlike(text):
            return ""
        return text if text in self._told else self._unlike.closest(features_of(text))

    def unlike(self, text: str) -> bool:
        """Tell whether a text, in each of its parts, is likely enough to be like what the samples are not like."""
        return self._told[text] == "" if text in self._told else self.weight(text) <= -LIKELIER

    def weight(self, text: str) -> int:
        """Return by how many hundredths of a bit the likeliest part of a text is likelier among the samples.

        Of many parts one is likely by chance: each doubling of their number takes one bit away.
        """
        if self._last[0] != text:
            self._last = text, self._weighed(text)
        return self._last[1]

    def _weighed(self, text: str) -> int:
        signs, weigh = letters(text), self._weights.get
        own = [*map(add, map(weigh, signs, repeat(0)), map(weigh, map(add, signs, signs[1:]), repeat(0)))]
        for word in WORD.finditer(signs):
            own[word.start()] += weigh(f"{BLANK}{word[0]}{BLANK}", 0)
        sums = [0, *accumulate(own)]
        blanks = [found.start() for found in re.finditer(BLANK, signs)]
        sizes = [1 if signs[start + 1].isascii() else end - start for start, end in pairwise(blanks)]
        parts, last, size = list[int](), 0, 0
        for first, one in enumerate(sizes):
            while last < len(sizes) and (size + sizes[last] <= PART or last == first):
                size, last = size + sizes[last], last + 1
            parts.append(sums[blanks[last]] - sums[blanks[first]])
            if last == len(sizes):
                break
            size -= one
        return max(parts, default=0) - (binary_log(len(parts) or 1) * _HUNDREDTHS >> BITS)

    @cached_property
    def _weights(self) -> Mapping[str, int]:
        found = dict[str, int]()
        for weight, features in self._samples.weights.items():
            found.update(dict.fromkeys(features.split(" "), int(weight)))
        return found

    @cached_property
    def _told(self) -> Mapping[str, str]:
        """Return by each sample what it is like: itself, or none."""
        return {**dict.fromkeys(self._samples.unlike, ""), **{sample: sample for sample in self._samples.like}}

    @cached_property
    def _like(self) -> Nearest:
        return Nearest(self._samples.like, lambda feature: self._weights.get(feature, 0))

    @cached_property
    def _unlike(self) -> Nearest:
        return Nearest(self._samples.unlike, lambda feature: -self._weights.get(feature, 0))


def weighed(samples: Samples) -> Samples:
    """Return samples with their weights."""
    return samples.but(weights=_weights(tuple(samples.like), tuple(samples.unlike)))


def _counted(texts: Iterable[str]) -> Counter[str]:
    """Count how many of some texts have each feature."""
    found = Counter[str]()
    for text in texts:
        found.update(features_of(text))
    return found


@lru_cache(4)  # who edits a rulebook compiles it again and again
def _weights(like: tuple[str, ...], unlike: tuple[str, ...]) -> Mapping[str, str]:
    """Return of the features of two lists of texts by how much each is likelier in the first, those alike together.

    Each counts a quarter more often than it was seen, so that what one list has not is not impossible there.
    """
    counts, others = _counted(like), _counted(unlike)
    every = sorted({*counts, *others})
    scale = binary_log(4 * others.total() + len(every) + 1) - binary_log(4 * counts.total() + len(every) + 1)
    found: dict[int, list[str]] = {}
    for feature in every:
        weight = scale + binary_log(4 * counts[feature] + 1) - binary_log(4 * others[feature] + 1)
        found.setdefault((weight * _HUNDREDTHS) >> BITS, []).append(feature)
    return {str(weight): " ".join(features) for weight, features in sorted(found.items())}
