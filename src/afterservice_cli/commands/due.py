"""What is due and to be done: deadlines that wait for an answer, open tasks, and the duties of the desk."""

from typing import Annotated

import typer

from afterservice_cli.commands.filters import Asked, wanted, with_filters
from afterservice_cli.commands.options import FormatOption, JsonOption, WhereOption, format_of, session_of
from afterservice_cli.durations import parse_duration
from afterservice_cli.errors import BadInput
from afterservice_cli.instants import to_text
from afterservice_cli.language import tr
from afterservice_cli.render import due as render
from afterservice_cli.render.tasks import task_columns
from afterservice_cli.reports.due import due_views
from afterservice_cli.reports.duties import with_duties, with_duties_to_do
from afterservice_cli.reports.tasks import open_task_views
from afterservice_cli.store import queries

WARNINGS, OVERDUE = 20, 21  # exit codes, for cron


@with_filters("owner", "person", "mine")
def due(
    context: typer.Context,
    *,
    within: Annotated[
        str | None, typer.Option("--within", metavar="DURATION", help="Due in this time: 2h, 2wh, 1wd…")
    ] = None,
    asked: Asked,
    where: WhereOption = None,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="End with 21 if something is overdue, 20 if it will be soon (`warn:` in the rulebook).",
        ),
    ] = False,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> int:
    """List what waits for an answer, and the desk's duties: overdue first, then what is due soonest, then paused."""
    session = session_of(context)
    terminal = session.terminal
    rulebook, language, now = session.rulebook, terminal.language, session.desk.now
    until = None
    if within:
        try:
            until = to_text(rulebook.calendar.add(now, parse_duration(within)))
        except ValueError as error:
            raise BadInput(tr("{option}: {problem}", option="--within", problem=error)) from None
    chosen = wanted(session, asked, where)
    with session.desk.reading() as db:
        rows = due_views(queries.running_deadlines(db, chosen, until=until), now)
        if rulebook.duties:
            rows = with_duties(rows, queries.running_duties(db, chosen, until=until), now)
    format = format_of(format, as_json)
    terminal.write_rows(rows, render.due_columns(now, rulebook, language, terminal.width(format)), format=format)
    states = [row.state for row in rows]
    overdue, warnings = states.count("overdue"), states.count("warning")
    terminal.say(
        tr(
            "{all} waiting for an answer: {overdue} overdue, {soon} due soon, {paused} paused",
            all=len(rows),
            overdue=overdue,
            soon=warnings,
            paused=states.count("paused"),
        )
    )
    return 0 if not exit_code else OVERDUE if overdue else WARNINGS if warnings else 0


@with_filters("owner", "person", "mine")
def tasks(
    context: typer.Context,
    *,
    asked: Asked,
    where: WhereOption = None,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the open tasks of all cases, and the desk's duties: those due first, then those without a time."""
    session = session_of(context)
    terminal = session.terminal
    rulebook, language, now = session.rulebook, terminal.language, session.desk.now
    chosen = wanted(session, asked, where)
    with session.desk.reading() as db:
        rows = open_task_views(queries.open_tasks(db, chosen), now)
        if rulebook.duties:
            rows = with_duties_to_do(rows, queries.running_duties(db, chosen), now)
    format = format_of(format, as_json)
    terminal.write_rows(rows, task_columns(now, rulebook, language, terminal.width(format)), format=format)
    waiting = sum(bool(row.waits_for) for row in rows)
    terminal.say(tr("{all} to be done, {waiting} of them waiting for another", all=len(rows), waiting=waiting))
