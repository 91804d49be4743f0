"""What the rulebook demands before a case is resolved or closed, and whether the case has it."""

from __future__ import annotations

from collections.abc import Iterable

from afterservice_cli.cases.case import Case
from afterservice_cli.decisions.approvals import missing_approvals, pending_approval
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.errors import Refused
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Rulebook, normal
from afterservice_cli.rulebook.sections import Demand

# The command that gives what is demanded.
GIVES = {
    "screening": "screen {} --valid",
    "acknowledgement": "acknowledge {}",
    "assessment": "assess {} --visit …",
    "response": "respond {}",
    "investigation": "investigate {}",
    "appraisal": "appraise {} --fault … --cause …",
    "plan": "propose {} --disposition …",
    "approval": "approve {}",
    "agreement": "agree {} --yes",
    "tasks": "task {} …",
    "resolution": 'resolve {} "what was done"',
    "confirmation": "confirm {} --yes",
    "rating": "rate {} 5",
}


def check_demands(case: Case, rulebook: Rulebook, entries: Iterable[Demand], word: str) -> None:
    """Refuse if anything demanded is missing; names all of it, and the commands that give it."""
    missing = [what for what in _of(case, rulebook, entries) if not _has(case, rulebook, what)]
    if missing:
        ways = dict.fromkeys(_way(case, _by_way_of(case, what)) for what in missing)
        hint = "; ".join(f"afterservice {way}" for way in ways)
        raise Refused(
            f"{case.number} cannot be {word}: the rulebook requires {', '.join(missing)}", hint=hint, rule="demanded"
        )


def check_approved(case: Case, rulebook: Rulebook) -> None:
    """Refuse if the plan of the case has yet to be approved, whatever else is demanded."""
    plan = case.plan
    if plan is not None and pending_approval(case, rulebook):
        role, rule = missing_approvals(case, plan, rulebook)[0]
        raise Refused(
            f"plan {plan.version} of {case.number} waits for the approval of {role} ({rule})",
            hint=f"{', '.join(rulebook.holders(role, case.value('owner'), case.person)) or role}: "
            f"afterservice approve {case.number}",
            rule="not-approved",
        )


def demanded(case: Case, rulebook: Rulebook, what: str) -> bool:
    """Tell whether resolving or closing this case demands `what`."""
    return what in _of(case, rulebook, (*rulebook.resolving.require, *rulebook.closing.require))


def _way(case: Case, what: str) -> str:
    """Return the command that gives what is demanded; if that is the tasks, for the next one."""
    left = next((task for task in case.open_tasks if not case.waits_for(task.spec)), None)
    if what != "tasks" or left is None:
        return GIVES[what].format(case.number)
    outcome = f" --outcome {'|'.join(left.spec.outcomes)}" if left.spec.outcomes else ""
    return f"task {case.number} {left.spec.name}{outcome}"


def _by_way_of(case: Case, what: str) -> str:
    """Return what to begin with to get `what`: a new plan, if the one there is was turned down."""
    turned_down = case.plan is not None and (case.plan.declined or case.plan.revised or case.plan.agreed is False)
    return "plan" if turned_down and what in ("approval", "agreement", "tasks") else what


def _of(case: Case, rulebook: Rulebook, entries: Iterable[Demand]) -> list[str]:
    facts, seen = facts_of(case, rulebook), normal(case.text())
    held = [e for e in entries if holds(e.when, seen, facts)]
    return list(dict.fromkeys(what for entry in held for what in entry.what))


def _has(case: Case, rulebook: Rulebook, what: str) -> bool:
    """Tell whether a case has `what`; findings last for all cycles, what was done is done anew in each."""
    plan = case.plan
    match what:
        case "screening":
            return case.screened in ("valid", "answered")
        case "acknowledgement":
            return case.cycle > 1 or "acknowledged" in case.happened
        case "assessment":
            return case.assessment is not None
        case "appraisal":
            return case.appraisal is not None
        case "response":
            return "responded" in case.happened
        case "investigation":
            return "investigated" in case.happened
        case "plan":
            return plan is not None and not plan.declined and not plan.revised
        case "approval":
            return plan is not None and not missing_approvals(case, plan, rulebook)
        case "agreement":
            return plan is not None and plan.agreed is True
        case "tasks":
            return not case.open_tasks and _carried_out(case)
        case "resolution":
            return case.status in ("resolved", "confirmed")
        case "confirmation":
            return case.satisfied is True
    return case.scores is not None  # rating


def _carried_out(case: Case) -> bool:
    """Tell whether no task of the plan is left."""
    plan = case.plan
    return plan is None or plan.stopped or all(case.done_task(task.name) for task in plan.tasks)
