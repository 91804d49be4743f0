"""How a case came to its category, priority, owner and deadlines: everything that led there, as one value."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from afterservice_cli.cases.case import Case, Deadline
from afterservice_cli.cases.events import CaseEscalated, Recorded, Setting
from afterservice_cli.cases.fold import fold
from afterservice_cli.durations import Duration, parse_duration
from afterservice_cli.instants import to_text
from afterservice_cli.reports.cases import EXPLAINED
from afterservice_cli.rulebook.matching import Finding
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.worktime import Calendar, DayInfo, Span, merged

DAY = timedelta(days=1)
LONGEST = 400  # days told one by one; a longer way is told by its ends


def explained(case: Case, rulebook_of: Callable[[str], Rulebook], now: datetime) -> dict[str, Any]:
    """Each decision with its rule, evidence and event; each deadline with the days it counted and every move.

    `rulebook_of` gives the rulebook by the hash under which something was decided. Times are UTC texts.
    """
    return {
        "case": case.number,
        "decisions": [*(_decision(case, field) for field in EXPLAINED), *_given_to(case)],
        "deadlines": [_deadline(case, deadline, rulebook_of(deadline.rulebook), now) for deadline in case.deadlines],
    }


def _decision(case: Case, field: str) -> dict[str, Any]:
    given = case.given[field]
    giving = [r for r in case.standing if any(f.field == field for f in getattr(r.event, "findings", ()))]
    return _told_of(giving[-1], given.finding, given.rulebook)


def _given_to(case: Case) -> Iterator[dict[str, Any]]:
    """The person the case was given to in particular, and by what; nothing where it is the team's."""
    if case.person is None:
        return
    giving = [r for r in case.standing if getattr(r.event, "person", None) == case.person][-1]
    escalated = isinstance(giving.event, CaseEscalated)
    by, rule = ("rule", "escalation") if escalated else ("person", "")
    yield _told_of(giving, Finding("person", case.person, by, rule), giving.rulebook)


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


def _deadline(case: Case, deadline: Deadline, rulebook: Rulebook, now: datetime) -> dict[str, Any]:
    setting = deadline.setting
    moves = list(_moves(case.standing, setting))
    stops = _stops(case, moves[-1]["seq"]) if setting.pauses and moves else ()
    counted = [span for span in stops if span[1] > setting.from_at and span[0] < setting.due_at]
    verdict = deadline.verdict(now)
    return {
        "target": setting.target,
        "cycle": setting.cycle,
        "occurrence": setting.occurrence,
        "start": setting.start,
        "from_at": to_text(setting.from_at),
        "duration": setting.duration,
        "due_at": to_text(setting.due_at),
        "until": setting.until,
        "ended_at": to_text(deadline.ended_at) if deadline.ended_at else None,
        "verdict": verdict,
        "provisional": setting.provisional,
        "rule": setting.rule,
        "rulebook": deadline.rulebook,
        "paused_at": to_text(deadline.paused_at) if verdict == "paused" and deadline.paused_at else None,
        "pauses": [{"from_at": to_text(begin), "to_at": to_text(end)} for begin, end in counted],
        "days": list(days_of(rulebook.calendar, setting.from_at, setting.duration, setting.due_at, counted)),
        "moves": moves,
    }


def _stops(case: Case, seq: int) -> Sequence[Span]:
    """The pauses that were over with an event: what waited later moved no deadline that it set."""
    first = case.events[0]
    return fold([first, *(recorded for recorded in case.standing if first.seq < recorded.seq <= seq)]).stops


def _moves(events: Sequence[Recorded], setting: Setting) -> Iterator[dict[str, Any]]:
    """The events that set a deadline and moved it, in order, with what each made of it."""
    before = None
    for recorded in events:
        for found in getattr(recorded.event, "deadlines", ()):
            if (found.target, found.cycle, found.occurrence) != (setting.target, setting.cycle, setting.occurrence):
                continue
            yield {
                "seq": recorded.seq,
                "event": recorded.event.WORD,
                "kind": type(recorded.event).__name__,
                "at": to_text(recorded.event.at),
                "actor": recorded.actor,
                "duration": found.duration,
                "rule": found.rule,
                "before": to_text(before) if before else None,
                "due_at": to_text(found.due_at),
                "reason": getattr(recorded.event, "reason", None) or getattr(recorded.event, "cause", None),
            }
            before = found.due_at


def days_of(
    calendar: Calendar, start: datetime, duration: str, due: datetime, stops: Sequence[Span]
) -> Iterator[dict[str, Any]]:
    """The local days from the start to the due time, and what each counted; nothing for a duration on the clock.

    `counted` is seconds of working time, or 1 and 0 where days are counted; `kind` is `start`, `paused`, or that of
    the calendar.
    """
    length = parse_duration(duration)
    if length.unit in ("s", "m", "h"):
        return
    first, last = (at.astimezone(calendar.zone).date() for at in (start, due - timedelta.resolution))
    if (last - first).days > LONGEST:
        return
    if length.unit in ("d", "wd"):
        yield from _counted_days(calendar, first, last, length, stops)
        return
    if any(closes > start for _, closes in calendar.spans_of(first - DAY)):
        first -= DAY  # the night shift of the day before
    for offset in range((last - first).days + 1):
        info = calendar.day(first + offset * DAY)
        yield _told(info, info.kind, _seconds(calendar, info.day, start, due, merged(stops, start)))


def _told(info: DayInfo, kind: str, counted: int) -> dict[str, Any]:
    return {"date": info.day.isoformat(), "kind": kind, "name": info.name, "counted": counted}


def _counted_days(
    calendar: Calendar, first: date, last: date, length: Duration, stops: Sequence[Span]
) -> Iterator[dict[str, Any]]:
    """The days after the first up to the last, which count unless the case waited."""
    days = [calendar.day(first + offset * DAY) for offset in range((last - first).days + 1)]
    paused = _paused_days(calendar, stops)
    counts = [info.day for info in days[1:] if info.day not in paused and (length.unit == "d" or info.spans)]
    if length.unit == "wd":
        # A day on which the time would have been up, had the case not waited past its end, did not count either.
        begun = {begin.astimezone(calendar.zone).date() for begin, _ in stops}
        spare = [day for day in reversed(counts) if day in begun]
        paused |= set(spare[: max(len(counts) - length.amount, 0)])
    elif len(counts) > length.amount:
        # The last day was a day off, and whatever was off after it: the first working day stands for it.
        counts = [*counts[: length.amount - 1], counts[-1]]
    for info in days:
        kind = "start" if info.day == first else "paused" if info.day in paused else info.kind
        yield _told(info, kind, int(info.day in counts and info.day not in paused))


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
