"""What a case is likely about if nothing decided it: learnt from a desk's own cases, in whole numbers.

A model is a complement naive Bayes over pairs of letters: it weighs for each category how seldom the pairs of a text
stand in the cases of all others. It holds counts; what follows from them is reckoned in whole numbers, too, so that the
same cases give the same model, and the same suggestions, everywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby, pairwise

from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.phrases.bayes import binary_log, letters_of

ENOUGH = 200  # cases from which a model can be learnt
WRITTEN_BY = 3  # customers at least that wrote a pair of letters, or have a category, if a model shall hold it
SUGGESTED = 3  # categories
ALIKE = 3  # cases with the same category by which a suggestion is explained
_FORMAT = "afterservice model 1"


class TrainingExample(Frozen):
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
        self._known: dict[str, Sequence[tuple[int, int]]] = {}  # what was read of pairs

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
        known = [gains for pair in pairs_of(text) if (gains := self._gains(pair))]
        if not known:
            return []
        names, every = self.categories, sum(pairs for _, pairs in self._counts.values())
        # The number of a category's cases counts half: a rare one is suggested if the words speak for it.
        weights = [
            binary_log(own) + 2 * len(known) * binary_log(every - pairs + len(self._lines))
            for own, pairs in self._counts.values()
        ]
        for gains in known:
            for place, gain in gains:
                weights[place] += gain
        ranked = sorted(range(len(names)), key=lambda place: (-weights[place], place))
        return [names[place] for place in ranked if names[place] in among][:SUGGESTED]

    def _gains(self, pair: str) -> Sequence[tuple[int, int]]:
        """Return by how much a pair makes categories likelier, each by its place; nothing for an unknown pair."""
        if pair not in self._known:
            place = bisect_left(self._lines, pair)
            line = self._lines[place] if place < len(self._lines) else ""
            _, _, told = line.partition("\t") if line.startswith(f"{pair}\t") else ("", "", "")
            counts = [(int(at), int(own)) for at, _, own in (each.partition(":") for each in told.split())]
            every = sum(own for _, own in counts) + 1
            self._known[pair] = tuple((at, 2 * (binary_log(every) - binary_log(every - own))) for at, own in counts)
        return self._known[pair]


def learn(examples: Iterable[TrainingExample]) -> Model:
    """Return what follows from cases that can be gone through twice, those of each customer one after the other.

    What fewer than WRITTEN_BY customers wrote is left out, and so are categories that fewer of them have, with their
    cases.
    """
    having, writing = Counter[str](), Counter[str]()  # how many customers have a category, or wrote a pair
    for _, theirs in groupby(examples, lambda each: each.customer):
        categories, wrote = set[str](), set[str]()
        for each in theirs:
            categories.add(each.category)
            wrote |= pairs_of(each.text)
        having.update(categories)
        writing.update(wrote)
    names = sorted(name for name, customers in having.items() if customers >= WRITTEN_BY)
    common = {pair for pair, customers in writing.items() if customers >= WRITTEN_BY}
    del writing
    cases, counts = Counter[str](), {name: Counter[str]() for name in names}
    for each in examples:
        if each.category in counts:
            cases[each.category] += 1
            counts[each.category].update(pairs_of(each.text) & common)
    head = [_FORMAT, f"{cases.total()}", *(f"{name}\t{cases[name]}\t{counts[name].total()}" for name in names)]
    found = [counts[name] for name in names]
    lines = (f"{pair}\t{told}" for pair in sorted(common) if (told := _told(pair, found)))
    return Model("\n".join(head) + "\n\n" + "\n".join(lines))


def _told(pair: str, counts: Sequence[Mapping[str, int]]) -> str:
    """Return how many cases have a pair, by the place of their category; "" if none has."""
    return " ".join(f"{place}:{own[pair]}" for place, own in enumerate(counts) if pair in own)


def pairs_of(text: str) -> set[str]:
    """Return the pairs of letters that stand side by side in a text, in the form in which texts are compared.

    Whatever is no letter counts as one blank, and so do the ends: a model sees no digit.
    """
    return {first + second for first, second in pairwise(letters_of(text))} - {"  "}


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
