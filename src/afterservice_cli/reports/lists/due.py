"""What is due, as everybody outside sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from afterservice_cli.cases.values import verdict
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.rows import WaitingRow
from afterservice_cli.time.instants import from_text, to_text


class DueView(Frozen):
    """A deadline that waits for its answer; `state` is `overdue`, `warning`, `running` or `paused`.

    `owner` and `person` have the case; of a task of others, `team` is their team or role. A duty of the desk, a problem
    and a measure have no case, nor what belongs to one; `text` is what the last two are about.
    """

    case: str | None
    target: str
    occurrence: int
    due_at: str
    verdict: str
    state: str
    warn_at: str | None
    paused_at: str | None
    paused_minutes: int | None
    provisional: bool
    counts: bool
    status: str | None
    priority: str | None
    category: str | None
    owner: str | None
    person: str | None
    customer: str | None
    description: str | None
    team: str | None
    rule: str
    duration: str
    text: str | None = None

    @property
    def by(self) -> str | None:
        """Return the team or role that has to see to it."""
        return self.team or self.owner


def due_views(rows: Iterable[WaitingRow], now: datetime) -> Iterator[DueView]:
    """Yield deadlines as of `now`, in the order given."""
    at = to_text(now)
    return (_due(row, at) for row in rows)


def state_of(due_at: str, warn_at: str | None, paused_at: str | None, now: str) -> str:
    """Return how an open deadline stands as of `now`: `overdue`, `warning`, `running` or `paused`."""
    state = verdict("", None, due_at, now, paused_at)
    if state == "running" and warn_at is not None and warn_at <= now:
        return "warning"
    return "overdue" if state == "missed" else state


def _due(row: WaitingRow, now: str) -> DueView:
    state = verdict("", None, row.due_at, now, row.paused_at)
    paused = from_text(now) - from_text(row.paused_at) if state == "paused" and row.paused_at else None
    return row.into(
        DueView,
        case=row.case_id,
        verdict=state,
        state=state_of(row.due_at, row.warn_at, row.paused_at, now),
        paused_minutes=None if paused is None else int(paused.total_seconds() // 60),
        provisional=bool(row.provisional),
        counts=bool(row.counts),
        person=None if row.team else row.person,
    )
