"""What may be done with a case next: every decision is tried, and those that no rule refuses are named."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from afterservice_cli.cases.case import Case, Moment
from afterservice_cli.decisions import closing, handling, mending, planning, screening, triage
from afterservice_cli.errors import Problem

Decision = Callable[..., Any]
LAST = 20  # of the events, which may be taken back: further back something builds on them
SOME = "…"  # words that somebody would give


def allowed(case: Case, moment: Moment) -> list[str]:
    """The commands that would do something now, for whoever acts, in the order of a case's life."""
    found = []
    for command, decision, given in _trials(case, moment):
        if command in found:
            continue
        try:
            decision(case, moment, **given)
        except Problem:
            continue
        found.append(command)
    return found


def _trials(case: Case, moment: Moment) -> Iterator[tuple[str, Decision, dict[str, Any]]]:
    """Every command with its decision, and the least that it would be given."""
    rulebook = moment.rulebook
    later = max((d.spec.due_at for d in case.deadlines), default=moment.at) + timedelta(days=1)
    if case.screened not in ("valid", "answered"):
        yield "screen", screening.screen, {"outcome": "valid"}
    if "acknowledged" not in case.happened:
        yield "acknowledge", triage.acknowledge, {}
    yield "assess", triage.assess, {"known": True}
    yield "classify", triage.classify, {"priority": next(iter(rulebook.priorities)), "reason": SOME}
    yield "assign", triage.assign, {"collaborators": (), "reason": SOME}
    yield "respond", handling.respond, {}
    yield "note", handling.note, {"text": SOME}
    yield "pause", handling.pause, {"ground": next(iter(rulebook.pauses), "")}
    yield "resume", handling.resume, {}
    yield "investigate", handling.investigate, {}
    yield "appraise", handling.appraise, {"warranty": True}
    for disposition in rulebook.dispositions:
        yield "propose", planning.propose, {"disposition": disposition, "amount": "1"}
    yield "approve", planning.approve, {}
    yield "decline", planning.decline, {"reason": SOME}
    yield "agree", planning.agree, {"agreed": True}
    for step in case.plan.steps if case.plan else ():
        yield "step", planning.step, {"name": step.name}
    yield "delay", handling.delay, {"to": max(later, moment.at + timedelta(days=1)), "reason": SOME}
    yield "resolve", closing.resolve, {"resolution": SOME}
    yield "confirm", closing.confirm, {"satisfied": case.status != "confirmed"}
    yield "rate", closing.rate, {"scores": {next(iter(rulebook.questions), closing.OVERALL): 5}}
    yield "follow-up", closing.follow_up, {"text": SOME}
    yield "close", closing.close, {}
    yield "reopen", closing.reopen, {"reason": SOME}
    yield "withdraw", closing.withdraw, {"reason": SOME}
    yield "link", screening.link, {"other": "", "relation": screening.RELATIONS[0]}
    yield "merge", screening.merge, {"into": case.but(number="", status="open"), "reason": SOME}
    yield "amend", mending.amend, {"facts": {"product": f"{case.product} {SOME}"}, "reason": SOME}
    for recorded in case.standing[: -LAST - 1 : -1]:
        yield "retract", mending.retract, {"seq": recorded.seq, "reason": SOME}
