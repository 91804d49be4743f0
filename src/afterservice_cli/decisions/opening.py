"""The tasks that events open: those of a plan that can be carried out, parts of other teams, the rulebook's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from afterservice_cli import deadlines
from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.events.closing import CaseRated
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.intake import CaseRegistered
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.cases.values import TASK, DeadlineSpec, Plan, Task, TaskSpec
from afterservice_cli.decisions.approvals import missing_approvals
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.decisions.requirements import demanded
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.rulebook.sections.tasks import TaskRules

# After these it is asked anew who works along.
_PLACING = ("registered", "classified", "assigned", "reopened")


def with_tasks(case: Case, events: Iterable[Event], rulebook: Rulebook) -> list[Event]:
    """Return the events with the tasks that each opens, and the deadlines of tasks whose time begins with it.

    Events that have theirs already stay as they are.
    """
    found: list[Event] = []
    for event in events:
        after = _after(case, event, rulebook)
        if "tasks" in event.__fields__ and (specs := tuple(_opened(after, event, rulebook))):
            event = event.but(tasks=(*event.tasks, *specs))
            after = _after(case, event, rulebook)
        if after.open_tasks and "deadlines" in event.__fields__ and (times := _begun(after, event, rulebook)):
            event = event.but(deadlines=(*event.deadlines, *times))
            after = _after(case, event, rulebook)
        found.append(event)
        case = after
    return found


def left_by(case: Case, events: Iterable[Event], rulebook: Rulebook) -> Case:
    """Return the case as these events leave it, one after the other."""
    for event in events:
        case = _after(case, event, rulebook)
    return case


def _after(case: Case, event: Event, rulebook: Rulebook) -> Case:
    """Return the case as an event leaves it; one that takes another back leaves it without that, or void."""
    if isinstance(event, EventRetracted) and case.events:
        if event.seq == case.events[0].seq:
            return case.but(status="void", tasks=())
        case = fold(recorded for recorded in case.standing if recorded.seq != event.seq)
    return evolve(case, event, rulebook.hash)


def from_registration(case: Case, event: CaseRegistered, rulebook: Rulebook) -> CaseRegistered:
    """Return the registration that made `case` with the tasks that it opens and their deadlines."""
    specs = tuple(_opened(case, event, rulebook))
    if not specs:
        return event
    opened = case.but(tasks=tuple(Task(spec, 1, 1, 0, rulebook.hash, event.at, event.word) for spec in specs))
    times = _begun(opened, event, rulebook)
    return event.but(tasks=specs, deadlines=(*event.deadlines, *times))


def planned(rules: Iterable[TaskRules], section: str) -> tuple[TaskSpec, ...]:
    """Return the tasks of a section of the rulebook, each after the one above it unless it says what comes before."""
    found: list[TaskSpec] = []
    for entry in rules:
        above = (found[-1].name,) if found else ()
        after = above if entry.after is None else tuple(entry.after)
        found.append(_spec(entry, f"{section}.{entry.id}", after))
    return tuple(found)


def executable(case: Case, plan: Plan, rulebook: Rulebook) -> bool:
    """Tell whether a plan can be carried out: approved and accepted, as far as the rulebook wants that."""
    if plan.declined or plan.revised or plan.agreed is False or missing_approvals(case, plan, rulebook):
        return False
    return plan.agreed is True or not demanded(case, rulebook, "agreement")


def _spec(entry: TaskRules, rule: str, after: Sequence[str]) -> TaskSpec:
    outcomes = {name: outcome.then or "" for name, outcome in entry.outcomes.items()}
    return TaskSpec(
        *(entry.id, rule, entry.by, entry.within, entry.start or "", tuple(after), outcomes, entry.once),
        *(tuple(entry.not_by), entry.pauses),
    )


def _opened(case: Case, event: Event, rulebook: Rulebook) -> Iterator[TaskSpec]:
    """Yield the tasks that an event, which left the case like this, opens beside those that are open."""
    if case.status == "void":
        return
    there = {task.spec.name for task in case.open_tasks}
    yield from (task for task in _of_plan(case, rulebook) if task.name not in there)
    if event.word in _PLACING:
        yield from (part for part in _parts(case, rulebook) if part.name not in there)
    if any(event.word in entry.on for entry in rulebook.tasks.values()):
        # What an earlier answer asked for is done or still open.
        told = case.but(scores=event.scores) if isinstance(event, CaseRated) else case
        facts, seen = facts_of(told, rulebook), read(rulebook, case.text())
        for entry in rulebook.tasks.values():
            if event.word in entry.on and entry.id not in there and holds(entry.when, seen, facts):
                yield _spec(entry, f"tasks.{entry.id}", entry.after or ())


def _of_plan(case: Case, rulebook: Rulebook) -> Sequence[TaskSpec]:
    """Return the tasks of the plan that are not done, if it can be carried out."""
    plan = case.plan
    if plan is None or plan.stopped or case.status in ENDED:
        return ()
    wanted = [task for task in plan.tasks if case.done_task(task.name) is None]
    return wanted if wanted and executable(case, plan, rulebook) else ()


def _parts(case: Case, rulebook: Rulebook) -> Iterator[TaskSpec]:
    """Yield the parts of the teams that work along, but for those that are done in this cycle."""
    category = rulebook.categories.get(case.value("category"))
    for team, part in category.parts.items() if category else ():
        if team in case.collaborators and case.done_task(team) is None:
            yield TaskSpec(team, f"categories.{category.id}.parts.{team}" if category else "", team, part.within)


def _begun(case: Case, event: Event, rulebook: Rulebook) -> tuple[DeadlineSpec, ...]:
    """Return the deadlines of the open tasks whose time begins with this event, and has not begun before."""
    running = {deadline.spec.target for deadline in case.deadlines if deadline.unanswered}
    found = []
    for task in case.open_tasks:
        timed = bool(rulebook.times_at(task.spec.rule))
        if not (timed or task.spec.within) or task.spec.target in running:
            continue
        start = _start(case, task.spec, event, since_able=timed)
        allowance = start and deadlines.allowed_task(
            rulebook, task.spec, deadlines.circumstances(case, rulebook) if timed else {}
        )
        if start and allowance:
            word, at = start
            found.append(deadlines.single(rulebook, allowance, case, at, word, task.spec))
    return tuple(found)


def _start(case: Case, task: TaskSpec, event: Event, *, since_able: bool) -> tuple[str, datetime] | None:
    """Return with which event, and when, the time of a task begins; None if it has not begun yet.

    That is this event, unless the task may have been one to do before it had a time (`since_able`).
    """
    if task.start:
        at = min(case.happened.get(task.start, ()), default=None)
        return None if at is None else (task.start, at)
    if case.waits_for(task):
        return None
    if not since_able:
        return event.word, event.at
    every = (*(recorded.event for recorded in case.standing), event)
    opens = [one for one in every if task.name in [spec.name for spec in one.tasks]][-1:]
    before = [one for one in every if one.word in [f"{TASK}{name}.done" for name in task.after]]
    last = max((*opens, *before), key=lambda one: one.at, default=event)
    return last.word, last.at
