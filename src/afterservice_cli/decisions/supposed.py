"""A past case along its real course, had it been decided by another rulebook; nothing of it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event, Recorded, standing
from afterservice_cli.cases.events.general import CaseAmended, DeadlineMoved, EventRetracted
from afterservice_cli.cases.events.handling import CustomerReplied
from afterservice_cli.cases.events.intake import CaseRegistered
from afterservice_cli.cases.events.triage import CaseAssigned, CaseClassified
from afterservice_cli.cases.values import PLACED, TASK, By, Finding, as_fact, as_facts
from afterservice_cli.decisions.facts import placing_facts
from afterservice_cli.decisions.intake import Draft, placed, present
from afterservice_cli.decisions.triage import BY_HAND, placing
from afterservice_cli.frozen import Frozen
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.matching import find_owner
from afterservice_cli.rulebook.model import Rulebook

RULES = ("rule", "default")  # what gave a value if the rulebook did
# Sections by which a case is decided on or shown, and no deadline is counted.
_WORDED = frozenset(("hash", "name", "called", "about", "words", "reading", "assignment", "labels", "views", "reports"))


class Supposed(Frozen):
    """A case as another rulebook would have had it, and what that would have said by itself."""

    case: Case
    said: dict[str, Finding]


def supposed(case: Case, rulebook: Rulebook, alike: Callable[[str], bool]) -> Supposed:
    """Return a case as it would be if `rulebook` had decided it from the beginning.

    What people and files said, and everything that happened, stays as it was. A raised priority stays raised: whether
    the deadline would have been missed for which it was raised is another question. `alike` tells of a rulebook, by its
    hash, whether it counts deadlines as this one does: a case of such rulebooks alone, on which this one decides as
    they did, is as it was.
    """
    first, *rest = standing(case.events)
    assert isinstance(first.event, CaseRegistered)
    event = _registered(first.event, rulebook)
    if _same(first.event, event) and not any(map(_counts_anew, case.events)) and _all_alike(case, alike):
        return Supposed(case, said_by_rules((event, *(recorded.event for recorded in rest))))
    case, decided = event.begin(rulebook.hash).but(events=(first.but(event=event),)), list[Event]([event])
    for recorded in rest:
        if isinstance(recorded.event, EventRetracted):
            continue
        for each in _decided(case, recorded, rulebook):
            happened = recorded.but(event=each)
            after = deadlines.after(case, happened, rulebook, lambda _: rulebook)
            case = after.but(events=(*case.events, happened))  # what was found before is asked of them
            decided.append(each)
    return Supposed(case, said_by_rules(decided))


def counts_as(rulebook: Rulebook, other: Rulebook) -> bool:
    """Tell whether two rulebooks surely count alike the deadlines of a case on which they decide alike."""
    return _counting(rulebook) == _counting(other)


def _counting(rulebook: Rulebook) -> Mapping[str, object]:
    """Return the sections of a rulebook in their order, without the words and conditions that decide on a case."""
    intake = rulebook.intake
    without = {
        "categories": {name: each.but(match=(), unless=(), when=()) for name, each in rulebook.categories.items()},
        "priorities": {name: each.but(when=()) for name, each in rulebook.priorities.items()},
        "kinds": {name: each.but(match=(), unless=(), when=()) for name, each in rulebook.kinds.items()},
        "fields": {
            name: field.but(values={key: value.but(match=(), unless=()) for key, value in field.values.items()})
            for name, field in rulebook.fields.items()
        },
        "intake": intake.but(
            invalid={name: ground.but(match=()) for name, ground in intake.invalid.items()},
            vague=intake.vague and intake.vague.but(match=()),
        ),
    }
    sections = {name: each for name, each in rulebook.plain().items() if name not in _WORDED} | without
    return {name: tuple(each.items()) if isinstance(each, Mapping) else each for name, each in sections.items()}


def _same(event: CaseRegistered, other: CaseRegistered) -> bool:
    """Tell whether two registrations are the same but for the words that led to the values."""
    values, others = ({found.field: found.value for found in each.findings} for each in (event, other))
    return values == others and event.but(findings=()) == other.but(findings=())


def _counts_anew(recorded: Recorded) -> bool:
    """Tell whether an event may be decided otherwise by another rulebook, or has moved deadlines by itself."""
    anew = (CaseClassified, CaseAssigned, CustomerReplied, DeadlineMoved, EventRetracted)
    return isinstance(recorded.event, anew)


def _all_alike(case: Case, alike: Callable[[str], bool]) -> bool:
    return all(map(alike, {recorded.rulebook for recorded in case.events}))


def said_by_rules(events: Iterable[Event]) -> dict[str, Finding]:
    """Return what the rules gave each field last, before anybody or anything else decided on the case."""
    said: dict[str, Finding] = {}
    for number, event in enumerate(events):
        if number and any(finding.by not in RULES for finding in event.findings):
            break
        said |= {finding.field: finding for finding in event.findings if finding.by in RULES}
    return said


def said_by_people(events: Iterable[Event]) -> dict[str, str]:
    """Return what people gave fields last, by name, after the case had come in; "" for a field that they emptied."""
    said: dict[str, str] = {}
    for number, event in enumerate(events):
        if not number:
            continue
        said |= {finding.field: finding.value for finding in event.findings if finding.by == "person"}
        if isinstance(event, CaseAmended) and event.source is None:
            facts = {**event.facts, **(event.private or {})}
            said |= {name: as_fact(value or "") for name, value in facts.items()}
    return said


def _registered(event: CaseRegistered, rulebook: Rulebook) -> CaseRegistered:
    """Return the registration as the rulebook would have decided it; what was given by hand or by a file stands."""
    given = {f.field: f for f in event.findings if f.by in BY_HAND and f.field in PLACED}
    own = {"channel": event.channel, "kind": event.kind, "product": event.product}
    who = {"customer": event.customer, "contact": event.contact, "description": event.description}
    facts = {**as_facts(event.fields), **as_facts(event.details or {}), **present({**own, **who})}
    draft = Draft({}, person=event.person if "owner" in given else None, earlier=event.earlier)
    found = placed(rulebook, given, facts, event.at, draft)
    tasks = [spec for spec in event.deadlines if spec.target.startswith(TASK)]
    return event.but(
        findings=found.findings,
        collaborators=found.collaborators,
        deadlines=(*found.deadlines, *tasks),
        person=found.person,
    )


def _decided(case: Case, recorded: Recorded, rulebook: Rulebook) -> Iterator[Event]:
    """Yield the event with what the rulebook would have decided in it, and what it decides anew with it."""
    event = recorded.event
    # Its `now` decides nothing: the deadlines are counted when the event is put to the case.
    moment = Moment(event.at, event.at, recorded.actor, rulebook, lambda _: rulebook)
    match event:
        case CaseClassified():
            yield _classified(case, event, moment)
        case CaseAssigned(findings=findings) if any(finding.by in RULES for finding in findings):
            facts = placing_facts(case, rulebook)
            owner, _ = find_owner(rulebook, case.text(), facts)
            yield event.but(findings=tuple(owner if finding.by in RULES else finding for finding in findings))
        case CustomerReplied() if case.screened == "vague":
            yield event
            text = case.but(replies=(*case.replies, event.text or ""))
            yield from placing(text, moment)
        case _:
            yield event


def _classified(case: Case, event: CaseClassified, moment: Moment) -> Event:
    """Return a classification with what the rules give beside what somebody gave by hand."""
    rulebook = moment.rulebook
    given = {finding.field: finding for finding in event.findings if finding.by not in RULES}
    if any(found.field in ("category", "priority") and not _knows(rulebook, found) for found in given.values()):
        return event.but(findings=tuple(given.values()), collaborators=None)
    category, priority = (given[name].value if name in given else None for name in ("category", "priority"))
    by: By = next((finding.by for finding in given.values()), "person")
    for anew in placing(case, moment, category=category, priority=priority, by=by):
        assert isinstance(anew, CaseClassified)
        return event.but(findings=anew.findings, collaborators=anew.collaborators, person=anew.person)
    return event.but(findings=(), collaborators=None, person=None)


def _knows(rulebook: Rulebook, finding: Finding) -> bool:
    """Tell whether the rulebook has a name for the value of a finding."""
    return finding.value in (rulebook.leaves() if finding.field == "category" else rulebook.priorities)
