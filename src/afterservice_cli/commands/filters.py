"""What a person asks of cases, by the options of `list` or by `--where`, made one value."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.decisions.checks import check_text
from afterservice_cli.errors import BadInput, nearest
from afterservice_cli.instants import parse_day, parse_month, to_text
from afterservice_cli.render.labels import label
from afterservice_cli.session import Session
from afterservice_cli.store.filters import SORTS, Filter

WORDS = {"status": STATUSES, "stage": STAGES}
FLAGS = ("overdue", "unclassified", "mine")


def wanted(session: Session, given: Mapping[str, str | bool | None], where: Sequence[str] | None = None) -> Filter:
    """The filter that options of `list` and words of `--where` ask for together; `BadInput` names what is wrong."""
    asked = {name: value for name, value in given.items() if value not in (None, False)}
    for name, value in _pairs(where or ()):
        if name in asked:
            raise BadInput(f"{name} is asked for twice – leave one of them out")
        asked[name] = value
    fields: dict[str, Any] = {}
    for name, value in asked.items():
        for field, read in READERS[name](session, name, str(value)).items():
            # A month and a day may both bound the period: all of it holds.
            narrower = {"since": max, "until": min}.get(field)
            fields[field] = narrower(fields[field], read) if narrower and field in fields else read
    if fields.get("since", "") >= fields.get("until", "~"):
        raise BadInput("no day lies in this period – --to is the first day after it")
    return Filter(**fields)


def ordered(session: Session, filter: Filter, sort: str, *, reverse: bool, limit: int | None) -> Filter:
    """The filter with the order in which cases are wanted, and how many."""
    if sort not in SORTS:
        raise BadInput(f"unknown order '{sort[:40]}' – write {nearest(sort, SORTS)}")
    return filter.but(sort=sort, reverse=reverse, limit=limit, ranks=tuple(session.rulebook.priorities))


def month_bounds(session: Session, month: str) -> tuple[datetime, datetime]:
    """The UTC instants between which a month lies at the desk."""
    try:
        return parse_month(month, now=session.desk.now, zone=session.rulebook.zone)
    except ValueError as error:
        raise BadInput(f"--month: {error}") from None


def _pairs(where: Sequence[str]) -> Sequence[tuple[str, str | bool]]:
    """Names and values of `--where`; what is no name may be a customer's word, and is not repeated."""
    pairs: list[tuple[str, str | bool]] = []
    for text in where:
        name, given, value = text.partition("=")
        if name not in READERS:
            raise BadInput(
                f"--where: there is no such filter – write {nearest(name, tuple(READERS))}",
                hint="they have the names of the options of afterservice list",
            )
        if name in FLAGS and given:
            raise BadInput(f"--where: {name} takes no value – write --where {name}")
        if name not in FLAGS and not given:
            raise BadInput(f"--where: {name} needs its value – write --where {name}=…")
        if name in dict(pairs):
            raise BadInput(f"{name} is asked for twice – leave one of them out")
        pairs.append((name, True if name in FLAGS else value))
    return pairs


# --- how each filter's value is read ----------------------------------------------------------------------------

Read = Mapping[str, Any]


def _word(session: Session, name: str, value: str) -> Read:
    named = {label(word, language): word for language in ("zh", "en") for word in WORDS[name]}
    labels = session.rulebook.labels
    named |= {title: word for word in WORDS[name] if word in labels for title in labels[word].values()}
    word = named.get(value, value.lower())
    if word not in WORDS[name]:
        raise BadInput(f"unknown {name} '{value[:40]}' – write {nearest(word, WORDS[name])}")
    return {name: word}


def _known(session: Session, name: str, value: str) -> Read:
    return {name: session.rulebook.known(name, value)}


def _mine(session: Session, name: str, _: str) -> Read:
    """The cases of whoever asks, by the name that the rulebook has for them."""
    rulebook = session.rulebook
    person = rulebook.person_of(session.actor)
    if person not in rulebook.people:
        raise BadInput(
            f"the rulebook names no person '{person[:40]}', so nothing is theirs",
            hint="add them under `owners:` or `people:`, or say who you are: --as NAME",
        )
    return {name: (person, *rulebook.teams_of(person))}


def _category(session: Session, name: str, value: str) -> Read:
    """An inner category stands for all below it."""
    return {name: value} if value in session.rulebook.categories else _known(session, name, value)


def _text(_: Session, name: str, value: str) -> Read:
    text = check_text(value, f"--{name}")
    if not text:
        raise BadInput(f"--{name} is empty – write what to look for")
    return {name: text}


def _day(session: Session, name: str, value: str) -> Read:
    try:
        day = parse_day(value, now=session.desk.now, zone=session.rulebook.zone)
    except ValueError as error:
        raise BadInput(f"--{name}: {error}") from None
    return {{"from": "since", "to": "until"}[name]: to_text(day)}


def _month(session: Session, _: str, value: str) -> Read:
    begin, end = month_bounds(session, value)
    return {"since": to_text(begin), "until": to_text(end)}


def _overdue(session: Session, name: str, _: str) -> Read:
    return {name: to_text(session.desk.now)}


def _flag(_: Session, name: str, __: str) -> Read:
    return {name: True}


# The names are those of the options of `list`.
READERS: Mapping[str, Callable[[Session, str, str], Read]] = {
    "status": _word,
    "stage": _word,
    "owner": _known,
    "person": _known,
    "mine": _mine,
    "category": _category,
    "priority": _known,
    "channel": _known,
    "kind": _known,
    "month": _month,
    "from": _day,
    "to": _day,
    "overdue": _overdue,
    "unclassified": _flag,
    "customer": _text,
    "product": _text,
    "find": _text,
}
