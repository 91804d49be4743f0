"""What speaks for the categories and kinds of which a text gets one, and which of them comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from afterservice_cli.rulebook.phrases.denying import SETTLED, Reason
from afterservice_cli.rulebook.phrases.patterns import Place
from afterservice_cli.rulebook.phrases.samples import LIKE
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
    """A category or a kind with what speaks for it in a text: phrases, and the sample that the text is most like."""

    name: str
    own: tuple[str, ...]
    sample: str = ""

    @property
    def phrases(self) -> tuple[str, ...]:
        """Return the phrases, and the sample with its sign."""
        return (*self.own, LIKE + self.sample) if self.sample else self.own


class Rivals(NamedTuple):
    """Categories or kinds, of which a text gets one: each with what rules it out; and for which each pattern, and each
    topic, speaks.
    """

    entries: Sequence[tuple[str, frozenset[str]]]
    speaks_for: Mapping[str, tuple[int, ...]]
    about: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, entries: Mapping[str, Category | Kind]) -> Rivals:
        """Return the entries of a section as rivals."""
        speaks_for, about = dict[str, tuple[int, ...]](), dict[str, tuple[int, ...]]()
        for number, entry in enumerate(entries.values()):
            for pattern in entry.match:
                speaks_for[pattern] = (*speaks_for.get(pattern, ()), number)
            for topic in entry.topics if isinstance(entry, Category) else ():
                about[topic] = (*about.get(topic, ()), number)
        return cls([(name, frozenset(entry.unless)) for name, entry in entries.items()], speaks_for, about)


NO_RIVALS = Rivals((), {}, {})
NOWHERE = -1  # the number of what no category is about
MOST, SOME = 10, 2  # by how many halves of what makes sure phrases speak for the category with most, and for others
Rank = tuple[int, int]  # by which phrases put a category before others, the least first, as `ranked` gives it


class Topical(NamedTuple):
    """What the topics say of a text: which topic of each category is the likeliest, and how likely it is, with NOWHERE
    for those that no category names; and by how much one has to be likelier than the next to be so for sure.

    They say nothing of a text of which they know no feature. If it is `told`, it is a sample of what it is about, and
    nothing else counts.
    """

    topics: Mapping[int, str]
    levels: Mapping[int, int]
    sure: int
    told: bool = False


SILENT = Topical({}, {}, 0)


def placing(ranks: Mapping[int, Rank], topical: Topical) -> tuple[list[int], bool]:
    """Return the categories for which phrases or topics speak, the one with most first, and whether that decides.

    Of a category without topics phrases alone speak, as if the topics found it as likely as the likeliest. Of several
    that have the likeliest topic the first of the file comes first, unless phrases speak for another.
    """
    topics, levels, sure, told = topical
    spoken = [] if told else sorted(ranks, key=lambda number: (ranks[number], number))
    if not levels:
        return spoken, bool(spoken)
    most = max(levels.values())
    scores = {number: levels.get(number, most) for number in {*levels, *spoken}}
    for place, number in enumerate(spoken):
        scores[number] += sure * (SOME if place else MOST) // 2
    found = sorted(scores, key=lambda number: (-scores[number], ranks.get(number, (0, 0)), number))
    same = topics.get(found[0], "")
    others = [number for number in found[1:] if topics.get(number) != same]  # of one topic, phrases put one first
    decides = found[0] != NOWHERE and all(scores[found[0]] - scores[other] >= sure for other in others[:1])
    return [number for number in found if number != NOWHERE], decides


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
