"""Rows that change later, and the customer's earlier cases: what counts by then, and how it is told."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.decisions import closing, intake, mending
from afterservice_cli.recording import Writer, writing
from afterservice_cli.store import earlier
from registers import Register, register_in

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
        self.register, self.folder = register, register.folder
        (self.folder / "profile.yaml").write_text(PROFILE)

    def read(self, *rows: str) -> list[Case]:
        """Read a file of these rows; return the cases."""
        self.register.desk.now += timedelta(minutes=1)
        (self.folder / "rows.csv").write_text("\n".join(["no,received,mobile,text,kind,sort", *rows]))
        self.register.read(self.folder / "rows.csv", self.folder / "profile.yaml")
        return self.register.cases()


@pytest.fixture
def export(tmp_path: Path) -> Iterator[Export]:
    with register_in(tmp_path, str(rulebooks.FOLDER / "repairs.yaml")) as register:
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


def test_a_row_that_only_another_case_concerns_is_left_as_it_was(export: Export) -> None:
    export.read(FIRST, THIRD)
    _, third, _ = export.read(FIRST, THIRD, SECOND.replace(BOB, ANN))
    assert words(third) == ["registered"]


# --- cases of one customer in one transaction -----------------------------------------------------------------------


def came(writer: Writer, contact: str = ANN) -> Case:
    facts = {"channel": "phone", "kind": "complaint", "description": "broken", "contact": contact}
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
