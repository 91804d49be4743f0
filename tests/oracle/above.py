"""What is above the cases: problems, measures and duties."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from oracle.rulebook import DUTIES, NEW_YEAR, TEAMS
from oracle.trying import By, No, given, need


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


class Round(NamedTuple):
    """A time by which a duty is due, and what became of it: `void` if it ended before that and was not kept."""

    name: str
    since: datetime
    due: datetime
    ended: datetime | None = None
    done: bool = False
    void: bool = False


class Duties:
    """The duties of the desk, and every round of theirs; `rules` is the rulebook in force."""

    def __init__(self, at: datetime) -> None:
        self.rules, self.owners, self.rounds = "", dict[str, str](), list[Round]()
        self.adopt("full", at)

    @property
    def running(self) -> dict[str, Round]:
        return {one.name: one for one in self.rounds if one.ended is None}

    def adopt(self, rules: str, at: datetime) -> None:
        """What stays with its team keeps its time; anything else is over, or begins anew."""
        owners = DUTIES["bare" if rules == "bare" else "full"]
        others = [name for name in owners if owners[name] != self.owners.get(name)]
        for name, last in self.running.items():
            if owners.get(name) != self.owners[name]:
                self.rounds[self.rounds.index(last)] = last._replace(ended=at, void=at <= last.due)
        self.rules, self.owners = rules, owners
        self.rounds += [Round(name, at, self.due(name, at)) for name in others]

    def due(self, name: str, since: datetime) -> datetime:
        """300 hours later, or with the end of the next day on which somebody works, as it is in Shanghai."""
        if name == "books":
            return since + timedelta(hours=300)
        day = (since + timedelta(hours=8)).date() + timedelta(days=1)
        while day.weekday() > 4 or (day == NEW_YEAR and self.rules == "known"):
            day += timedelta(days=1)
        return datetime.combine(day, time(16), UTC)

    def see_to(self, by: By, name: str) -> None:
        given(name in self.owners)
        if by.person not in TEAMS[self.owners[name]]:
            raise No("role")
        last = self.running[name]
        given(last.since <= by.at <= by.now)
        again = Round(name, by.at, self.due(name, by.at))
        void = again.due <= last.due and by.at <= last.due  # that time is to be kept still
        self.rounds[self.rounds.index(last)] = last._replace(ended=by.at, done=True, void=void)
        self.rounds.append(again)
