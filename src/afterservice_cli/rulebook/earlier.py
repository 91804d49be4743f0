"""How many of a customer's earlier cases count, by what the rulebook says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from afterservice_cli.cases.values import EarlierCase
from afterservice_cli.durations import parse_period
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.earlier_rules import EarlierCases
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.seen import NOTHING
from afterservice_cli.rulebook.vocabulary import EARLIER

Counted = Mapping[str, tuple[str, ...]]  # the cases that count, by the names under `earlier`


def counted(rulebook: Rulebook, cases: Sequence[EarlierCase], facts: Facts, at: datetime) -> dict[str, tuple[str, ...]]:
    """Return which earlier cases of its customer count for a case with these facts that came in then.

    What they have in common with a case of which that is not known, nobody can tell: it is left out.
    """
    found = {}
    for name, rules in rulebook.earlier.items():
        common = {fact.removeprefix("field:"): facts.get(fact.removeprefix("field:")) for fact in rules.same}
        if all(common.values()):
            found[name] = tuple(case.number for case in cases if _counts(rulebook, rules, case, common, at))
    return found


def _counts(rulebook: Rulebook, rules: EarlierCases, case: EarlierCase, common: Facts, at: datetime) -> bool:
    """Tell whether an earlier case has all in common, came in within the time, and is one of those that count."""
    if any(case.facts.get(fact) != value for fact, value in common.items()):
        return False
    if rules.within:
        came, day = (each.astimezone(rulebook.zone).date() for each in (case.registered_at, at))
        if day > rulebook.calendar.last_day(came, parse_period(rules.within)):
            return False
    return holds(rules.when, NOTHING, {**case.facts, "line": rulebook.line_of(case.facts.get("product"))})


def earlier_facts(counts: Counted) -> dict[str, str]:
    """Return how many earlier cases count, as conditions ask for it."""
    return {f"{EARLIER}{name}": str(len(cases)) for name, cases in counts.items()}
