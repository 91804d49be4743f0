"""What a closing rests on: what was demanded on the way to it, and was there, is to be there still."""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.cases.case import Case, Recorded
from afterservice_cli.cases.events import called
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.decisions.approvals import missing_approvals
from afterservice_cli.decisions.mending import builds_on
from afterservice_cli.decisions.requirements import CommandInput, demands_called, missing
from afterservice_cli.errors import Refused
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import WAITING

CARRIED_OUT = ("agree", "task", "resolve")  # what is done only once a plan is approved


def check_rested(case: Case, moment: Moment) -> None:
    """Refuse to close a case if a step of this cycle lacks now what was demanded before it: it was taken back since."""
    if not any(isinstance(recorded.event, EventRetracted) for recorded in case.events):
        return
    standing = [recorded for recorded in case.standing if not isinstance(recorded.event, EventRetracted)]
    begun = max((n for n, recorded in enumerate(standing) if recorded.event.word == "reopened"), default=0)
    for place in range(begun + 1, len(standing)):
        step = standing[place]
        command = _command(step)
        if not command:
            continue
        rulebook = moment.earlier(step.rulebook) if moment.earlier else moment.rulebook
        then = [recorded for recorded in case.events if recorded.seq < step.seq]
        had = _lacking(then, step, command, rulebook)
        gone = [what for what in _lacking(standing[:place], step, command, rulebook) if what not in had]
        if gone:
            last = next((r for r in reversed(standing[place:]) if builds_on(r.event, step.event)), step)
            raise Refused(
                tr(
                    "event {seq} of {case} ({what}) rests on {demands}, which was taken back since",
                    seq=step.seq,
                    case=case.number,
                    what=called(step.event.word),
                    demands=demands_called(gone, rulebook, command),
                ),
                hint=tr(
                    "take that back as well, and do it again: afterservice retract {case} {seq} --reason …",
                    case=case.number,
                    seq=last.seq,
                ),
                rule="rested",
            )


def _command(step: Recorded) -> str:
    """Return the command that gave a step, "" if a rulebook can demand nothing before it."""
    commands = (command.partition(" ")[0] for command in step.event.COMMANDS)  # `agree --yes` is `agree`
    return next((command for command in commands if command in WAITING), "")


def _lacking(history: Sequence[Recorded], step: Recorded, command: str, rulebook: Rulebook) -> list[str]:
    """Return what a case lacked before a step by its history until then; `approval` if its plan was not approved."""
    before = fold(history)
    plan = evolve(before, step.event, step.rulebook, step.actor).plan if command == "propose" else None
    found = missing(before, rulebook, command, CommandInput(plan=plan))
    waits = command in CARRIED_OUT and before.plan is not None and missing_approvals(before, before.plan, rulebook)
    return [*found, "approval"] if waits and "approval" not in found else found
