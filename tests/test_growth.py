"""What a desk with many cases may cost: lists in flat memory, and the first few found by an index."""

import json
import sqlite3
import tempfile
import tracemalloc
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.decisions import closing, handling
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import StorageFailed
from afterservice_cli.figures.periods import parse_span
from afterservice_cli.files import kept
from afterservice_cli.files.kept import Kept
from afterservice_cli.reporting import whole
from afterservice_cli.rulebook.phrases.index import Index
from afterservice_cli.rulebook.phrases.patterns import Words
from afterservice_cli.store import connection
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.filters import Filter, found_by
from afterservice_cli.store.reading.suspects import sharing
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from conftest import Runner
from filled_desks import FEW, MANY, filled
from given import RECEIVED, make_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with some cases, each with its deadlines."""
    return filled(tmp_path_factory.mktemp("growth") / "d.db", FEW)


@pytest.fixture
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are many, and no desk is small."""
    monkeypatch.setattr(connection, "AT_ONCE", 0)
    monkeypatch.setattr(kept, "GROUP", 10)
    monkeypatch.setattr(queries, "SOME", 10)


# --- flat memory ----------------------------------------------------------------------------------------------------

ROWS = st.lists(st.tuples(st.text(max_size=3), st.none() | st.integers(), st.lists(st.integers(), max_size=2)))


@forall(ROWS, st.integers(1, 4), st.integers(0, 2))
def test_what_is_kept_comes_back_in_its_order_as_often_as_it_is_asked_for(
    rows: list[tuple[object, ...]], group: int, held: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "GROUP", group)
        patch.setattr(kept, "HELD", held)
        whole = Kept(iter(rows), lambda row: ("made", row))
    made = [("made", row) for row in rows]
    assert (len(whole), list(whole), next(iter(whole), None)) == (len(rows), made, made[0] if made else None)
    first, second = iter(whole), iter(whole)  # neither disturbs the other
    assert list(zip(first, second, strict=True)) == list(zip(made, made, strict=True))


def test_all_is_read_before_anything_is_given_back() -> None:
    read: list[int] = []

    def rows() -> Iterable[tuple[int]]:
        for number in range(5000):
            read.append(number)
            yield (number,)

    whole = Kept(rows(), lambda row: row[0])
    assert len(read) == len(whole) == 5000


def test_where_nothing_can_be_kept_it_is_said_where_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_groups: None
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    few = Kept(((number,) for number in range(20)), lambda row: row)
    assert len(few) == 20  # these need no file
    with pytest.raises(StorageFailed, match="cannot be kept for a moment") as refused:
        Kept(((number,) for number in range(50)), lambda row: row)
    assert "TMPDIR" in (refused.value.hint or "")


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--output", "out.json"),
        ("list", "--output", "out.csv"),
        ("list", "--sort", "due", "--columns", "case,due_at,serial", "--output", "out.json"),
        ("due", "--output", "out.json"),
        ("due", "--output", "out.csv"),
    ],
    ids=" ".join,
)
def test_a_list_of_many_takes_the_memory_of_few(
    call: Runner, tmp_path: Path, words: tuple[str, ...], small_groups: None
) -> None:
    peaks: dict[int, list[int]] = {MANY: [], FEW: []}
    for cases in (MANY, FEW) * 3:  # what is loaded once counts in the first run alone
        path = tmp_path / str(cases) / "d.db"
        if not path.exists():
            filled(path, cases).connection.close()
        tracemalloc.start()
        done = call(*words, "--db", path)
        peaks[cases].append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert done.code == 0
        assert len((tmp_path / words[-1]).read_text("utf-8").splitlines()) > cases
    # The case alone has a kilobyte as JSON, and several as objects.
    assert min(peaks[MANY]) - min(peaks[FEW]) < 100 * (MANY - FEW)


# --- by an index ----------------------------------------------------------------------------------------------------


def plans(desk: Desk, ask: Callable[[sqlite3.Connection], object]) -> list[str]:
    """How SQLite goes about the last statement that is asked."""
    said: list[str] = []
    with desk.reading() as db:
        db.set_trace_callback(said.append)
        ask(db)
        db.set_trace_callback(None)
        (last,) = [statement for statement in said if not statement.startswith("--")][-1:]
        return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {last}")]


WAITING = "USING COVERING INDEX idx_due_times_outcome_ended_at_due_at_paused_at (outcome=? AND ended_at=?)"


@pytest.mark.parametrize("asked", [Filter(live=True), Filter(status="open"), Filter(live=True, reverse=True)])
def test_what_is_due_first_is_found_by_what_waits(desk: Desk, asked: Filter) -> None:
    wanted = asked.but(sort="due", limit=3)
    plan = plans(desk, lambda db: list(found_by(db, "case_id", wanted)))
    assert plan[0] == f"SEARCH due {WAITING}"
    assert "SEARCH its USING PRIMARY KEY (first=?)" in plan  # of one case, not of all that wait
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan  # only what is due at once is sorted
    assert [line for line in plan if line.startswith("SCAN")] == []


OCTOBER = ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z")


@pytest.mark.parametrize("asked", [Filter(resolved_in=OCTOBER), Filter(closed_in=OCTOBER)])
def test_what_came_later_is_found_by_when_it_did(desk: Desk, asked: Filter) -> None:
    plan = plans(desk, lambda db: list(found_by(db, "case_id", asked)))
    assert "SEARCH timeline USING INDEX idx_timeline_word_at (word=? AND at>? AND at<?)" in plan


def test_the_first_few_that_wait_are_found_without_the_rest(desk: Desk) -> None:
    plan = plans(desk, lambda db: queries.running_deadlines(db, Filter(), limit=3))
    assert plan[0] == f"SEARCH its {WAITING.replace('COVERING ', '')}"
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_a_new_case_is_compared_with_those_of_the_time_in_which_it_may_repeat_them(desk: Desk) -> None:
    with writing(desk) as writer:
        draft = Draft({"channel": "phone", "customer": "Zoe", "description": "the hose leaks", "serial": "AB-59"})
        case = writer.register(draft, at=RECEIVED + timedelta(hours=119))
        assert [number for number, _, _ in writer.lookalikes(case)] == ["202610-060"]
    plan = plans(desk, lambda db: asked_for_likes(desk))
    assert plan[0] == "SEARCH cases USING INDEX idx_cases_registered_at (registered_at>? AND registered_at<?)"


def asked_for_likes(desk: Desk) -> None:
    sharing(desk.connection, desk.rulebook, "202610-060", ["AB-58"], None, RECEIVED + timedelta(hours=118))


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--find", "nowhere"),
        ("list", "--find", "the hose", "--sort", "due"),
        ("list", "--customer", "zo", "--product", "none"),
        ("report", "--month", "2026-10", "--find", "the hose", "--json"),
    ],
    ids=" ".join,
)
def test_texts_are_gone_through_once_whatever_is_asked_of_what_is_found(
    call: Runner, desk: Desk, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    connect = connection.connect

    def heard(path: Path, **how: bool) -> sqlite3.Connection:
        opened = connect(path, **how)
        opened.set_trace_callback(said.append)
        return opened

    monkeypatch.setattr(connection, "connect", heard)
    monkeypatch.setattr(connection, "AT_ONCE", 0)  # a copy is asked the same
    assert call(*words, "--db", desk.path).code == 0
    assert len([one for one in said if "FROM written" in one and "instr(" in one]) == 1


def test_a_case_is_shown_without_a_look_for_all_that_decides_a_new_one(
    call: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "desk.db"
    assert call("init", "--rules", "customer-feedback", "--db", db).code == 0
    for text in ("APP打不开", "屏幕碎了"):
        assert call("register", text, "--channel", "phone", "--db", db).code == 0
    looked_for: list[int] = []
    made = Index.__init__

    def counted(self: Index, patterns: Iterable[str], groups: Words, text: str | None = None) -> None:
        some = list(patterns)
        looked_for.append(len(some))
        made(self, some, groups, text)

    monkeypatch.setattr(Index, "__init__", counted)
    assert "classify" in call("show", "1", "--db", db).out
    of_screening = looked_for
    looked_for = []
    assert call("classify", "1", "--db", db).code == 0
    assert len(of_screening) == 1
    assert sum(of_screening) * 10 < sum(looked_for)


# --- the first few of what is due -----------------------------------------------------------------------------------


def test_due_shows_as_many_as_are_asked_for_and_says_that_there_are_more(call: Runner, desk: Desk) -> None:
    every = json.loads(call("due", "--json", "--db", desk.path).out)
    for count in (1, 5, len(every)):
        done = call("due", "--json", "--limit", str(count), "--db", desk.path)
        assert json.loads(done.out) == every[:count]
        more = f"the first {count} of the deadlines that wait for an answer; there are more"
        assert (more in done.err) == (count < len(every))


# --- a report -------------------------------------------------------------------------------------------------------


def test_a_report_takes_steps_as_many_as_it_has_cases(tmp_path: Path) -> None:
    desk, steps = make_desk(tmp_path / "d.db", rules=rulebooks.compiled("figures")), []
    for cases in (50, 150):
        with writing(desk) as writer:
            for _ in range(cases):
                number = writer.register(Draft({"channel": "phone", "description": "broken"})).number
                writer.act(number, handling.respond)
                writer.act(number, partial(closing.resolve, resolution="mended"))
                writer.act(number, closing.close)
        steps.append(steps_of(desk))
    assert steps[1] < 4.5 * steps[0]  # for four times as many


def steps_of(desk: Desk) -> int:
    """How many hundreds of steps SQLite takes for a monthly report with the cases of each figure."""
    taken: list[int] = []
    with desk.reading() as db:
        db.set_progress_handler(lambda: taken.append(1), 100)
        source = whole.ReportSource(desk.rulebook, "en", db, partial(desk.rulebook_of, db), to_text(desk.now))
        asked = whole.ReportScope(parse_span("month", "2026-10", desk.now.date()))
        assert whole.report(source, asked, with_cases=True).figures["registered"]
        db.set_progress_handler(None, 0)
    return len(taken)
