"""A text as the rules see it: which of their phrases stand in it, which of these count, and what denies the others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from afterservice_cli.rulebook.comparing import as_read
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.index import Hit, Index
from afterservice_cli.rulebook.phrases.patterns import Place, Words
from afterservice_cli.rulebook.phrases.samples import Resemblance
from afterservice_cli.rulebook.phrases.weighing import NO_RIVALS, Evidence, Rivals, Standing, ranked
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.reading import Reading
from afterservice_cli.rulebook.sections.rules import Category, Kind, Priority

if TYPE_CHECKING:
    from afterservice_cli.rulebook.phrases.denying import Clauses, Denials

MOST_TOLD = 5  # of what does not count
MOST_PLACES = 20  # of one pattern in a text
_SINGLE = 8  # texts for each of which only the patterns are made ready that may stand in it
_SHORT = 1_000  # signs that such a text has at most: in a longer one, looking for each piece takes longer than all


class Uncounted(NamedTuple):
    """A phrase that stands in a text and does not count: by which words of the rulebook, and why."""

    phrase: str
    words: str
    why: str


class Seen:
    """A text that is read when it is first asked what stands in it."""

    def __init__(self, text: str, reader: Callable[[], Looking]) -> None:
        self.text, self._made = text, reader

    @property
    def _reader(self) -> Looking:
        return self._made()

    @cached_property
    def _read(self) -> tuple[str, Sequence[int], Sequence[Hit]]:
        """Return the text as it is compared, where a blank is gone from it, and what was found there."""
        text, broken = as_read(self.text)
        return text, broken, self._reader.hits(text)

    @property
    def is_read(self) -> bool:
        """Tell whether anybody has asked what stands in the text."""
        return "_read" in vars(self)

    @property
    def length(self) -> int:
        """Count the signs of the text as it is compared."""
        return len(self._read[0])

    @cached_property
    def found(self) -> Mapping[str, Evidence]:
        """Return what of the patterns that decide a new case stands in the text, in the order of the file."""
        return self._reader.evidence(*self._read)

    def phrases(self, patterns: Sequence[str]) -> list[str]:
        """Return the words of those of some patterns that count."""
        some = map(self._evidence, self._possible(patterns))
        return [one.phrase for one in some if one and one.counts(settled=True)]

    def has(self, patterns: Sequence[str]) -> str:
        """Return the words of the first of some patterns that stands in the text, whether it counts or not; or ""."""
        return next((one.phrase for one in map(self._evidence, self._possible(patterns)) if one), "")

    def like(self, names: Sequence[str]) -> str:
        """Return that sample of the first of some lists of samples which the text is most like; "" if it is not."""
        return next(filter(None, (self._reader.samples[name].closest(self.text) for name in names)), "")

    def unlike(self, names: Sequence[str]) -> bool:
        """Tell whether the text is like what one of some lists of samples is not like."""
        return any(self._reader.samples[name].unlike(self.text) for name in names)

    def uncounted(self, patterns: Collection[str], *, settled: bool = False) -> tuple[Uncounted, ...]:
        """Return those of some patterns that stand in the text and do not count, in the order of the file.

        With `settled`, what stands before a word that all is settled counts.
        """
        some = [one for one in self.found.values() if one.pattern in patterns and not one.counts(settled=settled)]
        told = dict.fromkeys(Uncounted(one.phrase, one.reason.words, one.reason.why) for one in some if one.reason)
        return tuple(told)[:MOST_TOLD]

    @cached_property
    def standings(self) -> Sequence[Standing]:
        """Return the categories for which something counts, the one with the most first.

        A phrase within a longer one of the same category is no more than that, nor are two at the same places; of two
        categories with as many, the one with more of the text comes first, then the earlier in the file.
        """
        return [standing for _, standing in self._weighed(self._reader.categories)]

    @cached_property
    def kinds(self) -> Sequence[Standing]:
        """Return the kinds for which something counts, as `standings` does categories."""
        return [standing for _, standing in self._weighed_kinds]

    @property
    def tied_kinds(self) -> Sequence[Standing]:
        """Return the kinds that come first alike; none if one comes first."""
        first = [standing for weight, standing in self._weighed_kinds if weight == self._weighed_kinds[0][0]]
        return first if len(first) > 1 else ()

    @cached_property
    def _weighed_kinds(self) -> Sequence[tuple[tuple[int, int], Standing]]:
        return self._weighed(self._reader.kinds) if self._reader.kinds.speaks_for else ()

    def _weighed(self, rivals: Rivals) -> list[tuple[tuple[int, int], Standing]]:
        """Return the rivals for which something counts, each with its weight, the one with the most first."""
        rows = []
        for number, evidence in self.speaking(rivals).items():
            weight, own = ranked(evidence)
            rows.append((weight, number, own))
        rows.sort()
        return [(weight, Standing(rivals.entries[n][0], tuple([one.phrase for one in own]))) for weight, n, own in rows]

    def speaking(self, rivals: Rivals | None = None) -> Mapping[int, Sequence[Evidence]]:
        """Return what counts for rivals that nothing rules out, by their numbers in the file; those are categories if
        no others are named.
        """
        speaking: dict[int, list[Evidence]] = {}
        found, (entries, speaks_for) = self.found, rivals or self._reader.categories
        for pattern, one in found.items():
            if one.reason is None and pattern in speaks_for:
                for number in speaks_for[pattern]:
                    speaking.setdefault(number, []).append(one)
        ruled_out = [number for number in speaking if not entries[number][1].isdisjoint(found)]
        for number in ruled_out:
            del speaking[number]
        return speaking

    def deciding(self) -> Hashable:
        """Return what of the text decides: texts that have it alike are given the same."""
        told = tuple([one[:3] for one in self.found.values()])  # without the places
        samples = [(one.closest(self.text), one.unlike(self.text)) for one in self._reader.samples.values()]
        return told, tuple(self.standings[:2]), tuple(self.kinds[:2]), bool(self.tied_kinds), tuple(samples)

    @cached_property
    def _lists(self) -> Collection[int]:
        """Return the lists of patterns of which one stands in the text, as `Looking.lists` has them."""
        return {known for pattern in self.found for known in self._reader.lists_with.get(pattern, ())}

    @cached_property
    def _clauses(self) -> Clauses:
        return self._reader.clauses(*self._read)

    def _possible(self, patterns: Sequence[str]) -> list[str]:
        """Return those of some patterns that may stand in the text: what was looked for and is not there is out."""
        if not patterns:
            return []
        found, reader = self.found, self._reader
        if id(patterns) in reader.lists:
            return [pattern for pattern in patterns if pattern in found] if id(patterns) in self._lists else []
        return [pattern for pattern in patterns if pattern in found or pattern not in reader.numbers]

    def _evidence(self, pattern: str) -> Evidence | None:
        if pattern in self._reader.numbers:
            return self.found.get(pattern)
        return self._reader.evidence_of(pattern, self._read[0], lambda: self._clauses)


class Nothing(Seen):
    """The text of a case of which no text is asked."""

    def __init__(self) -> None:
        self.text = ""

    def like(self, names: Sequence[str]) -> str:
        return ""

    def unlike(self, names: Sequence[str]) -> bool:
        return False

    def _possible(self, patterns: Sequence[str]) -> list[str]:
        return []


NOTHING = Nothing()


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
        self.samples: Mapping[str, Resemblance] = {}
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
        self.samples = {name: Resemblance(samples) for name, samples in rulebook.samples.items()}
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


def read(rulebook: Rulebook, text: str) -> Seen:
    """Return a text as the rules of a rulebook see it; the last one is remembered."""
    return _remembered(rulebook, "seen", text, reader_of)


def screened(rulebook: Rulebook, text: str) -> Seen:
    """Return a text as screening sees it, without all that decides a new case, unless it was just read for that.

    The last one is remembered.
    """
    last: Seen | None = rulebook.remembered.get("seen")
    if last is not None and last.text == text and last.is_read:
        return last
    return _remembered(rulebook, "screened", text, lambda rules: rules.once("screener", _screener))


def _remembered(rulebook: Rulebook, by: str, text: str, reader: Callable[[Rulebook], Looking]) -> Seen:
    """Return a text that is read when it is asked: the last one by that name, if it is the same."""
    last: Seen | None = rulebook.remembered.get(by)
    if last is None or last.text != text:
        last = rulebook.remembered[by] = Seen(text, partial(reader, rulebook))
    return last


def _screener(rulebook: Rulebook) -> Looking:
    """Return what the screening of a rulebook looks for in texts."""
    intake = rulebook.intake
    lists = [*(ground.match for ground in intake.invalid.values()), *((intake.vague.match,) if intake.vague else ())]
    patterns = dict.fromkeys(pattern for some in lists for pattern in some)
    return Looking(rulebook.words, rulebook.reading, patterns)


def reader_of(rulebook: Rulebook) -> RuleReader:
    """Return what a rulebook looks for in texts, made when it is first asked for."""
    return rulebook.once("reader", RuleReader)


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
