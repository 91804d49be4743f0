"""Everything that may happen to a case, found by taking every decision in every situation that is not like another."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache, partial
from typing import Any, NamedTuple

import rulebooks
from afterservice_cli import deadlines
from afterservice_cli.cases.case import ENDED, Case, Event, Recorded
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.handling import CaseResponded
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.cases.problems import ProblemState
from afterservice_cli.cases.values import Appraisal, Assessment, Source
from afterservice_cli.decisions import (
    closing,
    erasing,
    escalation,
    handling,
    imported,
    intake,
    mending,
    messages,
    opening,
    planning,
    problems,
    screening,
    tasks,
    triage,
    twins,
)
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import Problem
from afterservice_cli.moment import Decision, Moment
from afterservice_cli.rulebook.vocabulary import OVERALL
from given import RECEIVED, came_in, history

BOOK = rulebooks.rulebook("whole")
DAY = timedelta(days=1)
# Told twice, and the customer was answered there.
ANSWERED = fold(
    history(came_in("it rattles", rulebook=BOOK), CaseResponded(RECEIVED + timedelta(minutes=1), None), rulebook=BOOK)
).but(number="202610-003")
PROBLEM = ProblemState("P2026-001", "P2026", 1, 1, "batch", {}, "tech", RECEIVED, None, None, "", "")
ACTORS = ("zhao", "qian", "han")  # who heads the team, who stands in, who is above; ann has no role

MOVING = frozenset(
    ("screened", "paused", "resumed", "resolved", "confirmed", "closed", "reopened", "withdrawn", "merged")
)


class Happening(NamedTuple):
    """One event as it was found: what gave it, and the case before and after it."""

    command: str
    event: Event
    before: Case
    after: Case


def plan_state(case: Case) -> str:
    """Where the plan of a case stands."""
    plan = case.plan
    if plan is None:
        return "none"
    if plan.declined:
        return "declined"
    if plan.agreed is False:
        return "refused"
    if plan.tasks and all(case.done_task(task.name) for task in plan.tasks):
        return "carried_out"
    return "agreed" if plan.agreed else "approved" if plan.approved else "proposed"


def trials(case: Case, at: Any) -> Iterator[tuple[str, Decision]]:
    """Every command with its decision and simple arguments."""
    other = case.but(number="202610-002", status="open")
    yield "screen --valid", partial(screening.screen, outcome="valid")
    yield "screen --vague", partial(screening.screen, outcome="vague")
    yield "screen --invalid", partial(screening.screen, outcome="invalid", ground="advertising")
    yield "link", partial(screening.link, other=other.number, relation="related")
    yield "merge", partial(screening.merge, into=other, reason="told twice")
    if case.status not in ENDED:
        yield "merge", partial(twins.counting, twin=ANSWERED)
    file = intake.StoredFile("0" * 64, 1, "a.jpg")
    yield "attach", partial(intake.attach, files=[file])
    yield "acknowledge", triage.acknowledge
    yield "assess", partial(problems.assess_known, found=Assessment(visit="remote"), problem=PROBLEM)
    yield "problem add", partial(problems.gather, problem=PROBLEM)
    category = "other" if case.value("category") == "product" else "product"
    yield "classify", partial(triage.classify, category=category, reason="read again")
    yield "assign", partial(triage.assign, owner="pay" if case.value("owner") == "tech" else "tech", reason="theirs")
    yield "respond", handling.respond
    yield "note", partial(handling.note, text="a note")
    yield "note --from-customer", partial(handling.reply, text="it is broken")
    yield "pause", partial(handling.pause, ground="parts")
    yield "resume", handling.resume
    yield "investigate", handling.investigate
    yield "appraise", partial(handling.appraise, found=Appraisal(cause="bug"))
    yield "propose", partial(planning.propose, proposal=Proposal("refund", gives={"money": "1200"}))
    yield "propose", partial(planning.propose, proposal=Proposal("exchange"))
    yield "propose", partial(planning.propose, proposal=Proposal("explained"))
    yield "approve", planning.approve
    yield "decline", partial(planning.decline, reason="too much")
    yield "agree --yes", partial(planning.agree, agreed=True)
    yield "agree --no", partial(planning.agree, agreed=False)
    for task in case.open_tasks:
        yield "task", partial(tasks.task, name=task.spec.name)
    yield "delay", partial(handling.delay, to=at + 3000 * DAY, reason="a part is missing")
    yield "escalate", _late_on
    yield "resolve", partial(closing.resolve, resolution="mended")
    yield "confirm --yes", partial(closing.confirm, satisfied=True)
    yield "confirm --no", partial(closing.confirm, satisfied=False)
    yield "rate", partial(closing.rate, scores={OVERALL: 5})
    yield "rate", partial(closing.rate, scores={OVERALL: 1})
    yield "close", closing.close
    yield "close --silent", closing.close_silently
    yield "close --resolution", partial(closing.close, resolution="mended")
    yield "close --confirmed", partial(closing.close, confirmed=True)
    yield "close --rating", partial(closing.close, scores={OVERALL: 5})
    yield "reopen", partial(closing.reopen, reason="again")
    yield "withdraw", partial(closing.withdraw, reason="it was mine")
    yield "erase", _erased_later
    yield "archive", _erased_later
    product = "X" if case.product != "X" else "Y"
    yield "amend", partial(mending.amend, facts={"product": product}, reason="misheard")
    source = Source("shop", "b", "i", "d")
    yield "import", partial(mending.amended, facts={"product": product}, source=source, reason="told by a file")
    for recorded in case.standing:
        command = "merge --undo" if recorded.event.WORD == "merged" else "retract"
        yield command, partial(mending.retract, seq=recorded.seq, reason="a mistake")
    for word in imported.WORDS:
        beside = "parts" if word == "paused" else None
        yield "import", partial(imported.retell, word=word, text="told by a file", score=4, beside=beside)


def _late_on(case: Case, moment: Moment) -> list[Event]:
    """What `escalate` does when everything that still runs has been missed."""
    return escalation.escalate(case, moment.but(now=moment.now + 1000 * DAY))


def _erased_later(case: Case, moment: Moment) -> list[Event]:
    """What `erase` does when nothing keeps the case any longer."""
    return erasing.erase(case, moment.but(now=moment.now + 1000 * DAY), ground=erasing.ASKED)


def _steps(case: Case) -> Iterator[tuple[Case, list[Happening]]]:
    """What each decision makes of a case, for the first of the actors who may take it."""
    now = RECEIVED + timedelta(minutes=len(case.events))
    for command, decision in trials(case, now):
        for actor in ("ann", *ACTORS):
            moment = Moment(now, now, actor, BOOK)
            try:
                made = opening.with_tasks(case, deadlines.begun(case, decision(case, moment), BOOK), BOOK)
            except Problem:
                continue
            found, after = [], case
            for event in made:
                before, after = after, _after(after, event, actor)
                found.append(Happening(command, event, before, after))
            for message in messages.write(after, made, moment):
                before, after = after, _after(after, message, actor)
                found.append(Happening("", message, before, after))
            if made:
                yield after, found
                break


def _after(case: Case, event: Event, actor: str) -> Case:
    recorded = Recorded(len(case.events) + 1, case.number, len(case.events) + 1, event.at, actor, "system", "", event)
    events = (*case.events, recorded)
    if isinstance(event, EventRetracted):
        return fold(events)
    return evolve(case, event, BOOK.hash, actor).but(events=events)


def _stands(case: Case) -> tuple[object, ...]:
    """Where a case stands, as far as it decides what may come next."""
    done = tuple(task.name for task in case.plan.tasks if case.done_task(task.name)) if case.plan else ()
    plan = case.plan and (case.plan.disposition, len(case.plan.approvals), case.plan.agreed, done)
    visited = any(task.spec.name == "visit" for task in case.open_tasks)
    waits = (case.screened == "vague", bool(case.pause), visited)
    # A plan moves in an open case only, and needs to be known beside where the case stands in no other.
    planned = (plan,) if case.status == "open" and not any(waits) else ()
    return (
        case.status,
        case.void_by,
        *waits,
        plan_state(case) if case.status in ("open", "waiting", "resolved") else "",
        *planned,
    )


def _offers(case: Case, steps: list[tuple[Case, list[Happening]]]) -> set[object]:
    """What makes a situation worth following: where the case stands, with each state that could be brought back."""
    back = {after.status for after, happened in steps if isinstance(happened[0].event, EventRetracted)}
    return {(_stands(case), status) for status in (*back, "")}


def _move(event: Event) -> tuple[object, ...]:
    return (event.WORD, getattr(event, "satisfied", None), getattr(event, "outcome", None))


@cache
def happenings() -> tuple[Happening, ...]:
    """Every event in every situation, breadth first, until no situation offers anything new."""
    found: list[Happening] = []
    tried: set[object] = set()
    seen: set[object] = set()
    waiting = [fold(history(came_in("it rattles", rulebook=BOOK), rulebook=BOOK))]
    while waiting:
        coming: list[Case] = []
        for case in waiting:
            # What can be brought back follows from the events that stand and move the case.
            moving = frozenset(_move(r.event) for r in case.standing if r.event.WORD in MOVING)
            if (_stands(case), moving) in tried:
                continue
            tried.add((_stands(case), moving))
            steps = list(_steps(case))
            offers = _offers(case, steps)
            if offers <= seen:
                continue
            seen |= offers
            found += [happening for _, happened in steps for happening in happened]
            coming += [after for after, _ in steps]
        waiting = coming
    return tuple(found)
