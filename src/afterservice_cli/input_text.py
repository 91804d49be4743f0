"""Texts that a person gives."""

from __future__ import annotations

from afterservice_cli.errors import BadInput
from afterservice_cli.language import tr

LONGEST = 100_000  # characters of one text; longer ones are files by mistake


def check_text(text: str, name: str) -> str:
    """Return `text` without surrounding blanks; `BadInput` if it is too long or holds broken characters."""
    if len(text) > LONGEST:
        raise BadInput(tr("{name} has more than {LONGEST:,} characters – shorten it", name=name, LONGEST=LONGEST))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(tr("{name} holds bytes that are not UTF-8 – set the terminal to UTF-8", name=name)) from None
    return text.strip()
