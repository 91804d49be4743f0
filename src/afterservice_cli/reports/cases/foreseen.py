"""What would become of a text if it came in now, and why: decided as registering decides, and recorded nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from afterservice_cli.cases.values import DeadlineSpec
from afterservice_cli.decisions.intake import Draft, checked, missing_facts, place
from afterservice_cli.decisions.likeness import Suspicion, suspicions
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.cases.case import DecidedView, RivalView, decided_view
from afterservice_cli.reports.days import Day, days_of
from afterservice_cli.rulebook.matching import tied_kinds
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.windows import derived
from afterservice_cli.time.instants import to_text


class ForeseenDeadline(Frozen):
    """A deadline that the case would have: what it runs from and to, by which rule, and the days it counts."""

    target: str
    start: str
    from_at: str
    duration: str
    due_at: str
    until: Sequence[str]
    provisional: bool
    rule: str
    days: Sequence[Day]


class Foreseen(Frozen):
    """What a case would be given: what `rules explain --json` prints. Times are UTC texts.

    `missing` are the facts that registering would still demand, `suspicions` what the case would look like, `tied` the
    kinds of which none would be given since as much speaks for each.
    """

    category: str
    priority: str
    owner: str
    person: str | None
    collaborators: Sequence[str]
    explanation: Sequence[DecidedView]
    deadlines: Sequence[ForeseenDeadline]
    tied: Sequence[RivalView]
    suspicions: Sequence[Suspicion]
    missing: Sequence[str]
    rulebook: str


def foreseen(rulebook: Rulebook, draft: Draft, at: datetime) -> Foreseen:
    """Return what a draft would be given if it came in at `at`; `BadInput` for what the rulebook does not know."""
    public, personal = checked(rulebook, draft, at)
    facts = {**personal, **public}
    placing = place(rulebook, draft, facts, at)
    category, priority, owner, *values = placing.findings
    text = facts.get("description") or ""
    known = {**facts, **{found.field: found.value for found in values}}
    tied = tied_kinds(rulebook, text, {**derived(rulebook, known, at), **known})
    return Foreseen(
        category=category.value,
        priority=priority.value,
        owner=owner.value,
        person=placing.person,
        collaborators=placing.collaborators,
        explanation=[decided_view(found, rulebook.hash) for found in placing.findings],
        deadlines=[_deadline(rulebook, spec) for spec in placing.deadlines],
        tied=[RivalView(one.name, one.phrases) for one in tied],
        suspicions=suspicions(rulebook, text, classified=category.by != "default"),
        missing=missing_facts(rulebook, facts),
        rulebook=rulebook.hash,
    )


def _deadline(rulebook: Rulebook, spec: DeadlineSpec) -> ForeseenDeadline:
    days = (
        days_of(rulebook.calendar_called(spec.calendar), spec.from_at, spec.duration, spec.due_at, ())
        if spec.duration
        else ()
    )
    return ForeseenDeadline(
        target=spec.target,
        start=spec.start,
        from_at=to_text(spec.from_at),
        duration=spec.duration,
        due_at=to_text(spec.due_at),
        until=spec.until,
        provisional=spec.provisional,
        rule=spec.rule,
        days=list(days),
    )
