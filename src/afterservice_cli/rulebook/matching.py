"""How a text meets its rules: category, priority and owner, each with the evidence that led there."""

from __future__ import annotations

from afterservice_cli.cases.values import Finding
from afterservice_cli.rulebook.conditions import evidence
from afterservice_cli.rulebook.model import Facts, Rulebook, normal


def find_category(rulebook: Rulebook, text: str) -> Finding:
    """Return the category with the most distinct phrases in `text`, the earlier in the file if two have as many."""
    seen = normal(text)
    best = None
    phrases: tuple[str, ...] = ()
    for category in rulebook.categories.values():
        found = tuple(phrase for phrase in category.match if phrase in seen)
        if len(found) > len(phrases) and not any(phrase in seen for phrase in category.unless):
            best, phrases = category, found
    if best is None:
        return Finding("category", rulebook.default.category, "default", "default.category")
    return Finding("category", best.id, "rule", f"categories.{best.id}.match", phrases)


def find_priority(rulebook: Rulebook, text: str, facts: Facts) -> Finding:
    """Return the highest priority one of whose conditions holds; `facts` are the case's fields, category included."""
    seen = normal(text)
    for name, priority in rulebook.priorities.items():
        for index, condition in enumerate(priority.when):
            phrases = evidence(condition, seen, facts)
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
