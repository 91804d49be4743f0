"""A whole case: its commands from resolving on, and which cases open a problem together."""

from collections.abc import Sequence
from datetime import timedelta

from oracle.above import Trouble
from oracle.rulebook import BUILDS, ENDED, INDIFFERENT, KEPT, MESSAGES
from oracle.trying import By, Entry, Made, No, bad, given, need, no
from oracle.working import Working


class Life(Working):
    """A case. Each command returns what happens, or raises `No`; `happen` makes it so."""

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
        lacks = then.unrated or then.lacks("tasks") or not then.satisfied
        if by.full and (then.status not in ("resolved", "confirmed") or lacks):
            raise No("demanded")
        then.approved(by)
        self.rested()
        self.after(by, "resolved", "confirmed")
        return [*made, *then.resuming(by), ("closed", {})]

    @property
    def unrated(self) -> bool:
        """Whether a score is lacking that closing demands; what another rulebook asked answers nothing."""
        return self.tier == "vip" and not {*(self.scores or {})} >= {"speed", "manner"}

    def silent(self, by: By) -> Made:
        """Closed although the customer never answers: asked once, more than a minute ago."""
        self.changeable(by)
        need(by.full)
        self.resolved()
        if self.satisfied and not self.unrated:
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
        return [("amended", {"sets": news})] if news else []

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

    def undo(self, by: By, batch: str) -> Made:
        """The import that brought it in is undone, if nobody has worked on it; what followed by itself is no work."""
        if self.status == "void" or self.erased:
            return []
        by_itself = ("gathered", "message_written", "deadline_moved")
        if any(entry in self.standing and entry.word not in by_itself for entry in self.log[1:]):
            raise No("worked on")
        return [("retracted", {"seq": self.log[0].seq})]

    def builds(self, entry: Entry, later: Entry) -> bool:
        if entry.word == "reopened" and later.word not in INDIFFERENT:
            return True
        if entry.word == "proposed" and any(todo.of == "plan" for todo in later.data.get("opens", ())):
            return True
        if later.word == "task_done" and later.data["task"] in [todo.name for todo in entry.data.get("opens", ())]:
            return True
        counted_on = {*later.put} & entry.put or {target for target, _, _ in later.put} & {*entry.dropped}
        return later.word in BUILDS.get(entry.word, {"reopened"}) or (entry.word != "registered" and bool(counted_on))

    def gather(self, by: By, problem: Trouble) -> Made:
        self.changeable(by, closed=True)
        problem.running()
        return no("gathered") if problem.number in self.problems else [("gathered", {"problem": problem.number})]

    def leave(self, by: By, problem: Trouble, reason: str) -> Made:
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
