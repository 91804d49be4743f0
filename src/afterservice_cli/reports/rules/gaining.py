"""What a further phrase would change in what past cases are decided to be about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from heapq import heapify, heappop, heappush
from typing import NamedTuple, Self

from afterservice_cli.reports.rules.candidates import Candidate, PastCase
from afterservice_cli.rulebook.matching import find
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.looking import Looking
from afterservice_cli.rulebook.phrases.seen import Seen, read
from afterservice_cli.rulebook.phrases.weighing import Evidence, Rank, Topical, placing, ranked

MOST = 60  # candidates that are taken at most
LEAST_FIXED = 3  # cases in both halves together
WORTH = 3  # cases that it fixes there for each that it breaks


class Gain(NamedTuple):
    """How many cases are decided as people did and were not before, and the other way round."""

    fixed: int
    broken: int

    @property
    def net(self) -> int:
        """Return by how many cases more are decided as people did."""
        return self.fixed - self.broken


class Gains:
    """Past cases as a rulebook decides them, with what candidates would change, reckoned from what speaks in them.

    What follows is reckoned without deciding each case anew for each candidate; what is proposed is tried in earnest.
    """

    def __init__(self, rulebook: Rulebook, samples: Sequence[PastCase], patterns: Iterable[str]) -> None:
        self._samples = samples
        self.standing: dict[str, list[int]] = defaultdict(list)  # in which cases a pattern stands, counted or not
        self._numbers = {name: number for number, name in enumerate(rulebook.categories)}
        names = [*rulebook.categories]
        looking = Looking(rulebook.words, rulebook.reading, dict.fromkeys(patterns))
        self._evidence: dict[str, list[tuple[int, Evidence]]] = defaultdict(list)
        self._speaking: dict[int, dict[int, tuple[Evidence, ...]]] = {}
        self._keys: dict[int, dict[int, Rank]] = {}
        self._topical: dict[int, Topical] = {}
        self._wanted: dict[int, int] = {}
        self._ruled_out: dict[int, set[int]] = {}
        for place, sample in enumerate(samples):
            stand = Seen(sample.text, lambda: looking).found
            for pattern in stand:
                self.standing[pattern].append(place)
            found = [one for one in stand.values() if one.counts()]
            if not found or ".when[" in (find(rulebook, sample.text, sample.facts).category.rule or ""):
                continue  # conditions decide before phrases do
            seen = read(rulebook, sample.text)
            self._speaking[place] = {number: tuple(own) for number, own in seen.speaking().items()}
            self._keys[place] = {number: ranked(own)[0] for number, own in self._speaking[place].items()}
            self._topical[place] = seen.topical
            self._wanted[place] = self._numbers[sample.category]
            self._ruled_out[place] = {
                number
                for number, name in enumerate(names)
                if (unless := rulebook.categories[name].unless) and not seen.found.keys().isdisjoint(unless)
            }
            for one in found:
                self._evidence[one.pattern].append((place, one))
        self._default = self._numbers[rulebook.default.category]

    def anew(self) -> Self:
        """Return the same of which nothing is taken that is taken from now on."""
        other = copy(self)
        other._speaking = {place: dict(own) for place, own in self._speaking.items()}
        other._keys = {place: dict(own) for place, own in self._keys.items()}
        return other

    def of(self, candidate: Candidate, half: int | None = None) -> Gain:
        """Return what a candidate would change in one half of the cases, or in all."""
        number, fixed, broken = self._numbers[candidate.category], 0, 0
        middle = (len(self._samples) + 1) // 2
        for place, evidence in self._evidence.get(candidate.pattern, ()):
            if (half is not None and (place >= middle) != bool(half)) or number in self._ruled_out[place]:
                continue
            keys, wanted = self._keys[place], self._wanted[place]
            right = self._first(place, keys) == wanted
            own = (*self._speaking[place].get(number, ()), evidence)
            after = self._first(place, {**keys, number: ranked(own)[0]}) == wanted
            fixed += after and not right
            broken += right and not after
        return Gain(fixed, broken)

    def take(self, candidate: Candidate) -> None:
        """Let a candidate speak for its category from now on."""
        number = self._numbers[candidate.category]
        for place, evidence in self._evidence.get(candidate.pattern, ()):
            if number not in self._ruled_out[place]:
                own = (*self._speaking[place].get(number, ()), evidence)
                self._speaking[place][number] = own
                self._keys[place][number] = ranked(own)[0]

    def _first(self, place: int, keys: Mapping[int, Rank]) -> int:
        """Return the number of the category for which most speaks in a case."""
        topical = self._topical[place]
        if not topical.levels:
            return min(keys, key=lambda number: (keys[number], number)) if keys else self._default
        found, decides = placing(keys, topical)
        return found[0] if decides else self._default


def chosen(gains: Gains, candidates: Sequence[Candidate], half: int | None = None) -> list[Candidate]:
    """Return the candidates that are worth it, each beside those before it: what fixes most beyond its breaks first.

    They are weighed by one half of the cases, or by all; `gains` has taken them then.
    """
    least = LEAST_FIXED if half is None else 1
    waiting = [(-gains.of(each, half).net, number) for number, each in enumerate(candidates)]
    heapify(waiting)
    found: list[Candidate] = []
    while waiting and len(found) < MOST:
        before, number = heappop(waiting)
        gain = gains.of(candidates[number], half)
        if -gain.net > before and gain.net > 0:
            heappush(waiting, (-gain.net, number))  # something taken meanwhile has made it worth less
        elif gain.fixed >= least and gain.fixed >= WORTH * gain.broken:
            gains.take(candidates[number])
            found.append(candidates[number])
    return found


def standing(rulebook: Rulebook, patterns: Iterable[str], texts: Iterable[str]) -> dict[str, list[int]]:
    """Return in which of some texts patterns stand, counted or not, by pattern."""
    looking = Looking(rulebook.words, rulebook.reading, dict.fromkeys(patterns))
    found: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for pattern in Seen(text, lambda: looking).found:
            found[pattern].append(place)
    return found
