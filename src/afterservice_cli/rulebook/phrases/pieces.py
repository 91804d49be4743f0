"""Pieces of texts that may become phrases: runs of Chinese signs, words in letters, and pairs of these."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from afterservice_cli.rulebook.comparing import FIRST_WIDE, as_read
from afterservice_cli.rulebook.phrases.patterns import GAPS, sentence_ends

SHORTEST, LONGEST = 2, 6  # signs of a run
LONGEST_PART = 3  # signs of a run that is part of a pair
GAP = "…"
_WIDE = r"[^\W\d_\x00-\u2e7f]+"
_LETTERS = r"[^\W\d_\u2e80-\U0010ffff]+"
# A word in letters; no part of an address, of a number or of the name of a model.
_WORD = rf"(?<![\w@./\\:#&=%+~'-]){_LETTERS}(?:'{_LETTERS})*(?![0-9_@/\\#&=%+~'-]|[.:](?=\S))"
_FOUND = re.compile(rf"(?P<wide>{_WIDE})|(?P<word>{_WORD})")
_NUMERALS = frozenset("〇零一二两三四五六七八九十百千万亿几半")
# What no phrase begins or ends with, as people read it.
_NO_BEGINNING = frozenset("的了们吧吗呢么者啊呀嘛哦我你他她它您就也都是与而")
_NO_END = frozenset("的我你他她它您是在就也都与及把被这那哪某每各一个几不没未无有很太更最又再想要和")
# What says nothing by itself, however often it stands in one kind of case.
_NO_PHRASE = frozenset(
    re.findall(
        r"\S+",
        "当时 现在 目前 后来 然后 之后 之前 以后 以前 今天 昨天 今年 去年 当天 当年 因为 所以 但是 可是 如果 而且 "
        "并且 或者 这个 那个 这样 那样 这些 那些 这种 什么 怎么 为什么 一个 一直 已经 可以 可能 应该 进行 本人 自己 "
        "我们 你们 他们 就是 还是 都是 不是 只是 又是 年了 月了 天了 元了 万了 次了 尽快 谢谢 你好 您好 ",
    )
)
_NO_WORD = frozenset(
    re.findall(
        r"\S+",
        "a about after all also am an and any are as at be because been before but by can could did do does "
        "for from get got had has have he her him his how i i'm i've if in into is it it's its just me my of "
        "on one only or our she since so some such than that the their them then there these they this those "
        "to us very was we were what when where which who why will with would you your ",
    )
)


class Piece(NamedTuple):
    """A piece of a text, where it begins and ends, and the signs beside it there ("" at the end of a run)."""

    text: str
    start: int
    end: int
    before: str
    after: str


class Run(NamedTuple):
    """Signs or words of a clause that stand together: where they begin, and whether they are Chinese."""

    text: str
    start: int
    wide: bool


def sentences_of(text: str) -> list[list[Run]]:
    """Return the runs of Chinese signs and the words in letters of a text, sentence by sentence, as it is compared."""
    whole, _ = as_read(text)
    found: list[list[Run]] = []
    start = 0
    for end in (*sentence_ends(whole), len(whole)):
        runs = [Run(match[0], match.start(), match.lastgroup == "wide") for match in _FOUND.finditer(whole, start, end)]
        if runs:
            found.append(runs)
        start = end
    return found


class PieceFinder:
    """Pieces that are looked for in texts."""

    def __init__(self, pieces: Collection[str]) -> None:
        self._pieces = pieces if isinstance(pieces, set | dict) else {*pieces}
        self._beginnings = {
            piece[:end] for piece in pieces if piece[0] >= FIRST_WIDE for end in range(SHORTEST, len(piece) + 1)
        }

    def of(self, runs: Sequence[Run]) -> Iterator[Piece]:
        """Yield those that stand in a sentence, in their order."""
        for number, run in enumerate(runs):
            if run.wide:
                yield from self._signs(run)
            else:
                for word in (run.text, two_words(runs, number)):
                    if word in self._pieces:
                        yield Piece(word, run.start, run.start + len(word), "", "")

    def _signs(self, run: Run) -> Iterator[Piece]:
        text, begun = run.text, run.start
        for start in range(len(text) - SHORTEST + 1):
            for end in range(start + SHORTEST, min(start + LONGEST, len(text)) + 1):
                piece = text[start:end]
                if piece not in self._beginnings:
                    break
                if piece in self._pieces:
                    yield Piece(piece, begun + start, begun + end, text[start - 1 : start], text[end : end + 1])


def two_words(runs: Sequence[Run], number: int) -> str:
    """Return the word of this number with the one behind it, if a blank alone stands between them; else ""."""
    first, *others = runs[number : number + 2]
    if not others or others[0].wide or others[0].start != first.start + len(first.text) + 1:
        return ""
    return f"{first.text} {others[0].text}"


def pairs_of(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Yield the pieces of a sentence of which the second may stand behind the first in a pattern with a gap."""
    ordered = sorted(pieces, key=lambda piece: piece.start)
    starts = [piece.start for piece in ordered]
    for first in ordered:
        for place in range(bisect_left(starts, first.end), len(ordered)):
            second = ordered[place]
            if second.start > first.end + GAPS[GAP]:
                break
            yield first, second


def is_phrase(text: str) -> bool:
    """Tell whether a piece reads as a phrase of its own: it begins and ends with none of the words that join others."""
    if text[0] >= FIRST_WIDE:
        ends = text[0] not in _NO_BEGINNING and text[-1] not in _NO_END
        return ends and text not in _NO_PHRASE and not _NUMERALS.issuperset(text)
    words = text.split()
    return len(text) > 1 and words[0] not in _NO_WORD and words[-1] not in _NO_WORD
