"""What a new case looks like: invalid, too vague, or the same as an earlier one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from afterservice_cli.cases.case import AT_WORK, Case
from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import contacts_in
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import screened
from afterservice_cli.time.durations import parse_duration

COMPARED = 100  # how many earlier cases with the same value of one fact a case is compared with, the newest
KEPT = 5_000  # how many earlier cases are kept to compare later ones with

Like = tuple[str, list[str], int]  # another case's number, what both share, and how alike the texts are in per cent


class Suspicion(Frozen):
    """What a text looks like: `vague`, or `invalid` on some ground, by the rulebook's phrases in it."""

    outcome: str
    ground: str | None
    phrases: tuple[str, ...]

    @property
    def rule(self) -> str:
        """Return where the rulebook has those phrases."""
        return f"intake.invalid.{self.ground}.match" if self.ground else "intake.vague.match"


def suspicions(rulebook: Rulebook, text: str, *, classified: bool) -> list[Suspicion]:
    """Return what a new case looks like to the rulebook: invalid, and on which grounds, or vague."""
    seen = screened(rulebook, text)
    found = [
        Suspicion("invalid", ground, phrases)
        for ground, entry in rulebook.intake.invalid.items()
        if (phrases := tuple(seen.phrases(entry.match)))
    ]
    vague = rulebook.intake.vague
    if vague and not classified and seen.length <= vague.at_most:
        phrases = tuple(seen.phrases(vague.match))
        if phrases:
            found.append(Suspicion("vague", None, phrases))
    return found


class Told(Frozen):
    """What a case tells, as far as likeness goes.

    Only one that is `asked` about may look like anything, and only one to be `compared` may look like an earlier one.
    """

    number: str
    at: datetime
    facts: Mapping[str, str | None]
    text: str
    classified: bool
    asked: bool = True
    compared: bool = True


def told_by(case: Case) -> Told:
    """Return what a new case tells."""
    asked = case.status in AT_WORK
    return Told(case.number, case.registered_at, case.every_fact(), case.text(), case.classified, asked)


class Suspect(Frozen):
    """A case that looks like none, or tells too little, or what was told before: most alike first."""

    told: Told
    alike: Sequence[Like]
    doubts: Sequence[Suspicion]


Looking = Callable[[Told], Sequence[Suspicion]]


def suspects(rulebook: Rulebook, cases: Iterable[Told], looks: Looking | None = None) -> Iterator[Suspect]:
    """Yield those of the cases that look like something, all of which come in the order in which they came in.

    It is one pass in bounded memory: a case is compared with the newest COMPARED of the last KEPT that share a fact.
    `looks` tells what a case looks like, by default as its text does.
    """
    earlier = Earlier(rulebook)
    looks = looks or (lambda told: suspicions(rulebook, told.text, classified=told.classified))
    for told in cases:
        alike = earlier.like(told)
        doubts = looks(told) if told.asked else []
        if alike or doubts:
            yield Suspect(told, alike, doubts)


class Earlier:
    """The cases that came before, by what `intake.duplicates` of the rulebook says that two cases share."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rules, self._calendar = rulebook.intake.duplicates, rulebook.calendar
        self._within = parse_duration(self._rules.within) if self._rules else None
        self._by_fact: dict[tuple[str, str], deque[_Compared]] = {}
        self._all: deque[_Compared] = deque()
        self._count = 0

    def like(self, told: Told) -> list[Like]:
        """Return the earlier cases that a case is likely the same as, most alike first, and keep it for later ones."""
        if not self._rules:
            return []
        mine = _Compared(told, tuple(self._rules.same))
        found = []
        if told.asked and told.compared:
            for other in {other for key in mine.keys for other in self._by_fact.get(key, ())}:
                percent = mine.alike(other, self._rules.alike)
                if percent >= self._rules.alike and self._near(other.told.at, told.at):
                    found.append((percent, other.place, other))
        self._keep(mine)
        return [(other.told.number, mine.shares(other), percent) for percent, _, other in sorted(found, reverse=True)]

    def _near(self, earlier: datetime, later: datetime) -> bool:
        return self._within is not None and self._calendar.add(earlier, self._within) >= later

    def _keep(self, one: _Compared) -> None:
        """Keep a case to compare later ones with; beyond so many the oldest is forgotten."""
        one.place = self._count = self._count + 1
        for key in one.keys:
            self._by_fact.setdefault(key, deque(maxlen=COMPARED)).append(one)
        self._all.append(one)
        if len(self._all) > KEPT:
            oldest = self._all.popleft()
            for key in oldest.keys:
                kept = self._by_fact[key]
                if kept[0] is oldest:
                    kept.popleft()
                if not kept:
                    del self._by_fact[key]


class _Compared:
    """A case that others are compared with, at its place among them."""

    place = 0

    def __init__(self, told: Told, names: Sequence[str]) -> None:
        self.told, self._names = told, names
        self.keys = {(name, value) for name in names for value in _values(name, told.facts.get(name))}

    @cached_property
    def _pairs(self) -> set[str]:
        return _pairs(self.told.text)

    def shares(self, other: _Compared) -> list[str]:
        """Return which facts both share, in the rulebook's order."""
        common = {name for name, _ in self.keys & other.keys}
        return [name for name in self._names if name in common]

    def alike(self, other: _Compared, least: int) -> int:
        """Return how alike the texts are as `alike` does, 0 if that is less than `least` by their lengths alone."""
        first, second = self._pairs, other._pairs
        if not first or not second:
            return alike(self.told.text, other.told.text)
        both = len(first) + len(second)
        if 200 * min(len(first), len(second)) < (least - 1) * both:
            return 0
        return round(200 * len(first & second) / both)


def alike(one: str, other: str) -> int:
    """Return how alike two texts are, 0 to 100: the share of letter pairs they have in common (Dice's coefficient)."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 100 if normal(one) == normal(other) else 0
    return round(200 * len(first & second) / (len(first) + len(second)))


def _values(name: str, fact: str | None) -> set[str]:
    """Return the values of a fact as they are compared: two facts are the same if they have one in common."""
    if fact and name == "contact":
        return set(contacts_in(normal(fact)))
    values = {normal(value).replace(" ", "").replace("-", "") for value in fact.split(SEVERAL)} if fact else set()
    return values - {""}


def _pairs(text: str) -> set[str]:
    letters = [letter for letter in normal(text) if letter.isalnum()]
    return {first + second for first, second in pairwise(letters)}
