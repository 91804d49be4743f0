"""What is due, as rows of a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from afterservice_cli.cases.case import ENDED
from afterservice_cli.instants import from_text
from afterservice_cli.render.case import minute, state_label, target_title
from afterservice_cli.render.days import span_text
from afterservice_cli.render.labels import label, role_title
from afterservice_cli.render.rows import Column, labelled
from afterservice_cli.reports.due import DueView
from afterservice_cli.rulebook.model import Rulebook


def due_columns(now: datetime, rulebook: Rulebook, language: str, width: int | None) -> list[Column[DueView]]:
    """Return the columns of `due`: all of them in a pipe, what fits on a terminal of so many columns."""
    shown: dict[str, Callable[[DueView], object]] = {
        "due_at": lambda due: _due_at(due, rulebook, language),
        "left": lambda due: left(due, now, language),
        "case": lambda due: due.case,
        "target": lambda due: _target(due, rulebook, language),
        "priority": lambda due: due.priority,
        "category": lambda due: rulebook.title("category", due.category, language),
        "owner": lambda due: role_title(due.team or due.owner, rulebook, language),
        "person": lambda due: rulebook.title("person", due.person, language),
    }
    if width is not None and width < 110:
        del shown["person"]
    if width is not None and width < 90:
        del shown["owner"]
    return labelled(language, shown, wide=("target", "category", "owner", "person"))


def left(due: DueView, now: datetime, language: str) -> str:
    """Return how long it is until it is due, or since when it has been overdue or paused."""
    since = from_text(due.paused_at if due.state == "paused" and due.paused_at else due.due_at)
    word = "" if due.state == "running" else label(due.state, language)
    return " ".join(part for part in (word, span_text(abs((since - now).total_seconds()), language)) if part)


def _due_at(due: DueView, rulebook: Rulebook, language: str) -> str:
    return minute(due.due_at, rulebook) + (f" ({label('provisional', language)})" if due.provisional else "")


def _target(due: DueView, rulebook: Rulebook, language: str) -> str:
    """Return the label of the target, with the status of a case that is closed or void."""
    ended = f" [{state_label(due.status, rulebook, language)}]" if due.status and due.status in ENDED else ""
    return target_title(due.target, rulebook, language, due.rule) + ended
