"""What every command prints of the case it has just changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from afterservice_cli import recording
from afterservice_cli.cases.case import Case
from afterservice_cli.language import sentence, tr
from afterservice_cli.moment import Decision
from afterservice_cli.recording import Outcome
from afterservice_cli.render import case as render
from afterservice_cli.render.labels import label, role_title
from afterservice_cli.reports.case import CaseView, PlanView, case_view
from afterservice_cli.session import Session
from afterservice_cli.store import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afterservice_cli.reports.messages import MessageView

# What comes next if no deadline says so.
NEXT = {
    "resolved": sentence("next: afterservice confirm {case} --yes, or --no"),
    "confirmed": sentence("next: afterservice rate {case} …, or close {case}"),
}


def act(
    session: Session,
    number: str,
    at: datetime | None,
    decision: Decision,
    *,
    via: str | None = None,
    as_json: bool,
) -> None:
    """Take a decision on a case and print the case as it is then; say so if nothing changed."""
    outcome = recording.act(session.desk, number, decision, at=at, via=via)
    show_change(session, outcome, as_json=as_json)
    if outcome.case.plan:
        _say_whose_approval(session, outcome.case)


def show_change(session: Session, outcome: Outcome, *, as_json: bool) -> None:
    """Print a case after a command that may have changed it."""
    if not outcome.events:
        session.terminal.say(tr("nothing changed"))
    show_decision(session, outcome, as_json=as_json)


def show_decision(session: Session, outcome: Outcome, *, as_json: bool, **more: object) -> None:
    """Print a case as it is now: what it was given and why, what is due when, and the messages that are to be sent.

    `more` are further values of the command's JSON.
    """
    terminal = session.terminal
    with session.desk.reading() as db:
        case = case_view(queries.one_case(db, outcome.case.number), session.desk.now)
    sent: Sequence[MessageView] = []
    if outcome.messages:
        from afterservice_cli.commands.delivery import print_messages, written

        sent = written(session, outcome)
    if as_json:
        terminal.write_json({**case.plain(), **more, "messages": sent})
        return
    rulebook, language = session.rulebook, terminal.language
    terminal.write("\n".join(render.decision_lines(case, rulebook, language)))
    if case.plan and case.status in ("open", "waiting"):
        _write_plan(session, case, case.plan)
    if sent:
        print_messages(session, sent)
    for target in render.unanswered(case):
        terminal.say(
            tr(
                "{target} never got its event and counts as missed",
                target=render.target_title(target, rulebook, language),
            )
        )
    if case.promised_at and case.status in ("open", "waiting"):
        terminal.say(tr("promised: {when}", when=render.local(case.promised_at, rulebook)))
    if way := NEXT.get(case.status):
        terminal.say(tr(way, case=case.case))
    due = render.next_deadline(case)
    if due:
        title = render.target_title(due.target, rulebook, language)
        note = {"missed": "overdue", "paused": "paused"}.get(due.verdict)
        when = render.local(due.due_at, rulebook)
        if note:
            terminal.say(tr("next: {what} {when}, {state}", what=title, when=when, state=label(note, language)))
        else:
            terminal.say(tr("next: {what} {when}", what=title, when=when))


def _write_plan(session: Session, case: CaseView, plan: PlanView) -> None:
    from afterservice_cli.render.plan import plan_lines

    session.terminal.write("\n".join(plan_lines(case, plan, {}, session.rulebook, session.terminal.language)))


def _say_whose_approval(session: Session, case: Case) -> None:
    from afterservice_cli.decisions.approvals import pending_approval

    rulebook, language = session.rulebook, session.terminal.language
    if role := pending_approval(case, rulebook):
        people = rulebook.holders(role, case.value("owner"), case.person)
        named = tr(", ").join(rulebook.title("person", person, language) for person in people)
        session.terminal.say(
            tr(
                "waits for the approval of {role}: {people}",
                role=role_title(role, rulebook, language),
                people=named,
            )
        )
