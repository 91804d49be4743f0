"""Handling: contacts with the customer, notes, waiting, the search for the cause, delays."""

from functools import partial
from typing import Annotated

import typer

from afterservice_cli.cases.values import Appraisal
from afterservice_cli.commands.asking import choice_for, reason_for
from afterservice_cli.commands.options import (
    BRIEF,
    Answer,
    AtOption,
    CaseArg,
    ReasonOption,
    TextArg,
    ViaOption,
    WarrantyOption,
    answering,
    session_of,
    yes_or_no,
)
from afterservice_cli.commands.outcome import act
from afterservice_cli.decisions import handling
from afterservice_cli.errors import BadUsage
from afterservice_cli.language import listed, sentence, tr


@answering
def respond(
    context: typer.Context,
    case: CaseArg,
    text: TextArg = None,
    channel: Annotated[str | None, typer.Option("--channel", "--via", help="If not the one it came in by.")] = None,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Record a contact with the customer; the first one answers the respond target."""
    session = session_of(context)
    happened = session.when(at)
    decision = partial(handling.respond, channel=channel, text=session.terminal.words(text))
    act(session, case, happened, decision, answer=answer)


@answering
def note(
    context: typer.Context,
    case: CaseArg,
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="What there is to know; - reads stdin.")],
    from_customer: Annotated[
        bool, typer.Option("--from-customer", help="The customer said it; a pause that waits for them ends.")
    ] = False,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Write something down about a case."""
    session = session_of(context)
    happened, words = session.when(at), session.terminal.words(text)
    decision = partial(handling.reply if from_customer else handling.note, text=words)
    act(session, case, happened, decision, answer=answer)


@answering
def pause(
    context: typer.Context,
    case: CaseArg,
    ground: Annotated[str, typer.Option("--for", metavar="GROUND", help="What it waits for, by the rulebook.")] = "",
    reason: ReasonOption = None,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Let a case wait, for the customer or on another ground; clocks with `pauses: true` stand still."""
    session = session_of(context)
    grounds = session.rulebook.pauses
    if not ground and grounds:
        ground = choice_for(
            session, {"case": case}, tr("What does the case wait for"), session.rulebook.choices("pause")
        )
    if not ground and grounds:
        raise BadUsage(tr("what does the case wait for? – add --for, one of: {grounds}", grounds=listed(grounds)))
    happened = session.when(at)
    decision = partial(handling.pause, ground=ground, reason=session.terminal.words(reason))
    act(session, case, happened, decision, answer=answer)


@answering
def resume(
    context: typer.Context, case: CaseArg, reason: ReasonOption = None, at: AtOption = None, answer: Answer = BRIEF
) -> None:
    """Let a case that waits go on; deadlines move by what the pause took."""
    session = session_of(context)
    happened = session.when(at)
    decision = partial(handling.resume, reason=session.terminal.words(reason))
    act(session, case, happened, decision, answer=answer)


@answering
def investigate(
    context: typer.Context, case: CaseArg, text: TextArg = None, at: AtOption = None, answer: Answer = BRIEF
) -> None:
    """Record that the search for the cause began, or what it found."""
    session = session_of(context)
    happened = session.when(at)
    decision = partial(handling.investigate, text=session.terminal.words(text))
    act(session, case, happened, decision, answer=answer)


@answering
def appraise(
    context: typer.Context,
    case: CaseArg,
    text: TextArg = None,
    fault: Annotated[str | None, typer.Option("--fault", metavar="ID", help="What failed.")] = None,
    cause: Annotated[str | None, typer.Option("--cause", metavar="ID", help="Why.")] = None,
    liability: Annotated[
        list[str] | None, typer.Option("--liability", metavar="ID", help="Who is liable; may be repeated.")
    ] = None,
    warranty: WarrantyOption = None,
    via: ViaOption = None,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Record the appraisal, in the rulebook's words: fault, cause, liability, warranty."""
    session = session_of(context)
    happened = session.when(at)
    decision = partial(
        handling.appraise,
        found=Appraisal(fault, cause, tuple(liability or ()), yes_or_no(warranty, "--warranty")),
        text=session.terminal.words(text),
    )
    act(session, case, happened, decision, via=via, answer=answer)


@answering
def delay(
    context: typer.Context,
    case: CaseArg,
    to: Annotated[str, typer.Option("--to", metavar="TIME", help="When it will be done: tomorrow, 3d, 2026-10-31…")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why it takes longer.")] = None,
    via: ViaOption = None,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Record that the customer was told, before the deadline, of a delay, its reason and the new date."""
    session = session_of(context)
    until = session.until(to, "--to")
    happened = session.when(at)
    why = reason_for(session, reason, case, question=sentence("Why it takes longer")) or ""
    decision = partial(handling.delay, to=until, reason=why)
    act(session, case, happened, decision, via=via, answer=answer)
