"""What follows from the history, as tables: kept up to date case by case, rebuilt at will."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from afterservice_cli.canonical import canonical
from afterservice_cli.cases.bodies import to_plain
from afterservice_cli.cases.case import ENDED, Case, Recorded
from afterservice_cli.cases.events.closing import CaseRated
from afterservice_cli.cases.events.general import CaseAmended, EventRetracted
from afterservice_cli.cases.events.intake import CaseLinked, CaseMerged, CaseRegistered
from afterservice_cli.cases.events.problems import CaseGathered
from afterservice_cli.cases.values import Deadline, as_fact
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.contacts import contact_keys
from afterservice_cli.store.projections.told import FOREVER, NUMBERS, Happened, told_of
from afterservice_cli.store.projections.written import written_of
from afterservice_cli.store.schema import BY_FIRST, IN_PARTS, PROJECTIONS
from afterservice_cli.store.views import as_seconds
from afterservice_cli.time.instants import text_of, to_seconds, to_text

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]

# The tables that have a case's rows, with their columns as a query names them; the others are of no case in particular.
COMMON = ("customers", "duties", "problems", "measures", "parts", "terms")
COLUMNS = {table: ", ".join(columns) for table, columns in PROJECTIONS.items() if table not in COMMON}
TERMS = ", ".join(name for name in PROJECTIONS["terms"] if name != "term")
_PART = (tuple(PROJECTIONS["told"]).index("part"),)
_PARTED = tuple(tuple(PROJECTIONS["cases"]).index(name) for name in IN_PARTS)
TERM = tuple(PROJECTIONS["due_times"]).index("term")
_SAYING = (CaseRegistered, CaseAmended)  # the events in which something is said of the customer
# The events of which a case tells the last time.
LAST_TIMES = ("responded", "resolved", "closed")


def contacts_of(events: Iterable[Recorded]) -> Iterator[tuple[int, str, str]]:
    """Yield every contact that events give a customer: the event's number, a key of the contact, the customer's id."""
    for recorded in events:
        event = recorded.event
        if isinstance(event, CaseRegistered):
            contact, customer_id = event.contact, event.customer_id
        elif isinstance(event, CaseAmended):
            contact, customer_id = as_fact((event.private or {}).get("contact") or ""), event.customer_id
        else:
            continue
        if contact and customer_id:
            for key in contact_keys(contact):
                yield recorded.seq, key, customer_id


def rows_of(case: Case) -> Rows:
    """Return the rows by which a case stands in each table.

    In place of the number of a part is its text, in place of that of the terms of a deadline the terms.
    """
    began, standing, first, work = case.events[0], case.standing, case.first, _work(case)
    source = began.event.source if isinstance(began.event, CaseRegistered) else None
    rows: Rows = {
        "cases": [
            (
                *(first, case.number, case.series, case.serial, case.status, int(case.status in ENDED)),
                *(case.stage, case.kind, case.channel),
                *(case.product, case.value("category"), int(case.classified), case.value("priority")),
                *(case.value("owner"), case.person, canonical(case.collaborators), canonical(case.fields)),
                *(_given(case), case.customer_id, to_text(case.registered_at), began.actor, *_last_times(standing)),
                *(
                    text_of(case.promised_at),
                    case.pause.ground if case.pause else None,
                    case.void_by,
                    case.merged_into,
                ),
                *(work, case.cycle, case.version),
                *(source.identity if source and not _undone(case) else None, case.source_digest, case.source_batch),
            )
        ],
        "due_times": [
            (
                *(first, place, d.spec.cycle, _terms(d), d.spec.occurrence),
                *(to_seconds(d.spec.from_at), to_seconds(d.spec.due_at), _seconds(d.spec.warn_at)),
                *(int(d.spec.provisional), _seconds(d.ended_at), d.outcome, _seconds(d.paused_at)),
            )
            for place, d in enumerate(case.deadlines)
        ],
        "tasks": [
            (
                *(case.number, t.cycle, t.spec.name, t.number, t.plan, t.spec.rule, t.spec.by),
                *(",".join(case.waits_for(t.spec)) if t.open else "", ",".join(sorted(t.spec.outcomes)), t.state),
                *(to_text(t.opened_at), text_of(t.done_at), t.done_by, t.outcome),
            )
            for t in case.tasks
        ],
        "said_of_customers": [
            (case.customer_id, field, seq, first) for field, seq in sorted(_said(case, standing).items())
        ],
        "problem_cases": [],
        "timeline": [],
        "links": [],
        "ratings": [],
        "written": [written_of(case, standing)],
    }
    cycle, owner = 1, ""
    ratings: dict[tuple[int, str], Row] = {}
    course: list[Happened] = []
    scores: dict[tuple[int, str], tuple[str, int, datetime]] = {}
    for recorded in standing:
        event = recorded.event
        word = event.word
        cycle += word == "reopened"
        at = to_text(event.at)
        given = next((found.value for found in event.findings if found.field == "owner"), owner)
        handed = bool(owner) and given != owner
        rows["timeline"].append((recorded.seq, first, cycle, word, at, given if handed else None))
        course.append(Happened(recorded.seq, cycle, word, event.at, handed))
        owner = given
        if isinstance(event, CaseLinked):
            rows["links"].append((recorded.seq, case.number, event.other, event.relation))
        elif isinstance(event, CaseGathered):
            rows["problem_cases"].append((recorded.seq, case.number, event.problem, event.pattern))
        elif isinstance(event, CaseMerged):
            rows["links"].append((recorded.seq, case.number, event.into, "merged"))
        elif isinstance(event, CaseRated):
            for question, score in event.scores.items():
                # Of several in one cycle the last one is what the customer says.
                ratings[cycle, question] = (recorded.seq, question, case.number, score, at)
                scores[cycle, question] = question, score, event.at
    rows["ratings"] = sorted(ratings.values())
    rows["told"] = [*told_of(case, course, [*scores.values()], work)]
    return rows


def _given(case: Case) -> str:
    """Return what a case was given and why, in canonical JSON; many have it alike."""
    each = case.decided.items()
    return _decided(tuple([(name, d.rulebook, d.suggested, tuple(d.finding.plain().items())) for name, d in each]))


@lru_cache(1024)
def _decided(entries: tuple[tuple[str, str, int, tuple[tuple[str, object], ...]], ...]) -> str:
    """Return findings by their fields, each with its rulebook and its place among those suggested, as JSON."""
    return canonical(
        {
            name: {
                **{key: value for key, value in finding if key != "field"},
                "rulebook": rulebook,
                **({"suggested": suggested} if suggested else {}),
            }
            for name, rulebook, suggested, finding in entries
        }
    )


def _work(case: Case) -> str:
    """Return what `work_of` does in canonical JSON; most cases of a file have it alike, which is kept once."""
    found_out = case.assessment or case.appraisal or case.plan or case.ended_in
    if found_out or case.pauses or case.given or case.scores or case.problems:
        return canonical(work_of(case))
    key = (case.screened, case.satisfied, case.scores is None, tuple(case.known_from.items()))
    if key not in _LITTLE:
        if len(_LITTLE) >= _REMEMBERED:
            _LITTLE.clear()
        _LITTLE[key] = canonical(work_of(case))
    return _LITTLE[key]


_LITTLE: dict[tuple[object, ...], str] = {}


def _undone(case: Case) -> bool:
    """Tell whether the import that brought a case in was undone: its row can come in anew."""
    return case.status == "void" and any(
        isinstance(recorded.event, EventRetracted) and recorded.event.batch for recorded in case.events
    )


def _last_times(standing: Iterable[Recorded]) -> tuple[str | None, ...]:
    """Return when a case was last responded to, resolved and closed, by what stands; None for what never was."""
    last: dict[str, datetime] = {}
    for recorded in standing:
        event = recorded.event
        if (word := event.word) in LAST_TIMES:
            last[word] = max(event.at, last.get(word, event.at))
    return tuple(text_of(last.get(word)) for word in LAST_TIMES)


def _said(case: Case, standing: Iterable[Recorded]) -> dict[str, int]:
    """Return the fields of the customer that were said in a case, each with the event that said it last.

    What is no case of theirs says nothing of them, nor does a case of nobody known.
    """
    if case.customer_id is None or case.void_by in ("retracted", "screened"):
        return {}
    found: dict[str, int] = {}
    for recorded in standing:
        event = recorded.event
        if isinstance(event, _SAYING):
            for field, source in event.of_customer.items():
                found.pop(field, None)
                if not source:
                    found[field] = recorded.seq
    return found


def work_of(case: Case) -> dict[str, Any]:
    """Return what has been found out, planned and waited for: shown as it is, never asked for by a query."""
    return {
        "screened": case.screened,
        "assessment": to_plain(case.assessment),
        "appraisal": to_plain(case.appraisal),
        "plan": to_plain(case.plan.but(titles=None, text=None)) if case.plan else None,
        "given": {version: dict(given.gives) for version, given in case.given.items()},
        "pauses": [to_plain(pause) for pause in case.pauses],
        "satisfied": case.satisfied,
        "scores": case.scores,
        "known_from": case.known_from,
        "problems": dict(case.problems),
        **({"carried_out": case.carried_out} if case.carried_out else {}),
        **({"amounts": to_plain(case.amounts)} if case.amounts else {}),
    }


def _terms(deadline: Deadline) -> Row:
    """Return what a deadline has in common with others."""
    spec = deadline.spec
    return (
        *(spec.target, spec.duration, spec.start, ",".join(spec.until), int(spec.pauses), spec.rule, deadline.rulebook),
        *(spec.team, spec.by, int(spec.counts), spec.calendar, deadline.opened_with),
    )


def _seconds(at: datetime | None) -> int | None:
    return to_seconds(at) if at else None


class Customers:
    """Whose each contact is, learned case by case in any order: of whom an event said so first."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, str]] = {}

    def learn(self, events: Iterable[Recorded]) -> None:
        """Take in the contacts of one case."""
        for seq, contact, customer_id in contacts_of(events):
            if contact not in self._first or seq < self._first[contact][0]:
                self._first[contact] = (seq, customer_id)

    def rows(self) -> dict[str, str]:
        """Return the customer's id by contact, in the order in which the contacts came up."""
        return {contact: customer_id for contact, (_, customer_id) in sorted(self._first.items(), key=lambda e: e[1])}

    def write(self, db: sqlite3.Connection) -> None:
        """Fill the empty table; the caller holds the transaction."""
        db.executemany("INSERT INTO customers (contact, customer_id) VALUES (?,?)", self.rows().items())


_INSERT = {
    table: f"INSERT INTO {table} ({columns}) VALUES ({','.join('?' * (columns.count(',') + 1))})"
    for table, columns in COLUMNS.items()
}
# What a case said of its customer is found by the customer that it has in the tables, which go last.
_INSTANTS = " UNION ".join(
    (
        f"SELECT {as_seconds('at')} FROM timeline WHERE first = :case",
        f"SELECT {as_seconds('registered_at')} FROM cases WHERE first = :case",
        *(f"SELECT {name} FROM due_times WHERE first = :case" for name in ("due_at", "ended_at")),
        f"SELECT {FOREVER}",
    )
)
_FOUND_BY = {
    "said_of_customers": " AND customer_id = (SELECT customer_id FROM cases WHERE first = :case)",
    # What is told of it happened when something did, or was due.
    "told": f" AND what IN ({', '.join(map(str, NUMBERS.values()))}) AND at IN ({_INSTANTS})",
}
_DELETE = {
    table: f"DELETE FROM {table} WHERE {'first' if table in BY_FIRST else 'case_id'} = :case{_FOUND_BY.get(table, '')}"
    for table in reversed(COLUMNS)
}
_CUSTOMER = "INSERT OR IGNORE INTO customers (contact, customer_id) VALUES (?,?)"
_REMEMBERED = 4096  # parts


class Projector:
    """The tables of a desk inside one transaction: what of theirs is kept once is looked up once.

    That lasts beyond the transaction, as long as nobody else writes.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._parts: dict[str, int] = db.known("parts")
        self._terms: dict[Row, int] = db.known("terms")
        self._customers: dict[str, str] = {}  # those that may be gathered only

    def project(self, case: Case) -> None:
        """Write a case's rows in place of those it had."""
        if case.version > 1:
            for table, delete in _DELETE.items():
                self._db.execute(delete, {"case": case.first if table in BY_FIRST else case.number})
        self.write(case)
        for _, contact, customer_id in contacts_of(case.events):
            # One contact is one customer, however it is written.
            self._db.gather(_CUSTOMER, (contact, customer_id))
            self._customers.setdefault(contact, customer_id)

    def customer_of(self, contact: str) -> str | None:
        """Return the customer's id for a contact as `contact_key` gives it; None if nobody has that contact."""
        found = self._db.ask("SELECT customer_id FROM customers WHERE contact = ?", (contact,)).fetchone()
        return found[0] if found else self._customers.get(contact)

    def write(self, case: Case) -> None:
        """Write the rows of a case that has none."""
        rows = rows_of(case)
        rows["cases"] = [self._with_parts(row, _PARTED) for row in rows["cases"]]
        rows["told"] = [self._with_parts(row, _PART) for row in rows["told"]]
        rows["due_times"] = [self._with_term(row) for row in rows["due_times"]]
        for table, entries in rows.items():
            if entries:
                self._db.gather(_INSERT[table], *entries)

    def _with_parts(self, row: Row, places: Sequence[int]) -> Row:
        """Return a row with numbers for the parts in these places."""
        held = list(row)
        for place in places:
            if (text := row[place]) is not None:
                held[place] = self._parts.get(text) or self._part(text)
        return tuple(held)

    def _part(self, text: str) -> int:
        """Return the number of a part; one that is there already stays."""
        found = self._db.ask("SELECT part FROM parts WHERE text = ?", (text,)).fetchone()
        if found is None:
            found = self._db.ask("INSERT INTO parts (text) VALUES (?) RETURNING part", (text,)).fetchone()
        if len(self._parts) >= _REMEMBERED:
            self._parts.clear()
        self._parts[text] = int(found[0])
        return self._parts[text]

    def _with_term(self, row: Row) -> Row:
        terms = row[TERM]
        term = self._terms.get(terms) or self._term(terms)
        return (*row[:TERM], term, *row[TERM + 1 :])

    def _term(self, terms: Row) -> int:
        """Return the number of the terms of a deadline; those that are there already stay."""
        if not self._terms:
            self._terms.update((known, number) for number, known in numbered_terms(self._db).items())
        if terms not in self._terms:
            query = f"INSERT INTO terms ({TERMS}) VALUES ({','.join('?' * len(terms))}) RETURNING term"
            self._terms[terms] = int(self._db.ask(query, terms).fetchone()[0])
        return self._terms[terms]


def numbered_terms(db: sqlite3.Connection) -> dict[int, Row]:
    """Return the terms of deadlines that the desk has, by their numbers."""
    return {number: tuple(terms) for number, *terms in db.execute(f"SELECT term, {TERMS} FROM terms")}
