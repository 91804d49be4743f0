"""Screening: cases that are none, cases that say too little, and cases that were told before."""

from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.intake import CaseMerged
from afterservice_cli.commands.asking import choice_for, reason_for
from afterservice_cli.commands.options import BRIEF, Answer, AtOption, CaseArg, ReasonOption, answering
from afterservice_cli.commands.outcome import deciding, show_change
from afterservice_cli.decisions import mending, screening
from afterservice_cli.errors import BadUsage, NotFound
from afterservice_cli.language import LANGUAGES, tr
from afterservice_cli.moment import Decision
from afterservice_cli.render.cases.history import word_label
from afterservice_cli.render.labels import label
from afterservice_cli.session import Session
from afterservice_cli.store import history
from afterservice_cli.time.instants import to_minute_text
from afterservice_cli.workflows.recording import writing


@deciding()
def screen(
    session: Session,
    case: CaseArg,
    valid: Annotated[bool, typer.Option("--valid", help="It is a case, and says enough.")] = False,
    vague: Annotated[bool, typer.Option("--vague", help="It says too little; it waits for the customer.")] = False,
    invalid: Annotated[
        str | None, typer.Option("--invalid", metavar="GROUND", help="It is none, on a ground of the rulebook.")
    ] = None,
    reason: ReasonOption = None,
) -> Decision:
    """Look whether a case is one: valid, too vague to go on with, or invalid, which takes it out."""
    if not (valid or vague) and invalid is None and (found := _found(session, case)):
        valid, vague = found == "valid", found == "vague"
        invalid = None if valid or vague else found
    if valid + vague + (invalid is not None) != 1:
        raise BadUsage(tr("what is the case? – add --valid, --vague or --invalid GROUND"))
    return partial(
        screening.screen,
        outcome="valid" if valid else "vague" if vague else "invalid",
        ground=invalid,
        reason=session.terminal.words(reason),
    )


def _found(session: Session, case: str) -> str:
    """Return what a person at the terminal finds of a case: valid, vague, or a ground on which it is none."""
    words = [(word, {language: label(word, language) for language in LANGUAGES}) for word in ("valid", "vague")]
    return choice_for(session, {"case": case}, tr("What is the case"), [*words, *session.rulebook.choices("ground")])


@answering
def link(
    session: Session,
    case: CaseArg,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other case.")],
    relation: Annotated[
        str, typer.Option("--relation", metavar="RELATION", help="related, duplicate or follows.")
    ] = screening.RELATIONS[0],
    reason: ReasonOption = None,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Note that a case has to do with another one; `retract` takes the link back."""
    why, happened = session.terminal.words(reason), session.when(at)
    with writing(session.desk) as writer:
        number, second = map(writer.find, (case, other))
        decision = partial(screening.link, other=second, relation=relation, reason=why)
        outcome = writer.act(number, decision, at=happened)
    show_change(session, outcome, answer=answer)


@answering
def merge(
    session: Session,
    case: CaseArg,
    into: Annotated[str | None, typer.Argument(metavar="[INTO]", help="The case that goes on.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="How one can tell.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the merger back: they were two after all.")] = False,
    at: AtOption = None,
    answer: Answer = BRIEF,
) -> None:
    """Let a case that was told twice go on as the other one; what it still owed is void."""
    if undo == (into is not None):
        raise BadUsage(tr("merge takes the case that goes on, or --undo – give one of them"))
    happened = session.when(at)
    why = reason_for(session, reason, case, check=lambda: _check_merger(session, case, into, happened)) or ""
    with writing(session.desk) as writer:
        number = writer.find(case)
        target = writer.load(writer.find(into)) if into else None
        if target is None:
            decision: Decision = partial(mending.retract, seq=_merger(writer.load(number)), reason=why)
        else:
            decision = partial(screening.merge, into=target, reason=why)
        outcome = writer.act(number, decision, at=happened)
        counted = writer.load(target.number).events[target.version :] if target else ()
    show_change(session, outcome, answer=answer)
    if target:
        for recorded in counted:
            when = to_minute_text(recorded.event.at, session.rulebook.zone)
            session.terminal.say(
                tr(
                    "counts in {case}: {word} {when}",
                    case=target.number,
                    word=word_label(recorded.event.word, session.terminal.language),
                    when=when,
                )
            )


def _check_merger(session: Session, case: str, into: str | None, at: datetime | None) -> None:
    """Refuse what cannot be merged, or taken apart again."""
    with session.desk.reading() as db:
        one = history.load_case(db, session.desk.find(db, case))
        if into is None:
            _merger(one)
            return
        other = history.load_case(db, session.desk.find(db, into))
        screening.merge(one, session.desk.moment(db, at), into=other, reason="…")


def _merger(case: Case) -> int:
    """Return the number of the event by which a case was merged; `NotFound` if there is none."""
    found = [recorded.seq for recorded in case.standing if isinstance(recorded.event, CaseMerged)]
    if not found:
        raise NotFound(
            tr("{case} is merged into no other case", case=case.number), hint=f"afterservice show {case.number}"
        )
    return found[-1]
