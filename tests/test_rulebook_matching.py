"""How a text meets its rules: category, priority and owner, and the evidence for each."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.rulebook.comparing import as_read
from afterservice_cli.rulebook.matching import find_category, find_priority, owner_of
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.rules import Category


def rulebook(when: str = "[]") -> Rulebook:
    return rulebooks.rulebook("matching", ("when: []", f"when: {when}"))


RULES = rulebook()


@pytest.mark.parametrize(
    ("text", "category", "phrases"),
    [
        ("refund please", "payment", ("refund",)),
        ("crash, refund, 扣款", "payment", ("refund", "扣款")),
        ("crash and refund", "payment", ("refund",)),
        ("refund and crash", "payment", ("refund",)),
        ("crash and refunds", "product.defect", ("crash",)),
        ("the app", "product.defect", ("app",)),
        ("crash crash crash refund 扣款", "payment", ("refund", "扣款")),
        ("希望 crash test", "product.wish", ("希望", "crash test")),
        ("ＣＲＡＳＨ！ＡｐＰ", "product.defect", ("crash", "app")),
    ],
    ids=[
        "one",
        "most win",
        "a tie: the longer",
        "a tie turned",
        "no piece of a word",
        "the earlier",
        "distinct",
        "within another",
        "width and case",
    ],
)
def test_most_phrases_win_then_the_longer_then_the_earlier(text: str, category: str, phrases: tuple[str, ...]) -> None:
    found = find_category(RULES, text, {})
    assert (found.value, found.rule, found.phrases) == (category, f"categories.{category}.match", phrases)
    assert (found.field, found.by) == ("category", "rule")


@pytest.mark.parametrize("text", ["can't log in", "CAN’T  LOG\u3000IN", "I can‘t\n  log\r\nin.", "can´t log in"])
def test_apostrophes_and_line_ends_hide_no_phrase(text: str) -> None:
    rules = rulebook("[{match: [Can’t  log in]}]")
    assert find_priority(rules, text, {}).phrases == ("can't log in",)


@pytest.mark.parametrize("hyphen", ["\u2010", "\u2011", "\u2212", "－"])
def test_a_hyphen_is_a_hyphen_however_it_is_written(hyphen: str) -> None:
    rules = rulebook("[{match: [e-bike]}]")
    assert find_priority(rules, f"My E{hyphen}bike is dead", {}).phrases == ("e-bike",)


@pytest.mark.parametrize(
    "text",
    [
        "打 不 开",
        "打\n不开",
        "打\u200b不开",
        "打\u3000不\ufeff开",
        "打\ufe0f不\U000e0101开",  # which signs only change how the one before them looks
        "打\u034f不\u115f开\u3164了",
        "软件打不开APP",
    ],
)
def test_what_breaks_a_chinese_phrase_hides_none(text: str) -> None:
    assert "打不开" in find_category(RULES, text, {}).phrases


def test_a_phrase_does_not_go_on_behind_a_comma() -> None:
    assert find_category(RULES, "打，不开", {}).by == "default"


def test_unless_rules_a_category_out_however_much_speaks_for_it() -> None:
    assert find_category(RULES, "打不开, 坏了, crash, 希望", {}).value == "product.defect"
    assert find_category(RULES, "打不开, 坏了, crash, 希望, 忘记密码", {}).value == "product.wish"


@pytest.mark.parametrize("text", ["", "  ", "nothing known", "忘记密码 crash"])
def test_where_nothing_is_found_the_default_holds_and_the_case_is_unclassified(text: str) -> None:
    found = find_category(RULES, text, {})
    assert (found.value, found.by, found.rule, found.phrases) == ("rest", "default", "default.category", ())


@pytest.mark.parametrize(
    ("category", "owner", "rule"),
    [
        ("product.defect", "tech", "categories.product.owner"),
        ("product.wish", "desk", "categories.product.wish.owner"),
        ("payment", "money", "categories.payment.owner"),
        ("rest", "desk", "default.owner"),
        ("gone.long.ago", "desk", "default.owner"),
    ],
)
def test_the_owner_is_the_nearest_in_the_tree(category: str, owner: str, rule: str) -> None:
    found = owner_of(RULES, category)
    assert (found.value, found.rule) == (owner, rule)
    assert found.by == ("default" if rule == "default.owner" else "rule")


# A condition of P1, then texts and facts of which it holds, then some of which it does not.
CONDITIONS: list[tuple[str, list[tuple[str, dict[str, Any]]], list[tuple[str, dict[str, Any]]]]] = [
    ("{match: [fire, 冒烟]}", [("FIRE", {}), ("冒烟了", {})], [("", {}), ("fir", {})]),
    ("{match: [fire], unless: [no fire]}", [("fire", {})], [("no fire", {}), ("fire, no fire", {})]),
    ("{unless: [thanks]}", [("", {}), ("fire", {})], [("Thanks", {})]),
    ("{tier: vip}", [("", {"tier": "vip"})], [("", {}), ("vip", {"tier": "normal"}), ("", {"tier": None})]),
    ("{tier: [vip, key]}", [("", {"tier": "vip"}), ("", {"tier": "key"})], [("", {"tier": "normal"})]),
    ("{tier: vip, kind: complaint}", [("", {"tier": "vip", "kind": "complaint"})], [("", {"tier": "vip"})]),
    ("{category: product}", [("", {"category": "product.defect"})], [("", {"category": "payment"})]),
    ("{category: product.wish}", [("", {"category": "product.wish"})], [("", {"category": "product.defect"})]),
    ("{price: {over: 5}}", [("", {"price": "5.01"})], [("", {"price": "5"}), ("", {}), ("", {"price": "-6"})]),
    ("{price: {under: 5}}", [("", {"price": "4.9"})], [("", {"price": "5"}), ("", {"price": "10"})]),
    ("{price: {at_least: 5, under: 7}}", [("", {"price": "5"})], [("", {"price": "7"}), ("", {"price": "4"})]),
    ("{price: {at_most: 5}}", [("", {"price": "5"})], [("", {"price": "5.5"})]),
    ("{any: [{tier: vip}, {match: fire}]}", [("fire", {}), ("", {"tier": "vip"})], [("", {"tier": "key"})]),
    ("{all: [{tier: vip}, {match: fire}]}", [("fire", {"tier": "vip"})], [("fire", {}), ("", {"tier": "vip"})]),
    ("{not: {tier: vip}}", [("", {}), ("", {"tier": "key"})], [("", {"tier": "vip"})]),
    ("{match: fire, not: {any: [{tier: vip}, {channel: mail}]}}", [("fire", {})], [("fire", {"channel": "mail"})]),
    ("{product: S5}", [("", {"product": "S5"})], [("", {"product": "S50"}), ("", {})]),
]


@pytest.mark.parametrize(("condition", "holding", "failing"), CONDITIONS, ids=[entry[0] for entry in CONDITIONS])
def test_a_condition_holds_where_it_should_and_nowhere_else(
    condition: str, holding: list[tuple[str, Mapping[str, Any]]], failing: list[tuple[str, Mapping[str, Any]]]
) -> None:
    rules = rulebook(f"[{condition}]")
    assert [find_priority(rules, text, facts).value for text, facts in holding] == ["P1"] * len(holding)
    assert [find_priority(rules, text, facts).value for text, facts in failing] == ["P3"] * len(failing)


def test_the_first_condition_that_holds_is_named_and_counted_from_one() -> None:
    rules = rulebook("[{match: fire}, {tier: vip}, {match: smoke}]")
    found = find_priority(rules, "smoke", {"tier": "vip"})
    assert (found.field, found.value, found.rule, found.phrases) == ("priority", "P1", "priorities.P1.when[2]", ())
    assert find_priority(rules, "smoke", {}).phrases == ("smoke",)


def test_evidence_is_gathered_from_everything_that_had_to_hold() -> None:
    rules = rulebook("[{match: [fire, smoke], all: [{match: kitchen}, {not: {match: stove}}, {any: [{match: now}]}]}]")
    found = find_priority(rules, "fire, SMOKE in the kitchen now", {})
    assert sorted(found.phrases) == ["fire", "kitchen", "now", "smoke"]
    assert find_priority(rules, "fire in the kitchen now, the stove", {}).by == "default"


def test_a_priority_above_wins_over_one_below() -> None:
    alike = ("P2: Medium", "P2: {title: Medium, when: [{match: [fire, smoke]}]}")
    both = rulebooks.rulebook("matching", ("when: []", "when: [{match: fire}]"), alike)
    assert find_priority(both, "fire", {}).value == "P1"


PIECES = (
    "crash",
    "crash test",
    "app",
    "refund",
    "打不开",
    "坏了",
    "没坏了",
    "希望",
    "批量",
    "扣款",
    "忘记密码",
    " ",
    "，",
    "x",
)
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def full_width(text: str) -> str:
    return text.translate({0x20: 0x3000, **{code: code + 0xFEE0 for code in range(0x21, 0x7F)}})


@given(texts, st.sampled_from([str.upper, str.title, full_width, lambda text: full_width(text.upper())]))
@settings(max_examples=100)
def test_case_and_width_of_a_text_change_nothing(text: str, rewritten: Any) -> None:
    assert find_category(RULES, rewritten(text), {}) == find_category(RULES, text, {})


@given(texts, st.text(alphabet="0123456789。！yzYZ", max_size=10))
@settings(max_examples=100)
def test_what_no_phrase_speaks_of_changes_nothing(text: str, rest: str) -> None:
    assert find_category(RULES, f"{text}\n{rest}", {}) == find_category(RULES, text, {})


def weight(category: Category, text: str) -> tuple[int, int]:
    """How many phrases speak for a category, none within another, and how much of the text they are."""
    hits = [
        (match.start(), match.end(), phrase)
        for phrase in category.match
        for match in re.finditer(rf"(?<![a-z]){phrase}(?![a-z])" if phrase.isascii() else phrase, text)
        if text[max(0, match.start() - 1) : match.start()] not in ("没", "不")
    ]
    own = {
        phrase
        for start, end, phrase in hits
        if not any(s <= start <= end <= e and (s, e) != (start, end) for s, e, _ in hits)
    }
    return len(own), len({place for start, end, phrase in hits if phrase in own for place in range(start, end)})


@given(texts)
@settings(max_examples=100)
def test_the_winner_has_the_most_evidence_of_all_that_may_win(text: str) -> None:
    found = find_category(rulebook(), text, {})
    assert found == find_category(RULES, text, {})
    seen, _ = as_read(text)
    weights = {
        category.id: weight(category, seen)
        for category in RULES.categories.values()
        if not any(phrase in seen for phrase in category.unless)
    }
    most = max(weights.values())
    best = [identifier for identifier, own in weights.items() if own == most > (0, 0)]
    assert (found.value, len(found.phrases)) == ((best[0], most[0]) if best else ("rest", 0))
    if found.rival:
        rival, *phrases = found.rival
        assert weights[rival] == max(own for identifier, own in weights.items() if identifier != found.value)
        assert len(phrases) == weights[rival][0]
