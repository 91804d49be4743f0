"""A case as its events make it: one match over the kinds of event, and what each does to the deadlines."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from afterservice_cli.cases.case import Case, Deadline, Decided, Pause, Plan, standing
from afterservice_cli.cases.events import (
    PROMISED,
    CaseAcknowledged,
    CaseAmended,
    CaseAppraised,
    CaseAssessed,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseConfirmed,
    CaseEscalated,
    CaseMerged,
    CasePaused,
    CaseRated,
    CaseRegistered,
    CaseReopened,
    CaseResolved,
    CaseResumed,
    CaseScreened,
    CaseWithdrawn,
    CustomerReplied,
    DeadlineSpec,
    DelayAnnounced,
    Event,
    EventRetracted,
    FileAttached,
    FollowedUp,
    FollowUpDemanded,
    PlanAgreed,
    PlanApproved,
    PlanDeclined,
    PlanProposed,
    PlanRefused,
    Recorded,
    StepDone,
    word_of,
)
from afterservice_cli.rulebook.matching import Finding

BEGINNING = ("registered", "classified", "assigned")
SECOND_VISIT = "closing:follow_up"  # the target of the deadline that a low score sets
Key = tuple[str, int, int]


def beginning(at: datetime) -> dict[str, datetime]:
    """A cycle begins with everything the rules give it."""
    return dict.fromkeys(BEGINNING, at)


def fold(history: Iterable[Recorded]) -> Case:
    """The case that a history makes. A retracted event is skipped; a retracted registration makes the case void."""
    history = tuple(history)
    first, *rest = history
    case = _registered(first)
    for recorded in standing(tuple(rest)):
        case = evolve(case, recorded.event, recorded.rulebook, recorded.actor)
    if first not in standing(history):
        void = tuple(deadline.but(outcome="void") for deadline in case.deadlines)
        case = case.but(status="void", void_by="retracted", deadlines=void)
    return case.but(events=history)


def evolve(case: Case, event: Event, rulebook: str, actor: str = "") -> Case:
    """The case after one more event, recorded under the snapshot `rulebook` by `actor`."""
    before = _answered(case, event)
    if isinstance(event, CaseReopened):
        before = _cycle_after(before, event)
    after = _changed(before, event, rulebook, actor)
    after = _dropped(after, getattr(event, "dropped", ()))
    return after.but(deadlines=_set(after, getattr(event, "deadlines", ()), rulebook, event))


def _changed(case: Case, event: Event, rulebook: str, actor: str) -> Case:
    """What the event says of the case itself, and the deadlines it ends, voids, or lets stand still."""
    match event:
        case CaseScreened(outcome="invalid"):
            return _taken_out(case.but(screened="invalid"), event)
        case CaseScreened(outcome=outcome):
            return case.but(screened=outcome)
        case CaseAcknowledged(promised_at=promised_at):
            return case.but(promised_at=promised_at or case.promised_at)
        case CaseAssessed():
            return case.but(assessment=_known(event, "known", "known_from", "visit", "warranty"))
        case CaseClassified(collaborators=collaborators):
            placed = _decided(case, event.findings, rulebook)
            person = case.person if placed.value("owner") == case.value("owner") else None
            return placed.but(
                collaborators=placed.collaborators if collaborators is None else collaborators, person=person
            )
        case CaseAssigned():
            return _decided(case, event.findings, rulebook).but(collaborators=event.collaborators, person=event.person)
        case CustomerReplied(text=text) if case.screened == "vague":
            return case.but(screened="answered", replies=(*case.replies, *([text] if text else [])))
        case CasePaused(ground=ground):
            paused = case.but(status="waiting", pauses=(*case.pauses, Pause(ground, event.at)))
            return paused.but(deadlines=tuple(_stopped(deadline, case, event.at) for deadline in case.deadlines))
        case CaseResumed():
            return _moving(case, event.at)
        case CaseAppraised():
            return case.but(appraisal=_known(event, "fault", "cause", "liability", "warranty"))
        case PlanProposed():
            known = (event.version, event.disposition, event.amount, event.promised_at, event.steps, actor)
            plan = Plan(*known, event.titles, event.text)
            steps = [d.spec.target for d in case.deadlines if d.spec.target.startswith("step:")]
            promised = event.promised_at or case.promised_at
            return _dropped(case.but(plan=plan, plans=event.version, promised_at=promised), steps)
        case PlanApproved() | PlanDeclined() | PlanAgreed() | PlanRefused() | StepDone() if case.plan:
            return case.but(plan=_planned(case.plan, event))
        case DelayAnnounced(promised_at=promised_at):
            return case.but(promised_at=promised_at)
        case CaseEscalated():
            person = event.person or (None if event.findings and event.findings[-1].field == "owner" else case.person)
            return _decided(case, event.findings, rulebook).but(person=person)
        case CaseResolved():
            return case.but(status="resolved", satisfied=None, deadlines=tuple(_rounds_over(case, event.at)))
        case CaseConfirmed(satisfied=satisfied):
            return case.but(status="confirmed" if satisfied else case.status, satisfied=satisfied)
        case CaseRated(scores=scores):
            return case.but(scores={**(case.scores or {}), **scores})
        case FollowUpDemanded(role=role):
            return case.but(follow_up=role)
        case FollowedUp():
            return case.but(follow_up=None)
        case CaseClosed():
            return case.but(status="closed", deadlines=_ended(case.deadlines, "missed"))
        case CaseWithdrawn():
            # What had been missed by then stays missed.
            late = tuple(d.but(outcome="missed") if _missed(d, event.at) else d for d in case.deadlines)
            return _taken_out(case.but(deadlines=late), event).but(status="closed")
        case CaseMerged(into=into):
            return _taken_out(case, event).but(merged_into=into)
        case CaseReopened(findings=findings):
            return _decided(case, findings, rulebook)
        case CaseAmended():
            return _amended(case, event)
        case FileAttached():
            return case.but(attachments=(*case.attachments, event))
    return case


def _registered(recorded: Recorded) -> Case:
    event = recorded.event
    assert isinstance(event, CaseRegistered)
    return Case(
        number=event.case,
        series=event.series,
        serial=event.serial,
        channel=event.channel,
        kind=event.kind,
        product=event.product,
        fields=event.fields,
        customer_id=event.customer_id,
        customer=event.customer,
        contact=event.contact,
        description=event.description,
        details=event.details or {},
        decided={finding.field: Decided(finding, recorded.rulebook) for finding in event.findings},
        collaborators=event.collaborators,
        registered_at=event.at,
        status="open",
        cycle=1,
        happened=dict.fromkeys(BEGINNING, (event.at,)),
        deadlines=tuple(Deadline(spec, recorded.rulebook) for spec in event.deadlines),
        source_batch=event.source.batch if event.source else None,
        source_digest=event.source.digest if event.source else None,
    )


def _cycle_after(case: Case, event: CaseReopened) -> Case:
    """The next cycle. A target of the old one that never got its event has had its chance."""
    second = tuple(
        deadline.but(outcome="void") if deadline.spec.target == SECOND_VISIT and deadline.unanswered else deadline
        for deadline in case.deadlines
    )
    return case.but(
        status="open",
        cycle=case.cycle + 1,
        happened=dict.fromkeys((*BEGINNING, word_of(event)), (event.at,)),
        deadlines=_ended(second, "missed"),
        plan=None,
        promised_at=None,
        satisfied=None,
        scores=None,
        follow_up=None,
        void_by="",
    )


def _known(event: Event, *names: str) -> dict[str, object]:
    return {name: getattr(event, name) for name in names}


def _planned(plan: Plan, event: Event) -> Plan:
    match event:
        case PlanApproved(role=role, complete=complete):
            return plan.but(approvals=(*plan.approvals, role), approved=complete)
        case PlanDeclined():
            return plan.but(declined=True)
        case PlanAgreed() | PlanRefused():
            return plan.but(agreed=isinstance(event, PlanAgreed))
        case StepDone(step=step):
            return plan.but(done=(*plan.done, step))
    return plan


def _taken_out(case: Case, event: Event) -> Case:
    case = _moving(case, event.at)
    return case.but(status="void", void_by=event.WORD, deadlines=_ended(case.deadlines, "void"))


def _decided(case: Case, findings: Iterable[Finding], rulebook: str) -> Case:
    return case.but(decided={**case.decided, **{finding.field: Decided(finding, rulebook) for finding in findings}})


def _amended(case: Case, event: CaseAmended) -> Case:
    private = event.private or {}
    own = {name: value for name, value in event.facts.items() if name in ("channel", "kind", "product")}
    fields = _merged(case.fields, {name: value for name, value in event.facts.items() if name not in own})
    people = {name: value for name, value in private.items() if name in ("customer", "contact", "description")}
    details = _merged(case.details, {name: value for name, value in private.items() if name not in people})
    if event.customer_id is not None or "contact" in people:
        own["customer_id"] = event.customer_id
    if event.source is not None:
        own["source_digest"] = event.source.digest
        own["source_batch"] = event.source.batch
    # A rulebook may have made a field personal since, or no longer so: it has one value all the same.
    fields = {name: value for name, value in fields.items() if name not in private}
    details = {name: value for name, value in details.items() if name not in event.facts}
    return case.but(fields=fields, details=details, **own, **people)


def _merged(old: Mapping[str, str], new: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


# --- deadlines ------------------------------------------------------------------------------------------------------


def _answered(case: Case, event: Event) -> Case:
    """Note when the event came in this cycle, and end what waits for it: by the earliest that came after its start."""
    word, at = word_of(event), event.at
    deadlines = tuple(
        deadline.but(ended_at=at)
        if deadline.spec.until == word
        and deadline.spec.cycle == case.cycle
        and not deadline.outcome
        and (deadline.spec.from_at <= at or _dated(deadline.spec))
        and (deadline.ended_at is None or at < deadline.ended_at)
        else deadline
        for deadline in case.deadlines
    )
    return case.but(happened={**case.happened, word: (*case.happened.get(word, ()), at)}, deadlines=deadlines)


def _set(case: Case, specs: Iterable[DeadlineSpec], rulebook: str, event: Event) -> tuple[Deadline, ...]:
    """Add new deadlines; a spec for one that runs already moves it.

    What was done before it was demanded counts, if it was not done before its clock began; what begins with the event
    itself, or goes round with the event that began it, waits for something later, and so does a second visit: none
    that was paid before can have settled the score.
    """
    word, pause = word_of(event), case.pause
    found: dict[Key, Deadline] = {_key(deadline.spec): deadline for deadline in case.deadlines}
    for spec in specs:
        counts = spec.cycle == case.cycle and spec.target != SECOND_VISIT
        times = case.happened.get(spec.until, ()) if counts else ()
        later = [
            at
            for at in times
            if at > spec.from_at or (at == spec.from_at and spec.start not in (word, spec.until)) or _dated(spec)
        ]
        before = found.get(_key(spec))
        # Waiting and delays move what an earlier rulebook promised; they do not promise it anew.
        keeps = before is not None and isinstance(event, CaseResumed | DelayAnnounced | EventRetracted)
        deadline = Deadline(spec, before.rulebook if before and keeps else rulebook, min(later, default=None))
        since = event.at if spec.rule == PROMISED or pause is None else pause.from_at
        waits = pause is not None and (deadline.ended_at is None or deadline.ended_at >= pause.from_at)
        found[_key(spec)] = _standing_still(deadline, case, since) if waits else deadline
    return tuple(found.values())


def _dated(spec: DeadlineSpec) -> bool:
    """Whether a date of the case starts the clock, which may lie ahead of what ends it."""
    return spec.start.startswith("field:")


def _key(spec: DeadlineSpec) -> Key:
    return spec.target, spec.cycle, spec.occurrence


def _dropped(case: Case, targets: Iterable[str]) -> Case:
    dropped = tuple(
        deadline.but(outcome="void")
        if deadline.spec.target in targets and deadline.spec.cycle == case.cycle and deadline.unanswered
        else deadline
        for deadline in case.deadlines
    )
    return case.but(deadlines=dropped)


def _stopped(deadline: Deadline, case: Case, at: datetime) -> Deadline:
    return _standing_still(deadline, case, at) if deadline.unanswered else deadline


def _standing_still(deadline: Deadline, case: Case, at: datetime) -> Deadline:
    spec = deadline.spec
    return deadline.but(paused_at=max(at, spec.from_at)) if spec.pauses and spec.cycle == case.cycle else deadline


def _moving(case: Case, at: datetime) -> Case:
    """No longer waiting; deadlines that stand still run again, the event says until when."""
    pauses = tuple(pause if pause.to_at else pause.but(to_at=at) for pause in case.pauses)
    status = "open" if case.status == "waiting" else case.status
    running = tuple(deadline.but(paused_at=None) if deadline.unanswered else deadline for deadline in case.deadlines)
    return case.but(status=status, pauses=pauses, deadlines=running)


def _rounds_over(case: Case, at: datetime) -> Iterator[Deadline]:
    """What goes round with each event, such as the next news for the customer, is owed no longer once it is done."""
    for deadline in case.deadlines:
        goes_round = deadline.spec.start == deadline.spec.until and deadline.spec.cycle == case.cycle
        in_time = deadline.spec.due_at >= at or deadline.paused_at is not None
        yield deadline.but(outcome="void") if goes_round and deadline.unanswered and in_time else deadline


def _missed(deadline: Deadline, at: datetime) -> bool:
    return deadline.unanswered and deadline.verdict(at) == "missed"


def _ended(deadlines: tuple[Deadline, ...], outcome: str) -> tuple[Deadline, ...]:
    return tuple(deadline.but(outcome=outcome) if deadline.unanswered else deadline for deadline in deadlines)
