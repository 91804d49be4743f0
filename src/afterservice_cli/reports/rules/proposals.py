"""Phrases that a rulebook's past cases propose: what each would put right, and what it would spoil."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from afterservice_cli.cases.case import Case
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.rules.audit import judged_case
from afterservice_cli.reports.rules.candidates import Candidate, PastCase, candidates
from afterservice_cli.reports.rules.gaining import LEAST_FIXED, Gains, chosen, standing
from afterservice_cli.rulebook.matching import find
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.phrases.pieces import GAP
from afterservice_cli.rulebook.phrases.seen import read

ENOUGH = (
    20  # cases that people placed otherwise than the rules, or that no rule decided, from which on phrases are sought
)
MOST = 20  # phrases that are proposed at once
HALVES = ("earlier", "later")


class Half(Frozen):
    """What a phrase is in one half of the cases: in how many it stands, of which people put `placed` into its category,
    and the numbers of those that are decided as people did only with it (`fixed`), and only without it (`broken`).
    """

    cases: int
    placed: int
    fixed: Sequence[str]
    broken: Sequence[str]


class PhraseProposal(Frozen):
    """A phrase that may speak for a category, found in one half of the cases and tried on the other.

    Each figure is that of the phrase alone, added to the file as it is; `moved` are cases of which nobody said what
    they are about.
    """

    phrase: str
    category: str
    found: str
    earlier: Half
    later: Half
    moved: Sequence[str]

    @property
    def halves(self) -> tuple[Half, Half]:
        """Return what it is in the half in which it was found, then in the other."""
        return (self.earlier, self.later) if self.found == HALVES[0] else (self.later, self.earlier)

    @property
    def cases(self) -> int:
        """Count the cases in which it stands of which somebody said what they are about."""
        return self.earlier.cases + self.later.cases

    @property
    def placed(self) -> int:
        """Count those of them that people put into its category."""
        return self.earlier.placed + self.later.placed

    @property
    def fixed(self) -> int:
        """Count the cases that it puts right."""
        return len(self.earlier.fixed) + len(self.later.fixed)

    @property
    def broken(self) -> int:
        """Count the cases that it spoils."""
        return len(self.earlier.broken) + len(self.later.broken)

    @property
    def net(self) -> int:
        """Return how many cases more it puts right than it spoils."""
        return self.fixed - self.broken


class Whole(Frozen):
    """What all proposals do together: how many cases are decided as people did before and after, and which others."""

    before: int
    after: int
    fixed: Sequence[str]
    broken: Sequence[str]
    moved: Sequence[str]


class Proposals(Frozen):
    """What `rules suggest --json` prints: from how many cases that people placed, of how many that the rules missed."""

    rulebook: str
    judged: int
    missed: int
    proposals: Sequence[PhraseProposal]
    together: Whole

    @property
    def phrases(self) -> Mapping[str, Sequence[str]]:
        """Return the phrases by category."""
        found: dict[str, list[str]] = {}
        for each in self.proposals:
            found.setdefault(each.category, []).append(each.phrase)
        return found


class Stood(Frozen):
    """A case in which a proposed phrase stands: in which half, what it does there, and what the case is about by whom.

    `effect` is `fixed`, `broken`, or "" if the phrase changes nothing that people said.
    """

    case: str
    half: str
    effect: str
    people: str
    before: str
    after: str
    text: str


class Other(Frozen):
    """A past case of which nobody said what it is about."""

    number: str
    text: str
    facts: Facts


class Proposer:
    """Takes past cases one after the other, and finds what phrases they propose for a rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._leaves = {*rulebook.leaves()}
        self._samples: list[PastCase] = []
        self._standing: Mapping[str, Sequence[int]] = {}
        self._beside: Mapping[str, Sequence[int]] = {}
        self._others: list[Other] = []
        self._names = {title for person in rulebook.people.values() for title in person.title.values()}

    @property
    def judged(self) -> int:
        """Count the cases of which somebody said what they are about."""
        return len(self._samples)

    @property
    def missed(self) -> int:
        """Count the cases that people placed otherwise than the rules do, or that no rule decides."""
        return sum(sample.missed for sample in self._samples)

    def add(self, case: Case) -> None:
        """Take a case; nothing of one that was taken out, or whose text is erased."""
        told = judged_case(case, self._rulebook) if case.status != "void" else None
        if told is None:
            return
        self.know(name for name in (case.customer, case.contact, *case.details.values()) if isinstance(name, str))
        category = told.judged.said.get("category")
        if category is None and case.classified:
            category = told.judged.stands.get("category")
        facts = told.facts
        if category not in self._leaves:
            self._others.append(Other(case.number, told.text, facts))
            return
        customer = case.customer_id or case.number
        self.judge(PastCase(case.number, case.registered_at, customer, told.text, facts, category))

    def know(self, names: Iterable[str]) -> None:
        """Take names of people, of which nothing shall show."""
        self._names |= {*names}

    def judge(self, sample: PastCase) -> None:
        """Take a case of which somebody said what it is about."""
        missed = _decided(self._rulebook, sample.text, sample.facts) != sample.category
        self._samples.append(sample.but(missed=missed))

    def result(self) -> Proposals:
        """Return what is proposed, what puts most right first."""
        self._samples.sort(key=lambda sample: (sample.at, sample.number))
        found = [each for each in candidates(self._samples, self._names) if not self._says(each)]
        gains = Gains(self._rulebook, self._samples, (each.pattern for each in found))
        picked = self._chosen(found, gains)
        patterns = [each.pattern for each in picked]
        self._standing = {pattern: gains.standing[pattern] for pattern in patterns}
        self._beside = standing(self._rulebook, patterns, (other.text for other in self._others))
        return self._proposals([made for each in picked if self._is_worth(made := self._proposal(each))])

    def only(self, every: Proposals, numbers: Sequence[int]) -> Proposals:
        """Return some of the proposals, by their numbers from 1 on, and what they do together."""
        return self._proposals([every.proposals[number - 1] for number in numbers])

    def stood(self, proposal: PhraseProposal) -> list[Stood]:
        """Return the cases in which a proposed phrase stands: those that it changes first."""
        book, middle = with_phrases(self._rulebook, {proposal.category: [proposal.phrase]}), self._middle
        found = []
        for place in self._standing[proposal.phrase]:
            sample = self._samples[place]
            before, after = (_decided(each, sample.text, sample.facts) for each in (self._rulebook, book))
            right = (before == sample.category, after == sample.category)
            effect = {(False, True): "fixed", (True, False): "broken"}.get(right, "")
            half = HALVES[place >= middle]
            found.append(Stood(sample.number, half, effect, sample.category, before, after, sample.text))
        return sorted(found, key=lambda each: ("fixed", "broken", "").index(each.effect))

    @property
    def _middle(self) -> int:
        """Return how many cases the earlier half has."""
        return (len(self._samples) + 1) // 2

    def _chosen(self, found: Sequence[Candidate], gains: Gains) -> list[Candidate]:
        """Return what is worth it in the half in which it is found, helps in the other, and adds to others."""
        kept: dict[tuple[str, str], Candidate] = {}
        for half in (0, 1):
            for each in chosen(gains.anew(), [each for each in found if each.half == half], half):
                other = gains.of(each, 1 - half)
                if other.net > 0:
                    kept.setdefault((each.pattern, each.category), each)
        return chosen(gains.anew(), [*kept.values()])[:MOST]

    def _proposal(self, candidate: Candidate) -> PhraseProposal:
        """Return what a phrase does: each case in which it stands is decided anew with it."""
        book = with_phrases(self._rulebook, {candidate.category: [candidate.pattern]})
        halves, middle = (_Trial(), _Trial()), self._middle
        for place in self._standing[candidate.pattern]:
            halves[place >= middle].add(self._samples[place], candidate.category, book)
        moved = self._moved([candidate.pattern], book)
        earlier, later = (half.half() for half in halves)
        return PhraseProposal(candidate.pattern, candidate.category, HALVES[candidate.half], earlier, later, moved)

    def _proposals(self, proposals: Sequence[PhraseProposal]) -> Proposals:
        every = Proposals(self._rulebook.hash, self.judged, self.missed, proposals, Whole(0, 0, (), (), ()))
        book, counted = with_phrases(self._rulebook, every.phrases), _Trial()
        patterns = [each.phrase for each in proposals]
        for place in sorted({place for pattern in patterns for place in self._standing[pattern]}):
            counted.add(self._samples[place], "", book)
        before = self.judged - self.missed
        fixed, broken = counted.fixed, counted.broken
        together = Whole(before, before + len(fixed) - len(broken), fixed, broken, self._moved(patterns, book))
        return every.but(together=together)

    def _says(self, candidate: Candidate) -> bool:
        """Tell whether a phrase of the category says all of a pattern already."""
        number = [*self._rulebook.categories].index(candidate.category)
        words = candidate.pattern.replace(GAP, "")
        speaking = read(self._rulebook, words).speaking().get(number, ())
        return any((0, len(words)) in one.places for one in speaking)

    def _is_worth(self, proposal: PhraseProposal) -> bool:
        """Tell whether a phrase, tried in earnest, does by itself what was reckoned."""
        return proposal.fixed >= LEAST_FIXED and proposal.net > 0

    def _moved(self, patterns: Iterable[str], book: Rulebook) -> list[str]:
        """Return the cases that nobody has placed, in which one of some patterns stands, and that move."""
        others = [self._others[place] for place in sorted({p for pattern in patterns for p in self._beside[pattern]})]
        was, now = ([_decided(each, o.text, o.facts) for o in others] for each in (self._rulebook, book))
        return [other.number for other, old, new in zip(others, was, now, strict=True) if old != new]


class _Trial:
    def __init__(self) -> None:
        self.cases = self.placed = 0
        self.fixed, self.broken = list[str](), list[str]()

    def add(self, sample: PastCase, category: str, book: Rulebook) -> None:
        """Count a case as a rulebook decides it."""
        self.cases += 1
        self.placed += sample.category == category
        right = _decided(book, sample.text, sample.facts) == sample.category
        if right == sample.missed:
            (self.fixed if right else self.broken).append(sample.number)

    def half(self) -> Half:
        return Half(self.cases, self.placed, self.fixed, self.broken)


def with_phrases(rulebook: Rulebook, phrases: Mapping[str, Sequence[str]]) -> Rulebook:
    """Return a rulebook in which further phrases speak for categories."""
    changed = {
        name: category.but(match=(*category.match, *phrases[name])) if name in phrases else category
        for name, category in rulebook.categories.items()
    }
    return rulebook.but(categories=changed)


def _decided(rulebook: Rulebook, text: str, facts: Facts) -> str:
    """Return the category that a rulebook gives a case."""
    return find(rulebook, text, facts).category.value
