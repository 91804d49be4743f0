"""How a text meets its rules: category, priority and owner, each with the evidence that led there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Literal

from afterservice_cli.cases.values import Finding
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.conditions import LOCAL, WITHIN, evidence
from afterservice_cli.rulebook.earlier import Counted, earlier_facts
from afterservice_cli.rulebook.model import Facts, Rulebook
from afterservice_cli.rulebook.phrases.looking import conditions_of
from afterservice_cli.rulebook.phrases.samples import LIKE
from afterservice_cli.rulebook.phrases.seen import Seen, Uncounted, read, reader_of
from afterservice_cli.rulebook.phrases.weighing import Standing
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.rules import Category, Kind

SECTIONS = {"kind": "kinds", "category": "categories"}
_REMEMBERED = 4096  # of what decides
NOTHING_GIVEN: Mapping[str, Finding] = {}
Count = Callable[[Facts], Counted]  # says which earlier cases count for one with these facts


class Found(Frozen):
    """What the rules give a case that comes in: values of fields, category, priority, owner, perhaps a person."""

    values: tuple[Finding, ...]
    category: Finding
    priority: Finding
    owner: Finding
    person: str | None


def find(
    rulebook: Rulebook,
    text: str,
    facts: Facts,
    given: Mapping[str, Finding] = NOTHING_GIVEN,
    count: Count | None = None,
) -> Found:
    """Return what the rules give a case with these facts and what follows from them; what is given already stands.

    `count` says which earlier cases of its customer count. Many cases have alike what decides it, and it is found for
    them once.
    """
    if count or "category" in given or "priority" in given:
        return _find(rulebook, text, facts, given, count)
    known: dict[Hashable, Found] = rulebook.remembered.setdefault("found", {})
    decides = (read(rulebook, text).deciding(), *map(facts.get, rulebook.once("deciding", _deciding)))
    found = known.get(decides)
    if found is None:
        if len(known) >= _REMEMBERED:
            known.clear()
        found = known[decides] = _find(rulebook, text, facts, NOTHING_GIVEN, None)
    elif rulebook.topics:  # the category is the same, but not the samples that the text is like
        values = {one.field: one.value for one in found.values}
        return found.but(category=find_category(rulebook, text, {**facts, **values}))
    return found


def _deciding(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the names of the facts that a rulebook asks for when a case comes in.

    Two cases that have these alike, and what of their texts decides, are given the same category, priority, owner and
    values of fields.
    """
    names = {"category", "priority", "line"}
    if any(kind.found for kind in rulebook.kinds.values()):
        names.add("kind")
    names |= {name for name, field in rulebook.fields.items() if any(value.match for value in field.values.values())}
    for condition in conditions_of(rulebook):
        names |= {*condition.fields, *(LOCAL + name for name in condition.fields)}
        names |= {WITHIN + limit for limit in condition.within}
    return tuple(sorted(names))


def _find(rulebook: Rulebook, text: str, facts: Facts, given: Mapping[str, Finding], count: Count | None) -> Found:
    values = tuple(find_values(rulebook, text, facts))
    known = {**facts, **{found.field: found.value for found in values}}
    known |= earlier_facts(count(known)) if count else {}
    category = given.get("category") or find_category(rulebook, text, known)
    known["category"] = category.value
    known |= earlier_facts(count(known)) if count else {}
    priority = given.get("priority") or find_priority(rulebook, text, known)
    known["priority"] = priority.value
    return Found(values, category, priority, *find_owner(rulebook, text, known))


def find_values(rulebook: Rulebook, text: str, facts: Facts) -> list[Finding]:
    """Return the values that phrases in a text give to fields of which the facts have none, and the kind likewise.

    Of a field's values the first counts, in the order of the file, that has a phrase in the text.
    """
    seen, found = read(rulebook, text), []
    for name, field in rulebook.fields.items():
        for value in field.values.values() if not facts.get(name) else ():
            phrases = seen.phrases(value.match)
            if phrases and not seen.has(value.unless):
                found.append(Finding(name, value.id, "rule", f"fields.{name}.values.{value.id}.match", tuple(phrases)))
                break
    if not facts.get("kind"):
        kind = _find_kind(rulebook, seen, {**facts, **{each.field: each.value for each in found}})
        found += [kind] if kind else []
    return found


def _find_kind(rulebook: Rulebook, seen: Seen, facts: Facts) -> Finding | None:
    """Return the kind that the rules find, as a category is found; None if nothing speaks for one, or two are alike."""
    found = _conditioned("kind", rulebook.kinds, seen, facts)
    if found is None:
        if not seen.kinds or seen.tied_kinds:
            return None
        best = seen.kinds[0]
        found = Finding("kind", best.name, "rule", f"kinds.{best.name}.match", best.phrases)
    return _given(found, _next_best(found, seen.kinds), seen.uncounted(reader_of(rulebook).kinds.speaks_for))


def tied_kinds(rulebook: Rulebook, text: str, facts: Facts) -> Sequence[Standing]:
    """Return the kinds of which none is given since as much speaks for each; none if the facts or the rules say one."""
    seen = read(rulebook, text)
    if facts.get("kind") or _conditioned("kind", rulebook.kinds, seen, facts):
        return ()
    return seen.tied_kinds


def _conditioned(
    what: Literal["kind", "category"],
    entries: Mapping[str, Kind | Category],
    seen: Seen,
    facts: Facts,
) -> Finding | None:
    """Return the first entry one of whose conditions holds, unless something in the text rules it out."""
    section = SECTIONS[what]
    for entry in entries.values():
        if entry.when and not seen.has(entry.unless):
            for number, condition in enumerate(entry.when, 1):
                hits = evidence(condition, seen, facts)
                if hits is not None:
                    return Finding(what, entry.id, "rule", f"{section}.{entry.id}.when[{number}]", tuple(hits))
    return None


def find_category(rulebook: Rulebook, text: str, facts: Facts) -> Finding:
    """Return the first category one of whose conditions holds, else the one for which most speaks in a text.

    `Seen.standings` says what that is; if too little speaks for it, the category is the default one. `facts` are the
    case's fields, and what follows from them. The rival is the next best by its phrases and samples.
    """
    seen = read(rulebook, text)
    uncounted = seen.uncounted(reader_of(rulebook).categories.speaks_for)
    if placed := _conditioned("category", rulebook.categories, seen, facts):
        return _given(placed, _next_best(placed, seen.standings), uncounted)
    if not seen.placed:
        like = (LIKE + seen.elsewhere,) if seen.elsewhere else ()
        rival = next((one for one in seen.standings[:1] if one.own or not like), None)
        found = Finding("category", rulebook.default.category, "default", "default.category", like)
        return _given(found, rival, uncounted)
    best = seen.standings[0]
    rule = f"categories.{best.name}.{'match' if best.own else 'topics'}"
    found = Finding("category", best.name, "rule", rule, best.phrases)
    return _given(found, _next_best(found, seen.standings), uncounted)


def _next_best(found: Finding, standings: Sequence[Standing]) -> Standing | None:
    """Return the one for which most speaks of those that a finding did not give."""
    return next((one for one in standings if one.name != found.value), None)


def _given(found: Finding, rival: Standing | None, uncounted: tuple[Uncounted, ...]) -> Finding:
    """Return a finding with its rival and with what does not count."""
    if rival is None and not uncounted:
        return found
    next_best = (rival.name, *rival.phrases) if rival else ()
    return found.but(rival=next_best, uncounted=tuple(map(tuple, uncounted)))


def find_priority(rulebook: Rulebook, text: str, facts: Facts) -> Finding:
    """Return the highest priority one of whose conditions holds; `facts` are the case's fields, category included."""
    seen = read(rulebook, text)
    uncounted = seen.uncounted(reader_of(rulebook).of_priorities, settled=True)
    for name, priority in rulebook.priorities.items():
        for index, condition in enumerate(priority.when):
            phrases = evidence(condition, seen, facts)
            if phrases is not None:
                found = Finding("priority", name, "rule", f"priorities.{name}.when[{index + 1}]", tuple(phrases))
                return _given(found, None, uncounted)
    return _given(Finding("priority", rulebook.default.priority, "default", "default.priority"), None, uncounted)


def find_owner(rulebook: Rulebook, text: str, facts: Facts) -> tuple[Finding, str | None]:
    """Return the team that gets a case, and the person of it if a rule names one.

    The first entry of `assignment` that fits decides; else the category, or the nearest above it, that names a team;
    else the product line; else the default. `facts` has category, priority and line beside the case's fields.
    """
    seen = read(rulebook, text)
    for number, entry in enumerate(rulebook.assignment, 1):
        for condition in entry.when or (Condition(),):
            phrases = evidence(condition, seen, facts)
            if phrases is not None:
                team, _, person = entry.to.partition("/")
                return Finding("owner", team, "rule", f"assignment[{number}]", tuple(phrases)), person or None
    found = owner_of(rulebook, facts.get("category") or "")
    line = rulebook.lines.get(facts.get("line") or "")
    if found.by == "default" and line and line.owner:
        return Finding("owner", line.owner, "rule", f"lines.{line.id}.owner"), None
    return found, None


def owner_of(rulebook: Rulebook, category: str) -> Finding:
    """Return the owner that the category names, or the nearest above it that names one, or the default."""
    while category:
        owner = rulebook.categories[category].owner if category in rulebook.categories else None
        if owner:
            return Finding("owner", owner, "rule", f"categories.{category}.owner")
        category = category.rpartition(".")[0]
    return Finding("owner", rulebook.default.owner, "default", "default.owner")
