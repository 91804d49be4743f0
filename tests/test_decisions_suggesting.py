"""What is learnt from cases: only what several customers wrote, the same from the same cases, and what it suggests."""

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterservice_cli.decisions.suggesting import (
    ALIKE,
    SUGGESTED,
    WRITTEN_BY,
    Model,
    TrainingExample,
    learn,
    most_alike,
    pairs_of,
)
from afterservice_cli.rulebook.phrases.bayes import BITS, binary_log

# Few letters and few customers, so that many of them write the same.
TEXTS = st.text("ab漏水 1２⑴,", max_size=8)
EXAMPLES = st.lists(
    st.builds(TrainingExample, st.sampled_from(("leak", "price", "wish")), st.sampled_from("ABCDE"), TEXTS), max_size=40
)


def by_customer(examples: list[TrainingExample], *, turned: bool = False) -> list[TrainingExample]:
    return sorted(examples, key=lambda each: each.customer, reverse=turned)


def known(model: Model) -> dict[str, dict[str, int]]:
    """The pairs of a model, each with its cases by category, read off its text."""
    _, _, body = model.text.partition("\n\n")
    found = {}
    for line in filter(None, body.split("\n")):
        pair, told = line.split("\t")
        found[pair] = {model.categories[int(at)]: int(n) for at, n in (part.split(":") for part in told.split())}
    return found


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", set()),
        ("漏水", {" 漏", "漏水", "水 "}),
        ("漏水，漏水！", {" 漏", "漏水", "水 "}),
        ("It's", {" i", "it", "t ", " s", "s "}),
        ("漏 1 3 8 水", {" 漏", "漏 ", " 水", "水 "}),
        ("ＡＢ", {" a", "ab", "b "}),
        ("138-0013", set()),
        ("五折", {" 五", "五折", "折 "}),
    ],
)
def test_a_text_is_read_as_pairs_of_letters(text: str, pairs: set[str]) -> None:
    assert pairs_of(text) == pairs


@given(st.text())
def test_no_pair_has_a_digit_or_anything_but_letters_and_blanks(text: str) -> None:
    for pair in pairs_of(text):
        assert len(pair) == 2 and pair != "  "
        assert all(sign.isalpha() or sign == " " for sign in pair)


@given(EXAMPLES)
def test_a_model_holds_what_at_least_three_customers_wrote_and_nothing_else(examples: list[TrainingExample]) -> None:
    model = learn(by_customer(examples))
    having = {name: {each.customer for each in examples if each.category == name} for name in ("leak", "price", "wish")}
    categories = sorted(name for name, customers in having.items() if len(customers) >= WRITTEN_BY)
    assert list(model.categories) == categories
    kept = [each for each in examples if each.category in categories]
    assert model.cases == len(kept)
    found = known(model)
    for pair, counts in found.items():
        assert len({each.customer for each in examples if pair in pairs_of(each.text)}) >= WRITTEN_BY
        assert counts == Counter(each.category for each in kept if pair in pairs_of(each.text))
    for pair in {pair for each in kept for pair in pairs_of(each.text)} - found.keys():
        assert len({each.customer for each in examples if pair in pairs_of(each.text)}) < WRITTEN_BY


@given(EXAMPLES, st.randoms())
def test_the_same_cases_give_the_same_model_byte_for_byte_in_whatever_order(
    examples: list[TrainingExample], by: object
) -> None:
    shuffled = [*examples]
    by.shuffle(shuffled)  # type: ignore[attr-defined]
    assert learn(by_customer(examples)).text == learn(by_customer(shuffled, turned=True)).text


def plain_weights(model: Model, text: str) -> dict[str, float]:
    """Complement naive Bayes as a textbook has it, with half of the category's share, in floating-point numbers."""
    found = known(model)
    seen = [pair for pair in pairs_of(text) if pair in found]
    cases = {
        name: int(line.split("\t")[1]) for name, line in zip(model.categories, model.text.split("\n")[2:], strict=False)
    }
    weights = {}
    for name in model.categories:
        others = {pair: sum(n for other, n in counts.items() if other != name) for pair, counts in found.items()}
        every = sum(others.values()) + len(found)
        weights[name] = math.log2(cases[name]) / 2 - sum(math.log2((others[pair] + 1) / every) for pair in seen)
    return weights


@given(EXAMPLES, TEXTS)
def test_what_is_suggested_is_what_complement_naive_bayes_says(examples: list[TrainingExample], text: str) -> None:
    model = learn(by_customer(examples))
    suggested = model.likely(text, model.categories)
    if not pairs_of(text) & known(model).keys():
        assert suggested == []
        return
    assert sorted(suggested) == sorted(model.categories)[:SUGGESTED]
    weights = plain_weights(model, text)
    for better, worse in pairwise(suggested):
        assert weights[better] >= weights[worse] - 0.01


def test_of_categories_the_likeliest_three_are_suggested_and_only_of_those_that_there_are() -> None:
    said = {"leak": "漏水 滴水", "dark": "不亮 黑", "late": "没到 等", "price": "太贵 贵", "rude": "骂人 凶"}
    model = learn([TrainingExample(name, f"{customer}", text) for customer in range(3) for name, text in said.items()])
    assert model.likely("漏水了", model.categories)[0] == "leak"
    assert len(model.likely("漏水了", model.categories)) == SUGGESTED
    assert "leak" not in model.likely("漏水了", {"dark", "late", "price"})
    assert model.likely("漏水了", {"rude"}) == ["rude"]
    assert model.likely("qx", model.categories) == []
    assert model.likely("", model.categories) == []


def test_a_rare_category_does_not_stand_before_a_common_one_unless_the_words_speak_for_it() -> None:
    told = [TrainingExample("common", f"c{n:03}", "it is broken") for n in range(100)]
    told += [TrainingExample("rare", f"r{n}", "it is blue") for n in range(3)]
    model = learn(by_customer(told))
    assert model.likely("it is", model.categories)[0] == "common"
    assert model.likely("blue", model.categories)[0] == "rare"


def test_a_model_is_read_as_it_was_written() -> None:
    model = learn([TrainingExample("leak", f"{customer}", "漏水") for customer in range(3)])
    assert model.text == "afterservice model 1\n3\nleak\t3\t9\n\n 漏\t0:3\n水 \t0:3\n漏水\t0:3"
    again = Model(model.text)
    assert (again.cases, again.categories, again.pairs) == (3, ("leak",), 3)
    assert again.likely("漏水", ["leak"]) == ["leak"]
    assert (learn([]).cases, learn([]).categories, learn([]).pairs) == (0, (), 0)


@pytest.mark.parametrize("text", ["", "nonsense", "afterservice model 2\n0\n\n", "afterservice model 1\nmany\n\n"])
def test_what_is_no_model_is_not_read_as_one(text: str) -> None:
    with pytest.raises(ValueError):
        Model(text)


@given(st.integers(1, 10**9))
def test_logarithms_are_right_to_the_last_place_but_one(number: int) -> None:
    assert abs(binary_log(number) / 2**BITS - math.log2(number)) < 2 ** (2 - BITS)


def test_logarithms_are_whole_numbers_that_never_change() -> None:
    assert [binary_log(number) for number in (1, 2, 3, 10, 1000)] == [0, 65536, 103872, 217705, 653117]


def test_the_cases_most_alike_are_named_first_and_of_two_the_newer() -> None:
    others = [
        ("005", "the lamp is dark"),
        ("004", "the lamp flickers"),
        ("003", "the lamp flickers"),
        ("002", "漏水"),
        ("001", "the lamp flickers all night"),
    ]
    assert most_alike("the lamp flickers", others) == ["004", "003", "001"]
    assert len(most_alike("the lamp", others)) == ALIKE
    assert most_alike("漏水了", others) == ["002"]
    assert most_alike("qx", others) == []
