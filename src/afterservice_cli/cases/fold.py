"""A case as its events make it, and what each event does to the deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from afterservice_cli.cases.case import Case, Event, Recorded, standing
from afterservice_cli.cases.effects import dropped, missed, standing_still, with_tasks, without_tasks
from afterservice_cli.cases.events.intake import CaseRegistered
from afterservice_cli.cases.values import (
    HANDED_OVER,
    PERSON,
    PROMISED,
    TASK,
    Deadline,
    DeadlineKey,
    DeadlineSpec,
    Settled,
)


def fold(history: Iterable[Recorded]) -> Case:
    """Return the case that a history makes: without what was taken back; void if its registration was."""
    history = tuple(history)
    first, *rest = history
    assert isinstance(first.event, CaseRegistered)
    case = first.event.begin(first.rulebook)
    for recorded in standing(tuple(rest)):
        case = evolve(case, recorded.event, recorded.rulebook, recorded.actor)
    if first not in standing(history):
        void = tuple(deadline.but(outcome="void") for deadline in case.deadlines)
        case = without_tasks(
            case.but(status="void", void_by="retracted", deadlines=void), lambda task: True, history[-1].event.at
        )
    return case.but(events=history)


def evolve(case: Case, event: Event, rulebook: str, actor: str = "") -> Case:
    """Return the case after one more event, recorded under the snapshot `rulebook` by `actor`.

    The event ends what waits for it, says what it changes, drops, adds and moves the deadlines that it names, and says
    how others stand.
    """
    after = event.apply(_answered(case, event), rulebook, actor)
    if event.tasks:
        after = with_tasks(after, event, rulebook)
    if after.value("owner") != case.value("owner"):
        after = after.but(happened={**after.happened, HANDED_OVER: (*after.happened.get(HANDED_OVER, ()), event.at)})
    if event.dropped:
        after = dropped(after, event.dropped)
    if event.deadlines:
        after = _set(after, event, rulebook)
    return _settled(after, event.settled) if event.settled else after


def evolve_all(case: Case, events: Iterable[Event], rulebook: str, actor: str = "") -> Case:
    """Return the case after these events, one after the other, recorded under the snapshot `rulebook` by `actor`."""
    for event in events:
        case = evolve(case, event, rulebook, actor)
    return case


def _settled(case: Case, settled: Iterable[Settled]) -> Case:
    """Return the case with its deadlines as an event says that they stand."""
    each = {one.key: one for one in settled}
    deadlines = tuple(
        deadline.but(ended_at=one.ended_at, outcome=one.outcome, paused_at=one.paused_at)
        if (one := each.get(deadline.spec.key))
        else deadline
        for deadline in case.deadlines
    )
    return case.but(deadlines=deadlines)


def _answered(case: Case, event: Event) -> Case:
    """Note the event's time in this cycle, and end the deadlines it answers; an earlier answer replaces a later one."""
    at, words = event.at, set(_words(case, event))
    deadlines = tuple(
        deadline.but(ended_at=at)
        if not words.isdisjoint(deadline.spec.ends)
        and deadline.spec.cycle == case.cycle
        and not deadline.outcome
        and (deadline.spec.from_at <= at or _dated(deadline.spec))
        and (deadline.ended_at is None or at < deadline.ended_at)
        else deadline
        for deadline in case.deadlines
    )
    happened = {word: (*case.happened.get(word, ()), at) for word in sorted(words)}
    return case.but(happened={**case.happened, **happened}, deadlines=deadlines)


def _words(case: Case, event: Event) -> Iterator[str]:
    """Yield the words under which the case keeps an event: its own, and that with each role of whoever did it.

    The owner is the person who has the case, or anybody of its team if none has it.
    """
    yield event.word
    owner = case.value("owner")
    for role in event.roles:
        yield f"{event.word}@{role}"
        if role == (f"{PERSON}{case.person}" if case.person else owner):
            yield f"{event.word}@owner"
        if role == f"head:{owner}":
            yield f"{event.word}@owner_head"


def _set(case: Case, event: Event, rulebook: str) -> Case:
    """Add the event's new deadlines to the case; a spec for one that is there already moves it.

    A deadline that was answered before it was demanded is added as answered, if the answer came after its clock began.
    An answer at the very moment at which the clock began counts unless the deadline begins with this event, or begins
    and ends with the same one. A task is never done beforehand, and its time runs but once. What is overdue when its
    target begins anew, for another team or another promise, is missed for good.
    """
    word, pause = event.word, case.pause
    found: dict[DeadlineKey, Deadline] = {deadline.spec.key: deadline for deadline in case.deadlines}
    for spec in _wanted(case, event):
        counts = spec.cycle == case.cycle and not spec.target.startswith(TASK)
        times = case.times(spec.ends) if counts else []
        later = [
            at
            for at in times
            if at > spec.from_at or (at == spec.from_at and spec.start != word and not spec.rounds) or _dated(spec)
        ]
        before = found.get(spec.key)
        promised = rulebook if before is None or event.PROMISES else before.rulebook
        opened_with = _opened_with(case, spec.target)
        deadline = Deadline(spec, promised, min(later, default=None), opened_with=opened_with)
        since = event.at if spec.rule == PROMISED or pause is None else pause.from_at
        waits = pause is not None and (deadline.ended_at is None or deadline.ended_at >= pause.from_at)
        found[spec.key] = standing_still(deadline, case, since) if waits else deadline
        found |= {late.spec.key: late.but(outcome="missed") for late in _overtaken(found.values(), spec, event)}
    return case.but(deadlines=tuple(found.values()))


def _opened_with(case: Case, target: str) -> str:
    """Return with which event the latest task of a target was opened; "" if no task has the target."""
    return next((task.opened_with for task in reversed(case.tasks) if task.spec.target == target), "")


def _wanted(case: Case, event: Event) -> list[DeadlineSpec]:
    """Return the deadlines that an event sets, but for those of a task whose time runs already."""
    tasks = {d.spec.key: d.spec.target for d in case.deadlines if d.unanswered and d.spec.target.startswith(TASK)}
    return [spec for spec in event.deadlines if spec.target not in tasks.values() or spec.key in tasks]


def _overtaken(deadlines: Iterable[Deadline], spec: DeadlineSpec, event: Event) -> list[Deadline]:
    """Return the deadlines of the same target that are open and overdue as a later one begins."""
    return [
        deadline
        for deadline in deadlines
        if (deadline.spec.target, deadline.spec.cycle) == (spec.target, spec.cycle)
        and deadline.spec.from_at < spec.from_at
        and missed(deadline, event.at)
    ]


def _dated(spec: DeadlineSpec) -> bool:
    """Tell whether a date of the case starts the clock; such a date may lie after the event that ends it."""
    return spec.start.startswith("field:")
