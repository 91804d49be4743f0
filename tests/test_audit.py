"""What the phrases of a rulebook are good for: `rules audit`, on the desk's cases and on a file of texts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.reports.rules.audit import Auditor, Hits, Judged, places_of
from conftest import Once, Result, Runner

RULES = rulebooks.text(
    "lamps",
    ("[broken, cracked]", "[broken, cracked, broken glass, rattle, unused], unless: [joke]"),
    ("[wish]", "[wish, lamp, red]"),
    ("fields:", "intake: {invalid: {advert: {title: Advert, match: [buy now]}}}\nfields:"),
)
BOOK = rulebooks.rulebook(
    "lamps",
    ("[broken, cracked]", "[broken, cracked, broken glass, rattle, unused], unless: [joke]"),
    ("[wish]", "[wish, lamp, red]"),
    ("fields:", "intake: {invalid: {advert: {title: Advert, match: [buy now]}}}\nfields:"),
)
COURSE = (
    "register the_lamp_is_broken_and_cracked --channel phone",
    "register broken_glass_and_cracked --channel phone",
    "resolve 001 mended",
    "register my_lamp --channel phone",
    "classify 003 --category rest --reason a_question",
    "register your_lamp --channel phone",
    "classify 004 --category broken --reason dark",
    "register a_lamp_as_I_wish --channel phone",
    "resolve 005 ordered",
    "register broken_joke_buy_now --channel phone",
    "screen 006 --invalid advert",
    "register buy_now_says_the_lamp --channel phone",
    "screen 007 --valid",
)
NOW = "2026-10-12 09:00"


@pytest.fixture
def shop(once: Once, call: Runner, tmp_path: Path) -> Path:
    """A folder with the desk of a shop on which people have worked."""

    def make() -> None:
        (tmp_path / "old.yaml").write_text(RULES, "utf-8")
        assert call("init", "--rules", "old.yaml", now=NOW).code == 0
        for line in COURSE:
            done = call(*(word.replace("_", " ") for word in line.split()), now=NOW)
            assert done.code == 0, (line, done.err)

    once(make)
    return tmp_path


def told(done: Result) -> dict[tuple[str, str], Any]:
    """The rows of an audit by place and phrase."""
    assert done.code == 0, done.err
    return {(row["place"], row["phrase"]): row for row in json.loads(done.out)}


def figures(row: Any) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("fired", "led", "confirmed", "corrected", "verdict", "by"))


def test_a_phrase_is_judged_by_what_people_made_of_its_cases(shop: Path, call: Runner) -> None:
    found = told(call("rules", "audit", "--json"))
    broken, wish = "categories.broken.match", "categories.wish.match"
    assert figures(found[broken, "broken"]) == (3, 1, 1, 0, "", None), (
        "a joke kept it out of one text, a longer phrase of another"
    )
    assert figures(found[broken, "cracked"]) == (2, 2, 1, 0, "", None)
    assert figures(found[broken, "broken glass"]) == (1, 1, 0, 0, "shadowed", "broken")
    assert figures(found[broken, "rattle"]) == (0, 0, 0, 0, "never_fired", None)
    assert figures(found[wish, "lamp"]) == (5, 4, 1, 2, "misleading", None)
    assert figures(found[wish, "wish"]) == (1, 1, 1, 0, "", None)
    assert figures(found["categories.broken.unless", "joke"]) == (1, 1, 0, 0, "", None)
    assert figures(found["intake.invalid.advert.match", "buy now"]) == (2, 2, 1, 1, "", None)


def test_what_should_go_first_comes_first(shop: Path, call: Runner) -> None:
    rows = [(row["verdict"], row["phrase"]) for row in json.loads(call("rules", "audit", "--json").out)]
    assert rows[:2] == [("misleading", "lamp"), ("shadowed", "broken glass")]
    verdicts = [verdict for verdict, _ in rows]
    assert verdicts == sorted(verdicts, key=["misleading", "shadowed", "never_led", "loose", "never_fired", ""].index)


def test_a_table_leaves_out_what_is_well_or_never_occurs(shop: Path, call: Runner) -> None:
    done = call("rules", "audit", "--format", "table", columns=80)
    assert done.out.count("\n") == 4
    assert "1 misleading, 1 shadowed, 0 never led, 5 never fired; the others: --all" in done.err
    assert "rattle" in call("rules", "audit", "--all", "--format", "table", columns=80).out
    assert call("rules", "audit", "--format", "csv").out.startswith("phrase,verdict,by,fired,led,confirmed,corrected,")


def test_an_audit_reads_a_file_of_texts_in_place_of_cases(shop: Path, call: Runner) -> None:
    (shop / "lines.txt").write_text("it did rattle\n\nbroken lamp\nbroken lamp\nbroken lamp, cracked\n", "utf-8")
    found = told(call("rules", "audit", "--rules", "old.yaml", "--texts", "lines.txt", "--json"))
    assert figures(found["categories.broken.match", "rattle"]) == (1, 1, 0, 0, "", None)
    assert figures(found["categories.wish.match", "lamp"]) == (3, 0, 0, 0, "shadowed", "broken")
    (shop / "table.csv").write_text("no,text\n1,it did rattle\n2,unused\n", "gb18030")
    found = told(call("rules", "audit", "--texts", "table.csv", "--column", "TEXT", "--json"))
    assert found["categories.broken.match", "unused"]["fired"] == 1


def test_a_table_of_several_columns_asks_which(shop: Path, call: Runner) -> None:
    (shop / "table.csv").write_text("no,text\n1,it rattles\n", "utf-8")
    done = call("rules", "audit", "--texts", "table.csv")
    assert (done.code, "has several columns: no, text" in done.err, "--column no" in done.err) == (3, True, True)
    done = call("rules", "audit", "--texts", "table.csv", "--column", "test")
    assert (done.code, "no column 'test' – write 'text'" in done.err) == (3, True)
    done = call("rules", "audit", "--column", "text")
    assert (done.code, "--texts" in done.err) == (2, True)


def test_no_desk_is_needed_for_texts_and_a_rulebook(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(RULES, "utf-8")
    (tmp_path / "lines.txt").write_text("broken\n", "utf-8")
    assert call("rules", "audit", "--rules", "book.yaml", "--texts", "lines.txt").code == 0
    done = call("rules", "audit", "--texts", "lines.txt")
    assert (done.code, "--rules FILE" in done.err) == (4, True)


def test_what_is_denied_stands_there_and_decides_nothing() -> None:
    auditor = Auditor(BOOK)
    auditor.add("it is not broken", {})
    found = {each.phrase: each for each in auditor.result().phrases}["broken"]
    assert (found.fired, found.led, found.verdict, found.by) == (1, 0, "never_led", "rest")


def test_a_single_sign_beside_a_wide_gap_is_pointed_out() -> None:
    book = rulebooks.rulebook("lamps", ("[wish]", "[灯……亮, 灯罩……亮了, 灯…亮]"))
    auditor = Auditor(book)
    for text in ("灯罩整晚一直都亮了", "灯整晚一直都亮着"):
        auditor.add(text, {})
    verdicts = {each.phrase: each.verdict for each in auditor.result().phrases}
    assert (verdicts["灯……亮"], verdicts["灯罩……亮了"]) == ("loose", "")


# --- samples --------------------------------------------------------------------------------------------------------

SAMPLES = rulebooks.rulebook("samples")
BURNT = "充电宝放在床头自己烧起来了，床单烧了个洞"
BLANKET = "请问电热毯会不会冒烟"
LATE = "等了三天没人上门，态度也差"


def audited(*cases: tuple[str, str]) -> dict[str, tuple[Any, ...]]:
    """What is told of the samples after these texts, each with the priority that people gave; "" if none."""
    auditor = Auditor(SAMPLES)
    for text, said in cases:
        auditor.add(text, {}, Judged({"priority": said}) if said else Judged())
    rows = (each for each in auditor.result().phrases if each.place.startswith("samples."))
    return {each.phrase: (each.fired, each.led, each.confirmed, each.corrected, each.verdict) for each in rows}


def test_a_sample_is_judged_by_the_texts_that_are_most_like_it() -> None:
    found = audited(("床头的充电宝冒烟，床单烧了个洞", "high"), (BURNT, "low"), ("插座有糊味，还冒烟", ""))
    assert found[BURNT] == (2, 2, 1, 1, "")
    assert found["插座冒烟，一股糊味"] == (1, 1, 0, 0, "")
    assert found["洗衣机后面蹿出火苗，赶紧拔了电"] == (0, 0, 0, 0, "never_fired")
    assert audited((BURNT, "low"))[BURNT] == (1, 1, 0, 1, "misleading")


def test_a_sample_that_another_condition_goes_before_never_led() -> None:
    rulebook = rulebooks.rulebook("samples", ("[{like: danger}, {match", "[{match: 冒烟}, {like: danger}, {match"))
    auditor = Auditor(rulebook)
    auditor.add("插座有糊味，还冒烟", {})
    found = {each.phrase: each for each in auditor.result().phrases}["插座冒烟，一股糊味"]
    assert (found.fired, found.led, found.verdict) == (1, 0, "never_led")


def test_a_counter_sample_led_if_it_kept_out_what_words_say() -> None:
    kept_out = f"触电：{LATE}，想退，发票也没开"
    assert audited((kept_out, ""))[LATE] == (1, 1, 0, 0, "")
    assert audited((kept_out, "high"))[LATE] == (1, 1, 0, 1, "misleading")
    assert audited((kept_out, "low"))[LATE] == (1, 1, 1, 0, "")
    assert audited((LATE, "high"))[LATE] == (1, 0, 0, 0, ""), "no word of danger that it could keep out"
    assert audited(("有人触电", ""))[LATE] == (0, 0, 0, 0, "never_fired")


def test_a_text_is_nearest_to_one_sample_of_a_list_at_most() -> None:
    found = audited((BLANKET, ""), ("请问这个电热毯会冒烟吗，不会吧", ""), ("从来没有见过的话", ""))
    assert {text for text, (fired, *_) in found.items() if fired} <= {BLANKET}
    assert found[BLANKET][0] >= 1


def test_samples_are_rows_among_the_phrases_with_their_line(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text(f"{BURNT}\n触电：{LATE}，想退，发票也没开\n", "utf-8")
    asked = ("rules", "audit", "--rules", str(rulebooks.FOLDER / "samples.yaml"), "--texts", "lines.txt")
    found = told(call(*asked, "--json"))
    burnt, late = found["samples.danger.like", BURNT], found["samples.danger.unlike", LATE]
    assert (figures(burnt), burnt["value"], burnt["line"]) == ((1, 1, 0, 0, "", None), "high", "samples.yaml:13")
    assert (figures(late), late["value"], late["line"]) == ((1, 1, 0, 0, "", None), "high", "samples.yaml:24")
    done = call(*asked, "--all", "--format", "table", "--columns", "phrase,fired,speaks", columns=120)
    assert re.search(rf"^{LATE} +1  not High *$", done.out, re.M)
    assert "1 phrase; 12 samples; 2 texts" in done.err
    chinese = call(*asked, "--format", "table", env={"AFTERSERVICE_LANG": "zh"})
    assert "1个关键词；12条样本；2段文字" in chinese.err


# --- laws ---------------------------------------------------------------------------------------------------------

WORDS = [
    "broken",
    "cracked",
    "broken glass",
    "rattle",
    "joke",
    "wish",
    "lamp",
    "red",
    "smoke",
    "shade",
    "buy now",
    "hm",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
PLACES = tuple(places_of(BOOK))


@given(TEXTS)
def test_the_lists_of_a_text_are_those_with_a_phrase_in_it(text: str) -> None:
    found = {(place.path, place.key, phrase) for place, phrases in Hits(BOOK, PLACES).of(text) for phrase in phrases}
    assert found == {(p.path, p.key, phrase) for p in PLACES for phrase in p.phrases if f" {phrase} " in f" {text} "}


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["", "broken", "wish", "rest"])), max_size=20))
@settings(max_examples=100)
def test_nothing_leads_more_often_than_it_fires_or_is_judged_more_often_than_it_leads(
    cases: list[tuple[str, str]],
) -> None:
    auditor = Auditor(BOOK)
    for text, said in cases:
        auditor.add(text, {}, Judged({"category": said}) if said else Judged())
    found = auditor.result()
    assert found.texts == len(cases)
    for each in found.phrases:
        assert each.confirmed + each.corrected <= each.led <= each.fired <= len(cases)
        assert (each.verdict == "never_fired") == (each.fired == 0)
        assert (each.verdict == "misleading") == (each.corrected > each.confirmed)


@given(st.lists(TEXTS, max_size=20))
def test_of_phrases_that_stand_together_one_is_left(texts: list[str]) -> None:
    auditor = Auditor(BOOK)
    for text in texts:
        auditor.add(text, {})
    by = {each.phrase: each.by for each in auditor.result().phrases if each.verdict == "shadowed" and each.by in WORDS}
    assert not {phrase for phrase, other in by.items() if by.get(str(other)) == phrase}
