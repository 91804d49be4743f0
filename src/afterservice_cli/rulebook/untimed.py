"""Which cases get no time from a target whose time hangs on conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.conditions import UNTOLD, WITHIN, YES_NO, deep, holds
from afterservice_cli.rulebook.forms import Comparison
from afterservice_cli.rulebook.model import OF_ALLOWANCES, Facts, Rulebook
from afterservice_cli.rulebook.sections import Category, Disposition, Priority, Timed
from afterservice_cli.rulebook.seen import NOTHING
from afterservice_cli.rulebook.target_rules import Target

MOST = 20_000  # combinations of values that are tried for a target
ALWAYS = ("category", "priority", "owner", "channel", "cycle")  # facts that no case lacks


class Gap(Frozen):
    """A target, and what a case may be like to which it gives no time; None is what nobody knows of it."""

    target: str
    facts: Facts


def untimed(rulebook: Rulebook) -> Iterator[Gap]:
    """Yield the first kind of case that each target with `times` demands something of, but gives no time.

    Tried are all combinations of what its conditions ask for; a target of which there are too many is left out.
    """
    for name, target in rulebook.targets.items():
        if not target.times:
            continue
        domains = _domains(rulebook, target)
        if prod(map(len, domains.values())) > MOST:
            continue
        tried = (dict(zip(domains, values, strict=True)) for values in product(*domains.values()))
        found = next((facts for facts in tried if _lacks(rulebook, target, _whole(facts))), None)
        if found is not None:
            yield Gap(name, found)


def _lacks(rulebook: Rulebook, target: Target, facts: Facts) -> bool:
    """Tell whether a target is demanded of a case, and nothing gives it a time there."""
    if not holds(target.when, NOTHING, facts) or any(holds(time.when, NOTHING, facts) for time in target.times):
        return False
    return rulebook.allowance(target.id, facts) is None


def _whole(facts: Facts) -> Facts:
    """Return facts with those that follow from them: a limit that cannot be told is neither over nor kept."""
    untold = {UNTOLD + name.removeprefix(WITHIN): "yes" for name, said in facts.items() if said is None}
    return {"category": "", **facts, **untold}


def _domains(rulebook: Rulebook, target: Target) -> dict[str, Sequence[str | None]]:
    """Return the values that each fact may have on which the time of a target hangs."""
    found: dict[str, Sequence[str | None]] = {}
    for name in _giving(rulebook, target.id):
        found[name] = _values(rulebook, name, [])
    asked: dict[str, list[Sequence[str] | Comparison]] = {}
    for condition in (inner for each in target.conditions() for inner in deep(each)):
        for name, wanted in condition.fields.items():
            asked.setdefault(name, []).append(wanted)
        found |= {WITHIN + limit: ("yes", "over", None) for limit in condition.within}
    return found | {name: _values(rulebook, name, tests) for name, tests in asked.items()}


def _giving(rulebook: Rulebook, target: str) -> list[str]:
    """Return the facts by which sections of the rulebook give a target its time."""
    sections: Mapping[str, Mapping[str, Category | Timed | Priority | Disposition]] = {
        "category": rulebook.categories,
        "channel": rulebook.channels,
        "kind": rulebook.kinds,
        "priority": rulebook.priorities,
        "disposition": rulebook.dispositions,
    }
    return [name for name in OF_ALLOWANCES if any(target in entry.targets for entry in sections[name].values())]


def _values(rulebook: Rulebook, name: str, tests: Sequence[Sequence[str] | Comparison]) -> Sequence[str | None]:
    """Return what a fact may be: all that it can be, or what conditions tell apart."""
    known = [value for value, _ in rulebook.choices(name)] or [value for test in tests for value in _told_apart(test)]
    if set(known) & set(YES_NO):
        known = list(YES_NO)
    return [*dict.fromkeys(known), *(() if name in ALWAYS else (None,))]


def _told_apart(test: Sequence[str] | Comparison) -> Iterator[str]:
    """Yield values of which a test tells one from the others: words, or what lies at and around its bounds."""
    if not isinstance(test, Comparison):
        yield from test
        return
    for bound in test.bounds().values():
        if isinstance(bound, str):
            yield from ("0001-01-01", bound, "9999-12-31")
        else:
            yield from (f"{bound - 1:g}", f"{bound:g}", f"{bound + 1:g}")
