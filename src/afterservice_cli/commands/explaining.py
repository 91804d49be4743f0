"""Explaining: how a case came to what it has."""

from afterservice_cli.commands.options import CaseArg, JsonOption
from afterservice_cli.render.cases.explained import explained_lines
from afterservice_cli.reports.cases.explained import explained
from afterservice_cli.session import Session
from afterservice_cli.store import history


def explain(session: Session, case: CaseArg, as_json: JsonOption = False) -> None:
    """Say why a case has its category, priority and owner, and how its deadlines and limits came about."""
    terminal = session.terminal
    desk = session.desk
    with desk.reading() as db:
        folded = history.load_case(db, desk.find(db, case))
    value = explained(folded, desk.rulebook_kept, desk.now, session.rulebook)
    if as_json:
        terminal.write_json(value)
    else:
        terminal.write_lines(explained_lines(value, session.screen))
