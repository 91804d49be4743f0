"""The events of a case as everybody outside sees them."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.cases.bodies import to_body
from afterservice_cli.cases.case import Case
from afterservice_cli.frozen import Frozen
from afterservice_cli.instants import to_text


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


def event_views(case: Case) -> list[EventView]:
    """Return the history of a case, an event each."""
    standing = {recorded.seq for recorded in case.standing}
    found = []
    for recorded in case.events:
        body, personal = to_body(recorded.event)
        found.append(
            EventView(
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
                retracted=recorded.seq not in standing,
                hash=recorded.hash,
            )
        )
    return found
