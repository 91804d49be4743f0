"""What cases tell, read from the tables: those that look like no case, tell too little, or were told before."""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import as_facts
from afterservice_cli.decisions.checks import OWN_FACTS, OWN_PERSONAL
from afterservice_cli.decisions.likeness import KEPT, Suspect, Suspicion, Told, suspects, suspicions
from afterservice_cli.rulebook.comparing import as_read
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.views import TEXTS
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.time.instants import from_text, to_text

_OWN = frozenset((*OWN_FACTS, *OWN_PERSONAL))  # facts that are no fields of a rulebook
DAY = len("2026-10-12")  # as texts of times begin
ONE_DAY = timedelta(days=1)

# Open cases that nobody has screened. The plus keeps SQLite from reading the screenings of all cases for those of one.
_UNSEEN = (
    "status IN ('open', 'waiting') AND NOT EXISTS "
    "(SELECT 1 FROM timeline WHERE timeline.first = cases.first AND +word = 'screened')"
)
# Those that nobody has linked with another one; that another was merged into one says nothing of what that repeats.
_UNLINKED = (
    "NOT EXISTS (SELECT 1 FROM links WHERE links.case_id = cases.case_id) AND NOT EXISTS "
    "(SELECT 1 FROM links WHERE other = cases.case_id AND relation <> 'merged')"
)
# Those that an import brought in, and not those that it only changed.
_OF_A_BATCH = (
    "source_batch = ? AND EXISTS (SELECT 1 FROM events WHERE events.case_id = cases.case_id AND events.version = 1 "
    "AND json_extract(body, '$.source.batch') = source_batch)"
)
_TELLS = (
    "cases.case_id, registered_at, classified, channel, kind, product, fields, customer, contact, description, details"
)
_WITH_TEXTS = f"FROM cases JOIN {TEXTS} ON texts.case_id = cases.case_id"


def open_suspects(db: sqlite3.Connection, rulebook: Rulebook) -> Iterator[Suspect]:
    """Yield the open cases that look like something, by the time they came in, and that nobody has settled yet."""
    query = f"SELECT DISTINCT substr(registered_at, 1, {DAY}) FROM cases WHERE {_UNSEEN}"
    days = [day for (day,) in db.execute(query)]
    yield from suspects(rulebook, _told(db, rulebook, _UNSEEN, (), days))


class OpenSuspects:
    """A choice of cases for `Filter.suspect`: those of `open_suspects`; `found` has what they looked like last."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self.found: dict[str, Suspect] = {}

    def __call__(self, db: sqlite3.Connection) -> list[str]:
        """Return their numbers."""
        self.found = {suspect.told.number: suspect for suspect in open_suspects(db, self._rulebook)}
        return list(self.found)


class Looks:
    """What the new cases of an import look like, noted as each comes in, while its text is at hand.

    Only those that look like something are kept, of KEPT at most. Once others may have changed cases, all are looked at
    anew.
    """

    def __init__(self, db: Connection, rulebook: Rulebook) -> None:
        self._db, self._rulebook = db, rulebook
        self._since: int | None = None
        self._found: dict[str, Sequence[Suspicion]] = {}

    def note(self, case: Case) -> None:
        """Note what a new case looks like."""
        if self._since is None:
            self._since = self._db.lost
        if self._holds and (found := self._at(case.description or "", case.classified)):
            self._found[case.number] = found

    def of(self, told: Told) -> Sequence[Suspicion]:
        """Return what a case of the import looks like."""
        return self._found.get(told.number, ()) if self._holds else self._at(told.text, told.classified)

    @property
    def _holds(self) -> bool:
        """Tell whether what was noted is all there is."""
        return self._since == self._db.lost and len(self._found) <= KEPT

    def _at(self, text: str, classified: bool) -> Sequence[Suspicion]:
        return suspicions(self._rulebook, text, classified=classified)


def new_suspects(
    db: Connection, rulebook: Rulebook, looks: Looks, *, batch: str, days: Iterable[str], tried: Iterable[Told]
) -> Iterator[Suspect]:
    """Yield the cases of an import that look like something, by the time they came in.

    They came in on `days`, of UTC as the store writes them. `tried` are those that were tried only, and are in no
    table.
    """
    db.look_again()
    there = _told(db, rulebook, f"{_OF_A_BATCH} AND {_UNSEEN}", (batch,), days)
    yield from suspects(rulebook, heapq.merge(there, sorted(tried, key=_came), key=_came), looks.of)


def sharing(
    db: sqlite3.Connection,
    rulebook: Rulebook,
    number: str,
    values: Iterable[str],
    customer_id: str | None,
    until: datetime,
) -> list[Told]:
    """Return the newest cases that may share one of these values or the customer, and are not void.

    They were received by then, and not so long before that nothing could be a duplicate of them any more.
    """
    wanted = [as_read(value)[0].replace("-", "").replace(" ", "") for value in values if value]
    pieces = ["instr(replace(replace(sought, '-', ''), ' ', ''), ?)"] * len(wanted)
    if customer_id is not None:
        wanted.append(customer_id)
        pieces.append("cases.customer_id = ?")
    if not pieces:
        return []
    since = _reaching_back(rulebook, until.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    query = (
        f"SELECT {_TELLS}, 0 {_WITH_TEXTS} WHERE cases.case_id <> ? AND status <> 'void' "
        f"AND registered_at >= ? AND registered_at <= ? AND ({' OR '.join(pieces)}) "
        "ORDER BY registered_at DESC, series DESC, serial DESC LIMIT 100"
    )
    return [_as_told(row) for row in db.execute(query, (number, to_text(since), to_text(until), *wanted))]


def _told(
    db: sqlite3.Connection, rulebook: Rulebook, asked: str, values: Sequence[str], days: Iterable[str]
) -> Iterator[Told]:
    """Yield what cases tell, in the order in which they came in: those that are `asked` about, which came on `days`.

    If they may repeat earlier ones, those are among them; else they are left out.
    """
    rules = rulebook.intake.duplicates
    others = "status <> 'void'" if rules else asked
    which = f"CASE WHEN {asked} THEN 1 + ({_UNLINKED}) ELSE 0 END"  # asked about, and also to be compared
    query = (
        f"SELECT {_TELLS}, {which} {_WITH_TEXTS} "
        f"WHERE registered_at >= ? AND registered_at < ? AND {others} ORDER BY registered_at, series, serial"
    )
    reading = partial(_as_told, further=bool(rules and not _OWN.issuperset(rules.same)))
    for since, until in _spans(rulebook, days):
        given = (*values, since, until, *(() if rules else values))
        yield from map(reading, db.execute(query, given))


def _spans(rulebook: Rulebook, days: Iterable[str]) -> list[tuple[str, str]]:
    """Return the spans `[since, until)` that have these days, and before each day what its cases may repeat."""
    rules = rulebook.intake.duplicates
    spans: list[tuple[str, str]] = []
    for day in sorted(days):
        begin = datetime.fromisoformat(day).replace(tzinfo=UTC)
        since, until = begin, to_text(begin + ONE_DAY)
        if rules:
            since = _reaching_back(rulebook, begin)
        if spans and to_text(since) <= spans[-1][1]:
            spans[-1] = (spans[-1][0], until)
        else:
            spans.append((to_text(since), until))
    return spans


def _reaching_back(rulebook: Rulebook, begin: datetime) -> datetime:
    """Return from when on cases may be repeated by those of a day that begins then; that day if none may be."""
    rules = rulebook.intake.duplicates
    if not rules:
        return begin
    # Days count to their end, that of a day off to the end of the next one that is worked.
    earliest = rulebook.calendar.back(begin, parse_duration(rules.within))
    return rulebook.calendar.back(earliest, parse_duration("1wd")) - ONE_DAY


def _as_told(row: Sequence[Any], *, further: bool = True) -> Told:
    """Return what a case tells; the rulebook's own fields are read only if any of them is asked for `further`."""
    number, at, classified, channel, kind, product, fields, customer, contact, description, details, which = row
    facts = {"channel": channel, "kind": kind, "product": product}
    facts |= {"customer": customer, "contact": contact, "description": description}
    if further:
        facts = {**as_facts(json.loads(fields)), **as_facts(json.loads(details)), **facts}
    return Told(number, from_text(at), facts, description or "", bool(classified), which > 0, which > 1)


def _came(told: Told) -> datetime:
    return told.at
