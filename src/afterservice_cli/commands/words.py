"""Words that come as an argument, or from standard input where they should stay private."""

import sys

from afterservice_cli.errors import BadInput


def words_of(text: str | None) -> str | None:
    """The text itself; standard input for `-`."""
    if text != "-":
        return text
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("standard input is not UTF-8") from None
