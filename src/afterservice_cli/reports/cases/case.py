"""A case as everybody outside sees it: what `--json` prints.

The fields are the contract: always there, may be added, never removed. Values are the rulebook's ids, times UTC texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from afterservice_cli.cases.values import PLACED, Finding, verdict
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.rows import AttachmentRow, DeadlineRow, Listed, TaskRow
from afterservice_cli.time.instants import to_text

GOING_ON = ("running", "paused", "missed")  # verdicts of a deadline that may still be without an answer
AFTER_CLOSING = ("closed", "rated")  # what closing, or a score, begins waits on when the case is closed
Found = Mapping[str, str | bool | list[str] | None]  # what an assessment or an appraisal found, by name


class DeadlineView(Frozen):
    """A deadline of a case, with what has become of it as of the time asked."""

    target: str
    due_at: str
    verdict: str
    provisional: bool
    cycle: int
    occurrence: int
    start: str
    from_at: str
    duration: str
    until: Sequence[str]
    ended_at: str | None
    paused_at: str | None
    warn_at: str | None
    rule: str
    rulebook: str
    by: str | None
    team: str | None
    counts: bool
    calendar: str | None


class RivalView(Frozen):
    """A category or kind that was not given, and what speaks for it in the text."""

    value: str
    phrases: Sequence[str]


class UncountedView(Frozen):
    """A phrase that stands in the text and does not count, by which words, and why: `denied`, `calm`, `settled`."""

    phrase: str
    words: str
    why: str


class DecidedView(Frozen):
    """What one field of a case was given, by whom and why, and what did not lead there.

    `suggested` is the place that the value had among those suggested to the person who chose it; None if it had none.
    """

    field: str
    value: str
    by: str
    rule: str | None
    phrases: Sequence[str]
    rulebook: str
    rival: RivalView | None
    uncounted: Sequence[UncountedView]
    suggested: int | None


class AttachmentView(Frozen):
    """A file that came with a case; name and note are None once they are erased."""

    seq: int
    name: str | None
    size: int
    sha256: str
    at: str
    actor: str
    note: str | None


class CopiedView(Frozen):
    """A file of a case that was copied out, and where to."""

    seq: int
    file: str


class PauseView(Frozen):
    """A time in which the case waited; `to_at` is None while it does."""

    from_at: str
    ground: str
    to_at: str | None


class PlannedView(Frozen):
    """A task that a plan wants done, opened or not."""

    name: str
    rule: str
    by: str | None
    within: str | None
    after: Sequence[str]
    outcomes: Sequence[str]
    once: bool


class TaskView(Frozen):
    """A task of a case: whose it is (`by` names the team or role, None the team of the case) and what became of it."""

    name: str
    cycle: int
    number: int
    plan: int
    rule: str
    by: str | None
    state: str
    waits_for: Sequence[str]
    outcomes: Sequence[str]
    opened_at: str
    done_at: str | None
    done_by: str | None
    outcome: str | None


class LinkView(Frozen):
    """What a case is linked with, seen from it: the other case, how, and whether this one says so (1) or the other."""

    seq: int
    case: str
    relation: str
    told: int


class PlanView(Frozen):
    """The newest version of the plan; its texts are personal and stand with its event alone."""

    agreed: bool | None
    approvals: Sequence[str]
    approved: bool
    declined: bool
    disposition: str | None
    gives: Mapping[str, str]
    promised_at: str | None
    proposed_by: str
    revised: str
    stopped: bool
    tasks: Sequence[PlannedView]
    text: str | None
    titles: Mapping[str, str] | None
    version: int


class CaseView(Frozen):
    """One case, verdicts as of the time asked.

    `due_at` is when the next open deadline is due; `responded_at` and the like tell the last time that it was.
    """

    case: str
    version: int
    status: str
    stage: str
    kind: str | None
    channel: str
    category: str
    classified: bool
    priority: str
    owner: str
    person: str | None
    collaborators: Sequence[str]
    registered_at: str
    registered_by: str
    due_at: str | None
    responded_at: str | None
    resolved_at: str | None
    closed_at: str | None
    cycle: int
    product: str | None
    fields: Mapping[str, str | Sequence[str]]
    known_from: Mapping[str, str]
    customer: str | None
    contact: str | None
    description: str | None
    source_number: str | None
    deadlines: Sequence[DeadlineView]
    tasks: Sequence[TaskView]
    promised_at: str | None
    waiting_for: str | None
    void_by: str | None
    merged_into: str | None
    appraisal: Found | None
    assessment: Found | None
    pauses: Sequence[PauseView]
    plan: PlanView | None
    given: Mapping[str, Mapping[str, str]]
    satisfied: bool | None
    scores: Mapping[str, int] | None
    screened: str
    problems: Mapping[str, str]
    explanation: Sequence[DecidedView]
    attachments: Sequence[AttachmentView]


def case_view(listed: Listed, now: datetime) -> CaseView:
    """Return one case from its rows in the tables, with verdicts as of `now`."""
    row, texts, at = listed.case, listed.texts, to_text(now)
    decided, work = json.loads(row.decided), json.loads(row.work)
    plan = work["plan"]
    deadlines = [_deadline(deadline, at) for deadline in listed.deadlines]
    due = next_of(deadlines, row.status, row.cycle)
    return row.into(
        CaseView,
        case=row.case_id,
        classified=bool(row.classified),
        collaborators=json.loads(row.collaborators),
        due_at=due.due_at if due else None,
        fields={**json.loads(row.fields), **json.loads(texts.details)},
        known_from=work["known_from"],
        customer=texts.customer,
        contact=texts.contact,
        description=texts.description,
        source_number=texts.source_number,
        deadlines=deadlines,
        tasks=[_task(task) for task in listed.tasks],
        waiting_for=row.pause,
        void_by=row.void_by or None,
        appraisal=work["appraisal"],
        assessment=work["assessment"],
        pauses=[PauseView(**pause) for pause in work["pauses"]],
        plan=plan and PlanView(**{**plan, "tasks": [_planned(task) for task in plan["tasks"]]}),
        given=work["given"],
        satisfied=work["satisfied"],
        scores=work["scores"],
        screened=work["screened"],
        problems=work["problems"],
        explanation=[_decided(field, decided[field]) for field in explained_of(decided)],
        attachments=[_attachment(attachment) for attachment in listed.attachments],
    )


def next_deadline(case: CaseView) -> DeadlineView | None:
    """Return what has to be met next: the earliest deadline still without an answer; None if there is none."""
    return next_of(case.deadlines, case.status, case.cycle)


def next_of(deadlines: Iterable[DeadlineView], status: str, cycle: int) -> DeadlineView | None:
    """Return the earliest of a case's deadlines still without an answer; None if there is none."""
    if status == "void":
        return None
    waiting = [d for d in deadlines if d.ended_at is None and d.verdict in GOING_ON and d.cycle == cycle]
    if status == "closed":
        waiting = [d for d in waiting if d.start in AFTER_CLOSING]
    return min(waiting, key=lambda d: d.due_at, default=None)


def _deadline(row: DeadlineRow, now: str) -> DeadlineView:
    return row.into(
        DeadlineView,
        verdict=verdict(row.outcome, row.ended_at, row.due_at, now, row.paused_at),
        provisional=bool(row.provisional),
        until=row.until.split(","),
        by=row.done_by or None,
        counts=bool(row.counts),
        calendar=row.calendar or None,
    )


def _task(row: TaskRow) -> TaskView:
    return row.into(TaskView, by=row.team, waits_for=_listed(row.waits_for), outcomes=_listed(row.outcomes))


def _planned(spec: Mapping[str, Any]) -> PlannedView:
    values = {name: spec[name] for name in PlannedView.__fields__}
    return PlannedView(**{**values, "outcomes": list(spec["outcomes"])})


def _listed(names: str) -> Sequence[str]:
    return names.split(",") if names else []


def explained_of(decided: Iterable[str]) -> list[str]:
    """Return what a case was given, in the order in which it is told: what every case is given, then the fields."""
    return [*PLACED, *(field for field in decided if field not in PLACED)]


def decided_view(finding: Finding, rulebook: str) -> DecidedView:
    """Return a finding with the hash of the rulebook that gave it, as it is told."""
    return _decided(finding.field, {**finding.__dict__, "rulebook": rulebook})


def _decided(field: str, told: Mapping[str, Any]) -> DecidedView:
    value, *phrases = told["rival"] or ("",)
    rival = RivalView(value, phrases) if value else None
    uncounted = [UncountedView(*one) for one in told["uncounted"]]
    return DecidedView(**{"suggested": None, **told, "field": field, "rival": rival, "uncounted": uncounted})


def _attachment(row: AttachmentRow) -> AttachmentView:
    body, personal = json.loads(row.body), json.loads(row.data or "{}")
    return row.into(
        AttachmentView,
        name=personal.get("file"),
        size=body["size"],
        sha256=body["digest"],
        note=personal.get("text"),
    )
