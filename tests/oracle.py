"""A case told plainly: a few attributes, and what each command does to them or is refused for.

It knows `rulebooks/play.yaml` and `rulebooks/play-bare.yaml` by heart and uses nothing of the program, so that play can
hold one against the other.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

HOURS = {"P1": 24, "P2": 72, "P3": 200}
RANKS = tuple(HOURS)
TEAMS = {
    "tech": ["zhao", "qian", "li", "wang"],
    "finance": ["feng", "gao", "cao"],
    "service": ["sun", "he", "lin"],
    "hall": [],  # of the bare rulebook
}
ROLES = {"management": ["han"]}
MAY = {
    "classify": ["owner", "management"],
    "delay": ["owner", "owner_head"],
    "withdraw": ["owner_head", "management"],
    "retract": ["owner", "owner_head", "management"],
    "reopen": ["owner", "management"],
}
PLACES = {"broken": "product.defect", "wish": "product.idea", "invoice": "billing"}
OWNERS = {"product.defect": "tech", "product.idea": "tech", "billing": "finance", "other": "service"}


class Todo(NamedTuple):
    """A task as the rulebook has it: of a plan, of a team beside, or of the case."""

    name: str
    by: str = ""
    timed: bool = False
    after: tuple[str, ...] = ()
    outcomes: Mapping[str, str] = MappingProxyType({})
    once: bool = False
    not_by: str = ""
    of: str = "plan"


class Task(NamedTuple):
    """A task of a case: opened `at`, under a version of the plan or 0."""

    todo: Todo
    cycle: int
    plan: int
    at: datetime
    state: str = "open"
    outcome: str | None = None


CHECKED = {"fits": "", "poor": "revise", "vain": "stop"}
PLANS: dict[str, list[Todo]] = {
    "refund": [Todo("check", "tech", timed=True), Todo("pay", "finance", timed=True, after=("check",), once=True)],
    "exchange": [
        Todo("ship", timed=True),
        Todo("check", timed=True, after=("ship",), outcomes=CHECKED, not_by="investigated"),
        Todo("tell", after=("check",)),
    ],
    "voucher": [Todo("issue", timed=True)],
    "advice": [],
    "goodwill": [],
    "visit": [Todo("look", timed=True), Todo("tell", timed=True)],
}
HELP = Todo("service", "service", timed=True, of="part")
VISIT = Todo("visit", "owner_head", timed=True, outcomes={"settled": "", "again": "reopen"}, of="case")
LABELS = {todo.name.title(): todo.name for todos in PLANS.values() for todo in todos}
LABELS |= {"Help": "service", "Second visit": "visit"}
AMOUNTS = {"1200": "1200", "1,200": "1200", "１２００": "1200", "0999.50": "999.50"}
OWN_LOGINS = ("lili",)
LAST = 2199  # the last year that a promise may name
ENDED = ("closed", "void")
KEPT = 1  # days after its end on which a case is not erased
PLANNING = {"proposed", "approved", "declined", "agreed", "refused", "task_done"}
DATED = {"screened", "paused", "resumed", "classified", "amended", "gathered", "deadline_moved"}
WAITING = ("screened", "paused", "resumed", "replied")
# What builds on an event and has to be taken back before it; a second cycle builds on all of the first.
BUILDS = {
    **{key: set() for key in ("registered", "linked", "noted", "message_written", "merged", "attached")},
    "resolved": {"resolved", "confirmed", "reopened", "closed", "rated"},
    "confirmed": {"resolved", "confirmed", "reopened", "closed"},
    "rated": {"rated", "reopened"},
    **{word: {*DATED, "delayed", "resolved", "reopened", "closed"} for word in WAITING},
    **{key: {*PLANNING, "reopened"} for key in ("proposed", "approved", "declined")},
    **{key: {"proposed", "task_done", "reopened"} for key in ("agreed", "refused", "task_done")},
}
INDIFFERENT = {"linked", "message_written", "retracted"}
CLOSED_TO_TASKS = {"attached", "linked", "merged", "message_written", "deadline_moved", "withdrawn"}
PLACING = {"registered", "classified", "assigned", "reopened"}
HEARD = ("acknowledged", "responded", "replied")  # what counts of a twin
MESSAGES = {"acknowledged", "resolved", "assigned", "reopened"}

Made = list[tuple[str, dict[str, Any]]]


class No(Exception):
    """The rule that refuses; `bad` where what was given is no use at all."""


class By(NamedTuple):
    """Who acts, by which login, when that is recorded, when it happened, and whether the full rulebook is in force."""

    person: str
    login: str
    now: datetime
    at: datetime
    full: bool


class Entry:
    """One event as the model has it; `put` and `dropped` are the deadlines that the program says it set and dropped."""

    def __init__(
        self,
        seq: int,
        word: str,
        at: datetime,
        data: dict[str, Any],
        put: frozenset[tuple[str, int, int]] = frozenset(),
        dropped: tuple[str, ...] = (),
    ) -> None:
        self.seq, self.word, self.at, self.data, self.put, self.dropped = seq, word, at, data, put, dropped
        self.full = True  # whether the full rulebook was in force


class Life:
    """A case. Each command returns what happens, or raises `No`; `happen` makes it so."""

    def __init__(self, number: str, seq: int, at: datetime, text: str, *, tier: str | None, full: bool) -> None:
        self.number = number
        self.log = [Entry(seq, "registered", at, {"text": text, "tier": tier})]
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
        for name, value in entry.data.get("sets", {}).items():
            setattr(self, name, value)
        if entry.word in TAKES:
            TAKES[entry.word](self, entry.at, entry.data)
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
        if self.stopped and data["sets"]:
            self.stopped = at

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
        self.status, self.void_by, self.cycle = "open", "", self.cycle + 1
        self.begin(at)
        self.times["reopened"] = [at]

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
        # Of several that say as much, the one with more of the text; the next best belongs to the decision, too.
        said = sorted((word for word in PLACES if word in text), key=len, reverse=True)[:2]
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

    def moves(self, by: By, rank: str) -> dict[str, Any]:
        """What another rank does to the day when it is due: nothing where that was promised, or has passed."""
        if self.answered or self.promised or self.missed(by.now):
            return {}
        other = copy.copy(self)
        other.priority = (rank, "", "")
        return {"due": other.counted()}

    # --- who may -------------------------------------------------------------------------------------------------

    def holders(self, role: str) -> list[str]:
        team = TEAMS[self.owner[0]]
        if role == "owner":
            return [self.person] if self.person else team
        return team[:2] if role == "owner_head" else {**TEAMS, **ROLES}[role]

    def may(self, by: By, command: str) -> None:
        people = [person for role in MAY.get(command, ()) for person in self.holders(role)]
        if by.full and people and by.person not in people:
            raise No("may")

    def role(self, by: By, role: str) -> None:
        people = self.holders(role)
        if people and by.person not in people:
            raise No("role")

    def changeable(self, by: By, *, closed: bool = False) -> None:
        if self.erased:
            raise No("erased")
        if self.status == "void":
            raise No("void")
        if self.status == "closed" and not closed:
            raise No("closed")
        self.sane(by)

    def sane(self, by: By) -> None:
        if by.at > by.now or by.at < self.begun:
            raise No("bad")

    def after(self, by: By, *words: str) -> None:
        if any(at > by.at for word in words for at in self.times.get(word, ())):
            raise No("bad")

    def open(self, by: By, command: str) -> None:
        self.changeable(by)
        self.may(by, command)
        if self.status in ("resolved", "confirmed"):
            raise No("resolved")
        if self.screened == "vague":
            raise No("vague")

    # --- the commands --------------------------------------------------------------------------------------------

    def attach(self, by: By, files: list[str]) -> Made:
        self.changeable(by)
        return [("attached", {"file": file}) for file in dict.fromkeys(files) if file not in self.files]

    def screen(self, by: By, outcome: str, ground: str | None = None) -> Made:
        need(by.full)
        self.changeable(by)
        if self.status in ("resolved", "confirmed"):
            raise No("resolved")
        if outcome == "invalid":
            given(ground in ("advert", "abuse"))
            return [("screened", {"outcome": outcome})]
        if outcome == self.screened:
            return []
        if outcome == "valid":
            return [("screened", {"outcome": outcome}), *(self.resuming(by) if self.screened == "vague" else [])]
        if self.waits:
            raise No("paused")
        self.after(by, "resumed")
        return [("screened", {"outcome": outcome}), ("paused", {"ground": "detail"})]

    def link(self, by: By, other: str, relation: str) -> Made:
        self.changeable(by, closed=True)
        given(other != self.number and relation in ("related", "duplicate", "follows"))
        known = [entry.data["link"] for entry in self.standing if entry.word == "linked"]
        return [] if (other, relation) in known else [("linked", {"link": (other, relation)})]

    def merge(self, by: By, into: "Life", reason: str) -> Made:
        self.changeable(by)
        given(reason and into is not self)
        if into.status in ENDED:
            raise No("merge-ended")
        return [("merged", {"into": into.number})]

    def counting(self, twin: "Life", full: bool) -> list[tuple[str, datetime, str]]:
        """What counts here of what was said in a twin: as which word, when, and in which case it was said."""
        words = {"resolved": "responded"} if full else {}
        found = []
        for entry in twin.standing:
            word = entry.data.get("counted", words.get(entry.word, entry.word))
            where = entry.data.get("twin", twin.number)
            if word in HEARD and where != self.number and entry.at >= self.begun:
                found.append((word, entry.at, where))
        return found

    def counted_of(self, twin: "Life") -> list[int]:
        """The events that go where a twin is no twin any more, the last first; none of what stays as it is."""
        if self.status == "closed" or self.void_by == "retracted":
            return []
        told = {twin.number, *(entry.data["twin"] for entry in twin.standing if entry.word == "twin_counted")}
        begun = max((entry.seq for entry in self.standing if entry.word == "reopened"), default=0)
        return [
            entry.seq for entry in reversed(self.standing) if entry.data.get("twin", "") in told and entry.seq > begun
        ]

    def acknowledge(self, by: By, to: datetime | None = None) -> Made:
        self.changeable(by)
        ahead(by, to)
        due = None if self.answered or self.due <= by.at else self.due
        return [("acknowledged", {"promise": to or self.promise or due})]

    def assess(self, by: By, **said: Any) -> Made:
        need(by.full)
        self.open(by, "assess")
        before = self.assessment or dict.fromkeys(("known", "visit", "warranty"))
        return [("assessed", {"sets": {"assessment": {**before, **said}}})] if said else bad()

    def classify(
        self, by: By, category: str | None = None, priority: str | None = None, reason: str | None = None
    ) -> Made:
        self.changeable(by)
        self.may(by, "classify")
        given(reason or not (category or priority))
        given(category in (None, *OWNERS) and priority in (None, *RANKS))
        return self.placed(by, category, priority)

    def placed(self, by: By, category: str | None = None, priority: str | None = None) -> Made:
        about = (category, "person", "") if category else self.category
        if not category and self.category[1] == "rule":
            about = self.place()
        rank = (priority, "person", "") if priority else self.priority
        if not priority and self.priority[1] == "rule":
            found = self.rank()
            rank = self.raised if self.raised and self.raised[0] <= found[0] else found
        news = {"category": about, "priority": rank, "owner": self.team(about[0])}
        news = {name: value for name, value in news.items() if getattr(self, name) != value}
        moved = {"beside": ["service"] if about[0] == "product.defect" else []} if about[0] != self.category[0] else {}
        away = self.team(about[0])[0] != self.owner[0]
        data = {"news": news, "away": away, "sets": {**moved, **self.moves(by, rank[0])}}
        return [("classified", data)] if news else []

    def team(self, category: str) -> tuple[str, ...]:
        """Whose it is by the rules, if they may say so; no team that was late with it gets it back."""
        taken = self.owner[-1] == "taken" and category == self.category[0]
        stays = self.owner[1] == "person" or taken or OWNERS[category] in self.late
        return self.owner if stays else (OWNERS[category], "rule")

    def assign(
        self, by: By, owner: str | None = None, beside: tuple[str, ...] | None = None, reason: str | None = None
    ) -> Made:
        self.changeable(by)
        given(reason or (owner is None and beside is None))
        team, person = self.owner, self.person
        if owner:
            name = owner.rpartition("/")[2]
            teams = [team for team, people in TEAMS.items() if name in people]
            given(owner in TEAMS or (teams and owner in (name, f"{teams[0]}/{name}")))
            given(owner != "hall" or not by.full)
            team, person = (owner, "person"), None
            if teams:
                team, person = (teams[0], "person"), name
        elif beside is None:
            team = self.team(self.category[0])
            person = person if team[0] == self.owner[0] else None
        along = self.beside if beside is None else list(beside)
        given(all(name in TEAMS for name in along))
        news = {"owner": team} if team != self.owner else {}
        if not news and (along, person) == (self.beside, self.person):
            return []
        return [("assigned", {"sets": {**news, "beside": along, "person": person}})]

    def respond(self, by: By) -> Made:
        self.changeable(by)
        return [("responded", {})]

    def note(self, by: By, text: str) -> Made:
        self.changeable(by)
        return [("noted", {})] if text.strip() else bad()

    def reply(self, by: By, text: str) -> Made:
        self.changeable(by)
        made: Made = [("replied", {"text": text})] if text.strip() else bad()
        if self.screened == "vague" or (by.full and self.waits and self.waits[0] == "detail"):
            made += self.resuming(by)
        return made + (self.then(by, made).placed(by) if self.screened == "vague" else [])

    def pause(self, by: By, ground: str) -> Made:
        need(by.full)
        self.open(by, "pause")
        if self.waits:
            raise No("paused")
        self.after(by, "resumed")
        given(ground in ("detail", "parts"))
        return [("paused", {"ground": ground})]

    def resume(self, by: By) -> Made:
        self.changeable(by)
        need(by.full or self.waits is not None)
        return self.resuming(by) if self.waits else no("not-paused")

    def resuming(self, by: By) -> Made:
        if not self.waits:
            return []
        self.after(by, "paused")
        if self.answered or self.stopped is None or self.stopped > self.due:
            return [("resumed", {})]
        other = copy.copy(self)
        other.stops = [*self.stops, (self.waits[1], by.at)]
        due = self.due + max(by.at - self.stopped, timedelta(0)) if self.promised else other.counted()
        return [("resumed", {"sets": {"due": due}})]

    def investigate(self, by: By) -> Made:
        self.open(by, "investigate")
        return [("investigated", {"by": by.person, "login": by.login})]

    def appraise(self, by: By, **said: Any) -> Made:
        need(by.full)
        self.open(by, "appraise")
        given(said)
        given({*said.get("liability", ())} <= {"us", "customer"} and said.get("cause") in (None, "wear"))
        liable = {"liability": [*dict.fromkeys(said["liability"])]} if "liability" in said else {}
        before = self.appraisal or {"fault": None, "cause": None, "liability": [], "warranty": None}
        return [("appraised", {"sets": {"appraisal": {**before, **said, **liable}}})]

    def delay(self, by: By, to: datetime, reason: str) -> Made:
        self.open(by, "delay")
        given(reason.strip())
        ahead(by, to)
        if self.missed(by.at):
            raise No("late")
        given(to > self.promise if self.promise else self.answered or to > self.due)
        later = {} if self.answered or to <= self.due else {"due": to, "promised": True}
        return [("delayed", {"promise": to, "sets": later})]

    def escalate(self, by: By) -> Made:
        if not by.full or self.status in ENDED or "escalated" in self.times or not self.missed(by.now):
            return []
        rank, sets, person, to = self.priority[0], dict[str, Any](), None, ""
        if self.category[0] == "billing":
            to = "service"
        elif rank != "P1":
            sets = {"priority": ("P2" if rank == "P3" else "P1", "rule", "raised")}
            person = next(iter(self.holders("owner_head")), None) if rank == "P2" else None
        elif self.plan and self.plan["disposition"] == "voucher":
            to = "finance"
        else:
            return []
        return [("escalated", {"sets": sets, "person": person, "to": to if to != self.owner[0] else ""})]

    def propose(
        self,
        by: By,
        disposition: str,
        amount: str | None = None,
        tasks: tuple[str, ...] = (),
        to: datetime | None = None,
    ) -> Made:
        need(by.full)
        self.changeable(by)
        given(disposition in PLANS and (amount is None or amount in AMOUNTS))
        given(amount or disposition != "goodwill")
        ahead(by, to)
        self.after(by, "proposed", *(f"task:{task.todo.name}" for task in self.tasks if task.plan))
        given(all(tasks))
        self.open(by, "propose")
        if disposition == "refund" and "us" not in (self.appraisal or {}).get("liability", ()):
            raise No("grounds")
        own = {f"+{number}": title for number, title in enumerate(tasks, 1)}
        todo = [*PLANS[disposition]]
        for name in own:
            todo.append(Todo(name, after=(todo[-1].name,) if todo else ()))
        plan: dict[str, Any] = {"disposition": disposition, "amount": AMOUNTS[amount] if amount else None, "todo": todo}
        plan |= {"own": own, "by": by.person, "login": by.login}
        return [("proposed", {"plan": plan, "promise": to})]

    def planned(self, by: By, command: str) -> dict[str, Any]:
        need(by.full)
        self.open(by, command)
        if self.plan is None:
            raise No("no-plan")
        if self.plan["declined"] or self.plan["revised"]:
            raise No("declined")
        return self.plan

    def turn(self, by: By, command: str) -> dict[str, Any]:
        """The plan, where it is the turn of whoever acts to say yes or no to it."""
        plan = self.planned(by, command)
        if not self.missing(plan, by.full):
            raise No("approved")
        self.after(by, "proposed")
        self.role(by, self.missing(plan, by.full)[0])
        return plan

    def approve(self, by: By) -> Made:
        plan = self.turn(by, "approve")
        if same_person(by, plan):
            raise No("own-plan")
        first, *others = self.missing(plan, by.full)
        news = {"approvals": [*plan["approvals"], first], "approved": not others}
        return [("approved", {"plan": news, "role": first})]

    def decline(self, by: By, reason: str) -> Made:
        role = self.missing(self.turn(by, "decline"), by.full)[0]
        return [("declined", {"plan": {"declined": True}, "over": True, "role": role})] if reason else bad()

    def approved(self, by: By) -> None:
        if self.plan and self.status in ("open", "waiting"):
            if self.plan["declined"]:
                raise No("declined")
            if self.missing(self.plan, by.full):
                raise No("not-approved")

    def rested(self) -> None:
        """Whether what was demanded on the way, and was there, is there still."""
        if all(entry.word != "retracted" for entry in self.log):
            return
        standing = [entry for entry in self.standing if entry.word != "retracted"]
        begun = max((n for n, entry in enumerate(standing) if entry.word == "reopened"), default=0)
        for n, entry in enumerate(standing):
            if n > begun and entry.word in ("resolved", "agreed", "refused", "task_done"):
                then = self.with_log(self.log[: self.log.index(entry)]).unmet(entry)
                if self.with_log(standing[:n]).unmet(entry) - then:
                    raise No("rested")

    def with_log(self, log: list[Entry]) -> "Life":
        other = copy.copy(self)
        other.log = log
        other.replay()
        return other

    def unmet(self, entry: Entry) -> set[str]:
        waits = self.plan and self.missing(self.plan, entry.full)
        demands = self.demands(entry.full) if entry.word == "resolved" else []
        return {what for what in demands if self.lacks(what)} | ({"approval"} if waits else set())

    def agree(self, by: By, agreed: bool) -> Made:
        plan = self.planned(by, "agree")
        self.approved(by)
        self.after(by, "proposed", "approved")
        if plan["agreed"] is not None:
            raise No("answered")
        return [("agreed" if agreed else "refused", {"plan": {"agreed": agreed}, "over": not agreed})]

    def task(self, by: By, name: str, outcome: str | None = None) -> Made:
        need(by.full or self.tasks or self.plan)
        self.changeable(by, closed=bool(self.open_tasks))
        task = self.to_do(by, name)
        todo = task.todo
        if self.waits_for(todo):
            raise No("waits")
        if task.plan:
            self.approved(by)
            self.after(by, "proposed", "approved", "agreed")
        self.after(by, *(f"task:{before}" for before in todo.after))
        given(by.at >= task.at)
        if todo.by:
            self.role(by, todo.by)
        last = [entry.data for entry in self.standing if entry.word == todo.not_by][-1:]
        if last and same_person(by, last[0]):
            raise No("not-by")
        given(outcome in todo.outcomes if todo.outcomes else outcome is None)
        data = {"task": todo.name, "outcome": outcome, "then": todo.outcomes.get(outcome or "", "")}
        made: Made = [("task_done", data)]
        if data["then"] != "reopen":
            return made
        then = self.then(by, made)
        return made + (then.again(by) if then.status in ("resolved", "confirmed", "closed") else no("open"))

    def to_do(self, by: By, name: str) -> Task:
        """The open task of this name or title."""
        plan, labels = self.plan, {**LABELS} if by.full else {}
        labels |= {title: number for number, title in (plan["own"] if plan else {}).items()}
        name = labels.get(name, name)
        for task in self.open_tasks:
            if task.todo.name == name:
                return task
        if self.done(name):
            raise No("task-done")
        planned = [todo.name for todo in plan["todo"]] if plan else []
        if plan and name in planned:
            if plan["revised"] or plan["declined"]:
                raise No("revise" if plan["revised"] else "declined")
            self.approved(by)
            raise No("not-agreed" if self.not_agreed(plan, by.full) else "stopped" if plan["stopped"] else "not-open")
        raise No("bad" if planned or self.open_tasks else "no-task")

    def resolve(self, by: By, resolution: str) -> Made:
        self.changeable(by)
        self.open(by, "resolve")
        if any(self.lacks(what) for what in self.demands(by.full)):
            raise No("demanded")
        self.approved(by)
        return [*self.resuming(by), ("resolved", {})] if resolution.strip() else bad()

    def resolved(self) -> None:
        if self.status not in ("resolved", "confirmed"):
            raise No("not-resolved")

    def confirm(self, by: By, satisfied: bool) -> Made:
        self.changeable(by)
        self.resolved()
        self.after(by, "resolved")
        if satisfied and self.status == "confirmed":
            raise No("confirmed")
        made: Made = [("confirmed", {"yes": satisfied})]
        return made if satisfied else made + self.then(by, made).again(by)

    def again(self, by: By) -> Made:
        self.after(by, "resolved", "confirmed", "closed", "withdrawn")
        rank, sets, person, to = self.priority[0], dict[str, Any](), None, ""
        if by.full and self.void_by != "withdrawn":
            to = "service" if self.category[0] == "billing" and self.owner[0] != "service" else ""
            person = next(iter(self.holders("owner_head")), None) if self.category[0] == "product.idea" else None
            sets = {} if rank == "P1" else {"priority": (RANKS[RANKS.index(rank) - 1], "rule", "raised")}
        owed = by.full and VISIT.name in [task.todo.name for task in self.open_tasks]
        return [("reopened", {"sets": sets, "person": person, "to": to, "owed": [VISIT] if owed else []})]

    def rate(self, by: By, scores: dict[str, int]) -> Made:
        self.changeable(by, closed=True)
        questions = ("speed", "manner") if by.full else ("overall",)
        given(all(question in questions for question in scores))
        if self.status != "closed" or (self.void_by and "resolved" not in self.times):
            self.resolved()
        self.after(by, "resolved")
        given(scores and all(1 <= score <= 5 for score in scores.values()))
        return [("rated", {"scores": scores})]

    def close(
        self, by: By, resolution: str | None = None, confirmed: bool = False, scores: dict[str, int] | None = None
    ) -> Made:
        self.changeable(by)
        made: Made = self.resolve(by, resolution) if resolution is not None else []
        made += self.then(by, made).confirm(by, satisfied=True) if confirmed else []
        made += self.then(by, made).rate(by, scores) if scores is not None else []
        then = self.then(by, made)
        unrated = then.tier == "vip" and {*(then.scores or {})} < {"speed", "manner"}
        lacks = unrated or then.lacks("tasks") or not then.satisfied
        if by.full and (then.status not in ("resolved", "confirmed") or lacks):
            raise No("demanded")
        then.approved(by)
        self.rested()
        self.after(by, "resolved", "confirmed")
        return [*made, *then.resuming(by), ("closed", {})]

    def silent(self, by: By) -> Made:
        """Closed although the customer never answers: asked once, more than a minute ago."""
        self.changeable(by)
        need(by.full)
        self.resolved()
        unrated = self.tier == "vip" and {*(self.scores or {})} < {"speed", "manner"}
        if self.satisfied and not unrated:
            raise No("heard")
        since = max(at for word in ("resolved", "replied", "confirmed", "rated") for at in self.times.get(word, ()))
        tries = [at for at in self.times.get("responded", ()) if since < at <= by.at]
        if not tries or by.at < min(tries) + timedelta(minutes=1):
            raise No("silence")
        if self.lacks("tasks"):
            raise No("demanded")
        self.rested()
        self.after(by, "resolved", "confirmed")
        return [*self.resuming(by), ("closed", {})]

    def withdraw(self, by: By, reason: str) -> Made:
        self.changeable(by)
        self.may(by, "withdraw")
        given(reason)
        self.after(by, "resolved", "confirmed")
        if self.waits:
            self.after(by, "paused")
        return [("withdrawn", {})]

    def reopen(self, by: By, reason: str) -> Made:
        self.changeable(by, closed=True)
        self.may(by, "reopen")
        if self.status not in ("resolved", "confirmed", "closed"):
            raise No("open")
        return self.again(by) if reason else bad()

    def amend(self, by: By, facts: dict[str, str], reason: str) -> Made:
        self.changeable(by, closed=True)
        given(reason and facts.get("tier") in (None, "", "vip", "normal") and facts.get("description") != "")
        new = {**facts, "text": [facts["description"], *self.text[1:]]} if "description" in facts else {**facts}
        new.pop("description", None)
        news = {name: value or None for name, value in new.items() if getattr(self, name) != (value or None)}
        if not news:
            return []
        moved = {} if self.status in ENDED else self.moves(by, self.priority[0])
        return [("amended", {"sets": {**news, **moved}})]

    def erase(self, by: By, ground: str = "asked") -> Made:
        if self.erased:
            raise No("erased")
        if self.status not in ENDED:
            raise No("running")
        last = max(entry.at for entry in self.standing or self.log) + timedelta(hours=8)
        if by.full and (by.now + timedelta(hours=8)).date() <= last.date() + timedelta(days=KEPT):
            raise No("retention")
        return [("erased", {})]

    def retract(self, by: By, seq: int, reason: str) -> Made:
        if self.erased:
            raise No("erased")
        found = next((entry for entry in self.log if entry.seq == seq), None)
        undoes = found and self.void_by == found.word and self.void_by in ("screened", "merged", "withdrawn")
        if undoes:
            self.sane(by)
        else:
            self.changeable(by)
        self.may(by, "retract")
        given(reason and found)
        assert found
        if found.word == "retracted":
            raise No("retraction")
        if found not in self.standing:
            raise No("retracted")
        if any(self.builds(found, entry) for entry in self.standing if entry.seq > seq and entry.word != "retracted"):
            raise No("carried")
        if found.word in ("approved", "declined"):
            self.role(by, found.data["role"])
        return [("retracted", {"seq": seq})]

    def builds(self, entry: Entry, later: Entry) -> bool:
        if entry.word == "reopened" and later.word not in INDIFFERENT:
            return True
        if entry.word == "proposed" and any(todo.of == "plan" for todo in later.data.get("opens", ())):
            return True
        if later.word == "task_done" and later.data["task"] in [todo.name for todo in entry.data.get("opens", ())]:
            return True
        counted_on = {*later.put} & entry.put or {target for target, _, _ in later.put} & {*entry.dropped}
        return later.word in BUILDS.get(entry.word, {"reopened"}) or (entry.word != "registered" and bool(counted_on))

    def gather(self, by: By, problem: "Trouble") -> Made:
        self.changeable(by, closed=True)
        problem.running()
        return no("gathered") if problem.number in self.problems else [("gathered", {"problem": problem.number})]

    def leave(self, by: By, problem: "Trouble", reason: str) -> Made:
        problem.running()
        mine = [entry for entry in self.standing if entry.data.get("problem") == problem.number]
        return self.retract(by, mine[-1].seq, reason) if mine else bad()

    def retell(self, by: By, word: str) -> Made:
        self.sane(by)
        if word == "closed":
            self.after(by, "resolved", "confirmed")
        elif self.status in ("resolved", "confirmed"):
            raise No("resolved")
        if self.status in ENDED:
            raise No(self.status)
        return [*self.resuming(by), (word, {})]

    def then(self, by: By, made: Made) -> "Life":
        """The case as it would be after this."""
        other = copy.copy(self)
        other.times = {word: [*times] for word, times in self.times.items()}
        for word, data in made:
            entry = Entry(0, word, by.at, data)
            other.take(entry)
            other.open_up(entry, by.full)
        return other


class Trouble:
    """A problem: what its cases share, nothing if a person opened it; each command raises `No`, or makes it so."""

    def __init__(self, number: str, at: datetime, same: tuple[str, str] | None = None) -> None:
        self.number, self.at, self.same, self.closed = number, at, same, False
        self.steps: list[Step] = []

    def running(self) -> None:
        if self.closed:
            raise No("problem-closed")

    def note(self, by: By) -> None:
        given(self.at <= by.at <= by.now)

    def close(self, by: By, text: str) -> None:
        if by.person not in TEAMS["tech"]:
            raise No("role")
        self.running()
        self.note(by)
        if any(not step.judged for step in self.steps):
            raise No("unjudged")
        given(text)
        self.closed = True

    def add(self, by: By, number: str, counted: bool) -> None:
        need(by.full)
        self.running()
        self.steps.append(Step(number, by.at, counted or bool(self.same)))


class Step:
    """A measure of a problem, `counted` if a figure stands beside its judgement."""

    def __init__(self, number: str, at: datetime, counted: bool) -> None:
        self.number, self.at, self.counted = number, at, counted
        self.done: datetime | None = None
        self.judged = False

    def do(self, by: By) -> None:
        if by.person not in TEAMS["tech"]:
            raise No("role")
        given(self.at <= by.at)
        if self.done:
            raise No("done")
        self.done = by.at

    def judge(self, by: By) -> None:
        need(by.full)
        if by.person not in TEAMS["tech"][:2]:
            raise No("role")
        if not self.done:
            raise No("not-done")
        if self.judged:
            raise No("judged")
        given(self.done <= by.at)
        if self.counted and self.done + timedelta(days=5) > by.at:
            raise No("too-early")
        self.judged = True


def alarming(case: Life, lives: Sequence[Life], troubles: Sequence[Trouble]) -> list[Life]:
    """The cases that open a problem with this one: three within a hundred days, and those that came in later."""
    span = timedelta(days=100)
    before = {trouble.number for trouble in troubles if trouble.same == case.shared}
    at = {life.number: life.log[0].at for life in lives}
    theirs = [life for life in lives if life.shared == case.shared and not life.problems & before]
    theirs = [life for life in theirs if abs(at[life.number] - at[case.number]) <= span]
    theirs.sort(key=lambda life: (at[life.number], life.number))
    for last, end in enumerate(theirs, 1):
        since = at[end.number] - span
        group = [life for life in theirs[:last] if at[life.number] >= since]
        if len(group) >= 3 and at[end.number] >= at[case.number] >= since:
            return [*group, *theirs[last:]]
    return []


TAKES = {
    **{name[3:]: take for name, take in vars(Life).items() if name.startswith("on_")},
    **dict.fromkeys(PLANNING - {"proposed", "task_done"}, Life.on_plan),
}


def told(made: Made, by: By) -> list[str]:
    """The words of all that is recorded, the rulebook's messages after it."""
    words = [word for word, _ in made]
    if not by.full:
        return words
    advice = [data for word, data in made if word == "proposed" and data["plan"]["disposition"] == "advice"]
    handed = [
        word
        for word, data in made
        if (word == "classified" and data["away"])
        or (word in ("escalated", "reopened") and (data["to"] or data["person"]))
    ]
    return [*words, *["message_written"] * (len(advice) + len(handed) + sum(word in MESSAGES for word in words))]


def same_person(by: By, other: dict[str, Any]) -> bool:
    return by.person == other["by"] or (by.login == other["login"] and by.login in OWN_LOGINS)


def need(section: object) -> None:
    if not section:
        raise No("unused")


def given(useful: object) -> None:
    if not useful:
        raise No("bad")


def ahead(by: By, to: datetime | None) -> None:
    given(to is None or (to > by.at and to.year <= LAST))


def no(rule: str) -> Any:
    raise No(rule)


def bad() -> Any:
    raise No("bad")
