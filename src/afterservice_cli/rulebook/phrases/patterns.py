"""Patterns: phrases with gaps, alternatives, groups of words and numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from afterservice_cli.language import tr
from afterservice_cli.rulebook.comparing import FIRST_WIDE, as_read

GAPS: Mapping[str, int] = {"~": 2, "…": 6, "……": 14}  # how many signs may stand there at most
NUMBER = "‹number›"
MOST_GAPS = 2
MOST_WORDS = 1_000  # of one pattern, written out
_SIGNS = re.compile(r"……|…|~|[()|]|‹[^‹›]*›?|›|[^…~()|‹›]+")
_GROUP = re.compile(r"‹([^‹›]*)›")
_WRITTEN = str.maketrans({"〈": "‹", "〉": "›", "<": "‹", ">": "›"})
SENTENCE = re.compile(r"[。!?;]|\.(?![0-9a-z])|(?<![0-9a-z])\.")  # what ends one
_MAY_END = re.compile(r"[。!?;.]")
_MARKS = frozenset("…~()|‹›")

Words = Mapping[str, Sequence[str]]  # groups of words by name
Place = tuple[int, int]  # where a piece of a text begins and ends


class PatternPart(NamedTuple):
    """A part of a pattern: how many signs may stand before it, and of which words it is one; None for a number."""

    gap: int
    words: tuple[str, ...] | None


Way = tuple[PatternPart, ...]


@lru_cache(1 << 15)
def spelled(text: str) -> str:
    """Return how a pattern is spelled in a snapshot: compared as texts are, with the signs that patterns have."""
    return as_read(text.translate(_WRITTEN))[0].replace("......", "……").replace("...", "…")


def groups_of(text: str) -> set[str]:
    """Return the names of the groups of words that a pattern names, whether there are such groups or not."""
    return set(_GROUP.findall(text)) - {NUMBER[1:-1]}


def is_plain(text: str) -> bool:
    """Tell whether a pattern is a phrase and nothing else."""
    return _MARKS.isdisjoint(text)


def ways_of(text: str, groups: Words, within: str | None = None) -> Sequence[Way]:
    """Return the ways in which a text may have a pattern that is spelled as `spelled` does: each a few parts in order.

    With the text `within`, words that do not stand in that are left out, and so are ways without words.

    Raises ValueError for what is no pattern, or would fit everything.
    """
    if is_plain(text):
        return ((PatternPart(0, (text,)),),)
    if within is not None:
        return _Parsing(text, groups, within).ways()
    return _ways(text, tuple((name, tuple(groups[name])) for name in sorted(groups_of(text) & groups.keys())))


@lru_cache(1 << 13)
def _ways(text: str, groups: Sequence[tuple[str, Sequence[str]]]) -> Sequence[Way]:
    """Return the ways of a pattern by the groups that it names, kept for whoever else looks for it."""
    return _Parsing(text, dict(groups), None).ways()


class _Parsing:
    """One pattern while it is read: the ways so far, and the words of the part that is not finished."""

    def __init__(self, text: str, groups: Words, within: str | None) -> None:
        self._text, self._groups, self._within = text, groups, within
        self._signs = iter(_SIGNS.findall(text))
        self._ways: list[Way] = [()]
        self._words, self._gap, self._gaps = [""], 0, 0
        self._counted = False  # whether the last part is a number

    def ways(self) -> Sequence[Way]:
        for sign in self._signs:
            if sign in GAPS:
                self._begin_gap(GAPS[sign])
            elif sign == NUMBER:
                self._finish(before_number=True)
                self._ways = [(*way, PatternPart(self._gap, None)) for way in self._ways]
                self._gap, self._counted = 0, True
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
        self._gap, self._counted = gap, False

    def _finish(self, *, beside_gap: bool = False, before_number: bool = False) -> None:
        """Make the words so far a part; without one they may be missing, but not beside a gap.

        A blank between a word and a number is one in the text, too.
        """
        left, right = "" if self._counted else " ", "" if before_number else " "
        words = tuple(dict.fromkeys(word.lstrip(left).rstrip(right) for word in self._words))
        if "" in words and (beside_gap or self._gap) and words != ("",):
            raise self._fault(tr("what stands beside a gap may be missing – write a word there that may not"))
        some = tuple(word for word in words if word)
        with_it = [(*way, PatternPart(self._gap, some)) for way in self._ways] if some else []
        self._ways = [*with_it, *(self._ways if "" in words else ())]
        self._words, self._gap, self._counted = [""], 0 if some else self._gap, False

    def _extend(self, words: Sequence[str]) -> None:
        self._words = [before + word for before in self._words for word in words]
        if self._within is not None:
            self._words = [word for word in self._words if word.strip() in self._within]
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


def sentence_ends(text: str) -> list[int]:
    """Return where the signs stand in a text that end its sentences."""
    return [match.start() for match in SENTENCE.finditer(text)] if _MAY_END.search(text) else []


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
    return 1 if sign < FIRST_WIDE and sign.isalpha() else 0
