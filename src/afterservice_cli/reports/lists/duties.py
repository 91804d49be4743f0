"""The duties of a desk, as everybody outside sees them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from afterservice_cli.cases.values import DUTY, verdict
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.lists.due import state_of
from afterservice_cli.reports.lists.obligations import Obligation
from afterservice_cli.reports.rows import DutyRow
from afterservice_cli.time.instants import to_text


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
        row.into(
            DutyView,
            duty=row.name,
            by=row.team,
            rule=_rule(row.name),
            done_at=row.from_at if row.last_by else None,
            done_by=row.last_by,
            text=json.loads(row.data).get("text") if row.data else None,
            verdict=verdict("", row.from_at, row.last_due_at, row.from_at) if row.last_by and row.last_due_at else None,
            state=state_of(row.due_at, row.warn_at, None, to_text(now)),
        )
        for row in rows
    ]


def obligations_of_duties(rows: Sequence[DutyRow]) -> list[Obligation]:
    """Return duties as what is due and to be done of no case."""
    return [
        row.into(
            Obligation,
            target=duty_target(row.name),
            task=row.name,
            duration=row.every,
            due_rule=_rule(row.name),
            task_rule=f"duties.{row.name}",
            counts=True,
        )
        for row in rows
    ]


def duty_target(name: str) -> str:
    """Return the word by which a duty stands among targets."""
    return f"{DUTY}{name}"


def _rule(name: str) -> str:
    return f"duties.{name}.every"
