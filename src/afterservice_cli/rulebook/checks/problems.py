"""Whether problems can come about, and are somebody's: what their cases share, and what these get."""

from __future__ import annotations

from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.names import Names, entries, items
from afterservice_cli.rulebook.document.notes import Path
from afterservice_cli.rulebook.sections.problems import ProblemKind
from afterservice_cli.rulebook.sections.rules import Rules
from afterservice_cli.rulebook.vocabulary import ANCHORS, ANY_PROBLEM, OWNER_ROLES


def check_problems(document: Rules, names: Names) -> None:
    """Note a fault at every kind of problem that cannot come about, or that nobody has, and at who judges measures."""
    for name, kind in entries(document.problems):
        path = ("problems", name)
        if name == ANY_PROBLEM:
            what = tr("'{name}' stands for every kind in a condition – choose another id", name=name)
            names.notes.fault(path, what, key=True)
        _shared(names, path, kind)
        _counted(names, path, kind)
        _whose(names, (*path, "by"), kind.by)
        for index, role in items(kind.tell):
            _whose(names, (*path, "tell", index), role)
        _given(names, path, kind)
    if document.measures is not None:
        names.role(("measures", "by"), document.measures.by)


def _shared(names: Names, path: Path, kind: ProblemKind) -> None:
    """Check what the cases share: fields that stay in the history, and among it what bounds the counting."""
    for index, fact in items(kind.same):
        names.shared((*path, "same", index), fact)
    if kind.same and names.notes.sound(*path, "same") and not {*ANCHORS} & {fact for _, fact in items(kind.same)}:
        what = tr("cases are counted by product or category – add one of them, so that few are gone through")
        names.notes.fault((*path, "same"), what)


def _counted(names: Names, path: Path, kind: ProblemKind) -> None:
    """Check that what is counted, and within what time, stand together."""
    if not names.notes.sound(*path):
        return
    if kind.count and not kind.same:
        names.notes.fault((*path, "count"), tr("nothing says which cases count – add `same`, or leave this out"))
    elif bool(kind.count) != bool(kind.within):
        said, lacks = ("count", "within") if kind.count else ("within", "count")
        what = tr("`{said}` needs `{lacks}` beside it – add that, or leave this out", said=said, lacks=lacks)
        names.notes.fault((*path, said), what)
    elif kind.tell and not kind.count:
        what = tr("it never opens by itself, so nobody is told – add `count` and `within`, or leave this out")
        names.notes.fault((*path, "tell"), what, key=True)


def _whose(names: Names, path: Path, role: str | None) -> None:
    """Check that somebody has a problem, or hears of it, without a case by which they could be known."""
    if role in OWNER_ROLES:
        what = tr("a problem is no case, so there is no {by} – write a team, a role, or head:TEAM", by=role)
        names.notes.fault(path, what)
    else:
        names.role(path, role, held=True)


def _given(names: Names, path: Path, kind: ProblemKind) -> None:
    """Check the values that cases get: of declared fields, public ones, that no kind of problem counts by."""
    shared = {fact for _, other in entries(names.document.problems) for _, fact in items(other.same)}
    for field, value in entries(kind.sets):
        place = (*path, "set", field)
        if not names.field(place, field, ()):
            continue
        entry = (names.declared or {}).get(field)
        if entry is not None and (entry.many or names.personal(field)):
            what = tr(
                "'{field}' is personal, or has several values – name a field with one value that is not personal",
                field=field,
            )
            names.notes.fault(place, what, key=True)
        elif f"field:{field}" in shared:
            what = tr("cases are counted by '{field}', so no problem changes it – leave this out", field=field)
            names.notes.fault(place, what, key=True)
        else:
            names.value(place, field, value)
