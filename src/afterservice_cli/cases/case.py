"""What is known of a case, and what a decision about it may know beside."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from afterservice_cli.cases.events import DeadlineSpec, Event, EventRetracted, FileAttached, Recorded, Step
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.matching import Finding
from afterservice_cli.rulebook.model import Rulebook

STATUSES = ("open", "waiting", "resolved", "confirmed", "closed", "void")
STAGES = ("intake", "triage", "handling", "closing", "done")
ENDED = ("closed", "void")

Instant = TypeVar("Instant", datetime, str)


class Moment(Frozen):
    """All that a decision may know beside the case: the time, when it happened, who acts, the rules in force."""

    now: datetime
    at: datetime
    actor: str
    rulebook: Rulebook
    earlier: Callable[[str], Rulebook] | None = None  # rulebooks by the hash of their snapshot

    def rulebook_of(self, deadline: "Deadline") -> Rulebook:
        """The rulebook under which a deadline was set: no later edit moves what it promised."""
        return self.earlier(deadline.rulebook) if self.earlier else self.rulebook

    @property
    def person(self) -> str:
        """Who acts, by the rulebook's name for them."""
        return self.rulebook.person_of(self.actor)


class Decided(Frozen):
    """What a field has, with the snapshot under which it was given."""

    finding: Finding
    rulebook: str


class Deadline(Frozen):
    """A spec with its course: when it was answered, or why it no longer can be.

    `paused_at` is since when its clock has stood still; one that was answered meanwhile keeps it.
    """

    spec: DeadlineSpec
    rulebook: str
    ended_at: datetime | None = None
    outcome: str = ""  # "" while it can still be met, "missed" or "void" where a stage ended without it
    paused_at: datetime | None = None

    @property
    def unanswered(self) -> bool:
        """Neither answered nor past answering."""
        return self.ended_at is None and not self.outcome

    def verdict(self, now: datetime) -> str:
        """What has become of it as of `now`."""
        return verdict(self.outcome, self.ended_at, self.spec.due_at, now, self.paused_at)


def verdict(
    outcome: str, ended_at: Instant | None, due_at: Instant, now: Instant, paused_at: Instant | None = None
) -> str:
    """`met`, `missed`, `void`, `paused` or `running`; one that is overdue and unanswered is missed.

    What stood still before it was due is not missed while it does. Instants all as datetimes, or all as the UTC texts
    of the store, which compare alike.
    """
    if outcome:
        return outcome
    in_time = paused_at is not None and paused_at < due_at
    if ended_at is not None:
        return "met" if ended_at <= due_at or in_time else "missed"
    if in_time:
        return "paused"
    return "missed" if now > due_at else "running"


class Pause(Frozen):
    """A time in which the case waited, on a ground that the rulebook names; `to_at` is None while it does."""

    ground: str
    from_at: datetime
    to_at: datetime | None = None


class Plan(Frozen):
    """The newest version of the plan: what was proposed by whom, who approved it, what the customer says.

    `agreed` is None until the customer has said yes or no; `done` are the names of the steps carried out.
    """

    version: int
    disposition: str | None
    amount: str | None
    promised_at: datetime | None
    steps: tuple[Step, ...]
    proposed_by: str
    titles: Mapping[str, str] | None = None  # of the steps that no disposition brings along; personal
    text: str | None = None  # personal
    approvals: tuple[str, ...] = ()
    approved: bool = False
    declined: bool = False
    agreed: bool | None = None
    done: tuple[str, ...] = ()


class Case(Frozen):
    """The state of one case. Times are aware UTC instants; `happened` belongs to the running cycle.

    `happened` has all times of each kind of event, by its word, in the order in which they happened.
    """

    number: str
    series: str
    serial: int
    channel: str
    kind: str | None
    product: str | None
    fields: Mapping[str, str]
    customer_id: str | None
    customer: str | None
    contact: str | None
    description: str | None
    details: Mapping[str, str]
    decided: Mapping[str, Decided]
    collaborators: tuple[str, ...]
    registered_at: datetime
    status: str
    cycle: int
    happened: Mapping[str, tuple[datetime, ...]]
    deadlines: tuple[Deadline, ...]
    source_batch: str | None = None
    source_digest: str | None = None
    person: str | None = None  # of the owning team, where the case is somebody's in particular
    screened: str = ""
    replies: tuple[str, ...] = ()  # what the customer added while the case was vague
    promised_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    assessment: Mapping[str, Any] | None = None
    appraisal: Mapping[str, Any] | None = None
    plan: Plan | None = None  # of this cycle
    plans: int = 0  # versions so far, in all cycles
    satisfied: bool | None = None
    scores: Mapping[str, int] | None = None
    follow_up: str | None = None  # the role that owes the second visit
    void_by: str = ""  # the word of the event that took the case out
    merged_into: str | None = None
    attachments: tuple[FileAttached, ...] = ()
    events: tuple[Recorded, ...] = ()

    def value(self, field: str) -> str:
        """The category, priority or owner."""
        return self.decided[field].finding.value

    @property
    def first_at(self) -> dict[str, datetime]:
        """When each kind of event first happened in this cycle, by its word."""
        return {word: min(times) for word, times in self.happened.items()}

    @property
    def classified(self) -> bool:
        """False where no rule and no person has said what the case is about."""
        return self.decided["category"].finding.by != "default"

    @property
    def unplaced(self) -> bool:
        """Still to be closed, and placed by no rule and no person: what `list --unclassified` lists."""
        return not self.classified and self.status not in ENDED

    @property
    def stage(self) -> str:
        """The stage whose work comes next: intake while it is sent back, triage until it has its place…"""
        if self.status in ENDED:
            return "done"
        if self.status in ("resolved", "confirmed"):
            return "closing"
        if self.screened == "vague":
            return "intake"
        return "handling" if self.classified else "triage"

    @property
    def pause(self) -> Pause | None:
        """The pause it is in."""
        last = self.pauses[-1] if self.pauses else None
        return last if last and last.to_at is None else None

    @property
    def stops(self) -> tuple[tuple[datetime, datetime], ...]:
        """The pauses that are over, as spans."""
        return tuple((pause.from_at, pause.to_at) for pause in self.pauses if pause.to_at is not None)

    @property
    def version(self) -> int:
        """How many events the case has, retracted ones included."""
        return len(self.events)

    @property
    def standing(self) -> tuple[Recorded, ...]:
        """The events that have not been taken back."""
        return standing(self.events)

    def every_fact(self) -> dict[str, str | None]:
        """All that is known of the case and can be amended, by name, personal or not."""
        own = {
            name: getattr(self, name) for name in ("channel", "kind", "product", "customer", "contact", "description")
        }
        return {**self.fields, **self.details, **own}

    def facts(self) -> dict[str, Any]:
        """What the rules may ask about; no personal data but what a condition names."""
        return {
            **self.fields,
            **self.details,
            "channel": self.channel,
            "kind": self.kind,
            "product": self.product,
            "category": self.value("category"),
            "priority": self.value("priority"),
        }

    def text(self) -> str:
        """The text that phrases are looked for in: the description, and what was asked for because it was vague."""
        return "\n".join((self.description or "", *self.replies))


# What may be done with a case; what else a decision needs to know is bound to it: `partial(resolve, resolution="…")`.
Decision = Callable[[Case, Moment], list[Event]]


def standing(events: tuple[Recorded, ...]) -> tuple[Recorded, ...]:
    """The events that no later one has taken back."""
    taken_back = {recorded.event.seq for recorded in events if isinstance(recorded.event, EventRetracted)}
    return tuple(recorded for recorded in events if recorded.seq not in taken_back)
