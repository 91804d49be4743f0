"""Whether a condition holds of a case: by which phrases, or for want of what."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import ge, gt, le, lt
from typing import Any

from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.language import in_quotes, listed, sentence, tr
from afterservice_cli.rulebook.model import NAMED, Facts
from afterservice_cli.rulebook.phrases.samples import LIKE
from afterservice_cli.rulebook.phrases.seen import Seen
from afterservice_cli.rulebook.sections.forms import Comparison, Condition
from afterservice_cli.rulebook.vocabulary import EARLIER

OTHERWISE = "otherwise"  # the fact that says whether no other disposition is possible, or which is
LOCAL = "local "  # before the name of a field, the fact that is its time as the clock at the desk shows it
# Facts of every case, beside what a rulebook has names for.
FACTS = (
    sentence("product"),
    sentence("status"),
    sentence("cycle"),
    sentence("known"),
    sentence("problem"),
    sentence("warranty"),
    sentence("waiting_for"),
    sentence("looks"),
)
YES_NO = (sentence("yes"), sentence("no"))
WITHIN = "within "  # before the name of a limit, the fact that says whether a case lies within
UNTOLD = "untold "  # before the name of a limit, the fact that it cannot be told whether a case lies within


def possible(alternatives: Mapping[str, Sequence[Condition]], seen: Seen, facts: Facts) -> str:
    """Return the first alternative whose conditions hold, of those that do not ask for the others themselves; or ""."""
    plain = {name: when for name, when in alternatives.items() if not any(map(asks_otherwise, when))}
    return next((name for name, when in plain.items() if holds(when, seen, facts)), "")


def asks_otherwise(condition: Condition) -> bool:
    """Tell whether a condition asks, however deep, for none of the others."""
    return any(one.otherwise for one in condition.deep())


def holds(conditions: Sequence[Condition], seen: Seen, facts: Facts) -> bool:
    """Tell whether one of the conditions holds of a text and a case's facts; without any, all is well."""
    return not conditions or any(evidence(condition, seen, facts) is not None for condition in conditions)


def evidence(condition: Condition, seen: Seen, facts: Facts) -> list[str] | None:
    """Return the phrases by which a condition holds of a text and a case's facts; None if it does not.

    A condition on fields alone has no phrases.
    """
    if not _known(condition, facts):
        return None
    found: list[str] = []
    for inner in condition.all:
        hit = evidence(inner, seen, facts)
        if hit is None:
            return None
        found += hit
    if condition.any:
        hits = (evidence(inner, seen, facts) for inner in condition.any)
        first = next((hit for hit in hits if hit is not None), None)
        if first is None:
            return None
        found += first
    if condition.match:
        phrases = seen.phrases(condition.match)
        if not phrases:
            return None
        found += phrases
    if condition.like:
        sample = seen.like(condition.like)
        if not sample:
            return None
        found.append(LIKE + sample)
    if condition.unlike and not seen.unlike(condition.unlike):
        return None
    if condition.unless and seen.has(condition.unless):
        return None
    if condition.none is not None and evidence(condition.none, seen, _granted(condition.none, facts)) is not None:
        return None
    return found


def limits_asked(condition: Condition) -> list[str]:
    """Return the limits that a condition asks for, however deep."""
    return [limit for one in condition.deep() for limit in one.within]


def _untold(condition: Condition, facts: Facts) -> list[str]:
    """Return the limits that a condition asks for and that cannot be told of a case."""
    return [limit for limit in limits_asked(condition) if facts.get(UNTOLD + limit)]


def _granted(condition: Condition, facts: Facts) -> Facts:
    """Return the facts with what cannot be told of limits taken for kept: what must not hold may hold then."""
    untold = _untold(condition, facts)
    return {**facts, **{WITHIN + limit: "yes" for limit in untold}} if untold else facts


def _known(condition: Condition, facts: Facts) -> bool:
    """Tell whether what a condition asks of the facts holds."""
    for name, wanted in condition.fields.items():
        if not _agrees(wanted, _fact(name, facts)):
            return False
    if condition.within and any(facts.get(WITHIN + limit) != "yes" for limit in condition.within):
        return False
    return not condition.otherwise or facts.get(OTHERWISE) == "yes"


Call = Callable[[str, str], str]
"""Says what a name is called that the rulebook has for something, such as a `field` or a value of one."""


def failing(
    conditions: Sequence[Condition],
    seen: Seen,
    facts: Facts,
    personal: Collection[str] = (),
    call: Call = lambda _, name: name,
) -> str:
    """Return for want of what none of the conditions holds: the first part of each that fails; "" if one holds.

    The values of `personal` facts are left out: a message may end up in a log.
    """
    parts = [next(_failing(condition, seen, facts, personal, call), "") for condition in conditions]
    return tr("; ").join(dict.fromkeys(parts)) if all(parts) else ""


def _failing(condition: Condition, seen: Seen, facts: Facts, personal: Collection[str], call: Call) -> Iterator[str]:
    """Yield the parts of a condition that fail, in words; nothing if it holds."""
    for name, wanted in condition.fields.items():
        value = _fact(name, facts)
        if not _agrees(wanted, value):
            yield _not_so(name, value, _wanted(name, wanted, call), call, told=name not in personal)
    for limit in condition.within:
        said = facts.get(WITHIN + limit)
        if said != "yes":
            named = call("limit", limit)
            yield (
                tr("{limit} {ended}", limit=named, ended=said) if said else tr("{limit} is not known here", limit=named)
            )
    if condition.otherwise and facts.get(OTHERWISE) != "yes":
        other = facts.get(OTHERWISE)
        yield (
            tr("{disposition} is possible", disposition=call("disposition", other))
            if other
            else tr("another disposition is possible")
        )
    for inner in condition.all:
        yield from _failing(inner, seen, facts, personal, call)
    parts = [next(_failing(inner, seen, facts, personal, call), "") for inner in condition.any]
    if parts and all(parts):
        yield _both(dict.fromkeys(parts))
    yield from _failing_words(condition, seen)
    if condition.none is not None and evidence(condition.none, seen, facts) is not None:
        yield _both(_asked(condition.none, seen, facts, personal, call)) or tr("what must not hold does")
    elif condition.none is not None and evidence(condition.none, seen, _granted(condition.none, facts)) is not None:
        for limit in _untold(condition.none, facts):
            yield tr("{limit} {ended}", limit=call("limit", limit), ended=facts.get(WITHIN + limit))


def _not_so(name: str, value: str | None, wanted: str, call: Call, *, told: bool) -> str:
    """Say what is wanted, and what a case has instead if that may be told."""
    fact = _called(name, call)
    if not told:
        return tr("{fact} is not {wanted}", fact=fact, wanted=wanted)
    if not value:
        return tr("{fact} is unknown, not {wanted}", fact=fact, wanted=wanted)
    has = listed(_value(name, one, call) for one in value.split(SEVERAL))
    return tr("{fact} is {value}, not {wanted}", fact=fact, value=has, wanted=wanted)


def _both(clauses: Iterable[str]) -> str:
    """Say that each of some clauses holds; nothing if there is none."""
    said = list(clauses)
    return reduce(lambda clause, other: tr("{clause} and {other}", clause=clause, other=other), said) if said else ""


def _called(name: str, call: Call) -> str:
    """Say what a fact is called: one that every case has has a word, those of a rulebook have names there."""
    if name.startswith(EARLIER):
        short = name.removeprefix(EARLIER)
        title = call("earlier cases", short)
        return name if title == short else title
    return tr(name) if name in NAMED or name in FACTS else call("field", name)


def _value(name: str, value: str, call: Call) -> str:
    """Say what a value of a fact is called."""
    return tr(value) if value in YES_NO else call(name, value)


def _failing_words(condition: Condition, seen: Seen) -> Iterator[str]:
    if condition.match and not seen.phrases(condition.match):
        phrases = in_quotes(condition.match[:3])
        yield tr("the text has none of {phrases}", phrases=phrases + ("…" if len(condition.match) > 3 else ""))
    if condition.like and not seen.like(condition.like):
        yield tr("the text is not like samples of {names}", names=tr(" or ").join(condition.like))
    if condition.unlike and not seen.unlike(condition.unlike):
        yield tr("the text is not like counter-samples of {names}", names=tr(" or ").join(condition.unlike))
    if there := condition.unless and seen.has(condition.unless):
        yield tr("the text has “{phrase}”", phrase=there)


def _asked(condition: Condition, seen: Seen, facts: Facts, personal: Collection[str], call: Call) -> Iterator[str]:
    """Yield what a condition that holds asks for, in words; of alternatives, the first that holds."""
    yield from (
        tr("{fact} is {wanted}", fact=_called(name, call), wanted=_wanted(name, wanted, call))
        for name, wanted in condition.fields.items()
        if name not in personal
    )
    yield from (tr("nothing else is possible"),) if condition.otherwise else ()
    yield from (tr("{limit} is not over", limit=call("limit", limit)) for limit in condition.within)
    yield from (tr("the text has “{phrase}”", phrase=phrase) for phrase in seen.phrases(condition.match))
    if condition.like and (sample := seen.like(condition.like)):
        yield tr("the text is like “{sample}”", sample=sample)
    some = next((inner for inner in condition.any if evidence(inner, seen, facts) is not None), None)
    for inner in (*condition.all, *((some,) if some else ())):
        yield from _asked(inner, seen, facts, personal, call)


def _fact(name: str, facts: Facts) -> str | None:
    """Return what a case has there, a time as the clock at the desk shows it."""
    return facts.get(LOCAL + name) or facts.get(name)


# What each comparison is called in a refusal, of numbers and of days and times, and when it holds.
COMPARED: Mapping[str, tuple[str, str, Callable[[Any, Any], bool]]] = {
    "over": (sentence("over {bound}"), sentence("after {bound}"), gt),
    "at_least": (sentence("at least {bound}"), sentence("on or after {bound}"), ge),
    "under": (sentence("under {bound}"), sentence("before {bound}"), lt),
    "at_most": (sentence("at most {bound}"), sentence("on or before {bound}"), le),
}
_DATE = r"(?a)\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?"


def _wanted(name: str, wanted: Sequence[str] | Comparison, call: Call) -> str:
    if not isinstance(wanted, Comparison):
        return tr(" or ").join(_value(name, word, call) for word in wanted)
    return _both(
        tr(later, bound=bound) if isinstance(bound, str) else tr(more, bound=f"{bound:g}")
        for (more, later, _), bound in _bounds(wanted)
    )


def _bounds(wanted: Comparison) -> Iterator[tuple[tuple[str, str, Callable[[Any, Any], bool]], float | str]]:
    """Yield how something is compared, each with what it is compared with."""
    for name, bound in wanted.bounds().items():
        yield COMPARED[name], bound


def _agrees(wanted: Sequence[str] | Comparison, value: str | None) -> bool:
    if value is None:
        return False
    if isinstance(wanted, Comparison):
        return all(_compares(value, test, bound) for (*_, test), bound in _bounds(wanted))
    if value in wanted:
        return True
    # A parent category stands for all below it. Of several values one is enough.
    if SEVERAL not in value and "." not in value:
        return False
    return any(one == word or one.startswith(f"{word}.") for one in value.split(SEVERAL) for word in wanted)


def _compares(value: str, test: Callable[[Any, Any], bool], bound: float | str) -> bool:
    """Tell whether a value stands so to a bound; with a day, a time is compared by its day.

    A value from a time when the field was something else stands to none.
    """
    if isinstance(bound, str):
        return re.fullmatch(_DATE, value) is not None and test(value[:10] if len(bound) == 10 else value, bound)
    try:
        return test(float(value), bound)
    except ValueError:
        return False
