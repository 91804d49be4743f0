"""The open tasks of all cases, as everybody outside sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.lists.due import state_of
from afterservice_cli.reports.rows import OpenTaskRow
from afterservice_cli.time.instants import to_text


class OpenTaskView(Frozen):
    """A task to be done: `by` is whose it is, `state` that of its deadline, None without one.

    A duty of the desk, a problem and a measure have no case, nor what belongs to one; `text` is what the last two are
    about.
    """

    case: str | None
    task: str
    by: str
    waits_for: Sequence[str]
    outcomes: Sequence[str]
    plan: int
    opened_at: str
    due_at: str | None
    state: str | None
    rule: str
    status: str | None
    priority: str | None
    category: str | None
    owner: str | None
    person: str | None
    customer: str | None
    description: str | None
    text: str | None = None


def open_task_views(rows: Sequence[OpenTaskRow], now: datetime) -> list[OpenTaskView]:
    """Return open tasks as of `now`, in the order given, but those that wait for another last."""
    return sorted((_view(row, to_text(now)) for row in rows), key=lambda view: bool(view.waits_for))


def _view(row: OpenTaskRow, now: str) -> OpenTaskView:
    return row.into(
        OpenTaskView,
        case=row.case_id,
        task=row.name,
        by=row.team or row.owner,
        waits_for=row.waits_for.split(",") if row.waits_for else [],
        outcomes=row.outcomes.split(",") if row.outcomes else [],
        state=row.due_at and state_of(row.due_at, row.warn_at, row.paused_at, now),
    )
