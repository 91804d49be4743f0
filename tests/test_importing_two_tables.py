"""A second table below the first: where it begins, and how each is read on its own."""

import subprocess
from pathlib import Path

import pytest

from conftest import Runner
from tables import write_workbook

CASES = """\
编号,登记时间,渠道,客户,电话,内容
1,2026-10-02 09:00,电话,王芳,13800000001,灯坏了
2,2026-10-03 09:00,电话,李强,13800000002,发货太慢
"""
OTHERS = [
    "\n配件编号,配件名称,库存,单价\nP-1,灯管,20,15\nP-2,开关,30,8\n",
    "\n库存表\n配件编号,配件名称,库存,单价\nP-1,灯管,20,15\n",
    ",,,,,\n配件编号,配件名称,库存,单价,,\nP-1,灯管,20,15,,\n",
    "\n编号,登记时间,客户,内容,渠道,电话\n3,2026-10-03 10:00,赵敏,要发票,电话,13800000003\n",
]


@pytest.mark.parametrize("other", OTHERS)
def test_where_it_begins_is_said_and_how_each_is_read_alone(guide: Runner, tmp_path: Path, other: str) -> None:
    (tmp_path / "two.csv").write_text(CASES + other, "utf-8")
    done = guide("import", "two.csv")
    assert (done.code, done.err.splitlines()[0]) == (3, "afterservice: another table begins in line 5 of two.csv")
    assert "take out the empty line above it" in done.err
    cut = "head -n 4 two.csv > two-1.csv; tail -n +5 two.csv > two-2.csv"
    assert cut in done.err
    subprocess.run(["sh", "-c", cut], cwd=tmp_path, check=True)
    assert guide("import", "two-1.csv").out.startswith("2 read: 2 new")
    if "赵敏" in other:
        assert guide("import", "two-2.csv").out.startswith("1 read: 1 new")


def test_in_a_sheet_it_is_a_row(guide: Runner, tmp_path: Path) -> None:
    rows = [line.split(",") for line in (CASES + OTHERS[0]).splitlines()]
    write_workbook(tmp_path / "two.xlsx", {"Sheet1": rows})
    done = guide("import", "two.xlsx")
    assert (done.code, done.err.splitlines()[0]) == (3, "afterservice: another table begins in row 5 of two.xlsx")
    assert "a sheet of its own" in done.err


@pytest.mark.parametrize(
    "below",
    [
        "\n3,2026-10-03 10:00,电话,赵敏,13800000003,要发票\n",
        "\n编号,登记时间,渠道,客户,电话,内容\n3,2026-10-03 10:00,电话,赵敏,13800000003,要发票\n",
        "\n制表人：,王芳,审核：,李强\n",
        "\n合计,,,,,2\n",
        "\n\n\n",
    ],
)
def test_what_is_no_other_table_is_read(guide: Runner, tmp_path: Path, below: str) -> None:
    (tmp_path / "one.csv").write_text(CASES + below, "utf-8")
    assert guide("import", "one.csv").code == 0


def test_a_row_without_a_digit_is_a_row_if_others_have_none(guide: Runner, tmp_path: Path) -> None:
    rows = "渠道,客户,内容\n电话,王芳,灯坏了\n\n电话,李强,发货太慢\n电话,赵敏,5月的发票\n"
    (tmp_path / "one.csv").write_text(rows, "utf-8")
    assert "another table" not in guide("import", "one.csv", "--dry-run").err
