"""English titles in a second file: what they become, and what is said of those that name nothing."""

from pathlib import Path

import pytest

from afterservice_cli.errors import FaultyDocument
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.model import Rulebook
from conftest import Runner

CHINESE = """
rulebook: small
title: 小册
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: {title: 前台, head: ann}, shop: {zh: 门店, en: Store}}
channels: {phone: 电话}
fields: {tier: {title: 等级, values: {vip: 贵宾}}}
categories: {product: {title: 产品, children: {defect: {title: 缺陷, match: [坏了]}}}, rest: 其他}
priorities: {P1: {zh: 高}}
default: {category: rest, priority: P1, owner: desk}
targets: {look: {until: investigated, within: 1h}}
messages:
  done: {on: resolved, text: "{case} 已处理"}
  late: {title: 超时, on: responded, text: "{case} 已超时"}
  again: {title: 重新处理, on: reopened, text: "{case} 重新处理"}
labels: {open: 处理中}
""".lstrip()
ENGLISH = """
title: Small
owners: {desk: Desk}
channels: {phone: {title: Phone}}
fields: {tier: {title: Tier, values: {vip: VIP}}}
categories: {product: {title: Product, children: {defect: Defect}}, rest: Other}
priorities: {P1: High}
messages:
  done: "{case} is done"
  late: "{case} is late"
  again: {title: Reopened, text: "{case} is open again"}
labels: {open: In hand}
""".lstrip()


def book(english: str) -> Rulebook:
    return compile_rulebook(
        CHINESE.encode(), "small.yaml", year=2026, english=(english.encode(), "small.en.yaml")
    ).rulebook


def faults(english: str) -> list[str]:
    with pytest.raises(FaultyDocument) as caught:
        book(english)
    return str(caught.value).splitlines()


def test_every_title_gets_its_english_words_and_keeps_its_chinese() -> None:
    rules = book(ENGLISH)
    shown = [
        rules.called,
        *(rules.owners[name].title for name in ("desk", "shop")),
        rules.channels["phone"].title,
        rules.fields["tier"].values["vip"].title,
        rules.categories["product.defect"].title,
        rules.categories["rest"].title,
        rules.priorities["P1"].title,
        rules.messages["done"].text,
        rules.labels["open"],
        *(rules.messages[name].text for name in ("late", "again")),
        *(rules.messages[name].title or {} for name in ("late", "again")),
    ]
    assert [title["en"] for title in shown] == [
        *("Small", "Desk", "Store", "Phone", "VIP", "Defect", "Other", "High", "{case} is done", "In hand"),
        *("{case} is late", "{case} is open again", "超时", "Reopened"),
    ]
    assert [title["zh"] for title in shown] == [
        *("小册", "前台", "门店", "电话", "贵宾", "缺陷", "其他", "高", "{case} 已处理", "处理中"),
        *("{case} 已超时", "{case} 重新处理", "超时", "重新处理"),
    ]


def test_what_is_not_translated_stays_as_it_is() -> None:
    assert book("title: Small").channels["phone"].title == {"en": "电话", "zh": "电话"}


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("owners: {desc: Desk}", "1:10: 'desc' is not in the rulebook here – write 'desk'"),
        ("field: {tier: Tier}", "1:1: 'field' is not in the rulebook here – write 'fields'"),
        ("rulebook: Small", "1:11: only titles and texts have a translation – leave this out"),
        ("owners: [Desk]", "1:9: no title – write one text, or a mapping of the keys below"),
        ("owners: Desk", "1:9: no title – write one text, or a mapping of the keys below"),
        ("targets: {look: Look}", "1:17: the rulebook has no title here to translate – write it there first"),
        ("title: [Small]", "1:8: no text – write the English words"),
        ("owners: {shop: Shop}", "1:16: the rulebook has these words in English – keep one of them"),
        ('messages: {done: "{cas} is done"}', "1:18: unknown placeholder '{cas}' – write 'case'"),
    ],
)
def test_what_names_nothing_or_says_nothing_is_a_fault_of_the_second_file(english: str, said: str) -> None:
    assert faults(english) == [f"small.en.yaml:{said}"]


def test_a_desk_takes_both_files_and_notices_an_edit_of_either(tmp_path: Path, call: Runner) -> None:
    (tmp_path / "small.yaml").write_text(CHINESE, "utf-8")
    (tmp_path / "small.en.yaml").write_text(ENGLISH, "utf-8")
    assert call("init", "--rules", "small.yaml").code == 0
    beside = tmp_path / "afterservice.rules.en.yaml"
    assert beside.read_text("utf-8") == ENGLISH
    assert "edited" not in call("list").err

    beside.write_text(ENGLISH.replace("High", "Top"), "utf-8")
    assert "edited since it was adopted" in call("list").err
    assert "title: High → Top" in call("rules", "adopt", "--yes").out
    assert "edited" not in call("list").err
    beside.write_text("owners: {desc: Desk}\n", "utf-8")
    assert "afterservice.rules.en.yaml:1:10: 'desc' is not in the rulebook" in call("rules", "check").err
