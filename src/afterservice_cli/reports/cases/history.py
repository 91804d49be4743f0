"""The events of a case as everybody outside sees them."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.cases.bodies import to_body
from afterservice_cli.cases.case import Case, Recorded
from afterservice_cli.frozen import Frozen
from afterservice_cli.time.instants import to_text


class EventView(Frozen):
    """One event of a case. `body` is what the hash covers; `personal` lies beside it, None once erased."""

    seq: int
    kind: str
    stage: str | None
    occurred_at: str
    recorded_at: str
    actor: str
    clock: str
    rulebook: str
    body: Mapping[str, object]
    personal: Mapping[str, object] | None
    retracted: bool
    hash: str


class CourseRow(Frozen):
    """One event of one of several cases."""

    case: str
    recorded: Recorded
    retracted: bool

    def plain(self) -> Mapping[str, object]:
        """Return the case's number and the event, as JSON has them."""
        return {"case": self.case, **event_view(self.recorded, retracted=self.retracted).plain()}


def course_rows(case: Case) -> list[CourseRow]:
    """Return the history of a case, an event each, with the case's number."""
    standing = {recorded.seq for recorded in case.standing}
    return [CourseRow(case.number, recorded, recorded.seq not in standing) for recorded in case.events]


def event_views(case: Case) -> list[EventView]:
    """Return the history of a case, an event each."""
    standing = {recorded.seq for recorded in case.standing}
    return [event_view(recorded, retracted=recorded.seq not in standing) for recorded in case.events]


def event_view(recorded: Recorded, *, retracted: bool = False) -> EventView:
    """Return an event in its place in the history."""
    body, personal = to_body(recorded.event)
    return EventView(
        seq=recorded.seq,
        kind=type(recorded.event).__name__,
        stage=recorded.event.STAGE or None,
        occurred_at=to_text(recorded.event.at),
        recorded_at=to_text(recorded.recorded_at),
        actor=recorded.actor,
        clock=recorded.clock,
        rulebook=recorded.rulebook,
        body=body,
        personal=personal or None,
        retracted=retracted,
        hash=recorded.hash,
    )
