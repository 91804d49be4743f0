"""Texts that a person gives."""

from __future__ import annotations

from afterservice_cli.errors import BadInput
from afterservice_cli.language import tr

LONGEST = 100_000  # characters of one text; longer ones are files by mistake


def check_text(text: str, name: str) -> str:
    """Return `text` without surrounding blanks; `BadInput` if it is too long or holds broken characters."""
    if len(text) > LONGEST:
        raise BadInput(tr("{what} has more than {most:,} characters – shorten it", what=name, most=LONGEST))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(tr("{what} holds bytes that are not UTF-8 – set the terminal to UTF-8", what=name)) from None
    return text.strip()
