"""Topics: what sample texts tell that a text is about, and how that and phrases place it together."""

import sqlite3
from contextlib import closing
from fractions import Fraction
from math import log2, sqrt
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.values import Finding
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.matching import find, find_category
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.phrases.features import features_of
from afterservice_cli.rulebook.phrases.seen import read
from afterservice_cli.rulebook.phrases.topics import FEW, MANY, SURE, Topics, weights_of
from afterservice_cli.rulebook.phrases.weighing import MOST, NOWHERE, SOME, Topical, placing
from afterservice_cli.rulebook.sections.topics import Topic
from afterservice_cli.workflows.founding import compile_file
from conftest import Runner
from registers import register_in
from shops import ROW, Shop

BOOK = rulebooks.rulebook("topics")
FILE = rulebooks.FOLDER / "topics.yaml"
HUMS = "水泵不打水，光嗡嗡地响"
WAITED = "等了五天没影子，说好的周一"


def placed(text: str, book: Rulebook = BOOK) -> tuple[str, str | None, tuple[str, ...]]:
    """Where a text is placed, by which rule, and by which phrases and samples."""
    found = find_category(book, text, {})
    return found.value, found.rule, found.phrases


def rival(text: str, book: Rulebook = BOOK) -> tuple[str, ...]:
    return find_category(book, text, {}).rival


def changed(*changes: tuple[str, str]) -> Rulebook:
    return rulebooks.rulebook("topics", *changes)


# --- one of many ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "category", "sample"),
    [
        (HUMS, "fault", "水泵打不上水，嗡嗡地响"),
        ("边角有划痕，漆面磕掉了", "fault", "漆面有一道划痕，边角磕掉一块"),
        (WAITED, "delivery", "等了五天还没影子，说好周一到"),
        ("The PUMP hums and stopped!!", "fault", "the pump stopped and hums"),
    ],
)
def test_a_text_without_phrases_is_placed_by_what_it_is_about(text: str, category: str, sample: str) -> None:
    assert placed(text) == (category, f"categories.{category}.topics", (f"≈{sample}",))


@pytest.mark.parametrize("text", ["", "。。。", "12345", "甲乙丙丁", "totally different wording"])
def test_of_what_no_topic_knows_nothing_is_said(text: str) -> None:
    assert (*placed(text), rival(text)) == ("rest", "default.category", (), ())


def test_a_topic_that_no_category_has_leaves_a_text_to_a_person_and_is_told() -> None:
    assert placed("师傅麻利，装得快，谢谢") == ("rest", "default.category", ("≈师傅手脚麻利，装得又快又好",))


def test_of_two_that_are_nearly_as_likely_none_is_taken_and_the_first_is_the_rival() -> None:
    text = "嗡嗡地响，等了五天"
    value, rule, _ = placed(text)
    assert (value, rule) == ("rest", "default.category")
    assert rival(text)[0] in ("fault", "delivery")
    assert rival(text)[1].startswith("≈")


def test_topics_of_one_category_do_not_stand_against_each_other() -> None:
    assert placed("水泵嗡嗡地响，漆面有划痕")[0] == "fault"


def test_a_sample_is_about_its_topic_whatever_else_speaks() -> None:
    assert placed("订单一直不动，催了三回")[0] == "delivery"
    taught = changed(("      订单一直不动，催了三回\n", "      订单一直不动，催了三回\n      坏了，坏了，不转\n"))
    assert placed("坏了，坏了，不转")[0] == "fault"
    assert placed("坏了，坏了，不转", taught)[0] == "delivery"
    calmed = changed(("      thank you, all is well\n", "      坏了不转，骂人\n"))
    assert placed("坏了不转，骂人", calmed)[:2] == ("rest", "default.category")


# --- phrases beside topics ------------------------------------------------------------------------------------------


def test_a_phrase_decides_if_the_topics_do_not_surely_say_otherwise() -> None:
    assert placed("叶子不转")[:2] == ("fault", "categories.fault.match")
    assert placed("师傅快，叶子不转") == ("fault", "categories.fault.match", ("不转",))
    assert rival("师傅快，叶子不转")[0] == "delivery"


def test_what_the_topics_say_for_sure_outweighs_a_phrase() -> None:
    text = "等了五天还没影子，说好周一到，订单一直不动，催了三回，师傅约的上午，下午五点才来，箱子坏了"
    assert placed(text)[0] == "delivery"
    assert rival(text) == ("fault", "坏了")


def test_phrases_of_a_category_without_topics_count_as_ever() -> None:
    assert placed("骂人") == ("rude", "categories.rude.match", ("骂人",))
    assert placed("快递员骂人，没影子")[0] == "rude"


def test_what_rules_a_category_out_does_so_for_its_topics() -> None:
    assert placed(f"试用装：{HUMS}")[0] != "fault"
    assert rival(f"试用装：{HUMS}")[:1] != ("fault",)


def test_of_several_that_have_a_topic_phrases_decide_or_else_the_first_of_the_file() -> None:
    both = changed(("match: [骂人]}", "topics: [late, broken]}"))
    assert placed(HUMS, both)[0] == "fault"
    assert placed(WAITED, both)[0] == "delivery"
    said = changed(("match: [骂人]}", "match: [骂人], topics: [late, broken]}"))
    assert placed(f"{HUMS}，骂人", said)[0] == "rude"
    assert rival(f"{HUMS}，骂人", said)[0] in ("fault", "delivery")


def test_a_vague_text_is_placed_by_phrases_alone() -> None:
    intake = (
        "intake: {vague: {match: [嗡嗡], at_most: 12, pause: more}}\npauses: {more: {title: More, ends: replied}}\n"
    )
    vague = changed(("priorities:", f"{intake}priorities:"))
    assert placed("水泵嗡嗡地响") == ("fault", "categories.fault.topics", ("≈水泵打不上水，嗡嗡地响",))
    assert placed("水泵嗡嗡地响", vague)[:2] == ("rest", "default.category")
    assert [*read(BOOK, "水泵嗡嗡地响").likely] == ["fault", "delivery"]
    assert read(vague, "水泵嗡嗡地响").likely == ()
    assert placed("坏了，嗡嗡地响", vague)[0] == "fault"
    assert placed("水泵嗡嗡地响，打不上水，指示灯不亮", vague)[0] == "fault"


def test_a_rulebook_that_is_changed_in_one_place_weighs_as_before() -> None:
    fewer = BOOK.but(categories={name: one.but(match=()) for name, one in BOOK.categories.items()})
    assert placed(HUMS, fewer) == placed(HUMS)
    assert placed("坏了", fewer)[0] == "rest"


def test_topics_of_a_category_do_not_count_if_all_its_phrases_in_the_text_are_denied() -> None:
    assert placed(f"{HUMS}，坏了")[0] == "fault"
    assert placed(f"{HUMS}，没有坏了")[0] != "fault"
    assert placed(f"{HUMS}，没有坏了，叶子不转")[0] == "fault"


def test_what_is_decided_follows_from_the_category_the_topics_give() -> None:
    assert find(BOOK, HUMS, {}).priority.value == "high"
    assert find(BOOK, WAITED, {}).priority.value == "low"


def test_texts_that_are_decided_alike_keep_their_own_samples() -> None:
    def told(book: Rulebook) -> list[Finding]:
        return [find(book, text, {}).category for text in (HUMS, "屏幕一闪一闪，全黑", HUMS)]

    fresh = [find(compile_rulebook(FILE.read_bytes(), "x", year=2026).rulebook, HUMS, {}).category]
    assert told(BOOK)[::2] == fresh * 2
    assert told(BOOK)[1].phrases == ("≈屏幕一闪一闪，最后全黑",)


@pytest.mark.parametrize(
    ("text", "first"),
    [("嗡嗡地响，等了五天", {"fault", "delivery"}), (HUMS, {"fault"}), ("叶子不转", {"fault"})],
)
def test_the_likeliest_are_those_for_which_most_speaks(text: str, first: set[str]) -> None:
    likely = read(BOOK, text).likely
    assert {*likely[: len(first)]} == first
    assert "rest" not in likely


@pytest.mark.parametrize("text", ["师傅麻利，装得快，谢谢", "", "甲乙丙丁"])
def test_nothing_is_likely_for_what_no_category_has_or_no_topic_knows(text: str) -> None:
    assert read(BOOK, text).likely == ()


LEVELS = st.dictionaries(st.integers(NOWHERE, 3), st.integers(0, 3000), min_size=1)
RANKS = st.dictionaries(st.integers(0, 4), st.tuples(st.integers(-3, -1), st.integers(-9, -1)))


@given(LEVELS, RANKS, st.integers(1, 500))
@example({0: 500, 1: 400, NOWHERE: 0}, {}, 100)
@example({0: 499, 1: 400}, {}, 100)
@example({0: 0, 1: 400}, {0: (-1, -2)}, 100)
def test_a_category_is_placed_by_so_much_and_no_less(
    levels: dict[int, int], ranks: dict[int, tuple[int, int]], sure: int
) -> None:
    """A plain reckoning of what speaks for each, each with a topic of its own."""
    found, decides = placing(ranks, Topical({number: str(number) for number in levels}, levels, sure))
    scores = {number: Fraction(levels.get(number, max(levels.values()))) for number in levels.keys() | ranks.keys()}
    for place, number in enumerate(sorted(ranks, key=lambda one: (ranks[one], one))):
        scores[number] += sure * Fraction(SOME if place else MOST, 2) // 1
    best = max(scores.values())
    first = [number for number, score in scores.items() if score == best]
    others = [score for number, score in scores.items() if number != first[0]]
    assert decides == (first[0] != NOWHERE and all(best - score >= sure for score in others))
    assert not decides or found[0] == first[0]
    assert {*found} == scores.keys() - {NOWHERE}


@given(RANKS)
def test_without_topics_phrases_decide_as_they_rank(ranks: dict[int, tuple[int, int]]) -> None:
    found, decides = placing(ranks, Topical({}, {}, 0))
    assert (found, decides) == (sorted(ranks, key=lambda number: (ranks[number], number)), bool(ranks))


# --- weights --------------------------------------------------------------------------------------------------------

_SOME = st.lists(st.text("火烟冒烧退换慢的，a b", min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=4)


@given(st.lists(_SOME, min_size=2, max_size=4), st.text("火烟冒烧退换慢的，a b", max_size=20))
@settings(max_examples=150)
def test_a_text_weighs_what_its_features_do_in_the_texts_of_topics(some: list[list[str]], text: str) -> None:
    """A plain reckoning of the naive Bayes, in logarithms of the machine: hundredths of a bit, rounded down each."""
    told = {str(n): Topic(title={}, texts=tuple(texts)) for n, texts in enumerate(some)}
    topics = Topics(told, weights_of(told))
    weights, sure = topics.weigh(text)
    seen = [[features_of(each) for each in texts] for texts in some]
    every = {feature for texts in seen for features in texts for feature in features}
    known = features_of(text) & every
    logs = [
        sum(
            100
            * log2(Fraction(8 * sum(feature in each for each in texts) + 1, 8 * sum(map(len, texts)) + len(every) + 1))
            for feature in known
        )
        for texts in seen
    ]
    assert [*weights.values()] == pytest.approx([one - min(logs) for one in logs], abs=2 * len(known) + 1)
    assert sure == (pytest.approx(SURE * sqrt(max(FEW, len(known))), abs=1) if known else 0)


def test_of_many_texts_a_feature_of_few_counts_for_nothing() -> None:
    def known(count: int) -> set[str]:
        texts = tuple(f"{chr(0x4E00 + number)}的" for number in range(count))
        some = {"a": Topic(title={}, texts=texts), "b": Topic(title={}, texts=("慢的",))}
        return set(weights_of(some).features.split()[::2])

    assert "丁" in known(MANY - 2)
    assert "丁" not in known(MANY - 1)
    assert {"的", "的_"} <= known(MANY)


def test_texts_stand_in_a_block_or_a_list_in_any_order() -> None:
    rules = FILE.read_text(encoding="utf-8")
    head, _, rest = rules.partition("    texts: |\n      # in use\n")
    block, _, after = rest.partition("  flaw:\n")
    listed = "".join(f"      - {line.strip()}\n" for line in reversed(block.splitlines()))
    other = compile_rulebook(f"{head}    texts:\n{listed}  flaw:\n{after}".encode(), "x.yaml", year=2026).rulebook
    assert other.weights == BOOK.weights
    assert set(other.topics["broken"].texts) == set(BOOK.topics["broken"].texts)


# --- files ----------------------------------------------------------------------------------------------------------


def _with_a_file(tmp_path: Path, categories: str) -> Path:
    """A rulebook that includes its topics, with other categories."""
    head, _, rest = FILE.read_text(encoding="utf-8").partition("categories:\n")
    topics = rest.partition("topics:\n")[2].partition("priorities:")
    (tmp_path / "topics.yaml").write_text(f"words: {{bad: [坏]}}\ntopics:\n{topics[0]}", encoding="utf-8")
    book = tmp_path / "book.yaml"
    rest = topics[2].replace("[{category: fault}]", "{match: ‹bad›}")
    book.write_text(f"{head}include: topics.yaml\ncategories: {categories}\npriorities:{rest}", encoding="utf-8")
    return book


def test_of_an_included_file_all_topics_hold_if_a_category_has_one(tmp_path: Path) -> None:
    book = compile_file(_with_a_file(tmp_path, "{late: {title: Late, topics: [late]}, rest: Rest}"), 2026)[0].rulebook
    assert [*book.topics] == [*BOOK.topics]
    assert placed(WAITED, book)[0] == "late"
    assert placed(HUMS, book) == ("rest", "default.category", ("≈水泵打不上水，嗡嗡地响",))


def test_of_an_included_file_no_topic_is_kept_if_no_category_has_one(tmp_path: Path) -> None:
    book = compile_file(_with_a_file(tmp_path, "{rest: Rest}"), 2026)[0].rulebook
    assert book.topics == {}
    assert placed(HUMS, book) == ("rest", "default.category", ())


# --- told -----------------------------------------------------------------------------------------------------------


def test_what_a_text_is_about_is_told_in_both_languages(call: Runner) -> None:
    asked = ("rules", "explain", HUMS, "--rules", str(FILE))
    assert "like “水泵打不上水，嗡嗡地响” ← categories.fault.topics" in call(*asked).out
    chinese = call(*asked, env={"AFTERSERVICE_LANG": "zh"}).out
    assert "像“水泵打不上水，嗡嗡地响” ← categories.fault.topics" in chinese
    praised = call("rules", "explain", "师傅麻利，装得快，谢谢", "--rules", str(FILE)).out
    assert "for what it is about there is no category: like “师傅手脚麻利，装得又快又好” ← default.category" in praised


def test_a_rulebook_shows_its_topics_by_name_with_their_first_texts(call: Runner) -> None:
    shown = call("rules", "show", "--rules", str(FILE)).out
    assert "topic: broken (broken), a flaw (flaw)" in shown or "topic: broken, a flaw" in shown
    assert "texts: “插上电没反应，指示灯也不亮”" in shown
    chinese = call("rules", "show", "--rules", str(FILE), env={"AFTERSERVICE_LANG": "zh"}).out
    assert "样本：“插上电没反应，指示灯也不亮”" in chinese
    assert "weights" not in shown
    assert "cost" not in shown


def test_a_text_more_is_a_difference_told_by_itself(call: Runner, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = FILE.read_text(encoding="utf-8")
    other.write_text(text.replace("      水泵打不上水", "      电机烧糊了\n      水泵打不上水"), encoding="utf-8")
    said = call("rules", "diff", str(FILE), str(other)).out
    assert "电机烧糊了" in said
    assert "weights" not in said
    assert len(said.splitlines()) < 8


def test_a_case_keeps_what_it_was_like_and_its_history_holds(tmp_path: Path) -> None:
    with register_in(tmp_path, str(FILE)) as register:
        shop = Shop(register)
        shop.read({**ROW, "text": HUMS}, {**ROW, "no": "2", "text": WAITED})
        cases = register.cases()
        assert [case.facts()["category"] for case in cases] == ["fault", "delivery"]
        assert cases[0].decided["category"].finding.phrases == ("≈水泵打不上水，嗡嗡地响",)
        assert register.findings() == []


def test_sample_texts_that_are_changed_or_gone_are_named(tmp_path: Path) -> None:
    apart = "SELECT count(*) FROM snapshots WHERE text LIKE '{\"topics\"%'"
    with register_in(tmp_path, str(FILE)) as register, closing(sqlite3.connect(register.desk.path)) as db:
        assert db.execute(apart).fetchone() == (1,)
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        (digest,) = db.execute(apart.replace("count(*)", "hash")).fetchone()
        db.execute("UPDATE snapshots SET text = replace(text, '嗡嗡', '轰轰') WHERE hash = ?", (digest,))
        db.commit()
        assert any("was changed after it was adopted" in found for found in register.findings())
        db.execute("DELETE FROM snapshots WHERE hash = ?", (digest,))
        db.commit()
        assert f"the sample texts {digest[:12]} of a rulebook are gone" in register.findings()


@pytest.mark.parametrize(("text", "suggested"), [("嗡嗡地响，等了五天", "fault"), ("师傅麻利，装得快，谢谢", "")])
def test_a_list_says_how_to_choose_if_anything_is_suggested(
    text: str, suggested: str, call: Runner, tmp_path: Path
) -> None:
    assert call("init", "--rules", str(FILE), cwd=tmp_path).code == 0
    call("register", text, "--channel", "phone", cwd=tmp_path)
    found = call("list", "--unclassified", "--format", "csv", cwd=tmp_path)
    assert suggested in found.out
    assert ("--suggested 1" in found.err) is bool(suggested)
    chosen = call("classify", "1", "--suggested", "1", cwd=tmp_path)
    assert (chosen.code == 0) is bool(suggested)
