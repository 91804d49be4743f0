"""Words that come as an argument, or from standard input where they should stay private."""

import sys

from afterservice_cli.errors import BadInput, BadUsage

_read: list[str] = []


def words_of(text: str | None) -> str | None:
    """The text itself; standard input for `-`, which can be read once."""
    if text != "-":
        return text
    if _read:
        raise BadUsage("standard input can be read once – give only one of them as -")
    _read.append(text)
    if sys.stdin.isatty():
        sys.stderr.write("reading from the terminal; end with Ctrl-D on a line of its own\n")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("standard input is not UTF-8") from None
