"""Phrases proposed from corrected cases: which, what they fix and break, and what of customers never shows."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lessons
from afterservice_cli.reports.rules.candidates import PastCase
from afterservice_cli.reports.rules.proposals import MOST, Proposals, Proposer, with_phrases
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.rulebook.document.inserting import with_phrases_in
from afterservice_cli.rulebook.matching import find
from afterservice_cli.rulebook.model import Rulebook
from conftest import Once, Runner, query

BOOK = compile_rulebook(lessons.RULES.encode(), "lessons.yaml", year=2026).rulebook
DAY = datetime(2026, 10, 8, 10, tzinfo=UTC)
OTHERS = [(f"note {sign}", "rest", f"other {sign}") for sign in "abcdefghijklmnopqrstuvwxyz"]
Told = tuple[str, str, str]  # text, category, customer


def proposed(told: Iterable[Told], names: Iterable[str] = (), book: Rulebook = BOOK) -> Proposals:
    """What cases propose, in the order in which they came in."""
    proposer = Proposer(book)
    proposer.know(names)
    for number, (text, category, customer) in enumerate(told):
        proposer.judge(PastCase(f"{number:04}", DAY, customer, text, {}, category))
    return proposer.result()


def mixed(*told: Told) -> list[Told]:
    """Cases as they come in: of all kinds at any time."""
    return sorted(told, key=lambda each: hashlib.sha256("".join(each).encode()).digest())


def phrases(found: Proposals) -> dict[str, str]:
    return {each.phrase: each.category for each in found.proposals}


def cases(*texts: str, category: str, times: int = 6, customers: int = 99) -> list[Told]:
    """So many cases of each text, by at most so many customers."""
    told = [(text, category, f"{category} {number % customers}") for number in range(times) for text in texts]
    return [(f"{text}{'。' * number}", category, customer) for number, (text, category, customer) in enumerate(told)]


@pytest.fixture
def taught(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A desk with 240 cases that a file placed, hardly any of which the rules place."""

    def make() -> None:
        lessons.found_desk(tmp_path, call)
        lessons.read_in(tmp_path, call, lessons.rows())

    once(make)
    return tmp_path


def suggested(call: Runner, *options: str) -> Any:
    done = call("rules", "suggest", "--json", *options)
    assert done.code == 0, done.both
    return json.loads(done.out)


# --- what is proposed -------------------------------------------------------------------------------------------


def test_what_customers_say_in_one_category_is_proposed_for_it() -> None:
    told = cases("门铃不响", "按了门铃没声", category="lamp")
    found = proposed(mixed(*told, *cases("发票抬头", category="money", times=12)))
    assert phrases(found)["门铃"] == "lamp"
    assert set(phrases(found).values()) == {"lamp", "money"}
    assert found.together.after == found.judged, "all of them are right with what is proposed"


def test_words_in_letters_are_whole_words_or_two_of_them() -> None:
    told = cases("it flickers at night", "the bulbous thing flickers", category="lamp") + cases(
        "pay me back", "you must pay back all", "a back door", category="money"
    )
    found = phrases(proposed(mixed(*told, *cases("come back", "my back hurts", category="rest"))))
    assert found["flickers"] == "lamp"
    assert "pay" in found or "pay back" in found
    assert "back" not in found, "half of those who say it want something else"


def test_two_pieces_with_a_gap_are_proposed_if_neither_says_it_alone() -> None:
    told = cases("电话一直没人接", "电话总是没人接", "电话打了没人接", category="money", times=4)
    told += cases("电话坏了", "电话碎了", "门口没人接货", "楼下没人接应", category="rest", times=4)
    found = phrases(proposed(mixed(*told)))
    assert found in ({"电话…没人": "money"}, {"电话…没人接": "money"})


def test_of_pieces_in_the_same_cases_the_longest_whole_word_is_proposed() -> None:
    told = cases("今天快递员很凶", "快递员昨天骂人", "那个快递员真差", category="parcel", times=8)
    found = phrases(proposed(mixed(*told, *OTHERS, *cases("快递", category="rest", times=3))))
    assert list(found) == ["快递员"]


def test_what_helps_in_one_half_only_is_not_proposed() -> None:
    early = cases("the glow is gone", category="lamp", times=12)
    late = cases("the glow is gone", category="rest", times=12)
    assert phrases(proposed([*early, *OTHERS, *late])) == {}
    assert phrases(proposed([*early, *OTHERS, *cases("the glow is gone", category="lamp", times=12)])) != {}


def test_what_breaks_is_told_case_by_case_as_the_rules_would_decide() -> None:
    told = cases("the screen flickered", category="money", times=20)
    told.insert(3, ("the screen flickered, and so did the bulb", "lamp", "x"))  # the rules place it by `bulb`
    found = proposed(told)
    (one,) = found.proposals
    broken = [number for half in one.halves for number in half.broken]
    book = with_phrases(BOOK, {one.category: [one.phrase]})
    texts = {f"{number:04}": (text, category) for number, (text, category, _) in enumerate(told)}
    moved = [
        number
        for number, (text, category) in texts.items()
        if find(BOOK, text, {}).category.value == category != find(book, text, {}).category.value
    ]
    assert broken == moved == ["0003"]
    assert (one.placed, one.cases) == (20, 21)


def test_a_phrase_that_the_category_has_already_is_not_proposed() -> None:
    told = cases("bulb and courier, courier", "a bulb, the courier", category="lamp", times=10)
    assert "bulb" not in phrases(proposed([*told, *OTHERS]))


# --- what must not show -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("customers", [1, 2])
def test_what_fewer_than_three_customers_wrote_never_shows(customers: int) -> None:
    rare = cases("龘靐坏了", "龘靐 zyzzyva", category="lamp", times=12, customers=customers)
    assert phrases(proposed(mixed(*rare, *OTHERS))) == {}
    three = cases("龘靐坏了", "龘靐 zyzzyva", category="lamp", times=12, customers=3)
    assert phrases(proposed(mixed(*three, *OTHERS))) != {}


def test_no_digits_names_or_contacts_show() -> None:
    told = cases(
        "order 4711x from 王小明 and zoe.fox@mail.example",
        "4711x, 王小明, zoe.fox@mail.example",
        "型号B12 王小明先生 zoe",
        category="lamp",
    )
    told += cases("灯闪", category="lamp", times=12)
    found = phrases(proposed(mixed(*told, *OTHERS), names=["王小明", "Zoe Fox"]))
    assert found
    for said in found:
        assert not any(word in said for word in ("王", "小明", "zoe", "fox", "mail", "example", "12", "4711", "先生"))


def test_after_an_erasure_nothing_of_the_erased_case_shows(tmp_path: Path, call: Runner) -> None:
    lessons.found_desk(tmp_path, call)
    rare = [(f"777-{number % 2}", f"quizzical {sign}", "lamp") for number, sign in enumerate("abcdef")]
    lessons.read_in(tmp_path, call, [*rare, *lessons.rows(30), *rare], "first.csv")
    assert "quizzical" not in json.dumps(suggested(call)), "two customers wrote it"
    lessons.read_in(tmp_path, call, [("777-2", "quizzical z", "lamp")], "third.csv")
    assert "quizzical" in json.dumps(suggested(call)), "three did"
    ((number,),) = query(tmp_path / "afterservice.db", "SELECT max(case_id) FROM cases")
    assert call("close", str(number), "--resolution", "mended", "--confirmed").code == 0
    assert "quizzical" in json.dumps(suggested(call))
    assert call("erase", str(number), "--yes", now="2036-01-01 09:00").code == 0
    assert "quizzical" not in json.dumps(suggested(call))


# --- at a desk --------------------------------------------------------------------------------------------------


def test_corrections_by_people_count_as_what_a_file_says(tmp_path: Path, call: Runner) -> None:
    lessons.found_desk(tmp_path, call)
    texts = [f"courier, {word} oscillates" for word in ("one", "two", "three", "four", "five") for _ in range(4)]
    lessons.read_in(tmp_path, call, [(f"5-{number}", text, "") for number, text in enumerate(texts)])
    done = call("rules", "suggest")
    assert (done.code, done.out) == (6, "")
    assert "people put right 0 cases, 20 more are needed" in done.err
    assert "afterservice list --unclassified" in done.err
    changed = call("classify", "--where", "category=parcel", "--category", "lamp", "--reason", "it oscillates", "--yes")
    assert changed.code == 0
    found = suggested(call)
    assert (found["judged"], found["missed"]) == (20, 20)
    assert {each["category"] for each in found["proposals"]} == {"lamp"}
    assert found["together"]["after"] == 20


def test_nothing_is_changed_but_the_new_file(taught: Path, call: Runner) -> None:
    rules = taught / "afterservice.rules.yaml"
    before = rules.read_bytes(), query(taught / "afterservice.db", "SELECT max(seq) FROM events")
    call("rules", "suggest")
    call("rules", "suggest", "--diff")
    assert call("rules", "suggest", "-o", "new.yaml").code == 0
    assert (rules.read_bytes(), query(taught / "afterservice.db", "SELECT max(seq) FROM events")) == before
    assert (taught / "new.yaml").read_bytes() != before[0]


def test_a_change_does_what_it_says(taught: Path, call: Runner) -> None:
    found = suggested(call)
    assert call("rules", "suggest", "-o", "new.yaml").code == 0
    assert call("rules", "check", "new.yaml").code == 0
    assert call("rules", "diff", "adopted", "new.yaml").out.count("“") == len(found["proposals"])
    (taught / "afterservice.rules.yaml").write_bytes((taught / "new.yaml").read_bytes())
    assert call("rules", "adopt", "--yes").code == 0
    audit = json.loads(call("rules", "audit", "--json").out)
    right = sum(row["confirmed"] for row in audit if row["phrase"] in {each["phrase"] for each in found["proposals"]})
    assert right >= len(found["together"]["fixed"])


def test_what_is_written_elsewhere_has_all_that_the_file_includes(taught: Path, call: Runner) -> None:
    rules = taught / "afterservice.rules.yaml"
    text = rules.read_text("utf-8").replace("[bulb]", "[bulb, ‹glass›]")
    rules.write_text(f"include: words.yaml\n{text}", "utf-8")
    (taught / "words.yaml").write_text("words: {glass: [lens]}\n", "utf-8")
    (taught / "elsewhere").mkdir()
    for name, included in (("new.yaml", True), ("elsewhere/new.yaml", False)):
        assert call("rules", "suggest", "-o", name).code == 0
        assert call("rules", "check", name).code == 0
        assert ("include: words.yaml" in (taught / name).read_text("utf-8")) == included
    assert call("rules", "diff", "new.yaml", "elsewhere/new.yaml").err == "they say the same\n"


def test_a_diff_is_one_that_patch_takes(taught: Path, call: Runner) -> None:
    done = call("rules", "suggest", "--diff", "--only", "1")
    lines = done.out.splitlines()
    assert lines[0].startswith("--- ")
    assert [line[0] for line in lines[2:] if line[0] in "+-"] == ["-", "+"]
    assert len(suggested(call, "--only", "1")["proposals"]) == 1


def test_the_cases_of_a_proposal_are_named_with_what_they_say(taught: Path, call: Runner) -> None:
    one = suggested(call)["proposals"][1]
    rows = json.loads(call("rules", "suggest", "--cases", "2", "--json").out)
    assert [row["case"] for row in rows if row["effect"] == "fixed"] == one["earlier"]["fixed"] + one["later"]["fixed"]
    assert len(rows) == one["earlier"]["cases"] + one["later"]["cases"]
    assert all(row["before"] != row["people"] == row["after"] for row in rows if row["effect"] == "fixed")


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--only", "99"), 3, "there is no proposal '99'"),
        (("--only", "x"), 3, "there is no proposal 'x'"),
        (("--cases", "0"), 3, "there is no proposal '0'"),
        (("--diff", "--json"), 2, "choose one of"),
        (("-o", "no/new.yaml"), 4, "there is no folder no"),
        (("none.yaml",), 4, "there is no file none.yaml"),
    ],
)
def test_what_cannot_be_is_refused(options: Sequence[str], code: int, said: str, taught: Path, call: Runner) -> None:
    done = call("rules", "suggest", *options)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


def test_the_same_cases_propose_the_same_in_any_order(taught: Path, call: Runner) -> None:
    told = [(f"{number:04}", text, category) for number, (_, text, category) in enumerate(lessons.rows(90))]
    ways = []
    for order in (told, told[::-1]):
        proposer = Proposer(BOOK)
        for number, text, category in order:
            proposer.judge(PastCase(number, DAY, number, text, {}, category))
        ways.append(proposer.result())
    assert ways[0] == ways[1]


# --- laws -------------------------------------------------------------------------------------------------------

WORDS = ("灯", "不亮", "包裹", "没到", "很慢", "退款", "发票", "courier", "dark", "paid twice", "hum")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("，".join)
CASES = st.lists(
    st.tuples(TEXTS, st.sampled_from(("parcel", "lamp", "money", "rest")), st.sampled_from("abcdefgh")),
    min_size=20,
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(CASES)
def test_a_proposed_change_loads_and_fixes_what_it_says(told: list[Told]) -> None:
    found = proposed(told)
    changed = with_phrases_in(lessons.RULES.encode(), "lessons.yaml", found.phrases)
    book = compile_rulebook(changed, "lessons.yaml", year=2026).rulebook
    right = [
        {f"{place:04}" for place, (text, category, _) in enumerate(told) if decided(each, text) == category}
        for each in (BOOK, book)
    ]
    whole = found.together
    assert right[1] - right[0] == {*whole.fixed}
    assert right[0] - right[1] == {*whole.broken}
    assert len(right[1]) == whole.after
    assert len(found.proposals) <= MOST
    for one in found.proposals:
        alone = with_phrases(BOOK, {one.category: [one.phrase]})
        now = {f"{place:04}" for place, (text, category, _) in enumerate(told) if decided(alone, text) == category}
        assert now - right[0] == {*one.earlier.fixed, *one.later.fixed}
        assert len(now) > len(right[0])


def decided(book: Rulebook, text: str) -> str:
    return find(book, text, {}).category.value


# --- the file ---------------------------------------------------------------------------------------------------

LAYOUTS = {
    "a title": ("lamp: Lamp, new", 'lamp: {title: "Lamp, new", match: [dark, "no"]}'),
    "titles": ("lamp: {zh: 灯, en: Lamp}", 'lamp: {title: {zh: 灯, en: Lamp}, match: [dark, "no"]}'),
    "titles in lines": (
        "lamp:\n    zh: 灯\n    en: Lamp   # new",
        'lamp:\n    title: {zh: "灯", en: "Lamp"}\n    match: [dark, "no"]   # new',
    ),
    "a mapping": ("lamp: {title: Lamp}", 'lamp: {title: Lamp, match: [dark, "no"]}'),
    "a mapping in lines": (
        "lamp:\n    title: Lamp   # new\n    # owned\n    owner: desk",
        'lamp:\n    title: Lamp   # new\n    match: [dark, "no"]\n    # owned\n    owner: desk',
    ),
    "a list": ("lamp: {title: Lamp, match: [bulb]}", 'lamp: {title: Lamp, match: [bulb, dark, "no"]}'),
    "an empty list": ("lamp: {title: Lamp, match: []}", 'lamp: {title: Lamp, match: [dark, "no"]}'),
    "a list in lines": (
        "lamp:\n    title: Lamp\n    match: [\n      bulb,   # b\n      glow   # g\n    ]",
        'lamp:\n    title: Lamp\n    match: [\n      bulb,   # b\n      glow,   # g\n      dark, "no"\n    ]',
    ),
    "with a comma at its end": (
        "lamp:\n    title: Lamp\n    match: [\n      bulb,   # b\n    ]",
        'lamp:\n    title: Lamp\n    match: [\n      bulb,   # b\n      dark, "no",\n    ]',
    ),
    "with its bracket behind": (
        "lamp:\n    title: Lamp\n    match: [bulb,\n            glow]   # g",
        'lamp:\n    title: Lamp\n    match: [bulb,\n            glow,\n            dark, "no"]   # g',
    ),
    "with strokes": (
        "lamp:\n    title: Lamp\n    match:\n      - bulb   # b\n      # more\n      - glow   # g",
        "lamp:\n    title: Lamp\n    match:\n      - bulb   # b\n      # more\n      - glow   # g\n"
        '      - dark\n      - "no"',
    ),
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_phrases_are_put_in_and_the_rest_stays(layout: str, ends: str) -> None:
    old, new = LAYOUTS[layout]
    whole = "\ufeff" + lessons.RULES.replace("lamp: {title: Lamp, match: [bulb]}", "{lamp}").replace("\n", ends)
    before, after = (whole.replace("{lamp}", text.replace("\n", ends)) for text in (old, new))
    changed = with_phrases_in(before.encode(), "r.yaml", {"lamp": ["dark", "no"]})
    assert changed.decode() == after
    compiled = compile_rulebook(changed, "r.yaml", year=2026).rulebook
    assert [*compiled.categories["lamp"].match][-2:] == ["dark", "no"]


def test_a_category_below_another_is_found_and_a_long_line_is_broken() -> None:
    words = ", ".join(f"word{letter}word" for letter in "abcdefghijklm")
    text = f"categories:\n  a:\n    title: A\n    children:\n      b: {{title: B, match: [{words}]}}\n"
    changed = with_phrases_in(text.encode(), "r.yaml", {"a.b": ["a…b"]}).decode()
    assert changed == text.replace("]}", ",\n          a…b]}")
