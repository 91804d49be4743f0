"""Keeping a desk: which cases may be erased, by their age or because somebody asks, and their erasure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from afterservice_cli.cases.fold import fold
from afterservice_cli.decisions import erasing
from afterservice_cli.decisions.checks import check_used
from afterservice_cli.desk import Desk
from afterservice_cli.errors import Busy, NotFound, Refused, StorageFailed
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import check_text
from afterservice_cli.instants import from_text
from afterservice_cli.language import tr
from afterservice_cli.recording import writing
from afterservice_cli.reports.keeping import Aged
from afterservice_cli.store import erasing as store
from afterservice_cli.store import history, queries
from afterservice_cli.store.contacts import contact_keys


class Erased(Frozen):
    """The cases that were erased, by number, and in words what became of what was learnt, "" if nothing was."""

    cases: Sequence[str]
    learnt: str


def erase(desk: Desk, numbers: Iterable[str], *, ground: str) -> Erased:
    """Erase what is personal in cases, all of them or none.

    The first refusal is raised. What the file still holds of it in free corners goes afterwards (`store.finish`). What
    the desk had learnt is forgotten with it, and learnt anew from the cases that are left.
    """
    done = []
    with writing(desk) as writer:
        learnt = queries.learnt(writer.db)
        for number in dict.fromkeys(queries.find_case(writer.db, number, desk.actor) for number in numbers):
            case = writer.load(number)
            writer.check_seen(case)
            writer.record(case, erasing.erase(case, writer.moment(), ground=ground))
            store.erase(writer.db, number)
            writer.project(writer.load(number))
            done.append(number)
        if done:
            store.forget_customers(writer.db)
    try:
        store.finish(desk.connection, desk.path)
    except (Busy, StorageFailed) as problem:
        said = tr("{problem}; the erasure is recorded, what is left of it goes with the next command", problem=problem)
        raise StorageFailed(said, hint=problem.hint) from None
    if not (done and learnt):
        return Erased(done, "")
    from afterservice_cli.learning import learn_after_erasure

    return Erased(done, learn_after_erasure(desk))


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


def may_go(desk: Desk, numbers: Iterable[str]) -> tuple[list[str], list[Refused]]:
    """Return which of these cases can be erased now by whoever acts, and why the others cannot."""
    may, kept = list[str](), list[Refused]()
    with desk.reading() as db:
        moment = desk.moment(db)
        for number in dict.fromkeys(queries.find_case(db, number, desk.actor) for number in numbers):
            try:
                erasing.erase(fold(history.of_case(db, number)), moment, ground=erasing.ASKED)
            except Refused as refused:
                kept.append(refused)
            else:
                may.append(number)
    return may, kept
