"""What was escalated, as rows of a list."""

from __future__ import annotations

from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.lists.escalation import EscalationView


def escalated_columns(tell: Teller) -> list[Column[EscalationView]]:
    """Return the columns of `escalate`: the usual ones, then those that have to be asked for."""
    return [
        tell.value("case"),
        tell.named("target").but(shown=lambda done: tell.target_title(done.target, done.rule)),
        tell.time("due_at").but(rank=20),
        tell.priority().but(shown=lambda done: _raised(done, tell), rank=10),
        tell.named("owner").but(rank=40),
        tell.named("person").but(rank=30, least=8),
        tell.value("told").but(
            shown=lambda done: [tell.title("person", person) for person in done.told], rank=5, least=8
        ),
        tell.value("raised_from").but(usual=False),
        tell.value("rule").but(usual=False),
    ]


def _raised(done: EscalationView, tell: Teller) -> str:
    now = tell.rank(done.priority)
    return now if done.priority == done.raised_from else f"{tell.rank(done.raised_from)} → {now}"
