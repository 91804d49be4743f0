"""The open tasks of all cases, as rows of a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from afterservice_cli.instants import from_text
from afterservice_cli.render.case import minute
from afterservice_cli.render.days import span_text
from afterservice_cli.render.labels import label, role_title
from afterservice_cli.render.rows import Column, labelled
from afterservice_cli.reports.tasks import OpenTaskView
from afterservice_cli.rulebook.model import Rulebook


def task_columns(now: datetime, rulebook: Rulebook, language: str, width: int | None) -> list[Column[OpenTaskView]]:
    """Return the columns of `tasks`: all of them in a pipe, what fits on a terminal of so many columns."""
    shown: dict[str, Callable[[OpenTaskView], object]] = {
        "due_at": lambda task: task.due_at and minute(task.due_at, rulebook),
        "left": lambda task: _left(task, now, language),
        "case": lambda task: task.case,
        "task": lambda task: _task(task, rulebook, language),
        "by": lambda task: role_title(task.by, rulebook, language),
        "waits_for": lambda task: ", ".join(rulebook.task_title("", name, language) for name in task.waits_for),
        "priority": lambda task: task.priority,
        "category": lambda task: rulebook.title("category", task.category, language),
        "owner": lambda task: rulebook.title("owner", task.owner, language),
        "opened_at": lambda task: minute(task.opened_at, rulebook),
    }
    for word, least in (("opened_at", 140), ("owner", 120), ("category", 100)):
        if width is not None and width < least:
            del shown[word]
    return labelled(language, shown, wide=("task", "by", "waits_for", "category", "owner"))


def _task(task: OpenTaskView, rulebook: Rulebook, language: str) -> str:
    title = rulebook.task_title(task.rule, task.task, language)
    return title if title == task.task else f"{title} ({task.task})"


def _left(task: OpenTaskView, now: datetime, language: str) -> str:
    """Return how long it is until it is due, or since when it has been overdue."""
    if task.due_at is None or task.state is None:
        return ""
    word = "" if task.state == "running" else label(task.state, language)
    return " ".join(filter(None, (word, span_text(abs((from_text(task.due_at) - now).total_seconds()), language))))
