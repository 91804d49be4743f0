"""Cells, options and answers that say that there is nothing, in whatever words people say so."""

from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.errors import BadInput
from afterservice_cli.input_text import is_nobody, is_nothing, says_nothing
from afterservice_cli.store.contacts import contact_keys
from registers import register_in
from shops import Shop, counted

PROFILE = """
profile: nothing
columns: {number: 单号, received_at: 时间, channel: 渠道, customer: 客户, contact: 手机, description: 内容}
"""
NOTHING = (
    *("不知道", "保密", "未留电话", "没电话", "无电话", "没有联系方式", "未留联系方式", "无联系方式"),
    *("不愿透露姓名", "拒绝提供", "不方便提供", "不便透露", "不方便留电话", "未告知", "不清楚", "待补充"),
    *("N.A.", "TBD", "no phone", "Not provided", "not given", "N/A."),
    *("（无）", "[无]", "“无”", "无。", "【未知】", "—", "――"),
)
SOMETHING = (
    *("13900000101", "无锡路12号", "未名湖", "not@home.cn", "wechat: noname", "不二家", "没有鼠标的老王 13900000101"),
    *("微信 buzhidao", "Nolan Phone 555-0101", "保密柜事业部", "无线电话 021-58886666"),
)


@pytest.mark.parametrize("said", NOTHING)
def test_it_says_nothing_in_whatever_words(said: str) -> None:
    assert is_nothing(said)
    assert says_nothing(said)


@pytest.mark.parametrize("said", SOMETHING)
def test_it_says_something_although_a_word_for_nothing_stands_in_it(said: str) -> None:
    assert not is_nothing(said)
    assert not is_nobody(said)


@pytest.mark.parametrize("name", ["佚名", "无名氏", "不愿透露姓名", "保密", "（匿名）", "no name", "Anonymous"])
def test_nobody_is_called_so(name: str) -> None:
    assert is_nobody(name)


@pytest.mark.parametrize("name", ["Null", "None", "Nil", "Na", "吴名", "不二"])
def test_somebody_is_called_so(name: str) -> None:
    assert not is_nobody(name)


@pytest.mark.parametrize("said", ["匿名", "未留电话", "not provided", "（无）"])
def test_two_rows_without_a_contact_are_not_of_one_customer(tmp_path: Path, said: str) -> None:
    with register_in(tmp_path, str(rulebooks.FOLDER / "life.yaml")) as register:
        shop = Shop(register, PROFILE)
        summary = shop.read_text(
            "单号,时间,渠道,客户,手机,内容\n"
            f"1,2026-10-08 15:00,phone,林小雨,{said},漏水\n2,2026-10-08 16:00,phone,王强,{said},漏水\n"
        )
        assert counted(summary) == {"new": 2}
        assert [case.contact for case in register.cases()] == [None, None]


@pytest.mark.parametrize(
    "written", ["139.0000.0101", "13,900,000,101", "+86.139.0000.0101", "139−0000−0101", "139—0000—0101"]
)
def test_a_number_is_one_customers_however_it_is_grouped(written: str) -> None:
    assert contact_keys(written) == ("13900000101",)


@pytest.mark.parametrize("written", ["8888,9999", "1.39", "a.b@c.cn", "13900000101,13900000102"])
def test_what_is_no_group_of_digits_stays_apart(written: str) -> None:
    assert contact_keys(written) != (written.replace(",", "").replace(".", ""),)


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n  \n"])
def test_an_empty_file_is_called_so_with_a_profile_too(tmp_path: Path, content: str) -> None:
    with register_in(tmp_path, str(rulebooks.FOLDER / "life.yaml")) as register, pytest.raises(BadInput) as refused:
        Shop(register, PROFILE).read_text(content, "night.csv")
    assert str(refused.value) == "night.csv is empty"
