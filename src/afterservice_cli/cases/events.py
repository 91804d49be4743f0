"""The facts that can be recorded, and how each becomes a body without personal data and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from afterservice_cli.instants import from_text, to_text
from afterservice_cli.record import Record
from afterservice_cli.rulebook.matching import Finding


class Setting(Record):
    """A deadline as an event sets it: one target of one cycle, from when, how long, and so due when.

    Events that change what is demanded carry settings for the deadlines that begin or move, and name the targets
    that nobody demands any more (`dropped`): what was promised is part of the history.
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


class Source(Record):
    """Where an imported case came from. `identity` and `digest` are HMACs: the row cannot be read off them."""

    profile: str
    batch: str
    identity: str
    digest: str


class Event(Record):
    """One fact about a case. `at` is when it happened, which need not be when it was recorded.

    `PERSONAL` names the fields that never enter the history itself: customers' words and whatever says who
    they are live beside it and can be erased. After an erasure these fields are None.
    """

    at: datetime

    PERSONAL: ClassVar[tuple[str, ...]] = ()
    NESTED: ClassVar[Mapping[str, type[Record]]] = {}


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
    deadlines: tuple[Setting, ...]
    source: Source | None = None
    customer: str | None = None
    contact: str | None = None
    description: str | None = None
    details: Mapping[str, str] | None = None

    PERSONAL = ("customer", "contact", "description", "details")
    NESTED: ClassVar = {"findings": Finding, "deadlines": Setting, "source": Source}


class CaseClassified(Event):
    """Category, priority or both were given anew; an owner that a rule had given follows the category."""

    findings: tuple[Finding, ...]
    collaborators: tuple[str, ...] | None = None
    deadlines: tuple[Setting, ...] = ()
    dropped: tuple[str, ...] = ()
    reason: str | None = None

    PERSONAL = ("reason",)
    NESTED: ClassVar = {"findings": Finding, "deadlines": Setting}


class CaseAssigned(Event):
    """The case went to an owner, and to whoever works along."""

    findings: tuple[Finding, ...]
    collaborators: tuple[str, ...]
    deadlines: tuple[Setting, ...] = ()
    reason: str | None = None

    PERSONAL = ("reason",)
    NESTED: ClassVar = {"findings": Finding, "deadlines": Setting}


class CaseResponded(Event):
    """The team was in contact with the customer."""

    channel: str | None
    text: str | None = None

    PERSONAL = ("text",)


class CaseNoted(Event):
    """Something worth keeping was written down."""

    text: str | None = None

    PERSONAL = ("text",)


class CaseResolved(Event):
    """The team says it is done."""

    resolution: str | None = None

    PERSONAL = ("resolution",)


class CaseConfirmed(Event):
    """The customer says whether it worked."""

    satisfied: bool
    words: str | None = None

    PERSONAL = ("words",)


class CaseRated(Event):
    """The customer gave scores, 5 being best."""

    scores: Mapping[str, int]
    comment: str | None = None

    PERSONAL = ("comment",)


class CaseClosed(Event):
    """The case went to the archive."""


class CaseReopened(Event):
    """The case begins again: a new cycle with deadlines of its own."""

    findings: tuple[Finding, ...]
    deadlines: tuple[Setting, ...]
    reason: str | None = None

    PERSONAL = ("reason",)
    NESTED: ClassVar = {"findings": Finding, "deadlines": Setting}


class CaseAmended(Event):
    """Facts about the case were put right. Names that are absent keep their value."""

    facts: Mapping[str, str | None]
    customer_id: str | None = None
    deadlines: tuple[Setting, ...] = ()
    dropped: tuple[str, ...] = ()
    source: Source | None = None
    private: Mapping[str, str | None] | None = None
    reason: str | None = None

    PERSONAL = ("private", "reason")
    NESTED: ClassVar = {"deadlines": Setting, "source": Source}


class EventRetracted(Event):
    """An event booked by mistake was taken back: it stays in the history, the case goes on without it."""

    seq: int
    reason: str | None = None

    PERSONAL = ("reason",)


class DeadlineMoved(Event):
    """Provisional deadlines moved because the working calendar became known."""

    deadlines: tuple[Setting, ...]
    cause: str

    NESTED: ClassVar = {"deadlines": Setting}


class RulebookAdopted(Event):
    """The desk works by another snapshot from here on."""

    name: str
    snapshot: str
    changes: tuple[str, ...]


class ImportFinished(Event):
    """A file was read into the register."""

    batch: str
    profile: str
    counts: Mapping[str, int]
    file: str | None = None

    PERSONAL = ("file",)


KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        CaseRegistered,
        CaseClassified,
        CaseAssigned,
        CaseResponded,
        CaseNoted,
        CaseResolved,
        CaseConfirmed,
        CaseRated,
        CaseClosed,
        CaseReopened,
        CaseAmended,
        EventRetracted,
        DeadlineMoved,
        RulebookAdopted,
        ImportFinished,
    )
}


class Recorded(Record):
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


def anchor(event: Event) -> str:
    """The word by which a target names this kind of event: `responded` for `CaseResponded`."""
    return type(event).__name__.removeprefix("Case").lower()


def to_body(event: Event) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split an event into its body for the history and its personal data, both plain JSON values."""
    values = {name: _plain(value) for name, value in event.__dict__.items() if name != "at"}
    personal = {name: values.pop(name) for name in event.PERSONAL if values[name] is not None}
    return {name: value for name, value in values.items() if name not in event.PERSONAL}, personal


def from_body(kind: str, at: datetime, body: Mapping[str, Any], personal: Mapping[str, Any] | None) -> Event:
    """Put an event together again; without personal data its personal fields are None."""
    cls = KINDS[kind]
    values = {**body, **(personal or {})}
    for name, nested in cls.NESTED.items():
        if values.get(name) is not None:
            values[name] = _nested(nested, values[name])
    for name, value in values.items():
        if isinstance(value, list):
            values[name] = tuple(value)
    return cls(at=at, **values)


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return {name: _plain(inner) for name, inner in value.__dict__.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return to_text(value) if isinstance(value, datetime) else value


def _nested(cls: type[Record], value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_nested(cls, inner) for inner in value)
    values = {
        name: from_text(inner) if name.endswith("_at") else tuple(inner) if isinstance(inner, list) else inner
        for name, inner in value.items()
    }
    return cls(**values)
