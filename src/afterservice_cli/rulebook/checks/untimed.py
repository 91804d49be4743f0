"""Which cases get no time from a target or a task whose time hangs on conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.conditions import UNTOLD, WITHIN, YES_NO, holds
from afterservice_cli.rulebook.model import OF_ALLOWANCES, Facts, Rulebook
from afterservice_cli.rulebook.phrases.seen import NOTHING
from afterservice_cli.rulebook.sections.forms import Comparison, Condition
from afterservice_cli.rulebook.sections.rules import Category, Disposition, Priority, Timed
from afterservice_cli.rulebook.sections.targets import TargetTime
from afterservice_cli.rulebook.sections.tasks import Part, TaskRules

MOST = 20_000  # combinations of values that are tried for a target
ALWAYS = ("category", "priority", "owner", "channel", "cycle")  # facts that no case lacks


class Gap(Frozen):
    """A target or a task, where it stands, and what a case may be like to which it gives no time.

    None is what nobody knows of the case.
    """

    target: str
    place: str
    facts: Facts


class _Timed(Frozen):
    """A target or a task whose time hangs on conditions, the cases of which it is, and what else gives it a time."""

    name: str
    place: str
    times: Sequence[TargetTime]
    when: Sequence[Condition]
    given_by: Sequence[str] = ()


def untimed(rulebook: Rulebook) -> Iterator[Gap]:
    """Yield the first kind of case that each target or task with `times` demands something of, but gives no time.

    Tried are all combinations of what its conditions ask for; one of which there are too many is left out.
    """
    for timed in (*_targets(rulebook), *_tasks(rulebook)):
        domains = _domains(rulebook, timed)
        if prod(map(len, domains.values())) > MOST:
            continue
        tried = (dict(zip(domains, values, strict=True)) for values in product(*domains.values()))
        found = next((facts for facts in tried if _lacks(rulebook, timed, _whole(facts))), None)
        if found is not None:
            yield Gap(timed.name, timed.place, found)


def _targets(rulebook: Rulebook) -> Iterator[_Timed]:
    for name, target in rulebook.targets.items():
        if target.times and not target.within:
            yield _Timed(name, f"targets.{name}", target.times, target.when, _giving(rulebook, name))


def _tasks(rulebook: Rulebook) -> Iterator[_Timed]:
    every: list[tuple[str, TaskRules | Part, Sequence[Condition]]] = []
    every += [(f"tasks.{name}", task, task.when) for name, task in rulebook.tasks.items()]
    for way in rulebook.dispositions.values():
        its = (Condition(fields={"disposition": (way.id,)}),)
        every += [(f"dispositions.{way.id}.tasks.{name}", task, its) for name, task in way.tasks.items()]
    for category in rulebook.categories.values():
        its = (Condition(fields={"category": (category.id,)}),)
        every += [(f"categories.{category.id}.parts.{team}", part, its) for team, part in category.parts.items()]
    for place, task, when in every:
        if task.times and not task.within:
            yield _Timed(task.id, place, task.times, when)


def _lacks(rulebook: Rulebook, timed: _Timed, facts: Facts) -> bool:
    """Tell whether a target or a task is demanded of a case, and nothing gives it a time there."""
    if not holds(timed.when, NOTHING, facts) or any(holds(time.when, NOTHING, facts) for time in timed.times):
        return False
    return not timed.given_by or rulebook.allowance(timed.name, facts) is None


def _whole(facts: Facts) -> Facts:
    """Return facts with those that follow from them: a limit that cannot be told is neither over nor kept."""
    untold = {UNTOLD + name.removeprefix(WITHIN): "yes" for name, said in facts.items() if said is None}
    return {"category": "", **facts, **untold}


def _domains(rulebook: Rulebook, timed: _Timed) -> dict[str, Sequence[str | None]]:
    """Return the values that each fact may have on which the time of a target or a task hangs."""
    found: dict[str, Sequence[str | None]] = {}
    for name in timed.given_by:
        found[name] = _values(rulebook, name, [])
    asked: dict[str, list[Sequence[str] | Comparison]] = {}
    every = (*timed.when, *(condition for time in timed.times for condition in time.when))
    for condition in (inner for each in every for inner in each.deep()):
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
