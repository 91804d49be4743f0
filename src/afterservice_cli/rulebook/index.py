"""Patterns found in texts: all of a rulebook in one pass, by the pairs of letters with which their words begin."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from operator import add
from typing import NamedTuple

from afterservice_cli.rulebook.patterns import (
    FIRST_WIDE,
    GAPS,
    NUMBER,
    SENTENCE,
    Part,
    Way,
    Words,
    in_words,
    is_plain,
    ways_of,
)

_GAP = {most: sign for sign, most in GAPS.items()}
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[零一二两三四五六七八九十百千万几半]+")
_PIECES = re.compile(r"\([^)]*\)|‹[^›]*›|[^…~()|‹›]+")
_RARER = 30  # how many times rarer in texts a word is with each sign that it is longer

# A place at which a pattern was found: its number among those looked for, the beginning, the end, and its words there,
# between them the signs of gaps and numbers: nothing of the text that no pattern has.
Hit = tuple[int, int, int, str]
Told = tuple[int, str]  # where what was found so far begins, and its words


class _Step(NamedTuple):
    """A part of a way: how many signs may stand before it, the sign for them, and its words; None for a number."""

    gap: int
    sign: str
    words: frozenset[str] | None


class Index:
    """Patterns by their words, and of those with gaps by the part of them that is the rarest in texts.

    What it takes hangs on the text and on what of the patterns stands in it, not on how many there are.
    """

    def __init__(self, patterns: Iterable[str], groups: Words, text: str | None = None) -> None:
        """Take patterns; with a text as `as_read` makes it, only those of which all pieces stand in that."""
        self._ways: list[tuple[int, Sequence[_Step]]] = []  # those of several parts, each with its pattern
        self._needs: list[frozenset[int]] = []  # the parts of each of these
        self._alone: dict[str, tuple[int, ...]] = {}  # the patterns that a word makes up alone
        self._parts: dict[str, tuple[int, ...]] = {}  # the parts that a word may be
        self._rarest: dict[str, tuple[int, ...]] = {}  # the ways of which it may be the part that is the rarest
        numbers: dict[tuple[str, ...], int] = {}  # of parts
        for number, pattern in enumerate(patterns):
            if text is not None and not _may_stand(pattern, groups, text):
                continue
            if is_plain(pattern):
                self._alone[pattern] = (*self._alone.get(pattern, ()), number)
                continue
            for way in ways_of(pattern, groups, text):
                if len(way) > 1:
                    self._take(number, way, numbers)
                    continue
                for word in way[0].words or ():
                    self._alone[word] = (*self._alone.get(word, ()), number)
        self._words = {*self._alone, *self._parts}
        self._checked = {word for word in self._words if word[0] < FIRST_WIDE or word[-1] < FIRST_WIDE}
        self._signs = {word for word in self._words if len(word) == 1}
        self._lengths: dict[str, tuple[int, ...]] = {}  # of words, by the pair with which they begin
        for pair, length in {(word[:2], len(word)) for word in self._words}:
            self._lengths[pair] = (*self._lengths.get(pair, ()), length)

    def _take(self, number: int, way: Way, numbers: dict[tuple[str, ...], int]) -> None:
        """Note a way of several parts, and the words of those."""
        rarest = min((part.words for part in way if part.words), key=_frequency)
        for word in rarest:
            self._rarest[word] = (*self._rarest.get(word, ()), len(self._ways))
        needs = []
        for part in way:
            if part.words:
                if part.words not in numbers:
                    numbers[part.words] = len(numbers)
                    for word in part.words:
                        self._parts[word] = (*self._parts.get(word, ()), numbers[part.words])
                needs.append(numbers[part.words])
        self._needs.append(frozenset(needs))
        self._ways.append((number, [_step(part) for part in way]))

    def hits(self, text: str) -> list[Hit]:
        """Return where the patterns stand in a text as `as_read` makes it; of a pattern's places that begin one within
        another, the shortest.
        """
        found: list[Hit] = []
        parts, ways = set[int](), set[int]()
        words = self._standing(text)
        alone, of_parts, rarest = self._alone, self._parts, self._rarest
        for word, starts in words.items():
            if word in alone:
                length = len(word)
                found += [(number, start, start + length, word) for number in alone[word] for start in starts]
            if word in of_parts:
                parts.update(of_parts[word])
                if word in rarest:
                    ways.update(rarest[word])
        whole = [way for way in ways if self._needs[way] <= parts]
        return found + self._joined(text, words, whole) if whole else found

    def _standing(self, text: str) -> dict[str, list[int]]:
        """Return the words of patterns that stand in a text, each with where it begins."""
        lengths, words, checked = self._lengths, self._words, self._checked
        found: dict[str, list[int]] = {}
        pairs = map(add, text, islice(text, 1, None))
        for start, pair in [begun for begun in enumerate(pairs) if begun[1] in lengths]:
            for length in lengths[pair]:
                word = text[start : start + length]
                if word not in words or len(word) < length:  # at the end of the text it is a shorter one
                    continue
                if not (word in checked and in_words(text, start, start + length)):
                    if word in found:
                        found[word].append(start)
                    else:
                        found[word] = [start]
        if some := self._signs.intersection(text):
            for start, sign in [one for one in enumerate(text) if one[1] in some]:
                if not (sign in checked and in_words(text, start, start + 1)):
                    if sign in found:
                        found[sign].append(start)
                    else:
                        found[sign] = [start]
        return found

    def _joined(self, text: str, words: Mapping[str, Sequence[int]], ways: Iterable[int]) -> list[Hit]:
        """Return where ways of several parts stand, from where their words do."""
        found: list[Hit] = []
        numbers: list[tuple[int, int, str]] | None = None
        bounds = [match.start() for match in SENTENCE.finditer(text)]
        for way in ways:
            number, steps = self._ways[way]
            ends: dict[int, Told] = {}  # where what was found so far ends, each with its last beginning
            for place, step in enumerate(steps):
                if step.words is None:
                    if numbers is None:
                        numbers = [(*match.span(), NUMBER) for match in _DIGITS.finditer(text)]
                    here = numbers
                else:
                    here = [
                        (start, start + len(word), word)
                        for word in step.words.intersection(words)
                        for start in words[word]
                    ]
                ends = _behind(here, step, ends, bounds) if place else _first(here)
                if not ends:
                    break
            else:
                found += [(number, start, end, phrase) for end, (start, phrase) in ends.items()]
        return found


def _first(here: Iterable[tuple[int, int, str]]) -> dict[int, Told]:
    """Return the ends of a part that stands before others, each with its last beginning."""
    found: dict[int, Told] = {}
    for start, end, word in here:
        if end not in found or found[end][0] < start:
            found[end] = start, word
    return found


def _behind(
    here: Iterable[tuple[int, int, str]], step: _Step, ends: Mapping[int, Told], bounds: Sequence[int]
) -> dict[int, Told]:
    """Return the ends of a part that stands behind others, at most its gap later and in one sentence with them.

    Of those that end at one place, the one that begins last.
    """
    found: dict[int, Told] = {}
    order = sorted(ends)
    for start, end, word in here:
        last = bisect_right(order, start)
        first = bisect_left(order, start - step.gap, 0, last)
        if first < last and bounds and order[first] < start:
            sentence = bisect_left(bounds, start)
            first = bisect_right(order, bounds[sentence - 1], first, last) if sentence else first
        for before in order[first:last]:
            begun, phrase = ends[before]
            told = begun, phrase + step.sign + word
            if end not in found or found[end] < told:
                found[end] = told
    return found


def _step(part: Part) -> _Step:
    return _Step(part.gap, _GAP.get(part.gap, ""), None if part.words is None else frozenset(part.words))


def _frequency(words: Sequence[str]) -> float:
    """Return how often one of some words stands in a text, roughly, beside others."""
    return float(sum(_RARER ** -len(word) for word in words))


def _may_stand(pattern: str, groups: Words, text: str) -> bool:
    """Tell whether of each piece of a pattern that may not be missing one of its words stands in a text."""
    if is_plain(pattern):
        return pattern in text
    for piece in _PIECES.findall(pattern):
        if piece[0] == "‹":
            if piece != NUMBER and not any(word.strip() in text for word in groups[piece[1:-1]]):
                return False
        elif piece[0] != "(":
            if piece.strip() not in text:
                return False
        elif "‹" not in piece and not any(word.strip() in text for word in piece[1:-1].split("|")):
            return False
    return True
