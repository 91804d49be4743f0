"""Consequences: what the rulebook wants done if a deadline was missed, or if a case is opened again."""

from __future__ import annotations

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import TASK, By, DeadlineSpec, Finding
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.rulebook.sections.rules import Consequence
from afterservice_cli.rulebook.vocabulary import OWNER_ROLES


class ConsequenceResult(Frozen):
    """What an entry of `consequences` makes of a case: its findings, the person it goes to, and who hears of it.

    `rule` is where the rulebook says so: `consequences[2]`.
    """

    rule: str
    findings: tuple[Finding, ...]
    person: str | None
    told: tuple[str, ...]


def consequence(
    case: Case, rulebook: Rulebook, on: str, by: By, *, missed: DeadlineSpec | None = None
) -> ConsequenceResult | None:
    """Return what the first entry on `missed` or `reopened` that fits makes of a case; None if none fits.

    People are told as the case stands before it is handed on; of a missed task, its own team or role and their head.
    """
    whose = missed.team if missed else None
    facts, seen = facts_of(case, rulebook), read(rulebook, case.text())
    for number, entry in enumerate(rulebook.consequences, 1):
        concerned = entry.on == on and (missed is None or _about(entry, missed.target))
        if not concerned or not holds(entry.when, seen, facts):
            continue
        rule, owner, before = f"consequences[{number}]", case.value("owner"), case.value("priority")
        told = tuple(person for role in entry.tell for person in _turned_to(case, rulebook, role, whose)[:1])
        raised = rulebook.raised(before, entry.raise_priority)
        findings = [Finding("priority", raised, by, f"{rule}.raise_priority")] if raised != before else []
        role, person = entry.hand_to, None
        if role and role in rulebook.owners:
            findings += [Finding("owner", role, by, f"{rule}.hand_to")] if role != owner else []
        elif role:
            person = next(iter(rulebook.holders(role, owner, case.person)), None)
        return ConsequenceResult(rule, tuple(findings), person, tuple(dict.fromkeys(told)))
    return None


def _about(entry: Consequence, target: str) -> bool:
    """Tell whether an entry is about the deadlines of a target or a task: about all if it names none."""
    named = (*entry.targets, *(f"{TASK}{task}" for task in entry.tasks))
    return not named or target in named


def _turned_to(case: Case, rulebook: Rulebook, role: str, whose: str | None) -> tuple[str, ...]:
    """Return the people who have a role in the case; in a task of `whose`, the owner and their head are its own."""
    owner = case.value("owner")
    if whose is None or role not in OWNER_ROLES:
        return rulebook.holders(role, owner, case.person)
    return rulebook.holders(role, whose) if whose in rulebook.owners else rulebook.holders(whose, owner)
