"""What of a case decides what the rules find: what they see in its text, and some of its facts."""

from __future__ import annotations

from collections.abc import Hashable

from afterservice_cli.rulebook.conditions import LOCAL, WITHIN
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.phrases.seen import Seen, conditions_of


class Deciding:
    """The names of the facts that a rulebook asks for when a case comes in.

    Two cases that have these alike, and what of their texts decides, are given the same category, priority, owner and
    values of fields.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        names = {"category", "priority", "line"}
        if any(kind.found for kind in rulebook.kinds.values()):
            names.add("kind")
        for name, field in rulebook.fields.items():
            names |= {name} if any(value.match for value in field.values.values()) else set()
        for condition in conditions_of(rulebook):
            names |= {*condition.fields, *(LOCAL + name for name in condition.fields)}
            names |= {WITHIN + limit for limit in condition.within}
        self._names = tuple(sorted(names))

    def of(self, seen: Seen, facts: Facts) -> Hashable:
        """Return what decides in a text and a case's facts."""
        return (seen.deciding(), *map(facts.get, self._names))
