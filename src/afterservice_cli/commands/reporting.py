"""Reporting: what a period came to."""

from typing import Annotated

import typer

from afterservice_cli.commands.filters import month_bounds
from afterservice_cli.commands.options import JsonOption, session_of
from afterservice_cli.instants import to_minute_text, to_text
from afterservice_cli.render.report import report_lines
from afterservice_cli.reports.duties import duty_target
from afterservice_cli.reports.duty_times import times_due
from afterservice_cli.reports.period import period_report
from afterservice_cli.reports.rows import DutyTimeRow
from afterservice_cli.store import queries
from afterservice_cli.store.period import happened
from afterservice_cli.worktime import Calendar


def report(
    context: typer.Context,
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="Or `this`, or `last`.")] = "last",
    as_json: JsonOption = False,
) -> None:
    """Print the report of a month, in the desk's time."""
    session = session_of(context)
    terminal = session.terminal
    rulebook = session.rulebook
    begin, end = month_bounds(session, month)
    with session.desk.reading() as db:
        period = to_text(begin), to_text(end)
        rows = happened(db, *period)
        if times := queries.duty_times(db, *period):

            def calendar_of(time: DutyTimeRow) -> Calendar:
                return session.desk.rulebook_of(db, time.rulebook).calendar_called(time.calendar)

            due = times_due(times, calendar_of, *period, to_text(session.desk.now))
            rows = rows.but(deadlines=[*rows.deadlines, *due])
    named = to_minute_text(begin, rulebook.zone)[:7]
    counted = [name for name, target in rulebook.targets.items() if target.counts]
    counted += [duty_target(name) for name in rulebook.duties]
    figures = period_report(rows, named, begin, end, session.desk.now, counted)
    if as_json:
        terminal.write_json(figures)
    else:
        terminal.write("\n".join(report_lines(figures, rulebook, terminal.language)))
