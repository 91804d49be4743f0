"""Giving customers what is stored on them."""

from pathlib import Path
from typing import Annotated

import typer

from afterservice_cli import keeping
from afterservice_cli.commands.options import JsonOption, session_of
from afterservice_cli.commands.showing import Seen, part_lines, seen
from afterservice_cli.errors import Conflict
from afterservice_cli.instants import to_text
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.history import history_columns
from afterservice_cli.render.rows import cell, json_text
from afterservice_cli.render.text import safe_text
from afterservice_cli.session import Session
from afterservice_cli.store import connection, files, queries
from afterservice_cli.whole_file import written_whole


def export(
    context: typer.Context,
    into: Annotated[
        Path, typer.Argument(metavar="DIR", readable=False, help="A folder, which is made and must not be there.")
    ],
    subject: Annotated[
        str, typer.Option("--subject", metavar="CONTACT", help="Whose: a contact of theirs; - reads stdin.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Write all that is stored on a customer: as JSON, as a text to read, and the files that came with their cases.

    Who may see it is noted beside the history, as `list --reveal` does.
    """
    session = session_of(context)
    contact = session.terminal.words(subject)
    numbers = keeping.of_customer(session.desk, contact)
    found = [seen(session, number) for number in numbers]
    _make(into)
    told = [one.plain() for one in found]
    made = {"contact": contact, "made_at": to_text(session.desk.now), "cases": told}
    with written_whole(into / "subject.json") as out:
        out.write(json_text(made) + "\n")
    with written_whole(into / "subject.txt") as out:
        out.writelines(f"{line}\n" for one in found for line in _text(session, one))
    copied = 0
    for one in found:
        there = [(file.seq, file.sha256, f"{one.case.number}-{file.name}") for file in one.view.attachments]
        copied += len(files.extract(session.desk.path, there, into))
    desk = session.desk
    with connection.writing(desk.connection, desk.path) as db:
        queries.note_reveal(db, to_text(desk.now), desk.actor, numbers)
    if as_json:
        session.terminal.write_json({"folder": str(into), "cases": numbers, "files": copied})
        return
    session.terminal.write(str(into))
    cases = tr_many("{count} case", "{count} cases", len(numbers))
    session.terminal.say(tr("{cases}, {files}", cases=cases, files=tr_many("{count} file", "{count} files", copied)))


def _make(into: Path) -> None:
    with connection.translated(into):
        try:
            into.mkdir(0o700)
        except FileExistsError:
            raise Conflict(tr("{path} exists already", path=into), hint=tr("name another folder")) from None


def _text(session: Session, of: Seen) -> list[str]:
    """Return a case as lines to read: what is known of it, and its course."""
    rulebook, language = session.rulebook, session.terminal.language
    columns = history_columns(of.case, rulebook, language)
    course = ["  ".join(safe_text(cell(column.shown(event))) for column in columns) for event in of.case.events]
    return [*(safe_text(line, lines=True) for line in part_lines(session, of, None)), *course, "", ""]
