"""A changed rulebook beside what is in force: in what they differ, and what it would have made of past cases."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from afterservice_cli.commands.filters import month_of
from afterservice_cli.commands.options import JsonOption, RulebookArg
from afterservice_cli.commands.rulebooks import rulebook_from
from afterservice_cli.language import tr
from afterservice_cli.render.conditions import Reader
from afterservice_cli.render.rules.rules import terminal_lines
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.store.reading import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afterservice_cli.figures.periods import Span
    from afterservice_cli.reports.rules.backtest import Backtest
    from afterservice_cli.reports.rules.differing import Difference

ADOPTED = "adopted"  # in place of a file, what is in force
NEWEST = 2000  # cases on which a rulebook is tried before it is adopted
PHRASES = 8  # of each list


def diff(
    session: Session,
    before: Annotated[
        Path | None, typer.Argument(metavar="[A]", help="A rulebook's file, or `adopted`: what is in force.")
    ] = None,
    after: Annotated[Path | None, typer.Argument(metavar="[B]", help="Another, or `adopted`.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say in what two rulebooks differ, in words: categories, phrases, priorities, owners, times, demands and more.

    One file is compared with what is in force; so is the desk's own, if none is named.
    """
    from afterservice_cli.reports.rules.differing import differences

    pair = (before, after) if before and after else (Path(ADOPTED), before or session.rules_file)
    old, new = (_rulebook(session, each) for each in pair)
    found = differences(old, new)
    if as_json:
        session.terminal.write_json(found)
    elif found:
        write_differences(session, old, new, found)
    else:
        session.terminal.say(tr("they say the same"))


def backtest(
    session: Session,
    file: RulebookArg = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="YYYY-MM", help="Only cases registered in that month or later.")
    ] = None,
    cases: Annotated[bool, typer.Option("--cases", help="Name the cases of each line, and tell every line.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what a rulebook's file would have made of the desk's past cases; nothing is recorded.

    What moves from where to where in category, priority, owner and fields, which deadlines would have been met or
    missed along the real course of each case, and what people corrected that it confirms or contradicts.
    """
    from afterservice_cli.render.rules.backtest import MOST, BacktestScreen, backtest_lines
    from afterservice_cli.workflows.founding import compile_file

    desk = session.open(for_rules=True)
    compiled, _ = compile_file(file or session.rules_file, desk.now.year)
    month = None if since is None else month_of(session, since, "--since")
    found = tried(session, compiled.rulebook, since=month, numbers=cases or as_json)
    if as_json:
        session.terminal.write_json(found)
        return
    terminal = session.terminal
    telling = BacktestScreen(
        compiled.rulebook, terminal.language, desk.rulebook, terminal.columns, None if cases else MOST, cases
    )
    terminal.write("\n".join(backtest_lines(found, telling)))


def tried(
    session: Session,
    rulebook: Rulebook,
    *,
    since: "Span | None" = None,
    newest: int | None = None,
    numbers: bool = False,
) -> "Backtest":
    """Return what a rulebook makes of the desk's cases: of all, of those since a month began, or of the newest.

    The numbers of the cases are kept if they are asked for.
    """
    from afterservice_cli.render.progress import RowProgress
    from afterservice_cli.reports.rules.backtest import Tried

    desk = session.desk
    begin = None if since is None else since.bounds(desk.rulebook.zone)[0]
    with desk.reading(much=True) as db, RowProgress() as progress:
        trial = Tried(rulebook, partial(desk.rulebook_of, db), desk.now, numbers=numbers)
        every = queries.count_cases(db)
        for count, events in enumerate(history.of_cases(db, begin, newest), 1):
            trial.add(events)
            progress(count, newest or every)
    return trial.result(None if since is None else since.name)


def write_differences(session: Session, old: Rulebook, new: Rulebook, found: "Sequence[Difference]") -> None:
    """Write in what two rulebooks differ to standard output."""
    from afterservice_cli.render.rules.differing import Readers, difference_lines

    terminal = session.terminal
    readers = Readers(*(Reader(each, terminal.language, PHRASES) for each in (old, new)))
    lines = list(terminal_lines(difference_lines(found, readers), terminal.columns))
    terminal.write("\n".join(lines[1:]))  # without the blank line before the first part


def write_trial(session: Session, new: Rulebook) -> None:
    """Write in short what a rulebook would have made of the desk's newest cases; nothing if it has none."""
    from afterservice_cli.render.rules.backtest import FEW, BacktestScreen, backtest_lines

    found, terminal = tried(session, new, newest=NEWEST), session.terminal
    if found.tried:
        telling = BacktestScreen(new, terminal.language, session.desk.rulebook, terminal.columns, FEW)
        terminal.write("\n".join(("", *backtest_lines(found, telling))))


def _rulebook(session: Session, file: Path) -> Rulebook:
    """Return the rulebook of a file, or the one in force."""
    if str(file) == ADOPTED:
        return session.open(for_rules=True).rulebook
    return rulebook_from(session, file)
