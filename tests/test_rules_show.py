"""A rulebook as people read it: every part in both languages, within the terminal, and as Markdown."""

import re
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.output_text import width
from afterservice_cli.render import conditions
from afterservice_cli.render.conditions import Reader, condition_text
from afterservice_cli.render.labels import LABELS
from afterservice_cli.render.rules import words as rule_words
from afterservice_cli.render.rules.rules import markdown_lines, rules_lines, terminal_lines
from afterservice_cli.reports.rules.rules import PARTS, PLACED, rules_view
from afterservice_cli.rulebook.checks.names import CASE_FIELDS
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.document.schema import RULEBOOK
from afterservice_cli.rulebook.document.schema_types import Keys, Shape
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.forms import Comparison, Condition
from afterservice_cli.rulebook.vocabulary import CASE_FACTS, DEMANDS
from afterservice_cli.workflows.founding import compile_file
from conftest import Runner

TESTS = Path(__file__).parent
FILES = [*rulebooks.SHIPPED.values(), *(TESTS / "rulebooks").glob("*.yaml")]
LIFE = rulebooks.rulebook("life")


def lines(rulebook: Rulebook, language: str, most: int | None = 8) -> list[str]:
    return list(terminal_lines(rules_lines(rules_view(rulebook), Reader(rulebook, language, most)), 80))


# --- nothing is without words ---------------------------------------------------------------------------------------


def part(name: str) -> Shape:
    shape: Shape = RULEBOOK
    for word in name.split("."):
        assert isinstance(shape, Keys)
        shape = shape.shapes[word]
    return shape


@pytest.mark.parametrize("name", PARTS)
def test_every_part_and_every_key_of_it_has_words_in_both_languages(name: str) -> None:
    assert all(rule_words.TERMS[name])
    todo, met = [part(name)], set()
    while todo:
        shape = todo.pop()
        if isinstance(shape, Keys):
            if shape.section in met or shape.section.__name__ in ("Condition", "ByLanguage"):
                continue
            met.add(shape.section)
            for key in shape.section.KEYS.values():
                assert key.written in {*rule_words.KEYS, *LABELS, *PLACED, "what", "with"}, key.written
        todo += shape.children()
    assert met


def test_what_is_demanded_and_compared_has_words_in_both_languages() -> None:
    assert set(DEMANDS) == set(rule_words.WORDS)
    for field in (*CASE_FIELDS, *CASE_FACTS):
        assert field in conditions.FIELDS or field in LABELS, field
    assert set(conditions.COMPARED) == set(Comparison.KEYS)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_fits_the_terminal_and_tells_every_entry(path: Path, language: str) -> None:
    rulebook = compile_file(path, 2026)[0].rulebook
    for most in (8, None):
        found = lines(rulebook, language, most)
        assert [line for line in found if width(line) > 80] == []
        heads = {line.strip() for line in found}
        for section in (rulebook.categories, rulebook.priorities, rulebook.targets, rulebook.owners, rulebook.roles):
            for name, entry in section.items():
                title = entry.title[language]
                assert (title if title == name else f"{title} ({name})") in heads
    # All phrases stand there, however they are broken.
    whole = "".join(line.strip() for line in found).replace(" ", "")
    for category in rulebook.categories.values():
        assert all(f"“{phrase}”".replace(" ", "") in whole for phrase in (*category.match, *category.unless))


def test_a_category_has_the_owner_that_its_cases_get() -> None:
    nested = ("other: Other", "other: {title: Other, children: {rest: Rest}}")
    rulebook = rulebooks.rulebook("life", nested, ("category: other,", "category: other.rest,"))
    found = lines(rulebook, "en")
    at = found.index("    Rest (other.rest)")
    assert found[at + 1] == "      owner: Customer service"
    assert found[at - 1] == "  Other (other)"


NAMES_IN_CHINESE = """\
rulebook: names
title: 名称
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {service: {title: 客服, head: sun}}
channels: {phone: 电话}
categories: {other: 其他}
priorities: {normal: 一般}
targets:
  respond: {title: 响应, until: responded, within: 1wd}
  promise: {title: 承诺, at: promised_at, until: resolved}
default: {category: other, priority: normal, owner: service}
gives: {money: {title: 退款金额, unit: 元}}
dispositions:
  refund:
    title: 退款
    gives: money
    tasks:
      look:
        title: 验货
        by: service
        outcomes: {fine: 完好, used: {title: 用过, then: revise}, lost: {title: 丢了, then: stop}}
      pay: {title: 付款, by: service, after: look}
consequences: [{on: missed, tasks: pay, tell: owner_head}]
views: {open: {title: 未结的, columns: [case, due, "due:respond"], sort: due}}
reports:
  weekly:
    title: 周报
    period: week
    sections:
      numbers: {title: 数量, figures: [registered, closed.unconfirmed, respond.attainment]}
      late: {title: 晚了的, table: targets}
      faults: {title: 坏的, table: fault_rate_by_product}
"""


def test_what_has_a_title_is_not_told_by_its_id() -> None:
    rulebook = compile_rulebook(NAMES_IN_CHINESE.encode(), "names.yaml", year=2026).rulebook
    told = "\n".join(rules_line.text for rules_line in rules_lines(rules_view(rulebook), Reader(rulebook, "zh", None)))
    for said in (
        "截止于：承诺时间",
        "用过 (used) – 之后：修改方案",
        "丢了 (lost) – 之后：停止方案",
        "须先完成：验货",
        "任务：付款",
        "排序：截止",
        "列：编号、时限、截止 (响应)",
        "数：登记、未经确认归档、响应：达成率",
        "取自通用报告：时限",
        "取自通用报告：各产品故障率",
    ):
        assert said in told, said


def test_people_are_told_if_they_are_called_otherwise() -> None:
    found = lines(LIFE, "en")
    assert found[found.index("People") :] == [
        "People",
        "  Li Ming (li)",
        "    user names: liming, li",
        "  Han Mei (han)",
        "    user names: han",
    ]


# --- conditions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (Condition(match=("a", "b", "c")), "文字含“a”、“b”等3个", "the text has “a”, “b” and 1 more"),
        (Condition(unless=("a",)), "文字不含“a”", "the text has none of “a”"),
        (Condition(match=("a",), unless=("b",)), "文字含“a”，不含“b”", "the text has “a”, none of “b”"),
        (Condition(fields={"channel": ("phone", "email")}), "渠道为Phone或E-mail", "channel is Phone or E-mail"),
        (Condition(fields={"quantity": Comparison(over=1, at_most=2.5)}), "Quantity > 1 ≤ 2.5", "Quantity > 1 ≤ 2.5"),
        (Condition(fields={"scores.any": Comparison(at_most=2)}), "任一评分 ≤ 2", "any score ≤ 2"),
        (Condition(fields={"scores.speed": Comparison(over=2)}), "How fast we were > 2", "How fast we were > 2"),
        (Condition(fields={"warranty": ("no",)}), "不在保", "not under warranty"),
        (
            Condition(fields={"waiting_for": ("parts",)}),
            "等待原因为Waiting for parts",
            "what it waits for is Waiting for parts",
        ),
        (
            Condition(any=(Condition(match=("a",)), Condition(fields={"kind": ("question",)}))),
            "满足其一（文字含“a”；或类型为Question）",
            "any of (the text has “a”; or kind is Question)",
        ),
        (
            Condition(all=(Condition(match=("a",)), Condition(match=("b",)))),
            "文字含“a”，文字含“b”",
            "the text has “a”, the text has “b”",
        ),
        (Condition(none=Condition(fields={"kind": ("question",)})), "除非（类型为Question）", "not (kind is Question)"),
    ],
)
def test_a_condition_in_words(condition: Condition, zh: str, en: str) -> None:
    assert condition_text(condition, Reader(LIFE, "zh", 2)) == zh
    assert condition_text(condition, Reader(LIFE, "en", 2)) == en


def test_events_tasks_and_outcomes_are_called_by_their_labels() -> None:
    verify = "tasks:\n  verify: {title: Verify, on: [resolved, 'task:fetch.done'], not_by: resolved, "
    verify += "outcomes: {ok: In order}}"
    told = "\n  told: {title: Told, on: reopened, when: {outcome.verify: ok}}"
    found = lines(rulebooks.rulebook("life", ("tasks:\n  visit", f"{verify}{told}\n  visit")), "en")
    assert found[found.index("  Verify (verify)") + 1].strip() == "not by whoever did: resolved; if: resolved, Fetch it"
    at = found.index("  Told (told)")
    assert [line.strip() for line in found[at + 1 : at + 3]] == [
        "if: a case is opened again",
        "when: Verify is In order",
    ]


def test_a_rule_has_the_number_by_which_explain_names_it(desk: Path, call: Runner) -> None:
    explained = call("rules", "explain", "客服态度差", "--kind", "complaint", "--field", "customer_tier=vip").out
    (number,) = re.findall(r"priorities\.P1\.when\[(\d+)\]", explained)
    assert f"    when {number}: Customer tier is VIP or Key account, kind is Complaint\n" in call("rules", "show").out


# --- the command ----------------------------------------------------------------------------------------------------


def test_markdown_is_made_literal() -> None:
    rulebook = rulebooks.rulebook("life", ("title: Engineering", "title: 'R&D *and* [more]'"))
    text = "\n".join(markdown_lines(rules_lines(rules_view(rulebook), Reader(rulebook, "en", 8))))
    assert text.startswith("# The whole life of a case (life)\n\n## Categories\n\n- Broken (broken)\n")
    assert "\n  - owner: R\\&D \\*and\\* \\[more\\]\n" in text
    assert "\n\n## Priorities\n\n" in text


def test_all_phrases_are_printed_if_they_are_asked_for(desk: Path, call: Runner) -> None:
    short, whole = call("rules", "show").out, call("rules", "show", "--all").out
    shown, every = ({*re.findall("“([^”]+)”", re.sub(r"\s+", "", text))} for text in (short, whole))
    assert shown < every
    assert len(every) > 500
    assert " more\n" in short and " more\n" not in whole


def test_a_file_is_shown_without_a_desk(call: Runner, tmp_path: Path) -> None:
    assert call("rules", "show").code == 4
    path = tmp_path / "life.yaml"
    path.write_text(rulebooks.text("life"), "utf-8")
    done = call("rules", "show", "--rules", path)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == lines(LIFE, "en")
