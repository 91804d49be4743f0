"""Listing cases: those that are asked for, in the order that is wanted."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Annotated

import typer

from afterservice_cli.commands.filters import Asked, ordered, wanted, with_filters
from afterservice_cli.commands.options import WhereOption, session_of
from afterservice_cli.commands.rows import Layout, Rows, teller, with_layout
from afterservice_cli.instants import to_text
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.case import masked
from afterservice_cli.render.listing import list_columns
from afterservice_cli.reports.case import case_view
from afterservice_cli.session import Session
from afterservice_cli.store import connection, queries
from afterservice_cli.store.filters import Filter

FEW = 5  # with fewer cases than so many it is said how many more there are that are over


@with_filters()
@with_layout
def list_cases(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Those that are closed or void, too.")] = False,
    asked: Asked,
    where: WhereOption = None,
    sort: Annotated[
        str, typer.Option(metavar="ORDER", help="registered, due, priority, owner or case.")
    ] = "registered",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, max=10**9, help="At most so many.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show contacts; it is noted who did.")] = False,
    layout: Layout,
) -> None:
    """List cases that are not over, newest first unless sorted; contacts are masked.

    With --all, --status, --stage or --overdue it lists closed and void ones, too.
    """
    session = session_of(context)
    desk = session.desk
    rows = Rows(session, layout, list_columns(teller(session), reveal=reveal))
    chosen = ordered(session, wanted(session, asked, where), sort, reverse=reverse, limit=limit)
    if not every and (chosen.status, chosen.stage, chosen.overdue) == (None, None, None):
        chosen = chosen.but(live=True)
    with desk.reading() as db:
        # One more than is wanted tells that there are more.
        found = queries.list_cases(db, chosen if limit is None else chosen.but(limit=limit + 1))
        said = _counted(len(found), chosen, partial(queries.count_of, db), partial(queries.count_over, db))
    if reveal:
        with connection.writing(desk.connection, desk.path) as db:
            numbers = (listed.case.case_id for listed in islice(found, limit))
            queries.note_reveal(db, to_text(desk.now), desk.actor, numbers)
    views = (case_view(listed, desk.now) for listed in islice(found, limit))
    rows.write(views if reveal else map(masked, views), said)
    if chosen.suspect is not None:
        _point_out(session, chosen.suspect, [listed.case.case_id for listed in islice(found, limit)])


def _point_out(session: Session, suspects: object, numbers: Sequence[str]) -> None:
    """Say of the first few of the cases listed what they look like, and how to settle it."""
    from afterservice_cli.commands.pointing import FEW_LINES, ways_to_settle
    from afterservice_cli.store.suspects import OpenSuspects

    if isinstance(suspects, OpenSuspects):
        found = [suspects.found[number] for number in numbers if number in suspects.found]
        lines = [line for one in found for line in ways_to_settle(session, one.told.number, one.alike, one.doubts)]
        for line in lines[:FEW_LINES]:
            session.terminal.say(line)


def _counted(
    found: int, chosen: Filter, count_of: Callable[[Filter], int | None], count_over: Callable[[Filter], int]
) -> str:
    """Say how many cases are listed, of how many, and of what."""
    if chosen.limit is not None and found > chosen.limit:
        every = count_of(chosen)
        if every is not None and chosen.live:
            return tr("{count} of {every} open cases", count=chosen.limit, every=every)
        if every is not None:
            return tr("{count} of {every} cases", count=chosen.limit, every=every)
        if chosen.live:
            return tr("the first {count} of the open cases that fit; there are more", count=chosen.limit)
        return tr("the first {count} of the cases that fit; there are more", count=chosen.limit)
    if not chosen.live:
        return tr_many("{count} case", "{count} cases", found)
    if found < FEW and (over := count_over(chosen)):
        return tr_many(
            "{count} open case; {over} more with --all", "{count} open cases; {over} more with --all", found, over=over
        )
    return tr_many("{count} open case", "{count} open cases", found)
