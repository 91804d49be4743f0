"""Screening: whether a case is valid, says enough, and repeats no other one."""

from __future__ import annotations

from afterservice_cli.cases.case import ENDED, SOLVED, Case, Event
from afterservice_cli.cases.events.handling import CasePaused
from afterservice_cli.cases.events.intake import CaseLinked, CaseMerged, CaseScreened
from afterservice_cli.decisions.checks import check_changeable, check_may, check_order, check_reason, check_used
from afterservice_cli.decisions.handling import resuming
from afterservice_cli.decisions.requirements import CommandInput
from afterservice_cli.errors import BadInput, Refused, typed
from afterservice_cli.input_text import optional_text
from afterservice_cli.language import listed, tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.calling import state_called
from afterservice_cli.rulebook.model import Rulebook

RELATIONS = ("related", "duplicate", "follows")


def screen(
    case: Case, moment: Moment, *, outcome: str, ground: str | None = None, reason: str | None = None
) -> list[Event]:
    """Say that a case is `valid`, `invalid` on a ground of the rulebook, or too `vague` to go on with.

    An invalid case is void from here on; a vague one waits for the customer to say more.
    """
    rulebook = moment.rulebook
    check_used(rulebook.intake.invalid or rulebook.intake.vague, "intake.invalid", "screen", rulebook)
    check_changeable(case, moment)
    check_may(case, moment, "screen", CommandInput(reason))
    why = optional_text(reason, tr("the reason"))
    if case.status in SOLVED:
        raise Refused(
            tr(
                "{case} is {state}; screening comes before that",
                case=case.number,
                state=state_called(case.status, rulebook),
            ),
            hint=tr("afterservice confirm {case} --no, or afterservice reopen {case} --reason …", case=case.number),
            rule="resolved",
        )
    if outcome == "invalid":
        check_used(rulebook.intake.invalid, "intake.invalid", "screen --invalid", rulebook)
        return [CaseScreened(moment.at, outcome, rulebook.known("ground", ground or ""), why)]
    if outcome == case.screened:
        return []
    if outcome == "valid":
        waited = resuming(case, moment) if case.screened == "vague" else []  # a pause on any other ground goes on
        return [CaseScreened(moment.at, outcome, None, why), *waited]
    vague = rulebook.intake.vague
    check_used(vague, "intake.vague", "screen --vague", rulebook)
    assert vague is not None
    if case.pause:
        raise Refused(
            tr("{case} waits already", case=case.number), hint=f"afterservice resume {case.number}", rule="paused"
        )
    check_order(case, moment, "resumed")
    return [
        CaseScreened(moment.at, outcome, None, why),
        CasePaused(moment.at, vague.pause),
    ]


def _ended(case: Case, into: Case, rulebook: Rulebook) -> Refused:
    """Return why nothing can be merged into a case that is over, and the case that may be meant."""
    if into.merged_into:
        return Refused(
            tr("{case} was merged into {into} itself", case=into.number, into=into.merged_into),
            hint=tr("go on with {case}: afterservice show {case}", case=case.number)
            if into.merged_into == case.number
            else f"afterservice merge {case.number} {into.merged_into}",
            rule="merge-ended",
        )
    closed = into.status == "closed"
    return Refused(
        tr(
            "{case} is {state}; nothing can be merged into it",
            case=into.number,
            state=state_called(into.status, rulebook),
        ),
        hint=f"afterservice reopen {into.number} --reason …" if closed else tr("name the case that goes on"),
        rule="merge-ended",
    )


def link(case: Case, moment: Moment, *, other: str, relation: str, reason: str | None = None) -> list[Event]:
    """Note that a case has to do with another one; closed ones may be linked, too."""
    check_changeable(case, moment, closed=True)
    if other == case.number:
        raise BadInput(tr("{case} cannot be linked to itself – name another case", case=other))
    if relation not in RELATIONS:
        raise BadInput(
            tr(
                "unknown relation '{relation}' – write one of {relations}",
                relation=typed(relation),
                relations=listed(RELATIONS),
            )
        )
    for recorded in case.standing:
        event = recorded.event
        if isinstance(event, CaseLinked) and (event.other, event.relation) == (other, relation):
            return []
    return [CaseLinked(moment.at, other, relation, optional_text(reason, tr("the reason")))]


def merge(case: Case, moment: Moment, *, into: Case, reason: str) -> list[Event]:
    """Let a case go on as another one about the same matter; `retract` of the event undoes it."""
    check_changeable(case, moment)
    check_may(case, moment, "merge", CommandInput(reason))
    why = check_reason(reason, tr("a merger"))
    if into.number == case.number:
        raise BadInput(tr("{case} cannot be merged into itself – name another case", case=into.number))
    if into.status in ENDED:
        raise _ended(case, into, moment.rulebook)
    return [CaseMerged(moment.at, into.number, why)]
