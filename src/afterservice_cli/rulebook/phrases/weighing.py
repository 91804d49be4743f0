"""What speaks for the categories and kinds of which a text gets one, and which of them comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from afterservice_cli.rulebook.phrases.denying import SETTLED, Reason
from afterservice_cli.rulebook.phrases.patterns import Place
from afterservice_cli.rulebook.sections.rules import Category, Kind


class Evidence(NamedTuple):
    """What a pattern is in a text: its words there, why it does not count (None if it does), and where it stands.

    Of several places those that count are told, else the first.
    """

    pattern: str
    phrase: str
    reason: Reason | None
    places: tuple[Place, ...]

    def counts(self, *, settled: bool = False) -> bool:
        """Tell whether it counts; with `settled`, also if the case says further on that all is settled."""
        return self.reason is None or (settled and self.reason.why == SETTLED)


class Standing(NamedTuple):
    """A category or a kind with what speaks for it in a text."""

    name: str
    phrases: tuple[str, ...]


class Rivals(NamedTuple):
    """Categories or kinds, of which a text gets one: each with what rules it out; and for which each pattern speaks."""

    entries: Sequence[tuple[str, frozenset[str]]]
    speaks_for: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, entries: Mapping[str, Category | Kind]) -> Rivals:
        """Return the entries of a section as rivals."""
        speaks_for: dict[str, tuple[int, ...]] = {}
        for number, entry in enumerate(entries.values()):
            for pattern in entry.match:
                speaks_for[pattern] = (*speaks_for.get(pattern, ()), number)
        return cls([(name, frozenset(entry.unless)) for name, entry in entries.items()], speaks_for)


NO_RIVALS = Rivals((), {})


def ranked(evidence: Sequence[Evidence]) -> tuple[tuple[int, int], Sequence[Evidence]]:
    """Return by what a category with this evidence comes before others, the least first, and what of it is its own.

    What stands, at each of its places, within something longer or where another is, is not.
    """
    if len(evidence) == 1 == len(evidence[0].places):
        start, end = evidence[0].places[0]
        return (-1, start - end), evidence
    outer: list[Place] = []  # what is within nothing longer
    covered, reached = 0, 0  # signs of the text, and up to where they go
    for start, end in sorted([place for one in evidence for place in one.places]):
        if end > reached:
            if outer and outer[-1][0] == start:
                outer.pop()  # it is within this one
            outer.append((start, end))
            covered += end - max(start, reached)
            reached = end
    apart = {one.places: one for one in reversed(evidence)}  # of several at the same places the first
    places = {*outer}
    own = [one for one in reversed(apart.values()) if not places.isdisjoint(one.places)]
    return (-len(own), -covered), own
