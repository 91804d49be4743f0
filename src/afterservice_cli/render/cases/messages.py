"""Messages for customers and colleagues, as somebody may send them."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.cases.messages import MessageView
from afterservice_cli.rulebook.model import Rulebook


def message_lines(message: MessageView, screen: Screen) -> Iterator[str]:
    """Yield a message for the screen: to whom, by which way, and what it says or which file holds it."""
    yield ""
    yield f"{screen.label('message')} → {receiver(message, screen, screen.tr(', '))}"
    if message.file:
        yield f"  {message.file}"
    else:
        yield from (f"  {line}" for line in (message.text or "").splitlines())


def message_file(message: MessageView, rulebook: Rulebook) -> str:
    """Return a message as a file's text: a line each for receiver, case and template, a blank line, the words."""
    contact = f" <{message.contact}>" if message.contact else ""
    heads = {
        "To": f"{receiver(message, Screen(rulebook, message.language))}{contact}",
        "Case": message.case,
        "Message": message.template,
    }
    # What a customer calls themselves must not make a heading of its own.
    lines = [f"{name}: {' '.join(value.split())}" for name, value in heads.items()]
    return "\n".join([*lines, "", message.text or "", ""])


def receiver(message: MessageView, screen: Screen, between: str = ", ") -> str:
    """Return to whom a message goes, with this between their names, and for a customer by which channel."""
    if message.to != "customer":
        names = [screen.title("person", person) for person in message.people]
        return between.join(names) or screen.role_title(message.to)
    channel = screen.title("way of telling", message.channel)
    return f"{message.customer or screen.label('customer')} ({channel})"
