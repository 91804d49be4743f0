"""Cells that are merged downwards: what stands in them is of each row that they reach, if it is a row of its own."""

from collections.abc import Sequence
from pathlib import Path

from conftest import Runner
from importing import cases
from tables import Cell, Dated, write_workbook

HEAD = ("日期", "报修人", "电话", "报修内容", "备注")
ROWS: list[Sequence[Cell]] = [
    ("10月维修登记", None, None, None, None),
    HEAD,
    (Dated(46303), "甲", "13912340001", "厨房漏水", None),
    (None, "乙", "13912340002", "客厅跳闸", None),
    (None, "丙", "13912340003", "单元门坏了", None),
    (Dated(46304), "丁", "13912340004", "电梯异响", None),
]


def test_a_day_merged_over_several_rows_is_that_of_each(guide: Runner, tmp_path: Path) -> None:
    write_workbook(tmp_path / "rows.xlsx", {"维修": ROWS}, merged=["A1:E1", "A3:A5"])
    done = guide("import", "rows.xlsx")
    assert done.code == 0, done.err
    found = cases(guide)
    assert [case["registered_at"][:10] for case in found] == ["2026-10-07"] * 3 + ["2026-10-08"]


def test_an_empty_cell_that_is_not_merged_stays_empty(guide: Runner, tmp_path: Path) -> None:
    write_workbook(tmp_path / "rows.xlsx", {"维修": ROWS}, merged=["A3:A4"])
    done = guide("import", "rows.xlsx")
    assert (done.code, "3 new" in done.out, "line 5 rejected" in done.err) == (11, True, True)


def test_a_row_that_only_goes_on_with_the_case_above_is_no_case_of_its_own(guide: Runner, tmp_path: Path) -> None:
    rows: list[Sequence[Cell]] = [
        HEAD,
        (Dated(46303), "甲", "13912340001", "厨房漏水", "10月9日上门"),
        (None, None, None, None, "已修好"),
    ]
    write_workbook(tmp_path / "rows.xlsx", {"维修": rows}, merged=["A2:A3", "B2:B3", "C2:C3", "D2:D3"])
    done = guide("import", "rows.xlsx")
    assert (done.code, "1 new" in done.out, "1 rejected" in done.out) == (11, True, True)


def test_headings_that_are_merged_stay_groups_above_their_parts(guide: Runner, tmp_path: Path) -> None:
    rows: list[Sequence[Cell]] = [
        ("日期", "客户信息", None, "报修内容"),
        (None, "姓名", "电话", None),
        (Dated(46303), "甲", "13912340001", "厨房漏水"),
    ]
    write_workbook(tmp_path / "rows.xlsx", {"维修": rows}, merged=["A1:A2", "B1:C1", "D1:D2"])
    assert "1 new" in guide("import", "rows.xlsx").out
