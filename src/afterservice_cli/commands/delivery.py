"""The messages that a change makes: put into the outbox, or printed for whoever sends them."""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.language import tr, why
from afterservice_cli.render.cases import messages
from afterservice_cli.reports.cases.messages import MessageView, message_view
from afterservice_cli.session import Session
from afterservice_cli.workflows.outbox import Outbox
from afterservice_cli.workflows.recording import Outcome


def deliver(session: Session, outcomes: Sequence[Outcome], *, quiet: bool = False) -> list[MessageView]:
    """Print the messages that a change of several cases made, or put them into the outbox; `quiet` prints none."""
    sent = [message for outcome in outcomes for message in post(session, outcome)]
    if not quiet:
        print_messages(session, sent)
    return sent


def post(session: Session, outcome: Outcome) -> list[MessageView]:
    """Put the messages of a case and of its problems into the outbox, if there is one, and return them."""
    every = (outcome, *outcome.problems)
    views = [message_view(one.case, message) for one in every for message in one.messages]
    if session.outbox is None:
        return views
    return [message.but(file=_post(session, session.outbox, message)) for message in views]


def print_messages(session: Session, sent: Sequence[MessageView]) -> None:
    """Print messages for whoever sends them, or where they lie."""
    terminal = session.terminal
    for message in sent:
        terminal.write("\n".join(messages.message_lines(message, session.screen)))
        if message.to == "customer" and not message.contact:
            terminal.say(tr("the customer's contact is not known"))


def _post(session: Session, outbox: Outbox, message: MessageView) -> str | None:
    """Write the file of a message and return it; None if that fails: what was recorded stays, and is printed."""
    text = messages.message_file(message, session.rulebook)
    try:
        return str(outbox.post(f"{message.case}-{message.template}", text, session.desk.now, session.desk.path))
    except OSError as error:
        session.terminal.say(
            tr(
                "{case} is recorded; its message cannot be put into the outbox: {why}",
                case=message.case,
                why=why(error),
            )
        )
        return None
