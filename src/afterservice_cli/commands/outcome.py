"""What every command prints of the case it has just changed."""

from collections.abc import Sequence
from datetime import datetime

from afterservice_cli import recording
from afterservice_cli.decisions.approvals import pending_approval
from afterservice_cli.moment import Decision
from afterservice_cli.outbox import Outbox
from afterservice_cli.recording import Outcome
from afterservice_cli.render import case as render
from afterservice_cli.render import messages
from afterservice_cli.render.labels import label, role_title
from afterservice_cli.render.plan import plan_lines
from afterservice_cli.reports.case import case_view
from afterservice_cli.reports.messages import MessageView, message_view
from afterservice_cli.session import Session
from afterservice_cli.store import queries

# What comes next if no deadline says so.
NEXT = {"resolved": "afterservice confirm {} --yes, or --no", "confirmed": "afterservice rate {0} …, or close {0}"}


def act(session: Session, number: str, at: datetime | None, decision: Decision, *, as_json: bool) -> None:
    """Take a decision on a case and print the case as it is then; say so if nothing changed."""
    terminal = session.terminal
    outcome = recording.act(session.desk, number, decision, at=at)
    show_change(session, outcome, as_json=as_json)
    case = outcome.case
    if role := pending_approval(case, session.rulebook):
        people = session.rulebook.holders(role, case.value("owner"), case.person)
        named = ", ".join(session.rulebook.title("person", person, terminal.language) for person in people)
        terminal.say(f"waits for the approval of {role_title(role, session.rulebook, terminal.language)}: {named}")


def show_change(session: Session, outcome: Outcome, *, as_json: bool) -> None:
    """Print a case after a command that may have changed it."""
    if not outcome.events:
        session.terminal.say("nothing changed")
    show_decision(session, outcome, as_json=as_json)


def deliver(session: Session, outcomes: Sequence[Outcome], *, quiet: bool = False) -> list[MessageView]:
    """Print the messages that a change of several cases made, or put them into the outbox; `quiet` prints none."""
    written = [message for outcome in outcomes for message in _written(session, outcome)]
    if not quiet:
        _write(session, written)
    return written


def _written(session: Session, outcome: Outcome) -> list[MessageView]:
    """Return the messages to be sent of a case, each put into the outbox if there is one."""
    written = [message_view(outcome.case, message) for message in outcome.messages]
    if session.outbox is None:
        return written
    return [message.but(file=_posted(session, session.outbox, message)) for message in written]


def _posted(session: Session, outbox: Outbox, message: MessageView) -> str | None:
    """Return the file of a message; None if it cannot be written, so that it is printed: what was recorded stays."""
    text = messages.message_file(message, session.rulebook)
    try:
        return str(outbox.post(f"{message.case}-{message.template}", text, session.desk.now))
    except OSError as error:
        session.terminal.say(f"{message.case} is recorded; its message cannot be put into the outbox: {error.strerror}")
        return None


def _write(session: Session, written: list[MessageView]) -> None:
    terminal = session.terminal
    for message in written:
        terminal.write("\n".join(messages.message_lines(message, session.rulebook, terminal.language)))
        if message.to == "customer" and not message.contact:
            terminal.say("the customer's contact is not known")


def show_decision(session: Session, outcome: Outcome, *, as_json: bool, **more: object) -> None:
    """Print a case as it is now: what it was given and why, what is due when, and the messages that are to be sent.

    `more` are further values of the command's JSON.
    """
    terminal = session.terminal
    with session.desk.reading() as db:
        case = case_view(queries.one_case(db, outcome.case.number), session.desk.now)
    written = _written(session, outcome)
    if as_json:
        terminal.write_json({**case.plain(), **more, "messages": written})
        return
    rulebook, language = session.rulebook, terminal.language
    terminal.write("\n".join(render.decision_lines(case, rulebook, language)))
    if case.plan and case.status in ("open", "waiting"):
        terminal.write("\n".join(plan_lines(case.plan, {}, rulebook, language)))
    _write(session, written)
    for target in render.unanswered(case):
        terminal.say(f"{render.target_title(target, rulebook, language)} never got its event and counts as missed")
    if case.promised_at and case.status in ("open", "waiting"):
        terminal.say(f"promised: {render.local(case.promised_at, rulebook)}")
    if way := NEXT.get(case.status):
        terminal.say(f"next: {way.format(case.case)}")
    due = render.next_deadline(case)
    if due:
        title = render.target_title(due.target, rulebook, language)
        note = {"missed": "overdue", "paused": "paused"}.get(due.verdict)
        state = f", {label(note, language)}" if note else ""
        terminal.say(f"next: {title} {render.local(due.due_at, rulebook)}{state}")
