"""Erasing: whether what is personal in a case, a problem or a measure may go, and from when."""

from __future__ import annotations

from datetime import date, datetime
from typing import NoReturn

from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.events.general import PersonalDataErased
from afterservice_cli.cases.problems import MeasureState, ProblemState
from afterservice_cli.decisions.checks import check_kept, check_kept_for
from afterservice_cli.errors import Refused
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.durations import parse_period

ASKED, AGE = "asked", "age"


def erase(case: Case, moment: Moment, *, ground: str) -> list[Event]:
    """Return the erasure of what is personal in a case, if it is over and the rulebook keeps it no longer.

    The data itself goes as the event is recorded (`store.erasing`).
    """
    if case.erased:
        _refuse_twice(case.number, f"afterservice show {case.number}")
    if case.status not in ENDED:
        end = tr('close it first, or: afterservice withdraw {case} --reason "…"', case=case.number)
        _refuse_running(case.number, end)
    check_kept(case, moment, "erase")
    rulebook = moment.rulebook
    last = last_day(case.ended_at, case.kind, rulebook)
    if last is not None and moment.now.astimezone(rulebook.zone).date() <= last:
        raise Refused(
            tr(
                "the rulebook keeps {case} until {date} ({rule})",
                case=case.number,
                date=last.isoformat(),
                rule=_kept(case.kind, rulebook)[1],
            ),
            hint=tr("after that day; what may go now: afterservice archive"),
            rule="retention",
        )
    return [PersonalDataErased(moment.at, ground)]


def erase_problem(problem: ProblemState, moment: Moment, *, ground: str) -> PersonalDataErased:
    """Return the erasure of all words of a problem, if it is closed; its measures keep theirs."""
    if problem.erased:
        _refuse_twice(problem.number, f"afterservice problem show {problem.number}")
    if problem.closed_at is None:
        end = tr('close it first: afterservice problem close {problem} "…"', problem=problem.number)
        _refuse_running(problem.number, end)
    check_kept_for(moment, "erase", problem.team)
    return PersonalDataErased(moment.at, ground)


def erase_measure(measure: MeasureState, moment: Moment, *, ground: str) -> PersonalDataErased:
    """Return the erasure of all words of a measure, if it is judged."""
    if measure.erased:
        _refuse_twice(measure.number, "afterservice measures --all")
    if measure.judged_at is None:
        end = tr("judge it first: afterservice measure judge {measure} --effective …", measure=measure.number)
        _refuse_running(measure.number, end)
    check_kept_for(moment, "erase", measure.team, measure.person)
    return PersonalDataErased(moment.at, ground)


def _refuse_twice(number: str, look: str) -> NoReturn:
    """Refuse to erase what is erased; `look` is the command that shows it."""
    raise Refused(tr("what was personal in {case} is erased already", case=number), hint=look, rule="erased")


def _refuse_running(number: str, end: str) -> NoReturn:
    """Refuse to erase what goes on; `end` says how it is ended."""
    raise Refused(tr("{case} is not over, and its data is needed", case=number), hint=end, rule="running")


def last_day(ended_at: datetime, kind: str | None, rulebook: Rulebook) -> date | None:
    """Return the last day on which the rulebook keeps a case of a kind that ended then; None if it says none."""
    length, _ = _kept(kind, rulebook)
    if length is None:
        return None
    return rulebook.calendar.counted_to(ended_at.astimezone(rulebook.zone).date(), parse_period(length))


def _kept(kind: str | None, rulebook: Rulebook) -> tuple[str | None, str]:
    """Return how long a case of a kind is kept, and where the rulebook says so; None if it does not."""
    of_kind = rulebook.kinds.get(kind or "")
    if of_kind is not None and of_kind.keep:
        return of_kind.keep, f"kinds.{kind}.keep"
    return (rulebook.archive.keep if rulebook.archive else None), "archive.keep"
