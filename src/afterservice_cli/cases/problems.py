"""A problem and a measure as their events make them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from afterservice_cli.cases.case import Recorded
from afterservice_cli.cases.events.general import PersonalDataErased
from afterservice_cli.cases.events.problems import (
    MeasureAdded,
    MeasureDone,
    MeasureJudged,
    ProblemClosed,
    ProblemOpened,
)
from afterservice_cli.frozen import Frozen


class ProblemState(Frozen):
    """A problem: of which kind, what its cases share, whose it is, and when it was opened, is due and was closed."""

    number: str
    series: str
    serial: int
    seq: int
    pattern: str
    same: Mapping[str, str]
    team: str
    opened_at: datetime
    due_at: datetime | None
    warn_at: datetime | None
    duration: str
    rule: str
    version: int = 1
    closed_at: datetime | None = None
    closed_by: str | None = None
    erased: bool = False


class MeasureState(Frozen):
    """A measure: whose it is, from what it follows, what it is judged by, and how far it has come."""

    number: str
    series: str
    serial: int
    seq: int
    team: str
    person: str | None
    due_at: datetime
    about: Mapping[str, str]
    problem: str | None
    of_case: str | None
    month: str | None
    added_at: datetime
    version: int = 1
    done_at: datetime | None = None
    done_by: str | None = None
    judged_at: datetime | None = None
    judged_by: str | None = None
    effective: str | None = None
    before: int | None = None
    after: int | None = None
    erased: bool = False


def problem_of(history: Iterable[Recorded]) -> ProblemState:
    """Return the problem that its events make."""
    first, *rest = history
    event = first.event
    assert isinstance(event, ProblemOpened)
    problem = ProblemState(
        *(event.problem, event.series, event.serial, first.seq, event.pattern, event.same, event.team, event.at),
        *(event.due_at, event.warn_at, event.duration, event.rule),
    )
    for recorded in rest:
        problem = problem.but(version=recorded.version)
        match recorded.event:
            case ProblemClosed():
                problem = problem.but(closed_at=recorded.event.at, closed_by=recorded.actor)
            case PersonalDataErased():
                problem = problem.but(erased=True)
    return problem


def measure_of(history: Iterable[Recorded]) -> MeasureState:
    """Return the measure that its events make."""
    first, *rest = history
    event = first.event
    assert isinstance(event, MeasureAdded)
    measure = MeasureState(
        *(event.measure, event.series, event.serial, first.seq, event.team, event.person, event.due_at, event.about),
        *(event.problem, event.of_case, event.month, event.at),
    )
    for recorded in rest:
        measure = measure.but(version=recorded.version)
        match recorded.event:
            case MeasureDone():
                measure = measure.but(done_at=recorded.event.at, done_by=recorded.actor)
            case MeasureJudged():
                judged = recorded.event
                measure = measure.but(
                    judged_at=judged.at,
                    judged_by=recorded.actor,
                    effective=judged.effective,
                    before=judged.before,
                    after=judged.after,
                )
            case PersonalDataErased():
                measure = measure.but(erased=True)
    return measure
