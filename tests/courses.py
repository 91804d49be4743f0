"""Cases under the rulebook that uses every section (`rulebooks/life.yaml`), and courses that they have gone."""

from datetime import datetime
from functools import partial
from typing import Any

import rulebooks
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.values import Deadline
from afterservice_cli.decisions import closing, planning, tasks
from afterservice_cli.decisions.planning import Proposal
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


# Engineering has the case: Zhao heads it, Li is a member. Service fetches what Engineering mends.
REPAIR = Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li")
BY_HEAD = Did(planning.approve, 2, "zhao")
AGREED = Did(partial(planning.agree, agreed=True), 3)
REFUSED = Did(partial(planning.agree, agreed=False), 3)
FETCHED = Did(partial(tasks.task, name="fetch"), 4)
MENDED = Did(partial(tasks.task, name="mend"), 5, "li")
READY = (REPAIR, BY_HEAD, AGREED)

# The customer answers two questions; a 2 or less asks for a visit by a supervisor (Ma or Zhao) in two working days.
DONE = Did(partial(closing.resolve, resolution="mended"), 1)
YES = Did(partial(closing.confirm, satisfied=True), 2)
LOW = Did(partial(closing.rate, scores={"speed": 2, "result": 5}), 3)
VISITED = Did(partial(tasks.task, name="visit", text="came too late, a voucher"), 5, "ma")


def open_tasks(case: Case) -> list[str]:
    """The names of the tasks that are to be done, in their order."""
    return [task.spec.name for task in case.open_tasks]
