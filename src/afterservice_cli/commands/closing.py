"""Closing: resolution, confirmation, rating, the archive, and the way back."""

from typing import Annotated

import typer

from afterservice_cli.cases import closing
from afterservice_cli.commands.options import AtOption, CaseArg, JsonOption, session_of
from afterservice_cli.commands.show import act
from afterservice_cli.errors import BadUsage

QUESTION = "overall"

WordsOption = Annotated[str | None, typer.Option("--words", metavar="TEXT", help="What the customer said.")]


def resolve(
    context: typer.Context,
    case: CaseArg,
    resolution: Annotated[str, typer.Argument(metavar="TEXT|-", help="What was done; - reads stdin.")],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that it is done; the customer has yet to confirm."""
    session = session_of(context)
    words = session.words(resolution) or ""
    act(session, case, closing.resolve, at=session.when(at), resolution=words, as_json=as_json)


def confirm(
    context: typer.Context,
    case: CaseArg,
    yes: Annotated[bool, typer.Option("--yes", help="It worked.")] = False,
    no: Annotated[bool, typer.Option("--no", help="It did not; the case is opened again.")] = False,
    words: WordsOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record what the customer says of the resolution."""
    session = session_of(context)
    if yes == no:
        raise BadUsage("does the customer say that it worked? – add --yes or --no")
    act(session, case, closing.confirm, at=session.when(at), satisfied=yes, words=session.words(words), as_json=as_json)


def rate(
    context: typer.Context,
    case: CaseArg,
    score: Annotated[int, typer.Argument(metavar="SCORE", help="1 to 5, 5 being best.")],
    comment: Annotated[str | None, typer.Option("--comment", metavar="TEXT", help="What the customer said.")] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record the customer's score."""
    session = session_of(context)
    act(
        session,
        case,
        closing.rate,
        at=session.when(at),
        scores={QUESTION: score},
        comment=session.words(comment),
        as_json=as_json,
    )


def close(
    context: typer.Context,
    case: CaseArg,
    resolution: Annotated[str | None, typer.Option("--resolution", metavar="TEXT", help="What was done.")] = None,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="The customer says it worked.")] = False,
    words: WordsOption = None,
    rating: Annotated[int | None, typer.Option("--rating", metavar="SCORE", help="1 to 5, 5 being best.")] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a case to the archive, once it has what the rulebook requires.

    The options record resolution, confirmation and rating on the way: the same events, in order.
    """
    session = session_of(context)
    act(
        session,
        case,
        closing.close,
        at=session.when(at),
        resolution=session.words(resolution),
        confirmed=confirmed,
        words=session.words(words),
        scores=None if rating is None else {QUESTION: rating},
        as_json=as_json,
    )


def reopen(
    context: typer.Context,
    case: CaseArg,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What the customer is not satisfied with.")],
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin a case again: a new cycle with its own deadlines, the priority raised as the rulebook says."""
    session = session_of(context)
    act(session, case, closing.reopen, at=session.when(at), reason=session.words(reason) or "", as_json=as_json)
