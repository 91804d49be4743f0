"""The course of cases as programs for process mining take it: a trace a case, of steps that still count."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

from afterservice_cli.cases.case import Case, Event, Recorded
from afterservice_cli.cases.events.intake import CaseLinked, CaseMerged
from afterservice_cli.cases.events.problems import CaseGathered
from afterservice_cli.cases.values import PLACED
from afterservice_cli.frozen import Frozen

Fact = str | int | float | datetime

# Fields of events that say what stands in the trace, or what only the program reads.
_APART = (
    *("case", "series", "serial", "customer_id", "source", "roles", "at", "findings", "digest"),
    *("channel", "kind", "product"),  # of a registration: see CASE_ALONE
)
_OPEN = ("scores", "gives")  # of their fields, those of several values that are not personal
# What is told of every case beside the rulebook's fields, and what of it is personal.
FACTS = (
    *("status", "kind", "channel", "product", "category", "priority", "owner", "person", "customer_id"),
    *("registered_at", "cycles", "void_by"),
)
PERSONAL_FACTS = ("customer", "contact", "description", "source_number")
BETWEEN = ";"  # stands between several values of one


class Bond(Frozen):
    """What something has to do with: `kind` is case, customer, product, person, team or problem; `as_` is how."""

    kind: str
    id: str
    as_: str


class TraceStep(Frozen):
    """One event that counts: what it was, by whom, whose the case was then, and what it says."""

    seq: int
    word: str
    event: str  # the kind, by its name
    stage: str
    at: datetime
    recorded_at: datetime
    by: str
    team: str
    cycle: int
    facts: Mapping[str, Fact]
    bonds: tuple[Bond, ...]


class Trace(Frozen):
    """A case with its steps, the earliest first."""

    case: str
    facts: Mapping[str, Fact]
    steps: tuple[TraceStep, ...]
    bonds: tuple[Bond, ...]


def trace_of(case: Case, hidden: Collection[str] | None, person_of: Callable[[str], str]) -> Trace:
    """Return the trace of a case; what was taken back has no step, nor has the taking back.

    `hidden` are the fields that are left out since they are personal now; None tells what is personal, too.
    """
    team, cycle, steps = "", 1, []
    for recorded in case.standing:
        event = recorded.event
        team = next((finding.value for finding in event.findings if finding.field == "owner"), team)
        cycle += event.word == "reopened"
        if event.takes_back is None:
            steps.append(_step(recorded, person_of(recorded.actor), team, cycle, personal=hidden is None))
    bonds = [Bond("problem", problem, "part of") for problem in case.problems]
    bonds += [bond for step in steps for bond in step.bonds if bond.kind == "case"]
    bonds += [Bond("customer", case.customer_id, "of")] if case.customer_id else []
    bonds += [Bond("product", case.product, "about")] if case.product else []
    steps.sort(key=lambda step: (step.at, step.seq))
    return Trace(case.number, dict(_facts_of(case, hidden)), tuple(steps), tuple(dict.fromkeys(bonds)))


def _step(recorded: Recorded, by: str, team: str, cycle: int, *, personal: bool) -> TraceStep:
    event = recorded.event
    bonds = [Bond("person", by, "by"), *([Bond("team", team, "of")] if team else [])]
    if isinstance(event, CaseGathered):
        bonds.append(Bond("problem", event.problem, "part of"))
    if isinstance(event, CaseLinked):
        bonds.append(Bond("case", event.other, event.relation))
    if isinstance(event, CaseMerged):
        bonds.append(Bond("case", event.into, "merged into"))
    what = (recorded.seq, event.word, type(event).__name__, event.STAGE, event.at, recorded.recorded_at)
    return TraceStep(*what, by, team, cycle, dict(_facts(event, personal=personal)), tuple(bonds))


def _facts(event: Event, *, personal: bool) -> Iterator[tuple[str, Fact]]:
    """Yield what an event says, by the names of its fields; of personal ones only if that is wanted."""
    for name in event.__fields__:
        if name in _APART and not (name == "channel" and event.WORD != "registered"):
            continue
        if name in event.PERSONAL and not personal:
            continue
        value = getattr(event, name)
        if name == "facts":
            yield from _told("amended", tuple(value))  # which, not what: they may be personal by now
        yield from _told(name, value, several=name in _OPEN or name in event.PERSONAL)
    for finding in event.findings:
        if finding.field in PLACED:
            yield finding.field, finding.value


def _told(name: str, value: object, *, several: bool = False) -> Iterator[tuple[str, Fact]]:
    """Yield a value by its name if it is a single one; of several ones each, or all in one."""
    if isinstance(value, str | int | float | datetime):
        if value != "":
            yield name, value
    elif isinstance(value, tuple) and value and all(isinstance(one, str) for one in value):
        yield name, BETWEEN.join(value)
    elif isinstance(value, Mapping) and several:
        for inner, one in value.items():
            yield from _told(f"{name}.{inner}", float(one) if name == "gives" else one)


def _facts_of(case: Case, hidden: Collection[str] | None) -> Iterator[tuple[str, Fact]]:
    own = {name: getattr(case, name) for name in FACTS if name in case.__fields__}
    own |= {name: case.value(name) for name in PLACED} | {"cycles": case.cycle}
    for name in FACTS:
        yield from _told(name, own[name])
    for name, value in case.fields.items():
        if name not in (hidden or ()):
            yield from _told(f"fields.{name}", value)
    if hidden is None:
        for name in PERSONAL_FACTS:
            yield from _told(name, getattr(case, name))
        yield from _told("fields", case.details, several=True)
