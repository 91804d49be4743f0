"""What every command prints of the case it has just changed."""

from typing import Any

from afterservice_cli.render import cases as render
from afterservice_cli.reports.cases import case_value
from afterservice_cli.session import Session
from afterservice_cli.store import queries


def value_of(session: Session, number: str) -> dict[str, Any]:
    """One case by its full number."""
    with session.desk.reading() as db:
        listed = queries.one_case(db, number)
    return case_value(listed.case, listed.deadlines, listed.texts, session.desk.now)


def show_decision(session: Session, number: str, *, as_json: bool, said: str = "") -> None:
    """Print a case as it is now: what it was given and why, and what is due when."""
    case = value_of(session, number)
    if as_json:
        session.write_json(case)
        return
    rulebook = session.rulebook
    if said:
        session.say(said)
    session.write("\n".join(render.decision_lines(case, rulebook, session.language)))
    due = render.next_deadline(case)
    if due:
        title = rulebook.title("target", due["target"], session.language)
        session.say(f"next: {title} {render.local(due['due_at'], rulebook)}")
