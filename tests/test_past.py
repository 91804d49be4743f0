"""The desk as it was: what is replayed in place of what changed since comes to the same as making all tables anew."""

import shutil
import sqlite3
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterservice_cli.commands.printing import FORMATS
from afterservice_cli.decisions import handling
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import Problem
from afterservice_cli.figures.periods import Span
from afterservice_cli.reporting import whole
from afterservice_cli.reports.cases.case import case_view
from afterservice_cli.store.connection import Connection
from afterservice_cli.store.projections import past
from afterservice_cli.store.projections.past import as_of
from afterservice_cli.store.projections.rebuilding import rebuild
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import ALL
from afterservice_cli.store.schema import IN_PARTS, KEYS, PROJECTIONS
from afterservice_cli.time.instants import from_text, to_text
from afterservice_cli.workflows import keeping
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from conftest import Runner, query
from given import make_desk
from rebuilt import rebuilt_as_of
from tally_steps import BEGIN, BOOK, STEP, Step, play

DESK = Path(__file__).parent / "desks" / "format-4.db"
SOUGHT = ("sought",)  # what is looked through, which nobody may do in the past


def table(db: sqlite3.Connection, name: str) -> list[Any]:
    """The rows of a table; in place of numbers of parts and terms what they stand for."""
    told = {column: column for column in PROJECTIONS[name] if column not in SOUGHT}
    for column in (*IN_PARTS, "part"):
        if column in told:
            told[column] = f"(SELECT text FROM parts WHERE parts.part = its.{column})"
    if "term" in told:
        terms = ", ".join(f"terms.{one}" for one in PROJECTIONS["terms"] if one != "term")
        told["term"] = f"(SELECT json_array({terms}) FROM terms WHERE terms.term = its.term)"
    key = KEYS[name]
    order = key if isinstance(key, str) else ", ".join(key)
    return db.execute(f"SELECT {', '.join(told.values())} FROM {name} its ORDER BY {order}").fetchall()


def tables(db: sqlite3.Connection) -> dict[str, list[Any]]:
    return {name: table(db, name) for name in PROJECTIONS if name not in ("parts", "terms")}


def reports(desk: Desk, opened: Any, at: str, span: Span) -> dict[str, bytes]:
    """A report of then in every format, as one of the two ways opens it."""
    with desk.reading() as db, opened(db, at) as (there, digest):
        source = whole.ReportSource(desk.rulebook_of(db, digest), "zh", there, partial(desk.rulebook_of, db), at)
        made = whole.report(source, whole.ReportScope(span, ALL, span.before()), with_cases=True)
        return {format: make(made, "zh") for format, make in FORMATS.items()}


def check_both_ways(desk: Desk, at: str) -> None:
    """Hold all tables, all cases, and the report of all days until then, as the two ways have them."""
    with desk.reading() as db:
        now = tables(db)
        with as_of(db, at) as (there, digest):
            found, numbers = (tables(there), digest), [row[1] for row in table(there, "cases")]
            listed = past.cases_numbered(there, numbers)
        with rebuilt_as_of(db, at) as (there, digest):
            assert found == (tables(there), digest)
            anew = queries.cases_numbered(there, numbers)
            assert [case_view(one, desk.now) for one in listed] == [case_view(one, desk.now) for one in anew]
        assert tables(db) == now, "what there is now is untouched"
    begun = from_text(now["cases"][0][[*PROJECTIONS["cases"]].index("registered_at")]) if now["cases"] else desk.now
    span = Span("days", begun.date(), max(from_text(at), begun).date() + timedelta(days=1))
    assert reports(desk, as_of, at, span) == reports(desk, rebuilt_as_of, at, span)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=5, max_size=50), st.lists(STEP, min_size=1, max_size=30))
def test_what_changed_since_is_all_that_is_replayed(before: list[Step], after: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "d.db", rules=BOOK, now=BEGIN)
        play(desk, before, 6)
        then = desk.now
        desk.now += timedelta(hours=1)
        for number in (one for one in table(desk.connection, "cases") if one[1].endswith(("1", "4"))):
            with suppress(Problem), writing(desk) as writer:  # some of the cases that were there go on
                writer.act(number[1], handling.respond)
        play(desk, after, 3)
        with suppress(Problem):
            keeping.erase(desk, [one[1] for one in table(desk.connection, "cases")][:2], ground="demand")
        check_both_ways(desk, to_text(then))
        desk.connection.close()


def test_every_kind_of_event_is_gone_back_over(tmp_path: Path, call: Runner) -> None:
    for file in DESK.parent.glob(f"{DESK.stem}.*"):
        (shutil.copytree if file.is_dir() else shutil.copy2)(file, tmp_path / file.name)
    path = tmp_path / DESK.name
    path.chmod(0o600)
    assert call("list", "--db", path, now="2021-01-20 09:00").code == 0  # whose tables are made anew if they must be
    desk = Desk(path, now=datetime(2021, 1, 20, 1, tzinfo=UTC), actor="ann", clock="given")
    times = [str(row[0]) for row in query(path, "SELECT DISTINCT recorded_at FROM runs ORDER BY 1")]
    assert len(times) > 50
    for at in times[: -1 : len(times) // 12]:  # as of the last one it is as it stands
        check_both_ways(desk, at)
    desk.connection.close()


def test_only_what_has_changed_is_read_from_the_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = make_desk(tmp_path / "d.db", rules=BOOK, now=BEGIN)
    play(desk, [(n, n % 14, 1, 0) for n in range(40)], 12)
    then = desk.now
    desk.now += timedelta(hours=1)
    with writing(desk) as writer:
        writer.act("202609-003", partial(handling.note, text="called back"))
        later = writer.register(Draft({"channel": "phone", "description": "odd"})).number
    replayed: list[tuple[str, int]] = []

    def heard(passing: Connection) -> None:
        replayed.extend(passing.execute("SELECT case_id, count(*) FROM events GROUP BY 1"))
        rebuild(passing)

    monkeypatch.setattr(past, "rebuild", heard)
    with desk.reading() as db, as_of(db, to_text(then)) as (then_there, _):
        assert [name for name, _ in replayed] == ["202609-003"]
        assert [row[1] for row in table(then_there, "cases") if row[1] == later] == []
