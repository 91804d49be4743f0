"""The facts of a case that conditions may ask about, the same wherever a rulebook says `when:`."""

from __future__ import annotations

from afterservice_cli import deadlines
from afterservice_cli.cases.case import ENDED, Case, Event
from afterservice_cli.cases.events.general import EarlierCounted
from afterservice_cli.cases.values import Plan
from afterservice_cli.deadlines import circumstances
from afterservice_cli.decisions.likeness import suspicions
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.earlier import counted, earlier_facts
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.vocabulary import ANY_SCORE, EARLIER, OUTCOME, SCORES
from afterservice_cli.rulebook.windows import derived


def facts_of(case: Case, rulebook: Rulebook, plan: Plan | None = None) -> dict[str, str | None]:
    """Return what is known of a case by name: its fields, what was found out about it, and what its plan proposes.

    `plan` is one that is only about to be proposed. What nobody knows yet is left out: no condition on it holds. What
    follows from the product and the dates counts if nobody has said otherwise; what a case looks like counts until
    somebody has screened it.
    """
    doubts = () if case.screened else suspicions(rulebook, case.text(), classified=case.classified)
    now = {
        "status": case.status,
        "waiting_for": case.pause.ground if case.pause else None,
        "looks": next((doubt.outcome for doubt in doubts), None),
    }
    known = {name: value for name, value in now.items() if value is not None}
    return {**circumstances(case, rulebook, plan), **known, **_of_tasks(case), **_of_scores(case)}


def placing_facts(case: Case, rulebook: Rulebook) -> dict[str, str | None]:
    """Return what category, priority and owner may depend on: the case's own facts, and what follows from them."""
    own = case.facts()
    return {**own, **derived(rulebook, own, case.registered_at), **earlier_facts(case.earlier)}


def counted_anew(case: Case, moment: Moment, facts: Facts) -> dict[str, str | None]:
    """Return facts with how many of the customer's earlier cases count if these are the case's, as of now."""
    if moment.came_before is None:
        return {**facts}
    left = {name: value for name, value in facts.items() if not name.startswith(EARLIER)}
    return left | earlier_facts(_counted(case, moment, left))


def earlier_recounted(case: Case, moment: Moment) -> list[Event]:
    """Return that other earlier cases of the customer count by now; no event if the same do, or the case is over."""
    if moment.came_before is None or case.status in ENDED:
        return []
    found = _counted(case, moment, circumstances(case, moment.rulebook))
    if found == case.earlier:
        return []
    return [deadlines.following(case, EarlierCounted(moment.at, found), moment)]


def _counted(case: Case, moment: Moment, facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return which earlier cases of the customer count if these are the case's facts; nothing counts of nobody's."""
    if case.customer_id is None:
        return {}
    return counted(moment.rulebook, moment.came_before or (), facts, case.registered_at)


def _of_tasks(case: Case) -> dict[str, str]:
    """Return what the tasks that are done came to, the last of each name."""
    done = {task.spec.name: case.done_task(task.spec.name) for task in case.tasks}
    return {f"{OUTCOME}{name}": task.outcome for name, task in done.items() if task and task.outcome}


def _of_scores(case: Case) -> dict[str, str]:
    """Return the customer's answers; of `any`, the lowest of them."""
    scores = {**(case.scores or {}), **({ANY_SCORE: min(case.scores.values())} if case.scores else {})}
    return {f"{SCORES}{question}": str(score) for question, score in scores.items()}
