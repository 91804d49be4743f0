"""The duties of a desk, as rows of a list and as a line."""

from __future__ import annotations

from afterservice_cli.render.cases.case import basis_of
from afterservice_cli.render.days import written_text
from afterservice_cli.render.labels import with_id
from afterservice_cli.render.rows import Column
from afterservice_cli.render.screen import Screen
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.lists.duties import DutyView


def duty_columns(tell: Teller) -> list[Column[DutyView]]:
    """Return the columns of `duty`: the usual ones, then those that have to be asked for."""
    usual: list[Column[DutyView]] = [
        tell.time("due_at").but(rank=20),
        tell.left(lambda duty: duty.due_at),
        tell.value("duty").but(shown=lambda duty: _duty(duty, tell), least=12),
        tell.role("by").but(rank=30, least=8),
        tell.value("every").but(shown=lambda duty: written_text(duty.every, tell.language), rank=70),
        tell.time("done_at").but(rank=40),
        tell.value("verdict").but(shown=lambda duty: tell.label(duty.verdict), rank=60),
        tell.person("done_by", "person").but(rank=50, least=8),
        tell.text("text", "what").but(rank=10),
    ]
    others: list[Column[DutyView]] = [tell.time("warn_at"), tell.value("rule")]
    return [*usual, *(column.but(usual=False) for column in others)]


def done_line(duty: DutyView, screen: Screen) -> str:
    """Return what is told of a duty that somebody has just seen to: whether it was in time, and by which rule."""
    verdict = screen.label(duty.verdict or "")
    return f"{_duty(duty, screen)}  {verdict} · {basis_of(duty.every, duty.rule, screen.language)}"


def _duty(duty: DutyView, screen: Screen) -> str:
    return with_id(screen.title("duty", duty.duty), duty.duty)
