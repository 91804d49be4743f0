"""Triage: what a case is about, how urgent it is, whose it is – by the rules again, or by hand."""

from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from afterservice_cli.cases.values import Assessment
from afterservice_cli.commands.asking import reason_for
from afterservice_cli.commands.bulk import BulkChange, act_on_several, check_choice
from afterservice_cli.commands.filters import wanted
from afterservice_cli.commands.options import (
    BRIEF,
    Answer,
    AtOption,
    ReasonOption,
    TextArg,
    WarrantyOption,
    WhereOption,
    YesOption,
    answering,
    yes_or_no,
)
from afterservice_cli.commands.outcome import act, deciding, show_change
from afterservice_cli.decisions import triage
from afterservice_cli.decisions.checks import team_and_person
from afterservice_cli.decisions.problems import assess_known
from afterservice_cli.errors import BadInput, BadUsage
from afterservice_cli.language import sentence, tr
from afterservice_cli.moment import Decision
from afterservice_cli.session import Session
from afterservice_cli.store.reading.filters import Filter
from afterservice_cli.store.reading.problems import load_problem
from afterservice_cli.workflows import recording

VisitOption = Annotated[
    str | None, typer.Option("--visit", metavar="ID", help="How it goes on: one of the rulebook's.")
]
MaybeCase = Annotated[
    str | None,
    typer.Argument(metavar="[CASE]", help="Without one and without --where: every open case that no rule has placed."),
]

BY_HAND = sentence('by hand: afterservice classify {case} --category … --reason "…"')


@deciding()
def acknowledge(
    session: Session,
    text: TextArg = None,
    promise: Annotated[
        str | None, typer.Option("--promise", metavar="TIME", help="When to expect an answer; else the deadline.")
    ] = None,
    channel: Annotated[str | None, typer.Option("--channel", "--via", help="If not the one it came in by.")] = None,
) -> Decision:
    """Record that the customer knows the case has come in, and by when to expect an answer."""
    return partial(
        triage.acknowledge,
        channel=channel,
        promised_at=session.until(promise, "--promise"),
        text=session.terminal.words(text),
    )


@deciding()
def assess(
    session: Session,
    text: TextArg = None,
    known: Annotated[
        str | None,
        typer.Option("--known", metavar="yes|no|PROBLEM", help="Whether the problem is known, or which one it is."),
    ] = None,
    like: Annotated[str | None, typer.Option("--like", metavar="CASE", help="The case it is known from.")] = None,
    visit: VisitOption = None,
    warranty: WarrantyOption = None,
) -> Decision:
    """Record the initial check: a known problem, remote help or a visit, under warranty."""
    source = problem = None
    named = known if known and any(sign.isdigit() for sign in known) else None
    if like or named:
        with session.desk.reading() as db:
            source = session.desk.find(db, like) if like else None
            problem = load_problem(db, named) if named else None
    found = Assessment(
        known=True if problem else yes_or_no(known, "--known"),
        known_from=source,
        visit=visit,
        warranty=yes_or_no(warranty, "--warranty"),
    )
    return partial(assess_known, found=found, problem=problem, text=session.terminal.words(text))


@answering
def classify(
    session: Session,
    case: MaybeCase = None,
    category: Annotated[str | None, typer.Option(help="The category, by hand.")] = None,
    priority: Annotated[str | None, typer.Option(help="The priority, by hand.")] = None,
    suggested: Annotated[
        int | None,
        typer.Option("--suggested", metavar="1|2|3", min=1, max=3, help="Take this of the categories suggested."),
    ] = None,
    reason: ReasonOption = None,
    where: WhereOption = None,
    at: AtOption = None,
    yes: YesOption = False,
    answer: Answer = BRIEF,
) -> None:
    """Run the rules again, or correct category and priority by hand.

    The rules never overwrite what a person said. An owner that a rule gave follows the category.
    """
    check_choice(case, where)
    if suggested:
        decision = _chosen(session, case, suggested, session.terminal.words(reason), bool(category or priority))
        act(session, case or "", session.when(at), decision, answer=answer)
        return
    if case is None and not where and (category or priority):
        raise BadInput(tr("a correction by hand needs its case"), hint=tr("afterservice classify … --category …"))
    happened, given = session.when(at), {"category": category, "priority": priority}

    def check() -> None:
        for field, value in given.items():
            if value:
                session.rulebook.known(field, value)

    why = reason_for(session, reason, case, needed=any(given.values()), check=check)
    decision = partial(triage.classify, category=category, priority=priority, reason=why)
    if case is not None and not any(given.values()):
        _by_the_rules(session, case, happened, decision, answer)
        return
    _one_or_several(session, BulkChange(decision, sentence("classify them?"), happened, yes, answer), case, where)


@answering
def assign(
    session: Session,
    case: MaybeCase = None,
    owner: Annotated[
        str | None, typer.Option("--to", "--owner", help="The new owner, by hand: a team, or TEAM/PERSON.")
    ] = None,
    collaborators: Annotated[
        list[str] | None, typer.Option("--with", metavar="OWNER", help="Who works along; may be repeated.")
    ] = None,
    reason: ReasonOption = None,
    where: WhereOption = None,
    at: AtOption = None,
    yes: YesOption = False,
    answer: Answer = BRIEF,
) -> None:
    """Give cases to whom the rules name, or to another owner by hand."""
    check_choice(case, where)
    if case is None and not where and (owner or collaborators):
        raise BadInput(tr("an assignment by hand needs its case"), hint=tr("afterservice assign CASE --to …"))
    beside = tuple(collaborators) if collaborators else None
    happened = session.when(at)

    def check() -> None:
        if owner:
            team_and_person(session.rulebook, owner)
        for name in beside or ():
            session.rulebook.known("owner", name)

    why = reason_for(session, reason, case, needed=bool(owner or collaborators), check=check)
    decision = partial(triage.assign, owner=owner, collaborators=beside, reason=why)
    _one_or_several(session, BulkChange(decision, sentence("assign them?"), happened, yes, answer), case, where)


def _chosen(session: Session, case: str | None, place: int, reason: str | None, also_by_hand: bool) -> Decision:
    """Return the decision to take the category that is suggested for a case in a place."""
    from afterservice_cli.commands.suggested import category_suggested

    if case is None:
        raise BadInput(tr("what is suggested is chosen case by case"), hint="afterservice list --unclassified")
    if also_by_hand:
        raise BadUsage(tr("--suggested names a category by itself – leave --category and --priority out"))
    category = category_suggested(session, case, place)
    return partial(triage.choose, category=category, suggested=place, reason=reason)


def _by_the_rules(session: Session, case: str, at: datetime | None, decision: Decision, answer: Answer) -> None:
    """Run the rules over a case again; if that changes nothing, say how a person classifies it."""
    from afterservice_cli.commands.suggested import suggested, suggestion_lines

    outcome = recording.act(session.desk, case, decision, at=at)
    show_change(session, outcome, answer=answer)
    if outcome.events:
        return
    number = outcome.case.number
    for line in suggestion_lines(session, number, suggested(session, outcome.case)):
        session.terminal.say(line)
    session.terminal.say(tr(BY_HAND, case=number))


def _one_or_several(session: Session, change: BulkChange, case: str | None, where: list[str] | None) -> None:
    """Decide on the case named, on those that `where` chooses, or on every open one that no rule has placed."""
    if case is not None:
        act(session, case, change.at, change.decision, answer=change.answer)
    elif where:
        act_on_several(session, change, wanted(session, {}, where))
    else:
        act_on_several(session, change, Filter(unclassified=True), named="unclassified")
