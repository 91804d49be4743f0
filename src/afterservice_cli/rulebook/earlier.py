"""How many of a customer's earlier cases count, by what the rulebook says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
        common = {fact: facts.get(fact) for fact in _asked(rules)}
        if all(common.values()):
            newest = islice(_counting(rulebook, rules, cases, common, at), MOST)
            found[name] = tuple(reversed([case.number for case in newest]))
    return found


def counter(
    rulebook: Rulebook, cases: Sequence[EarlierCase], at: datetime
) -> Callable[[Facts], dict[str, tuple[str, ...]]]:
    """Return what counts them as `counted` does, once for all facts that have alike what is asked of them."""
    asked = sorted({fact for rules in rulebook.earlier.values() for fact in _asked(rules)})
    known: dict[tuple[str | None, ...], dict[str, tuple[str, ...]]] = {}

    def count(facts: Facts) -> dict[str, tuple[str, ...]]:
        common = tuple(map(facts.get, asked))
        if common not in known:
            known[common] = counted(rulebook, cases, facts, at)
        return known[common]

    return count


def _asked(rules: EarlierCases) -> Sequence[str]:
    """Return the facts that cases have to have in common to count."""
    return [fact.removeprefix("field:") for fact in rules.same]


def _counting(
    rulebook: Rulebook, rules: EarlierCases, cases: Sequence[EarlierCase], common: Facts, at: datetime
) -> Iterator[EarlierCase]:
    """Yield the cases that have all in common, came in within the time, and are of those that count, the last first."""
    period, day = rules.within and parse_period(rules.within), at.astimezone(rulebook.zone).date()
    asked, latest = (rulebook.hash, rules.id), None
    for case in islice(reversed(cases), LOOKED_AT):
        judged = case.judged.get(asked)
        if judged is None:
            known = {**case.facts, "line": rulebook.line_of(case.facts.get("product"))}
            judged = case.judged[asked] = holds(rules.when, NOTHING, known)
        if not judged or not common.items() <= case.facts.items():
            continue
        if period and (came := case.registered_at.astimezone(rulebook.zone).date()) != latest:
            latest = came
            if day > rulebook.calendar.last_day(came, period):
                return  # those before it came in earlier
        yield case


def earlier_facts(counts: Counted) -> dict[str, str]:
    """Return how many earlier cases count, as conditions ask for it."""
    return {f"{EARLIER}{name}": str(len(cases)) for name, cases in counts.items()}
