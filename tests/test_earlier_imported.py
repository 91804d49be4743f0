"""Rows that change later, and the customer's earlier cases: what counts by then, and how it is told."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import EarlierCase
from afterservice_cli.decisions import closing, erasing, handling, intake, mending
from afterservice_cli.intake.reading import receipts
from afterservice_cli.intake.tables.table import Line
from afterservice_cli.rulebook import earlier as counting
from afterservice_cli.rulebook.conditions import holds
from afterservice_cli.store import connection
from afterservice_cli.store.projections import earlier
from afterservice_cli.workflows.recording import Writer, writing
from registers import Register, register_in

REPAIRS = str(rulebooks.FOLDER / "repairs.yaml")
ANN, BOB = "139 0000 0101", "139 0000 0102"
PROFILE = """
profile: repairs
columns: {number: no, received_at: received, contact: mobile, description: text, kind: kind, category: sort}
defaults: {channel: phone}
"""
FIRST, SECOND = f"1,2026-10-31 10:00,{ANN},broken,complaint,", f"2,2026-11-01 10:00,{BOB},broken,complaint,"
THIRD = f"3,2026-11-01 12:00,{ANN},broken,complaint,"


class Export:
    """A desk into which one file is read again and again."""

    def __init__(self, register: Register) -> None:
        self.register, self.folder, self.headings = register, register.folder, "no,received,mobile,text,kind,sort"
        (self.folder / "profile.yaml").write_text(PROFILE)

    def read(self, *rows: str) -> list[Case]:
        """Read a file of these rows; return the cases."""
        self.register.desk.now += timedelta(minutes=1)
        (self.folder / "rows.csv").write_text("\n".join([self.headings, *rows]))
        self.register.read(self.folder / "rows.csv", self.folder / "profile.yaml")
        return self.register.cases()


@pytest.fixture
def export(tmp_path: Path) -> Iterator[Export]:
    with register_in(tmp_path, REPAIRS) as register:
        yield Export(register)


def words(case: Case) -> list[str]:
    return [recorded.event.word for recorded in case.events]


def targets(case: Case) -> set[str]:
    return {deadline.spec.target for deadline in case.deadlines if deadline.outcome != "void"}


def test_a_contact_that_a_row_changes_brings_the_cases_of_its_customer(export: Export) -> None:
    first, second, third = export.read(FIRST, SECOND, THIRD)
    assert (second.earlier["complaints"], third.earlier["complaints"]) == ((), (first.number,))
    rows = (FIRST, SECOND.replace(BOB, ANN), THIRD.replace(ANN, BOB))
    _, second, third = export.read(*rows)
    assert (second.earlier["complaints"], third.earlier["complaints"]) == ((first.number,), ())
    assert (targets(second), targets(third)) == ({"respond", "call"}, {"respond"})
    assert words(second) == words(third) == ["registered", "amended", "earlier_counted"]
    assert [case.version for case in export.read(*rows)] == [1, 3, 3]
    assert export.register.findings() == []


def test_a_category_that_a_row_changes_is_ranked_by_what_counts_by_then(export: Export) -> None:
    fourth = f"4,2026-11-01 13:00,{BOB},broken,complaint,"
    export.read(FIRST, SECOND, THIRD, fourth)
    *_, case = export.read(FIRST, SECOND.replace(BOB, ANN), THIRD, f"{fourth.replace(BOB, ANN)}loud")
    assert (case.value("category"), len(case.earlier["complaints"])) == ("loud", 3)
    assert (case.value("priority"), case.value("owner")) == ("high", "heads")
    assert export.register.findings() == []


def test_what_a_row_tells_of_a_case_that_it_gives_to_another_customer_is_judged_by_what_counts_then(
    export: Export,
) -> None:
    def told(*rows: str) -> Case:
        return export.read(*(f"{row},{done}" for row, done in zip(rows, ("", "2026-11-01 11:00"), strict=True)))[1]

    heading = PROFILE.replace("defaults:", "course: [{event: resolved, at: done}]\ndefaults:")
    (export.folder / "profile.yaml").write_text(heading)
    export.headings += ",done"
    case = export.read(FIRST + ",", SECOND + ",")[1]
    with writing(export.register.desk) as writer:
        writer.act(case.number, partial(handling.note, text="x"))
    case = told(FIRST, SECOND.replace(BOB, ANN))
    assert words(case) == ["registered", "noted", "amended", "earlier_counted"]
    assert "demands before resolve: response" in (export.folder / "rows.rejects.csv").read_text()
    case = told(FIRST, SECOND)
    assert words(case)[4:] == ["amended", "earlier_counted", "resolved"]


def test_a_row_that_only_another_case_concerns_is_left_as_it_was(export: Export) -> None:
    export.read(FIRST, THIRD)
    _, third, _ = export.read(FIRST, THIRD, SECOND.replace(BOB, ANN))
    assert words(third) == ["registered"]


# --- rows in another order ------------------------------------------------------------------------------------------

ROWS = [
    *(f"{day},2026-10-{day:02} 10:00,{ANN if day % 3 else BOB},broken,complaint," for day in range(25, 30)),
    f"30,2026-10-30 10:00,{ANN},broken,nonsense,",
    f"31,no day,{BOB},broken,complaint,",
    *(f"{day + 31},2026-11-{day:02},{BOB},loud,complaint," for day in (1, 2)),
]


@pytest.mark.parametrize("at_once", [receipts.AT_ONCE, 4, 3, 1])
@pytest.mark.parametrize("order", [reversed, partial(sorted, key=lambda row: row.split(",")[0][::-1])])
def test_a_file_comes_to_the_same_in_whatever_order_its_rows_stand(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    order: Callable[[list[str]], Iterable[str]],
    at_once: int,
) -> None:
    monkeypatch.setattr(receipts, "AT_ONCE", at_once)
    became = []
    for name, rows in (("one", ROWS), ("other", [*order(ROWS)])):
        (tmp_path / name).mkdir()
        with register_in(tmp_path / name, REPAIRS) as register:
            cases = Export(register).read(*rows)
            places = [(case.number, case.source_number, case.value("priority"), case.value("owner")) for case in cases]
            became.append([(*place, case.earlier, targets(case)) for place, case in zip(places, cases, strict=True)])
            assert [case.version for case in Export(register).read(*reversed(rows))] == [1] * 7
            again = register.read(tmp_path / name / "rows.csv", tmp_path / name / "profile.yaml")
            assert (again.read, again.counts["unchanged"]) == (9, 7), "each row once"
    assert became[0] == became[1]
    assert [len(case[4]["complaints"]) for case in became[0]] == [0, 1, 0, 2, 3, 1, 1]


class Read:
    """A table of rows that came in on these days, and how often it was read."""

    headings, of_rejects = ("at",), False

    def __init__(self, *days: int) -> None:
        self.days, self.times = days, 0

    def rows(self) -> Iterator[Line]:
        self.times += 1
        yield from (Line(number, (str(day),), {"at": str(day)}) for number, day in enumerate(self.days, 2))


@pytest.mark.parametrize(("days", "times"), [((1, 2, 3, 4), 1), ((1, 3, 2, 4), 2)])
def test_a_table_in_the_order_of_receipt_is_not_read_again_for_each_so_many(
    monkeypatch: pytest.MonkeyPatch, days: tuple[int, ...], times: int
) -> None:
    monkeypatch.setattr(receipts, "AT_ONCE", 2)
    table: Any = Read(*days)
    ordered = receipts.ByReceipt(table, lambda row: datetime(2026, 10, int(row["at"]), tzinfo=UTC))
    table.times = 0
    assert [line.cells for line in ordered.rows()] == [("1",), ("2",), ("3",), ("4",)]
    assert table.times == times


def test_a_row_that_says_no_time_stays_behind_the_row_before_it(export: Export) -> None:
    last, undated, first = "1,2026-10-30 10:00", "2,no day", "3,2026-10-01 10:00"
    export.read(*(f"{row},{ANN},broken,nonsense," for row in (last, undated, first)))
    summary = export.register.read(export.folder / "rows.csv", export.folder / "profile.yaml")
    assert [left.line for left in summary.left] == [4, 2, 3]


def test_a_row_that_is_out_of_step_stays_behind_the_row_before_it(export: Export) -> None:
    last, odd, first = "1,2026-10-30 10:00", "2,2026-10-02 10:00,too,many,cells", "3,2026-10-01 10:00"
    export.read(*(f"{row},{ANN},broken,nonsense," for row in (last, odd, first)))
    summary = export.register.read(export.folder / "rows.csv", export.folder / "profile.yaml")
    assert [left.line for left in summary.left] == [4, 2, 3]


# --- cases of one customer in one transaction -----------------------------------------------------------------------


def came(writer: Writer, contact: str = ANN, kind: str = "complaint") -> Case:
    facts = {"channel": "phone", "kind": kind, "description": "broken", "contact": contact}
    return writer.register(intake.Draft(facts))


def test_what_is_withdrawn_or_changes_hands_meanwhile_no_longer_counts(export: Export) -> None:
    with writing(export.register.desk) as writer:
        first, second = came(writer), came(writer)
        assert came(writer).earlier["complaints"] == (first.number, second.number)
        writer.act(first.number, partial(closing.withdraw, reason="x"))
        bob = writer.customer_of(BOB)
        writer.act(second.number, partial(mending.amend, facts={"contact": BOB}, reason="x", customer=bob))
        assert len(came(writer).earlier["complaints"]) == 1
        assert came(writer, BOB).earlier["complaints"] == (second.number,)
    assert export.register.findings() == []


def test_what_was_there_before_is_withdrawn_or_erased_meanwhile(export: Export) -> None:
    (first, _, third) = export.read(FIRST, SECOND, THIRD)
    desk = export.register.desk
    desk.now += timedelta(days=1)
    with writing(desk) as writer:
        second = came(writer)
        assert second.earlier["complaints"] == (first.number, third.number)
        writer.act(third.number, partial(closing.withdraw, reason="x"))
        assert came(writer).earlier["complaints"] == (first.number, second.number)
        writer.act(first.number, handling.respond)
        writer.act(first.number, partial(closing.resolve, resolution="done"))
        writer.act(first.number, partial(closing.close))
        assert len(came(writer).earlier["complaints"]) == 3
        writer.act(first.number, partial(erasing.erase, ground="demand"))
        assert first.number not in came(writer).earlier["complaints"]


def test_what_came_in_at_once_counts_in_its_order_whatever_happens_to_it(export: Export) -> None:
    with writing(export.register.desk) as writer:
        first, second = came(writer), came(writer)
        writer.act(first.number, partial(handling.note, text="x"))
        assert came(writer).earlier["complaints"] == (first.number, second.number)
        assert writer.act(second.number, partial(handling.note, text="x")).case.earlier == second.earlier


def test_of_very_many_cases_the_last_count(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", 3)
    with writing(export.register.desk) as writer:
        numbers = [came(writer).number for _ in range(5)]
        assert came(writer).earlier["complaints"] == tuple(numbers[2:])


def test_of_a_customer_with_very_many_cases_the_last_are_looked_at(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "LOOKED_AT", 3)
    with writing(export.register.desk) as writer:
        first = came(writer)
        for _ in range(2):
            came(writer, kind="question")
        assert came(writer).earlier["complaints"] == (first.number,)
        assert first.number not in came(writer).earlier["complaints"]


def test_what_a_transaction_undoes_does_not_count(export: Export) -> None:
    (first,) = export.read(FIRST)
    with writing(export.register.desk) as writer:
        for _ in range(2):
            came(writer)
        writer.undo()
        assert came(writer).earlier["complaints"] == (first.number,)


def test_no_more_customers_are_remembered_than_the_bound(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "REMEMBERED", 2)
    with writing(export.register.desk) as writer:
        for contact in (ANN, BOB, "139 0000 0103", ANN):
            case = came(writer, contact)
        assert len(case.earlier["complaints"]) == 1
        assert len(writer._cases._cases) <= 2


def test_the_cases_of_a_customer_are_read_and_judged_once_however_many_rows_and_transactions_there_are(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TURN", 0)  # a transaction for each row
    read, judged = list[str](), list[object]()

    def reading(db: sqlite3.Connection, customer: str) -> Iterator[EarlierCase]:
        read.append(customer)
        return before(db, customer)

    def judging(*of: Any) -> bool:
        judged.append(of)
        return holds(*of)

    before = earlier._read
    monkeypatch.setattr(earlier, "_read", reading)
    monkeypatch.setattr(counting, "holds", judging)
    rows = [f"{day},2026-10-{day:02} 10:00,{ANN},broken,complaint," for day in range(2, 22)]
    found = export.read(FIRST, *rows)
    assert len(found) == 21
    assert len(read) <= 1
    assert len(judged) <= 2 * 21  # each by the two that ask for nothing in common
