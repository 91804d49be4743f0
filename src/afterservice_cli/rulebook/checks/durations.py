"""What the working calendar never gives: durations that it does not use up, warnings from before it was ever open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.names import entries, everywhere, items
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.model import merged_rules
from afterservice_cli.rulebook.sections.hours import CalendarRules, OtherCalendar
from afterservice_cli.rulebook.sections.rules import Rules
from afterservice_cli.rulebook.sections.targets import Target, TargetTime
from afterservice_cli.rulebook.sections.tasks import Duty, Part, TaskRules
from afterservice_cli.rulebook.vocabulary import BY_LINE
from afterservice_cli.time.durations import Duration, Period, parse_duration, parse_period
from afterservice_cli.time.schedules import is_schedule, parse_schedule
from afterservice_cli.time.worktime import Calendar

YEARS = 90  # of the hundred in which a calendar looks: the rest is for days off still to be announced, and for pauses
_REACH = timedelta(days=YEARS * 365)
_DAY = timedelta(days=1)


def check_durations(document: Rules, rules: CalendarRules, others: Mapping[str, OtherCalendar], notes: Notes) -> None:
    """Note a fault at every duration of a document that a calendar by which it may count cannot count to an end.

    Each is tried from before and from after all dates that the calendar names, since the weekdays alone count there,
    and from both ends of each time that is closed.
    """
    places = {name: _placed(other, merged_rules(rules, other)) for name, other in others.items()}
    own = places[""] = _placed(rules, rules.__dict__)
    for path, text in _durations(document):
        counted = _counted_by(document, path, places)
        if not all(_comes(calendar, day, text) for place in counted for day, calendar in place):
            notes.fault(path, _never(text))
    for path, text in _periods(document):
        if not all(_ends(calendar, day, parse_period(text)) for day, calendar in own):
            notes.fault(path, _never_again(text))
    for path, text in _leads(document):
        counted = _counted_by(document, path, places)
        if not all(_reached(calendar.back, day, parse_duration(text)) for place in counted for day, calendar in place):
            what = tr(
                "'{text}': the calendar was not open for so long in {years} years – write a shorter time, or give it "
                "more hours",
                text=text,
                years=YEARS,
            )
            notes.fault(path, what)


def _never(text: str) -> str:
    """Return what is wrong with a duration that a calendar does not use up, or a time of days that it has not."""
    if is_schedule(text):
        return _never_again(text)
    return tr(
        "'{text}': the calendar does not open for so long in {years} years – write a shorter time, or give it more "
        "hours",
        text=text,
        years=YEARS,
    )


def _never_again(text: str) -> str:
    return tr(
        "'{text}': the calendar does not open again within {years} years – give it more hours", text=text, years=YEARS
    )


Place = list[tuple[date, Calendar]]


def _placed(own: CalendarRules | OtherCalendar, rules: Mapping[str, object]) -> Place:
    """Return the days from which a calendar's rules are tried, each with a calendar to itself.

    One for all of them would lay out every date between the first and the last.
    """
    return [(day, Calendar(rules)) for day in _days(own)]


def _counted_by(document: Rules, path: Path, places: Mapping[str, Place]) -> Iterator[Place]:
    """Yield the places whose calendars may count the duration at a path."""
    target = path[1] if path[0] == "targets" else path[-1] if "targets" in path[1:-1] else None
    entry = document.targets.get(str(target)) if target is not None else None
    names = _counting_target(document, path, entry) if entry is not None else {""}
    if path[0] == "duties":
        names = {document.duties[str(path[1])].calendar or ""}
    if timed := _task_at(document, path):
        names = _counting_task(path, timed)
    yield from (places[name] for name in sorted(names) if name in places)


def _counting_target(document: Rules, path: Path, target: Target) -> set[str]:
    """Return the calendars that may count the duration at a path, which is one of a target's, or its warning's lead."""
    own = {time.calendar for _, time in items(_times(path, target)) if time.calendar}
    if own and path[-1] != "warn":
        return own
    if target.calendar:
        return {target.calendar} | own
    if path[0] == "channels":
        return {document.channels[str(path[1])].calendar or ""}
    return {"", *(channel.calendar or "" for _, channel in entries(document.channels))} | own


def _task_at(document: Rules, path: Path) -> TaskRules | Part | None:
    """Return the task about which a path is, of whatever it is; None if it is about none."""
    if path[0] == "tasks":
        return document.tasks[str(path[1])]
    if path[0] == "dispositions" and path[2] == "tasks":
        return document.dispositions[str(path[1])].tasks[str(path[3])]
    above = path[: -4 if isinstance(path[-2], int) else -2]
    if path[0] == "categories" and above[-1] == "parts":
        every = dict(everywhere(document.categories, ("categories",)))
        return every[above[:-1]].parts[str(path[len(above)])]
    return None


def _counting_task(path: Path, task: TaskRules | Part) -> set[str]:
    """Return the calendars that may count the duration at a path, which is one of a task's, or its warning's lead."""
    if isinstance(path[-2], int):
        return {task.times[int(path[-2])].calendar or ""}
    return {""} | ({time.calendar or "" for _, time in items(task.times)} if path[-1] == "warn" else set())


def _times(path: Path, target: Target) -> Sequence[TargetTime]:
    """Return which times of a target a path is about: one of them, or all of them if it is the lead of its warning."""
    if path[0] == "targets" and path[2] == "times":
        return target.times[int(path[3]) :][:1]
    return target.times if path[-1] == "warn" else ()


def _durations(document: Rules) -> Iterator[tuple[Path, str]]:
    """Yield every duration by which something becomes due, with its path."""
    for section, written in (("channels", document.channels), ("kinds", document.kinds)):
        for name, channel in entries(written):
            yield from _of_targets((section, name), channel.targets)
    for path, category in everywhere(document.categories, ("categories",)):
        yield from _of_targets(path, category.targets)
        yield from _own((*path, "parts"), category.parts)
    for name, priority in entries(document.priorities):
        yield from _of_targets(("priorities", name), priority.targets)
    yield from _own(("targets",), document.targets)
    for name, disposition in entries(document.dispositions):
        yield from _of_targets(("dispositions", name), disposition.targets)
        yield from _own(("dispositions", name, "tasks"), disposition.tasks)
    yield from _own(("tasks",), document.tasks)
    for name, duty in entries(document.duties):
        if duty.every:
            yield ("duties", name, "every"), duty.every
    yield from _of_problems(document)
    if document.intake and document.intake.back:
        yield ("intake", "back"), document.intake.back
    if document.intake and document.intake.duplicates and document.intake.duplicates.within:
        yield ("intake", "duplicates", "within"), document.intake.duplicates.within
    if document.closing and document.closing.silence and document.closing.silence.over:
        yield ("closing", "silence", "over"), document.closing.silence.over


def _of_problems(document: Rules) -> Iterator[tuple[Path, str]]:
    """Yield the durations of problems, and those of the figure by which measures are judged, with their paths."""
    for name, kind in entries(document.problems):
        if kind.within:
            yield ("problems", name, "within"), kind.within
        if kind.task and kind.task.within:
            yield ("problems", name, "task", "within"), kind.task.within
    if document.measures and (effect := document.measures.effect):
        for key, text in (("before", effect.before), ("after", effect.after)):
            if text:
                yield ("measures", "effect", key), text


def _of_targets(path: Path, targets: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    yield from (((*path, "targets", target), text) for target, text in entries(targets))


def _periods(document: Rules) -> Iterator[tuple[Path, str]]:
    """Yield how long each limit is, at the limit or at a product line, and how long cases are kept, with its path."""
    for name, limit in entries(document.limits):
        if limit.within and limit.within != BY_LINE:
            yield ("limits", name, "within"), limit.within
    for name, line in entries(document.lines):
        yield from ((("lines", name, limit), text) for limit, text in entries(line.limits))
    for name, earlier in entries(document.earlier):
        if earlier.within:
            yield ("earlier", name, "within"), earlier.within
    if document.archive and document.archive.keep:
        yield ("archive", "keep"), document.archive.keep
    for name, kind in entries(document.kinds):
        if kind.keep:
            yield ("kinds", name, "keep"), kind.keep


def _ends(calendar: Calendar, day: date, period: Period) -> bool:
    """Tell whether a period that begins on a day comes to an end."""
    try:
        calendar.last_day(day, period)
    except ValueError:
        return False
    return True


def _own(path: Path, section: Mapping[str, Target | TaskRules | Part] | None) -> Iterator[tuple[Path, str]]:
    """Yield the durations of targets or tasks by themselves, with their paths."""
    for name, timed in entries(section):
        if timed.within:
            yield (*path, name, "within"), timed.within
        for index, time in items(timed.times):
            if time.within:
                yield (*path, name, "times", index, "within"), time.within


def _leads(document: Rules) -> Iterator[tuple[Path, str]]:
    """Yield every lead of a warning, with its path, but for those in per cent: they are no longer than a duration."""
    parts = everywhere(document.categories, ("categories",))
    problems = {name: kind.task for name, kind in entries(document.problems)}
    for name, timed in problems.items():
        if timed is not None and timed.warn and not timed.warn.endswith("%"):
            yield ("problems", name, "task", "warn"), timed.warn
    sections: list[tuple[Path, Mapping[str, Target | TaskRules | Part | Duty] | None]] = [
        (("targets",), document.targets),
        (("tasks",), document.tasks),
        (("duties",), document.duties),
        *((("dispositions", name, "tasks"), entry.tasks) for name, entry in entries(document.dispositions)),
        *(((*path, "parts"), category.parts) for path, category in parts),
    ]
    for path, warned in sections:
        for name, entry in (warned or {}).items():
            if entry is not None and entry.warn and not entry.warn.endswith("%"):
                yield (*path, name, "warn"), entry.warn


def _days(rules: CalendarRules | OtherCalendar) -> list[date]:
    closed = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in rules.closed]
    days = [day for both in closed for day in both] + [date.fromisoformat(day) for day in rules.open]
    for year in rules.holidays or ():
        days += [date(int(year), 1, 1), date(int(year), 12, 31)]
    if not days:
        return [date(2000, 1, 1)]
    ends = {day for first, last in closed for day in (first, last + _DAY)}
    return sorted({min(days) - _DAY, *ends, max(days) + _DAY})


def _comes(calendar: Calendar, day: date, text: str) -> bool:
    """Tell whether a duration from a day on, or a time of some days, comes within reach."""
    if not is_schedule(text):
        return _reached(calendar.add, day, parse_duration(text))
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        return parse_schedule(text).after(calendar, begin) - begin <= _REACH
    except ValueError:
        return False


def _reached(count: Callable[[datetime, Duration], datetime], day: date, duration: Duration) -> bool:
    """Tell whether counting on, or back, from a day comes to an end within reach."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        end = count(begin, duration)
    except ValueError:
        return False
    return not duration.unit.startswith("w") or abs(end - begin) <= _REACH
