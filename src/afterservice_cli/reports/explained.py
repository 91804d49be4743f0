"""How a case came to its category, priority, owner and deadlines: everything that led there, as one value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from afterservice_cli.cases.case import Case, Recorded, standing
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.handling import CaseEscalated, DelayAnnounced
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.cases.values import PROMISED, Deadline, DeadlineSpec, Finding
from afterservice_cli.durations import Duration, parse_duration
from afterservice_cli.instants import to_text
from afterservice_cli.reports.case import EXPLAINED
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.worktime import Calendar, DayInfo, Span, merged

DAY = timedelta(days=1)
LONGEST = 400  # days told one by one; a longer way is told by its ends


def explained(case: Case, rulebook_of: Callable[[str], Rulebook], now: datetime) -> dict[str, Any]:
    """Each decision with its rule, evidence and event; each deadline with the days it counted and every move.

    `rulebook_of` gives the rulebook by the hash under which something was decided. Times are UTC texts.
    """
    events = _events(case)
    stops = _stops(events)
    return {
        "case": case.number,
        "status": case.status,
        "taken_out": _taken_out(case, events),
        "decisions": [*(_decision(case, events, field) for field in EXPLAINED), *_given_to(case, events)],
        "deadlines": [
            _deadline(events, stops, deadline, rulebook_of(deadline.rulebook), now) for deadline in case.deadlines
        ],
    }


def _events(case: Case) -> tuple[Recorded, ...]:
    """The events that made the case what it is: the registration, taken back or not, and all that stands."""
    first, *rest = case.events
    return first, *standing(tuple(rest))


def _taken_out(case: Case, events: Sequence[Recorded]) -> dict[str, Any] | None:
    """The event that took the case out, and why; None where it is not out."""
    if not case.void_by:
        return None
    first = events[0].seq
    recorded = next(
        recorded
        for recorded in reversed(events)
        if case.void_by == recorded.event.WORD
        and (not isinstance(recorded.event, EventRetracted) or recorded.event.seq == first)
    )
    return {
        "event": case.void_by,
        "seq": recorded.seq,
        "actor": recorded.actor,
        "at": to_text(recorded.event.at),
        "ground": getattr(recorded.event, "ground", None),
        "into": getattr(recorded.event, "into", None),
        "reason": getattr(recorded.event, "reason", None),
    }


def _decision(case: Case, events: Sequence[Recorded], field: str) -> dict[str, Any]:
    decided = case.decided[field]
    giving = [r for r in events if any(f.field == field for f in r.event.findings)]
    return _told_of(giving[-1], decided.finding, decided.rulebook)


def _given_to(case: Case, events: Sequence[Recorded]) -> Iterator[dict[str, Any]]:
    """The person the case was given to in particular, and by what; nothing where it is the team's."""
    if case.person is None:
        return
    giving = [r for r in events if getattr(r.event, "person", None) == case.person][-1]
    by_escalation = isinstance(giving.event, CaseEscalated)
    finding = Finding("person", case.person, "escalation", "escalation") if by_escalation else None
    yield _told_of(giving, finding or Finding("person", case.person, "person"), giving.rulebook)


def _told_of(giving: Recorded, finding: Finding, rulebook: str) -> dict[str, Any]:
    """A decision with the event that took it; `missed` is the target whose missed deadline led to it."""
    return {
        "field": finding.field,
        "value": finding.value,
        "by": finding.by,
        "rule": finding.rule,
        "phrases": list(finding.phrases),
        "rulebook": rulebook,
        "seq": giving.seq,
        "actor": giving.actor,
        "at": to_text(giving.event.at),
        "reason": getattr(giving.event, "reason", None),
        "missed": giving.event.target if isinstance(giving.event, CaseEscalated) else None,
    }


def _deadline(
    events: Sequence[Recorded],
    stops: Mapping[int, Sequence[Span]],
    deadline: Deadline,
    rulebook: Rulebook,
    now: datetime,
) -> dict[str, Any]:
    spec = deadline.spec
    specs = list(_specs(events, spec))
    delays = [recorded.event for recorded, _ in specs if isinstance(recorded.event, DelayAnnounced)]
    promise = delays[-1] if spec.rule == PROMISED else None
    waited = stops[specs[-1][0].seq] if spec.pauses else ()
    since = promise.at if promise else spec.from_at
    counted = [span for span in waited if span[1] > since and span[0] < spec.due_at]
    days = () if promise else days_of(rulebook.calendar, spec.from_at, spec.duration, spec.due_at, counted)
    verdict = deadline.verdict(now)
    return {
        "target": spec.target,
        "cycle": spec.cycle,
        "occurrence": spec.occurrence,
        "start": spec.start,
        "from_at": to_text(spec.from_at),
        "duration": spec.duration,
        "due_at": to_text(spec.due_at),
        "until": spec.until,
        "ended_at": to_text(deadline.ended_at) if deadline.ended_at else None,
        "verdict": verdict,
        "provisional": spec.provisional,
        "rule": spec.rule,
        "rulebook": deadline.rulebook,
        "promised_at": to_text(promise.promised_at) if promise else None,
        "paused_at": to_text(deadline.paused_at) if verdict == "paused" and deadline.paused_at else None,
        "pauses": [{"from_at": to_text(begin), "to_at": to_text(end)} for begin, end in counted],
        "days": list(days),
        "moves": list(_moves(specs)),
    }


def _stops(events: Sequence[Recorded]) -> dict[int, Sequence[Span]]:
    """The pauses that were over with each event: what waited later moved no deadline that it set."""
    case = fold(events[:1])
    found: dict[int, Sequence[Span]] = {events[0].seq: ()}
    for recorded in events[1:]:
        case = evolve(case, recorded.event, recorded.rulebook, recorded.actor)
        found[recorded.seq] = case.stops
    return found


def _specs(events: Sequence[Recorded], spec: DeadlineSpec) -> Iterator[tuple[Recorded, DeadlineSpec]]:
    """The events that set a deadline, in order, each with how it set it."""
    key = (spec.target, spec.cycle, spec.occurrence)
    for recorded in events:
        for found in recorded.event.deadlines:
            if (found.target, found.cycle, found.occurrence) == key:
                yield recorded, found


def _moves(specs: Sequence[tuple[Recorded, DeadlineSpec]]) -> Iterator[dict[str, Any]]:
    """What each event made of the deadline; nothing of one that only warns of it from another time on."""
    before = None
    for recorded, found in specs:
        told = (found.due_at, found.duration, found.rule)
        if before and told == (before.due_at, before.duration, before.rule):
            continue
        yield {
            "seq": recorded.seq,
            "event": recorded.event.WORD,
            "kind": type(recorded.event).__name__,
            "at": to_text(recorded.event.at),
            "actor": recorded.actor,
            "duration": found.duration,
            "rule": found.rule,
            "before": to_text(before.due_at) if before else None,
            "due_at": to_text(found.due_at),
            "reason": getattr(recorded.event, "reason", None) or getattr(recorded.event, "cause", None),
        }
        before = found


def days_of(
    calendar: Calendar, start: datetime, duration: str, due: datetime, stops: Sequence[Span]
) -> Iterator[dict[str, Any]]:
    """The local days from the start to the last that counted; nothing for a duration on the clock, and for none.

    `counted` is seconds of working time, or 1 and 0 where days are counted; `kind` is `start`, `paused`, or that of
    the calendar. A night shift is told with the day on which it begins.
    """
    length = parse_duration(duration)
    if length.unit in ("s", "m", "h") or not length.amount:
        return
    first, last = (at.astimezone(calendar.zone).date() for at in (start, due - timedelta.resolution))
    if (last - first).days > LONGEST:
        return
    if length.unit == "d":
        yield from _counted_days(calendar, first, [last], length, stops)
    elif length.unit == "wd":
        closing = [day for day in (last - DAY, last) if calendar.close_of(day) == due]
        yield from _counted_days(calendar, first, closing or [last], length, stops)
    else:
        yield from _worked_days(calendar, start, due, merged(stops, start))


def _told(info: DayInfo, kind: str, counted: int) -> dict[str, Any]:
    return {"date": info.day.isoformat(), "kind": kind, "name": info.name, "counted": counted}


def _worked_days(calendar: Calendar, start: datetime, due: datetime, stops: Sequence[Span]) -> Iterator[dict[str, Any]]:
    """The days from the one whose hours the start falls into, up to the last that has working time before it is due."""
    first, last = (at.astimezone(calendar.zone).date() for at in (start, due))
    if any(closes > start for _, closes in calendar.spans_of(first - DAY)):
        first -= DAY  # the night shift of the day before
    while last > first and not _seconds(calendar, last, start, due, stops):
        last -= DAY
    for offset in range((last - first).days + 1):
        info = calendar.day(first + offset * DAY)
        counted = _seconds(calendar, info.day, start, due, stops)
        waited = not counted and _seconds(calendar, info.day, start, due, ())
        yield _told(info, "paused" if waited else info.kind, counted)


def _counted_days(
    calendar: Calendar, first: date, ends: Sequence[date], length: Duration, stops: Sequence[Span]
) -> Iterator[dict[str, Any]]:
    """The days after the first up to the last, which counts, as do so many before it as the duration still wants.

    `ends` are the days that may be the last, in order: two can close at the same time. A working day that is left
    over is one on which the time would have been up, had the case not waited past its end.
    """
    paused = _paused_days(calendar, stops)
    for last in ends:
        days = [calendar.day(first + offset * DAY) for offset in range((last - first).days + 1)]
        able = [info.day for info in days[1:-1] if info.day not in paused and (length.unit == "d" or info.spans)]
        if len(able) + 1 >= length.amount:
            break
    counts = {*able[: length.amount - 1], last} - {first}
    for info in days:
        stood = info.day in paused or (info.day in able and info.spans)
        kind = "start" if info.day == first else "paused" if stood and info.day not in counts else info.kind
        yield _told(info, kind, int(info.day in counts))


def _paused_days(calendar: Calendar, stops: Sequence[Span]) -> set[date]:
    """The days after the first of each pause up to its last."""
    found: set[date] = set()
    for begin, end in stops:
        first, last = begin.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
        found |= {first + offset * DAY for offset in range(1, (last - first).days + 1)}
    return found


def _seconds(calendar: Calendar, day: date, start: datetime, due: datetime, stops: Sequence[Span]) -> int:
    """The working seconds of a local day between two instants, without what pauses take away."""
    total = timedelta(0)
    for opens, closes in calendar.spans_of(day):
        opens, closes = max(opens, start), min(closes, due)
        total += max(closes - opens, timedelta(0))
        for begin, end in stops:
            total -= max(min(closes, end) - max(opens, begin), timedelta(0))
    return int(total.total_seconds())
