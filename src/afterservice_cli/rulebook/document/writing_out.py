"""Named conditions written out: what `when` names stands there as if it had been written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from afterservice_cli.errors import nearest
from afterservice_cli.language import tr
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.keys import S, Section, holding
from afterservice_cli.rulebook.phrases.patterns import groups_of
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.rules import Category, Rules

CONDITIONS = "conditions"
NOTHING = Condition()


def written_out(document: Rules, notes: Notes) -> Rules:
    """Return a document in which all that is named is written out; a name that means nothing, or is idle, is a fault.

    The notes follow: of what a name stands for they say where it is written, in whichever file. Of the words and
    samples of other files only those stay that are needed, and their topics if a category names one of any.
    """
    writing = _Writing(document.conditions, notes)
    found = writing.section(document, ())
    if not all(map(notes.sound, ("words", CONDITIONS, "samples", "topics"))):
        return found
    _check_named(document, writing.used, notes)
    _check_samples(document, writing.samples, notes)
    words = _check_words(document, writing.used, notes)
    topics = document.topics if writing.topics else {}
    _check_topics(document, notes, idle=not topics)
    named = {CONDITIONS: writing.used, "samples": writing.samples, "words": words, "topics": topics}
    notes.needed |= {(section, name) for section, names in named.items() for name in names}
    _check_files(document, writing, words, notes)
    return found.but(
        words={name: entry for name, entry in document.words.items() if name in words},
        samples={name: entry for name, entry in document.samples.items() if name in writing.samples},
        topics=topics,
    )


def _check_named(document: Rules, used: set[str], notes: Notes) -> None:
    """Check that each condition of the rulebook itself that has a name is asked for by it."""
    for name in document.conditions:
        if name not in used and not notes.keys[CONDITIONS, name].file:
            what = tr("no condition names '{name}' – write `when: {name}` somewhere, or leave it out", name=name)
            notes.fault((CONDITIONS, name), what, key=True)


def _check_samples(document: Rules, used: set[str], notes: Notes) -> None:
    """Check that a condition asks for the samples of the rulebook itself, and that no text is on both sides."""
    for name, entry in document.samples.items():
        if name not in used and not notes.keys["samples", name].file:
            what = tr("no condition is `like: {name}` – write that somewhere, or leave it out", name=name)
            notes.fault(("samples", name), what, key=True)
        like = {*entry.like}
        for index, text in enumerate(entry.unlike):
            if text in like:
                what = tr("'{text}' stands under `like` as well – leave one of them out", text=text[:40])
                notes.fault(("samples", name, "unlike", index), what)


def _check_topics(document: Rules, notes: Notes, *, idle: bool) -> None:
    """Check that a category names one of the topics of the rulebook itself, and that no text has two or is alone.

    `idle` are they if none does.
    """
    about: dict[str, str] = {}
    for name, entry in document.topics.items():
        if idle and not notes.keys["topics", name].file:
            what = tr("no category names a topic – write `topics: [{name}]` in one, or leave this out", name=name)
            notes.fault(("topics", name), what, key=True)
        for index, text in enumerate(entry.texts):
            if other := about.get(text):
                what = tr("'{text}' is a text of {name} as well – leave one of them out", text=text[:40], name=other)
                notes.fault(("topics", name, "texts", index), what)
            about.setdefault(text, name)
    if len(document.topics) == 1:
        what = tr("one topic tells nothing apart – add what other texts are about, praise and questions say")
        notes.fault(("topics",), what, key=True)


def _check_words(document: Rules, used: set[str], notes: Notes) -> set[str]:
    """Check that a pattern names each group of the rulebook itself; return the names of all groups that are needed."""
    named, needed = set[str](), set[str]()
    for path, text in notes.patterns.items():
        groups = groups_of(text)
        named |= groups
        if path[0] != CONDITIONS or path[1] in used:
            needed |= groups
    for name in document.words:
        if name not in named and not notes.keys["words", name].file:
            what = tr("no pattern names ‹{name}› – write it in one, or leave it out", name=name)
            notes.fault(("words", name), what, key=True)
    return needed


def _check_files(document: Rules, writing: _Writing, words: set[str], notes: Notes) -> None:
    """Check that something of each included file is asked for."""
    needed = {notes.keys[CONDITIONS, name].file for name in writing.used}
    needed |= {notes.keys["samples", name].file for name in document.samples if name in writing.samples}
    needed |= {notes.keys["topics", name].file for name in document.topics if writing.topics}
    needed |= {notes.keys["words", name].file for name in document.words if name in words}
    needed |= {node.file for path, node in notes.keys.items() if path[0] == "reading"}
    for index, name in enumerate(document.include or ()):
        if name and not any(file == name or file.endswith(f"/{name}") for file in needed):
            what = tr(
                "nothing of {file} is asked for – name one of its conditions, samples, topics or words, or leave it "
                "out",
                file=name,
            )
            notes.fault(("include", index), what)


class _Writing:
    def __init__(self, named: Mapping[str, Sequence[Condition | None]] | None, notes: Notes) -> None:
        self._named, self._notes = named, notes
        self.used = set[str]()
        self.samples = set[str]()  # the names of those that conditions ask for
        self.topics = set[str]()  # the names of those that categories have
        for name, conditions in (named or {}).items():
            for index, condition in enumerate(conditions or ()):
                if condition is not None:
                    self._check_plain(condition, (CONDITIONS, name, index))

    def section(self, section: S, path: Path) -> S:
        """Return a section in which every condition is written out."""
        if isinstance(section, Condition):
            self.samples |= _samples_in(section)
        if isinstance(section, Category):
            self.topics |= {*filter(None, section.topics or ())}
        changed = {}
        for field, written in holding(type(section)):
            value = getattr(section, field)
            place = (*path, written)
            if place != (CONDITIONS,):
                new = self._value(value, place, every=field == "all")
                if new is not value:
                    changed[field] = new
        return section.but(**changed) if changed else section

    def _value(self, value: Any, path: Path, *, every: bool) -> Any:
        if isinstance(value, Condition):
            return self._alone(value, path)
        if isinstance(value, Section):
            return self.section(value, path)
        if isinstance(value, Mapping):
            new = {name: self._value(inner, (*path, name), every=False) for name, inner in value.items()}
            return new if any(new[name] is not inner for name, inner in value.items()) else value
        if isinstance(value, tuple) and any(isinstance(item, Section) for item in value):
            if every or not any(isinstance(item, Condition) for item in value):
                items = tuple(self._value(item, (*path, index), every=False) for index, item in enumerate(value))
                return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
            return self._some(value, path)
        return value

    def _some(self, conditions: Sequence[Condition | None], path: Path) -> Sequence[Condition | None]:
        """Return conditions of which one must hold, those that are named written out among them."""
        if not any(condition is not None and condition.named for condition in conditions):
            items = tuple(self._value(item, (*path, index), every=False) for index, item in enumerate(conditions))
            return items if any(new is not old for new, old in zip(items, conditions, strict=True)) else conditions
        found: list[Condition | None] = []
        origins: list[Sequence[tuple[Path, Path]]] = []
        for index, condition in enumerate(conditions):
            place = (*path, index)
            if condition is None or not condition.named:
                found.append(condition and self._alone(condition, place))
                origins.append([(place, ())])
                continue
            rest = self.section(condition.but(named=None), place)
            for inner, origin in self._meant(condition, place):
                merged, below = _merged(rest, inner)
                found.append(merged)
                origins.append([(place, ()), (origin, below)])
        self._notes.rearrange(path, origins)
        return tuple(found)

    def _alone(self, condition: Condition, path: Path) -> Condition | None:
        """Return a condition that stands where but one can, what it names written out under `any` or `all`."""
        rest = self.section(condition.but(named=None), path) if condition.named else self.section(condition, path)
        if not condition.named:
            return rest
        meant = list(self._meant(condition, path))
        if not meant:
            return None
        some = Condition(any=tuple(inner for inner, _ in meant))
        merged, below = _merged(rest, some)
        self._notes.rearrange((*path, *below, "any"), [[(origin, ())] for _, origin in meant])
        return merged

    def _meant(self, condition: Condition, path: Path) -> Iterator[tuple[Condition, Path]]:
        """Yield the conditions that a name stands for, each with where it is written; none if they have faults."""
        name = condition.named or ""
        if self._named is None or not self._notes.sound(CONDITIONS):
            self._notes.spoil(path)
        elif name not in self._named:
            what = tr(
                "there is no condition '{name}' – write {nearest}, or add it under `conditions`",
                name=name[:40],
                nearest=nearest(name, tuple(self._named)),
            )
            self._notes.fault((*path, "is"), what)
        else:
            self.used.add(name)
            for index, inner in enumerate(self._named[name]):
                if inner is not None:
                    self.samples |= _samples_in(inner)
                    yield inner, (CONDITIONS, name, index)

    def _check_plain(self, condition: Condition, path: Path) -> None:
        """Check that a condition that has a name asks for no other by its name."""
        for place, inner in condition.places(path):
            if inner.named:
                what = tr(
                    "a condition that has a name cannot name another – write that out here, or name both in `when`"
                )
                self._notes.fault((*place, "is"), what)


def _samples_in(condition: Condition) -> set[str]:
    """Return the names of the samples that a condition asks for, however deep."""
    named = (name for one in condition.deep() for name in (*(one.like or ()), *(one.unlike or ())))
    return {name for name in named if name}


def _merged(rest: Condition, inner: Condition) -> tuple[Condition, Path]:
    """Return what holds if both conditions do, and where in it the second stands."""
    written = [{key: value for key, value in _written(each).items() if value} for each in (rest, inner)]
    if not set(written[0]) & set(written[1]) and not set(rest.fields or ()) & set(inner.fields or ()):
        fields = {**(rest.fields or {}), **(inner.fields or {})}
        return Condition.of({**NOTHING.__dict__, **written[0], **written[1], "fields": fields}), ()
    every = rest.all or ()
    return rest.but(all=(*every, inner)), ("all", len(every))


def _written(condition: Condition) -> dict[str, Any]:
    return {field: getattr(condition, field) for field in Condition.KEYS}
