"""A case as the program has it and as the model has it, in one form."""

from collections.abc import Sequence
from typing import Any

from afterservice_cli.cases.bodies import to_plain
from afterservice_cli.cases.case import Case, Recorded
from afterservice_cli.cases.values import Deadline
from oracle import Entry, Life


def entry(recorded: Recorded, given: dict[str, Any]) -> Entry:
    """An event for the model, with what the program says it did to deadlines."""
    event = recorded.event
    put = frozenset((s.target, s.cycle, s.occurrence) for s in getattr(event, "deadlines", ()))
    dropped = tuple(getattr(event, "dropped", ()))
    return Entry(recorded.seq, event.WORD, event.at, given, recorded.recorded_at, put, dropped)


def as_it_is(case: Case, life: Life) -> dict[str, Any]:
    plan, pause = case.plan, case.pause
    of_cycle = [d for d in case.deadlines if d.spec.cycle == case.cycle]
    (resolve,) = [d for d in of_cycle if d.spec.target == "resolve"]
    return {
        **{name: getattr(case, name) for name in ("status", "stage", "cycle", "void_by", "screened", "person")},
        **{name: getattr(case, name) for name in ("satisfied", "scores", "product", "plans")},
        **{name: case.value(name) for name in ("category", "priority", "owner")},
        "beside": [*case.collaborators],
        "tier": case.fields.get("tier"),
        "scene": case.details.get("scene"),
        "pause": (pause.ground, pause.from_at) if pause else None,
        "assessment": {name: getattr(case.assessment, name) for name in ("known", "visit", "warranty")}
        if case.assessment
        else None,
        "appraisal": to_plain(case.appraisal),
        "files": {digest[0] for digest in case.attached},
        "problems": {*case.problems},
        "given": {int(version): given.gives["money"] for version, given in case.given.items()},
        "plan": plan
        and {
            **{name: getattr(plan, name) for name in ("version", "disposition", "approved", "declined")},
            **{name: getattr(plan, name) for name in ("agreed", "stopped", "revised")},
            "approvals": [*plan.approvals],
            "tasks": [task.name for task in plan.tasks],
            "amount": plan.gives.get("money"),
        },
        "tasks": [(task.spec.name, task.cycle, task.plan, task.state, task.outcome) for task in case.tasks],
        "running": {d.spec.target[5:] for d in of_cycle if d.spec.target[:5] == "task:" and d.unanswered},
        "due": resolve.spec.due_at if resolve.unanswered else None,
        "promise": case.promised_at,
    }


def as_it_should_be(life: Life) -> dict[str, Any]:
    names = ("status", "stage", "cycle", "void_by", "screened", "person", "satisfied", "scores", "product")
    over = life.status in ("closed", "void")
    return {
        **{
            name: getattr(life, name)
            for name in (*names, "plans", "beside", "tier", "scene", "assessment", "appraisal", "given", "problems")
        },
        **{name: getattr(life, name)[0] for name in ("category", "priority", "owner")},
        "pause": life.waits,
        "files": life.files,
        "plan": life.plan
        and {
            **{name: value for name, value in life.plan.items() if name not in ("by", "login", "own", "todo")},
            "tasks": [todo.name for todo in life.plan["todo"]],
        },
        "tasks": [(task.todo.name, task.cycle, task.plan, task.state, task.outcome) for task in life.tasks],
        "running": life.running,
        "due": None if life.answered or over else life.due,
        "promise": life.promise,
    }


def by_place(found: Sequence[Deadline]) -> dict[tuple[str, int, int], Deadline]:
    """Deadlines without their order, which tells nothing."""
    return {(d.spec.target, d.spec.cycle, d.spec.occurrence): d for d in found}
