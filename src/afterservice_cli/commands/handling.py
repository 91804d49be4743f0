"""Handling: contacts with the customer, notes, waiting, the search for the cause, delays."""

from functools import partial
from typing import Annotated

import typer

from afterservice_cli.cases.values import Appraisal
from afterservice_cli.commands.asking import choice_for, reason_for
from afterservice_cli.commands.options import CaseArg, ReasonOption, TextArg, WarrantyOption, yes_or_no
from afterservice_cli.commands.outcome import deciding
from afterservice_cli.decisions import handling
from afterservice_cli.errors import BadUsage
from afterservice_cli.language import listed, sentence, tr
from afterservice_cli.moment import Decision
from afterservice_cli.session import Session


@deciding()
def respond(
    session: Session,
    text: TextArg = None,
    channel: Annotated[str | None, typer.Option("--channel", "--via", help="If not the one it came in by.")] = None,
) -> Decision:
    """Record a contact with the customer; the first one answers the respond target."""
    return partial(handling.respond, channel=channel, text=session.terminal.words(text))


@deciding()
def note(
    session: Session,
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="What there is to know; - reads stdin.")],
    from_customer: Annotated[
        bool, typer.Option("--from-customer", help="The customer said it; a pause that waits for them ends.")
    ] = False,
) -> Decision:
    """Write something down about a case."""
    words = session.terminal.words(text)
    return partial(handling.reply if from_customer else handling.note, text=words)


@deciding()
def pause(
    session: Session,
    case: CaseArg,
    ground: Annotated[str, typer.Option("--for", metavar="GROUND", help="What it waits for, by the rulebook.")] = "",
    reason: ReasonOption = None,
) -> Decision:
    """Let a case wait, for the customer or on another ground; clocks with `pauses: true` stand still."""
    grounds = session.rulebook.pauses
    if not ground and grounds:
        ground = choice_for(
            session, {"case": case}, tr("What does the case wait for"), session.rulebook.choices("pause")
        )
    if not ground and grounds:
        raise BadUsage(tr("what does the case wait for? – add --for, one of: {grounds}", grounds=listed(grounds)))
    return partial(handling.pause, ground=ground, reason=session.terminal.words(reason))


@deciding()
def resume(session: Session, reason: ReasonOption = None) -> Decision:
    """Let a case that waits go on; deadlines move by what the pause took."""
    return partial(handling.resume, reason=session.terminal.words(reason))


@deciding()
def investigate(session: Session, text: TextArg = None) -> Decision:
    """Record that the search for the cause began, or what it found."""
    return partial(handling.investigate, text=session.terminal.words(text))


@deciding(tells=True)
def appraise(
    session: Session,
    text: TextArg = None,
    fault: Annotated[str | None, typer.Option("--fault", metavar="ID", help="What failed.")] = None,
    cause: Annotated[str | None, typer.Option("--cause", metavar="ID", help="Why.")] = None,
    liability: Annotated[
        list[str] | None, typer.Option("--liability", metavar="ID", help="Who is liable; may be repeated.")
    ] = None,
    warranty: WarrantyOption = None,
) -> Decision:
    """Record the appraisal, in the rulebook's words: fault, cause, liability, warranty."""
    return partial(
        handling.appraise,
        found=Appraisal(fault, cause, tuple(liability or ()), yes_or_no(warranty, "--warranty")),
        text=session.terminal.words(text),
    )


@deciding(tells=True)
def delay(
    session: Session,
    case: CaseArg,
    to: Annotated[str, typer.Option("--to", metavar="TIME", help="When it will be done: tomorrow, 3d, 2026-10-31…")],
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why it takes longer.")] = None,
) -> Decision:
    """Record that the customer was told, before the deadline, of a delay, its reason and the new date."""
    until = session.until(to, "--to")
    why = reason_for(session, reason, case, question=sentence("Why it takes longer")) or ""
    return partial(handling.delay, to=until, reason=why)
