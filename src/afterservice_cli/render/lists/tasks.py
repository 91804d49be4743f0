"""The open tasks of all cases, as rows of a list."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.cases.values import MEASURE, PROBLEM
from afterservice_cli.render.labels import said, with_id
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.lists.tasks import OpenTaskView


def task_columns(tell: Teller) -> list[Column[OpenTaskView]]:
    """Return the columns of `tasks`: the usual ones, then those that have to be asked for."""
    usual: list[Column[OpenTaskView]] = [
        tell.time("due_at").but(rank=65),
        tell.left(lambda task: task.due_at).but(rank=20),
        tell.value("case"),
        _task(tell),
        tell.role("by").but(rank=30, least=8),
        tell.value("waits_for").but(shown=lambda task: _titles(task, tell), rank=50, least=8),
        tell.priority().but(rank=68),
        tell.named("category").but(rank=80),
        tell.named("owner").but(rank=85),
        tell.time("opened_at").but(rank=90),
        tell.text("customer").but(rank=60, least=8),
        tell.text("description"),
    ]
    return [*usual, *(column.but(usual=False) for column in _others(tell))]


def _others(tell: Teller) -> Iterator[Column[OpenTaskView]]:
    yield tell.named("person")
    yield tell.value("status").but(shown=lambda task: tell.state_label(task.status or ""))
    yield tell.value("outcomes").but(
        shown=lambda task: [tell.rulebook.outcome_title(task.task, name, tell.language) for name in task.outcomes]
    )
    yield tell.value("plan")
    yield tell.value("rule")


def _task(tell: Teller) -> Column[OpenTaskView]:
    """Return the column of tasks, by label and id; briefly by the label alone."""
    plain: Column[OpenTaskView] = tell.value("task")

    def title(task: OpenTaskView) -> str:
        if task.task.startswith((PROBLEM, MEASURE)):
            above = tell.target_title(task.task, task.rule)
            return said(above, task.text, tell.language) if task.text else above
        return tell.rulebook.task_title(task.rule, task.task, tell.language)

    def shown(task: OpenTaskView) -> str:
        return title(task) if task.task.startswith((PROBLEM, MEASURE)) else with_id(title(task), task.task)

    return plain.but(shown=shown, short=title, least=12)


def _titles(task: OpenTaskView, tell: Teller) -> list[str]:
    return [tell.rulebook.title_beside(task.rule, name, tell.language) for name in task.waits_for]
