"""What the phrases of a rulebook are good for: on the desk's cases, or on a file of texts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from afterservice_cli.cases.fold import fold
from afterservice_cli.commands.rows import Layout, Rows, with_layout
from afterservice_cli.commands.rulebooks import RulesOption, rulebook_from
from afterservice_cli.errors import BadUsage
from afterservice_cli.language import tr, tr_many
from afterservice_cli.render.telling import Teller
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.store.reading import queries

if TYPE_CHECKING:
    from afterservice_cli.reports.rules.audit import Audit, Auditor, PhraseAudit


@with_layout
def audit(
    session: Session,
    rules: RulesOption = None,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", metavar="FILE", help="Texts in place of the desk's cases: a line each, or a table."),
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", metavar="NAME", help="The column of the table that has the texts.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every phrase; else a table leaves out those that are well, or never fired.")
    ] = False,
    *,
    layout: Layout,
) -> None:
    """Say what each phrase of the rules is good for: those that mislead, never decide or never occur come first.

    A phrase fired if it stood in a text, and led if it was part of what decided. It was right if people said the same,
    or worked the case through without another word, and wrong if they said otherwise. A sample fired if it was the one
    of its list that a text was most like.
    """
    from afterservice_cli.render.rules.audit import audit_columns
    from afterservice_cli.reports.rules.audit import Auditor

    if column is not None and texts is None:
        raise BadUsage(tr("--column is of the file that --texts names"))
    rulebook = session.rulebook if rules is None and texts is None else rulebook_from(session, rules)
    rows = Rows(session, layout, audit_columns(Teller(rulebook, session.terminal.language, session.now(rulebook.zone))))
    auditor = Auditor(rulebook)
    if texts is None:
        _read_cases(session, auditor, rulebook)
    else:
        _read_texts(auditor, texts, column)
    found = auditor.result()
    if line := _lines(session, rules):
        found = found.but(phrases=[each.but(line=line(each.place, each.phrase) or None) for each in found.phrases])
    shown = [each for each in found.phrases if every or rows.format != "table" or _telling(each)]
    rows.write(shown, lambda: _summary(found, len(shown)))


def _lines(session: Session, file: Path | None) -> "Callable[[str, str], str] | None":
    """Return what says in which line a phrase stands; None if the desk's file is not as it was adopted."""
    from afterservice_cli.workflows.founding import lines_of

    file = file or session.adopted_file
    return lines_of(file) if file else None


def _telling(each: "PhraseAudit") -> bool:
    """Tell whether a table has a phrase that was not asked for."""
    return each.verdict not in ("", "never_fired")


def _read_cases(session: Session, auditor: "Auditor", rulebook: Rulebook) -> None:
    """Show an auditor what each case of the desk tells of phrases."""
    from afterservice_cli.render.progress import RowProgress
    from afterservice_cli.reports.rules.audit import judged_case

    with session.desk.reading(much=True) as db, RowProgress() as progress:
        every = queries.count_cases(db)
        for number, events in enumerate(history.of_cases(db, None, None), 1):
            told = judged_case(fold(events), rulebook)
            if told is not None:
                auditor.add(told.text, told.facts, told.judged)
            progress(number, every)


def _read_texts(auditor: "Auditor", file: Path, column: str | None) -> None:
    from afterservice_cli.intake.tables.texts import texts_of

    for text in texts_of(file, column):
        auditor.add(text, {})


def _summary(found: "Audit", shown: int) -> str:
    """Say how many phrases and samples there are, on how many texts, and how many are left out."""
    counted, samples = _counted(found.phrases), found.samples
    said = [
        tr_many("{count} phrase", "{count} phrases", len(found.phrases) - samples),
        *([tr_many("{count} sample", "{count} samples", samples)] if samples else ()),
        tr_many("{count} text", "{count} texts", found.texts),
        tr("{misleading} misleading, {shadowed} shadowed, {led} never led, {fired} never fired", **counted),
    ]
    if shown < len(found.phrases):
        said.append(tr("the others: --all"))
    return tr("; ").join(said)


def _counted(phrases: "Sequence[PhraseAudit]") -> dict[str, int]:
    verdicts = [each.verdict for each in phrases]
    names = {"misleading": "misleading", "shadowed": "shadowed", "led": "never_led", "fired": "never_fired"}
    return {name: verdicts.count(verdict) for name, verdict in names.items()}
