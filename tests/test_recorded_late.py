"""An answer recorded only after it was due counts, and `show` and `explain` say by whom and when it was recorded."""

import json
from pathlib import Path

import pytest

from conftest import Runner


@pytest.fixture
def desk(call: Runner) -> Runner:
    assert call("init", "--rules", "minimal", now="2026-10-12 09:00").code == 0
    call("register", "漏水", "--channel", "phone", now="2026-10-12 10:00")
    return call


def explained(call: Runner) -> dict[str, object]:
    return dict(json.loads(call("explain", "001", "--json", now="2026-10-20 09:00").out)["deadlines"][0])


def test_an_answer_that_was_told_late_is_met_and_says_so(desk: Runner) -> None:
    told = desk("--as", "li", "respond", "001", "hello", "--at", "2026-10-12 11:00", now="2026-10-19 10:30")
    assert told.code == 0
    shown = desk("show", "001", now="2026-10-20 09:00").out
    why = desk("explain", "001", now="2026-10-20 09:00").out
    assert "(met, recorded late by li)" in shown
    assert "met 2026-10-12 11:00, recorded late, 2026-10-19 10:30 by li" in why
    assert explained(desk)["recorded_late_at"] == "2026-10-19T02:30:00Z"


def test_in_chinese_as_well(desk: Runner) -> None:
    zh = {"AFTERSERVICE_LANG": "zh"}
    desk("--as", "li", "respond", "001", "hello", "--at", "2026-10-12 11:00", now="2026-10-19 10:30")
    assert "li 补录" in desk("show", "001", now="2026-10-20 09:00", env=zh).out
    assert "li 于 2026-10-19 10:30 补录" in desk("explain", "001", now="2026-10-20 09:00", env=zh).out


@pytest.mark.parametrize(
    ("at", "now"),
    [
        ("2026-10-12 11:00", "2026-10-12 17:00"),  # told later, but before it was due
        ("2026-10-12 11:00", "2026-10-12 11:00"),
        ("2026-10-16 11:00", "2026-10-19 10:30"),  # not met at all
    ],
)
def test_what_was_told_in_time_or_missed_says_nothing_of_it(desk: Runner, at: str, now: str) -> None:
    desk("respond", "001", "hello", "--at", at, now=now)
    assert "recorded late" not in desk("show", "001", now="2026-10-20 09:00").out
    assert explained(desk)["recorded_late_by"] is None


def test_what_came_with_the_file_of_the_case_was_recorded_by_nobody_late(tmp_path: Path, call: Runner) -> None:
    call("init", "--rules", "minimal", now="2026-10-12 09:00")
    profile = "profile: p\ncolumns: {number: no, received_at: at, channel: via, description: text}\n"
    profile += "course: [{event: responded, at: answered}]\n"
    rows = "no,at,via,text,answered\n1,2026-10-12 10:00,phone,漏水,2026-10-12 11:00\n"
    (tmp_path / "p.yaml").write_text(profile, "utf-8")
    (tmp_path / "f.csv").write_text(rows, "utf-8")
    assert call("import", tmp_path / "f.csv", "--profile", tmp_path / "p.yaml", now="2026-10-19 10:30").code == 0
    assert "recorded late" not in call("show", "001", now="2026-10-20 09:00").out
