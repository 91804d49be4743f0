"""Cells as spreadsheets and people leave them: what is taken, and all that is wrong with a row at once."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.decisions.checks import split_facts
from afterservice_cli.errors import BadInput
from afterservice_cli.input_text import is_nothing, spelling
from afterservice_cli.intake.reading.profile import read_profile
from afterservice_cli.intake.reading.rows import CellReader
from afterservice_cli.intake.words.cells import cleaned, lost, score_of, unsaid
from afterservice_cli.intake.words.dates import DateReader
from afterservice_cli.intake.words.markup import markup
from afterservice_cli.rulebook.values import read_number, read_value
from afterservice_cli.store.contacts import contact_key
from afterservice_cli.workflows.founding import compile_file
from shops import LIFE, Shop, counted, rejects, shop_of_life

PROFILE = """
profile: cells
columns:
  number: 单号
  received_at: 时间
  channel: 渠道
  customer: 客户
  contact: 手机
  description: 内容
  quantity: 数量
  bought_on: 购买日期
  serial: 序列号
values: {channel: {VIP热线: phone, 网 店: email}}
dates: [year-first, "%Y年%m月%d日"]
empty: ["?", 未填]
"""
HEADINGS = "单号,时间,渠道,客户,手机,内容,数量,购买日期,序列号"
ROW = {
    "单号": "QH-3", "时间": "2026/10/8 15:00", "渠道": "phone", "客户": "林小雨", "手机": "13900000101",
    "内容": "水壶漏水", "数量": "", "购买日期": "", "序列号": "",
}  # fmt: skip


shop = shop_of_life(PROFILE)


def lines(*rows: dict[str, str]) -> str:
    """Rows that differ from ROW in these cells, as the text of a file."""
    quoted = (",".join('"' + text.replace('"', '""') + '"' for text in {**ROW, **row}.values()) for row in rows)
    return "\n".join([HEADINGS, *quoted]) + "\n"


@pytest.mark.parametrize("number", ["qh-3", "ＱＨ－3", "'QH-3", '="QH-3"', "QH-3\t", "QH-\u200b3", " QH-3 "])
def test_a_number_is_the_same_however_it_is_written(shop: Shop, number: str) -> None:
    shop.read_text(lines({}))
    shop.read_text(lines({"单号": number}), "again.csv")
    assert len(shop.register.cases()) == 1


def test_a_number_with_a_point_and_zeros_is_the_whole_one(shop: Shop) -> None:
    shop.read_text(lines({"单号": "1001"}))
    shop.read_text(lines({"单号": "1001.0"}), "again.csv")
    assert len(shop.register.cases()) == 1


def test_a_number_that_a_spreadsheet_has_cut_tells_no_row_apart(shop: Shop) -> None:
    summary = shop.read_text(lines({"单号": "1.39E+15"}))
    assert counted(summary) == {"rejected": 1}
    assert "has cut its digits" in rejects(summary)[0]["_reason"]


@pytest.mark.parametrize("channel", ["ＶＩＰ热线", "vip 热线", "网  店", "网店", "PHONE", "ｐｈｏｎｅ", "E - mail"])
def test_words_are_taken_in_any_width_case_and_blanks(shop: Shop, channel: str) -> None:
    assert counted(shop.read_text(lines({"渠道": channel}))) == {"new": 1}


@pytest.mark.parametrize("contact", ["无", "-", "N/A", "NULL", "未知", " n / a ", "——", "00000000000", "?"])
def test_a_contact_that_is_none_is_nobodys(shop: Shop, contact: str) -> None:
    summary = shop.read_text(lines({"手机": contact}, {"单号": "2", "手机": contact, "客户": ""}))
    assert counted(summary) == {"new": 1, "rejected": 1}
    assert rejects(summary)[0]["_reason"] == (
        "客户 or 手机: nothing stands there, and the rulebook takes no anonymous cases"
    )
    case = shop.case()
    assert (case.contact, case.customer_id, case.customer) == (None, None, "林小雨")


@pytest.mark.parametrize("number", ["无", "-", "未填", "?"])
def test_a_word_for_nothing_is_no_number(shop: Shop, number: str) -> None:
    shop.profile.write_text(PROFILE + "identity: [时间, 客户, 内容]\n")
    rows = lines({"单号": number}, {"单号": number, "内容": "门坏了"}, {})
    assert counted(shop.read_text(rows)) == {"new": 3}
    assert counted(shop.read_text(rows)) == {"unchanged": 3}
    assert sorted(case.source_number or "" for case in shop.register.cases()) == ["", "", "QH-3"]


@pytest.mark.parametrize("customer", ["无", "——", "未知", "N/A", "匿名", "尊敬的客户", "Anonymous"])
def test_a_name_that_nobody_bears_is_no_name(shop: Shop, customer: str) -> None:
    summary = shop.read_text(lines({"客户": customer}, {"单号": "2", "手机": "-", "客户": customer}))
    assert counted(summary) == {"new": 1, "rejected": 1}
    assert rejects(summary)[0]["_reason"].startswith("客户 or 手机: nothing stands there")
    assert (shop.case().customer, shop.case().contact) == (None, "13900000101")


def test_a_customer_named_null_stays(shop: Shop) -> None:
    shop.read_text(lines({"客户": "Null"}))
    assert shop.case().customer == "Null"


def test_a_name_that_nobody_bears_is_none_by_hand_too() -> None:
    _, personal = split_facts(rulebooks.rulebook("life"), {"customer": "匿名", "contact": "139"}, datetime.now(UTC))
    assert personal == {"customer": None, "contact": "139"}


def test_a_contact_that_is_none_is_none_by_hand_too() -> None:
    _, personal = split_facts(rulebooks.rulebook("life"), {"contact": "N/A", "customer": "Null"}, datetime.now(UTC))
    assert personal == {"contact": None, "customer": "Null"}


@pytest.mark.parametrize("contact", ["'13900000101", '="13900000101"', "+86 139 0000 0101", "0086-139-0000-0101"])
def test_a_contact_is_the_number_in_it(shop: Shop, contact: str) -> None:
    shop.read_text(lines({}, {"单号": "2", "手机": contact}))
    first, second = shop.register.cases()
    assert first.customer_id == second.customer_id


def test_a_contact_that_is_a_number_with_a_point_is_the_whole_one(shop: Shop) -> None:
    shop.read_text(lines({"手机": "13900000101.0"}))
    assert shop.case().contact == "13900000101"


def test_a_contact_that_a_spreadsheet_has_cut_is_left_out_and_told(shop: Shop) -> None:
    summary = shop.read_text(lines({"手机": "1.39E+10", "序列号": "#N/A"}))
    assert (counted(summary), summary.flagged) == ({"new": 1}, 1)
    reason = rejects(summary)[0]["_reason"]
    assert "手机: a spreadsheet has cut its digits – format the column as text there; left out" in reason
    assert "序列号: a spreadsheet's error stands there; left out" in reason
    assert shop.case().contact is None


@pytest.mark.parametrize("day", ["2026/9/1", "2026年9月1日", "2026/9/1 0:00:00", "2026-09-01", "２０２６/９/１"])
def test_a_date_field_is_read_as_the_profile_says(shop: Shop, day: str) -> None:
    shop.read_text(lines({"购买日期": day}))
    assert shop.case().facts()["bought_on"] == "2026-09-01"


def test_what_says_nothing_is_declared_once(shop: Shop) -> None:
    assert counted(shop.read_text(lines({"购买日期": "？", "数量": "未填", "序列号": "?"}))) == {"new": 1}
    assert set(shop.case().facts()) & {"bought_on", "quantity", "serial"} == set()


def test_all_faults_of_a_row_are_told_at_once_with_what_to_write(shop: Shop) -> None:
    bad = {"时间": "03/04/2026", "渠道": "传真", "数量": "1,2,3", "购买日期": "说不清", "内容": ""}
    summary = shop.read_text(lines(bad))
    assert counted(summary) == {"rejected": 1}
    parts = rejects(summary)[0]["_reason"].split("; ")
    told = "; ".join(parts)
    assert [part.partition(":")[0] for part in parts if part.partition(":")[0] in {*ROW, "received_at (时间)"}] == [
        "购买日期",
        "渠道",
        "数量",
        "received_at (时间)",
        "内容",
    ]
    for way in (
        "`values: {channel: {…: …}}`",
        "`empty:` in the profile",
        "`dates: [month-first]` or `dates: [day-first]` in the profile reads it",
    ):
        assert way in told
    assert "传真" not in told


@pytest.mark.parametrize(
    ("text", "number"), [("1,234.50", "1234.50"), ("１９９", "199"), ("−5", "-5"), ("1200", "1200")]
)
def test_a_number_may_have_separators_and_any_width(text: str, number: str) -> None:
    rulebook = rulebooks.rulebook("life")
    assert read_value(rulebook, "quantity", text, datetime.now(UTC)) == number


@pytest.mark.parametrize("text", ["1,2,3", "12,34", "1²", "①", "1e3", "1,234,5", ""])
def test_what_is_no_number_is_none(text: str) -> None:
    with pytest.raises(BadInput, match="must be a number"):
        read_number(text, "quantity")


@given(st.integers(-(10**14), 10**14), st.integers(0, 9))
def test_thousands_set_apart_make_no_difference(whole: int, part: int) -> None:
    assert read_number(f"{whole:,}.{part}", "x") == read_number(f"{whole}.{part}", "x") == f"{whole}.{part}"


@pytest.mark.parametrize(
    ("text", "score"), [("5分", 5), ("４ 分", 4), ("4.0", 4), ("3/5", 3), ("★★★★☆", 4), ("2星", 2)]
)
def test_a_score_may_have_its_unit(text: str, score: int) -> None:
    assert score_of(text) == score


@pytest.mark.parametrize(
    ("contact", "same"),
    [
        ("+86 139 0000 0101", "13900000101"),
        ("0086-13900000101", "13900000101"),
        ("86 139 0000 0101", "13900000101"),
        ("（+86）139 0000 0101", "13900000101"),
        ("+86 10 8888 8888", "010-88888888"),
        ("+86 0755 8888 8888", "0755 88888888"),
        ("+86 400 820 8820", "4008208820"),
        ("0044 7700 900123", "+44 7700 900123"),
        ("手机：13900000101", "13900000101"),
        ("Tel. 0755-2688 1234", "075526881234"),
        ("139 0000 0101（微信同号）", "13900000101"),
        ("电话 +86 139 0000 0101 王先生", "13900000101"),
        ("0755-26881234转802", "0755-26881234-802"),
        ("0755-26881234 分机 802", "075526881234 ext. 802"),
        ("０７５５－２６８８１２３４＃８０２", "0755 26881234x802"),
    ],
)
def test_a_number_of_this_country_is_one_however_it_is_dialled(contact: str, same: str) -> None:
    assert contact_key(contact) == contact_key(same)


@pytest.mark.parametrize(
    "contact",
    ["+44 139 0000 0101", "+1 390 000 0101", "86139", "a8613900000101@x.cn", "13900000101abc", "手机", "139微信"],
)
def test_a_number_of_another_country_is_another(contact: str) -> None:
    assert contact_key(contact) != contact_key("13900000101")
    assert contact_key(contact) == contact_key(contact.replace(" ", "-"))


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_number_is_one_by_any_way_to_write_it(number: str) -> None:
    written = ["+86" + number, "0086" + number, "86-" + number, f"{number[:3]} {number[3:7]} {number[7:]}"]
    assert {contact_key(text) for text in written} == {number}


@example("同前")
@given(st.text(max_size=12))
def test_cleaning_and_spelling_twice_change_nothing_more(text: str) -> None:
    assert spelling(spelling(text)) == spelling(text)
    assert markup(text) == "whole" or cleaned(text) in "\n".join(re.split("\r\n|\r", text))
    assert not lost(text) or not text.isalpha() or unsaid(text)  # 同前 points to the cell above


@pytest.mark.parametrize("text", ["13900000101", "a@b.cn", "无锡", "Noah", "0755-88888888", "11001100"])
def test_what_is_a_contact_is_not_nothing(text: str) -> None:
    assert not is_nothing(text)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日%H时%M分%S秒"]),
)
def test_plain_formats_are_read_as_strptime_does_and_year_first_reads_them(at: datetime, form: str) -> None:
    text, aware = at.strftime(form), at.replace(tzinfo=UTC)
    assert DateReader([form]).read(text, UTC) == aware
    assert DateReader(["year-first"]).read(text, UTC) == aware


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)))
def test_halves_of_the_day_are_read(at: datetime) -> None:
    half, hour = ("下午" if at.hour >= 12 else "上午"), at.hour % 12 or 12
    aware = at.replace(tzinfo=UTC)
    for text in (f"{at:%Y/%m/%d} {half} {hour}:{at:%M:%S}", f"{at:%Y/%m/%d} {half}{hour}:{at:%M:%S}"):
        assert DateReader(["year-first"]).read(text, UTC) == aware


@pytest.mark.parametrize(
    ("entry", "text", "read"),
    [
        ("year-first", "2026/9/1 下午 12:10", "2026-09-01 12:10"),
        ("year-first", "2026/9/1 上午 12:10", "2026-09-01 00:10"),
        ("year-first", "2026/9/1 下午 15:05", "2026-09-01 15:05"),
        ("year-first", "2026年9月1日 星期二 下午3点5分", "2026-09-01 15:05"),
        ("year-first", "2026年9月1日 下午3点半", "2026-09-01 15:30"),
        ("year-first", "2026/9/1 晚上8:05", "2026-09-01 20:05"),
        ("year-first", "2026年9月1日 晚上20点", "2026-09-01 20:00"),
        ("year-first", "2026年9月1日 凌晨2点三刻", "2026-09-01 02:45"),
        ("year-first", "2026年9月1日 凌晨12:10", "2026-09-01 00:10"),
        ("year-first", "2026年9月1日 早上8点整", "2026-09-01 08:00"),
        ("year-first", "2026年9月1日 中午12点一刻", "2026-09-01 12:15"),
        ("year-first", "2026年9月1日 中午1点", "2026-09-01 13:00"),
        ("year-first", "2026年9月1日 傍晚6点钟", "2026-09-01 18:00"),
        ("iso", "2026-09-01 15:05:00.0", "2026-09-01 15:05"),
        ("year-first", "2026/9/1 24:00", "2026-09-02 00:00"),
        ("iso", "2026-09-01 24:00", "2026-09-02 00:00"),
        ("%Y年%m月%d日 %p%I:%M", "2026年9月1日 下午3:05", "2026-09-01 15:05"),
        ("year-first", "民國115年9月1日 下午3:05", "2026-09-01 15:05"),
        ("year-first", "中華民國98年12月3日", "2009-12-03 00:00"),
        ("minguo", "115/9/1 15:05", "2026-09-01 15:05"),
        ("minguo", "115.09.01", "2026-09-01 00:00"),
        ("minguo", "民國115年9月1日", "2026-09-01 00:00"),
        ("day-first", "1 de septiembre de 2026 15:05 hs.", "2026-09-01 15:05"),
        ("day-first", "1er septembre 2026 à 15h05", "2026-09-01 15:05"),
        ("day-first", "3 déc. 2025 à 09:00", "2025-12-03 09:00"),
        ("day-first", "1. März 2026, 14:30 Uhr", "2026-03-01 14:30"),
        ("day-first", "25-oct.-2026", "2026-10-25 00:00"),
        ("year-first", "5 maggio 2026", "2026-05-05 00:00"),
        ("serial", "46266", "2026-09-01 00:00"),
        ("serial", "46266.6284722222", "2026-09-01 15:05"),
    ],
)
def test_dates_as_spreadsheets_write_them(entry: str, text: str, read: str) -> None:
    assert f"{DateReader([entry]).read(text, UTC):%Y-%m-%d %H:%M}" == read


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("year-first", "2026/9/1 上午 15:05"),
        ("year-first", "2026/9/1 晚上12点"),
        ("year-first", "2026/9/1 晚上1点"),
        ("year-first", "2026/9/1 凌晨9点"),
        ("year-first", "2026/9/1 早上3点半半"),
        ("year-first", "2026/9/1 大概下午3点"),
        ("serial", "9999"),
        ("iso", "46266"),
        ("year-first", "115/9/1"),
        ("minguo", "26/9/1"),
        ("minguo", "2026/9/1"),
        ("minguo", "115/13/1"),
        ("day-first", "1 brumaire 2026"),
    ],
)
def test_what_contradicts_itself_or_is_not_declared_is_no_date(entry: str, text: str) -> None:
    with pytest.raises(ValueError, match="no date in the declared form"):
        DateReader([entry]).read(text, UTC)


@pytest.mark.parametrize(
    ("contact", "other"),
    [
        ("13800138000/13900000101", "13900000101"),
        ("13800138000/13900000101", "138 0013 8000"),
        ("021-5888 6666 转 803、13900000101", "+86 139-0000-0101"),
        ("021-5888 6666 转 803、13900000101", "02158886666-803"),
        ("13800138000 13900000101", "13900000101"),
        ("13800138000(本人) 13900000101(妻子)", "13900000101"),
        ("林小雨13900000101", "13900000101"),
        ("13900000101；wx: abc123", "13900000101"),
        ("lin@example.com, 13900000101", "LIN@example.com"),
    ],
)
def test_a_customer_is_known_by_each_number_in_a_cell(shop: Shop, contact: str, other: str) -> None:
    shop.read_text(lines({"手机": contact}, {"单号": "2", "手机": other}))
    first, second = shop.register.cases()
    assert (first.contact, second.contact) == (contact, other)
    assert first.customer_id == second.customer_id
    assert not shop.register.findings()


def test_one_cell_of_two_numbers_knows_whoever_had_one_of_them(shop: Shop) -> None:
    shop.read_text(
        lines(
            {"手机": "13900000101"},
            {"单号": "2", "手机": "13800138000/13900000101"},
            {"单号": "3", "手机": "13800138000"},
        )
    )
    assert len({case.customer_id for case in shop.register.cases()}) == 1


@pytest.mark.parametrize("contact", ["139****0101", "139xxxx0101", "l**@example.com", "１３９＊＊＊＊０１０１"])
def test_hidden_digits_make_nobody_the_same(shop: Shop, contact: str) -> None:
    shop.read_text(lines({"手机": contact}, {"单号": "2", "手机": contact, "客户": "秦先生"}))
    assert [(case.contact, case.customer_id) for case in shop.register.cases()] == [(contact, None)] * 2


def _read_date(text: str, *entries: str) -> None:
    rulebook = compile_file(LIFE, 2026)[0].rulebook
    profile = read_profile(PROFILE.encode(), "cells.yaml", rulebook)
    CellReader(profile.but(dates=DateReader(entries)), rulebook).date(text)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("iso", "2026-11-31"),
        ("iso", "20260230"),
        ("iso", "2025-02-29 09:00"),
        ("iso", "2026-13-05T09:00:00"),
        ("year-first", "2026年2月30日 下午3点"),
        ("year-first", "2026/9/31 14:45:31"),
        ("month-first", "02/30/2026"),
        ("month-first", "Nov 31, 2026"),
        ("day-first", "31.11.2026"),
        ("%Y年%m月%d日", "２０２６年１１月３１日"),
        ("%Y%m%d%H%M%S", "20261131090000"),
    ],
)
def test_a_day_that_no_calendar_has_is_called_so(entry: str, text: str) -> None:
    with pytest.raises(BadInput, match=r"^the calendar has no such day – put it right$"):
        _read_date(text, entry)


@pytest.mark.parametrize(
    "text", ["10/31/2026", "2026-10-12 9:75", "2026-10-12 25:00", "31", "soon", "2026-11", "31-31-31", "2026-02-30-1"]
)
def test_what_is_no_date_or_another_kind_is_not_called_a_wrong_day(text: str) -> None:
    with pytest.raises(BadInput, match="no date in the declared form"):
        _read_date(text, "iso", "day-first")
