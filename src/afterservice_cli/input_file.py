"""Files that a person names."""

from __future__ import annotations

from pathlib import Path

from afterservice_cli.errors import BadInput, NotFound
from afterservice_cli.language import tr


def content_of(path: Path) -> bytes:
    """Return the whole content; raises NotFound if there is no such file, BadInput if it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(tr("there is no file {path}", path=path)) from None
    except OSError as error:
        raise BadInput(tr("{path} cannot be read: {strerror}", path=path, strerror=error.strerror)) from None


def english_file(rules: Path) -> Path:
    """Return where the English titles of a rulebook's file may stand: `NAME.en.yaml` beside `NAME.yaml`."""
    return rules.with_suffix(".en.yaml")
