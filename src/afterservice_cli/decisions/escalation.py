"""Escalating: what the rulebook wants done about deadlines that have been missed, once for each."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime

from afterservice_cli import deadlines
from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.events.handling import CaseEscalated
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import Deadline, DeadlineKey
from afterservice_cli.decisions.checks import check_kept
from afterservice_cli.decisions.consequences import consequence
from afterservice_cli.moment import Moment


def escalate(case: Case, moment: Moment) -> list[Event]:
    """Return an escalation for each open deadline that is missed, the one due first before the others.

    A deadline that a raised priority puts into the past is missed as well. What was escalated already is left alone, so
    a second run finds nothing to do. A closed case, which may still owe a second visit, is not raised or handed on:
    people are only told of it, and of one that was erased they are told nothing.
    """
    check_kept(case, moment, "escalate")
    if case.erased:
        return []
    events: list[Event] = []
    done = set[DeadlineKey]()
    while (escalated := _first(case, done, moment)) is not None:
        events.append(escalated)
        done.add(escalated.missed)
        case = evolve(case, escalated, moment.rulebook.hash, moment.actor)
    return events


def _first(case: Case, done: Container[DeadlineKey], moment: Moment) -> CaseEscalated | None:
    """Return the escalation of the missed deadline that was due first and has consequences; None if none has any."""
    for deadline in sorted(_missed(case, moment), key=lambda deadline: deadline.spec.due_at):
        if deadline.spec.key in done:
            continue
        escalated = _escalated(case, deadline, moment)
        if escalated is not None:
            return escalated
    return None


def _missed(case: Case, moment: Moment) -> Iterator[Deadline]:
    """Yield the open deadlines of the running cycle that are missed and were not escalated since they were due.

    One that was escalated, and then counted anew or begun again under its number, is missed once more.
    """
    escalated: dict[DeadlineKey, datetime] = {}
    for recorded in case.standing:
        if isinstance(event := recorded.event, CaseEscalated):
            escalated[event.missed] = event.at
    for deadline in case.deadlines:
        here = deadline.spec.cycle == case.cycle and deadline.unanswered
        last = escalated.get(deadline.spec.key)
        if here and deadline.verdict(moment.now) == "missed" and (last is None or last <= deadline.spec.due_at):
            yield deadline


def _escalated(case: Case, deadline: Deadline, moment: Moment) -> CaseEscalated | None:
    """Return what the first entry that fits makes of the case; None if none fits, or if there is nobody to tell."""
    effect = consequence(case, moment.rulebook, "missed", "escalation", missed=deadline.spec)
    if effect is None:
        return None
    missed = CaseEscalated(moment.at, *deadline.spec.key, (), None, effect.told, rule=effect.rule)
    if case.status in ENDED:
        return missed if effect.told else None
    return deadlines.following(case, missed.but(findings=effect.findings, person=effect.person), moment)
