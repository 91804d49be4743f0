"""What never comes about: clocks that nothing ends, entries behind others that always fit, phrases that never count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from afterservice_cli.cases.effects import BEGINNING
from afterservice_cli.cases.values import TASK
from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.implying import Implying
from afterservice_cli.rulebook.checks.names import entries, everywhere, items
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.phrases.patterns import is_plain, spelled
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.limits import ProductLine
from afterservice_cli.rulebook.sections.rules import (
    Assignment,
    Category,
    Consequence,
    FieldValue,
    Kind,
    Priority,
    Rules,
)
from afterservice_cli.rulebook.sections.targets import Target
from afterservice_cli.rulebook.sections.tasks import CaseTask, Part, TaskRules

TIMED = ("channels", "kinds", "categories", "priorities", "dispositions")  # what gives targets their time
# The words of events that take a section of the rulebook, or a key of one, without which they never happen.
_SECTIONS: Mapping[str, tuple[str, Callable[[Rules], object]]] = {
    "screened": ("intake.invalid", lambda rules: rules.intake.invalid or rules.intake.vague),
    "assessed": ("assessment", lambda rules: rules.assessment),
    "appraised": (
        "appraisal",
        lambda rules: rules.appraisal.faults or rules.appraisal.causes or rules.appraisal.liabilities,
    ),
    **dict.fromkeys(("paused", "resumed"), ("pauses", lambda rules: rules.pauses)),
    **dict.fromkeys(("proposed", "agreed", "refused"), ("dispositions", lambda rules: rules.dispositions)),
    **dict.fromkeys(("approved", "declined"), ("approvals", lambda rules: rules.approvals)),
    "escalated": ("consequences", lambda rules: any(entry.on == "missed" for entry in rules.consequences)),
}


def check_reach(document: Rules, notes: Notes) -> None:
    """Note a fault at what can never come about, whatever the cases are; nothing is said of what could not be read."""
    implying = Implying.of(document, notes)
    for name, target in entries(document.targets):
        _target(("targets", name), target, document, notes)
        _times(("targets", name), target, target.when, implying, notes)
    for path, task in _tasks(document):
        _times(path, task, task.when if isinstance(task, CaseTask) else (), implying, notes)
    for name, message in entries(document.messages):
        for index, word in items(message.on):
            _happens(("messages", name, "on", index), word, document, notes)
    _consequences(document.consequences, implying, notes)
    _lines(document.lines, notes)
    _assignment(document.assignment, implying, notes)
    for name, field in entries(document.fields):
        if notes.sound("fields", name):
            _values(("fields", name, "values"), field.values, implying, notes)
    if notes.sound("kinds"):
        _kinds(document.kinds, implying, notes)
    if notes.sound("priorities"):
        _priorities(document.priorities, implying, notes)
    if notes.sound("categories"):
        _categories(document.categories, implying, notes)


def _target(path: Path, target: Target, document: Rules, notes: Notes) -> None:
    """Check that something gives a target its time, that its clock begins, and that something ends it."""
    name = str(path[-1])
    if not notes.sound(*path):
        return
    for index, word in enumerate(target.starts):
        _happens((*path, "from", index), word, document, notes)
        if word in BEGINNING and len(target.starts) > 1 and not target.repeats:
            what = tr(
                "every case is {event} as it comes in, so of several this is always the first – write it alone, or "
                "leave it out",
                event=word,
            )
            notes.fault((*path, "from", index), what)
    for index, word in enumerate(target.until):
        if word == "registered" and not target.starts[0].startswith("field:"):
            never = tr("nothing happens before a case is registered, so this ends no clock – write another event")
            notes.fault((*path, "until", index), never)
        _happens((*path, "until", index), word, document, notes)
    timed = target.within or target.times or target.at or not all(notes.sound(section) for section in TIMED)
    if not timed and name not in _timed(document):
        what = tr(
            "nothing gives '{name}' its time – write `within: 8wh` here, or a time under a priority or a category, or "
            "leave it out",
            name=name,
        )
        notes.fault(path, what, key=True)


def _tasks(document: Rules) -> Iterator[tuple[Path, TaskRules | Part]]:
    """Yield the tasks of a document that could be read, of whatever they are, with their paths."""
    for name, task in entries(document.tasks):
        yield ("tasks", name), task
    for disposition, entry in entries(document.dispositions):
        yield from ((("dispositions", disposition, "tasks", name), task) for name, task in entries(entry.tasks))
    for path, category in everywhere(document.categories, ("categories",)):
        yield from (((*path, "parts", team), part) for team, part in entries(category.parts))


def _times(
    path: Path,
    timed: Target | TaskRules | Part,
    when: Sequence[Condition],
    implying: Implying,
    notes: Notes,
) -> None:
    """Check that each time of a target or a task has cases left that none above it takes, and the one of all others.

    `when` says of which cases it is at all.
    """
    above: list[Condition] = []
    for index, time in enumerate(timed.times if notes.sound(*path) else ()):
        if above and any(some and implying.all_implied(some, above) for some in (time.when, when)):
            what = tr(
                "an entry above fits whenever this does, so this is never reached – put it above, or leave it out"
            )
            notes.fault((*path, "times", index), what)
        above += time.when
    if timed.within and above and when and implying.all_implied(when, above):
        what = tr("`times` has one for each of these cases, so this is never reached – leave it out")
        notes.fault((*path, "within"), what, key=True)


def _timed(document: Rules) -> set[str]:
    """Return the targets for which a channel, kind, category, priority or disposition has a duration."""
    found = [entry.targets for section in (document.channels, document.kinds) for entry in section.values()]
    found += [entry.targets for entry in document.dispositions.values()]
    found += [entry.targets for _, entry in everywhere(document.categories, ())]
    found += [entry.targets for entry in document.priorities.values()]
    return {target for targets in found for target in targets}


def _happens(path: Path, word: str, document: Rules, notes: Notes) -> None:
    """Check that an event can happen: the section that it takes is there."""
    if word not in _SECTIONS:
        return
    needed, used = _SECTIONS[word]
    if notes.sound(*path) and notes.sound(needed.partition(".")[0]) and not used(document):
        notes.fault(
            path,
            tr(
                "'{event}' never happens without `{needed}:` – add that, or write another event",
                event=word,
                needed=needed,
            ),
        )


def _consequences(consequences: Sequence[Consequence], implying: Implying, notes: Notes) -> None:
    """Check that each entry of `consequences` has cases and deadlines left that no entry before it takes."""
    for index, entry in enumerate(consequences) if notes.sound("consequences") else ():
        before = (earlier for earlier in consequences[:index] if earlier.on == entry.on)
        wider = [earlier for earlier in before if implying.all_implied(entry.when, earlier.when)]
        left = set(_concerned(entry)) - {name for earlier in wider for name in _concerned(earlier)}
        if any(not _concerned(earlier) for earlier in wider) or (_concerned(entry) and not left):
            what = tr(
                "what stands before this fits whenever this does, so this is never reached – put it above, or leave "
                "it out"
            )
            notes.fault(("consequences", index), what)


def _concerned(entry: Consequence) -> list[str]:
    """Return the targets and tasks whose deadlines an entry is about; none if it is about all."""
    return [*entry.targets, *(f"{TASK}{task}" for task in entry.tasks)]


def _assignment(assignment: Sequence[Assignment], implying: Implying, notes: Notes) -> None:
    """Check that no entry of `assignment` stands behind one that fits whenever it does."""
    for index, entry in enumerate(assignment) if notes.sound("assignment") else ():
        if any(implying.all_implied(entry.when, earlier.when) for earlier in assignment[:index]):
            what = tr(
                "an entry above fits whenever this does, so this is never reached – put it above, or leave it out"
            )
            notes.fault(("assignment", index), what)


def _lines(lines: Mapping[str, ProductLine], notes: Notes) -> None:
    """Check that each product line begins with something that no line above it begins with."""
    above: list[tuple[str, str]] = []
    for name, line in entries(lines):
        for phrase in line.match or ():
            wider = next((other for other, start in above if phrase.startswith(start)), None)
            if wider:
                what = tr(
                    "'{phrase}' begins with what stands under {wider}, which comes first – put {name} above it, or "
                    "leave this out",
                    phrase=phrase[:40],
                    wider=wider,
                    name=name,
                )
                notes.fault(_place(("lines", name, "match"), phrase, notes), what)
        above += [(name, phrase) for phrase in line.match or ()]


def _priorities(priorities: Mapping[str, Priority], implying: Implying, notes: Notes) -> None:
    """Check that a case which meets a condition has not met one of a higher priority anyhow."""
    above: list[tuple[str, Condition]] = []
    for name, priority in priorities.items():
        for index, condition in enumerate(priority.when):
            place = ("priorities", name, "when", index)
            _phrases(place, condition.match, condition.unless, implying, notes)
            higher = next((other for other, wider in above if implying.implies(condition, wider)), None)
            if higher:
                what = tr(
                    "whatever meets this meets a condition of {higher} first – narrow that one, or leave this out",
                    higher=higher,
                )
                notes.fault(place, what)
        above += [(name, condition) for condition in priority.when]


def _phrases(path: Path, match: Sequence[str], unless: Sequence[str], implying: Implying, notes: Notes) -> None:
    """Check that no phrase holds another that rules out what it speaks for."""
    for phrase in match if unless else ():
        if against := implying.standing(phrase, unless):
            what = tr(
                "'{phrase}' holds '{against}', which stands under `unless`, so it never counts – leave one of them out",
                phrase=phrase[:40],
                against=against[:40],
            )
            notes.fault(_place((*path, "match"), phrase, notes), what)


def _place(path: Path, phrase: str, notes: Notes) -> Path:
    """Return where a phrase stands in a list, of which those that were written twice are gone."""
    index = 0
    while (*path, index) in notes.places and phrase not in (
        normal(text := notes.places[*path, index].text),
        spelled(text),
    ):
        index += 1
    return (*path, index)


def _values(path: Path, values: Mapping[str, FieldValue], implying: Implying, notes: Notes) -> None:
    """Check that each value of a field that has phrases can be found: none above it is found wherever it is."""
    above: list[str] = []
    for name, value in values.items():
        _phrases((*path, name), value.match, value.unless, implying, notes)
        if value.match and all(implying.counts(phrase, above) for phrase in value.match):
            what = tr(
                "each phrase here holds one of a value above, so this is never found – put it above, or add phrases of "
                "its own"
            )
            notes.fault((*path, name, "match"), what, key=True)
        above += () if value.unless else value.match


def _kinds(kinds: Mapping[str, Kind], implying: Implying, notes: Notes) -> None:
    """Check that each kind can be found: no condition before its own always holds, and it has phrases of its own."""
    above: list[Condition] = []
    for name, kind in entries(kinds):
        path = ("kinds", name)
        _phrases(path, kind.match, kind.unless, implying, notes)
        for index, condition in enumerate(kind.when):
            if any(implying.implies(condition, wider) for wider in above):
                never = tr(
                    "whatever meets this meets a condition of an earlier kind first – narrow that one, or leave this "
                    "out"
                )
                notes.fault((*path, "when", index), never)
        above += () if kind.unless else kind.when
        for other, rival in entries(kinds):
            freely = all(implying.stands(phrase, kind.unless) for phrase in rival.unless)
            if other != name and kind.match and freely and _outdone(kind.match, rival.match):
                what = tr(
                    "each phrase here stands under {name} as well, and of two kinds alike none counts – add phrases of "
                    "its own",
                    name=other,
                )
                notes.fault((*path, "match"), what, key=True)
                break


def _categories(categories: Mapping[str, Category], implying: Implying, notes: Notes) -> None:
    """Check that each category can win: none before it has as many phrases in every text that has some of its own."""
    earlier: list[tuple[str, Category]] = []
    for path, category in everywhere(categories, ("categories",)):
        _phrases(path, category.match, category.unless, implying, notes)
        placed = [wider for _, other in earlier if not other.unless for wider in other.when]
        for index, condition in enumerate(category.when):
            if any(implying.implies(condition, wider) for wider in placed):
                never = tr(
                    "whatever meets this meets a condition of an earlier category first – narrow that one, or leave "
                    "this out"
                )
                notes.fault((*path, "when", index), never)
        for name, other in earlier:
            freely = all(implying.stands(phrase, category.unless) for phrase in other.unless)
            if (
                category.match
                and not (category.when or category.topics)
                and freely
                and _outdone(category.match, other.match)
            ):
                what = tr(
                    "each phrase here stands under {name} as well, which comes first, so this never wins – add "
                    "phrases of its own, or put it above",
                    name=name,
                )
                notes.fault((*path, "match"), what, key=True)
                break
        earlier.append((".".join(str(part) for part in path[1::2]), category))


def _outdone(phrases: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether as many of the others as of `phrases` speak in every text: those are among them.

    None of the others may take one of them into a longer phrase, which would be fewer.
    """
    more = [other for other in others if other not in phrases]
    takes = any(not is_plain(other) or any(phrase in other for phrase in phrases) for other in more)
    return set(phrases) <= set(others) and not takes
