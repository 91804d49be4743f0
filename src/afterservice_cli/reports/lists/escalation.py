"""What was done about missed deadlines, as everybody outside sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.handling import CaseEscalated
from afterservice_cli.frozen import Frozen
from afterservice_cli.time.instants import to_text


class EscalationView(Frozen):
    """What was done about a missed deadline; `priority` is the one it was raised to, `told` are people.

    `rule` is where the rulebook gives the deadline its time.
    """

    case: str
    target: str
    due_at: str
    priority: str
    raised_from: str
    owner: str
    person: str | None
    told: Sequence[str]
    rule: str


def escalation_views(before: Case, after: Case) -> Iterator[EscalationView]:
    """Return what an escalation did about each missed deadline of a case."""
    priority = before.value("priority")
    due = {d.spec.key: d.spec for d in after.deadlines}
    for recorded in after.events[before.version :]:
        if isinstance(event := recorded.event, CaseEscalated):
            raised = next((found.value for found in event.findings if found.field == "priority"), priority)
            missed = due[event.missed]
            yield EscalationView(
                case=after.number,
                target=event.target,
                due_at=to_text(missed.due_at),
                priority=raised,
                raised_from=priority,
                owner=after.value("owner"),
                person=after.person,
                told=event.told,
                rule=missed.rule,
            )
            priority = raised
