"""Closing: resolution, confirmation, rating, the archive, and the way back."""

from collections.abc import Callable, Mapping

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Moment, beginning, evolve
from afterservice_cli.cases.checks import check_changeable, check_order, check_reason, check_text
from afterservice_cli.cases.events import (
    CaseClosed,
    CaseConfirmed,
    CaseRated,
    CaseReopened,
    CaseResolved,
    Event,
)
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.rulebook.matching import Finding

BEST = 5


def resolve(case: Case, moment: Moment, *, resolution: str) -> list[Event]:
    """The team says it is done; the customer has yet to confirm."""
    check_changeable(case, moment)
    if case.status == "resolved":
        raise Refused(
            f"{case.number} is resolved already", hint=f"afterservice confirm {case.number} --yes, or --no to reopen"
        )
    if not resolution.strip():
        raise BadInput("the resolution is empty – write what was done")
    return [CaseResolved(moment.at, check_text(resolution, "the resolution"))]


def confirm(case: Case, moment: Moment, *, satisfied: bool, words: str | None = None) -> list[Event]:
    """Record what the customer says of the resolution; a no opens the case again."""
    check_changeable(case, moment)
    _demand_resolved(case, "confirmed")
    check_order(case, moment, "resolved")
    said = check_text(words, "the words") if words else None
    events: list[Event] = [CaseConfirmed(moment.at, satisfied, said)]
    if satisfied:
        return events
    return events + reopen(_after(case, events, moment), moment, reason=said or "not confirmed")


def rate(case: Case, moment: Moment, *, scores: Mapping[str, int], comment: str | None = None) -> list[Event]:
    """Record the customer's scores, 1 to 5; a closed case may still be rated."""
    check_changeable(case, moment, closed=True)
    if case.status != "closed":
        _demand_resolved(case, "rated")
    check_order(case, moment, "resolved")
    if not scores or not all(1 <= score <= BEST for score in scores.values()):
        raise BadInput(f"a score goes from 1 to {BEST}, {BEST} being best")
    return [CaseRated(moment.at, dict(scores), check_text(comment, "the comment") if comment else None)]


def close(
    case: Case,
    moment: Moment,
    *,
    resolution: str | None = None,
    confirmed: bool = False,
    words: str | None = None,
    scores: Mapping[str, int] | None = None,
) -> list[Event]:
    """Send the case to the archive, recording resolution, confirmation and scores on the way where they are given.

    Raises `Refused` with everything the rulebook still requires and the command that gives it.
    """
    check_changeable(case, moment)
    events: list[Event] = []

    def on_the_way(decision: Callable[..., list[Event]], **given: object) -> None:
        events.extend(decision(_after(case, events, moment), moment, **given))

    if resolution is not None:
        on_the_way(resolve, resolution=resolution)
    if confirmed:
        on_the_way(confirm, satisfied=True, words=words)
    if scores is not None:
        on_the_way(rate, scores=scores)
    missing = _missing(_after(case, events, moment), moment)
    if missing:
        what = ", ".join(name for name, _ in missing)
        hint = "; ".join(command for _, command in missing)
        raise Refused(f"{case.number} cannot be closed: the rulebook requires {what}", hint=hint)
    check_order(case, moment, "resolved", "confirmed")
    return [*events, CaseClosed(moment.at)]


def reopen(case: Case, moment: Moment, *, reason: str) -> list[Event]:
    """Begin again: a new cycle with its own deadlines, the priority raised as the rulebook says."""
    check_changeable(case, moment, closed=True)
    if case.status not in ("resolved", "closed"):
        raise Refused(f"{case.number} is open already", hint=f"afterservice show {case.number}")
    why = check_reason(reason, "reopening")
    check_order(case, moment, "resolved", "confirmed", "closed")
    rulebook = moment.rulebook
    before = case.value("priority")
    raised = rulebook.raised(before, rulebook.closing["dissatisfied"]["raise_priority"])
    findings = (Finding("priority", raised, "rule", "closing.dissatisfied.raise_priority"),) if raised != before else ()
    facts = {**case.facts(), "priority": raised}
    settings = tuple(deadlines.begin(rulebook, beginning(moment.at), facts, case.cycle + 1))
    return [CaseReopened(moment.at, findings, settings, why)]


def _missing(case: Case, moment: Moment) -> list[tuple[str, str]]:
    """What the rulebook requires for closing and the case has not, each with the command that gives it."""
    have = {
        "resolution": case.status == "resolved",
        "confirmation": case.satisfied is True,
        "rating": case.scores is not None,
    }
    gives = {
        "resolution": f'afterservice resolve {case.number} "what was done"',
        "confirmation": f"afterservice confirm {case.number} --yes",
        "rating": f"afterservice rate {case.number} 5",
    }
    return [(name, gives[name]) for name in moment.rulebook.closing["require"] if not have[name]]


def _demand_resolved(case: Case, word: str) -> None:
    if case.status != "resolved":
        raise Refused(
            f"{case.number} is not resolved yet, so it cannot be {word}",
            hint=f'afterservice resolve {case.number} "what was done"',
        )


def _after(case: Case, events: list[Event], moment: Moment) -> Case:
    for event in events:
        case = evolve(case, event, moment.rulebook.hash)
    return case
