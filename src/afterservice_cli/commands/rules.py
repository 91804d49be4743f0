"""The rules: trying a rulebook's file, taking it on, and what may stand in one."""

import json
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
    from afterservice_cli.founding import compile_file

    session = session_of(context)
    path = file or session.rules_file
    compiled, _ = compile_file(path, session.now().year)
    for failure in compiled.failures:
        text = failure.text if len(failure.text) <= 40 else f"{failure.text[:39]}…"
        session.terminal.write(
            f"{path}:{failure.line}: example “{text}”: {failure.field} is {failure.got}, expected {failure.expected}"
        )
    if compiled.failures:
        raise Refused(f"{compiled.failing} of {compiled.examples} examples fail")
    session.terminal.say(f"{path}: {compiled.rulebook.name} has no faults; {compiled.examples} examples hold")


def adopt(context: typer.Context) -> None:
    """Let the desk work by its rulebook's file as it stands; refused on faults and failing examples."""
    from afterservice_cli import founding

    session = session_of(context)
    terminal = session.terminal
    changed, moved = founding.adopt(session.open(for_rules=True), session.rules_file)
    for place in changed:
        terminal.write(place)
    if not changed:
        terminal.say("nothing has changed")
    else:
        terminal.say(f"adopted; {len(changed)} place(s) changed, {moved} provisional deadline(s) moved")


def schema(
    context: typer.Context,
    profile: Annotated[bool, typer.Option("--profile", help="That of an import profile.")] = False,
) -> None:
    """Write the JSON Schema of a rulebook, by which an editor completes keys and marks mistakes as you type.

    The first line `# yaml-language-server: $schema=rulebook.schema.json` names it to most editors.
    """
    from afterservice_cli.intake.profile import PROFILE
    from afterservice_cli.rulebook.json_schema import json_schema
    from afterservice_cli.rulebook.schema import RULEBOOK

    value = json_schema(PROFILE, "An import profile") if profile else json_schema(RULEBOOK, "A rulebook")
    session_of(context).terminal.write(json.dumps(value, ensure_ascii=False, indent=2))
