"""Tasks: what one team or role has to do on a case."""

from functools import partial
from typing import Annotated

import typer

from afterservice_cli.commands.options import TextArg
from afterservice_cli.commands.outcome import deciding
from afterservice_cli.decisions import tasks as decisions
from afterservice_cli.moment import Decision
from afterservice_cli.session import Session


@deciding(tells=True)
def task(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="TASK", help="The task that is done, as `show` lists it.")],
    text: TextArg = None,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="ID", help="What it came to, if the rulebook asks for that.")
    ] = None,
) -> Decision:
    """Record that a task of the case was done; the time of those that waited for it begins."""
    return partial(decisions.task, name=name, outcome=outcome, text=session.terminal.words(text))
