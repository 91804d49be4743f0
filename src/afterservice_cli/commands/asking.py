"""What a command asks the person at the terminal, and what becomes of it if nobody is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from afterservice_cli.errors import BadInput
from afterservice_cli.language import sentence, tr
from afterservice_cli.session import Session

if TYPE_CHECKING:
    from afterservice_cli.commands.prompts import About, Choices

WHY, ADD_YES = sentence("Why"), sentence("add --yes")


def reason_for(
    session: Session,
    reason: str | None,
    case: str | None,
    *,
    needed: bool = True,
    question: str = WHY,
    check: Callable[[], object] | None = None,
) -> str | None:
    """Return why something is done to a case, or to several (None); asked for at a terminal if needed and left out.

    `check` refuses what else was given before anything is asked.
    """
    if reason is not None or not needed or not session.terminal.interactive:
        return session.terminal.words(reason)
    from afterservice_cli.commands.prompts import asked

    if check is not None:
        check()
    return asked(session, {"case": case} if case else {}, lambda talk: talk.demanded(tr(question), str))


def choice_for(session: Session, about: About, question: str, choices: Choices) -> str:
    """Return the choice that a person makes at the terminal; "" if nobody is there to ask."""
    if not session.terminal.interactive:
        return ""
    from afterservice_cli.commands.prompts import asked

    return asked(session, about, lambda talk: talk.choice(question, choices))


def value_for(session: Session, about: About, question: str, read: Callable[[str], str]) -> str:
    """Return what a person answers at the terminal, once `read` takes it."""
    from afterservice_cli.commands.prompts import asked

    return asked(session, about, lambda talk: talk.demanded(question, read))


def agreed(session: Session, what: str, question: str, *, way: str = ADD_YES) -> bool:
    """Ask whether what would happen shall; `BadInput` with the `way` on from there if nobody is there to ask."""
    if not session.terminal.interactive:
        raise BadInput(what, hint=tr(way))
    from afterservice_cli.commands.prompts import agree

    return agree(session, tr("{what} – {question}", what=what, question=question))
