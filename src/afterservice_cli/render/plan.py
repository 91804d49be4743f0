"""What has been found out about a case, planned for it and is allowed next, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from afterservice_cli.cases.events.handling import CaseAppraised
from afterservice_cli.cases.events.triage import CaseAssessed
from afterservice_cli.language import listed
from afterservice_cli.render.case import basis_of, kind_title, minute
from afterservice_cli.render.history import shown
from afterservice_cli.render.labels import field_title, label, role_title, said, with_id
from afterservice_cli.render.text import aligned, safe_text
from afterservice_cli.reports.case import CaseView, LinkView, PlanView, TaskView
from afterservice_cli.rulebook.gifts import given_text, paid_text
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.windows import Window


def work_lines(
    case: CaseView, links: Sequence[LinkView], titles: Mapping[str, str], rulebook: Rulebook, language: str
) -> Iterator[str]:
    """Yield assessment, appraisal, plan, promise, tasks and links, if any; `titles` are of tasks that people added."""
    rows = []
    if case.assessment:
        rows.append((label("assessment", language), shown(CaseAssessed, case.assessment, rulebook, language), ""))
    if case.appraisal:
        rows.append((label("appraisal", language), shown(CaseAppraised, case.appraisal, rulebook, language), ""))
    rows += _planned(case, titles, rulebook, language)
    rows += _others(case, rulebook, language)
    for number, kind in case.problems.items():
        rows.append((label("belongs", language), number, kind_title(kind, rulebook, language)))
    for link in links:
        relation = "merged_here" if link.relation == "merged" and not link.told else link.relation
        rows.append((label("links", language), link.case, label(relation, language)))
    yield from aligned([(head, safe_text(value), safe_text(rest)) for head, value, rest in rows])


def limit_lines(
    limits: Sequence[Window], rulebook: Rulebook, language: str, columns: int | None = None
) -> Iterator[str]:
    """Yield the last day of each limit and whether the case lies within, or what has to be known to tell."""
    rows = []
    for window in limits:
        title = rulebook.title("limit", window.limit, language)
        missing = f" ({field_title(window.lacks, rulebook, language)})" if window.lacks else ""
        state = {True: "within", False: "over", None: "unknown"}[window.within]
        told = f"{label(state, language)}{missing}"
        rows.append((title, window.last or "–", told, basis_of(window.duration, window.rule, language)))
    yield from aligned(rows, columns=columns)


def plan_lines(case: CaseView, titles: Mapping[str, str], rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield the newest version of the plan with its tasks, and what was promised; `titles` are of added tasks."""
    rows = _planned(case, titles, rulebook, language)
    yield from aligned([(head, safe_text(value), safe_text(rest)) for head, value, rest in rows])


def allowed_line(commands: Sequence[str], language: str) -> str:
    """Return which commands would do something now, as one line."""
    return said(label("allowed", language), listed(commands, language) or "–", language)


def _planned(
    case: CaseView, titles: Mapping[str, str], rulebook: Rulebook, language: str
) -> Iterator[tuple[str, str, str]]:
    """Yield the plan of a case and what the customer was promised, if there is any."""
    if case.plan:
        yield from _plan(case, case.plan, titles, rulebook, language)
    if case.promised_at:
        yield label("promised_at", language), minute(case.promised_at, rulebook), ""


def _plan(
    case: CaseView, plan: PlanView, titles: Mapping[str, str], rulebook: Rulebook, language: str
) -> Iterator[tuple[str, str, str]]:
    state = "to_revise" if plan.revised else "approved" if plan.approved else "declined" if plan.declined else ""
    answer = {True: "agreed", False: "not_agreed", None: ""}[plan.agreed]
    parts = [rulebook.title("disposition", plan.disposition, language), given_text(rulebook, plan.gives, language)]
    notes = [label(word, language) for word in (state, answer) if word]
    yield f"{label('plan', language)} {plan.version}", " ".join(filter(None, parts)), ", ".join(notes)
    for version, gives in case.given.items():
        for word, by_customer in (("given", False), ("paid", True)) if version != str(plan.version) else ():
            if amounts := paid_text(rulebook, gives, language, by_customer=by_customer):
                yield "", f"{label(word, language)} {amounts}", f"{label('plan', language)} {version}"
    there = {task.name: task for task in case.tasks}
    for planned in plan.tasks:
        title = titles.get(planned.name) or rulebook.task_title(planned.rule, planned.name, language)
        task = there.get(planned.name)
        yield "", f"{_mark(task)} {with_id(title, planned.name)}", _told(task, planned.by, rulebook, language)


def _others(case: CaseView, rulebook: Rulebook, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield the tasks of the running cycle that no plan wants."""
    for task in case.tasks:
        if not task.plan and task.cycle == case.cycle and task.state != "dropped":
            shown = f"{_mark(task)} {rulebook.task_title(task.rule, task.name, language)} ({task.name})"
            yield label("task", language), shown, _told(task, task.by, rulebook, language)


def _mark(task: TaskView | None) -> str:
    return "✓" if task and task.state == "done" else "·"


def _told(task: TaskView | None, by: str | None, rulebook: Rulebook, language: str) -> str:
    """Return whose a task is, what it waits for, and what it came to."""
    words = [role_title(by, rulebook, language) if by else ""]
    if task and task.outcome:
        outcome = rulebook.outcomes_of(task.rule).get(task.outcome)
        words.append(outcome.title[language] if outcome else task.outcome)
    if task and task.state == "open" and task.waits_for:
        named = [rulebook.title_beside(task.rule, name, language) for name in task.waits_for]
        words.append(f"{label('waits_for', language)} {', '.join(named)}")
    return ", ".join(filter(None, words))
