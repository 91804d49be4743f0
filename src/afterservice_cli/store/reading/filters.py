"""Which cases are wanted, as one value, and how the tables are asked for them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from afterservice_cli.canonical import canonical
from afterservice_cli.frozen import Frozen
from afterservice_cli.rulebook.comparing import as_read, normal
from afterservice_cli.rulebook.vocabulary import OWNER_ROLES
from afterservice_cli.store.contacts import contact_key, contact_keys
from afterservice_cli.store.schema import LATER, WAITING
from afterservice_cli.store.views import TEXTS, as_seconds

if TYPE_CHECKING:
    from afterservice_cli.store.reading.suspects import OpenSuspects

# Filters that ask for one value of the column of the same name.
EXACT = ("status", "stage", "kind", "channel", "priority", "person")
SORTS = ("registered", "due", "priority", "owner", "case")
MANY = 1_000  # deadlines that are overdue, from which on the newest cases are asked first
NEWEST = 4_000  # of these

# One whose clock was not stopped before it was due; what stands still is due at no time that could be told.
RUNS = "(paused_at IS NULL OR paused_at >= due_at)"
_LIVE = "ended = 0"
# What waits belongs to the running cycle: a cycle that is over has answered it, or missed it.
_IS_OVERDUE = f"{WAITING} AND due_at < {as_seconds('?')} AND {RUNS}"
_OVERDUE = f"first IN (SELECT first FROM due_times WHERE {_IS_OVERDUE})"
_MANY_OVERDUE = f"SELECT count(*) FROM (SELECT 1 FROM due_times WHERE {_IS_OVERDUE} LIMIT ?)"
# The plus keeps SQLite from going through all deadlines that wait for those of one case.
_ITS = "EXISTS (SELECT 1 FROM due_times its WHERE its.first = {} AND its.ended_at IS NULL AND +its.outcome = ''{})"
_SOONER = _ITS.format("due.first", " AND (its.due_at, its.place) < (due.due_at, due.place)")
# Each case that waits for something with what is due first, by the index of what waits.
_NEXT_DUE = f"(SELECT first AS whose, due_at FROM due_times due WHERE {WAITING} AND NOT {_SOONER})"
# The same asked of each case, if few of the cases have to be asked.
_ITSELF_OVERDUE = _ITS.format("cases.first", f" AND due_at < {as_seconds('?')} AND {RUNS}")
_NOTHING_DUE = f"NOT {_ITS.format('cases.first', '')}"
_UNPLACED = f"classified = 0 AND {_LIVE}"
# A case that is no case takes no part in what is told of a period.
_HAPPENED = (
    f"status <> 'void' AND first IN (SELECT first FROM timeline WHERE word = '{{}}' AND {LATER} AND at >= ? AND at < ?)"
)
# A deadline that was not met, as `cases.values.verdict` has it; the value is the time of asking.
MISSED = (
    f"(outcome = 'missed' OR (outcome = '' AND coalesce(ended_at, {as_seconds('?')}) > due_at "
    "AND (paused_at IS NULL OR paused_at >= due_at)))"
)
_HAS_MISSED = (
    "status <> 'void' AND EXISTS (SELECT 1 FROM due_times d WHERE d.first = cases.first "
    f"AND term IN (SELECT term FROM terms WHERE target = ?) AND {MISSED})"
)
# How a field's value is compared with the one that is asked for.
_ALIKE = {"exact": "value = ?", "number": "CAST(value AS REAL) = CAST(? AS REAL)", "text": "normal(value) = ?"}


NONE = "none"  # the field has no value


class FieldIs(Frozen):
    """A field that has this value, or has it among others.

    It is compared as one of `_ALIKE` says: a text in the form of `normal`; or it is a public one without a value
    (`NONE`). What is personal lies among the texts.
    """

    name: str
    value: str
    alike: str
    personal: bool


class Filter(Frozen):
    """What is asked of cases, all of it at once; None and False ask nothing. Times are UTC texts of the store.

    "" in place of a kind or a person asks for cases that have none.

    `customer`, `product` and `find` are as a person types them: the first is a contact, or a piece of a name. `among`
    is what was found by them, once they were looked for: the events by which cases were registered, as JSON.
    `ranks` are the priorities, highest first, which `sort` by priority goes by.
    """

    live: bool = False  # neither closed nor void
    status: str | None = None
    stage: str | None = None
    kind: str | None = None
    channel: str | None = None
    category: str | None = None  # or any below it
    priority: str | None = None
    owner: str | None = None
    person: str | None = None
    mine: tuple[str, ...] | None = None  # a person, their teams and roles: what is theirs, or nobody's of the team
    owned: bool = False  # `owner` and `mine` mean who owns the case; not who has an open task in it, too
    since: str | None = None  # registered then or later
    until: str | None = None  # registered before
    overdue: str | None = None  # with a deadline that waits since before this instant
    unclassified: bool = False
    resolved_in: tuple[str, str] | None = None  # resolved at or after the first of two instants, before the other
    closed_in: tuple[str, str] | None = None  # closed so
    missed: tuple[str, str] | None = None  # a target, of which a deadline was missed as of this instant
    problem: str | None = None  # joined to this problem, by its full number
    fields: tuple[FieldIs, ...] = ()
    suspect: OpenSuspects | None = None  # tells which, once all is read
    customer: str | None = None
    product: str | None = None
    find: str | None = None
    among: str | None = None
    sort: str = "registered"
    reverse: bool = False
    ranks: tuple[str, ...] = ()
    limit: int | None = None


ALL = Filter()
_ANY_ORDER = {"sort": ALL.sort, "reverse": ALL.reverse, "ranks": ALL.ranks, "limit": ALL.limit}
# Who has an open task in the case.
_HAS_TASK = "case_id IN (SELECT case_id FROM tasks WHERE state = 'open' AND team IN ({}))"
# Each with its values.
Clauses = list[tuple[str, tuple[str | int, ...]]]


def found_by(db: sqlite3.Connection, columns: str, wanted: Filter) -> Iterator[tuple[Any, ...]]:
    """Yield these columns of the cases that are wanted, in their order."""
    near = _among_the_newest(db, wanted)
    if near is not None and len(rows := [*_found_by(db, columns, near, one_by_one=True)]) == wanted.limit:
        yield from rows
    else:
        yield from _found_by(db, columns, wanted)


def _among_the_newest(db: sqlite3.Connection, wanted: Filter) -> Filter | None:
    """Return the filter of the newest cases alone if many are overdue of which the newest few are wanted, else None.

    All that are overdue are gathered otherwise, for whatever few.
    """
    if wanted.overdue is None or wanted.limit is None or wanted.sort != "registered" or wanted.reverse:
        return None
    if db.execute(_MANY_OVERDUE, (wanted.overdue, MANY)).fetchone()[0] < MANY:
        return None
    until = "" if wanted.until is None else "WHERE registered_at < ? "
    query = f"SELECT registered_at FROM cases {until}ORDER BY registered_at DESC LIMIT 1 OFFSET {NEWEST}"
    found = db.execute(query, (wanted.until,) if until else ()).fetchone()
    return None if found is None else wanted.but(since=max(found[0], wanted.since or ""))


def _found_by(
    db: sqlite3.Connection, columns: str, wanted: Filter, *, one_by_one: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Yield them; whether a case is overdue is asked of each `one_by_one`, or all that are gathered first."""
    about_texts, found = _about_its_texts(db, wanted), 0
    for source, asked, order in _sources(wanted, one_by_one=one_by_one):
        if found == wanted.limit:
            return
        clauses, values = _all_of([*asked, *about_texts])
        ordered, ranks = order
        limited = "" if wanted.limit is None else f" LIMIT {wanted.limit - found:d}"
        query = f"SELECT {columns} FROM {source} WHERE {clauses} ORDER BY {ordered}{limited}"
        for row in db.execute(query, (*values, *ranks)):
            found += 1
            yield row


def searched(db: sqlite3.Connection, wanted: Filter) -> Filter:
    """Return the filter with what it finds in texts beside what it looks for there.

    Who asks more than once by it goes through all texts once.
    """
    sought = _in_texts(db, wanted)
    if not sought:
        return wanted
    clauses, values = _all_of(sought)
    (found,) = db.execute(f"SELECT json_group_array(first) FROM written WHERE {clauses}", values).fetchone()
    return wanted.but(among=found)


def clauses_of(db: sqlite3.Connection, wanted: Filter) -> tuple[str, list[str | int]]:
    """Return the condition that the cases which are wanted fulfil, of columns of `cases` alone, and its values."""
    return _all_of([*_about_the_case(wanted), *_about_its_texts(db, wanted)])


def count_of(wanted: Filter) -> tuple[str, list[str | int]] | None:
    """Return the query that counts the cases that are wanted, and its values; None if no index tells their number."""
    if wanted.but(live=False, status=None, since=None, until=None, **_ANY_ORDER) != ALL:
        return None
    clauses, values = _all_of(_about_the_case(wanted))
    return f"SELECT count(*) FROM cases WHERE {clauses}", values


def count_over(db: sqlite3.Connection, wanted: Filter) -> tuple[str, list[str | int]]:
    """Return the query that counts the cases that are over and else are as wanted, and its values."""
    asked = [*_about_the_case(wanted.but(live=False)), *_about_its_texts(db, wanted)]
    clauses, values = _all_of(asked)
    # What is over is nearly all on an old desk: the plus keeps SQLite from going by that if anything else narrows it.
    return f"SELECT count(*) FROM cases WHERE {'+' if asked else ''}ended = 1 AND {clauses}", values


def _all_of(asked: Clauses) -> tuple[str, list[str | int]]:
    """Return the one condition that clauses make, and its values."""
    return " AND ".join(["1", *(clause for clause, _ in asked)]), [value for _, some in asked for value in some]


def _about_the_case(wanted: Filter, *, one_by_one: bool = False) -> Clauses:
    exact = [(name, value) for name in EXACT if (value := getattr(wanted, name)) is not None]
    asked: Clauses = [(f"{name} = ?", (value,)) if value else (f"{name} IS NULL", ()) for name, value in exact]
    if wanted.live:
        asked.append((_LIVE, ()))
    if (category := wanted.category) is not None:
        asked.append(("(category = ? OR substr(category, 1, ?) = ?)", (category, len(category) + 1, f"{category}.")))
    if wanted.owner is not None:
        theirs, values = "owner = ?", (wanted.owner,)
        asked.append((theirs, values) if wanted.owned else (_or_task(theirs, 1), values * 2))
    if wanted.mine is not None:
        person, *teams = wanted.mine
        theirs = f"{_LIVE} AND (person = ? OR (person IS NULL AND owner IN ({_places(teams)})))"
        mine = (person, *teams)
        asked.append((theirs, mine) if wanted.owned else (_or_task(theirs, len(teams)), (*mine, *teams)))
    if wanted.since is not None:
        asked.append(("registered_at >= ?", (wanted.since,)))
    if wanted.until is not None:
        asked.append(("registered_at < ?", (wanted.until,)))
    if wanted.overdue is not None:
        asked.append((_ITSELF_OVERDUE if one_by_one else _OVERDUE, (wanted.overdue,)))
    if wanted.unclassified:
        asked.append((_UNPLACED, ()))
    if wanted.resolved_in is not None:
        asked.append((_HAPPENED.format("resolved"), wanted.resolved_in))
    if wanted.closed_in is not None:
        asked.append((_HAPPENED.format("closed"), wanted.closed_in))
    if wanted.missed is not None:
        asked.append((_HAS_MISSED, wanted.missed))
    if wanted.problem is not None:
        asked.append(("case_id IN (SELECT case_id FROM problem_cases WHERE problem = ?)", (wanted.problem,)))
    return asked


def _about_its_fields(db: sqlite3.Connection, wanted: Filter) -> Clauses:
    """Return the clauses about the rulebook's fields; most cases are passed over without taking their JSON apart."""
    asked: Clauses = []
    for field in wanted.fields:
        if field.alike == NONE:
            asked.append(("NOT EXISTS (SELECT 1 FROM json_each(cases.fields, ?))", (f'$."{field.name}"',)))
            continue
        column = "details" if field.personal else "cases.fields"
        sure = canonical(field.value) if field.alike == "exact" else f'"{field.name}":'
        value = normal(field.value) if field.alike == "text" else field.value
        if field.alike == "text":
            db.create_function("normal", 1, _normal, deterministic=True)
        clause = f"instr({column}, ?) AND EXISTS (SELECT 1 FROM json_each({column}, ?) WHERE {_ALIKE[field.alike]})"
        if field.personal:
            clause = f"case_id IN (SELECT case_id FROM {TEXTS} WHERE {clause})"
        asked.append((clause, (sure, f'$."{field.name}"', value)))
    return asked


def _normal(value: object) -> str:
    return normal(str(value))


def work_of(db: sqlite3.Connection, wanted: Filter, team: str) -> tuple[list[str], list[str | int]]:
    """Return the clauses, with their values, for the work in these cases that is whose the filter asks for.

    `team` is the column that names whose it is if it is not the case's.
    """
    clauses: list[str] = []
    values: list[str | int] = []
    owners = f"coalesce({team}, 'owner') IN ({', '.join(repr(role) for role in OWNER_ROLES)})"
    if wanted.owner is not None:
        clauses.append(f"CASE WHEN {owners} THEN owner ELSE {team} END = ?")
        values.append(wanted.owner)
    if wanted.mine is not None:
        person, *teams = wanted.mine
        own = f"(person = ? OR (person IS NULL AND owner IN ({_places(teams)})))"
        clauses.append(f"({team} IN ({_places(teams)}) OR ({owners} AND {own}))")
        values += [*teams, person, *teams]
    about = wanted.but(owner=None, mine=None)
    if about != ALL:
        its, asked = _all_of([*_about_the_case(about), *_about_its_texts(db, about)])
        clauses.append(f"cases.case_id IN (SELECT case_id FROM cases WHERE {its})")
        values += asked
    return clauses, values


def teams_of(wanted: Filter, team: str, person: str = "NULL") -> tuple[list[str], list[str | int]]:
    """Return the clauses, with their values, for work in no case: of whom the filter asks for, none if it asks more.

    `team` is the column that names whose it is, `person` the one that names somebody of that team who has it alone.
    """
    if wanted.but(owner=None, mine=None, person=None) != ALL:
        return ["0"], []
    clauses: list[str] = []
    values: list[str | int] = []
    if wanted.owner is not None:
        clauses.append(f"{team} = ?")
        values.append(wanted.owner)
    if wanted.person is not None:
        clauses.append(f"{person} = ?")
        values.append(wanted.person)
    if wanted.mine is not None:
        own, *teams = wanted.mine
        clauses.append(f"({person} = ? OR ({person} IS NULL AND {team} IN ({_places(teams)})))")
        values += [own, *teams]
    return clauses, values


def _or_task(theirs: str, teams: int) -> str:
    return f"(({theirs}) OR {_HAS_TASK.format(','.join('?' * teams))})"


def _places(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))


def _about_its_texts(db: sqlite3.Connection, wanted: Filter) -> Clauses:
    """Return the clauses about fields and texts; texts are gone through once, whatever is looked for in them."""
    asked = _about_its_fields(db, wanted)
    if wanted.suspect is not None:
        asked.append(("case_id IN (SELECT value FROM json_each(?))", (json.dumps(wanted.suspect(db)),)))
    if wanted.among is not None:
        asked.append(("first IN (SELECT value FROM json_each(?))", (wanted.among,)))
    if (customer := _customer_of(db, wanted)) is not None:
        asked.append(("customer_id = ?", (customer,)))
    if sought := _in_texts(db, wanted):
        clauses = " AND ".join(clause for clause, _ in sought)
        asked.append((f"first IN (SELECT first FROM written WHERE {clauses})", tuple(v for _, s in sought for v in s)))
    return asked


def _customer_of(db: sqlite3.Connection, wanted: Filter) -> str | None:
    """Return the customer whose contact is asked for; None if nobody has it."""
    if wanted.customer is None:
        return None
    query = "SELECT customer_id FROM customers WHERE contact = ?"
    found = (db.execute(query, (key,)).fetchone() for key in contact_keys(wanted.customer))
    return next((str(row[0]) for row in found if row), None)


def _in_texts(db: sqlite3.Connection, wanted: Filter) -> Clauses:
    """Return the clauses about the texts of cases, of columns of `written`; none if these were gone through already."""
    sought: Clauses = []
    if wanted.among is not None:
        return sought
    if wanted.customer is not None and _customer_of(db, wanted) is None:
        sought.append(("instr(sought_customer, ?)", (as_read(wanted.customer)[0],)))
    if wanted.product is not None:
        sought.append(("instr(sought_product, ?)", (as_read(wanted.product)[0],)))
    if wanted.find is not None:
        words, number = as_read(wanted.find)[0], contact_key(wanted.find)
        sought.append(("instr(sought, ?)", (words,)))
        if number != words and number.lstrip("+").isdigit():  # a telephone number, however its digits are grouped
            sought[-1] = ("(instr(sought, ?) OR instr(sought, ?))", (words, number))
    return sought


def _sources(wanted: Filter, *, one_by_one: bool) -> Iterator[tuple[str, Clauses, tuple[str, tuple[str, ...]]]]:
    """Yield where cases come from, one after the other, with what is asked of them there and their order.

    What is due soonest is found by what is due; cases for which nothing is come after all others.
    """
    if wanted.sort != "due":
        yield "cases", _about_the_case(wanted, one_by_one=one_by_one), _order(wanted)
        return
    up, (newest, _) = "DESC" if wanted.reverse else "ASC", _order(wanted)
    by_due, order = f"{_NEXT_DUE} JOIN cases ON cases.first = whose", (f"due_at {up}, {newest}", ())
    if wanted.overdue is not None:  # then something is due, and was due before
        soon = (f"due_at < {as_seconds('?')}", (wanted.overdue,))
        yield by_due, [soon, *_about_the_case(wanted, one_by_one=True)], order
        return
    asked = _about_the_case(wanted)
    yield by_due, asked, order
    yield "cases", [*asked, (_NOTHING_DUE, ())], (newest, ())


def _order(wanted: Filter) -> tuple[str, tuple[str, ...]]:
    """Return what cases are ordered by, the newest first among equals, with its values."""
    up, down = ("DESC", "ASC") if wanted.reverse else ("ASC", "DESC")
    newest = f"registered_at {down}, series {down}, serial {down}"
    match wanted.sort:
        case "priority":
            # What an earlier rulebook called a priority comes after all that this one knows.
            ranked = "".join(f" WHEN ? THEN {rank}" for rank in range(len(wanted.ranks)))
            by_rank = f"CASE priority{ranked} ELSE {len(wanted.ranks)} END {up}, " if ranked else ""
            return f"{by_rank}priority {up}, {newest}", wanted.ranks
        case "owner":
            return f"owner {up}, {newest}", ()
        case "case":
            return f"series {up}, serial {up}", ()
    return newest, ()
