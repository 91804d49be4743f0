"""Topics: of those that sample texts tell, which one a text is likeliest to be about, and by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import chain
from math import isqrt

from afterservice_cli.rulebook.phrases.bayes import BITS, binary_log
from afterservice_cli.rulebook.phrases.features import Nearest, apart, features_of, side_by_side
from afterservice_cli.rulebook.sections.topics import Topic, Weights

MANY = 6000  # texts; of each so many more, one text more has to have a feature so that it counts
SURE = 150  # hundredths of a bit for each root of the number of features
FEW = 9  # features; of a text that has fewer of them nothing is surer than of one that has so many
_SEEN = 8  # how much more often a feature counts that was seen than one that was not
_HUNDREDTHS = 100
_FIELD = 32  # bits of a weight beside others in one number
_KEPT = 1 << 16  # features, known or not, whose weights are kept ready


class Topics:
    """Tells what texts are about."""

    def __init__(self, topics: Mapping[str, Topic], weights: Weights) -> None:
        self._topics, self._weights = topics, weights
        self._known: dict[str, int] = {}  # what features weigh for all topics, side by side, as they come up
        self._nearest: dict[str, Nearest] = {}
        self._last: tuple[str, Collection[str]] = "", ()

    def __len__(self) -> int:
        """Count them."""
        return len(self._topics)

    def __iter__(self) -> Iterator[str]:
        """Yield their names."""
        return iter(self._topics)

    def weigh(self, text: str) -> tuple[Mapping[str, int], int]:
        """Return by how many hundredths of a bit a text is likelier to be about each topic than about the least likely.

        With it comes by how much one has to be likelier than the next to be so for sure: a bit and a half for each root
        of the number of features that any topic knows, at least FEW; 0 if they know none.
        """
        known, weigh = self._known, self._weigh
        every = [known[feature] if feature in known else weigh(feature) for feature in self._features(text)]
        weights = [*filter(None, every)]
        count, gains = len(weights), apart(sum(weights), len(self._topics))
        sums = [gain - count * cost for gain, cost in zip(gains, self._weights.costs, strict=True)]
        least = min(sums)
        sure = isqrt(max(count, FEW) * SURE**2) if count else 0
        return {name: one - least for name, one in zip(self._topics, sums, strict=True)}, sure

    def closest(self, text: str, name: str) -> str:
        """Return that of a topic's texts which a text is most like; "" if it has nothing that speaks for the topic."""
        if name not in self._nearest:
            bits = _FIELD * [*self._topics].index(name)
            own = (1 << _FIELD) - 1
            self._nearest[name] = Nearest(self._topics[name].texts, lambda feature: self._weigh(feature) >> bits & own)
        return self._nearest[name].closest(self._features(text))

    def told(self, text: str) -> str:
        """Return the topic among whose texts a text stands; "" if it stands among none."""
        return self._told.get(text, "")

    def _features(self, text: str) -> Collection[str]:
        if self._last[0] != text:
            self._last = text, features_of(text)
        return self._last[1]

    def _weigh(self, feature: str) -> int:
        """Return what a feature weighs for all topics, side by side in one number; 0 if none knows it."""
        weight = self._known.get(feature)
        if weight is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            gains = [0] * len(self._topics)
            for pair in self._written.get(feature, "").split(",") if feature in self._written else ():
                place, _, count = pair.partition(":")
                gains[int(place)] = self._weights.gains[int(count)]
            weight = self._known[feature] = side_by_side(gains)
        return weight

    @cached_property
    def _written(self) -> Mapping[str, str]:
        parts = self._weights.features.split(" ")
        return dict(zip(parts[::2], parts[1::2], strict=True)) if len(parts) > 1 else {}

    @cached_property
    def _told(self) -> Mapping[str, str]:
        return {text: name for name, topic in self._topics.items() for text in topic.texts}


def weights_of(topics: Mapping[str, Topic]) -> Weights:
    """Return what follows from the texts of topics."""
    return _weights(tuple([topic.texts for topic in topics.values()]))


@lru_cache(4)  # who edits a rulebook compiles it again and again
def _weights(texts: tuple[tuple[str, ...], ...]) -> Weights:
    """Return what follows from texts by topic.

    A feature that was seen counts so many times and once more, so that what a topic has not is not impossible there.
    """
    counts = [Counter(chain.from_iterable(map(features_of, some))) for some in texts]
    every = Counter[str]()
    for counted in counts:
        every.update(counted)
    least = 1 + sum(map(len, texts)) // MANY
    known = {feature: list[str]() for feature in sorted(every) if every[feature] >= least}
    costs = list[int]()
    for place, counted in enumerate(counts):
        total = 0
        for feature, count in counted.items():
            if feature in known:
                known[feature].append(f"{place}:{count}")
                total += count
        costs.append(_hundredths(_SEEN * total + len(known) + 1))
    most = max([counted[feature] for counted in counts for feature in counted], default=0)
    gains = [_hundredths(_SEEN * count + 1) for count in range(most + 1)]
    return Weights(
        features=" ".join([f"{feature} {','.join(having)}" for feature, having in known.items()]),
        gains=tuple(gains),
        costs=tuple(costs),
    )


def _hundredths(number: int) -> int:
    return binary_log(number) * _HUNDREDTHS >> BITS
