"""A row against the case it became: what it adds and changes, or in what the two contradict each other."""

from __future__ import annotations

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events import called
from afterservice_cli.cases.events.closing import CaseConfirmed, CaseRated, CaseReopened, CaseResolved, CaseWithdrawn
from afterservice_cli.cases.events.general import CaseAmended
from afterservice_cli.cases.events.handling import (
    CaseInvestigated,
    CaseNoted,
    CasePaused,
    CaseResponded,
    CaseResumed,
    CustomerReplied,
)
from afterservice_cli.cases.events.intake import CaseRegistered, TwinCounted
from afterservice_cli.cases.events.triage import CaseAcknowledged
from afterservice_cli.decisions.imported import NOTHING_SAID, Happening
from afterservice_cli.errors import Problem
from afterservice_cli.intake.drafts import RowDraft
from afterservice_cli.language import sentence, tr, tr_many


class RowConflict(Problem):
    """The row says one thing, and the case, or what was done to it by hand since, says another."""


def changed_facts(case: Case, row: RowDraft) -> dict[str, str | None]:
    """Return the facts that the row, in the rulebook's ids, changes; `RowConflict` if a person amended one of them."""
    by_hand = {
        name
        for recorded in case.standing
        if isinstance(recorded.event, CaseAmended) and recorded.event.source is None
        for name in (*recorded.event.facts, *(recorded.event.private or {}))
    }
    now = case.every_fact()
    # An empty cell speaks against neither what earlier cases say of the customer nor what phrases have found.
    unsaid = {*case.known_from, *case.decided}
    said = {name: value for name, value in row.facts.items() if value or name not in unsaid}
    changed = {name: value for name, value in said.items() if (now.get(name) or None) != (value or None)}
    if touched := sorted(by_hand & set(changed)):
        raise RowConflict(
            tr_many(
                "{fields} of {case} was amended by hand",
                "{fields} of {case} were amended by hand",
                len(touched),
                fields=tr(", ").join(touched),
                case=case.number,
            )
        )
    return changed


def refuse_changes(case: Case, row: RowDraft) -> None:
    """Refuse a row that differs in what no amendment can change, with a `RowConflict`."""
    if case.status == "void":
        raise RowConflict(tr("{case} was taken back", case=case.number))
    if row.received_at != case.registered_at:
        raise RowConflict(tr("received_at differs from the time under which {case} was registered", case=case.number))
    for field, value in row.decided.items():
        if value != case.value(field):
            raise RowConflict(
                tr(
                    "{field} of {case} is '{value}' – change it with classify or assign",
                    field=field,
                    case=case.number,
                    value=case.value(field),
                )
            )


def new_happenings(case: Case, row: RowDraft) -> list[Happening]:
    """Return what happened by the row and the case lacks; `RowConflict` if they differ about one thing."""
    known: dict[str, list[Event]] = {}
    for recorded in case.standing:
        if not isinstance(recorded.event, CaseRegistered | TwinCounted):
            known.setdefault(recorded.event.word, []).append(recorded.event)
    new = []
    for happening in row.happenings:
        earlier = known.get(happening.word, [])
        if not earlier:
            new.append(happening)
        elif difference := _difference(earlier.pop(0), happening):
            values = {"column": happening.column, "case": case.number, "what": called(happening.word)}
            raise RowConflict(tr(difference, **values))
    return new


def _difference(event: Event, happening: Happening) -> str:
    """Return the sentence on what differs between an event and what the row says happened; "" if nothing does."""
    if event.at != happening.at:
        return sentence("{column}: {case} was {what} at another time")
    if isinstance(event, CaseRated) and event.scores.get("overall") != happening.score:
        return sentence("{column}: {case} was {what} with another score")
    if _words(event) != (happening.text or ""):
        return sentence("{column}: {case} was {what} in other words")
    return ""


def _words(event: Event) -> str:
    """Return the text of an event; "" for the dash that stands for a missing one."""
    match event:
        case CaseResponded(text=words) | CaseNoted(text=words) | CaseInvestigated(text=words):
            pass
        case CaseResolved(resolution=words) | CaseConfirmed(words=words):
            pass
        case CaseRated(comment=words) | CaseReopened(reason=words) | CaseWithdrawn(reason=words):
            pass
        case CaseAcknowledged(text=words) | CustomerReplied(text=words):
            pass
        case CasePaused(reason=words) | CaseResumed(reason=words):
            pass
        case _:
            words = None
    return "" if words in (None, NOTHING_SAID) else words
