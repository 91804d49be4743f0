"""Looking at what is around a desk, before something is wrong or when something is."""

from datetime import UTC, datetime

import typer

from afterservice_cli.commands.options import JsonOption, session_of
from afterservice_cli.errors import Problem
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.text import aligned, safe_text

LOOK = 20  # exit code if something deserves a look


def doctor(context: typer.Context, as_json: JsonOption = False) -> int:
    """Say how things stand: versions, language, the desk's file, room, clock, rulebook, calendar, files.

    Changes nothing. Ends with 20 if something deserves a look; each of those says what to do.
    """
    from afterservice_cli.health import WHAT, examined, journal_of

    session = session_of(context)
    terminal = session.terminal
    actual = datetime.now(UTC).replace(microsecond=0)
    journal = journal_of(session.existing_desk) if session.existing_desk else 0
    try:
        found = examined(session.open(for_rules=True) if session.existing_desk else None, actual, journal)
    except Problem as problem:
        found = examined(problem, actual)
    look = [finding for finding in found if finding.way]
    if as_json:
        terminal.write_json([{**finding.plain(), "state": finding.state} for finding in found])
    else:
        rows = [("!" if one.way else "", tr(WHAT[one.what]), safe_text(one.said)) for one in found]
        terminal.write("\n".join(aligned(rows)))
        for finding in look:
            terminal.say(f"{tr(WHAT[finding.what])}: {finding.way}")
    if look:
        terminal.say(tr_many("{count} thing deserves a look", "{count} things deserve a look", len(look)))
    return LOOK if look else 0
