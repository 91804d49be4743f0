"""Phrases that a desk's corrected cases propose for its rulebook, as a change of the file for a person to accept."""

from collections.abc import Iterable, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.options import JsonOption, RulebookArg
from afterservice_cli.errors import BadInput, BadUsage, NotFound, Refused, quoted, typed
from afterservice_cli.files.input_file import check_folder_of, content_of
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.telling import Teller
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.store.learning import last_erasure
from afterservice_cli.store.reading import queries

if TYPE_CHECKING:
    from afterservice_cli.reports.rules.proposals import Proposals, Proposer, Stood

NEWEST = 20_000  # cases that are read


def suggest(
    session: Session,
    file: RulebookArg = None,
    only: Annotated[str | None, typer.Option("--only", metavar="NUMBERS", help="These of the proposals: 1,3.")] = None,
    cases: Annotated[
        int | None, typer.Option("--cases", metavar="NUMBER", help="The cases in which this proposal stands.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Print the change of the file.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="NEWFILE",
            help="Write the changed file; one that is there is replaced.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Propose phrases from the cases that people put right: what each would fix and break; nothing is changed by it.

    What is found in one half of the cases is tried on the other. A phrase is proposed if at least three customers wrote
    it; none has a digit or a name. Below 20 cases that the rules missed it refuses.
    """
    from afterservice_cli.workflows.founding import compile_file

    if sum((cases is not None, diff, output is not None)) > 1 or (as_json and (diff or output)):
        raise BadUsage(tr("choose one of --cases, --diff, --output and --json"))
    desk = session.open(for_rules=True)
    path = file or session.rules_file
    if output is not None:
        check_folder_of(output)
    compiled, _ = compile_file(path, desk.now.year)
    proposer, found = _proposed(session, compiled.rulebook)
    numbers = list(range(1, len(found.proposals) + 1))
    if only is not None:
        numbers = _numbers(only, len(numbers))
        found = proposer.only(found, numbers)
    if cases is not None:
        if cases not in numbers:
            raise _no_proposal(str(cases), len(numbers))
        rows = proposer.stood(found.proposals[numbers.index(cases)])
        _write_cases(session, compiled.rulebook, rows, as_json=as_json)
    elif as_json:
        session.terminal.write_json(found)
    elif not found.proposals:
        session.terminal.say(tr("no phrase would put more right than it spoils"))
    elif diff or output:
        _write_change(session, path, compiled.rulebook, found, output)
    else:
        _write_table(session, compiled.rulebook, found, numbers)


def _proposed(session: Session, rulebook: Rulebook) -> "tuple[Proposer, Proposals]":
    """Return what the desk's newest cases propose; `Refused` if people put too few right."""
    from afterservice_cli.render.progress import RowProgress
    from afterservice_cli.reports.rules.proposals import ENOUGH, Proposer

    while True:
        proposer = Proposer(rulebook)
        with session.desk.reading(much=True) as db, RowProgress() as progress:
            erased, every = last_erasure(db), min(NEWEST, queries.count_cases(db))
            for number, events in enumerate(history.of_cases(db, None, NEWEST), 1):
                proposer.add(fold(events))
                progress(number, every)
        if proposer.missed < ENOUGH:
            raise Refused(
                tr_many(
                    "too little is known to propose phrases: people put right {count} case, {more} more are needed",
                    "too little is known to propose phrases: people put right {count} cases, {more} more are needed",
                    proposer.missed,
                    more=ENOUGH - proposer.missed,
                ),
                hint="afterservice list --unclassified",
                rule="learning",
            )
        found = proposer.result()
        with session.desk.reading() as db:
            if last_erasure(db) == erased:  # else something of what was read is erased
                return proposer, found


def _numbers(text: str, most: int) -> list[int]:
    """Return the numbers of proposals that a person wrote, each once; `BadInput` for what is none."""
    found = [word.strip() for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip()]
    wrong = [word for word in found if not word.isdecimal() or not 1 <= int(word) <= most]
    if wrong or not found:
        raise _no_proposal(wrong[0] if wrong else text, most)
    return list(dict.fromkeys(map(int, found)))


def _no_proposal(text: str, most: int) -> BadInput | NotFound:
    """Return what to say of a number that no proposal has."""
    if not most:
        return NotFound(tr("no phrase would put more right than it spoils"))
    return BadInput(
        tr("there is no proposal '{number}' – write a number from 1 to {most}", number=typed(text), most=most)
    )


def _write_table(session: Session, rulebook: Rulebook, found: "Proposals", numbers: Sequence[int]) -> None:
    from afterservice_cli.render.rules.proposals import proposal_columns

    terminal = session.terminal
    columns = proposal_columns(Teller(rulebook, terminal.language, session.desk.now))
    terminal.write_rows(list(zip(numbers, found.proposals, strict=True)), columns, format=None)
    _say_together(session, found)
    terminal.say(tr("fixes and breaks: in the half of the cases in which it was found + in the other"))
    terminal.say(tr("as a change of the file: --diff, or -o NEWFILE; the cases of one: --cases 1"))


def _say_together(session: Session, found: "Proposals") -> None:
    whole = found.together
    session.terminal.say(
        tr(
            "of {judged} cases that people or files placed the rules have {before} right, with this {after}: "
            "{fixed} fixed, {broken} broken; {moved} others move",
            judged=found.judged,
            before=whole.before,
            after=whole.after,
            fixed=len(whole.fixed),
            broken=len(whole.broken),
            moved=len(whole.moved),
        )
    )


def _write_cases(session: Session, rulebook: Rulebook, rows: "Sequence[Stood]", *, as_json: bool) -> None:
    from afterservice_cli.render.rules.proposals import stood_columns

    terminal = session.terminal
    columns = stood_columns(Teller(rulebook, terminal.language, session.desk.now))
    terminal.write_rows(rows, columns, format="json" if as_json else None)


def _write_change(session: Session, path: Path, rulebook: Rulebook, found: "Proposals", output: Path | None) -> None:
    """Print how the file changes, or write it changed; `Refused` if its layout does not let phrases in."""
    from afterservice_cli.files.whole_file import write_whole
    from afterservice_cli.rulebook.document.inserting import with_phrases_in
    from afterservice_cli.workflows.founding import whole_of

    old = content_of(path)
    new = with_phrases_in(old, str(path), found.phrases)
    _check_change(session, path, new, rulebook, found)
    terminal = session.terminal
    if output is None:
        terminal.write("".join(_diff(old, new, path)).removesuffix("\n"))
        _say_together(session, found)
        return
    if output.absolute().parent.resolve() != path.absolute().parent.resolve():
        new = whole_of(path, new)  # what it includes stays behind
    write_whole(output, new)
    terminal.say(
        tr_many(
            "{file} written, with {count} further phrase",
            "{file} written, with {count} further phrases",
            len(found.proposals),
            file=output,
        )
    )
    _say_together(session, found)
    terminal.say(tr("try it: afterservice rules backtest {file}", file=quoted(output)))


def _check_change(session: Session, path: Path, new: bytes, rulebook: Rulebook, found: "Proposals") -> None:
    """Refuse a change that says anything else than was proposed."""
    from afterservice_cli.reports.rules.differing import differences
    from afterservice_cli.reports.rules.proposals import with_phrases
    from afterservice_cli.workflows.founding import compile_changed

    changed = compile_changed(path, new, session.desk.now.year)
    if differences(with_phrases(rulebook, found.phrases), changed):
        raise Refused(
            tr("{path} is laid out in a way that phrases cannot be put into – add them by hand", path=path),
            hint="afterservice rules suggest --json",
        )


def _diff(old: bytes, new: bytes, path: Path) -> Iterable[str]:
    before, after = (data.decode().splitlines(keepends=True) for data in (old, new))
    return unified_diff(before, after, str(path), str(path))
