"""What reports tell of a case, as rows that need no other table: each fact with its time, marks and measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from afterservice_cli.canonical import canonical
from afterservice_cli.cases.answers import answer_of, is_late
from afterservice_cli.cases.case import Case, Recorded
from afterservice_cli.cases.values import Deadline
from afterservice_cli.digests import sha256
from afterservice_cli.language import sentence
from afterservice_cli.time.instants import to_seconds

FOREVER = 253_402_300_799  # the end of what has none, in seconds since 1970

SAYS = {
    "what": sentence("what kind of fact it is, as a number"),
    "at": sentence("when it happened, or falls into a report, in seconds since 1970"),
    "place": sentence("its place among those of its case"),
    "marks": sentence("which conditions of reports hold, a bit each"),
    "part": sentence("what reports tell it apart by, as a number of parts"),
    "since": sentence("the other end of what is measured, in seconds since 1970"),
    "number": sentence("seconds that the case waited, or was late, or the score, or hundredths of what was given"),
    "alike": sentence("the same for all cases of one customer and category, where the case came in"),
}

# The facts that are kept, each with the marks that it may have, a bit each, in this order.
MARKS: Mapping[str, tuple[str, ...]] = {
    "registered": ("unclassified",),
    "replies": (),
    "resolved": ("first", "final", "reopened", "first_contact"),
    "closed": ("unconfirmed", "rated"),
    "reopened": (),
    "withdrawn": (),
    "handed_over": (),
    "taken_out": ("invalid", "merged", "retracted", "missed"),
    "deadlines": ("met", "missed", "running", "paused", "judged", "told_late", "visit", "done"),
    "ratings": ("satisfied", "low"),
    "backlog": ("unclassified",),
    "given": (),
}
NUMBERS = {name: number for number, name in enumerate(MARKS, 1)}
_PLACES = {name: {mark: place for place, mark in enumerate(marks)} for name, marks in MARKS.items()}
# What is known in `part` of facts of a kind, beside the work of those resolved: what reports tell them apart by.
TRAITS: Mapping[str, tuple[str, ...]] = {
    "registered": ("area", "category", "kind", "priority", "channel", "owner", "person", "product"),
    "deadlines": ("target", "rule", "owner", "person", "priority", "area", "recorder"),
    "ratings": ("question",),
    "given": ("disposition", "given"),
}
_VOID = {"screened": "invalid", "merged": "merged", "retracted": "retracted"}
_HANDS_OVER = ("assigned", "classified", "escalated", "reopened", "gathered")


# The part, the other end of what is measured, the number of a fact, and what its cases have alike.
Known = tuple[str | None, datetime | None, int | None, int | None]
NOTHING: Known = (None, None, None, None)


class Happened(NamedTuple):
    """An event that stands: its number, its cycle, its word, when it happened, whether the case changed hands by it."""

    seq: int
    cycle: int
    word: str
    at: datetime
    handed_over: bool


class Fact(NamedTuple):
    """A fact as a row: `since` is the other end of what is measured, `number` waited or late, a score, hundredths.

    `alike` is the same for all cases of one customer and category, None if nobody knows whose case it is.
    """

    what: int
    at: int
    first: int
    place: int
    marks: int
    part: str | None
    since: int | None
    number: int | None
    alike: int | None


def told_of(
    case: Case, course: Sequence[Happened], scores: Sequence[tuple[str, int, datetime]], work: str
) -> list[Fact]:
    """Return what reports tell of a case, in the order of the table.

    `scores` are the last ones of each cycle: the question, the score, when it was given. `work` is as the case has it.
    """
    return sorted(_told(case, sorted(course, key=_when), scores, work))  # by the table's key, which no two share


def _when(event: Happened) -> tuple[datetime, int]:
    return event.at, event.seq


def _told(
    case: Case, course: Sequence[Happened], scores: Sequence[tuple[str, int, datetime]], work: str
) -> Iterator[Fact]:
    if case.status == "void":
        yield from _taken_out(case, course)
        return
    category, priority, owner = case.value("category"), case.value("priority"), case.value("owner")
    area = (category or "").partition(".")[0]
    unclassified = _marked("registered", unclassified=not case.classified)
    answered = min((e.at for e in course if e.word == "responded" and e.cycle == 1), default=None)
    traits = _part(area, category, case.kind, priority, case.channel, owner, case.person, case.product)
    known = traits, answered, _waited(case, case.registered_at, answered), alike(case.customer_id, category)
    yield _fact(case, "registered", case.registered_at, 0, unclassified, known)
    for place, (begin, end) in enumerate(_open(case, course)):
        at = FOREVER if end is None else to_seconds(end)
        number = to_seconds(case.registered_at)
        yield Fact(NUMBERS["backlog"], at, case.first, place, unclassified, None, to_seconds(begin), number, None)
    if len(course) > 1:  # something has happened since it came in
        yield from _of_course(case, course, bool(scores), work)
        yield from _replies(case, course)
        yield from _given(case, course)
    for place, (question, score, given_at) in enumerate(sorted(scores)):
        marks = _marked("ratings", satisfied=score >= 4, low=score <= 2)
        yield _fact(case, "ratings", given_at, place, marks, (_part(question), None, score, None))
    for place, deadline in enumerate(case.deadlines):
        if deadline.spec.counts and deadline.outcome != "void":
            answer = answer_of(case, deadline)
            recorder = answer.actor if answer else None
            its = _part(deadline.spec.target, deadline.spec.rule, owner, case.person, priority, area, recorder)
            yield _judged(case, deadline, place, its, answer)


def _of_course(case: Case, course: Sequence[Happened], rated: bool, work: str) -> Iterator[Fact]:
    """Yield what the events of a case tell."""
    responses = [event for event in course if event.word == "responded"]
    resolved = [event for event in course if event.word == "resolved"]
    confirmed = {event.cycle for event in course if event.word == "confirmed"}
    for event in course:
        if event.word == "resolved":
            marks = _marked(
                "resolved",
                first=event is resolved[0],
                final=event.cycle == case.cycle and event is resolved[-1],
                reopened=case.cycle > event.cycle,
                first_contact=case.cycle == 1 and len(responses) <= 1 and bool(confirmed),
            )
            known = work, case.registered_at, _waited(case, case.registered_at, event.at), None
            yield _fact(case, "resolved", event.at, event.seq, marks, known)
        elif event.word == "closed":
            marks = _marked("closed", unconfirmed=event.cycle not in confirmed, rated=rated)
            yield _fact(case, "closed", event.at, event.seq, marks)
        elif event.word in ("reopened", "withdrawn"):
            yield _fact(case, event.word, event.at, event.seq)
        if event.handed_over and event.word in _HANDS_OVER:
            yield _fact(case, "handed_over", event.at, event.seq)


def _replies(case: Case, course: Sequence[Happened]) -> Iterator[Fact]:
    """Yield what the customer said; of several words without a response between them the first alone."""
    asked: Happened | None = None
    for event in course:
        if event.word == "replied":
            asked = asked or event
        elif event.word == "responded" and asked is not None:
            known = None, event.at, _waited(case, asked.at, event.at), None
            yield _fact(case, "replies", asked.at, asked.seq, 0, known)
            asked = None
    if asked is not None:
        yield _fact(case, "replies", asked.at, asked.seq)


def _given(case: Case, course: Sequence[Happened]) -> Iterator[Fact]:
    """Yield what was given with a case that is resolved for good, in all versions of its plan."""
    resolved = [event for event in course if event.word == "resolved"]
    if not resolved or resolved[-1].cycle != case.cycle:
        return
    amounts = [(given.disposition, *one) for given in case.amounts.values() for one in given.gives.items()]
    at = resolved[-1].at
    for place, (disposition, kind, number) in enumerate(amounts):
        yield _fact(case, "given", at, place, 0, (_part(disposition, kind), None, _hundredths(number), None))


def _hundredths(number: str) -> int:
    whole, _, part = number.partition(".")
    return int(whole + f"{part:0<2}")


def _taken_out(case: Case, course: Sequence[Happened]) -> Iterator[Fact]:
    """Yield when a case that is none was taken out."""
    out = max((event.at for event in course if event.word == case.void_by), default=None)
    if out is not None:
        # Whatever was due before it went, and had not been answered by then.
        missed = any(
            d.spec.counts
            and d.spec.due_at < out
            and (d.ended_at is None or d.ended_at > d.spec.due_at)
            and (d.paused_at is None or d.paused_at >= d.spec.due_at)
            for d in case.deadlines
        )
        marks = _marked("taken_out", **{_VOID.get(case.void_by, ""): True, "missed": missed})
        yield _fact(case, "taken_out", out, 0, marks)


def _open(case: Case, course: Sequence[Happened]) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield from when until when a case was open, None for what still is; reopened while open, it stays so."""
    begin: datetime | None = case.registered_at
    for event in course:
        if event.word in ("closed", "withdrawn"):
            if begin is not None:
                yield begin, event.at
            begin = None
        elif event.word == "reopened" and begin is None:
            begin = event.at
    if begin is not None:
        yield begin, None


def _judged(case: Case, deadline: Deadline, place: int, part: str, answer: Recorded | None) -> Fact:
    """Return a deadline by when it falls: when it was due, or ended if that was earlier.

    `answer` is what was recorded first of its answer.
    """
    due, ended = deadline.spec.due_at, deadline.ended_at
    verdict = deadline.verdict(due)  # of one that waits, it says that it still runs
    marks = _marked(
        "deadlines",
        **{verdict: True},
        judged=verdict in ("met", "missed"),
        told_late=verdict == "met" and deadline.paused_at is None and is_late(answer, due),
        visit=deadline.opened_with == "rated",
        done=ended is not None,
    )
    late = None if verdict != "missed" or ended is None else to_seconds(ended) - to_seconds(due)
    return _fact(case, "deadlines", min(due, ended or due), place, marks, (part, None, late, None))


def _waited(case: Case, begin: datetime, end: datetime | None) -> int | None:
    """Return for how many seconds on the clock a case waited between two instants; None if one is not known."""
    if end is None:
        return None
    spans = ((max(pause.from_at, begin), min(pause.to_at or end, end)) for pause in case.pauses)
    return sum(to_seconds(last) - to_seconds(first) for first, last in spans if first < last)


def _fact(case: Case, name: str, at: datetime, place: int, marks: int = 0, known: Known = NOTHING) -> Fact:
    part, since, number, alike = known
    other = None if since is None else to_seconds(since)
    return Fact(NUMBERS[name], to_seconds(at), case.first, place, marks, part, other, number, alike)


@lru_cache(1024)
def _marked(name: str, **marks: bool) -> int:
    """Return the marks that a fact has as a number."""
    places = _PLACES[name]
    return sum([1 << places[mark] for mark, there in marks.items() if there and mark in places])


def alike(customer_id: str | None, category: str | None) -> int | None:
    """Return the number that all cases of one customer and category have, of 60 bits; None without a customer."""
    if customer_id is None:
        return None
    return int.from_bytes(sha256(f"{customer_id} {category}".encode()).digest()[:8]) >> 4


@lru_cache(4096)
def _part(*traits: str | None) -> str:
    return canonical(list(traits))
