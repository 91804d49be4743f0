"""Rows that have come to say something else than what a person did since: that alone is left, the rest goes in."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.decisions import closing, handling, mending, screening, triage
from afterservice_cli.workflows import recording
from conftest import Runner
from registers import register_in
from shops import ROW, TWO, Cells, Shop, but, counted, rejects


def _nothing(shop: Shop) -> None:
    """Nothing was done by hand."""


def _amend(shop: Shop) -> None:
    recording.act(shop.desk, "202610-001", partial(mending.amend, facts={"customer": "Li"}, reason="misheard"))


def _classify(shop: Shop) -> None:
    recording.act(shop.desk, "202610-001", partial(triage.classify, category="wish", reason="read again"))


def _take_back(shop: Shop) -> None:
    recording.act(shop.desk, "202610-001", partial(mending.retract, seq=shop.case().events[0].seq, reason="a test"))


def _close(shop: Shop) -> None:
    recording.act(shop.desk, "202610-001", partial(closing.close, resolution="done", confirmed=True))


def _answer(shop: Shop) -> None:
    recording.act(
        shop.desk, "202610-001", partial(handling.respond, text="we called"), at=datetime(2026, 10, 13, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("first", "by_hand", "second", "field", "reason"),
    [
        (
            {},
            _amend,
            {"name": "Wang Li"},
            "name",
            "name: amended by hand in 202610-001",
        ),
        (
            {"topic": "功能缺陷"},
            _classify,
            {"topic": "rest"},
            "topic",
            "topic: chosen by hand in 202610-001",
        ),
        ({}, _classify, {"topic": "rest"}, "topic", "topic: chosen by hand in 202610-001"),
        (
            {},
            _nothing,
            {"received": "2026-10-12 09:31"},
            "received",
            "received: 202610-001 was registered at another time",
        ),
        ({}, _answer, {"answered": "2026-10-14"}, "answered", "answered: 202610-001 was responded at another time"),
        ({}, _close, {"answered": "2026-11-02"}, "answered", "answered: responded makes no sense there"),
    ],
    ids=[
        "amended",
        "classified",
        "said first",
        "received at another time",
        "answered at another time",
        "closed meanwhile",
    ],
)
def test_what_a_person_did_stays_and_the_rest_of_the_row_goes_in(
    shop: Shop, first: Cells, by_hand: Any, second: Cells, field: str, reason: str
) -> None:
    shop.read(but(ROW, **first))
    by_hand(shop)
    row = but(ROW, **first, **{name: value for name, value in second.items() if name not in first})
    row |= second
    before = shop.of_cases()
    summary = shop.read(row)
    assert (counted(summary), shop.of_cases()) == ({"conflicts": 1}, before)
    (left,) = rejects(summary)
    assert (left["_line"], left["_status"], left["no"], left["_field"]) == ("2", "conflict", "1", field)
    assert reason in left["_reason"]

    summary = shop.read(but(row, model="L5"))
    assert counted(summary) == {"conflicts": 1}
    assert rejects(summary)[0]["_reason"].endswith("; the rest of the row went in")
    assert shop.case().product == "L5"
    # Until somebody settles it the row is told again, but records nothing any more.
    before = shop.of_cases()
    assert counted(shop.read(but(row, model="L5"))) == {"conflicts": 1}
    assert shop.of_cases() == before


@pytest.mark.parametrize(
    ("first", "by_hand", "kept"),
    [
        ({}, _amend, ("Li", "defect")),
        ({"topic": "功能缺陷"}, _classify, ("Wang", "wish")),
    ],
    ids=["amended", "classified"],
)
def test_what_a_person_put_right_is_no_conflict_while_the_row_says_what_it_said(
    shop: Shop, first: Cells, by_hand: Any, kept: tuple[str, str]
) -> None:
    shop.read(but(ROW, **first))
    by_hand(shop)
    assert counted(shop.read(but(ROW, **first, model="L5"))) == {"changed": 1}
    case = shop.case()
    assert (case.product, (case.customer, case.value("category"))) == ("L5", kept)


def test_a_row_is_held_against_what_rows_said_last(shop: Shop) -> None:
    shop.read(ROW)
    assert counted(shop.read(but(ROW, name="Zhao"))) == {"changed": 1}
    _amend(shop)
    assert counted(shop.read(but(ROW, name="Zhao", model="L5"))) == {"changed": 1}
    summary = shop.read(but(ROW, model="L5"))
    assert (counted(summary), rejects(summary)[0]["_field"]) == ({"conflicts": 1}, "name")
    assert (shop.case().product, shop.case().customer) == ("L5", "Li")


def test_a_fact_that_cannot_be_taken_away_stays_beside_what_changes(shop: Shop) -> None:
    shop.read(ROW)
    summary = shop.read(but(ROW, text=" ", model="L5"))
    assert counted(summary) == {"conflicts": 1}
    assert rejects(summary)[0]["_field"] == "text"
    assert (shop.case().description, shop.case().product) == ("it is broken", "L5")


@pytest.mark.parametrize("cells", [{}, {"text": " "}], ids=["alone", "beside one that is required"])
def test_facts_of_which_one_must_stay_are_not_taken_away_together(tmp_path: Path, cells: Cells) -> None:
    (tmp_path / "own.yaml").write_text(f"{rulebooks.text('shop')}intake: {{customer: either}}\n")
    with register_in(tmp_path, str(tmp_path / "own.yaml")) as register:
        shop = Shop(register)
        shop.read(ROW)
        before = shop.of_cases()
        summary = shop.read(but(ROW, name="", mobile="", **cells))
        assert (counted(summary), shop.of_cases()) == ({"conflicts": 1}, before)
        assert "mobile, name" in rejects(summary)[0]["_field"]
        assert "intake.customer: either" in rejects(summary)[0]["_reason"]


def test_a_case_that_was_merged_takes_nothing_from_its_row(shop: Shop) -> None:
    shop.read(ROW, TWO)
    recording.act(shop.desk, "202610-001", partial(screening.merge, into=shop.register.cases()[1], reason="a test"))
    before = shop.of_cases()
    assert counted(shop.read(but(ROW, model="L5"), TWO)) == {"conflicts": 1, "unchanged": 1}
    assert shop.of_cases() == before


def test_a_closing_by_hand_is_not_undone_by_a_resolution_that_moved(shop: Shop) -> None:
    shop.read(but(ROW, solved="2026-10-13"))
    recording.act(shop.desk, "202610-001", partial(closing.close, confirmed=True))
    before = shop.of_cases()
    summary = shop.read(but(ROW, solved="2026-10-14"))
    assert (counted(summary), shop.of_cases()) == ({"conflicts": 1}, before)
    assert "builds on" in rejects(summary)[0]["_reason"]


def test_a_row_that_goes_back_to_what_it_said_takes_its_change_back(shop: Shop) -> None:
    shop.read(ROW)
    _amend(shop)
    assert counted(shop.read(but(ROW, name="Zhou", model="L5"))) == {"conflicts": 1}
    assert (shop.case().customer, shop.case().product) == ("Li", "L5")
    assert counted(shop.read(ROW)) == {"changed": 1}
    assert (shop.case().customer, shop.case().product) == ("Li", None)
    assert counted(shop.read(ROW)) == {"unchanged": 1}


def test_other_rows_go_in_beside_a_conflict(shop: Shop) -> None:
    shop.read(ROW)
    assert counted(shop.read(but(ROW, received="2026-10-11"), TWO)) == {"conflicts": 1, "new": 1}


@pytest.mark.parametrize(
    ("first", "by_hand", "second", "named", "value"),
    [
        ({}, _amend, {"name": "Zhao"}, "amend 202610-001 --set customer=…", "Zhao"),
        ({"topic": "defect"}, _classify, {"topic": "rest"}, "classify 202610-001 --category …", "rest"),
        ({}, _answer, {"answered": "2026-10-14"}, "retract 202610-001 4", ""),
    ],
    ids=["amended", "classified", "answered at another time"],
)
def test_the_command_that_a_conflict_names_settles_it(
    shop: Shop, call: Runner, first: Cells, by_hand: Any, second: Cells, named: str, value: str
) -> None:
    shop.read(but(ROW, **first))
    by_hand(shop)
    row = but(ROW, **first) | second
    (left,) = rejects(shop.read(row))
    assert f"if the row is right: afterservice {named} --reason …" in left["_reason"]
    words = [word.replace("…", value) for word in named.split()]
    done = call("--db", str(shop.desk.path), *words, "--reason", "as the source has it", now="2026-11-02 09:00")
    assert done.code == 0, done.err
    assert counted(shop.read(row)) in ({"unchanged": 1}, {"changed": 1})
    assert shop.register.findings() == []
