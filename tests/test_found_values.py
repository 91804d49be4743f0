"""Values of fields that phrases in a text give: when, by which, and what a person's word does to them."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.triage import CaseClassified
from afterservice_cli.cases.values import Customer, Finding, Known
from afterservice_cli.decisions import handling, mending, screening, triage
from afterservice_cli.rulebook.model import Rulebook
from conftest import Runner
from courses import Did, gone, standing_at
from given import Given, came_in, given
from registers import register_in
from shops import COLUMNS, ROW, Shop

BOOK = rulebooks.rulebook("values")
FILE = rulebooks.FOLDER / "values.yaml"
BY_RULE = Finding("severity", "serious", "rule", "fields.severity.values.serious.match", ("smoke",))


def told(text: str, *course: Did, rulebook: Rulebook = BOOK, **facts: str) -> Given:
    return gone(*course, text=text, rulebook=rulebook, facts=facts)


def case_of(text: str, *course: Did, rulebook: Rulebook = BOOK, **facts: str) -> Case:
    return standing_at(told(text, *course, rulebook=rulebook, **facts))


def amended(**facts: str) -> Did:
    return Did(partial(mending.amend, facts=facts, reason="x"), 1)


CLASSIFIED = Did(triage.classify, 2)


def severity(case: Case) -> tuple[str | None, str]:
    """The severity of a case, and by what it was given: "" if by whoever gave the facts."""
    decided = case.decided.get("severity")
    return case.facts().get("severity"), decided.finding.by if decided else ""


# --- found ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Smoke came out, and there is a scratch", "serious"),  # the first in the file
        ("a scratch", "slight"),
        ("a scratch, but no smoke", "slight"),  # ruled out
        ("it rattles", None),
    ],
)
def test_the_first_value_whose_phrases_stand_in_the_text(text: str, value: str | None) -> None:
    assert case_of(text).facts().get("severity") == value


def test_it_is_a_finding_with_its_reason_before_the_priority_is_asked_for() -> None:
    case = case_of("smoke")
    assert case.decided["severity"].finding == BY_RULE
    assert (case.fields, case.value("priority")) == ({"severity": "serious"}, "urgent")
    assert case_of("it rattles").value("priority") == "low"


def test_what_somebody_says_is_not_looked_for() -> None:
    assert severity(case_of("smoke", severity="slight")) == ("slight", "")
    assert case_of("smoke", severity="slight").value("priority") == "low"


def test_what_is_required_and_found_is_not_missing(tmp_path: Path, call: Runner) -> None:
    book = tmp_path / "rules.yaml"
    book.write_text(rulebooks.text("values", ("intake: {", "intake: {require: [severity], ")))
    assert call("init", "--rules", book).code == 0
    assert call("register", "smoke", "--channel", "phone").code == 0
    assert "requires severity" in call("register", "it rattles", "--channel", "phone").err


# --- mended ---------------------------------------------------------------------------------------------------------


def test_a_persons_word_stays_when_the_rules_are_run_again() -> None:
    case = case_of("smoke", amended(severity="slight"), CLASSIFIED)
    assert (severity(case), case.value("priority")) == (("slight", ""), "low")
    given_back = case_of("smoke", amended(severity="slight"), amended(severity=""), CLASSIFIED)
    assert severity(given_back) == ("serious", "rule")


def test_other_words_find_another_value_when_the_rules_are_run_again() -> None:
    before = told("smoke", amended(description="a scratch"))
    assert severity(standing_at(before)) == ("serious", "rule")  # as category and priority are
    outcome = before.when(triage.classify, at=CLASSIFIED.at, now=CLASSIFIED.at)
    (event,) = outcome.events
    assert isinstance(event, CaseClassified)
    assert [(f.field, f.value, f.by) for f in event.findings] == [
        ("priority", "low", "default"),
        ("severity", "slight", "rule"),
    ]
    assert (severity(outcome.case), outcome.case.value("priority")) == (("slight", "rule"), "low")


def test_words_that_say_nothing_any_more_give_no_value() -> None:
    case = case_of("smoke", amended(description="it rattles"), CLASSIFIED)
    assert (severity(case), case.fields, case.value("priority")) == ((None, "default"), {}, "low")
    assert told("smoke", amended(description="it rattles"), CLASSIFIED).when(triage.classify).events == ()
    again = (Did(amended(description="fire").decision, 3), Did(triage.classify, 4))
    found = case_of("smoke", amended(description="it rattles"), CLASSIFIED, *again)
    assert severity(found) == ("serious", "rule")


def test_a_detail_that_the_customer_adds_gives_a_value() -> None:
    pauses = "pauses: {detail: {title: Detail, ends: replied}}\n"
    vague = ("intake: {", f"{pauses}intake: {{vague: {{match: [bad], pause: detail}}, ")
    asked = Did(partial(screening.screen, outcome="vague"), 1)
    answered = Did(partial(handling.reply, text="smoke came out"), 2)
    case = case_of("bad", asked, answered, rulebook=rulebooks.rulebook("values", vague))
    assert (severity(case), case.value("priority")) == (("serious", "rule"), "urgent")


def test_a_classification_that_is_taken_back_takes_its_values_back() -> None:
    case = told("smoke", amended(description="a scratch"), CLASSIFIED)
    last = standing_at(case).events[-1].seq
    back = case.when(partial(mending.retract, seq=last, reason="x")).case
    assert (severity(back), back.value("priority")) == (("serious", "rule"), "urgent")


def test_deadlines_follow_what_is_found() -> None:
    quick = "targets:\n  quick: {until: resolved, within: 1h, when: {severity: serious}}\n"
    book = rulebooks.rulebook("values", ("targets:\n", quick))

    def quick_of(text: str, *course: Did) -> list[str]:
        return [d.outcome for d in case_of(text, *course, rulebook=book).deadlines if d.spec.target == "quick"]

    assert quick_of("smoke") == [""]
    assert quick_of("smoke", Did(amended(description="x").decision, 0.2), Did(triage.classify, 0.5)) == ["void"]
    assert quick_of("a scratch", Did(amended(description="fire").decision, 0.2), Did(triage.classify, 0.5)) == [""]


# --- seen -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(call: Runner) -> Any:
    """A case with a found value, as the commands tell it."""
    assert call("init", "--rules", FILE).code == 0
    assert call("register", "smoke", "--channel", "phone").code == 0
    return call


def test_it_is_shown_and_explained_with_its_phrases(seen: Runner) -> None:
    why = "“smoke” ← fields.severity.values.serious.match"
    shown = seen("show", "001").out
    assert shown.count("Serious") == 2  # once among the decisions, once in the course
    assert "  Severity  Serious (serious)  " in shown and why in shown
    assert f"Severity: Serious (serious)\n  {why} [event 2, " in seen("explain", "001").out
    case = json.loads(seen("show", "001", "--json").out)
    assert case["fields"] == {"severity": "serious"}
    assert [entry["field"] for entry in case["explanation"]] == ["category", "priority", "owner", "severity"]
    assert "严重程度：严重 (serious)\n" in seen("explain", "001", env={"AFTERSERVICE_LANG": "zh"}).out


def test_what_was_found_no_more_is_told_as_such(seen: Runner) -> None:
    seen("amend", "001", "--set", "description=it rattles", "--reason", "x")
    seen("classify", "001")
    assert "  Severity  –  " in seen("show", "001").out
    assert "Severity: –\n  no rule fits ← fields.severity [" in seen("explain", "001").out


def test_it_is_foretold(seen: Runner) -> None:
    said = seen("rules", "explain", "smoke").out
    assert "Severity: Serious (serious)\n  “smoke” ← fields.severity.values.serious.match\n" in said
    assert "Severity" not in seen("rules", "explain", "smoke", "--field", "severity=slight").out


def test_examples_may_expect_it() -> None:
    old = rulebooks.text("values").partition("examples:")[2]

    def failures(example: str) -> list[tuple[str, str, str]]:
        found = rulebooks.compiled("values", (f"examples:{old}", f"examples: [{example}]\n")).failures
        return [(failure.field, failure.expected, failure.got) for failure in found]

    assert failures("{text: smoke, expect: {severity: serious, priority: urgent}}") == []
    assert failures("{text: smoke, severity: slight, expect: {severity: slight, priority: low}}") == []
    assert failures("{text: a scratch, expect: {severity: serious}}") == [("severity", "serious", "slight")]
    assert failures("{text: it rattles, expect: {severity: serious}}") == [("severity", "serious", "unknown")]


# --- from files and customers ---------------------------------------------------------------------------------------


def test_an_empty_cell_does_not_speak_against_it(tmp_path: Path) -> None:
    with register_in(tmp_path, str(FILE)) as register:
        shop = Shop(register, COLUMNS.replace("category: topic", "severity: topic"))
        shop.read({**ROW, "text": "smoke"})
        assert severity(shop.case()) == ("serious", "rule")
        shop.read({**ROW, "text": "smoke, lots of it"})
        assert severity(shop.case()) == ("serious", "rule")
        shop.read({**ROW, "text": "smoke", "topic": "Slight"})
        assert severity(shop.case()) == ("slight", "")


def test_what_is_known_of_the_customer_counts_before_what_is_found() -> None:
    book = rulebooks.rulebook("values", ("  severity:\n", "  severity:\n    of: customer\n"))
    known = Customer("c1", {"severity": Known("slight", "202610-000")})
    event = came_in("smoke", rulebook=book, customer=known)
    assert severity(standing_at(given(event, rulebook=book))) == ("slight", "")
    moved = Did(partial(mending.amend, facts={"contact": "1"}, reason="x", customer=known), 1)
    case = case_of("smoke", moved, rulebook=book)
    assert (severity(case), case.known_from) == (("slight", ""), {"severity": "202610-000"})
