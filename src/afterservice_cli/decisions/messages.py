"""Telling: what customers and colleagues are to hear of an event, from the rulebook's templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.cases.events.handling import CaseEscalated, CaseResponded
from afterservice_cli.cases.events.intake import CaseRegistered, FileAttached
from afterservice_cli.cases.events.problems import CaseGathered
from afterservice_cli.cases.events.triage import CaseAcknowledged
from afterservice_cli.cases.values import TASK, Appraisal, Plan
from afterservice_cli.deadlines import next_due
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.errors import BadInput
from afterservice_cli.language import listed, tr
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.given import paid_text
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.rulebook.sections.messages import Message
from afterservice_cli.rulebook.values import value_text
from afterservice_cli.rulebook.vocabulary import HEAD_OF, OWNER_ROLES, PART, PLACEHOLDER, TOLD
from afterservice_cli.time.instants import to_minute_text

CUSTOMER = "customer"
TASK_OF = "task"  # whoever has to do the tasks that the events are about
CHINESE = r"[\u3400-\u9fff\uf900-\ufaff]"
UNKNOWN = "–"
# Signs of a template that may follow what somebody said: what ends a sentence, and what goes on with it.
ENDS, PAUSES = "。.", "，；、"
SENTENCE_ENDS = ("。", ".", "！", "!", "？", "?", "…")


def write(case: Case, events: Iterable[Event], moment: Moment) -> list[MessageWritten]:
    """Return the messages that the rulebook wants of these events; `case` is as they leave it.

    Events that one template tells of make one message for each receiver. Raises `BadInput` if a way is named and
    the customer is told nothing.
    """
    events = tuple(events)
    found = _wanted(case, events, moment) if moment.rulebook.messages else []
    if moment.via and events and all(message.to != CUSTOMER for message in found):
        raise BadInput(tr("the rulebook has no message to the customer for this – leave --via out, or add one"))
    return found


def _wanted(case: Case, events: Sequence[Event], moment: Moment) -> list[MessageWritten]:
    """Return what every template has to say of these events, in the order of the events."""
    rulebook = moment.rulebook
    facts, seen = facts_of(case, rulebook), read(rulebook, case.text())
    named = [(event, _words(case, event)) for event in events]
    found: list[tuple[int, MessageWritten]] = []
    for template in rulebook.messages.values():
        told = [event for event, words in named if words & set(template.on)]
        if told and holds(template.when, seen, facts):
            first = next(index for index, (event, _) in enumerate(named) if event is told[0])
            found += ((first, message) for message in _messages(template, told, case, moment))
    return [message for _, message in sorted(found, key=lambda entry: entry[0])]


def language_of(case: Case, rulebook: Rulebook) -> str:
    """Return `zh` if the customer writes Chinese, else `en`; the rulebook's language if there is no word."""
    text = case.text()
    if not re.search(r"[^\W\d_]", text):
        return rulebook.language
    return "zh" if re.search(CHINESE, text) else "en"


def _words(case: Case, event: Event) -> set[str]:
    """Return the words by which a template names an event: its own, and `assigned` if it gives the case away."""
    if isinstance(event, CaseRegistered):
        return {event.word}
    handed_on = isinstance(event, CaseEscalated | CaseReopened) and event.person is not None
    return {event.word, *(["assigned"] if handed_on or _moves(case, event) else [])}


def _moves(case: Case, event: Event) -> bool:
    """Tell whether an event of the case gave it another owner than the one before."""
    owner = None
    for recorded in case.standing:
        for finding in recorded.event.findings:
            if finding.field == "owner":
                if recorded.event == event:
                    return finding.value != owner
                owner = finding.value
    return False


def _messages(template: Message, events: Sequence[Event], case: Case, moment: Moment) -> Iterator[MessageWritten]:
    """Yield what a template says of events, once for each receiver; nothing if it has nothing to say."""
    rulebook, told = moment.rulebook, set[str]()
    for to in template.to:
        outside = to == CUSTOMER
        language = language_of(case, rulebook) if outside else rulebook.language
        text = _filled(template.text[language], _values(case, events, moment, language, outside=outside))
        people = () if outside else _receivers(case, rulebook, to, events)
        left = tuple(person for person in people if person not in told)
        # A team or role without people is named itself.
        if text.strip() and (left or (not people and to not in ("collaborators", TASK_OF, TOLD))):
            channel = _way(case, events, moment) if outside else None
            yield MessageWritten(moment.at, template.id, to, left, channel, language, text)
        told.update(left)


def _receivers(case: Case, rulebook: Rulebook, to: str, events: Sequence[Event]) -> tuple[str, ...]:
    """Return the people to whom a message goes: everybody of a role or a team, the head if it is the owner's.

    To `task` are those whose tasks the events open, or whose task was missed; to `told` those whom a consequence tells.
    """
    if to == TOLD:
        return _told(events)
    if to == TASK_OF:
        names = {spec.name: spec.by for event in events for spec in event.tasks}
        missed = [event.target for event in events if isinstance(event, CaseEscalated)]
        names |= {task.spec.name: task.spec.by for task in case.tasks if task.spec.target in missed}
        owner = case.value("owner")
        held = (person for by in names.values() for person in rulebook.holders(by or owner, owner, case.person))
        return tuple(dict.fromkeys(held))
    if to == "collaborators":
        heads = (rulebook.holders(team, team)[:1] for team in case.collaborators)
        return tuple(dict.fromkeys(person for head in heads for person in head))
    people = rulebook.holders(to, case.value("owner"), case.person)
    return people[:1] if to in OWNER_ROLES or to.startswith(HEAD_OF) else people


def _told(events: Sequence[Event]) -> tuple[str, ...]:
    """Return the people whom the consequences of events tell, each once."""
    some = (event.told for event in events if isinstance(event, CaseEscalated | CaseReopened))
    return tuple(dict.fromkeys(person for people in some for person in people))


def way_to(case: Case, rulebook: Rulebook, named: str | None = None) -> str:
    """Return the way in which the customer is told: one that is named by id or label, else the one they prefer.

    Without either it is the channel that the case came by.
    """
    if named:
        return rulebook.known("way of telling" if rulebook.telling.prefer else "channel", named)
    preferred = case.facts().get(rulebook.telling.prefer or "")
    return preferred or case.channel


def _way(case: Case, events: Sequence[Event], moment: Moment) -> str:
    """Return the way of an answer: the one that a contact took, else the one that is named, else the customer's."""
    taken = [event.channel for event in events if isinstance(event, CaseAcknowledged | CaseResponded)]
    return next(filter(None, taken), None) or way_to(case, moment.rulebook, moment.via)


def _values(
    case: Case, events: Sequence[Event], moment: Moment, language: str, *, outside: bool
) -> Mapping[str, str | None]:
    """Return what placeholders stand for, nothing for what nobody knows; outside, no time ahead has passed."""
    rulebook, due = moment.rulebook, next_due(case)
    running = [
        deadline.spec for deadline in case.deadlines if deadline.unanswered and deadline.spec.cycle == case.cycle
    ]
    running.sort(key=lambda spec: not spec.target.startswith(TASK))  # a target comes before a task of its name
    ahead = {
        "due_at": due.spec.due_at if due else None,
        "promised_at": case.promised_at,
        **{f"due:{spec.target.removeprefix(TASK)}": spec.due_at for spec in running},
    }
    known = {name: at for name, at in ahead.items() if at and not (outside and at <= moment.now)}
    times = {name: to_minute_text(at, rulebook.zone) for name, at in known.items()}
    facts = case.facts()
    return {
        **dict.fromkeys((*ahead, *(f"due:{name}" for name in (*rulebook.targets, *rulebook.every_task))), ""),
        **{name: value_text(rulebook, name, facts.get(name), language) for name in rulebook.fields},
        **_found(case, rulebook, language),
        **times,
        "case": case.number,
        "customer": case.customer,
        "description": case.description,
        "product": case.product,
        "category": rulebook.title("category", case.value("category"), language),
        "priority": rulebook.title("priority", case.value("priority"), language),
        "owner": rulebook.title("owner", case.value("owner"), language),
        "person": rulebook.title("person", case.person, language),
        "registered_at": to_minute_text(case.registered_at, rulebook.zone),
        "text": "\n".join(dict.fromkeys(event.said for event in events if event.said)),
        "problem": listed(_problems(case, events), language),
        "files": listed(_files(case), language),
        "channel": rulebook.title("channel", case.channel, language),
        "actor": rulebook.title("person", moment.person, language),
    }


def _found(case: Case, rulebook: Rulebook, language: str) -> Mapping[str, str | None]:
    """Return what placeholders say of the appraisal and the plan."""
    plan, appraisal = case.plan, case.appraisal or Appraisal()
    said = {"fault": appraisal.fault, "cause": appraisal.cause}
    said["disposition"] = plan.disposition if plan else None
    titles = {name: rulebook.title(name, value, language) for name, value in said.items()}
    titles["liability"] = value_text(rulebook, "liability", appraisal.liability, language)
    if plan is None:
        return {**titles, "gives": "", "pays": "", "plan": "", "tasks": ""}
    return {
        **titles,
        "gives": paid_text(rulebook, plan.gives, language, by_customer=False),
        "pays": paid_text(rulebook, plan.gives, language, by_customer=True),
        "plan": plan.text,
        "tasks": listed(_tasks(plan, rulebook, language), language),
    }


def _tasks(plan: Plan, rulebook: Rulebook, language: str) -> Iterator[str]:
    """Yield what the tasks of a plan are called."""
    entry = rulebook.dispositions.get(plan.disposition or "")
    titles = {name: task.title[language] for name, task in entry.tasks.items()} if entry else {}
    titles |= plan.titles or {}
    yield from (titles[task.name] for task in plan.tasks if task.name in titles)


def _problems(case: Case, events: Sequence[Event]) -> Iterable[str]:
    """Return the problems that the events are about, else all to which the case belongs."""
    return [event.problem for event in events if isinstance(event, CaseGathered)] or case.problems


def _files(case: Case) -> Iterator[str]:
    """Yield what the files of the case are called."""
    for recorded in case.standing:
        if isinstance(recorded.event, FileAttached) and recorded.event.file:
            yield recorded.event.file


def _filled(template: str, values: Mapping[str, str | None]) -> str:
    """Return the template with its placeholders filled, without the parts in `[[…]]` in which one has nothing.

    Braces in a customer's words are left as they are.
    """

    def part(found: re.Match[str]) -> str:
        names = re.findall(PLACEHOLDER, found[1])
        return found[1] if all(values.get(name, name) for name in names) else ""

    def filled(found: re.Match[str]) -> str:
        return _before(values.get(found[1], found[0]) or UNKNOWN, found[2])

    return re.sub(f"{PLACEHOLDER}([{ENDS}{PAUSES}]?)", filled, re.sub(PART, part, template))


def _before(words: str, sign: str) -> str:
    """Return words with the sign that follows them in a template, unless they end with one that does as well."""
    said = words.rstrip()
    if sign and sign in ENDS and said.endswith(SENTENCE_ENDS):
        return said
    return f"{said.removesuffix('。')}{sign}" if sign and sign in PAUSES else f"{words}{sign}"
