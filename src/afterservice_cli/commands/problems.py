"""Problems: what several cases have in common, opened by itself or by hand, with a course and a closing of its own."""

from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from afterservice_cli.commands.measures import views_of
from afterservice_cli.commands.options import AtOption, JsonOption
from afterservice_cli.commands.rows import Layout, Rows, teller, with_layout
from afterservice_cli.decisions import problems as decisions
from afterservice_cli.language import tr, tr_many
from afterservice_cli.moment import Decision
from afterservice_cli.render.cases.history import history_columns
from afterservice_cli.render.lists import problems as render
from afterservice_cli.reports.cases.history import CourseRow, event_view
from afterservice_cli.reports.lists.problems import ProblemView, figures_of, problem_cases, problem_views
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.store.reading import problems as store
from afterservice_cli.workflows.recording import Outcome, Writer, writing

NumberArg = Annotated[str, typer.Argument(metavar="PROBLEM", help="Its number, or the serial alone.")]
CasesArg = Annotated[list[str], typer.Argument(metavar="CASE...", help="Cases, each as elsewhere.")]
AllOption = Annotated[bool, typer.Option("--all", help="Those that are over, too, the newest first.")]


@with_layout
def problems(session: Session, every: AllOption = False, *, layout: Layout) -> None:
    """List the open problems: those due first before the rest, each with its open and all its cases and measures."""
    rows = Rows(session, layout, render.problem_columns(teller(session)))
    with session.desk.reading() as db:
        found = problem_views(store.list_problems(db, every=every), session.desk.now)
    said = tr_many("{count} problem", "{count} problems", len(found))
    rows.write(found, said if every else tr_many("{count} open problem", "{count} open problems", len(found)))


def show(session: Session, problem: NumberArg, as_json: JsonOption = False) -> None:
    """Show a problem: what its cases share, whose it is, its figures, its cases, its measures and its course."""
    terminal, desk, tell = session.terminal, session.desk, teller(session)
    with desk.reading() as db:
        number = store.find_problem(db, problem)
        (view,) = problem_views(store.list_problems(db, only=number), desk.now)
        rows = store.cases_of(db, number)
        measures = views_of(session, store.list_measures(db, problem=number), partial(store.count_sharing, db))
        course = history.events_of(db, number)
    figures, cases = figures_of(rows), problem_cases(rows)
    if as_json:
        events = [event_view(recorded) for recorded in course]
        beside = {"figures": figures, "cases": cases, "measures": measures, "events": events}
        terminal.write_json({**view.plain(), **beside})
        return
    terminal.write_lines(render.problem_lines(view, figures, tell))
    terminal.write("")
    if cases:
        terminal.write_rows(cases, render.case_columns(tell), format=None)
        terminal.write("")
    if measures:
        terminal.write_lines(render.measure_line(measure, tell) for measure in measures)
        terminal.write("")
    told = [CourseRow(number, recorded, False) for recorded in course]
    _, _, *columns = history_columns(tell)  # without the number and the stage
    terminal.write_rows(told, columns, format=None)


def open_problem(
    session: Session,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is, in a few words; - reads stdin.")],
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="CASE", help="A case that belongs to it; may be repeated.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="One of the rulebook's kinds of problems.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="TEAM", help="Whose it is; the kind's if missing.")] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="By when it has to be closed, if not as its kind says."),
    ] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a problem by hand; cases that share what its kind asks for join it from then on."""
    words = session.terminal.words(title)
    wanted = decisions.NewProblem(words, kind, by, session.until(until, "--until") if until else None)
    happened = session.when(at)
    with writing(session.desk) as writer:
        moment = writer.moment(happened)
        numbers = [writer.find(reference) for reference in dict.fromkeys(case or ())]
        cases = [writer.load(number) for number in numbers]
        opened = decisions.open_by_hand(
            moment, wanted=wanted, cases=cases, numbered=writer.numbered("problems", moment.at)
        )
        if opened.same and (other := store.open_of(writer.db, opened.pattern, opened.same)):
            decisions.refuse_second(other)
        state = writer.record_problem(opened.problem, opened)
        decision = partial(decisions.gather, problem=state)
        outcomes = [writer.act(number, decision, at=happened) for number in numbers]
    _show_changed(session, opened.problem, outcomes, as_json=as_json)


def add(
    session: Session,
    problem: NumberArg,
    case: CasesArg,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let cases belong to a problem; they get what its kind gives its cases."""
    happened = session.when(at)
    with writing(session.desk) as writer:
        state = store.load_problem(writer.db, problem)
        outcomes = _each(writer, case, partial(decisions.gather, problem=state), happened)
    _show_changed(session, state.number, outcomes, as_json=as_json)


def drop(
    session: Session,
    problem: NumberArg,
    case: CasesArg,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it does not belong there.")],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take cases out of a problem, and take back what it gave them."""
    why, happened = session.terminal.words(reason), session.when(at)
    with writing(session.desk) as writer:
        state = store.load_problem(writer.db, problem)
        outcomes = _each(writer, case, partial(decisions.leave, problem=state, reason=why), happened)
    _show_changed(session, state.number, outcomes, as_json=as_json)


def note(
    session: Session,
    problem: NumberArg,
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="What there is to say; - reads stdin.")],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write something down about a problem: what was found out, what is tried."""
    words, happened = session.terminal.words(text), session.when(at)
    with writing(session.desk) as writer:
        state = store.load_problem(writer.db, problem)
        writer.record_problem(state.number, decisions.note(state, writer.moment(happened), text=words))
    _show_changed(session, state.number, [], as_json=as_json)


def close(
    session: Session,
    problem: NumberArg,
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="What came of it; - reads stdin.")],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close a problem with what came of it; refused while measures of it are not judged."""
    words, happened = session.terminal.words(text), session.when(at)
    with writing(session.desk) as writer:
        state = store.load_problem(writer.db, problem)
        left = store.unjudged(writer.db, state.number)
        closed = decisions.close(state, writer.moment(happened), text=words, unjudged=left)
        writer.record_problem(state.number, closed)
    _show_changed(session, state.number, [], as_json=as_json)


def _each(writer: Writer, cases: list[str], decision: Decision, at: datetime | None) -> list[Outcome]:
    """Take one decision on each of several cases, once all of them are found."""
    numbers = [writer.find(reference) for reference in cases]
    return [writer.act(number, decision, at=at) for number in numbers]


def _show_changed(session: Session, number: str, outcomes: list[Outcome], *, as_json: bool) -> None:
    """Print a problem after it was changed, with the messages that are to be sent."""
    from afterservice_cli.commands.delivery import deliver

    terminal = session.terminal
    with session.desk.reading() as db:
        (view,) = problem_views(store.list_problems(db, only=number), session.desk.now)
    if as_json:
        terminal.write_json({**view.plain(), "messages": deliver(session, outcomes, quiet=True)})
        return
    terminal.write_lines([render.opened_line(view, session.screen)])
    deliver(session, outcomes)
    _say_next(session, view)


def _say_next(session: Session, view: ProblemView) -> None:
    if view.due_at and view.closed_at is None:
        what, due = f'afterservice problem close {view.problem} "…"', session.screen.minute(view.due_at)
        session.terminal.say(tr("next: {what}, due {when}", what=what, when=due))
