"""Closing: resolution, confirmation, rating, the archive, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from afterservice_cli import deadlines
from afterservice_cli.cases.case import SOLVED, Case, Event
from afterservice_cli.cases.events.closing import (
    CaseClosed,
    CaseConfirmed,
    CaseRated,
    CaseReopened,
    CaseResolved,
    CaseWithdrawn,
)
from afterservice_cli.cases.fold import evolve, evolve_all
from afterservice_cli.cases.values import TaskSpec
from afterservice_cli.decisions.checks import (
    check_changeable,
    check_kept,
    check_may,
    check_open,
    check_order,
    check_reason,
)
from afterservice_cli.decisions.consequences import consequence
from afterservice_cli.decisions.handling import resuming
from afterservice_cli.decisions.opening import with_tasks
from afterservice_cli.decisions.requirements import NOTHING, CommandInput, check_approved, check_demands
from afterservice_cli.decisions.resting import check_rested
from afterservice_cli.decisions.silence import check_silence
from afterservice_cli.errors import BadInput, Refused, nearest, typed
from afterservice_cli.input_text import check_text, optional_text
from afterservice_cli.language import tr
from afterservice_cli.moment import Decision, Moment
from afterservice_cli.rulebook.calling import state_called
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import OF_CUSTOMER, OVERALL

BEST = 5


def resolve(case: Case, moment: Moment, *, resolution: str) -> list[Event]:
    """Record that the team is done, if the case has what the rulebook requires; the customer has yet to confirm."""
    check_changeable(case, moment)
    if case.status in SOLVED:
        raise Refused(
            tr("{case} is {state} already", case=case.number, state=state_called(case.status, moment.rulebook)),
            hint=tr("afterservice confirm {case} --yes, or --no to reopen", case=case.number),
            rule="resolved",
        )
    check_open(case, moment, "resolve", CommandInput(resolution))
    check_approved(case, moment.rulebook)
    return resolved(case, moment, resolution=resolution)


def resolved(case: Case, moment: Moment, *, resolution: str) -> list[Event]:
    """Return the resolution itself, whatever the rulebook requires before it; a pause ends first."""
    if not resolution.strip():
        raise BadInput(tr("the resolution is empty – write what was done"))
    return [*resuming(case, moment), CaseResolved(moment.at, check_text(resolution, tr("the resolution")))]


def confirm(case: Case, moment: Moment, *, satisfied: bool, words: str | None = None) -> list[Event]:
    """Record what the customer says of the resolution; a no opens the case again."""
    check_changeable(case, moment)
    check_may(case, moment, "confirm", CommandInput(words))
    return confirmed(case, moment, satisfied=satisfied, words=words)


def confirmed(case: Case, moment: Moment, *, satisfied: bool, words: str | None = None) -> list[Event]:
    """Return the customer's answer itself, whoever may record it; a no always opens the case again.

    A yes that came without the customer's words may be said again with them.
    """
    check_changeable(case, moment)
    _demand_resolved(case, "confirmed")
    check_order(case, moment, "resolved")
    if satisfied and case.status == "confirmed" and (case.has_words or not words):
        raise Refused(
            tr("{case} is confirmed already", case=case.number),
            hint=f"afterservice close {case.number}",
            rule="confirmed",
        )
    said = optional_text(words, tr("the words"))
    events: list[Event] = [CaseConfirmed(moment.at, satisfied, said)]
    if satisfied:
        return events
    return events + _new_cycle(evolve_all(case, events, moment.rulebook.hash, moment.actor), moment, said)


def rate(case: Case, moment: Moment, *, scores: Mapping[str, int], comment: str | None = None) -> list[Event]:
    """Record the customer's answers to the rulebook's questions, 1 to 5; a closed case may still be rated."""
    check_changeable(case, moment, closed=True)
    check_may(case, moment, "rate", CommandInput(comment))
    questions = tuple(moment.rulebook.questions) or (OVERALL,)
    for question in scores:
        if question not in questions:
            raise BadInput(
                tr(
                    "the rulebook does not ask '{question}' – write {known}",
                    question=typed(question),
                    known=nearest(question, questions),
                )
            )
    return rated(case, moment, scores=scores, comment=comment)


def rated(case: Case, moment: Moment, *, scores: Mapping[str, int], comment: str | None = None) -> list[Event]:
    """Return the rating itself, whatever the rulebook asks and makes of it."""
    check_changeable(case, moment, closed=True)
    if case.status != "closed" or (case.void_by and "resolved" not in case.happened):
        _demand_resolved(case, "rated")
    check_order(case, moment, "resolved")
    if not scores or not all(1 <= score <= BEST for score in scores.values()):
        raise BadInput(tr("a score goes from 1 to {best}, {best} being best", best=BEST))
    return [CaseRated(moment.at, dict(scores), optional_text(comment, tr("the comment")))]


def close(
    case: Case,
    moment: Moment,
    *,
    resolution: str | None = None,
    confirmed: bool = False,
    words: str | None = None,
    scores: Mapping[str, int] | None = None,
) -> list[Event]:
    """Send the case to the archive; a resolution, confirmation and scores are recorded first if they are given.

    Raises `Refused` with everything that the rulebook still requires, and the commands that give it.
    """
    check_changeable(case, moment)
    check_kept(case, moment, "close")
    events: list[Event] = []

    def on_the_way(decision: Decision) -> None:
        before = evolve_all(case, events, moment.rulebook.hash, moment.actor)
        events.extend(with_tasks(before, decision(before, moment), moment.rulebook))

    if resolution is not None:
        on_the_way(partial(resolve, resolution=resolution))
    if words is not None and not confirmed:
        raise BadInput(
            tr("the customer's words belong to their confirmation"), hint=tr("add {options}", options="--confirmed")
        )
    if confirmed:
        on_the_way(partial(confirm, satisfied=True, words=words))
    if scores is not None:
        on_the_way(partial(rate, scores=scores))
    after = evolve_all(case, events, moment.rulebook.hash, moment.actor)
    typed_scores = [f"{question}={score}".removeprefix(f"{OVERALL}=") for question, score in (scores or {}).items()]
    return [*events, *_archived(after, moment, CommandInput(scores=" ".join(typed_scores)), recorded=case)]


def close_silently(case: Case, moment: Moment) -> list[Event]:
    """Send the case to the archive without the customer's confirmation and scores, if the rulebook has a way to."""
    check_changeable(case, moment)
    check_kept(case, moment, "close")
    check_silence(case, moment)
    return _archived(case, moment, recorded=case, silent=True)


def _archived(
    case: Case, moment: Moment, said: CommandInput = NOTHING, *, recorded: Case, silent: bool = False
) -> list[Event]:
    """Return the closing itself, unless the rulebook still demands something.

    `recorded` is the case without what the command itself brings.
    """
    spared = OF_CUSTOMER if silent else ()
    check_demands(case, moment.rulebook, "close", said, recorded=recorded, spared=spared)
    check_approved(case, moment.rulebook)
    check_rested(recorded, moment)
    check_order(case, moment, "resolved", "confirmed")
    return [*resuming(case, moment), CaseClosed(moment.at, silent=silent)]


def withdraw(case: Case, moment: Moment, *, reason: str) -> list[Event]:
    """Record that the customer takes the case back: it is over, and what was not yet missed becomes void."""
    check_changeable(case, moment)
    check_may(case, moment, "withdraw", CommandInput(reason))
    why = check_reason(reason, tr("a withdrawal"))
    check_order(case, moment, "resolved", "confirmed")
    if case.pause:
        check_order(case, moment, "paused")
    return [CaseWithdrawn(moment.at, why)]


def reopen(case: Case, moment: Moment, *, reason: str) -> list[Event]:
    """Begin a new cycle with its own deadlines, with the consequences that the rulebook names."""
    check_changeable(case, moment, closed=True)
    check_may(case, moment, "reopen", CommandInput(reason))
    return reopened(case, moment, reason=reason)


def reopened(case: Case, moment: Moment, *, reason: str) -> list[Event]:
    """Return the beginning of the new cycle itself, whoever may record it."""
    check_reopenable(case, moment)
    return _new_cycle(case, moment, check_reason(reason, tr("reopening")))


def check_reopenable(case: Case, moment: Moment) -> None:
    """Refuse to open a case that is open, or out of the register."""
    check_changeable(case, moment, closed=True)
    if case.status not in (*SOLVED, "closed"):
        raise Refused(
            tr("{case} is {state} already", case=case.number, state=state_called(case.status, moment.rulebook)),
            hint=f"afterservice show {case.number}",
            rule="open",
        )


def _new_cycle(case: Case, moment: Moment, why: str | None) -> list[Event]:
    """Return what opens the case again, with what the rulebook makes of that and the deadlines of the new cycle."""
    check_order(case, moment, "resolved", "confirmed", "closed", "withdrawn")
    rulebook = moment.rulebook
    # A customer who took the case back and comes again is not dissatisfied.
    effect = None if case.void_by == "withdrawn" else consequence(case, rulebook, "reopened", "reopening")
    event = CaseReopened(moment.at, effect.findings if effect else (), (), why, tasks=_still_owed(case, rulebook))
    if effect is not None:
        event = event.but(told=effect.told, person=effect.person, rule=effect.rule)
    facts = deadlines.circumstances(evolve(case, event, rulebook.hash, moment.actor), rulebook)
    return [event.but(deadlines=tuple(deadlines.first_of(rulebook, moment.at, facts, case.cycle + 1)))]


def _still_owed(case: Case, rulebook: Rulebook) -> tuple[TaskSpec, ...]:
    """Return the open tasks that a rating asked for: what a customer was owed for it is owed in the next cycle, too."""
    asked = [entry.id for entry in rulebook.tasks.values() if "rated" in entry.on]
    return tuple(task.spec for task in case.open_tasks if not task.plan and task.spec.name in asked)


def _demand_resolved(case: Case, word: str) -> None:
    if case.status not in SOLVED:
        raise Refused(
            tr("{case} is not resolved yet, so it cannot be confirmed", case=case.number)
            if word == "confirmed"
            else tr("{case} is not resolved yet, so it cannot be rated", case=case.number),
            hint=tr('afterservice resolve {case} "what was done"', case=case.number),
            rule="not-resolved",
        )
