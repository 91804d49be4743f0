"""What every command prints of the case it has just changed."""

from typing import Any

from afterservice_cli.desk import Decision
from afterservice_cli.render import cases as render
from afterservice_cli.render import messages
from afterservice_cli.render.labels import label
from afterservice_cli.reports.cases import case_value, message_value
from afterservice_cli.session import Session
from afterservice_cli.store import queries


def value_of(session: Session, number: str) -> dict[str, Any]:
    """One case by its full number."""
    with session.desk.reading() as db:
        listed = queries.one_case(db, number)
    return case_value(listed.case, listed.deadlines, listed.texts, listed.attachments, session.desk.now)


def act(session: Session, number: str, decision: Decision, *, as_json: bool, **given: Any) -> None:
    """Take a decision on a case and print the case as it is then; say so where nothing changed."""
    case = session.desk.act(number, decision, **given)
    show_change(session, case.number, as_json=as_json)


def show_change(session: Session, number: str, *, as_json: bool) -> None:
    """Print a case after a command that may have changed it."""
    if not session.desk.recorded:
        session.say("nothing changed")
    show_decision(session, number, as_json=as_json)


def show_decision(session: Session, number: str, *, as_json: bool, **more: Any) -> None:
    """Print a case as it is now: what it was given and why, what is due when, and the messages that are to be sent.

    `more` are further values of the command's JSON.
    """
    case = value_of(session, number)
    written = [message_value(*message) for message in session.desk.messages]
    if session.outbox is not None:
        written = [{**message, "file": str(session.post(message))} for message in written]
    if as_json:
        session.write_json({**case, **more, "messages": written})
        return
    rulebook, language = session.rulebook, session.language
    session.write("\n".join(render.decision_lines(case, rulebook, language)))
    for message in written:
        session.write("\n".join(messages.message_lines(message, rulebook, language)))
    for target in render.unanswered(case):
        session.say(f"{render.target_title(target, rulebook, language)} never got its event and counts as missed")
    if case["promised_at"] and case["status"] in ("open", "waiting"):
        session.say(f"promised: {render.local(case['promised_at'], rulebook)}")
    due = render.next_deadline(case)
    if due:
        title = render.target_title(due["target"], rulebook, language)
        note = {"missed": "overdue", "paused": "paused"}.get(due["verdict"])
        state = f", {label(note, language)}" if note else ""
        session.say(f"next: {title} {render.local(due['due_at'], rulebook)}{state}")
