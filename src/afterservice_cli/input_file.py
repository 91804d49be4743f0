"""Files that a person names."""

from __future__ import annotations

from pathlib import Path

from afterservice_cli.errors import BadInput, NotFound
from afterservice_cli.language import sentence, tr

# What the system says of a file that cannot be read.
UNREADABLE = sentence("Is a directory"), sentence("Permission denied"), sentence("Input/output error")


def content_of(path: Path) -> bytes:
    """Return the whole content; raises NotFound if there is no such file, BadInput if it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(tr("there is no file {file}", file=path)) from None
    except OSError as error:
        raise BadInput(tr("{file} cannot be read: {why}", file=path, why=tr(error.strerror or ""))) from None


def english_file(rules: Path) -> Path:
    """Return where the English titles of a rulebook's file may stand: `NAME.en.yaml` beside `NAME.yaml`."""
    return rules.with_suffix(".en.yaml")
