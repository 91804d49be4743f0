"""Which deadlines a case has: the targets of the rulebook, made instants by the working calendar."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from afterservice_cli.cases.case import Case, Deadline
from afterservice_cli.cases.events import Event, Setting, anchor
from afterservice_cli.cases.fold import evolve
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.worktime import Span, parse_duration

PROMISED = "delayed"  # the rule of a deadline that was put to the day the customer was told


def begin(rulebook: Rulebook, anchors: Mapping[str, datetime], facts: Mapping[str, Any], cycle: int) -> list[Setting]:
    """The deadlines of every target whose clock one of `anchors` has started, for a case with these facts."""
    found = []
    for name, target in rulebook.targets.items():
        start = anchors.get(target["from"])
        demand = rulebook.duration(name, facts)
        if start is not None and demand is not None:
            found.append(_setting(rulebook, name, cycle, start, demand))
    return found


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
    for name, target in rulebook.targets.items():
        if target["from"] != word:
            continue
        earlier = [d for d in case.deadlines if d.setting.target == name and d.setting.cycle == case.cycle]
        waits = any(deadline.unanswered for deadline in earlier)
        demand = rulebook.duration(name, case.facts())
        if demand is None or waits or (earlier and not target["repeats"]):
            continue
        yield _setting(rulebook, name, case.cycle, at, demand, occurrence=len(earlier) + 1)


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
        if demand is None:
            dropped.add(old.target)
        else:
            new = _setting(rulebook, old.target, old.cycle, old.from_at, demand, case.stops, old.occurrence)
            settings += [new] if new != old else []
    had = {deadline.setting.target for deadline in here if deadline.outcome != "void"}
    settings += [new for new in begin(rulebook, case.anchors, facts, case.cycle) if new.target not in had]
    return tuple(settings), tuple(sorted(dropped))


def resumed(case: Case, at: datetime, rulebook: Rulebook) -> tuple[Setting, ...]:
    """Where the deadlines that stand still come to lie when the case waits no longer from `at` on."""
    pause = case.pause
    assert pause is not None
    stops = (*case.stops, (pause.from_at, at))
    settings = []
    for deadline in case.deadlines:
        old = deadline.setting
        if not deadline.unanswered or deadline.paused_at is None or deadline.paused_at > old.due_at:
            continue
        if old.rule == PROMISED:
            due = old.due_at + max(at - deadline.paused_at, at - at)
        else:
            due = rulebook.calendar.add(old.from_at, parse_duration(old.duration), stops)
        settings.append(old.but(due_at=due, provisional=_provisional(rulebook, old.duration, old.from_at, due)))
    return tuple(settings)


def delayed(case: Case, to: datetime, rulebook: Rulebook) -> tuple[Setting, ...]:
    """The deadlines that an announced delay puts to the promised day: unanswered ones of targets that allow it."""
    return tuple(
        deadline.setting.but(due_at=to, rule=PROMISED, provisional=False)
        for deadline in case.deadlines
        if deadline.unanswered
        and deadline.setting.cycle == case.cycle
        and rulebook.targets.get(deadline.setting.target, {}).get("delays")
        and deadline.setting.due_at < to
    )


def single(
    rulebook: Rulebook, target: str, case: Case, demand: tuple[str, str], at: datetime, start: str, until: str
) -> Setting:
    """A deadline that no target of the rulebook sets but a plan's step or a second visit; waiting stops its clock."""
    duration, rule = demand
    due = rulebook.calendar.add(at, parse_duration(duration))
    later = _provisional(rulebook, duration, at, due)
    count = sum(d.setting.target == target and d.setting.cycle == case.cycle for d in case.deadlines)
    return Setting(target, case.cycle, at, duration, due, until, True, later, rule, start, count + 1)


def recounted(case: Case, rulebook: Rulebook, now: datetime) -> list[Setting]:
    """The provisional deadlines still running as of `now` that another calendar puts elsewhere, durations unchanged."""
    found = []
    for deadline in case.deadlines:
        old = deadline.setting
        if not old.provisional or deadline.verdict(now) not in ("running", "paused"):
            continue
        if old.target not in rulebook.targets and ":" not in old.target:
            continue
        due = rulebook.calendar.add(old.from_at, parse_duration(old.duration), case.stops)
        new = old.but(due_at=due, provisional=_provisional(rulebook, old.duration, old.from_at, due))
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
    )


def _provisional(rulebook: Rulebook, duration: str, start: datetime, due: datetime) -> bool:
    # Clock durations pass over holidays as over any day: no announcement can move them.
    return ("w" in duration or duration.endswith("d")) and rulebook.calendar.provisional(start, due)
