"""Escalating: what the rulebook wants done about deadlines that have been missed, once for each."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime

from afterservice_cli import deadlines
from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.events.handling import CaseEscalated
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import Deadline, Finding
from afterservice_cli.decisions.checks import check_may
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Rulebook, normal
from afterservice_cli.rulebook.sections import Escalation

Key = tuple[str, int, int]  # target, cycle, occurrence


def escalate(case: Case, moment: Moment) -> list[Event]:
    """Return an escalation for each open deadline that is missed, the one due first before the others.

    A deadline that a raised priority puts into the past is missed as well. What was escalated already is left alone, so
    a second run finds nothing to do. A closed case, which may still owe a second visit, is not raised or handed on:
    people are only told of it.
    """
    check_may(case, moment, "escalate")
    events: list[Event] = []
    done = set[Key]()
    while (escalated := _first(case, done, moment)) is not None:
        events.append(escalated)
        done.add((escalated.target, escalated.cycle, escalated.occurrence))
        case = evolve(case, escalated, moment.rulebook.hash, moment.actor)
    return events


def _first(case: Case, done: Container[Key], moment: Moment) -> CaseEscalated | None:
    """Return the escalation of the missed deadline that was due first and has consequences; None if none has any."""
    for deadline in sorted(_missed(case, moment), key=lambda deadline: deadline.spec.due_at):
        if _key(deadline) in done:
            continue
        found = _consequence(case, deadline, moment.rulebook)
        escalated = _escalated(case, deadline, moment, *found) if found else None
        if escalated is not None:
            return escalated
    return None


def _missed(case: Case, moment: Moment) -> Iterator[Deadline]:
    """Yield the open deadlines of the running cycle that are missed and were not escalated since they were due.

    One that was escalated, and then counted anew or begun again under its number, is missed once more.
    """
    escalated: dict[Key, datetime] = {}
    for recorded in case.standing:
        if isinstance(event := recorded.event, CaseEscalated):
            escalated[event.target, event.cycle, event.occurrence] = event.at
    for deadline in case.deadlines:
        here = deadline.spec.cycle == case.cycle and deadline.unanswered
        last = escalated.get(_key(deadline))
        if here and deadline.verdict(moment.now) == "missed" and (last is None or last <= deadline.spec.due_at):
            yield deadline


def _key(deadline: Deadline) -> Key:
    return deadline.spec.target, deadline.spec.cycle, deadline.spec.occurrence


def _consequence(case: Case, deadline: Deadline, rulebook: Rulebook) -> tuple[int, Escalation] | None:
    """Return the first entry of `escalation` that fits, with its number; None if none fits."""
    facts, seen = facts_of(case), normal(case.text())
    for number, entry in enumerate(rulebook.escalation, 1):
        concerned = not entry.targets or deadline.spec.target in entry.targets
        if concerned and holds(entry.when, seen, facts):
            return number, entry
    return None


def _escalated(case: Case, deadline: Deadline, moment: Moment, number: int, entry: Escalation) -> CaseEscalated | None:
    rulebook, rule, key = moment.rulebook, f"escalation[{number}]", deadline.spec
    before, owner = case.value("priority"), case.value("owner")
    told = rulebook.holders(entry.tell, owner, case.person)[:1] if entry.tell else ()
    if case.status in ENDED:
        return CaseEscalated(moment.at, key.target, key.cycle, key.occurrence, (), None, told) if told else None
    raised = rulebook.raised(before, entry.raise_priority)
    findings = [Finding("priority", raised, "escalation", f"{rule}.raise_priority")] if raised != before else []
    role, person = entry.hand_to, None
    if role and role in rulebook.owners:
        findings += [Finding("owner", role, "escalation", f"{rule}.hand_to")] if role != owner else []
    elif role:
        person = next(iter(rulebook.holders(role, owner, case.person)), None)
    facts = {**case.facts(), "priority": raised}
    specs, dropped = deadlines.moved(case, rulebook, facts, moment.now) if raised != before else ((), ())
    return CaseEscalated(
        *(moment.at, key.target, key.cycle, key.occurrence, tuple(findings), person, told), specs, dropped
    )
