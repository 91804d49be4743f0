"""Mending: a wrong fact put right, an event booked by mistake taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event, Recorded
from afterservice_cli.cases.events import KINDS, called
from afterservice_cli.cases.events.closing import (
    CaseClosed,
    CaseConfirmed,
    CaseRated,
    CaseReopened,
    CaseResolved,
)
from afterservice_cli.cases.events.general import (
    CaseAmended,
    DeadlineMoved,
    EarlierCounted,
    EventRetracted,
    MessageWritten,
)
from afterservice_cli.cases.events.handling import (
    CaseNoted,
    CasePaused,
    CaseResumed,
    CustomerReplied,
    DelayAnnounced,
    PlanAgreed,
    PlanApproved,
    PlanDeclined,
    PlanProposed,
    PlanRefused,
    TaskDone,
)
from afterservice_cli.cases.events.intake import (
    CaseLinked,
    CaseMerged,
    CaseRegistered,
    CaseScreened,
    FileAttached,
)
from afterservice_cli.cases.events.problems import CaseGathered
from afterservice_cli.cases.events.triage import CaseClassified
from afterservice_cli.cases.fold import fold
from afterservice_cli.cases.values import Customer, DeadlineSpec, Settled, Source
from afterservice_cli.decisions.checks import (
    check_changeable,
    check_kept,
    check_reason,
    check_role,
    check_time,
    check_unerased,
    split_facts,
)
from afterservice_cli.decisions.intake import missing_of_customer
from afterservice_cli.errors import BadInput, NotFound, Refused, typed
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.calling import fact_called, state_called
from afterservice_cli.rulebook.model import Facts
from afterservice_cli.rulebook.values import kept_apart

# The way of a case to the archive and back: each step builds on the one before it.
CLOSING_KINDS = (CaseResolved, CaseConfirmed, CaseReopened, CaseClosed)


def amend(
    case: Case,
    moment: Moment,
    *,
    facts: Mapping[str, str | None],
    reason: str,
    customer: Customer | None = None,
) -> list[Event]:
    """Put facts right; an empty value takes one away.

    `customer` is the one to whom an amended contact belongs: what earlier cases say of them replaces what was known of
    another. The rules are not run again: that is `classify`. Returns no event if nothing changes.
    """
    check_kept(case, moment, "amend")
    return amended(case, moment, facts=facts, reason=reason, customer=customer)


def amended(
    case: Case,
    moment: Moment,
    *,
    facts: Mapping[str, str | None],
    reason: str,
    customer: Customer | None = None,
    source: Source | None = None,
) -> list[Event]:
    """Return the amendment itself, whoever may make one; `source` is the imported row that brings it."""
    check_changeable(case, moment, closed=True)
    why = check_reason(reason, tr("an amendment"))
    rulebook = moment.rulebook
    values = {name: value if value and value.strip() else None for name, value in facts.items()}
    public, personal = split_facts(rulebook, values, moment.now)
    now = case.every_fact()
    public = {name: value for name, value in public.items() if now.get(name) != value}
    personal = {name: value for name, value in personal.items() if now.get(name) != value}
    _check_required(moment, now, {**public, **personal})
    if not public and not personal and source is None:
        return []
    whose = (customer or Customer()) if "contact" in personal else Customer(case.customer_id)
    known, of_customer = _known_then(case, moment, whose, {**public, **personal})
    told, secret = split_facts(rulebook, known, moment.now)
    public, personal = {**public, **told}, {**personal, **secret}
    mine = whose.id if "contact" in personal else None
    facts_kept, private = kept_apart(rulebook, public), kept_apart(rulebook, personal)
    event = CaseAmended(moment.at, facts_kept, mine, (), (), source, private or None, why, of_customer=of_customer)
    return [deadlines.following(case, event, moment)]


def _check_required(moment: Moment, now: Facts, changed: Facts) -> None:
    """Refuse to take away what registering demands."""
    rulebook = moment.rulebook
    for required in {"channel", "description", *rulebook.intake.require} & {*changed}:
        if changed[required] is None:
            raise BadInput(
                tr("the rulebook requires {fact}; it cannot be taken away", fact=fact_called(required, rulebook))
            )
    if gone := set(missing_of_customer(rulebook, {**now, **changed})) - set(missing_of_customer(rulebook, now)):
        raise BadInput(
            tr(
                "the rulebook requires {facts} (intake.customer: {rule})",
                facts=tr(" and ").join(fact_called(fact, rulebook) for fact in sorted(gone)),
                rule=rulebook.intake.customer,
            ),
            hint=tr("give it with the same amendment, or leave both as they are"),
        )


def _known_then(
    case: Case, moment: Moment, customer: Customer, said: Facts
) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return what changes in the customer's fields if the case is this customer's and this is said of it.

    It comes as facts, and where each of the customer's fields is known from then: "" if it is said now. What was said
    in the case before stays; what was known of another customer goes.
    """
    facts: dict[str, str | None] = {}
    sources = {name: "" for name in moment.rulebook.of_customer if name in said}
    if customer.id == case.customer_id:
        return facts, sources
    now = case.facts()
    for name in sorted({*moment.rulebook.of_customer, *case.known_from}.difference(said)):
        known = customer.known.get(name)
        if known and (name in case.known_from or name in case.decided or not now.get(name)):
            facts[name], sources[name] = known.value, known.case
        elif name in case.known_from:
            facts[name] = None
    return facts, sources


def retract(case: Case, moment: Moment, *, seq: int, reason: str) -> list[Event]:
    """Take an event of the case back; a registration taken back makes the case void.

    What made a case void (a merger, a screening) can be taken back, too: the case goes on as if it had not been.
    """
    check_unerased(case)
    found = next((recorded for recorded in case.events if recorded.seq == seq), None)
    # A case whose registration was taken back stays void; whatever else made a case void is undone with its event.
    undoes = found is not None and case.void_by == found.event.WORD != EventRetracted.WORD
    if undoes:
        check_time(moment, since=case)
    elif case.status == "closed":
        raise Refused(
            tr(
                "{case} is {state} and cannot be changed",
                case=case.number,
                state=state_called("closed", moment.rulebook),
            ),
            hint=tr(
                "what led there stays – amend facts, or begin again: afterservice reopen {case} --reason …",
                case=case.number,
            ),
            rule="closed",
        )
    else:
        check_changeable(case, moment)
    check_kept(case, moment, "retract")
    why = check_reason(reason, tr("a retraction"))
    if found is None:
        raise NotFound(
            tr("{case} has no event {seq}", case=case.number, seq=typed(str(seq))),
            hint=tr("afterservice show {case} lists them", case=case.number),
        )
    if isinstance(found.event, EventRetracted):
        raise Refused(
            tr("event {seq} is a retraction itself", seq=seq),
            hint=tr("record again what it took back"),
            rule="retraction",
        )
    standing = case.standing
    if found not in standing:
        raise Refused(
            tr("event {seq} was taken back already", seq=seq),
            hint=tr("afterservice show {case} lists them", case=case.number),
            rule="retracted",
        )
    later = [r for r in standing if r.seq > seq and builds_on(r.event, found.event)]
    if later:
        _refuse_carried(case, seq, later[-1])
    if opened := _planless_without(case, found):
        _refuse_carried(case, seq, opened)
    _check_whose(case, moment, found.event)
    return taking_back(case, moment, seq=seq, reason=why)


def taking_back(
    case: Case, moment: Moment, *, seq: int, reason: str | None = None, batch: str | None = None
) -> list[Event]:
    """Return the retraction itself of an event that stands, with what it changes in the deadlines.

    `batch` is the import by which the event changed the case, if that is undone: then it needs no reason.
    """
    specs, settled = _mended(case, moment, seq)
    return [EventRetracted(moment.at, seq, reason, specs, settled, batch=batch)]


def undo_import(case: Case, moment: Moment, *, batch: str) -> list[Event]:
    """Take back the registration of an imported case, whatever the file told of it; `Refused` if others worked on it.

    What the file told was recorded at once. That the case was put to a problem, that the calendar moved a deadline, and
    what was written to somebody, is no work on it.
    """
    first = case.events[0]
    if case.status == "void" or case.erased:
        return []
    for place, recorded in enumerate(case.events):
        at_once = (recorded.recorded_at, recorded.actor) == (first.recorded_at, first.actor)
        if not (at_once and recorded.seq == first.seq + place):
            _check_not_worked_on(case, recorded)
    return [EventRetracted(moment.at, first.seq, batch=batch)]


def changed_by_import(case: Case, batch: str) -> list[int]:
    """Return the numbers of the events by which an import changed a case that another had brought in, the last first.

    `Refused` if others worked on the case since, or if the import put right what an earlier one had told: what was
    taken back then cannot come back.
    """
    standing = case.standing
    led = next((recorded for recorded in standing if _leads(recorded.event, batch)), None)
    if led is None or case.erased:
        return []
    source = led.event.source if isinstance(led.event, CaseAmended) else None
    last = led.version + (source.told if source else 0)
    for recorded in case.events:
        if recorded.version > last:
            _check_not_worked_on(case, recorded)
    mine = [recorded for recorded in case.events if led.version <= recorded.version <= last]
    if any(isinstance(recorded.event, EventRetracted) for recorded in mine):
        raise Refused(
            tr("{case}: the import put right there what an earlier one had told", case=case.number), rule="put right"
        )
    return [recorded.seq for recorded in reversed(mine) if recorded in standing]


def _leads(event: Event, batch: str) -> bool:
    return isinstance(event, CaseAmended) and event.source is not None and event.source.batch == batch


def _check_not_worked_on(case: Case, recorded: Recorded) -> None:
    """Refuse to undo an import past what somebody did since.

    What an undone import did is no work, nor is what followed by itself: a message, a problem, another calendar.
    """
    event = recorded.event
    undone = (isinstance(event, EventRetracted) and event.batch) or recorded not in case.standing
    if not undone and not isinstance(event, CaseGathered | EarlierCounted | MessageWritten | DeadlineMoved):
        raise Refused(
            tr(
                "{case} has been worked on since: {what} by {actor}",
                case=case.number,
                what=called(event.word),
                actor=recorded.actor,
            ),
            rule="worked on",
        )


def _refuse_carried(case: Case, seq: int, later: Recorded) -> NoReturn:
    raise Refused(
        tr(
            "event {seq} carries event {later} ({what}), which builds on it",
            seq=seq,
            later=later.seq,
            what=called(later.event.word),
        ),
        hint=tr(
            "take the later one back first: afterservice retract {case} {later} --reason …",
            case=case.number,
            later=later.seq,
        ),
        rule="carried",
    )


def _planless_without(case: Case, taken: Recorded) -> Recorded | None:
    """Return the last event that opened tasks of the plan that the event `taken` back proposed; None if none did."""
    if not isinstance(taken.event, PlanProposed):
        return None
    later = (r for r in reversed(case.standing) if r.seq > taken.seq and not isinstance(r.event, EventRetracted))
    return next((r for r in later if any(spec.planned for spec in r.event.tasks)), None)


def _mended(case: Case, moment: Moment, taken: int) -> tuple[tuple[DeadlineSpec, ...], tuple[Settled, ...]]:
    """Return what changes in the deadlines without the event `taken` back: new specs, and how others stand."""
    if case.events[0].seq == taken:
        return (), ()
    without = fold(recorded for recorded in case.standing if recorded.seq != taken)
    return deadlines.mended(without, moment.earlier or (lambda _: moment.rulebook))


def _check_whose(case: Case, moment: Moment, event: Event) -> None:
    """Refuse to take back an approval that only others may give."""
    if isinstance(event, PlanApproved | PlanDeclined):
        check_role(
            case,
            moment,
            event.role,
            tr("taking back what was said of plan {version}", version=event.version),
            "approvals",
        )


def builds_on(later: Event, event: Event) -> bool:
    """Tell whether a later event would be another one without the earlier one."""
    if isinstance(later, _carried(event)):
        return True
    if isinstance(later, TaskDone) and later.task in [task.name for task in event.tasks]:
        return True
    if isinstance(event, CaseRegistered) or isinstance(later, EventRetracted):
        return False  # each retraction counts the deadlines anew
    # What moved a deadline later counted from the time that this event had set.
    mine = {spec.key for spec in event.deadlines}
    return any(spec.key in mine or spec.target in event.dropped for spec in later.deadlines)


def _carried(event: Event) -> tuple[type[Event], ...]:
    """Return the kinds of later events that build on this one, and are to be taken back first."""
    match event:
        case CaseRegistered():
            return ()  # the case becomes void, and all of it with it
        case CaseLinked() | CaseNoted() | MessageWritten() | CaseMerged() | FileAttached():
            return ()
        case CaseReopened():
            return tuple(kind for kind in KINDS.values() if kind not in (CaseLinked, MessageWritten, EventRetracted))
        case CaseResolved():
            return (*CLOSING_KINDS, CaseRated)
        case CaseConfirmed():
            return CLOSING_KINDS
        case CaseRated():
            return (CaseRated, CaseReopened)  # what a later answer asks for may be asked for already
        case CaseScreened() | CasePaused() | CaseResumed() | CustomerReplied():
            # Every deadline set since counts with the pause, and a delay may have been in time by it alone.
            counted = (CaseScreened, CasePaused, CaseResumed, DelayAnnounced, DeadlineMoved)
            facts = (CaseClassified, CaseAmended, CaseGathered, EarlierCounted)
            return (*counted, *facts, CaseResolved, CaseReopened, CaseClosed)
        case PlanProposed() | PlanApproved() | PlanDeclined():
            return (PlanProposed, PlanApproved, PlanDeclined, PlanAgreed, PlanRefused, TaskDone, CaseReopened)
        case PlanAgreed() | PlanRefused() | TaskDone():
            return (PlanProposed, TaskDone, CaseReopened)
    return (CaseReopened,)  # what a cycle began with stays what it was
