"""The plan of an import on the screen, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.cases.events import called
from afterservice_cli.intake.changes import RowChange
from afterservice_cli.intake.planned import ImportPlan, Moved
from afterservice_cli.language import listed, sentence, spoken, tr, tr_many
from afterservice_cli.output_text import safe_text
from afterservice_cli.render.screen import Screen
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.values import value_text
from afterservice_cli.time.instants import from_text, to_local_text

LONGEST = 40  # signs of a value
MOST_NAMED = 20  # columns that are named
# How many rows came to what, as the summary of an import says it.
COUNTED = {
    "new": sentence("{number} new"),
    "unchanged": sentence("{number} unchanged"),
    "changed": sentence("{number} changed"),
    "conflicts": sentence("{number} conflicts"),
    "rejected": sentence("{number} rejected"),
}


def counts_line(read: int, counts: Mapping[str, int]) -> str:
    """Return in a line how many rows were read and what they came to."""
    said = listed(tr(COUNTED[name], number=count) for name, count in counts.items())
    return tr("{number} read: {counts}", number=read, counts=said)


def would_line(read: int, counts: Mapping[str, int]) -> str:
    """Return in a line what so many rows would come to, as whoever imports them is told before they agree."""
    said = listed(tr(COUNTED[name], number=count) for name, count in counts.items() if count)
    return tr_many("{count} row would come to: {counts}", "{count} rows would come to: {counts}", read, counts=said)


def unused_line(headings: Sequence[str]) -> str:
    """Return in a line which columns of a file are not used, or the first of many."""
    named = [*headings[:MOST_NAMED]]
    if more := len(headings) - len(named):
        named.append(tr("… {number} more", number=more))
    return tr("columns not used: {columns}", columns=listed(named))


def plan_lines(plan: ImportPlan, counts: Mapping[str, int], rulebook: Rulebook) -> Iterator[str]:
    """Yield what would be new, changed, in conflict and rejected; `counts` says how many there are of each."""
    screen = Screen(rulebook, spoken())
    if plan.by_category:
        yield tr("new by category: {counts}", counts=_counted(plan.by_category, "category", screen))
        yield tr("new by priority: {counts}", counts=_counted(plan.by_priority, "priority", screen))
    if number := counts["changed"]:
        yield tr_many("{count} case would change:", "{count} cases would change:", number)
        yield from (_of_case(moved, _changes(moved.changes, screen)) for moved in plan.changed)
        yield from _others(number, plan.changed)
    if number := counts["conflicts"]:
        yield tr_many("{count} row in conflict with its case:", "{count} rows in conflict with their cases:", number)
        yield from (_of_case(moved, _conflict(moved, screen)) for moved in plan.conflicts)
        yield from _others(number, plan.conflicts)
    if number := counts["rejected"]:
        yield tr_many("{count} row would be rejected:", "{count} rows would be rejected:", number)
        yield from (tr("  line {line}: {reason}", line=row.line, reason=safe_text(row.reason)) for row in plan.rejected)
        yield from _others(number, plan.rejected)


def plan_as_json(plan: ImportPlan, counts: Mapping[str, int]) -> Mapping[str, object]:
    """Return the plan as programs read it, in ids and UTC."""
    rejected = [{"line": row.line, "field": row.field, "reason": row.reason} for row in plan.rejected]
    return {
        "new": {"count": counts["new"], "by_category": plan.by_category, "by_priority": plan.by_priority},
        "changed": {"count": counts["changed"], "cases": [_plain(moved) for moved in plan.changed]},
        "unchanged": {"count": counts["unchanged"]},
        "conflicts": {"count": counts["conflicts"], "cases": [_plain(moved) for moved in plan.conflicts]},
        "rejected": {"count": counts["rejected"], "rows": rejected},
    }


def _plain(moved: Moved) -> Mapping[str, object]:
    changes = [
        {"field": change.field, "what": change.what, "from": change.before, "to": change.after}
        for change in moved.changes
    ]
    conflicts = [{"field": conflict.field, "reason": conflict.reason} for conflict in moved.conflicts]
    return {"line": moved.line, "case": moved.case, "changes": changes, "conflicts": conflicts}


def _counted(counts: Mapping[str, int], what: str, screen: Screen) -> str:
    titles = ((screen.title(what, value) or tr("none"), number) for value, number in counts.items())
    return listed(tr("{title} {number}", title=title, number=number) for title, number in titles)


def _of_case(moved: Moved, said: str) -> str:
    return tr("  {case} (line {line}): {said}", case=moved.case, line=moved.line, said=said)


def _others(number: int, shown: Sequence[object]) -> Iterator[str]:
    if number > len(shown):
        yield tr("  … {number} more", number=number - len(shown))


def _conflict(moved: Moved, screen: Screen) -> str:
    said = screen.clauses(safe_text(conflict.reason) for conflict in moved.conflicts)
    if not moved.changes:
        return said
    return tr("{reason}; would go in: {changes}", reason=said, changes=_changes(moved.changes, screen))


def _changes(changes: Iterable[RowChange], screen: Screen) -> str:
    return screen.clauses(_change(change, screen) for change in changes)


def _change(change: RowChange, screen: Screen) -> str:
    """Say in words what changes, by the rulebook's titles and in the desk's time."""
    if change.what == "personal":
        return tr("{field} (personal, not shown)", field=screen.field_title(change.field))
    if change.what == "event":
        field = called(change.field)
        before, after = (
            to_local_text(from_text(at), screen.rulebook.zone) if at else "" for at in (change.before, change.after)
        )
        if not before:
            return tr("{what} {time}", what=field, time=after)
        if not after:
            return tr("{what} {time} (no longer said)", what=field, time=before)
        if before == after:
            return tr("{what} {time} (said otherwise)", what=field, time=after)
    else:
        field = screen.field_title(change.field)
        before, after = (_value(change.field, value, screen) for value in (change.before, change.after))
    return tr("{field}: {before} → {after}", field=field, before=before, after=after)


def _value(field: str, value: str | None, screen: Screen) -> str:
    """Return a value as a line shows it: safe, and cut if it is long."""
    if not value:
        return "–"
    if field in screen.rulebook.fields:
        shown = value_text(screen.rulebook, field, value, screen.language)
    else:
        shown = screen.title(field, value)
    shown = safe_text(shown)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
