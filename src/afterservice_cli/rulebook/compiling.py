"""A YAML document to a snapshot: every cross reference checked, the holidays expanded, the examples tried."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

from afterservice_cli.canonical import canonical
from afterservice_cli.cases.values import SEVERAL
from afterservice_cli.errors import Fault, FaultyDocument
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.demands import check_demands
from afterservice_cli.rulebook.checks.durations import check_durations
from afterservice_cli.rulebook.checks.names import entries, people_in, tree
from afterservice_cli.rulebook.checks.patterns import check_patterns
from afterservice_cli.rulebook.checks.reach import check_reach
from afterservice_cli.rulebook.checks.references import check_references
from afterservice_cli.rulebook.checks.sparing import spare
from afterservice_cli.rulebook.document.english import with_english
from afterservice_cli.rulebook.document.including import Included, with_included
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.schema import FORMS, RULEBOOK
from afterservice_cli.rulebook.document.schema_types import ANY, Keys, MapOf, read_section, shape_of
from afterservice_cli.rulebook.document.writing_out import written_out
from afterservice_cli.rulebook.document.yaml_nodes import Node, read_document
from afterservice_cli.rulebook.keys import Section, key, to_plain
from afterservice_cli.rulebook.matching import find
from afterservice_cli.rulebook.model import NO_HOLIDAYS, Rulebook, merged_rules, snapshot_hash
from afterservice_cli.rulebook.phrases.samples import weighed
from afterservice_cli.rulebook.phrases.topics import weights_of
from afterservice_cli.rulebook.public_holidays import expand
from afterservice_cli.rulebook.sections.forms import Title
from afterservice_cli.rulebook.sections.hours import CalendarRules, OtherCalendar, unknown_calendar
from afterservice_cli.rulebook.sections.own_tests import Course, Example
from afterservice_cli.rulebook.sections.reading import with_defaults
from afterservice_cli.rulebook.sections.rules import Category, Field, Given, Person, Rules
from afterservice_cli.rulebook.sections.samples import Samples
from afterservice_cli.rulebook.sections.targets import Target
from afterservice_cli.rulebook.sections.topics import Topic
from afterservice_cli.rulebook.snapshots import APART, TEXTS, WEIGHTS, Whole
from afterservice_cli.rulebook.values import read_value
from afterservice_cli.rulebook.windows import derived
from afterservice_cli.time.worktime import WEEKDAYS, Calendar, Hours

N = TypeVar("N", Target, Given, Samples, Topic)
FIRST_YEAR = 2000  # imports reach back; 27 years of China's holidays are 40 KB
YEARS_AHEAD = 2
DAY = 1440  # minutes
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # examples give their dates in full


class Failure(Frozen):
    """One of the rulebook's own examples that its rules decide otherwise."""

    line: int
    text: str
    field: str
    expected: str
    got: str


class Compiled(Frozen):
    """A rulebook without faults: its snapshot, what it means, and what it tries itself by.

    A snapshot are canonical texts by their hashes: that of the rulebook, and that of its sample texts if it has any.
    """

    snapshot: Mapping[str, str]
    rulebook: Rulebook
    tried: tuple[tuple[int, Example], ...] = ()  # each with the line where it stands, as the courses
    courses: tuple[tuple[int, Course], ...] = ()

    @property
    def examples(self) -> int:
        """Count its own examples."""
        return len(self.tried)

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """Return what its rules decide otherwise than its examples expect, tried when first asked for."""
        return tuple([failure for line, example in self.tried for failure in _try(self.rulebook, example, line)])

    @property
    def failing(self) -> int:
        """Count the examples that fail, each once however many of its expectations do."""
        return len({(failure.line, failure.text) for failure in self.failures})

    @property
    def whole(self) -> dict[str, Any]:
        """Return the plain values of the snapshot, its sample texts among them."""
        return {**Whole(json.loads(self.snapshot[self.rulebook.hash]), self.snapshot.__getitem__)}


class CalendarAlone(Section):
    """A document of which only the working calendar is read."""

    OTHERS = "ignored"

    calendar: CalendarRules = key("the working calendar")
    calendars: Mapping[str, OtherCalendar] = key("other hours", default={})
    ignored: Mapping[str, None] = {}


class Heading(Section):
    """A document of which only the heading is read."""

    OTHERS = "ignored"

    name: str = key("its name", written="rulebook")
    called: Title = key("what it is called", written="title")
    about: Title = key("for whom it is, in a sentence", default={})
    ignored: Mapping[str, None] = {}


def compile_rulebook(
    data: bytes,
    name: str,
    *,
    year: int,
    english: tuple[bytes, str] | None = None,
    included: Sequence[Included] = (),
) -> Compiled:
    """Compile the YAML of a rulebook as of a year; `FaultyDocument` names every fault at once.

    `english` is a second file with its English titles, and what that is called; `included` are those that it includes.
    """
    root = with_included(read_document(data, name), name, included)
    if english is not None:
        root = with_english(root, read_document(*english), english[1])
    return compile_document(root, name, year=year)


def compile_document(root: Node, name: str, *, year: int) -> Compiled:
    """Compile the document of a rulebook as of a year; `FaultyDocument` names every fault at once."""
    document, notes = read_section(root, RULEBOOK)
    calendar, others = None, dict[str, OtherCalendar]()
    if document is not None:
        check_patterns(document, notes)
        document = written_out(document, notes)
        check_references(document, notes)
        check_demands(document, notes)
        check_reach(document, notes)
        calendar = _calendar(document.calendar_rules, notes, ("calendar",), year)
        others = _others(document.calendars, notes, year)
        if calendar and notes.sound("calendar") and notes.sound("calendars"):
            check_durations(document, calendar, others, notes)
    if notes.faults or document is None or calendar is None:
        raise FaultyDocument(name, notes.faults)
    plain = to_plain(_complete(document, calendar, others))
    if document.topics:
        plain[WEIGHTS] = to_plain(weights_of(document.topics))
    snapshot, rulebook = snapshot_of(plain)
    tried = tuple((notes.places["examples", index].line, example) for index, example in enumerate(document.examples))
    courses = tuple((notes.places["cases", index].line, course) for index, course in enumerate(document.cases))
    return Compiled(snapshot, rulebook, tried, courses)


def snapshot_of(plain: Mapping[str, Any]) -> tuple[Mapping[str, str], Rulebook]:
    """Return the snapshot of a rulebook's plain values, canonical texts by their hashes, and what it means."""
    texts = {name: plain[name] for name in TEXTS if plain.get(name)}
    rules, found = {name: value for name, value in plain.items() if name not in texts}, dict[str, str]()
    if texts:
        apart = canonical(texts)
        rules[APART] = snapshot_hash(apart)
        found[rules[APART]] = apart
    text = canonical(rules)
    digest = snapshot_hash(text)
    found[digest] = text
    return found, Rulebook.of_snapshot(Whole(json.loads(text), found.__getitem__), digest)


def noted(data: bytes, name: str, included: Sequence[Included] = ()) -> Notes:
    """Return where everything of a rulebook stands, what is named where that is written; it may have faults."""
    document, notes = read_section(with_included(read_document(data, name), name, included), RULEBOOK)
    if document is not None:
        written_out(document, notes)
    return notes


def spared(data: bytes, name: str, included: Sequence[Included] = ()) -> list[Fault]:
    """Return what can be left out of a rulebook without faults, with its place."""
    document, notes = read_section(with_included(read_document(data, name), name, included), RULEBOOK)
    return sorted(spare(document, notes), key=lambda one: (one.file, one.line, one.column)) if document else []


def compile_heading(data: bytes, name: str, english: tuple[bytes, str] | None = None) -> Heading:
    """Return how a rulebook is called and for whom it is, and read no more of it; `FaultyDocument` names the faults."""
    keys = frozenset(one.written for one in Heading.KEYS.values())
    root = read_document(data, name, keys)
    if english is not None:
        root = with_english(root, read_document(*english, keys - {"rulebook"}), english[1])
    shapes = {written: RULEBOOK.shapes[written] for written in keys}
    heading, notes = read_section(root, Keys(Heading, shapes, others=ANY))
    if heading is None or notes.faults:
        raise FaultyDocument(name, notes.faults)
    return heading


def compile_calendar(data: bytes, name: str, *, year: int, called: str | None = None) -> Calendar:
    """Return the calendar of a document that may have nothing else, or the one of its others that is `called` so.

    `FaultyDocument` names every fault in it; raises `BadInput` if there is no such calendar.
    """
    shapes = {"calendar": shape_of(CalendarRules, FORMS), "calendars": MapOf(shape_of(OtherCalendar, FORMS))}
    alone = Keys(CalendarAlone, shapes, others=ANY)
    document, notes = read_section(read_document(data, name), alone)
    rules = _calendar(document.calendar, notes, ("calendar",), year) if document and document.calendar else None
    others = _others(document.calendars, notes, year) if document and document.calendars else {}
    if notes.faults or rules is None:
        raise FaultyDocument(name, notes.faults)
    if called is None:
        return Calendar(rules.__dict__)
    if called not in others:
        raise unknown_calendar(called, others)
    return Calendar(merged_rules(rules, others[called]))


def _complete(document: Rules, calendar: CalendarRules, others: Mapping[str, OtherCalendar]) -> Rules:
    """Return a document with everything written out that follows from what stands in it."""
    return document.but(
        calendar_rules=calendar,
        calendars=others,
        people=_everybody(document),
        fields={name: _field(entry) for name, entry in document.fields.items()},
        targets={name: _titled(entry) for name, entry in document.targets.items()},
        gives={name: _titled(entry) for name, entry in document.gives.items()},
        categories=_categories(document),
        reading=with_defaults(document.reading),
        samples={name: weighed(_titled(entry)) for name, entry in document.samples.items()},
        topics={name: _titled(entry) for name, entry in document.topics.items()},
    )


def _categories(document: Rules) -> dict[str, Category]:
    """Return the categories by path; one that names nobody who works along has those of the category above it."""
    found: dict[str, Category] = {}
    for path, entry in tree(document.categories):
        if entry is None:
            continue
        above = found.get(path.rpartition(".")[0])
        if above is not None and not entry.collaborators and not entry.parts:
            entry = entry.but(collaborators=above.collaborators, parts=above.parts)
        found[path] = entry.but(id=path, children={})
    return found


def _everybody(document: Rules) -> dict[str, Person]:
    """Return everybody whom the rulebook names, with the names under which they may work."""
    found = {name: entry.but(users=entry.users or (name,)) for name, entry in document.people.items()}
    for name in people_in(document):
        found.setdefault(name, Person(id=name, title={"en": name, "zh": name}, users=(name,)))
    return found


def _field(entry: Field) -> Field:
    kind = entry.type or ("choice" if entry.values else "text")
    return entry.but(type=kind, personal=kind == "text" if entry.personal is None else entry.personal)


def _titled(entry: N) -> N:
    """Return an entry with its id for a title if it has none."""
    return entry if entry.title else entry.but(title={"en": entry.id, "zh": entry.id})


def _others(calendars: Mapping[str, OtherCalendar] | None, notes: Notes, year: int) -> dict[str, OtherCalendar]:
    """Return the other calendars that could be read, by name, as `_calendar` returns one."""
    read = ((name, _calendar(rules, notes, ("calendars", name), year)) for name, rules in entries(calendars))
    return {name: rules for name, rules in read if rules is not None}


C = TypeVar("C", CalendarRules, OtherCalendar)


def _calendar(calendar: C, notes: Notes, path: Path, year: int) -> C | None:
    """Return a calendar by weekday, its own holidays written out; None if its opening hours could not be read.

    One that is always open has no holidays but its own.
    """
    if not all(notes.sound(*path, key) for key in ("hours", "makeup", "public_holidays", "open")):
        return None
    hours: dict[str, Hours] = {day: [] for day in WEEKDAYS}
    for days, spans in calendar.hours.items():
        hours.update(dict.fromkeys(days, spans))
    place = calendar.public_holidays
    if place is None and isinstance(calendar, OtherCalendar) and all(map(_all_day, hours.values())):
        place = NO_HOLIDAYS
    real = place and place != NO_HOLIDAYS
    holidays = expand(place, range(FIRST_YEAR, year + YEARS_AHEAD + 1), year) if place and real else None
    written_out = calendar.but(hours=hours, holidays=holidays, public_holidays=place)
    try:
        Calendar({**written_out.__dict__, "timezone": "UTC"})  # whether it ever opens does not depend on its zone
    except ValueError as error:
        notes.fault((*path, "hours"), str(error))
    return written_out


def _all_day(hours: Hours) -> bool:
    """Tell whether a day is open from its beginning to its end."""
    reached = 0
    for opening, close in hours:
        reached = close if opening <= reached else reached
    return reached >= DAY


def _try(rulebook: Rulebook, example: Example, line: int) -> Iterator[Failure]:
    """Yield a failure for each expectation of an example that the rules do not meet."""
    text = example.text
    given = {name: _kept(rulebook, name, value) for name, value in example.fields.items()}
    facts: dict[str, str | None] = {**derived(rulebook, given, None), **given}
    found = find(rulebook, text, facts)
    got = {**facts, **{each.field: each.value for each in (*found.values, found.category, found.priority, found.owner)}}
    expected = {
        "category": example.expect.category,
        "priority": example.expect.priority,
        "owner": example.expect.owner,
        **example.expect.fields,
    }
    for field, wanted in expected.items():
        if wanted is not None and wanted != got.get(field):
            yield Failure(line, text, field, wanted, got.get(field) or tr("unknown"))


def _kept(rulebook: Rulebook, name: str, values: Sequence[str]) -> str:
    """Return the value of an example's field as a case would have it."""
    value = SEVERAL.join(values)
    return read_value(rulebook, name, value, LONG_AGO) if name in rulebook.fields else value
