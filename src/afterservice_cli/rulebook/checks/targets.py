"""What a target says: the events and dates that it names, of whom and of which cases, and what does not go together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.names import Names, items
from afterservice_cli.rulebook.document.notes import Path
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.sections.targets import Target, TargetTime
from afterservice_cli.rulebook.vocabulary import FIELD, TARGET_FACTS

# What says how long a clock runs, or how it goes on: nothing for a target that a date of the case sets.
CLOCK = ("within", "times", "from", "pauses", "repeats", "restarts", "delays")


def check_target(names: Names, path: Path, target: Target) -> None:
    """Note a fault at every name of a target that refers to nothing, and at keys that do not go together."""
    for end, words in (("from", target.starts), ("until", target.until)):
        for index, word in items(words):
            names.task_done((*path, end, index), word)
    names.role((*path, "by"), target.by, held=True)
    names.among(names.calendars, "calendar", (*path, "calendar"), target.calendar)
    _starts(names, path, target)
    _date(names, path, target)
    _cases(names, path, target.when)
    check_times(names, path, target.times)


def check_times(names: Names, path: Path, times: Sequence[TargetTime] | None) -> None:
    """Check of which cases the times of a target or a task are, and by which calendars they count."""
    for index, time in items(times):
        _cases(names, (*path, "times", index), time.when)
        names.among(names.calendars, "calendar", (*path, "times", index, "calendar"), time.calendar)


def _starts(names: Names, path: Path, target: Target) -> None:
    """Check what a clock begins with: a date alone, and nothing that stops it, unless it repeats."""
    starts = list(items(target.starts))
    dated = [(index, found[1]) for index, word in starts if (found := re.fullmatch(FIELD, word))]
    for index, field in dated:
        _day(names, (*path, "from", index), field)
        if len(starts) > 1:
            what = tr("a date stands alone: it may lie before every event – leave it out, or the others")
            names.notes.fault((*path, "from", index), what)
    if not target.repeats and any(word in (target.until or ()) for _, word in starts):
        what = tr("a clock that ends with what begins it goes round – write `repeats: true`, or another event")
        names.notes.fault((*path, "until"), what)
    if target.restarts and (dated or target.repeats):
        if dated:
            what = tr("a clock that begins with a date has no time of each team's – leave one of them out")
        else:
            what = tr("a clock that repeats has no time of each team's – leave one of them out")
        names.notes.fault((*path, "restarts"), what, key=True)


def _day(names: Names, path: Path, field: str) -> None:
    """Check that a clock hangs on a date field that is not personal, since it stays in the history."""
    if names.personal_day(path, field):
        what = tr(
            "'field:{field}' is personal, and a clock's beginning stays in the history – take `personal` away there, "
            "or begin with an event",
            field=field,
        )
        names.notes.fault(path, what)


def _date(names: Names, path: Path, target: Target) -> None:
    """Check that a target that a date sets has no clock beside it."""
    if target.at is None:
        return
    if found := re.fullmatch(FIELD, target.at):
        _day(names, (*path, "at"), found[1])
    for key in CLOCK:
        if (*path, key) in names.notes.places:
            what = tr(
                "`at` says when it is due, so nothing is left for `{key}` to say – leave one of them out", key=key
            )
            names.notes.fault((*path, key), what, key=True)


def _cases(names: Names, path: Path, conditions: Sequence[Condition] | None) -> None:
    """Check that the cases of a target are told by facts that stay, and not by the text or what is personal."""
    for index, condition in items(conditions):
        place = (*path, "when", index)
        names.condition(place, condition, (*TARGET_FACTS, *names.given))
        for inner, one in condition.places(place):
            for key, asked in (("match", one.match), ("unless", one.unless), ("like", one.like or one.unlike)):
                if asked:
                    what = tr("a text can be erased, and a deadline stays – ask for a category or a field")
                    names.notes.fault((*inner, key), what, key=True)
            for field in one.fields:
                if names.personal(field):
                    what = tr(
                        "'{field}' is personal and can be erased – take `personal` away there, or ask for another",
                        field=field,
                    )
                    names.notes.fault((*inner, field), what, key=True)
