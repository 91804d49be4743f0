"""Attaching: files that came with a case, kept, listed and given out again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from afterservice_cli.commands.options import Answer, AtOption, CaseArg, VerboseOption
from afterservice_cli.commands.outcome import show_change
from afterservice_cli.commands.rows import Layout, Rows, teller, with_layout
from afterservice_cli.errors import BadUsage
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.cases.attachments import attachment_columns, copied_columns
from afterservice_cli.reports.cases.case import AttachmentView, CopiedView, case_view
from afterservice_cli.session import Session
from afterservice_cli.store import files as store
from afterservice_cli.store.reading import queries
from afterservice_cli.workflows import attaching


@with_layout
def attach(
    session: Session,
    case: CaseArg,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]…", help="Files of at most 100 MB each; none lists them."),
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="TEXT", help="What there is to know of them; - reads stdin.")
    ] = None,
    extract: Annotated[
        Path | None, typer.Option("--extract", metavar="DIR", help="Copy those it has into a folder.")
    ] = None,
    at: AtOption = None,
    verbose: VerboseOption = False,
    *,
    layout: Layout,
) -> None:
    """Keep files with a case: all that are named, or none. Without a file, list those it has, or copy them out.

    They are kept by their content in a folder beside the desk; links, folders and devices are refused. Copied out,
    they get their names back, made safe; nothing is overwritten.
    """
    if files:
        if extract is not None or layout.asked:
            raise BadUsage(
                tr("files are either attached or looked at – leave out the files, or --extract and how the list looks")
            )
        happened, words = session.when(at), session.terminal.words(note)
        outcome = attaching.attach(session.desk, case, files, at=happened, text=words)
        show_change(session, outcome, answer=Answer(layout.as_json, verbose))
    elif note is not None or at is not None:
        raise BadUsage(tr("there is nothing to attach – name the files"))
    elif extract is not None:
        _extract(session, case, extract, layout)
    else:
        _list(session, case, layout)


def _list(session: Session, case: str, layout: Layout) -> None:
    rows, there = Rows(session, layout, attachment_columns(teller(session))), _attachments(session, case)
    rows.write(there, tr_many("{count} file", "{count} files", len(there)))


def _extract(session: Session, case: str, into: Path, layout: Layout) -> None:
    rows = Rows(session, layout, copied_columns(teller(session)))
    # The name goes with an erasure, and so does the file.
    there = [(file.seq, file.sha256, file.name) for file in _attachments(session, case) if file.name is not None]
    made = store.extract(session.desk.path, there, into)
    copies = [CopiedView(seq, str(path)) for (seq, _, _), path in zip(there, made, strict=True)]
    rows.write(copies, tr_many("{count} file", "{count} files", len(copies)))


def _attachments(session: Session, case: str) -> Sequence[AttachmentView]:
    """Return the files of a case."""
    with session.desk.reading() as db:
        listed = queries.one_case(db, session.desk.find(db, case))
    return case_view(listed, session.desk.now).attachments
