"""The duties of a desk, as everybody outside sees them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from afterservice_cli.cases.values import DUTY, verdict
from afterservice_cli.frozen import Frozen
from afterservice_cli.instants import to_text
from afterservice_cli.reports.due import DueView, among_due, due_beside, state_of
from afterservice_cli.reports.rows import DutyRow
from afterservice_cli.reports.tasks import OpenTaskView, task_beside


class DutyView(Frozen):
    """A duty: whose it is, how often it is due, who saw to it last and whether that was in time, and when it is due.

    `done_at` and what goes with it are None for one that nobody has seen to since it began.
    """

    duty: str
    by: str
    every: str
    rule: str
    done_at: str | None
    done_by: str | None
    text: str | None
    verdict: str | None
    due_at: str
    warn_at: str | None
    state: str


def duty_views(rows: Sequence[DutyRow], now: datetime) -> list[DutyView]:
    """Return duties as of `now`, in the order given."""
    return [
        DutyView(
            duty=row.name,
            by=row.team,
            every=row.every,
            rule=_rule(row.name),
            done_at=row.from_at if row.last_by else None,
            done_by=row.last_by,
            text=json.loads(row.data).get("text") if row.data else None,
            verdict=verdict("", row.from_at, row.last_due_at, row.from_at) if row.last_by and row.last_due_at else None,
            due_at=row.due_at,
            warn_at=row.warn_at,
            state=state_of(row.due_at, row.warn_at, None, to_text(now)),
        )
        for row in rows
    ]


def with_duties(views: Iterable[DueView], rows: Sequence[DutyRow], now: datetime) -> Iterator[DueView]:
    """Yield what is due with the duties among it: what is due first before the rest, what is paused last."""
    return among_due(views, [_due(row, to_text(now)) for row in rows])


def with_duties_to_do(views: Sequence[OpenTaskView], rows: Sequence[DutyRow], now: datetime) -> list[OpenTaskView]:
    """Return open tasks with the duties among them: what is due first before the rest, what waits for another last."""
    duties = [_task(row, to_text(now)) for row in rows]
    every = [*views, *duties]
    return sorted(every, key=lambda view: (bool(view.waits_for), view.due_at is None, view.due_at or ""))


def duty_target(name: str) -> str:
    """Return the word by which a duty stands among targets."""
    return f"{DUTY}{name}"


def _rule(name: str) -> str:
    return f"duties.{name}.every"


def _due(row: DutyRow, now: str) -> DueView:
    return due_beside(duty_target(row.name), row, now, rule=_rule(row.name), duration=row.every)


def _task(row: DutyRow, now: str) -> OpenTaskView:
    return task_beside(row.name, row, now, rule=f"duties.{row.name}")
