"""Whose a case becomes and what it is about, by rules on its facts: kind, product line, priority, phrases."""

from functools import partial
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.values import Finding
from afterservice_cli.decisions import mending, triage
from afterservice_cli.moment import Decision
from afterservice_cli.reports.cases.explained import explained
from conftest import Runner
from given import came_in, given, hour

RETURNS = rulebooks.rulebook("returns")


def case_of(text: str, *decisions: Decision, actor: str = "ann", **facts: str) -> Case:
    """The case of a text and facts after these decisions, an hour each."""
    events = [came_in(text, rulebook=RETURNS, facts=facts)]
    case = given(*events, rulebook=RETURNS).when(lambda *_: []).case
    for count, decision in enumerate(decisions, 1):
        outcome = given(*case.events, rulebook=RETURNS).when(decision, at=hour(count), actor=actor)
        case = outcome.case
    return case


def whose(case: Case) -> tuple[str, str | None, str | None]:
    finding = case.decided["owner"].finding
    return finding.value, case.person, finding.rule


# --- the category ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts", "category", "rule", "phrases"),
    [
        ("can it be broken in two?", {"kind": "idea"}, "ideas", "categories.ideas.when[1]", ()),
        ("the invoice could be blue", {"kind": "idea"}, "invoice", "categories.invoice.match", ("invoice",)),
        ("X-2000 again", {"kind": "fault"}, "machines", "categories.machines.when[1]", ()),
        ("it is stuck", {"product": "Z-1"}, "machines", "categories.machines.when[2]", ("stuck",)),
        ("it is stuck", {"product": "Z-2"}, "rest", "default.category", ()),
        ("it is broken", {}, "broken", "categories.broken.match", ("broken",)),
    ],
)
def test_a_condition_places_a_case_before_any_phrase(
    text: str, facts: dict[str, str], category: str, rule: str, phrases: tuple[str, ...]
) -> None:
    found = case_of(text, **facts).decided["category"].finding
    assert (found.value, found.rule, found.phrases) == (category, rule, phrases)
    assert case_of(text, **facts).classified == (found.by == "rule")


def test_a_kind_that_is_amended_moves_the_case_when_it_is_classified_again() -> None:
    amended = case_of("hm", partial(mending.amend, facts={"kind": "fault"}, reason="asked"))
    assert amended.value("category") == "rest"
    again = case_of("hm", partial(mending.amend, facts={"kind": "fault"}, reason="asked"), triage.classify)
    assert again.decided["category"].finding.rule == "categories.machines.when[1]"


# --- the owner ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("it stands still", {"kind": "fault", "product": "X-9"}, ("support_x", "li", "assignment[2]")),
        ("an x max, broken", {}, ("support_x", "li", "assignment[2]")),
        ("a wish", {"kind": "idea", "product": "X-1"}, ("agents", None, "assignment[3]")),
        ("broken", {"product": "X-1"}, ("support_x", None, "lines.x.owner")),
        ("invoice", {"product": "X-1"}, ("finance", None, "categories.invoice.owner")),
        ("broken", {"product": "X-9"}, ("agents", None, "default.owner")),
        ("broken", {}, ("agents", None, "default.owner")),
    ],
)
def test_assignment_comes_before_the_category_the_line_and_the_default(
    text: str, facts: dict[str, str], expected: tuple[str, str | None, str]
) -> None:
    assert whose(case_of(text, **facts)) == expected


FAULT = {"kind": "fault", "product": "X-9"}
TO_X = partial(mending.amend, facts={"product": "X-1", "kind": None}, reason="read the label")


def test_the_rules_run_again_give_it_to_another_and_let_the_person_go() -> None:
    assert whose(case_of("it stands still", TO_X, **FAULT)) == ("support_x", "li", "assignment[2]")
    moved = case_of("it stands still", TO_X, triage.classify, **FAULT)
    # The team stays, and whoever has begun goes on.
    assert whose(moved) == ("support_x", "li", "lines.x.owner")
    away = case_of("invoice", TO_X, triage.classify, **FAULT)
    assert whose(away) == ("finance", None, "categories.invoice.owner")


def test_what_a_person_assigned_no_rule_takes_away() -> None:
    by_hand = partial(triage.assign, owner="support/wu", reason="knows it")
    assert whose(case_of("broken", by_hand, triage.classify, **FAULT)) == ("support", "wu", None)


def test_assigning_by_the_rules_names_the_person() -> None:
    raised = partial(triage.classify, priority="high", reason="asked")
    assert whose(case_of("broken", raised, triage.assign, product="Y-1")) == ("support", "wu", "assignment[1]")


def test_explain_says_which_entry_gave_the_case_to_the_person() -> None:
    case = case_of("it stands still", **FAULT)
    *_, person = explained(case, lambda _: RETURNS, hour(1), RETURNS).decisions
    assert (person.field, person.value, person.by, person.rule) == ("person", "li", "rule", "assignment[2]")
    later = case_of("it stands still", partial(triage.classify, priority="high", reason="asked"), **FAULT)
    *_, person = explained(later, lambda _: RETURNS, hour(2), RETURNS).decisions
    assert (person.seq, person.rule) == (1, "assignment[2]")
    hand = case_of("broken", partial(triage.assign, owner="support/wu", reason="knows it"), triage.classify)
    *_, person = explained(hand, lambda _: RETURNS, hour(3), RETURNS).decisions
    assert (person.value, person.by, person.seq) == ("wu", "person", 2)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("assignment[1]", {"line": ["y"], "priority": ["high"]}),
        ("categories.machines.when[2]", {"product": ["Z-1"]}),
        ("categories.machines.when[9]", None),
        ("categories.gone.when[1]", None),
    ],
)
def test_the_condition_of_a_rule_is_found(rule: str, fields: dict[str, list[str]] | None) -> None:
    condition = RETURNS.condition(rule)
    assert (condition and dict(condition.fields)) == fields


def test_the_condition_of_an_entry_with_several_is_any_of_them() -> None:
    condition = RETURNS.condition("assignment[2]")
    assert condition is not None and len(condition.any) == 2
    everything = RETURNS.but(assignment=(RETURNS.assignment[0].but(when=()),))
    assert everything.condition("assignment[1]") is None
    case = case_of("broken").but(decided={"owner": None})
    assert case.decided == {"owner": None}


# --- what is shown --------------------------------------------------------------------------------------------------


@pytest.fixture
def returns(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(rulebooks.text("returns"), "utf-8")
    return path


def test_rules_explain_names_the_entry_its_condition_and_the_person(returns: Path, call: Runner) -> None:
    words = ("--kind", "fault", "--product", "X-9", "--rules", returns)
    said = call("rules", "explain", "it stands still", *words).out
    either = "any of (kind is Fault, product line is X Max; or the text has “x max”)"
    assert f"owner: Support for X (support_x)\n  assignment[2]\n    {either}\n" in said
    assert "person: Li Ming\n" in said
    assert "category: Machines (machines)\n  categories.machines.when[1]\n    kind is Fault\n" in said


def test_rules_show_lists_the_entries(returns: Path, call: Runner) -> None:
    shown = call("rules", "show", "--rules", returns).out
    assert "Assignment\n  1. when: product line is Y, priority is High; to: wu · Support\n" in shown
    assert "  2. when: any of (kind is Fault, product line is X Max;\n" in shown
    assert "    when: kind is Idea\n" in shown


def test_the_case_is_the_persons(returns: Path, call: Runner) -> None:
    assert call("init", "--rules", returns).code == 0
    call("register", "it stands still", "--channel", "phone", "--kind", "fault", "--product", "X-9")
    assert "202610-001" in call("list", "--person", "li").out
    assert "Li Ming" in call("show", "001").out


def test_a_finding_of_a_rule_says_so() -> None:
    assert case_of("an x max").decided["owner"].finding == Finding(
        "owner", "support_x", "rule", "assignment[2]", ("x max",)
    )
