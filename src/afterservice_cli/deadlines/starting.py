"""When the clocks of a case begin: with its registration, a date, an event, and again with each round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import PROMISED, Deadline, DeadlineSpec
from afterservice_cli.deadlines.specs import dated, is_provisional, spec_of
from afterservice_cli.durations import parse_duration
from afterservice_cli.rulebook.model import Allowance, Facts, Rulebook
from afterservice_cli.rulebook.sections import Target
from afterservice_cli.worktime import Span


def begin(
    rulebook: Rulebook,
    first_at: Mapping[str, datetime],
    facts: Facts,
    cycle: int,
    stops: Sequence[Span] = (),
) -> list[DeadlineSpec]:
    """Return the deadlines of the targets whose clock an event of `first_at`, or a date in `facts`, has started."""
    found = []
    for name, target in rulebook.targets.items():
        # What runs from a date of the case, such as the sale, does not run again for a second cycle.
        start = first_at.get(target.start) or (dated(rulebook, target.start, facts) if cycle == 1 else None)
        allowance = rulebook.allowance(name, facts)
        if start is not None and allowance is not None:
            found.append(spec_of(rulebook, allowance, cycle, start, stops))
    return found


def begun(case: Case, events: Iterable[Event], rulebook: Rulebook) -> list[Event]:
    """Return the events with the deadlines that each of them starts: those of targets whose `from` is its word.

    A target starts once in a cycle, with the first such event, even if that is recorded after a second one; a target
    that repeats has rounds (see `_rounds`).
    """
    found: list[Event] = []
    for event in events:
        word = event.word
        after = evolve(case, event, rulebook.hash)
        specs = tuple(_begun_by(after, word, event.at, rulebook))
        if specs:
            event = event.but(deadlines=(*event.deadlines, *specs))
            after = evolve(case, event, rulebook.hash)
        found.append(event)
        case = after
    return found


def _begun_by(case: Case, word: str, at: datetime, rulebook: Rulebook) -> Iterator[DeadlineSpec]:
    if case.status == "void":
        return  # what the screening took out is owed nothing
    for name, target in rulebook.targets.items():
        if word not in ((target.start, *target.until) if target.repeats else (target.start,)):
            continue
        allowance = rulebook.allowance(name, case.facts())
        if allowance is None:
            continue
        if target.repeats:
            yield from _rounds(case, allowance, rulebook, word, at)
            continue
        earlier = _of_target(case, name)
        last = max(earlier, key=lambda deadline: deadline.spec.occurrence, default=None)
        if last is None or last.outcome == "void":
            yield spec_of(rulebook, allowance, case.cycle, at, case.stops)
        elif at < last.spec.from_at and last.unanswered and last.spec.rule != PROMISED:
            yield spec_of(rulebook, allowance, case.cycle, at, case.stops, last.spec.occurrence)


def _of_target(case: Case, name: str) -> list[Deadline]:
    return [d for d in case.deadlines if d.spec.target == name and d.spec.cycle == case.cycle]


def _rounds(case: Case, allowance: Allowance, rulebook: Rulebook, word: str, at: datetime) -> Iterator[DeadlineSpec]:
    """Yield the rounds that an event at `at` begins or moves: each begins with the first `from` after the last answer.

    Answers and questions may be recorded late, so the times count, not the order in which they were recorded: a round
    that was over before it was known is added, a running one that began earlier than was known is moved. What happened
    before the target was demanded begins no round.
    """
    target = rulebook.targets[allowance.target]
    had = sorted(
        (d for d in _of_target(case, allowance.target) if d.outcome != "void"), key=lambda d: d.spec.occurrence
    )
    known = {deadline.spec.from_at: deadline for deadline in had}
    now_recorded = at if word == target.start else None
    first = min((*known, *([now_recorded] if now_recorded else [])), default=None)
    starts = list(_starts(case, target, known, first, now_recorded))
    # A round that runs from a time at which none begins is moved to the first start that has no round yet.
    loose = [d.spec.occurrence for d in had if d.unanswered and d.spec.from_at not in starts]
    number = next_number(had)
    for start in starts:
        if start in known or start < at:
            continue
        occurrence, number = (loose.pop(), number) if loose else (number, number + 1)
        yield spec_of(rulebook, allowance, case.cycle, start, case.stops, occurrence)


def running_round(case: Case, allowance: Allowance, rulebook: Rulebook) -> Iterator[DeadlineSpec]:
    """Yield the open round of a target that is demanded only now, or again; nothing if it has none.

    Rounds that went by meanwhile are left out: nothing was demanded then.
    """
    target = rulebook.targets[allowance.target]
    had = [d for d in _of_target(case, allowance.target) if d.outcome != "void"]
    known = {deadline.spec.from_at: deadline for deadline in had}
    starts = list(_starts(case, target, known, min(case.happened.get(target.start, ()), default=None)))
    if starts and starts[-1] not in known and not any(at > starts[-1] for at in case.times(target.until)):
        yield spec_of(rulebook, allowance, case.cycle, starts[-1], case.stops, next_number(had))


def _starts(
    case: Case,
    target: Target,
    known: Mapping[datetime, Deadline],
    first: datetime | None,
    now_recorded: datetime | None = None,
) -> Iterator[datetime]:
    """Yield when the rounds of a target begin, from the `first` on, by the times of its events in this cycle.

    A question at the very moment of an answer begins a round if it is `now_recorded`, or began a round before.
    """
    round_and_round = target.start in target.until
    if round_and_round and case.status in ("resolved", "confirmed", *ENDED):
        return  # the next news for the customer is owed no longer
    begins, ends = case.happened.get(target.start, ()), case.times(target.until)
    start = first
    while start is not None:
        yield start
        answered = known[start].ended_at if start in known else min((at for at in ends if at > start), default=None)
        if answered is None:
            return
        same = round_and_round or answered == now_recorded or (answered in known and answered != start)
        later = (at for at in begins if at > start and (at > answered or (at == answered and same)))
        start = min(later, default=None)


def next_number(earlier: Iterable[Deadline]) -> int:
    """Return the number of a target's next deadline in a cycle."""
    # Not their count: an event that was taken back leaves a gap.
    return max((deadline.spec.occurrence for deadline in earlier), default=0) + 1


def single(rulebook: Rulebook, allowance: Allowance, case: Case, at: datetime, start: str, until: str) -> DeadlineSpec:
    """Return the deadline of a plan's step or a second visit, which no target sets; pauses stop its clock."""
    target, duration = allowance.target, allowance.duration
    due = rulebook.calendar.add(at, parse_duration(duration), case.stops)
    later = is_provisional(rulebook, duration, at, due)
    number = next_number([d for d in case.deadlines if d.spec.target == target and d.spec.cycle == case.cycle])
    return DeadlineSpec(target, case.cycle, at, duration, due, (until,), True, later, allowance.rule, start, number)


def next_due(case: Case) -> Deadline | None:
    """Return the open deadline of the running cycle that is due first; None if there is none."""
    waiting = [d for d in case.deadlines if d.unanswered and d.spec.cycle == case.cycle]
    return min(waiting, key=lambda deadline: deadline.spec.due_at, default=None)
