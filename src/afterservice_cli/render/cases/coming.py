"""How a change is answered: what a case is now in one line, what its plan is in another, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.cases.case import AT_WORK, SOLVED, Case
from afterservice_cli.cases.values import TaskSpec
from afterservice_cli.decisions.approvals import pending_approval
from afterservice_cli.decisions.requirements import first_step, task_typed, unanswered
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence, sentence_in
from afterservice_cli.output_text import safe_text
from afterservice_cli.render.cases.case import category_title, state, whose
from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.cases.case import CaseView, DeadlineView, PlanView, next_deadline
from afterservice_cli.rulebook.given import given_text

ENDS = ("confirmed", "rated", "closed")  # what a deadline waits for once the work is done
# What can no longer happen then: nobody can meet a deadline that waits for this alone.
OF_WORK = {"assessed", "investigated", "appraised", "proposed", "approved", "declined", "agreed", "refused", "delayed"}
PRIORITY = sentence_in("priority in a line", "{title}")
# When it is due, by how its deadline stands.
BY = {
    "running": sentence("{what}, due {when}"),
    "missed": sentence("{what}, overdue since {when}"),
    "paused": sentence("{what}, due {when}, paused"),
}


class Coming(Frozen):
    """What comes next: what there is to do and for whom, in words, its deadline, and the command as it is typed.

    Empty texts tell nothing: for the owner, or no command in particular.
    """

    what: str
    whose: str = ""
    deadline: DeadlineView | None = None
    command: str = ""


def answer_line(case: CaseView, screen: Screen) -> str:
    """Return what a case is now: its status, its category, its priority, and whose it is."""
    priority = screen.title("priority", case.priority)
    words = (
        state(case, screen),
        category_title(case, screen),
        screen.tr(PRIORITY, title=priority),
        whose(case, screen),
    )
    return f"{case.case}  {' · '.join(word for word in words if word)}"


def plan_line(plan: PlanView, titles: Mapping[str, str], screen: Screen) -> str:
    """Return what a plan is: how the case shall end, what is given, when, and its tasks; `titles` are of added ones."""
    words = [screen.title("disposition", plan.disposition), given_text(screen.rulebook, plan.gives, screen.language)]
    if plan.promised_at:
        words.append(promise_text(plan.promised_at, screen))
    tasks = [
        titles.get(task.name) or screen.rulebook.task_title(task.rule, task.name, screen.language)
        for task in plan.tasks
    ]
    told = screen.clauses(screen.joined(filter(None, some)) for some in (words, tasks) if some)
    return screen.tr("plan {version}: {what}", version=plan.version, what=told)


def titles_of(case: Case) -> Mapping[str, str]:
    """Return the titles of the tasks that people added to the plan, by name."""
    titles = (case.plan and case.plan.titles) or {}
    return {name: safe_text(title) for name, title in titles.items()}


def promise_text(promised_at: str, screen: Screen) -> str:
    """Return what the customer was promised."""
    return screen.tr("promised by {when}", when=screen.minute(promised_at))


def next_line(view: CaseView, case: Case, screen: Screen) -> str:
    """Return what comes next, for whom, by when, and the command that does it; "" if nothing does."""
    if case.status == "void":
        return ""
    due = _due(view)
    role = pending_approval(case, screen.rulebook)
    coming = _approval(case, role, screen) if role else _coming(case, due, screen)
    if coming is None:
        return ""
    what = coming.what
    if coming.whose:
        what = screen.tr("{what} ({whose})", what=what, whose=coming.whose)
    if coming.deadline:
        what = _timed(what, coming.deadline, screen)
    command = f"afterservice {coming.command}" if coming.command else ""
    if what and command:
        what = screen.tr("{what} – {command}", what=what, command=command)
    told = [what or command]
    if role and due and due.verdict == "missed":
        told.append(_timed(screen.target_title(due.target, due.rule), due, screen))
    return screen.tr("next: {what}", what=screen.clauses(told))


def _timed(what: str, due: DeadlineView, screen: Screen) -> str:
    return screen.tr(BY[due.verdict], what=what, when=screen.minute(due.due_at))


def _due(view: CaseView) -> DeadlineView | None:
    """Return the deadline that is due first, of those that can be met, and whose clock runs if any does."""
    over = view.status in SOLVED
    deadlines = [deadline for deadline in view.deadlines if not (over and OF_WORK.issuperset(deadline.until))]
    going = [deadline for deadline in deadlines if deadline.verdict != "paused"]
    return next_deadline(view.but(deadlines=going)) or next_deadline(view.but(deadlines=deadlines))


def _approval(case: Case, role: str, screen: Screen) -> Coming:
    """Return that the plan waits for an approval, with the people who may give it: nobody approves their own plan."""
    own = screen.rulebook.person_of(case.plan.proposed_by) if case.plan else ""
    people = [person for person in screen.rulebook.holders(role, case.value("owner"), case.person) if person != own]
    named = screen.joined([screen.title("person", person) for person in people])
    title = screen.role_title(role)
    asked = screen.tr("{role}: {people}", role=title, people=named) if named else title
    return Coming(screen.tr("approval"), asked, command=f"approve {case.number}")


def _coming(case: Case, due: DeadlineView | None, screen: Screen) -> Coming | None:
    """Return what is due first, or else what the status of the case implies; None if that is nothing."""
    task = _open_task(case, due.target if due else "")
    if due is None:
        if task is not None:
            return _task(case, task, None, screen)
        command = _onward(case, screen, without_a_deadline=True)
        return Coming("", command=command) if command else None
    if task is not None and task.target == due.target:
        return _task(case, task, due, screen)
    title = screen.target_title(due.target, due.rule)
    coming = Coming(title, _others(due.team, case, screen), due)
    if case.status in AT_WORK and due.until[0] == "resolved":
        if task is None:
            return coming.but(command=_onward(case, screen))
        timed = any(deadline.unanswered and deadline.spec.target == task.target for deadline in case.deadlines)
        own = _task(case, task, due, screen)
        return coming.but(command=own.command) if timed else own
    if case.status in SOLVED and due.until[0] in ENDS:
        return coming.but(command=_onward(case, screen))
    return coming


def _open_task(case: Case, target: str) -> TaskSpec | None:
    """Return the open task whose deadline has this target, else the first that can be done; None if there is none."""
    open_tasks = [task.spec for task in case.open_tasks]
    can_be_done = [spec for spec in open_tasks if not case.waits_for(spec)]
    return next((spec for spec in open_tasks if spec.target == target), next(iter(can_be_done), None))


def _task(case: Case, spec: TaskSpec, due: DeadlineView | None, screen: Screen) -> Coming:
    """Return an open task, whose it is, and the command if it can be done."""
    title = titles_of(case).get(spec.name) or screen.rulebook.task_title(spec.rule, spec.name, screen.language)
    command = "" if case.waits_for(spec) else f"task {case.number} {task_typed(spec)}"
    return Coming(title, _others(spec.by, case, screen), due, command)


def _others(role: str | None, case: Case, screen: Screen) -> str:
    """Return whose something is, if it is not the owner's."""
    return "" if role in (None, "owner", case.value("owner")) else screen.role_title(role)


def _onward(case: Case, screen: Screen, *, without_a_deadline: bool = False) -> str:
    """Return the command that the status of a case implies, as it is typed; "" if none is.

    While the work goes on that is what the plan wants next; if nothing is due, whatever is lacking for a solution.
    """
    number, plan = case.number, case.plan
    if case.status in SOLVED:
        return _closing(case, screen)
    if case.status == "waiting":
        return f"resume {number}" if without_a_deadline else ""
    if case.status != "open" or not (without_a_deadline or plan):
        return ""
    step = first_step(case, screen.rulebook, "resolve")
    if step.startswith("agree "):
        return screen.tr("{command}, or --no", command=step)
    return step or screen.tr('resolve {case} "what was done"', case=number)


def _closing(case: Case, screen: Screen) -> str:
    """Return the command that brings a case whose work is done nearer to the archive."""
    step = first_step(case, screen.rulebook, "close")
    if step.startswith("confirm "):
        return screen.tr("{command}, or --no", command=step)
    if not step and case.status == "confirmed" and unanswered(case, screen.rulebook):
        return screen.tr("rate {case} …, or afterservice close {case}", case=case.number)
    return step or f"close {case.number}"
