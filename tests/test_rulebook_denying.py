"""What stands in a text and does not count: what is denied, praised or settled; and what counts all the same."""

import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.rulebook.matching import find, find_category, find_priority, find_values
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.seen import Seen, read, reader_of

BOOK = rulebooks.rulebook("reading")


def told(text: str) -> tuple[str, list[str]]:
    """The category of a text, and what of it does not count: each phrase with why."""
    found = find_category(BOOK, text, {})
    return found.value, [f"{phrase} ({words}: {why})" for phrase, words, why in found.uncounted]


@pytest.mark.parametrize(
    ("text", "uncounted"),
    [
        ("没有划痕", "划痕 (没有划痕: denied)"),
        ("没有发现任何划痕", "划痕 (没有发现任何划痕: denied)"),
        ("没有任何明显的划痕", "划痕 (没有任何明显的划痕: denied)"),
        ("没有任何划痕", "划痕 (没有任何划痕: denied)"),
        ("检查过，不是故障", "故障 (不是故障: denied)"),
        ("未漏电", "漏电 (未漏电: denied)"),
        ("用了半年不卡顿", "卡顿 (不卡顿: denied)"),
        ("划痕问题不存在", "划痕 (划痕问题不存在: denied)"),
        ("no scratch", "scratch (no scratch: denied)"),
        ("it was not scratched", "scratched (not scratched: denied)"),
        ("there isn't any scratch", "scratch (isn't any scratch: denied)"),
        ("没再出现划痕", "划痕 (没再出现划痕: denied)"),
        ("没有再发现卡顿", "卡顿 (没有再发现卡顿: denied)"),
        ("从没见过划痕", "划痕 (从没见过划痕: denied)"),
        ("看不到任何划痕", "划痕 (看不到任何划痕: denied)"),
        ("这里不存在漏电", "漏电 (不存在漏电: denied)"),
        ("卡顿的情况不存在了", "卡顿 (卡顿的情况不存在了: denied)"),
        ("not a single scratch", "scratch (not a single scratch: denied)"),
        ("I have not noticed any scratch", "scratch (not noticed any scratch: denied)"),
        ("no sign of a scratch", "scratch (no sign of a scratch: denied)"),
        ("hardly any scratch", "scratch (hardly any scratch: denied)"),
        ("a scratch-free lid", "scratch (scratch-free: denied)"),
        ("the finish is dent-proof", "dent (dent-proof: denied)"),
        ("物流很快", "物流 (物流很快: calm)"),
        ("卡顿，后来解决了", "卡顿 (后来解决了: settled)"),
        ("there was a scratch, it is now fixed", "scratch (now fixed: settled)"),
    ],
)
def test_what_is_denied_praised_or_settled_does_not_count(text: str, uncounted: str) -> None:
    category, told_of = told(text)
    assert (category, told_of) == ("rest", [uncounted])


@pytest.mark.parametrize(
    "text",
    [
        "没有划痕、漏电和卡顿",
        "没有划痕或者卡顿",
        "no scratch or dent",
    ],
)
def test_a_denial_goes_for_all_that_is_listed_with_it(text: str) -> None:
    assert told(text)[0] == "rest"


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("不是没有划痕", "划痕"),
        ("并非没有划痕", "划痕"),
        ("是不是漏电", "漏电"),
        ("有没有划痕", "划痕"),
        ("难道不是故障", "故障"),
        ("这不是故障吗", "故障"),
        ("不是故障？", "故障"),
        ("说好没有划痕", "划痕"),
        ("客服说没有故障", "故障"),
        ("没有说明书，划痕很多", "划痕"),
        ("没有说明书 划痕很多", "划痕"),
        ("没有人管漏电", "漏电"),
        ("不能说没有划痕", "划痕"),
        ("谁说没有划痕", "划痕"),
        ("怎么可能没有划痕", "划痕"),
        ("很好看的杯子居然有划痕", "划痕"),
        ("竟然漏电", "漏电"),
        ("the manual says there is no scratch", "scratch"),
        ("She told me: no scratch? There is", "scratch"),
        ("a scratch-freezing night", "scratch"),
        ("no dent – but a scratch", "scratch"),
        ("not only a scratch", "scratch"),
        ("物流很快，就是有划痕", "划痕"),
        ("物流很快就是有划痕", "划痕"),
        ("物流不是很快", "物流"),
        ("修好了，现在解决了，昨天又卡顿", "卡顿"),
        ("问题没有解决，卡顿", "卡顿"),
        ("piano scratch", "scratch"),
        ("不退款", "不退款"),
    ],
)
def test_double_denial_doubt_and_what_stands_in_another_clause_count(text: str, phrase: str) -> None:
    found = find_category(BOOK, text, {})
    assert found.value == "broken"
    assert phrase in found.phrases


def test_a_pattern_that_takes_the_denial_in_is_not_denied_by_it() -> None:
    assert find_category(BOOK, "商家没有退款", {}).phrases == ("没有退款",)


def test_what_is_settled_is_still_urgent() -> None:
    found = find_priority(BOOK, "冒烟了，现在好了", {})
    assert (found.value, found.phrases) == ("P1", ("冒烟",))
    assert find_priority(BOOK, "没有冒烟", {}).uncounted == (("冒烟", "没有冒烟", "denied"),)


def test_what_would_not_be_urgent_by_itself_is_not_told_as_left_out() -> None:
    hurt = (
        "{all: [{match: [小哥, 客人]}, {match: [流血, 受伤]}]}, {all: [{channel: phone}, {any: [{match: [冒火星]}]}]}"
    )
    own = rulebooks.rulebook("reading", ("P1: {title: High, when: [", f"P1: {{title: High, when: [{hurt}, "))
    assert find_priority(own, "小哥很好，就是慢", {}).uncounted == ()
    assert find_priority(own, "客人受伤了", {}).value == "P1"
    assert find_priority(own, "没有冒火星", {}).uncounted == (("冒火星", "没有冒火星", "denied"),)


def test_values_of_fields_and_priorities_follow_the_same_words() -> None:
    assert [found.value for found in find_values(BOOK, "冒烟", {})] == ["fire"]
    assert find_values(BOOK, "没有冒烟", {}) == []
    assert find_priority(BOOK, "没有冒烟", {}).value == "P2"


def test_a_rulebook_says_itself_what_denies() -> None:
    own = rulebooks.rulebook("reading", ("reading: {}", "reading: {denials: [sans, ‹default›], calm: [], doubt: []}"))
    assert find_category(own, "sans scratch", {}).value == "rest"
    assert find_category(own, "没有划痕", {}).value == "rest"
    assert find_category(own, "物流很快", {}).value == "broken"
    assert find_category(own, "有没有划痕", {}).value == "rest"
    assert find_category(BOOK, "sans scratch", {}).value == "broken"


@pytest.mark.parametrize("text", ["scratch absent.", "scratch absent, dent", "scratch absent but a dent"])
def test_what_denies_before_it_may_have_a_blank_on_both_sides(text: str) -> None:
    own = rulebooks.rulebook("reading", ("reading: {}", "reading: {denials_after: [absent]}"))
    assert find_category(own, text, {}).uncounted == (("scratch", "scratch absent", "denied"),)


def test_the_rival_is_the_next_best_and_says_what_it_had() -> None:
    found = find_category(BOOK, "有划痕，卡顿，发票呢", {})
    assert (found.value, found.phrases, found.rival) == ("broken", ("划痕", "卡顿"), ("money", "发票"))
    assert find_category(BOOK, "有划痕", {}).rival == ()


PIECES = (
    "没有",
    "不",
    "不是",
    "是不是",
    "划痕",
    "卡顿",
    "很快",
    "物流",
    "、",
    "，",
    "。",
    "但",
    "吗",
    " ",
    "后来解决了",
    "退款",
    "x",
)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_what_counts_and_what_does_not_is_all_that_stands_there(text: str) -> None:
    seen = Seen(text, lambda: reader_of(BOOK))
    for evidence in seen.found.values():
        assert evidence.places == tuple(sorted(evidence.places))
        assert (evidence.pattern in (one.phrase for one in seen.uncounted(seen.found))) <= (evidence.reason is not None)
    assert find(BOOK, text, {}).category == find_category(BOOK, text, {})


HOSTILE = (
    "没有划痕、",
    "没有",
    "划痕",
    "不",
    "等了没来",
    "等了",
    "没来",
    "等了等了等了等了。没来",
    "a ",
    "9",
    "很快物流",
    "后来解决了",
    "划痕是不是",
    "。",
    "……",
    "、",
    "没有a、",
    "划痕很满意是不是",
    "满意划痕吗",
    "划痕后来解决了是不是",
    "划痕后来解决了不",
)


def steps_of(text: str, book: Rulebook = BOOK) -> int:
    """How many lines are run to find what a text is given."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        count += 1
        return trace

    assert not read(book, "x").standings  # what is made once is made
    sys.settrace(trace)
    try:
        find_category(book, text, {})
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_with_the_text_and_not_faster(piece: str) -> None:
    small, large = (steps_of((piece * length)[:length]) for length in (2_000, 20_000))
    assert large < 14 * small + 1_000
    assert large < 150 * 20_000


@pytest.mark.parametrize("piece", ["没有", "不", "不没有不是", "没有、"])
def test_denials_in_a_row_are_walked_through_once(piece: str) -> None:
    own = rulebooks.rulebook("reading", ("match: [发票]", "match: [没有, 不, 不是]"))
    told = ((piece * length)[:length] + "，后来解决了" for length in (1_000, 10_000))
    small, large = (steps_of(text, own) for text in told)
    assert large < 14 * small + 1_000


def test_the_longest_text_is_read_whole() -> None:
    text = ("没有划痕、" * 20_000)[:99_990] + "，有划痕"
    assert find_category(BOOK, text, {}).value == "broken"
    assert read(BOOK, "x").length == 1
