"""What has been found out about a case, planned for it and is allowed next, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from afterservice_cli.cases.events.handling import CaseAppraised
from afterservice_cli.cases.events.triage import CaseAssessed
from afterservice_cli.language import listed
from afterservice_cli.output_text import aligned, safe_text
from afterservice_cli.render.cases.case import basis_of, within_text
from afterservice_cli.render.cases.history import shown
from afterservice_cli.render.labels import label, said, with_id
from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.cases.case import CaseView, LinkView, PlanView, TaskView
from afterservice_cli.rulebook.given import given_text, paid_text
from afterservice_cli.rulebook.windows import Window


def work_lines(case: CaseView, links: Sequence[LinkView], titles: Mapping[str, str], screen: Screen) -> Iterator[str]:
    """Yield assessment, appraisal, plan, promise, tasks and links, if any; `titles` are of tasks that people added."""
    rows = []
    if case.assessment:
        rows.append((screen.label("assessment"), shown(CaseAssessed, case.assessment, screen), ""))
    if case.appraisal:
        rows.append((screen.label("appraisal"), shown(CaseAppraised, case.appraisal, screen), ""))
    rows += _planned(case, titles, screen)
    rows += _others(case, screen)
    for number, kind in case.problems.items():
        rows.append((screen.label("belongs"), number, screen.kind_title(kind)))
    for link in links:
        relation = "merged_here" if link.relation == "merged" and not link.told else link.relation
        rows.append((screen.label("links"), link.case, screen.label(relation)))
    yield from aligned([(head, safe_text(value), safe_text(rest)) for head, value, rest in rows])


def limit_lines(limits: Sequence[Window], screen: Screen, columns: int | None = None) -> Iterator[str]:
    """Yield the last day of each limit and whether the case lies within, or what has to be known to tell."""
    rows = []
    for window in limits:
        title = screen.title("limit", window.limit)
        within = within_text(window.within, window.lacks, screen)
        rows.append((title, window.last or "–", within, basis_of(window.duration, window.rule, screen.language)))
    yield from aligned(rows, columns=columns)


def plan_lines(case: CaseView, titles: Mapping[str, str], screen: Screen) -> Iterator[str]:
    """Yield the newest version of the plan with its tasks, and what was promised; `titles` are of added tasks."""
    rows = _planned(case, titles, screen)
    yield from aligned([(head, safe_text(value), safe_text(rest)) for head, value, rest in rows])


def allowed_line(commands: Sequence[str], language: str) -> str:
    """Return which commands would do something now, as one line."""
    return said(label("allowed", language), listed(commands, language) or "–", language)


def _planned(case: CaseView, titles: Mapping[str, str], screen: Screen) -> Iterator[tuple[str, str, str]]:
    """Yield the plan of a case and what the customer was promised, if there is any."""
    if case.plan:
        yield from _plan(case, case.plan, titles, screen)
    else:
        yield from _given_before(case, screen)
    if case.promised_at:
        yield screen.label("promised_at"), screen.minute(case.promised_at), ""


def _plan(case: CaseView, plan: PlanView, titles: Mapping[str, str], screen: Screen) -> Iterator[tuple[str, str, str]]:
    state = "to_revise" if plan.revised else "approved" if plan.approved else "declined" if plan.declined else ""
    answer = {True: "agreed", False: "not_agreed", None: ""}[plan.agreed]
    given = given_text(screen.rulebook, plan.gives, screen.language)
    parts = [screen.title("disposition", plan.disposition), given]
    notes = [screen.label(word) for word in (state, answer) if word]
    yield f"{screen.label('plan')} {plan.version}", " ".join(filter(None, parts)), screen.strung(notes)
    yield from _given_before(case, screen)
    there = {task.name: task for task in case.tasks}
    for planned in plan.tasks:
        title = titles.get(planned.name) or screen.rulebook.task_title(planned.rule, planned.name, screen.language)
        task = there.get(planned.name)
        yield "", f"{_mark(task)} {with_id(title, planned.name)}", _told(task, planned.by, screen)


def _given_before(case: CaseView, screen: Screen) -> Iterator[tuple[str, str, str]]:
    """Yield what was given, and what the customer paid, under earlier plans."""
    earlier = {v: gives for v, gives in case.given.items() if not case.plan or v != str(case.plan.version)}
    for version, gives in earlier.items():
        for word, by_customer in (("given", False), ("paid", True)):
            if amounts := paid_text(screen.rulebook, gives, screen.language, by_customer=by_customer):
                yield "", f"{screen.label(word)} {amounts}", f"{screen.label('plan')} {version}"


def _others(case: CaseView, screen: Screen) -> Iterator[tuple[str, str, str]]:
    """Yield the tasks of the running cycle that no plan wants."""
    for task in case.tasks:
        if not task.plan and task.cycle == case.cycle and task.state != "dropped":
            shown = f"{_mark(task)} {screen.rulebook.task_title(task.rule, task.name, screen.language)} ({task.name})"
            yield screen.label("task"), shown, _told(task, task.by, screen)


def _mark(task: TaskView | None) -> str:
    return "✓" if task and task.state == "done" else "·"


def _told(task: TaskView | None, by: str | None, screen: Screen) -> str:
    """Return whose a task is, what it waits for, and what it came to."""
    words = [screen.role_title(by) if by else ""]
    if task and task.outcome:
        outcome = screen.rulebook.outcomes_of(task.rule).get(task.outcome)
        words.append(outcome.title[screen.language] if outcome else task.outcome)
    if task and task.state == "open" and task.waits_for:
        named = [screen.rulebook.title_beside(task.rule, name, screen.language) for name in task.waits_for]
        words.append(f"{screen.label('waits_for')} {screen.joined(named)}")
    return screen.strung(filter(None, words))
