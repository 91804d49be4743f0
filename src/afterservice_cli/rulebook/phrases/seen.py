"""A text as the rules see it: which of their phrases stand in it, which of these count, and what denies the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from afterservice_cli.rulebook.comparing import as_read
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.index import Hit
from afterservice_cli.rulebook.phrases.looking import Looking, RuleReader
from afterservice_cli.rulebook.phrases.weighing import (
    NOWHERE,
    Evidence,
    Rank,
    Rivals,
    Standing,
    Topical,
    placing,
    ranked,
)

if TYPE_CHECKING:
    from afterservice_cli.rulebook.phrases.denying import Clauses

MOST_TOLD = 5  # of what does not count


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
        """Return the two categories for which most speaks, the one with the most first; one or none if no more do.

        A phrase within a longer one of the same category is no more than that, nor are two at the same places; of two
        categories with as many, the one with more of the text comes first, then the earlier in the file. If the first
        has no phrases, the sample of its topics is told that the text is most like.
        """
        entries, found = self._reader.categories.entries, list[Standing]()
        for number in self._placing[0][:2]:
            _, own = self._ranked.get(number, ((0, 0), ()))
            sample = "" if own or found else self._sample(number)
            found.append(Standing(entries[number][0], tuple([one.phrase for one in own]), sample))
        return found

    @property
    def placed(self) -> bool:
        """Tell whether enough speaks for the category that comes first; of a vague text, phrases have to."""
        some, decides = self._placing
        return decides and (some[0] in self._ranked or not self._vague)

    @property
    def _vague(self) -> bool:
        """Tell whether the text is one that goes back to the customer: short, and with words that say little."""
        vague = self._reader.vague
        return vague is not None and self.length <= vague.at_most and bool(self.phrases(vague.match))

    @cached_property
    def elsewhere(self) -> str:
        """Return the sample that a text is most like if it is likeliest about a topic that no category has; or ""."""
        levels = self.topical.levels
        return self._sample(NOWHERE) if levels and max(levels, key=levels.__getitem__) == NOWHERE else ""

    @property
    def likely(self) -> Sequence[str]:
        """Return the categories for which phrases or topics speak, the likeliest first; none if the topics know nothing
        of the text, or speak most for what no category has, or if it is vague.
        """
        levels = self.topical.levels
        if not levels or max(levels, key=levels.__getitem__) == NOWHERE or self._vague:
            return ()
        return [self._reader.categories.entries[number][0] for number in self._placing[0]]

    @cached_property
    def topical(self) -> Topical:
        """Return what the topics say of the text, but for the categories that something rules out, and for those of
        which all phrases in it are denied or praised away.
        """
        found, (entries, speaks_for, _) = self._reader.topical(self.text), self._reader.categories
        out = {number for number in found.levels if number >= 0 and not entries[number][1].isdisjoint(self.found)}
        for pattern, one in self.found.items():
            if one.reason is not None:
                out.update(number for number in speaks_for.get(pattern, ()) if number not in self._ranked)
        if not out or found.told:
            return found
        return found._replace(levels={number: level for number, level in found.levels.items() if number not in out})

    @cached_property
    def _placing(self) -> tuple[Sequence[int], bool]:
        return placing({number: rank for number, (rank, _) in self._ranked.items()}, self.topical)

    @cached_property
    def _ranked(self) -> Mapping[int, tuple[Rank, Sequence[Evidence]]]:
        return {number: ranked(evidence) for number, evidence in self.speaking().items()}

    def _sample(self, number: int) -> str:
        """Return the sample of a category's likeliest topic that the text is most like; "" if it has none."""
        topic = self.topical.topics.get(number)
        return self._reader.topics.closest(self.text, topic) if topic else ""

    @cached_property
    def kinds(self) -> Sequence[Standing]:
        """Return the kinds for which something counts, by their phrases as categories are."""
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
        found, (entries, speaks_for, _) = self.found, rivals or self._reader.categories
        for pattern, one in found.items():
            if one.reason is None and pattern in speaks_for:
                for number in speaks_for[pattern]:
                    speaking.setdefault(number, []).append(one)
        ruled_out = [number for number in speaking if not entries[number][1].isdisjoint(found)]
        for number in ruled_out:
            del speaking[number]
        return speaking

    def deciding(self) -> Hashable:
        """Return what of the text decides: texts that have it alike are given the same, by whichever samples."""
        told = tuple([one[:3] for one in self.found.values()])  # without the places
        samples = [(one.closest(self.text), one.unlike(self.text)) for one in self._reader.samples.values()]
        placing = tuple(self._placing[0][:2]), self.placed
        return told, placing, tuple(self.kinds[:2]), bool(self.tied_kinds), tuple(samples)

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
