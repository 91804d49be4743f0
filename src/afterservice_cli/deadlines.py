"""Which deadlines a case has: the targets of the rulebook, made instants by the working calendar."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from afterservice_cli.cases.case import ENDED, Case, Deadline, Moment
from afterservice_cli.cases.events import PROMISED, Event, Setting, anchor
from afterservice_cli.cases.fold import evolve
from afterservice_cli.durations import Duration, parse_duration
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.worktime import Span


def begin(
    rulebook: Rulebook,
    anchors: Mapping[str, datetime],
    facts: Mapping[str, Any],
    cycle: int,
    stops: Sequence[Span] = (),
) -> list[Setting]:
    """The deadlines of every target whose clock one of `anchors` has started, for a case with these facts."""
    found = []
    for name, target in rulebook.targets.items():
        # What runs from a date of the case, such as the sale, does not run again for a second cycle.
        start = anchors.get(target["from"]) or (_dated(rulebook, target["from"], facts) if cycle == 1 else None)
        demand = rulebook.duration(name, facts)
        if start is not None and demand is not None:
            found.append(_setting(rulebook, name, cycle, start, demand, stops))
    return found


def _dated(rulebook: Rulebook, start: str, facts: Mapping[str, Any]) -> datetime | None:
    """The beginning of the day that `field:NAME` names in a case; None where it names none."""
    value = facts.get(start.removeprefix("field:")) if start.startswith("field:") else None
    if not value:
        return None
    day = date.fromisoformat(str(value))
    return datetime(day.year, day.month, day.day, tzinfo=rulebook.zone).astimezone(UTC)


def begun(case: Case, events: Iterable[Event], rulebook: Rulebook) -> list[Event]:
    """The events with the deadlines that each of them starts: those of targets whose `from` is its word.

    A target starts once in a cycle; one that repeats starts again when its last deadline has been answered.
    """
    found: list[Event] = []
    for event in events:
        word = anchor(event)
        after = evolve(case, event, rulebook.hash)
        settings = tuple(_begun_by(after, word, event.at, rulebook))
        if settings:
            event = event.but(deadlines=(*getattr(event, "deadlines"), *settings))  # noqa: B009
            after = evolve(case, event, rulebook.hash)
        found.append(event)
        case = after
    return found


def _begun_by(case: Case, word: str, at: datetime, rulebook: Rulebook) -> Iterator[Setting]:
    if case.status == "void":
        return  # what the screening took out is owed nothing
    for name, target in rulebook.targets.items():
        if word not in ((target["from"], target["until"]) if target["repeats"] else (target["from"],)):
            continue
        earlier = [d for d in case.deadlines if d.setting.target == name and d.setting.cycle == case.cycle]
        demand = rulebook.duration(name, case.facts())
        start = _again(case, target, earlier) if target["repeats"] else None if earlier else at
        if demand is not None and start is not None:
            yield _setting(rulebook, name, case.cycle, start, demand, case.stops, _next_number(earlier))


def _again(case: Case, target: Mapping[str, Any], earlier: Sequence[Deadline]) -> datetime | None:
    """When a target that repeats starts again: with the first `from` after its last answer, if none is waited for.

    Answers and questions may be recorded late, so it is the times that count, not the order in which they came.
    """
    if any(deadline.unanswered for deadline in earlier):
        return None
    if _over(case, target):
        return None
    return _next_start(case, target, max((d.ended_at for d in earlier if d.ended_at), default=None))


def _over(case: Case, target: Mapping[str, Any]) -> bool:
    """Whether what goes round with each event, such as the next news for the customer, is owed no longer."""
    return target["from"] == target["until"] and case.status in ("resolved", "confirmed", *ENDED)


def _next_number(earlier: Iterable[Deadline]) -> int:
    # Not their count: an event that was taken back leaves a gap.
    return max((deadline.setting.occurrence for deadline in earlier), default=0) + 1


def _next_start(case: Case, target: Mapping[str, Any], answered: datetime | None) -> datetime | None:
    round_and_round = target["from"] == target["until"]
    starts = case.happened.get(target["from"], ())
    after = [s for s in starts if answered is None or s > answered or (round_and_round and s == answered)]
    return min(after, default=None)


def moved(
    case: Case, rulebook: Rulebook, facts: Mapping[str, Any], now: datetime
) -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    """What changes in a case's deadlines when its facts become `facts`: new settings, and targets no longer demanded.

    Counted from the original start with the new durations and all pauses. What has its verdict keeps it, a deadline
    already past stays missed, and one that was put to a promised day stays there.
    """
    settings: list[Setting] = []
    dropped: set[str] = set()
    here = [deadline for deadline in case.deadlines if deadline.setting.cycle == case.cycle]
    for deadline in here:
        old = deadline.setting
        if deadline.verdict(now) not in ("running", "paused") or old.rule == PROMISED or ":" in old.target:
            continue  # one with a colon was set by the plan or a score: it stays whatever the case is about
        demand = rulebook.duration(old.target, facts) if old.target in rulebook.targets else None
        dated = old.start.startswith("field:")
        start = _dated(rulebook, old.start, facts) if dated else old.from_at
        if demand is None or start is None:
            dropped.add(old.target)
        elif (*demand, start) != (old.duration, old.rule, old.from_at):  # else what was promised stands
            new = _setting(rulebook, old.target, old.cycle, start, demand, case.stops, old.occurrence)
            settings += [new] if new != old else []
    latest = {deadline.setting.target: deadline for deadline in here}
    had = {target for target, deadline in latest.items() if deadline.outcome != "void"}
    for new in begin(rulebook, case.anchors, facts, case.cycle, case.stops):
        if new.target not in had:
            settings += _rounds(case, new, rulebook) if rulebook.targets[new.target]["repeats"] else [new]
    return tuple(settings), tuple(sorted(dropped))


def _rounds(case: Case, first: Setting, rulebook: Rulebook) -> Iterator[Setting]:
    """The rounds of a target that is demanded only now, or again: those that went by, and the one that runs.

    What has its verdict from an earlier demand keeps it; the first round after it takes the place of the dropped one.
    """
    name, demand, target = first.target, (first.duration, first.rule), rulebook.targets[first.target]
    ends = case.happened.get(target["until"], ())
    done = [d for d in case.deadlines if d.setting.target == name and d.setting.cycle == case.cycle and not d.outcome]
    answered = max((d.ended_at for d in done if d.ended_at), default=None)
    number = _next_number(done)
    start = _next_start(case, target, answered)
    while start is not None and not _over(case, target):
        yield _setting(rulebook, name, case.cycle, start, demand, case.stops, number)
        answered = min((at for at in ends if at > start), default=None)
        start = _next_start(case, target, answered) if answered else None
        number += 1


def resumed(case: Case, moment: Moment) -> tuple[Setting, ...]:
    """Where the deadlines that stand still come to lie when the case waits no longer from `moment.at` on.

    Each counts by the calendar of the rulebook that set it.
    """
    at = moment.at
    pause = case.pause
    assert pause is not None
    stops = (*case.stops, (pause.from_at, at))
    settings = []
    for deadline in case.deadlines:
        old = deadline.setting
        if not deadline.unanswered or deadline.paused_at is None or deadline.paused_at >= old.due_at:
            continue
        if old.rule == PROMISED:
            due = old.due_at + max(at - deadline.paused_at, at - at)
        else:
            due = moment.rulebook_of(deadline).calendar.add(old.from_at, parse_duration(old.duration), stops)
        settings += [_put(moment.rulebook_of(deadline), old, due)] if due != old.due_at else []
    return tuple(settings)


def delayed(case: Case, at: datetime, to: datetime, rulebook: Rulebook) -> tuple[Setting, ...]:
    """The deadlines that a delay announced at `at` puts to the promised day: of targets that allow it."""
    return tuple(
        _put(rulebook, deadline.setting, to).but(rule=PROMISED, provisional=False)
        for deadline in case.deadlines
        if deadline.verdict(at) in ("running", "paused")
        and deadline.setting.cycle == case.cycle
        and rulebook.targets.get(deadline.setting.target, {}).get("delays")
        and deadline.setting.due_at < to
    )


def single(
    rulebook: Rulebook, target: str, case: Case, demand: tuple[str, str], at: datetime, start: str, until: str
) -> Setting:
    """A deadline that no target of the rulebook sets but a plan's step or a second visit; waiting stops its clock."""
    duration, rule = demand
    due = rulebook.calendar.add(at, parse_duration(duration), case.stops)
    later = _provisional(rulebook, duration, at, due)
    number = _next_number([d for d in case.deadlines if d.setting.target == target and d.setting.cycle == case.cycle])
    return Setting(target, case.cycle, at, duration, due, until, True, later, rule, start, number)


def recounted(case: Case, rulebook: Rulebook, now: datetime) -> list[Setting]:
    """The provisional deadlines still running as of `now` that another calendar puts elsewhere, durations unchanged."""
    found = []
    for deadline in case.deadlines:
        old = deadline.setting
        if not old.provisional or deadline.verdict(now) not in ("running", "paused"):
            continue
        if old.target not in rulebook.targets and ":" not in old.target:
            continue
        stops = case.stops if old.pauses else ()
        due = rulebook.calendar.add(old.from_at, parse_duration(old.duration), stops)
        new = _put(rulebook, old, due)
        if new != old:
            found.append(new)
    return found


def next_due(case: Case) -> Deadline | None:
    """The earliest deadline of the running cycle that nobody has answered."""
    waiting = [d for d in case.deadlines if d.unanswered and d.setting.cycle == case.cycle]
    return min(waiting, key=lambda deadline: deadline.setting.due_at, default=None)


def _setting(
    rulebook: Rulebook,
    name: str,
    cycle: int,
    start: datetime,
    demand: tuple[str, str],
    stops: Sequence[Span] = (),
    occurrence: int = 1,
) -> Setting:
    duration, rule = demand
    target = rulebook.targets[name]
    due = rulebook.calendar.add(start, parse_duration(duration), stops if target["pauses"] else ())
    provisional = _provisional(rulebook, duration, start, due)
    return Setting(
        *(name, cycle, start, duration, due, target["until"], target["pauses"], provisional, rule, target["from"]),
        occurrence,
        _warn_at(rulebook, name, duration, start, due),
    )


def _put(rulebook: Rulebook, old: Setting, due: datetime) -> Setting:
    """The setting with another due time, and what hangs on it."""
    later = old.rule != PROMISED and _provisional(rulebook, old.duration, old.from_at, due)
    warn_at = _warn_at(rulebook, old.target, old.duration, old.from_at, due)
    return old.but(due_at=due, provisional=later, warn_at=warn_at)


def _warn_at(rulebook: Rulebook, name: str, duration: str, start: datetime, due: datetime) -> datetime | None:
    """From when on a deadline is warned of: the target's lead before it is due, never before it began.

    A percentage is one of the duration, on its own clock; of days, of the (working) time they take without a pause.
    """
    lead = rulebook.targets.get(name, {}).get("warn")
    if lead is None:
        return None
    if lead.endswith("%"):
        whole, share = parse_duration(duration), int(lead.removesuffix("%").strip())
        working = whole.unit.startswith("w")
        if whole.unit in ("d", "wd"):
            plain = rulebook.calendar.add(start, whole)
            seconds = rulebook.calendar.elapsed(start, plain) if working else int((plain - start).total_seconds())
        else:
            seconds = int(whole.length.total_seconds())
        ahead = Duration(seconds * share // 100, "ws" if working else "s")
    else:
        ahead = parse_duration(lead)
    return max(start, rulebook.calendar.back(due, ahead))


def _provisional(rulebook: Rulebook, duration: str, start: datetime, due: datetime) -> bool:
    # Clock durations pass over holidays as over any day: no announcement can move them.
    return ("w" in duration or duration.endswith("d")) and rulebook.calendar.provisional(start, due)
