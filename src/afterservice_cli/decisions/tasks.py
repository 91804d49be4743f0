"""Doing the tasks of a case: by whom they are, in their order, with their outcome."""

from __future__ import annotations

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events import called
from afterservice_cli.cases.events.handling import TaskDone
from afterservice_cli.cases.events.intake import TwinCounted
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import TASK, Plan, Task, TaskSpec
from afterservice_cli.decisions import closing
from afterservice_cli.decisions.checks import (
    check_changeable,
    check_may,
    check_order,
    check_role,
    check_used,
    others_called,
)
from afterservice_cli.decisions.requirements import CommandInput, check_approved, demanded, role_called, task_typed
from afterservice_cli.errors import BadInput, Refused, nearest, typed
from afterservice_cli.input_text import optional_text
from afterservice_cli.language import listed, spoken, tr, translated
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.calling import task_called
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.instants import to_minute_text


def task(case: Case, moment: Moment, *, name: str, outcome: str | None = None, text: str | None = None) -> list[Event]:
    """Record that a task was done, and what it came to; the time of those that waited for it begins.

    Raises `Refused` for a task before the one it waits for, of another team, or that the rulebook keeps from whoever
    acts; `BadInput` for one that the case has not, and for an outcome that is missing or unknown.
    """
    rulebook = moment.rulebook
    check_used(_any_tasks(rulebook) or case.tasks or case.plan, "tasks", "task", rulebook)
    check_changeable(case, moment, closed=bool(case.open_tasks))
    check_may(case, moment, "task", CommandInput(text))
    found = _open_task(case, moment, name)
    spec = found.spec
    _check_order(case, moment, found)
    if spec.by is not None:
        check_role(
            case, moment, spec.by, tr("{task} of {case}", task=_called(moment, spec), case=case.number), spec.rule
        )
    _check_not_by(case, moment, spec)
    came_to = _outcome(moment, spec, outcome)
    then = spec.outcomes[came_to] if came_to else ""
    said = optional_text(text, tr("the text"))
    events: list[Event] = [TaskDone(moment.at, spec.name, came_to, then, said)]
    if then != "reopen":
        return events
    after = evolve(case, events[0], rulebook.hash, moment.actor)
    return [*events, *closing.reopened(after, moment, reason=said or _came_to(spec, came_to or "", rulebook))]


def _came_to(spec: TaskSpec, outcome: str, rulebook: Rulebook) -> str:
    """Return what a task came to, in the words of the rulebook's language."""
    language = rulebook.language
    task, told = (
        rulebook.task_title(spec.rule, spec.name, language),
        rulebook.outcome_title(spec.name, outcome, language),
    )
    return translated("{task}: {outcome}", language, task=task, outcome=told)


def _any_tasks(rulebook: Rulebook) -> bool:
    return bool(rulebook.tasks or rulebook.dispositions or any(entry.parts for entry in rulebook.categories.values()))


def _open_task(case: Case, moment: Moment, name: str) -> Task:
    """Return the open task of this id or title; raises if there is none, saying why."""
    plan = case.plan
    planned = plan.tasks if plan else ()
    titles = {title: spec.name for spec in _specs(case) for title in moment.rulebook.titles_of(spec.rule)}
    titles |= {title: own for own, title in ((plan.titles if plan else None) or {}).items()}
    name = titles.get(name, name)
    found = next((task for task in reversed(case.open_tasks) if task.spec.name == name), None)
    if found is not None:
        return found
    if done := case.done_task(name):
        _refuse_again(case, moment, done)
    if plan is not None and name in [spec.name for spec in planned]:
        _refuse_plan(case, moment, plan, name)
    known = [task.spec.name for task in case.open_tasks] or [spec.name for spec in planned]
    if not known:
        raise Refused(
            tr("{case} has no task to be done", case=case.number),
            hint=f"afterservice show {case.number}",
            rule="no-task",
        )
    raise BadInput(
        tr(
            "{case} has no task '{task}' – write {known}",
            case=case.number,
            task=typed(name),
            known=nearest(name, known),
        )
    )


def _called(moment: Moment, spec: TaskSpec) -> str:
    """Return a task as a message in the language spoken names it."""
    return task_called(spec.name, spec.rule, moment.rulebook)


def _specs(case: Case) -> list[TaskSpec]:
    return [*(task.spec for task in case.tasks), *(case.plan.tasks if case.plan else ())]


def _refuse_again(case: Case, moment: Moment, done: Task) -> None:
    """Say when a task was done, and what is left to do instead."""
    left = next((task.spec.name for task in case.open_tasks), None)
    way = f"task {case.number} {left}" if left else f"show {case.number}"
    at = to_minute_text(done.done_at, moment.rulebook.zone) if done.done_at else ""
    values = {"task": _called(moment, done.spec), "case": case.number, "at": at, "plan": done.plan}
    raise Refused(
        (
            tr("{task} of {case} was done at {at} under plan {plan} and is done but once", **values)
            if done.spec.once
            else tr("{task} of {case} was done at {at} under plan {plan}", **values)
        )
        if done.plan
        else (
            tr("{task} of {case} was done at {at} and is done but once", **values)
            if done.spec.once
            else tr("{task} of {case} was done at {at}", **values)
        ),
        hint=tr("next: afterservice {way}", way=way),
        rule="task-done",
    )


def _refuse_plan(case: Case, moment: Moment, plan: Plan, name: str) -> None:
    """Say why a task of the plan cannot be done: it is not approved, not accepted, to be revised, or over."""
    anew = tr("afterservice propose {case} --disposition … makes a new version", case=case.number)
    if plan.revised:
        last = next((t for t in reversed(case.tasks) if t.spec.name == plan.revised and t.outcome), None)
        outcomes = moment.rulebook.outcomes_of(last.spec.rule) if last and spoken() != "en" else {}
        came_to = (last and last.outcome) or ""
        raise Refused(
            tr(
                "plan {version} of {case} has to be revised: {task} came to {outcome} (then: revise)",
                version=plan.version,
                case=case.number,
                task=_called(moment, last.spec) if last else plan.revised,
                outcome=outcomes[came_to].title[spoken()] if came_to in outcomes else came_to,
            ),
            hint=anew,
            rule="revise",
        )
    if plan.declined:
        raise Refused(
            tr("plan {version} of {case} was declined", version=plan.version, case=case.number),
            hint=anew,
            rule="declined",
        )
    check_approved(case, moment.rulebook)
    if plan.agreed is False or (plan.agreed is None and demanded(case, moment.rulebook, "agreement")):
        raise Refused(
            tr("the customer has not accepted plan {version} of {case}", version=plan.version, case=case.number),
            hint=anew if plan.agreed is False else f"afterservice agree {case.number} --yes",
            rule="not-agreed",
        )
    if plan.stopped:
        raise Refused(
            tr(
                "{task} of {case} is needless: plan {version} was stopped",
                task=name,
                case=case.number,
                version=plan.version,
            ),
            hint=f"afterservice show {case.number}",
            rule="stopped",
        )
    # Another rulebook, which asks for fewer approvals, was adopted since.
    raise Refused(
        tr("{task} of {case} is opened by the next event of the case", task=name, case=case.number),
        hint=f'afterservice note {case.number} "…"',
        rule="not-open",
    )


def _check_order(case: Case, moment: Moment, task: Task) -> None:
    """Refuse a task before those that it waits for, or at a time before they were done or it was opened."""
    if waits := case.waits_for(task.spec):
        titles = {spec.name: _called(moment, spec) for spec in _specs(case)}
        values = {
            "task": _called(moment, task.spec),
            "case": case.number,
            "others": listed(titles.get(name, name) for name in waits),
        }
        raise Refused(
            tr("{task} of {case} waits for {others} ({rule})", **values, rule=task.spec.rule)
            if task.spec.rule
            else tr("{task} of {case} waits for {others}", **values),  # the plan's own
            hint=f"afterservice task {case.number} {_first(case, waits[0])}",
            rule="waits",
        )
    if task.plan:
        check_approved(case, moment.rulebook)
        check_order(case, moment, "proposed", "approved", "agreed")
    check_order(case, moment, *(f"task:{name}.done" for name in task.spec.after))
    if moment.at < task.opened_at:
        local = to_minute_text(task.opened_at, moment.rulebook.zone, moment.at)
        raise BadInput(
            tr(
                "{task} of {case} was opened at {at}; it can be done only after that",
                task=_called(moment, task.spec),
                case=case.number,
                at=local,
            )
        )


def _first(case: Case, name: str) -> str:
    """Return the task that has to be done first so that this one is, as it is typed."""
    spec = next((task.spec for task in case.open_tasks if task.spec.name == name), None)
    if spec is None:
        return name
    waits = case.waits_for(spec)
    return _first(case, waits[0]) if waits else task_typed(spec)


def _check_not_by(case: Case, moment: Moment, spec: TaskSpec) -> None:
    """Refuse a task by whoever recorded the last of the events that it names: nobody verifies their own work."""
    for word in spec.not_by:
        own = (r for r in reversed(case.standing) if not isinstance(r.event, TwinCounted))
        last = next((r for r in own if r.event.word == word), None)
        if last is not None and moment.same_person(last.actor):
            values = {"task": _called(moment, spec), "case": case.number, "person": moment.person, "rule": spec.rule}
            name = word.removeprefix(TASK).removesuffix(".done")
            other = next((_called(moment, task) for task in _specs(case) if task.name == name), name)
            raise Refused(
                tr(
                    "{task} of {case} may not be done by {person}, who did {other} ({rule}.not_by)",
                    **values,
                    other=other,
                )
                if word.startswith(TASK)
                else tr(
                    "{task} of {case} may not be done by {person}, who {what} it ({rule}.not_by)",
                    **values,
                    what=called(word),
                ),
                hint=tr(
                    "ask another of {role}: {others}",
                    role=role_called(spec.by or case.value("owner"), moment.rulebook),
                    others=others_called(case, moment, spec.by or case.value("owner")),
                ),
                rule="not-by",
            )


def _outcome(moment: Moment, spec: TaskSpec, outcome: str | None) -> str | None:
    """Return the outcome by its id; it has to be one of the task's."""
    if not spec.outcomes:
        if outcome is not None:
            raise BadInput(
                tr("{task} has no outcomes ({rule}) – leave --outcome out", task=_called(moment, spec), rule=spec.rule)
            )
        return None
    ways = "|".join(spec.outcomes)
    if outcome is None:
        raise BadInput(
            tr("{task} comes to something ({rule}.outcomes)", task=_called(moment, spec), rule=spec.rule),
            hint=tr("add {options}", options=f"--outcome {ways}"),
        )
    chosen = moment.rulebook.outcomes_by_title(spec.rule).get(outcome, outcome)
    if chosen not in spec.outcomes:
        raise BadInput(
            tr(
                "{task} cannot come to '{outcome}' – write {known}",
                task=_called(moment, spec),
                outcome=typed(outcome),
                known=nearest(outcome, tuple(spec.outcomes)),
            )
        )
    return chosen
