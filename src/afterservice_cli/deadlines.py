"""Which deadlines a case has: the targets of the rulebook, made instants by the working calendar."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events import Setting
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.worktime import parse_duration


def begin(rulebook: Rulebook, anchors: Mapping[str, datetime], facts: Mapping[str, Any], cycle: int) -> list[Setting]:
    """The deadlines of every target whose clock one of `anchors` has started, for a case with these facts."""
    found = []
    for name, target in rulebook.targets.items():
        start = anchors.get(target["from"])
        demand = rulebook.duration(name, facts)
        if start is None or demand is None:
            continue
        found.append(_setting(rulebook, name, cycle, start, demand))
    return found


def moved(
    case: Case, rulebook: Rulebook, facts: Mapping[str, Any], now: datetime
) -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    """What changes in a case's deadlines when its facts become `facts`: new settings, and targets no longer demanded.

    Counted from the original start with the new durations. What has its verdict keeps it, and a deadline already
    past stays missed.
    """
    running = {
        deadline.setting.target: deadline.setting
        for deadline in case.deadlines
        if deadline.setting.cycle == case.cycle and deadline.verdict(now) == "running"
    }
    decided = {
        deadline.setting.target
        for deadline in case.deadlines
        if deadline.setting.cycle == case.cycle and deadline.verdict(now) in ("met", "missed")
    }
    wanted = [s for s in begin(rulebook, case.anchors, facts, case.cycle) if s.target not in decided]
    settings = tuple(setting for setting in wanted if setting != running.get(setting.target))
    return settings, tuple(sorted(set(running) - {setting.target for setting in wanted}))


def recounted(case: Case, rulebook: Rulebook, now: datetime) -> list[Setting]:
    """The provisional deadlines still running as of `now` that another calendar puts elsewhere, durations unchanged."""
    found = []
    for deadline in case.deadlines:
        old = deadline.setting
        if deadline.verdict(now) != "running" or not old.provisional or old.target not in rulebook.targets:
            continue
        new = _setting(rulebook, old.target, old.cycle, old.from_at, (old.duration, old.rule))
        if (new.due_at, new.provisional) != (old.due_at, old.provisional):
            found.append(new)
    return found


def _setting(rulebook: Rulebook, name: str, cycle: int, start: datetime, demand: tuple[str, str]) -> Setting:
    duration, rule = demand
    target = rulebook.targets[name]
    calendar = rulebook.calendar
    due = calendar.add(start, parse_duration(duration))
    # Clock durations pass over holidays as over any day: no announcement can move them.
    counts_days = "w" in duration or duration.endswith("d")
    provisional = counts_days and calendar.provisional(start, due)
    return Setting(name, cycle, start, duration, due, target["until"], target["pauses"], provisional, rule)
