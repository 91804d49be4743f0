"""Whether tasks and duties can be done: by somebody, and tasks in some order, each under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.names import Names, entries, everywhere, items
from afterservice_cli.rulebook.checks.targets import check_times
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.sections.rules import Rules
from afterservice_cli.rulebook.sections.tasks import CaseTask, Duty, Part, TaskRules
from afterservice_cli.rulebook.vocabulary import OWNER_ROLES


def check_tasks(document: Rules, names: Names) -> None:
    """Note a fault at every task or duty that nobody could do, or that another stands in the way of for ever."""
    for name, disposition in entries(document.dispositions):
        _tasks(names, ("dispositions", name, "tasks"), disposition.tasks)
    _tasks(names, ("tasks",), document.tasks)
    for path, category in everywhere(document.categories, ("categories",)):
        for team, part in entries(category.parts):
            _timed(names, (*path, "parts", team), part)
    _names(document, names.notes)
    for name, duty in entries(document.duties):
        _duty(names, ("duties", name), duty)


def _timed(names: Names, path: Path, task: TaskRules | Part) -> None:
    """Check of which cases a task has which time, and that what is warned of has one."""
    check_times(names, path, task.times)
    for name, asked in (("warn", task.warn), ("pauses", isinstance(task, TaskRules) and task.pauses is False)):
        if asked and not task.within and not task.times:
            names.notes.fault((*path, name), tr("it has no time that could run out – add `within`, or leave this out"))


def _tasks(names: Names, path: Path, tasks: Mapping[str, TaskRules] | None) -> None:
    """Check who does each task, what comes before it, and the events that it names."""
    siblings, seen = list(tasks or ()), list[str]()
    for name, task in entries(tasks):
        place = (*path, name)
        names.role((*place, "by"), task.by, held=True)
        _timed(names, place, task)
        names.task_done((*place, "from"), task.start)
        for index, other in items(task.after):
            if other == name:
                names.notes.fault(
                    (*place, "after", index), tr("{name} waits for itself – name another task", name=name)
                )
            else:
                names.among(siblings, "task", (*place, "after", index), other)
                if other in siblings and other not in seen:
                    what = tr(
                        "{other} stands below {name} – put it above, so that none waits for the other for ever",
                        other=other,
                        name=name,
                    )
                    names.notes.fault((*place, "after", index), what)
        for index, word in items(task.not_by):
            names.task_done((*place, "not_by", index), word)
        for outcome, entry in entries(task.outcomes):
            _leads_to(names.notes, (*place, "outcomes", outcome, "then"), entry.then, planned=path[0] == "dispositions")
        if isinstance(task, CaseTask):
            names.when(place, task.when)
            for index, word in items(task.on):
                names.task_done((*place, "on", index), word)
        seen.append(name)


def _duty(names: Names, path: Path, duty: Duty) -> None:
    """Check that somebody sees to a duty, without a case by which they could be known, and its calendar."""
    if duty.by in OWNER_ROLES:
        what = tr("a duty has no case, so there is no {by} – write a team, a role, or head:TEAM", by=duty.by)
        names.notes.fault((*path, "by"), what)
    else:
        names.role((*path, "by"), duty.by, held=True)
    names.among(names.calendars, "calendar", (*path, "calendar"), duty.calendar)


def _names(document: Rules, notes: Notes) -> None:
    """Check that no task has the name of another that it may stand beside in a case."""
    parts = {team for _, entry in everywhere(document.categories, ()) for team in entry.parts or ()}
    planned = {name for _, entry in entries(document.dispositions) for name in entry.tasks or ()}
    places: list[tuple[Path, str]] = [(("tasks", name), name) for name in document.tasks or ()]
    places += [
        (("dispositions", disposition, "tasks", name), name)
        for disposition, entry in entries(document.dispositions)
        for name in entry.tasks or ()
    ]
    for path, name in places:
        if name in parts:
            what = tr("the part of a team is called '{name}' already – choose another id", name=name)
            notes.fault(path, what, key=True)
        elif path[0] == "tasks" and name in planned:
            notes.fault(path, tr("a disposition has a task '{name}' already – choose another id", name=name), key=True)


def _leads_to(notes: Notes, path: Path, then: str | None, *, planned: bool) -> None:
    """Check that only a plan is revised or stopped, and that its tasks, which come before, reopen nothing."""
    if then in ("revise", "stop") and not planned:
        notes.fault(path, tr("`{then}` is for the tasks of a disposition – write `reopen`, or leave it out", then=then))
    elif then == "reopen" and planned:
        notes.fault(path, tr("a plan's task comes before the resolution – write `revise` or `stop`"))
