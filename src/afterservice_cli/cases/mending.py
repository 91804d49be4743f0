"""Mending: a wrong fact put right, an event booked by mistake taken back."""

from collections.abc import Mapping

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Moment
from afterservice_cli.cases.checks import check_changeable, check_reason, split_facts
from afterservice_cli.cases.events import (
    CaseAmended,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseConfirmed,
    CaseRated,
    CaseRegistered,
    CaseReopened,
    CaseResolved,
    CaseResponded,
    DeadlineMoved,
    Event,
    EventRetracted,
    Source,
    anchor,
)
from afterservice_cli.errors import BadInput, NotFound, Refused

# The way of a case to the archive and back: each step builds on the one before it.
COURSE = (CaseResolved, CaseConfirmed, CaseReopened, CaseClosed)


def amend(
    case: Case,
    moment: Moment,
    *,
    facts: Mapping[str, str | None],
    reason: str,
    customer_id: str | None = None,
    source: Source | None = None,
) -> list[Event]:
    """Put facts right; an empty value takes one away. `customer_id` is who the contact, if amended, belongs to.

    The rules are not run again: that is `classify`. Returns no event where nothing changes.
    """
    check_changeable(case, moment, closed=True)
    why = check_reason(reason, "an amendment")
    rulebook = moment.rulebook
    given = {name: value if value and value.strip() else None for name, value in facts.items()}
    public, personal = split_facts(rulebook, given)
    now = case.every_fact()
    public = {name: value for name, value in public.items() if now.get(name) != value}
    personal = {name: value for name, value in personal.items() if now.get(name) != value}
    for required in {"channel", "description", *rulebook.required} & {*public, *personal}:
        if ({**public, **personal})[required] is None:
            raise BadInput(f"the rulebook requires {required}; it cannot be taken away")
    after = {**now, **public, **personal}
    if (
        not rulebook.anonymous
        and {"customer", "contact"} & set(personal)
        and not (after["customer"] or after["contact"])
    ):
        raise BadInput("the rulebook takes no anonymous cases; name or contact must stay")
    if not public and not personal and source is None:
        return []
    settings, dropped = deadlines.moved(case, rulebook, {**case.facts(), **public}, moment.now)
    if case.status in ("closed", "void"):
        settings, dropped = (), ()
    mine = customer_id if "contact" in personal else None
    return [CaseAmended(moment.at, public, mine, settings, dropped, source, personal or None, why)]


def retract(case: Case, moment: Moment, *, seq: int, reason: str) -> list[Event]:
    """Take an event of the case back; a registration taken back makes the case void."""
    check_changeable(case, moment)
    why = check_reason(reason, "a retraction")
    found = next((recorded for recorded in case.events if recorded.seq == seq), None)
    if found is None:
        raise NotFound(f"{case.number} has no event {seq}", hint=f"afterservice show {case.number} lists them")
    if isinstance(found.event, EventRetracted):
        raise Refused(f"event {seq} is a retraction itself", hint="record again what it took back")
    standing = case.standing
    if found not in standing:
        raise Refused(f"event {seq} was taken back already")
    later = [r for r in standing if r.seq > seq and isinstance(r.event, _carried(found.event))]
    if later:
        raise Refused(
            f"event {seq} carries event {later[-1].seq} ({anchor(later[-1].event)}), which builds on it",
            hint=f"take the later one back first: afterservice retract {case.number} {later[-1].seq} --reason …",
        )
    return [EventRetracted(moment.at, seq, why)]


def _carried(event: Event) -> tuple[type[Event], ...]:
    """The kinds of later events that build on this one, and are to be taken back first."""
    match event:
        case CaseRegistered():
            return ()  # the case becomes void, and all of it with it
        case CaseReopened():
            return (*COURSE, CaseRated, CaseResponded, CaseClassified, CaseAssigned, CaseAmended, DeadlineMoved)
        case CaseResolved():
            return (*COURSE, CaseRated)
        case CaseConfirmed():
            return COURSE
    return (CaseReopened,)  # what a cycle began with stays what it was
