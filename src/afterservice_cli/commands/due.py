"""What is due and to be done: deadlines that wait for an answer, open tasks, duties, problems and measures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from itertools import islice
from typing import Annotated

import typer

from afterservice_cli.commands.filters import GivenFilters, wanted, with_filters
from afterservice_cli.commands.options import WhereOption
from afterservice_cli.commands.rows import Layout, Rows, teller, with_layout
from afterservice_cli.errors import given_to
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.lists.due import due_columns
from afterservice_cli.render.lists.tasks import task_columns
from afterservice_cli.reports.lists.due import DueView, due_views
from afterservice_cli.reports.lists.duties import obligations_of_duties
from afterservice_cli.reports.lists.obligations import Obligation, with_obligations, with_obligations_to_do
from afterservice_cli.reports.lists.problems import obligations_above
from afterservice_cli.reports.lists.tasks import open_task_views
from afterservice_cli.session import Session
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import Filter
from afterservice_cli.store.reading.problems import running_above
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.time.instants import to_text

WARNINGS, OVERDUE = 20, 21  # exit codes, for cron


@with_filters("owner", "person", "mine")
@with_layout
def due(
    session: Session,
    *,
    within: Annotated[
        str | None, typer.Option("--within", metavar="DURATION", help="Due in this time: 2h, 2wh, 1wd…")
    ] = None,
    asked: GivenFilters,
    where: WhereOption = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, max=10**9, help="At most so many.")] = None,
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code",
            help="End with 21 if something is overdue, 20 if it will be soon (`warn:` in the rulebook).",
        ),
    ] = False,
    layout: Layout,
) -> int:
    """List what waits for an answer, duties, problems and measures: overdue first, then due soonest, then paused."""
    rulebook, now = session.rulebook, session.desk.now
    rows = Rows(session, layout, due_columns(teller(session)))
    until = None
    if within:
        with given_to("--within"):
            until = to_text(rulebook.calendar.add(now, parse_duration(within)))
    chosen = wanted(session, asked, where)
    # One more than is wanted tells that there are more; all of them tell whether any will be overdue soon.
    most = None if limit is None or exit_code else limit + 1
    with session.desk.reading(much=most is None) as db:
        waiting = queries.running_deadlines(db, chosen, until=until, limit=most)
        obligations = _obligations(session, chosen, until)
    states: Counter[str] = Counter()
    found = _counting(with_obligations(due_views(waiting, now), obligations, now), states)
    with session.terminal.told_to_the_end() if exit_code else nullcontext():
        rows.write(islice(found, limit), lambda: _said(found, states, limit))
    return 0 if not exit_code else OVERDUE if states["overdue"] else WARNINGS if states["warning"] else 0


def _obligations(session: Session, chosen: Filter, until: str | None = None) -> list[Obligation]:
    """Return the duties, problems and measures of whom the filter asks for; with `until` those due by then."""
    with session.desk.reading() as db:
        duties = queries.running_duties(db, chosen, until=until) if session.rulebook.duties else ()
        return [*obligations_of_duties(duties), *obligations_above(running_above(db, chosen, until=until))]


def _counting(views: Iterable[DueView], states: Counter[str]) -> Iterator[DueView]:
    """Give back what is due, and count it by its state as it goes by."""
    for view in views:
        states[view.state] += 1
        yield view


def _said(found: Iterator[DueView], states: Mapping[str, int], limit: int | None) -> str:
    """Say how much is due; of `found` what was not written counts, too."""
    for _ in found:
        pass
    count = sum(states.values())
    if limit is not None and count > limit:
        return tr("the first {count} of the deadlines that wait for an answer; there are more", count=limit)
    if not count:
        return tr("no deadline waits for an answer")
    return tr_many(
        "{count} deadline waits for an answer: {overdue} overdue, {soon} due soon, {paused} paused",
        "{count} deadlines wait for an answer: {overdue} overdue, {soon} due soon, {paused} paused",
        count,
        overdue=states["overdue"],
        soon=states["warning"],
        paused=states["paused"],
    )


@with_filters("owner", "person", "mine")
@with_layout
def tasks(
    session: Session,
    *,
    asked: GivenFilters,
    where: WhereOption = None,
    layout: Layout,
) -> None:
    """List the open tasks of all cases, duties, problems and measures: those due first, then those without a time."""
    now = session.desk.now
    rows = Rows(session, layout, task_columns(teller(session)))
    chosen = wanted(session, asked, where)
    with session.desk.reading(much=True) as db:
        of_cases = open_task_views(queries.open_tasks(db, chosen), now)
        found = [*with_obligations_to_do(of_cases, _obligations(session, chosen), now)]
    said = tr_many(
        "{count} task to be done, {waiting} waiting for another",
        "{count} tasks to be done, {waiting} waiting for another",
        len(found),
        waiting=sum(bool(task.waits_for) for task in found),
    )
    rows.write(found, said if found else tr("nothing is to be done"))
