"""What the rulebook may ask of a plan, and who has to approve it."""

from __future__ import annotations

from afterservice_cli.cases.case import AT_WORK, Case
from afterservice_cli.cases.values import Plan
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import read


def pending_approval(case: Case, rulebook: Rulebook) -> str | None:
    """Return the role whose approval the plan waits for; None if it waits for none."""
    plan = case.plan
    if plan is None or plan.declined or case.status not in AT_WORK:
        return None
    missing = missing_approvals(case, plan, rulebook)
    return missing[0][0] if missing else None


def missing_approvals(case: Case, plan: Plan, rulebook: Rulebook) -> list[tuple[str, str]]:
    """Return the approvals that the plan still needs as the case is now, in turn: roles, each with the rule for it.

    What has been approved once stays approved, but what has been found out since may ask for more.
    """
    return [(role, rule) for role, rule in needed_approvals(case, plan, rulebook) if role not in plan.approvals]


def needed_approvals(case: Case, plan: Plan, rulebook: Rulebook) -> list[tuple[str, str]]:
    """Return the roles that have to approve a plan, in turn, each once, with the first rule that asks for it."""
    facts, seen = facts_of(case, rulebook, plan), read(rulebook, case.text())
    rules: dict[str, str] = {}
    for number, approval in enumerate(rulebook.approvals, 1):
        if holds(approval.when, seen, facts):
            rules.setdefault(approval.by, f"approvals[{number}]")
    return list(rules.items())
