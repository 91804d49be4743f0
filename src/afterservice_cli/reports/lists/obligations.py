"""What is due and to be done of no case: duties of the desk, problems and measures, among what cases owe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from typing import Any, TypeVar

from afterservice_cli.cases.values import verdict
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.lists.due import DueView, state_of
from afterservice_cli.reports.lists.tasks import OpenTaskView
from afterservice_cli.time.instants import to_text

View = TypeVar("View")


class Obligation(Frozen):
    """A duty, a problem or a measure: what it is called among targets and tasks, whose it is, since and until when.

    `due_rule` and `task_rule` are where the rulebook says when it is due, and what is to be done. Reports count what
    `counts`; `text` is what a problem or a measure is about.
    """

    target: str
    task: str
    team: str
    from_at: str
    due_at: str
    warn_at: str | None
    duration: str
    due_rule: str
    task_rule: str
    counts: bool
    person: str | None = None
    text: str | None = None


def with_obligations(views: Iterable[DueView], obligations: Sequence[Obligation], now: datetime) -> Iterator[DueView]:
    """Yield what is due with obligations among it: in the order of both, what is due first, what is paused last."""
    return _among(
        views, (_due(one, to_text(now)) for one in obligations), lambda view: (view.state == "paused", view.due_at)
    )


def with_obligations_to_do(
    views: Iterable[OpenTaskView], obligations: Sequence[Obligation], now: datetime
) -> Iterator[OpenTaskView]:
    """Yield open tasks with obligations among them: what is due first before the rest, what waits for another last."""
    others = (_task(one, to_text(now)) for one in obligations)
    return _among(views, others, lambda view: (bool(view.waits_for), view.due_at is None, view.due_at or ""))


def _among(views: Iterable[View], others: Iterable[View], order: Callable[[View], tuple[Any, ...]]) -> Iterator[View]:
    """Yield views that are in this order with others among them."""
    return merge(views, sorted(others, key=order), key=order)


def _due(obligation: Obligation, now: str) -> DueView:
    return DueView(
        case=None,
        target=obligation.target,
        occurrence=1,
        due_at=obligation.due_at,
        verdict=verdict("", None, obligation.due_at, now),
        state=state_of(obligation.due_at, obligation.warn_at, None, now),
        warn_at=obligation.warn_at,
        paused_at=None,
        paused_minutes=None,
        provisional=False,
        counts=obligation.counts,
        status=None,
        priority=None,
        category=None,
        owner=None,
        person=obligation.person,
        customer=None,
        description=None,
        team=obligation.team,
        rule=obligation.due_rule,
        duration=obligation.duration,
        text=obligation.text,
    )


def _task(obligation: Obligation, now: str) -> OpenTaskView:
    return OpenTaskView(
        case=None,
        task=obligation.task,
        by=obligation.team,
        waits_for=(),
        outcomes=(),
        plan=0,
        opened_at=obligation.from_at,
        due_at=obligation.due_at,
        state=state_of(obligation.due_at, obligation.warn_at, None, now),
        rule=obligation.task_rule,
        status=None,
        priority=None,
        category=None,
        owner=None,
        person=obligation.person,
        customer=None,
        description=None,
        text=obligation.text,
    )
