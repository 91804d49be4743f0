"""The duties of a desk: the times by which each was due, and what events make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from afterservice_cli.cases.case import Recorded
from afterservice_cli.cases.events.general import DutyDone, RulebookAdopted
from afterservice_cli.cases.values import DutySpec
from afterservice_cli.frozen import Frozen

CHANGE_DUTIES = (RulebookAdopted, DutyDone)


class Round(Frozen):
    """A time by which a duty was due and what became of it: as for a deadline, `outcome` is "", or `void`.

    `seq` is the event that began it, `rulebook` the snapshot under which it counts. It ended by being done, if
    `done_by` says by whom, or because the rulebook changed. What was not yet due by then is void, unless it was done.
    """

    spec: DutySpec
    seq: int
    rulebook: str
    ended_at: datetime | None = None
    done_by: str | None = None
    outcome: str = ""


def rounds_of(history: Iterable[Recorded]) -> list[Round]:
    """Return every round of every duty that the desk's own events make, in the order in which they began."""
    found: dict[tuple[int, str], Round] = {}
    running: dict[str, Round] = {}
    for recorded in history:
        for changed in changed_rounds(running, recorded):
            found[changed.seq, changed.spec.name] = changed
            running[changed.spec.name] = changed
        running = {name: last for name, last in running.items() if last.ended_at is None}
    return list(found.values())


def changed_rounds(running: Mapping[str, Round], recorded: Recorded) -> list[Round]:
    """Return the rounds that an event ends, and those that it begins, as they are then.

    `running` has the rounds that are not over, by the duty's name.
    """
    event = recorded.event
    if not isinstance(event, RulebookAdopted | DutyDone):
        return []
    over: dict[str, DutySpec | None] = {}
    if isinstance(event, RulebookAdopted):
        over = dict.fromkeys((*event.ended, *(spec.name for spec in event.duties)))
    else:
        over = {spec.name: spec for spec in event.duties}
    return [
        *(_ended(running[name], recorded, spec) for name, spec in over.items() if name in running),
        *(Round(spec, recorded.seq, recorded.rulebook) for spec in event.duties),
    ]


def _ended(last: Round, recorded: Recorded, then: DutySpec | None) -> Round:
    """Return a round that is over; `then` is the next one of a duty that was seen to.

    Whoever sees to it again before a time that stays the same, as on one day of `every: 1d`, leaves that to be kept.
    """
    at, due_at = recorded.event.at, last.spec.due_at
    stays = then is None or then.due_at <= due_at
    void = stays and at <= due_at
    return last.but(ended_at=at, done_by=recorded.actor if then else None, outcome="void" if void else "")
