"""Retelling: what a file says happened to a case before the desk knew of it, recorded as it was."""

from __future__ import annotations

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.closing import CaseClosed
from afterservice_cli.decisions import closing, handling
from afterservice_cli.decisions.checks import check_order, check_time
from afterservice_cli.errors import Refused
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.vocabulary import OVERALL

WORDS = ("responded", "noted", "investigated", "resolved", "confirmed", "rated", "closed", "reopened")
NOTHING_SAID = "–"  # if an event needs words and the file has none


def retell(case: Case, moment: Moment, *, word: str, text: str | None, score: int | None = None) -> list[Event]:
    """Return the event that `word` stands for, at `moment.at`.

    The order of events must make sense, but what the rulebook demands today is not asked of the past: a case that was
    closed without a confirmation was closed. Raises `Refused` or `BadInput` if the order makes no sense.
    """
    check_time(moment, since=case)
    if word == "responded":
        return _unless_closed(case) or handling.responded(case, moment, text=text)
    if word == "noted":
        return _unless_closed(case) or handling.note(case, moment, text=text or NOTHING_SAID)
    if word == "investigated":
        return _once(case) or handling.investigated(case, moment, text=text)
    if word == "resolved":
        return _once(case) or closing.resolved(case, moment, resolution=text or NOTHING_SAID)
    if word == "confirmed":
        return closing.confirmed(case, moment, satisfied=True, words=text)
    if word == "rated":
        return closing.rated(case, moment, scores={OVERALL: score or 0}, comment=text)
    if word == "reopened":
        return closing.reopened(case, moment, reason=text or NOTHING_SAID)
    check_order(case, moment, "resolved", "confirmed")
    return _unless_closed(case) or [*handling.resuming(case, moment), CaseClosed(moment.at)]


def _once(case: Case) -> list[Event]:
    if case.status in ("resolved", "confirmed"):
        raise Refused(tr("the case is resolved by then"), rule="resolved")
    return _unless_closed(case)


def _unless_closed(case: Case) -> list[Event]:
    if case.status in ("closed", "void"):
        closed = case.status == "closed"
        raise Refused(tr("the case is closed by then") if closed else tr("the case was taken back"), rule=case.status)
    return []
