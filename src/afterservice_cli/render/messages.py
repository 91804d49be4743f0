"""Messages for customers and colleagues, as somebody may send them."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.language import translated
from afterservice_cli.render.labels import label, role_title
from afterservice_cli.reports.messages import MessageView
from afterservice_cli.rulebook.model import Rulebook


def message_lines(message: MessageView, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield a message for the screen: to whom, by which way, and what it says or which file holds it."""
    yield ""
    yield f"{label('message', language)} → {receiver(message, rulebook, language, translated(', ', language))}"
    if message.file:
        yield f"  {message.file}"
    else:
        yield from (f"  {line}" for line in (message.text or "").splitlines())


def message_file(message: MessageView, rulebook: Rulebook) -> str:
    """Return a message as a file's text: a line each for receiver, case and template, a blank line, the words."""
    language = message.language
    contact = f" <{message.contact}>" if message.contact else ""
    heads = {
        "To": f"{receiver(message, rulebook, language)}{contact}",
        "Case": message.case,
        "Message": message.template,
    }
    # What a customer calls themselves must not make a heading of its own.
    lines = [f"{name}: {' '.join(value.split())}" for name, value in heads.items()]
    return "\n".join([*lines, "", message.text or "", ""])


def receiver(message: MessageView, rulebook: Rulebook, language: str, between: str = ", ") -> str:
    """Return to whom a message goes, with this between their names, and for a customer by which channel."""
    if message.to != "customer":
        names = [rulebook.title("person", person, language) for person in message.people]
        return between.join(names) or role_title(message.to, rulebook, language)
    channel = rulebook.title("way of telling", message.channel, language)
    return f"{message.customer or label('customer', language)} ({channel})"
