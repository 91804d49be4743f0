"""How a case ends, and begins again: resolved, confirmed, rated, closed, reopened, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.cases.case import Case, Event, shown
from afterservice_cli.cases.effects import BEGINNING, ended, handed_on, missed, rounds_over, taken_out
from afterservice_cli.cases.values import SECOND_VISIT, DeadlineSpec, Finding


class CaseResolved(Event):
    """The team says it is done."""

    resolution: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "resolved"
    STAGE = "closing"
    LABEL = ("解决", "resolved")
    COMMANDS = ("resolve", "close --resolution", "import")
    PERSONAL = ("resolution",)
    SHOWN = shown()

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(status="resolved", satisfied=None, deadlines=tuple(rounds_over(case, self.at)))


class CaseConfirmed(Event):
    """The customer says whether it worked."""

    satisfied: bool
    words: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "confirmed"
    STAGE = "closing"
    LABEL = ("确认", "confirmed")
    COMMANDS = ("confirm", "close --confirmed", "import")
    PERSONAL = ("words",)
    SHOWN = shown(satisfied="answer")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(status="confirmed" if self.satisfied else case.status, satisfied=self.satisfied)


class CaseRated(Event):
    """The customer gave scores, 5 being best."""

    scores: Mapping[str, int]
    comment: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "rated"
    STAGE = "closing"
    LABEL = ("评价", "rated")
    COMMANDS = ("rate", "close --rating", "import")
    PERSONAL = ("comment",)
    SHOWN = shown("scores")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(scores={**(case.scores or {}), **self.scores})


class FollowUpDemanded(Event):
    """A low score asks for a second visit, by a role that the rulebook names."""

    role: str
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "follow_up_demanded"
    STAGE = "closing"
    LABEL = ("需要回访", "follow-up demanded")
    COMMANDS = ("rate",)
    SHOWN = shown("role")
    CLOCK = False

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(follow_up=self.role)


class FollowedUp(Event):
    """The second visit took place."""

    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "followed_up"
    STAGE = "closing"
    LABEL = ("回访", "followed up")
    COMMANDS = ("follow-up",)
    PERSONAL = ("text",)
    SHOWN = shown()

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(follow_up=None)


class CaseClosed(Event):
    """The case went to the archive."""

    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "closed"
    STAGE = "closing"
    LABEL = ("归档", "closed")
    COMMANDS = ("close", "import")
    SHOWN = shown()

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(status="closed", deadlines=ended(case.deadlines, "missed"))


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

    WORD = "reopened"
    STAGE = "closing"
    LABEL = ("重新处理", "reopened")
    COMMANDS = ("reopen", "confirm --no", "import")
    PERSONAL = ("reason",)
    SHOWN = shown("findings", "person", told="people")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        # An open deadline of the old cycle is missed for good; a second visit is owed no longer.
        visits = [
            d.but(outcome="void") if d.spec.target == SECOND_VISIT and d.unanswered else d for d in case.deadlines
        ]
        return handed_on(case, self.findings, self.person, rulebook).but(
            status="open",
            cycle=case.cycle + 1,
            happened=dict.fromkeys((*BEGINNING, self.word), (self.at,)),
            deadlines=ended(visits, "missed"),
            plan=None,
            promised_at=None,
            satisfied=None,
            scores=None,
            follow_up=None,
            void_by="",
        )


class CaseWithdrawn(Event):
    """The customer took the case back."""

    reason: str | None = None

    WORD = "withdrawn"
    STAGE = "closing"
    LABEL = ("客户撤回", "withdrawn")
    COMMANDS = ("withdraw",)
    PERSONAL = ("reason",)
    SHOWN = shown()

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        # What had been missed by then stays missed.
        late = tuple(d.but(outcome="missed") if missed(d, self.at) else d for d in case.deadlines)
        return taken_out(case.but(deadlines=late), self).but(status="closed")
