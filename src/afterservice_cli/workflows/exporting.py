"""Giving a desk to other programs: its cases as traces, read in parts while others work, and a copy of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from afterservice_cli import __version__
from afterservice_cli.cases.fold import fold
from afterservice_cli.frozen import Frozen
from afterservice_cli.reports.lists.log import Trace, trace_of
from afterservice_cli.store import connection, history
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.copies import copying
from afterservice_cli.store.reading import queries, traces
from afterservice_cli.store.reading.filters import Filter
from afterservice_cli.store.troubles import translated
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.desk import Desk


class Origin(Frozen):
    """Where something comes from: the desk's name and register, when it was made, by which rulebook and version."""

    desk: str
    register: str
    made_at: str
    timezone: str
    rulebook: str
    rulebook_hash: str
    version: str


class Copied(Frozen):
    """A copy that was made: its file, how many cases and events it has, and its head as `check --head` takes it."""

    file: str
    cases: int
    events: int
    head: str


def origin_of(desk: Desk) -> Origin:
    """Return where what is made of a desk comes from."""
    with desk.reading() as db:
        register = queries.desk_value(db, "register")
    return _origin(desk, register)


def _origin(desk: Desk, register: str) -> Origin:
    rulebook = desk.rulebook
    zone = rulebook.calendar_rules.timezone
    return Origin(
        desk.path.stem, register, to_text(desk.now), zone, rulebook.name, rulebook.hash, f"afterservice {__version__}"
    )


def hidden_of(desk: Desk) -> tuple[str, ...]:
    """Return the fields that are personal by the rulebook in force."""
    rulebook = desk.rulebook
    return tuple(name for name in rulebook.fields if rulebook.is_personal(name))


def copy(desk: Desk, to: Path) -> Copied:
    """Write a copy of a desk for other programs, without what is personal; `Conflict` if another file is there."""

    def said(db: Connection) -> copying.Said:
        desk.rulebook_in_force(db)
        return hidden_of(desk), _origin(desk, queries.desk_value(db, "register")).plain()

    cases, events, last = copying.copy(desk.path, to, said)
    return Copied(str(to), cases, events, f"{events}:{last}")


def traces_of(desk: Desk, wanted: Filter, *, reveal: bool) -> Iterator[Trace]:
    """Yield the cases wanted as traces, in the order of their numbers, as the history stands now.

    They are read in parts: others may write meanwhile, and what they write is not in it. With `reveal` they tell what
    is personal, and it is noted who saw it before they do.
    """
    hidden = None if reveal else hidden_of(desk)
    with translated(desk.path):
        until, *_ = history.head(desk.connection)
        traces.choose(desk.connection, wanted)
    after = 0
    while part := traces.chosen(desk.connection, after):
        after = part[-1][0]
        numbers = [number for _, number in part]
        with desk.reading() as db:
            read = list(traces.events_of(db, numbers, until))
        cases = [fold(events) for events in read]
        if reveal:
            with connection.writing(desk.connection, desk.path) as db:
                queries.note_reveal(db, to_text(desk.now), desk.actor, [case.number for case in cases])
        found = (trace_of(case, hidden, desk.rulebook.person_of) for case in cases)
        yield from (trace for trace in found if trace.steps)
