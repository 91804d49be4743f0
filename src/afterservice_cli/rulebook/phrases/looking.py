"""What a rulebook looks for in texts: patterns that decide, the words by which texts are read, samples and topics."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.index import Hit, Index
from afterservice_cli.rulebook.phrases.patterns import Place, Words
from afterservice_cli.rulebook.phrases.samples import Resemblance
from afterservice_cli.rulebook.phrases.topics import Topics
from afterservice_cli.rulebook.phrases.weighing import NO_RIVALS, NOWHERE, SILENT, Evidence, Rivals, Topical
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.intake import Vague
from afterservice_cli.rulebook.sections.reading import Reading
from afterservice_cli.rulebook.sections.rules import Category, Kind, Priority
from afterservice_cli.rulebook.sections.topics import Weights

if TYPE_CHECKING:
    from afterservice_cli.rulebook.phrases.denying import Clauses, Denials

MOST_PLACES = 20  # of one pattern in a text
_SINGLE = 8  # texts for each of which only the patterns are made ready that may stand in it
_SHORT = 1_000  # signs that such a text has at most: in a longer one, looking for each piece takes longer than all


class Looking:
    """Looks for patterns in texts, and for the words by which a rulebook reads them."""

    def __init__(self, groups: Words, reading: Reading, patterns: Iterable[str] = ()) -> None:
        self._groups, self._reading = groups, reading
        self._told = [*patterns]
        self.lists: Mapping[int, Sequence[str]] = {}  # all of whose patterns are among them, each by its `id`
        self.lists_with: Mapping[str, Collection[int]] = {}  # those that have a pattern, by that
        self.numbers = {pattern: number for number, pattern in enumerate(self._told)}
        self.categories = self.kinds = NO_RIVALS
        self.of_priorities: Collection[str] = ()
        self._others: dict[str, Index] = {}
        self._rulebook: Rulebook | None = None  # whose sample texts are read when they are first asked for
        self.vague: Vague | None = None
        self._texts = 0  # that were read so far

    def hits(self, text: str) -> Sequence[Hit]:
        """Return where the patterns, and the words by which a text is read, stand in one as `as_read` makes it."""
        self._texts += 1
        alone = self._texts <= _SINGLE and len(text) <= _SHORT
        return (Index(self._sought, self._groups, text) if alone else self._index).hits(text)

    def clauses(self, text: str, broken: Sequence[int], hits: Iterable[Hit]) -> Clauses:
        """Return the clauses of a text, by the words of the reading among what was found there."""
        from afterservice_cli.rulebook.phrases.denying import Clauses, Spoken

        places = Spoken([], [], [], [])
        first, ends = len(self._told), self._ends
        for number, start, end, _ in hits:
            if number >= first:
                places[bisect_right(ends, number)].append((start, end))
        return Clauses(text, broken, self._denials, places)

    def evidence(self, text: str, broken: Sequence[int], hits: Iterable[Hit]) -> Mapping[str, Evidence]:
        """Return what was found of the patterns in a text, by pattern, in the order of the file."""
        most = len(self._told)
        some = sorted([hit for hit in hits if hit[0] < most])
        return _evidence(some, self._told, self.clauses(text, broken, hits)) if some else {}

    def evidence_of(self, pattern: str, text: str, clauses: Callable[[], Clauses]) -> Evidence | None:
        """Return what a text has of a pattern that is not among the others; None if it is not there."""
        if pattern not in self._others:
            self._others[pattern] = Index([pattern], self._groups)
        hits = sorted(self._others[pattern].hits(text))
        return _evidence(hits, [pattern], clauses())[pattern] if hits else None

    def topical(self, text: str) -> Topical:
        """Return what the topics say of a text."""
        if not self.topics:
            return SILENT
        weights, sure = self.topics.weigh(text)
        told = self.topics.told(text)
        topics, levels = dict[int, str](), dict[int, int]()
        for topic, weight in [(told, weights[told])] if told else weights.items():
            for number in self._belonging[topic]:
                if number not in levels or weight > levels[number]:
                    topics[number], levels[number] = topic, weight
        return Topical(topics, levels, sure, bool(told)) if sure or told else SILENT

    @cached_property
    def samples(self) -> Mapping[str, Resemblance]:
        """Return what tells whether texts are like the samples of each name."""
        found = self._rulebook.samples if self._rulebook else {}
        return {name: Resemblance(samples) for name, samples in found.items()}

    @cached_property
    def topics(self) -> Topics:
        """Return what tells what texts are about."""
        rules = self._rulebook
        return Topics(rules.topics, rules.weights) if rules else Topics({}, Weights())

    @cached_property
    def _belonging(self) -> Mapping[str, Sequence[int]]:
        """Return of which categories each topic is."""
        return {topic: self.categories.about.get(topic, (NOWHERE,)) for topic in self.topics}

    @cached_property
    def _index(self) -> Index:
        return Index(self._sought, self._groups)

    @property
    def _sought(self) -> Sequence[str]:
        """Return the patterns, and behind them the words by which a text is read."""
        reading = self._reading
        return (*self._told, *reading.turns, *reading.doubt, *reading.calm, *reading.settled)

    @cached_property
    def _ends(self) -> Sequence[int]:
        """Return with which numbers the words of each kind end, behind the patterns."""
        kinds = (self._reading.turns, self._reading.doubt, self._reading.calm)
        return [*accumulate(map(len, kinds), initial=len(self._told))][1:]

    @cached_property
    def _denials(self) -> Denials:
        from afterservice_cli.rulebook.phrases.denying import Denials

        return Denials(self._reading.denials, self._reading.denials_after, self._groups)


class RuleReader(Looking):
    """Looks for the patterns of a rulebook that decide about a new case."""

    def __init__(self, rulebook: Rulebook) -> None:
        categories = Rivals.of(rulebook.categories)
        lists = [*_lists(rulebook)]
        patterns = (pattern for some in lists for pattern in some)
        super().__init__(rulebook.words, rulebook.reading, dict.fromkeys([*categories.speaks_for, *patterns]))
        self.lists = {id(some): some for some in lists}
        self.lists_with = {}
        for known, some in self.lists.items():
            for pattern in some:
                self.lists_with[pattern] = {*self.lists_with.get(pattern, ()), known}
        self.categories, self.kinds = categories, Rivals.of(rulebook.kinds)
        self._rulebook, self.vague = rulebook, rulebook.intake.vague
        urgent = alone(condition for entry in rulebook.priorities.values() for condition in entry.when)
        self.of_priorities = frozenset(pattern for condition in urgent for pattern in condition.match)


def _evidence(hits: Iterable[Hit], patterns: Sequence[str], clauses: Clauses) -> dict[str, Evidence]:
    """Return what was found, by pattern, from hits in order: of several places those that count, or the first."""
    found: dict[str, Evidence] = {}
    several: dict[str, list[Place]] = {}
    for number, start, end, phrase in hits:
        pattern = patterns[number]
        before = found.get(pattern)
        if before is None:
            found[pattern] = Evidence(pattern, phrase, clauses.reason(start, end, phrase), ((start, end),))
            continue
        places = several.get(pattern, before.places)
        if before.reason is None and len(places) >= MOST_PLACES:
            continue
        reason = clauses.reason(start, end, phrase)
        if reason is None and before.reason:
            found[pattern] = Evidence(pattern, phrase, None, ((start, end),))
        elif reason is before.reason is None:
            several.setdefault(pattern, [*places]).append((start, end))
    for pattern, all_places in several.items():
        found[pattern] = found[pattern]._replace(places=tuple(all_places))
    return found


def conditions_of(rulebook: Rulebook) -> Iterator[Condition]:
    """Yield the conditions that are asked when a case comes in, however deep."""
    sections: tuple[Mapping[str, Kind | Category | Priority], ...]
    sections = (rulebook.kinds, rulebook.categories, rulebook.priorities)
    entries = (entry for section in sections for entry in section.values())
    for entry in (*entries, *rulebook.assignment):
        for condition in entry.when:
            yield from condition.deep()


def alone(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield conditions and those in them of which a phrase alone can make them hold: not a person and a wound."""
    for condition in conditions:
        asked = [part for part in condition.all if any(each.match for each in part.deep())]
        if not asked:
            yield condition
        if not condition.match:
            yield from alone((*condition.any, *(asked if len(asked) == 1 else ())))


def _lists(rulebook: Rulebook) -> Iterator[Sequence[str]]:
    """Yield the lists of patterns that decide about a new case, beside those that speak for categories."""
    for category in rulebook.categories.values():
        yield category.unless
    for kind in rulebook.kinds.values():
        yield from (kind.match, kind.unless)
    for field in rulebook.fields.values():
        for value in field.values.values():
            yield from (value.match, value.unless)
    for condition in conditions_of(rulebook):
        yield from (condition.match, condition.unless)
    for ground in rulebook.intake.invalid.values():
        yield ground.match
    if rulebook.intake.vague:
        yield rulebook.intake.vague.match
