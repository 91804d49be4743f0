"""What is short for a case: its serial in the newest month that has it, and the case that somebody registered last."""

import json

import pytest

from conftest import Runner

MONTHS = ("2026-09", "2026-10", "2026-11")


@pytest.fixture
def three_months(desk: object, call: Runner) -> Runner:
    """Twelve cases in September, three in October, one in November; `sun` registered those of October."""
    for month, count in zip(MONTHS, (12, 3, 1), strict=True):
        for number in range(count):
            words = ("register", f"坏了 {number}", "--channel", "phone", "--received-at", f"{month}-02 09:00")
            who = ("--as", "sun") if month == "2026-10" else ()
            assert call(*words, *who, now="2026-11-03 09:00").code == 0
    return call


@pytest.mark.parametrize(
    ("short", "case"),
    [
        ("001", "202611-001"),
        ("1", "202611-001"),
        ("3", "202610-003"),
        ("003", "202610-003"),
        ("１２", "202609-012"),
        ("9-001", "202609-001"),
        ("202609-001", "202609-001"),
    ],
)
def test_digits_are_a_serial_of_the_newest_month_that_has_it(three_months: Runner, short: str, case: str) -> None:
    assert json.loads(three_months("show", short, "--json").out)["case"] == case


def test_the_last_one_is_that_of_whoever_asks(three_months: Runner) -> None:
    shown = [
        json.loads(three_months("show", *words, "--json").out)["case"]
        for words in (("last",), ("-1",), ("last", "--as", "sun"), ("-1", "--as", "sun"))
    ]
    assert shown == ["202611-001", "202611-001", "202610-003", "202610-003"]
    assert three_months("note", "-1", "checked", now="2026-11-03 10:00").code == 0
    done = three_months("show", "last", "--as", "lin")
    assert (done.code, "the case that whoever acts registered last, and they registered none" in done.err) == (4, True)


def test_a_serial_that_no_month_has_and_an_ending_of_several_are_refused(three_months: Runner) -> None:
    assert three_months("show", "13").code == 4
    several = three_months("show", "--", "-001")
    assert (several.code, "'-001' is short for several cases: 202609-001, 202610-001, 202611-001" in several.err) == (
        3,
        True,
    )


def test_who_one_says_one_is_may_stand_in_the_environment(three_months: Runner) -> None:
    sun = {"AFTERSERVICE_AS": "sun"}
    assert json.loads(three_months("show", "last", "--json", env=sun).out)["case"] == "202610-003"
    assert three_months("show", "last", "--as", "lin", env=sun).code == 4, "the command line goes before"


@pytest.mark.parametrize("written", ["202610–001", "２０２６１０－００１", "202610—001", "#001", "＃1", "10−001"])
def test_a_number_is_found_with_any_hyphen_and_after_its_sign(call: Runner, written: str) -> None:
    call("init", "--rules", "minimal")
    call("register", "漏水", "--channel", "phone")
    assert call("show", written).out.startswith("202610-001")
