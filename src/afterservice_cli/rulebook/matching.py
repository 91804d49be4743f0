"""How a text meets its rules: category, priority and owner, each with the evidence that led there."""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.cases.values import Finding
from afterservice_cli.rulebook.model import Facts, Rulebook, normal
from afterservice_cli.rulebook.sections import Comparison, Condition


def find_category(rulebook: Rulebook, text: str) -> Finding:
    """Return the category with the most distinct phrases in `text`, the earlier in the file if two have as many."""
    seen = normal(text)
    best = None
    evidence: tuple[str, ...] = ()
    for category in rulebook.categories.values():
        found = tuple(phrase for phrase in category.match if phrase in seen)
        if len(found) > len(evidence) and not any(phrase in seen for phrase in category.unless):
            best, evidence = category, found
    if best is None:
        return Finding("category", rulebook.default.category, "default", "default.category")
    return Finding("category", best.id, "rule", f"categories.{best.id}.match", evidence)


def find_priority(rulebook: Rulebook, text: str, facts: Facts) -> Finding:
    """Return the highest priority one of whose conditions holds; `facts` are the case's fields, category included."""
    seen = normal(text)
    for name, priority in rulebook.priorities.items():
        for index, condition in enumerate(priority.when):
            phrases = holds(condition, seen, facts)
            if phrases is not None:
                return Finding("priority", name, "rule", f"priorities.{name}.when[{index + 1}]", tuple(phrases))
    return Finding("priority", rulebook.default.priority, "default", "default.priority")


def find_owner(rulebook: Rulebook, category: str) -> Finding:
    """Return the owner that the category names, or the nearest above it that names one, or the default."""
    while category:
        owner = rulebook.categories[category].owner if category in rulebook.categories else None
        if owner:
            return Finding("owner", owner, "rule", f"categories.{category}.owner")
        category = category.rpartition(".")[0]
    return Finding("owner", rulebook.default.owner, "default", "default.owner")


def holds(condition: Condition | None, seen: str, facts: Facts) -> list[str] | None:
    """Return the phrases by which a condition holds of a normalised text and a case's facts; None if it does not.

    A condition on fields alone has no phrases. A condition of None always holds.
    """
    if condition is None:
        return []
    if not all(_agrees(wanted, facts.get(name)) for name, wanted in condition.fields.items()):
        return None
    evidence: list[str] = []
    for inner in condition.all:
        hit = holds(inner, seen, facts)
        if hit is None:
            return None
        evidence += hit
    if condition.any:
        hits = (holds(inner, seen, facts) for inner in condition.any)
        first = next((hit for hit in hits if hit is not None), None)
        if first is None:
            return None
        evidence += first
    if condition.match:
        found = [phrase for phrase in condition.match if phrase in seen]
        if not found:
            return None
        evidence += found
    if any(phrase in seen for phrase in condition.unless):
        return None
    if condition.none is not None and holds(condition.none, seen, facts) is not None:
        return None
    return evidence


def _agrees(wanted: Sequence[str] | Comparison, value: str | None) -> bool:
    if value is None:
        return False
    if isinstance(wanted, Comparison):
        try:
            number = float(value)
        except ValueError:
            return False  # from a time when the field was no number
        return (
            (wanted.over is None or number > wanted.over)
            and (wanted.under is None or number < wanted.under)
            and (wanted.at_least is None or number >= wanted.at_least)
            and (wanted.at_most is None or number <= wanted.at_most)
        )
    # A parent category stands for all below it.
    return any(value == word or value.startswith(f"{word}.") for word in wanted)
