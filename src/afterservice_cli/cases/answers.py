"""What answered a deadline, and whether that was recorded only after it was due."""

from __future__ import annotations

from datetime import datetime

from afterservice_cli.cases.case import Case, Recorded
from afterservice_cli.cases.events.intake import TwinCounted
from afterservice_cli.cases.values import Deadline


def answer_of(case: Case, deadline: Deadline) -> Recorded | None:
    """Return what was recorded first of all that ended a deadline; None if that was by the file of the case."""
    if deadline.ended_at is None:
        return None
    first = case.events[0]
    imported = (first.recorded_at, first.actor, first.clock, first.rulebook) if case.source_batch is not None else None
    answers = [
        each
        for each in case.events
        if each.event.at == deadline.ended_at and (each.recorded_at, each.actor, each.clock, each.rulebook) != imported
    ]
    return min(answers, key=lambda each: each.recorded_at, default=None)


def told_late(case: Case, deadline: Deadline) -> Recorded | None:
    """Return the answer of a deadline that was met and recorded only after it was due; None for all others."""
    due = deadline.spec.due_at
    if deadline.paused_at is not None or deadline.verdict(due) != "met":
        return None
    answer = answer_of(case, deadline)
    return answer if is_late(answer, due) else None


def is_late(answer: Recorded | None, due: datetime) -> bool:
    """Tell whether an answer was recorded only after it was due; one in a twin was recorded there."""
    return answer is not None and not isinstance(answer.event, TwinCounted) and answer.recorded_at > due
