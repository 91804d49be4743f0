"""What a changed rulebook would have made of past cases: `rules backtest`, and what `rules adopt` shows of it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.decisions.supposed import counts_as
from afterservice_cli.output_text import width
from afterservice_cli.render.conditions import Reader
from afterservice_cli.render.rules.differing import Readers, difference_lines
from afterservice_cli.render.rules.rules import terminal_lines
from afterservice_cli.reports.rules import backtest
from afterservice_cli.reports.rules.differing import differences, places
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.workflows.founding import compile_file
from conftest import Once, Result, Runner, command
from terminals import line_at_terminal

EXAMPLES = Path(__file__).parents[1] / "examples" / "rulebooks"

# What came in and what people made of it: the lines, each at its time.
COURSE = (
    ("2026-10-01 09:00", "register the_shade_is_broken --channel phone"),
    ("2026-10-01 11:00", "respond 001 looked"),
    ("2026-10-02 09:00", "register it_rattles --channel phone"),
    ("2026-10-02 10:00", "classify 002 --category broken --reason loose"),
    ("2026-10-02 10:30", "respond 002 looked"),
    ("2026-10-03 09:00", "register rattles_and_smoke --channel phone"),
    ("2026-10-04 09:00", "register I_wish_it_were_red --channel phone"),
    ("2026-10-04 10:00", "classify 004 --category rest --reason a_question"),
    ("2026-10-05 09:00", "register cracked --channel phone"),
    ("2026-10-05 10:00", "classify 005 --category wish --reason odd"),
    ("2026-11-01 09:00", "register broken --channel phone --category wish"),
    ("2026-11-02 09:00", "register mistaken --channel phone"),
    ("2026-11-02 10:00", "withdraw 202611-002 --reason mistaken"),
    ("2026-11-03 09:00", "register broken_again --channel phone"),
    ("2026-11-03 10:00", "withdraw 202611-003 --reason mistaken"),
    ("2026-11-04 10:00", "erase 202611-003 --yes"),
    ("2026-11-05 09:00", "register broken_too --channel phone"),
    ("2026-11-05 10:00", "screen 202611-004 --invalid advert"),
)
RULES = rulebooks.text("lamps", ("fields:", "intake: {invalid: {advert: Advert}}\nfields:"))
# Rattling is broken now, a wish is no category of its own words, and smoke is no longer urgent.
NEW = (
    RULES.replace("[broken, cracked]", "[broken, rattles]").replace("[wish]", "[red lamp]").replace("[smoke]", "[fire]")
)
NOW = "2026-11-10 09:00"


@pytest.fixture
def shop(once: Once, call: Runner, tmp_path: Path) -> Path:
    """A folder with the desk of a shop, and a changed rulebook as `new.yaml`."""

    def make() -> None:
        (tmp_path / "old.yaml").write_text(RULES, "utf-8")
        (tmp_path / "new.yaml").write_text(NEW, "utf-8")
        assert call("init", "--rules", "old.yaml", now=COURSE[0][0]).code == 0
        for now, line in COURSE:
            done = call(*(word.replace("_", " ") for word in line.split()), now=now)
            assert done.code == 0, (line, done.err)

    once(make)
    return tmp_path


def told(done: Result) -> Any:
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_what_moves_is_counted_with_its_cases(shop: Path, call: Runner) -> None:
    found = told(call("rules", "backtest", "new.yaml", "--json", now=NOW))
    assert (found["tried"], found["taken_out"], found["erased"]) == (7, 1, 1)
    fields = {field["field"]: field for field in found["fields"]}
    assert fields["category"]["moves"] == [
        {"was": "rest", "now": "broken", "count": 2, "cases": ["202610-002", "202610-003"]},
        {"was": "broken", "now": "rest", "count": 1, "cases": ["202610-005"]},
        {"was": "wish", "now": "rest", "count": 1, "cases": ["202610-004"]},
    ]
    assert [(move["was"], move["now"], move["cases"]) for move in fields["owner"]["moves"]] == [
        ("desk", "bench", ["202610-002", "202610-003"]),
        ("bench", "desk", ["202610-005"]),
    ]
    assert [(move["was"], move["now"], move["cases"]) for move in fields["priority"]["moves"]] == [
        ("high", "low", ["202610-003"])
    ]
    assert fields["category"]["decided"] == 6, "of one a person said the category when it came in"
    assert (fields["part"]["decided"], fields["part"]["moved"]) == (1, 0)


def test_deadlines_are_replayed_along_the_real_course(shop: Path, call: Runner) -> None:
    slow = NEW.replace("targets: {respond: 4h}", "targets: {respond: 1h}")
    (shop / "new.yaml").write_text(slow.replace("[fire]", "[smoke]").replace("respond: 1h", "respond: 60d", 1), "utf-8")
    (respond,) = told(call("rules", "backtest", "new.yaml", "--json", now=NOW))["deadlines"]
    assert respond["was"] == {"met": 2, "missed": 4, "running": 0}
    assert respond["now"] == {"met": 0, "missed": 5, "running": 1}
    assert respond["moves"] == [
        {"was": "met", "now": "missed", "count": 2, "cases": ["202610-001", "202610-002"]},
        {"was": "missed", "now": "running", "count": 1, "cases": ["202610-003"]},
    ]


def test_what_was_decided_behind_a_later_entry_is_tried_as_of_then(tmp_path: Path, call: Runner) -> None:
    """The clock was ahead for a while: what follows is recorded no earlier than that, yet was decided earlier."""
    rules = RULES.replace("respond: 1h", "respond: 2h")
    for name, content in (("old.yaml", rules), ("new.yaml", RULES)):
        (tmp_path / name).write_text(content, "utf-8")
    call("init", "--rules", "old.yaml", now="2026-11-02 08:00")
    call("register", "rattles", "--channel", "phone", now="2026-11-02 09:00")
    call("register", "rattles too", "--channel", "phone", now="2026-11-02 15:00")
    call("classify", "001", "--priority", "high", "--reason", "x", now="2026-11-02 10:10")
    assert call("respond", "001", "looked", now="2026-11-02 10:30").code == 0
    (respond,) = told(call("rules", "backtest", "new.yaml", "--json", now="2026-11-02 15:10"))["deadlines"]
    assert respond["moves"] == [{"was": "met", "now": "missed", "count": 1, "cases": ["202611-001"]}]


SAME_CLOCKS = (("[broken, cracked]", "[broken, rattles]"), ("[smoke]", "[fire]"), ("match: [shade]", "match: [hood]"))
OTHER_CLOCKS = (
    ("targets: {respond: 4h}", "targets: {respond: 2h}"),
    ("until: responded}", "until: responded, when: [{category: wish}]}"),
    ("until: responded}", "until: resolved}"),
    ('"00:00-24:00"', '"09:00-10:00"'),
    ("owner: bench,", "owner: bench, targets: {respond: 2h},"),
    ("{phone: {zh: 电话, en: Phone}}", "{phone: {title: Phone, targets: {respond: 1h}}}"),
    ("bench: {zh: 维修, en: Bench}", "bench: {title: Bench, members: [li]}"),
)


@pytest.mark.parametrize("change", (*SAME_CLOCKS, *OTHER_CLOCKS))
def test_only_what_counts_deadlines_alike_may_leave_a_case_as_it_was(change: tuple[str, str]) -> None:
    old, new = rulebooks.rulebook("lamps"), rulebooks.rulebook("lamps", change)
    assert counts_as(old, new) is (change in SAME_CLOCKS)


@pytest.mark.parametrize("change", OTHER_CLOCKS)
def test_a_case_is_replayed_if_its_deadlines_are_counted_otherwise(
    shop: Path, call: Runner, change: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop / "new.yaml").write_text(rulebooks.text("lamps", change), "utf-8")
    found = told(call("rules", "backtest", "new.yaml", "--json", now=NOW))
    monkeypatch.setattr(backtest, "counts_as", lambda *_: False)  # replay all
    assert found == told(call("rules", "backtest", "new.yaml", "--json", now=NOW))


def test_what_the_rules_decided_since_is_decided_by_the_new_ones(tmp_path: Path, call: Runner) -> None:
    vague = "pauses: {detail: Detail}\nintake: {vague: {match: [odd], pause: detail}}\nfields:"
    old = rulebooks.text("lamps", ("fields:", vague), ("  rest:", "  gift: Gift\n  rest:"))
    changed = old.replace(
        "default: {category: rest, priority: low, owner: desk}",
        "default: {category: rest, priority: low, owner: bench}",
    )
    new = old.replace("[broken, cracked]", "[broken, buzzes]").replace("  gift: Gift\n", "")
    for name, text in (("small", old), ("new", new)):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    assert call("init", "--rules", "small.yaml", now="2026-10-01 09:00").code == 0
    for minute, words in enumerate(
        (
            ("register", "odd", "--channel", "phone"),
            ("screen", "001", "--vague"),
            ("note", "001", "--from-customer", "it buzzes"),
            ("register", "it buzzes", "--channel", "phone"),
            ("classify", "002", "--category", "gift", "--reason", "x"),
            ("register", "it hums", "--channel", "phone"),
        )
    ):
        assert call(*words, now=f"2026-10-01 10:{minute:02}").code == 0, words
    (tmp_path / "afterservice.rules.yaml").write_text(changed, "utf-8")
    assert call("rules", "adopt", "--yes", now="2026-10-01 11:00").code == 0
    assert call("assign", "003", now="2026-10-01 11:01").code == 0
    found = told(call("rules", "backtest", "new.yaml", "--json", now=NOW))
    moves = {
        field["field"]: [(move["was"], move["now"], move["cases"]) for move in field["moves"]]
        for field in found["fields"]
    }
    assert moves["category"] == [("rest", "broken", ["202610-001", "202610-002"])]
    assert sorted(moves["owner"]) == [
        ("bench", "desk", ["202610-003"]),
        ("desk", "bench", ["202610-001", "202610-002"]),
    ]


def test_corrections_by_people_are_confirmed_or_contradicted(shop: Path, call: Runner) -> None:
    found = told(call("rules", "backtest", "new.yaml", "--json", now=NOW))["corrections"]
    told_of = [(each["was"], each["said"], each["now"], each["confirmed"], each["cases"]) for each in found]
    assert sorted(told_of, key=lambda each: str(each[-1])) == [
        ("rest", "broken", "broken", True, ["202610-002"]),
        ("wish", "rest", "rest", True, ["202610-004"]),
        ("broken", "wish", "rest", False, ["202610-005"]),
    ]


def test_a_value_that_a_person_amended_is_a_correction_of_a_field(shop: Path, call: Runner) -> None:
    assert call("amend", "202610-001", "--set", "part=bulb", "--reason", "x", now=NOW).code == 0
    (shop / "new.yaml").write_text(
        NEW.replace("[shade]", "[hood]")
        .replace("bulb: {zh", "bulb: {match: [shade], title: {zh")
        .replace("en: Bulb}", "en: Bulb}}"),
        "utf-8",
    )
    found = told(call("rules", "backtest", "new.yaml", "--json", now=NOW))
    part = {field["field"]: field for field in found["fields"]}["part"]
    assert [(move["was"], move["now"]) for move in part["moves"]] == [("shade", "bulb")]
    assert [each["confirmed"] for each in found["corrections"] if each["field"] == "part"] == [True]


def test_since_leaves_out_what_came_in_before(shop: Path, call: Runner) -> None:
    found = told(call("rules", "backtest", "new.yaml", "--since", "2026-11", "--json", now=NOW))
    assert (found["since"], found["tried"]) == ("2026-11", 2)
    refused = call("rules", "backtest", "new.yaml", "--since", "yesterday", now=NOW)
    assert (refused.code, "--since: this is no month" in refused.err) == (3, True)


def test_the_rulebook_in_force_moves_nothing_and_a_trial_records_nothing(shop: Path, call: Runner) -> None:
    before = hashlib.sha256((shop / "afterservice.db").read_bytes()).digest()
    found = told(call("rules", "backtest", "--json", now=NOW))
    assert [field["moves"] for field in found["fields"]] == [[]] * 4
    assert [target["moves"] for target in found["deadlines"]] == [[]]
    assert not any(each["confirmed"] for each in found["corrections"])
    assert call("rules", "backtest", "new.yaml", "--cases", now=NOW).code == 0
    assert hashlib.sha256((shop / "afterservice.db").read_bytes()).digest() == before


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_screen_tells_it_in_words_within_80_columns(shop: Path, call: Runner, language: str) -> None:
    done = call("rules", "backtest", "new.yaml", "--cases", now=NOW, columns=80, env={"AFTERSERVICE_LANG": language})
    assert done.code == 0
    move = {"en": "  2  Rest → Broken", "zh": "  2  其他 → 损坏"}[language]
    assert f"{move}\n     202610-002" in done.out
    last = {
        "en": "  1  category: Broken, people: Wish; now Rest",
        "zh": "  1  类别：原判损坏，人工定为建议；新规则判其他",
    }[language]
    assert f"{last}\n     202610-005" in done.out


# --- adopting -------------------------------------------------------------------------------------------------------


def test_adopting_shows_what_changes_and_asks(shop: Path) -> None:
    (shop / "afterservice.rules.yaml").write_text(NEW, "utf-8")
    shown = line_at_terminal(shop, command("rules", "adopt", now=NOW), columns=80, answers=[("adopt it? [y/N]", "n\n")])
    assert shown.code == 0
    for line in ("phrases: new: “rattles”; gone: “cracked”", "7 cases tried", "Rest → Broken", "nothing changed"):
        assert line in shown.out
    shown = line_at_terminal(shop, command("rules", "adopt", now=NOW), columns=80, answers=[("adopt it? [y/N]", "y\n")])
    assert "adopted; 3 places changed" in shown.out


def test_in_a_script_adopting_needs_a_yes(shop: Path, call: Runner) -> None:
    (shop / "afterservice.rules.yaml").write_text(NEW, "utf-8")
    refused = call("rules", "adopt", now=NOW)
    assert (refused.code, "afterservice rules adopt --yes" in refused.err) == (3, True)
    done = call("rules", "adopt", "--yes", now=NOW)
    assert (done.code, "tried" in done.out, "“rattles”" in done.out) == (0, False, True)
    assert call("rules", "adopt", now=NOW).err == "nothing has changed\n"


# --- in what two rulebooks differ -----------------------------------------------------------------------------------


def test_two_rulebooks_are_compared_in_words(shop: Path, call: Runner) -> None:
    new = (
        NEW.replace("owner: bench", "owner: desk")
        .replace("respond: 1h", "respond: 2h")
        .replace("  rest:", "  lost: {title: Lost, match: [lost]}\n  rest:")
    )
    (shop / "new.yaml").write_text(new.replace("{advert: Advert}", "{abuse: Abuse}"), "utf-8")
    done = call("rules", "diff", "adopted", "new.yaml")
    assert done.out.splitlines() == [
        "Categories",
        "  Broken (broken)",
        "    owner: Bench → Desk",
        "    phrases: new: “rattles”; gone: “cracked”",
        "  Wish (wish)",
        "    phrases: new: “red lamp”; gone: “wish”",
        "  new: Lost (lost) – phrases: “lost”",
        "",
        "Priorities",
        "  High (high)",
        "    when: new: the text has “fire”; gone: the text has “smoke”",
        "    times: Respond 1 hour → Respond 2 hours",
        "",
        "intake",
        "  Advert: gone: Advert (advert)",
        "  Abuse: new: Abuse (abuse)",
    ]
    assert call("rules", "diff", "new.yaml", "new.yaml").err == "they say the same\n"


def test_the_differences_come_as_json(shop: Path, call: Runner) -> None:
    found = told(call("rules", "diff", "old.yaml", "new.yaml", "--json"))
    assert [(each["place"], each["what"], each["key"], each["removed"], each["added"]) for each in found][:2] == [
        ("categories.broken", "parts", "match", ["cracked"], ["rattles"]),
        ("categories.wish", "parts", "match", ["wish"], ["red lamp"]),
    ]


def test_entries_that_changed_places_are_named(shop: Path, call: Runner) -> None:
    wish = "  wish: {title: {zh: 建议, en: Wish}, match: [wish]}\n"
    (shop / "new.yaml").write_text(RULES.replace(wish, "").replace("priorities:", f"{wish}priorities:"), "utf-8")
    assert call("rules", "diff", "old.yaml", "new.yaml").out == "Categories\n  in another order\n"


def test_a_phrase_more_in_a_condition_is_a_phrase_more(shop: Path, call: Runner) -> None:
    more = "high: {title: {zh: 高, en: High}, when: [{match: [spark]}, {match: [smoke, fire], unless: [joke]}]"
    plain = more.replace("[smoke, fire], unless: [joke]", "[smoke]")
    old, new = (
        RULES.replace("high: {title: {zh: 高, en: High}, when: [{match: [smoke]}]", each) for each in (plain, more)
    )
    (shop / "a.yaml").write_text(old, "utf-8")
    (shop / "b.yaml").write_text(new, "utf-8")
    assert call("rules", "diff", "a.yaml", "b.yaml").out.splitlines() == [
        "Priorities",
        "  High (high)",
        "    when 2 · phrases: new: “fire”",
        "    when 2 · unless: new: “joke”",
    ]


BOOKS = [
    *(compile_file(file, 2026)[0].rulebook for file in sorted(EXAMPLES.glob("[0-9]*.yaml"))),
    *(rulebooks.rulebook(name) for name in ("small", "life", "shop", "whole", "lamps")),
]


@given(st.sampled_from(BOOKS), st.sampled_from(BOOKS), st.sampled_from(["en", "zh"]))
@settings(max_examples=100, deadline=None)
def test_what_one_has_more_the_other_has_less(old: Rulebook, new: Rulebook, language: str) -> None:
    found, back = differences(old, new), differences(new, old)
    assert bool(found) == (old.hash != new.hash)
    assert places(found) == sorted(places(found), key=lambda place: place.partition(".")[0])
    assert {(each.place, each.key, repr(each.added)) for each in found if each.what != "order"} == {
        (each.place, each.key, repr(each.removed)) for each in back if each.what != "order"
    }
    readers = Readers(*(Reader(each, language, 8) for each in (old, new)))
    lines = list(terminal_lines(difference_lines(found, readers), 80))
    assert not [line for line in lines if width(line) > 80]
    assert not [
        line for line in lines if language == "zh" and any(word in line for word in ("new: ", "gone: ", "none"))
    ]
