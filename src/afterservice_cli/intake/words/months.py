"""Dates in other languages of Europe and America, as far as their months go: 1 de noviembre de 2026, 15 déc. 2025."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# The months of other languages, each beginning so, and the little words beside them.
_MONTHS: Mapping[str, Sequence[str]] = {
    "jan": ("januar", "jän", "jan", "janv", "janvier", "ene", "enero", "gen", "gennaio", "janeiro"),
    "feb": ("februar", "févr", "février", "febrero", "febbraio", "fev", "fevereiro"),
    "mar": ("märz", "mär", "mrz", "mars", "marzo", "março"),
    "apr": ("avr", "avril", "abr", "abril", "aprile"),
    "may": ("mai", "mayo", "mag", "maggio", "maio"),
    "jun": ("juni", "juin", "junio", "giu", "giugno", "junho"),
    "jul": ("juli", "juil", "juillet", "julio", "lug", "luglio", "julho"),
    "aug": ("août", "agosto", "ago"),
    "sep": ("sept", "septembre", "septiembre", "set", "settembre", "setembro"),
    "oct": ("okt", "oktober", "octobre", "octubre", "ott", "ottobre", "out", "outubro"),
    "nov": ("novembre", "noviembre", "novembro"),
    "dec": ("dez", "dezember", "déc", "décembre", "dic", "diciembre", "dicembre", "dezembro"),
}
_MONTH_OF = {word: month for month, words in _MONTHS.items() for word in words}
_WORD = re.compile(r"[^\W\d_]{3,10}\.?")
_BESIDE = re.compile(r"(?<![^\W\d_])(?:de|del|à|às|a las|alle|um|uhr|hs|h)(?![^\W\d_])\.?|(?<=\b1)er\b", re.IGNORECASE)
_HOURS = re.compile(r"(?<!\d)(\d{1,2})\s?h\s?(\d\d)(?!\d)", re.IGNORECASE)


def with_english_month(text: str) -> str:
    """Return a date with the name of its month as English has it, and without the words that stand beside it."""
    for found in _WORD.finditer(text):
        if month := _MONTH_OF.get(found[0].casefold().rstrip(".")):
            return " ".join(_BESIDE.sub(" ", _HOURS.sub(r"\1:\2", text.replace(found[0], f" {month} "))).split())
    return text
