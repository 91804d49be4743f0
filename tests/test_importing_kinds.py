"""Files of other kinds: registers of hospitals and workshops, hotlines, marketplaces, and what only they have."""

import shutil
from pathlib import Path

import pytest

from conftest import Runner
from importing import proposal, read_in
from tables import Dated, write_workbook

LOCKED = Path(__file__).parent / "data" / "locked.xlsx"


# --- when it came in ------------------------------------------------------------------------------------


def test_when_they_called_goes_before_when_an_office_reported_back(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "12345.csv").write_text(
        "工单编号,反馈时间,来电人,来电号码,诉求内容,来电时间\n"
        "1,2026年10月10日,刘先生,13912346111,小区停水,2026年10月8日 09时30分\n"
        "2,2026年10月11日,王女士,13912346222,公交改线,2026年10月9日 下午3点\n",
        "utf-8",
    )
    assert [case["registered_at"] for case in read_in(guide, "12345.csv")] == [
        "2026-10-08T01:30:00Z",
        "2026-10-09T07:00:00Z",
    ]


def test_of_two_columns_that_may_say_when_it_came_in_the_one_that_each_row_has_counts(
    guide: Runner, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text(
        "单号,接收时间,创建时间,内容\n1,,2026-10-08,漏水\n2,2026-10-12,2026-10-09,漏电\n", "utf-8"
    )
    assert proposal(guide, "rows.csv")["columns"]["received_at"] == ["创建时间"]


# --- who they are ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "customer", "contact"),
    [
        ("进厂时间,送修人,送修人电话", "送修人", "送修人电话"),
        ("提交时间,学生姓名,家长电话", "学生姓名", "家长电话"),
        ("入住日期,租客姓名,租客手机", "租客姓名", "租客手机"),
        ("乘车日期,乘客,乘客联系方式", "乘客", "乘客联系方式"),
    ],
)
def test_people_are_customers_by_whatever_a_trade_calls_them(
    guide: Runner, tmp_path: Path, headings: str, customer: str, contact: str
) -> None:
    (tmp_path / "rows.csv").write_text(
        f"{headings},意见建议\n2026-10-01,吴磊,13944441111,刹车异响，踩下去有声音\n", "utf-8"
    )
    columns = proposal(guide, "rows.csv")["columns"]
    assert (columns["customer"], columns["contact"], columns["description"]) == ([customer], [contact], ["意见建议"])


@pytest.mark.parametrize("name", ["无名氏", "不愿透露", "佚名"])
def test_who_gives_no_name_and_no_number_is_nobody(guide: Runner, tmp_path: Path, name: str) -> None:
    (tmp_path / "rows.csv").write_text(
        "登记号,来访日期,投诉人,联系电话,投诉事由\n1,2026-10-08,陈女士,0571-88886666,排队三小时\n"
        f"2,2026-10-09,{name},-,药房发错了药\n",
        "utf-8",
    )
    assert [case["customer"] for case in read_in(guide, "rows.csv")] == ["陈女士", None]


def test_a_name_without_a_number_is_told_what_the_rulebook_takes(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "单号,时间,客户,电话,内容\n1,2026-10-01,甲,13900000001,漏水\n2,2026-10-02,乙,,漏水\n", "utf-8"
    )
    said = guide("import", "rows.csv").err
    assert (
        "line 3 rejected: 电话: nothing stands there, and the rulebook takes name and contact both, or neither" in said
    )


# --- cells and headings as programs leave them ----------------------------------------------------------


def test_cells_that_are_kept_a_text_by_a_formula_are_read_in_headings_and_columns(
    guide: Runner, tmp_path: Path
) -> None:
    (tmp_path / "shop.csv").write_text(
        '="订单编号",="评价时间",="买家昵称",="手机",="评价内容"\n'
        '="2345678901234567890",="2026-10-08 12:00:00",="t**3",="13900000001",="用了两天就坏了😡，""客服""不理人"\n',
        "utf-8-sig",
    )
    (case,) = read_in(guide, "shop.csv", "--save-profile", "kept.yaml")
    assert case["description"] == '用了两天就坏了😡，"客服"不理人'
    assert "received_at: 评价时间\n" in (tmp_path / "kept.yaml").read_text("utf-8")
    assert "1 unchanged" in guide("import", "shop.csv", "--profile", "kept.yaml").out


def test_an_error_in_a_cell_is_not_said_to_be_nothing_as_well(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "单号,时间,客户,电话,内容\n1,2026-10-01,甲,13900000001,漏水\n2,2026-10-02,乙,13900000002,#N/A\n", "utf-8"
    )
    said = guide("import", "rows.csv").err
    assert "line 3 rejected: 内容: a spreadsheet's error stands there\n" in said


def test_a_row_whose_quotes_are_not_in_order_is_left_as_it_stands(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        '单号,时间,客户,电话,内容\n"1","2026-10-08",甲,13912348111,"他说"没办法"就挂了"\n2,2026-10-09,乙,13912348222,碎了\n',
        "utf-8",
    )
    assert guide("import", "rows.csv", "--save-profile", "kept.yaml").code == 11
    left = tmp_path / "rows.rejects.csv"
    assert '1,2026-10-08,甲,13912348111,"""他说""没办法""就挂了"""' in left.read_text("utf-8-sig")
    left.write_text(
        left.read_text("utf-8-sig").replace('"""他说""没办法""就挂了"""', '"他说""没办法""就挂了"'), "utf-8"
    )
    assert "1 new" in guide("import", "rows.rejects.csv", "--profile", "kept.yaml").out


# --- workbooks ------------------------------------------------------------------------------------------


def test_a_workbook_kept_by_a_password_is_said_to_be(guide: Runner, tmp_path: Path) -> None:
    shutil.copy(LOCKED, tmp_path / "locked.xlsx")
    done = guide("import", "locked.xlsx")
    assert (done.code, "locked.xlsx is kept by a password – save it without" in done.err) == (3, True)


# --- what stands below a table --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "below",
    [
        "制表人：张丽,,,审核：,",
        "填表人,张丽,,审核人,李四",
        "打印时间：2026-10-31 10:00,,,,",
        "以下空白,,,,",
        "注：本表由客服部填写,,,,",
        "说明：以上为十月数据,,,,",
        ",,,部门负责人签字：,",
        "合计,,,,2\n制表人：张丽,,,,",
        "制表人：张丽,,,,\n审核：李四,,,,",
    ],
)
def test_what_stands_below_the_table_is_left_out_and_said(guide: Runner, tmp_path: Path, below: str) -> None:
    (tmp_path / "rows.csv").write_text(
        f"单号,时间,客户,电话,内容\n1,2026-10-01,甲,13900000001,漏水\n{below}\n", "utf-8"
    )
    done = guide("import", "rows.csv")
    assert (done.code, "1 new" in done.out, "0 rejected" in done.out) == (0, True, True)
    assert "left out: line" in done.err


@pytest.mark.parametrize(
    "row",
    [
        "注：急件,2026-10-02,乙,13900000002,漏水",
        "2,2026-10-02,乙,13900000002,说明：电池坏了",
        "2,,,,备注：客户又来电话",
    ],
)
def test_a_last_row_that_may_be_a_case_is_no_such_line(guide: Runner, tmp_path: Path, row: str) -> None:
    (tmp_path / "rows.csv").write_text(f"单号,时间,客户,电话,内容\n1,2026-10-01,甲,13900000001,漏水\n{row}\n", "utf-8")
    done = guide("import", "rows.csv")
    assert (done.out.startswith("2 read"), "left out: line" in done.err) == (True, False)


def test_such_a_line_among_the_rows_is_rejected(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "单号,时间,客户,电话,内容\n注：急件,,,,\n1,2026-10-01,甲,13900000001,漏水\n", "utf-8"
    )
    assert "1 rejected" in guide("import", "rows.csv").out


def test_a_sheet_with_a_hidden_one_before_it_is_read(guide: Runner, tmp_path: Path) -> None:
    head = ("单号", "时间", "内容")
    write_workbook(
        tmp_path / "rows.xlsx",
        {"旧": [head, ("9", Dated(46266), "旧的一条")], "十月": [head, ("1", Dated(46300), "灯不亮")]},
        hidden=["旧"],
    )
    assert [case["description"] for case in read_in(guide, "rows.xlsx")] == ["灯不亮"]


# --- what is no table -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
        (b'{"code": 401, "msg": "please log in"}', "JSON"),
        (b'[{"id": 1}, {"id": 2}]', "JSON"),
        (b"{\\rtf1\\ansi a text}", "a text with its layout (RTF)"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "a web archive"),
    ],
)
def test_what_another_program_wrote_is_said_to_be_that(guide: Runner, tmp_path: Path, data: bytes, what: str) -> None:
    (tmp_path / "export.xls").write_bytes(data)
    done = guide("import", "export.xls")
    assert (done.code, f"export.xls is {what}, no table" in done.err) == (3, True)


def test_a_time_of_digits_that_lies_ahead_is_told_as_a_date(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("编号,创建时间,内容\n1,1793527200000,漏水了\n", "utf-8")
    assert "2026-11-01 18:00 lies in the future" in guide("import", "rows.csv").err


def test_a_time_that_a_spreadsheet_has_cut_is_said_to_be(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("编号,时间,内容\n1,2026-10-01,漏水了\n2,1.79142E+12,漏电了\n", "utf-8")
    assert "(时间): a spreadsheet has cut its digits" in guide("import", "rows.csv").err
