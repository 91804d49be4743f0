"""Deadlines counted anew from the first event on: what they would be, had one of the events never been."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from afterservice_cli.cases.case import ENDED, Case, Event, Recorded
from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.general import DeadlineMoved, EventRetracted
from afterservice_cli.cases.events.handling import CaseResumed, DelayAnnounced
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.cases.values import TASK, Deadline, DeadlineSpec
from afterservice_cli.deadlines.moving import delayed, following, recounted, resumed
from afterservice_cli.deadlines.specs import circumstances, put
from afterservice_cli.deadlines.starting import Change, first_of, next_number, started
from afterservice_cli.durations import parse_duration
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook

RulebookOf = Callable[[str], Rulebook]


def replayed(events: Sequence[Recorded], rulebook_of: RulebookOf) -> Case:
    """Return the case that `events` make, with the deadlines that each sets by the rulebook of its time."""
    case = fold(events[:1])
    for recorded in events[1:]:
        if not isinstance(recorded.event, EventRetracted):  # the replay itself says what becomes of the deadlines
            case = after(case, recorded, rulebook_of(recorded.rulebook), rulebook_of)
    return case


def after(case: Case, recorded: Recorded, rulebook: Rulebook, rulebook_of: RulebookOf) -> Case:
    """Return the case after one more event, whatever deadlines that brought, with those that `rulebook` sets then."""
    specs, dropped = _own(case, recorded, Moment(recorded.recorded_at, recorded.event.at, "", rulebook, rulebook_of))
    event = _with(recorded.event, specs, dropped)
    event, later = started(case, event, rulebook, recorded.actor)
    if times := tuple(_of_tasks(case, recorded, rulebook)):
        return evolve(case, event.but(deadlines=(*event.deadlines, *times)), rulebook.hash, recorded.actor)
    return later


def mended(case: Case, rulebook_of: RulebookOf) -> Change:
    """Return how the deadlines of a case change that has lost an event: as if that had never happened.

    `case` is what the other events make. A deadline that is answered or missed for good keeps its verdict. If a target
    is dropped, its open deadlines go before its new specs are added.
    """
    if case.status in ENDED:
        return (), ()
    true = [deadline for deadline in _here(replayed(case.events, rulebook_of)) if deadline.outcome != "void"]
    found = list(_here(case))
    specs: list[DeadlineSpec] = []
    dropped = set[str]()
    for target in dict.fromkeys(deadline.spec.target for deadline in (*found, *true)):
        had = [deadline for deadline in found if deadline.spec.target == target]
        wanted = [deadline for deadline in true if deadline.spec.target == target]
        stands = {deadline.spec.but(occurrence=0) for deadline in had if deadline.unanswered}
        judged = {deadline.spec.from_at for deadline in had if not deadline.unanswered and deadline.outcome != "void"}
        new = [deadline.spec for deadline in wanted if deadline.spec.from_at not in judged]
        if {spec.but(occurrence=0) for spec in new} == stands:
            continue
        dropped |= {target} if stands else set()
        specs += _numbered(new, had)
    return tuple(specs), tuple(sorted(dropped))


def _here(case: Case) -> Iterator[Deadline]:
    return (deadline for deadline in case.deadlines if deadline.spec.cycle == case.cycle)


def _numbered(specs: Sequence[DeadlineSpec], had: Sequence[Deadline]) -> Iterator[DeadlineSpec]:
    """Yield each spec with the number of the deadline that it replaces, or with a new number if it replaces none."""
    free = [deadline for deadline in had if deadline.unanswered or deadline.outcome == "void"]
    same = {deadline.spec.from_at: deadline.spec.occurrence for deadline in free}
    others = sorted({*same.values()} - {same[s.from_at] for s in specs if s.from_at in same})
    number = next_number(had)
    for spec in specs:
        if spec.from_at in same:
            occurrence = same[spec.from_at]
        else:
            occurrence, number = (others.pop(0), number) if others else (number, number + 1)
        yield spec.but(occurrence=occurrence)


def _own(case: Case, recorded: Recorded, moment: Moment) -> Change:
    """Return what an event itself changes in the deadlines of the case, apart from those that `begun` adds to it."""
    event, rulebook = recorded.event, moment.rulebook
    match event:
        case CaseReopened():
            later = evolve(case, _with(event, (), ()), rulebook.hash, recorded.actor)
            return tuple(first_of(rulebook, event.at, circumstances(later, rulebook), later.cycle)), ()
        case CaseResumed():
            return resumed(case, moment) if case.pause else (), ()
        case DelayAnnounced(promised_at=promised_at):
            return delayed(case, event.at, promised_at, rulebook), ()
        case DeadlineMoved():
            return tuple(recounted(case, moment)), ()
    if "dropped" not in event.__fields__:
        return (), ()
    changed = following(case, _with(event, (), ()), moment)
    return changed.deadlines, changed.dropped


def _of_tasks(case: Case, recorded: Recorded, rulebook: Rulebook) -> Iterator[DeadlineSpec]:
    """Yield the deadlines of tasks that begin with an event, counted with the pauses of the case after it."""
    of_tasks = [spec for spec in recorded.event.deadlines if spec.target.startswith(TASK)]
    if not of_tasks:
        return
    known = {(d.spec.target, d.spec.cycle, d.spec.occurrence) for d in case.deadlines}
    later = evolve(case, _with(recorded.event, (), ()), rulebook.hash, recorded.actor)
    for spec in of_tasks:
        if (spec.target, spec.cycle, spec.occurrence) not in known:
            due = rulebook.calendar.add(spec.from_at, parse_duration(spec.duration), later.stops)
            yield put(rulebook, spec, due)


def _with(event: Event, specs: tuple[DeadlineSpec, ...], dropped: tuple[str, ...]) -> Event:
    changed = {"deadlines": specs, "dropped": dropped}
    return event.but(**{name: value for name, value in changed.items() if name in event.__fields__})
