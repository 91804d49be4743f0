"""Escalating: what the rulebook wants done about missed deadlines."""

from collections.abc import Iterator
from typing import Annotated

import typer

from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.delivery import deliver
from afterservice_cli.commands.filters import wanted
from afterservice_cli.commands.options import FormatOption, JsonOption, WhereOption, format_of, session_of
from afterservice_cli.decisions.escalation import escalate as decide
from afterservice_cli.instants import to_text
from afterservice_cli.language import tr
from afterservice_cli.recording import Outcome, writing
from afterservice_cli.render import escalation as render
from afterservice_cli.reports.escalation import EscalationView, escalation_views
from afterservice_cli.store import queries


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
    if try_only:
        terminal.say(tr("{number} escalated (dry run: nothing recorded)", number=len(rows)))
    else:
        terminal.say(tr("{number} escalated", number=len(rows)))


def _done(outcome: Outcome) -> Iterator[EscalationView]:
    """Return what an escalation did about each missed deadline of a case."""
    after = outcome.case
    return escalation_views(fold(after.events[: -len(outcome.events) - len(outcome.messages)]), after)
