"""Consequences: what the rulebook wants done if a deadline was missed, or if a case is opened again."""

from __future__ import annotations

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import By, Finding
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Rulebook, normal


class Effect(Frozen):
    """What an entry of `consequences` makes of a case: its findings, the person it goes to, and who hears of it.

    `rule` is where the rulebook says so: `consequences[2]`.
    """

    rule: str
    findings: tuple[Finding, ...]
    person: str | None
    told: tuple[str, ...]


def consequence(case: Case, rulebook: Rulebook, on: str, by: By, *, target: str = "") -> Effect | None:
    """Return what the first entry on `missed` or `reopened` that fits makes of a case; None if none fits.

    `target` is the one whose deadline was missed. People are told as the case stands before it is handed on.
    """
    facts, seen = facts_of(case, rulebook), normal(case.text())
    for number, entry in enumerate(rulebook.consequences, 1):
        concerned = entry.on == on and (not entry.targets or target in entry.targets)
        if not concerned or not holds(entry.when, seen, facts):
            continue
        rule, owner, before = f"consequences[{number}]", case.value("owner"), case.value("priority")
        told = tuple(person for role in entry.tell for person in rulebook.holders(role, owner, case.person)[:1])
        raised = rulebook.raised(before, entry.raise_priority)
        findings = [Finding("priority", raised, by, f"{rule}.raise_priority")] if raised != before else []
        role, person = entry.hand_to, None
        if role and role in rulebook.owners:
            findings += [Finding("owner", role, by, f"{rule}.hand_to")] if role != owner else []
        elif role:
            person = next(iter(rulebook.holders(role, owner, case.person)), None)
        return Effect(rule, tuple(findings), person, tuple(dict.fromkeys(told)))
    return None
