"""Retelling: what a file says happened to a case before the desk knew of it, recorded as it was."""

from __future__ import annotations

from datetime import datetime

from afterservice_cli.cases.case import SOLVED, Case, Event
from afterservice_cli.cases.events.closing import CaseClosed, CaseWithdrawn
from afterservice_cli.cases.events.handling import CasePaused, CustomerReplied
from afterservice_cli.cases.events.triage import CaseAcknowledged
from afterservice_cli.decisions import closing, handling
from afterservice_cli.decisions.checks import check_ahead, check_may, check_order, check_time
from afterservice_cli.decisions.messages import way_to
from afterservice_cli.decisions.requirements import CommandInput, check_approved
from afterservice_cli.decisions.resting import check_rested
from afterservice_cli.errors import Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import optional_text
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.calling import state_called
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import OVERALL

# In the order in which they follow one another if nothing else says so.
WORDS = (
    "acknowledged",
    "responded",
    "investigated",
    "noted",
    "paused",
    "replied",
    "resumed",
    "resolved",
    "confirmed",
    "rated",
    "closed",
    "withdrawn",
    "reopened",
)
# By what command a person records each of them.
COMMANDS = {
    "acknowledged": "acknowledge",
    "responded": "respond",
    "investigated": "investigate",
    "noted": "note",
    "paused": "pause",
    "replied": "note",
    "resumed": "resume",
    "resolved": "resolve",
    "confirmed": "confirm",
    "rated": "rate",
    "closed": "close",
    "withdrawn": "withdraw",
    "reopened": "reopen",
}
NOTHING_SAID = "–"  # if an event needs words and the file has none


class Happening(Frozen):
    """One thing that happened to a case, as a row says it; `column` is the heading that says so.

    An acknowledgement may promise a time, a pause has the rulebook's ground.
    """

    word: str
    at: datetime
    text: str | None
    score: int | None
    column: str
    promised_at: datetime | None = None
    ground: str | None = None


def retell(
    case: Case,
    moment: Moment,
    *,
    word: str,
    text: str | None,
    score: int | None = None,
    beside: datetime | str | None = None,
) -> list[Event]:
    """Return the event that `word` stands for, at `moment.at`.

    `beside` is the time that an acknowledgement promises, or the ground of a pause.

    The order of events must make sense, but what the rulebook demands today is not asked of the past: a case that was
    closed without a confirmation was closed. Raises `Refused` or `BadInput` if the order makes no sense.
    """
    check_time(moment, since=case)
    if word in ("acknowledged", "paused", "replied", "resumed", "withdrawn"):
        return _unless_closed(case, moment.rulebook) or _around(case, moment, word, text, beside)
    if word == "responded":
        return _unless_closed(case, moment.rulebook) or handling.responded(case, moment, text=text)
    if word == "noted":
        return _unless_closed(case, moment.rulebook) or handling.note(case, moment, text=text or NOTHING_SAID)
    if word == "investigated":
        return _once(case, moment.rulebook) or handling.investigated(case, moment, text=text)
    if word == "resolved":
        return _once(case, moment.rulebook) or closing.resolved(case, moment, resolution=text or NOTHING_SAID)
    if word == "confirmed":
        return closing.confirmed(case, moment, satisfied=True, words=text)
    if word == "rated":
        return closing.rated(case, moment, scores={OVERALL: score or 0}, comment=text)
    if word == "reopened":
        return closing.reopened(case, moment, reason=text or NOTHING_SAID)
    check_order(case, moment, "resolved", "confirmed")
    return _unless_closed(case, moment.rulebook) or [*handling.resuming(case, moment), CaseClosed(moment.at)]


def check_as_told(case: Case, moment: Moment, *, word: str, text: str | None) -> None:
    """Refuse what `word` stands for if the rulebook refuses it to whoever imports, or has it wait for an approval.

    It is asked of a case on which people work here: a file closes none past what they have yet to do.
    """
    check_may(case, moment, COMMANDS[word], CommandInput(text))
    if word in ("resolved", "closed"):
        check_approved(case, moment.rulebook)
    if word == "closed":
        check_rested(case, moment)


def _around(case: Case, moment: Moment, word: str, text: str | None, beside: datetime | str | None) -> list[Event]:
    """Return an acknowledgement, a wait or its end, the customer's word, or that they take the case back."""
    words = optional_text(text, tr("the text"))
    if word == "acknowledged":
        promise = beside if isinstance(beside, datetime) else None
        check_ahead(promise, moment, tr("the promised time"))
        return [CaseAcknowledged(moment.at, way_to(case, moment.rulebook), promise or case.promised_at, words)]
    if word == "replied":
        rules = moment.rulebook.pauses.get(case.pause.ground) if case.pause else None
        goes_on = handling.resuming(case, moment) if rules and rules.ends == handling.WAITED_FOR else []
        return [CustomerReplied(moment.at, words or NOTHING_SAID), *goes_on]
    if word == "withdrawn":
        check_order(case, moment, "resolved", "confirmed", *(["paused"] if case.pause else []))
        return [CaseWithdrawn(moment.at, words or NOTHING_SAID)]
    if word == "resumed":
        if not case.pause:
            raise Refused(tr("the case does not wait by then"), rule="not-paused")
        return handling.resuming(case, moment, reason=words)
    _once(case, moment.rulebook)
    if case.pause:
        return []
    check_order(case, moment, "resumed")
    return [CasePaused(moment.at, moment.rulebook.known("pause", str(beside or "")), words)]


def _once(case: Case, rulebook: Rulebook) -> list[Event]:
    if case.status in SOLVED:
        state = state_called(case.status, rulebook)
        raise Refused(tr("the case is {status} by then", status=state), rule="resolved")
    return _unless_closed(case, rulebook)


def _unless_closed(case: Case, rulebook: Rulebook) -> list[Event]:
    """Return no event, or refuse by what the case came to: `Refused` if nothing more can happen in it."""
    if case.void_by == "withdrawn":
        raise Refused(tr("the customer had withdrawn by then"), rule="closed")
    if case.void_by == "screened":
        raise Refused(tr("the case was found invalid by then"), rule="void")
    if case.void_by == "merged":
        raise Refused(tr("the case went on as {case} by then", case=case.merged_into), rule="void")
    if case.status == "closed":
        raise Refused(tr("the case is {status} by then", status=state_called("closed", rulebook)), rule="closed")
    if case.status == "void":
        raise Refused(tr("the case was taken back"), rule="void")
    return []
