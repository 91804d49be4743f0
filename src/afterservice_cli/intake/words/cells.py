"""Cells as spreadsheets leave them: what stands around a text, and what is no text any more."""

from __future__ import annotations

import re

from afterservice_cli.decisions.closing import BEST
from afterservice_cli.errors import BadInput
from afterservice_cli.input_text import narrow
from afterservice_cli.intake.words.markup import markup, plain_text
from afterservice_cli.language import sentence, tr

_AROUND = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
# `="007"` and `'007` are how a spreadsheet is told that digits are a text.
_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_APOSTROPHE = re.compile(r"'([+-]?\w[^\s']*)")
# A long number that was taken for a quantity: 1.39E+10, and as other programs write it, 1.39e10.
_CUT = re.compile(r"[+-]?\d(?:(?:[.,]\d+)?E\+\d{2,3}|[.,]\d+E\d{1,3})", re.ASCII | re.IGNORECASE)
_ERROR = re.compile(r"#{3,}|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)")
_DITTO = frozenset(("同上", "同前", "〃", "″", "ditto", "Ditto"))
_WHOLE = re.compile(r"(\d+)\.0+", re.ASCII)
_SCORE = re.compile(
    r"([\d一二两三四五])(?:\.0+)?\s*(?:分|星|颗星|星级|points?|stars?)?(?:\s*(?:/|out of|of)\s*5(?:\.0+)?\s*分?)?",
    re.ASCII,
)
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_STARS = re.compile(r"([★⭐]{1,5})☆{0,4}")


def cleaned(text: str) -> str:
    """Return the text of a cell without blanks around it and without the signs by which spreadsheets keep it a text.

    Its lines end alike, and one that is HTML is its plain text.
    """
    text = text.strip(_AROUND)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text[:1] == "<" and markup(text) == "whole":
        return plain_text(text)
    if text[:1] in ("=", "'"):
        if found := _FORMULA.fullmatch(text):
            return found[1].replace('""', '"').strip(_AROUND)
        if found := _APOSTROPHE.fullmatch(text):
            return found[1]
    return text


def unsaid(text: str) -> str:
    """Return why a cell says nothing: it points to the one above it, or holds an error; "" if it says something."""
    if text in _DITTO:
        return sentence("this only points to the cell above – write it out")
    if text[:1] == "#" and _ERROR.fullmatch(text):
        return sentence("a spreadsheet's error stands there")
    return ""


def lost(text: str) -> str:
    """Return why a text is lost: a spreadsheet has cut it, or it says nothing; "" if it is whole."""
    if "e" in text.casefold() and _CUT.fullmatch(text):
        return sentence("a spreadsheet has cut its digits – format the column as text there")
    return unsaid(text)


def number_text(text: str) -> str:
    """Return the number of a row as its source gave it; `BadInput` if a spreadsheet has cut it."""
    if reason := lost(text):
        raise BadInput(tr(reason))
    return whole(text)


def whole(text: str) -> str:
    """Return a number without a point and zeros: 1001.0 is what a column of numbers with a gap becomes."""
    found = _WHOLE.fullmatch(text) if "." in text else None
    return found[1] if found else text


def score_of(text: str) -> int:
    """Return a score: `4`, `4.0`, `4分`, `4/5`, `★★★★☆`, 四分, in any width; `BadInput` for any other text."""
    plain = narrow(text).casefold()
    if stars := _STARS.fullmatch(plain):
        return len(stars[1])
    found = _SCORE.fullmatch(plain)
    score = (_DIGITS.get(found[1]) or int(found[1])) if found else 0
    if not 1 <= score <= BEST:
        raise BadInput(tr("the score is none from 1 to {best}", best=BEST))
    return score
