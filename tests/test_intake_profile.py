"""An import profile: what it may say, and every fault of it at once with its place."""

from functools import cache

import pytest

import rulebooks
from afterservice_cli.errors import FaultyDocument
from afterservice_cli.intake.reading.profile import ColumnSource, Profile, read_profile
from afterservice_cli.rulebook.model import Rulebook

SMALL = """
profile: small
columns:
  number: 编号
  received_at: [时间, 受理时间]
  channel: 渠道
  description: {join: [标题, 内容], with: "："}
""".lstrip()


@cache
def rulebook() -> Rulebook:
    return rulebooks.rulebook("intake")


def profile(text: str = SMALL) -> Profile:
    return read_profile(text.encode(), "profile.yaml", rulebook())


def faults(text: str) -> list[str]:
    with pytest.raises(FaultyDocument) as caught:
        profile(text)
    return [f"{fault.line}:{fault.column}: {fault.message}" for fault in caught.value.faults]


def test_a_column_is_a_heading_or_aliases_or_several_joined() -> None:
    columns = profile().columns
    assert columns["number"] == ColumnSource(("编号",))
    assert columns["received_at"] == ColumnSource(("时间", "受理时间"))
    assert columns["description"] == ColumnSource(("标题", "内容"), "：")
    assert profile(SMALL.replace(', with: "："', "")).columns["description"].joined_with == " – "


def test_blanks_between_joined_columns_count() -> None:
    for between in (" / ", " "):
        text = SMALL.replace('with: "："', f'with: "{between}"')
        assert profile(text).columns["description"].joined_with == between


def test_what_is_not_written_has_its_default() -> None:
    small = profile()
    assert (small.name, small.identity, small.values, small.defaults, small.course) == ("small", (), {}, {}, ())


def test_it_knows_all_its_headings() -> None:
    text = SMALL + "identity: [姓名]\ncourse: [{event: rated, at: 评价时间, text: 评语, score: [分数, 评分]}]\n"
    known = {"编号", "时间", "受理时间", "渠道", "标题", "内容", "姓名", "评价时间", "评语", "分数", "评分"}
    assert profile(text).headings() == known


def test_a_course_keeps_its_order() -> None:
    text = SMALL + "course:\n" + "".join(f"  - {{event: {word}, at: T}}\n" for word in ("closed", "reopened", "closed"))
    assert [step.word for step in profile(text).course] == ["closed", "reopened", "closed"]


def test_values_are_told_without_regard_to_case_and_blanks() -> None:
    text = SMALL + 'values: {channel: {" WEB ": mail, 电话: phone}, tier: {"1": vip}}\n'
    assert profile(text).values == {"channel": {"web": "mail", "电话": "phone"}, "tier": {"1": "vip"}}


def test_labels_serve_for_ids() -> None:
    assert profile(SMALL + "defaults: {channel: 电话}\n").defaults == {"channel": "电话"}


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("defaults: {chanel: phone}", "7:12: unknown field 'chanel' – write 'channel'"),
        ("defaults: {channel: fone}", "7:21: unknown channel 'fone' – write 'phone'"),
        ("defaults: {category: product}", "7:22: unknown category 'product' – write 'product.defect'"),
        ("defaults: {priority: P3}", "7:22: unknown priority 'P3' – write"),
        ("defaults: {owner: dest}", "7:19: unknown owner 'dest' – write 'desk'"),
        ("values: {tier: {gold: vipp}}", "7:23: unknown tier 'vipp' – write 'vip'"),
        ("values: {received_at: {a: b}}", "7:10: unknown field 'received_at' – write one of"),
        ("course: [{event: answered, at: T}]", "7:18: course[1].event: 'answered' is none of them – write"),
        ("course: [{event: closed}]", "7:10: course[1] lacks the key 'at' – add it"),
        ("course: [{event: closed, at: T, score: S}]", "7:10: a rating has a `score`, other events have none"),
        ("course: [{event: rated, at: T}]", "7:10: a rating has a `score`, other events have none"),
        ("dates: [us]", "7:1: 'us' is no way to read dates – write iso, month-first"),
        ("dates: [month-first, day-first]", "7:1: month-first and day-first contradict each other"),
        ('dates: ["%d.%m"]', "7:1: '%d.%m' does not give a whole date"),
        ("dates: []", "7:1: dates is empty – write at least 1"),
        ("identity: []", "7:1: identity is empty – write at least 1"),
        ("colums: {}", "7:1: unknown key 'colums' – write 'columns'"),
    ],
)
def test_a_fault_stands_in_its_place(more: str, fault: str) -> None:
    (found,) = faults(f"{SMALL}{more}\n")
    assert found.startswith(fault)


def test_all_faults_are_listed_at_once() -> None:
    text = (
        "profile: 2nd\ncolumns: {number: [], custumer: C, received_at: T}\nvalues: {channel: {a: fone}}\ndates: [us]\n"
    )
    assert [fault.split(" ")[0] for fault in faults(text)] == ["1:10:", "2:11:", "2:23:", "3:23:", "4:1:"]


def test_something_must_tell_rows_apart() -> None:
    (fault,) = faults(SMALL.replace("  number: 编号\n", ""))
    assert fault.startswith("2:1: nothing tells rows apart – map `number`, or name the columns under `identity:`")
    assert profile(SMALL.replace("  number: 编号\n", "") + "identity: [内容]\n").identity == ("内容",)


def test_a_profile_without_a_time_of_receipt_could_never_make_a_case() -> None:
    (fault,) = faults(SMALL.replace("  received_at: [时间, 受理时间]\n", ""))
    assert fault.startswith("2:1: ")
    assert "received_at" in fault
