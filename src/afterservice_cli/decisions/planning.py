"""Planning: what is proposed, who approves it, and what the customer says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.handling import (
    PlanAgreed,
    PlanApproved,
    PlanDeclined,
    PlanProposed,
    PlanRefused,
)
from afterservice_cli.cases.values import Plan, TaskSpec
from afterservice_cli.decisions.approvals import missing_approvals
from afterservice_cli.decisions.checks import (
    check_ahead,
    check_changeable,
    check_number,
    check_open,
    check_order,
    check_reason,
    check_role,
    check_used,
    others_called,
)
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.decisions.opening import planned
from afterservice_cli.decisions.requirements import CommandInput, check_approved, role_called
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text, optional_text
from afterservice_cli.language import tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.calling import thing_called
from afterservice_cli.rulebook.conditions import OTHERWISE, failing, holds, possible
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.windows import lacking


class Proposal(Frozen):
    """How a case shall end, as somebody proposes it: numbers by the kind of what is given, and further tasks."""

    disposition: str
    gives: Mapping[str, str] = {}
    promised_at: datetime | None = None
    tasks: tuple[str, ...] = ()


def propose(case: Case, moment: Moment, *, proposal: Proposal, text: str | None = None) -> list[Event]:
    """Propose how the case shall end: another version replaces the one before, which stays in the history."""
    rulebook = moment.rulebook
    check_used(rulebook.dispositions, "dispositions", "propose", rulebook)
    check_changeable(case, moment)
    chosen = rulebook.known("disposition", proposal.disposition)
    entry = rulebook.dispositions[chosen]
    gives = {rulebook.known("kind given", kind): check_number(number, kind) for kind, number in proposal.gives.items()}
    if missing := [kind for kind in entry.gives if kind not in gives]:
        raise BadInput(
            tr(
                "{disposition} gives {kinds} (dispositions.{id}.gives)",
                disposition=thing_called("disposition", chosen, rulebook),
                kinds=tr(" and ").join(thing_called("kind given", kind, rulebook) for kind in missing),
                id=chosen,
            ),
            hint=tr("add {options}", options=" ".join(f"--give {kind}=…" for kind in missing)),
        )
    check_ahead(proposal.promised_at, moment, tr("the promised date"))
    check_order(case, moment, "proposed", *(task.spec.done for task in case.tasks if task.plan))
    own = {f"+{number}": check_text(title, tr("a task")) for number, title in enumerate(proposal.tasks, 1)}
    if not all(own.values()):
        raise BadInput(tr("a task is empty – write what is to be done"))
    tasks = planned(entry.tasks.values(), f"dispositions.{chosen}.tasks")
    for name in own:
        tasks = (*tasks, TaskSpec(name, after=(tasks[-1].name,) if tasks else ()))
    plan = Plan(case.plans + 1, chosen, gives, proposal.promised_at, tasks, moment.actor)
    check_open(case, moment, "propose", CommandInput(text, plan))
    _check_grounds(case, rulebook, plan, chosen)
    said = optional_text(text, tr("the text"))
    event = PlanProposed(moment.at, plan.version, chosen, gives, plan.promised_at, tasks, said, own or None)
    return [deadlines.following(case, event, moment)]


def _check_grounds(case: Case, rulebook: Rulebook, plan: Plan, chosen: str) -> None:
    """Refuse a plan if the rulebook does not grant the disposition that was chosen to this case."""
    entry = rulebook.dispositions[chosen]
    facts, seen = facts_of(case, rulebook, plan), read(rulebook, case.text())
    others = {name: other.when for name, other in rulebook.dispositions.items() if name != chosen}
    facts[OTHERWISE] = possible(others, seen, facts) or "yes"
    if not holds(entry.when, seen, facts):
        lacks = failing(entry.when, seen, facts, case.details, partial(thing_called, rulebook=rulebook))
        raise Refused(
            tr(
                "{case} gives no grounds for {disposition} (dispositions.{id}.when): {lacks}",
                case=case.number,
                disposition=thing_called("disposition", chosen, rulebook),
                id=chosen,
                lacks=lacks,
            ),
            hint=_way_to_grounds(case, rulebook, entry.when, facts),
            rule="grounds",
        )


def _way_to_grounds(case: Case, rulebook: Rulebook, conditions: Sequence[Condition], facts: Facts) -> str:
    """Return what may be done if grounds are missing: say what a limit lacks, or appraise if the rulebook does that."""
    unknown = lacking(rulebook, conditions, facts, case.registered_at)
    found = rulebook.appraisal
    if unknown:
        way = f"amend {case.number} {' '.join(f'--set {name}=…' for name in unknown)} --reason …"
    elif found.faults or found.causes or found.liabilities:
        way = f"appraise {case.number} …"
    else:
        return tr("propose another disposition")
    return tr("afterservice {way}, or propose another disposition", way=way)


def approve(case: Case, moment: Moment, *, text: str | None = None) -> list[Event]:
    """Say yes to the plan, in the role whose turn it is; nobody approves their own plan."""
    plan, role, rule = _pending(case, moment, "approve", text)
    check_role(
        case, moment, role, tr("approving plan {version} of {case}", version=plan.version, case=case.number), rule
    )
    if moment.same_person(plan.proposed_by):
        raise Refused(
            tr(
                "plan {version} of {case} is {person}'s own; nobody approves their own plan",
                version=plan.version,
                case=case.number,
                person=moment.person,
            ),
            hint=tr(
                "ask another {role}: {others}",
                role=role_called(role, moment.rulebook),
                others=others_called(case, moment, role),
            ),
            rule="own-plan",
        )
    complete = len(missing_approvals(case, plan, moment.rulebook)) == 1
    said = optional_text(text, tr("the text"))
    return [PlanApproved(moment.at, plan.version, role, complete, said)]


def decline(case: Case, moment: Moment, *, reason: str) -> list[Event]:
    """Say no to the plan, in the role whose turn it is: another one is to be proposed."""
    plan, role, rule = _pending(case, moment, "decline", reason)
    check_role(
        case, moment, role, tr("declining plan {version} of {case}", version=plan.version, case=case.number), rule
    )
    return [PlanDeclined(moment.at, plan.version, role, check_reason(reason, tr("declining a plan")))]


def agree(case: Case, moment: Moment, *, agreed: bool, words: str | None = None) -> list[Event]:
    """Record whether the customer accepts the plan; if not, it is to be revised."""
    check_used(moment.rulebook.dispositions, "dispositions", "agree", moment.rulebook)
    check_open(case, moment, "agree", CommandInput(words))
    plan = _plan(case)
    check_approved(case, moment.rulebook)
    check_order(case, moment, "proposed", "approved")
    if plan.agreed is not None:
        values = {"version": plan.version, "case": case.number}
        raise Refused(
            tr("the customer accepted plan {version} of {case} already", **values)
            if plan.agreed
            else tr("the customer refused plan {version} of {case} already", **values),
            hint=tr("afterservice propose {case} --disposition … makes a new version", case=case.number),
            rule="answered",
        )
    said = optional_text(words, tr("the words"))
    if not agreed:
        return [PlanRefused(moment.at, plan.version, said)]
    return [PlanAgreed(moment.at, plan.version, said)]


def _plan(case: Case) -> Plan:
    """Return the plan of the case; `Refused` if it has none, or one that has to be made anew."""
    plan = case.plan
    if plan is None:
        raise Refused(
            tr("{case} has no plan", case=case.number),
            hint=f"afterservice propose {case.number} --disposition …",
            rule="no-plan",
        )
    if plan.declined or plan.revised:
        values = {"version": plan.version, "case": case.number}
        raise Refused(
            tr("plan {version} of {case} has to be revised after {task}", **values, task=plan.revised)
            if plan.revised
            else tr("plan {version} of {case} was declined", **values),
            hint=tr("afterservice propose {case} --disposition … makes a new version", case=case.number),
            rule="declined",
        )
    return plan


def _pending(case: Case, moment: Moment, command: str, text: str | None) -> tuple[Plan, str, str]:
    """Return the plan, the role whose turn it is to approve it, and the rule that says so."""
    check_used(moment.rulebook.approvals, "approvals", command, moment.rulebook)
    check_open(case, moment, command, CommandInput(text))
    plan = _plan(case)
    missing = missing_approvals(case, plan, moment.rulebook)
    if not missing:
        values = {"version": plan.version, "case": case.number}
        raise Refused(
            tr("plan {version} of {case} is approved already", **values)
            if plan.approvals
            else tr("plan {version} of {case} needs no approval", **values),
            hint=tr("afterservice agree {case} --yes, or --no", case=case.number),
            rule="approved",
        )
    check_order(case, moment, "proposed")
    return plan, *missing[0]
