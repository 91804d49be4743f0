"""Sample texts: what a text is like, by which part of it, and what a rulebook makes of that."""

import re
from fractions import Fraction
from itertools import pairwise
from math import log2
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.matching import find
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.samples import LIKELIER, Resemblance, weighed
from afterservice_cli.rulebook.sections.samples import Samples
from afterservice_cli.workflows.founding import compile_file
from conftest import Runner
from registers import register_in
from shops import ROW, Shop

BOOK = rulebooks.rulebook("samples")
FILE = rulebooks.FOLDER / "samples.yaml"
EVERYDAY = "洗衣机声音大，客服一直没人回"
BURNING = "床头的充电宝冒烟，床单烧了个洞"


def ranked(text: str, rulebook: Rulebook = BOOK) -> tuple[str, tuple[str, ...]]:
    """What a text is ranked, and by which phrases."""
    found = find(rulebook, text, {}).priority
    return found.value, found.phrases


def samples(like: tuple[str, ...], unlike: tuple[str, ...]) -> Samples:
    return weighed(Samples(title={}, like=like, unlike=unlike))


def changed(old: str, new: str) -> Rulebook:
    """The rulebook with something else in its file."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    return compile_rulebook(text.replace(old, new).encode(), "samples.yaml", year=2026).rulebook


# --- like -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sample"),
    [
        (BURNING, "充电宝放在床头自己烧起来了，床单烧了个洞"),
        ("插座有糊味，还冒烟", "插座冒烟，一股糊味"),
        ("smoke and a burning smell", "a smell of burning and smoke from the kettle"),
    ],
)
def test_a_text_is_ranked_by_the_sample_it_is_most_like(text: str, sample: str) -> None:
    assert ranked(text) == ("high", (f"≈{sample}",))


@pytest.mark.parametrize(
    "text",
    [EVERYDAY, "请问插座会不会冒烟", "充电宝没人回，想退", "The box was late", "", "。。。", "12345", "完全另外一件事"],
)
def test_what_is_likelier_among_the_others_or_known_to_neither_is_not_like_them(text: str) -> None:
    assert ranked(text) == ("low", ())


def test_width_case_digits_and_marks_make_no_difference() -> None:
    assert ranked("ＳＭＯＫＥ & a BURNING smell!! 110") == ranked("smoke and a burning smell")
    assert ranked("插座 有糊味……还 冒烟！") == ranked("插座，有糊味，还，冒烟")


def test_a_sample_is_like_those_among_which_it_stands_whatever_it_weighs() -> None:
    book = changed("      插座冒烟，一股糊味\n", "      客服一直没人回\n")
    assert ranked("客服一直没人回", book) == ("high", ("≈客服一直没人回",))
    assert ranked("客服还是一直没人回", book)[0] == "low"
    book = changed("      请问电热毯会不会冒烟\n", "      电热毯冒烟，烧了个洞\n")
    assert ranked("电热毯冒烟，烧了个洞", book) == ("low", ())


def test_one_sentence_of_many_is_enough() -> None:
    around = "。".join([EVERYDAY, "等了三天没人上门，态度也差", "会员的积分没到账，发票也没开"] * 6)
    between = "。".join(["丙丁戊庚辛壬癸丑寅卯辰巳午未申酉戌亥"] * 3)  # what nobody knows
    assert ranked(f"{around}。{between}。{BURNING}。{between}。{around}")[0] == "high"
    assert ranked(f"{around}。{between}。{between}。{around}") == ("low", ())
    assert (
        Resemblance(BOOK.samples["danger"]).weight(f"{around}{BURNING}{around}".replace("。", "").replace("，", "")) < 0
    )


def test_a_part_is_of_sentences_side_by_side_and_of_as_many_words_as_signs() -> None:
    neutral = "。".join(["丙丁戊庚辛壬癸丑寅卯辰巳午未申酉戌亥"] * 4)
    each = ("床单", "smoke", "smell", "burning")
    assert {ranked(one) for one in each} == {("low", ())}
    assert ranked(f"{neutral}。{'，'.join(each)}")[0] == "high"
    words = " ".join(["unknown", "wording", "without", "anything", "whatever"] * 5)
    assert ranked(f"smoke {words} burning {words} smell")[0] == "high"
    assert ranked(f"smoke {words * 3} burning {words * 3} smell") == ("low", ())


def test_samples_stand_in_a_block_or_a_list_in_any_order() -> None:
    rules = FILE.read_text(encoding="utf-8")
    head, _, rest = rules.partition("    like: |\n")
    block, _, after = rest.partition("    unlike: |\n")
    lines = [line.strip() for line in block.splitlines() if "#" not in line]
    listed = "".join(f"      - {line}\n" for line in (*reversed(lines), lines[0]))
    other = compile_rulebook(f"{head}    like:\n{listed}    unlike: |\n{after}".encode(), "x.yaml", year=2026).rulebook
    assert other.samples["danger"].weights == BOOK.samples["danger"].weights
    assert set(other.samples["danger"].like) == set(BOOK.samples["danger"].like) == set(lines)


# --- unlike ---------------------------------------------------------------------------------------------------------


def test_plain_words_count_unless_the_whole_is_like_the_others() -> None:
    assert ranked("有人触电")[0] == "high"
    assert ranked("触电")[0] == "high"
    assert ranked(f"触电：{EVERYDAY}，想退，发票也没开") == ("low", ())


def test_a_text_among_the_others_is_like_them_whatever_it_weighs() -> None:
    text = "触电，充电宝冒烟，床单烧了个洞"
    book = changed("      请问电热毯会不会冒烟\n", f"      {text}\n")
    assert Resemblance(book.samples["danger"]).weight(text) > -LIKELIER
    assert ranked(text, book) == ("low", ())


def test_samples_are_asked_for_by_conditions_that_have_a_name_and_by_those_that_rule_out() -> None:
    text = FILE.read_text("utf-8").replace("[{like: danger}, ", "[pressing, ").replace(", not: {unlike: danger}", "")
    text = text.replace("priorities:\n", "conditions: {pressing: {like: danger}}\npriorities:\n")
    book = compile_rulebook(text.encode(), "named.yaml", year=2026).rulebook
    assert ranked(BURNING, book)[0] == "high"
    book = changed("{like: danger}, ", "")
    assert ranked("有人触电", book)[0] == "high"
    assert ranked(f"触电：{EVERYDAY}，想退，发票也没开", book) == ("low", ())


# --- weights --------------------------------------------------------------------------------------------------------

_TEXTS = st.lists(st.text("火烟冒烧退换慢的，a b", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=5)


def places(text: str) -> list[str]:
    """The features of a text, as often as they stand in it: of signs, pairs and words, those that may be weighed."""
    words = text.replace("，", " ").split()
    pairs = [one + other for word in words for one, other in pairwise(f"_{word}_")]
    signs = [sign for word in words for sign in word]
    runs = [f"_{run}_" for word in words for run in re.findall("[a-z]+", word)]
    return [*runs, *(feature for feature in (*signs, *pairs) if max(feature) > "z")]


@given(_TEXTS, _TEXTS, st.text("火烟冒烧退换慢的，a b", max_size=20))
@settings(max_examples=150)
def test_a_text_weighs_what_its_features_do_in_the_samples(like: list[str], unlike: list[str], text: str) -> None:
    """A plain reckoning of the naive Bayes, in logarithms of the machine: hundredths of a bit, rounded down each."""
    found = Resemblance(samples(tuple(like), tuple(unlike))).weight(text)
    seen = [[set(places(each)) for each in texts] for texts in (like, unlike)]
    every = {feature for texts in seen for features in texts for feature in features}
    expected, count = 0.0, 0
    for feature in places(text):
        if feature in every:
            likelihoods = [
                Fraction(4 * sum(feature in each for each in texts) + 1, 4 * sum(map(len, texts)) + len(every) + 1)
                for texts in seen
            ]
            expected += 100 * log2(likelihoods[0] / likelihoods[1])
            count += 1
    assert expected - 2 * count - 1 <= found <= expected + count + 1


def test_more_parts_need_more() -> None:
    """Of many parts one is likely by chance."""
    some = Resemblance(samples(("着火 冒烟",), ("退货 换货 发票 积分 客服 快递",)))
    padding = "。".join(["丙丁戊庚辛壬癸丑寅卯辰巳午未申酉戌亥"] * 60)
    assert some.weight("着火 冒烟") - some.weight(f"着火 冒烟。{padding}") >= 100
    assert some.weight("着火 冒烟") > LIKELIER


# --- told -----------------------------------------------------------------------------------------------------------


def test_what_a_text_is_like_is_told_as_such_in_both_languages(call: Runner, tmp_path: Path) -> None:
    english = call("rules", "explain", BURNING, "--rules", str(FILE)).out
    assert "like “充电宝放在床头自己烧起来了，床单烧了个洞” ← priorities.high.when[1]" in english
    chinese = call("rules", "explain", BURNING, "--rules", str(FILE), env={"AFTERSERVICE_LANG": "zh"}).out
    assert "像“充电宝放在床头自己烧起来了，床单烧了个洞” ← priorities.high.when[1]" in chinese
    shown = call("rules", "show", "--rules", str(FILE)).out
    assert "the text is like samples of danger" in shown
    assert "not (the text is like counter-samples of danger)" in shown


def test_what_rules_out_is_no_reason_beside_the_text(call: Runner) -> None:
    said = call("rules", "explain", "有人触电", "--rules", str(FILE)).out
    assert "“触电” ← priorities.high.when[2]" in said
    assert "counter-samples" not in said


@pytest.mark.parametrize(("side", "text"), [("like", BURNING), ("unlike", f"{EVERYDAY}，想退，发票也没开")])
def test_what_a_rule_asks_beside_the_text_is_told_without_its_samples(
    side: str, text: str, call: Runner, tmp_path: Path
) -> None:
    book = tmp_path / "book.yaml"
    rule = f"when: [{{{side}: danger, channel: phone}}]"
    book.write_text(re.sub(r"when: \[.*\]", rule, FILE.read_text(encoding="utf-8")), encoding="utf-8")
    said = call("rules", "explain", text, "--channel", "phone", "--rules", str(book)).out.splitlines()
    (place,) = [number for number, line in enumerate(said) if "priorities.high.when[1]" in line]
    assert said[place + 1].strip() == "channel is Phone"


def test_a_line_more_is_a_difference_told_by_its_text(call: Runner, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = FILE.read_text(encoding="utf-8")
    other.write_text(text.replace("      插座冒烟", "      插头烧黑了\n      插座冒烟"), encoding="utf-8")
    said = call("rules", "diff", str(FILE), str(other)).out
    assert "插头烧黑了" in said
    assert "weights" not in said
    assert len(said.splitlines()) < 8


def test_a_case_keeps_what_it_was_like_and_its_history_holds(tmp_path: Path) -> None:
    with register_in(tmp_path, str(FILE)) as register:
        shop = Shop(register)
        shop.read({**ROW, "text": BURNING}, {**ROW, "no": "2", "text": EVERYDAY})
        cases = register.cases()
        assert [case.facts()["priority"] for case in cases] == ["high", "low"]
        assert cases[0].decided["priority"].finding.phrases == ("≈充电宝放在床头自己烧起来了，床单烧了个洞",)
        assert register.findings() == []


def test_the_snapshot_holds_of_another_file_what_is_asked_for_alone(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        "samples:\n  danger: {like: it burns, unlike: it is late}\n  other: {like: a, unlike: b}\n", encoding="utf-8"
    )
    head, _, rest = FILE.read_text(encoding="utf-8").partition("samples:\n")
    book = tmp_path / "book.yaml"
    book.write_text(f"{head}include: more.yaml\npriorities:{rest.partition('priorities:')[2]}", encoding="utf-8")
    found = compile_file(book, 2026)[0].rulebook
    assert [*found.samples] == ["danger"]
    assert ranked("it burns", found)[0] == "high"
