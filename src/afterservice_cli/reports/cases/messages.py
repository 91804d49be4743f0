"""A message as it is to be sent."""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.frozen import Frozen


class MessageView(Frozen):
    """A message to be sent: to whom, by which channel, in which language, what it says, and its file, if any."""

    case: str
    template: str
    to: str
    people: Sequence[str]
    customer: str | None
    contact: str | None
    channel: str | None
    language: str
    text: str | None
    file: str | None = None


def message_view(case: Case, message: MessageWritten) -> MessageView:
    """Return a message as it is to be sent; a customer's says who they are."""
    to_customer = message.to == "customer"
    return MessageView(
        case=case.number,
        template=message.template,
        to=message.to,
        people=message.people,
        customer=case.customer if to_customer else None,
        contact=case.contact if to_customer else None,
        channel=message.channel,
        language=message.language,
        text=message.text,
    )
