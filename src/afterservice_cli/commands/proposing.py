"""A file without a profile: what it is taken for, shown to whoever imports it, and kept as a profile if they want."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from afterservice_cli.cases.case import Case
from afterservice_cli.commands.rows import teller
from afterservice_cli.errors import BadInput, BadUsage, Conflict, Interrupted, quoted
from afterservice_cli.files.whole_file import numbered, written_whole
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.importing import ImportOrder, Summary, import_file
from afterservice_cli.intake.proposals.drafting import profile_text
from afterservice_cli.intake.proposals.opening import propose_profile
from afterservice_cli.intake.proposals.proposal import ProposedProfile
from afterservice_cli.intake.reading.profile import UNDATED
from afterservice_cli.intake.shown.planned import plan_lines, unused_line, would_line
from afterservice_cli.intake.shown.proposed import became, became_columns, proposal_as_json, proposal_lines
from afterservice_cli.intake.tables.source import SourceFile
from afterservice_cli.language import listed, tr, tr_many
from afterservice_cli.session import Session

_NAMED = 5  # rows that are named


class ProfileOptions(Frozen):
    """By which profile a file is read, or how one is made of the file itself and what becomes of it.

    `quiet` if nobody reads along, `yes` if nobody is to be asked; `asked` is what else the command line says of how it
    is read.
    """

    profile: Path | None
    dates: tuple[str, ...]
    undated: str | None
    save: Path | None
    draft: bool
    quiet: bool
    yes: bool
    asked: str = ""


def check(options: ProfileOptions) -> None:
    """Refuse options that cannot be meant together."""
    if options.profile is not None and (options.save is not None or options.dates or options.undated or options.draft):
        raise BadUsage(tr("--save-profile, --draft-profile, --dates and --undated are for files without --profile"))
    if options.undated is not None and options.undated not in UNDATED:
        raise BadUsage(tr("--undated: {words}, not {given}", words=listed(UNDATED), given=options.undated))
    if options.save is not None and options.draft:
        raise BadUsage(tr("--draft-profile imports nothing – give one of --draft-profile and --save-profile"))


def profile_for(
    session: Session, source: SourceFile, options: ProfileOptions, order: ImportOrder
) -> Path | ProposedProfile | None:
    """Return the profile by which a file is read: the one given, else the one that the file suggests, which is shown.

    None if nothing is to be imported: a draft was asked for, or the person at the terminal says no. `BadInput` if the
    file leaves anything open.
    """
    if options.profile is not None:
        return options.profile
    dated = order.received is not None
    proposal = propose_profile(session.desk, source, order.asked, options.dates, options.undated, dated=dated)
    if options.undated:
        _say_unused(session, proposal)
    if options.draft:
        _draft(session, proposal, as_json=options.quiet)
        return None
    _demand_answers(proposal, _drafting(source.path, options))
    if options.save is not None and options.save.exists():
        raise Conflict(tr("{file} is there already", file=options.save), hint=tr("name another file"))
    if not options.quiet and not _agreed(session, source, proposal, order, options):
        return None
    if options.save is not None:
        with written_whole(options.save) as out:
            out.write(profile_text(proposal))
        session.terminal.say(tr("{file} written: how this file is read", file=options.save))
    return proposal


def keep_beside(session: Session, by: Path | ProposedProfile, left: Path) -> Path | None:
    """Keep how a file without a profile was read beside the rows that it left, and return where; None if it had one."""
    if isinstance(by, Path):
        return None
    text = profile_text(by)
    free = (path for path in numbered(left.with_suffix(".yaml")) if not path.exists() or _says(path, text))
    kept = next(free)
    if not kept.exists():
        with written_whole(kept) as out:
            out.write(text)
    session.terminal.say(tr("{file} written: how this file is read", file=kept))
    return kept


def _says(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def foreseen(session: Session, options: ProfileOptions, order: ImportOrder) -> bool:
    """Tell whether somebody saw what would come of every row before they agreed to it."""
    asked = session.terminal.interactive and not (order.try_only or options.yes)
    return asked and options.profile is None and not options.quiet


def show_cases(session: Session, options: ProfileOptions, order: ImportOrder, cases: Sequence[Case]) -> None:
    """Show what the first rows of a file without a profile became, unless it was shown before or nobody looks."""
    if options.profile is None and not options.quiet and not foreseen(session, options, order):
        _show(session, cases)


def as_json(by: Path | ProposedProfile) -> Mapping[str, object] | None:
    """Return how a file without a profile is read, as programs read it; None if it has one."""
    return None if isinstance(by, Path) else proposal_as_json(by)


def say_left_out(session: Session, summary: Summary) -> None:
    """Say which rows were left out that are no cases."""
    if not summary.left_out:
        return
    shown = [*map(str, summary.left_out[:_NAMED]), *(["…"] if len(summary.left_out) > _NAMED else [])]
    session.terminal.say(
        tr_many(
            "{count} row of headings, sums or below the table left out: line {lines}",
            "{count} rows of headings, sums or below the table left out: lines {lines}",
            len(summary.left_out),
            lines=listed(shown),
        )
    )


def _say_unused(session: Session, proposal: ProposedProfile) -> None:
    """Say that no status needs the time that was given for those without one."""
    if proposal.log:
        session.terminal.say(tr("--undated is not used: each row tells an event with its time"))
    elif proposal.states is None:
        session.terminal.say(tr("--undated is not used: no column says how far a case is, but that it is open"))


def _draft(session: Session, proposal: ProposedProfile, *, as_json: bool) -> None:
    """Write the profile that a file suggests to standard output, and say what is to be decided in it."""
    if as_json:
        session.terminal.write_json({"proposal": proposal_as_json(proposal)})
        return
    session.terminal.write(profile_text(proposal).rstrip("\n"))
    for question in proposal.questions:
        session.terminal.say(tr("to decide: {question}", question=question.message))


def _drafting(file: Path, options: ProfileOptions) -> str:
    """Return the command that drafts a profile of a file, which it reads as it was asked for."""
    return f"afterservice import {quoted(file)}{options.asked} --draft-profile"


def _demand_answers(proposal: ProposedProfile, draft: str) -> None:
    """Refuse a profile that leaves something open which only a person can say."""
    if proposal.questions:
        open_ones = "\n".join(f"- {question.message}" for question in proposal.questions)
        raise BadInput(
            tr("the file leaves open what a person has to say:\n{questions}", questions=open_ones),
            hint=tr("write it into a profile: {command} > profile.yaml", command=draft),
        )


def _agreed(
    session: Session, source: SourceFile, proposal: ProposedProfile, order: ImportOrder, options: ProfileOptions
) -> bool:
    """Say how the file is read, and ask the person who sits at the terminal, if any, whether to go on.

    They see what would come of it. If it is to be tried only, or agreed to already, nobody is asked; `Interrupted` if
    they leave before.
    """
    terminal = session.terminal
    terminal.say(tr("without a profile, the file is read so:"))
    for line in proposal_lines(proposal, session.rulebook):
        terminal.say(line)
    if order.try_only or options.yes or not terminal.interactive:
        return True
    from afterservice_cli.commands.prompts import agree
    from afterservice_cli.render.progress import RowProgress

    with RowProgress() as progress:
        would = import_file(session.desk, source, proposal, order.but(try_only=True, progress=progress))
    if would.stopped:
        raise Interrupted(tr("stopped: nothing is recorded"))
    _show(session, would.first)
    if would.plan:
        if would.read:
            terminal.say(would_line(would.read, would.counts))
        for line in plan_lines(would.plan, would.counts, session.rulebook):
            terminal.say(line)
    say_left_out(session, would)
    if would.other_sheets:
        terminal.say(tr("sheets not read: {sheets}; --sheet names one", sheets=listed(would.other_sheets)))
    if would.unused:
        terminal.say(unused_line(would.unused))
    if agree(session, tr_many("import {count} row?", "import {count} rows?", would.read)):
        return True
    draft = _drafting(source.path, options)
    terminal.say(tr("nothing was recorded; to change it: {command} > profile.yaml", command=draft))
    return False


def _show(session: Session, cases: Sequence[Case]) -> None:
    if cases:
        session.terminal.say(tr("the first rows as cases:"))
        session.terminal.say_rows(became(cases), became_columns(teller(session)))
