"""What every command prints of the case it has just changed."""

from typing import Any

from afterservice_cli.desk import Decision
from afterservice_cli.render import cases as render
from afterservice_cli.render.labels import label
from afterservice_cli.reports.cases import case_value
from afterservice_cli.session import Session
from afterservice_cli.store import queries


def value_of(session: Session, number: str) -> dict[str, Any]:
    """One case by its full number."""
    with session.desk.reading() as db:
        listed = queries.one_case(db, number)
    return case_value(listed.case, listed.deadlines, listed.texts, session.desk.now)


def act(session: Session, number: str, decision: Decision, *, as_json: bool, **given: Any) -> None:
    """Take a decision on a case and print the case as it is then; say so where nothing changed."""
    case = session.desk.act(number, decision, **given)
    show_change(session, case.number, as_json=as_json)


def show_change(session: Session, number: str, *, as_json: bool) -> None:
    """Print a case after a command that may have changed it."""
    if not session.desk.recorded:
        session.say("nothing changed")
    show_decision(session, number, as_json=as_json)


def show_decision(session: Session, number: str, *, as_json: bool) -> None:
    """Print a case as it is now: what it was given and why, and what is due when."""
    case = value_of(session, number)
    if as_json:
        session.write_json(case)
        return
    rulebook = session.rulebook
    session.write("\n".join(render.decision_lines(case, rulebook, session.language)))
    for target in render.unanswered(case):
        session.say(f"{rulebook.title('target', target, session.language)} never got its event and counts as missed")
    due = render.next_deadline(case)
    if due:
        title = rulebook.title("target", due["target"], session.language)
        overdue = f", {label('overdue', session.language)}" if due["verdict"] == "missed" else ""
        session.say(f"next: {title} {render.local(due['due_at'], rulebook)}{overdue}")
