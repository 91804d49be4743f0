"""How long cases are kept, and what goes by its age."""

import json
from pathlib import Path

import pytest

from conftest import Once, Runner, query
from erased import kept_for
from over_and_running import closed_desk


@pytest.fixture
def closed(tmp_path: Path, founded: Path, once: Once, call: Runner) -> Path:
    return closed_desk(tmp_path, founded, once, call)


@pytest.fixture
def keeping_rules(desk: Path, once: Once, call: Runner) -> Path:
    """A desk that keeps cases for three years, complaints for five."""

    def three_years() -> None:
        rules = desk.parent / "afterservice.rules.yaml"
        changed = rules.read_text("utf-8").replace("\n  complaint: {", "\n  complaint: {keep: 5y, ", 1)
        rules.write_text(changed, "utf-8")
        kept_for(desk, call, "3y")

    once(three_years)
    return desk


def test_a_case_is_kept_as_long_as_the_rulebook_says(keeping_rules: Path, call: Runner) -> None:
    for kind in ("consultation", "complaint"):
        call("register", "APP登不上", "--channel", "phone", "--kind", kind, "--customer", "张伟", "--contact", "1")
    for case in ("001", "002"):
        assert call("close", case, "--resolution", "好了", "--confirmed", now="2026-10-12 10:00").code == 0
    done = call("erase", "001", "--yes", now="2029-10-12 17:59")
    assert (done.code, "the rulebook keeps 202610-001 until 2029-10-12 (archive.keep)" in done.err) == (6, True)
    done = call("erase", "002", "--yes", now="2029-10-13")
    assert "until 2031-10-12 (kinds.complaint.keep)" in done.err
    assert call("archive", "--json", now="2029-10-12 12:00").out == "[]\n"

    aged = json.loads(call("archive", "--json", now="2029-10-13").out)
    assert [(case["case"], case["kept_until"][:10]) for case in aged] == [("202610-001", "2029-10-12")]
    done = call("archive", "--yes", now="2029-10-13")
    assert done.out == "erased: 202610-001\n"
    assert call("archive", "--json", now="2029-10-13").out == "[]\n"
    (event,) = query(keeping_rules, "SELECT body FROM events WHERE kind = 'PersonalDataErased'")
    assert event == ('{"ground":"age"}',)
    assert call("check") == (0, "", "", "")


def test_what_has_to_be_kept_is_refused_before_it_is_asked(keeping_rules: Path, call: Runner) -> None:
    call("register", "APP登不上", "--channel", "phone")
    call("close", "001", "--resolution", "好了", "--confirmed")
    done = call("erase", "001")
    assert (done.code, "the rulebook keeps 202610-001 until" in done.err) == (6, True)


def test_of_a_customers_cases_those_go_that_may(keeping_rules: Path, call: Runner) -> None:
    call("register", "APP登不上", "--channel", "phone", "--kind", "consultation", "--customer", "李", "--contact", "1")
    call("close", "001", "--resolution", "好了", "--confirmed")
    call(
        "register",
        "又登不上",
        "--channel",
        "phone",
        "--kind",
        "complaint",
        "--customer",
        "李",
        "--contact",
        "1",
        now="2029-11-01",
    )
    done = call("erase", "--customer", "1", "--yes", now="2029-11-02")
    assert (done.code, done.out) == (11, "erased: 202610-001\n")
    assert "202911-001 is not over, and its data is needed" in done.err
    assert "1 case stays" in done.err


def test_a_rulebook_that_says_nothing_archives_nothing(closed: Path, call: Runner) -> None:
    done = call("archive")
    assert done.code == 6
    assert "`archive:` in the rulebook would bring it" in done.err
