"""A rulebook as people read it: the parts that say how cases are decided and what is demanded, entry by entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.keys import Entry, Key, Section
from afterservice_cli.rulebook.matching import owner_of
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.forms import Condition

# The sections that are told, in the order in which they are read; what they hold, the sections themselves declare.
PARTS = (
    "kinds",
    "categories",
    "priorities",
    "samples",
    "topics",
    "default",
    "assignment",
    "targets",
    "limits",
    "lines",
    "earlier",
    "dispositions",
    "tasks",
    "duties",
    "problems",
    "measures",
    "approvals",
    "demands",
    "consequences",
    "owners",
    "roles",
    "people",
    "views",
    "reports",
)
# Keys that are told by the place and the name of an entry.
PLACED = ("title", "children")


class EntryView(Frozen):
    """One entry of a part: its id and title, if it has some, and what it says, by the keys as they are written."""

    id: str
    title: Mapping[str, str]
    facts: Mapping[str, object]


class PartView(Frozen):
    """One part of a rulebook, by the name of its section."""

    name: str
    entries: Sequence[EntryView]


class RulesView(Frozen):
    """A rulebook as people read it."""

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    parts: Sequence[PartView]


def rules_view(rulebook: Rulebook) -> RulesView:
    """Return the parts of a rulebook that say something: each category with its owner, each person with a name.

    Kinds are told if a case may be found to be of one.
    """
    leaves = set(rulebook.leaves())
    told = rulebook.but(
        kinds=rulebook.kinds if any(kind.found for kind in rulebook.kinds.values()) else {},
        categories={
            path: entry.but(owner=owner_of(rulebook, path).value) if path in leaves else entry
            for path, entry in rulebook.categories.items()
        },
        people={
            name: person
            for name, person in rulebook.people.items()
            if set(person.title.values()) != {name} or tuple(person.users) != (name,)
        },
    )
    parts = [PartView(name, [entry_view(section) for section in _sections(told, name)]) for name in PARTS]
    return RulesView(rulebook.name, rulebook.called, rulebook.about, [part for part in parts if part.entries])


def _sections(rulebook: Rulebook, path: str) -> Iterable[Section]:
    """Return what a part holds: the entries of a mapping or a list, or the section itself."""
    held: object = rulebook
    for name in path.split("."):
        held = getattr(held, name)
    if held is None or isinstance(held, Section):
        return [held] if held else []
    assert isinstance(held, Mapping | Sequence)
    return list(held.values() if isinstance(held, Mapping) else held)


def entry_view(section: Section) -> EntryView:
    facts = {
        key.written: _told(value)
        for field, key in section.KEYS.items()
        if field not in PLACED and _says(value := getattr(section, field), key)
    }
    if section.OTHERS:
        facts |= getattr(section, section.OTHERS)
    return EntryView(section.id if isinstance(section, Entry) else "", getattr(section, "title", None) or {}, facts)


def _says(value: object, key: Key) -> bool:
    """Tell whether a key says something: a truth that is another than its default, or anything that is not empty."""
    return value != key.default if isinstance(value, bool) else bool(value)


def _told(value: object) -> object:
    """Return the value of a key; entries and sections within an entry as views of their own."""
    if isinstance(value, Section) and not isinstance(value, Condition):
        return entry_view(value)
    if isinstance(value, Mapping) and any(isinstance(entry, Entry) for entry in value.values()):
        return [entry_view(entry) for entry in value.values()]
    if isinstance(value, tuple) and any(
        isinstance(entry, Section) and not isinstance(entry, Condition) for entry in value
    ):
        return [entry_view(entry) for entry in value]
    return value
