"""Handling: contacts with the customer, and notes."""

from typing import Annotated

import typer

from afterservice_cli.cases import handling
from afterservice_cli.commands.options import AtOption, CaseArg, JsonOption, session_of
from afterservice_cli.commands.show import act


def respond(
    context: typer.Context,
    case: CaseArg,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT|-]", help="What was said; - reads stdin.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", "--via", help="If not the one it came in by.")] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record a contact with the customer; the first one answers the respond target."""
    session = session_of(context)
    act(
        session, case, handling.respond, at=session.when(at), channel=channel, text=session.words(text), as_json=as_json
    )


def note(
    context: typer.Context,
    case: CaseArg,
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="What there is to know; - reads stdin.")],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write something down about a case."""
    session = session_of(context)
    act(session, case, handling.note, at=session.when(at), text=session.words(text) or "", as_json=as_json)
