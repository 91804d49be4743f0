"""The files that came with a case, for a person to read."""

from collections.abc import Iterator, Mapping
from typing import Any

from afterservice_cli.render.case import aligned, local
from afterservice_cli.render.labels import label
from afterservice_cli.render.rows import Column
from afterservice_cli.render.text import safe_text
from afterservice_cli.rulebook.model import Rulebook

Value = Mapping[str, Any]


def attachment_lines(case: Value, rulebook: Rulebook, language: str) -> Iterator[str]:
    """The files that came with a case, where there are any."""
    if not case["attachments"]:
        return
    yield label("attachments", language)
    rows = [attachment_row(file, rulebook, language) for file in case["attachments"]]
    yield from aligned([(str(row["seq"]), safe_text(row["name"]), f"{row['size']:,} B  {row['time']}") for row in rows])


def attachment_row(file: Value, rulebook: Rulebook, language: str) -> dict[str, Any]:
    """A file that came with a case as a row of `attach`."""
    return {
        **file,
        "name": file["name"] or f"({label('erased', language)})",
        "sha256": file["sha256"][:12],
        "time": local(file["at"], rulebook),
        "person": rulebook.title("person", rulebook.person_of(file["actor"]), language),
    }


def attachment_columns(language: str) -> list[Column]:
    """The columns of `attach`."""
    right, wide = ("seq", "size"), ("name", "note")
    keys = ("seq", "name", "size", "sha256", "time", "person", "note")
    return [
        Column(key, label(key, language), align="right" if key in right else "left", wide=key in wide) for key in keys
    ]
