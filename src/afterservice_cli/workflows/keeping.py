"""Keeping a desk: what may be erased, by its age or because somebody asks, and its erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from afterservice_cli.decisions import erasing
from afterservice_cli.decisions.checks import check_used
from afterservice_cli.decisions.erasing import ASKED
from afterservice_cli.errors import Busy, NotFound, Refused, StorageFailed
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text
from afterservice_cli.language import tr
from afterservice_cli.reports.lists.keeping import Aged
from afterservice_cli.store import erasing as store
from afterservice_cli.store import history
from afterservice_cli.store.contacts import contact_keys
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.problems import find_above, load_measure, load_problem
from afterservice_cli.time.instants import from_text
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing


class Erasable(Frozen):
    """What is to be erased, by number."""

    cases: Sequence[str]
    problems: Sequence[str]
    measures: Sequence[str]

    @property
    def every(self) -> Sequence[str]:
        """Return all the numbers."""
        return (*self.cases, *self.problems, *self.measures)


class Erased(Frozen):
    """What was erased, by number, and in words what became of what was learnt, "" if nothing was."""

    numbers: Sequence[str]
    learnt: str


def erase(desk: Desk, references: Iterable[str], *, ground: str) -> Erased:
    """Erase what is personal in cases, problems and measures, all of them or none.

    The first refusal is raised. What the file still holds of it in free corners goes afterwards (`store.finish`). What
    the desk had learnt is forgotten with it, and learnt anew from the cases that are left.
    """
    with writing(desk) as writer:
        learnt = queries.learnt(writer.db)
        found = named(desk, references)
        for number in found.cases:
            case = writer.load(number)
            writer.check_seen(case)
            writer.record(case, erasing.erase(case, writer.moment(), ground=ground))
            store.erase_case(writer.db, number)
            writer.project(writer.load(number))
        for number in found.problems:
            problem = load_problem(writer.db, number)
            writer.record_problem(number, erasing.erase_problem(problem, writer.moment(), ground=ground))
            store.erase(writer.db, number)
        for number in found.measures:
            measure = load_measure(writer.db, number)
            writer.record_measure(number, erasing.erase_measure(measure, writer.moment(), ground=ground))
            store.erase(writer.db, number)
        if found.cases:
            store.forget_customers(writer.db)
    try:
        store.finish(desk.connection, desk.path)
    except (Busy, StorageFailed) as problem:
        said = tr("{problem}; the erasure is recorded, what is left of it goes with the next command", problem=problem)
        raise StorageFailed(said, hint=problem.hint) from None
    if not (found.cases and learnt):
        return Erased(found.every, "")
    from afterservice_cli.workflows.learning import learn_after_erasure

    return Erased(found.every, learn_after_erasure(desk))


def named(desk: Desk, references: Iterable[str]) -> Erasable:
    """Return what references mean: a problem or a measure by its number alone; `NotFound` for what is nothing."""
    found: dict[str, list[str]] = {"cases": [], "problems": [], "measures": []}
    with desk.reading() as db:
        for reference in references:
            table, number = find_above(db, reference) or ("cases", desk.find(db, reference))
            found[table].append(number)
    return Erasable(*(tuple(dict.fromkeys(some)) for some in found.values()))


def over_age(desk: Desk) -> list[Aged]:
    """Return the cases that the rulebook keeps no longer and that are not erased, the oldest first.

    `Refused` if the rulebook says nothing of how long a case is kept.
    """
    rulebook, found = desk.rulebook, list[Aged]()
    today = desk.now.astimezone(rulebook.zone).date()
    keeps = rulebook.archive or any(kind.keep for kind in rulebook.kinds.values())
    check_used(keeps, "archive", "archive", rulebook)
    with desk.reading() as db:
        for number, kind, ended in store.ended_cases(db):
            last = erasing.last_day(from_text(ended), kind, rulebook)
            if last is not None and last < today:
                found.append(Aged(number, kind, ended, last.isoformat()))
    return found


def of_customer(desk: Desk, contact: str) -> list[str]:
    """Return the cases of whoever has this contact, by number, those that are erased left out; `NotFound` for none."""
    with desk.reading() as db:
        keys = contact_keys(check_text(contact, "--customer"))
        found = next(filter(None, (store.cases_of_contact(db, key) for key in keys)), [])
    if not found:
        raise NotFound(tr("no case has this contact"), hint=tr("afterservice list --customer … finds cases by name"))
    return found


def refusals(desk: Desk, found: Erasable) -> dict[str, Refused]:
    """Return what of it cannot be erased now by whoever acts, by number, each with why."""
    kept: dict[str, Refused] = {}
    with desk.reading() as db:
        moment = desk.moment(db)
        wanted: Iterable[tuple[Sequence[str], Callable[[str], object]]] = (
            (found.cases, lambda one: erasing.erase(history.load_case(db, one), moment, ground=ASKED)),
            (
                found.problems,
                lambda number: erasing.erase_problem(load_problem(db, number), moment, ground=ASKED),
            ),
            (
                found.measures,
                lambda number: erasing.erase_measure(load_measure(db, number), moment, ground=ASKED),
            ),
        )
        for numbers, decide in wanted:
            for number in numbers:
                try:
                    decide(number)
                except Refused as refused:
                    kept[number] = refused
    return kept
