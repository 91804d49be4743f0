"""Measures: what is to change a figure, by whom and until when; done, and then judged by that figure."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated

import typer

from afterservice_cli.commands.asking import choice_for
from afterservice_cli.commands.filters import month_of
from afterservice_cli.commands.options import AtOption, JsonOption, TextArg
from afterservice_cli.commands.rows import Layout, Rows, teller, with_layout
from afterservice_cli.decisions import measures as decisions
from afterservice_cli.errors import BadUsage
from afterservice_cli.language import LANGUAGES, tr, tr_many
from afterservice_cli.moment import Moment
from afterservice_cli.render.labels import effect
from afterservice_cli.render.lists import problems as render
from afterservice_cli.reports.lists.problems import Counted, MeasureView, measure_views
from afterservice_cli.reports.rows import MeasureRow
from afterservice_cli.session import Session
from afterservice_cli.store.reading import problems as store
from afterservice_cli.time.instants import from_text, to_text
from afterservice_cli.workflows.recording import writing

Count = Callable[[Mapping[str, str], str, str], int]  # how many cases share this and came in within a time
NumberArg = Annotated[str, typer.Argument(metavar="MEASURE", help="Its number, or the serial alone.")]


@with_layout
def measures(
    session: Session,
    every: Annotated[bool, typer.Option("--all", help="Those that are judged, too.")] = False,
    *,
    layout: Layout,
) -> None:
    """List the measures that are not judged, those due first before the rest, with the figure before and after."""
    rows = Rows(session, layout, render.measure_columns(teller(session)))
    with session.desk.reading() as db:
        found = views_of(session, store.list_measures(db, every=every), partial(store.count_sharing, db))
    rows.write(found, tr_many("{count} measure", "{count} measures", len(found)))


def add(
    session: Session,
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="What is to be done; - reads stdin.")],
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="By when: 3d, 3wd, 2026-10-31…")],
    problem: Annotated[
        str | None, typer.Option("--problem", metavar="PROBLEM", help="The problem that it follows from.")
    ] = None,
    case: Annotated[str | None, typer.Option("--case", metavar="CASE", help="Or the case.")] = None,
    report: Annotated[str | None, typer.Option("--report", metavar="MONTH", help="Or the month's report.")] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="TEAM|PERSON", help="Who does it; whose the problem or case is.")
    ] = None,
    figure: Annotated[
        str | None, typer.Option("--figure", metavar="TEXT", help="What it is to change, in words.")
    ] = None,
    category: Annotated[str | None, typer.Option(help="Whose cases are counted, if not those of the source.")] = None,
    product: Annotated[str | None, typer.Option(help="Whose cases are counted, if not those of the source.")] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record a measure that follows from a problem, a case or a report: what, by whom, until when, for which figure."""
    if sum(source is not None for source in (problem, case, report)) != 1:
        raise BadUsage(tr("a measure follows from one thing – give --problem, --case or --report"))
    rulebook, words = session.rulebook, session.terminal.words(text)
    named = {"category": rulebook.known("category", category) if category else None, "product": product}
    planned = decisions.Planned(
        text=words,
        by=by,
        due_at=session.until(until, "--until"),
        figure=session.terminal.words(figure),
        about={name: value for name, value in named.items() if value},
    )
    happened = session.when(at)
    with writing(session.desk) as writer:
        moment = writer.moment(happened)
        source = decisions.MeasureSource(
            problem=store.load_problem(writer.db, problem) if problem else None,
            case=writer.load(writer.find(case)) if case else None,
            month=month_of(session, report, "--report").name if report else None,
        )
        added = decisions.add(moment, planned=planned, source=source, numbered=writer.numbered("measures", moment.at))
        writer.record_measure(added.measure, added)
    _show_changed(session, added.measure, as_json=as_json)


def done(
    session: Session,
    measure: NumberArg,
    text: TextArg = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record that a measure was taken; the figure after it counts from then."""
    words, happened = session.terminal.words(text), session.when(at)
    with writing(session.desk) as writer:
        state = store.load_measure(writer.db, measure)
        writer.record_measure(state.number, decisions.done(state, writer.moment(happened), text=words))
    _show_changed(session, state.number, as_json=as_json)


def judge(
    session: Session,
    measure: NumberArg,
    effective: Annotated[
        str | None, typer.Option("--effective", metavar="yes|partly|no", help="Whether it had its effect.")
    ] = None,
    text: TextArg = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a measure that was taken, by the figure before and after; refused before that is whole."""
    if effective is None:
        words = dict.fromkeys(decisions.JUDGEMENTS.values())
        choices = [(word, {language: effect(word, language) for language in LANGUAGES}) for word in words]
        effective = choice_for(session, {"measure": measure}, tr("Whether it had its effect"), choices)
    said, happened = session.terminal.words(text), session.when(at)
    with writing(session.desk) as writer:
        state, moment = store.load_measure(writer.db, measure), writer.moment(happened)
        (row,) = store.list_measures(writer.db, only=state.number)
        counted = _counted(moment, row, partial(store.count_sharing, writer.db))
        figures = (counted.before, counted.after) if counted else None
        event = decisions.judge(state, moment, effective=effective, text=said, counted=figures)
        writer.record_measure(state.number, event)
    _show_changed(session, state.number, as_json=as_json)


def views_of(session: Session, rows: Sequence[MeasureRow], count: Count) -> list[MeasureView]:
    """Return measures as they stand, those that are not judged with the figure so far, as `count` finds it."""
    with_figures = (row for row in rows if row.done_at and not row.judged_at)
    moment = Moment(session.desk.now, session.desk.now, session.desk.actor, session.rulebook)
    return measure_views(rows, {row.measure: _counted(moment, row, count) for row in with_figures}, session.desk.now)


def _counted(moment: Moment, row: MeasureRow, count: Count) -> Counted | None:
    """Return how many cases came in before a measure was done, and after it so far; None if none are counted."""
    about = json.loads(row.about)
    spans = decisions.windows(from_text(row.done_at) if row.done_at else None, about, moment)
    if spans is None:
        return None
    facts = decisions.counted_by(about, moment)
    before, after = (count(facts, *map(to_text, span)) for span in spans)
    return Counted(before, after, to_text(spans[1][1]))


def _show_changed(session: Session, number: str, *, as_json: bool) -> None:
    """Print a measure after it was changed."""
    terminal = session.terminal
    with session.desk.reading() as db:
        (view,) = views_of(session, store.list_measures(db, only=number), partial(store.count_sharing, db))
    if as_json:
        terminal.write_json(view)
    else:
        terminal.write_lines([render.measure_line(view, session.screen)])
