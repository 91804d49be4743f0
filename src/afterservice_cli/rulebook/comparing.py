"""The form in which texts, words and patterns are compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

FIRST_WIDE = "\u2e80"
_WIDE = ord(FIRST_WIDE)  # from this sign on, words stand together without blanks
_SIGNS = {**dict.fromkeys("‘’‛ʼ´′", "'"), **dict.fromkeys("‐‑−", "-")}  # apostrophes and hyphens as they are typed
_TYPED = frozenset(_SIGNS)
_AS_TYPED = str.maketrans(_SIGNS)
# Signs that nobody sees, beside those of Unicode's category Cf: fillers, joiners and what varies the sign before them.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0").union(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
_PUNCTUATION = tuple(zip("，！？：；（）", ",!?:;()", strict=True))


@lru_cache(4096)
def normal(text: str) -> str:
    """Return the form in which texts and phrases are compared.

    NFKC, case folded, with plain apostrophes and hyphens, and one blank for every run of blanks and line ends; none at
    the ends.
    """
    if not text.isascii():
        if not _TYPED.isdisjoint(text):
            text = text.translate(_AS_TYPED)
        for wide, plain in _PUNCTUATION:  # most texts have nothing else that has to be changed
            text = text.replace(wide, plain)
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


@lru_cache(4096)
def as_read(text: str) -> tuple[str, Sequence[int]]:
    """Return the form in which texts and patterns are compared, and where a blank in it is gone between two words.

    It is that of `normal`, without invisible signs, and without blanks and line ends beside Chinese signs.
    """
    if text.isascii():
        return normal(text), ()
    if not text.isprintable() or not _UNSEEN.isdisjoint(text):
        hidden = [sign for sign in {*text} if sign in _UNSEEN or unicodedata.category(sign) == "Cf"]
        text = text.translate(dict.fromkeys(map(ord, hidden)))
    whole = normal(text)
    if " " not in whole:
        return whole, ()
    first, *others = whole.split(" ")
    made, length, broken = [first], len(first), list[int]()
    before = bool(first) and ord(first[-1]) >= _WIDE
    for word in others:
        after = ord(word[0]) >= _WIDE
        if before or after:
            broken += (length,) if before and after else ()
        else:
            made.append(" ")
            length += 1
        made.append(word)
        length += len(word)
        before = ord(word[-1]) >= _WIDE
    return "".join(made), tuple(broken)
