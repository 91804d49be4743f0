"""What moves deadlines that stand: other facts, an event taken back, waiting, a promised day, another calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.effects import missed
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import HANDED_OVER, PROMISED, Deadline, DeadlineSpec
from afterservice_cli.deadlines.specs import (
    Begins,
    allowed,
    allowed_task,
    circumstances,
    dated,
    of_task,
    put,
    spec_of,
)
from afterservice_cli.deadlines.starting import Change, begin, next_number, of_target, running_round
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Allowance, Facts, Rulebook
from afterservice_cli.time.durations import parse_duration

Changing = TypeVar("Changing", bound=Event)  # an event that changes what deadlines hang on


def following(case: Case, event: Changing, moment: Moment) -> Changing:
    """Return an event with what it changes in the deadlines by other facts, or by giving a team its own time."""
    if case.status in ENDED:
        return event
    after = evolve(case, event, moment.rulebook.hash, moment.actor)
    specs, dropped = moved(case, moment.rulebook, circumstances(after, moment.rulebook), moment.now)
    restarted = [spec for spec in _restarted(case, after, event, moment.rulebook) if spec.target not in dropped]
    anew = {spec.target for spec in restarted}
    others = [_since_handed_over(spec, after, moment.rulebook) for spec in specs if spec.target not in anew]
    return event.but(deadlines=(*event.deadlines, *others, *restarted), dropped=(*event.dropped, *dropped))


def _since_handed_over(spec: DeadlineSpec, case: Case, rulebook: Rulebook) -> DeadlineSpec:
    """Return a deadline from when the team that has the case got it, if its target gives each team all of its time."""
    handed_over = case.happened.get(HANDED_OVER, ())[-1:]
    allowance = allowed(rulebook, spec.target, circumstances(case, rulebook))
    if allowance is None or not rulebook.targets[spec.target].restarts:
        return spec
    if not handed_over or handed_over[0] <= spec.from_at:
        return spec
    return spec_of(rulebook, allowance, Begins(spec.cycle, handed_over[0], spec.start), case.stops, spec.occurrence)


def _restarted(case: Case, after: Case, event: Event, rulebook: Rulebook) -> Iterator[DeadlineSpec]:
    """Yield the open deadlines whose targets give another team all of their time, from when it gets the case.

    One that is overdue by then stays missed, and the other team has a deadline of its own.
    """
    if after.value("owner") == case.value("owner"):
        return
    for deadline in _of_targets(case, rulebook):
        old = deadline.spec
        allowance = allowed(rulebook, old.target, circumstances(after, rulebook))
        if not rulebook.targets[old.target].restarts or allowance is None or event.at < old.from_at:
            continue
        number = old.occurrence
        if missed(deadline, event.at):
            number = next_number(of_target(case, old.target))
        begins = Begins(case.cycle, event.at, event.word)
        yield spec_of(rulebook, allowance, begins, case.stops, number)


def moved(case: Case, rulebook: Rulebook, facts: Facts, now: datetime) -> Change:
    """Return what changes in a case's deadlines if its facts become `facts`: new specs, and the targets dropped.

    A deadline changes only if the rulebook demands something else of the new facts than of the old ones: what an
    earlier rulebook has promised holds. It is counted from its original start, with the new duration and all pauses.
    A deadline that was answered, is void, or was put to a promised day stays as it is; a missed one stays missed,
    unless the date with which its clock began was wrong.
    """
    specs: list[DeadlineSpec] = []
    dropped = set[str]()
    for deadline in _of_targets(case, rulebook):
        old = deadline.spec
        redated = dated(rulebook, old.start, facts) != dated(rulebook, old.start, case.facts())
        start = dated(rulebook, old.start, facts) if redated else old.from_at
        if rulebook.targets[old.target].at or (deadline.verdict(now) == "missed" and not redated):
            continue
        new = _anew(case, rulebook, old, start, circumstances(case, rulebook), facts)
        dropped |= {old.target} if new is None else set()
        specs += [new] if new and new != old else []
    for old, before, now_given in _of_timed_tasks(case, rulebook, facts, now):
        if now_given is None:
            dropped.add(old.target)
        elif now_given != before:
            specs.append(of_task(rulebook, old, now_given, case.stops))
    return (*specs, *_brought(case, rulebook, circumstances(case, rulebook), facts)), tuple(sorted(dropped))


def _of_timed_tasks(
    case: Case, rulebook: Rulebook, facts: Facts, now: datetime
) -> Iterator[tuple[DeadlineSpec, Allowance | None, Allowance | None]]:
    """Yield the running deadlines of open tasks with `times`, each with what gave it its time, and what does then."""
    tasks = {task.spec.target: task.spec for task in case.open_tasks if rulebook.times_at(task.spec.rule)}
    for deadline in case.deadlines if tasks else ():
        old = deadline.spec
        if old.target in tasks and old.cycle == case.cycle and deadline.verdict(now) in ("running", "paused"):
            task = tasks[old.target]
            was = allowed_task(rulebook, task, circumstances(case, rulebook))
            yield old, was, allowed_task(rulebook, task, facts)


def _of_targets(case: Case, rulebook: Rulebook) -> Iterator[Deadline]:
    """Yield the open deadlines of this cycle that targets of the rulebook set, but none put to a promised day."""
    for deadline in case.deadlines:
        spec = deadline.spec
        here = spec.cycle == case.cycle and spec.target in rulebook.targets
        if here and deadline.unanswered and spec.rule != PROMISED:
            yield deadline


def _anew(
    case: Case, rulebook: Rulebook, old: DeadlineSpec, start: datetime | None, was: Facts, facts: Facts
) -> DeadlineSpec | None:
    """Return the deadline as it is from `start` on under the new `facts`; None if nothing demands it any more."""
    before, now = allowed(rulebook, old.target, was), allowed(rulebook, old.target, facts)
    if start is None or (now is None and before is not None):
        return None
    if now is None or (now == before and start == old.from_at):
        return old
    return spec_of(rulebook, now, Begins(old.cycle, start, old.start), case.stops, old.occurrence)


def _brought(case: Case, rulebook: Rulebook, was: Facts, facts: Facts) -> Iterator[DeadlineSpec]:
    """Yield the deadlines that the case lacks: its new facts alone demand them, or give the date they begin with."""
    here = [deadline for deadline in case.deadlines if deadline.spec.cycle == case.cycle]
    has = {deadline.spec.target for deadline in here if deadline.outcome != "void"}
    for new in begin(rulebook, case.first_at, facts, case.cycle, case.stops):
        name = new.target
        redated = dated(rulebook, new.start, was) != dated(rulebook, new.start, facts)
        if allowed(rulebook, name, was) is not None and not redated:
            continue
        if rulebook.targets[name].repeats:
            yield from running_round(case, Allowance(name, new.duration, new.rule, new.calendar), rulebook)
        elif name not in has:
            yield new


def resumed(case: Case, moment: Moment) -> tuple[DeadlineSpec, ...]:
    """Return the new specs of the stopped deadlines if the pause of the case ends at `moment.at`.

    Each deadline is counted by the calendar of the rulebook that set it.
    """
    at = moment.at
    pause = case.pause
    assert pause is not None
    stops = (*case.stops, (pause.from_at, at))
    specs = []
    for deadline in case.deadlines:
        old = deadline.spec
        if not deadline.unanswered or deadline.paused_at is None or deadline.paused_at >= old.due_at:
            continue
        if old.rule == PROMISED:
            due = old.due_at + max(at - deadline.paused_at, timedelta(0))
        else:
            calendar = moment.rulebook_of(deadline).calendar_called(old.calendar)
            due = calendar.add(old.from_at, parse_duration(old.duration), stops)
        specs += [put(moment.rulebook_of(deadline), old, due)] if due != old.due_at else []
    return tuple(specs)


def delayed(case: Case, at: datetime, to: datetime, rulebook: Rulebook) -> tuple[DeadlineSpec, ...]:
    """Return the deadlines that a delay announced at `at` puts to the promised day `to`, of targets that allow it."""
    return tuple(
        put(rulebook, deadline.spec, to).but(rule=PROMISED, provisional=False)
        for deadline in case.deadlines
        if deadline.verdict(at) in ("running", "paused")
        and deadline.spec.cycle == case.cycle
        and rulebook.allows_delays(deadline.spec.target)
        and deadline.spec.due_at < to
    )


def recounted(case: Case, moment: Moment) -> list[DeadlineSpec]:
    """Return the running provisional deadlines that fall due at another time by the calendar in force.

    One is counted anew, with its duration, only if that calendar has other holidays than the one it was counted by.
    """
    rulebook, now = moment.rulebook, moment.now
    found = []
    for deadline in case.deadlines:
        old = deadline.spec
        if not old.provisional or deadline.verdict(now) not in ("running", "paused"):
            continue
        known = ":" in old.target or (old.target in rulebook.targets and old.calendar in ("", *rulebook.calendars))
        if not known:
            continue
        if moment.rulebook_of(deadline).holidays_of(old.calendar) == rulebook.holidays_of(old.calendar):
            continue
        stops = case.stops if old.pauses else ()
        due = rulebook.calendar_called(old.calendar).add(old.from_at, parse_duration(old.duration), stops)
        new = put(rulebook, old, due)
        if new != old:
            found.append(new)
    return found
