"""How a case came to its category, priority, owner and deadlines: everything that led there, as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from afterservice_cli.cases.answers import told_late
from afterservice_cli.cases.case import Case, Event, Recorded, standing
from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.general import CaseAmended, EarlierCounted, EventRetracted
from afterservice_cli.cases.events.handling import CaseEscalated, DelayAnnounced
from afterservice_cli.cases.events.intake import CaseRegistered, TwinCounted
from afterservice_cli.cases.events.triage import CaseAssigned, CaseClassified
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.cases.values import PROMISED, By, Deadline, DeadlineSpec, Finding
from afterservice_cli.decisions.facts import placing_facts
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.cases.case import DecidedView, RivalView, decided_view, explained_of
from afterservice_cli.reports.days import Day, days_of, days_of_period, days_off
from afterservice_cli.rulebook.matching import tied_kinds
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.windows import Window, windows
from afterservice_cli.time.durations import parse_period
from afterservice_cli.time.instants import text_of, to_text
from afterservice_cli.time.openings import Span

# What gave a case to a person, if that was none of the commands that a person uses.
_BY: Mapping[type[Event], By] = {CaseEscalated: "escalation", CaseReopened: "reopening"}


class TakenOut(Frozen):
    """The event that took a case out, by its word, and why."""

    event: str
    seq: int
    actor: str
    at: str
    ground: str | None
    into: str | None
    reason: str | None


class Decision(DecidedView):
    """What a field was given, and with which event; `missed` is the target whose missed deadline led to it."""

    seq: int
    actor: str
    at: str
    reason: str | None
    missed: str | None


class KnownView(Frozen):
    """What is known of the customer from an earlier case, and with which event it was taken over."""

    field: str
    value: str | Sequence[str]
    case: str
    seq: int
    at: str


class DeadlinePause(Frozen):
    """A time that a deadline did not count."""

    from_at: str
    to_at: str


class DeadlineMove(Frozen):
    """What an event made of a deadline; `before` is None with the event that set it first."""

    seq: int
    event: str
    kind: str
    at: str
    actor: str
    duration: str
    rule: str
    before: str | None
    due_at: str
    reason: str | None


class ExplainedDeadline(Frozen):
    """How a deadline came about: what it runs from and to, the days it counted, and every move.

    `told_in` is the case, merged into this one, in which it was answered.
    """

    target: str
    cycle: int
    occurrence: int
    start: str
    from_at: str
    duration: str
    due_at: str
    until: Sequence[str]
    by: str | None
    counts: bool
    calendar: str | None
    ended_at: str | None
    told_in: str | None
    recorded_late_at: str | None  # if it was met, and somebody recorded that only after it was due
    recorded_late_by: str | None
    verdict: str
    provisional: bool
    rule: str
    rulebook: str
    promised_at: str | None
    paused_at: str | None
    pauses: Sequence[DeadlinePause]
    days: Sequence[Day]
    moves: Sequence[DeadlineMove]


class CountedView(Frozen):
    """Which of the customer's earlier cases counted for a case by an entry of `earlier`, from which event on."""

    name: str
    count: int
    cases: Sequence[str]
    rule: str
    seq: int
    at: str
    rulebook: str


class ExplainedLimit(Window):
    """How a limit was counted: the date of the case with which it begins, the days that it counted, and the days off
    with which it would have ended.
    """

    start: str
    calendar: str | None
    days: Sequence[Day]
    off: Sequence[Day]
    rulebook: str


class Explanation(Frozen):
    """How a case came to what it has: what `explain --json` prints. Times are UTC texts.

    `tied` are the kinds of which it has none since as much speaks for each in its text.
    """

    case: str
    status: str
    taken_out: TakenOut | None
    decisions: Sequence[Decision]
    tied: Sequence[RivalView]
    known: Sequence[KnownView]
    deadlines: Sequence[ExplainedDeadline]
    limits: Sequence[ExplainedLimit]
    earlier: Sequence[CountedView]


def explained(case: Case, rulebook_of: Callable[[str], Rulebook], now: datetime, rulebook: Rulebook) -> Explanation:
    """Return each decision with its rule, evidence and event, each deadline with the days it counted and every move.

    `rulebook_of` gives the rulebook by the hash under which something was decided; limits are as `rulebook`, the one in
    force, has them.
    """
    events = _events(case)
    stops = _stops(events)
    return Explanation(
        case=case.number,
        status=case.status,
        taken_out=_taken_out(case, events),
        decisions=[*(_decision(case, events, field) for field in explained_of(case.decided)), *_given_to(case, events)],
        tied=[*_tied(case, events, rulebook_of)],
        known=[_known(case, events, field) for field in case.known_from],
        deadlines=[
            _deadline(events, stops, each, rulebook_of(each.rulebook), now).but(**_recorded_late(case, each))
            for each in case.deadlines
        ],
        limits=[_limit(window, rulebook) for window in windows(rulebook, case.facts(), case.registered_at)],
        earlier=[*_counted(events)],
    )


def _events(case: Case) -> tuple[Recorded, ...]:
    """Return the events that made the case what it is: the registration, taken back or not, and all that stand."""
    first, *rest = case.events
    return first, *standing(tuple(rest))


def _taken_out(case: Case, events: Sequence[Recorded]) -> TakenOut | None:
    """Return the event that took the case out, and why; None if it is not out."""
    if not case.void_by:
        return None
    first = events[0].seq
    recorded = next(
        recorded
        for recorded in reversed(events)
        if case.void_by == recorded.event.WORD
        and (not isinstance(recorded.event, EventRetracted) or recorded.event.seq == first)
    )
    return TakenOut(
        event=case.void_by,
        seq=recorded.seq,
        actor=recorded.actor,
        at=to_text(recorded.event.at),
        ground=getattr(recorded.event, "ground", None),
        into=getattr(recorded.event, "into", None),
        reason=getattr(recorded.event, "reason", None),
    )


def _decision(case: Case, events: Sequence[Recorded], field: str) -> Decision:
    decided = case.decided[field]
    giving = [r for r in events if any(f.field == field for f in r.event.findings)]
    return _told_of(giving[-1], decided.finding, decided.rulebook)


def _tied(case: Case, events: Sequence[Recorded], rulebook_of: Callable[[str], Rulebook]) -> Iterator[RivalView]:
    """Yield the kinds that spoke alike for a case without one, by the rules under which it was last classified."""
    if case.kind is None and "kind" not in case.decided:
        last = [recorded for recorded in events if isinstance(recorded.event, CaseRegistered | CaseClassified)][-1]
        rulebook = rulebook_of(last.rulebook)
        for one in tied_kinds(rulebook, case.text(), placing_facts(case, rulebook)):
            yield RivalView(one.name, one.phrases)


def _given_to(case: Case, events: Sequence[Recorded]) -> Iterator[Decision]:
    """Yield the person the case was given to in particular, and by what; nothing if it is the team's."""
    if case.person is None:
        return
    giving = list(_giving(case.person, events))[-1]
    finding = Finding("person", case.person, "person")
    if by := _BY.get(type(giving.event)):
        rule = getattr(giving.event, "rule", None)
        finding = Finding("person", case.person, by, rule and f"{rule}.hand_to")
    elif with_team := next((found for found in giving.event.findings if found.field == "owner"), None):
        finding = Finding("person", case.person, with_team.by, with_team.rule)
    yield _told_of(giving, finding, giving.rulebook)


def _giving(person: str, events: Sequence[Recorded]) -> Iterator[Recorded]:
    """Yield the events that gave a case to a person; a classification that only leaves it there gives nothing."""
    before = None
    for recorded in events:
        named = getattr(recorded.event, "person", None)
        stays = isinstance(recorded.event, CaseClassified) and before == person
        if named == person and not stays:
            yield recorded
        before = named if named or isinstance(recorded.event, CaseClassified | CaseAssigned) else before


def _known(case: Case, events: Sequence[Recorded], field: str) -> KnownView:
    giving = [r for r in events if isinstance(r.event, CaseRegistered | CaseAmended) and field in r.event.of_customer]
    value = {**case.fields, **case.details}.get(field, "")
    return KnownView(field, value, case.known_from[field], giving[-1].seq, to_text(giving[-1].event.at))


def _counted(events: Sequence[Recorded]) -> Iterator[CountedView]:
    """Yield what counted by each entry, as it came in and whenever that changed; what counts now comes last of each."""
    counted = [(r, r.event.earlier) for r in events if isinstance(r.event, CaseRegistered | EarlierCounted)]
    for name in dict.fromkeys(name for _, earlier in counted for name in earlier):
        before: Sequence[str] | None = None
        for recorded, earlier in counted:
            cases = earlier.get(name)
            if cases is not None and cases != before:
                place = (f"earlier.{name}", recorded.seq, to_text(recorded.event.at), recorded.rulebook)
                yield CountedView(name, len(cases), cases, *place)
            before = cases


def _told_of(giving: Recorded, finding: Finding, rulebook: str) -> Decision:
    """Return a decision with the event that took it."""
    return Decision(
        **{
            **decided_view(finding, rulebook).__dict__,
            "suggested": getattr(giving.event, "suggested", None) if finding.field == "category" else None,
        },
        seq=giving.seq,
        actor=giving.actor,
        at=to_text(giving.event.at),
        reason=getattr(giving.event, "reason", None),
        missed=giving.event.target if isinstance(giving.event, CaseEscalated) else None,
    )


def _deadline(
    events: Sequence[Recorded],
    stops: Mapping[int, Sequence[Span]],
    deadline: Deadline,
    rulebook: Rulebook,
    now: datetime,
) -> ExplainedDeadline:
    spec = deadline.spec
    specs = list(_specs(events, spec))
    delays = [recorded.event for recorded, _ in specs if isinstance(recorded.event, DelayAnnounced)]
    promise = delays[-1] if spec.rule == PROMISED else None
    waited = stops[specs[-1][0].seq] if spec.pauses else ()
    since = promise.at if promise else spec.from_at
    counted = [span for span in waited if span[1] > since and span[0] < spec.due_at]
    clock = bool(spec.duration) and not promise
    days = (
        days_of(rulebook.calendar_called(spec.calendar), spec.from_at, spec.duration, spec.due_at, counted)
        if clock
        else ()
    )
    verdict = deadline.verdict(now)
    return ExplainedDeadline(
        target=spec.target,
        cycle=spec.cycle,
        occurrence=spec.occurrence,
        start=spec.start,
        from_at=to_text(spec.from_at),
        duration=spec.duration,
        due_at=to_text(spec.due_at),
        until=spec.until,
        by=spec.by or None,
        counts=spec.counts,
        calendar=spec.calendar or None,
        ended_at=text_of(deadline.ended_at),
        told_in=_told_in(events, deadline),
        recorded_late_at=None,
        recorded_late_by=None,
        verdict=verdict,
        provisional=spec.provisional,
        rule=spec.rule,
        rulebook=deadline.rulebook,
        promised_at=to_text(promise.promised_at) if promise else None,
        paused_at=to_text(deadline.paused_at) if verdict == "paused" and deadline.paused_at else None,
        pauses=[DeadlinePause(to_text(begin), to_text(end)) for begin, end in counted],
        days=list(days),
        moves=list(_moves(specs)),
    )


def _limit(window: Window, rulebook: Rulebook) -> ExplainedLimit:
    days: Sequence[Day] = ()
    off: Sequence[Day] = ()
    if window.begin and window.duration:
        counted = rulebook.calendar, date.fromisoformat(window.begin), parse_period(window.duration)
        days, off = days_of_period(*counted), days_off(*counted)
    start = rulebook.limits[window.limit].start
    return ExplainedLimit(**window.__dict__, start=start, calendar=None, days=days, off=off, rulebook=rulebook.hash)


def _recorded_late(case: Case, deadline: Deadline) -> Mapping[str, str | None]:
    """Return when and by whom a deadline's answer was recorded, if that was only after it was due."""
    late = told_late(case, deadline)
    return {"recorded_late_at": to_text(late.recorded_at), "recorded_late_by": late.actor} if late else {}


def _told_in(events: Sequence[Recorded], deadline: Deadline) -> str | None:
    """Return the twin in which a deadline was answered; None if it was answered here, or not at all."""
    ends = (r.event for r in events if r.event.at == deadline.ended_at and r.event.word in deadline.spec.until)
    first = next(ends, None)
    return first.twin if isinstance(first, TwinCounted) else None


def _stops(events: Sequence[Recorded]) -> dict[int, Sequence[Span]]:
    """Return the pauses that were over at each event, by its number: a later one moved no deadline that it set."""
    case = fold(events[:1])
    found: dict[int, Sequence[Span]] = {events[0].seq: ()}
    for recorded in events[1:]:
        case = evolve(case, recorded.event, recorded.rulebook, recorded.actor)
        found[recorded.seq] = case.stops
    return found


def _specs(events: Sequence[Recorded], spec: DeadlineSpec) -> Iterator[tuple[Recorded, DeadlineSpec]]:
    """Yield the events that set a deadline, in order, each with how it set it."""
    for recorded in events:
        for found in recorded.event.deadlines:
            if found.key == spec.key:
                yield recorded, found


def _moves(specs: Sequence[tuple[Recorded, DeadlineSpec]]) -> Iterator[DeadlineMove]:
    """Yield what each event made of the deadline; nothing for one that only warns of it from another time on."""
    before = None
    for recorded, found in specs:
        told = (found.due_at, found.duration, found.rule)
        if before and told == (before.due_at, before.duration, before.rule):
            continue
        yield DeadlineMove(
            seq=recorded.seq,
            event=recorded.event.WORD,
            kind=type(recorded.event).__name__,
            at=to_text(recorded.event.at),
            actor=recorded.actor,
            duration=found.duration,
            rule=found.rule,
            before=to_text(before.due_at) if before else None,
            due_at=to_text(found.due_at),
            reason=getattr(recorded.event, "reason", None) or getattr(recorded.event, "cause", None),
        )
        before = found
