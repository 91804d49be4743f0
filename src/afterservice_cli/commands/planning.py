"""Planning: what is proposed, who approves it, and what the customer says of it."""

from functools import partial
from typing import Annotated

import typer

from afterservice_cli.commands.asking import choice_for, value_for
from afterservice_cli.commands.options import CaseArg, TextArg, WordsOption, fields_of
from afterservice_cli.commands.outcome import deciding
from afterservice_cli.decisions import planning
from afterservice_cli.decisions.checks import check_number
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadUsage
from afterservice_cli.language import listed, tr
from afterservice_cli.moment import Decision
from afterservice_cli.session import Session


@deciding(tells=True)
def propose(
    session: Session,
    case: CaseArg,
    text: TextArg = None,
    disposition: Annotated[
        str, typer.Option("--disposition", metavar="ID", help="How the case shall end: one of the rulebook's.")
    ] = "",
    give: Annotated[
        list[str] | None,
        typer.Option(
            "--give", metavar="KIND=NUMBER", help="What the customer is given, or pays: voucher=200; repeatable."
        ),
    ] = None,
    promise: Annotated[
        str | None, typer.Option("--promise", metavar="TIME", help="When it will be done: tomorrow, 3d, 2026-10-31…")
    ] = None,
    tasks: Annotated[
        list[str] | None, typer.Option("--task", metavar="TITLE", help="A task beside the disposition's; repeatable.")
    ] = None,
) -> Decision:
    """Propose a plan, or a new version of it; earlier versions stay in the history."""
    if not disposition and session.rulebook.dispositions:
        choices = session.rulebook.choices("disposition")
        disposition = choice_for(session, {"case": case}, tr("How shall the case end"), choices)
    if not disposition:
        known = listed(session.rulebook.dispositions) or tr("none in this rulebook")
        raise BadUsage(tr("how shall the case end? – add --disposition, one of: {known}", known=known))
    gives = _with_amounts(session, case, disposition, fields_of(give, "--give", "voucher=200"))
    return partial(
        planning.propose,
        proposal=Proposal(
            disposition=disposition,
            gives=gives,
            promised_at=session.until(promise, "--promise"),
            tasks=tuple(tasks or ()),
        ),
        text=session.terminal.words(text),
    )


def _with_amounts(session: Session, case: str, disposition: str, gives: dict[str, str]) -> dict[str, str]:
    """Return what is given, with the amounts that the line left out and a person at the terminal says."""
    rulebook, language = session.rulebook, session.terminal.language
    named = {rulebook.known("kind given", kind) for kind in gives}
    entry = rulebook.dispositions[rulebook.known("disposition", disposition)]
    for kind in entry.gives:
        if kind not in named and session.terminal.interactive:
            title = rulebook.title("kind given", kind, language)
            question = tr("{title} ({unit})", title=title, unit=rulebook.gives[kind].unit[language])
            gives[kind] = value_for(session, {"case": case}, question, partial(check_number, name=title))
    return gives


@deciding(tells=True)
def approve(
    session: Session,
    text: TextArg = None,
) -> Decision:
    """Approve the plan, in the role whose turn it is; nobody approves their own."""
    return partial(planning.approve, text=session.terminal.words(text))


@deciding()
def decline(
    session: Session,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What is wrong with the plan.")],
) -> Decision:
    """Decline the plan, in the role whose turn it is; another version is to be proposed."""
    return partial(planning.decline, reason=session.terminal.words(reason))


@deciding()
def agree(
    session: Session,
    yes: Annotated[bool, typer.Option("--yes", help="The customer accepts the plan.")] = False,
    no: Annotated[bool, typer.Option("--no", help="They do not; the plan is to be revised.")] = False,
    words: WordsOption = None,
) -> Decision:
    """Record whether the customer accepts the plan."""
    if yes == no:
        raise BadUsage(tr("does the customer accept the plan? – add --yes or --no"))
    return partial(planning.agree, agreed=yes, words=session.terminal.words(words))
