"""The files that came with a case, for a person to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from afterservice_cli.language import translated
from afterservice_cli.render.case import minute
from afterservice_cli.render.labels import label
from afterservice_cli.render.rows import Column, labelled
from afterservice_cli.render.text import aligned, safe_text
from afterservice_cli.reports.case import AttachmentView, CaseView, CopiedView
from afterservice_cli.rulebook.model import Rulebook


def attachment_lines(case: CaseView, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield the files that came with a case as lines, none if there are no files."""
    if not case.attachments:
        return
    yield label("attachments", language)
    yield from aligned(
        [
            (
                str(file.seq),
                safe_text(_name(file, language)),
                _size_and_time(file, rulebook, language),
            )
            for file in case.attachments
        ]
    )


def attachment_columns(rulebook: Rulebook, language: str) -> list[Column[AttachmentView]]:
    """Return the columns of `attach`."""
    shown: Mapping[str, Callable[[AttachmentView], object]] = {
        "seq": lambda file: file.seq,
        "name": lambda file: _name(file, language),
        "size": lambda file: file.size,
        "sha256": lambda file: file.sha256[:12],
        "time": lambda file: minute(file.at, rulebook),
        "person": lambda file: rulebook.title("person", rulebook.person_of(file.actor), language),
        "note": lambda file: file.note,
    }
    return labelled(language, shown, right=("seq", "size"), wide=("name", "note"))


def copied_columns(language: str) -> list[Column[CopiedView]]:
    """Return the columns of `attach --extract`."""
    return labelled(language, {"seq": lambda copied: copied.seq, "file": lambda copied: copied.file})


def _size_and_time(file: AttachmentView, rulebook: Rulebook, language: str) -> str:
    return f"{translated('{bytes:,} B', language, bytes=file.size)}  {minute(file.at, rulebook)}"


def _name(file: AttachmentView, language: str) -> str:
    return file.name or f"({label('erased', language)})"
