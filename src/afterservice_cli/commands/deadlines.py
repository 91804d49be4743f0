"""Deadlines: what is due, what was missed and is to be escalated, and how each deadline came about."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import typer

from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.filters import Asked, wanted, with_filters
from afterservice_cli.commands.options import CaseArg, FormatOption, JsonOption, WhereOption, format_of, session_of
from afterservice_cli.commands.outcome import deliver
from afterservice_cli.decisions.escalation import escalate as decide
from afterservice_cli.durations import parse_duration
from afterservice_cli.errors import BadInput
from afterservice_cli.instants import to_text
from afterservice_cli.recording import Outcome, writing
from afterservice_cli.render import due as render
from afterservice_cli.render.explained import explained_lines, wrapped
from afterservice_cli.reports.due import EscalationView, due_views, escalation_views
from afterservice_cli.reports.explained import explained
from afterservice_cli.store import history, queries

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
            help="End with 21 where something is overdue, 20 where it will be soon (`warn:` in the rulebook).",
        ),
    ] = False,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> int:
    """List what waits for an answer: overdue first, then what is due soonest, then what is paused."""
    session = session_of(context)
    terminal = session.terminal
    rulebook, language, now = session.rulebook, terminal.language, session.desk.now
    until = None
    if within:
        try:
            until = to_text(rulebook.calendar.add(now, parse_duration(within)))
        except ValueError as error:
            raise BadInput(f"--within: {error}") from None
    chosen = wanted(session, asked, where)
    with session.desk.reading() as db:
        found = queries.running_deadlines(db, chosen, until=until)
    rows, format = due_views(found, now), format_of(format, as_json)
    terminal.write_rows(rows, render.due_columns(now, rulebook, language, terminal.width(format)), format=format)
    states = [row.state for row in rows]
    overdue, warnings = states.count("overdue"), states.count("warning")
    terminal.say(
        f"{len(rows)} waiting for an answer: {overdue} overdue, {warnings} due soon, {states.count('paused')} paused"
    )
    return 0 if not exit_code else OVERDUE if overdue else WARNINGS if warnings else 0


def escalate(
    context: typer.Context,
    where: WhereOption = None,
    try_only: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; record nothing.")] = False,
    format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """Do what the rulebook wants done about missed deadlines: once for each, however often it is run."""
    session = session_of(context)
    terminal = session.terminal
    chosen = wanted(session, {}, where).but(overdue=to_text(session.desk.now), sort="case")
    with writing(session.desk) as writer:
        outcomes = [writer.act(number, decide) for number in queries.versions_of(writer.db, chosen)]
        if try_only:
            writer.undo()
    rows = [row for outcome in outcomes if outcome.events for row in _done(outcome)]
    format = format_of(format, as_json)
    terminal.write_rows(rows, render.escalated_columns(session.rulebook, terminal.language), format=format)
    if not try_only:
        deliver(session, outcomes, quiet=format in ("json", "jsonl"))
    terminal.say(f"{len(rows)} escalated{' (dry run: nothing recorded)' if try_only else ''}")


def explain(context: typer.Context, case: CaseArg, as_json: JsonOption = False) -> None:
    """Say why a case has its category, priority and owner, and how each of its deadlines came about."""
    session = session_of(context)
    terminal = session.terminal
    desk = session.desk
    with desk.reading() as db:
        folded = fold(history.of_case(db, queries.find_case(db, case)))
        value = explained(folded, partial(desk.rulebook_of, db), desk.now)
    if as_json:
        terminal.write_json(value)
    else:
        lines = explained_lines(value, session.rulebook, terminal.language)
        columns = terminal.width(None)
        terminal.write("\n".join(piece for line in lines for piece in wrapped(line, columns)))


def _done(outcome: Outcome) -> Iterator[EscalationView]:
    """Return what an escalation did about each missed deadline of a case."""
    after = outcome.case
    return escalation_views(fold(after.events[: -len(outcome.events) - len(outcome.messages)]), after)
