"""Which deadlines a case has: the targets of the rulebook, made instants by the working calendar."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
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

    A target starts once in a cycle, with the first such event, also where that is told later than a second one; one
    that repeats has its rounds (see `_rounds`).
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
        demand = rulebook.duration(name, case.facts())
        if demand is None:
            continue
        if target["repeats"]:
            yield from _rounds(case, name, demand, rulebook, at if word == target["from"] else None)
            continue
        earlier = _of_target(case, name)
        last = max(earlier, key=lambda deadline: deadline.setting.occurrence, default=None)
        if last is None:
            yield _setting(rulebook, name, case.cycle, at, demand, case.stops)
        elif at < last.setting.from_at and last.unanswered and last.setting.rule != PROMISED:
            yield _setting(rulebook, name, case.cycle, at, demand, case.stops, last.setting.occurrence)


def _of_target(case: Case, name: str) -> list[Deadline]:
    return [d for d in case.deadlines if d.setting.target == name and d.setting.cycle == case.cycle]


def _rounds(
    case: Case, name: str, demand: tuple[str, str], rulebook: Rulebook, told: datetime | None = None
) -> Iterator[Setting]:
    """The rounds of a target that repeats which a case has not yet: each from the first `from` after the last answer.

    Answers and questions may be recorded late, so it is the times that count, not the order in which they came: a
    round that went by unseen is put in, one that runs and began earlier than was known is moved. `told` is a `from`
    that came just now: it begins a round, even if it came at the same time as the last answer.
    """
    target = rulebook.targets[name]
    rounds = sorted((d for d in _of_target(case, name) if d.outcome != "void"), key=lambda d: d.setting.occurrence)
    known = {deadline.setting.from_at: deadline for deadline in rounds}
    starts = list(_starts(case, target, known, told))
    # What runs from a time at which nothing began runs from the first of those that nothing runs from.
    loose = [d.setting.occurrence for d in rounds if d.unanswered and d.setting.from_at not in starts]
    number = _next_number(rounds)
    for start in starts:
        if start in known:
            continue
        occurrence, number = (loose.pop(), number) if loose else (number, number + 1)
        yield _setting(rulebook, name, case.cycle, start, demand, case.stops, occurrence)


def _starts(
    case: Case, target: Mapping[str, Any], known: Mapping[datetime, Deadline], told: datetime | None
) -> Iterator[datetime]:
    """When the rounds of a target begin, by the times of its events in this cycle."""
    round_and_round = target["from"] == target["until"]
    if round_and_round and case.status in ("resolved", "confirmed", *ENDED):
        return  # the next news for the customer is owed no longer
    begins, ends = case.happened.get(target["from"], ()), case.happened.get(target["until"], ())
    start = min(begins, default=None)
    while start is not None:
        yield start
        answered = known[start].ended_at if start in known else min((at for at in ends if at > start), default=None)
        if answered is None:
            return
        same = round_and_round or answered == told or (answered in known and answered != start)
        later = (at for at in begins if at > start and (at > answered or (at == answered and same)))
        start = min(later, default=None)


def _next_number(earlier: Iterable[Deadline]) -> int:
    # Not their count: an event that was taken back leaves a gap.
    return max((deadline.setting.occurrence for deadline in earlier), default=0) + 1


def moved(
    case: Case, rulebook: Rulebook, facts: Mapping[str, Any], now: datetime
) -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    """What changes in a case's deadlines when its facts become `facts`: new settings, and targets no longer demanded.

    Only what the rulebook demands otherwise of the new facts than of the old changes: what an earlier rulebook has
    promised stands. It is counted from the original start with the new durations and all pauses. What has its verdict
    keeps it, a deadline already past stays missed, unless the date was wrong that its clock began with, and one that
    was put to a promised day stays there.
    """
    return _moved(case, rulebook, case, facts, now)


def mended(
    case: Case, before: Case, kept: Container[Setting], rulebook: Rulebook
) -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    """What changes in the deadlines of a case from which an event was taken back: as if it had never been.

    `before` is the case with the event. `kept` are the settings that stood before the event: they stand again.
    """
    return _moved(before, rulebook, case, case.facts(), None, kept)


def _moved(
    before: Case,
    rulebook: Rulebook,
    case: Case,
    facts: Mapping[str, Any],
    now: datetime | None,
    kept: Container[Setting] = (),
) -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    """`moved` as of `now`, and `mended` without it: whatever has been missed meanwhile."""
    mending, was = now is None, before.facts()
    settings: list[Setting] = []
    dropped, strays = set[str](), set[str]()
    for deadline in case.deadlines:
        old, target = deadline.setting, rulebook.targets.get(deadline.setting.target)
        # Without a target it was set by the plan or a score: it stays whatever the case is about.
        if target is None or old.cycle != case.cycle or not deadline.unanswered or old.rule == PROMISED or old in kept:
            continue
        if target["repeats"] and old.from_at not in case.happened.get(old.start, ()):
            strays.add(old.target)  # the round of an event that was taken back: it goes to another, or away
            continue
        start = _start_of(case, rulebook, old, facts)
        redated = old.start.startswith("field:") and start != old.from_at
        if now is not None and deadline.verdict(now) == "missed" and not redated:
            continue
        demanded, demand = rulebook.duration(old.target, was), rulebook.duration(old.target, facts)
        if start is None or (demand is None and demanded is not None):
            dropped.add(old.target)
        elif demand is not None and (demand != demanded or start != old.from_at):
            settings.append(_setting(rulebook, old.target, old.cycle, start, demand, case.stops, old.occurrence))
        elif mending and old.pauses and case.stops != before.stops:
            settings.append(_put(rulebook, old, rulebook.calendar.add(start, parse_duration(old.duration), case.stops)))
    settings += _brought(before, rulebook, case, facts, mending)
    dropped |= strays - {setting.target for setting in settings}
    standing = {deadline.setting for deadline in case.deadlines}
    return tuple(setting for setting in settings if setting not in standing), tuple(sorted(dropped))


def _start_of(case: Case, rulebook: Rulebook, old: Setting, facts: Mapping[str, Any]) -> datetime | None:
    """When a deadline's clock begins, if the case has these facts: where it began, unless that has been taken back."""
    if old.start.startswith("field:"):
        return _dated(rulebook, old.start, facts)
    times = case.happened.get(old.start, ())
    return old.from_at if old.from_at in times else min(times, default=None)


def _brought(
    before: Case, rulebook: Rulebook, case: Case, facts: Mapping[str, Any], mending: bool
) -> Iterator[Setting]:
    """The deadlines a case has not that the facts bring along, or that an event brought which was taken back."""
    here = [deadline for deadline in case.deadlines if deadline.setting.cycle == case.cycle]
    has = {deadline.setting.target for deadline in here if deadline.outcome != "void"}
    had = {deadline.setting.target for deadline in before.deadlines if deadline.setting.cycle == case.cycle}
    for new in begin(rulebook, case.anchors, facts, case.cycle, case.stops):
        name, was = new.target, before.facts()
        demand = (new.duration, new.rule)
        dated = _dated(rulebook, new.start, was) != _dated(rulebook, new.start, facts)
        called_for = demand != rulebook.duration(name, was) or dated or (mending and name in had)
        if rulebook.targets[name]["repeats"]:
            yield from _rounds(case, name, demand, rulebook) if called_for else ()
        elif called_for and name not in has:
            yield new


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


def recounted(case: Case, moment: Moment) -> list[Setting]:
    """The provisional deadlines still running that the calendar in force puts elsewhere, durations unchanged.

    They are counted anew only where it knows other holidays than the calendar they were counted by.
    """
    rulebook, now = moment.rulebook, moment.now
    found = []
    for deadline in case.deadlines:
        old = deadline.setting
        if not old.provisional or deadline.verdict(now) not in ("running", "paused"):
            continue
        if old.target not in rulebook.targets and ":" not in old.target:
            continue
        if _holidays(moment.rulebook_of(deadline)) == _holidays(rulebook):
            continue
        stops = case.stops if old.pauses else ()
        due = rulebook.calendar.add(old.from_at, parse_duration(old.duration), stops)
        new = _put(rulebook, old, due)
        if new != old:
            found.append(new)
    return found


def _holidays(rulebook: Rulebook) -> Any:
    return rulebook.snapshot["calendar"].get("holidays")


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
