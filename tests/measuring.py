"""Measures under a small rulebook: one that was added, and what became of it."""

from datetime import datetime, timedelta

from afterservice_cli.cases.case import Recorded
from afterservice_cli.cases.events.problems import MeasureAdded, MeasureDone, MeasureJudged
from afterservice_cli.cases.problems import MeasureState, measure_of
from afterservice_cli.cases.values import Numbered
from afterservice_cli.decisions import measures
from afterservice_cli.decisions.measures import MeasureSource, Planned
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from given import hour
from recurring import ALARM, EFFECT, book

BOOK = book(("demands:", EFFECT))
NUMBERED = Numbered("M2026-001", "M2026", 1)
ABOUT = {"category": "rattle", "product": "X-1"}
DAY = timedelta(days=1)

LATER = hour(1)


def moment(at: datetime = LATER, actor: str = "wei", rulebook: Rulebook = BOOK) -> Moment:
    return Moment(min(at, hour(5000)), at, actor, rulebook)


def added(
    source: MeasureSource | None = None, *, by: str | None = None, rulebook: Rulebook = BOOK, **more: object
) -> MeasureAdded:
    planned = Planned("check A17", by, hour(50), **more)  # type: ignore[arg-type]
    return measures.add(
        moment(rulebook=rulebook), planned=planned, source=source or MeasureSource(problem=ALARM), numbered=NUMBERED
    )


def state(*later: MeasureDone | MeasureJudged, **more: object) -> MeasureState:
    events = (added(**more), *later)  # type: ignore[arg-type]
    return measure_of(
        Recorded(seq, "M2026-001", seq, event.at, "wei", "system", BOOK.hash, event)
        for seq, event in enumerate(events, 1)
    )
