"""The files that came with a case, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.output_text import aligned, safe_text
from afterservice_cli.render.labels import label
from afterservice_cli.render.rows import Column
from afterservice_cli.render.screen import Screen
from afterservice_cli.render.telling import Teller
from afterservice_cli.reports.cases.case import AttachmentView, CaseView, CopiedView


def attachment_lines(case: CaseView, screen: Screen) -> Iterator[str]:
    """Yield the files that came with a case as lines, none if there are no files."""
    if not case.attachments:
        return
    yield screen.label("attachments")
    yield from aligned(
        [
            (
                str(file.seq),
                safe_text(_name(file, screen.language)),
                _size_and_time(file, screen),
            )
            for file in case.attachments
        ]
    )


def attachment_columns(tell: Teller) -> list[Column[AttachmentView]]:
    """Return the columns of `attach`."""
    return [
        tell.value("seq").but(align="right"),
        tell.text("name").but(shown=lambda file: _name(file, tell.language)),
        tell.value("size").but(align="right", rank=30),
        tell.value("sha256").but(shown=lambda file: file.sha256[:12], rank=50),
        tell.time("at", "time").but(shown=lambda file: tell.minute(file.at), rank=10),
        tell.person("actor", "person").but(rank=20, least=8),
        tell.text("note").but(rank=40),
    ]


def copied_columns(tell: Teller) -> list[Column[CopiedView]]:
    """Return the columns of `attach --extract`."""
    return [tell.value("seq"), tell.value("file")]


def _size_and_time(file: AttachmentView, screen: Screen) -> str:
    return f"{screen.tr('{bytes:,} B', bytes=file.size)}  {screen.minute(file.at)}"


def _name(file: AttachmentView, language: str) -> str:
    return file.name or f"({label('erased', language)})"
