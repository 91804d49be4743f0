"""What would become of a text: the same that registering makes of it, with nothing recorded."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import given as stories
import rulebooks
from afterservice_cli.cases.events.intake import CaseRegistered
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.reports.cases.foreseen import foreseen
from afterservice_cli.time.instants import to_text
from conftest import Runner

TEXTS = [
    "APP登不上",
    "APP登不上，忘记密码了",
    "支付失败，钱扣了",
    "插上电就冒烟",
    "客服态度差，等了三十分钟没人接",
    "希望能批量导出",
    "不好用",
    "加微信 刷单",
    "ＡＰＰ　闪退\n而且发烫",
    "  包裹晚到  ",
    "The app keeps freezing; I can’t log in",
    "nothing in particular",
]
FACTS: list[tuple[str, ...]] = [
    (),
    ("--kind", "complaint", "--field", "customer_tier=vip"),
    ("--field", "urgency=safety", "--field", "impact=many", "--product", "X1"),
]
SHARED = ("category", "priority", "owner", "explanation", "suspicions")
DEADLINE = ("target", "start", "from_at", "duration", "due_at", "until", "provisional", "rule")


@pytest.mark.parametrize("facts", FACTS, ids=" ".join)
def test_what_is_foretold_is_what_registering_does(facts: tuple[str, ...], desk: Path, call: Runner) -> None:
    for text in TEXTS:
        words = (text, "--channel", "phone", *facts, "--json")
        before = desk.read_bytes()
        foretold = json.loads(call("rules", "explain", *words).out)
        assert desk.read_bytes() == before
        case = json.loads(call("register", *words).out)
        assert {name: foretold[name] for name in SHARED} == {name: case[name] for name in SHARED}
        assert foretold["missing"] == []

        def told(of: Mapping[str, Any]) -> list[dict[str, Any]]:
            return sorted(({name: one[name] for name in DEADLINE} for one in of["deadlines"]), key=str)

        assert told(foretold) == told(case)


LIFE = rulebooks.rulebook("life")
PIECES = ["it leaks", "charged twice", "fire", "bad", "a problem", "cheap flights", "hello", "BROKEN", "，", "\n"]


@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map(" ".join).filter(str.strip),
    st.fixed_dictionaries(
        {},
        optional={
            "kind": st.sampled_from(["question", "Complaint"]),
            "customer": st.just("Wang"),
            "product": st.just("X1"),
            "quantity": st.sampled_from(["1", "2000"]),
            "bought_on": st.just("2026-01-31"),
        },
    ),
)
def test_whatever_is_written_the_same_is_decided(text: str, facts: dict[str, str]) -> None:
    given_facts = {"channel": "email", "customer": "Li", "serial": "7", **facts}
    event = stories.came_in(text, rulebook=LIFE, facts=given_facts)
    assert isinstance(event, CaseRegistered)
    value = foreseen(LIFE, Draft({**given_facts, "description": text}), stories.RECEIVED)
    assert value.missing == []
    assert [(one.field, one.value, one.by, one.rule, one.phrases) for one in value.explanation] == [
        (one.field, one.value, one.by, one.rule, one.phrases) for one in event.findings
    ]
    assert value.collaborators == event.collaborators
    assert [(one.target, one.due_at, one.rule) for one in value.deadlines] == [
        (one.target, to_text(one.due_at), one.rule) for one in event.deadlines
    ]


def test_what_registering_would_still_demand_is_told_and_refuses_nothing(tmp_path: Path, call: Runner) -> None:
    path = tmp_path / "life.yaml"
    path.write_text(rulebooks.text("life"), "utf-8")
    words = ("rules", "explain", "charged twice", "--rules", path)
    assert json.loads(call(*words, "--json").out)["missing"] == ["channel", "serial", "customer or contact"]
    lines = call(*words).out.splitlines()
    assert "registering still demands: channel, Serial number, customer or contact" in lines
    lines = call(*words, env={"AFTERSERVICE_LANG": "zh"}).out.splitlines()
    assert "登记时还须填写：渠道、Serial number、客户或联系方式" in lines


def test_a_file_decides_without_a_desk_and_before_it_is_adopted(desk: Path, call: Runner, tmp_path: Path) -> None:
    rules = tmp_path / "afterservice.rules.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("respond: 4h, reply: 4h", "respond: 2h, reply: 4h"), "utf-8")
    adopted, edited = (
        json.loads(call("rules", "explain", "APP登不上", *words, "--json").out)["deadlines"]
        for words in ((), ("--rules", rules))
    )
    assert [one["duration"] for one in (*adopted, *edited) if one["target"] == "respond"] == ["4h", "2h"]
    alone = call("rules", "explain", "APP登不上", "--rules", rules, cwd=Path("/"), env={"AFTERSERVICE_LANG": "zh"})
    assert (alone.code, alone.err) == (0, "")
    assert "类别：功能缺陷 (product.defect)" in alone.out


def test_the_text_may_come_from_standard_input(desk: Path, call: Runner) -> None:
    assert "“登不上”" in call("rules", "explain", "-", stdin="APP登不上\n").out


def test_without_a_desk_and_a_file_there_is_nothing_to_go_by(call: Runner) -> None:
    done = call("rules", "explain", "broken")
    assert (done.code, done.out) == (4, "")
    assert done.err.splitlines() == [
        "afterservice: there is no desk here or above to take the rules from",
        "  name a rulebook: --rules FILE",
    ]


def test_what_is_denied_is_told_once_however_many_phrases_say_it(desk: Path, call: Runner) -> None:
    told = call("rules", "explain", "物流很快，没有划痕，就是充电的时候有点烫手", "--channel", "phone").out
    assert [line for line in told.splitlines() if "not counted:" in line] == ["  not counted: 划痕 (没有划痕: denied)"]
