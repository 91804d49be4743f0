"""Rows of sums in a file: left out and said, never a case, and never in place of one."""

import json
from pathlib import Path

import pytest

from conftest import Runner
from tables import Dated, read, write_workbook

HEAD = "单号,登记时间,渠道,客户,联系电话,内容,件数,金额\n"
ROW = "{n},2026-10-0{n} 09:00,电话,甲,1390000400{n},水壶漏水,1,199.00\n"


@pytest.mark.parametrize(
    "sums",
    [
        "合计,,,,,,2,398.00",
        "合计：,,,,,,2,398.00",
        "小 计,,,,,,2,398.00",
        "總計,,,,,,2,398.00",
        ",,,,合计,,2,398.00",
        "本页合计,,,,,,2,398.00",
        "10月小计,,,,,,2,398.00",
        "Total,,,,,,2,398.00",
        "Grand Total:,,,,,,2,$398.00",
        "Sub-total,,,,,,2,100%",
        "共2条,,,,,,,",
        "共 2 条记录,,,,,,,",
        "合计：2件,,,,,,,",
        "Total: 2 records,,,,,,,",
        "TOTAL (2),,,,,,,",
        "Total 2 records,,,,,,,",
        "合计,-,-,-,-,-,２,¥398.00元",
        "合计（元）,,,,,,,398.00",
        ",,,,平均：,,1,199.00",
        "平均值,,,,,,1,199.00",
        "Average,,,,,,1,199.00",
        "Summe,,,,,,2,398.00",
        "第 1 页 共 1 页,,,,,,,",
        "Page 1 of 1,,,,,,,",
    ],
)
def test_a_row_of_sums_is_left_out_and_said(guide: Runner, tmp_path: Path, sums: str) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + ROW.format(n=1) + ROW.format(n=2) + sums + "\n", "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, done.out.splitlines()[0]) == (
        0,
        "2 read: 2 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected",
    )
    assert "1 row of headings, sums or below the table left out: line 4" in done.err
    assert not (tmp_path / "rows.rejects.csv").exists()


def test_sums_between_the_rows_are_all_named_in_a_few_words(guide: Runner, tmp_path: Path) -> None:
    rows = [ROW.format(n=n) + "小计,,,,,,1,199.00\n" for n in range(1, 8)]
    (tmp_path / "rows.csv").write_text(HEAD + "".join(rows) + "总计,,,,,,7,1393.00\n", "utf-8")
    assert (
        "8 rows of headings, sums or below the table left out: lines 3, 5, 7, 9, 11, …"
        in guide("import", "rows.csv", "--dry-run").err
    )
    found = json.loads(guide("import", "rows.csv", "--json").out)
    assert (found["read"], found["new"], found["left_out"]) == (7, 7, [3, 5, 7, 9, 11, 13, 15, 16])


def test_numbers_alone_in_the_last_row_are_sums(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + ROW.format(n=1) + ROW.format(n=2) + ",,,,,,2,398.00\n", "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "1 row of headings, sums or below the table left out: line 4" in done.err) == (0, True)


def test_numbers_alone_among_the_rows_are_rejected_as_any_row_without_a_case(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + ROW.format(n=1) + ",,,,,,2,398.00\n" + ROW.format(n=2), "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "1 rejected" in done.out, "sums" in done.err) == (11, True, False)


@pytest.mark.parametrize(
    "row",
    [
        "合计,2026-10-03 09:00,电话,乙,13900004003,账单合计不对,1,",
        "3,2026-10-03 09:00,电话,合计,13900004003,多扣了钱,1,",
        "Total,2026-10-03 09:00,电话,Total,13900004003,pump leaks,1,",
    ],
)
def test_a_case_that_has_the_word_is_a_case(guide: Runner, tmp_path: Path, row: str) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + ROW.format(n=1) + row + "\n", "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "2 new" in done.out, "sums" in done.err) == (0, True, False)


@pytest.mark.parametrize(
    "row",
    ["Total 9000,120", "费用合计,13900004003", "合计,2026-10-03", "合计,13900004003", "合计,20261003", ",13900004003"],
)
def test_a_telephone_or_a_day_beside_the_word_is_no_sum(row: str) -> None:
    assert read(f"内容,电话\n水壶漏水了,13900004001\n{row}\n", {"内容", "电话"}).numbers == [2, 3]


def test_sums_of_a_sheet_are_left_out_by_a_profile_too_and_reading_again_changes_nothing(
    guide: Runner, tmp_path: Path
) -> None:
    write_workbook(
        tmp_path / "rows.xlsx",
        {"10月": [("单号", "时间", "内容", "件数"), ("1", Dated(46296), "批量发热", 1), (None, "合计", None, 1)]},
    )
    assert (
        "1 row of headings, sums or below the table left out: line 3"
        in guide("import", "rows.xlsx", "--save-profile", "kept.yaml").err
    )
    again = guide("import", "rows.xlsx", "--profile", "kept.yaml")
    assert (
        again.code,
        "1 unchanged" in again.out,
        "1 row of headings, sums or below the table left out: line 3" in again.err,
    ) == (
        0,
        True,
        True,
    )


def test_a_file_of_sums_alone_has_no_row(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + "合计,,,,,,0,0\n", "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "nothing stands below the headings" in done.err) == (3, True)


def test_rows_that_are_left_are_mended_beside_sums(guide: Runner, tmp_path: Path) -> None:
    rows = HEAD + ROW.format(n=1) + "2,昨天,电话,甲,13900004002,水壶漏水,1,199\n" + "合计,,,,,,2,398.00\n"
    (tmp_path / "rows.csv").write_text(rows, "utf-8")
    assert guide("import", "rows.csv", "--save-profile", "kept.yaml").code == 11
    left = tmp_path / "rows.rejects.csv"
    assert "合计" not in left.read_text("utf-8-sig")
    left.write_text(left.read_text("utf-8-sig").replace("昨天", "2026-10-02 09:00"), "utf-8-sig")
    assert "1 new" in guide("import", "rows.rejects.csv", "--profile", "kept.yaml").out


# --- what stands below a table -------------------------------------------------------------------------------------

ALL_IN = "2 read: 2 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected"


@pytest.mark.parametrize(
    "below",
    [
        '"Copyright © 2000-2026 salesforce.com, inc. All rights reserved."\n'
        "Confidential Information - Do Not Distribute\nGenerated By:  Wang Fang  11/6/2026 3:05 PM\nQinghe Ltd.\n",
        "Complaints of October,,,,,,,\n",
        "以上数据来自工单系统,,,,,,,\n",
        "数据来源：工单系统\n",
        "—— 导出完毕 ——\n",
        "共2条\n",
        "合计：2\n",
        "© 2026 青禾家电\n版权所有 未经许可不得转载\n",
        "注：本表每周一更新\n联系人 王主管\n",
    ],
)
@pytest.mark.parametrize("gap", ["", ",,,,,,,\n\n"])
def test_lines_below_the_table_are_left_out_and_said(guide: Runner, tmp_path: Path, below: str, gap: str) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + ROW.format(n=1) + ROW.format(n=2) + gap + below, "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, done.out.splitlines()[0]) == (0, ALL_IN), done.err
    count, first = below.count("\n"), 4 + gap.count("\n")
    rows = (
        "1 row of headings, sums or below the table"
        if count == 1
        else f"{count} rows of headings, sums or below the table"
    )
    lines = ", ".join(str(first + n) for n in range(count))
    assert f"{rows} left out: line{'s' if count > 1 else ''} {lines}" in done.err


@pytest.mark.parametrize(
    "rows",
    [
        [ROW.format(n=1), "3\n"],  # a number that lost the rest of its row
        [ROW.format(n=1), "QH-2026-11-03,,,,,,,\n"],
        [ROW.format(n=1), "2026-10-03 09:00,,,,,,,\n"],
        [ROW.format(n=1), "导出完毕,,,,,水壶漏水,,\n"],  # more than one cell
        [ROW.format(n=1), "门锁坏了,,,,,,,\n", ROW.format(n=2)],  # not at the end
        ["甲客户,2026-10-01 09:00,电话,甲,13900040001,水壶漏水,1,1\n", "乙客户,,,,,,,\n"],  # the first column has names
    ],
)
def test_what_may_be_a_row_is_left_to_a_person(guide: Runner, tmp_path: Path, rows: list[str]) -> None:
    (tmp_path / "rows.csv").write_text(HEAD + "".join(rows), "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "1 rejected" in done.out, "left out: line" in done.err) == (11, True, False), done.err


def test_the_line_that_markdown_draws_below_the_headings_is_no_row(guide: Runner, tmp_path: Path) -> None:
    rows = ("单号 | 登记时间 | 渠道 | 客户 | 联系电话 | 内容", "--- | :---: | ---: | --- | --- | ---")
    case = "1 | 2026-10-01 09:00 | 电话 | 甲 | 13900040001 | 水壶漏水"
    (tmp_path / "rows.md").write_text("".join(f"| {row} |\n" for row in (*rows, case)), "utf-8")
    done = guide("import", "rows.md")
    assert (done.code, "1 read: 1 new" in done.out) == (0, True), done.err
    assert "1 row of headings, sums or below the table left out: line 2" in done.err


def test_below_what_was_sold_a_remark_is_no_sale(call: Runner, tmp_path: Path) -> None:
    assert call("init", "--rules", "customer-feedback").code == 0
    (tmp_path / "sales.csv").write_text("产品,销量\nKL-200,10\nKL-300,5\n合计,15\n数据来源：ERP\n", "utf-8")
    assert call("report", "--month", "2026-10", "--sales", "sales.csv", now="2026-11-02 09:00").code == 0


def test_pages_as_they_were_printed_are_left_out(guide: Runner, tmp_path: Path) -> None:
    pages = f"第1页,,,,,,,\n{HEAD}{ROW.format(n=1)}第2页,,,,,,,\n{HEAD}{ROW.format(n=2)}第 2 页 / 共 2 页\n"
    (tmp_path / "rows.csv").write_text(pages, "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, done.out.splitlines()[0]) == (0, ALL_IN), done.err
    assert "3 rows of headings, sums or below the table left out: lines 4, 5, 7" in done.err
