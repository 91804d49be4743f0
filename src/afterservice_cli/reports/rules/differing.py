"""In what two rulebooks differ, entry by entry and key by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.rules.rules import PARTS, EntryView, entry_view
from afterservice_cli.rulebook.keys import Section, kept_fields
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.rules import Rules

PHRASES = ("match", "unless")
TEXTS = ("like", "unlike", "texts")
T = TypeVar("T")
What = Literal["added", "removed", "changed", "parts", "order"]


class Difference(Frozen):
    """One difference of two rulebooks: in which part, of which entry ("" for none), and under which of its keys.

    What was `added` or `removed` is an entry as a whole, or one within an entry, which its key then names. Of a key
    with several values `parts` came or went, a single one was `changed`: `removed` is what only the first has there,
    `added` what only the second has. `inside` are the titles of the entries within the entry that lead to the key;
    `place` is where the file has it.
    """

    part: str
    place: str
    entry: str
    title: Mapping[str, str]
    what: What
    key: str
    removed: Sequence[object]
    added: Sequence[object]
    inside: Sequence[Mapping[str, str]] = ()


def differences(old: Rulebook, new: Rulebook) -> list[Difference]:
    """Return in what two rulebooks differ: the parts in the order in which people read them, then all others."""
    fields = kept_fields(Rules)
    rank = {name: number for number, name in enumerate(PARTS)}
    return [
        difference
        for name in sorted(fields, key=lambda each: (rank.get(each, len(rank)), each))
        for difference in _of_part(name, getattr(old, fields[name]), getattr(new, fields[name]))
    ]


def places(found: Iterable[Difference]) -> list[str]:
    """Return where the file has what differs, each place once, as the history keeps it."""
    every = dict.fromkeys(difference.place for difference in found)
    return sorted(every, key=lambda place: place.partition(".")[0])


def _of_part(name: str, before: object, after: object) -> Iterator[Difference]:
    was, now = _entries(before), _entries(after)
    for key in _both(was, now):
        one, other = was.get(key), now.get(key)
        if one == other:
            continue
        entry = other or one
        assert entry is not None
        whole = Difference(name, f"{name}.{entry.id}".rstrip("."), entry.id, entry.title, "changed", "", (), ())
        if one is None or other is None:
            yield _whole(whole, one, other)
        else:
            yield from (_placed(each) for each in _within(whole, one, other))
    if [key for key in was if key in now] != [key for key in now if key in was]:
        yield Difference(name, name, "", {}, "order", "", list(was), list(now))


def _placed(found: Difference) -> Difference:
    """Return a difference of a part without entries under its key: `intake.vague`."""
    key = found.key.partition(".")[0]
    return found if found.entry or not key else found.but(place=f"{found.part}.{key}")


def _whole(of: Difference, one: EntryView | None, other: EntryView | None) -> Difference:
    """Return that an entry is there in one of two rulebooks alone."""
    return of.but(what="removed" if one else "added", removed=_some(one), added=_some(other))


def _within(of: Difference, one: EntryView, other: EntryView) -> Iterator[Difference]:
    """Yield what an entry says otherwise, a key at a time; its title first."""
    if one.title != other.title:
        yield _said(of, "title", one.title, other.title)
    for key in _both(one.facts, other.facts):
        was, now = one.facts.get(key), other.facts.get(key)
        if was == now:
            continue
        if isinstance(was, EntryView) and isinstance(now, EntryView):
            yield from _within(of.but(key=_path(of.key, key)), was, now)
        elif key == "when" and isinstance(was, list | tuple) and isinstance(now, list | tuple):
            yield from _of_conditions(of, was, now)
        elif _named(was) and _named(now):
            yield from _of_several(of.but(key=_path(of.key, key)), _by_id(was), _by_id(now))
        elif _by_conditions(was) or _by_conditions(now):
            yield from _of_alternatives(of, key, _by_conditions(was), _by_conditions(now))
        else:
            yield _said(of, key, was, now)


def _of_several(of: Difference, was: Mapping[str, EntryView], now: Mapping[str, EntryView]) -> Iterator[Difference]:
    """Yield in what the entries within an entry differ."""
    for name in _both(was, now):
        one, other = was.get(name), now.get(name)
        entry = other or one
        assert entry is not None
        inner = of.but(key=_path(of.key, name), inside=(*of.inside, entry.title or {"en": name, "zh": name}))
        if one is None or other is None:
            yield _whole(inner, one, other)
        elif one != other:
            yield from _within(inner, one, other)


def _of_alternatives(
    of: Difference, key: str, was: Sequence[EntryView], now: Sequence[EntryView]
) -> Iterator[Difference]:
    """Yield in what entries differ of which the first that fits counts: what one of a condition says otherwise."""
    gone, come = _lost(was, now), _lost(now, was)
    for one in [*gone]:
        other = next((each for each in come if each.facts["when"] == one.facts["when"]), None)
        if other is not None:
            yield from _within(of.but(key=_path(of.key, f"{key}[{list(now).index(other) + 1}]")), one, other)
            gone.remove(one)
            come.remove(other)
    yield from (_said(of, key, (), (one,)) for one in come)
    yield from (_said(of, key, (one,), ()) for one in gone)
    before, after = ([each.facts["when"] for each in some] for some in (was, now))
    if [when for when in before if when in after] != [when for when in after if when in before]:
        yield of.but(key=_path(of.key, key), what="order", removed=was, added=now)


def _of_conditions(of: Difference, was: Sequence[object], now: Sequence[object]) -> Iterator[Difference]:
    """Yield in what the conditions of an entry differ: phrases of one that else is the same, `when[2].match`."""
    gone, come = _lost(was, now), _lost(now, was)
    for one in [*gone]:
        other = next((each for each in come if _apart_from_phrases(one, each)), None)
        if other is not None:
            yield from _phrases(of, list(now).index(other) + 1, one, other)
            gone.remove(one)
            come.remove(other)
    if gone or come:
        yield _said(of, "when", gone, come)
    elif _lost(was, _lost(was, now)) != _lost(now, _lost(now, was)):
        yield _said(of, "when", was, now)  # in another order


def _lost(one: Sequence[T], other: Sequence[T]) -> list[T]:
    """Return what only the first of two sequences has."""
    return [each for each in one if each not in other]


def _phrases(of: Difference, number: int, one: object, other: object) -> Iterator[Difference]:
    for key in PHRASES:
        if (before := getattr(one, key)) != (after := getattr(other, key)):
            yield _said(of, f"when[{number}].{key}", before, after)


def _apart_from_phrases(one: object, other: object) -> bool:
    """Tell whether two conditions have phrases in common, and ask the same but for the others."""
    if not (isinstance(one, Condition) and isinstance(other, Condition)) or not {*one.match} & {*other.match}:
        return False
    none = dict.fromkeys(PHRASES, ())
    return one.but(**none) == other.but(**none)


def _said(of: Difference, key: str, was: object, now: object) -> Difference:
    """Return that a key says something else: of what has parts, the parts that only one of both has."""
    what: What = "changed"
    removed, added = _some(was), _some(now)
    if isinstance(was, Mapping) or isinstance(now, Mapping):
        one, other = (each if isinstance(each, Mapping) else {} for each in (was, now))
        removed, added = _lacking(one, other), _lacking(other, one)
    elif isinstance(was, list | tuple) or isinstance(now, list | tuple):
        many, others = (list(each) if isinstance(each, list | tuple) else [] for each in (was, now))
        removed, added = _lost(many, others), _lost(others, many)
        what = "parts" if removed or added else "order"
    return of.but(key=_path(of.key, key), what=what, removed=removed, added=added)


def _lacking(one: Mapping[str, object], other: Mapping[str, object]) -> list[object]:
    """Return the pairs of a mapping that another has not, as one mapping; none if there are none."""
    found = {name: value for name, value in one.items() if name not in other or other[name] != value}
    return [found] if found else []


def _entries(value: object) -> dict[str, EntryView]:
    """Return what a part holds, by id; the entries of a plain list by what they say; anything else under "" alone."""
    if isinstance(value, Section):
        return {"": entry_view(value)}
    if isinstance(value, Mapping) and any(isinstance(entry, Section) for entry in value.values()):
        return {name: entry_view(entry).but(id=name) for name, entry in value.items()}
    if isinstance(value, list | tuple) and any(isinstance(entry, Section) for entry in value):
        views = [entry_view(entry) for entry in value]
        return {repr(view): view for view in views}
    if isinstance(value, Mapping):
        return {name: EntryView(name, {}, {"": inner}) for name, inner in value.items()}
    return {"": EntryView("", {}, {"": value})} if _some(value) else {}


def _named(value: object) -> bool:
    """Tell whether a value is a list of entries that have ids, or nothing at all."""
    several = value if isinstance(value, list | tuple) else ()
    return value is None or (bool(several) and all(isinstance(each, EntryView) and each.id for each in several))


def _by_conditions(value: object) -> Sequence[EntryView]:
    """Return a list of entries that have a condition each and no id; nothing if it is anything else."""
    several = value if isinstance(value, list | tuple) else ()
    return [each for each in several if isinstance(each, EntryView) and not each.id and "when" in each.facts]


def _by_id(value: object) -> dict[str, EntryView]:
    several = value if isinstance(value, list | tuple) else ()
    return {each.id: each for each in several if isinstance(each, EntryView)}


def _both(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return [*one, *(key for key in other if key not in one)]


def _some(value: object) -> Sequence[object]:
    """Return a value as a sequence of one; none if it says nothing."""
    return () if value is None or value == () or value == [] or value == {} else (value,)


def _path(before: str, key: str) -> str:
    return ".".join(filter(None, (before, key)))
