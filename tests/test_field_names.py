"""What people call a field: its label in either language is as good as its id, if it is the label of one field only."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from conftest import Runner

RULES = """
rulebook: names
title: Names
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
channels: {phone: {zh: 电话, en: Phone}}
kinds: {complaint: {zh: 投诉, en: Complaint}}
fields:
  tier: {title: {zh: 客户等级, en: Customer tier}, values: {normal: {zh: 普通, en: Standard}, vip: VIP}}
  demand: {title: {zh: 客户诉求, en: What is asked for}, type: text}
  symptom: {title: {zh: 现象, en: Symptom}, type: text, many: true}
  brand: {title: {zh: 产品, en: Brand}, type: text}
  scene: {title: {zh: 现场, en: demand}, type: text}
  home: {title: {zh: 地址, en: Address}, type: text}
  office: {title: {zh: 地址, en: Office}, type: text}
targets: {resolve: {until: resolved}}
categories: {other: Other}
priorities:
  high: {title: {zh: 高, en: High}, when: {tier: vip}, targets: {resolve: 1d}}
  low: {title: Low, targets: {resolve: 2d}}
default: {category: other, priority: low, owner: other}
owners: {other: Other}
demands: []
"""
ZH = {"AFTERSERVICE_LANG": "zh"}


@pytest.fixture
def desk(call: Runner, tmp_path: Path) -> Runner:
    (tmp_path / "r.yaml").write_text(RULES)
    assert call("init", "--rules", "r.yaml").code == 0
    return call


def registered(desk: Runner, *fields: str) -> Any:
    pairs = [word for pair in fields for word in ("--field", pair)]
    done = desk("register", "it leaks", "--channel", "phone", *pairs, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)["fields"]


def test_a_field_goes_by_its_label_in_either_language(desk: Runner) -> None:
    assert registered(desk, "客户等级=vip", "客户诉求=退货") == {"tier": "vip", "demand": "退货"}
    assert registered(desk, "Customer tier=普通", "what is asked for=money") == {"tier": "normal", "demand": "money"}
    assert registered(desk, "ＣＵＳＴＯＭＥＲ　ＴＩＥＲ=vip") == {"tier": "vip"}
    assert registered(desk, "现象=冒烟", "Symptom=noise", "symptom=heat")["symptom"] == ["冒烟", "noise", "heat"]


def test_one_field_by_two_names_is_given_twice(desk: Runner) -> None:
    done = desk("register", "x", "--channel", "phone", "--field", "tier=vip", "--field", "客户等级=normal")
    assert (done.code, done.err) == (3, "afterservice: --field: 'tier' is given twice – leave one of them out\n")


def test_an_id_goes_before_a_label(desk: Runner) -> None:
    assert registered(desk, "demand=money", "现场=kitchen") == {"demand": "money", "scene": "kitchen"}


def test_a_label_of_two_fields_is_refused_with_both(desk: Runner) -> None:
    for label, both in (("地址", "home or office"), ("产品", "product or brand")):
        done = desk("register", "x", "--channel", "phone", "--field", f"{label}=X")
        assert done.code == 3
        assert done.err == f"afterservice: --field: '{label}' is the label of {both} – write one of these ids\n"


def test_what_is_no_field_is_refused_with_the_ids_and_their_labels(desk: Runner) -> None:
    done = desk("register", "x", "--channel", "phone", "--field", "colour=red", env=ZH)
    titles = dict(re.findall(r"(\w+) ?[（(]([^）)]+)[）)]", done.err))
    assert [*titles.items()][:4] == [("channel", "渠道"), ("kind", "类型"), ("product", "产品"), ("customer", "客户")]
    assert titles["tier"] == "客户等级"
    near = desk("register", "x", "--channel", "phone", "--field", "客户等=vip", env=ZH)
    assert re.fullmatch(r"afterservice: 没有“…”这个字段，请写\Wtier\W+客户等级\W\n", near.err)
    english = desk("register", "x", "--channel", "phone", "--field", "colour=red").err
    assert "one of channel, kind, product, customer, contact, description, tier (Customer tier), " in english


def test_an_amendment_and_a_trial_take_labels(desk: Runner) -> None:
    registered(desk)
    line = (
        "amend",
        "001",
        "--set",
        "客户等级=VIP",
        "--set",
        "联系方式=13900000101",
        "--set",
        "类型=投诉",
        "--reason",
        "x",
    )
    assert desk(*line).code == 0
    case = json.loads(desk("show", "001", "--json").out)
    assert (case["fields"], case["contact"], case["kind"]) == ({"tier": "vip"}, "13900000101", "complaint")
    refused = desk("amend", "001", "--set", "优先级=高", "--reason", "x")
    assert refused.err == "afterservice: priority is no fact to set – use classify\n"
    assert "High" in desk("rules", "explain", "it leaks", "--field", "客户等级=VIP").out


def test_a_case_as_json_takes_labels(desk: Runner) -> None:
    value = json.dumps({"渠道": "电话", "描述": "漏水", "fields": {"客户诉求": "退货", "Symptom": ["冒烟"]}})
    done = desk("register", "-", "--json", stdin=value)
    assert done.code == 0, done.err
    assert json.loads(done.out)["fields"] == {"demand": "退货", "symptom": ["冒烟"]}
    twice = json.dumps({"channel": "phone", "渠道": "电话", "description": "x"})
    assert "channel is given twice" in desk("register", "-", stdin=twice).err


def test_a_choice_of_cases_takes_labels(desk: Runner) -> None:
    registered(desk)
    registered(desk, "tier=vip")

    def found(*words: str) -> list[str]:
        return [case["case"] for case in json.loads(desk("list", *words, "--json").out)]

    assert found("--where", "优先级=高", "--where", "渠道=电话") == ["202610-002"]
    assert len(found("--where", "未分类")) == 2
    refused = desk("list", "--where", "优先级=高", "--where", "priority=high")
    assert "priority is asked for twice" in refused.err
    unknown = desk("list", "--where", "颜色=红", env=ZH)
    assert "status（状态）、stage（环节）、owner（负责）" in unknown.err and "颜色" not in unknown.err
