"""What is due and what was escalated, as rows of a list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.cases.case import ENDED
from afterservice_cli.instants import from_text
from afterservice_cli.render.case import minute, state_label, target_title
from afterservice_cli.render.labels import label
from afterservice_cli.render.rows import Column
from afterservice_cli.rulebook.model import Rulebook

Value = Mapping[str, Any]


def due_columns(language: str, width: int | None) -> list[Column]:
    """The columns of `due`: all of them in a pipe, what fits on a terminal of so many columns."""
    keys = ["due_at", "left", "case", "target", "priority", "category", "owner", "person"]
    if width is not None and width < 110:
        keys = keys[:-2] if width < 90 else keys[:-1]
    return [Column(key, label(key, language), wide=key in ("target", "category", "owner", "person")) for key in keys]


def due_row(row: Value, now: datetime, rulebook: Rulebook, language: str) -> dict[str, Any]:
    """A deadline as a row of `due`; one of a case that is closed, such as a follow-up, says so."""
    provisional = f" ({label('provisional', language)})" if row["provisional"] else ""
    ended = f" [{state_label(row['status'], rulebook, language)}]" if row["status"] in ENDED else ""
    return {
        **row,
        "due_at": minute(row["due_at"], rulebook) + provisional,
        "left": left(row, now, language),
        "target": target_title(row["target"], rulebook, language) + ended,
        "category": rulebook.title("category", row["category"], language),
        "owner": rulebook.title("owner", row["owner"], language),
        "person": rulebook.title("person", row["person"], language),
    }


def left(row: Value, now: datetime, language: str) -> str:
    """How long until it is due, or since when it has been overdue or paused."""
    since = from_text(row["paused_at"] if row["state"] == "paused" else row["due_at"])
    word = "" if row["state"] == "running" else label(row["state"], language)
    return " ".join(part for part in (word, span(abs((since - now).total_seconds()))) if part)


def span(seconds: float) -> str:
    """A time in its largest two units."""
    minutes = int(seconds // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    return f"{days}d {hours}h" if days else f"{hours}h {rest:02}m" if hours else f"{rest}m"


def escalated_columns(language: str) -> list[Column]:
    """The columns of `escalate`."""
    keys = ("case", "target", "due_at", "priority", "owner", "person", "told")
    return [Column(key, label(key, language), wide=key == "owner") for key in keys]


def escalated_row(row: Value, rulebook: Rulebook, language: str) -> dict[str, Any]:
    """What was done about a missed deadline, as a row of `escalate`."""
    raised = row["priority"] if row["priority"] == row["raised_from"] else f"{row['raised_from']} → {row['priority']}"
    return {
        **row,
        "target": target_title(row["target"], rulebook, language),
        "due_at": minute(row["due_at"], rulebook),
        "priority": raised,
        "owner": rulebook.title("owner", row["owner"], language),
        "person": rulebook.title("person", row["person"], language),
        "told": [rulebook.title("person", person, language) for person in row["told"]],
    }
