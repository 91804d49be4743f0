"""Twins: what the customer was told, and said, in a case that was merged counts in the case that goes on."""

from __future__ import annotations

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.intake import CaseMerged, TwinCounted
from afterservice_cli.cases.fold import evolve
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook

# What passes between the customer and the team. The work on a case is its own.
BETWEEN = ("acknowledged", "responded", "replied")
EITHER = {"responded", "resolved"}


def counting(case: Case, moment: Moment, *, twin: Case) -> list[Event]:
    """Return what counts in a case of what was said in its twin, each as of then, with the deadlines that it begins.

    What was said before the case came in, or began anew, does not count: its clocks did not run.
    """
    found: list[Event] = []
    for recorded in twin.standing:
        event, word = recorded.event, _counts_as(recorded.event, moment.rulebook)
        where = event.twin if isinstance(event, TwinCounted) else twin.number
        if word and where != case.number and event.at >= case.first_at["registered"]:
            told: Event = TwinCounted(event.at, word, where).but(roles=event.roles)
            # Whoever answered there has answered, not whoever merges.
            (told,) = deadlines.begun(case, [told], moment.rulebook, recorded.actor)
            case = evolve(case, told, moment.rulebook.hash, moment.actor)
            found.append(told)
    return found


def _counts_as(event: Event, rulebook: Rulebook) -> str:
    """Return the word as which an event of a twin counts, "" if it does not.

    A solution told there solves nothing here, but it is an answer if the rulebook takes it for one.
    """
    if event.word == "resolved" and any(EITHER.issubset(target.until) for target in rulebook.targets.values()):
        return "responded"
    return event.word if event.word in BETWEEN else ""


def merger_undone(case: Case, event: Event) -> str | None:
    """Return the case into which this one was merged, if the event takes the merger back; else None."""
    back = [recorded.event for recorded in case.events if recorded.seq == event.takes_back]
    return next((merged.into for merged in back if isinstance(merged, CaseMerged)), None)


def told_in(twin: Case) -> set[str]:
    """Return the cases from which something counts where this one is merged: itself, and those merged into it."""
    return {twin.number, *(r.event.twin for r in twin.standing if isinstance(r.event, TwinCounted))}


def standing_of(case: Case, twins: set[str]) -> list[int]:
    """Return the numbers of the events by which twins count in this cycle of the case, the last first.

    The archive does not change: none of a case that is closed, or out for good.
    """
    if case.status == "closed" or case.void_by == EventRetracted.WORD:
        return []
    begun = max((r.seq for r in case.standing if r.event.word == "reopened"), default=0)
    later = [r for r in case.standing if r.seq > begun and isinstance(r.event, TwinCounted) and r.event.twin in twins]
    return [recorded.seq for recorded in reversed(later)]
