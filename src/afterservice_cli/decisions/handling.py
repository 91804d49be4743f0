"""Handling: contacts with the customer, waiting, the search for the cause, and delays."""

from __future__ import annotations

from datetime import datetime

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.handling import (
    CaseAppraised,
    CaseInvestigated,
    CaseNoted,
    CasePaused,
    CaseResponded,
    CaseResumed,
    CustomerReplied,
    DelayAnnounced,
)
from afterservice_cli.cases.fold import evolve_all
from afterservice_cli.cases.values import Appraisal
from afterservice_cli.decisions import triage
from afterservice_cli.decisions.checks import (
    check_ahead,
    check_changeable,
    check_may,
    check_open,
    check_order,
    check_reason,
    check_used,
)
from afterservice_cli.decisions.messages import way_to
from afterservice_cli.decisions.requirements import CommandInput
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.input_text import check_text, optional_text
from afterservice_cli.language import spoken, tr
from afterservice_cli.moment import Moment
from afterservice_cli.time.instants import to_minute_text

WAITED_FOR = "replied"  # the one event that can end a pause by itself


def respond(case: Case, moment: Moment, *, channel: str | None = None, text: str | None = None) -> list[Event]:
    """Record a contact with the customer, in the way that they prefer or the case came by unless another is named."""
    check_changeable(case, moment)
    check_may(case, moment, "respond", CommandInput(text))
    return responded(case, moment, channel=channel, text=text)


def responded(case: Case, moment: Moment, *, channel: str | None = None, text: str | None = None) -> list[Event]:
    """Return the contact itself, whoever may record one."""
    check_changeable(case, moment)
    through = way_to(case, moment.rulebook, channel)
    return [CaseResponded(moment.at, through, optional_text(text, tr("the text")))]


def note(case: Case, moment: Moment, *, text: str) -> list[Event]:
    """Write something down about the case."""
    check_changeable(case, moment)
    return [CaseNoted(moment.at, _said(text, tr("the note")))]


def reply(case: Case, moment: Moment, *, text: str) -> list[Event]:
    """Record what the customer says; it ends a pause that waits for it.

    If the case was vague, the words become part of its text, and the rules are run over it again.
    """
    check_changeable(case, moment)
    events: list[Event] = [CustomerReplied(moment.at, _said(text, tr("the customer's word")))]
    pause = case.pause
    rules = moment.rulebook.pauses.get(pause.ground) if pause else None
    ends = rules.ends if rules else None
    if ends == WAITED_FOR or case.screened == "vague":
        events += resuming(case, moment)
    if case.screened == "vague":
        # Another category may move what begins with the answer.
        events = deadlines.begun(case, events, moment.rulebook, moment.actor)
        events += triage.placing(evolve_all(case, events, moment.rulebook.hash), moment)
    return events


def pause(case: Case, moment: Moment, *, ground: str, reason: str | None = None) -> list[Event]:
    """Let the case wait on a ground of the rulebook; targets with `pauses: true` stand still meanwhile."""
    check_used(moment.rulebook.pauses, "pauses", "pause", moment.rulebook)
    check_open(case, moment, "pause", CommandInput(reason))
    if case.pause:
        ground = moment.rulebook.title("pause", case.pause.ground, spoken())
        raise Refused(
            tr("{case} waits already ({ground})", case=case.number, ground=ground),
            hint=f"afterservice resume {case.number}",
            rule="paused",
        )
    check_order(case, moment, "resumed")
    why = optional_text(reason, tr("the reason"))
    return [CasePaused(moment.at, moment.rulebook.known("pause", ground), why)]


def resume(case: Case, moment: Moment, *, reason: str | None = None) -> list[Event]:
    """Let the case go on; deadlines that stood still move by what the pause took."""
    check_changeable(case, moment)
    check_may(case, moment, "resume", CommandInput(reason))
    if not case.pause:
        check_used(moment.rulebook.pauses, "pauses", "resume", moment.rulebook)
        raise Refused(
            tr("{case} does not wait", case=case.number),
            hint=f"afterservice pause {case.number} --for …",
            rule="not-paused",
        )
    return resuming(case, moment, reason=optional_text(reason, tr("the reason")))


def resuming(case: Case, moment: Moment, *, reason: str | None = None) -> list[Event]:
    """Return the end of the pause that a case is in; no event if it is in none."""
    if not case.pause:
        return []
    check_order(case, moment, "paused")
    return [CaseResumed(moment.at, reason, deadlines.resumed(case, moment))]


def investigate(case: Case, moment: Moment, *, text: str | None = None) -> list[Event]:
    """Begin to look for the cause, or go on with it."""
    check_open(case, moment, "investigate", CommandInput(text))
    return investigated(case, moment, text=text)


def investigated(case: Case, moment: Moment, *, text: str | None = None) -> list[Event]:
    """Return the investigation itself, whoever may record one."""
    check_changeable(case, moment)
    return [CaseInvestigated(moment.at, optional_text(text, tr("the text")))]


def appraise(
    case: Case,
    moment: Moment,
    *,
    found: Appraisal,
    text: str | None = None,
) -> list[Event]:
    """Record what failed, why and who is liable, in the rulebook's words; what is not said stays as it was."""
    rulebook, rules = moment.rulebook, moment.rulebook.appraisal
    check_used(rules.faults or rules.causes or rules.liabilities, "appraisal", "appraise", rulebook)
    check_open(case, moment, "appraise", CommandInput(text))
    if found == Appraisal():
        raise BadInput(
            tr("the appraisal says nothing"), hint=tr("add --fault …, --cause …, --liability … or --warranty yes|no")
        )
    before = case.appraisal or Appraisal()
    event = CaseAppraised(
        moment.at,
        rulebook.known("fault", found.fault) if found.fault else before.fault,
        rulebook.known("cause", found.cause) if found.cause else before.cause,
        tuple(dict.fromkeys(rulebook.known("liability", one) for one in found.liability)) or before.liability,
        before.warranty if found.warranty is None else found.warranty,
        optional_text(text, tr("the text")),
    )
    return [deadlines.following(case, event, moment)]


def delay(case: Case, moment: Moment, *, to: datetime, reason: str) -> list[Event]:
    """Record that the customer was told of a delay, before the deadline; targets with `delays: true` move to `to`.

    What is late is measured by what the customer was told last, if that was a day, else by the deadline.
    """
    check_open(case, moment, "delay", CommandInput(reason))
    why = check_reason(reason, tr("a delay"))
    check_ahead(to, moment, tr("the new date"))
    waiting = [d for d in case.deadlines if d.unanswered and d.spec.until == ("resolved",) and d.spec.duration]
    # If some deadlines can be put off, the delay is about those.
    owed = [d for d in waiting if moment.rulebook.allows_delays(d.spec.target)] or waiting
    due = min((d.spec.due_at for d in owed), default=None)
    if due is not None and any(d.verdict(moment.at) == "missed" for d in owed):
        local = to_minute_text(due, moment.rulebook.zone, moment.at)
        raise Refused(
            tr("{case} was due at {at}; a delay is announced before that", case=case.number, at=local),
            hint=tr('tell the customer all the same: afterservice respond {case} "…"', case=case.number),
            rule="late",
        )
    told = case.promised_at
    if told is not None and to <= told:
        raise BadInput(tr("the new date is no later than the one promised – there is nothing to announce"))
    if told is None and due is not None and to <= due:
        raise BadInput(tr("the new date is no later than the deadline – there is nothing to announce"))
    return [DelayAnnounced(moment.at, to, why, deadlines.delayed(case, moment.at, to, moment.rulebook))]


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise BadInput(tr("{what} is empty – write what there is to know", what=what))
    return check_text(text, what)
