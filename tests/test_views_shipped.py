"""The lists and reports that the shipped rulebooks name: each can be made, and is as its procedure asks."""

import csv
import io
import json
from pathlib import Path

import pytest

from conftest import Runner

RULES = Path(__file__).parents[1] / "rules"
SHIPPED = ("complaints-returns", "customer-feedback", "defect-handling", "enterprise-service", "product-feedback")
FACTS: dict[str, dict[str, object]] = {
    "product-feedback": {"kind": "complaint", "product": "K1", "fields": {"demand": "换一台"}},
    "enterprise-service": {"kind": "fault", "product": "X-2000", "fields": {"contact_person": "李工"}},
    "customer-feedback": {},
    "defect-handling": {"channel": "hotline"},
    "complaints-returns": {
        "channel": "online",
        "kind": "complaint",
        "product": "K1",
        "fields": {"order_number": "A1", "purchased_on": "2026-10-01"},
    },
}


def found_at(call: Runner, name: str) -> dict[str, dict[str, object]]:
    """A desk of this rulebook with one case; what its ids are called."""
    done = call("init", "--rules", str(RULES / f"{name}.yaml"))
    assert done.code == 0, done.err
    facts = {"channel": "phone", "description": "设备无法启动", "customer": "王", "contact": "13800001111"}
    done = call("register", "-", stdin=json.dumps({**facts, **FACTS[name]}))
    assert done.code == 0, done.err
    labels: dict[str, dict[str, object]] = json.loads(call("rules", "show", "--labels", "--json").out)
    return labels


@pytest.mark.parametrize("name", SHIPPED)
def test_every_view_and_every_report_can_be_made(call: Runner, name: str) -> None:
    labels = found_at(call, name)
    assert labels["view"]
    assert labels["report"]
    for view in labels["view"]:
        for words in (("--json",), ("--format", "csv", "--labels"), ("--format", "md")):
            done = call("list", "--view", view, *words, env={"AFTERSERVICE_LANG": "zh"})
            assert (done.code, bool(done.out)) == (0, True), done.err
    for report in labels["report"]:
        done = call("report", "--report", report, "--month", "this", "--json")
        assert done.code == 0, done.err
        assert json.loads(done.out)["tables"]


@pytest.mark.parametrize(
    ("name", "priority"), [("enterprise-service", "紧急"), ("product-feedback", "紧急"), ("customer-feedback", "P2")]
)
def test_lists_call_a_priority_by_its_code_or_else_by_its_title(call: Runner, name: str, priority: str) -> None:
    found_at(call, name)
    for words in ("list", "due"):
        done = call(words, "--columns", "case,priority", "--format", "csv", "--labels", env={"AFTERSERVICE_LANG": "zh"})
        rows = list(csv.DictReader(io.StringIO(done.out)))
        assert {row["优先级"] for row in rows if row["编号"]} == {priority}, done.out


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        (
            "product-feedback",
            "反馈编号 客户姓名/单位 联系方式 产品型号 序列号 购买日期 反馈类型 "
            "问题描述 客户诉求 接收时间 处理状态 处理人",
        ),
        (
            "enterprise-service",
            "工单编号 客户名称 联系人 联系方式 产品型号 购买日期 问题描述 附件 "
            "问题类型 紧急程度 受理时间 受理人 预计解决时间 处理状态",
        ),
    ],
)
def test_the_register_has_the_columns_of_the_form(call: Runner, name: str, columns: str) -> None:
    found_at(call, name)
    done = call("list", "--view", "register", "--format", "csv", "--labels", env={"AFTERSERVICE_LANG": "zh"})
    assert done.out.splitlines()[0].split(",") == columns.split()


def test_the_progress_table_has_number_stage_time_person_and_what_was_done(call: Runner) -> None:
    found_at(call, "enterprise-service")
    table = call("list", "--view", "progress", "--format", "md", env={"AFTERSERVICE_LANG": "zh"}).out.splitlines()
    assert table[0] == "| 工单编号 | 处理环节 | 时间 | 处理人 | 处理内容 |"
    assert len(table) > 3
