"""What of a case decides what the rules find: which of the rulebook's phrases stand in it, and some of its facts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from afterservice_cli.rulebook.conditions import LOCAL, WITHIN
from afterservice_cli.rulebook.forms import Condition
from afterservice_cli.rulebook.model import Facts, Rulebook


class Deciding:
    """The phrases of a rulebook, and the names of the facts that it asks for when a case comes in.

    Two cases that have these alike are given the same category, priority, owner and values of fields.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        conditions = list(_conditions(rulebook))
        phrases = [*(phrase for condition in conditions for phrase in (*condition.match, *condition.unless))]
        for category in rulebook.categories.values():
            phrases += [*category.match, *category.unless]
        names = {"category", "priority", "line"}
        for name, field in rulebook.fields.items():
            for value in field.values.values():
                phrases += [*value.match, *value.unless]
                names |= {name} if value.match else set()
        for condition in conditions:
            names |= {*condition.fields, *(LOCAL + name for name in condition.fields)}
            names |= {WITHIN + limit for limit in condition.within}
        self._names = tuple(sorted(names))
        self._phrases: dict[str, tuple[str, ...]] = {}
        for phrase in dict.fromkeys(phrases):
            self._phrases[phrase[:1]] = (*self._phrases.get(phrase[:1], ()), phrase)

    def of(self, seen: str, facts: Facts) -> Hashable:
        """Return what decides in a normalised text and a case's facts."""
        begun = self._phrases
        found = [phrase for sign in {*seen, ""} if sign in begun for phrase in begun[sign] if phrase in seen]
        return (frozenset(found), *map(facts.get, self._names))


def _conditions(rulebook: Rulebook) -> Iterator[Condition]:
    """Yield the conditions that are asked when a case comes in, however deep."""
    for placed in (rulebook.categories, rulebook.priorities):
        for entry in placed.values():
            yield from _within(entry.when)
    for rule in rulebook.assignment:
        yield from _within(rule.when)


def _within(conditions: Iterable[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        yield condition
        yield from _within((*condition.any, *condition.all, *((condition.none,) if condition.none else ())))
