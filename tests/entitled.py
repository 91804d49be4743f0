"""Who may do what, told plainly: whether a case that was closed was allowed to be, by its whole history alone.

It knows a rulebook as a few plain values, reads the events of a desk's file as they lie there, and uses nothing of the
program.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

COMMANDS = {
    "CaseScreened": "screen",
    "CaseMerged": "merge",
    "CaseAcknowledged": "acknowledge",
    "CaseAssessed": "assess",
    "CaseClassified": "classify",
    "CaseAssigned": "assign",
    "CaseResponded": "respond",
    "CaseInvestigated": "investigate",
    "CaseAppraised": "appraise",
    "PlanProposed": "propose",
    "PlanApproved": "approve",
    "PlanDeclined": "decline",
    "PlanAgreed": "agree",
    "PlanRefused": "agree",
    "TaskDone": "task",
    "CaseResolved": "resolve",
    "CaseConfirmed": "confirm",
    "CaseRated": "rate",
    "CaseClosed": "close",
    "CaseReopened": "reopen",
    "CaseWithdrawn": "withdraw",
    "CaseAmended": "amend",
    "EventRetracted": "retract",
}
# What carries a plan out, or ends the case with it: it waits for every approval.
CARRIES_OUT = {"CaseResolved", "CaseClosed", "PlanAgreed", "PlanRefused"}
# What follows from something else in the same run, for which nobody needs a role of their own.
FOLLOWS = {"CaseReopened": {"CaseConfirmed", "TaskDone"}, "CaseClassified": {"CustomerReplied", "CaseScreened"}}
NO_WORK = {"CaseRegistered", "TwinCounted", "MessageWritten", "CaseGathered", "DeadlineMoved", "EarlierCounted"}
OF_CUSTOMER = {"confirmation", "words", "survey"}
LOW = 2  # the score from which on the customer is visited again
Demand = tuple[list[str], list[str], dict[str, Any]]  # before which commands, what, and of which cases


@dataclass
class House:
    """Who works there and what its rulebook asks; the dispositions are always the same."""

    teams: dict[str, list[str]]  # the head, the deputy, the members
    roles: dict[str, list[str]]
    logins: dict[str, str]  # of each person
    claims: bool = True
    may: dict[str, list[str]] = field(default_factory=dict)
    approvals: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    silence: tuple[int, int] | None = None  # tries, and the minutes from the first of them
    questions: list[str] = field(default_factory=list)
    not_by: list[str] = field(default_factory=list)  # of the task `pay`

    def who(self, actor: str) -> str:
        login, _, claim = actor.partition(" as ")
        if claim and self.claims:
            return claim if claim in self.logins else self.with_login(claim) or claim
        return self.with_login(login) or (f"login {login}" if login in self.logins else login)

    def with_login(self, login: str) -> str:
        return next((person for person, own in self.logins.items() if own == login), "")

    def same(self, one: str, other: str) -> bool:
        """Whether two that acted are one: the same person, or the same login, if that is one person's own."""
        login = one.partition(" as ")[0]
        return self.who(one) == self.who(other) or (
            login == other.partition(" as ")[0] and self.who(login) in self.logins
        )

    def have(self, role: str, owner: str, person: str | None) -> list[str]:
        if role == "owner" and person:
            return [person]
        if role in self.roles:
            return self.roles[role]
        team = owner if role in ("owner", "owner_head") else role.removeprefix("head:")
        people = self.teams[team]
        return people[:2] if role == "owner_head" or role.startswith("head:") else people


class Entry(NamedTuple):
    """An event as it lies in the file; `house` is the title of the rulebook in force, `said` what is personal."""

    seq: int
    case: str
    version: int
    kind: str
    at: datetime
    run: int
    now: datetime
    actor: str
    house: str
    body: dict[str, Any]
    said: dict[str, Any]


def entries(desk: Path) -> list[Entry]:
    """All events of a desk, in their order."""
    with closing(sqlite3.connect(f"file:{desk}?mode=ro", uri=True)) as db:
        shapes = {shape: json.loads(text) for shape, text in db.execute("SELECT shape, text FROM shapes")}
        said = {seq: json.loads(data) for seq, data in db.execute("SELECT seq, data FROM personal")}
        titles = {name: json.loads(text)["title"] for name, text in db.execute("SELECT hash, text FROM snapshots")}
        rows = db.execute(
            "SELECT seq, case_id, version, kind, occurred_at, run, recorded_at, actor, rulebook, body, shape"
            " FROM events JOIN runs USING (run) ORDER BY seq"
        ).fetchall()
    return [
        Entry(
            *(seq, case, version, kind, datetime.fromisoformat(at), run, datetime.fromisoformat(now), actor),
            titled(titles[rulebook]),
            {**shapes.get(shape, {}), **json.loads(body)},
            said.get(seq, {}),
        )
        for seq, case, version, kind, at, run, now, actor, rulebook, body, shape in rows
    ]


def titled(title: Any) -> str:
    return str(next(iter(title.values()))) if isinstance(title, dict) else str(title)


@dataclass
class Told:
    """What some events come to, one after the other."""

    owner: str = ""
    person: str | None = None
    priority: str = ""
    tier: str | None = None
    screened: str = ""
    assessed: bool = False
    appraisal: dict[str, Any] = field(default_factory=dict)
    files: int = 0
    cycle: int = 1
    words: dict[str, list[datetime]] = field(default_factory=dict)  # of this cycle
    last: dict[str, str] = field(default_factory=dict)  # who did what last, in all cycles
    plan: dict[str, Any] | None = None
    done: set[str] = field(default_factory=set)  # tasks, of this cycle
    visit: bool = False  # whether the customer is owed a second visit
    satisfied: bool = False
    worded: bool = False
    scores: dict[str, int] = field(default_factory=dict)
    status: str = "open"

    def take(self, entry: Entry) -> None:
        body = entry.body
        for found in body.get("findings", ()):
            if found["field"] == "owner" and found["value"] != self.owner:
                self.owner, self.person = found["value"], None
            if found["field"] == "priority":
                self.priority = found["value"]
        self.person = body.get("person") or (None if entry.kind == "CaseAssigned" else self.person)
        if "tier" in (facts := body.get("fields") or body.get("facts") or {}):
            self.tier = facts["tier"]
        if entry.kind in COMMANDS:
            self.last[COMMANDS[entry.kind]] = entry.actor
        word = body["counted"] if entry.kind == "TwinCounted" else entry.kind
        self.words.setdefault(word, []).append(entry.at)
        if taken := getattr(self, f"on_{entry.kind}", None):
            taken(entry, body)

    def on_CaseScreened(self, entry: Entry, body: dict[str, Any]) -> None:
        self.screened = body["outcome"]

    def on_CustomerReplied(self, entry: Entry, body: dict[str, Any]) -> None:
        self.screened = "answered" if self.screened == "vague" else self.screened

    def on_CaseAssessed(self, entry: Entry, body: dict[str, Any]) -> None:
        self.assessed = True

    def on_CaseAppraised(self, entry: Entry, body: dict[str, Any]) -> None:
        self.appraisal = {name: body.get(name) for name in ("fault", "cause", "liability")}

    def on_FileAttached(self, entry: Entry, body: dict[str, Any]) -> None:
        self.files += 1

    def on_PlanProposed(self, entry: Entry, body: dict[str, Any]) -> None:
        self.plan = {
            **{name: body.get(name) for name in ("version", "disposition", "gives")},
            "by": entry.actor,
            "at": entry.at,
            "approvals": list[str](),
            "declined": False,
            "agreed": None,
            "tasks": [task["name"] for task in body.get("planned", ())],
        }

    def on_PlanApproved(self, entry: Entry, body: dict[str, Any]) -> None:
        assert self.plan
        assert self.plan["version"] == body["version"]
        self.plan["approvals"].append(body["role"])

    def on_PlanDeclined(self, entry: Entry, body: dict[str, Any]) -> None:
        assert self.plan
        self.plan["declined"] = True

    def on_PlanAgreed(self, entry: Entry, body: dict[str, Any]) -> None:
        assert self.plan
        self.plan["agreed"] = True

    def on_PlanRefused(self, entry: Entry, body: dict[str, Any]) -> None:
        assert self.plan
        self.plan["agreed"] = False

    def on_TaskDone(self, entry: Entry, body: dict[str, Any]) -> None:
        self.done.add(body["task"])
        self.visit = self.visit and body["task"] != "visit"

    def on_CaseResolved(self, entry: Entry, body: dict[str, Any]) -> None:
        self.status, self.satisfied, self.worded = "resolved", False, False

    def on_CaseConfirmed(self, entry: Entry, body: dict[str, Any]) -> None:
        self.satisfied = body["satisfied"]
        self.worded = bool(entry.said.get("words"))

    def on_CaseRated(self, entry: Entry, body: dict[str, Any]) -> None:
        self.scores |= body["scores"]
        self.visit = self.visit or min(body["scores"].values()) <= LOW

    def on_CaseClosed(self, entry: Entry, body: dict[str, Any]) -> None:
        self.status = "closed"

    on_CaseWithdrawn = on_CaseClosed

    def on_CaseReopened(self, entry: Entry, body: dict[str, Any]) -> None:
        self.cycle, self.status, self.plan, self.satisfied, self.worded = self.cycle + 1, "open", None, False, False
        self.words, self.done, self.scores, self.visit = {"CaseReopened": [entry.at]}, set(), {}, False

    # --- what the rulebook asks ----------------------------------------------------------------------------------

    def holds(self, when: Mapping[str, Any], plan: Mapping[str, Any] | None) -> bool:
        gives = (plan or {}).get("gives") or {}
        facts: dict[str, Any] = {
            "priority": self.priority,
            "tier": self.tier,
            "disposition": plan and plan["disposition"],
            "liability": self.appraisal.get("liability") or (),
            "money": float(gives.get("money", -1)),
        }
        return all(
            value in facts[name]
            if name == "liability"
            else facts[name] >= value
            if name == "money"
            else facts[name] == value
            for name, value in when.items()
        )

    def to_approve(self, house: House) -> list[str]:
        """The roles that have yet to approve the plan, in turn."""
        plan = self.plan
        if not plan:
            return []
        asked = [by for by, when in house.approvals if self.holds(when, plan)]
        return [by for by in dict.fromkeys(asked) if by not in plan["approvals"]]

    def lacks(self, house: House, command: str, words: bool, plan: Mapping[str, Any] | None = None) -> set[str]:
        """What is demanded before a command, and is not there; `plan` is the one that is about to be proposed."""
        found = set[str]()
        for before, what, when in house.demands:
            if command in before and self.holds(when, plan or self.plan):
                found |= {one for one in what if not self.has(house, one, words, plan)}
        return found

    def has(self, house: House, what: str, words: bool, plan: Mapping[str, Any] | None) -> bool:
        mine = self.plan
        open_plan = bool(mine) and not mine["declined"] if mine else False
        asked = house.questions or ["overall"]
        return {
            "screening": self.screened in ("valid", "answered"),
            "acknowledgement": self.cycle > 1 or bool({"CaseAcknowledged", "acknowledged"} & self.words.keys()),
            "assessment": self.assessed,
            "appraisal": all(self.appraisal.get(name) for name in ("fault", "cause", "liability")),
            "attachment": self.files > 0,
            "response": bool({"CaseResponded", "responded"} & self.words.keys()),
            "investigation": "CaseInvestigated" in self.words,
            "plan": open_plan,
            "approval": mine is not None and not self.to_approve(house),
            "agreement": mine is not None and mine["agreed"] is True,
            "tasks": not self.visit and (mine is None or self.done >= {*mine["tasks"]}),
            "resolution": self.status == "resolved",
            "confirmation": self.satisfied,
            "words": self.satisfied and self.worded,
            "survey": self.scores.keys() >= {*asked},
            "text": words,
        }[what]


def told(history: Sequence[Entry]) -> Told:
    """What stands of a history: without what was taken back, but for the registration, without which nothing is."""
    gone = {entry.body["seq"] for entry in history if entry.kind == "EventRetracted"}
    found = Told()
    for entry in history:
        if entry.seq not in gone or entry.kind == "CaseRegistered":
            found.take(entry)
    return found


class Judge:
    """One case of a desk, event for event."""

    def __init__(self, houses: Mapping[str, House], history: Sequence[Entry], every: Sequence[Entry]) -> None:
        self.houses, self.history = houses, history
        self.told_by_files = set[int]()
        self.touched = False
        self.runs: dict[int, list[Entry]] = {}
        for entry in every:
            self.runs.setdefault(entry.run, []).append(entry)
        for entry in history:
            if source := entry.body.get("source"):
                self.told_by_files |= {*range(entry.version, entry.version + source.get("told", 0) + 1)}

    def faults(self) -> Iterator[str]:
        """Everything that was not allowed on the way to the closings of this case."""
        ends = [n for n, entry in enumerate(self.history) if entry.kind in ("CaseClosed", "CaseWithdrawn")]
        last = max(ends, default=-1)
        touched = False
        for n, entry in enumerate(self.history[: last + 1]):
            by_file = entry.version in self.told_by_files
            if not by_file or touched:
                yield from self.of_event(n, entry, by_file=by_file)
            undone = entry.kind == "EventRetracted" and entry.body.get("batch")  # an import, as if it had never been
            touched = touched or not (by_file or undone or entry.kind in NO_WORK)
            # Whoever takes their case back may do so whatever became of it.
            if entry.kind == "CaseClosed" and (touched or not by_file):
                yield from self.of_what_stands(n)

    def of_event(self, n: int, entry: Entry, *, by_file: bool) -> Iterator[str]:
        """What was wrong with one event as the case was then."""
        house, command = self.houses[entry.house], COMMANDS.get(entry.kind, "")
        earlier = [one for one in self.runs[entry.run] if one.seq < entry.seq]
        if not command or self.follows(entry, earlier) or (by_file and self.told_again(entry, earlier)):
            return
        now = told(self.history[:n])
        person = house.who(entry.actor)
        people = [one for role in house.may.get(command, ()) for one in house.have(role, now.owner, now.person)]
        if command in house.may and people and person not in people:
            yield f"{entry.kind} ({entry.seq}) by {person}, who may not {command}: {people}"
        yield from self.lacking(house, now, entry)
        if entry.kind == "PlanApproved":
            yield from self.of_approval(house, now, entry, person)
        if entry.kind == "TaskDone":
            yield from self.of_task(house, now, entry, person)
        if entry.kind == "CaseClosed":
            yield from self.of_order(now, entry)
            if entry.body.get("silent"):
                yield from self.of_silence(house, now, entry)

    @staticmethod
    def follows(entry: Entry, earlier: Sequence[Entry]) -> bool:
        if entry.kind == "EventRetracted":  # a merger that is taken back takes with it what counted here
            return any(one.kind == "EventRetracted" and one.case != entry.case for one in earlier)
        return any(one.kind in FOLLOWS.get(entry.kind, ()) and one.case == entry.case for one in earlier)

    def told_again(self, entry: Entry, earlier: Sequence[Entry]) -> bool:
        """Whether a file puts right what it had told itself: that takes nobody's role."""
        back = {one.body["seq"] for one in [*earlier, entry] if one.kind == "EventRetracted"}
        mine = [one for one in self.history if one.seq in back and one.version in self.told_by_files]
        if entry.kind == "EventRetracted":
            return bool(mine) and mine[-1].seq == entry.body["seq"]
        empty = entry.kind == "CaseAmended" and not (entry.body.get("facts") or entry.said.get("private"))
        return empty or any(one.kind == entry.kind for one in mine)

    def lacking(self, house: House, now: Told, entry: Entry) -> Iterator[str]:
        """What was demanded and not there, or had yet to be approved."""
        command = COMMANDS[entry.kind]
        if command in ("retract", "amend"):
            return
        words = any(entry.said.get(name) for name in ("text", "words", "reason", "resolution", "comment"))
        plan = None
        if entry.kind == "PlanProposed":
            after = Told()
            after.on_PlanProposed(entry, entry.body)
            plan = after.plan
        missing = now.lacks(house, command, words, plan)
        if entry.kind == "CaseClosed" and entry.body.get("silent"):
            missing -= OF_CUSTOMER
        if missing:
            yield f"{entry.kind} ({entry.seq}) without {sorted(missing)}"
        planned = entry.kind == "TaskDone" and now.plan and entry.body["task"] in now.plan["tasks"]
        # What a resolved case was resolved by was approved then, whatever is found out, or asked, since.
        if (entry.kind in CARRIES_OUT or planned) and now.status == "open" and (waits := now.to_approve(house)):
            yield f"{entry.kind} ({entry.seq}) before the approval of {waits}"
        if entry.kind in ("CaseResolved", "CaseClosed") and now.plan and now.plan["declined"] and now.status == "open":
            yield f"{entry.kind} ({entry.seq}) on a plan that was declined"

    @staticmethod
    def of_approval(house: House, now: Told, entry: Entry, person: str) -> Iterator[str]:
        plan, role = now.plan, entry.body["role"]
        if plan is None or plan["version"] != entry.body["version"]:
            yield f"approval ({entry.seq}) of no plan of this cycle"
            return
        if [role] != now.to_approve(house)[:1]:
            yield f"approval ({entry.seq}) by {role} out of turn: {now.to_approve(house)}"
        if (people := house.have(role, now.owner, now.person)) and person not in people:
            yield f"approval ({entry.seq}) by {person}, who is not {role}: {people}"
        if house.same(entry.actor, plan["by"]):
            yield f"approval ({entry.seq}) by {entry.actor} of what {plan['by']} proposed"
        if entry.at < plan["at"]:
            yield f"approval ({entry.seq}) before the proposal"

    @staticmethod
    def of_task(house: House, now: Told, entry: Entry, person: str) -> Iterator[str]:
        task = entry.body["task"]
        role = {"check": "tech", "pay": "finance", "visit": "owner_head"}.get(task)
        people = house.have(role, now.owner, now.person) if role else []
        if people and person not in people:
            yield f"{task} ({entry.seq}) by {person}, who is not {role}"
        if task == "pay" and "check" not in now.done:
            yield f"{task} ({entry.seq}) before check"
        if task == "pay":
            for command in house.not_by:
                if (last := now.last.get(command)) and house.same(entry.actor, last):
                    yield f"{task} ({entry.seq}) by {entry.actor}, who did {command}"

    @staticmethod
    def of_order(now: Told, entry: Entry) -> Iterator[str]:
        before = [at for kind in ("CaseResolved", "CaseConfirmed") for at in now.words.get(kind, ())]
        if any(at > entry.at for at in before):
            yield f"closed ({entry.seq}) before it was resolved or confirmed"
        if entry.at > entry.now:
            yield f"closed ({entry.seq}) in the future"

    @staticmethod
    def of_silence(house: House, now: Told, entry: Entry) -> Iterator[str]:
        if house.silence is None:
            yield f"closed ({entry.seq}) on silence, which the rulebook has not"
            return
        least, over = house.silence
        heard = ("CaseResolved", "CustomerReplied", "CaseConfirmed", "CaseRated", "replied", "confirmed", "rated")
        since = max((at for kind in heard for at in now.words.get(kind, ())), default=None)
        tries = [at for kind in ("CaseResponded", "responded") for at in now.words.get(kind, ())]
        tries = sorted(at for at in tries if since and since < at <= entry.at)
        if now.status != "resolved" or len(tries) < least or tries[0] + timedelta(minutes=over) > entry.at:
            yield f"closed ({entry.seq}) on silence after {len(tries)} tries"

    def of_what_stands(self, end: int) -> Iterator[str]:
        """What a closing rests on that was taken back before it: each command is judged again without that."""
        before = self.history[:end]
        gone = {entry.seq: entry for entry in before if entry.kind == "EventRetracted"}
        back = {entry.body["seq"] for entry in gone.values()}
        if not back:
            return
        standing = [entry for entry in before if entry.seq not in back and entry.seq not in gone]
        begun = max((n for n, entry in enumerate(standing) if entry.kind == "CaseReopened"), default=0)
        for n, entry in enumerate(standing):
            if n > begun and entry.kind in COMMANDS and entry.version not in self.told_by_files:
                house = self.houses[entry.house]
                earlier = [one for one in self.runs[entry.run] if one.seq < entry.seq]
                if self.follows(entry, earlier):
                    continue
                for fault in self.lacking(house, told(standing[:n]), entry):
                    yield f"closed ({self.history[end].seq}) on what was taken back: {fault}"


def faults_of(every: Sequence[Entry], houses: Mapping[str, House]) -> tuple[list[str], int, int]:
    """What was not allowed on the way to `closed` in any case of a desk; closings by people, and by files alone."""
    found, by_hand, by_files = list[str](), 0, 0
    for case in sorted({entry.case for entry in every if entry.case != "desk" and entry.case[0].isdigit()}):
        history = [entry for entry in every if entry.case == case]
        judge = Judge(houses, history, every)
        found += [f"{case}: {fault}" for fault in judge.faults()]
        closed = [entry for entry in history if entry.kind == "CaseClosed"]
        by_files += sum(entry.version in judge.told_by_files for entry in closed)
        by_hand += sum(entry.version not in judge.told_by_files for entry in closed)
    return found, by_hand, by_files
