"""Looking at what is around a desk, before something is wrong or when something is."""

from datetime import UTC, datetime

from afterservice_cli.commands.options import JsonOption
from afterservice_cli.errors import Problem
from afterservice_cli.language import tr, tr_many
from afterservice_cli.output_text import aligned, safe_text, width, wrapped
from afterservice_cli.session import Session

LOOK = 20  # exit code if something deserves a look


def doctor(session: Session, as_json: JsonOption = False) -> int:
    """Say how things stand: versions, language, the desk's file, room, clock, rulebook, calendar, files.

    Changes nothing. Ends with 20 if something deserves a look; each of those says what to do.
    Whether the history holds together is for `check` to say.
    """
    from afterservice_cli.workflows.health import WHAT, examined, journal_of

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
        for finding, row, line in zip(found, rows, aligned(rows), strict=True):
            # A head is to be copied as a whole.
            terminal.write(line if finding.what == "history" else _hanging(line, row[-1], terminal.columns))
        for finding in look:
            terminal.say(tr("{name}: {value}", name=tr(WHAT[finding.what]), value=finding.way))
    if look:
        terminal.say(tr_many("{count} thing deserves a look", "{count} things deserve a look", len(look)))
    return LOOK if look else 0


def _hanging(line: str, said: str, columns: int | None) -> str:
    """Return a line in several if it is too long, each beneath the beginning of what is said at its end."""
    if columns is None or width(line) <= columns:
        return line
    before = line.removesuffix(said)
    indent = " " * width(before)
    pieces = wrapped(said, columns - len(indent))
    return before + f"\n{indent}".join(piece.strip() for piece in pieces)
