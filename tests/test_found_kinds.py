"""The kind of a case that its text gives: when, by which words, what hangs on it, and what a person's word does."""

import json
import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.triage import CaseClassified
from afterservice_cli.cases.values import Finding
from afterservice_cli.decisions import handling, mending, screening, triage
from afterservice_cli.rulebook.comparing import as_read
from afterservice_cli.rulebook.matching import find_values
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections.rules import Kind
from conftest import Once, Runner
from courses import Did, gone, standing_at
from given import Given, given
from registers import register_in
from shops import COLUMNS, ROW, Shop, counted, rejects
from terminals import ENTER, at_terminal

BOOK = rulebooks.rulebook("kinds")
FILE = rulebooks.FOLDER / "kinds.yaml"
COMPLAINT = Finding("kind", "complaint", "rule", "kinds.complaint.match", ("complain",))
ORDER = {"order_number": "A1"}
NOW = "2026-10-12 09:00"


def told(text: str, *course: Did, rulebook: Rulebook = BOOK, **facts: str) -> Given:
    return gone(*course, text=text, rulebook=rulebook, facts={**ORDER, **facts})


def case_of(text: str, *course: Did, **facts: str) -> Case:
    return standing_at(told(text, *course, rulebook=BOOK, **facts))


def amended(**facts: str) -> Did:
    return Did(partial(mending.amend, facts=facts, reason="x"), 1)


CLASSIFIED = Did(triage.classify, 2)


def kind(case: Case) -> tuple[str | None, str]:
    """The kind of a case, and by what it was given: "" if by whoever gave the facts."""
    decided = case.decided.get("kind")
    return case.kind, decided.finding.by if decided else ""


# --- found ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("I complain", "complaint", "kinds.complaint.match"),
        ("how do I complain: may I ask", "enquiry", "kinds.enquiry.match"),
        ("shame on you, may I say", "complaint", "kinds.complaint.match"),
        ("how do I, may I, but do not tell me", None, ""),
        ("I do not complain", None, ""),
        ("how do i, well done", "praise", "kinds.praise.match"),
        ("how do i complain", None, ""),
        ("it rattles", None, ""),
        ("I smile and complain", "praise", "kinds.praise.when[2]"),
    ],
    ids=[
        "its phrase",
        "the most phrases",
        "of as many the most of the text",
        "ruled out",
        "denied",
        "longer",
        "two alike",
        "nothing",
        "a condition first",
    ],
)
def test_the_kind_for_which_most_speaks_or_none(text: str, value: str | None, rule: str) -> None:
    case = case_of(text)
    found = case.decided.get("kind")
    assert (case.kind, (found.finding.rule if found else "")) == (value, rule)


def test_it_is_a_finding_with_its_reason_and_all_hangs_on_it() -> None:
    case = case_of("I complain, how rude")
    assert case.decided["kind"].finding == COMPLAINT
    assert (case.value("category"), case.value("priority")) == ("words", "high")
    assert [deadline.spec.rule for deadline in case.deadlines] == ["kinds.complaint.targets.respond"]
    assert case_of("rude").value("category") == "rest"


def test_conditions_ask_for_the_channel_the_product_and_for_fields_that_are_found() -> None:
    assert [case_of("thanks", channel=each).kind for each in ("phone", "forum")] == [None, "praise"]
    assert (case_of("a smile").kind, case_of("a smile").value("owner")) == ("praise", "care")
    assert [case_of("it", product=each).kind for each in ("gift box", "box")] == ["praise", None]


def test_a_word_that_does_not_count_is_told() -> None:
    case = case_of("I complain. That is no shame")
    assert case.decided["kind"].finding.uncounted == (("shame", "no shame", "denied"),)


@pytest.mark.parametrize(
    ("text", "rival"),
    [
        ("how do I complain: may I ask", ("complaint", "complain")),
        ("I smile and complain", ("complaint", "complain")),
        ("I smile: how do I complain", ("complaint", "complain")),  # as early as the other in the file, and as long
        ("I smile, well done", ()),  # speaks for the same
        ("how do I complain: may I, but do not tell me", ()),  # ruled out
    ],
)
def test_the_rival_of_a_kind_is_the_next_best(text: str, rival: tuple[str, ...]) -> None:
    assert case_of(text).decided["kind"].finding.rival == rival


def test_explain_names_the_rival_of_a_kind(tmp_path: Path, call: Runner) -> None:
    asked = "rules", "explain", "how do I complain: may I ask", "--rules", str(FILE)
    in_english, in_chinese = (call(*asked, env={"AFTERSERVICE_LANG": each}).out for each in ("en", "zh"))
    assert "← kinds.enquiry.match\n  next best: Complaint (complaint) “complain”\n" in in_english
    assert "← kinds.enquiry.match\n  其次：投诉 (complaint) “complain”\n" in in_chinese
    explained = json.loads(call(*asked, "--json").out)["explanation"]
    assert {one["field"]: one["rival"] for one in explained if one["rival"]} == {
        "kind": {"value": "complaint", "phrases": ["complain"]}
    }


def test_explain_says_of_two_kinds_alike_that_none_decides(seen: Runner) -> None:
    for said in (("rules", "explain", "how do I complain"), ("explain", "last")):
        if said[0] == "explain":
            assert seen("register", "how do I complain", "--channel", "phone", "--field", "order_number=A1").code == 0
        in_english, in_chinese = (seen(*said, env={"AFTERSERVICE_LANG": each}).out for each in ("en", "zh"))
        assert (
            "kind: –\n  as much speaks for each of: Complaint (complaint) “complain”, Enquiry (enquiry) “how do i”\n"
            in (in_english)
        )
        assert "类型：–\n  同样多的词指向：投诉 (complaint) “complain”、咨询 (enquiry) “how do i”\n" in in_chinese
        assert [one["value"] for one in json.loads(seen(*said, "--json").out)["tied"]] == ["complaint", "enquiry"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("how do I complain", ("--kind", "enquiry")),
        ("I complain", ()),
        ("it rattles", ()),
        ("I smile: how do I complain", ()),
    ],
    ids=["somebody said it", "one alone", "none", "a condition says it"],
)
def test_nothing_is_tied_if_there_is_a_kind_or_no_word(text: str, words: tuple[str, ...], seen: Runner) -> None:
    assert json.loads(seen("rules", "explain", text, *words, "--json").out)["tied"] == []


def test_what_somebody_says_is_not_looked_for() -> None:
    case = case_of("I complain", kind="enquiry")
    assert (kind(case), case.value("priority")) == (("enquiry", ""), "low")


PIECES = ("complain", "shame", "shame on you", "how do i", "may i", "well done", "do not tell me", "not", " ", ",", "x")
BOUNDED = r"(?<![a-z]){}(?![a-z])"


def weight(entry: Kind, text: str) -> tuple[int, int]:
    """How many phrases speak for a kind, none within another, and how much of the text they are."""
    hits = [
        (match.start(), match.end(), phrase)
        for phrase in entry.match
        for match in re.finditer(BOUNDED.format(phrase), text)
    ]
    own = {
        phrase
        for start, end, phrase in hits
        if not any(s <= start <= end <= e and (s, e) != (start, end) for s, e, _ in hits)
    }
    return len(own), len({place for start, end, phrase in hits if phrase in own for place in range(start, end)})


@drawn(st.lists(st.sampled_from([piece for piece in PIECES if piece != "not"]), max_size=12).map(" ".join))
@settings(max_examples=150)
def test_the_one_with_the_most_is_found_and_of_two_alike_none(text: str) -> None:
    seen, _ = as_read(text)
    ruled_out = {"enquiry"} if re.search(BOUNDED.format("do not tell me"), seen) else set()
    weights = {name: weight(entry, seen) for name, entry in BOOK.kinds.items() if name not in ruled_out}
    most = max(weights.values())
    best = [name for name, own in weights.items() if own == most > (0, 0)]
    found = {each.field: each.value for each in find_values(BOOK, text, {})}
    assert found.get("kind") == (best[0] if len(best) == 1 else None)
    assert find_values(BOOK, text, {"kind": "praise"}) == []


# --- required -------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(once: Once, call: Runner) -> Runner:
    """The command at a desk under the rulebook."""

    def make() -> None:
        assert call("init", "--rules", FILE, now=NOW).code == 0

    once(make)
    return call


def test_a_found_kind_requires_what_a_said_one_does(desk: Runner) -> None:
    refused = desk("register", "I complain", "--channel", "phone", now=NOW)
    assert refused.code == 3
    assert "the rulebook requires order_number of kind complaint" in refused.err
    assert desk("register", "may I ask", "--channel", "phone", now=NOW).code == 0
    given_one = ("register", "I complain", "--channel", "phone", "--field", "order_number=A1")
    assert desk(*given_one, now=NOW).code == 0
    confirmed = desk("close", "002", "--resolution", "done", now=NOW)
    assert (confirmed.code, "confirmation" in confirmed.err) == (6, True)


def test_a_kind_that_has_to_be_said_may_be_found(tmp_path: Path, call: Runner) -> None:
    book = tmp_path / "rules.yaml"
    book.write_text(
        rulebooks.text("kinds", ("targets: {respond: {t", "intake: {require: [kind]}\ntargets: {respond: {t"))
    )
    assert call("init", "--rules", book).code == 0
    assert call("register", "may I ask", "--channel", "phone").code == 0
    assert "requires kind" in call("register", "it rattles", "--channel", "phone").err


@pytest.mark.parametrize(
    ("answer", "expected"), [("", ("enquiry", "rule")), ("praise", ("praise", None))], ids=["passed", "said"]
)
def test_the_question_at_a_terminal_shows_what_the_text_gives(
    desk: Runner, tmp_path: Path, answer: str, expected: tuple[str, str | None]
) -> None:
    who = [(f"{name} (Enter passes over): ", ENTER) for name in ("customer", "contact", "product")]
    asked = [("> ", f"may I ask{ENTER}"), ("> ", ENTER), ("channel: ", f"phone{ENTER}")]
    answers = [*asked, ("kind [Enter: Enquiry]: ", f"{answer}{ENTER}"), *who]
    shown = at_terminal(tmp_path, "register", answers=answers, env={"AFTERSERVICE_LANG": "en"})
    assert (shown.code, shown.left) == (0, b""), shown.out
    case = json.loads(desk("show", "001", "--json").out)
    given_by = {entry["field"]: entry["by"] for entry in case["explanation"]}
    assert (case["kind"], given_by.get("kind")) == expected


# --- mended ---------------------------------------------------------------------------------------------------------


def test_a_persons_word_stays_when_the_rules_are_run_again() -> None:
    case = case_of("I complain", amended(kind="enquiry"), CLASSIFIED)
    assert (kind(case), case.value("priority")) == (("enquiry", ""), "low")


def test_other_words_find_another_kind_when_the_rules_are_run_again() -> None:
    before = told("I complain", amended(description="may I ask"))
    assert kind(standing_at(before)) == ("complaint", "rule")  # as category and priority are
    outcome = before.when(triage.classify, at=CLASSIFIED.at, now=CLASSIFIED.at)
    (event,) = outcome.events
    assert isinstance(event, CaseClassified)
    assert [(f.field, f.value, f.by) for f in event.findings] == [
        ("priority", "low", "default"),
        ("kind", "enquiry", "rule"),
    ]
    assert kind(outcome.case) == ("enquiry", "rule")
    last = outcome.recorded[-1].seq
    back = given(*outcome.recorded, rulebook=BOOK).when(partial(mending.retract, seq=last, reason="x")).case
    assert (kind(back), back.value("priority")) == (("complaint", "rule"), "high")


def test_words_that_say_nothing_any_more_leave_it_unsaid() -> None:
    case = case_of("I complain", amended(description="it rattles"), CLASSIFIED)
    assert (kind(case), case.value("priority")) == ((None, "default"), "low")
    assert told("I complain", amended(description="it rattles"), CLASSIFIED).when(triage.classify).events == ()


def test_a_detail_that_the_customer_adds_gives_a_kind() -> None:
    vague = "pauses: {detail: {title: Detail, ends: replied}}\nintake: {vague: {match: [bad], pause: detail}}\n"
    book = rulebooks.rulebook("kinds", ("targets: {respond: {t", f"{vague}targets: {{respond: {{t"))
    asked = Did(partial(screening.screen, outcome="vague"), 1)
    answered = Did(partial(handling.reply, text="I complain"), 2)
    case = standing_at(told("bad", asked, answered, rulebook=book))
    assert (kind(case), case.value("priority")) == (("complaint", "rule"), "high")


# --- seen -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(once: Once, call: Runner) -> Runner:
    """The command at a desk with a complaint that its text tells."""

    def make() -> None:
        assert call("init", "--rules", FILE, now=NOW).code == 0
        found = call("register", "I complain", "--channel", "phone", "--field", "order_number=A1", "-v", now=NOW)
        assert re.search(r"\n  kind +Complaint \(complaint\) +“complain” ← kinds.complaint.match\n", found.out)

    once(make)
    return call


def test_it_is_shown_and_explained_with_its_phrases_in_both_languages(seen: Runner) -> None:
    why = "“complain” ← kinds.complaint.match"
    assert f"kind: Complaint (complaint)\n  {why} [event 2, " in seen("explain", "001").out
    assert f"类型：投诉 (complaint)\n  {why} [" in seen("explain", "001", env={"AFTERSERVICE_LANG": "zh"}).out
    shown = seen("show", "001").out
    assert re.search(rf"\n  kind +Complaint \(complaint\) +{why}\n", shown)
    assert shown.count("Complaint") == 2  # among the decisions, and in the course
    case = json.loads(seen("show", "001", "--json").out)
    assert (case["kind"], case["fields"]) == ("complaint", {"order_number": "A1"})
    assert [entry["field"] for entry in case["explanation"]] == ["category", "priority", "owner", "kind"]
    assert seen("list", "--kind", "complaint", "--format", "csv").out.count("001") == 1


def test_a_condition_is_told_in_words(seen: Runner) -> None:
    said = seen("rules", "explain", "thanks", "--channel", "forum").out
    assert "kind: Praise (praise)\n  “thanks” ← kinds.praise.when[1]\n    channel is Forum\n" in said
    assert "kind" not in seen("rules", "explain", "thanks", "--kind", "enquiry").out


def test_what_was_found_no_more_is_told_as_such(seen: Runner) -> None:
    seen("amend", "001", "--set", "description=it rattles", "--reason", "x")
    seen("classify", "001")
    assert "kind: –\n  no rule fits ← kinds [" in seen("explain", "001").out


def test_a_person_puts_it_right(seen: Runner) -> None:
    assert seen("amend", "001", "--set", "kind=enquiry", "--reason", "x").code == 0
    assert "kind:" not in seen("explain", "001").out
    assert "  kind          Enquiry\n" in seen("show", "001").out
    assert seen("check").code == 0


def test_the_rules_are_shown_with_it(seen: Runner) -> None:
    shown = seen("rules", "show", "--rules", FILE).out
    assert "  Enquiry (enquiry)\n    phrases: “how do i”, “may i”, “请问”\n    unless: “do not tell me”\n" in shown


def test_a_changed_file_is_tried_on_past_cases(seen: Runner, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(
        rulebooks.text("kinds", ("match: [complain, shame,", "match: [shame,"), ("[how do", "[complain, how do"))
    )
    corrected = ("register", "I complain too", "--channel", "phone", "--field", "order_number=A1")
    assert seen(*corrected, now=NOW).code == 0
    assert seen("amend", "002", "--set", "kind=enquiry", "--reason", "x", now=NOW).code == 0
    tried = seen("rules", "backtest", new, now=NOW).out
    assert "kind: 2 of 2\n  2  Complaint → Enquiry\n" in tried
    assert "1 correction by people confirmed\n  1  kind: Complaint → Enquiry\n" in tried
    differing = seen("rules", "diff", FILE, new, now=NOW).out
    assert "  Enquiry (enquiry)\n    phrases: new: “complain”\n" in differing
    audited = json.loads(seen("rules", "audit", "--json", now=NOW).out)
    phrases = {each["phrase"]: each for each in audited if each["field"] == "kind"}
    assert [phrases["complain"][name] for name in ("fired", "led", "confirmed", "corrected")] == [2, 2, 0, 1]
    assert (phrases["complain"]["place"], phrases["well done"]["fired"]) == ("kinds.complaint.match", 0)


def test_examples_may_expect_it() -> None:
    old = rulebooks.text("kinds").partition("examples:")[2]

    def failures(example: str) -> list[tuple[str, str, str]]:
        found = rulebooks.compiled("kinds", (f"examples:{old}", f"examples: [{example}]\n")).failures
        return [(failure.field, failure.expected, failure.got) for failure in found]

    assert failures("{text: I complain, expect: {kind: complaint}}") == []
    assert failures("{text: I complain, expect: {kind: praise}}") == [("kind", "praise", "complaint")]
    assert failures("{text: it rattles, expect: {kind: praise}}") == [("kind", "praise", "unknown")]


# --- from files -----------------------------------------------------------------------------------------------------

BY_KIND = COLUMNS.replace("category: topic", "kind: topic").replace("product: model", "order_number: model")


def test_a_files_word_counts_and_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    with register_in(tmp_path, str(FILE)) as register:
        shop = Shop(register, BY_KIND)
        shop.read({**ROW, "text": "I complain", "model": "A1"})
        assert kind(shop.case()) == ("complaint", "rule")
        shop.read({**ROW, "text": "I complain, I say", "model": "A1"})
        assert kind(shop.case()) == ("complaint", "rule")
        shop.read({**ROW, "text": "I complain, I say", "model": "A1", "topic": "Enquiry"})
        assert kind(shop.case()) == ("enquiry", "")


def test_a_row_that_is_found_to_be_a_complaint_needs_what_one_needs(tmp_path: Path) -> None:
    with register_in(tmp_path, str(FILE)) as register:
        shop = Shop(register, BY_KIND)
        (line,) = rejects(shop.read({**ROW, "text": "I complain"}))
        assert "model: nothing stands there, and the rulebook requires it" in line["_reason"]
        assert counted(shop.read({**ROW, "text": "I complain", "topic": "Enquiry"})) == {"new": 1}
