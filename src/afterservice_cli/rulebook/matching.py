"""How a text meets its rules: category, priority and owner, each with the evidence that led there."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.model import Rulebook, normal

# What gave a value: a rule that matched, the rulebook's default because none did, a person, an imported file, the
# escalation of a missed deadline, or the reopening of the case.
By = Literal["rule", "default", "person", "import", "escalation", "reopening"]


class Finding(Frozen):
    """What one field of a case was given, by what and why.

    `by` is `rule`, `default` (no rule matched), `person`, `import`, `escalation` or `reopening`; `rule` is the place in
    the rulebook, None if a person or a file gave the value; `phrases` are the rulebook's own phrases in the text.
    """

    field: str
    value: str
    by: By
    rule: str | None = None
    phrases: tuple[str, ...] = ()


def find_category(rulebook: Rulebook, text: str) -> Finding:
    """The category with the most distinct phrases in `text`, the earlier in the file where two have as many."""
    seen = normal(text)
    best = None
    evidence: tuple[str, ...] = ()
    for category in rulebook.categories.values():
        found = tuple(phrase for phrase in category.match if phrase in seen)
        if len(found) > len(evidence) and not any(phrase in seen for phrase in category.unless):
            best, evidence = category, found
    if best is None:
        return Finding("category", rulebook.default["category"], "default", "default.category")
    return Finding("category", best.id, "rule", f"categories.{best.id}.match", evidence)


def find_priority(rulebook: Rulebook, text: str, facts: Mapping[str, Any]) -> Finding:
    """The highest priority one of whose conditions holds. `facts` are the case's fields, category included."""
    seen = normal(text)
    for name, priority in rulebook.priorities.items():
        for index, condition in enumerate(priority["when"]):
            phrases = holds(condition, seen, facts)
            if phrases is not None:
                return Finding("priority", name, "rule", f"priorities.{name}.when[{index + 1}]", tuple(phrases))
    return Finding("priority", rulebook.default["priority"], "default", "default.priority")


def find_owner(rulebook: Rulebook, category: str) -> Finding:
    """The owner the category names, or the nearest above it that names one, or the default."""
    place = category
    while place:
        owner = rulebook.categories[place].owner if place in rulebook.categories else None
        if owner:
            return Finding("owner", owner, "rule", f"categories.{place}.owner")
        place = place.rpartition(".")[0]
    return Finding("owner", rulebook.default["owner"], "default", "default.owner")


def holds(condition: Mapping[str, Any], seen: str, facts: Mapping[str, Any]) -> list[str] | None:
    """Whether a condition holds of a normalised text and the case's facts.

    Returns the phrases it rests on (none, for a condition on fields alone), or None where it does not hold.
    """
    evidence: list[str] = []
    for key, wanted in condition.items():
        found: Sequence[str] | None
        if key == "match":
            found = [phrase for phrase in wanted if phrase in seen] or None
        elif key == "unless":
            found = None if any(phrase in seen for phrase in wanted) else []
        elif key == "any":
            found = next((hit for inner in wanted if (hit := holds(inner, seen, facts)) is not None), None)
        elif key == "all":
            hits = [holds(inner, seen, facts) for inner in wanted]
            found = None if None in hits else [phrase for hit in hits for phrase in hit or ()]
        elif key == "not":
            found = [] if holds(wanted, seen, facts) is None else None
        else:
            found = [] if _agrees(wanted, facts.get(key)) else None
        if found is None:
            return None
        evidence += found
    return evidence


def _agrees(wanted: Any, value: Any) -> bool:
    if value is None:
        return False
    if isinstance(wanted, Mapping):
        try:
            number = float(value)
        except ValueError:
            return False  # from a time when the field was no number
        tests = {
            "over": lambda bound: number > bound,
            "under": lambda bound: number < bound,
            "at_least": lambda bound: number >= bound,
            "at_most": lambda bound: number <= bound,
        }
        return all(tests[test](bound) for test, bound in wanted.items())
    # A parent category stands for all below it.
    return any(value == word or str(value).startswith(f"{word}.") for word in wanted)
