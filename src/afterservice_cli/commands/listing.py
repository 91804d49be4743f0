"""Listing cases: those that are asked for, in the order that is wanted."""

from typing import Annotated

import typer

from afterservice_cli.commands.filters import ordered, wanted
from afterservice_cli.commands.options import FormatOption, JsonOption, WhereOption, format_of, session_of
from afterservice_cli.instants import to_text
from afterservice_cli.render import case as render
from afterservice_cli.reports.case import case_view
from afterservice_cli.store import queries


def list_cases(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="open, waiting, resolved, closed or void.")] = None,
    stage: Annotated[str | None, typer.Option(help="intake, triage, handling, closing or done.")] = None,
    owner: Annotated[str | None, typer.Option(help="Whose, by team.")] = None,
    person: Annotated[str | None, typer.Option(help="Given to this person in particular.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Given to you, or to nobody in your team.")] = False,
    category: Annotated[str | None, typer.Option(help="Of this category, or any below it.")] = None,
    priority: Annotated[str | None, typer.Option(help="Of this priority.")] = None,
    channel: Annotated[str | None, typer.Option(help="Come in by this channel.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of this kind.")] = None,
    month: Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="Registered in this month.")] = None,
    begin: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Registered on this day or later.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Registered before this day.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="With a deadline past and unanswered.")] = False,
    unclassified: Annotated[bool, typer.Option("--unclassified", help="Open, and placed by no rule.")] = False,
    customer: Annotated[str | None, typer.Option(metavar="TEXT", help="A contact, or a piece of the name.")] = None,
    product: Annotated[str | None, typer.Option(metavar="TEXT", help="A piece of the product.")] = None,
    find: Annotated[str | None, typer.Option(metavar="TEXT", help="Anywhere in what is written about it.")] = None,
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
    asked = {
        "status": status,
        "stage": stage,
        "owner": owner,
        "person": person,
        "mine": mine,
        "category": category,
        "priority": priority,
        "channel": channel,
        "kind": kind,
        "month": month,
        "from": begin,
        "to": end,
        "overdue": overdue,
        "unclassified": unclassified,
        "customer": customer,
        "product": product,
        "find": find,
    }
    chosen = ordered(session, wanted(session, asked, where), sort, reverse=reverse, limit=limit)
    with session.desk.reading() as db:
        found = queries.list_cases(db, chosen)
    cases = [case_view(listed, session.desk.now) for listed in found]
    if reveal:
        with session.desk.writing() as writer:
            at, actor = to_text(session.desk.now), session.desk.actor
            queries.note_reveal(writer.db, at, actor, [case.case for case in cases])
    else:
        cases = [render.masked(case) for case in cases]
    format = format_of(format, as_json)
    columns = render.list_columns(session.rulebook, terminal.language, None if reveal else terminal.width(format))
    terminal.write_rows(cases, columns, format=format)
