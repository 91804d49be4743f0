"""Triage: what a case is about, how urgent it is, whose it is – by the rules again, or by hand."""

from collections.abc import Callable
from typing import Annotated

import typer

from afterservice_cli.cases import triage
from afterservice_cli.cases.events import Event
from afterservice_cli.commands.asking import agree
from afterservice_cli.commands.options import (
    AtOption,
    CaseArg,
    JsonOption,
    ReasonOption,
    TextArg,
    WarrantyOption,
    YesOption,
    session_of,
)
from afterservice_cli.commands.show import act
from afterservice_cli.errors import BadInput
from afterservice_cli.session import Session
from afterservice_cli.store import queries

VisitOption = Annotated[
    str | None, typer.Option("--visit", metavar="ID", help="How it goes on: one of the rulebook's.")
]
MaybeCase = Annotated[
    str | None, typer.Argument(metavar="[CASE]", help="Without one: every open case that no rule has placed.")
]


def acknowledge(
    context: typer.Context,
    case: CaseArg,
    text: TextArg = None,
    promise: Annotated[
        str | None, typer.Option("--promise", metavar="TIME", help="When to expect an answer; else the deadline.")
    ] = None,
    channel: Annotated[str | None, typer.Option("--channel", "--via", help="If not the one it came in by.")] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record that the customer knows the case has come in, and by when to expect an answer."""
    session = session_of(context)
    act(
        session,
        case,
        triage.acknowledge,
        at=session.when(at),
        channel=channel,
        promised_at=session.until(promise, "--promise"),
        text=session.words(text),
        as_json=as_json,
    )


def assess(
    context: typer.Context,
    case: CaseArg,
    text: TextArg = None,
    known: Annotated[bool | None, typer.Option("--known/--new", help="Whether the problem is known.")] = None,
    like: Annotated[str | None, typer.Option("--like", metavar="CASE", help="The case it is known from.")] = None,
    visit: VisitOption = None,
    warranty: WarrantyOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record the initial check: a known problem, remote help or a visit, under warranty."""
    session = session_of(context)
    source = None
    if like:
        with session.desk.reading() as db:
            source = queries.find_case(db, like)
    act(
        session,
        case,
        triage.assess,
        at=session.when(at),
        known=known,
        known_from=source,
        visit=visit,
        warranty=warranty,
        text=session.words(text),
        as_json=as_json,
    )


def classify(
    context: typer.Context,
    case: MaybeCase = None,
    category: Annotated[str | None, typer.Option(help="The category, by hand.")] = None,
    priority: Annotated[str | None, typer.Option(help="The priority, by hand.")] = None,
    reason: ReasonOption = None,
    at: AtOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run the rules again, or correct category and priority by hand.

    The rules never overwrite what a person said. An owner that a rule gave follows the category.
    """
    session = session_of(context)
    if case is None:
        if category or priority:
            raise BadInput("a correction by hand needs its case", hint="afterservice classify CASE --category …")
        _all_unplaced(session, triage.classify, "Classify", yes=yes, as_json=as_json)
        return
    given = {"category": category, "priority": priority, "reason": session.words(reason)}
    act(session, case, triage.classify, at=session.when(at), as_json=as_json, **given)


def assign(
    context: typer.Context,
    case: MaybeCase = None,
    owner: Annotated[str | None, typer.Option("--owner", "--to", help="The owner, by hand.")] = None,
    collaborators: Annotated[
        list[str] | None, typer.Option("--with", metavar="OWNER", help="Who works along; may be repeated.")
    ] = None,
    reason: ReasonOption = None,
    at: AtOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give a case to whom the rules name, or to another owner by hand."""
    session = session_of(context)
    if case is None:
        if owner or collaborators:
            raise BadInput("an assignment by hand needs its case", hint="afterservice assign CASE --owner …")
        _all_unplaced(session, triage.assign, "Assign", yes=yes, as_json=as_json)
        return
    beside = tuple(collaborators) if collaborators else None
    given = {"owner": owner, "collaborators": beside, "reason": session.words(reason)}
    act(session, case, triage.assign, at=session.when(at), as_json=as_json, **given)


def _all_unplaced(
    session: Session, decision: Callable[..., list[Event]], verb: str, *, yes: bool, as_json: bool
) -> None:
    """Let the rules decide again on every open case that none has placed, all of them or none."""
    with session.desk.reading() as db:
        numbers = [listed.case["case_id"] for listed in queries.list_cases(db, {}, unclassified=True)]
    if numbers and not yes:
        if not session.interactive:
            raise BadInput(f"{len(numbers)} unclassified cases would be gone over", hint="add --yes")
        if not agree(f"{verb} {len(numbers)} unclassified cases by the rules?"):
            session.say("nothing changed")
            return
    changed = []
    with session.desk.writing() as writer:
        for number in numbers:
            if not writer.load(number).unplaced:
                continue  # somebody was faster
            recorded = session.desk.recorded
            writer.act(number, decision)
            if session.desk.recorded > recorded:
                changed.append(number)
    if as_json:
        session.write_json({"unclassified": len(numbers), "changed": changed})
    else:
        some = f": {', '.join(changed)}" if changed else ""
        session.write(f"{len(changed)} of {len(numbers)} unclassified cases changed{some}")
