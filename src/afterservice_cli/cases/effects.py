"""What several kinds of event do to a case: decide a field, end its deadlines, stop their clocks and let them run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.values import PLACED, Deadline, Decided, Finding, Task, Value

# What a cycle begins with, by the words of the events.
BEGINNING = ("registered", "classified", "assigned")


def decided(case: Case, findings: Iterable[Finding], rulebook: str) -> Case:
    """Return the case with these findings, given under the snapshot `rulebook`."""
    findings = tuple(findings)
    given = {finding.field: Decided(finding, rulebook) for finding in findings}
    kind = kind_found(case.kind, findings)
    return case.but(decided={**case.decided, **given}, kind=kind, fields=with_found(case.fields, findings))


def kind_found(kind: str | None, findings: Iterable[Finding]) -> str | None:
    """Return the kind that a finding gives, None if it says "" (none); the one of before if there is none."""
    return next((finding.value or None for finding in findings if finding.field == "kind"), kind)


def with_found(fields: Mapping[str, Value], findings: Iterable[Finding]) -> Mapping[str, Value]:
    """Return the values of fields with those that findings give, and without those of which they say "" (none)."""
    found = {finding.field: finding.value for finding in findings if finding.field not in (*PLACED, "kind")}
    return {name: value for name, value in {**fields, **found}.items() if value} if found else fields


def handed_on(case: Case, findings: Iterable[Finding], person: str | None, rulebook: str) -> Case:
    """Return the case with the findings of a consequence; `person`'s if it names one, nobody's own in another team."""
    after = decided(case, findings, rulebook)
    return after.but(person=person or (case.person if after.value("owner") == case.value("owner") else None))


def taken_over(of_customer: Mapping[str, str]) -> dict[str, str]:
    """Return the fields whose values an earlier case of the customer gave, each with that case."""
    return {name: case for name, case in of_customer.items() if case}


def taken_out(case: Case, event: Event) -> Case:
    """Return the case made void by the event: its pause ends, and its open deadlines become void."""
    case = running_again(case, event.at)
    case = case.but(status="void", void_by=event.WORD, deadlines=ended(case.deadlines, "void"))
    return without_tasks(case, lambda task: True, event.at)


def standing_still(deadline: Deadline, case: Case, at: datetime) -> Deadline:
    """Return the deadline with its clock stopped from `at` on; as it was if a pause does not stop it."""
    spec = deadline.spec
    return deadline.but(paused_at=max(at, spec.from_at)) if spec.pauses and spec.cycle == case.cycle else deadline


def running_again(case: Case, at: datetime) -> Case:
    """Return the case with its pause ended at `at` and every clock running; the event carries the new due times."""
    pauses = tuple(pause if pause.to_at else pause.but(to_at=at) for pause in case.pauses)
    status = "open" if case.status == "waiting" else case.status
    running = tuple(deadline.but(paused_at=None) if deadline.unanswered else deadline for deadline in case.deadlines)
    return case.but(status=status, pauses=pauses, deadlines=running)


def rounds_over(case: Case, at: datetime) -> Iterator[Deadline]:
    """Yield the deadlines once the work is done: an open one that goes round and is not overdue becomes void."""
    for deadline in case.deadlines:
        goes_round = deadline.spec.rounds and deadline.spec.cycle == case.cycle
        in_time = deadline.spec.due_at >= at or deadline.paused_at is not None
        yield deadline.but(outcome="void") if goes_round and deadline.unanswered and in_time else deadline


def dropped(case: Case, targets: Iterable[str]) -> Case:
    """Return the case with the open deadlines of these targets in this cycle made void."""
    kept = tuple(
        deadline.but(outcome="void")
        if deadline.spec.target in targets and deadline.spec.cycle == case.cycle and deadline.unanswered
        else deadline
        for deadline in case.deadlines
    )
    return case.but(deadlines=kept)


def ended(deadlines: Iterable[Deadline], outcome: str) -> tuple[Deadline, ...]:
    """Return the deadlines, each open one with this outcome."""
    return tuple(deadline.but(outcome=outcome) if deadline.unanswered else deadline for deadline in deadlines)


def missed(deadline: Deadline, at: datetime) -> bool:
    """Tell whether the deadline is open and overdue as of `at`."""
    return deadline.unanswered and deadline.verdict(at) == "missed"


def with_tasks(case: Case, event: Event, rulebook: str) -> Case:
    """Return the case with the tasks that the event opens, numbered after those of the same name in this cycle.

    One that is open is not opened again: what had dropped it before may have been taken back. What is still owed when
    the case is reopened was opened with what first asked for it.
    """
    for spec in event.tasks:
        if spec.name in [task.spec.name for task in case.open_tasks]:
            continue
        same = sum(task.spec.name == spec.name and task.cycle == case.cycle for task in case.tasks)
        plan = case.plan.version if spec.planned and case.plan else 0
        first = next((task.opened_with for task in reversed(case.tasks) if task.spec.name == spec.name), event.word)
        word = first if event.word == "reopened" else event.word
        case = case.but(tasks=(*case.tasks, Task(spec, case.cycle, same + 1, plan, rulebook, event.at, word)))
    return case


def without_tasks(case: Case, unwanted: Callable[[Task], bool], at: datetime) -> Case:
    """Return the case with the open tasks that are `unwanted` dropped; what is not missed by `at` becomes void."""
    gone = [task for task in case.open_tasks if unwanted(task)]
    if not gone:
        return case
    tasks = tuple(task.but(state="dropped") if task in gone else task for task in case.tasks)
    targets = [task.spec.target for task in gone]
    late = tuple(d.but(outcome="missed") if d.spec.target in targets and missed(d, at) else d for d in case.deadlines)
    return dropped(case.but(tasks=tasks, deadlines=late), targets)


def without_plan_tasks(case: Case, at: datetime) -> Case:
    """Return the case with the open tasks of its plan dropped."""
    return without_tasks(case, lambda task: task.plan > 0, at)


def without_parts(case: Case, at: datetime) -> Case:
    """Return the case with the open parts dropped of teams that no longer work along."""
    return without_tasks(case, lambda task: task.spec.part and task.spec.name not in case.collaborators, at)
