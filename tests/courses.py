"""Cases under the rulebook that uses every section (`rulebooks/life.yaml`), and courses that they have gone."""

from datetime import datetime
from typing import Any

import rulebooks
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.values import Deadline
from afterservice_cli.moment import Decision
from afterservice_cli.rulebook.compiling import Compiled
from afterservice_cli.rulebook.model import Rulebook
from given import Given, came_in, given, hour


def compiled(*changes: tuple[str, str]) -> Compiled:
    """The rulebook of a whole life with pieces of its text replaced."""
    return rulebooks.compiled("life", *changes)


def life(*changes: tuple[str, str]) -> Rulebook:
    """That rulebook in force."""
    return compiled(*changes).rulebook


LIFE = life()


class Did:
    """One step of a course: a decision, taken so many hours after the case came in, and by whom.

    `told` is when it was recorded, where that was later.
    """

    def __init__(self, decision: Decision, at: float, by: str = "lin", told: float | None = None) -> None:
        self.decision, self.at, self.by = decision, hour(at), by
        self.told = self.at if told is None else hour(told)


def came(text: str = "It leaks", rulebook: Rulebook = LIFE, **draft: Any) -> Event:
    """A case that came in on a Wednesday at nine; of Engineering unless the text says otherwise."""
    facts = {"customer": "Zoe", **draft.pop("facts", {})}
    return came_in(text, rulebook=rulebook, facts=facts, **draft)


def gone(*course: Did, text: str = "It leaks", rulebook: Rulebook = LIFE, **draft: Any) -> Given:
    """A case that came in and went this course."""
    case = given(came(text, rulebook, **draft), rulebook=rulebook)
    for did in course:
        outcome = case.when(did.decision, at=did.at, now=did.told, actor=did.by)
        case = given(*outcome.recorded, rulebook=rulebook)
    return case


def standing_at(case: Given) -> Case:
    """The case as its course left it."""
    return case.when(lambda case, moment: []).case


def last(case: Case, target: str) -> Deadline:
    """The newest deadline of a target."""
    return [deadline for deadline in case.deadlines if deadline.spec.target == target][-1]


def due(case: Case, target: str) -> datetime:
    """When the newest deadline of a target is due."""
    return last(case, target).spec.due_at


def verdicts(case: Case, at: float) -> dict[str, str]:
    """What has become of each target, its newest deadline, so many hours after the case came in."""
    return {deadline.spec.target: deadline.verdict(hour(at)) for deadline in case.deadlines}
