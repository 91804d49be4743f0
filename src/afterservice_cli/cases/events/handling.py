"""The work on a case: contact, waiting, what was found out, the plan, delays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from afterservice_cli.cases.case import Case, Event, shown, unchanged
from afterservice_cli.cases.effects import handed_on, running_again, standing_still, without_plan_tasks
from afterservice_cli.cases.values import TASK, Appraisal, DeadlineKey, DeadlineSpec, Finding, Pause, Plan, TaskSpec
from afterservice_cli.language import sentence_in


class CaseResponded(Event):
    """The team was in contact with the customer."""

    channel: str | None
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "responded"
    STAGE = "handling"
    LABEL = sentence_in("event", "responded")
    COMMANDS = ("respond", "import")
    PERSONAL = ("text",)
    SHOWN = shown(channel="way of telling")

    apply = unchanged


class CaseNoted(Event):
    """Something worth keeping was written down."""

    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "noted"
    STAGE = "handling"
    LABEL = sentence_in("event", "noted")
    COMMANDS = ("note", "import")
    PERSONAL = ("text",)
    SHOWN = shown()

    apply = unchanged


class CustomerReplied(Event):
    """The customer was heard again."""

    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "replied"
    STAGE = "handling"
    LABEL = sentence_in("event", "customer replied")
    COMMANDS = ("note --from-customer", "import")
    PERSONAL = ("text",)
    SHOWN = shown()

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        if case.screened != "vague":
            return case
        return case.but(screened="answered", replies=(*case.replies, *([self.text] if self.text else [])))


class CasePaused(Event):
    """The case waits, for the customer or on another ground that the rulebook names."""

    ground: str
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "paused"
    STAGE = "handling"
    LABEL = sentence_in("event", "paused")
    COMMANDS = ("pause", "screen --vague", "import")
    PERSONAL = ("reason",)
    SHOWN = shown(ground="pause")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        stopped = tuple(standing_still(d, case, self.at) if d.unanswered else d for d in case.deadlines)
        return case.but(status="waiting", pauses=(*case.pauses, Pause(self.ground, self.at)), deadlines=stopped)


class CaseResumed(Event):
    """The case waits no longer; deadlines that stood still move on by what the pause took."""

    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "resumed"
    STAGE = "handling"
    LABEL = sentence_in("event", "resumed")
    COMMANDS = ("resume", "note --from-customer", "screen --valid", "resolve", "close", "import")
    PERSONAL = ("reason",)
    SHOWN = shown()
    PROMISES = False

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return running_again(case, self.at)


class CaseInvestigated(Event):
    """The search for the cause began, or went on."""

    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "investigated"
    STAGE = "handling"
    LABEL = sentence_in("event", "investigated")
    COMMANDS = ("investigate", "import")
    PERSONAL = ("text",)
    SHOWN = shown()

    apply = unchanged


class CaseAppraised(Event):
    """What failed, why, who is liable, of whom there may be several, and whether it is under warranty."""

    fault: str | None
    cause: str | None
    liability: tuple[str, ...]
    warranty: bool | None
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()
    dropped: tuple[str, ...] = ()

    WORD = "appraised"
    STAGE = "handling"
    LABEL = sentence_in("event", "appraised")
    COMMANDS = ("appraise",)
    PERSONAL = ("text",)
    SHOWN = shown("fault", "cause", "liability", "warranty")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(appraisal=Appraisal(self.fault, self.cause, self.liability, self.warranty))


class PlanProposed(Event):
    """A plan, or another version of it: how the case shall end, what is given, by when, with which tasks.

    They are opened once the plan can be carried out; what was done under an earlier version stays done.
    """

    version: int
    disposition: str | None
    gives: Mapping[str, str]
    promised_at: datetime | None
    planned: tuple[TaskSpec, ...]
    text: str | None = None
    titles: Mapping[str, str] | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()
    dropped: tuple[str, ...] = ()

    WORD = "proposed"
    STAGE = "handling"
    LABEL = sentence_in("event", "plan proposed")
    COMMANDS = ("propose",)
    PERSONAL = ("text", "titles")
    SHOWN = shown("promised_at", version="plan", disposition="disposition", gives="gives")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        known = (self.version, self.disposition, self.gives, self.promised_at, self.planned, actor)
        plan = Plan(*known, self.titles, self.text)
        promised = self.promised_at or case.promised_at
        return without_plan_tasks(case, self.at).but(plan=plan, plans=self.version, promised_at=promised)


class PlanApproved(Event):
    """Whoever the rulebook demands said yes to a version of the plan; `complete` if nobody else has to."""

    version: int
    role: str
    complete: bool
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "approved"
    STAGE = "handling"
    LABEL = sentence_in("event", "plan approved")
    COMMANDS = ("approve",)
    PERSONAL = ("text",)
    SHOWN = shown(version="plan", role="role")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        if case.plan is None:
            return case
        return case.but(plan=case.plan.but(approvals=(*case.plan.approvals, self.role), approved=self.complete))

    @property
    def word(self) -> str:
        """Return `approved` if the plan has every approval, else `approved_in_part`."""
        return self.WORD if self.complete else "approved_in_part"


class PlanDeclined(Event):
    """Whoever has to approve a version of the plan said no."""

    version: int
    role: str
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "declined"
    STAGE = "handling"
    LABEL = sentence_in("event", "plan declined")
    COMMANDS = ("decline",)
    PERSONAL = ("reason",)
    SHOWN = shown(version="plan", role="role")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return without_plan_tasks(case, self.at).but(plan=case.plan.but(declined=True)) if case.plan else case


class PlanAgreed(Event):
    """The customer accepts a version of the plan."""

    version: int
    words: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "agreed"
    STAGE = "handling"
    LABEL = sentence_in("event", "plan accepted")
    COMMANDS = ("agree --yes",)
    PERSONAL = ("words",)
    SHOWN = shown(version="plan")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(plan=case.plan.but(agreed=True)) if case.plan else case


class PlanRefused(Event):
    """The customer does not accept a version of the plan; it is to be revised."""

    version: int
    words: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "refused"
    STAGE = "handling"
    LABEL = sentence_in("event", "plan not accepted")
    COMMANDS = ("agree --no",)
    PERSONAL = ("words",)
    SHOWN = shown(version="plan")

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return without_plan_tasks(case, self.at).but(plan=case.plan.but(agreed=False)) if case.plan else case


class TaskDone(Event):
    """A task was done, with an outcome if it has some, from which follows `then`: `revise`, `stop` or `reopen`."""

    task: str
    outcome: str | None = None
    then: str = ""
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "task_done"
    STAGE = "handling"
    LABEL = sentence_in("event", "task done")
    COMMANDS = ("task",)
    PERSONAL = ("text",)
    SHOWN = shown("task", outcome="outcome")
    CLOCK = False

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        done = next((task for task in case.open_tasks if task.spec.name == self.task), None)
        if done is None:
            return case
        changed = done.but(state="done", done_at=self.at, done_by=actor, outcome=self.outcome)
        case = case.but(tasks=tuple(changed if task is done else task for task in case.tasks))
        if done.spec.once and case.plan:
            case = case.but(given={**case.given, **case.plan.given})
        if case.plan is None or self.then not in ("revise", "stop"):
            return case
        over = {"revised": self.task} if self.then == "revise" else {"stopped": True}
        return without_plan_tasks(case, self.at).but(plan=case.plan.but(**over))

    @property
    def word(self) -> str:
        """Return the word of this task: `task:ship.done`."""
        return f"{TASK}{self.task}.done"


class DelayAnnounced(Event):
    """The customer was told, before the deadline, that it takes longer, why, and until when."""

    promised_at: datetime
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "delayed"
    STAGE = "handling"
    LABEL = sentence_in("event", "delay announced")
    COMMANDS = ("delay",)
    PERSONAL = ("reason",)
    SHOWN = shown("promised_at")
    PROMISES = False

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return case.but(promised_at=self.promised_at)


class CaseEscalated(Event):
    """A missed deadline had the consequences that the rulebook names; `told` are the people who hear of it.

    `person` is the one whose the case becomes, and `rule` the entry that says so.
    """

    target: str
    cycle: int
    occurrence: int
    findings: tuple[Finding, ...]
    person: str | None
    told: tuple[str, ...]
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()
    rule: str | None = None
    tasks: tuple[TaskSpec, ...] = ()

    WORD = "escalated"
    STAGE = "handling"
    LABEL = sentence_in("event", "escalated")
    COMMANDS = ("escalate",)
    SHOWN = shown("findings", "target", "person")

    @property
    def missed(self) -> DeadlineKey:
        """Return the key of the deadline that was missed."""
        return self.target, self.cycle, self.occurrence

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        return handed_on(case, self.findings, self.person, rulebook)
