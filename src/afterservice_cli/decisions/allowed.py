"""What may be done with a case next: every decision is tried, and those that no rule refuses are named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import Appraisal, Assessment
from afterservice_cli.decisions import closing, handling, mending, planning, screening, tasks, triage
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import Problem
from afterservice_cli.moment import Decision, Moment
from afterservice_cli.rulebook.vocabulary import OVERALL

LAST = 20  # so many of the latest events are tried for `retract`: others build on those before
SOME = "…"  # stands for words that a person would write


def allowed(case: Case, moment: Moment) -> list[str]:
    """Return the commands that would do something now, for whoever acts, in the order of a case's life."""
    found = []
    for command, decision in _trials(case, moment):
        if command in found:
            continue
        try:
            decision(case, moment)
        except Problem:
            continue
        found.append(command)
    return found


def _trials(case: Case, moment: Moment) -> Iterator[tuple[str, Decision]]:
    """Yield every command with its decision, bound to what it takes and to what a rulebook may want said with it."""
    rulebook = moment.rulebook
    soon = moment.at + timedelta(days=1)
    later = max((d.spec.due_at for d in case.deadlines), default=moment.at) + timedelta(days=1)
    if case.screened not in ("valid", "answered"):
        yield "screen", partial(screening.screen, outcome="valid", reason=SOME)
    if "acknowledged" not in case.happened:
        yield "acknowledge", partial(triage.acknowledge, text=SOME)
    yield "assess", partial(triage.assess, found=Assessment(known=True), text=SOME)
    category, priority = rulebook.leaves()[0], next(iter(rulebook.priorities))  # else the whole text would be read
    yield "classify", partial(triage.classify, category=category, priority=priority, reason=SOME)
    yield "assign", partial(triage.assign, collaborators=(), reason=SOME)
    yield "respond", partial(handling.respond, text=SOME)
    yield "note", partial(handling.note, text=SOME)
    yield "pause", partial(handling.pause, ground=next(iter(rulebook.pauses), ""), reason=SOME)
    yield "resume", partial(handling.resume, reason=SOME)
    yield "investigate", partial(handling.investigate, text=SOME)
    yield "appraise", partial(handling.appraise, found=Appraisal(warranty=True), text=SOME)
    for disposition, entry in rulebook.dispositions.items():
        proposal = Proposal(disposition, dict.fromkeys(entry.gives, "1"), promised_at=soon)
        yield "propose", partial(planning.propose, proposal=proposal, text=SOME)
    yield "approve", partial(planning.approve, text=SOME)
    yield "decline", partial(planning.decline, reason=SOME)
    yield "agree", partial(planning.agree, agreed=True, words=SOME)
    for task in case.open_tasks:
        for outcome in task.spec.outcomes or (None,):
            yield "task", partial(tasks.task, name=task.spec.name, outcome=outcome, text=SOME)
    yield "delay", partial(handling.delay, to=max(later, soon), reason=SOME)
    yield "resolve", partial(closing.resolve, resolution=SOME)
    yield "confirm", partial(closing.confirm, satisfied=case.status != "confirmed", words=SOME)
    yield "rate", partial(closing.rate, scores=dict.fromkeys(rulebook.questions or (OVERALL,), 5), comment=SOME)
    yield "close", closing.close
    yield "close --silent", closing.close_silently
    yield "reopen", partial(closing.reopen, reason=SOME)
    yield "withdraw", partial(closing.withdraw, reason=SOME)
    yield "link", partial(screening.link, other="", relation=screening.RELATIONS[0])
    yield "merge", partial(screening.merge, into=case.but(number="", status="open"), reason=SOME)
    yield "amend", partial(mending.amend, facts={"product": f"{case.product} {SOME}"}, reason=SOME)
    for recorded in case.standing[: -LAST - 1 : -1]:
        yield "retract", partial(mending.retract, seq=recorded.seq, reason=SOME)
