"""Escalating: what the rulebook wants done about deadlines that have been missed, once for each."""

from collections.abc import Container, Iterator
from datetime import datetime

from afterservice_cli import deadlines
from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.events.handling import CaseEscalated
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import Deadline, Finding
from afterservice_cli.decisions.approvals import plan_facts
from afterservice_cli.decisions.checks import check_may
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.matching import holds
from afterservice_cli.rulebook.model import Rulebook, normal
from afterservice_cli.rulebook.sections import Escalation

Key = tuple[str, int, int]  # target, cycle, occurrence


def escalate(case: Case, moment: Moment) -> list[Event]:
    """Raise, hand on and tell, as the rulebook says, for every deadline missed and still unanswered, in their order.

    One that a raised priority puts into the past is missed as well. What was escalated already is left alone, so
    a second run finds nothing to do. Of a closed case, which may still owe a second visit, people are told; it is
    not raised or handed on.
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
    """What is to be done about the deadline that was missed first, of those about which something is to be done."""
    for deadline in sorted(_missed(case, moment), key=lambda deadline: deadline.spec.due_at):
        if _key(deadline) in done:
            continue
        found = _consequence(case, deadline, moment.rulebook)
        escalated = _escalated(case, deadline, moment, *found) if found else None
        if escalated is not None:
            return escalated
    return None


def _missed(case: Case, moment: Moment) -> Iterator[Deadline]:
    """The deadlines of the running cycle that are missed and unanswered, and were not escalated since.

    One that was escalated, and then counted anew or begun again under its number, has been missed once more.
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
    """The first entry of `escalation` that fits, with its number."""
    facts, seen = plan_facts(case, case.plan), normal(case.text())
    for number, entry in enumerate(rulebook.escalation, 1):
        concerned = not entry.targets or deadline.spec.target in entry.targets
        if concerned and holds(entry.when, seen, facts) is not None:
            return number, entry
    return None


def _escalated(case: Case, deadline: Deadline, moment: Moment, number: int, entry: Escalation) -> CaseEscalated | None:
    rulebook, place, key = moment.rulebook, f"escalation[{number}]", deadline.spec
    before, owner = case.value("priority"), case.value("owner")
    told = rulebook.holders(entry.tell, owner, case.person)[:1] if entry.tell else ()
    if case.status in ENDED:
        return CaseEscalated(moment.at, key.target, key.cycle, key.occurrence, (), None, told) if told else None
    raised = rulebook.raised(before, entry.raise_priority)
    findings = [Finding("priority", raised, "escalation", f"{place}.raise_priority")] if raised != before else []
    role, person = entry.hand_to, None
    if role and role in rulebook.owners:
        findings += [Finding("owner", role, "escalation", f"{place}.hand_to")] if role != owner else []
    elif role:
        person = next(iter(rulebook.holders(role, owner, case.person)), None)
    facts = {**case.facts(), "priority": raised}
    specs, dropped = deadlines.moved(case, rulebook, facts, moment.now) if raised != before else ((), ())
    return CaseEscalated(
        *(moment.at, key.target, key.cycle, key.occurrence, tuple(findings), person, told), specs, dropped
    )
