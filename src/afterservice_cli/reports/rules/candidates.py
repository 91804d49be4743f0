"""Which pieces of past texts may become phrases: those that stand in cases of one category that the rules missed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.model import Facts
from afterservice_cli.rulebook.phrases.pieces import (
    GAP,
    LONGEST,
    LONGEST_PART,
    SHORTEST,
    PieceFinder,
    Run,
    is_phrase,
    pairs_of,
    sentences_of,
    two_words,
)

WRITTEN_BY = 3  # customers at least that wrote a piece
MISSED = 2  # cases at least of a half that the rules missed and in which a piece stands
PRECISE = 0.6  # share of the cases with a piece that people put in its category, at least
BESIDE = 0.75  # share of a piece's places that may have one sign beside it: else that belongs to the word
MOST_PARTS = 1500  # pieces of which pairs are made, the most frequent
LONGEST_NAME = 40  # signs; what is longer is a text
MOST = 1500  # candidates that are weighed


class PastCase(Frozen):
    """A past case whose category is known: as people, or its file, gave it, or as it was worked through.

    `missed` tells that the rules give it another one, or none.
    """

    number: str
    at: datetime
    customer: str
    text: str
    facts: Facts
    category: str
    missed: bool = False


class Candidate(NamedTuple):
    """A pattern that may speak for a category, found in one half of the cases: the earlier (0) or the later (1)."""

    pattern: str
    category: str
    half: int


Texts = Sequence[list[list[Run]]]  # the sentences of each case


def candidates(samples: Sequence[PastCase], names: Iterable[str]) -> list[Candidate]:
    """Return what may speak for a category, the best first; nothing that is part of one of the names, or has one.

    The samples come in their order, and the first half of them is the earlier one.
    """
    texts = [sentences_of(sample.text) for sample in samples]
    missed = [place for place, sample in enumerate(samples) if sample.missed]
    frequent = _frequent([texts[place] for place in missed])
    private = PersonalNames(names)
    told, pairs = _Standing(samples), _Standing(samples)
    some = PieceFinder({piece for piece in frequent if is_phrase(piece)})
    for place, sentences in enumerate(texts):
        told.add(place, {piece.text for runs in sentences for piece in some.of(runs)})
    single = {
        piece: count for piece, count in told.places.items() if told.by_several(piece) and not private.touch(piece)
    }
    whole = _whole_words(texts, single)
    ranked = _ranked(told, _closed(single, whole))
    parts = PieceFinder(_parts(told, whole))
    wanted = _frequent_pairs([texts[place] for place in missed], parts)
    for place, sentences in enumerate(texts):
        pairs.add(place, _pairs(sentences, parts) & wanted)
    precise = {
        pair
        for pair in pairs.places
        if _adds(pair, pairs, told) and pairs.by_several(pair) and not private.touch(*pair.split(GAP))
    }
    ranked += _ranked(pairs, precise)
    ranked.sort()
    return [candidate for _, candidate in ranked[:MOST]]


class PersonalNames:
    """Names of people and what else is personal: what is part of one, or has one in it, is no phrase."""

    def __init__(self, names: Iterable[str]) -> None:
        known = {normal(name) for name in names}
        runs = [run for name in known if len(name) <= LONGEST_NAME for runs in sentences_of(name) for run in runs]
        self._wide = {run.text for run in runs if run.wide and len(run.text) > 1}
        self._words = {run.text for run in runs if not run.wide}
        self._joined = "\n".join(sorted(self._wide))

    def touch(self, *pieces: str) -> bool:
        """Tell whether one of some pieces is part of a name, or has one in it."""
        return any(
            piece in self._joined
            or not self._words.isdisjoint(piece.split())
            or any(
                piece[start:end] in self._wide
                for start in range(len(piece) - 1)
                for end in range(start + 2, len(piece) + 1)
            )
            for piece in pieces
        )


class _Standing:
    """In which cases pieces stand."""

    def __init__(self, samples: Sequence[PastCase]) -> None:
        self._samples = samples
        self.places: dict[str, list[int]] = defaultdict(list)
        self._counts: dict[str, Counter[str]] = {}

    def add(self, place: int, pieces: Collection[str]) -> None:
        """Note the pieces of a case."""
        for piece in pieces:
            self.places[piece].append(place)

    def by_several(self, piece: str) -> bool:
        """Tell whether so many customers wrote a piece that it says nothing of one of them."""
        customers = set[str]()
        for place in self.places[piece]:
            customers.add(self._samples[place].customer)
            if len(customers) >= WRITTEN_BY:
                return True
        return False

    def of_half(self, piece: str, half: int) -> Iterator[PastCase]:
        """Yield the cases of a half in which a piece stands."""
        middle = (len(self._samples) + 1) // 2
        for place in self.places[piece]:
            if (place >= middle) == bool(half):
                yield self._samples[place]

    def best(self, piece: str, half: int) -> tuple[str, int, int, int] | None:
        """Return for what a piece speaks in a half: the category of most missed cases, how many of these it has, in
        how many cases of it the piece stands, and in how many at all; None if it stands in no missed case.
        """
        missed, every = Counter[str](), Counter[str]()
        for sample in self.of_half(piece, half):
            every[sample.category] += 1
            missed[sample.category] += sample.missed
        if not missed:
            return None
        category = min(missed, key=lambda name: (-missed[name], name))
        return category, missed[category], every[category], every.total()

    def counts(self, piece: str) -> Counter[str]:
        """Return how many cases with a piece have each category."""
        if piece not in self._counts:
            self._counts[piece] = Counter(self._samples[place].category for place in self.places.get(piece, ()))
        return self._counts[piece]


def _frequent(texts: Texts) -> set[str]:
    """Return the pieces that stand in enough texts: longer ones are looked for only around shorter ones."""
    found = set[str]()
    counts = Counter[str]()
    for sentences in texts:
        counts.update({word for runs in sentences for word in _words(runs)})
    found |= {word for word, count in counts.items() if count >= WRITTEN_BY}
    frequent = set[str]()
    for length in range(SHORTEST, LONGEST + 1):
        counts = Counter()
        for sentences in texts:
            counts.update({piece for runs in sentences for piece in _signs(runs, length, frequent)})
        frequent = {piece for piece, count in counts.items() if count >= WRITTEN_BY}
        found |= frequent
    return found


def _words(runs: list[Run]) -> Iterator[str]:
    for number, run in enumerate(runs):
        if not run.wide:
            yield run.text
            if both := two_words(runs, number):
                yield both


def _signs(runs: list[Run], length: int, shorter: Collection[str]) -> Iterator[str]:
    for run in runs:
        if run.wide:
            text = run.text
            for start in range(len(text) - length + 1):
                piece = text[start : start + length]
                if length == SHORTEST or (piece[:-1] in shorter and piece[1:] in shorter):
                    yield piece


def _whole_words(texts: Texts, known: Mapping[str, Sequence[int]]) -> set[str]:
    """Return the pieces that read as whole words: what stands beside them changes from text to text."""
    places = Counter[str]()
    before: dict[str, Counter[str]] = defaultdict(Counter)
    after: dict[str, Counter[str]] = defaultdict(Counter)
    some = PieceFinder(known)
    for sentences in texts:
        for piece in (piece for runs in sentences for piece in some.of(runs)):
            places[piece.text] += 1
            before[piece.text][piece.before] += bool(piece.before)
            after[piece.text][piece.after] += bool(piece.after)
    return {
        piece
        for piece, count in places.items()
        if all(max(beside[piece].values(), default=0) <= BESIDE * count for beside in (before, after))
    }


def _closed(single: Mapping[str, Sequence[int]], whole: Collection[str]) -> set[str]:
    """Return the pieces that are whole words: of those that stand in the same cases the longest."""
    groups: dict[tuple[int, ...], str] = {}
    for piece in sorted(whole, key=lambda piece: (len(piece), piece)):
        groups[tuple(single[piece])] = piece
    return {*groups.values()}


def _parts(told: _Standing, whole: Collection[str]) -> set[str]:
    """Return the pieces of which pairs are made: short ones, the most frequent."""
    short = [piece for piece in whole if len(piece) <= LONGEST_PART or (piece[0] < "\u2e80" and " " not in piece)]
    short.sort(key=lambda piece: (-len(told.places[piece]), piece))
    return {*short[:MOST_PARTS]}


def _pairs(sentences: list[list[Run]], parts: PieceFinder) -> set[str]:
    """Return the pairs of parts that stand in one sentence with a gap between them, as patterns."""
    return {f"{first.text}{GAP}{second.text}" for runs in sentences for first, second in pairs_of([*parts.of(runs)])}


def _frequent_pairs(texts: Texts, parts: PieceFinder) -> set[str]:
    """Return the pairs that stand in enough texts."""
    counts = Counter[str]()
    for sentences in texts:
        counts.update(_pairs(sentences, parts))
    return {pair for pair, count in counts.items() if count >= WRITTEN_BY}


def _adds(pair: str, pairs: _Standing, told: _Standing) -> bool:
    """Tell whether a pair says more precisely than either of its parts what a case is about."""
    every = pairs.counts(pair)
    category = min(every, key=lambda name: (-every[name], name))
    own, total = every[category], every.total()
    parts = [told.counts(part) for part in pair.split(GAP)]
    return all(part[category] * total < own * part.total() for part in parts)


def _ranked(told: _Standing, pieces: Collection[str]) -> list[tuple[tuple[int, int, str], Candidate]]:
    """Return those of some pieces that speak for a category in a half, with their rank."""
    found = []
    for piece in pieces:
        for half in (0, 1):
            best = told.best(piece, half)
            if best is None:
                continue
            category, missed, own, every = best
            if missed >= MISSED and own >= PRECISE * every:
                found.append(((every - own - missed, -own, piece), Candidate(piece, category, half)))
    return found
