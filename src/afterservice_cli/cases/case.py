"""A case as its events make it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from afterservice_cli.cases.events import (
    CaseAmended,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseConfirmed,
    CaseNoted,
    CaseRated,
    CaseRegistered,
    CaseReopened,
    CaseResolved,
    CaseResponded,
    DeadlineMoved,
    Event,
    EventRetracted,
    Recorded,
    Setting,
    anchor,
)
from afterservice_cli.record import Record
from afterservice_cli.rulebook.matching import Finding
from afterservice_cli.rulebook.model import Rulebook

STATUSES = ("open", "waiting", "resolved", "closed", "void")
STAGES = ("intake", "triage", "handling", "closing", "done")


Instant = TypeVar("Instant", datetime, str)


class Moment(Record):
    """All that a decision may know beside the case: the time, when it happened, who acts, the rules in force."""

    now: datetime
    at: datetime
    actor: str
    rulebook: Rulebook


class Given(Record):
    """What a field has, with the snapshot under which it was given."""

    finding: Finding
    rulebook: str


class Deadline(Record):
    """A setting with its course: when it was answered, or why it no longer can be."""

    setting: Setting
    rulebook: str
    ended_at: datetime | None = None
    outcome: str = ""  # "" while it can still be met, "missed" or "void" where a stage ended without it

    @property
    def running(self) -> bool:
        """Neither answered nor past answering."""
        return self.ended_at is None and not self.outcome

    def verdict(self, now: datetime) -> str:
        """What has become of it as of `now`."""
        return verdict(self.outcome, self.ended_at, self.setting.due_at, now)


def verdict(outcome: str, ended_at: Instant | None, due_at: Instant, now: Instant) -> str:
    """`met`, `missed`, `void` or `running`; one that is overdue and unanswered is missed.

    Instants all as datetimes, or all as the UTC texts of the store, which compare alike.
    """
    if outcome:
        return outcome
    if ended_at is not None:
        return "met" if ended_at <= due_at else "missed"
    return "missed" if now > due_at else "running"


class Case(Record):
    """The state of one case. Times are aware UTC instants; `anchors` belong to the running cycle."""

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
    given: Mapping[str, Given]
    collaborators: tuple[str, ...]
    registered_at: datetime
    status: str
    cycle: int
    anchors: Mapping[str, datetime]
    deadlines: tuple[Deadline, ...]
    source_batch: str | None = None
    source_digest: str | None = None
    satisfied: bool | None = None
    scores: Mapping[str, int] | None = None
    events: tuple[Recorded, ...] = ()

    def value(self, field: str) -> str:
        """The category, priority or owner."""
        return self.given[field].finding.value

    @property
    def classified(self) -> bool:
        """False where no rule and no person has said what the case is about."""
        return not self.given["category"].finding.is_default

    @property
    def unplaced(self) -> bool:
        """Still to be closed, and placed by no rule and no person: what `list --unclassified` lists."""
        return not self.classified and self.status not in ("closed", "void")

    @property
    def stage(self) -> str:
        """The stage whose work comes next: triage until the case has its place, then handling, closing, done."""
        if self.status in ("closed", "void"):
            return "done"
        if self.status == "resolved":
            return "closing"
        return "handling" if self.classified else "triage"

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
        """The text that phrases are looked for in."""
        return self.description or ""


def standing(events: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """The events that no later one has taken back."""
    events = tuple(events)
    taken_back = {recorded.event.seq for recorded in events if isinstance(recorded.event, EventRetracted)}
    return tuple(recorded for recorded in events if recorded.seq not in taken_back)


def fold(history: Iterable[Recorded]) -> Case:
    """The case that a history makes. A retracted event is skipped; a retracted registration makes the case void."""
    history = tuple(history)
    first, *rest = history
    case = _registered(first)
    for recorded in standing(rest):
        case = evolve(case, recorded.event, recorded.rulebook)
    if first not in standing(history):
        case = case.but(status="void", deadlines=_end_all(case.deadlines, "void"))
    return case.but(events=history)


def evolve(case: Case, event: Event, rulebook: str) -> Case:
    """The case after one more event, recorded under the snapshot `rulebook`."""
    match event:
        case CaseClassified(findings=findings, deadlines=settings, collaborators=collaborators):
            case = _drop(_give(case, findings, settings, rulebook), event.dropped)
            if collaborators is not None:
                case = case.but(collaborators=collaborators)
        case CaseAssigned(findings=findings, deadlines=settings, collaborators=collaborators):
            case = _give(case, findings, settings, rulebook).but(collaborators=collaborators)
        case CaseResolved():
            case = case.but(status="resolved", satisfied=None)
        case CaseConfirmed(satisfied=satisfied):
            case = case.but(satisfied=satisfied)
        case CaseRated(scores=scores):
            case = case.but(scores=scores)
        case CaseClosed():
            case = _end(case, event)
            return case.but(status="closed", deadlines=_end_all(case.deadlines, "missed"))
        case CaseReopened(findings=findings, deadlines=settings):
            # A target of the old cycle that never got its event has had its chance.
            case = case.but(
                status="open",
                cycle=case.cycle + 1,
                anchors=beginning(event.at),
                satisfied=None,
                scores=None,
                deadlines=_end_all(case.deadlines, "missed"),
            )
            return _give(case, findings, settings, rulebook)
        case CaseAmended():
            return _amended(case, event, rulebook)
        case DeadlineMoved(deadlines=settings):
            return case.but(deadlines=_set(case, settings, rulebook))
        case CaseResponded() | CaseNoted():
            pass
    return _end(case, event)


def _registered(recorded: Recorded) -> Case:
    event = recorded.event
    assert isinstance(event, CaseRegistered)
    return Case(
        number=event.case,
        series=event.series,
        serial=event.serial,
        channel=event.channel,
        kind=event.kind,
        product=event.product,
        fields=event.fields,
        customer_id=event.customer_id,
        customer=event.customer,
        contact=event.contact,
        description=event.description,
        details=event.details or {},
        given={finding.field: Given(finding, recorded.rulebook) for finding in event.findings},
        collaborators=event.collaborators,
        registered_at=event.at,
        status="open",
        cycle=1,
        anchors=beginning(event.at),
        deadlines=tuple(Deadline(setting, recorded.rulebook) for setting in event.deadlines),
        source_batch=event.source.batch if event.source else None,
        source_digest=event.source.digest if event.source else None,
    )


def beginning(at: datetime) -> dict[str, datetime]:
    """A cycle begins with everything the rules give it."""
    return dict.fromkeys(("registered", "classified", "assigned"), at)


def _drop(case: Case, targets: Iterable[str]) -> Case:
    dropped = tuple(
        deadline.but(outcome="void")
        if deadline.setting.target in targets and deadline.setting.cycle == case.cycle and deadline.running
        else deadline
        for deadline in case.deadlines
    )
    return case.but(deadlines=dropped)


def _give(case: Case, findings: Iterable[Finding], settings: Iterable[Setting], rulebook: str) -> Case:
    given = {**case.given, **{finding.field: Given(finding, rulebook) for finding in findings}}
    return case.but(given=given, deadlines=_set(case, settings, rulebook))


def _amended(case: Case, event: CaseAmended, rulebook: str) -> Case:
    private = event.private or {}
    own = {name: value for name, value in event.facts.items() if name in ("channel", "kind", "product")}
    fields = _merged(case.fields, {name: value for name, value in event.facts.items() if name not in own})
    people = {name: value for name, value in private.items() if name in ("customer", "contact", "description")}
    details = _merged(case.details, {name: value for name, value in private.items() if name not in people})
    if event.customer_id is not None or "contact" in people:
        own["customer_id"] = event.customer_id
    if event.source is not None:
        own["source_digest"] = event.source.digest
        own["source_batch"] = event.source.batch
    settings = _set(case, event.deadlines, rulebook)
    amended = case.but(fields=fields, details=details, deadlines=settings, **own, **people)
    return _drop(amended, event.dropped)


def _merged(old: Mapping[str, str], new: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def _set(case: Case, settings: Iterable[Setting], rulebook: str) -> tuple[Deadline, ...]:
    """Add new deadlines; a setting for one that runs already moves it. What was done before it was demanded counts."""
    found = {(deadline.setting.target, deadline.setting.cycle): deadline for deadline in case.deadlines}
    for setting in settings:
        found[setting.target, setting.cycle] = Deadline(setting, rulebook, case.anchors.get(setting.until))
    return tuple(found.values())


def _end(case: Case, event: Event) -> Case:
    """Note when the anchor came in this cycle, the earliest time it happened, and end what waits for it."""
    word = anchor(event)
    first = min(case.anchors.get(word, event.at), event.at)
    deadlines = tuple(
        deadline.but(ended_at=first)
        if deadline.setting.until == word and deadline.setting.cycle == case.cycle and not deadline.outcome
        else deadline
        for deadline in case.deadlines
    )
    return case.but(anchors={**case.anchors, word: first}, deadlines=deadlines)


def _end_all(deadlines: tuple[Deadline, ...], outcome: str) -> tuple[Deadline, ...]:
    return tuple(
        deadline.but(outcome=outcome) if deadline.running or outcome == "void" else deadline for deadline in deadlines
    )
