"""What of a text does not count: what is denied in it, or praised, or said to be settled."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from afterservice_cli.rulebook.comparing import FIRST_WIDE
from afterservice_cli.rulebook.phrases.patterns import Place, Words, in_words, ways_of

_BOUND = re.compile(r"[。!?;,:()\[\]【】《》~—–\U0001f300-\U0001faff]|\.(?![0-9a-z])|(?<![0-9a-z])\.")
# The same for a text without full stops, which is the quicker.
_BOUND_BUT_STOPS = re.compile(r"[。!?;,:()\[\]【】《》~—–\U0001f300-\U0001faff]")
_LAST = "~…›"  # what ends with these stands before the last words of a pattern
_LISTED = re.compile(r"(?:、|/|和|或者|或|以及|及|跟|与| or | and )$")  # what stands between things in a list
_LISTS = frozenset("、/和者或及跟与 ")  # with which that ends
_ITEM = 10  # signs of a thing in a list, at most
_ITEMS = 4  # of them, before what is denied with them

DENIED, CALM, SETTLED = "denied", "calm", "settled"


class Reason(NamedTuple):
    """Why a phrase does not count, and the words of the rulebook by which it does not."""

    why: str
    words: str


class Spoken(NamedTuple):
    """Where the words stand by which a text is read."""

    turns: list[Place]
    doubt: list[Place]
    calm: list[Place]
    settled: list[Place]


class Denials:
    """The words that deny what stands behind them, or before them."""

    def __init__(self, before: Iterable[str], after: Iterable[str], groups: Words) -> None:
        self._before, self._after = _words(before, groups), _words(after, groups)
        self._lengths: dict[str, list[int]] = {}  # of the words that end with a sign, the longest first
        for last, length in sorted({(word[-1], len(word)) for word in self._before}, reverse=True):
            self._lengths.setdefault(last, []).append(length)
        self._suffixes = tuple(word for word in self._after if word[0] == "-")  # whatever stands behind them
        self.near = _LISTS.union(self._lengths)  # the signs of which one stands before what they deny
        self._most = (
            max(map(len, self._after), default=0) + 2
        )  # signs to the end of a clause, with blanks, if they deny

    def before(self, text: str, place: int, first: int, known: dict[Place, bool]) -> str:
        """Return the words that deny what begins at a place, none before `first`; "" if they are denied, too.

        `known` keeps whether words deny that end at a place, none before another, so that a row of them is walked
        through once.
        """
        end, told = self._nearest(text, place, first, _ITEMS)
        if not told:
            return ""
        row, word = [end], told
        while word and (end, first) not in known:
            end = _skipped(text, end - len(word))
            word = self._longest(text, end, first) if end else ""
            row.append(end)
        denies = known.setdefault((row.pop(), first), False)
        for end in reversed(row):
            denies = known[end, first] = not denies
        return told if denies else ""

    def may_follow(self, text: str, place: int, last: int) -> bool:
        """Tell whether words that deny may stand behind a place, in a clause that goes up to `last`."""
        return place < last and (last <= place + self._most or text[place] == "-")

    def after(self, text: str, place: int, last: int) -> str:
        """Return the words that deny what ends at a place, if nothing else stands up to `last`; a suffix does so too if
        something does: leak-free lid.
        """
        if text[place] == "-":
            suffixes = (word for word in self._suffixes if text.startswith(word, place))
            return next((word for word in suffixes if not in_words(text, place, place + len(word))), "")
        rest = text[place:last].strip()
        return rest if rest in self._after else ""

    def _nearest(self, text: str, place: int, first: int, items: int) -> tuple[int, str]:
        """Return the words that may deny what begins at a place, before it or before a list that it is in, and where
        they end; "" if there are none.
        """
        end = _skipped(text, place)
        if word := self._longest(text, end, first):
            return end, word
        lists = items and place and text[place - 1] in _LISTS
        listed = _LISTED.search(text, max(first, place - 5), place) if lists else None
        if listed is None:
            return place, ""
        for nearer in range(listed.start() - 1, max(first, listed.start() - _ITEM) - 1, -1):
            if word := self._longest(text, end := _skipped(text, nearer), first):
                return end, word
            if _LISTED.search(text, max(first, nearer - 5), nearer):
                return self._nearest(text, nearer, first, items - 1)
        return place, ""

    def _longest(self, text: str, end: int, first: int) -> str:
        for length in self._lengths.get(text[end - 1], ()) if end else ():
            start = end - length
            if start >= first:
                word = text[start:end]
                wide = word[0] >= FIRST_WIDE and word[-1] >= FIRST_WIDE
                if word in self._before and (wide or not in_words(text, start, end)):
                    return word
        return ""


class Clauses:
    """The clauses of a text, and which words in them deny, doubt, praise or say that all is settled."""

    def __init__(self, text: str, broken: Iterable[int], denials: Denials, spoken: Spoken) -> None:
        self._text, self._denials = text, denials
        cuts = [0, len(text), *broken, *(start for start, _ in spoken.turns)]
        for match in (_BOUND if "." in text else _BOUND_BUT_STOPS).finditer(text):
            cuts += match.span()
        self._cuts = sorted(cuts)
        self._doubt, self._calm = sorted(spoken.doubt), sorted(spoken.calm)
        self._spoken = bool(self._doubt or self._calm)
        self._doubt_in: dict[Place, Sequence[Place]] = {}  # words of doubt, by clause
        self._of: dict[Place, tuple[Sequence[Place], Sequence[Place]]] = {}  # words of doubt and of praise, by clause
        self._before: dict[Place, str] = {}  # what denies what begins at a place, by that and its clause's beginning
        self._denying: dict[Place, bool] = {}  # whether words deny that end at a place, by that and the same
        self._settled = sorted(filter(self._holds, spoken.settled))

    def reason(self, start: int, end: int, phrase: str) -> Reason | None:
        """Return why a phrase that stands there does not count; None if it does."""
        text, cuts, denials = self._text, self._cuts, self._denials
        after = bisect_right(cuts, start)
        first, last = cuts[after - 1], cuts[after]
        if end > last:
            last = cuts[bisect_left(cuts, end, after)]
        calm: Sequence[Place] = ()
        if self._spoken:
            doubt, calm = self._of.get((first, last)) or self._read(first, last)
            if doubt and _others(doubt, start, end):
                return None
        beside = (start > first and text[start - 1] in denials.near) or denials.may_follow(text, end, last)
        if beside and (denied := self._denied(start, end, first, last)):
            return Reason(DENIED, self._told(denied, start, end, phrase))
        if not phrase.isalnum() and (tail := _tail(phrase)):
            place = end - len(tail), end
            beside = text[place[0] - 1] in denials.near or denials.may_follow(text, end, last)
            if beside and (denied := self._denied(*place, *self._around(*place))):
                return Reason(DENIED, self._told(denied, *place, tail))
        if calm and (others := _others(calm, start, end)):
            return Reason(CALM, text[slice(*others[0])])
        if self._settled:
            later = bisect_left(self._settled, (end, end))
            if later < len(self._settled):
                return Reason(SETTLED, text[slice(*self._settled[later])])
        return None

    def _around(self, start: int, end: int) -> Place:
        """Return the clause in which a piece of the text stands."""
        cuts = self._cuts
        after = bisect_right(cuts, start)
        return cuts[after - 1], cuts[after] if end <= cuts[after] else cuts[bisect_left(cuts, end)]

    def _read(self, first: int, last: int) -> tuple[Sequence[Place], Sequence[Place]]:
        """Return where words of doubt and of praise stand in a clause; they are looked for once."""
        calm = [*filter(self._holds, _within(self._calm, first, last))] if self._calm else ()
        found = self._of[first, last] = self._doubts(first, last), calm
        return found

    def _doubts(self, first: int, last: int) -> Sequence[Place]:
        """Return where words of doubt stand in a clause; the sign that ends it may be one."""
        if not self._doubt:
            return ()
        if (first, last) not in self._doubt_in:
            self._doubt_in[first, last] = _within(self._doubt, first, last + 1)
        return self._doubt_in[first, last]

    def _holds(self, place: Place) -> bool:
        """Tell whether praise, or what says that all is settled, is neither doubted nor denied."""
        first, last = self._around(*place)
        return not _others(self._doubts(first, last), *place) and not self._denied(*place, first, last)

    def _denied(self, start: int, end: int, first: int, last: int) -> str:
        """Return the words that deny a piece of the text in its clause; "" if none do."""
        text, denials = self._text, self._denials
        if start > first and text[start - 1] in denials.near:
            if (start, first) not in self._before:
                self._before[start, first] = denials.before(text, start, first, self._denying)
            if before := self._before[start, first]:
                return before
        return denials.after(text, end, last) if denials.may_follow(text, end, last) else ""

    def _told(self, words: str, start: int, end: int, phrase: str) -> str:
        """Return a phrase with the words that deny it, as they stand in the text, what stands between left out."""
        for between in ("", " "):
            if self._text.endswith(words + between, 0, start):
                return words + between + phrase
            if self._text.startswith(between + words, end):
                return phrase + between + words
        return f"{words}…{phrase}"


@lru_cache(1024)
def _tail(phrase: str) -> str:
    """Return the words of a phrase behind its last gap or number; "" without one."""
    return phrase[max(map(phrase.rfind, _LAST)) + 1 :] if not set(_LAST).isdisjoint(phrase) else ""


def _within(places: Sequence[Place], first: int, last: int) -> list[Place]:
    """Return the places that lie within others."""
    return [
        place for place in places[bisect_left(places, (first, 0)) : bisect_left(places, (last, 0))] if place[1] <= last
    ]


def _others(places: Sequence[Place], start: int, end: int) -> Sequence[Place]:
    """Return the first of some places that does not lie within another; nothing if all do."""
    for place in places:
        if not start <= place[0] <= place[1] <= end:
            return (place,)
    return ()


def _skipped(text: str, place: int) -> int:
    return place - 1 if place and text[place - 1] == " " else place


def _words(patterns: Iterable[str], groups: Words) -> frozenset[str]:
    ways = (way for text in patterns for way in ways_of(text, groups))
    return frozenset(word for way in ways for part in way for word in part.words or ())
