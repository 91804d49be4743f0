"""A case told plainly: a few attributes, and what each command does to them or is refused for.

It knows `rulebooks/play.yaml` and `rulebooks/play-bare.yaml` by heart and uses nothing of the program, so that play can
hold one against the other.
"""

import copy
from datetime import datetime, timedelta
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
STEPS = {
    "refund": ["check", "pay"],
    "exchange": ["ship", "check", "tell"],
    "voucher": ["issue"],
    "advice": list[str](),
    "goodwill": list[str](),
    "visit": ["look", "tell"],
}
TIMED = {"check", "pay", "ship", "issue", "look"}
AMOUNTS = {"1200": "1200", "1,200": "1200", "１２００": "1200", "0999.50": "999.50"}
LABELS = {step.title(): step for steps in STEPS.values() for step in steps}
OWN_LOGINS = ("lili",)
LAST = 2199  # the last year that a promise may name
ENDED = ("closed", "void")
PLANNING = {"proposed", "approved", "declined", "agreed", "refused", "step_done"}
DATED = {"screened", "paused", "resumed", "classified", "amended", "deadline_moved"}
WAITING = ("screened", "paused", "resumed", "replied")
# What builds on an event and has to be taken back before it; a second cycle builds on all of the first.
BUILDS = {
    **{key: set() for key in ("registered", "linked", "noted", "message_written", "merged", "attached")},
    "resolved": {"resolved", "confirmed", "reopened", "closed", "rated", "followed_up"},
    "confirmed": {"resolved", "confirmed", "reopened", "closed"},
    "rated": {"rated", "followed_up", "reopened"},
    "follow_up_demanded": {"followed_up", "reopened"},
    **{word: {*DATED, "delayed", "resolved", "reopened", "closed"} for word in WAITING},
    **{key: {*PLANNING, "reopened"} for key in ("proposed", "approved", "declined")},
    **{key: {"proposed", "step_done", "reopened"} for key in ("agreed", "refused", "step_done")},
}
INDIFFERENT = {"linked", "message_written", "retracted"}
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


class Life:
    """A case. Each command returns what happens, or raises `No`; `happen` makes it so."""

    def __init__(self, number: str, seq: int, at: datetime, text: str, *, tier: str | None = None) -> None:
        self.number = number
        self.log = [Entry(seq, "registered", at, {"text": text, "tier": tier})]
        self.replay()

    # --- what happens --------------------------------------------------------------------------------------------

    def happen(self, entries: list[Entry]) -> None:
        self.log += entries
        if any(entry.word == "retracted" for entry in entries):
            self.replay()
        else:
            for entry in entries:
                self.take(entry)

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
        self.begin(first.at)
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
        self.follow_up: str | None = None
        self.running: set[str] = set()
        self.visit = False  # whether the time of a second visit runs
        self.due, self.promised, self.answered = at + timedelta(hours=HOURS[self.priority[0]]), False, False
        self.stopped: datetime | None = None

    def take(self, entry: Entry) -> None:
        word = f"step:{entry.data['step']}" if entry.word == "step_done" else entry.word
        self.times.setdefault(word, []).append(entry.at)
        for name, value in entry.data.get("sets", {}).items():
            setattr(self, name, value)
        if entry.word in TAKES:
            TAKES[entry.word](self, entry.at, entry.data)

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
        self.plan |= {"agreed": None, "done": []}
        self.running = {*data["starts"]}
        self.promise = data["promise"] or self.promise

    def on_plan(self, at: datetime, data: dict[str, Any]) -> None:
        if self.plan:
            self.plan = {**self.plan, **data["plan"]}
        self.running = {*self.running, *data.get("starts", ())} - {*(self.plan or {}).get("done", ())}

    def on_acknowledged(self, at: datetime, data: dict[str, Any]) -> None:
        self.promise = data["promise"] or self.promise

    def on_delayed(self, at: datetime, data: dict[str, Any]) -> None:
        self.promise = data["promise"]
        self.stopped = self.stopped and at

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

    def on_reopened(self, at: datetime, data: dict[str, Any]) -> None:
        self.on_escalated(at, data)
        self.status, self.void_by, self.cycle = "open", "", self.cycle + 1
        self.begin(at)
        self.times["reopened"] = [at]

    def over(self, status: str, void_by: str) -> None:
        self.status, self.void_by, self.answered, self.running, self.visit = status, void_by, True, set(), False

    # --- what the rules make of it -------------------------------------------------------------------------------

    def place(self) -> tuple[str, str, str]:
        text = " ".join(self.text)
        return next(((place, "rule", word) for word, place in PLACES.items() if word in text), ("other", "rule", ""))

    def rank(self) -> tuple[str, str, str]:
        text = " ".join(self.text)
        if "fire" in text or self.tier == "vip":
            return ("P1", "rule", "fire" if "fire" in text else "vip")
        return ("P2", "rule", "today") if "today" in text else ("P3", "rule", "")

    @property
    def stage(self) -> str:
        if self.status in ENDED:
            return "done"
        if self.status in ("resolved", "confirmed"):
            return "closing"
        if self.screened == "vague":
            return "intake"
        return "triage" if self.category[1:] == ("rule", "") else "handling"

    def needed(self, plan: dict[str, Any]) -> list[str]:
        """Who has to approve as the case is now, each once and in turn."""
        heads = ["owner_head"] if plan["disposition"] in ("refund", "exchange") else []
        bosses = ["management"] if float(plan["amount"] or 0) >= 1000 else []
        liable = (self.appraisal or {}).get("liability") == "customer"
        return heads + bosses + (["owner_head"] if liable and not heads else [])

    def missing(self, plan: dict[str, Any]) -> list[str]:
        """Who has yet to approve, in turn."""
        return [role for role in self.needed(plan) if role not in plan["approvals"]]

    def demands(self, plan: dict[str, Any] | None) -> list[str]:
        """What resolving demands with this plan."""
        way = plan["disposition"] if plan else ""
        return [
            *(["approval", "agreement", "steps"] if way == "refund" else []),
            *(["agreement"] if way == "voucher" else []),
            *(["investigation"] if self.priority[0] == "P1" else []),
            *(["appraisal"] if self.category[0] == "billing" else []),
        ]

    def lacks(self, what: str) -> bool:
        plan = self.plan or {"agreed": None, "steps": ["…"], "done": []}
        return not {
            "approval": self.plan is not None and not self.missing(self.plan),
            "agreement": plan["agreed"] is True,
            "steps": {*plan["steps"]} <= {*plan["done"]},
            "investigation": "investigated" in self.times,
            "appraisal": self.appraisal is not None,
        }[what]

    def starts(self, plan: dict[str, Any], word: str) -> list[str]:
        """The step whose time begins with `word`: with what the plan waited for, or with the step before."""
        waited_for = "approved" if self.needed(plan) else "proposed"
        if "agreement" in self.demands(plan):
            waited_for = "agreed"
        if word == waited_for or word == "step_done" or (word == "agreed" and not self.running):
            nexts = [step for step in plan["steps"] if step not in plan["done"]][:1]
            return [step for step in nexts if step in TIMED and (word == "proposed" or step not in self.running)]
        return []

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
        return team[:2] if role == "owner_head" else ROLES[role]

    def may(self, by: By, command: str) -> None:
        people = [person for role in MAY.get(command, ()) for person in self.holders(role)]
        if by.full and people and by.person not in people:
            raise No("may")

    def role(self, by: By, role: str) -> None:
        people = self.holders(role)
        if people and by.person not in people:
            raise No("role")

    def changeable(self, by: By, *, closed: bool = False) -> None:
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
        return [("merged", {})]

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
        if self.erased and not (category or priority):
            raise No("erased")
        given(category in (None, *OWNERS) and priority in (None, *RANKS))
        return self.placed(by, category, priority)

    def placed(self, by: By, category: str | None = None, priority: str | None = None) -> Made:
        about = (category, "person", "") if category else self.category
        if not category and self.category[1] == "rule" and not self.erased:
            about = self.place()
        rank = (priority, "person", "") if priority else self.priority
        if not priority and self.priority[1] == "rule" and not self.erased:
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
        return [("investigated", {})]

    def appraise(self, by: By, **said: Any) -> Made:
        need(by.full)
        self.open(by, "appraise")
        given(said)
        given(said.get("liability") in (None, "us", "customer") and said.get("cause") in (None, "wear"))
        before = self.appraisal or dict.fromkeys(("fault", "cause", "liability", "warranty"))
        return [("appraised", {"sets": {"appraisal": {**before, **said}}})]

    def delay(self, by: By, to: datetime, reason: str) -> Made:
        self.open(by, "delay")
        given(reason.strip())
        ahead(by, to)
        if self.missed(by.at):
            raise No("late")
        given(self.answered or to > self.due)
        later = {} if self.answered else {"due": to, "promised": True}
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
        steps: tuple[str, ...] = (),
        to: datetime | None = None,
    ) -> Made:
        need(by.full)
        self.open(by, "propose")
        given(disposition in STEPS and (amount is None or amount in AMOUNTS))
        given(amount or disposition != "goodwill")
        ahead(by, to)
        self.after(by, "proposed", *(f"step:{name}" for name in (self.plan or {"done": ()})["done"]))
        given(all(steps))
        if disposition == "refund" and (self.appraisal or {}).get("liability") != "us":
            raise No("grounds")
        own = {f"+{number}": title for number, title in enumerate(steps, 1)}
        cost = AMOUNTS[amount] if amount else None
        plan: dict[str, Any] = {
            "disposition": disposition,
            "amount": cost,
            "steps": [*STEPS[disposition], *own],
            "done": [],
        }
        plan |= {"own": own, "by": by.person, "login": by.login}
        return [("proposed", {"plan": plan, "promise": to, "starts": self.starts(plan, "proposed")})]

    def planned(self, by: By, command: str) -> dict[str, Any]:
        need(by.full)
        self.open(by, command)
        if self.plan is None:
            raise No("no-plan")
        if self.plan["declined"]:
            raise No("declined")
        return self.plan

    def turn(self, by: By, command: str) -> dict[str, Any]:
        """The plan, where it is the turn of whoever acts to say yes or no to it."""
        plan = self.planned(by, command)
        if not self.missing(plan):
            raise No("approved")
        self.after(by, "proposed")
        self.role(by, self.missing(plan)[0])
        return plan

    def approve(self, by: By) -> Made:
        plan = self.turn(by, "approve")
        if by.person == plan["by"] or (by.login == plan["login"] and by.login in OWN_LOGINS):
            raise No("own-plan")
        first, *others = self.missing(plan)
        news = {"approvals": [*plan["approvals"], first], "approved": not others}
        starts = [] if others else self.starts(plan, "approved")
        return [("approved", {"plan": news, "starts": starts, "role": first})]

    def decline(self, by: By, reason: str) -> Made:
        role = self.missing(self.turn(by, "decline"))[0]
        return [("declined", {"plan": {"declined": True}, "role": role})] if reason else bad()

    def standing_plan(self, by: By, command: str) -> dict[str, Any]:
        """The plan, where nobody has to approve it any more."""
        plan = self.planned(by, command)
        if self.missing(plan):
            raise No("not-approved")
        return plan

    def agree(self, by: By, agreed: bool) -> Made:
        plan = self.standing_plan(by, "agree")
        self.after(by, "proposed", "approved")
        if plan["agreed"] is not None:
            raise No("answered")
        starts = self.starts(plan, "agreed") if agreed else []
        return [("agreed" if agreed else "refused", {"plan": {"agreed": agreed}, "starts": starts})]

    def step(self, by: By, name: str) -> Made:
        plan = self.standing_plan(by, "step")
        if plan["agreed"] is False or (plan["agreed"] is None and "agreement" in self.demands(plan)):
            raise No("not-agreed")
        labels = {label: step for label, step in LABELS.items() if step in plan["steps"]}
        labels |= {title: number for number, title in plan["own"].items()}
        name = labels.get(name, name)
        given(name in plan["steps"])
        if name in plan["done"]:
            raise No("step-done")
        self.after(by, "proposed", "approved", "agreed")
        done = [*plan["done"], name]
        starts = self.starts({**plan, "done": done}, "step_done")
        return [("step_done", {"step": name, "plan": {"done": done}, "starts": starts})]

    def resolve(self, by: By, resolution: str) -> Made:
        self.changeable(by)
        self.open(by, "resolve")
        if by.full and any(self.lacks(what) for what in self.demands(self.plan)):
            raise No("demanded")
        if by.full and self.plan and not self.plan["declined"] and self.missing(self.plan):
            raise No("not-approved")
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
        return [("reopened", {"sets": sets, "person": person, "to": to})]

    def rate(self, by: By, scores: dict[str, int]) -> Made:
        questions = ("speed", "manner") if by.full else ("overall",)
        given(all(question in questions for question in scores))
        self.changeable(by, closed=True)
        if self.status != "closed" or (self.void_by and "resolved" not in self.times):
            self.resolved()
        self.after(by, "resolved")
        given(scores and all(1 <= score <= 5 for score in scores.values()))
        low = by.full and min(scores.values()) <= 2 and not self.follow_up
        demanded: Made = [("follow_up_demanded", {"sets": {"follow_up": "owner_head", "visit": True}})]
        return [("rated", {"scores": scores}), *(demanded if low else [])]

    def follow(self, by: By, text: str) -> Made:
        self.changeable(by, closed=True)
        if self.follow_up is None:
            raise No("no-visit")
        self.role(by, self.follow_up)
        self.after(by, "rated")
        return [("followed_up", {"sets": {"follow_up": None, "visit": False}})] if text.strip() else bad()

    def close(
        self, by: By, resolution: str | None = None, confirmed: bool = False, scores: dict[str, int] | None = None
    ) -> Made:
        self.changeable(by)
        made: Made = self.resolve(by, resolution) if resolution is not None else []
        made += self.then(by, made).confirm(by, satisfied=True) if confirmed else []
        made += self.then(by, made).rate(by, scores) if scores is not None else []
        then = self.then(by, made)
        unrated = then.tier == "vip" and then.scores is None
        if by.full and (then.status not in ("resolved", "confirmed") or not then.satisfied or unrated):
            raise No("demanded")
        if then.follow_up:
            raise No("follow-up")
        self.after(by, "resolved", "confirmed")
        return [*made, *then.resuming(by), ("closed", {})]

    def withdraw(self, by: By, reason: str) -> Made:
        self.changeable(by)
        self.may(by, "withdraw")
        given(reason)
        self.after(by, "resolved", "confirmed")
        if self.waits:
            self.after(by, "paused")
        return [("withdrawn", {})]

    def reopen(self, by: By, reason: str) -> Made:
        self.may(by, "reopen")
        self.changeable(by, closed=True)
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

    def retract(self, by: By, seq: int, reason: str) -> Made:
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
        if found.word == "follow_up_demanded":
            raise No("carried")
        demanded = [entry.seq for entry in self.standing if entry.seq == seq + 1 and found.word == "rated"]
        demands = [n for n in demanded if any(e.seq == n and e.word == "follow_up_demanded" for e in self.standing)]
        return [("retracted", {"seq": seq}), *(("retracted", {"seq": n}) for n in demands)]

    def builds(self, entry: Entry, later: Entry) -> bool:
        if entry.word == "reopened" and later.word not in INDIFFERENT:
            return True
        counted_on = {*later.put} & entry.put or {target for target, _, _ in later.put} & {*entry.dropped}
        return later.word in BUILDS.get(entry.word, {"reopened"}) or (entry.word != "registered" and bool(counted_on))

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
            other.take(Entry(0, word, by.at, data))
        return other


TAKES = {
    **{name[3:]: take for name, take in vars(Life).items() if name.startswith("on_")},
    **dict.fromkeys(PLANNING - {"proposed"}, Life.on_plan),
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


def need(section: bool) -> None:
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
