"""Acts on a desk's cases, drawn at random and carried out."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from afterservice_cli.decisions import closing, mending
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import BadInput, NotFound, Refused
from afterservice_cli.store import history
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing

Act = Callable[[Desk, str], object]


def registering(facts: dict[str, str], ago: int, **decided: Any) -> Act:
    def act(desk: Desk, _: str) -> None:
        with writing(desk) as writer:
            given = {"channel": "phone", "description": "hm", **facts}
            writer.register(Draft(given, **decided), at=desk.now - timedelta(minutes=ago))

    return act


def amending(facts: dict[str, str]) -> Act:
    def act(desk: Desk, number: str) -> None:
        with writing(desk) as writer:
            customer = writer.customer_of(facts.get("contact"))
            writer.act(number, partial(mending.amend, facts=facts, reason="x", customer=customer))

    return act


def retracting(back: int) -> Act:
    def act(desk: Desk, number: str) -> None:
        with desk.reading() as db:
            events = history.events_of(db, number)
        recording.act(desk, number, partial(mending.retract, seq=events[-min(back, len(events))].seq, reason="x"))

    return act


def taking(decision: Callable[..., Any], ago: int = 0, **given: Any) -> Act:
    return lambda desk, number: recording.act(
        desk, number, partial(decision, **given), at=desk.now - timedelta(minutes=ago)
    )


def coming_back(desk: Desk, number: str) -> None:
    recording.act(desk, number, partial(closing.resolve, resolution="x"))
    recording.act(desk, number, partial(closing.reopen, reason="x"))


def carry_out(desk: Desk, steps: list[tuple[Act, int, int]]) -> int:
    """Do one thing after another, each to one of the cases there are; how many were done."""
    done = 0
    for act, which, minutes in steps:
        desk.now += timedelta(minutes=minutes)
        with desk.reading() as db:
            numbers = [row[0] for row in db.execute("SELECT case_id FROM cases ORDER BY case_id")]
            before = history.head(db)
        try:
            act(desk, numbers[which % len(numbers)])
            done += 1
        except (BadInput, NotFound, Refused):
            with desk.reading() as db:
                assert act is coming_back or history.head(db) == before
    return done
