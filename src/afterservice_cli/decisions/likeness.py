"""What a new case looks like: invalid, too vague, or the same as an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.model import Rulebook, normal


class Suspicion(Frozen):
    """What a text looks like: `vague`, or `invalid` on some ground, by the rulebook's phrases in it."""

    outcome: str
    ground: str | None
    phrases: tuple[str, ...]


def suspicions(rulebook: Rulebook, text: str, *, classified: bool) -> list[Suspicion]:
    """Return what a new case looks like to the rulebook: invalid, and on which grounds, or vague."""
    seen = normal(text)
    found = [
        Suspicion("invalid", ground, phrases)
        for ground, entry in rulebook.intake.invalid.items()
        if (phrases := tuple(phrase for phrase in entry.match if phrase in seen))
    ]
    vague = rulebook.intake.vague
    if vague and not classified and len(seen) <= vague.at_most:
        phrases = tuple(phrase for phrase in vague.match if phrase in seen)
        if phrases:
            found.append(Suspicion("vague", None, phrases))
    return found


def alike(one: str, other: str) -> int:
    """Return how alike two texts are, 0 to 100: the share of letter pairs they have in common (Dice's coefficient)."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 100 if normal(one) == normal(other) else 0
    return round(200 * len(first & second) / (len(first) + len(second)))


def shared(one: Mapping[str, Any], other: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    """Return which of some facts two cases share, compared as phrases are."""
    return [name for name in names if one.get(name) and other.get(name) and _same(one[name], other[name])]


def _same(one: str, other: str) -> bool:
    """Tell whether two facts are the same, or have a value in common."""
    first, second = (
        {normal(value).replace(" ", "").replace("-", "") for value in fact.split(SEVERAL)} for fact in (one, other)
    )
    return bool(first & second)


def _pairs(text: str) -> set[str]:
    letters = [letter for letter in normal(text) if letter.isalnum()]
    return {first + second for first, second in pairwise(letters)}
