"""Numbers, words and scores are taken as people and programs write them; what cannot be meant is not repeated."""

import json

import pytest

from afterservice_cli.errors import BadInput
from afterservice_cli.intake.words.cells import lost, score_of
from conftest import Runner
from shops import Shop, shop_of_life

PROFILE = """
profile: values
columns: {number: 单号, received_at: 时间, channel: 渠道, customer: 客户, description: 内容}
"""
ROW = "单号,时间,渠道,客户,内容\n{},2026-10-08 15:00,{},林小雨,漏水\n"


shop = shop_of_life(PROFILE)


@pytest.mark.parametrize("number", ["QH–3", "QH—3", "QH‐3", "QH‑3", "QH−3"])
def test_a_number_is_the_same_with_any_hyphen(shop: Shop, number: str) -> None:
    shop.read_text(ROW.format("QH-3", "phone"))
    shop.read_text(ROW.format(number, "phone"), "again.csv")
    assert len(shop.register.cases()) == 1


def test_a_word_is_the_same_with_any_hyphen(shop: Shop) -> None:
    shop.read_text(ROW.format("1", "E–mail"))
    assert [case.channel for case in shop.register.cases()] == ["email"]


@pytest.mark.parametrize("text", ["1.39E+10", "1.39e+10", "1.39E10", "1,39e10", "1E+10"])
def test_digits_that_are_lost_are_noticed(text: str) -> None:
    assert lost(text)


@pytest.mark.parametrize("text", ["5e10", "12e34", "E10", "1.5", "v1.5e", "1.5em"])
def test_what_has_an_e_in_it_is_not_lost_for_that(text: str) -> None:
    assert not lost(text)


@pytest.mark.parametrize(
    ("text", "score"),
    [("四分", 4), ("五星", 5), ("两星", 2), ("五颗星", 5), ("4 out of 5", 4), ("3 of 5", 3), ("三星级", 3), ("5", 5)],
)
def test_a_score_is_read_in_words(text: str, score: int) -> None:
    assert score_of(text) == score


@pytest.mark.parametrize("text", ["六分", "4 out of 10", "十分", "零", "四五"])
def test_what_is_no_score_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        score_of(text)


@pytest.fixture
def resolved(call: Runner) -> Runner:
    assert call("init", "--rules", "minimal").code == 0
    call("register", "漏水", "--channel", "phone")
    call("resolve", "001", "done")
    return call


@pytest.mark.parametrize("score", ["4分", "４", "四星", "★★★★", "4/5"])
def test_a_command_reads_a_score_as_a_file_does(resolved: Runner, score: str) -> None:
    assert resolved("rate", "001", score).code == 0
    assert json.loads(resolved("show", "001", "--json").out)["scores"] == {"overall": 4}


@pytest.mark.parametrize("status", ["RESOLVED", "ｒｅｓｏｌｖｅｄ", " resolved", "待确认", "待 确认"])
def test_a_status_is_read_in_any_width_case_and_blanks(resolved: Runner, status: str) -> None:
    done = resolved("list", "--status", status, "--json")
    assert [case["status"] for case in json.loads(done.out)] == ["resolved"]


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--status", "王小明"),
        ("list", "--stage", "13812345678"),
        ("rate", "001", "王小明=5"),
        ("rate", "001", "王小明"),
        ("retract", "001", "13812345678", "--reason", "x"),
        ("import", "--undo", "13812345678"),
        ("register", "x", "--channel", "phone", "--field", "王小明=5"),
        ("amend", "001", "--set", "王小明=1", "--reason", "x"),
        ("task", "001", "王小明"),
    ],
)
def test_a_refusal_repeats_no_name_and_no_number(resolved: Runner, words: tuple[str, ...]) -> None:
    refused = resolved(*words)
    assert refused.code not in (0, 1)
    assert "王小明" not in refused.err
    assert "13812345678" not in refused.err


def test_what_is_no_json_is_no_case(resolved: Runner) -> None:
    for text in ('{"description": NaN, "channel": "phone"}', '{"description": Infinity, "channel": "phone"}'):
        refused = resolved("register", "-", stdin=text)
        assert (refused.code, "is no JSON" in refused.err) == (3, True)


@pytest.mark.parametrize("blank", [" ", "\t", "\u3000"])
def test_a_blank_claim_is_none(resolved: Runner, blank: str) -> None:
    resolved("register", "x", "--channel", "phone", env={"AFTERSERVICE_AS": blank})
    actor = json.loads(resolved("show", "002", "--json").out)["events"][0]["actor"]
    assert " as " not in actor
