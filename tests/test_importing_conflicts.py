"""Rows that say something else than what was done by hand since."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from afterservice_cli import recording
from afterservice_cli.decisions import closing, handling, mending, triage
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
    ("first", "by_hand", "second", "reason"),
    [
        ({}, _amend, {"name": "Wang Li"}, "customer of 202610-001 was amended by hand"),
        ({}, _amend, {"model": "L5"}, "customer of 202610-001 was amended by hand"),
        ({"topic": "defect"}, _classify, {"topic": "defect", "text": "?"}, "category of 202610-001 is 'wish'"),
        ({}, _nothing, {"topic": "wish"}, "category of 202610-001 is 'defect'"),
        ({}, _nothing, {"received": "2026-10-12 09:31"}, "received_at differs"),
        ({"answered": "2026-10-13"}, _nothing, {"answered": "2026-10-14"}, "answered: 202610-001 was responded"),
        ({}, _answer, {"answered": "2026-10-14"}, "answered: 202610-001 was responded at another time"),
        ({}, _close, {"answered": "2026-11-02"}, "answered: responded makes no sense there"),
        ({}, _take_back, {"text": "?"}, "202610-001 was taken back"),
        ({}, _nothing, {"text": " "}, "description"),
        (
            {"solved": "2026-10-13", "stars": "3"},
            _nothing,
            {"solved": "2026-10-13", "stars": "5"},
            "solved: 202610-001 was rated",
        ),
        (
            {"answered": "2026-10-13", "answer": "sorry"},
            _nothing,
            {"answered": "2026-10-13", "answer": "very sorry"},
            "answered: 202610-001 was responded",
        ),
    ],
    ids=[
        "amended by hand",
        "amended by hand, changed elsewhere",
        "classified by hand",
        "given a category later",
        "received at another time",
        "answered at another time",
        "answered by hand at another time",
        "closed meanwhile",
        "taken back",
        "without a description",
        "another score",
        "another answer",
    ],
)
def test_a_conflict_leaves_the_case_alone(shop: Shop, first: Cells, by_hand: Any, second: Cells, reason: str) -> None:
    shop.read(but(ROW, **first))
    by_hand(shop)
    before = shop.of_cases()
    summary = shop.read(but(ROW, **second))
    assert shop.of_cases() == before
    assert counted(summary) == {"conflicts": 1}
    (left,) = rejects(summary)
    assert (left["_line"], left["_status"], left["no"]) == ("2", "conflict", "1")
    assert reason in left["_reason"]
    assert counted(shop.read(but(ROW, **second))) == {"conflicts": 1}


def test_other_rows_go_in_beside_a_conflict(shop: Shop) -> None:
    shop.read(ROW)
    assert counted(shop.read(but(ROW, received="2026-10-11"), TWO)) == {"conflicts": 1, "new": 1}
