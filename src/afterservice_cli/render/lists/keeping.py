"""What may go by its age, as rows of a list."""

from __future__ import annotations

from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.lists.keeping import Aged


def aged_columns(tell: Teller) -> list[Column[Aged]]:
    """Return the columns of `archive`."""
    return [tell.value("case"), tell.named("kind").but(rank=10), tell.time("ended_at"), tell.value("kept_until")]
