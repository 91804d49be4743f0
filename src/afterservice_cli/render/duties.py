"""The duties of a desk, as rows of a list and as a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from afterservice_cli.instants import from_text
from afterservice_cli.render.case import basis_of, minute
from afterservice_cli.render.days import span_text, written_text
from afterservice_cli.render.labels import label, role_title
from afterservice_cli.render.rows import Column, labelled
from afterservice_cli.reports.duties import DutyView
from afterservice_cli.rulebook.model import Rulebook


def duty_columns(now: datetime, rulebook: Rulebook, language: str, width: int | None) -> list[Column[DutyView]]:
    """Return the columns of `duty`: all of them in a pipe, what fits on a terminal of so many columns."""
    shown: dict[str, Callable[[DutyView], object]] = {
        "due_at": lambda duty: minute(duty.due_at, rulebook),
        "left": lambda duty: left(duty, now, language),
        "duty": lambda duty: _duty(duty, rulebook, language),
        "by": lambda duty: role_title(duty.by, rulebook, language),
        "every": lambda duty: written_text(duty.every, language),
        "done_at": lambda duty: duty.done_at and minute(duty.done_at, rulebook),
        "verdict": lambda duty: duty.verdict and label(duty.verdict, language),
        "person": lambda duty: duty.done_by and _person(duty.done_by, rulebook, language),
        "what": lambda duty: duty.text,
    }
    for word, least in (("every", 120), ("verdict", 100), ("what", 80)):
        if width is not None and width < least:
            del shown[word]
    return labelled(language, shown, wide=("duty", "by", "person", "what"))


def left(duty: DutyView, now: datetime, language: str) -> str:
    """Return how long it is until a duty is due, or since when it has been overdue."""
    word = "" if duty.state == "running" else label(duty.state, language)
    return " ".join(filter(None, (word, span_text(abs((from_text(duty.due_at) - now).total_seconds()), language))))


def done_line(duty: DutyView, rulebook: Rulebook, language: str) -> str:
    """Return what is told of a duty that somebody has just seen to: whether it was in time, and by which rule."""
    verdict = label(duty.verdict or "", language)
    return f"{_duty(duty, rulebook, language)}  {verdict} · {basis_of(duty.every, duty.rule, language)}"


def _duty(duty: DutyView, rulebook: Rulebook, language: str) -> str:
    title = rulebook.title("duty", duty.duty, language)
    return title if title == duty.duty else f"{title} ({duty.duty})"


def _person(actor: str, rulebook: Rulebook, language: str) -> str:
    return rulebook.title("person", rulebook.person_of(actor), language)
