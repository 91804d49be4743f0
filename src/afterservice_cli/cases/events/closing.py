"""How a case ends, and begins again: resolved, confirmed, rated, closed, reopened, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.cases.case import Case, Event, shown
from afterservice_cli.cases.effects import BEGINNING, ended, handed_on, missed, rounds_over, taken_out, without_tasks
from afterservice_cli.cases.values import DeadlineSpec, Finding, TaskSpec
from afterservice_cli.language import sentence_in


class CaseResolved(Event):
    """The team says it is done."""

    resolution: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "resolved"
    STAGE = "closing"
    LABEL = sentence_in("event", "resolved")
    COMMANDS = ("resolve", "close --resolution", "import")
    PERSONAL = ("resolution",)
    SHOWN = shown()

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        done = tuple(rounds_over(case, self.at))
        return case.but(status="resolved", satisfied=None, has_words=False, deadlines=done)


class CaseConfirmed(Event):
    """The customer says whether it worked."""

    satisfied: bool
    words: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "confirmed"
    STAGE = "closing"
    LABEL = sentence_in("event", "confirmed")
    COMMANDS = ("confirm", "close --confirmed", "import")
    PERSONAL = ("words",)
    SHOWN = shown(satisfied="answer")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        status = "confirmed" if self.satisfied else case.status
        return case.but(status=status, satisfied=self.satisfied, has_words=case.has_words or bool(self.words))


class CaseRated(Event):
    """The customer gave scores, 5 being best."""

    scores: Mapping[str, int]
    comment: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "rated"
    STAGE = "closing"
    LABEL = sentence_in("event", "rated")
    COMMANDS = ("rate", "close --rating", "import")
    PERSONAL = ("comment",)
    SHOWN = shown("scores")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(scores={**(case.scores or {}), **self.scores})


class CaseClosed(Event):
    """The case went to the archive; `silent` if the customer never answered."""

    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()
    silent: bool = False

    WORD = "closed"
    STAGE = "closing"
    LABEL = sentence_in("event", "closed")
    COMMANDS = ("close", "import")
    SHOWN = shown("silent")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        case = case.but(status="closed", deadlines=ended(case.deadlines, "missed"))
        return without_tasks(case, lambda task: True, self.at)


class CaseReopened(Event):
    """The case begins again: a new cycle with deadlines of its own, and the consequences that the rulebook names.

    `told` are the people who hear of it, `person` is the one whose it becomes, and `rule` the entry that says so.
    """

    findings: tuple[Finding, ...]
    deadlines: tuple[DeadlineSpec, ...]
    reason: str | None = None
    told: tuple[str, ...] = ()
    person: str | None = None
    rule: str | None = None
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "reopened"
    STAGE = "closing"
    LABEL = sentence_in("event", "reopened")
    COMMANDS = ("reopen", "confirm --no", "import")
    PERSONAL = ("reason",)
    SHOWN = shown("findings", "person", told="people")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        # An open deadline of the old cycle is missed for good; a task is owed no longer, unless it is overdue.
        begun, case = case, without_tasks(case, lambda task: True, self.at)
        return handed_on(case, self.findings, self.person, rulebook).but(
            status="open",
            cycle=case.cycle + 1,
            ended_in=begun.carried_out,
            given=begun.kept_given,
            happened=dict.fromkeys((*BEGINNING, self.word), (self.at,)),
            deadlines=ended(case.deadlines, "missed"),
            plan=None,
            promised_at=None,
            satisfied=None,
            scores=None,
            void_by="",
        )


class CaseWithdrawn(Event):
    """The customer took the case back."""

    reason: str | None = None

    WORD = "withdrawn"
    STAGE = "closing"
    LABEL = sentence_in("event", "withdrawn")
    COMMANDS = ("withdraw", "import")
    PERSONAL = ("reason",)
    SHOWN = shown()

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        # What had been missed by then stays missed.
        late = tuple(d.but(outcome="missed") if missed(d, self.at) else d for d in case.deadlines)
        return taken_out(case.but(deadlines=late), self).but(status="closed")
