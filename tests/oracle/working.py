"""The commands of a case that is worked on, from its intake to its last task."""

from datetime import datetime
from typing import Any

from oracle.course import Course
from oracle.rulebook import (
    AMOUNTS,
    ENDED,
    HEARD,
    LABELS,
    MAY,
    OWNERS,
    PLANS,
    RANKS,
    ROLES,
    TEAMS,
    VISIT,
    Task,
    Todo,
)
from oracle.trying import By, Entry, Made, No, ahead, bad, given, need, no, same_person


class Working(Course):
    """A case that is worked on: who may, and what each command does or is refused for."""

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

    def merge(self, by: By, into: Course, reason: str) -> Made:
        self.changeable(by)
        given(reason and into is not self)
        if into.status in ENDED:
            raise No("merge-ended")
        return [("merged", {"into": into.number})]

    def counting(self, twin: Course, full: bool) -> list[tuple[str, datetime, str]]:
        """What counts here of what was said in a twin: as which word, when, and in which case it was said."""
        words = {"resolved": "responded"} if full else {}
        found = []
        for entry in twin.standing:
            word = entry.data.get("counted", words.get(entry.word, entry.word))
            where = entry.data.get("twin", twin.number)
            if word in HEARD and where != self.number and entry.at >= self.begun:
                found.append((word, entry.at, where))
        return found

    def counted_of(self, twin: Course) -> list[int]:
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
        return [("classified", {"news": news, "away": away, "sets": moved})] if news else []

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
        return [("resumed", {})]

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
        return [("delayed", {"promise": to})]

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

    def again(self, by: By) -> Made:
        self.after(by, "resolved", "confirmed", "closed", "withdrawn")
        rank, sets, person, to = self.priority[0], dict[str, Any](), None, ""
        if by.full and self.void_by != "withdrawn":
            to = "service" if self.category[0] == "billing" and self.owner[0] != "service" else ""
            person = next(iter(self.holders("owner_head")), None) if self.category[0] == "product.idea" else None
            sets = {} if rank == "P1" else {"priority": (RANKS[RANKS.index(rank) - 1], "rule", "raised")}
        owed = by.full and VISIT.name in [task.todo.name for task in self.open_tasks]
        return [("reopened", {"sets": sets, "person": person, "to": to, "owed": [VISIT] if owed else []})]
