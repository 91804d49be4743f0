"""What is due, as rows of a list."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.cases.case import ENDED
from afterservice_cli.render.labels import said
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.lists.due import DueView


def due_columns(tell: Teller) -> list[Column[DueView]]:
    """Return the columns of `due`: the usual ones, then those that have to be asked for."""
    usual: list[Column[DueView]] = [
        _due_at(tell).but(rank=65),
        tell.left(_since),
        tell.value("case"),
        tell.named("target").but(shown=lambda due: _target(due, tell)),
        tell.priority().but(rank=68),
        tell.named("category").but(rank=80),
        tell.role("by", "owner").but(rank=50, least=8),
        tell.named("person").but(rank=90, least=8),
        tell.text("customer").but(rank=60, least=8),
        tell.text("description"),
    ]
    return [*usual, *(column.but(usual=False) for column in _others(tell))]


def _others(tell: Teller) -> Iterator[Column[DueView]]:
    yield tell.value("status").but(shown=lambda due: tell.state_label(due.status or ""))
    yield tell.named("owner")
    yield tell.role("team")
    yield tell.value("occurrence")
    yield tell.value("verdict").but(shown=lambda due: tell.label(due.verdict))
    yield tell.time("warn_at")
    yield tell.time("paused_at")
    yield tell.value("paused_minutes")
    yield tell.truth("provisional")
    yield tell.truth("counts")
    yield tell.value("duration")
    yield tell.value("rule")


def _since(due: DueView) -> str:
    return due.paused_at if due.state == "paused" and due.paused_at else due.due_at


def _due_at(tell: Teller) -> Column[DueView]:
    plain: Column[DueView] = tell.time("due_at")

    def note(due: DueView) -> str:
        return f" ({tell.label('provisional')})" if due.provisional else ""

    return plain.but(
        shown=lambda due: tell.minute(due.due_at) + note(due),
        short=lambda due: tell.this_year(due.due_at) + note(due),
    )


def _target(due: DueView, tell: Teller) -> str:
    """Return the label of the target, with the status of a case that is closed or void."""
    ended = f" [{tell.state_label(due.status)}]" if due.status in ENDED and due.status else ""
    title = tell.target_title(due.target, due.rule)
    return (said(title, due.text, tell.language) if due.text else title) + ended
