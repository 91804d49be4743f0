"""The one workflow by which anything is recorded: load, decide, append, project."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial

from afterservice_cli import deadlines
from afterservice_cli.cases.case import AT_WORK, Case, Event, Recorded
from afterservice_cli.cases.events import called
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.cases.events.intake import CaseMerged
from afterservice_cli.cases.fold import evolve, evolve_all, fold
from afterservice_cli.cases.problems import MeasureState, ProblemState, measure_of, problem_of
from afterservice_cli.cases.values import SEVERAL, Customer, DutySpec, Known, Numbered, as_fact
from afterservice_cli.decisions import intake, likeness, mending, messages, opening, problems, twins
from afterservice_cli.decisions.checks import on_its_day
from afterservice_cli.decisions.facts import earlier_recounted
from afterservice_cli.errors import BadInput, Conflict
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text, is_nothing
from afterservice_cli.language import listed, tr
from afterservice_cli.moment import Decision, Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.problems import ProblemKind
from afterservice_cli.rulebook.values import read_value
from afterservice_cli.store import connection, history
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.contacts import contact_keys, new_customer_id
from afterservice_cli.store.history import Chain, Stamp
from afterservice_cli.store.projections import cases as projections
from afterservice_cli.store.projections.above import project_duties, running_rounds, write_measure, write_problem
from afterservice_cli.store.projections.earlier import CustomersCases
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.problems import came_in, load_problem, open_of
from afterservice_cli.store.reading.suspects import sharing
from afterservice_cli.time.instants import from_text, to_text
from afterservice_cli.workflows.desk import Desk

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # what the register keeps is no `tomorrow`


class Outcome(Frozen):
    """What a decision on a case led to: the case as it is then, what was recorded, and the messages to be sent."""

    case: Case
    events: tuple[Event, ...]
    messages: tuple[MessageWritten, ...]
    problems: tuple[Outcome, ...] = ()  # what followed in the problems to which the case, and others, then belong


@contextmanager
def writing(desk: Desk) -> Iterator[Writer]:
    """Open one transaction: all that is done inside is recorded, or nothing.

    It is recorded as of when the turn came, not of when the waiting began: others may have recorded something since.
    """
    with connection.writing(desk.connection, desk.path) as db:
        if desk.later is not None:
            desk.now = max(desk.now, desk.later())
        yield Writer(desk, db)


def act(
    desk: Desk, reference: str, decision: Decision, *, at: datetime | None = None, via: str | None = None
) -> Outcome:
    """Take one decision on one case, and record what it says; the customer is told of it `via` the way named."""
    with writing(desk) as writer:
        return writer.act(writer.find(reference), decision, at=at, via=via)


class Writer:
    """A desk inside a transaction."""

    def __init__(self, desk: Desk, db: Connection) -> None:
        self.desk, self.db = desk, db
        self.rulebook = desk.rulebook_in_force(db)
        self._chain, self._tables = Chain(db, self._stamp()), projections.Projector(db)
        self._problem_outcomes: list[Outcome] = []
        self._serials: dict[str, int] = {}  # the next of each series in which a case was registered
        self._cases = CustomersCases(db)

    def moment(self, at: datetime | None = None) -> Moment:
        """Return what a decision may know beside the case, under the rulebook of this transaction."""
        return self.desk.moment(self.db, at, self.rulebook)

    def counting_earlier(self, case: Case, at: datetime | None = None) -> Moment:
        """Return what a decision may know, with the customer's cases before this one if the rulebook counts some."""
        moment = self.moment(at)
        return moment.but(came_before=self._cases.before(case)) if self.rulebook.earlier else moment

    def find(self, reference: str) -> str:
        """Return the one case that a reference means to whoever acts."""
        return self.desk.find(self.db, reference)

    def load(self, number: str) -> Case:
        """Return a case by its number, made from its events."""
        return history.load_case(self.db, number)

    def register(
        self,
        draft: intake.Draft | intake.Checked,
        *,
        at: datetime | None = None,
        steps: Iterable[Callable[[Case], list[Event]]] = (),
    ) -> Case:
        """Make a draft a case, received `at`; each of `steps` then returns what happened to it next."""
        received_at = at or self.desk.now
        series = self.rulebook.series(received_at)
        serial = self._serials.get(series) or queries.next_serial(self.db, series)
        numbered = Numbered(self.rulebook.number(received_at, serial), series, serial)
        if isinstance(draft, intake.Draft) and not draft.customer:
            draft = self.acquainted(draft)
        (first,) = intake.register(self.moment(at), draft=draft, numbered=numbered)
        case = first.begin(self.rulebook.hash)
        later = self.unfold(case, steps)
        if first.source and later:
            first = first.but(source=first.source.but(told=len(later)))
        over = self._over(case, later)
        event = first if over else opening.from_registration(case, first, self.rulebook)
        later = later if over else opening.with_tasks(event.begin(self.rulebook.hash), later, self.rulebook)
        recorded = self._append(numbered.number, 0, [event, *later])
        as_begun = event is first and not later
        case = case.but(events=tuple(recorded)) if as_begun else fold(recorded)
        self.project(case)
        self._serials[series] = serial + 1
        return self._in_its_problems(None, case, received_at)

    def act(
        self,
        number: str,
        decision: Decision,
        *,
        at: datetime | None = None,
        version: int | None = None,
        via: str | None = None,
    ) -> Outcome:
        """Take one decision on one case, with the deadlines that it starts and the messages that the rulebook wants.

        `version` is the one that whoever acts has seen, by default `Desk.expected`; raises `Conflict` if the case is at
        another.
        """
        case = self.load(number)
        self.check_seen(case, version)
        at = at and on_its_day(case, at, self.rulebook.zone)
        events = self._decided(case, decision, at)
        after = self.record(case, events)
        for event in events:
            self._follow(case, event, at)
        return self.tell(after, events, at=at, via=via)

    def _decided(self, case: Case, decision: Decision, at: datetime | None) -> list[Event]:
        """Return what a decision says, with its tasks and how many of the customer's earlier cases count by then."""
        rulebook, actor, moment = self.rulebook, self.desk.actor, self.counting_earlier(case, at)
        first = earlier_recounted(case, moment)
        counted = evolve_all(case, first, rulebook.hash, actor)
        events = deadlines.begun(counted, decision(counted, moment), rulebook, actor)
        if not events:
            return []
        # A retraction is counted anew from the history alone.
        events = events if any(event.takes_back for event in events) else [*first, *events]
        after = opening.left_by(case, events, rulebook)
        events += earlier_recounted(after, self.counting_earlier(after, at))
        return opening.with_tasks(case, events, rulebook)

    def _follow(self, case: Case, event: Event, at: datetime | None) -> None:
        """Record what an event of a case changes in the one as which it goes on: what counts there, or no longer."""
        if isinstance(event, CaseMerged):
            other = self.load(event.into)
            self._let_follow(other, partial(twins.counting, twin=case), at)
        into = twins.merger_undone(case, event)
        while into:
            other = self.load(into)
            for seq in twins.standing_of(other, twins.told_in(case)):
                back = partial(mending.taking_back, seq=seq, reason=event.said)
                other, _ = self._let_follow(other, back, at)
            into = other.merged_into

    def _let_follow(self, case: Case, decision: Decision, at: datetime | None) -> tuple[Case, list[Event]]:
        """Record in a case what follows there from another one, not before it began; return it, and what that is."""
        events = self._decided(case, decision, max(at or self.desk.now, case.first_at["registered"]))
        return self.record(case, events), events

    def tell(
        self, case: Case, events: Sequence[Event], *, at: datetime | None = None, via: str | None = None
    ) -> Outcome:
        """Record the messages that the rulebook wants of these events of the case, and return the outcome."""
        written = messages.write(case, events, self.moment(at).but(via=via))
        return Outcome(self.record(case, written), tuple(events), tuple(written), self.take_problem_outcomes())

    def take_problem_outcomes(self) -> tuple[Outcome, ...]:
        """Return what followed in problems since this was asked last: a case each, with the messages to be sent."""
        taken, self._problem_outcomes = tuple(self._problem_outcomes), []
        return taken

    def lookalikes(self, case: Case) -> list[likeness.Like]:
        """Return the earlier cases that are likely the same by `intake.duplicates` of the rulebook, most alike first.

        Each comes as its number, the names of the facts that both share, and how alike the texts are in per cent.
        """
        rules = self.rulebook.intake.duplicates
        if not rules:
            return []
        mine = case.every_fact()
        values = [part for name in rules.same if name != "contact" for part in (mine.get(name) or "").split(SEVERAL)]
        others = sharing(self.db, self.rulebook, case.number, values, case.customer_id, case.registered_at)
        earlier = likeness.Earlier(self.rulebook)
        for other in reversed(others):
            earlier.like(other)
        return earlier.like(likeness.told_by(case))

    def unfold(self, case: Case, steps: Iterable[Callable[[Case], list[Event]]]) -> list[Event]:
        """Return the events of `steps`, each of which decides on the case as the steps before left it.

        They tell what others did before; who that was is not said.
        """
        events: list[Event] = []
        for step in steps:
            for event in deadlines.begun(case, step(case), self.rulebook):
                case = evolve(case, event, self.rulebook.hash, self.desk.actor)
                events.append(event)
        return events

    def _over(self, case: Case, events: Iterable[Event]) -> bool:
        """Tell whether events end the work on a case: nobody is given a task of what is over."""
        case = evolve_all(case, events, self.rulebook.hash, self.desk.actor)
        return case.status not in AT_WORK

    def record(self, case: Case, events: Iterable[Event]) -> Case:
        """Append events to a case's history and bring the tables up to date; return the case as it is then."""
        recorded = self._append(case.number, case.version, events)
        if not recorded:
            return case
        after = fold([*case.events, *recorded])
        self.project(after)
        return self._in_its_problems(case, after, recorded[-1].event.at)

    # --- above the cases ------------------------------------------------------------------------------------------

    def _in_its_problems(self, before: Case | None, case: Case, at: datetime) -> Case:
        """Let a case belong to the problems of others with which it shares something since then; return it after that.

        It joins an open problem, or opens one with those others if they are as many as the rulebook says.
        """
        for kind in self.rulebook.problems.values():
            same = problems.shared(case, kind)
            if same is None or (before is not None and problems.shared(before, kind) == same):
                continue
            number = open_of(self.db, kind.id, same)
            if number and number not in case.problems:
                case = self._join(case, load_problem(self.db, number), at)
            elif not number and kind.count:
                case = self._open_problem(kind, same, case, at)
        return case

    def _open_problem(self, kind: ProblemKind, same: Mapping[str, str], case: Case, at: datetime) -> Case:
        """Open the problem that a case makes with others, if they are enough; tell those whom the rulebook names."""
        since, until = map(to_text, problems.bounds(self.rulebook, kind, case.registered_at))
        came = [(number, from_text(text)) for number, text in came_in(self.db, kind.id, same, since, until)]
        group = problems.alarming(self.rulebook, kind, came, case)
        if not group:
            return case
        at = max(at, *(came_at for _, came_at in group))
        opened = problems.raised(self.moment(at), kind=kind, same=same, numbered=self.numbered("problems", at))
        problem = self.record_problem(opened.problem, opened)
        others = {number: self.load(number) for number, _ in group if number != case.number}
        for other in others.values():
            self._join(other, problem, at)
        case = self._join(case, problem, at)
        told = tuple(problems.alarm(self.moment(at), kind, problem, [number for number, _ in group]))
        case = self.record(case, told)
        self._problem_outcomes.append(Outcome(case, (opened,), told))
        return case

    def _join(self, case: Case, problem: ProblemState, at: datetime) -> Case:
        """Record that a case belongs to a problem, with the messages that the rulebook wants of that."""
        case, events = self._let_follow(case, partial(problems.joining, problem=problem), at)
        written = messages.write(case, events, self.moment(events[-1].at))
        case = self.record(case, written)
        self._problem_outcomes.append(Outcome(case, tuple(events), tuple(written)))
        return case

    def numbered(self, table: str, at: datetime) -> Numbered:
        """Return the number that the next problem gets, or the next measure, opened or added then: `P2026-001`."""
        series = f"{table[0].upper()}{at.astimezone(self.rulebook.zone).year}"
        serial = queries.next_serial(self.db, series, table)
        return Numbered(f"{series}-{serial:03}", series, serial)

    def record_problem(self, number: str, event: Event) -> ProblemState:
        """Append an event of a problem, and bring its table up to date; return the problem as it is then."""
        problem = problem_of(self._append_above(number, event))
        write_problem(self.db, problem)
        return problem

    def record_measure(self, number: str, event: Event) -> MeasureState:
        """Append an event of a measure, and bring its table up to date; return the measure as it is then."""
        measure = measure_of(self._append_above(number, event))
        write_measure(self.db, measure)
        return measure

    def _append_above(self, number: str, event: Event) -> list[Recorded]:
        before = history.events_of(self.db, number)
        return [*before, *self._append(number, len(before), [event])]

    def record_for_desk(self, event: Event) -> None:
        """Append an event that is about the desk itself, and bring the table of its duties up to date."""
        version = history.version_of(self.db, history.DESK)
        for recorded in self._append(history.DESK, version, [event]):
            project_duties(self.db, recorded)

    def running_duties(self) -> dict[str, DutySpec]:
        """Return the times by which the duties of the desk are due, by their names."""
        return {last.spec.name: last.spec for last in running_rounds(self.db)}

    def check_seen(self, case: Case, version: int | None = None) -> None:
        """Raise `Conflict` unless the case is at the version that whoever acts has seen, `Desk.expected` by default."""
        seen = self.desk.expected if version is None else version
        if seen is not None and seen != case.version:
            values = {"case": case.number, "version": case.version, "seen": seen}
            since = listed(
                tr("{what} by {actor}", what=called(later.event.word), actor=later.actor)
                for later in case.events[seen:][:3]
            )
            raise Conflict(
                tr("{case} is at version {version}, not {seen}: since then {since}", **values, since=since)
                if since
                else tr("{case} is at version {version}, not {seen}", **values),
                hint=tr("look at it again: afterservice show {case}", case=case.number),
            )

    def undo(self) -> None:
        """Forget all that was done in this transaction."""
        connection.begin_again(self.db)
        self._problem_outcomes, self._serials, self._chain = [], {}, Chain(self.db, self._stamp())
        self._cases.forget()
        self._tables = projections.Projector(self.db)

    def project(self, case: Case) -> None:
        """Bring the tables up to date with a case."""
        self._tables.project(case)
        self._cases.take(case)

    def _append(self, case_id: str, version: int, events: Iterable[Event]) -> list[Recorded]:
        """Append events to the history; what is recorded under another rulebook is another run."""
        if self._chain.stamp.rulebook != self.rulebook.hash:
            self._chain = Chain(self.db, self._stamp())
        return self._chain.append(case_id, version, events)

    def _stamp(self) -> Stamp:
        return Stamp(self.desk.now, self.desk.actor, self.desk.clock, self.rulebook.hash, self.rulebook.zone)

    def acquainted(self, draft: intake.Draft) -> intake.Draft:
        """Return a draft with whose it is by its contact, and what earlier cases say of them."""
        return draft.but(customer=self.customer_of(draft.facts.get("contact")))

    def customer_of(self, contact: str | None) -> Customer:
        """Return the customer whose contact this is, under a new id if it is new; nobody without a contact.

        With them come the cases that they have had, if the rulebook counts some.
        """
        known = self._tables.customer_of
        customer = customer_of(self.db, self.rulebook, contact, known)
        return customer.but(cases=self._cases.of(customer)) if self.rulebook.earlier else customer


def customer_of(
    db: sqlite3.Connection,
    rulebook: Rulebook,
    contact: str | None,
    known: Callable[[str], str | None] | None = None,
) -> Customer:
    """Return the customer whose contact this is, under a new id if it is new; nobody without a contact.

    Of several numbers in it the first that is known counts. `known` tells whose a number is, by default as the tables
    have it.
    """
    if not contact or not contact.strip() or is_nothing(contact):
        return Customer()
    keys = contact_keys(check_text(contact, "contact"))
    found = next(filter(None, (known(key) if known else queries.customer_of(db, key) for key in keys)), None)
    if found:
        return Customer(found, _known_of(db, rulebook, found))
    return Customer(new_customer_id(), new=True) if keys else Customer()


def _known_of(db: sqlite3.Connection, rulebook: Rulebook, customer_id: str) -> dict[str, Known]:
    """Return what a case itself said last of a customer, by field that the rulebook keeps with them."""
    if not rulebook.of_customer:
        return {}
    found: dict[str, Known] = {}
    for field, case, public, personal in queries.said_of_customer(db, customer_id, tuple(rulebook.of_customer)):
        value = {**json.loads(public), **json.loads(personal)}.get(field)
        with suppress(BadInput):  # an earlier rulebook had other values
            if value:
                found[field] = Known(read_value(rulebook, field, as_fact(value), LONG_AGO), case)
    return found
