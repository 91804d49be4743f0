"""Problems and measures."""

from datetime import datetime, timedelta

from oracle.rulebook import TEAMS
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
