"""Listing cases: those that are asked for, in the order that is wanted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.filters import GivenFilters, asked_by, ordered, wanted, with_filters
from afterservice_cli.commands.options import WhereOption
from afterservice_cli.commands.rows import Layout, Rows, teller, with_layout
from afterservice_cli.errors import BadUsage
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.cases.case import masked
from afterservice_cli.render.labels import cases_counted
from afterservice_cli.render.lists.listing import list_columns, with_suggested
from afterservice_cli.render.rows import Column
from afterservice_cli.reports.cases.case import CaseView, case_view
from afterservice_cli.reports.rows import Listed
from afterservice_cli.rulebook.sections.views import View
from afterservice_cli.session import Session
from afterservice_cli.store import connection, history
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import Filter, searched
from afterservice_cli.time.instants import to_text

if TYPE_CHECKING:
    from afterservice_cli.reports.cases.history import CourseRow
    from afterservice_cli.store.reading.suspects import OpenSuspects
    from afterservice_cli.workflows.learning import Suggesting

OVER_TOO = ("status", "stage", "overdue", "missed", "resolved_in", "closed_in")  # filters by which all are asked for
MANY = 100  # cases that it takes longer to read than to copy a small desk
FEW = 5  # with fewer cases than so many it is said how many more there are that are over


ViewOption = Annotated[
    str | None,
    typer.Option(
        "--view", metavar="VIEW", help="As the rulebook has it under `views`; other options change or narrow it."
    ),
]
NO_VIEW = View(title={})


@with_filters()
@with_layout
def list_cases(
    session: Session,
    *,
    view: ViewOption = None,
    course: Annotated[
        bool, typer.Option("--course", help="What happened to them, a row an event: the progress table.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Those that are closed or void, too.")] = False,
    asked: GivenFilters,
    where: WhereOption = None,
    sort: Annotated[
        str | None,
        typer.Option(metavar="ORDER", help="registered, due, priority, owner or case.", show_default=False),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, max=10**9, help="At most so many.")] = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show contacts; it is noted who did.")] = False,
    layout: Layout,
) -> None:
    """List cases that are not over, newest first unless sorted; contacts are masked.

    With --all, --status, --stage, --overdue, --missed, --resolved-in or --closed-in it lists those that are over,
    too.
    """
    desk = session.desk
    usual = session.rulebook.views[session.rulebook.known("view", view)] if view is not None else NO_VIEW
    course = course or usual.course
    chosen = wanted(session, asked, where, asked_by(usual.where))
    suggests = _suggesting(session, chosen, course)
    shaped = usual if course == usual.course else NO_VIEW
    columns = _columns(session, _picks(layout, shaped), course=course, reveal=reveal, suggests=suggests is not None)
    rows: Rows[Any] = Rows(session, layout, columns, shaped)
    # The other way round than the view, unless another order is asked for.
    turned = reverse if sort else reverse is not usual.reverse
    chosen = ordered(session, chosen, sort or usual.sort, reverse=turned, limit=limit)
    chosen = chosen.but(live=not (every or usual.every or any(getattr(chosen, name) for name in OVER_TOO)))
    with desk.reading(much=limit is None or limit > MANY) as db:
        chosen = searched(db, chosen)
        # One more than is wanted tells that there are more.
        found = queries.list_cases(db, chosen if limit is None else chosen.but(limit=limit + 1))
        said = _counted(len(found), chosen, partial(queries.count_of, db), partial(queries.count_over, db))
    if course:
        rows.write(_courses(session, (listed.case.case_id for listed in islice(found, limit))), said)
        return
    if reveal:
        with connection.writing(desk.connection, desk.path) as db:
            numbers = (listed.case.case_id for listed in islice(found, limit))
            queries.note_reveal(db, to_text(desk.now), desk.actor, numbers)
    views = _views(islice(found, limit), desk.now, suggests)
    rows.write(views if reveal else map(masked, views), said)
    if suggests is not None and suggests.any:
        session.terminal.say(tr("choose one: afterservice classify CASE --suggested 1"))
    if chosen.suspect is not None:
        _point_out(session, chosen.suspect, [listed.case.case_id for listed in islice(found, limit)])


def _picks(layout: Layout, usual: View) -> str | None:
    """Return the columns that are asked for, else those of a view; None for the usual ones."""
    return layout.columns or ",".join(usual.columns) or None


def _columns(
    session: Session, picks: str | None, *, course: bool, reveal: bool, suggests: bool
) -> Sequence[Column[Any]]:
    """Return the columns of cases, or of what happened to them; if anything `suggests` categories, with those."""
    if course and reveal:
        raise BadUsage(tr("a progress table shows no contacts – leave --reveal out"))
    tell = teller(session)
    if course:
        from afterservice_cli.render.cases.history import course_columns

        return course_columns(tell, picks)
    columns = list_columns(tell, reveal=reveal)
    return with_suggested(columns, tell) if suggests else columns


def _suggesting(session: Session, chosen: Filter, course: bool) -> "Suggesting | None":
    """Return what suggests categories for the cases of a list, if nothing has classified them; None if nothing does."""
    if course or not chosen.unclassified:
        return None
    from afterservice_cli.commands.suggested import suggesting

    return suggesting(session)


def _views(found: Iterable[Listed], now: datetime, suggests: "Suggesting | None") -> Iterator[CaseView]:
    """Yield the cases of a list, with what is suggested for them if anything suggests."""
    views = ((listed, case_view(listed, now)) for listed in found)
    if suggests is None:
        return (view for _, view in views)
    from afterservice_cli.commands.suggested import with_suggestions

    return (with_suggestions(suggests, listed, view) for listed, view in views)


def _courses(session: Session, numbers: Iterable[str]) -> "Iterator[CourseRow]":
    """Yield what happened to these cases, one after the other; each is read when its turn has come."""
    from afterservice_cli.reports.cases.history import course_rows

    for number in numbers:
        with session.desk.reading() as db:
            events = history.events_of(db, number)
        yield from course_rows(fold(events))


def _point_out(session: Session, suspects: "OpenSuspects", numbers: Sequence[str]) -> None:
    """Say of the first few of the cases listed what they look like, and how to settle it."""
    from afterservice_cli.commands.pointing import FEW_LINES, ways_to_settle

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
        return cases_counted(found)
    if found < FEW and (over := count_over(chosen)):
        return tr_many(
            "{count} open case; {over} more with --all", "{count} open cases; {over} more with --all", found, over=over
        )
    return tr_many("{count} open case", "{count} open cases", found)
