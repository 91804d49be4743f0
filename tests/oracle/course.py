"""The course of a case: what happens to it, and what the rules make of that."""

import copy
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from oracle.rulebook import (
    CLOSED_TO_TASKS,
    ENDED,
    HELP,
    HOURS,
    OWNERS,
    PLACES,
    PLACING,
    PLANNING,
    VISIT,
    Task,
    Todo,
)
from oracle.trying import By, Entry, Made


class Course:
    """A case: what happens to it, and what the rules make of that."""

    def __init__(self, number: str, seq: int, at: datetime, text: str, *, tier: str | None, full: bool) -> None:
        self.number = number
        self.log = [Entry(seq, "registered", at, {"text": text, "tier": tier}, at)]
        self.replay()
        self.open_up(self.log[0], full)

    # --- what happens --------------------------------------------------------------------------------------------

    def happen(self, entries: list[Entry], full: bool) -> None:
        self.log += entries
        for entry in entries:
            entry.full = full
        if any(entry.word == "retracted" for entry in entries):
            self.replay()
            self.open_up(entries[-1], full)
        else:
            for entry in entries:
                self.take(entry)
                self.open_up(entry, full)

    @property
    def standing(self) -> list[Entry]:
        back = {entry.data["seq"] for entry in self.log if entry.word == "retracted"}
        return [entry for entry in self.log if entry.seq not in back]

    def replay(self) -> None:
        first = self.log[0]
        self.text, self.tier = [first.data["text"]], first.data["tier"]
        self.product: str | None = None
        self.scene: str | None = None
        self.erased = False
        self.status, self.cycle, self.void_by, self.screened = "open", 1, "", ""
        self.stops: list[tuple[datetime, datetime]] = []
        self.waits: tuple[str, datetime] | None = None
        self.assessment: dict[str, Any] | None = None
        self.appraisal: dict[str, Any] | None = None
        self.person: str | None = None
        self.files: set[str] = set()
        self.plans = 0
        self.category = self.place()
        self.priority = self.rank()
        self.owner: tuple[str, ...] = (OWNERS[self.category[0]], "rule")
        self.raised: tuple[str, str, str] | None = None  # the rank below which no rule puts it
        self.late: set[str] = set()  # the teams from which it was taken
        self.beside = ["service"] if self.category[0] == "product.defect" else []
        self.tasks: list[Task] = []  # of all cycles
        self.problems: set[str] = set()
        self.into = ""  # the case as which this one goes on
        self.given: dict[int, str] = {}  # amounts paid, by the version of the plan
        self.begin(first.at)
        self.opened(first.at, first.data.get("opens", ()), first.data.get("starts", ()))
        for entry in self.standing:
            if entry is not first:
                self.take(entry)
        if first not in self.standing:
            self.over("void", "retracted")

    def begin(self, at: datetime) -> None:
        """A cycle begins."""
        self.begun, self.times = at, dict[str, list[datetime]]()
        self.promise: datetime | None = None
        self.plan: dict[str, Any] | None = None
        self.satisfied: bool | None = None
        self.scores: dict[str, int] | None = None
        self.running: set[str] = set()  # the tasks whose time runs
        self.due, self.promised, self.answered = at + timedelta(hours=HOURS[self.priority[0]]), False, False
        self.stopped: datetime | None = None

    def take(self, entry: Entry) -> None:
        word = f"task:{entry.data['task']}" if entry.word == "task_done" else entry.data.get("counted", entry.word)
        self.times.setdefault(word, []).append(entry.at)
        rank, fixed = self.priority[0], self.answered or self.promised or self.missed(entry.now)
        for name, value in entry.data.get("sets", {}).items():
            setattr(self, name, value)
        if entry.word in TAKES:
            TAKES[entry.word](self, entry.at, entry.data)
        if self.priority[0] != rank and not fixed:
            self.due = self.counted()
        if entry.word in ("classified", "assigned"):
            self.drop(lambda task: task.todo.of == "part" and task.todo.name not in self.beside)
        self.opened(entry.at, entry.data.get("opens", ()), entry.data.get("starts", ()))

    def opened(self, at: datetime, opens: Sequence[Todo] = (), starts: Sequence[str] = ()) -> None:
        """These tasks are to be done now, and the time of those begins."""
        version = self.plan["version"] if self.plan else 0
        there = [task.todo.name for task in self.open_tasks]
        new = [
            Task(todo, self.cycle, version if todo.of == "plan" else 0, at) for todo in opens if todo.name not in there
        ]
        self.tasks = [*self.tasks, *new]
        self.running = {*self.running, *starts}

    def open_up(self, entry: Entry, full: bool) -> None:
        """See which tasks an event opens that has just happened, and whose time begins with it."""
        if entry.word in CLOSED_TO_TASKS:
            return
        opens = self.opens(entry, full)
        self.opened(entry.at, opens)
        waiting = [task.todo for task in self.open_tasks if task.todo.timed and task.todo.name not in self.running]
        starts = [todo.name for todo in waiting if not self.waits_for(todo)]
        self.opened(entry.at, starts=starts)
        entry.data = {**entry.data, "opens": opens, "starts": starts}

    def drop(self, unwanted: Callable[[Task], bool]) -> None:
        gone = {task.todo.name for task in self.open_tasks if unwanted(task)}
        self.tasks = [
            task._replace(state="dropped") if task.state == "open" and unwanted(task) else task for task in self.tasks
        ]
        self.running = self.running - gone

    def drop_planned(self) -> None:
        self.drop(lambda task: task.plan > 0)

    def on_attached(self, at: datetime, data: dict[str, Any]) -> None:
        self.files = {*self.files, data["file"]}

    def on_screened(self, at: datetime, data: dict[str, Any]) -> None:
        self.screened = data["outcome"]
        if data["outcome"] == "invalid":
            self.on_resumed(at, data)
            self.over("void", "screened")

    def on_classified(self, at: datetime, data: dict[str, Any]) -> None:
        team = self.owner[0]
        for name, value in data["news"].items():
            setattr(self, name, value)
        self.raised = None if self.priority[1] == "person" else self.raised
        self.person = self.person if self.owner[0] == team else None

    def on_replied(self, at: datetime, data: dict[str, Any]) -> None:
        if self.screened == "vague":
            self.screened, self.text = "answered", [*self.text, data["text"]]

    def on_paused(self, at: datetime, data: dict[str, Any]) -> None:
        self.status, self.waits = "waiting", (data["ground"], at)
        self.stopped = at

    def on_resumed(self, at: datetime, data: dict[str, Any]) -> None:
        if self.waits:
            self.stops = [*self.stops, (self.waits[1], at)]
        if self.stopped and self.stopped <= self.due and not self.answered:
            self.due = self.due + max(at - self.stopped, timedelta(0)) if self.promised else self.counted()
        self.waits = self.stopped = None
        self.status = "open" if self.status == "waiting" else self.status

    def on_proposed(self, at: datetime, data: dict[str, Any]) -> None:
        self.plans += 1
        self.plan = {**data["plan"], "version": self.plans, "approvals": [], "approved": False, "declined": False}
        self.plan |= {"agreed": None, "stopped": False, "revised": ""}
        self.drop_planned()
        self.promise = data["promise"] or self.promise

    def on_plan(self, at: datetime, data: dict[str, Any]) -> None:
        if self.plan:
            self.plan = {**self.plan, **data["plan"]}
            if data.get("over"):
                self.drop_planned()

    def on_task_done(self, at: datetime, data: dict[str, Any]) -> None:
        name = data["task"]
        paid = any(task.todo.name == name and task.todo.once for task in self.open_tasks)
        if paid and self.plan and self.plan["amount"]:
            self.given = {**self.given, self.plan["version"]: self.plan["amount"]}
        self.tasks = [
            task._replace(state="done", outcome=data["outcome"])
            if task in self.open_tasks and task.todo.name == name
            else task
            for task in self.tasks
        ]
        self.running = self.running - {name}
        if data["then"] in ("revise", "stop"):
            over = {"revised": name} if data["then"] == "revise" else {"stopped": True}
            self.on_plan(at, {"plan": over, "over": True})

    def on_acknowledged(self, at: datetime, data: dict[str, Any]) -> None:
        self.promise = data["promise"] or self.promise

    def on_delayed(self, at: datetime, data: dict[str, Any]) -> None:
        self.promise = data["promise"]
        if data["promise"] <= self.due or self.answered or self.missed(at):
            return
        self.due, self.promised = data["promise"], True
        self.stopped = at if self.stopped else None

    def on_rated(self, at: datetime, data: dict[str, Any]) -> None:
        self.scores = {**(self.scores or {}), **data["scores"]}

    def on_escalated(self, at: datetime, data: dict[str, Any]) -> None:
        self.raised = self.priority if self.priority[2] == "raised" else self.raised
        self.person = data["person"] or (None if data["to"] else self.person)
        if data["to"]:
            self.late = {*self.late, self.owner[0]}
            self.owner = (data["to"], "rule", "taken")

    def on_resolved(self, at: datetime, data: dict[str, Any]) -> None:
        self.status, self.satisfied, self.answered = "resolved", None, True

    def on_confirmed(self, at: datetime, data: dict[str, Any]) -> None:
        self.satisfied = data["yes"]
        self.status = "confirmed" if self.satisfied else self.status

    def on_closed(self, at: datetime, data: dict[str, Any]) -> None:
        self.over("closed", "")

    def on_withdrawn(self, at: datetime, data: dict[str, Any]) -> None:
        self.on_resumed(at, data)
        self.over("closed", "withdrawn")

    def on_merged(self, at: datetime, data: dict[str, Any]) -> None:
        self.on_resumed(at, data)
        self.over("void", "merged")
        self.into = data["into"]

    def on_reopened(self, at: datetime, data: dict[str, Any]) -> None:
        self.on_escalated(at, data)
        self.drop(lambda task: True)
        self.hand_out()
        self.status, self.void_by, self.cycle = "open", "", self.cycle + 1
        self.begin(at)
        self.times["reopened"] = [at]

    def hand_out(self) -> None:
        """What a plan gave that was carried out stays given; what nobody paid that was to be paid once does not."""
        plan = self.plan
        if not plan or not plan["amount"] or plan["declined"] or plan["revised"] or plan["stopped"]:
            return
        undone = [todo for todo in plan["todo"] if not self.done(todo.name)]
        over = "resolved" in self.times or (plan["todo"] and not undone)
        if over and plan["agreed"] is not False and not any(todo.once for todo in undone):
            self.given = {**self.given, plan["version"]: plan["amount"]}

    def on_gathered(self, at: datetime, data: dict[str, Any]) -> None:
        self.problems = {*self.problems, data["problem"]}

    def on_erased(self, at: datetime, data: dict[str, Any]) -> None:
        self.erased, self.scene = True, None

    def over(self, status: str, void_by: str) -> None:
        self.status, self.void_by, self.answered = status, void_by, True
        self.drop(lambda task: True)

    # --- what the rules make of it -------------------------------------------------------------------------------

    def place(self) -> tuple[str, str, str]:
        text = " ".join(self.text)
        # Of several that say as much, the one with more of the text, wherever it stands; the next best belongs to the
        # decision, too.
        said = sorted((word for word in PLACES if word in text), key=lambda word: -len(word) * text.count(word))[:2]
        return (PLACES[said[0]], "rule", "/".join(said)) if said else ("other", "rule", "")

    def rank(self) -> tuple[str, str, str]:
        text = " ".join(self.text)
        if "fire" in text or self.tier == "vip":
            return ("P1", "rule", "fire" if "fire" in text else "vip")
        return ("P2", "rule", "today") if "today" in text else ("P3", "rule", "")

    @property
    def shared(self) -> tuple[str, str] | None:
        """What it shares with the other cases of a problem."""
        lacks = self.status == "void" or self.erased or not self.product
        return None if lacks or not self.product else (self.product, self.category[0])

    @property
    def stage(self) -> str:
        if self.status in ENDED:
            return "done"
        if self.status in ("resolved", "confirmed"):
            return "closing"
        if self.screened == "vague":
            return "intake"
        return "triage" if self.category[1:] == ("rule", "") else "handling"

    def needed(self, plan: dict[str, Any], full: bool) -> list[str]:
        """Who has to approve as the case is now, each once and in turn."""
        if not full:
            return []
        heads = ["owner_head"] if plan["disposition"] in ("refund", "exchange") else []
        paid = sum(float(amount) for version, amount in self.given.items() if version != plan["version"])
        bosses = ["management"] if plan["amount"] and float(plan["amount"]) + paid >= 1000 else []
        liable = "customer" in (self.appraisal or {}).get("liability", ())
        return heads + bosses + (["owner_head"] if liable and not heads else [])

    def missing(self, plan: dict[str, Any], full: bool) -> list[str]:
        """Who has yet to approve, in turn."""
        return [role for role in self.needed(plan, full) if role not in plan["approvals"]]

    def demands(self, full: bool) -> list[str]:
        """What resolving demands."""
        if not full:
            return []
        way = self.plan["disposition"] if self.plan else ""
        return [
            *(["approval", "agreement", "tasks"] if way == "refund" else []),
            *(["agreement"] if way == "voucher" else []),
            *(["investigation"] if self.priority[0] == "P1" else []),
            *(["appraisal"] if self.category[0] == "billing" else []),
        ]

    def lacks(self, what: str) -> bool:
        plan = self.plan
        return not {
            "approval": plan is not None and not self.missing(plan, full=True),
            "agreement": plan is not None and plan["agreed"] is True,
            "tasks": not self.open_tasks
            and (plan is None or plan["stopped"] or all(self.done(todo.name) for todo in plan["todo"])),
            "investigation": "investigated" in self.times,
            "appraisal": all((self.appraisal or {}).get(name) for name in ("fault", "cause", "liability")),
        }[what]

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.state == "open"]

    def done(self, name: str) -> bool:
        """Whether it was done in this cycle, or what is done but once in any."""
        same = [task for task in self.tasks if task.todo.name == name and task.state == "done"]
        return any(task.cycle == self.cycle or task.todo.once for task in same)

    def waits_for(self, todo: Todo) -> list[str]:
        return [name for name in todo.after if not self.done(name)]

    def not_agreed(self, plan: dict[str, Any], full: bool) -> bool:
        return plan["agreed"] is False or (plan["agreed"] is None and "agreement" in self.demands(full))

    def opens(self, entry: Entry, full: bool) -> list[Todo]:
        """The tasks that are to be done from now on, as the case is after `entry`."""
        word = entry.word
        if self.status == "void":
            return []
        there, plan = {task.todo.name for task in self.open_tasks}, self.plan
        found = list[Todo](entry.data.get("owed", ()))
        stands = plan and self.status != "closed" and not (plan["stopped"] or plan["declined"] or plan["revised"])
        if plan and stands and not self.missing(plan, full) and not self.not_agreed(plan, full):
            found += [todo for todo in plan["todo"] if not self.done(todo.name)]
        if full and word in PLACING and self.category[0] == "product.defect" and "service" in self.beside:
            found += [HELP] if not self.done("service") else []
        if full and word == "rated" and min(entry.data["scores"].values()) <= 2:
            found.append(VISIT)
        return [todo for todo in found if todo.name not in there]

    def counted(self) -> datetime:
        """When it is due to be resolved by its rank, with all that it waited."""
        due = self.begun + timedelta(hours=HOURS[self.priority[0]])
        for start, end in sorted(self.stops):
            if end > self.begun and max(start, self.begun) < due:
                due += end - max(start, self.begun)
        return due

    def missed(self, at: datetime) -> bool:
        """Whether the day when it is due has passed, and the case did not wait before it had."""
        return not self.answered and at > self.due and not (self.stopped and self.stopped <= self.due)

    def then(self, by: By, made: Made) -> Self:
        """The case as it would be after this."""
        other = copy.copy(self)
        other.times = {word: [*times] for word, times in self.times.items()}
        for word, data in made:
            entry = Entry(0, word, by.at, data, by.now)
            other.take(entry)
            other.open_up(entry, by.full)
        return other

    def with_log(self, log: list[Entry]) -> Self:
        other = copy.copy(self)
        other.log = log
        other.replay()
        return other


TAKES = {
    **{name[3:]: take for name, take in vars(Course).items() if name.startswith("on_")},
    **dict.fromkeys(PLANNING - {"proposed", "task_done"}, Course.on_plan),
}
