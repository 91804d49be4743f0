"""When a case came in, if a day alone is given: nobody is late with it before that day is over."""

import json
from pathlib import Path

import pytest

from conftest import Runner, query
from rulebooks import bare


@pytest.mark.parametrize(
    ("given", "came_in"),
    [
        pytest.param("2026-10-09", "2026-10-09T10:00:00Z", id="at the close of business"),
        pytest.param("2026-10-11", "2026-10-11T16:00:00Z", id="at the end of a day off"),
        pytest.param("昨天", "2026-10-11T16:00:00Z", id="of a day that is named by a word"),
        pytest.param("2026-10-12", "2026-10-12T01:30:00Z", id="now, if the day is not over"),
        pytest.param("2026-10-09 11:00", "2026-10-09T03:00:00Z", id="at the time that is given"),
        pytest.param("-3d", "2026-10-09T01:30:00Z", id="so many days ago, to the minute"),
    ],
)
def test_a_day_alone_is_its_close_of_business(desk: Path, call: Runner, given: str, came_in: str) -> None:
    words = ("register", "x", "--channel", "phone", f"--received-at={given}", "--json")
    done = call(*words, now="2026-10-12 09:30")
    assert done.code == 0, done.err
    case = json.loads(done.out)
    assert case["registered_at"] == came_in
    assert {deadline["from_at"] for deadline in case["deadlines"] if deadline["start"] == "registered"} == {came_in}


def test_a_day_to_come_is_refused(desk: Path, call: Runner) -> None:
    words = ("register", "x", "--channel", "phone", "--received-at", "2026-10-13")
    done = call(*words, now="2026-10-12 09:30")
    assert (done.code, done.out) == (3, "")
    assert "future" in done.err


OLD = ("register", "x", "--channel", "phone", "--received-at", "2026-09-01")


def bounded(desk: Path, call: Runner) -> None:
    """A rulebook under which nobody dates a case further back than thirty days without being asked."""
    rules = desk.with_name("afterservice.rules.yaml")
    rules.write_text(bare(rules.read_text("utf-8")).replace("\nintake:\n", "\nintake:\n  back: 30d\n", 1), "utf-8")
    assert call("rules", "adopt", "--yes").code == 0


def test_however_long_ago_it_was_nothing_is_asked_if_the_rulebook_says_nothing(desk: Path, call: Runner) -> None:
    assert call(*OLD, now="2026-10-12 09:30").code == 0


def test_a_case_of_long_ago_is_asked_after(desk: Path, call: Runner) -> None:
    bounded(desk, call)
    done = call(*OLD, now="2026-10-12 09:30")
    assert (done.code, done.out) == (3, "")
    assert "2026-09-01" in done.err
    assert "longer ago than 30d (intake.back)" in done.err
    assert "add --yes" in done.err
    assert query(desk, "SELECT count(*) FROM cases") == [(0,)]
    assert call(*OLD, "--yes", now="2026-10-12 09:30").code == 0
    assert call(*OLD[:-1], "2026-09-16", now="2026-10-12 09:30").code == 0
    said = json.dumps({"description": "x", "channel": "phone", "received_at": "2024-05-01"})
    assert call("register", "-", stdin=said, now="2026-10-12 09:30").code == 3
