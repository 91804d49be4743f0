"""What the desk suggests for cases that nothing has classified; nothing more is loaded before anything was learnt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from afterservice_cli.cases.case import Case
from afterservice_cli.decisions.triage import check_unplaced
from afterservice_cli.errors import BadInput, NotFound
from afterservice_cli.language import listed, tr, tr_many
from afterservice_cli.reports.cases.case import CaseView
from afterservice_cli.reports.cases.suggested import Suggestion, Unplaced
from afterservice_cli.reports.rows import Listed
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.store.reading import queries

if TYPE_CHECKING:
    from afterservice_cli.workflows.learning import Suggesting


def suggesting(session: Session) -> Suggesting | None:
    """Return what suggests categories, by what the desk has learnt or by its rulebook's topics; None without both."""
    with session.desk.reading() as db:
        if not queries.learnt(db) and not session.rulebook.topics:
            return None
        from afterservice_cli.workflows.learning import Suggesting

        return Suggesting(db, session.rulebook)


def suggested(session: Session, case: Case) -> Sequence[Suggestion]:
    """Return what is suggested for a case; nothing unless it is open and nothing has classified it."""
    found = suggesting(session) if case.unplaced else None
    if found is None:
        return ()
    with session.desk.reading() as db:
        return found.explained(db, case.number, case.text())


def suggestion_lines(session: Session, number: str, found: Sequence[Suggestion]) -> Iterator[str]:
    """Yield what is suggested for a case, a line each with the past cases most like it, and how to choose."""
    if not found:
        return
    yield tr("no rule decides; suggested are:")
    for place, each in enumerate(found, 1):
        title = session.rulebook.title("category", each.category, session.terminal.language)
        called = title if title == each.category else f"{title} ({each.category})"
        if each.like:
            cases = listed(each.like)
            called = tr("{category} – like {cases}", category=called, cases=cases)
        yield f"  {place} {called}"
    yield tr("choose one: afterservice classify {case} --suggested 1", case=number)


def category_suggested(session: Session, reference: str, place: int) -> str:
    """Return the category that is suggested for a case in a place, from 1; `NotFound` if nothing was learnt."""
    with session.desk.reading() as db:
        case = history.load_case(db, session.desk.find(db, reference))
    check_unplaced(case)
    suggests = suggesting(session)
    if suggests is None:
        raise NotFound(tr("nothing was learnt yet, so nothing is suggested"), hint="afterservice rules learn")
    found = suggests.of(case.text())
    if place <= len(found):
        return found[place - 1]
    raise BadInput(
        tr_many(
            "only {count} category is suggested for {case}",
            "only {count} categories are suggested for {case}",
            len(found),
            case=case.number,
        )
        if found
        else tr("nothing is suggested for {case}", case=case.number),
        hint=tr('by hand: afterservice classify {case} --category … --reason "…"', case=case.number),
    )


def with_suggestions(suggests: Suggesting, listed: Listed, view: CaseView) -> Unplaced:
    """Return a case that nothing has classified with what is suggested for it."""
    text = f"{listed.texts.description or ''}\n{listed.texts.replies or ''}"
    return Unplaced(**view.__dict__, suggested=suggests.of(text))
