"""Topics: of those that sample texts tell, which one a text is likeliest to be about, and by how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from math import isqrt

from afterservice_cli.rulebook.phrases.bayes import BITS, binary_log
from afterservice_cli.rulebook.phrases.features import Nearest, apart, features_of, side_by_side
from afterservice_cli.rulebook.sections.topics import Topic

MANY = 1000  # texts, from which on a feature counts only if two of them have it
SURE = 150  # hundredths of a bit for each root of the number of features
FEW = 9  # features; of a text that has fewer of them nothing is surer than of one that has so many
_SEEN = 8  # how much more often a feature counts that was seen than one that was not
_HUNDREDTHS = 100
_KEPT = 1 << 16  # features, known or not, whose weights are kept ready


class Topics:
    """Tells what texts are about."""

    def __init__(self, topics: Mapping[str, Topic]) -> None:
        self._topics = topics
        self._known: dict[str, int] = {}  # what features weigh for all topics, side by side, as they come up
        self._nearest: dict[str, Nearest] = {}
        self._last: tuple[str, Collection[str]] = "", ()

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._topics)

    def weigh(self, text: str) -> tuple[Mapping[str, int], int]:
        """Return by how many hundredths of a bit a text is likelier to be about each topic than about the least likely.

        With it comes by how much one has to be likelier than the next to be so for sure: a bit and a half for each root
        of the number of features that any topic knows, at least FEW; 0 if they know none.
        """
        known, count, total = self._known, 0, 0
        for feature in self._features(text):
            weight = known.get(feature)
            if weight is None:
                if len(known) >= _KEPT:
                    known.clear()
                weight = known[feature] = side_by_side([weights.get(feature, 0) for weights in self._weights])
            if weight:
                count += 1
                total += weight
        gains = apart(total, len(self._topics))
        sums = [gain - count * topic.cost for gain, topic in zip(gains, self._topics.values(), strict=True)]
        least = min(sums)
        sure = isqrt(max(count, FEW) * SURE**2) if count else 0
        return {name: one - least for name, one in zip(self._topics, sums, strict=True)}, sure

    def closest(self, text: str, name: str) -> str:
        """Return that of a topic's texts which a text is most like; "" if it has nothing that speaks for the topic."""
        if name not in self._nearest:
            weights = self._weights[[*self._topics].index(name)]
            self._nearest[name] = Nearest(self._topics[name].texts, weights)
        return self._nearest[name].closest(self._features(text))

    def told(self, text: str) -> str:
        """Return the topic among whose texts a text stands; "" if it stands among none."""
        return self._told.get(text, "")

    def _features(self, text: str) -> Collection[str]:
        if self._last[0] != text:
            self._last = text, features_of(text)
        return self._last[1]

    @cached_property
    def _weights(self) -> Sequence[Mapping[str, int]]:
        return [_by_feature(topic.weights) for topic in self._topics.values()]

    @cached_property
    def _told(self) -> Mapping[str, str]:
        return {text: name for name, topic in self._topics.items() for text in topic.texts}


def weighed(topics: Mapping[str, Topic]) -> Mapping[str, Topic]:
    """Return topics with their weights."""
    found = _weighed(tuple([(name, tuple(topic.texts)) for name, topic in topics.items()]))
    return {name: topic.but(weights=found[name][0], cost=found[name][1]) for name, topic in topics.items()}


@lru_cache(4)  # who edits a rulebook compiles it again and again
def _weighed(topics: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, tuple[Mapping[str, str], int]]:
    """Return the weights and the cost of each topic.

    A feature that was seen counts that many times and once more, so that what a topic has not is not impossible there.
    """
    counts = {name: Counter(chain.from_iterable(map(features_of, texts))) for name, texts in topics}
    every = Counter[str]()
    for counted in counts.values():
        every.update(counted)
    least = 2 if sum(len(texts) for _, texts in topics) >= MANY else 1
    known = {feature for feature, count in every.items() if count >= least}
    found = {}
    for name, counted in counts.items():
        own = {feature: count for feature, count in counted.items() if feature in known}
        by_weight: dict[int, list[str]] = {}
        for feature in sorted(own):
            by_weight.setdefault(_hundredths(_SEEN * own[feature] + 1), []).append(feature)
        weights = {str(weight): " ".join(features) for weight, features in sorted(by_weight.items())}
        found[name] = weights, _hundredths(_SEEN * sum(own.values()) + len(known) + 1)
    return found


def _hundredths(number: int) -> int:
    return binary_log(number) * _HUNDREDTHS >> BITS


def _by_feature(weights: Mapping[str, str]) -> Mapping[str, int]:
    found = dict[str, int]()
    for weight, features in weights.items():
        found.update(dict.fromkeys(features.split(" "), int(weight)))
    return found
