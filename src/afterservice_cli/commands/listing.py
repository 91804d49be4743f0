"""Listing cases: those that are asked for, in the order that is wanted."""

from typing import Annotated

import typer

from afterservice_cli.commands.filters import Asked, ordered, wanted, with_filters
from afterservice_cli.commands.options import FormatOption, JsonOption, WhereOption, format_of, session_of
from afterservice_cli.instants import to_text
from afterservice_cli.render import case as render
from afterservice_cli.reports.case import case_view
from afterservice_cli.store import connection, queries


@with_filters()
def list_cases(
    context: typer.Context,
    *,
    asked: Asked,
    where: WhereOption = None,
    sort: Annotated[
        str, typer.Option(metavar="ORDER", help="registered, due, priority, owner or case.")
    ] = "registered",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, max=10**9, help="At most so many.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show contacts; it is noted who did.")] = False,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """List cases, newest first unless sorted; contacts are masked."""
    session = session_of(context)
    terminal = session.terminal
    chosen = ordered(session, wanted(session, asked, where), sort, reverse=reverse, limit=limit)
    with session.desk.reading() as db:
        found = queries.list_cases(db, chosen)
    cases = [case_view(listed, session.desk.now) for listed in found]
    if reveal:
        desk = session.desk
        with connection.writing(desk.connection, desk.path) as db:
            queries.note_reveal(db, to_text(desk.now), desk.actor, [case.case for case in cases])
    else:
        cases = [render.masked(case) for case in cases]
    format = format_of(format, as_json)
    columns = render.list_columns(session.rulebook, terminal.language, None if reveal else terminal.width(format))
    terminal.write_rows(cases, columns, format=format)
