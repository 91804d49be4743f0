"""The rulebook that a command reads: that of a file, or the one that the desk has adopted."""

from pathlib import Path
from typing import Annotated

import typer

from afterservice_cli.errors import NotFound
from afterservice_cli.language import tr
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.session import Session

RulesOption = Annotated[
    Path | None, typer.Option("--rules", metavar="FILE", help="A rulebook's file; else the desk's, as adopted.")
]


def rulebook_from(session: Session, file: Path | None) -> Rulebook:
    """Return the rulebook of a file, or the one that the desk has adopted; the former needs no desk."""
    if file is not None:
        from afterservice_cli.workflows.founding import compile_file

        compiled, _ = compile_file(file, session.now().year)
        return compiled.rulebook
    if session.existing_desk is None:
        raise NotFound(
            tr("there is no desk here or above to take the rules from"), hint=tr("name a rulebook: --rules FILE")
        )
    return session.rulebook
