"""What was escalated, as rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from afterservice_cli.render.case import minute, target_title
from afterservice_cli.render.rows import Column, labelled
from afterservice_cli.reports.escalation import EscalationView
from afterservice_cli.rulebook.model import Rulebook


def escalated_columns(rulebook: Rulebook, language: str) -> list[Column[EscalationView]]:
    """Return the columns of `escalate`."""
    shown: Mapping[str, Callable[[EscalationView], object]] = {
        "case": lambda done: done.case,
        "target": lambda done: target_title(done.target, rulebook, language),
        "due_at": lambda done: minute(done.due_at, rulebook),
        "priority": _raised,
        "owner": lambda done: rulebook.title("owner", done.owner, language),
        "person": lambda done: rulebook.title("person", done.person, language),
        "told": lambda done: [rulebook.title("person", person, language) for person in done.told],
    }
    return labelled(language, shown, wide=("owner",))


def _raised(done: EscalationView) -> str:
    return done.priority if done.priority == done.raised_from else f"{done.raised_from} → {done.priority}"
