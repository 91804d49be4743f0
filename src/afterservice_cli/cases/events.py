"""The facts that can be recorded, and how each becomes a body without personal data and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from afterservice_cli.frozen import Frozen
from afterservice_cli.instants import from_text, to_text
from afterservice_cli.rulebook.matching import Finding

PROMISED = "delayed"  # the rule of a deadline that was put to the day the customer was told


class DeadlineSpec(Frozen):
    """A deadline as an event sets it: one target of one cycle, from when, how long, and so due when.

    Events that change what is demanded carry specs for the deadlines that begin or move, and name the targets
    that nobody demands any more (`dropped`): what was promised is part of the history. `start` and `until` are the
    words of the events that begin and end it; `occurrence` counts the deadlines of a target that repeats; from
    `warn_at` on it is about to be missed.
    """

    target: str
    cycle: int
    from_at: datetime
    duration: str
    due_at: datetime
    until: str
    pauses: bool
    provisional: bool
    rule: str
    start: str = "registered"
    occurrence: int = 1
    warn_at: datetime | None = None


class Source(Frozen):
    """Where an imported case came from. `identity` and `digest` are HMACs: the row cannot be read off them."""

    profile: str
    batch: str
    identity: str
    digest: str


class Step(Frozen):
    """One thing that a plan wants done: its name within the plan, by which team, and in what time."""

    name: str
    owner: str | None
    within: str | None


# The fields of events that hold records, whatever the kind.
NESTED: Mapping[str, type[Frozen]] = {"findings": Finding, "deadlines": DeadlineSpec, "source": Source, "steps": Step}


class Event(Frozen):
    """One fact about a case. `at` is when it happened, which need not be when it was recorded.

    `WORD` is what a target and the tables call this kind of event, `STAGE` the part of a case's life it belongs to
    ("" for any), `COMMANDS` what gives it. `PERSONAL` names the fields that never enter the history itself: customers'
    words and whatever says who they are live beside it and can be erased. After an erasure these fields are None.
    """

    at: datetime

    WORD: ClassVar[str] = ""
    STAGE: ClassVar[str] = ""
    COMMANDS: ClassVar[str] = ""
    PERSONAL: ClassVar[tuple[str, ...]] = ()


class CaseRegistered(Event):
    """A case came in; everything the rules gave it is in here."""

    case: str
    series: str
    serial: int
    channel: str
    kind: str | None
    product: str | None
    fields: Mapping[str, str]
    customer_id: str | None
    findings: tuple[Finding, ...]
    collaborators: tuple[str, ...]
    deadlines: tuple[DeadlineSpec, ...]
    source: Source | None = None
    customer: str | None = None
    contact: str | None = None
    description: str | None = None
    details: Mapping[str, str] | None = None

    WORD = "registered"
    STAGE = "intake"
    COMMANDS = "register, import"
    PERSONAL = ("customer", "contact", "description", "details")


class CaseScreened(Event):
    """Whether it is a case at all: `valid`, `vague` (sent back for detail) or `invalid`, and on what ground."""

    outcome: str
    ground: str | None
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "screened"
    STAGE = "intake"
    COMMANDS = "screen"
    PERSONAL = ("reason",)


class CaseAcknowledged(Event):
    """The customer was told that the case has come in, and by when to expect an answer."""

    channel: str | None
    promised_at: datetime | None
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "acknowledged"
    STAGE = "triage"
    COMMANDS = "acknowledge"
    PERSONAL = ("text",)


class CaseAssessed(Event):
    """The initial check: a known problem (and which case it is known from), remote help or a visit, under warranty."""

    known: bool | None
    known_from: str | None
    visit: str | None
    warranty: bool | None
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "assessed"
    STAGE = "triage"
    COMMANDS = "assess"
    PERSONAL = ("text",)


class CaseClassified(Event):
    """Category, priority or both were given anew; an owner that a rule had given follows the category."""

    findings: tuple[Finding, ...]
    collaborators: tuple[str, ...] | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()
    reason: str | None = None

    WORD = "classified"
    STAGE = "triage"
    COMMANDS = "classify, note --from-customer"
    PERSONAL = ("reason",)


class CaseAssigned(Event):
    """The case went to an owner, to a person of that team or to none in particular, and to whoever works along."""

    findings: tuple[Finding, ...]
    collaborators: tuple[str, ...]
    deadlines: tuple[DeadlineSpec, ...] = ()
    reason: str | None = None
    person: str | None = None

    WORD = "assigned"
    STAGE = "triage"
    COMMANDS = "assign"
    PERSONAL = ("reason",)


class CaseResponded(Event):
    """The team was in contact with the customer."""

    channel: str | None
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "responded"
    STAGE = "handling"
    COMMANDS = "respond, import"
    PERSONAL = ("text",)


class CaseNoted(Event):
    """Something worth keeping was written down."""

    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "noted"
    STAGE = "handling"
    COMMANDS = "note, import"
    PERSONAL = ("text",)


class CustomerReplied(Event):
    """The customer was heard again."""

    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "replied"
    STAGE = "handling"
    COMMANDS = "note --from-customer"
    PERSONAL = ("text",)


class CasePaused(Event):
    """The case waits, for the customer or on another ground that the rulebook names."""

    ground: str
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "paused"
    STAGE = "handling"
    COMMANDS = "pause, screen --vague"
    PERSONAL = ("reason",)


class CaseResumed(Event):
    """The case waits no longer; deadlines that stood still move on by what the pause took."""

    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "resumed"
    STAGE = "handling"
    COMMANDS = "resume, note --from-customer, screen --valid, resolve, close, import"
    PERSONAL = ("reason",)


class CaseInvestigated(Event):
    """The search for the cause began, or went on."""

    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "investigated"
    STAGE = "handling"
    COMMANDS = "investigate"
    PERSONAL = ("text",)


class CaseAppraised(Event):
    """What failed, why, who is liable, and whether it is under warranty."""

    fault: str | None
    cause: str | None
    liability: str | None
    warranty: bool | None
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "appraised"
    STAGE = "handling"
    COMMANDS = "appraise"
    PERSONAL = ("text",)


class PlanProposed(Event):
    """A plan, or another version of it: how the case shall end, at what cost, by when, in which steps."""

    version: int
    disposition: str | None
    amount: str | None
    promised_at: datetime | None
    steps: tuple[Step, ...]
    text: str | None = None
    titles: Mapping[str, str] | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "proposed"
    STAGE = "handling"
    COMMANDS = "propose"
    PERSONAL = ("text", "titles")


class PlanApproved(Event):
    """Whoever the rulebook demands said yes to a version of the plan; `complete` where nobody else has to."""

    version: int
    role: str
    complete: bool
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "approved"
    STAGE = "handling"
    COMMANDS = "approve"
    PERSONAL = ("text",)


class PlanDeclined(Event):
    """Whoever has to approve a version of the plan said no."""

    version: int
    role: str
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "declined"
    STAGE = "handling"
    COMMANDS = "decline"
    PERSONAL = ("reason",)


class PlanAgreed(Event):
    """The customer accepts a version of the plan."""

    version: int
    words: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "agreed"
    STAGE = "handling"
    COMMANDS = "agree --yes"
    PERSONAL = ("words",)


class PlanRefused(Event):
    """The customer does not accept a version of the plan; it is to be revised."""

    version: int
    words: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "refused"
    STAGE = "handling"
    COMMANDS = "agree --no"
    PERSONAL = ("words",)


class StepDone(Event):
    """One step of the plan was carried out."""

    version: int
    step: str
    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "step_done"
    STAGE = "handling"
    COMMANDS = "step"
    PERSONAL = ("text",)


class DelayAnnounced(Event):
    """The customer was told, before the deadline, that it takes longer, why, and until when."""

    promised_at: datetime
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "delayed"
    STAGE = "handling"
    COMMANDS = "delay"
    PERSONAL = ("reason",)


class CaseEscalated(Event):
    """A missed deadline had the consequences that the rulebook names; `told` are the people who hear of it."""

    target: str
    cycle: int
    occurrence: int
    findings: tuple[Finding, ...]
    person: str | None
    told: tuple[str, ...]
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()

    WORD = "escalated"
    STAGE = "handling"
    COMMANDS = "escalate"


class CaseResolved(Event):
    """The team says it is done."""

    resolution: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "resolved"
    STAGE = "closing"
    COMMANDS = "resolve, close --resolution, import"
    PERSONAL = ("resolution",)


class CaseConfirmed(Event):
    """The customer says whether it worked."""

    satisfied: bool
    words: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "confirmed"
    STAGE = "closing"
    COMMANDS = "confirm, close --confirmed, import"
    PERSONAL = ("words",)


class CaseRated(Event):
    """The customer gave scores, 5 being best."""

    scores: Mapping[str, int]
    comment: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "rated"
    STAGE = "closing"
    COMMANDS = "rate, close --rating, import"
    PERSONAL = ("comment",)


class FollowUpDemanded(Event):
    """A low score asks for a second visit, by a role that the rulebook names."""

    role: str
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "follow_up_demanded"
    STAGE = "closing"
    COMMANDS = "rate"


class FollowedUp(Event):
    """The second visit took place."""

    text: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "followed_up"
    STAGE = "closing"
    COMMANDS = "follow-up"
    PERSONAL = ("text",)


class CaseClosed(Event):
    """The case went to the archive."""

    deadlines: tuple[DeadlineSpec, ...] = ()

    WORD = "closed"
    STAGE = "closing"
    COMMANDS = "close, import"


class CaseReopened(Event):
    """The case begins again: a new cycle with deadlines of its own; `told` are the people who hear of it."""

    findings: tuple[Finding, ...]
    deadlines: tuple[DeadlineSpec, ...]
    reason: str | None = None
    told: tuple[str, ...] = ()

    WORD = "reopened"
    STAGE = "closing"
    COMMANDS = "reopen, confirm --no, import"
    PERSONAL = ("reason",)


class CaseWithdrawn(Event):
    """The customer took the case back."""

    reason: str | None = None

    WORD = "withdrawn"
    STAGE = "closing"
    COMMANDS = "withdraw"
    PERSONAL = ("reason",)


class FileAttached(Event):
    """A file came with the case; its content lies beside the desk, under `digest`, its SHA-256."""

    digest: str
    size: int
    file: str | None = None
    text: str | None = None

    WORD = "attached"
    STAGE = "intake"
    COMMANDS = "attach"
    PERSONAL = ("file", "text")


class CaseLinked(Event):
    """The case has to do with another one."""

    other: str
    relation: str
    reason: str | None = None

    WORD = "linked"
    STAGE = "intake"
    COMMANDS = "link"
    PERSONAL = ("reason",)


class CaseMerged(Event):
    """The case is another one told twice; it goes on as that one."""

    into: str
    reason: str | None = None

    WORD = "merged"
    STAGE = "intake"
    COMMANDS = "merge"
    PERSONAL = ("reason",)


class MessageWritten(Event):
    """A message was produced from a template of the rulebook, for somebody to send."""

    template: str
    to: str
    people: tuple[str, ...]
    channel: str | None
    language: str
    text: str | None = None

    WORD = "message_written"
    COMMANDS = "any command whose event a template of `messages:` tells of"
    PERSONAL = ("text",)


class CaseAmended(Event):
    """Facts about the case were put right. Names that are absent keep their value."""

    facts: Mapping[str, str | None]
    customer_id: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()
    source: Source | None = None
    private: Mapping[str, str | None] | None = None
    reason: str | None = None

    WORD = "amended"
    COMMANDS = "amend, import"
    PERSONAL = ("private", "reason")


class EventRetracted(Event):
    """An event booked by mistake was taken back: it stays in the history, the case goes on without it."""

    seq: int
    reason: str | None = None
    deadlines: tuple[DeadlineSpec, ...] = ()
    dropped: tuple[str, ...] = ()

    WORD = "retracted"
    COMMANDS = "retract, merge --undo"
    PERSONAL = ("reason",)


class DeadlineMoved(Event):
    """Provisional deadlines moved because the working calendar became known."""

    deadlines: tuple[DeadlineSpec, ...]
    cause: str

    WORD = "deadline_moved"
    COMMANDS = "rules adopt"


class RulebookAdopted(Event):
    """The desk works by another snapshot from here on."""

    name: str
    snapshot: str
    changes: tuple[str, ...]

    WORD = "adopted"
    COMMANDS = "init, rules adopt"


class ImportFinished(Event):
    """A file was read into the register."""

    batch: str
    profile: str
    counts: Mapping[str, int]
    file: str | None = None

    WORD = "imported"
    COMMANDS = "import"
    PERSONAL = ("file",)


KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        CaseRegistered,
        CaseScreened,
        FileAttached,
        CaseAcknowledged,
        CaseAssessed,
        CaseClassified,
        CaseAssigned,
        CaseResponded,
        CaseNoted,
        CustomerReplied,
        CasePaused,
        CaseResumed,
        CaseInvestigated,
        CaseAppraised,
        PlanProposed,
        PlanApproved,
        PlanDeclined,
        PlanAgreed,
        PlanRefused,
        StepDone,
        DelayAnnounced,
        CaseEscalated,
        CaseResolved,
        CaseConfirmed,
        CaseRated,
        FollowUpDemanded,
        FollowedUp,
        CaseClosed,
        CaseReopened,
        CaseWithdrawn,
        CaseLinked,
        CaseMerged,
        MessageWritten,
        CaseAmended,
        EventRetracted,
        DeadlineMoved,
        RulebookAdopted,
        ImportFinished,
    )
}


class Recorded(Frozen):
    """An event in its place in the history: who recorded it when, under which snapshot, in which link."""

    seq: int
    case: str
    version: int
    recorded_at: datetime
    actor: str
    clock: str
    rulebook: str
    event: Event
    hash: str = ""


def word_of(event: Event) -> str:
    """The word by which a target names an event: `responded` for `CaseResponded`, `step:ship.done` for a step.

    One approval of several is no `approved` yet.
    """
    match event:
        case StepDone(step=step):
            return f"step:{step}.done"
        case PlanApproved(complete=False):
            return "approved_in_part"
    return event.WORD


def to_body(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split an event into its body for the history and its personal data, both plain JSON values."""
    values = {name: to_plain(value) for name, value in event.__dict__.items() if name != "at"}
    personal = {name: values.pop(name) for name in event.PERSONAL if values[name] is not None}
    return {name: value for name, value in values.items() if name not in event.PERSONAL}, personal


def from_body(kind: str, at: datetime, body: Mapping[str, Any], personal: Mapping[str, Any] | None) -> Event:
    """Put an event together again; without personal data its personal fields are None."""
    cls = KINDS[kind]
    values = {**body, **(personal or {})}
    for name, nested in NESTED.items():
        if values.get(name) is not None:
            values[name] = _nested(nested, values[name])
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
        elif name.endswith("_at") and value is not None:
            values[name] = from_text(value)
    return cls(at=at, **values)


def to_plain(value: Any) -> Any:
    """A value of records, tuples and instants as plain JSON."""
    if isinstance(value, Frozen):
        return {name: to_plain(inner) for name, inner in value.__dict__.items()}
    if isinstance(value, tuple):
        return [to_plain(inner) for inner in value]
    return to_text(value) if isinstance(value, datetime) else value


def _nested(cls: type[Frozen], value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_nested(cls, inner) for inner in value)
    values = {
        name: from_text(inner)
        if name.endswith("_at") and inner is not None
        else tuple(inner)
        if isinstance(inner, list)
        else inner
        for name, inner in value.items()
    }
    return cls(**values)
