"""The rules: trying a rulebook's file, and taking it on."""

from pathlib import Path
from typing import Annotated

import typer

from afterservice_cli.commands.options import session_of
from afterservice_cli.errors import Refused


def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A rulebook's file; the desk's own without one.")
    ] = None,
) -> None:
    """Name every fault of a rulebook, as file:line:column, and try its own examples."""
    session = session_of(context)
    path = file or session.rules_file
    compiled = session.compile(path)
    for failure in compiled.failures:
        text = failure.text if len(failure.text) <= 40 else f"{failure.text[:39]}…"
        session.write(
            f"{path}:{failure.line}: example “{text}”: {failure.field} is {failure.got}, expected {failure.expected}"
        )
    if compiled.failures:
        raise Refused(f"{compiled.failing} of {compiled.examples} examples fail")
    session.say(f"{path}: {compiled.rulebook.name} has no faults; {compiled.examples} examples hold")


def adopt(context: typer.Context) -> None:
    """Let the desk work by its rulebook's file as it stands; refused on faults and failing examples."""
    session = session_of(context)
    changed, moved = session.adopt()
    for place in changed:
        session.write(place)
    if not changed:
        session.say("nothing has changed")
    else:
        session.say(f"adopted; {len(changed)} place(s) changed, {moved} provisional deadline(s) moved")
