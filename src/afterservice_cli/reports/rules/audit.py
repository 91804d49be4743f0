"""What each phrase and sample of a rulebook is good for: how often it stood in a text, decided, and was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.intake import CaseScreened
from afterservice_cli.cases.values import PLACED, Finding
from afterservice_cli.decisions.facts import placing_facts
from afterservice_cli.decisions.likeness import suspicions
from afterservice_cli.decisions.supposed import RULES, said_by_people
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.rules.audit_samples import SampleHits, asking
from afterservice_cli.rulebook.matching import find
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.phrases.patterns import Words, is_plain, ways_of
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.rulebook.sections.forms import Condition

# In the order in which somebody who weeds a file wants to see them; "" if there is nothing to say of a phrase.
VERDICTS = ("misleading", "shadowed", "never_led", "loose", "never_fired", "")
WIDE = 14  # signs that a wide gap has room for: ……
OFTEN = 3  # texts with a phrase, from which on what always stands beside it is no accident
SCREENED = "looks"  # the fact that screening gives
SAMPLES = ("samples.", "topics.")  # begin the place of a list of samples
WORKED = ("resolved", "confirmed", "closed")  # statuses of cases that were worked through


class PhraseList(Frozen):
    """Where the file has a list of phrases or samples: a path, and under which key; for which value of which field it
    speaks.
    """

    path: str
    key: str
    field: str
    value: str
    phrases: Sequence[str]


class PhraseAudit(Frozen):
    """What a phrase is good for: in how many texts it stood (`fired`), in how many of them it was part of what decided
    (`led`; one that rules something out: kept that out), and in how many of those people said the same, or otherwise.

    So is a sample, which stood in a text (`fired`) if it was nearest to it of all of its list, and that was like them,
    or likeliest about its topic.

    `by` is the phrase beside which it always stood, else the value that was found most often where it did not lead;
    `line` is the file and the line in which it is written, if that is known.
    """

    phrase: str
    place: str
    field: str
    value: str
    fired: int
    led: int
    confirmed: int
    corrected: int
    verdict: str
    by: str | None
    line: str | None = None


class Audit(Frozen):
    """What the phrases of a rulebook are good for on so many texts: those that should go first."""

    rulebook: str
    texts: int
    phrases: Sequence[PhraseAudit]

    @property
    def samples(self) -> int:
        """Count the samples among the phrases."""
        return sum(each.place.startswith(SAMPLES) for each in self.phrases)


class Judged(Frozen):
    """What became of a text: what people, or the file that it came in with, said of its fields, and what stands.

    What `stands` are the values of a case that was worked through; nobody said another.
    """

    said: Mapping[str, str] = {}
    stands: Mapping[str, str] = {}


UNJUDGED = Judged()


class JudgedCase(Frozen):
    """A past case as an audit reads it: its text, the facts that nobody found in that, and what became of it."""

    text: str
    facts: Facts
    judged: Judged


def judged_case(case: Case, rulebook: Rulebook) -> JudgedCase | None:
    """Return what a past case tells of phrases; None for one whose text is erased, or that repeats another."""
    if case.erased or case.description is None or (case.status == "void" and case.void_by != "screened"):
        return None
    events = [recorded.event for recorded in case.standing]
    found = {finding.field for event in events for finding in event.findings if finding.by in RULES}
    facts = {name: value for name, value in placing_facts(case, rulebook).items() if name not in (*PLACED, *found)}
    said = {finding.field: finding.value for finding in events[0].findings if finding.by not in RULES}
    said |= said_by_people(events)
    stands: dict[str, str] = {}
    if case.status in WORKED:
        stands = {name: entry.finding.value for name, entry in case.decided.items()}
    screened = [event for event in events if isinstance(event, CaseScreened)]
    if screened:
        said[SCREENED] = screened[-1].ground or screened[-1].outcome
    elif stands:
        said[SCREENED] = "valid"  # nobody took it out
    return JudgedCase(case.text(), facts, Judged(said, stands))


class Auditor:
    """Counts, text by text, what the phrases of a rulebook do."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        lists = tuple(places_of(rulebook))
        self._places = (*lists, *_sampled(rulebook))
        self._counts = {(place.path, place.key, p): _Count() for place in self._places for p in place.phrases}
        self._hits, self._samples = Hits(rulebook, lists), SampleHits(rulebook)
        self._texts = 0

    def add(self, text: str, facts: Facts, judged: Judged = UNJUDGED) -> None:
        """Count what a text's phrases do in a case with these facts."""
        self._texts += 1
        found = find(self._rulebook, text, facts)
        findings = [*found.values, found.category, found.priority, found.owner]
        findings += _screened(self._rulebook, text, classified=found.category.by != "default")
        by_field = {finding.field: finding for finding in findings}
        hits = list(self._hits.of(text))
        matched = {place.path for place, _ in hits if place.key == "match"}
        for place, phrases in hits:
            finding = by_field.get(place.field)
            for phrase, words in phrases.items():
                count = self._counts[place.path, place.key, phrase]
                count.fired += 1
                if place.key == "unless":
                    count.led += place.path in matched
                    continue
                count.stood_beside(other for other in phrases if other != phrase)
                if finding is not None and _leads(place, words, finding):
                    count.lead(finding, judged)
                elif finding is not None and finding.value != place.value:
                    count.instead[finding.value] += 1
        for nearest in self._samples.of(text, facts, by_field):
            count = self._counts[nearest.path, nearest.key, nearest.sample]
            count.fired += 1
            if nearest.decided is not None:
                count.lead(nearest.decided, judged)

    def result(self) -> Audit:
        """Return what was counted, the phrases that should go first."""
        found = [each for place in self._places for each in self._audited(place)]
        rank = {verdict: number for number, verdict in enumerate(VERDICTS)}
        found.sort(key=lambda each: (rank[each.verdict], each.confirmed - each.corrected, -each.fired))
        return Audit(self._rulebook.hash, self._texts, found)

    def _audited(self, place: PhraseList) -> Iterator[PhraseAudit]:
        gone = set[str]()  # of two that always stand together the earlier one stays
        for phrase in place.phrases:
            count = self._counts[place.path, place.key, phrase]
            verdict, by = self._verdict(place, phrase, count, gone)
            if verdict == "shadowed":
                gone.add(phrase)
            yield PhraseAudit(
                phrase=phrase,
                place=f"{place.path}.{place.key}",
                field=place.field,
                value=place.value,
                fired=count.fired,
                led=count.led,
                confirmed=count.confirmed,
                corrected=count.corrected,
                verdict=verdict,
                by=by,
            )

    def _verdict(self, place: PhraseList, phrase: str, count: _Count, gone: set[str]) -> tuple[str, str | None]:
        """Return what is to be said of a phrase, and what shadows it."""
        if not count.fired:
            return "never_fired", None
        if count.corrected > count.confirmed:
            return "misleading", None
        if place.key == "match":
            beside = self._beside(place, phrase, count, gone)
            if beside is not None:
                return "shadowed", beside
            if not count.led:
                ((instead, _),) = count.instead.most_common(1) or ((None, 0),)
                always = count.instead[str(instead)] == count.fired >= OFTEN
                return ("shadowed" if always else "never_led"), instead
        if place.key in ("unlike", "texts"):
            return "", None  # one that decides nothing by itself still weighs
        if not count.led:
            return "never_led", None
        if place.key == "like":
            return "", None
        return ("loose" if _is_loose(phrase, self._rulebook.words) else ""), None

    def _beside(self, place: PhraseList, phrase: str, count: _Count, gone: set[str]) -> str | None:
        """Return a phrase of the same list that stands wherever this one does; one within it, or observed often."""
        within = (each for each in place.phrases if each != phrase and each in phrase and is_plain(each + phrase))
        observed = (other for other in place.phrases if count.fired >= OFTEN and other in (count.beside or ()))
        return next((other for other in (*within, *observed) if other not in gone), None)


class Hits:
    """Finds which phrases of which lists of a file stand in a text."""

    def __init__(self, rulebook: Rulebook, places: Iterable[PhraseList]) -> None:
        self._rulebook = rulebook
        self._of: dict[str, list[PhraseList]] = {}
        for place in places:
            for phrase in place.phrases:
                self._of.setdefault(phrase, []).append(place)

    def of(self, text: str) -> Iterator[tuple[PhraseList, Mapping[str, str]]]:
        """Yield the lists of which phrases stand in a text, counted or not, each with its words there."""
        found: dict[tuple[str, str], tuple[PhraseList, dict[str, str]]] = {}
        for pattern, evidence in read(self._rulebook, text).found.items():
            for place in self._of.get(pattern, ()):
                found.setdefault((place.path, place.key), (place, {}))[1][pattern] = evidence.phrase
        yield from found.values()


def places_of(rulebook: Rulebook) -> Iterator[PhraseList]:
    """Yield every list of phrases of a rulebook by which a text is decided or screened."""
    for name, field in rulebook.fields.items():
        for value in field.values.values():
            yield from _lists(f"fields.{name}.values.{value.id}", name, value.id, value.match, value.unless)
    for kind in rulebook.kinds.values():
        yield from _lists(f"kinds.{kind.id}", "kind", kind.id, kind.match, kind.unless)
        yield from _of_conditions(f"kinds.{kind.id}.when", "kind", kind.id, kind.when)
    for category in rulebook.categories.values():
        path = f"categories.{category.id}"
        yield from _lists(path, "category", category.id, category.match, category.unless)
        yield from _of_conditions(f"{path}.when", "category", category.id, category.when)
    for name, priority in rulebook.priorities.items():
        yield from _of_conditions(f"priorities.{name}.when", "priority", name, priority.when)
    for number, entry in enumerate(rulebook.assignment, 1):
        yield from _of_conditions(f"assignment[{number}].when", "owner", entry.to.partition("/")[0], entry.when)
    for name, ground in rulebook.intake.invalid.items():
        yield from _lists(f"intake.invalid.{name}", SCREENED, name, ground.match)
    if rulebook.intake.vague:
        yield from _lists("intake.vague", SCREENED, "vague", rulebook.intake.vague.match)


def _sampled(rulebook: Rulebook) -> Iterator[PhraseList]:
    """Yield the lists of samples by which a text is decided; each speaks for what the first gives that asks for it."""
    for name, samples in rulebook.samples.items():
        first = next((one for one in asking(rulebook) if one.asks_for(name)), None)
        if first is not None:
            for key, texts in (("like", samples.like), ("unlike", samples.unlike)):
                yield PhraseList(f"samples.{name}", key, first.field, first.value, tuple(dict.fromkeys(texts)))
    default = rulebook.default.category
    for name, topic in rulebook.topics.items():
        having = (category.id for category in rulebook.categories.values() if name in category.topics)
        yield PhraseList(f"topics.{name}", "texts", "category", next(having, default), topic.texts)


def _of_conditions(path: str, field: str, value: str, conditions: Iterable[Condition]) -> Iterator[PhraseList]:
    """Yield the lists of conditions, however deep; what must not hold rules out."""
    for number, condition in enumerate(conditions, 1):
        yield from _of_condition(f"{path}[{number}]", field, value, condition)


def _of_condition(path: str, field: str, value: str, condition: Condition) -> Iterator[PhraseList]:
    yield from _lists(path, field, value, condition.match, condition.unless)
    yield from _of_conditions(f"{path}.any", field, value, condition.any)
    yield from _of_conditions(f"{path}.all", field, value, condition.all)
    if condition.none is not None:
        for place in _of_condition(f"{path}.not", field, value, condition.none):
            yield place.but(key="unless" if place.key == "match" else "match")


def _lists(path: str, field: str, value: str, match: Sequence[str], unless: Sequence[str] = ()) -> Iterator[PhraseList]:
    for key, phrases in (("match", match), ("unless", unless)):
        if phrases:
            yield PhraseList(path, key, field, value, tuple(dict.fromkeys(phrases)))


def _screened(rulebook: Rulebook, text: str, *, classified: bool) -> list[Finding]:
    """Return what a text looks like as a finding; of several grounds the first."""
    return [
        Finding(SCREENED, doubt.ground or doubt.outcome, "rule", doubt.rule, doubt.phrases)
        for doubt in suspicions(rulebook, text, classified=classified)[:1]
    ]


def _leads(place: PhraseList, words: str, finding: Finding) -> bool:
    """Tell whether the words of a list's phrase are part of what decided."""
    rule = (finding.rule or "").removesuffix(".match")
    return words in finding.phrases and (place.path == rule or place.path.startswith((f"{rule}.", f"{rule}[")))


def _is_loose(phrase: str, groups: Words) -> bool:
    """Tell whether a single sign stands beside a wide gap in a pattern: it is in nearly every long sentence."""
    return any(
        after.gap >= WIDE and 1 in (len(word) for part in (before, after) for word in part.words or ())
        for way in ways_of(phrase, groups)
        for before, after in pairwise(way)
    )


class _Count:
    """What a phrase did so far."""

    __slots__ = ("beside", "confirmed", "corrected", "fired", "instead", "led")

    def __init__(self) -> None:
        self.fired = self.led = self.confirmed = self.corrected = 0
        self.beside: set[str] | None = None  # phrases of its list that stood wherever it did
        self.instead = Counter[str]()  # what decided where it did not, as often

    def stood_beside(self, others: Iterable[str]) -> None:
        """Note the other phrases of its list in a text."""
        self.beside = {*others} if self.beside is None else self.beside.intersection(others)

    def lead(self, finding: Finding, judged: Judged) -> None:
        """Note that it was part of what decided, and what people made of that."""
        self.led += 1
        said = judged.said.get(finding.field)
        self.corrected += said is not None and said != finding.value
        self.confirmed += (judged.stands.get(finding.field) if said is None else said) == finding.value
