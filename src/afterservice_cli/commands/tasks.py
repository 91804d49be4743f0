"""Tasks: what one team or role has to do on a case."""

from functools import partial
from typing import Annotated

import typer

from afterservice_cli.commands.options import (
    BRIEF,
    Answer,
    AtOption,
    CaseArg,
    TextArg,
    ViaOption,
    answering,
    session_of,
)
from afterservice_cli.commands.outcome import act
from afterservice_cli.decisions import tasks as decisions


@answering
def task(
    context: typer.Context,
    case: CaseArg,
    name: Annotated[str, typer.Argument(metavar="TASK", help="The task that is done, as `show` lists it.")],
    text: TextArg = None,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="ID", help="What it came to, if the rulebook asks for that.")
    ] = None,
    via: ViaOption = None,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Record that a task of the case was done; the time of those that waited for it begins."""
    session = session_of(context)
    happened = session.when(at)
    decision = partial(decisions.task, name=name, outcome=outcome, text=session.terminal.words(text))
    act(session, case, happened, decision, via=via, answer=answer)
