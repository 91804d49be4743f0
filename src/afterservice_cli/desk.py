"""The desk: the one workflow by which anything is recorded – load, decide, append, project."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from afterservice_cli.cases import intake
from afterservice_cli.cases.case import Case, Moment, evolve, fold
from afterservice_cli.cases.events import Event, Recorded
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store import connection, history, projections, queries
from afterservice_cli.store.history import Stamp

Decision = Callable[..., list[Event]]


class Desk:
    """One register: its file, and who is working at it by which clock."""

    def __init__(self, path: Path, *, now: datetime, actor: str, clock: str) -> None:
        self.path, self.now, self.actor, self.clock = path, now, actor, clock
        self.connection = connection.connect(path)
        self.recorded = 0  # events, in this run
        self._rulebooks: dict[str, Rulebook] = {}

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of the register."""
        with connection.reading(self.connection, self.path) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """One transaction: all that is done inside is recorded, or nothing."""
        with connection.writing(self.connection, self.path) as db:
            yield Writer(self, db)

    def act(self, number: str, decision: Decision, *, at: datetime | None = None, **given: Any) -> Case:
        """Take one decision on one case and record what it says; the case as it is then."""
        with self.writing() as writer:
            return writer.act(queries.find_case(writer.db, number), decision, at=at, **given)

    def rulebook(self, db: sqlite3.Connection, digest: str | None = None) -> Rulebook:
        """A rulebook by the hash of its snapshot, or the one in force."""
        digest = digest or queries.setting(db, "rulebook")
        if digest not in self._rulebooks:
            self._rulebooks[digest] = Rulebook(queries.snapshot(db, digest), digest)
        return self._rulebooks[digest]


class Writer:
    """A desk inside a transaction."""

    def __init__(self, desk: Desk, db: sqlite3.Connection) -> None:
        self.desk, self.db = desk, db
        self.rulebook = desk.rulebook(db)

    def moment(self, at: datetime | None = None) -> Moment:
        """Now, or a given time, under the rulebook in force."""
        return Moment(self.desk.now, at or self.desk.now, self.desk.actor, self.rulebook)

    def load(self, case_id: str) -> Case:
        """A case from its events."""
        return fold(history.of_case(self.db, case_id))

    def register(
        self, draft: intake.Draft, *, at: datetime | None = None, course: Iterable[Callable[[Case], list[Event]]] = ()
    ) -> Case:
        """Make a draft a case, received `at`; each step of `course` then says what happened to it next."""
        received_at = at or self.desk.now
        series = self.rulebook.series(received_at)
        serial = queries.next_serial(self.db, series)
        number = intake.Numbered(self.rulebook.number(received_at, serial), series, serial)
        customer = self.customer_of(draft.facts.get("contact"))
        events = intake.register(self.moment(at), draft=draft, numbered=number, customer_id=customer)
        recorded = history.append(self.db, number.case, 0, events, self._stamp())
        later = self.unfold(fold(recorded), course)
        return self._project([*recorded, *history.append(self.db, number.case, 1, later, self._stamp())])

    def act(self, case_id: str, decision: Decision, *, at: datetime | None = None, **given: Any) -> Case:
        """Take one decision on one case."""
        case = self.load(case_id)
        return self.record(case, decision(case, self.moment(at), **given))

    def amend(self, case_id: str, decision: Decision, *, facts: Mapping[str, str | None], **given: Any) -> Case:
        """Take a decision that may give the case another contact, and so another customer."""
        return self.act(case_id, decision, facts=facts, customer_id=self.customer_of(facts.get("contact")), **given)

    def unfold(self, case: Case, course: Iterable[Callable[[Case], list[Event]]]) -> list[Event]:
        """What one step after another makes happen, each deciding on the case as the steps before left it."""
        events: list[Event] = []
        for step in course:
            for event in step(case):
                case = evolve(case, event, self.rulebook.hash)
                events.append(event)
        return events

    def record(self, case: Case, events: Iterable[Event]) -> Case:
        """Append events to a case's history and bring the tables up to date; nothing is done where there are none."""
        recorded = history.append(self.db, case.number, case.version, events, self._stamp())
        self.desk.recorded += len(recorded)
        return self._project([*case.events, *recorded]) if recorded else case

    def record_for_desk(self, event: Event) -> None:
        """Append an event that is about the desk itself."""
        version = self.db.execute("SELECT count(*) FROM events WHERE case_id = ?", (history.DESK,)).fetchone()[0]
        history.append(self.db, history.DESK, version, [event], self._stamp())

    def undo(self) -> None:
        """Forget all that was done in this transaction."""
        self.db.execute("ROLLBACK")
        self.db.execute("BEGIN IMMEDIATE")

    def _project(self, events: Iterable[Recorded]) -> Case:
        case = fold(events)
        projections.project(self.db, case)
        return case

    def _stamp(self) -> Stamp:
        return Stamp(self.desk.now, self.desk.actor, self.desk.clock, self.rulebook.hash)

    def customer_of(self, contact: str | None) -> str | None:
        """The id of whom a contact belongs to, a new one where it is new; None without a contact."""
        if not contact or not contact.strip():
            return None
        key = projections.contact_key(contact.strip())
        return queries.customer_of(self.db, key) or projections.new_customer_id()
