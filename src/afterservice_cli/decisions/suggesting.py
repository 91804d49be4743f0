"""What a case is likely about if nothing decided it: learnt from a desk's own cases, in whole numbers.

A model is a complement naive Bayes over pairs of letters: it weighs for each category how seldom the pairs of a text
stand in the cases of all others. It holds counts; what follows from them is reckoned in whole numbers, too, so that the
same cases give the same model, and the same suggestions, everywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.model import normal

ENOUGH = 200  # cases from which a model can be learnt
WRITTEN_BY = 3  # customers at least that wrote a pair of letters, or have a category, if a model shall hold it
SUGGESTED = 3  # categories
ALIKE = 3  # cases with the same category by which a suggestion is explained
_FORMAT = "afterservice model 1"
_BITS = 16  # of a logarithm, behind the point


class Example(Frozen):
    """A case from which something can be learnt: its category, whose it is, and what the customer said."""

    category: str
    customer: str
    text: str


class Model:
    """What was learnt, as the text by which it is kept: how many cases have each pair of letters, by category.

    Its lines are the format, the number of cases, each category with its cases and the sum of its pairs, a blank one,
    and each pair with its cases by the category's place.
    """

    def __init__(self, text: str) -> None:
        """Read the text of a model; `ValueError` if it is none."""
        head, _, body = text.partition("\n\n")
        first, cases, *categories = head.split("\n")
        if first != _FORMAT:
            raise ValueError(first)
        self.text, self.cases = text, int(cases)
        self._counts: dict[str, tuple[int, int]] = {}  # of each category, its cases and the sum of its pairs
        for line in categories:
            name, own, pairs = line.split("\t")
            self._counts[name] = int(own), int(pairs)
        self._lines = body.split("\n") if body else []

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories that it knows, in order."""
        return tuple(self._counts)

    @property
    def pairs(self) -> int:
        """Return how many pairs of letters it knows."""
        return len(self._lines)

    def likely(self, text: str, among: Collection[str]) -> list[str]:
        """Return the likeliest categories for a text, the best first, at most SUGGESTED and only of those `among`.

        There are none if it knows no pair of letters in the text.
        """
        known = [counts for pair in pairs_of(text) if (counts := self._of(pair))]
        if not known:
            return []
        names, every = self.categories, sum(pairs for _, pairs in self._counts.values())
        weights = []
        for own, pairs in self._counts.values():
            # The number of a category's cases counts half: a rare one is suggested if the words speak for it.
            weights.append(_log(own) + 2 * len(known) * _log(every - pairs + len(self._lines)))
        for counts in known:
            all_cases = _log(sum(counts.values()) + 1)
            for place, own in counts.items():
                weights[place] += 2 * (all_cases - _log(sum(counts.values()) - own + 1))
        ranked = sorted(range(len(names)), key=lambda place: (-weights[place], place))
        return [names[place] for place in ranked if names[place] in among][:SUGGESTED]

    def _of(self, pair: str) -> dict[int, int]:
        """Return how many cases have a pair, by the place of their category."""
        place = bisect_left(self._lines, pair)
        line = self._lines[place] if place < len(self._lines) else ""
        if not line.startswith(f"{pair}\t"):
            return {}
        _, _, told = line.partition("\t")
        return {int(at): int(count) for at, _, count in (each.partition(":") for each in told.split(" "))}


def learn(examples: Iterable[Example]) -> Model:
    """Learn from cases that can be gone through twice, those of each customer one after the other.

    What fewer than WRITTEN_BY customers wrote is left out, and so are categories that fewer of them have, with their
    cases.
    """
    having = _numbers_of_customers((each.category, each.customer) for each in examples)
    places = {name: place for place, name in enumerate(sorted(n for n, number in having.items() if number))}
    kept = (each for each in examples if each.category in places)
    pairs = _numbers_of_customers((pair, each.customer) for each in kept for pair in pairs_of(each.text))
    counts = {pair: [0] * len(places) for pair, number in pairs.items() if number}
    del having, pairs
    cases, sums = [0] * len(places), [0] * len(places)
    for each in examples:
        if each.category not in places:
            continue
        place = places[each.category]
        cases[place] += 1
        for pair in pairs_of(each.text):
            if pair in counts:
                counts[pair][place] += 1
                sums[place] += 1
    head = [_FORMAT, f"{sum(cases)}", *(f"{name}\t{cases[at]}\t{sums[at]}" for name, at in places.items())]
    lines = (f"{pair}\t{_told(counts[pair])}" for pair in sorted(counts))
    return Model("\n".join(head) + "\n\n" + "\n".join(lines))


def pairs_of(text: str) -> set[str]:
    """Return the pairs of letters that stand side by side in a text, in the form in which texts are compared.

    Whatever is no letter counts as one blank, and so do the ends: a model sees no digit.
    """
    letters = "".join(sign if sign.isalpha() else " " for sign in normal(text))
    words = f" {' '.join(letters.split())} "
    return {first + second for first, second in zip(words, words[1:], strict=False)} - {"  "}


def most_alike(text: str, others: Iterable[tuple[str, str]]) -> list[str]:
    """Return the numbers of those cases whose texts have most in common with a text, the most alike first.

    The others come as number and text, the newest first, and at most ALIKE are returned.
    """
    mine = pairs_of(text)
    found = []
    for age, (number, said) in enumerate(others):
        theirs = pairs_of(said)
        if shared := len(mine & theirs):
            found.append((-shared * _ONE // (len(mine) + len(theirs)), age, number))
    return [number for _, _, number in sorted(found)[:ALIKE]]


_ONE = 1 << 20


def _numbers_of_customers(told: Iterable[tuple[str, str]]) -> Mapping[str, bool]:
    """Return whether at least WRITTEN_BY customers told each thing, if what each of them told comes together."""
    found: dict[str, int] = {}
    last, who = "", 0
    for thing, customer in told:
        if customer != last:
            last, who = customer, who + 1
        before = found.get(thing, 0)
        # Which customer told it last, and how many had told it before, in one number.
        if before >> 2 != who:
            found[thing] = who << 2 | min((before & 3) + (before > 0), 3)
    return {thing: (number & 3) + 1 >= WRITTEN_BY for thing, number in found.items()}


def _told(counts: Iterable[int]) -> str:
    return " ".join(f"{place}:{count}" for place, count in enumerate(counts) if count)


@lru_cache(1 << 14)
def _log(number: int) -> int:
    """Return the binary logarithm of a number from 1 on, with _BITS binary places, reckoned in whole numbers."""
    found = number.bit_length() - 1
    rest = (number << 32) >> found
    for _ in range(_BITS):
        rest = rest * rest >> 32
        found <<= 1
        if rest >> 33:
            found, rest = found | 1, rest >> 1
    return found
