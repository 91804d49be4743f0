"""Headings as forms print them, with a colon behind them or a sign that they must be filled, are those headings."""

from pathlib import Path

import pytest

from conftest import Runner

PROFILE = "profile: p\ncolumns: {number: 单号, received_at: 时间, channel: 渠道, description: 内容}\n"


@pytest.mark.parametrize(
    "headings",
    ["单号,时间：,渠道*,内容（必填）", "*单号,*时间,*渠道,*内容", "单号:,时间:,渠道:,内容 *", "单号*：,时间,渠道,内容"],
)
def test_they_are_found_and_a_row_stays_one_case(tmp_path: Path, call: Runner, headings: str) -> None:
    call("init", "--rules", "minimal")
    (tmp_path / "p.yaml").write_text(PROFILE, "utf-8")
    counts = []
    for name, first in (("a.csv", "单号,时间,渠道,内容"), ("b.csv", headings)):
        (tmp_path / name).write_text(f"{first}\n1,2026-10-08 15:00,phone,漏水\n", "utf-8")
        counts.append(call("import", tmp_path / name, "--profile", tmp_path / "p.yaml").out.partition(", 0 changed")[0])
    assert counts == ["1 read: 1 new, 0 unchanged", "1 read: 0 new, 1 unchanged"]


def test_a_heading_of_signs_alone_stays_one(tmp_path: Path, call: Runner) -> None:
    call("init", "--rules", "minimal")
    (tmp_path / "p.yaml").write_text(PROFILE.replace("内容", '"*"'), "utf-8")
    (tmp_path / "a.csv").write_text("单号,时间,渠道,*\n1,2026-10-08 15:00,phone,漏水\n", "utf-8")
    assert "1 new" in call("import", tmp_path / "a.csv", "--profile", tmp_path / "p.yaml").out


def test_what_a_service_desk_exports_says_when_it_was_solved(tmp_path: Path, call: Runner) -> None:
    call("init", "--rules", "minimal")
    rows = "Ticket,Created,Via,Subject,Solved\n7,2026-10-08 15:00,email,leaks,2026-10-09 10:00\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    assert "columns not used" not in call("import", tmp_path / "a.csv").err
    assert call("report", "--month", "2026-10", "--metric", "resolved").out == "1\n"
    assert '"source_number":"7"' in call("show", "7", "--json").out.replace(" ", "")
