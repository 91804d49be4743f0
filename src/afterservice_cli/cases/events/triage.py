"""The events of triage: a case is acknowledged, assessed, classified, assigned."""

from __future__ import annotations

from datetime import datetime

from afterservice_cli.cases.case import Case, Event, shown
from afterservice_cli.cases.effects import decided, handed_on, without_parts
from afterservice_cli.cases.values import Assessment, DeadlineSpec, Finding, TaskSpec
from afterservice_cli.language import sentence_in


class CaseAcknowledged(Event):
    """The customer was told that the case has come in, and by when to expect an answer."""

    channel: str | None
    promised_at: datetime | None
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "acknowledged"
    STAGE = "triage"
    LABEL = sentence_in("event", "acknowledged")
    COMMANDS = ("acknowledge", "import")
    PERSONAL = ("text",)
    SHOWN = shown(channel="way of telling", promised_at="promised_at")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(promised_at=self.promised_at or case.promised_at)


class CaseAssessed(Event):
    """The initial check: a known problem (and which case it is known from), remote help or a visit, under warranty."""

    known: bool | None
    known_from: str | None
    visit: str | None
    warranty: bool | None
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()
    dropped: tuple[str, ...] = ()

    WORD = "assessed"
    STAGE = "triage"
    LABEL = sentence_in("event", "assessed")
    COMMANDS = ("assess",)
    PERSONAL = ("text",)
    SHOWN = shown("visit", "known", "warranty")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(assessment=Assessment(self.known, self.known_from, self.visit, self.warranty))


class CaseClassified(Event):
    """Category, priority or both were given anew; an owner that a rule had given follows the category.

    `suggested` is the place of a category among those that were suggested, if a person chose it there.
    """

    findings: tuple[Finding, ...]
    collaborators: tuple[str, ...] | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()
    reason: str | None = None
    person: str | None = None
    tasks: tuple[TaskSpec, ...] = ()
    suggested: int | None = None

    WORD = "classified"
    STAGE = "triage"
    LABEL = sentence_in("event", "classified")
    COMMANDS = ("classify", "note --from-customer")
    PERSONAL = ("reason",)
    SHOWN = shown("findings")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        placed = handed_on(case, self.findings, self.person, rulebook)
        if self.suggested:
            chosen = placed.decided["category"].but(suggested=self.suggested)
            placed = placed.but(decided={**placed.decided, "category": chosen})
        collaborators = case.collaborators if self.collaborators is None else self.collaborators
        return without_parts(placed.but(collaborators=collaborators), self.at)


class CaseAssigned(Event):
    """The case went to an owner, to a person of that team or to none in particular, and to whoever works along."""

    findings: tuple[Finding, ...]
    collaborators: tuple[str, ...]
    deadlines: tuple[DeadlineSpec, ...] = ()
    reason: str | None = None
    person: str | None = None
    tasks: tuple[TaskSpec, ...] = ()
    dropped: tuple[str, ...] = ()

    WORD = "assigned"
    STAGE = "triage"
    LABEL = sentence_in("event", "assigned")
    COMMANDS = ("assign",)
    PERSONAL = ("reason",)
    SHOWN = shown("findings", "person")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        placed = decided(case, self.findings, rulebook)
        return without_parts(placed.but(collaborators=self.collaborators, person=self.person), self.at)
