"""Patterns: phrases with gaps, alternatives, groups of words and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from afterservice_cli.language import tr
from afterservice_cli.rulebook.model import normal

GAPS: Mapping[str, int] = {"~": 2, "…": 6, "……": 14}  # how many signs may stand there at most
NUMBER = "‹number›"
MOST_GAPS = 2
MOST_WORDS = 1_000  # of one pattern, written out
_SIGNS = re.compile(r"……|…|~|[()|]|‹[^‹›]*›?|›|[^…~()|‹›]+")
_WRITTEN = str.maketrans({"〈": "‹", "〉": "›", "<": "‹", ">": "›"})
<<<<<<< HEAD
=======
SENTENCE = re.compile(r"[。!?;]|\.(?![0-9a-z])|(?<![0-9a-z])\.")
_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]+)?|[零一二两三四五六七八九十百千万几半]+")
>>>>>>> suggest
_MARKS = frozenset("…~()|‹›")
FIRST_WIDE = "\u2e80"
_WIDE = ord(FIRST_WIDE)  # from this sign on, words stand together without blanks

Words = Mapping[str, Sequence[str]]  # groups of words by name
Place = tuple[int, int]  # where a piece of a text begins and ends


class Part(NamedTuple):
    """A part of a pattern: how many signs may stand before it, and of which words it is one; None for a number."""

    gap: int
    words: tuple[str, ...] | None


Way = tuple[Part, ...]


def spelled(text: str) -> str:
    """Return how a pattern is spelled in a snapshot: compared as texts are, with the signs that patterns have."""
    return as_read(text.translate(_WRITTEN))[0].replace("......", "……").replace("...", "…")


def as_read(text: str) -> tuple[str, Sequence[int]]:
    """Return the form in which texts and patterns are compared, and where a blank in it is gone between two words.

    It is that of `normal`, without invisible signs, and without blanks and line ends beside Chinese signs.
    """
    if text.isascii():
        return normal(text), ()
    if not text.isprintable():
        text = "".join(sign for sign in text if sign.isprintable() or unicodedata.category(sign) != "Cf")
    whole = normal(text)
    if " " not in whole:
        return whole, ()
    first, *others = whole.split(" ")
    made, length, broken = [first], len(first), []
    before = bool(first) and ord(first[-1]) >= _WIDE
    for word in others:
        after = ord(word[0]) >= _WIDE
        if before or after:
            broken += [length] if before and after else []
        else:
            made.append(" ")
            length += 1
        made.append(word)
        length += len(word)
        before = ord(word[-1]) >= _WIDE
    return "".join(made), broken


def is_plain(text: str) -> bool:
    """Tell whether a pattern is a phrase and nothing else."""
    return _MARKS.isdisjoint(text)


def ways_of(text: str, groups: Words) -> Sequence[Way]:
    """Return the ways in which a text may have a pattern that is spelled as `spelled` does: each a few parts in order.

    Raises ValueError for what is no pattern, or would fit everything.
    """
    return ((Part(0, (text,)),),) if is_plain(text) else _Parsing(text, groups).ways()


class _Parsing:
    """One pattern while it is read: the ways so far, and the words of the part that is not finished."""

    def __init__(self, text: str, groups: Words) -> None:
        self._text, self._groups = text, groups
        self._signs = iter(_SIGNS.findall(text))
        self._ways: list[Way] = [()]
        self._words, self._gap, self._gaps = [""], 0, 0

    def ways(self) -> Sequence[Way]:
        for sign in self._signs:
            if sign in GAPS:
                self._begin_gap(GAPS[sign])
            elif sign == NUMBER:
                self._finish()
                self._ways = [(*way, Part(self._gap, None)) for way in self._ways]
                self._gap = 0
            elif sign == "(":
                self._extend(self._alternatives())
            else:
                self._extend(self._group(sign))
        if self._gap and self._words == [""]:
            raise self._fault(tr("a gap at the end fits anything – leave it out"))
        self._finish()
        if not all(any(part.words for part in way) for way in self._ways):
            raise self._fault(tr("this fits every text – write a word that must stand in it"))
        return tuple(dict.fromkeys(self._ways))

    def _begin_gap(self, gap: int) -> None:
        self._gaps += 1
        if self._gaps > MOST_GAPS:
            raise self._fault(tr("more than two gaps – write two patterns"))
        if self._ways == [()] and self._words == [""]:
            raise self._fault(tr("a gap at the beginning fits anything – leave it out"))
        if self._gap and self._words == [""]:
            raise self._fault(tr("two gaps in a row – write one: ~ up to 2 signs, … up to 6, …… up to 14"))
        self._finish(beside_gap=True)
        self._gap = gap

    def _finish(self, *, beside_gap: bool = False) -> None:
        """Make the words so far a part; without one they may be missing, but not beside a gap."""
        words = tuple(dict.fromkeys(word.strip() for word in self._words))
        if "" in words and (beside_gap or self._gap) and words != ("",):
            raise self._fault(tr("what stands beside a gap may be missing – write a word there that may not"))
        some = tuple(word for word in words if word)
        with_it = [(*way, Part(self._gap, some)) for way in self._ways] if some else []
        self._ways = [*with_it, *(self._ways if "" in words else ())]
        self._words, self._gap = [""], 0 if some else self._gap

    def _extend(self, words: Sequence[str]) -> None:
        self._words = [before + word for before in self._words for word in words]
        if len(self._words) > MOST_WORDS:
            raise self._fault(
                tr("written out, this is more than {most} phrases – write shorter alternatives", most=MOST_WORDS)
            )

    def _alternatives(self) -> list[str]:
        found, words = list[str](), [""]
        for sign in self._signs:
            if sign in ("|", ")"):
                found += words
                words = [""]
                if sign == ")":
                    if not any(found):
                        raise self._fault(tr("brackets with nothing in them – leave them out"))
                    return found
            elif sign in GAPS or sign in ("(", NUMBER):
                raise self._fault(tr("'{sign}' cannot stand in brackets – write two patterns", sign=sign))
            else:
                words = [before + word for before in words for word in self._group(sign)]
                if len(words) > MOST_WORDS:
                    self._extend(words)
        raise self._fault(tr("a bracket is not closed – write (a|b)"))

    def _group(self, sign: str) -> Sequence[str]:
        """Return the words of a group, or the word itself that stands there."""
        if sign in ("|", ")"):
            raise self._fault(tr("'{sign}' without a bracket before it – write (a|b)", sign=sign))
        if sign[0] not in "‹›":
            return (sign,)
        name = sign[1:-1]
        if sign[0] == "›" or sign[-1] != "›" or not name:
            raise self._fault(tr("a group is not closed – write ‹name›, as it stands under `words`"))
        if name not in self._groups:
            raise self._fault(tr("there is no group ‹{name}› – add it under `words`", name=name[:40]))
        return self._groups[name]

    def _fault(self, what: str) -> ValueError:
        return ValueError(tr("'{text}': {fault}", text=self._text[:40], fault=what))


def in_words(text: str, start: int, end: int) -> bool:
    """Tell whether a piece of a text begins or ends within a word in letters such as Latin ones, or within a number."""
    before = _kind(text[start - 1]) if start else 0
    if before and before == _kind(text[start]):
        return True
    after = _kind(text[end]) if end < len(text) else 0
    return bool(after) and after == _kind(text[end - 1])


def _kind(sign: str) -> int:
    if "0" <= sign <= "9":
        return 2
    return 1 if ord(sign) < _WIDE and sign.isalpha() else 0
<<<<<<< HEAD
=======


class Index:
    """Patterns by the pairs of letters with which their words begin: those in a text are found in one pass over it.

    What it takes hangs on the text and on what of the patterns stands in it, not on how many there are.
    """

    def __init__(self, patterns: Iterable[str], groups: Words) -> None:
        self._ways: list[tuple[int, Way]] = []  # those of several parts, each with its pattern
        alone: dict[str, tuple[int, ...]] = {}
        parts: dict[str, tuple[tuple[int, int], ...]] = {}
        for number, text in enumerate(patterns):
            if _MARKS.isdisjoint(text):
                alone[text] = (*alone[text], number) if text in alone else (number,)
                continue
            for way in ways_of(text, groups):
                if len(way) > 1:
                    self._take(number, way, parts)
                    continue
                for word in way[0].words or ():
                    alone[word] = (*alone.get(word, ()), number)
        self._meant: dict[str, Meant] = {word: (some, ()) for word, some in alone.items()}
        for word, many in parts.items():
            self._meant[word] = alone.get(word, ()), many
        self._checked = {word for word in self._meant if word[0] < _FIRST_WIDE or word[-1] < _FIRST_WIDE}
        self._signs = {word for word in self._meant if len(word) == 1}
        self._lengths: dict[str, Sequence[int]] = {}  # of words, by the pair with which they begin
        for word in self._meant:
            known = self._lengths.get(word[:2], ())
            if len(word) not in known:
                self._lengths[word[:2]] = (*known, len(word))

    def _take(self, number: int, way: Way, parts: dict[str, tuple[tuple[int, int], ...]]) -> None:
        """Note the words of a way of several parts, each with where it stands there."""
        for place, part in enumerate(way):
            for word in part.words or ():
                parts[word] = (*parts.get(word, ()), (len(self._ways), place))
        self._ways.append((number, way))

    def hits(self, text: str) -> list[Hit]:
        """Return where the patterns stand in a text as `as_read` makes it; of a pattern's places that begin one within
        another, the shortest.
        """
        found: list[Hit] = []
        places: dict[tuple[int, int], list[Place]] = {}
        for start, word, (alone, parts) in self._words(text):
            end = start + len(word)
            if word in self._checked and in_words(text, start, end):
                continue
            for number in alone:
                found.append((number, start, end, word))
            for part in parts:
                places.setdefault(part, []).append((start, end))
        if places:
            found += self._joined(text, places)
        return found

    def _words(self, text: str) -> list[tuple[int, str, Meant]]:
        """Return the words of patterns that stand in a text, each with where it begins and what it means."""
        lengths, meant = self._lengths, self._meant
        found = []
        pairs = map(add, text, islice(text, 1, None))
        for start, pair in [begun for begun in enumerate(pairs) if begun[1] in lengths]:
            for length in lengths[pair]:
                word = text[start : start + length]
                if word in meant:
                    found.append((start, word, meant[word]))
        if some := self._signs.intersection(text):
            found += [(start, sign, meant[sign]) for start, sign in enumerate(text) if sign in some]
        return found

    def _joined(self, text: str, places: Mapping[tuple[int, int], Sequence[Place]]) -> list[Hit]:
        """Return where patterns of several parts stand, from where their parts do."""
        found: list[Hit] = []
        numbers: list[Place] | None = None
        bounds = [match.start() for match in SENTENCE.finditer(text)]
        for way in sorted({way for way, _ in places}):
            number, parts = self._ways[way]
            if any(part.words and (way, place) not in places for place, part in enumerate(parts)):
                continue
            ends: dict[int, Told] = {}  # where what was found so far ends, each with its last beginning
            for place, part in enumerate(parts):
                if part.words is None and numbers is None:
                    numbers = [match.span() for match in _DIGITS.finditer(text)]
                here = places[way, place] if part.words else numbers or ()
                ends = _behind(text, here, part, ends if place else None, bounds)
            found += [(number, start, end, phrase) for end, (start, phrase) in ends.items()]
        return found


def _behind(
    text: str, here: Iterable[Place], part: Part, ends: Mapping[int, Told] | None, bounds: Sequence[int]
) -> dict[int, Told]:
    """Return the ends of a part that stands behind others, at most its gap later and in one sentence with them.

    Of those that end at one place, the one that begins last; `ends` is None of the first part.
    """
    found: dict[int, Told] = {}
    sign = SIGNS.get(part.gap, "")
    for start, end in here:
        word = text[start:end] if part.words else NUMBER
        begun = (
            [(start, word)]
            if ends is None
            else [
                (ends[before][0], ends[before][1] + sign + word)
                for before in range(start - part.gap, start + 1)
                if before in ends and (before == start or not _between(bounds, before, start))
            ]
        )
        if begun:
            found[end] = max(*begun, found.get(end, begun[0]))
    return found


def _between(bounds: Sequence[int], start: int, end: int) -> bool:
    place = bisect_left(bounds, start)
    return place < len(bounds) and bounds[place] < end
>>>>>>> suggest
