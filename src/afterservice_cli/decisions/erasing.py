"""Erasing: whether what is personal in a case may go, and from when."""

from __future__ import annotations

from datetime import datetime

from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.events.general import PersonalDataErased
from afterservice_cli.decisions.checks import check_kept
from afterservice_cli.durations import parse_period
from afterservice_cli.errors import Refused
from afterservice_cli.instants import to_local_text
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.dates import end_of_day
from afterservice_cli.rulebook.model import Rulebook

ASKED, AGE = "asked", "age"


def erase(case: Case, moment: Moment, *, ground: str) -> list[Event]:
    """Return the erasure of what is personal in a case, if it is over and the rulebook keeps it no longer.

    The data itself goes as the event is recorded (`store.erasing`).
    """
    if case.erased:
        raise Refused(
            tr("what was personal in {case} is erased already", case=case.number),
            hint=tr("afterservice show {case}", case=case.number),
            rule="erased",
        )
    if case.status not in ENDED:
        raise Refused(
            tr("{case} is not over, and its data is needed", case=case.number),
            hint=tr('close it first, or: afterservice withdraw {case} --reason "…"', case=case.number),
            rule="running",
        )
    check_kept(case, moment, "erase")
    until = kept_until(case.ended_at, case.kind, moment.rulebook)
    if until is not None and moment.now < until:
        raise Refused(
            tr(
                "the rulebook keeps {case} until {date} ({rule})",
                case=case.number,
                date=to_local_text(until, moment.rulebook.zone)[:10],
                rule=_kept(case.kind, moment.rulebook)[1],
            ),
            hint=tr("erase it after that day; afterservice archive lists what may go"),
            rule="retention",
        )
    return [PersonalDataErased(moment.at, ground)]


def kept_until(ended_at: datetime, kind: str | None, rulebook: Rulebook) -> datetime | None:
    """Return the end of the last day on which the rulebook keeps a case of a kind; None if it keeps none for long."""
    length, _ = _kept(kind, rulebook)
    if length is None:
        return None
    begin = ended_at.astimezone(rulebook.zone).date()
    return end_of_day(rulebook.calendar.counted_to(begin, parse_period(length)), rulebook.calendar)


def _kept(kind: str | None, rulebook: Rulebook) -> tuple[str | None, str]:
    """Return how long a case of a kind is kept, and where the rulebook says so; None if it does not."""
    of_kind = rulebook.kinds.get(kind or "")
    if of_kind is not None and of_kind.keep:
        return of_kind.keep, f"kinds.{kind}.keep"
    return (rulebook.archive.keep if rulebook.archive else None), "archive.keep"
