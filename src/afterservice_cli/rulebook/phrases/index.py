"""Patterns found in texts: all of a rulebook in one pass, by the pairs of letters with which their words begin."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice
from operator import add, itemgetter
from typing import NamedTuple

from afterservice_cli.rulebook.comparing import FIRST_WIDE
from afterservice_cli.rulebook.phrases.patterns import (
    GAPS,
    NUMBER,
    PatternPart,
    Way,
    Words,
    in_words,
    is_plain,
    sentence_ends,
    ways_of,
)

_GAP = {most: sign for sign, most in GAPS.items()}
_UNITS = "十百千万萬亿億"
_DIGITS = re.compile(
    rf"((?:[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?)[{_UNITS}]*|[零〇一二两兩三四五六七八九几幾半{_UNITS}]+"
)
_PIECES = re.compile(r"\([^)]*\)|‹[^›]*›|[^…~()|‹›]+")
_end = itemgetter(1)
_HEAD = 4  # signs by which words are looked for that are not shorter
_RARER = 30  # how many times rarer in texts a word is with each sign that it is longer

# A place at which a pattern was found: its number among those looked for, the beginning, the end, and its words there,
# between them the signs of gaps and numbers: nothing of the text that no pattern has.
Hit = tuple[int, int, int, str]
Spot = tuple[int, int, str]  # where words stand in a text: the beginning, the end, and the words


class _Step(NamedTuple):
    """A part of a way: how many signs may stand before it, the sign for them, and which it is; None for a number."""

    gap: int
    sign: str
    part: int | None


class _Word(NamedTuple):
    """What a word is: the patterns that it makes up alone, the parts that it may be beside a rarer one, the ways of
    which it may be the rarest part, and whether it must be no piece of a longer word in letters.
    """

    alone: Sequence[int]
    parts: Sequence[int]
    ways: Sequence[int]
    whole: bool


class _Noted:
    """What the words of patterns are, while these are taken: numbers by word, of each but once and in order."""

    def __init__(self) -> None:
        self.alone: dict[str, Sequence[int]] = {}
        self.parts: dict[str, Sequence[int]] = {}
        self.ways: dict[str, Sequence[int]] = {}
        self.known: set[int] = set()  # parts whose words are noted

    def word(self, word: str) -> _Word:
        """Return what a word is."""
        whole = word[0] < FIRST_WIDE or word[-1] < FIRST_WIDE
        return _Word(self.alone.get(word, ()), self.parts.get(word, ()), self.ways.get(word, ()), whole)


def _note(numbers: dict[str, Sequence[int]], words: Iterable[str], number: int) -> None:
    """Add a number to those of some words, behind those that are there."""
    first = (number,)
    for word in words:
        before = numbers.get(word)
        if before is None:
            numbers[word] = first
        elif before[-1] != number:
            numbers[word] = (*before, number)


class Index:
    """Patterns by their words, and of those with gaps by the part of them that is the rarest in texts.

    What it takes hangs on the text and on what of the patterns stands in it, not on how many there are.
    """

    def __init__(self, patterns: Iterable[str], groups: Words, text: str | None = None) -> None:
        """Take patterns; with a text as `as_read` makes it, only those of which all pieces stand in that."""
        self._ways: list[tuple[int, Sequence[_Step]]] = []  # those of several parts, each with its pattern
        self._needs: list[frozenset[int]] = []  # the parts of each of these, but for the rarest
        self._parts: list[frozenset[str]] = []  # the words of which each part is one
        self._noted = noted = _Noted()
        numbers: dict[tuple[str, ...], int] = {}  # of parts
        stands: dict[str, bool] = {}  # whether pieces of patterns do
        for number, pattern in enumerate(patterns):
            if text is not None and not _may_stand(pattern, groups, text, stands):
                continue
            for way in ((PatternPart(0, (pattern,)),),) if is_plain(pattern) else ways_of(pattern, groups, text):
                if len(way) > 1:
                    self._take(number, way, numbers, noted)
                else:
                    _note(noted.alone, way[0].words or (), number)
        # What each is, made when it first stands in a text: a rulebook has tens of thousands.
        self._words: dict[str, _Word | None] = dict.fromkeys((*noted.alone, *noted.parts, *noted.ways))
        self._signs = {word for word in self._words if len(word) == 1}
        self._lengths = _lengths(self._words)

    def _take(self, number: int, way: Way, numbers: dict[tuple[str, ...], int], noted: _Noted) -> None:
        """Note a way of several parts, and the words of those."""
        rarest = min((part.words for part in way if part.words), key=_frequency)
        _note(noted.ways, rarest, len(self._ways))
        steps, needs = [], set()
        for gap, words in way:
            part = numbers.setdefault(words, len(numbers)) if words else None
            steps.append(_Step(gap, _GAP.get(gap, ""), part))
            if words and part is not None:
                if part == len(self._parts):
                    self._parts.append(frozenset(words))
                if words != rarest:
                    needs.add(part)
                    _note(noted.parts, words if part not in noted.known else (), part)
                    noted.known.add(part)
        self._needs.append(frozenset(needs))
        self._ways.append((number, steps))

    def hits(self, text: str) -> list[Hit]:
        """Return where the patterns stand in a text as `as_read` makes it; of a pattern's places that begin one within
        another, the shortest.
        """
        found: list[Hit] = []
        parts, ways = set[int](), set[int]()
        size = len(text)
        standing: dict[str, list[Spot]] = {}
        for start, end, word in self._spots(text):
            alone, of_parts, rarest, whole = self._word(word)
            if end > size or (whole and in_words(text, start, end)):
                continue
            for number in alone:
                found.append((number, start, end, word))
            if word in standing:
                standing[word].append((start, end, word))
            elif of_parts or rarest:
                standing[word] = [(start, end, word)]
                parts.update(of_parts)
                ways.update(rarest)
        signs = self._signs.intersection(text)
        for sign in signs:
            alone, of_parts, rarest, _ = self._word(sign)
            parts.update(of_parts)
            ways.update(rarest)
            if alone:
                found += [(number, *spot) for number in alone for spot in self._signs_at(sign, text)]
        needs = self._needs
        possible = [way for way in ways if needs[way] <= parts]
        if possible:
            self._join(text, standing, signs, possible, found)
        return found

    def _spots(self, text: str) -> list[Spot]:
        """Return where words of several signs begin in a text; the last may not be whole."""
        words, lengths = self._words, self._lengths
        pairs = map(add, text, islice(text, 1, None))
        return [
            (start, start + length, word)
            for start, pair in enumerate(pairs)
            if pair in lengths
            for length in lengths.get(text[start : start + _HEAD]) or lengths[pair]
            if (word := text[start : start + length]) in words
        ]

    def _word(self, word: str) -> _Word:
        """Return what a word is, and keep it."""
        known = self._words[word]
        if known is None:
            known = self._words[word] = self._noted.word(word)
        return known

    def _signs_at(self, sign: str, text: str) -> list[Spot]:
        """Return where a word of one sign stands in a text."""
        found, start = [], text.find(sign)
        while start >= 0:
            found.append((start, start + 1, sign))
            start = text.find(sign, start + 1)
        return [spot for spot in found if not in_words(text, *spot[:2])] if self._word(sign).whole else found

    def _join(
        self, text: str, standing: dict[str, list[Spot]], signs: set[str], ways: Iterable[int], found: list[Hit]
    ) -> None:
        """Add where ways of several parts stand, from where their words do."""
        spots: dict[int | None, list[Spot]] = {}
        words = signs.union(standing)
        bounds = sentence_ends(text)
        for way in ways:
            number, steps = self._ways[way]
            ends: list[Spot] = []  # where what was found so far stands
            for gap, sign, part in steps:
                if part in spots:
                    here = spots[part]
                elif part is None:
                    here = spots[part] = _numbers(text)
                else:
                    here = []
                    for word in self._parts[part] & words:
                        if word not in standing:
                            standing[word] = self._signs_at(word, text)
                        here = sorted(here + standing[word]) if here else standing[word]
                    spots[part] = here
                ends = _behind(here, gap, sign, ends, bounds) if ends else here
                if not ends:
                    break
            else:
                found += [(number, *spot) for spot in ends]


def _numbers(text: str) -> list[Spot]:
    """Return where numbers stand in a text, with all their units and without the last of them: 三百|万元."""
    found = []
    for number in _DIGITS.finditer(text):
        start, end = number.span()
        least = start + len(number[1] or text[start])
        found.append((start, end, NUMBER))
        while end > least and text[end - 1] in _UNITS:
            end -= 1
            found.append((start, end, NUMBER))
    return found


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return the lengths of words of several signs: by their first signs those of all that may begin so, and by a pair
    those of the words that are too short for that.
    """
    found: dict[str, tuple[int, ...]] = {}
    for head, length in {(word[: _HEAD if len(word) >= _HEAD else 2], len(word)) for word in words if len(word) > 1}:
        found[head] = (*found.get(head, ()), length)
    for head in [head for head in found if len(head) == _HEAD]:
        found[head] += found.setdefault(head[:2], ())
    return found


def _behind(here: Sequence[Spot], gap: int, sign: str, ends: Sequence[Spot], bounds: Sequence[int]) -> list[Spot]:
    """Return where a part stands behind others, at most its gap later and in one sentence with them.

    Of what ends at one place, what begins last. What stands here is in order.
    """
    found: dict[int, Spot] = {}
    order = sorted(ends, key=_end) if len(ends) > 1 else ends
    low, most = 0, len(order)
    for start, end, word in here:
        least = start - gap
        if bounds:
            sentence = bisect_left(bounds, start)
            if sentence and bounds[sentence - 1] >= least:
                least = bounds[sentence - 1] + 1
        if order[-1][1] < least:
            break
        while order[low][1] < least:
            low += 1
        place = low
        while place < most and order[place][1] <= start:
            begun, _, phrase = order[place]
            told = begun, end, phrase + sign + word
            if end not in found or found[end] < told:
                found[end] = told
            place += 1
    return [*found.values()]


def _frequency(words: Sequence[str]) -> float:
    """Return how often one of some words stands in a text, roughly, beside others."""
    return float(sum(_RARER ** -len(word) for word in words))


def _may_stand(pattern: str, groups: Words, text: str, stands: dict[str, bool]) -> bool:
    """Tell whether of each piece of a pattern that may not be missing one of its words stands in a text.

    Pieces that several patterns have are looked for once: `stands` remembers them.
    """
    if is_plain(pattern):
        return pattern in text
    for piece in _PIECES.findall(pattern):
        if (found := stands.get(piece)) is None:
            found = stands[piece] = _stands(piece, groups, text)
        if not found:
            return False
    return True


def _stands(piece: str, groups: Words, text: str) -> bool:
    """Tell whether one of the words of a piece stands in a text, or may be missing."""
    if piece[0] == "‹":
        return piece == NUMBER or any(word.strip() in text for word in groups[piece[1:-1]])
    if piece[0] != "(":
        return piece.strip() in text
    return "‹" in piece or any(word.strip() in text for word in piece[1:-1].split("|"))
