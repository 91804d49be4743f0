"""Reporting: what a period came to."""

from typing import Annotated

import typer

from afterservice_cli.commands.filters import month_bounds
from afterservice_cli.commands.options import JsonOption, session_of
from afterservice_cli.instants import to_local_text, to_text
from afterservice_cli.render.report import report_lines
from afterservice_cli.reports.period import period_report
from afterservice_cli.store.period import happened


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
        rows = happened(db, to_text(begin), to_text(end))
    named = to_local_text(begin, rulebook.zone)[:7]
    counted = [name for name, target in rulebook.targets.items() if target.counts]
    figures = period_report(rows, named, begin, end, session.desk.now, counted)
    if as_json:
        terminal.write_json(figures)
    else:
        terminal.write("\n".join(report_lines(figures, rulebook, terminal.language)))
