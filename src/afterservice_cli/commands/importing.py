"""Importing: a file of cases into the register, and what becomes of an import as a whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from afterservice_cli.commands.options import JsonOption, YesOption
from afterservice_cli.commands.outcome import deliver_of_problems, problems_in
from afterservice_cli.commands.pointing import FEW_LINES, likenesses, ways_to_settle
from afterservice_cli.errors import BadInput, BadUsage, Interrupted, PartlyDone, quoted
from afterservice_cli.language import listed, sentence, tr, tr_many
from afterservice_cli.output_text import wrapped
from afterservice_cli.session import Session

if TYPE_CHECKING:
    from afterservice_cli.intake.importing import ImportOrder, Summary
    from afterservice_cli.intake.proposals.proposal import ProposedProfile


# How a row was left that leaves something behind.
LEFT = {"rejected": sentence("rejected"), "conflict": sentence("conflict"), "flagged": sentence("flagged")}

# What parts the cells of a file, if no comma does.
DELIMITED = {";": sentence("semicolons"), "\t": sentence("tabs"), "|": sentence("vertical bars")}


# What was no table as it stood.
MADE_TABLES = {
    "page": sentence("the table of a web page"),
    "form": sentence("forms, their headings beneath one another"),
}


def import_file(
    session: Session,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE|-", help="CSV (or .csv.gz), .xlsx or .xls; - reads stdin.")
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option("--profile", metavar="PROFILE.yaml", help="Which column says what; else the file itself tells."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar="FILE",
            help="Where rows go that leave something behind; else FILE.rejects.csv here.",
        ),
    ] = None,
    save_profile: Annotated[
        Path | None,
        typer.Option("--save-profile", metavar="FILE", help="Keep how the file was read as a profile."),
    ] = None,
    draft_profile: Annotated[
        bool, typer.Option("--draft-profile", help="Print such a profile; import nothing.")
    ] = False,
    dates: Annotated[
        list[str] | None,
        typer.Option("--dates", metavar="FORM", help="How its dates are written, as under `dates` in a profile."),
    ] = None,
    undated: Annotated[
        str | None,
        typer.Option(
            "--undated",
            metavar="TIME",
            help="Which time a status has that says none: latest, of its row; received.",
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", metavar="NAME", help="How it is encoded, if neither UTF-8 nor GB18030: big5, …"),
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME", help="Which sheet of a workbook.")] = None,
    received_at: Annotated[
        str | None,
        typer.Option("--received-at", metavar="TIME", help="When the rows came in that do not say it."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Takes all or nothing: if a row is left over, nothing is recorded.")
    ] = False,
    try_only: Annotated[
        bool, typer.Option("--dry-run", help="Print a plan of what would happen; record nothing.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the imports there were.")] = False,
    undo: Annotated[
        str | None,
        typer.Option(
            "--undo",
            metavar="BATCH",
            help="Take back the cases of an import (`last`: the newest) that nobody worked on.",
        ),
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read a table into the register; reading it again adds nothing.

    Without a profile its headings and cells say which column is what; what they leave open is asked, not guessed.
    Ends with 11 if rows are left to a person: rejected, or in conflict with what was done by hand since.
    """
    session.open()  # all that is said is in its language
    if listed or undo is not None:
        from afterservice_cli.commands import batches

        if file is not None or (listed and undo is not None):
            raise BadUsage(tr("a file is read, or imports are listed or undone: one of them at a time"))
        if undo is None:
            batches.list_batches(session, as_json=as_json)
        else:
            batches.undo_batch(session, undo, yes=yes, as_json=as_json)
        return
    if file is None:
        raise BadUsage(tr("import reads a file: afterservice import FILE.csv"))
    from afterservice_cli.commands import proposing
    from afterservice_cli.intake.importing import ImportOrder, import_file
    from afterservice_cli.intake.tables.encodings import named_encoding
    from afterservice_cli.intake.tables.source import opened
    from afterservice_cli.intake.tables.table import FileOptions
    from afterservice_cli.render.progress import RowProgress

    try:
        asked = FileOptions(named_encoding(encoding) if encoding else None, sheet)
    except ValueError as error:
        raise BadUsage(str(error)) from None
    order = ImportOrder(rejects, asked, session.when(received_at, "--received-at"), try_only, strict)
    said = _asked(encoding, sheet, undated, dates or ())
    received = f" --received-at {quoted(received_at)}" if received_at else ""
    options = proposing.ProfileOptions(
        profile, tuple(dates or ()), undated, save_profile, draft_profile, as_json, yes, f"{said}{received}"
    )
    proposing.check(options)
    with opened(file) as source:
        by = proposing.profile_for(session, source, options, order)
        if by is None:
            return
        with RowProgress() as progress:
            summary = import_file(session.desk, source, by, order.but(progress=progress))
    proposing.show_cases(session, options, order, summary.first)
    _write(session, summary, by, as_json=as_json)
    deliver_of_problems(session, summary.problems, quiet=as_json)
    seen = proposing.foreseen(session, options, order)
    _tell(session, summary, try_only=try_only, foreseen=seen)
    if not seen:
        proposing.say_left_out(session, summary)
    _point_out(session, summary)
    if summary.rejects_file and not file.is_file():  # it cannot be read once more, to make a profile of it
        options = options.but(save=options.save or proposing.keep_beside(session, by, summary.rejects_file))
    again = Again(file, options.profile or options.save, said, received)
    _demand_attention(summary, order, again)


def _write(session: Session, summary: "Summary", by: "Path | ProposedProfile", *, as_json: bool) -> None:
    """Write what came of it, or would, as the output of the command; `by` is how it was read."""
    from afterservice_cli.commands import proposing
    from afterservice_cli.intake.shown.planned import counts_line, plan_as_json, plan_lines

    if as_json:
        plan = plan_as_json(summary.plan, summary.counts) if summary.plan else None
        session.terminal.write_json({**_as_json(summary), "plan": plan, "proposal": proposing.as_json(by)})
        return
    session.terminal.write(counts_line(summary.read, summary.counts))
    if summary.plan:
        columns = session.terminal.width(None)
        lines = plan_lines(summary.plan, summary.counts, session.rulebook)
        for piece in (piece for line in lines for piece in wrapped(line, columns)):
            session.terminal.write(piece)


def _as_json(summary: "Summary") -> dict[str, object]:
    return {
        "read": summary.read,
        **summary.counts,
        "flagged": summary.flagged,
        "unclassified": summary.unclassified,
        "suspect": summary.suspect,
        "rejects_file": str(summary.rejects_file) if summary.rejects_file else None,
        "batch": summary.batch,
        "encoding": summary.encoding,
        "delimiter": summary.delimiter,
        "sheet": summary.sheet,
        "other_sheets": list(summary.other_sheets),
        "heading_line": summary.heading_line,
        "left_out": list(summary.left_out),
        "html_read": summary.markup.get("whole", 0),
        "html_kept": summary.markup.get("part", 0),
        "unused_columns": list(summary.unused),
        "absent_columns": list(summary.absent),
        "problems": problems_in(summary.problems),
        "stopped": summary.stopped,
    }


def _tell(session: Session, summary: "Summary", *, try_only: bool, foreseen: bool) -> None:
    """Say how a file was read, and what of it a person should look at; not again what they have `foreseen`."""
    terminal = session.terminal
    read_as = sentence("read as {form}; batch {batch}")
    if try_only:
        read_as = sentence("read as {form}; batch {batch} (dry run: nothing recorded)")
    terminal.say(tr(read_as, form=_form(summary), batch=summary.batch))
    if not foreseen:
        _say_not_read(session, summary)
    _say_markup(session, summary)
    if summary.unclassified:
        terminal.say(tr("{number} unclassified: afterservice list --unclassified", number=summary.unclassified))
    if summary.flagged:
        terminal.say(tr("{number} flagged: registered, less what was impossible in them", number=summary.flagged))
    said = [status for status in LEFT if status == "flagged" or not (summary.plan or foreseen)]
    # A plan has the others.
    rows = [left for left in summary.left if left.status in said]
    number = sum(summary.left_rows.get(status, 0) for status in said)
    for left in rows[:5]:
        terminal.say(
            tr("  line {line} {status}: {reason}", line=left.line, status=tr(LEFT[left.status]), reason=left.reason)
        )
    if number > 5:
        terminal.say(tr("  … {number} more", number=number - 5))
    if summary.rejects_file:
        terminal.say(tr("each with its reason in {file}", file=summary.rejects_file))
    for path in summary.cleared:
        terminal.say(tr("all rows of {file} are in now: it is gone", file=path))
    for path in summary.older:
        terminal.say(tr("{file} is of an earlier import: this one left no row", file=path))


def _say_markup(session: Session, summary: "Summary") -> None:
    """Say in how many new rows HTML stood, and what became of it."""
    read, kept = (summary.markup.get(how, 0) for how in ("whole", "part"))
    if read:
        session.terminal.say(
            tr_many("{count} row had HTML: read as plain text", "{count} rows had HTML: read as plain text", read)
        )
    if kept:
        said = sentence("{number} with signs of HTML among their words (<br>, &nbsp;): kept as they stand")
        session.terminal.say(tr(said, number=kept))


def _say_not_read(session: Session, summary: "Summary") -> None:
    """Say which sheets and columns of a file were not read, and which it lacks."""
    from afterservice_cli.intake.shown.planned import unused_line

    terminal = session.terminal
    if summary.other_sheets:
        terminal.say(tr("sheets not read: {sheets}; --sheet names one", sheets=listed(summary.other_sheets)))
    if summary.absent:
        terminal.say(tr("columns not in the file: those of {fields}", fields=listed(summary.absent)))
    if summary.unused:
        terminal.say(unused_line(summary.unused))


def _point_out(session: Session, summary: "Summary") -> None:
    """Say what new cases look like: how many of them, and of the first few how to settle it if they are recorded."""
    if not summary.suspect:
        return
    said = sentence("{number} look like a duplicate, vague or invalid")
    if summary.recorded:
        said = sentence("{number} look like a duplicate, vague or invalid: afterservice list --suspect")
    session.terminal.say(tr(said, number=summary.suspect))
    say = ways_to_settle if summary.recorded else likenesses
    lines = [line for one in summary.suspects for line in say(session, one.told.number, one.alike, one.doubts)]
    for line in lines[:FEW_LINES]:
        session.terminal.say(f"  {line}")


def _demand_attention(summary: "Summary", order: "ImportOrder", again: "Again") -> None:
    """Raise what tells a script that the file was not read to its end, or that rows are left to a person."""
    if summary.stopped:
        if order.try_only:
            raise Interrupted(tr("stopped: nothing is recorded"))
        if not summary.read:
            raise Interrupted(tr("interrupted; nothing was recorded"))
        raise Interrupted(tr("stopped: what was read is in the register"), hint=tr("the same command reads the rest"))
    if summary.counts["rejected"] or summary.counts["conflicts"]:
        if order.strict:
            raise BadInput(tr("nothing was recorded: some rows are left over, and --strict takes all or nothing"))
        raise PartlyDone(tr("some rows are left to you"), hint=_way_back(summary, again))


class Again(NamedTuple):
    """How a file is read, in words of the command line: by which profile, or what makes one of the file itself."""

    file: Path
    profile: Path | None
    asked: str
    received_at: str


def _asked(encoding: str | None, sheet: str | None, undated: str | None, dates: Sequence[str]) -> str:
    """Return how a file is to be read, in options of the command line."""
    given = [
        ("--encoding", encoding),
        ("--sheet", sheet),
        ("--undated", undated),
        *(("--dates", form) for form in dates),
    ]
    return "".join(f" {option} {quoted(value)}" for option, value in given if value)


def _way_back(summary: "Summary", again: Again) -> str:
    """Return the command that reads the rows that are left once they are right; "" if no file has them.

    Of a file without a profile the first half keeps one: the rows alone might be read in another way.
    """
    left = summary.rejects_file
    if left is None:
        return ""
    kept, profile = "", again.profile
    if profile is None:
        profile = left.with_suffix(".yaml")
        draft = f"afterservice import {quoted(again.file)}{again.asked}{again.received_at} --draft-profile"
        kept = f"{draft} > {quoted(profile)} && "
    rest = (f" --profile {quoted(profile)}" if profile else "") + again.received_at
    return tr(
        "put them right in {file}, then: {kept}afterservice import {file}{rest}",
        file=quoted(left),
        kept=kept,
        rest=rest,
    )


def _form(summary: "Summary") -> str:
    """Say what a file was read as; commas and headings in the first line go without saying."""
    parts = [summary.encoding] if summary.encoding else [tr("sheet '{sheet}'", sheet=summary.sheet)]
    if summary.kind:
        parts.insert(0, tr(MADE_TABLES[summary.kind]))
    if summary.delimiter in DELIMITED:
        parts.append(tr(DELIMITED[summary.delimiter]))
    if summary.heading_line > 1:
        said = sentence("headings in row {line}") if summary.sheet else sentence("headings in line {line}")
        parts.append(tr(said, line=summary.heading_line))
    return listed(parts)
