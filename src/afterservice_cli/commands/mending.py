"""Mending: wrong facts put right, events booked by mistake taken back."""

from functools import partial
from typing import Annotated

import typer

from afterservice_cli.commands.asking import reason_for
from afterservice_cli.commands.fields import facts_of
from afterservice_cli.commands.options import BRIEF, Answer, AtOption, CaseArg, answering
from afterservice_cli.commands.outcome import deciding, show_change
from afterservice_cli.decisions import mending
from afterservice_cli.decisions.checks import split_facts
from afterservice_cli.language import sentence
from afterservice_cli.moment import Decision
from afterservice_cli.session import Session
from afterservice_cli.workflows.recording import writing


@answering
def amend(
    session: Session,
    case: CaseArg,
    assignments: Annotated[
        list[str], typer.Option("--set", metavar="FIELD=VALUE", help="A field and its right value; - reads stdin.")
    ],
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why it was wrong.")] = None,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Put facts about a case right; an empty value takes one away. The rules are not run again: see classify."""
    facts: dict[str, str | None] = {}
    rulebook, now = session.rulebook, session.desk.now
    for name, value in facts_of(assignments, session.screen, now, "--set", "product=X-2000").items():
        read = session.terminal.words(value)
        facts[name] = read if read.strip() else None
    happened, question = session.when(at), sentence("Why it was wrong")
    why = reason_for(session, reason, case, question=question, check=lambda: split_facts(rulebook, facts, now)) or ""
    with writing(session.desk) as writer:
        number = writer.find(case)
        customer = writer.customer_of(facts.get("contact"))
        decision = partial(mending.amend, facts=facts, reason=why, customer=customer)
        outcome = writer.act(number, decision, at=happened)
    show_change(session, outcome, answer=answer)


@deciding()
def retract(
    session: Session,
    seq: Annotated[int, typer.Argument(metavar="SEQ", help="The event's number, as `show` lists it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it was booked by mistake.")],
) -> Decision:
    """Take back an event booked by mistake: it stays in the history, the case goes on without it."""
    return partial(mending.retract, seq=seq, reason=session.terminal.words(reason))
