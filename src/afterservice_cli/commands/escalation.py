"""Escalating: what the rulebook wants done about missed deadlines."""

from collections.abc import Iterator
from typing import Annotated

import typer

from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.delivery import deliver
from afterservice_cli.commands.filters import wanted
from afterservice_cli.commands.options import WhereOption
from afterservice_cli.commands.rows import OBJECTS, Layout, Rows, teller, with_layout
from afterservice_cli.decisions.escalation import escalate as decide
from afterservice_cli.language import tr_many
from afterservice_cli.render.lists.escalation import escalated_columns
from afterservice_cli.reports.lists.escalation import EscalationView, escalation_views
from afterservice_cli.session import Session
from afterservice_cli.store.reading import queries
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.recording import Outcome, writing


@with_layout
def escalate(
    session: Session,
    where: WhereOption = None,
    try_only: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; record nothing.")] = False,
    *,
    layout: Layout,
) -> None:
    """Do what the rulebook wants done about missed deadlines: once for each, however often it is run."""
    rows = Rows(session, layout, escalated_columns(teller(session)))
    chosen = wanted(session, {}, where).but(overdue=to_text(session.desk.now), sort="case")
    with writing(session.desk) as writer:
        outcomes = [writer.act(number, decide) for number in queries.versions_of(writer.db, chosen)]
        if try_only:
            writer.undo()
    done = [row for outcome in outcomes if outcome.events for row in _done(outcome)]
    if try_only:
        said = tr_many(
            "{count} missed deadline escalated (dry run: nothing recorded)",
            "{count} missed deadlines escalated (dry run: nothing recorded)",
            len(done),
        )
    else:
        said = tr_many("{count} missed deadline escalated", "{count} missed deadlines escalated", len(done))
    rows.write(done, said)
    if not try_only:
        deliver(session, outcomes, quiet=rows.format in OBJECTS)


def _done(outcome: Outcome) -> Iterator[EscalationView]:
    """Return what an escalation did about each missed deadline of a case."""
    after = outcome.case
    return escalation_views(fold(after.events[: -len(outcome.events) - len(outcome.messages)]), after)
