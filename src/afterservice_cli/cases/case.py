"""A case and the events that make it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar

from afterservice_cli.cases.values import (
    Appraisal,
    Assessment,
    Deadline,
    DeadlineSpec,
    Decided,
    Finding,
    Given,
    Pause,
    Plan,
    Settled,
    Task,
    TaskSpec,
    Value,
    as_facts,
)
from afterservice_cli.frozen import Frozen

STATUSES = ("open", "waiting", "resolved", "confirmed", "closed", "void")
STAGES = ("intake", "triage", "handling", "closing", "done")
AT_WORK = ("open", "waiting")
SOLVED = ("resolved", "confirmed")
ENDED = ("closed", "void")
ERASED = "erased"  # the word of the event after which nothing personal is left

DECLARED = ("WORD", "LABEL", "STAGE", "COMMANDS", "SHOWN", "apply")  # by every kind of event
WORDS = ("text", "resolution", "words", "reason", "comment")  # the fields of what somebody says
NO_FINDINGS: tuple[Finding, ...] = ()
NO_DEADLINES: tuple[DeadlineSpec, ...] = ()
NO_TARGETS: tuple[str, ...] = ()
NO_SETTLED: tuple[Settled, ...] = ()
NO_TASKS: tuple[TaskSpec, ...] = ()
NO_ROLES: tuple[str, ...] = ()


class Event(Frozen):
    """One fact about a case. `at` is when it happened, which need not be when it was recorded.

    A kind declares all that there is to know about it, once:

    - `WORD`: what a target and the tables call it; `LABEL`: what the screen calls it.
    - `STAGE`: the part of a case's life it belongs to, "" for any.
    - `COMMANDS`: the commands that give it; none for a message, which goes with the event that its template names, and
      for what goes with any.
    - `PERSONAL`: the fields that never enter the history itself. Customers' words and whatever says who they are lie
      beside it and can be erased; after an erasure they are None.
    - `SHOWN`: what its line in the progress table says beside its words (see `shown`).
    - `apply`: what it does to the case; `unchanged` if nothing.
    - `CLOCK`: False if no target may begin or end with it, though it sets deadlines.
    - `PROMISES`: False if it only moves what an earlier rulebook has promised.
    """

    at: datetime

    WORD: ClassVar[str]
    LABEL: ClassVar[str]
    STAGE: ClassVar[str]
    COMMANDS: ClassVar[tuple[str, ...]]
    PERSONAL: ClassVar[tuple[str, ...]] = ()
    SHOWN: ClassVar[Mapping[str, str]]
    CLOCK: ClassVar[bool] = True
    PROMISES: ClassVar[bool] = True

    # The values of a kind that has no such field. They have no annotations, else every kind would have the fields.
    findings = NO_FINDINGS
    deadlines = NO_DEADLINES
    dropped = NO_TARGETS
    settled = NO_SETTLED
    tasks = NO_TASKS
    # Every kind has this field, as its last: the roles of whoever did it, if a target asks for them.
    roles = NO_ROLES

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if missing := [name for name in DECLARED if name not in vars(cls)]:
            raise TypeError(f"{cls.__name__} does not declare {', '.join(missing)}")
        cls.__fields__ = {**cls.__fields__, "roles": NO_ROLES}
        cls.__annotations__["roles"] = "tuple[str, ...]"
        cls.__match_args__ = tuple(cls.__fields__)  # type: ignore[misc, assignment]

    def apply(self, case: Case, rulebook: str, actor: str) -> Case:
        """Return the case as the event leaves it, recorded under the snapshot `rulebook` by `actor`.

        The deadlines that it carries, drops, settles or answers are left to `fold.evolve`.
        """
        raise NotImplementedError

    @property
    def word(self) -> str:
        """Return the word by which a target names this event; most go by the word of their kind."""
        return self.WORD

    @property
    def said(self) -> str:
        """Return what somebody said or wrote with it; "" if nothing, and after an erasure."""
        own = vars(self)
        return next((own[name] for name in WORDS if own.get(name)), "")

    @property
    def takes_back(self) -> int | None:
        """Return the number of the event that it takes back, if it does."""
        return None


def shown(*fields: str, **others: str) -> Mapping[str, str]:
    """Return which fields an event's line shows, each with the kind of thing it is: its own name, or another.

    `render.cases.history` has the form of each kind of thing.
    """
    return {**dict(zip(fields, fields, strict=True)), **others}


def unchanged(event: Event, case: Case, rulebook: str, actor: str) -> Case:
    """Return the case as it was: the `apply` of events that say nothing about its state."""
    return case


CLOCK_BEHIND = ", behind"  # ends the word for a clock that was behind what was recorded before


class Recorded(Frozen):
    """An event in its place in the history: who recorded it when, under which snapshot, in which link."""

    seq: int
    case_id: str
    version: int
    recorded_at: datetime
    actor: str
    clock: str
    rulebook: str
    event: Event
    hash: str = ""

    @property
    def decided_at(self) -> datetime:
        """Return when it was decided: what is recorded never goes back, though the clock may have been behind."""
        return self.event.at if self.clock.endswith(CLOCK_BEHIND) else self.recorded_at


class Case(Frozen):
    """The state of one case. Times are aware UTC instants; `happened` belongs to the running cycle.

    `happened` has all times of each kind of event, by its word, in the order in which they were recorded; and those of
    what somebody with a role did under `WORD@ROLE`, if a target asks who did it.
    """

    number: str
    series: str
    serial: int
    channel: str
    kind: str | None
    product: str | None
    fields: Mapping[str, Value]
    customer_id: str | None
    customer: str | None
    contact: str | None
    description: str | None
    details: Mapping[str, Value]
    decided: Mapping[str, Decided]
    collaborators: tuple[str, ...]
    registered_at: datetime
    status: str
    cycle: int
    happened: Mapping[str, tuple[datetime, ...]]
    deadlines: tuple[Deadline, ...]
    source_batch: str | None = None
    source_digest: str | None = None
    source_number: str | None = None  # the one that an imported case had where it came from
    person: str | None = None  # of the owning team, if the case was given to one person
    screened: str = ""
    replies: tuple[str, ...] = ()  # what the customer added while the case was vague
    promised_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    assessment: Assessment | None = None
    appraisal: Appraisal | None = None
    plan: Plan | None = None  # of this cycle
    plans: int = 0  # versions so far, in all cycles
    satisfied: bool | None = None
    has_words: bool = False  # whether the customer's own came with the confirmation
    scores: Mapping[str, int] | None = None
    tasks: tuple[Task, ...] = ()  # of all cycles, in the order in which they were opened
    given: Mapping[str, Given] = {}  # what was given for good, by the plan's version
    void_by: str = ""  # the word of the event that took the case out
    merged_into: str | None = None
    known_from: Mapping[str, str] = {}  # by field, the earlier case of the customer from which its value is known
    earlier: Mapping[str, tuple[str, ...]] = {}  # the customer's earlier cases that count, by what the rulebook counts
    ended_in: tuple[str, ...] = ()  # the dispositions that were carried out in earlier cycles
    problems: Mapping[str, str] = {}  # those to which it belongs, each with its kind, "" for none
    attached: tuple[str, ...] = ()  # the files that came with it, by their digests
    events: tuple[Recorded, ...] = ()

    @property
    def first(self) -> int:
        """Return the number of the event that registered the case."""
        return self.events[0].seq

    def value(self, field: str) -> str:
        """Return the value that a decided `field` has: `category`, `priority` or `owner`."""
        return self.decided[field].finding.value

    @property
    def first_at(self) -> dict[str, datetime]:
        """Return when each kind of event first happened in this cycle, by its word."""
        return {word: min(times) for word, times in self.happened.items()}

    def times(self, words: Iterable[str]) -> list[datetime]:
        """Return when any of these events happened in this cycle, by their words, the first of all first."""
        return sorted(at for word in words for at in self.happened.get(word, ()))

    @property
    def classified(self) -> bool:
        """Tell whether the case has its category from a rule, a person or an import, and not by default."""
        return self.decided["category"].finding.by != "default"

    @property
    def erased(self) -> bool:
        """Tell whether what was personal in the case was erased."""
        return any(recorded.event.word == ERASED for recorded in self.events)

    @property
    def ended_at(self) -> datetime:
        """Return when the case ended, if it is over: the time of its last event of all that took it there."""
        return max(recorded.event.at for recorded in self.standing or self.events)

    @property
    def unplaced(self) -> bool:
        """Tell whether the case has yet to be closed, and has its category by default, for `list --unclassified`."""
        return not self.classified and self.status not in ENDED

    @property
    def stage(self) -> str:
        """Return the stage whose work comes next: `intake` while the case is vague, `triage` until it is classified…"""
        if self.status in ENDED:
            return "done"
        if self.status in SOLVED:
            return "closing"
        if self.screened == "vague":
            return "intake"
        return "handling" if self.classified else "triage"

    @property
    def pause(self) -> Pause | None:
        """Return the pause that the case is in; None if it is in none."""
        last = self.pauses[-1] if self.pauses else None
        return last if last and last.to_at is None else None

    @property
    def stops(self) -> tuple[tuple[datetime, datetime], ...]:
        """Return the pauses that are over, as spans."""
        return tuple((pause.from_at, pause.to_at) for pause in self.pauses if pause.to_at is not None)

    @property
    def version(self) -> int:
        """Return how many events the case has, retracted ones included."""
        return len(self.events)

    @property
    def standing(self) -> tuple[Recorded, ...]:
        """Return the events that have not been taken back."""
        return standing(self.events)

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """Return the tasks that are still to be done."""
        return tuple(task for task in self.tasks if task.open)

    def done_task(self, name: str) -> Task | None:
        """Return the last task of this name that was done in this cycle; if it is done but once, in any cycle."""
        done = [task for task in self.tasks if task.spec.name == name and task.state == "done"]
        return next((task for task in reversed(done) if task.cycle == self.cycle or task.spec.once), None)

    @property
    def carried_out(self) -> tuple[str, ...]:
        """Return the dispositions that were carried out, in all cycles.

        That of a plan that stands is, once all its tasks are done, or the case is resolved.
        """
        plan = self.plan
        if plan is None or not plan.disposition or not self._plan_carried_out:
            return self.ended_in
        return (*self.ended_in, plan.disposition)

    @property
    def _plan_carried_out(self) -> bool:
        plan = self.plan
        if plan is None or not plan.stands:
            return False
        return "resolved" in self.happened or (bool(plan.tasks) and all(self.done_task(t.name) for t in plan.tasks))

    @property
    def amounts(self) -> dict[str, Given]:
        """Return what the customer is given, by the plan's version: what stays, and what the plan that stands gives."""
        return {**self.given, **(self.plan.given if self.plan and self.plan.stands else {})}

    @property
    def kept_given(self) -> dict[str, Given]:
        """Return what stays given when a cycle ends.

        That is what a plan gave that was carried out; money that a task is to pay but once, if that was done.
        """
        if self.plan is None or not self._plan_carried_out:
            return {**self.given}
        paid = all(self.done_task(task.name) for task in self.plan.tasks if task.once)
        return {**self.given, **(self.plan.given if paid else {})}

    def waits_for(self, task: TaskSpec) -> tuple[str, ...]:
        """Return the tasks that have to be done before this one, and are not."""
        return tuple(name for name in task.after if self.done_task(name) is None)

    def every_fact(self) -> dict[str, str | None]:
        """Return every fact of the case that can be amended, by name as one text, personal ones included."""
        own = {
            name: getattr(self, name) for name in ("channel", "kind", "product", "customer", "contact", "description")
        }
        return {**as_facts(self.fields), **as_facts(self.details), **own}

    def facts(self) -> dict[str, str | None]:
        """Return what the rules may ask about, by name as one text: of personal data, the declared fields alone."""
        return {
            **as_facts(self.fields),
            **as_facts(self.details),
            "channel": self.channel,
            "kind": self.kind,
            "product": self.product,
            "category": self.value("category"),
            "priority": self.value("priority"),
        }

    def text(self) -> str:
        """Return the text in which phrases are looked for: the description, and what the customer added to it."""
        return "\n".join((self.description or "", *self.replies))


def standing(events: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
    """Return the events that no later one has taken back."""
    if len(events) < 2:
        return events
    taken_back = {recorded.event.takes_back for recorded in events}
    return tuple(recorded for recorded in events if recorded.seq not in taken_back)
