"""Telling: what customers and colleagues are to hear of an event, from the rulebook's templates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.cases.events.handling import CaseResponded
from afterservice_cli.deadlines import next_due
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.instants import to_local_text
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.rulebook.model import Rulebook, normal

CUSTOMER = "customer"
CHINESE = r"[\u3400-\u9fff\uf900-\ufaff]"
UNKNOWN = "–"


def write(case: Case, events: Iterable[Event], moment: Moment) -> list[MessageWritten]:
    """Return the messages that the rulebook wants of these events; `case` is as they leave it."""
    rulebook = moment.rulebook
    if not rulebook.messages:
        return []
    facts, seen = facts_of(case), normal(case.text())
    found = []
    for event in events:
        for template in rulebook.messages.values():
            if template.on != event.word or not holds(template.when, seen, facts):
                continue
            language = language_of(case, rulebook) if template.to == CUSTOMER else rulebook.language
            text = _filled(template.text[language], _values(case, event, moment, language))
            people = () if template.to == CUSTOMER else _receivers(case, event, rulebook, template.to)
            channel = _channel(case, event) if template.to == CUSTOMER else None
            found.append(MessageWritten(moment.at, template.id, template.to, people, channel, language, text))
    return found


def language_of(case: Case, rulebook: Rulebook) -> str:
    """Return `zh` if the customer writes Chinese, else `en`; the rulebook's language if there is no word."""
    text = case.text()
    if not re.search(r"[^\W\d_]", text):
        return rulebook.language
    return "zh" if re.search(CHINESE, text) else "en"


def _receivers(case: Case, event: Event, rulebook: Rulebook, role: str) -> tuple[str, ...]:
    """Return the person to whom a message for `role` goes: its first holder, or those whom a reopening names."""
    if isinstance(event, CaseReopened) and event.told and role == rulebook.closing.dissatisfied.tell:
        return event.told
    return rulebook.holders(role, case.value("owner"), case.person)[:1]


def _channel(case: Case, event: Event) -> str:
    """Return the channel of an answer: the one the case came in by, unless the contact took another."""
    return event.channel or case.channel if isinstance(event, CaseResponded) else case.channel


def _values(case: Case, event: Event, moment: Moment, language: str) -> dict[str, str]:
    rulebook, plan = moment.rulebook, case.plan
    due = next_due(case)

    def local(at: datetime | None) -> str:
        return to_local_text(at, rulebook.zone)[:16] if at else ""

    own: Mapping[str, Any] = {
        "case": case.number,
        "customer": case.customer,
        "description": case.description,
        "product": case.product,
        "category": rulebook.title("category", case.value("category"), language),
        "priority": rulebook.title("priority", case.value("priority"), language),
        "owner": rulebook.title("owner", case.value("owner"), language),
        "person": rulebook.title("person", case.person, language),
        "registered_at": local(case.registered_at),
        "due_at": local(due.spec.due_at) if due else "",
        "promised_at": local(case.promised_at),
        "text": event.said,
        "disposition": rulebook.title("disposition", plan.disposition, language) if plan else "",
        "amount": plan.amount if plan else "",
        "steps": _steps(case, rulebook, language),
        "channel": rulebook.title("channel", case.channel, language),
        "actor": rulebook.title("person", moment.person, language),
    }
    declared = {
        name: rulebook.title(name, {**case.fields, **case.details}.get(name), language) for name in rulebook.fields
    }
    return {name: value or UNKNOWN for name, value in {**declared, **own}.items()}


def _steps(case: Case, rulebook: Rulebook, language: str) -> str:
    if not case.plan or not case.plan.disposition:
        return ""
    entry = rulebook.dispositions.get(case.plan.disposition)
    titles = {name: step.title[language] for name, step in entry.steps.items()} if entry else {}
    titles |= case.plan.titles or {}
    return "、".join(titles[step.name] for step in case.plan.steps if step.name in titles)


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Return the template with its placeholders filled; braces in a customer's words are left as they are."""
    return re.sub(r"\{([^{}]*)\}", lambda found: values.get(found[1], found[0]), template)
