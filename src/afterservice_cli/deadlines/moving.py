"""What moves deadlines that stand: other facts, an event taken back, waiting, a promised day, another calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import PROMISED, Deadline, DeadlineSpec
from afterservice_cli.deadlines.specs import dated, put, spec_of
from afterservice_cli.deadlines.starting import begin, running_round
from afterservice_cli.durations import parse_duration
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Allowance, Facts, Rulebook

# New specs, and the targets that are no longer demanded.
Change = tuple[tuple[DeadlineSpec, ...], tuple[str, ...]]


def moved(case: Case, rulebook: Rulebook, facts: Facts, now: datetime) -> Change:
    """Return what changes in a case's deadlines if its facts become `facts`: new specs, and the targets dropped.

    A deadline changes only if the rulebook demands something else of the new facts than of the old ones: what an
    earlier rulebook has promised holds. It is counted from its original start, with the new duration and all pauses.
    A deadline that was answered, is void, or was put to a promised day stays as it is; a missed one stays missed,
    unless the date with which its clock began was wrong.
    """
    specs: list[DeadlineSpec] = []
    dropped = set[str]()
    for deadline in _of_targets(case, rulebook):
        old = deadline.spec
        redated = dated(rulebook, old.start, facts) != dated(rulebook, old.start, case.facts())
        start = dated(rulebook, old.start, facts) if redated else old.from_at
        if deadline.verdict(now) == "missed" and not redated:
            continue
        new = _anew(case, rulebook, old, start, case.facts(), facts)
        dropped |= {old.target} if new is None else set()
        specs += [new] if new and new != old else []
    return (*specs, *_brought(case, rulebook, case.facts(), facts)), tuple(sorted(dropped))


def _of_targets(case: Case, rulebook: Rulebook) -> Iterator[Deadline]:
    """Yield the open deadlines of this cycle that targets of the rulebook set, but none put to a promised day."""
    for deadline in case.deadlines:
        spec = deadline.spec
        here = spec.cycle == case.cycle and spec.target in rulebook.targets
        if here and deadline.unanswered and spec.rule != PROMISED:
            yield deadline


def _anew(
    case: Case, rulebook: Rulebook, old: DeadlineSpec, start: datetime | None, was: Facts, facts: Facts
) -> DeadlineSpec | None:
    """Return the deadline as it is from `start` on under the new `facts`; None if nothing demands it any more."""
    before, now = rulebook.allowance(old.target, was), rulebook.allowance(old.target, facts)
    if start is None or (now is None and before is not None):
        return None
    if now is None or (now == before and start == old.from_at):
        return old
    return spec_of(rulebook, now, old.cycle, start, case.stops, old.occurrence)


def _brought(case: Case, rulebook: Rulebook, was: Facts, facts: Facts) -> Iterator[DeadlineSpec]:
    """Yield the deadlines that the case lacks: its new facts alone demand them, or give the date they begin with."""
    here = [deadline for deadline in case.deadlines if deadline.spec.cycle == case.cycle]
    has = {deadline.spec.target for deadline in here if deadline.outcome != "void"}
    for new in begin(rulebook, case.first_at, facts, case.cycle, case.stops):
        name = new.target
        redated = dated(rulebook, new.start, was) != dated(rulebook, new.start, facts)
        if rulebook.allowance(name, was) is not None and not redated:
            continue
        if rulebook.targets[name].repeats:
            yield from running_round(case, Allowance(name, new.duration, new.rule), rulebook)
        elif name not in has:
            yield new


def resumed(case: Case, moment: Moment) -> tuple[DeadlineSpec, ...]:
    """Return the new specs of the stopped deadlines if the pause of the case ends at `moment.at`.

    Each deadline is counted by the calendar of the rulebook that set it.
    """
    at = moment.at
    pause = case.pause
    assert pause is not None
    stops = (*case.stops, (pause.from_at, at))
    specs = []
    for deadline in case.deadlines:
        old = deadline.spec
        if not deadline.unanswered or deadline.paused_at is None or deadline.paused_at >= old.due_at:
            continue
        if old.rule == PROMISED:
            due = old.due_at + max(at - deadline.paused_at, at - at)
        else:
            due = moment.rulebook_of(deadline).calendar.add(old.from_at, parse_duration(old.duration), stops)
        specs += [put(moment.rulebook_of(deadline), old, due)] if due != old.due_at else []
    return tuple(specs)


def delayed(case: Case, at: datetime, to: datetime, rulebook: Rulebook) -> tuple[DeadlineSpec, ...]:
    """Return the deadlines that a delay announced at `at` puts to the promised day `to`, of targets that allow it."""
    return tuple(
        put(rulebook, deadline.spec, to).but(rule=PROMISED, provisional=False)
        for deadline in case.deadlines
        if deadline.verdict(at) in ("running", "paused")
        and deadline.spec.cycle == case.cycle
        and rulebook.allows_delays(deadline.spec.target)
        and deadline.spec.due_at < to
    )


def recounted(case: Case, moment: Moment) -> list[DeadlineSpec]:
    """Return the running provisional deadlines that fall due at another time by the calendar in force.

    One is counted anew, with its duration, only if that calendar has other holidays than the one it was counted by.
    """
    rulebook, now = moment.rulebook, moment.now
    found = []
    for deadline in case.deadlines:
        old = deadline.spec
        if not old.provisional or deadline.verdict(now) not in ("running", "paused"):
            continue
        if old.target not in rulebook.targets and ":" not in old.target:
            continue
        if moment.rulebook_of(deadline).calendar_rules.holidays == rulebook.calendar_rules.holidays:
            continue
        stops = case.stops if old.pauses else ()
        due = rulebook.calendar.add(old.from_at, parse_duration(old.duration), stops)
        new = put(rulebook, old, due)
        if new != old:
            found.append(new)
    return found
