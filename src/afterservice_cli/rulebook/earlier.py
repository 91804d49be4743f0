"""How many of a customer's earlier cases count, by what the rulebook says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from afterservice_cli.cases.values import EarlierCase
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.phrases.seen import NOTHING
from afterservice_cli.rulebook.sections.intake import EarlierCases
from afterservice_cli.rulebook.vocabulary import EARLIER
from afterservice_cli.time.durations import parse_period

Counted = Mapping[str, tuple[str, ...]]  # the cases that count, by the names under `earlier`
LOOKED_AT = 2000  # cases of a customer: a reseller has thousands under one number
MOST = 100  # cases that count: each is named in the history of the one that comes in


def counted(rulebook: Rulebook, cases: Sequence[EarlierCase], facts: Facts, at: datetime) -> dict[str, tuple[str, ...]]:
    """Return which earlier cases of its customer count for a case with these facts that came in then.

    What they have in common with a case of which that is not known, nobody can tell: it is left out. `cases` are in the
    order in which they came in; of a customer with very many, the last LOOKED_AT are looked at, and MOST count.
    """
    found = {}
    for name, rules in rulebook.earlier.items():
        common = {fact.removeprefix("field:"): facts.get(fact.removeprefix("field:")) for fact in rules.same}
        if all(common.values()):
            newest = islice(_counting(rulebook, rules, cases, common, at), MOST)
            found[name] = tuple(reversed([case.number for case in newest]))
    return found


def _counting(
    rulebook: Rulebook, rules: EarlierCases, cases: Sequence[EarlierCase], common: Facts, at: datetime
) -> Iterator[EarlierCase]:
    """Yield the cases that have all in common, came in within the time, and are of those that count, the last first."""
    period, day = rules.within and parse_period(rules.within), at.astimezone(rulebook.zone).date()
    for case in islice(reversed(cases), LOOKED_AT):
        if not common.items() <= case.facts.items():
            continue
        if period:
            came = case.registered_at.astimezone(rulebook.zone).date()
            if day > rulebook.calendar.last_day(came, period):
                return  # those before it came in earlier
        if holds(rules.when, NOTHING, {**case.facts, "line": rulebook.line_of(case.facts.get("product"))}):
            yield case


def earlier_facts(counts: Counted) -> dict[str, str]:
    """Return how many earlier cases count, as conditions ask for it."""
    return {f"{EARLIER}{name}": str(len(cases)) for name, cases in counts.items()}
