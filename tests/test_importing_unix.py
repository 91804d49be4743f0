"""Times that a system counts from 1970 on, and days and times in one row of digits."""

import json
from pathlib import Path

import pytest

from conftest import Runner
from importing import cases
from tables import write_workbook

HEAD = "工单编号,创建时间,渠道,客户,联系电话,问题描述,完成时间\n"
ROW = "G{n},{at},电话,甲,1390000400{n},水壶漏水了,{done}\n"


@pytest.mark.parametrize(
    ("first", "second", "way"),
    [
        ("1790816400", "1790900000", "unix"),
        ("1790816400000", "1790900000000", "unix"),
        ("1790816400.0", "1790900000.25", "unix"),
        ("20261001090000", "20261002081320", "%Y%m%d%H%M%S"),
        ("202610010900", "202610020813", "%Y%m%d%H%M"),
    ],
)
def test_times_as_systems_keep_them_are_read_and_the_profile_says_how(
    guide: Runner, tmp_path: Path, first: str, second: str, way: str
) -> None:
    (tmp_path / "rows.csv").write_text(
        HEAD + ROW.format(n=1, at=first, done=second) + ROW.format(n=2, at=second, done=""), "utf-8"
    )
    done = guide("import", "rows.csv", "--save-profile", "kept.yaml")
    assert (done.code, "2 new" in done.out) == (0, True), done.err
    assert f"dates: [{way}]" in (tmp_path / "kept.yaml").read_text("utf-8").replace('"', "")
    one, two = cases(guide)
    assert (one["registered_at"], two["registered_at"][:16]) == ("2026-10-01T01:00:00Z", "2026-10-02T00:13")
    assert (one["status"], two["status"]) == ("closed", "open")
    assert "2 unchanged" in guide("import", "rows.csv", "--profile", "kept.yaml").out


def test_a_sheet_has_them_as_numbers(guide: Runner, tmp_path: Path) -> None:
    write_workbook(tmp_path / "rows.xlsx", {"S": [("id", "create_time", "content"), (1, 1790816400000, "Pump leaks")]})
    assert "1 new" in guide("import", "rows.xlsx").out
    assert cases(guide)[0]["registered_at"] == "2026-10-01T01:00:00Z"


def test_the_profile_that_would_read_one_is_named(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + ROW.format(n=1, at="1790816400", done=""), "utf-8")
    (tmp_path / "p.yaml").write_text(
        "profile: p\ncolumns: {number: 工单编号, received_at: 创建时间, channel: 渠道, customer: 客户, "
        "contact: 联系电话, description: 问题描述}\n",
        "utf-8",
    )
    done = guide("import", "rows.csv", "--profile", "p.yaml")
    assert (done.code, "`dates: [unix]` in the profile reads it" in done.err) == (11, True)


def test_a_number_that_no_heading_calls_a_time_is_none(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "订单编码,编号,时间,内容\n1790816400,1,2026-10-01,漏水了\n1790900000,2,2026-10-02,漏电了\n", "utf-8"
    )
    found = json.loads(guide("import", "rows.csv", "--draft-profile", "--json").out)["proposal"]
    assert (found["columns"]["received_at"], found["dates"], found["unused"]) == (["时间"], ["iso"], ["订单编码"])


@pytest.mark.parametrize("text", ["179081640", "17908164000", "179081640000", "999999999", "99999999999999"])
def test_numbers_of_another_length_are_no_times(guide: Runner, tmp_path: Path, text: str) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + ROW.format(n=1, at=text, done=""), "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "0 of its 1 cells are dates that can be read" in done.err) == (3, True)


def test_seconds_in_a_column_that_nobody_knows_are_no_telephones(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("编号,时间,内容,更新时间\n1,2026-10-01,漏水了,1790816400\n", "utf-8")
    found = json.loads(guide("import", "rows.csv", "--draft-profile", "--json").out)["proposal"]
    assert ("contact" in found["columns"], found["unused"]) == (False, ["更新时间"])
