"""Messages in Chinese at a desk of its own: what is meant goes by its title; what is to be typed by its id."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Once, Result, Runner

COFFEE = """\
rulebook: coffee
title: 咖啡机维修店
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners:
  front: {title: 前台, head: mei, members: [lan]}
  bench: {title: 维修台, head: tao, members: [bo, gang]}
channels: {phone: 电话, shop: 到店}
kinds: {question: 咨询, repair: {title: 报修, require: [product]}}
fields:
  bought_on: {title: 购买日期, type: date}
  cups: {title: 每天杯数, type: number}
  use: {title: 用途, values: {home: 家用, cafe: 商用}}
categories:
  leak: {title: 漏水, owner: bench, match: [漏水], require: [use]}
  other: 其他
priorities: {normal: {title: 一般, targets: {resolve: 5wd}}}
targets: {resolve: {title: 修好, until: resolved}}
default: {category: other, priority: normal, owner: front}
limits: {warranty: {title: 保修期, from: "field:bought_on", within: 1y}}
gives: {money: {title: 退款金额, unit: 元}, voucher: {title: 代金券, unit: 元}}
dispositions:
  free:
    title: 保内维修
    when: {within: warranty}
    tasks:
      fix: {title: 修理, by: bench, within: 3wd}
      test: {title: 复检, by: bench, not_by: "task:fix.done", outcomes: {ok: 合格, bad: {title: 不合格, then: revise}}}
  refund: {title: 退款, gives: [money, voucher], when: {use: home, warranty: no}}
  paid: {title: 保外维修, when: {otherwise: true}}
approvals: [{by: owner_head, when: {disposition: refund}}]
demands:
  - {before: resolve, what: [approval, agreement], when: {disposition: [refund, paid]}}
  - {before: resolve, what: approval, when: {category: leak}}
problems: {batch: {title: 批量问题, same: [product], count: 2, within: 7d, by: bench}}
archive: {keep: 1mo}
labels: {open: 在修, resolved: 等客户取, closed: 已结案}
"""
LEAK = ("register", "咖啡机漏水", "--channel", "phone", "--kind", "repair", "--product", "K1", "--field", "use=cafe")

Say = Callable[..., Result]


@pytest.fixture
def say(tmp_path: Path, once: Once, call: Runner) -> Say:
    """Run a line at the shop's desk, where a machine leaks, in Chinese."""

    def founded() -> None:
        (tmp_path / "coffee.yaml").write_text(COFFEE, "utf-8")
        assert call("init", "--rules", "./coffee.yaml").code == 0
        assert call(*LEAK).code == 0

    once(founded)
    return lambda *words, **how: call(*words, env={"AFTERSERVICE_LANG": "zh"}, **how)


def refused(say: Say, *words: str) -> list[str]:
    """What a line that is refused says, without the id of a program before it."""
    done = say(*words)
    assert done.code in (3, 6), done
    return [line.removeprefix("afterservice: ") for line in done.err.splitlines()]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("购买日期=上周", "购买日期要写成日期，如 2026-10-01"),
        ("购买日期=1899-12-30", "购买日期要写成1900-01-01到2199-12-31之间的日期，如 2026-10-01"),
        ("每天杯数=很多", "每天杯数要写成数字，如 1200 或 99.5"),
        ("用途=办公室", "用途中没有“…”，请写其中之一：home（家用）、cafe（商用）"),
    ],
)
def test_a_wrong_value_names_its_field_as_people_call_it(say: Say, value: str, told: str) -> None:
    assert refused(say, "amend", "001", "--set", value, "--reason", "听错了")[0] == told


def test_what_a_case_lacks_names_the_category_or_kind_that_asks_for_it(say: Say) -> None:
    told = refused(say, "register", "漏水", "--channel", "phone", "--kind", "repair")
    assert told[0] == "规则要求填写产品（类型“报修”必填）、用途（类别“漏水”必填）"


def test_what_has_to_be_given_goes_by_its_title(say: Say) -> None:
    told = refused(say, "propose", "001", "--disposition", "退款", "--give", "代金券=20")
    assert told == ["“退款”要写明退款金额的数额（dispositions.refund.gives）", "  请加上 --give money=…"]


def test_what_a_plan_lacks_goes_by_its_titles(say: Say) -> None:
    told = refused(say, "propose", "001", "--disposition", "free")
    assert told[0] == "202610-001 不够条件用“保内维修”（dispositions.free.when）：保修期不能判断：购买日期未知"
    say("amend", "001", "--set", "bought_on=2026-10-01", "--reason", "客户说")
    told = refused(say, "propose", "001", "--disposition", "paid")
    assert told[0].endswith("“保内维修”可行")
    give = ("--give", "money=20", "--give", "voucher=1")
    told = refused(say, "propose", "001", "--disposition", "refund", *give)
    assert told[0].endswith("用途为商用，要求家用")


def test_tasks_go_by_their_titles(say: Say) -> None:
    say("amend", "001", "--set", "bought_on=2026-10-01", "--reason", "客户说")
    assert say("propose", "001", "--disposition", "free").code == 0
    assert refused(say, "task", "001", "test", "--as", "bo")[0].startswith("202610-001 的任务“复检”要等“修理”完成")
    assert refused(say, "task", "001", "fix", "--as", "lan")[0].startswith("202610-001 的任务“修理”，只能由维修台来做")
    assert say("task", "001", "fix", "--as", "bo").code == 0
    assert refused(say, "task", "001", "fix", "--as", "bo")[0].startswith("202610-001 的任务“修理”已按方案 1 在")
    assert refused(say, "task", "001", "test", "--as", "bo")[0].startswith(
        "202610-001 的任务“复检”不能由 bo 做，“修理”就是他做的"
    )
    assert refused(say, "task", "001", "test", "--as", "gang") == [
        "任务“复检”要写结果（dispositions.free.tasks.test.outcomes）",
        "  请加上 --outcome bad|ok",
    ]


def test_where_no_plan_is_yet_the_way_begins_with_one(say: Say) -> None:
    told = refused(say, "resolve", "001", "换了密封圈")
    assert told[0] == "202610-001 还不能 resolve，按规则还缺：审批（demands[2]）"
    assert told[1] == "  afterservice propose 202610-001 --disposition …"


def test_the_cases_of_a_problem_are_counted_by_the_titles_of_their_priorities(say: Say) -> None:
    assert say(*LEAK).code == 0
    shown = say("problem", "show", "1", columns=80).out
    assert "一般 2" in shown
    assert "结束时间" not in shown
    assert say("problem", "close", "1", "换了供应商", "--as", "tao").code == 0
    shown = say("problem", "show", "1", columns=80).out
    assert re.search(r"^ *结束时间 +2026-10-12 09:00", shown, re.MULTILINE)


def test_what_is_kept_no_longer_is_listed_in_chinese(say: Say) -> None:
    head = say("archive", "--format", "md").out.splitlines()[0]
    assert head == "| 编号 | 类型 | 结束时间 | 留存到 |"


def test_an_unknown_section_leads_to_the_page_in_chinese(say: Say) -> None:
    assert refused(say, "duty", "mailbox")[1] == "  在规则文件里写上 `duties:` 就有了，见 docs/zh/rulebook.md"


@pytest.mark.parametrize(
    ("done", "tried", "told"),
    [
        ((), ("reopen", "001", "--reason", "x"), "202610-001 已经是“在修”"),
        (("resolve",), ("investigate", "001", "x"), "202610-001 是“等客户取”，investigate 要在那之前"),
        (("resolve",), ("resolve", "001", "x"), "202610-001 已经是“等客户取”"),
        (("resolve", "confirm"), ("resolve", "001", "x"), "202610-001 已经是“已解决”"),
        (("resolve", "confirm", "close"), ("note", "001", "x"), "202610-001 已经是“已结案”，不能再改"),
        (
            ("resolve", "confirm", "close"),
            ("retract", "001", "2", "--reason", "x"),
            "202610-001 已经是“已结案”，不能再改",
        ),
        (
            ("resolve", "confirm", "close"),
            ("merge", "002", "001", "--reason", "x"),
            "202610-001 已经是“已结案”，不能再合并进去",
        ),
    ],
)
def test_a_state_is_called_as_the_rulebook_calls_it(
    say: Say, done: tuple[str, ...], tried: tuple[str, ...], told: str
) -> None:
    more = {"resolve": ("修好了",), "confirm": ("--yes",), "close": ()}
    assert say("classify", "001", "--category", "other", "--reason", "x").code == 0
    assert say(*LEAK).code == 0
    for command in done:
        assert say(command, "001", *more[command]).code == 0
    assert refused(say, *tried)[0] == told


def test_what_was_done_and_what_may_be_done_next_have_the_signs_of_chinese(say: Say) -> None:
    assert say("classify", "001", "--category", "other", "--reason", "听错了").code == 0
    shown = say("show", "001").out
    assert "类别：其他" in shown
    assert "下一步：" in shown
    assert not [line for line in shown.splitlines() if "类别: " in line or "下一步: " in line]
