"""How a target becomes an instant for one case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import (
    PROMISED,
    SEVERAL,
    TASK,
    Appraisal,
    Assessment,
    DeadlineSpec,
    Plan,
    TaskSpec,
    summed,
)
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.dates import begin_of, over_at
from afterservice_cli.rulebook.earlier import earlier_facts
from afterservice_cli.rulebook.model import Allowance, Facts, Rulebook
from afterservice_cli.rulebook.phrases.seen import NOTHING
from afterservice_cli.rulebook.sections.targets import Target, TargetTime
from afterservice_cli.rulebook.sections.tasks import Part, TaskRules
from afterservice_cli.rulebook.vocabulary import ANY_PROBLEM, GIVE, PROMISE
from afterservice_cli.rulebook.windows import derived
from afterservice_cli.time.durations import Duration, parse_duration
from afterservice_cli.time.openings import Span
from afterservice_cli.time.worktime import Calendar

DATE = "field:"  # so begins what starts a clock with a date of the case


class Begins(Frozen):
    """Where a clock begins: in which cycle of a case, when, and with which event, by its word."""

    cycle: int
    at: datetime
    word: str


def allowed(rulebook: Rulebook, target: str, facts: Facts) -> Allowance | None:
    """Return how long a target gives a case with these facts; None if nothing demands it, or a date sets it.

    The first of its times whose condition the case meets comes before all that gives it a time elsewhere.
    """
    entry = rulebook.targets.get(target)
    if entry is None or entry.at or not holds(entry.when, NOTHING, facts):
        return None
    chosen = _chosen(entry.times, f"targets.{target}", target, facts)
    if chosen is None:
        return rulebook.allowance(target, facts)
    return chosen if chosen.calendar else chosen.but(calendar=rulebook.counted_by(target, facts))


def allowed_task(rulebook: Rulebook, task: TaskSpec, facts: Facts) -> Allowance | None:
    """Return how long a task may take in a case with these facts; None if nothing gives it a time.

    The first of its times whose condition the case meets comes before the one that it was opened with.
    """
    own = Allowance(task.target, task.within, f"{task.rule}.within") if task.within else None
    return _chosen(rulebook.times_at(task.rule), task.rule, task.target, facts) or own


def _chosen(times: Sequence[TargetTime], place: str, target: str, facts: Facts) -> Allowance | None:
    """Return the first of some times whose condition these facts meet; None if none fits."""
    for number, time in enumerate(times, 1):
        if holds(time.when, NOTHING, facts):
            return Allowance(target, time.within, f"{place}.times[{number}]", time.calendar or "")
    return None


def circumstances(case: Case, rulebook: Rulebook, plan: Plan | None = None) -> dict[str, str | None]:
    """Return what deadlines hang on, by name: whenever one of these facts changes, they are counted anew.

    `plan` is one that is only about to be proposed. What nobody knows yet is left out: no condition on it holds. What
    follows from the product and the dates counts if nobody has said otherwise.
    """
    checked, appraisal, plan = case.assessment or Assessment(), case.appraisal or Appraisal(), plan or case.plan
    warranty = checked.warranty if appraisal.warranty is None else appraisal.warranty
    found = {
        "owner": case.value("owner"),
        "cycle": str(case.cycle),
        "known": _yes_or_no(checked.known),
        "problem": _problems(case),
        "visit": checked.visit,
        "fault": appraisal.fault,
        "cause": appraisal.cause,
        "liability": SEVERAL.join(appraisal.liability) or None,
        "warranty": _yes_or_no(warranty),
        "disposition": plan.disposition if plan else None,
        **{f"{GIVE}{kind}": number for kind, number in _given(case, plan).items()},
    }
    own = case.facts()
    known = {name: value for name, value in found.items() if value is not None}
    return {**own, **derived(rulebook, own, case.registered_at), **earlier_facts(case.earlier), **known}


def _problems(case: Case) -> str | None:
    """Return the kinds of the problems to which a case belongs, and the word for any; None if to none."""
    return SEVERAL.join(dict.fromkeys(filter(None, (*case.problems.values(), ANY_PROBLEM)))) if case.problems else None


def _given(case: Case, plan: Plan | None) -> dict[str, str]:
    """Return what a plan gives together with what was given under earlier ones, in numbers by kind."""
    if plan is None:
        return {}
    earlier = [given.gives for version, given in case.given.items() if version != str(plan.version)]
    return {
        kind: summed([number, *(gives[kind] for gives in earlier if kind in gives)])
        for kind, number in plan.gives.items()
    }


def _yes_or_no(known: bool | None) -> str | None:
    return None if known is None else "yes" if known else "no"


def spec_of(
    rulebook: Rulebook,
    allowance: Allowance,
    begins: Begins,
    stops: Sequence[Span] = (),
    occurrence: int = 1,
) -> DeadlineSpec:
    """Return the deadline of a target that gives this time from where its clock begins."""
    duration, start = allowance.duration, begins.at
    target, calendar, length, until, rounds, days = _counting(rulebook, allowance)
    due = calendar.add(start, length, stops if target.pauses else ())
    provisional = days and calendar.provisional(start, due)
    warn_at = warned(target.warn, calendar, duration, start, due, None if stops else due)
    return DeadlineSpec(
        *(allowance.target, begins.cycle, start, duration, due, until, target.pauses, provisional),
        *(allowance.rule, begins.word, occurrence, warn_at, None, target.by or ""),
        *(target.counts, allowance.calendar, rounds),
    )


class _Counting(NamedTuple):
    """What counts the deadlines of a target that is given some time; `days` tells whether days off may move them."""

    target: Target
    calendar: Calendar
    length: Duration
    until: tuple[str, ...]
    rounds: bool
    days: bool


def _counting(rulebook: Rulebook, allowance: Allowance) -> _Counting:
    known: dict[tuple[str, str, str], _Counting] = rulebook.remembered.setdefault("counting", {})
    asked = allowance.target, allowance.duration, allowance.calendar
    found = known.get(asked)
    if found is None:
        target, calendar = rulebook.targets[allowance.target], rulebook.calendar_called(allowance.calendar)
        length, days = parse_duration(allowance.duration), _hangs_on_days(allowance.duration)
        found = known[asked] = _Counting(target, calendar, length, tuple(target.until), goes_round(target), days)
    return found


def fixed(
    rulebook: Rulebook, name: str, begins: Begins, due: datetime, called: str, occurrence: int = 1
) -> DeadlineSpec:
    """Return the deadline of a target that a date of the case sets, warned of by the calendar that is `called` so."""
    target, calendar = rulebook.targets[name], rulebook.calendar_called(called)
    return DeadlineSpec(
        *(name, begins.cycle, begins.at, "", due, tuple(target.until), False, False),
        *(f"targets.{name}.at", begins.word, occurrence),
        warned(target.warn, calendar, "", begins.at, due),
        by=target.by or "",
        counts=target.counts,
        calendar=called,
    )


def goes_round(target: Target) -> bool:
    """Tell whether what ends a target's clock begins it again."""
    return any(word in target.until for word in target.starts)


def date_of(rulebook: Rulebook, name: str, facts: Facts, promised_at: datetime | None) -> datetime | None:
    """Return when the date of a case is over that sets a target; None if there is none, or it is not demanded.

    A day alone is over at its close of business by the target's calendar, or at its end if that is closed.
    """
    target = rulebook.targets[name]
    if target.at is None or not holds(target.when, NOTHING, facts):
        return None
    if target.at == PROMISE:
        return promised_at
    return over_at(facts.get(_field(target.at)), rulebook.calendar_called(rulebook.counted_by(name, facts)))


def of_task(rulebook: Rulebook, old: DeadlineSpec, allowance: Allowance, stops: Sequence[Span]) -> DeadlineSpec:
    """Return the deadline of a task that may take this time from where its clock begins; pauses stop it, if they do."""
    calendar, length = rulebook.calendar_called(allowance.calendar), parse_duration(allowance.duration)
    due = calendar.add(old.from_at, length, stops if old.pauses else ())
    new = old.but(duration=allowance.duration, rule=allowance.rule, calendar=allowance.calendar)
    return put(rulebook, new, due)


def put(rulebook: Rulebook, old: DeadlineSpec, due: datetime) -> DeadlineSpec:
    """Return the spec with another due time, and the warning and provisional mark that go with it."""
    calendar = rulebook.calendar_called(old.calendar)
    later = old.rule != PROMISED and is_provisional(calendar, old.duration, old.from_at, due)
    warn_at = warned(_lead(rulebook, old), calendar, old.duration, old.from_at, due)
    return old.but(due_at=due, provisional=later, warn_at=warn_at)


def dated(rulebook: Rulebook, start: str, facts: Facts) -> datetime | None:
    """Return the time that `field:NAME` names in a case, or the beginning of the day; None if it names none.

    The field may have been text when the case was recorded: a value that is no date starts no clock.
    """
    return begin_of(facts.get(_field(start)), rulebook.zone) if start.startswith(DATE) else None


def _field(start: str) -> str:
    return start.removeprefix(DATE)


def _lead(rulebook: Rulebook, spec: DeadlineSpec) -> str | None:
    """Return how long ahead a deadline is warned of: by its target, or by the task whose it is."""
    if spec.target.startswith(TASK):
        entry = rulebook.task_rules(spec.rule)
        return entry.warn if isinstance(entry, TaskRules | Part) else None
    target = rulebook.targets.get(spec.target)
    return target.warn if target else None


def warned(
    lead: str | None,
    calendar: Calendar,
    duration: str,
    start: datetime,
    due: datetime,
    plain: datetime | None = None,
) -> datetime | None:
    """Return from when on a deadline is warned of: its lead before it is due, but not before its start.

    A lead in per cent is a share of the duration, in its unit; of days, a share of the (working) time they take
    without a pause: until `plain`, if that is known. None without a lead. Until a date it is a share of the time on
    the clock.
    """
    if lead is None:
        return None
    ahead = _ahead(lead, duration)
    if isinstance(ahead, int):
        whole = parse_duration(duration) if duration else None
        plain = due if whole is None else plain or calendar.add(start, whole)
        working = whole is not None and whole.unit == "wd"
        seconds = calendar.elapsed(start, plain) if working else int((plain - start).total_seconds())
        ahead = Duration(seconds * ahead // 100, "ws" if working else "s")
    return max(start, calendar.back(due, ahead))


@lru_cache(512)
def _ahead(lead: str, duration: str) -> Duration | int:
    """Return how long ahead a deadline is warned of, or in per cent if that hangs on the days; "" is until a date."""
    if not lead.endswith("%"):
        return parse_duration(lead)
    share = int(lead.removesuffix("%").strip())
    whole = parse_duration(duration) if duration else None
    if whole is None or whole.unit in ("d", "wd"):
        return share
    return Duration(int(whole.length.total_seconds()) * share // 100, "ws" if whole.unit.startswith("w") else "s")


def is_provisional(calendar: Calendar, duration: str, start: datetime, due: datetime) -> bool:
    """Tell whether days off that are still to be announced may move a deadline."""
    return _hangs_on_days(duration) and calendar.provisional(start, due)


def _hangs_on_days(duration: str) -> bool:
    # Clock durations pass over holidays as over any day: no announcement can move them.
    return "w" in duration or duration.endswith("d")
