"""When the clocks of a case begin: with its registration, a date, an event, and again with each round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from afterservice_cli.cases.case import ENDED, SOLVED, Case, Event
from afterservice_cli.cases.effects import BEGINNING, missed
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import (
    ANYBODY,
    HANDED_OVER,
    PERSON,
    PROMISED,
    Deadline,
    DeadlineSpec,
    TaskSpec,
    done_by,
)
from afterservice_cli.deadlines.specs import (
    Begins,
    allowed,
    circumstances,
    date_of,
    dated,
    fixed,
    goes_round,
    of_task,
    put,
    spec_of,
)
from afterservice_cli.rulebook.conditions import LOCAL, OTHERWISE, WITHIN
from afterservice_cli.rulebook.model import OF_ALLOWANCES, Allowance, Facts, Rulebook
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.targets import Target
from afterservice_cli.rulebook.vocabulary import PROMISE
from afterservice_cli.time.openings import Span

_REMEMBERED = 4096  # of what decides which deadlines a case has

# New specs, and the targets that are no longer demanded.
Change = tuple[tuple[DeadlineSpec, ...], tuple[str, ...]]


def begin(
    rulebook: Rulebook,
    first_at: Mapping[str, datetime],
    facts: Facts,
    cycle: int,
    stops: Sequence[Span] = (),
) -> list[DeadlineSpec]:
    """Return the deadlines of the targets whose clock an event of `first_at`, or a date in `facts`, has started."""
    found = []
    facts = {**facts, "cycle": str(cycle)}
    for allowance in _demanded(rulebook, facts):
        begins = _first(rulebook, rulebook.targets[allowance.target], first_at, facts, cycle)
        if begins is not None:
            found.append(spec_of(rulebook, allowance, begins, stops))
    return found


def _facts_of_targets(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the names of the facts on which the times of the targets hang."""
    asked = _asked(condition for target in rulebook.targets.values() for condition in target.conditions())
    return tuple(sorted({*OF_ALLOWANCES, *asked}))


def _demanded(rulebook: Rulebook, facts: Facts) -> Sequence[Allowance]:
    """Return the times that the targets give a case with these facts; many have alike what that hangs on."""
    known: dict[tuple[str | None, ...], Sequence[Allowance]] = rulebook.remembered.setdefault("demanded", {})
    decides = tuple(map(facts.get, rulebook.once("facts of targets", _facts_of_targets)))
    if decides not in known:
        if len(known) >= _REMEMBERED:
            known.clear()
        each = (allowed(rulebook, name, facts) for name in rulebook.targets)
        known[decides] = tuple(allowance for allowance in each if allowance is not None)
    return known[decides]


def _asked(conditions: Iterable[Condition]) -> Iterator[str]:
    """Yield the facts that conditions ask for, however deep."""
    for condition in (one for each in conditions for one in each.deep()):
        yield from (OTHERWISE, *condition.fields, *(LOCAL + name for name in condition.fields))
        yield from (WITHIN + limit for limit in condition.within)


def _first(
    rulebook: Rulebook, target: Target, first_at: Mapping[str, datetime], facts: Facts, cycle: int
) -> Begins | None:
    """Return where the clock of a target begins; None if it has not."""
    # What runs from a date of the case, such as the sale, does not run again for a second cycle.
    if len(target.starts) == 1 and (at := first_at.get(target.starts[0])):
        return Begins(cycle, at, target.starts[0])
    starts = ((first_at.get(word) or (dated(rulebook, word, facts) if cycle == 1 else None)) for word in target.starts)
    found = [Begins(cycle, at, word) for word, at in zip(target.starts, starts, strict=True) if at is not None]
    return min(found, key=lambda begins: begins.at, default=None)


def first_of(rulebook: Rulebook, at: datetime, facts: Facts, cycle: int) -> list[DeadlineSpec]:
    """Return the deadlines with which a cycle begins `at` that time.

    A date of the case that is over by then sets none.
    """
    found = begin(rulebook, dict.fromkeys(BEGINNING, at), facts, cycle)
    for name, target in rulebook.targets.items():
        due = date_of(rulebook, name, {**facts, "cycle": str(cycle)}, None) if target.at else None
        if due is not None and due > at:
            found.append(fixed(rulebook, name, Begins(cycle, at, "registered"), due, rulebook.counted_by(name, facts)))
    return found


def begun(case: Case, events: Iterable[Event], rulebook: Rulebook, actor: str = "") -> list[Event]:
    """Return the events with the deadlines that each of them starts: those of targets whose `from` has its word.

    A target starts once in a cycle, with the first such event, even if that is recorded after a second one; a target
    that repeats has rounds (see `_rounds`); a promise or a date that an event gives the case sets its deadline. If a
    target asks who did it, the event gets the roles of `actor`; without one it counts as done by whomever it should be.
    """
    found: list[Event] = []
    for event in events:
        begun_with, case = started(case, event, rulebook, actor)
        found.append(begun_with)
    return found


def started(case: Case, event: Event, rulebook: Rulebook, actor: str = "") -> tuple[Event, Case]:
    """Return one event with the deadlines that it starts, as `begun` does, and the case as it leaves it."""
    if _asks_who(case, event, rulebook):
        person = rulebook.person_of(actor)
        roles = (*rulebook.roles_of(person), f"{PERSON}{person}") if actor else (ANYBODY,)
        event = event.but(roles=event.roles or roles)
    after = evolve(case, event, rulebook.hash, actor)
    redated, dropped = _redated(case, after, event, rulebook)
    specs = (*_begun_by(after, event.word, event.at, rulebook), *redated)
    if specs or dropped:
        event = event.but(deadlines=(*event.deadlines, *specs), **_dropping(event, dropped))
        after = evolve(case, event, rulebook.hash, actor)
    return event, after


def _asks_who(case: Case, event: Event, rulebook: Rulebook) -> bool:
    """Tell whether it matters to a deadline of the case, or to a target, who did an event."""
    waiting = any(deadline.spec.by and event.word in deadline.spec.until for deadline in case.deadlines)
    return waiting or any(target.by and event.word in target.until for target in rulebook.targets.values())


def _dropping(event: Event, targets: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return {"dropped": (*event.dropped, *targets)} if "dropped" in event.__fields__ else {}


def _redated(before: Case, case: Case, event: Event, rulebook: Rulebook) -> Change:
    """Return what an event changes in the deadlines that dates of the case set: new specs, and the targets dropped."""
    if case.cycle != before.cycle or case.status in ENDED:
        return (), ()  # with a new cycle its beginning sets them
    dates = _dates(before, case, rulebook)
    if not dates:
        return (), ()
    specs: list[DeadlineSpec] = []
    dropped: list[str] = []
    was, facts = circumstances(before, rulebook), circumstances(case, rulebook)
    for name, date in dates.items():
        due = date_of(rulebook, name, facts, case.promised_at)
        if due == date_of(rulebook, name, was, before.promised_at):
            continue
        last = max(of_target(case, name), key=lambda deadline: deadline.spec.occurrence, default=None)
        late = bool(last and last.unanswered and missed(last, event.at))
        same_date = dated(rulebook, date, was) == dated(rulebook, date, facts)
        if late and same_date and (due is None or date != PROMISE):
            continue  # it was demanded when it was missed
        begins = Begins(case.cycle, event.at, event.word)
        if date != PROMISE:
            begins = Begins(case.cycle, case.first_at["registered"], "registered")
        if due is not None and due > begins.at:
            specs += _put_to(case, name, begins, due, rulebook, anew=late and date == PROMISE)
        elif last and last.unanswered:
            dropped.append(name)
    return tuple(specs), tuple(dropped)


def _dates(before: Case, case: Case, rulebook: Rulebook) -> Mapping[str, str]:
    """Return the targets that dates of the case set, each with its date; none if nothing changed that they ask for."""
    found = {name: target.at for name, target in rulebook.targets.items() if target.at is not None}
    promises = all(at == PROMISE and not rulebook.targets[name].when for name, at in found.items())
    return {} if promises and case.promised_at == before.promised_at else found


def _put_to(
    case: Case, name: str, begins: Begins, due: datetime, rulebook: Rulebook, *, anew: bool
) -> Iterator[DeadlineSpec]:
    """Yield the deadline of a target that a date of the case has set to `due`, unless it was answered.

    A date that was wrong was wrong from the beginning, so its deadline moves; a promise that had passed stays broken,
    and the next one sets another (`anew`).
    """
    had = of_target(case, name)
    last = max(had, key=lambda deadline: deadline.spec.occurrence, default=None)
    if last and last.unanswered and not anew:
        yield put(rulebook, last.spec, due)
    elif last is None or last.outcome == "void" or rulebook.targets[name].at == PROMISE:
        called = rulebook.counted_by(name, circumstances(case, rulebook))
        yield fixed(rulebook, name, begins, due, called, next_number(had))


def _begun_by(case: Case, word: str, at: datetime, rulebook: Rulebook) -> Iterator[DeadlineSpec]:
    if case.status == "void":
        return  # what the screening took out is owed nothing
    for name, target in rulebook.targets.items():
        if word not in ((*target.starts, *target.until) if target.repeats else target.starts):
            continue
        allowance = allowed(rulebook, name, circumstances(case, rulebook))
        if allowance is None:
            continue
        if target.repeats:
            yield from _rounds(case, allowance, rulebook, word, at)
            continue
        earlier = of_target(case, name)
        last = max(earlier, key=lambda deadline: deadline.spec.occurrence, default=None)
        begins = Begins(case.cycle, at, word)
        handed_over = case.happened.get(HANDED_OVER, ())[-1:] if target.restarts else ()
        if last is None or last.outcome == "void":
            yield spec_of(rulebook, allowance, begins, case.stops, next_number(earlier))
        elif at < last.spec.from_at and last.unanswered and last.spec.rule != PROMISED and not handed_over:
            yield spec_of(rulebook, allowance, begins, case.stops, last.spec.occurrence)


def of_target(case: Case, name: str) -> list[Deadline]:
    """Return the deadlines of a target in the running cycle."""
    return [d for d in case.deadlines if d.spec.target == name and d.spec.cycle == case.cycle]


def _rounds(case: Case, allowance: Allowance, rulebook: Rulebook, word: str, at: datetime) -> Iterator[DeadlineSpec]:
    """Yield the rounds that an event at `at` begins or moves: each begins with the first `from` after the last answer.

    Answers and questions may be recorded late, so the times count, not the order in which they were recorded: a round
    that was over before it was known is added, a running one that began earlier than was known is moved. What happened
    before the target was demanded begins no round.
    """
    target = rulebook.targets[allowance.target]
    had = sorted((d for d in of_target(case, allowance.target) if d.outcome != "void"), key=lambda d: d.spec.occurrence)
    known = {deadline.spec.from_at: deadline for deadline in had}
    now_recorded = at if word in target.starts else None
    first = min((*known, *([now_recorded] if now_recorded else [])), default=None)
    starts = list(_starts(case, target, known, first, now_recorded))
    # A round that runs from a time at which none begins is moved to the first start that has no round yet.
    loose = [d.spec.occurrence for d in had if d.unanswered and d.spec.from_at not in starts]
    number = next_number(had)
    for start in starts:
        if start in known or start < at:
            continue
        occurrence, number = (loose.pop(), number) if loose else (number, number + 1)
        yield spec_of(rulebook, allowance, _begins(case, target, start), case.stops, occurrence)


def _begins(case: Case, target: Target, at: datetime) -> Begins:
    """Return where a round begins that begins at that time: with the first of the target's words that happened then."""
    words = (word for word in target.starts if at in case.happened.get(word, ()))
    return Begins(case.cycle, at, next(words, target.starts[0]))


def running_round(case: Case, allowance: Allowance, rulebook: Rulebook) -> Iterator[DeadlineSpec]:
    """Yield the open round of a target that is demanded only now, or again; nothing if it has none.

    Rounds that went by meanwhile are left out: nothing was demanded then.
    """
    target = rulebook.targets[allowance.target]
    had = [d for d in of_target(case, allowance.target) if d.outcome != "void"]
    known = {deadline.spec.from_at: deadline for deadline in had}
    ends = case.times(done_by(target.until, target.by or ""))
    starts = list(_starts(case, target, known, min(case.times(target.starts), default=None)))
    if starts and starts[-1] not in known and not any(at > starts[-1] for at in ends):
        yield spec_of(rulebook, allowance, _begins(case, target, starts[-1]), case.stops, next_number(had))


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
    round_and_round = goes_round(target)
    if round_and_round and case.status in (*SOLVED, *ENDED):
        return  # the next news for the customer is owed no longer
    begins, ends = case.times(target.starts), case.times(done_by(target.until, target.by or ""))
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


def single(
    rulebook: Rulebook, allowance: Allowance, case: Case, at: datetime, start: str, task: TaskSpec
) -> DeadlineSpec:
    """Return the deadline of a task, which no target sets."""
    target, duration = allowance.target, allowance.duration
    number = next_number([d for d in case.deadlines if d.spec.target == target and d.spec.cycle == case.cycle])
    begins = DeadlineSpec(
        *(target, case.cycle, at, duration, at, (task.done,), task.pauses, False),
        *(allowance.rule, start, number),
        team=task.by,
    )
    return of_task(rulebook, begins, allowance, case.stops)


def next_due(case: Case) -> Deadline | None:
    """Return the open deadline of the running cycle that is due first; None if there is none."""
    waiting = [d for d in case.deadlines if d.unanswered and d.spec.cycle == case.cycle]
    return min(waiting, key=lambda deadline: deadline.spec.due_at, default=None)
