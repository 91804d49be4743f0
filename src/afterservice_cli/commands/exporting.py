"""Giving what is stored to others: to customers what is stored on them, to other programs what is not personal."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, NamedTuple, TextIO

import typer

from afterservice_cli.cases.values import TASK
from afterservice_cli.commands.filters import wanted
from afterservice_cli.commands.options import JsonOption, WhereOption
from afterservice_cli.commands.showing import CaseDetails, part_lines, seen
from afterservice_cli.errors import BadInput, BadUsage, Conflict, typed
from afterservice_cli.files.input_file import check_folder_of, check_output
from afterservice_cli.files.whole_file import written_whole
from afterservice_cli.language import listed, tr, tr_many
from afterservice_cli.output_text import safe_text
from afterservice_cli.render.cases.history import event_label, history_columns
from afterservice_cli.render.labels import cases_counted
from afterservice_cli.render.rows import cell_shown, in_utf8, json_text
from afterservice_cli.reports.cases.history import course_rows
from afterservice_cli.reports.lists.log import FACTS, PERSONAL_FACTS, Trace, TraceStep
from afterservice_cli.session import Session
from afterservice_cli.store import connection, files
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.traces import Met
from afterservice_cli.store.troubles import translated
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows import exporting, keeping

ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".xes": "xes", ".json": "ocel", ".jsonocel": "ocel"}


def export(
    session: Session,
    into: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", readable=False, help="With --subject: a folder, which is made and must not be there."
        ),
    ] = None,
    *,
    subject: Annotated[
        str | None,
        typer.Option(
            "--subject", metavar="CONTACT", help="All that is stored on whoever has this contact; - reads stdin."
        ),
    ] = None,
    sqlite: Annotated[
        Path | None,
        typer.Option(
            "--sqlite", metavar="FILE", readable=False, help="The tables without what is personal, as SQLite."
        ),
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="The course of cases: csv, jsonl, xes or ocel.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            readable=False,
            help="Write the course of cases to a .csv, .jsonl, .xes or .json; one that is there is replaced.",
        ),
    ] = None,
    where: WhereOption = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="The course with what is personal; it is noted who got it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Give what is stored to others: to a customer all that is stored on them, to other programs what is not personal.

    With --subject a folder gets JSON, a text to read, and the files that came with their cases; who may see it is
    noted beside the history, as `list --reveal` does. With --sqlite a file gets the public tables (docs/database.md),
    and with --format or -o all that happened in cases, closed ones too, for programs that look into processes.
    """
    asked = [subject is not None, sqlite is not None, format is not None or output is not None]
    if sum(asked) != 1 or (into is None) != (subject is None):
        raise BadUsage(
            tr("what is to be exported? – DIR --subject CONTACT, --sqlite FILE, or --format csv|jsonl|xes|ocel")
        )
    if (where or reveal) and not asked[2]:
        raise BadUsage(tr("--where and --reveal are of the course of cases – give --format, or leave them out"))
    if into is not None and subject is not None:
        _write_subject(session, into, subject, as_json=as_json)
    elif sqlite is not None:
        _write_copy(session, sqlite, as_json=as_json)
    else:
        _write_log(session, format, output, _LogOptions(where, reveal, as_json))


class _LogOptions(NamedTuple):
    """Of which cases the course is wanted, and whether with what is personal; how it is told."""

    where: list[str] | None
    reveal: bool
    as_json: bool


def _write_subject(session: Session, into: Path, subject: str, *, as_json: bool) -> None:
    """Write all that the desk holds of one customer into a folder: as JSON, as text, and their files."""
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
    cases = cases_counted(len(numbers))
    session.terminal.say(tr("{cases}, {files}", cases=cases, files=tr_many("{count} file", "{count} files", copied)))


def _write_copy(session: Session, to: Path, *, as_json: bool) -> None:
    """Write a copy of the desk for other programs, and say what is in it."""
    check_folder_of(to)
    copied = exporting.copy(session.desk, to)
    if as_json:
        session.terminal.write_json(copied)
        return
    session.terminal.write(tr("{path}  head {head}", path=to, head=copied.head))
    session.terminal.say(
        tr(
            "{cases} with {events}, without names, contacts, texts and personal fields; who worked on them is in it",
            cases=cases_counted(copied.cases),
            events=tr_many("{count} event", "{count} events", copied.events),
        )
    )


def _write_log(session: Session, format: str | None, output: Path | None, asked: _LogOptions) -> None:
    """Write the courses of cases for process mining, to a file or to standard output."""
    chosen = _format(format, output)
    if asked.as_json and output is None:
        raise BadUsage(tr("--json tells what was written to a file – give -o FILE, or leave it out"))
    if output is None:
        count = _write(session, chosen, in_utf8(sys.stdout), asked)
        sys.stdout.flush()
    else:
        with written_whole(output, mark=chosen == "csv") as out:
            count = _write(session, chosen, out, asked)
    if asked.as_json:
        session.terminal.write_json({"file": str(output), "format": chosen, "cases": count})
        return
    cases = cases_counted(count)
    session.terminal.say(cases if output is None else tr("{file} written: {what}", file=output, what=cases))


def _format(format: str | None, output: Path | None) -> str:
    """Return the format that is asked for, or that the file's ending names; `BadInput` if neither says one."""
    known = tuple(dict.fromkeys(ENDINGS.values()))
    if format is not None and format not in known:
        raise BadInput(
            tr(
                "there is no format '{format}' – write one of {formats}",
                format=typed(format),
                formats=listed(known),
            )
        )
    if output is not None:
        ending = ENDINGS.get(output.suffix.lower())
        if format is None and ending is None:
            raise BadInput(tr("--output takes a file that ends with one of {known}", known=listed(ENDINGS)))
        check_output(output)
        return format or str(ending)
    return str(format)


def _write(session: Session, format: str, out: TextIO, asked: _LogOptions) -> int:
    """Write the course of cases in a format; return of how many."""
    from tempfile import TemporaryFile

    from afterservice_cli.render.lists.logs import Log, write_lines, write_ocel, write_rows, write_xes

    desk, rulebook, language = session.desk, session.rulebook, session.terminal.language
    count = 0

    def counted() -> Iterator[Trace]:
        nonlocal count
        for trace in exporting.traces_of(desk, wanted(session, {}, asked.where), reveal=asked.reveal):
            count += 1
            yield trace

    def called(step: TraceStep) -> str:
        if step.word.startswith(TASK):
            return rulebook.task_title("", step.word.removeprefix(TASK).removesuffix(".done"), language)
        return event_label(step.event, language)

    hidden = () if asked.reveal else exporting.hidden_of(desk)
    own = (*FACTS, *(PERSONAL_FACTS if asked.reveal else ()))
    columns = (*own, *(f"fields.{name}" for name in rulebook.fields if name not in hidden))
    log = Log(counted(), called, columns, exporting.origin_of(desk).plain())
    if format == "ocel":
        with TemporaryFile("w+", encoding="utf-8", newline="") as spool, closing(Met()) as met:
            write_ocel(out, log, met, spool)
    else:
        {"csv": write_rows, "jsonl": write_lines, "xes": write_xes}[format](out, log)
    return count


def _make(into: Path) -> None:
    with translated(into):
        try:
            into.mkdir(0o700)
        except FileExistsError:
            raise Conflict(tr("{path} exists already", path=into), hint=tr("name another folder")) from None


def _text(session: Session, of: CaseDetails) -> list[str]:
    """Return a case as lines to read: what is known of it, and its course."""
    screen = session.screen
    columns = history_columns(screen)
    course = ["  ".join(safe_text(cell_shown(column.shown(row))) for column in columns) for row in course_rows(of.case)]
    return [*(safe_text(line, lines=True) for line in part_lines(session, of, None)), *course, "", ""]
