"""Planning: what is proposed, who approves it, what the customer says of it, and its steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.handling import (
    PlanAgreed,
    PlanApproved,
    PlanDeclined,
    PlanProposed,
    PlanRefused,
    StepDone,
)
from afterservice_cli.cases.values import DeadlineSpec, Plan, Step
from afterservice_cli.decisions.approvals import missing_approvals, needed_approvals
from afterservice_cli.decisions.checks import (
    check_ahead,
    check_number,
    check_open,
    check_order,
    check_reason,
    check_role,
    check_used,
)
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.decisions.requirements import check_approved, demanded
from afterservice_cli.errors import BadInput, Refused, nearest
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.conditions import OTHERWISE, failing, holds, possible
from afterservice_cli.rulebook.forms import Condition
from afterservice_cli.rulebook.model import Allowance, Facts, Rulebook, normal
from afterservice_cli.rulebook.windows import lacking


class Proposal(Frozen):
    """How a case shall end, as somebody proposes it: `steps` are further ones beside those of the disposition."""

    disposition: str
    amount: str | None = None
    promised_at: datetime | None = None
    steps: tuple[str, ...] = ()


def propose(case: Case, moment: Moment, *, proposal: Proposal, text: str | None = None) -> list[Event]:
    """Propose how the case shall end: another version replaces the one before, which stays in the history."""
    rulebook = moment.rulebook
    check_used(rulebook.dispositions, "dispositions", "propose", rulebook)
    check_open(case, moment, "propose")
    chosen = rulebook.known("disposition", proposal.disposition)
    entry = rulebook.dispositions[chosen]
    cost = check_number(proposal.amount, "the amount") if proposal.amount is not None else None
    if entry.amount and cost is None:
        raise BadInput(f"{chosen} needs its amount (dispositions.{chosen}.amount)", hint="add --amount …")
    check_ahead(proposal.promised_at, moment, "the promised date")
    done = case.plan.done if case.plan else ()
    check_order(case, moment, "proposed", *(f"step:{name}.done" for name in done))
    own = {f"+{number}": check_text(title, "a step") for number, title in enumerate(proposal.steps, 1)}
    if not all(own.values()):
        raise BadInput("a step is empty – write what is to be done")
    planned = (
        *(Step(step.id, step.owner, step.within) for step in entry.steps.values()),
        *(Step(name, None, None) for name in own),
    )
    plan = Plan(case.plans + 1, chosen, cost, proposal.promised_at, planned, moment.actor)
    facts, seen = facts_of(case, rulebook, plan), normal(case.text())
    others = {name: other.when for name, other in rulebook.dispositions.items() if name != chosen}
    facts[OTHERWISE] = possible(others, seen, facts) or "yes"
    if not holds(entry.when, seen, facts):
        lacks = failing(entry.when, seen, facts, case.details)
        raise Refused(
            f"{case.number} gives no grounds for {chosen} (dispositions.{chosen}.when): {lacks}",
            hint=f"{_grounds(case, rulebook, entry.when, facts)}, or propose another disposition",
            rule="grounds",
        )
    said = check_text(text, "the text") if text else None
    first = _first_step(case, moment, plan, "proposed")
    return [PlanProposed(moment.at, plan.version, chosen, cost, plan.promised_at, planned, said, own or None, first)]


def _grounds(case: Case, rulebook: Rulebook, conditions: Sequence[Condition], facts: Facts) -> str:
    """Return the command that may give the grounds which are missing: the facts that a limit lacks, or an appraisal."""
    unknown = lacking(rulebook, conditions, facts, case.registered_at)
    values = " ".join(f"--set {name}=…" for name in unknown)
    way = f"amend {case.number} {values} --reason …" if unknown else f"appraise {case.number} …"
    return f"afterservice {way}"


def approve(case: Case, moment: Moment, *, text: str | None = None) -> list[Event]:
    """Say yes to the plan, in the role whose turn it is; nobody approves their own plan."""
    plan, role, rule = _pending(case, moment, "approve")
    check_role(case, moment, role, f"approving plan {plan.version} of {case.number}", rule)
    if _same_person(moment, plan.proposed_by):
        raise Refused(
            f"plan {plan.version} of {case.number} is {moment.person}'s own; nobody approves their own plan",
            hint=f"ask another {role}: {', '.join(_others(case, moment, role))}",
            rule="own-plan",
        )
    complete = len(missing_approvals(case, plan, moment.rulebook)) == 1
    first = _first_step(case, moment, plan.but(approved=complete), "approved") if complete else ()
    said = check_text(text, "the text") if text else None
    return [PlanApproved(moment.at, plan.version, role, complete, said, first)]


def decline(case: Case, moment: Moment, *, reason: str) -> list[Event]:
    """Say no to the plan, in the role whose turn it is: another one is to be proposed."""
    plan, role, rule = _pending(case, moment, "decline")
    check_role(case, moment, role, f"declining plan {plan.version} of {case.number}", rule)
    return [PlanDeclined(moment.at, plan.version, role, check_reason(reason, "declining a plan"))]


def agree(case: Case, moment: Moment, *, agreed: bool, words: str | None = None) -> list[Event]:
    """Record whether the customer accepts the plan; if not, it is to be revised."""
    check_used(moment.rulebook.dispositions, "dispositions", "agree", moment.rulebook)
    check_open(case, moment, "agree")
    plan = _plan(case)
    check_approved(case, moment.rulebook)
    check_order(case, moment, "proposed", "approved")
    if plan.agreed is not None:
        answer = "accepted" if plan.agreed else "refused"
        raise Refused(
            f"the customer {answer} plan {plan.version} of {case.number} already",
            hint=f"afterservice propose {case.number} --disposition … makes a new version",
            rule="answered",
        )
    said = check_text(words, "the words") if words else None
    if not agreed:
        return [PlanRefused(moment.at, plan.version, said)]
    first = _first_step(case, moment, plan.but(agreed=True), "agreed")
    return [PlanAgreed(moment.at, plan.version, said, first)]


def step(case: Case, moment: Moment, *, name: str, text: str | None = None) -> list[Event]:
    """Record that a step of the plan was carried out; the next one's time begins."""
    check_used(moment.rulebook.dispositions, "dispositions", "step", moment.rulebook)
    check_open(case, moment, "step")
    plan = _plan(case)
    check_approved(case, moment.rulebook)
    if plan.agreed is False or (plan.agreed is None and demanded(case, moment.rulebook, "agreement")):
        anew = f"afterservice propose {case.number} --disposition … makes a new version"
        raise Refused(
            f"the customer has not accepted plan {plan.version} of {case.number}",
            hint=anew if plan.agreed is False else f"afterservice agree {case.number} --yes",
            rule="not-agreed",
        )
    names = [planned.name for planned in plan.steps]
    titles = _titles(case, moment, plan)
    name = titles.get(name, name)
    if name not in names:
        raise BadInput(f"the plan has no step '{name[:40]}' – write {nearest(name, names)}")
    if name in plan.done:
        left = next((other for other in names if other not in plan.done), None)
        way = f"step {case.number} {left}" if left else f'resolve {case.number} "what was done"'
        raise Refused(
            f"step {name} of {case.number} is done already", hint=f"next: afterservice {way}", rule="step-done"
        )
    check_order(case, moment, "proposed", "approved", "agreed")
    said = check_text(text, "the text") if text else None
    specs = tuple(_next_step(case, moment, plan.but(done=(*plan.done, name)), "step_done"))
    return [StepDone(moment.at, plan.version, name, said, specs)]


def _titles(case: Case, moment: Moment, plan: Plan) -> dict[str, str]:
    """Return the steps' names by their labels."""
    entry = moment.rulebook.dispositions.get(plan.disposition or "")
    steps = entry.steps.values() if entry else ()
    found = {title: step.id for step in steps for title in step.title.values()}
    return {**found, **{title: name for name, title in (plan.titles or {}).items()}}


def _plan(case: Case) -> Plan:
    plan = case.plan
    if plan is None:
        raise Refused(
            f"{case.number} has no plan", hint=f"afterservice propose {case.number} --disposition …", rule="no-plan"
        )
    if plan.declined:
        raise Refused(
            f"plan {plan.version} of {case.number} was declined",
            hint=f"afterservice propose {case.number} --disposition … makes a new version",
            rule="declined",
        )
    return plan


def _pending(case: Case, moment: Moment, command: str) -> tuple[Plan, str, str]:
    """Return the plan, the role whose turn it is to approve it, and the rule that says so."""
    check_used(moment.rulebook.approvals, "approvals", command, moment.rulebook)
    check_open(case, moment, command)
    plan = _plan(case)
    missing = missing_approvals(case, plan, moment.rulebook)
    if not missing:
        what = "is approved already" if plan.approvals else "needs no approval"
        raise Refused(
            f"plan {plan.version} of {case.number} {what}",
            hint=f"afterservice agree {case.number} --yes, or --no",
            rule="approved",
        )
    check_order(case, moment, "proposed")
    return plan, *missing[0]


def _same_person(moment: Moment, other: str) -> bool:
    """Tell whether whoever acts is also `other`: by name, or by a login that is one person's own."""
    rulebook = moment.rulebook
    mine, theirs = (actor.partition(" as ")[0] for actor in (moment.actor, other))
    return moment.person == rulebook.person_of(other) or (
        mine == theirs and rulebook.person_of(mine) in rulebook.people
    )


def _others(case: Case, moment: Moment, role: str) -> list[str]:
    holders = moment.rulebook.holders(role, case.value("owner"), case.person)
    return [person for person in holders if person != moment.person] or ["the rulebook names nobody else"]


def _first_step(case: Case, moment: Moment, plan: Plan, word: str) -> tuple[DeadlineSpec, ...]:
    """Return the deadline of the first step, if `word` is the event that carrying out the plan waited for."""
    waits_for = "proposed"
    if needed_approvals(case, plan, moment.rulebook):
        waits_for = "approved"
    if demanded(case.but(plan=plan), moment.rulebook, "agreement"):
        waits_for = "agreed"
    late = word == "agreed" and plan.steps and not _begun(case)
    return tuple(_next_step(case, moment, plan, word)) if word == waits_for or late else ()


def _next_step(case: Case, moment: Moment, plan: Plan, word: str) -> Iterator[DeadlineSpec]:
    """Yield the deadline of the first step still to be done, unless it runs already."""
    waiting: Any = next((planned for planned in plan.steps if planned.name not in plan.done), None)
    # What ran for the version before ends with it.
    begun = () if word == "proposed" else _begun(case)
    if waiting is None or waiting.within is None or f"step:{waiting.name}" in begun:
        return
    rule = f"dispositions.{plan.disposition}.steps.{waiting.name}.within"
    allowance = Allowance(f"step:{waiting.name}", waiting.within, rule)
    yield deadlines.single(moment.rulebook, allowance, case, moment.at, word, f"step:{waiting.name}.done")


def _begun(case: Case) -> set[str]:
    """Return the targets of the steps whose time runs."""
    return {
        deadline.spec.target
        for deadline in case.deadlines
        if deadline.unanswered and deadline.spec.target.startswith("step:")
    }
