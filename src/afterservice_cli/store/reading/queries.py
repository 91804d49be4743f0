"""What is read from the tables: cases by number and by filter, deadlines, the figures of a period."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NoReturn, TypeVar

from afterservice_cli.errors import BadInput, NotFound, typed
from afterservice_cli.files.kept import Kept
from afterservice_cli.frozen import Frozen
from afterservice_cli.input_text import HYPHENS, number_spelling
from afterservice_cli.language import listed, tr
from afterservice_cli.reports.cases.case import LinkView
from afterservice_cli.reports.rows import (
    AttachmentRow,
    CaseRow,
    DeadlineRow,
    DutyRow,
    DutyTimeRow,
    Listed,
    OpenTaskRow,
    TaskRow,
    TextRow,
    WaitingRow,
)
from afterservice_cli.store.reading import filters
from afterservice_cli.store.reading.filters import ALL, RUNS, Filter, found_by, teams_of, work_of
from afterservice_cli.store.schema import WAITING, part_columns
from afterservice_cli.store.views import TEXTS, as_seconds, deadline_columns

Found = TypeVar("Found")
SOME = 500  # cases, or identities, that one query asks for

MODEL = "model"  # the key under which a desk keeps the hash of what it has learnt
LAST = "last"  # short for the case that somebody registered last
LAST_REGISTERED = (
    "SELECT case_id FROM events JOIN runs USING (run) WHERE kind = 'CaseRegistered' AND actor = ? "
    "ORDER BY seq DESC LIMIT 1"
)


def find_case(db: sqlite3.Connection, reference: str, actor: str) -> str:
    """Return the one case that a reference means to whoever acts.

    It may be written with any hyphen, in full width, and after `#`. Digits are a serial, of the newest month that has
    it; `last` is the case that this actor registered last; all else is a number, the one that an imported case had at
    its source, or how a number ends. `NotFound` if there is none, `BadInput` if there are several.
    """
    reference = unicodedata.normalize("NFKC", reference.encode(errors="replace").decode()).translate(HYPHENS)
    if reference.startswith("#"):
        if found := _from_source(db, reference):
            return found
        reference = reference[1:]
    found = _one(db, "SELECT case_id FROM cases WHERE case_id = ?", reference)
    if not found and reference == LAST:
        found = _one(db, LAST_REGISTERED, actor)
    if not found and re.fullmatch("[0-9]{1,12}", reference):
        found = _one(
            db, "SELECT case_id FROM cases WHERE serial = ? ORDER BY registered_at DESC LIMIT 1", int(reference)
        )
    return found or _from_source(db, reference) or _ending(db, reference)


def _one(db: sqlite3.Connection, query: str, value: str | int) -> str:
    found = db.execute(query, (value,)).fetchone()
    return str(found[0]) if found else ""


def _from_source(db: sqlite3.Connection, reference: str) -> str:
    """Return the one case that had this as its number at its source; void ones only if there is no other."""
    query = (
        "SELECT cases.case_id, void_by FROM written JOIN cases USING (first) "
        "WHERE source_spelling = ? ORDER BY void_by <> '', cases.case_id LIMIT 4"
    )
    found = db.execute(query, (number_spelling(reference),)).fetchall()
    found = [row for row in found if not row[1]] or found
    if len(found) > 1:
        _refuse_several(reference, [row[0] for row in found])
    return str(found[0][0]) if found else ""


def _refuse_several(reference: str, found: Sequence[str]) -> NoReturn:
    some = listed(found[:3]) + (" …" if len(found) > 3 else "")
    raise BadInput(tr("'{number}' is short for several cases: {cases}", number=reference, cases=some))


def _ending(db: sqlite3.Connection, reference: str) -> str:
    """Return the one case whose number ends so."""
    pattern = reference.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = db.execute(
        "SELECT case_id FROM cases WHERE case_id LIKE ? ESCAPE '\\' ORDER BY case_id LIMIT 4", (f"%{pattern}",)
    ).fetchall()
    if not reference or not found:
        said = tr("there is no case '{case}'", case=typed(reference))
        if reference == LAST:
            said = tr("'last' is the case that you registered last, and you have registered none")
        raise NotFound(said, hint=_where_to_look(reference))
    if len(found) > 1:
        _refuse_several(reference, [row[0] for row in found])
    return str(found[0][0])


def _where_to_look(reference: str) -> str:
    """Return how to find a case: what is no number of one, such as a telephone number, may be the customer's."""
    if reference and typed(reference) != reference:
        return tr("afterservice list --customer … finds cases by contact or name")
    return tr("afterservice list shows the numbers")


def next_serial(db: sqlite3.Connection, series: str, table: str = "cases") -> int:
    """Return the serial that the next case of a series gets, or the next problem or measure."""
    query = f"SELECT coalesce(max(serial), 0) + 1 FROM {table} WHERE series = ?"
    return int(db.execute(query, (series,)).fetchone()[0])


def customer_of(db: sqlite3.Connection, contact: str) -> str | None:
    """Return the customer's id for a contact as `contact_key` gives it; None if nobody has that contact."""
    found = db.execute("SELECT customer_id FROM customers WHERE contact = ?", (contact,)).fetchone()
    return found[0] if found else None


def said_of_customer(
    db: sqlite3.Connection, customer_id: str, fields: Sequence[str]
) -> list[tuple[str, str, str, str]]:
    """Return for each of a customer's fields that anybody said the field, the case that said it last, and its values.

    The values are those of the case's fields, public and personal, as JSON.
    """
    of_one = "SELECT field, first FROM said_of_customers WHERE customer_id = ? AND field = ? ORDER BY seq DESC LIMIT 1"
    last = " UNION ALL ".join([f"SELECT * FROM ({of_one})"] * len(fields))
    query = (
        f"SELECT field, cases.case_id, cases.fields, texts.details FROM ({last}) AS said "
        f"JOIN cases ON cases.first = said.first JOIN {TEXTS} ON texts.case_id = cases.case_id"
    )
    return db.execute(query, [value for field in fields for value in (customer_id, field)]).fetchall()


class Imported(Frozen):
    """The case that an imported row became, and a hash of what the row said when it was last read.

    `taken_back` if the registration was a mistake, and nothing came in its place here.
    """

    number: str
    digest: str
    taken_back: bool


def imported(db: sqlite3.Connection, identities: Sequence[str]) -> dict[str, Imported]:
    """Return the cases that imported rows became, by the identities of the rows; those that are new are left out."""
    found: dict[str, Imported] = {}
    for some in _chunks(identities):
        query = (
            "SELECT source_identity, case_id, source_digest, void_by = 'retracted' FROM cases "
            f"WHERE source_identity IN ({','.join('?' * len(some))})"
        )
        found |= {row[0]: Imported(row[1], row[2], bool(row[3])) for row in db.execute(query, some)}
    return found


def data_version(db: sqlite3.Connection) -> int:
    """Return a number that is another one once another connection has written the file."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def desk_value(db: sqlite3.Connection, key: str) -> str:
    """Return one value of the desk itself; "" if it has none."""
    found = db.execute("SELECT value FROM desk WHERE key = ?", (key,)).fetchone()
    return str(found[0]) if found else ""


def learnt(db: sqlite3.Connection) -> bool:
    """Tell whether the desk has learnt what to suggest (`store.learning`)."""
    return bool(desk_value(db, MODEL))


def set_value(db: sqlite3.Connection, key: str, value: str) -> None:
    """Keep one value of the desk itself."""
    db.execute("DELETE FROM desk WHERE key = ?", (key,))
    db.execute("INSERT INTO desk (key, value) VALUES (?,?)", (key, value))


def snapshot(db: sqlite3.Connection, digest: str) -> str:
    """Return the text of a rulebook's snapshot by its hash, "" if it is gone."""
    found = db.execute("SELECT text FROM snapshots WHERE hash = ?", (digest,)).fetchone()
    return found[0] if found and isinstance(found[0], str) else ""


def list_cases(db: sqlite3.Connection, wanted: Filter) -> Kept[Listed]:
    """Return the cases that are wanted, in the order they are wanted in."""
    return Kept(_with_details(db, found_by(db, part_columns(CaseRow.COLUMNS), wanted)), _listed)


def count_of(db: sqlite3.Connection, wanted: Filter) -> int | None:
    """Return how many cases are wanted, whatever the limit, if an index tells; None if they would have to be read."""
    query = filters.count_of(wanted)
    return None if query is None else int(db.execute(*query).fetchone()[0])


def count_over(db: sqlite3.Connection, wanted: Filter) -> int:
    """Return how many cases are closed or void and else are as wanted, whatever the limit."""
    return int(db.execute(*filters.count_over(db, wanted)).fetchone()[0])


def versions_of(db: sqlite3.Connection, wanted: Filter) -> dict[str, int]:
    """Return the cases that are wanted, by number, each with its version."""
    return dict(found_by(db, "case_id, version", wanted))


def one_case(db: sqlite3.Connection, number: str) -> Listed:
    """Return one case by its number."""
    query = f"SELECT {part_columns(CaseRow.COLUMNS)} FROM cases WHERE case_id = ?"
    (found,) = _with_details(db, db.execute(query, (number,)))
    return _listed(found)


def cases_numbered(db: sqlite3.Connection, numbers: Sequence[str]) -> list[Listed]:
    """Return the cases with these numbers, in their order."""
    found: dict[str, tuple[Any, ...]] = {}
    for some in _chunks(numbers):
        query = f"SELECT {part_columns(CaseRow.COLUMNS)} FROM cases WHERE case_id IN ({','.join('?' * len(some))})"
        found |= {row[0]: row for row in db.execute(query, some)}
    return [_listed(row) for row in _with_details(db, [found[number] for number in numbers])]


def links_of(db: sqlite3.Connection, number: str) -> list[LinkView]:
    """Return what a case is linked with, seen from it, in the order in which it was told."""
    query = (
        "SELECT seq, other, relation, 1 FROM links WHERE case_id = ? "
        "UNION ALL SELECT seq, case_id, relation, 0 FROM links WHERE other = ? ORDER BY seq"
    )
    return [LinkView(*row) for row in db.execute(query, (number, number))]


def running_deadlines(
    db: sqlite3.Connection, wanted: Filter, *, until: str | None = None, limit: int | None = None
) -> Kept[WaitingRow]:
    """Return the deadlines of these cases that nobody has answered yet, soonest first, and after them those paused.

    With `until` those due by then; what is paused is due at no time that could be told. With `limit` so many at most.
    """
    return Kept(_running_deadlines(db, wanted, until, limit), WaitingRow)


def _running_deadlines(
    db: sqlite3.Connection, wanted: Filter, until: str | None, limit: int | None
) -> Iterator[tuple[Any, ...]]:
    more, asked = work_of(db, wanted, "terms.team")
    found = 0
    for which in (RUNS, f"NOT {RUNS}"):
        clauses, values = [WAITING, which], list[str | int]()
        if which != RUNS and (until or found == limit):
            return
        if until:
            clauses.append(f"due_at <= {as_seconds('?')}")
            values.append(until)
        limited = "" if limit is None else f" LIMIT {limit - found:d}"
        query = (
            f"SELECT cases.case_id, target, occurrence, {deadline_columns(('due_at', 'warn_at', 'paused_at'))}, "
            "provisional, rule, duration, team, "
            "counts, status, priority, category, owner, person, customer, description "
            "FROM due_times its JOIN terms USING (term) JOIN cases ON cases.first = its.first "
            f"JOIN {TEXTS} ON texts.case_id = cases.case_id "
            f"WHERE {' AND '.join([*clauses, *more])} ORDER BY its.due_at, cases.case_id, target{limited}"
        )
        for row in db.execute(query, [*values, *asked]):
            found += 1
            yield row


def running_duties(db: sqlite3.Connection, wanted: Filter = ALL, *, until: str | None = None) -> list[DutyRow]:
    """Return the duties of whom the filter asks for, soonest first; with `until` those due by then.

    They are of no case, and so none if the filter asks anything else.
    """
    clauses, values = ["own.ended_at IS NULL"], list[str | int]()
    if until:
        clauses.append("own.due_at <= ?")
        values.append(until)
    theirs, asked = teams_of(wanted, "own.team")
    query = (
        "SELECT own.name, own.team, own.every, own.from_at, own.due_at, own.warn_at, last.done_by, last.due_at, data "
        "FROM duties own LEFT JOIN personal ON personal.seq = own.seq LEFT JOIN duties last ON last.name = own.name "
        "AND last.seq = (SELECT max(seq) FROM duties WHERE name = own.name AND seq < own.seq) "
        f"WHERE {' AND '.join([*clauses, *theirs])} ORDER BY own.due_at, own.name"
    )
    return _rows(db, DutyRow, query, [*values, *asked])


def duty_times(db: sqlite3.Connection, begin: str, end: str) -> list[DutyTimeRow]:
    """Return the times of duties that were due before `end` and were not over before `begin`, in their order."""
    query = (
        f"SELECT {_columns(DutyTimeRow.COLUMNS)} FROM duties WHERE coalesce(ended_at, ?) >= ? "
        "AND min(due_at, coalesce(ended_at, due_at)) < ? ORDER BY name, seq"
    )
    return _rows(db, DutyTimeRow, query, (begin, begin, end))


def open_tasks(db: sqlite3.Connection, wanted: Filter) -> list[OpenTaskRow]:
    """Return the tasks of these cases that nobody has done yet: those due first, then those without a time."""
    more, asked = work_of(db, wanted, "tasks.team")
    query = (
        "SELECT cases.case_id, tasks.name, tasks.rule, tasks.team, waits_for, outcomes, tasks.plan, opened_at, due_at, "
        "warn_at, paused_at, status, priority, category, owner, person, customer, description FROM tasks "
        f"JOIN cases ON cases.case_id = tasks.case_id JOIN {TEXTS} ON texts.case_id = tasks.case_id "
        f"LEFT JOIN (SELECT * FROM deadlines WHERE {WAITING}) AS waiting "
        "ON waiting.case_id = tasks.case_id AND target = 'task:' || tasks.name AND waiting.cycle = tasks.cycle "
        f"WHERE {' AND '.join(['tasks.state = ?', *more])} "
        "ORDER BY due_at IS NULL, due_at, opened_at, cases.case_id, tasks.name"
    )
    return _rows(db, OpenTaskRow, query, ["open", *asked])


def _with_details(db: sqlite3.Connection, cases: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of these cases, each with the rows of all that is listed of it, read so many at a time."""
    queries = _detail_queries()
    place = CaseRow.COLUMNS.index("case_id")
    cases = iter(cases)
    while some := {row[place]: row for row in islice(cases, SOME)}:
        its: dict[str, list[list[Any]]] = {number: [[] for _ in queries] for number in some}
        places = ",".join("?" * len(some))
        for part, query in enumerate(queries):
            for row in db.execute(query.format(places), tuple(some)):
                its[row[0]][part].append(row)
        yield from ((row, *its[number]) for number, row in some.items())


def _detail_queries() -> Sequence[str]:
    """Return the queries for deadlines, tasks, texts and attachments of some cases; a row begins with its case's."""
    its = "case_id IN ({})"
    return (
        f"SELECT {_columns(DeadlineRow.COLUMNS)} FROM deadlines WHERE {its} ORDER BY case_id, place",
        f"SELECT {_columns(TaskRow.COLUMNS, 'tasks')} FROM tasks WHERE {its} ORDER BY rowid",
        f"SELECT {_columns(TextRow.COLUMNS)} FROM {TEXTS} WHERE {its}",
        # The plus keeps SQLite from reading the attachments of all cases, by their word, for those of a few.
        "SELECT cases.case_id, timeline.seq, at, actor, body, data FROM cases JOIN timeline USING (first) "
        "JOIN events ON events.seq = timeline.seq JOIN runs ON runs.run = events.run "
        "LEFT JOIN personal ON personal.seq = timeline.seq "
        f"WHERE +word = 'attached' AND cases.{its} ORDER BY timeline.seq",
    )


def _listed(row: tuple[Any, ...]) -> Listed:
    """Return a case as the tables have it, of a row of `_with_details`."""
    case, deadlines, tasks, (text,), attachments = row
    return Listed(
        CaseRow(case),
        [DeadlineRow(each) for each in deadlines],
        [TaskRow(each) for each in tasks],
        TextRow(text),
        [AttachmentRow(each) for each in attachments],
    )


def _chunks(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    return (numbers[start : start + SOME] for start in range(0, len(numbers), SOME))


def _columns(names: Iterable[str], table: str = "") -> str:
    """Return the fields of a row as the columns of a query, of one table if it is named."""
    return ", ".join(f"{table}.{name}" if table else name for name in names)


def _rows(
    db: sqlite3.Connection, make: Callable[[Sequence[object]], Found], query: str, values: Sequence[str | int]
) -> list[Found]:
    """Return what a query finds, a row each as `make` makes it of the columns."""
    return [make(row) for row in db.execute(query, values)]


def count_cases(db: sqlite3.Connection) -> int:
    """Return how many cases the desk has, void ones included."""
    return int(db.execute("SELECT count(*) FROM cases").fetchone()[0])


def with_provisional_deadlines(db: sqlite3.Connection) -> list[str]:
    """Return the cases with a deadline that waits for the working calendar to be known, in order."""
    query = f"SELECT DISTINCT case_id FROM due_times JOIN cases USING (first) WHERE provisional = 1 AND {WAITING}"
    return [row[0] for row in db.execute(f"{query} ORDER BY case_id")]


def note_reveal(db: sqlite3.Connection, at: str, actor: str, numbers: Iterable[str]) -> None:
    """Note outside the history who saw whose contacts; the caller holds the transaction."""
    db.executemany(
        "INSERT INTO reveals (at, actor, case_id) VALUES (?,?,?)", ((at, actor, number) for number in numbers)
    )
