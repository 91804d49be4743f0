"""Forms: headings beneath one another, each with its cell beside it, one case or several beneath one another."""

import json
from pathlib import Path

import pytest

from conftest import Runner
from importing import read_in
from tables import Dated, read, write_workbook

BLOCKS = """\
客户投诉登记,
客户姓名:,张三
联系电话:,13988881111
投诉时间:,2026-10-08
受理渠道:,电话
投诉内容:,冰箱不制冷，东西全坏了
处理意见:,
,
客户姓名:,李四
联系电话:,13988882222
投诉时间:,2026-10-09
受理渠道:,微信
投诉内容:,洗衣机漏水
处理意见:,上门
制表人：王五,
"""


@pytest.mark.parametrize("colon", [":", "：", ""])
def test_blocks_beneath_one_another_are_cases(guide: Runner, tmp_path: Path, colon: str) -> None:
    text = BLOCKS if colon else BLOCKS.replace("制表人：王五,\n", "")
    (tmp_path / "forms.csv").write_text(text.replace(":", colon), "utf-8")
    first, second = read_in(guide, "forms.csv", "--save-profile", "kept.yaml")
    assert (first["customer"], first["description"], first["channel"]) == ("张三", "冰箱不制冷，东西全坏了", "phone")
    assert (second["customer"], second["registered_at"]) == ("李四", "2026-10-08T16:00:00Z")
    again = guide("import", "forms.csv", "--profile", "kept.yaml")
    assert ("2 unchanged" in again.out, "forms, their headings beneath one another" in again.err) == (True, True)
    assert "columns not used: 处理意见" in again.err


def test_a_sheet_with_pairs_beside_one_another_is_a_case(guide: Runner, tmp_path: Path) -> None:
    write_workbook(
        tmp_path / "form.xlsx",
        {
            "登记表": [
                ("客户投诉登记表",),
                ("客户姓名：", "张三", "联系电话：", "13988881111"),
                ("投诉时间：", Dated(46303.5), "产品型号：", "QX-1"),
                ("投诉内容：", "冰箱三天不制冷", None, None),
                ("处理意见：", None, "经办：", None),
                ("签字：", None),
            ]
        },
    )
    (case,) = read_in(guide, "form.xlsx")
    assert (case["customer"], case["product"], case["description"]) == ("张三", "QX-1", "冰箱三天不制冷")
    assert json.loads(guide("show", case["case"], "--json").out)["contact"] == "13988881111"


def test_heading_and_text_in_one_cell_are_read(guide: Runner, tmp_path: Path) -> None:
    write_workbook(
        tmp_path / "form.xlsx",
        {"S": [("客户姓名：张三", "电话：13988881111"), ("投诉时间：2026-10-08 09:30",), ("投诉内容：漏水：三天",)]},
    )
    (case,) = read_in(guide, "form.xlsx")
    assert (case["registered_at"], case["description"]) == ("2026-10-08T01:30:00Z", "漏水：三天")


def test_what_is_wrong_in_a_form_is_told_by_its_last_line(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "forms.csv").write_text(BLOCKS.replace("13988882222", "-"), "utf-8")
    done = guide("import", "forms.csv", "--save-profile", "kept.yaml")
    assert (done.code, "line 14 rejected: 联系电话" in done.err) == (11, True)
    left = tmp_path / "forms.rejects.csv"
    left.write_text(left.read_text("utf-8-sig").replace("'-", "13988882222"), "utf-8")
    assert "1 new" in guide("import", "forms.rejects.csv", "--profile", "kept.yaml").out


def test_a_form_with_more_than_pairs_says_what_to_do_and_repeats_nobodys_words(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "forms.csv").write_text(
        "客户姓名：,张三,\n联系电话：,13988881111,\n投诉内容：,漏水,\n没有标题的一段话,,又一段\n投诉时间：,2026-10-08,\n",
        "utf-8",
    )
    done = guide("import", "forms.csv")
    assert done.code == 3
    assert "forms.csv is a form, its headings beneath one another: 客户姓名, 联系电话, 投诉内容" in done.err
    assert "line 4 is no heading with its cell" in done.err
    assert "paste it transposed" in done.err
    assert "张三" not in done.err
    assert "一段话" not in done.err


@pytest.mark.parametrize(
    "text",
    [
        "渠道,日期,内容\n电话,2026-10-01,漏水\n邮箱,2026-10-02,漏电\n时间,2026-10-03,晚\n客户,2026-10-04,吵\n",
        "内容,备注\n电话,打不通\n时间,太久\n客户,不满\n产品,不好\n",
        "项目,说明\n电话打不通,急\n等了很久,\n",
    ],
)
def test_a_table_is_no_form(text: str) -> None:
    heading = text.split(",", maxsplit=1)[0]
    assert read(text, {heading}).headings[0] == heading
    assert read(text, set()).headings[0] == heading
