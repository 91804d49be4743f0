"""What may go by its age, as rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from afterservice_cli.render.case import minute
from afterservice_cli.render.rows import Column, labelled
from afterservice_cli.reports.keeping import Aged
from afterservice_cli.rulebook.model import Rulebook


def aged_columns(rulebook: Rulebook, language: str) -> list[Column[Aged]]:
    """Return the columns of `archive`."""
    shown: Mapping[str, Callable[[Aged], object]] = {
        "case": lambda case: case.case,
        "kind": lambda case: rulebook.title("kind", case.kind, language),
        "ended_at": lambda case: minute(case.ended_at, rulebook),
        "kept_until": lambda case: case.kept_until,
    }
    return labelled(language, shown)
