"""Deadlines counted anew from the first event on: what they would be, had one of the events never been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count

from afterservice_cli.cases.case import ENDED, Case, Event, Recorded
from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.general import DeadlineMoved, EventRetracted
from afterservice_cli.cases.events.handling import CaseResumed, DelayAnnounced
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.cases.values import TASK, Deadline, DeadlineSpec, Settled
from afterservice_cli.deadlines.moving import delayed, following, recounted, resumed
from afterservice_cli.deadlines.specs import circumstances, put
from afterservice_cli.deadlines.starting import Change, first_of, next_number, started
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.durations import parse_duration

RulebookOf = Callable[[str], Rulebook]


def replayed(events: Sequence[Recorded], rulebook_of: RulebookOf) -> Case:
    """Return the case that `events` make, with the deadlines that each sets by the rulebook of its time."""
    case = fold(events[:1])
    for recorded in events[1:]:
        if isinstance(recorded.event, EventRetracted):
            case = _with_tasks_of(case, recorded, rulebook_of(recorded.rulebook))
        else:
            case = after(case, recorded, rulebook_of(recorded.rulebook), rulebook_of)
    return case


def _with_tasks_of(case: Case, retraction: Recorded, rulebook: Rulebook) -> Case:
    """Return the case with the tasks that began with a retraction; of all else the replay itself says what becomes."""
    opened = {TASK + task.name for task in retraction.event.tasks}
    begun = tuple(spec for spec in retraction.event.deadlines if spec.target in opened)
    retraction = retraction.but(event=retraction.event.but(deadlines=begun, settled=()))
    times = tuple(_of_tasks(case, retraction, rulebook))
    return evolve(case, retraction.event.but(deadlines=times), rulebook.hash, retraction.actor)


def after(case: Case, recorded: Recorded, rulebook: Rulebook, rulebook_of: RulebookOf) -> Case:
    """Return the case after one more event, whatever deadlines that brought, with those that `rulebook` sets then."""
    specs, dropped = _own(case, recorded, Moment(recorded.decided_at, recorded.event.at, "", rulebook, rulebook_of))
    event = _with(recorded.event, specs, dropped)
    event, later = started(case, event, rulebook, recorded.actor)
    if times := tuple(_of_tasks(case, recorded, rulebook)):
        return evolve(case, event.but(deadlines=(*event.deadlines, *times)), rulebook.hash, recorded.actor)
    return later


def mended(case: Case, rulebook_of: RulebookOf) -> tuple[tuple[DeadlineSpec, ...], tuple[Settled, ...]]:
    """Return how the deadlines of a case change that has lost an event: as if that had never happened.

    `case` is what the other events make. Given are the specs that are added or moved, and how each deadline of their
    targets stands. What has ended stays as it is.
    """
    if case.status in ENDED:
        return (), ()
    specs: list[DeadlineSpec] = []
    settled: list[Settled] = []
    found, true = list(_here(case)), [*_here(replayed(case.events, rulebook_of))]
    for target in dict.fromkeys(deadline.spec.target for deadline in (*found, *true)):
        had = {deadline.spec.occurrence: deadline for deadline in found if deadline.spec.target == target}
        wanted = [deadline for deadline in true if deadline.spec.target == target and deadline.outcome != "void"]
        if Counter(map(_unnumbered, wanted)) == Counter(_unnumbered(d) for d in had.values() if d.outcome != "void"):
            continue
        new = dict(_numbered(wanted, had))
        specs += [each.spec for number, each in new.items() if number not in had or had[number].spec != each.spec]
        gone = (
            each.but(outcome="void") for number, each in had.items() if number not in new and each.outcome != "void"
        )
        settled += [_settled(each) for each in (*new.values(), *gone)]
    return tuple(specs), tuple(settled)


def _here(case: Case) -> Iterator[Deadline]:
    return (deadline for deadline in case.deadlines if deadline.spec.cycle == case.cycle)


def _unnumbered(deadline: Deadline) -> Deadline:
    """Return a deadline as it stands, whichever number it has and whoever promised it."""
    return deadline.but(spec=deadline.spec.but(occurrence=0), rulebook="")


def _numbered(wanted: Iterable[Deadline], had: Mapping[int, Deadline]) -> Iterator[tuple[int, Deadline]]:
    """Yield each deadline under the number of the one that it replaces, or a new number if it replaces none.

    It replaces the one with its start, else one that is open or void.
    """
    free = dict(sorted(had.items(), key=lambda each: each[1].outcome == "void"))
    others: list[Deadline] = []
    for deadline in wanted:
        same = (number for number, each in free.items() if each.spec.from_at == deadline.spec.from_at)
        if (number := next(same, None)) is None:
            others.append(deadline)
        else:
            del free[number]
            yield number, deadline.but(spec=deadline.spec.but(occurrence=number))
    open_or_void = (number for number, each in free.items() if each.unanswered or each.outcome == "void")
    numbers = chain(open_or_void, count(next_number(had.values())))
    for deadline, number in zip(others, numbers, strict=False):
        yield number, deadline.but(spec=deadline.spec.but(occurrence=number))


def _settled(deadline: Deadline) -> Settled:
    return Settled(*deadline.spec.key, deadline.ended_at, deadline.outcome, deadline.paused_at)


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
    """Yield the deadlines of tasks that begin with an event, moved by the pauses of the case that stop them."""
    of_tasks = [spec for spec in recorded.event.deadlines if spec.target.startswith(TASK)]
    if not of_tasks:
        return
    known = {d.spec.key for d in case.deadlines}
    later = evolve(case, _with(recorded.event, (), ()), rulebook.hash, recorded.actor)
    for spec in of_tasks:
        if spec.key not in known:
            calendar = rulebook.calendar_called(spec.calendar)
            due = calendar.add(spec.from_at, parse_duration(spec.duration), later.stops if spec.pauses else ())
            yield put(rulebook, spec, due)


def _with(event: Event, specs: tuple[DeadlineSpec, ...], dropped: tuple[str, ...]) -> Event:
    changed = {"deadlines": specs, "dropped": dropped}
    return event.but(**{name: value for name, value in changed.items() if name in event.__fields__})
