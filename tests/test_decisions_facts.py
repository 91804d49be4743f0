"""What conditions may ask about a case: every name that a rulebook may write, and nothing that nobody knows."""

from functools import partial

from afterservice_cli.cases.values import Appraisal, Assessment, Pause, Plan
from afterservice_cli.decisions import screening
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.rulebook.checks.names import CASE_FIELDS
from afterservice_cli.rulebook.vocabulary import CASE_FACTS
from courses import LIFE, Did, gone, life, standing_at
from given import hour


def test_everything_that_a_condition_may_name_can_be_known() -> None:
    case = standing_at(gone(text="bad")).but(
        product="X1",
        kind="complaint",
        assessment=Assessment(known=False, visit="remote", warranty=False),
        appraisal=Appraisal(fault="hose", cause="wear", liability=("maker",), warranty=True),
        pauses=(Pause("parts", hour(1), None),),
        problems={"P2026-001": "batch"},
        plan=Plan(1, "refund", {"money": "299"}, None, (), "li"),
    )
    lines = life(("appraisal:\n", "lines: {x: {title: X, match: [X]}}\nappraisal:\n"))
    facts = facts_of(case, lines)
    assert facts.keys() == {*CASE_FACTS, "give.money", *CASE_FIELDS, *case.fields, *case.details}
    assert facts["looks"] == "vague"
    assert (facts["known"], facts["warranty"], facts["cycle"], facts["waiting_for"]) == ("no", "yes", "1", "parts")
    assert facts_of(case, LIFE, Plan(2, "exchange", {}, None, (), "li"))["disposition"] == "exchange"


def test_what_nobody_knows_is_no_fact() -> None:
    facts = facts_of(standing_at(gone()), LIFE)
    assert not facts.keys() & {"known", "visit", "warranty", "fault", "cause", "liability", "disposition", "give.money"}
    assert (facts["status"], facts["owner"]) == ("open", "tech")


def test_what_the_check_says_of_the_warranty_counts_until_somebody_has_looked() -> None:
    case = standing_at(gone()).but(assessment=Assessment(warranty=True))
    assert facts_of(case, LIFE)["warranty"] == "yes"
    assert facts_of(case.but(appraisal=Appraisal(warranty=False)), LIFE)["warranty"] == "no"


def test_what_it_looks_like_counts_until_somebody_has_screened_it() -> None:
    assert facts_of(standing_at(gone(text="a problem")), LIFE)["looks"] == "vague"
    assert facts_of(standing_at(gone(text="cheap flights")), LIFE)["looks"] == "invalid"
    for outcome in ("vague", "valid"):
        screened = gone(Did(partial(screening.screen, outcome=outcome), 1), text="a problem")
        assert "looks" not in facts_of(standing_at(screened), LIFE)
