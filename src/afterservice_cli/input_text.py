"""Texts that a person gives."""

from __future__ import annotations

from afterservice_cli.errors import BadInput

LONGEST = 100_000  # characters of one text; longer ones are files by mistake


def check_text(text: str, name: str) -> str:
    """Return `text` without surrounding blanks; `BadInput` if it is too long or holds broken characters."""
    if len(text) > LONGEST:
        raise BadInput(f"{name} has more than {LONGEST:,} characters – shorten it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput(f"{name} holds bytes that are not UTF-8 – set the terminal to UTF-8") from None
    return text.strip()
