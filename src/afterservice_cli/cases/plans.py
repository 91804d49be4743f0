"""What the rulebook may ask of a plan, and who has to approve it."""

from typing import Any

from afterservice_cli.cases.case import Case, Plan
from afterservice_cli.rulebook.matching import holds
from afterservice_cli.rulebook.model import Rulebook, normal


def plan_facts(case: Case, plan: Plan | None) -> dict[str, Any]:
    """The facts of a case together with what its appraisal found and what a plan proposes."""
    appraisal = case.appraisal or {}
    covered = appraisal.get("warranty")
    found = {name: appraisal[name] for name in ("fault", "cause", "liability") if appraisal.get(name)}
    if covered is not None:
        found["warranty"] = "yes" if covered else "no"
    if plan:
        found |= {name: value for name in ("disposition", "amount") if (value := getattr(plan, name)) is not None}
    return {**case.facts(), **found}


def needed_approvals(case: Case, plan: Plan, rulebook: Rulebook) -> list[tuple[str, str]]:
    """The roles that have to approve a plan, in turn, each with its place in the rulebook."""
    facts, seen = plan_facts(case, plan), normal(case.text())
    return [
        (approval["by"], f"approvals[{number}]")
        for number, approval in enumerate(rulebook.approvals, 1)
        if approval["when"] is None or holds(approval["when"], seen, facts) is not None
    ]
