"""What another rulebook would have made of past cases, counted against what the desk has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache

from afterservice_cli.cases.case import Case, Recorded, standing
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.values import PLACED, TASK, DeadlineKey
from afterservice_cli.decisions.supposed import counts_as, said_by_people, said_by_rules, supposed
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.model import Rulebook

NONE = ""  # for a deadline that there is not
VERDICTS = ("met", "missed", "running")


class Move(Frozen):
    """So many cases of which the rules say another value, or a deadline goes otherwise: from what to what."""

    was: str
    now: str
    count: int
    cases: Sequence[str]


class FieldMoves(Frozen):
    """A field: in how many cases the rules gave it a value, in how many of them it is another one now, and which."""

    field: str
    decided: int
    moved: int
    moves: Sequence[Move]


class TargetMoves(Frozen):
    """A target: how many of its deadlines were met, missed or are running, then and now, and which go otherwise."""

    target: str
    was: Mapping[str, int]
    now: Mapping[str, int]
    moves: Sequence[Move]


class Correction(Frozen):
    """So many cases in which people gave a field another value than the rules did, or than the rulebook gives now.

    `was` is what the rules said, `said` what people made of it, `now` what the rulebook says; it is `confirmed` if that
    is what people said.
    """

    field: str
    was: str
    said: str
    now: str
    confirmed: bool
    count: int
    cases: Sequence[str]


class Backtest(Frozen):
    """What a rulebook would have made of the desk's cases: what `rules backtest --json` prints.

    So many cases were `tried`; left out are those that were taken out, and those of which what was personal is erased,
    their text with it. `moved` have another category, priority, owner or value of a field.
    """

    rulebook: str
    name: str
    since: str | None
    tried: int
    moved: int
    taken_out: int
    erased: int
    fields: Sequence[FieldMoves]
    deadlines: Sequence[TargetMoves]
    corrections: Sequence[Correction]

    @property
    def confirmed(self) -> int:
        """Count the corrections by people that the rulebook confirms."""
        return sum(each.count for each in self.corrections if each.confirmed)

    @property
    def contradicted(self) -> int:
        """Count what people said, and the rulebook says otherwise."""
        return sum(each.count for each in self.corrections if not each.confirmed)


class Tried:
    """Cases tried by a rulebook one after the other; what is kept of each is a count, and its number if `numbers`."""

    def __init__(
        self, rulebook: Rulebook, rulebook_of: Callable[[str], Rulebook], now: datetime, *, numbers: bool
    ) -> None:
        """Begin without cases; `rulebook_of` gives a rulebook by the hash under which an event was recorded."""
        self._rulebook, self._now, self._numbers = rulebook, now, numbers
        self._alike = cache(lambda digest: counts_as(rulebook, rulebook_of(digest)))
        self._tried = self._moved = self._taken_out = self._erased = 0
        self._decided: dict[str, int] = dict.fromkeys(PLACED, 0)
        self._moves: dict[tuple[str, ...], _Tally] = {}
        self._verdicts: dict[str, dict[str, list[int]]] = {}
        self._turned: dict[tuple[str, ...], _Tally] = {}
        self._corrections: dict[tuple[str, ...], _Tally] = {}

    def add(self, events: Sequence[Recorded]) -> None:
        """Count what the rulebook makes of the case that these events make."""
        case = fold(events)
        if case.status == "void":
            self._taken_out += 1
        elif case.erased or case.description is None:
            self._erased += 1
        else:
            self._tried += 1
            self._compare(case)

    def result(self, since: str | None) -> Backtest:
        """Return what was counted: what moves most often first, targets in the order of the rulebook."""
        fields = [
            FieldMoves(field, decided, sum(move.count for move in moves), moves)
            for field, decided in self._decided.items()
            for moves in [_moves(self._moves, field)]
        ]
        rank = {name: number for number, name in enumerate(self._rulebook.targets)}
        targets = sorted(self._verdicts, key=lambda name: (rank.get(name, len(rank)), name))
        corrections = [
            Correction(field, was, people, now, people == now, each.count, each.cases)
            for (field, was, people, now), each in sorted(
                self._corrections.items(), key=lambda item: (-item[1].count, item[0])
            )
        ]
        return Backtest(
            rulebook=self._rulebook.hash,
            name=self._rulebook.name,
            since=since,
            tried=self._tried,
            moved=self._moved,
            taken_out=self._taken_out,
            erased=self._erased,
            fields=fields,
            deadlines=[self._target(name) for name in targets],
            corrections=corrections,
        )

    def _target(self, name: str) -> TargetMoves:
        was, now = ({word: counts[when] for word, counts in self._verdicts[name].items()} for when in (0, 1))
        return TargetMoves(name, was, now, _moves(self._turned, name))

    def _compare(self, case: Case) -> None:
        other = supposed(case, self._rulebook, self._alike)
        events = [recorded.event for recorded in standing(case.events)]
        was, people = said_by_rules(events), said_by_people(events)
        moved = False
        for field in dict.fromkeys((*was, *other.said)):
            before, after = (said[field].value if field in said else "" for said in (was, other.said))
            self._decided[field] = self._decided.get(field, 0) + 1
            if before != after:
                moved = True
                self._note(self._moves, (field, before, after), case)
            if field in people and not before == people[field] == after:
                self._note(self._corrections, (field, before, people[field], after), case)
        self._moved += moved
        self._time(case, other.case)

    def _time(self, case: Case, other: Case) -> None:
        """Count how the deadlines of targets went, and would have gone."""
        if case.deadlines == other.deadlines:
            for deadline in case.deadlines:
                self._count(deadline.spec.target, _verdict(deadline.verdict(self._now)), (1, 1))
            return
        was, now = (self._verdicts_of(each) for each in (case, other))
        for key in {**was, **now}:
            target, before, after = key[0], was.get(key, NONE), now.get(key, NONE)
            self._count(target, before, (1, 0))
            self._count(target, after, (0, 1))
            if before != after:
                self._note(self._turned, (target, before, after), case)

    def _verdicts_of(self, case: Case) -> dict[DeadlineKey, str]:
        return {deadline.spec.key: _verdict(deadline.verdict(self._now)) for deadline in case.deadlines}

    def _count(self, target: str, verdict: str, by: tuple[int, int]) -> None:
        if verdict == NONE or target.startswith(TASK):
            return
        counts = self._verdicts.setdefault(target, {word: [0, 0] for word in VERDICTS})[verdict]
        counts[0] += by[0]
        counts[1] += by[1]

    def _note(self, counted: dict[tuple[str, ...], _Tally], key: tuple[str, ...], case: Case) -> None:
        counted.setdefault(key, _Tally()).add(case.number if self._numbers else "")


class _Tally:
    """How often something was found, and in which cases if that is asked for."""

    __slots__ = ("cases", "count")

    def __init__(self) -> None:
        self.count, self.cases = 0, list[str]()

    def add(self, number: str) -> None:
        """Count one more, in the case of this number; "" if nobody asks in which."""
        self.count += 1
        if number and self.cases[-1:] != [number]:
            self.cases.append(number)


def _moves(counted: Mapping[tuple[str, ...], _Tally], of: str) -> list[Move]:
    """Return the moves of a field or a target, what moves most often first."""
    its = ((key, each) for key, each in counted.items() if key[0] == of)
    found = [Move(was, now, each.count, each.cases) for (_, was, now), each in its]
    return sorted(found, key=lambda move: (-move.count, move.was, move.now))


def _verdict(word: str) -> str:
    """Return what has become of a deadline in one of three words; NONE for what nobody demands any more."""
    return {"paused": "running", "void": NONE}.get(word, word)
