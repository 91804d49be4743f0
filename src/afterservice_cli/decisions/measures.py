"""Measures: what is to change a figure, by whom and until when; that it was done, and whether it had its effect."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.problems import MeasureAdded, MeasureDone, MeasureJudged
from afterservice_cli.cases.problems import MeasureState, ProblemState
from afterservice_cli.cases.values import Numbered
from afterservice_cli.decisions.checks import (
    check_ahead,
    check_kept_for,
    check_role_for,
    check_time,
    check_used,
    team_and_person,
)
from afterservice_cli.decisions.problems import ahead, check_running
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text, optional_text
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.time.instants import to_local_text
from afterservice_cli.time.openings import Span

JUDGEMENTS = {"yes": "yes", "partly": "partly", "no": "no", "是": "yes", "部分": "partly", "否": "no"}


class MeasureSource(Frozen):
    """What a measure follows from: a problem, a case, or the report of a month."""

    problem: ProblemState | None = None
    case: Case | None = None
    month: str | None = None


class Planned(Frozen):
    """What is to be done: by which team or person, until when, and which figure it is to change."""

    text: str
    by: str | None
    due_at: datetime
    figure: str | None = None
    about: Mapping[str, str] = {}  # of which cases, if not those of its source


def add(moment: Moment, *, planned: Planned, source: MeasureSource, numbered: Numbered) -> MeasureAdded:
    """Record a measure that somebody is to take; raises `BadInput` if it is nobody's, or without its time."""
    rulebook = moment.rulebook
    check_used(rulebook.measures, "measures", "measure", rulebook)
    check_time(moment)
    if source.problem:
        check_running(source.problem)
    check_ahead(planned.due_at, moment, tr("the given time"))
    theirs = source.problem.team if source.problem else source.case.value("owner") if source.case else ""
    if not planned.by and not theirs:
        raise BadInput(tr("a measure is somebody's"), hint=tr("add {options}", options="--by …"))
    team, person = (theirs, None) if not planned.by else _whose(moment, planned.by, theirs)
    check_kept_for(moment, "measure add", team, person)
    return MeasureAdded(
        at=moment.at,
        measure=numbered.number,
        series=numbered.series,
        serial=numbered.serial,
        team=team,
        person=person,
        due_at=planned.due_at,
        about=_about(planned, source),
        problem=source.problem.number if source.problem else None,
        of_case=source.case.number if source.case else None,
        month=source.month,
        text=check_text(planned.text, tr("the text")),
        figure=optional_text(planned.figure, tr("the figure")),
    )


def _whose(moment: Moment, by: str, likely: str) -> tuple[str, str | None]:
    """Return the team or role that `by` names, and the person if it names one."""
    rulebook = moment.rulebook
    return (by, None) if by in rulebook.roles else team_and_person(rulebook, by, likely)


def _about(planned: Planned, source: MeasureSource) -> dict[str, str]:
    """Return the facts of the cases that are counted: those that are named, else those of the source."""
    if planned.about or source.month:
        return dict(planned.about)
    facts = source.case.facts() if source.case else source.problem.same if source.problem else {}
    return {name: value for name in ("category", "product") if (value := facts.get(name))}


def done(measure: MeasureState, moment: Moment, *, text: str | None = None) -> MeasureDone:
    """Record that a measure was taken; refused to others than its team or person."""
    check_kept_for(moment, "measure done", measure.team, measure.person)
    if measure.person is None:
        check_role_for(moment, measure.team, measure.number, "--by")
    elif moment.person != measure.person:
        raise Refused(
            tr("{measure} is {person}'s", measure=measure.number, person=measure.person),
            hint=tr("ask one of {people}", people=measure.person),
            rule="role",
        )
    _check_since(measure.number, measure.added_at, moment)
    if measure.done_at is not None:
        raise Refused(
            tr("{measure} is done already", measure=measure.number),
            hint=f'afterservice measure judge {measure.number} --effective … "…"',
            rule="done",
        )
    return MeasureDone(moment.at, optional_text(text, tr("the text")))


def judge(
    measure: MeasureState, moment: Moment, *, effective: str, text: str | None, counted: tuple[int, int] | None
) -> MeasureJudged:
    """Record whether a measure had its effect; `counted` is how many cases came in before it and after.

    Refused before it was done, before the time is over in which its effect is counted, and to others than the rulebook
    names.
    """
    rules = moment.rulebook.measures
    check_used(rules, "measures", "measure", moment.rulebook)
    check_kept_for(moment, "measure judge", measure.team, measure.person)
    if rules and rules.by:
        check_role_for(moment, rules.by, measure.number, "measures.by", measure.team)
    if effective not in JUDGEMENTS:
        raise BadInput(
            tr("{option} is yes, partly or no", option="--effective"),
            hint=tr("add {options}", options="--effective yes|partly|no …"),
        )
    if measure.done_at is None:
        raise Refused(
            tr("{measure} is not done yet", measure=measure.number),
            hint=f"afterservice measure done {measure.number}",
            rule="not-done",
        )
    if measure.judged_at is not None:
        raise Refused(
            tr("{measure} is judged already", measure=measure.number),
            hint="afterservice measures --all",
            rule="judged",
        )
    _check_since(measure.number, measure.done_at, moment)
    spans = windows(measure.done_at, measure.about, moment)
    if spans and spans[1][1] > moment.at:
        raise Refused(
            tr(
                "the effect of {measure} is counted until {at} (measures.effect.after)",
                measure=measure.number,
                at=to_local_text(spans[1][1], moment.rulebook.zone),
            ),
            hint=tr("the figure so far: afterservice measures"),
            rule="too-early",
        )
    said = optional_text(text, tr("the text"))
    before, after = counted or (None, None)
    return MeasureJudged(moment.at, JUDGEMENTS[effective], before, after, said)


def windows(done_at: datetime | None, about: Mapping[str, str], moment: Moment) -> tuple[Span, Span] | None:
    """Return the times before a measure was done and after it in which cases are counted; None if none are."""
    rules = moment.rulebook.measures
    effect = rules.effect if rules else None
    if effect is None or done_at is None or not counted_by(about, moment):
        return None
    since = moment.rulebook.calendar.back(done_at, parse_duration(effect.before))
    until = ahead(moment.rulebook, done_at, parse_duration(effect.after))
    return (since, done_at), (done_at, until)


def counted_by(about: Mapping[str, str], moment: Moment) -> Mapping[str, str]:
    """Return the facts of the cases that are counted for a measure about these, by the rulebook in force."""
    rules = moment.rulebook.measures
    names = rules.effect.shared if rules and rules.effect else ()
    return {name: about[name] for name in names if name in about}


def _check_since(number: str, since: datetime, moment: Moment) -> None:
    """Refuse a time in the future, or before what comes first."""
    check_time(moment)
    if moment.at < since:
        raise BadInput(
            tr(
                "{number} was added or done at {at}; this can have happened only after it",
                number=number,
                at=to_local_text(since, moment.rulebook.zone),
            )
        )
