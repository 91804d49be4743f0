"""Files as other programs and people write them, without a profile: shops, forms, hotlines, registers of repairs."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import Runner
from importing import cases, proposal, read_in
from tables import Cell, Dated, write_workbook

NAMED = "单号,登记时间,渠道,客户,联系电话,内容\n"
QUOTED = '"单号","登记时间","渠道","客户","联系电话","内容"\n'


# --- headings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "field", "heading"),
    [
        ("退款编号,订单创建时间,退款申请时间,买家退款说明", "received_at", "退款申请时间"),
        ("退款编号,订单创建时间,退款申请时间,买家退款说明", "description", "买家退款说明"),
        ("纠纷单号,发起时间,纠纷描述", "number", "纠纷单号"),
        ("编号,报修日期,报修内容", "received_at", "报修日期"),
        ("编号,报修日期,故障现象", "description", "故障现象"),
        ("服务单号,申请时间,问题描述", "number", "服务单号"),
        ("Ticket ID,Created time,Description", "received_at", "Created time"),
        ("Case Number,Date/Time Opened,Description", "received_at", "Date/Time Opened"),
        ("Ticket No.（工单号）,Created 创建时间,Description 问题描述", "description", "Description 问题描述"),
        ("id,gmt_create,problem_desc", "received_at", "gmt_create"),
        ("审批编号,发起时间,问题描述", "number", "审批编号"),
        ("编号,时间戳记,您遇到了什么问题?", "received_at", "时间戳记"),
        ("id,Timestamp,What happened?", "description", "What happened?"),
        ("编号,提交答卷时间,4、您的问题或建议（请尽量详细）：", "description", "4、您的问题或建议（请尽量详细）："),
    ],
)
def test_headings_of_other_programs_are_known(
    guide: Runner, tmp_path: Path, headings: str, field: str, heading: str
) -> None:
    rows = [["A1", "A2"], *([["2026-10-01 09:00", "2026-10-02 10:00"]] * (headings.count(",") - 1))]
    cells = [*rows, ["水壶漏水了，客厅都湿了", "三天了还没有人来修"]]
    lines = [headings, *(",".join(row) for row in zip(*cells, strict=True))]
    (tmp_path / "rows.csv").write_text("\n".join([*lines, ""]), "utf-8")
    found = proposal(guide, "rows.csv")
    assert found["columns"][field] == [heading]
    assert found["questions"] == []


def test_a_form_whose_headings_ask_and_whose_times_name_their_zone_is_read(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "form.csv").write_text(
        "Timestamp,Your name,Phone number,What happened?\n"
        "2026/10/1 2:05:33 PM GMT+8,Lin Mei,13900000101,The kettle leaks from its base\n"
        "2026/10/2 9:12:00 AM GMT+8,Wu Di,13900000102,It came with a broken lid\n",
        "utf-8",
    )
    cases = read_in(guide, "form.csv")
    assert [case["registered_at"] for case in cases] == ["2026-10-01T06:05:33Z", "2026-10-02T01:12:00Z"]
    assert cases[0]["description"] == "The kettle leaks from its base"


@pytest.mark.parametrize("written", ["4分", "４", "四星", "★★★★☆", "4/5", "4.0"])
def test_scores_are_known_however_they_are_written(guide: Runner, tmp_path: Path, written: str) -> None:
    (tmp_path / "rows.csv").write_text(
        f"{NAMED.strip()},解决时间,满意度\n1,2026-10-01 09:00,电话,甲,13900004001,水壶漏水,2026-10-02,{written}\n",
        "utf-8",
    )
    read_in(guide, "rows.csv")
    assert guide("report", "--month", "2026-10", "--metric", "rating.mean").out == "4\n"


def _score(call: Runner, case: dict[str, Any]) -> int | None:
    return next(iter((json.loads(call("show", case["case"], "--json").out)["scores"] or {}).values()), None)


@pytest.mark.parametrize(
    ("words", "scores"),
    [
        (["非常满意", "满意", "一般", "不满意", "很不满意"], [5, 4, 3, 2, 1]),
        (["非常满意", "满意", "满意"], [5, 4, 4]),
        (["好评", "中评", "差评"], [5, 3, 1]),
        (["Very satisfied", "neutral", "Dissatisfied"], [5, 3, 2]),
        (["4", "很不满意", "一般"], [4, 1, 3]),
        (["非常满意", "比较满意", "一般", "比较不满意", "非常不满意"], [5, 4, 3, 2, 1]),
    ],
)
def test_words_of_satisfaction_are_scores_if_their_scale_is_plain(
    guide: Runner, tmp_path: Path, words: list[str], scores: list[int]
) -> None:
    rows = "".join(
        f"{n},2026-10-01 09:00,电话,甲,1390000400{n},水壶漏水,2026-10-02,{word}\n" for n, word in enumerate(words, 1)
    )
    (tmp_path / "rows.csv").write_text(f"{NAMED.strip()},解决时间,满意度\n{rows}", "utf-8")
    told = guide("import", "rows.csv", "--save-profile", "kept.yaml")
    assert told.code == 0
    assert f"{words[-1]} {scores[-1]}" in told.err
    assert [_score(guide, case) for case in cases(guide)] == scores
    assert guide("import", "rows.csv", "--profile", "kept.yaml").out.startswith(f"{len(words)} read: 0 new")


def test_a_scale_is_kept_with_a_word_for_each_place_and_those_that_were_met(guide: Runner, tmp_path: Path) -> None:
    rows = "1,2026-10-01 09:00,电话,甲,13900004001,水壶漏水,2026-10-02,很满意\n"
    (tmp_path / "rows.csv").write_text(f"{NAMED.strip()},解决时间,满意度\n{rows}", "utf-8")
    assert guide("import", "rows.csv", "--save-profile", "kept.yaml").code == 0
    kept = yaml.safe_load((tmp_path / "kept.yaml").read_text("utf-8"))
    (rated,) = [one for one in kept["course"] if one["event"] == "rated"]
    assert rated["means"] == {"很满意": 5, "满意": 4, "一般": 3, "不满意": 2, "非常不满意": 1}


@pytest.mark.parametrize(
    "words",
    [["满意", "一般", "不满意"], ["满意"], ["非常满意", "满意", "比较满意"], ["非常满意", "已退款"], ["好", "差"]],
)
def test_words_that_may_be_of_several_scales_are_told_and_not_taken(
    guide: Runner, tmp_path: Path, words: list[str]
) -> None:
    rows = "".join(
        f"{n},2026-10-01 09:00,电话,甲,1390000400{n},水壶漏水,2026-10-02,{word}\n" for n, word in enumerate(words, 1)
    )
    (tmp_path / "rows.csv").write_text(f"{NAMED.strip()},解决时间,满意度\n{rows}", "utf-8")
    told = guide("import", "rows.csv")
    assert "满意度 – not used: its words have no plain score" in told.err
    assert {_score(guide, case) for case in cases(guide)} == {None}


def test_headings_and_words_in_traditional_signs_are_known(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "案件編號,客戶姓名,聯絡電話,產品型號,問題描述,處理狀態,建立時間,管道,結案時間,滿意度\n"
        "C-1,林小姐,0912-345-678,X-100,螢幕閃爍,已結案,2026/10/1 下午3點05分,電話,2026/10/3 下午4時,非常滿意\n"
        "C-2,陳先生,0912-345-679,無,無法登入,處理中,2026/10/2 上午9點,電郵,,\n",
        "utf-8",
    )
    found = proposal(guide, "rows.csv")
    columns = found["columns"]
    assert columns["number"] == ["案件編號"]
    assert (columns["customer"], columns["contact"]) == (["客戶姓名"], ["聯絡電話"])
    assert (columns["product"], columns["description"]) == (["產品型號"], ["問題描述"])
    assert (columns["received_at"], columns["channel"]) == (["建立時間"], ["管道"])
    assert (found["states"]["column"], found["questions"]) == ("處理狀態", [])
    assert found["values"]["channel"] == {"電話": "phone", "電郵": "email"}
    first, second = read_in(guide, "rows.csv")
    assert (first["registered_at"], first["status"]) == ("2026-10-01T07:05:00Z", "closed")
    assert (_score(guide, first), second["product"], second["status"]) == (5, None, "open")


@pytest.mark.parametrize(
    ("headings", "row", "columns"),
    [
        (
            "维权编号,订单号,买家姓名,买家手机号,申请时间,维权原因,维权状态,退款金额",
            'WQ202610050001,E1,王芳,13900001111,2026-10-05 14:30,商品破损,维权完成,"1,299.00"',
            {"number": "维权编号", "contact": "买家手机号", "description": "维权原因"},
        ),
        (
            "售后单号,商品名称,售后类型,售后原因,申请时间,退款金额(元),买家昵称,收货人手机",
            "'7301000000000000001,智能水壶,仅退款,底座漏水,2026/10/05 14:30:12,¥199.00,用户1**3,13900001111",
            {"number": "售后单号", "product": "商品名称", "customer": "买家昵称", "description": "售后原因"},
        ),
        (
            "退款编号,买家会员名,退款申请时间,买家退款原因,买家退款说明,手机",
            "129876543210001,tb小雨_88,2026-10-05 14:30,质量问题,屏幕碎了要求退款,13900001111",
            {"number": "退款编号", "description": "买家退款原因+买家退款说明"},
        ),
        (
            "评价ID,门店名称,评价时间,用户昵称,手机,评价内容",
            "9001,城东店,2026-10-05 14:30,小王,13900001111,等了一小时",
            {"number": "评价ID", "customer": "用户昵称", "description": "评价内容"},
        ),
    ],
)
def test_the_exports_of_shops_say_what_is_wrong_by_their_headings(
    guide: Runner, tmp_path: Path, headings: str, row: str, columns: dict[str, str]
) -> None:
    (tmp_path / "shop.csv").write_text(f"{headings}\n{row}\n", "utf-8")
    found = {field: "+".join(names) for field, names in proposal(guide, "shop.csv")["columns"].items()}
    assert {field: found.get(field) for field in columns} == columns


def test_a_column_of_codes_is_no_description(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text(
        "批次代号,时间,客户,电话\nWQ2026-100500001,2026-10-05,王芳,13900001111\nWQ2026-100500002,2026-10-06,李四,13900001112\n",
        "utf-8",
    )
    found = proposal(guide, "codes.csv")
    assert found["columns"]["description"] == ["?"]
    assert [question["field"] for question in found["questions"]] == ["description"]


def test_what_is_asked_for_names_no_column_of_dates_or_amounts(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "Ticket ID,Name,Create date,Close date,Amount paid,Subject\n"
        "1,Ann,2026-10-05 14:30,2026-10-06 10:00,19.90,The kettle leaks\n",
        "utf-8",
    )
    told = guide("import", "rows.csv")
    assert "no column says contact" in told.err
    assert "perhaps" not in told.err


def test_the_command_that_drafts_a_profile_reads_the_file_as_it_was_asked_for(guide: Runner, tmp_path: Path) -> None:
    text = "編號,時間,顧客,內容\n1,05/Oct/26 2:30 PM,王芳,門鎖壞了\n"
    (tmp_path / "big.csv").write_bytes(text.encode("big5"))
    asked = ["--encoding", "big5", "--dates", "%d/%b/%y %I:%M %p"]
    told = guide("import", "big.csv", *asked)
    assert told.code == 3
    command = "afterservice import big.csv --encoding big5 --dates '%d/%b/%y %I:%M %p' --draft-profile"
    assert f"{command} > profile.yaml" in told.err
    drafted = guide(*shlex.split(command)[1:])
    assert drafted.code == 0
    assert 'dates: ["%d/%b/%y %I:%M %p"]' in drafted.out


def test_of_many_columns_that_are_not_used_some_are_named(guide: Runner, tmp_path: Path) -> None:
    more = [f"extra {n}" for n in range(1, 501)]
    (tmp_path / "wide.csv").write_text(
        f"{NAMED.strip()},{','.join(more)}\n1,2026-10-01,电话,甲,13900004001,漏水{',x' * len(more)}\n", "utf-8"
    )
    told = guide("import", "wide.csv")
    assert told.code == 0
    assert "columns not used: extra 1, extra 2, " in told.err
    assert "extra 20, … 480 more\n" in told.err
    assert "extra 21" not in told.err


def test_a_form_asks_and_its_headings_are_known(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "form.csv").write_text(
        "序号,提交答卷时间,来源,1、您的姓名：,2、您的手机号：,3、您的问题或建议（请尽量详细）：\n"
        '1,2026/10/1 10:22:33,微信,孙悦,13900006666,"没人接\n第四次说没空"\n',
        "utf-8-sig",
    )
    (case,) = read_in(guide, "form.csv")
    assert (case["customer"], case["channel"], case["description"]) == (
        "孙悦",
        "official_account",
        "没人接\n第四次说没空",
    )


def test_when_it_was_taken_up_is_the_receipt_only_if_nothing_else_is(guide: Runner, tmp_path: Path) -> None:
    headings = "单号,受理时间,预计解决时间,渠道,投诉内容"
    (tmp_path / "one.csv").write_text(f"{headings}\n1,2026-10-01 09:00,2026-10-03 09:00,电话,屏幕碎了\n", "utf-8")
    alone = proposal(guide, "one.csv")
    assert (alone["columns"]["received_at"], alone["course"], alone["unused"]) == (["受理时间"], [], ["预计解决时间"])
    (tmp_path / "two.csv").write_text(
        f"{headings},投诉时间\n1,2026-10-01 09:00,2026-10-03 09:00,电话,屏幕碎了,2026-10-01 08:00\n", "utf-8"
    )
    both = proposal(guide, "two.csv")
    assert both["columns"]["received_at"] == ["投诉时间"]
    (step,) = both["course"]
    assert (step["event"], step["at"], step["promised"]) == ("acknowledged", "受理时间", "预计解决时间")
    (case,) = read_in(guide, "two.csv")
    assert json.loads(guide("show", case["case"], "--json").out)["promised_at"] == "2026-10-03T01:00:00Z"


def test_what_no_row_of_the_first_export_has_is_read_in_the_later_ones(guide: Runner, tmp_path: Path) -> None:
    headings = "工单编号,创建时间,问题描述,处理结果,完成时间"
    (tmp_path / "one.csv").write_text(f"{headings}\nG1,2026-10-01 09:00,水壶漏水,,\n", "utf-8")
    (tmp_path / "two.csv").write_text(f"{headings}\nG1,2026-10-01 09:00,水壶漏水,换新,2026-10-03 10:00\n", "utf-8")
    (case,) = read_in(guide, "one.csv", "--save-profile", "kept.yaml")
    assert case["status"] == "open"
    (case,) = read_in(guide, "two.csv", "--profile", "kept.yaml")
    assert case["status"] == "closed"


def test_headings_that_stand_again_among_the_rows_are_no_row(guide: Runner, tmp_path: Path) -> None:
    row = "{n},2026-10-01,电话,甲,1390000400{n},漏水\n"
    (tmp_path / "pages.csv").write_text(NAMED + row.format(n=1) + NAMED + row.format(n=2), "utf-8")
    done = guide("import", "pages.csv")
    assert done.out.splitlines()[0] == "2 read: 2 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected"
    assert "1 row of headings, sums or below the table left out: line 3" in done.err


@pytest.mark.parametrize("again", ["\ufeff" + NAMED, "\ufeff" + QUOTED, NAMED.replace(",", " , "), NAMED[:-1] + ",,\n"])
def test_files_put_together_have_their_headings_several_times(guide: Runner, tmp_path: Path, again: str) -> None:
    row = "{n},2026-10-01,电话,甲,1390000400{n},漏水\n"
    whole = "\ufeff" + NAMED + row.format(n=1) + again + row.format(n=2) + "\ufeff" + row.format(n=3)
    (tmp_path / "both.csv").write_text(whole, "utf-8")
    done = guide("import", "both.csv")
    assert done.out.splitlines()[0] == "3 read: 3 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected"
    assert "1 row of headings, sums or below the table left out: line 3" in done.err


def test_whoever_was_asked_is_not_taken_to_be_content(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "单号,来电时间,诉求内容,办理结果,办结时间,回访时间,是否满意\n"
        "1,2026-10-01 09:00,路灯坏了三天,已修,2026-10-02 09:00,2026-10-03 09:00,不满意\n",
        "utf-8",
    )
    found = proposal(guide, "rows.csv")
    assert [step["event"] for step in found["course"]] == ["resolved", "closed"]
    assert found["unused"] == ["回访时间", "是否满意"]


# --- cells ---------------------------------------------------------------------------------------------


def test_a_day_and_its_time_in_two_columns_are_when_it_came_in(guide: Runner, tmp_path: Path) -> None:
    rows: list[Sequence[Cell]] = [
        ("房号", "报修日期", "报修时间", "报修内容"),
        ("3-1", Dated(46296), Dated(0.354166667), "水管漏水，楼下都湿了"),
    ]
    write_workbook(tmp_path / "rows.xlsx", {"11月": rows})
    (tmp_path / "rows.csv").write_text(
        "单号,受理日期,受理时间,反映情况\n1,2026-10-02,14:30,有异味\n2,2026-10-02,上午9:05,开不了机\n", "utf-8"
    )
    assert [case["registered_at"] for case in read_in(guide, "rows.csv")] == [
        "2026-10-02T06:30:00Z",
        "2026-10-02T01:05:00Z",
    ]
    first, *_ = sorted(case["registered_at"] for case in read_in(guide, "rows.xlsx"))
    assert first == "2026-10-01T00:30:00Z"


def test_a_column_of_names_with_numbers_is_no_description(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "日期,客户及电话,备注\n2026-10-01,张三 13900190001,-\n2026-10-02,李四13900190002,-\n", "utf-8"
    )
    found = proposal(guide, "rows.csv")
    assert found["columns"]["contact"] == ["客户及电话"]
    assert {question["field"] for question in found["questions"]} == {"customer", "description"}


def test_numbers_of_orders_are_no_contacts(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "单号,时间,平台订单编号,内容\n1,2026-10-01,298374650192,按键失灵了\n2,2026-10-02,298374650193,裂了\n", "utf-8"
    )
    assert "contact" not in proposal(guide, "rows.csv")["columns"]


def test_a_spreadsheets_error_is_no_description(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        NAMED + "1,2026-10-01,电话,甲,13900010003,灯不亮\n2,2026-10-02,电话,乙,13900010004,#N/A\n", "utf-8"
    )
    (case,) = read_in(guide, "rows.csv", code=11)
    assert case["customer"] == "甲"
    assert "a spreadsheet's error stands there" in (tmp_path / "rows.rejects.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("cell", ["同上", "〃"])
def test_a_cell_that_points_to_the_one_above_is_pointed_out(guide: Runner, tmp_path: Path, cell: str) -> None:
    (tmp_path / "rows.csv").write_text(
        NAMED + f"1,2026-10-01,电话,冯阿姨,13900010003,灯不亮\n2,2026-10-02,电话,吴先生,{cell},还是不亮\n", "utf-8"
    )
    (case,) = read_in(guide, "rows.csv", code=11)
    assert case["customer"] == "冯阿姨"
    assert "only points to the cell above" in (tmp_path / "rows.rejects.csv").read_text("utf-8-sig")


def test_what_repeats_a_case_is_found_by_each_number_and_by_no_hidden_one(guide: Runner, tmp_path: Path) -> None:
    row = "{n},2026-10-0{n},电话,{who},{contact},煮饭冒烟，一股焦味\n"
    (tmp_path / "rows.csv").write_text(
        NAMED
        + row.format(n=1, who="甲", contact="13800138000/13900139000")
        + row.format(n=2, who="甲", contact="139 0013 9000")
        + row.format(n=3, who="乙", contact="137****0001")
        + row.format(n=4, who="丙", contact="137****0001"),
        "utf-8",
    )
    assert guide("import", "rows.csv").code == 0
    assert [line.split("\t")[0] for line in guide("list", "--suspect").out.splitlines()[1:]] == ["202610-002"]


def test_dates_are_read_as_they_are_said_to_be_written(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(NAMED + "1,26-10-01 09:00,电话,甲,13900140001,开不了机\n", "utf-8")
    refused = guide("import", "rows.csv")
    assert (refused.code, "say how they are written, such as --dates" in refused.err) == (3, True)
    (case,) = read_in(guide, "rows.csv", "--dates", "%y-%m-%d %H:%M")
    assert case["registered_at"] == "2026-10-01T01:00:00Z"
    assert guide("import", "rows.csv", "--dates", "%H:%M").err.startswith(
        "afterservice: --dates: '%H:%M' does not give"
    )


def test_a_customer_by_half_is_asked_before_every_row_is_rejected(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("单号,来电时间,主叫号码,来电内容\n1,2026-10-01,13900008888,不出热水\n", "utf-8")
    done = guide("import", "rows.csv")
    assert (done.code, "takes name and contact both, or neither" in done.err) == (3, True)


def test_the_words_that_a_rulebook_has_are_named_with_their_labels(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(NAMED + "1,2026-10-01,抖音,甲,13900100001,主板烧了\n", "utf-8")
    assert "write one of phone, app (App message), official_account" in guide("import", "rows.csv").err


# --- sheets and what is no table ------------------------------------------------------------------------


def test_the_sheet_whose_headings_mean_something_is_read_and_the_others_are_named(
    guide: Runner, tmp_path: Path
) -> None:
    head, row = ("单号", "时间", "内容"), ("1", Dated(46296), "批量发热")
    write_workbook(tmp_path / "erp.xlsx", {"说明": [("填写说明",)], "明细": [head, row], "空": []})
    done = guide("import", "erp.xlsx")
    assert (done.code, "sheet '明细'" in done.err, "sheets not read: 说明; --sheet" in done.err) == (0, True, True)
    said = json.loads(guide("import", "erp.xlsx", "--json").out)
    assert (said["sheet"], said["other_sheets"]) == ("明细", ["说明"])


def test_months_on_sheets_of_their_own_are_not_guessed_from(guide: Runner, tmp_path: Path) -> None:
    sheet: list[Sequence[Cell]] = [("单号", "时间", "内容"), ("1", Dated(46296), "批量发热")]
    write_workbook(tmp_path / "months.xlsx", {"9月": sheet, "10月": sheet})
    done = guide("import", "months.xlsx")
    assert (done.code, "several sheets that may be meant: 9月, 10月" in done.err) == (3, True)
    assert guide("import", "months.xlsx", "--sheet", "10月").code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<html><table><tr><td>单号</td><td>时间</td></tr></table></html>", "nothing stands below the headings"),
        ("单号,时间,内容\n", "nothing stands below the headings"),
        ("编号，日期，内容\n1，2026-10-01，花屏\n", "'，' does not part cells"),
        ("", "is empty"),
        ("1,2026-10-01 09:00,电话,甲,13900004001,漏水\n", "the first line looks like a row"),
        ("单号,日期,内容\n1,11月1日,漏水\n2,11.2,漏电\n", "its days have no year"),
    ],
)
def test_what_is_no_table_says_what_it_is(guide: Runner, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "export.xls").write_text(text, "utf-8")
    done = guide("import", "export.xls")
    assert (done.code, said in done.err) == (3, True)


# --- a row for each event -------------------------------------------------------------------------------

LOG = """\
工单号,操作时间,操作人,操作类型,操作内容,客户,电话
W001,2026-10-01 09:00,系统,创建,冰箱不制冷,马女士,13900080001
W001,2026-10-01 10:00,小李,回复,已联系客户,,
W002,2026-10-01 11:00,系统,创建,洗衣机漏水,牛先生,13900080002
W001,2026-10-01 11:30,小李,派单,,,
W001,2026-10-02 15:00,小李,完成,更换压缩机,,
W002,2026-10-02 15:30,小李,回复,预约上门,,
"""


def test_a_file_of_events_is_read_as_one(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    first, second = read_in(guide, "log.csv", "--save-profile", "log.yaml")
    assert (first["description"], first["status"], second["status"]) == ("冰箱不制冷", "resolved", "open")
    for words in (("log.csv",), ("log.csv", "--profile", "log.yaml")):
        assert guide("import", *words).out.startswith("2 read: 0 new, 2 unchanged")


def test_a_log_without_a_word_for_the_receipt_is_asked(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("\n".join(row for row in LOG.splitlines() if "创建" not in row), "utf-8")
    (tmp_path / "log.csv").write_text((tmp_path / "log.csv").read_text("utf-8").replace("W002", "W001"), "utf-8")
    done = guide("import", "log.csv")
    assert (done.code, "操作类型: no word is known to say that a case came in" in done.err) == (3, True)


def test_words_for_events_that_nobody_knows_are_asked(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG.replace("派单", "挂起"), "utf-8")
    done = guide("import", "log.csv")
    assert (done.code, "操作类型: which events do '挂起' tell?" in done.err) == (3, True)
    assert '挂起: "?"' in guide("import", "log.csv", "--draft-profile").out
