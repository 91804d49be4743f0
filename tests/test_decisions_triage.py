"""Triage: the customer is told, the initial check, category, priority and owner, by hand or by the rules again."""

from typing import Any

import pytest

from afterservice_cli.cases.events.closing import CaseClosed, CaseReopened
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.triage import CaseAcknowledged, CaseAssessed, CaseAssigned, CaseClassified
from afterservice_cli.decisions import triage
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.rulebook.matching import Finding
from courses import Did, gone, verdicts
from given import came_in, given, hour, rules


def values(case: Any) -> tuple[str, ...]:
    return tuple(case.value(field) for field in ("category", "priority", "owner"))


def test_by_hand_gives_the_category_and_what_follows_from_it() -> None:
    outcome = given(came_in("broken")).when(
        triage.classify, at=hour(1), now=hour(1), category="billing", reason="a refund"
    )
    (event,) = outcome.events
    assert isinstance(event, CaseClassified)
    assert event.findings == (
        Finding("category", "billing", "person"),
        Finding("owner", "finance", "rule", "categories.billing.owner"),
    )
    assert (event.collaborators, event.reason) == ((), "a refund")
    assert [(setting.target, setting.duration) for setting in event.deadlines] == [("resolve", "5wd")]
    assert values(outcome.case) == ("billing", "P3", "finance")
    assert outcome.case.collaborators == ()


def test_by_hand_gives_the_priority() -> None:
    outcome = given(came_in("broken")).when(triage.classify, now=hour(1), priority="High", reason="asked twice")
    (event,) = outcome.events
    assert isinstance(event, CaseClassified)
    assert event.findings == (Finding("priority", "P2", "person"),)
    assert event.collaborators is None
    assert outcome.case.collaborators == ("quality",)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_by_hand_needs_its_reason(reason: str | None) -> None:
    case = given(came_in())
    case.when(triage.classify, category="billing", reason=reason).refused(BadInput, "needs its reason", "--reason")
    case.when(triage.classify, priority="P1", reason=reason).refused(BadInput, "needs its reason")
    case.when(triage.assign, owner="tech", reason=reason).refused(BadInput, "needs its reason", "--reason")
    case.when(triage.assign, collaborators=("tech",), reason=reason).refused(BadInput, "needs its reason")


def test_what_the_rulebook_does_not_know_is_refused() -> None:
    case = given(came_in())
    case.when(triage.classify, category="bill", reason="x").refused(BadInput, "write 'billing'")
    case.when(triage.classify, category="product", reason="x").refused(BadInput, "unknown category 'product'")
    case.when(triage.classify, priority="P0", reason="x").refused(BadInput, "unknown priority 'P0'")
    case.when(triage.assign, owner="teck", reason="x").refused(BadInput, "write 'tech'")
    case.when(triage.assign, collaborators=("teck",), reason="x").refused(BadInput, "write 'tech'")


def test_the_rules_again_change_nothing_where_nothing_changed() -> None:
    given(came_in("broken")).when(triage.classify).then()
    given(came_in("broken")).when(triage.assign).then()


def test_the_rules_again_place_what_a_better_rulebook_knows() -> None:
    better = rules(("match: [broken, leaks]", "match: [broken, leaks, rattles]"))
    outcome = given(came_in("it rattles"), rulebook=better).when(triage.classify, now=hour(1))
    assert values(outcome.case) == ("product.defect", "P3", "tech")
    assert outcome.case.classified
    assert outcome.case.collaborators == ("quality",)


@pytest.mark.parametrize("by", ["person", "import"])
def test_the_rules_never_overwrite_what_somebody_said(by: str) -> None:
    said = came_in("fire, broken", category="billing", priority="P4", owner="design", by=by)
    given(said).when(triage.classify).then()
    given(said).when(triage.assign).then()


def test_a_correction_by_hand_outlives_the_rules() -> None:
    corrected = CaseClassified(hour(1), (Finding("category", "billing", "person"),), ())
    outcome = given(came_in("broken"), corrected).when(triage.classify)
    assert outcome.case.value("category") == "billing"
    assert all(finding.field != "category" for event in outcome.events for finding in event.__dict__["findings"])


def test_the_owner_follows_the_category_only_where_a_rule_gave_it() -> None:
    by_rule = given(came_in("broken")).when(triage.classify, now=hour(1), category="billing", reason="x")
    assert by_rule.case.value("owner") == "finance"
    by_hand = given(came_in("broken", owner="design")).when(triage.classify, category="billing", reason="x")
    assert by_hand.case.value("owner") == "design"


def test_the_priority_follows_the_category_only_where_a_rule_gave_it() -> None:
    vip = {"tier": "vip"}
    by_rule = given(came_in(facts=vip)).when(triage.classify, now=hour(1), category="product.idea", reason="x")
    assert by_rule.case.value("priority") == "P1"
    by_hand = given(came_in(facts=vip, priority="P4")).when(triage.classify, category="product.idea", reason="x")
    assert by_hand.case.value("priority") == "P4"


def test_classifying_again_does_not_undo_what_reopening_raised() -> None:
    raised = Finding("priority", "P2", "rule", "closing.dissatisfied.raise_priority")
    case = given(came_in("broken"), CaseReopened(hour(1), (raised,), ()))
    assert case.when(triage.classify, now=hour(2)).case.value("priority") == "P2"
    corrected = case.when(triage.classify, now=hour(2), category="billing", reason="x")
    assert corrected.case.value("priority") == "P2"


def test_words_that_are_erased_cannot_be_read_by_rules() -> None:
    erased = came_in().but(description=None)
    given(erased).when(triage.classify).refused(Refused, "are erased", "--category")
    by_hand = given(erased).when(triage.classify, now=hour(1), category="billing", reason="x")
    assert by_hand.case.value("category") == "billing"


def test_correcting_the_category_of_an_erased_case_keeps_the_priority_its_words_gave() -> None:
    erased = came_in("fire").but(description=None)
    outcome = given(erased).when(triage.classify, now=hour(1), category="billing", reason="x")
    assert outcome.case.value("priority") == "P1"


def test_assigning_by_hand_names_owner_and_collaborators() -> None:
    given(came_in("broken")).when(
        triage.assign, at=hour(1), owner="Design", collaborators=("tech", "Tech", "quality"), reason="asked"
    ).then(CaseAssigned(hour(1), (Finding("owner", "design", "person"),), ("tech", "quality"), (), "asked"))


def test_collaborators_alone_leave_the_owner_as_given() -> None:
    outcome = given(came_in("broken")).when(triage.assign, at=hour(1), collaborators=("design",), reason="asked")
    outcome.then(CaseAssigned(hour(1), (), ("design",), (), "asked"))
    assert outcome.case.decided["owner"].finding.by == "rule"


def test_an_owner_alone_leaves_the_collaborators() -> None:
    outcome = given(came_in("broken")).when(triage.assign, owner="design", reason="asked")
    assert outcome.case.collaborators == ("quality",)


def test_naming_by_hand_whom_the_rules_named_makes_it_stay() -> None:
    outcome = given(came_in("broken")).when(triage.assign, owner="tech", reason="she knows it")
    assert outcome.case.decided["owner"].finding == Finding("owner", "tech", "person")


@pytest.mark.parametrize("decision", [triage.classify, triage.assign])
def test_a_closed_or_void_case_is_not_placed_again(decision: Any) -> None:
    given(came_in(), CaseClosed(hour(1))).when(decision).refused(Refused, "is closed", "afterservice reopen")
    given(came_in(), EventRetracted(hour(1), 1)).when(decision).refused(Refused, "was taken back", "register it anew")


@pytest.mark.parametrize("decision", [triage.classify, triage.assign])
def test_nothing_is_placed_in_the_future_or_before_the_case(decision: Any) -> None:
    given(came_in()).when(decision, at=hour(2), now=hour(1)).refused(BadInput, "future")
    given(came_in()).when(decision, at=hour(-1)).refused(BadInput, "registered at")


# --- acknowledging and the initial check --------------------------------------------------------------------------


def test_the_customer_is_told_by_when_to_expect_an_answer() -> None:
    told = gone().when(triage.acknowledge, at=hour(1), channel="E-mail", promised_at=hour(30), text=" thanks ")
    told.then(CaseAcknowledged(hour(1), "email", hour(30), "thanks"))
    assert told.case.promised_at == hour(30)
    gone().when(triage.acknowledge, at=hour(1)).then(CaseAcknowledged(hour(1), "phone", hour(177)))
    gone().when(triage.acknowledge, at=hour(1), promised_at=hour(1)).refused(
        BadInput, "the promised time lies in the past"
    )
    gone().when(triage.acknowledge, channel="fax").refused(BadInput, "unknown channel 'fax'")


def test_nothing_is_promised_where_no_deadline_is_left_and_a_promise_stands_until_another() -> None:
    gone().when(triage.acknowledge, at=hour(178)).then(CaseAcknowledged(hour(178), "phone", None))
    again = gone(Did(triage.acknowledge, 1, promised_at=hour(190))).when(triage.acknowledge, at=hour(178))
    assert again.case.promised_at == hour(190)


def test_to_acknowledge_is_not_to_respond() -> None:
    told = gone().when(triage.acknowledge, at=hour(1)).case
    assert "acknowledged" in told.happened
    assert verdicts(told, 6)["respond"] == "missed"


def test_the_initial_check_says_what_is_known_and_how_it_goes_on() -> None:
    checked = gone().when(
        triage.assess, at=hour(1), known_from="202610-007", visit="On-site visit", warranty=True, text=" a hose "
    )
    checked.then(CaseAssessed(hour(1), True, "202610-007", "on_site", True, "a hose"))
    more = gone(Did(triage.assess, 1, known_from="202610-007", warranty=True))
    assert more.when(triage.assess, at=hour(2), visit="remote").case.assessment == {
        "known": True,
        "known_from": "202610-007",
        "visit": "remote",
        "warranty": True,
    }
    after_all_new = more.when(triage.assess, at=hour(2), known=False).case.assessment
    assert after_all_new == {"known": False, "known_from": None, "visit": None, "warranty": True}


def test_an_initial_check_says_something_and_in_the_rulebook_s_words() -> None:
    gone().when(triage.assess).refused(BadInput, "the assessment says nothing", "--known yes|no", "--warranty yes|no")
    gone().when(triage.assess, visit="by_air").refused(BadInput, "unknown visit 'by_air'", "remote, on_site")
    gone().when(triage.assess, known_from="202610-001").refused(BadInput, "cannot be known from itself")
    given(came_in()).when(triage.assess, known=True).refused(Refused, "small does without assess", "`assessment:`")


# --- whose it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "team", "person"),
    [
        ("li", "tech", "li"),
        ("Li Ming", "tech", "li"),
        ("tech/li", "tech", "li"),
        ("tech/zhao", "tech", "zhao"),
        ("wang", "tech", "wang"),  # of two teams, of which one has the case
        ("quality/wang", "quality", "wang"),
        ("lin", "service", "lin"),
        ("Quality", "quality", None),
    ],
)
def test_a_case_goes_to_a_team_or_to_a_person_of_one(to: str, team: str, person: str | None) -> None:
    case = gone().when(triage.assign, at=hour(1), owner=to, reason="knows it").case
    assert (case.value("owner"), case.person) == (team, person)


def test_a_handover_says_to_whom_and_why() -> None:
    handed = gone(Did(triage.assign, 1, owner="li", reason="x")).when(
        triage.assign, at=hour(2), owner="service", collaborators=("tech",), reason=" wants a voucher "
    )
    handed.then(CaseAssigned(hour(2), (Finding("owner", "service", "person"),), ("tech",), (), "wants a voucher", None))


def test_a_handover_within_the_team_names_the_person_only() -> None:
    first = gone(Did(triage.assign, 1, owner="tech", reason="x"))
    first.when(triage.assign, at=hour(2), owner="li", reason="his turn").then(
        CaseAssigned(hour(2), (), (), (), "his turn", "li")
    )


def test_who_works_along_changes_and_the_person_stays() -> None:
    mine = gone(Did(triage.assign, 1, owner="li", reason="x"))
    case = mine.when(triage.assign, at=hour(2), collaborators=("quality",), reason="x").case
    assert (case.person, case.collaborators) == ("li", ("quality",))
    mine.when(triage.assign, at=hour(2), owner="li", reason="x").then()


def test_a_person_is_one_of_the_team() -> None:
    gone().when(triage.assign, owner="tech/sun", reason="x").refused(BadInput, "tech has no such person", "zhao, qian")
    gone(text="Something else").when(triage.assign, owner="wang", reason="x").refused(
        BadInput, "wang is in tech, quality – write TEAM/wang"
    )
    gone().when(triage.assign, owner="han", reason="x").refused(BadInput, "han belongs to no team", "tech, service")


def test_the_rules_leave_a_person_s_handover_alone() -> None:
    handed = gone(Did(triage.assign, 1, owner="service", reason="x"))
    handed.when(triage.assign, at=hour(2)).then()
    moved = handed.when(triage.classify, at=hour(2), now=hour(2), category="broken", priority="high", reason="x").case
    assert moved.value("owner") == "service"


def test_what_goes_to_another_team_by_rule_is_nobody_s_in_particular() -> None:
    by_rule = gone(text="Something else")
    case = by_rule.when(triage.classify, at=hour(2), now=hour(2), category="broken", reason="x").case
    assert (case.value("owner"), case.person) == ("tech", None)


def test_a_correction_of_the_category_takes_the_case_from_nobody_to_whom_a_person_gave_it() -> None:
    mine = gone(Did(triage.assign, 1, owner="li", reason="knows it"))
    moved = mine.when(triage.classify, at=hour(2), now=hour(2), category="other", reason="x").case
    assert (moved.value("owner"), moved.person) == ("tech", "li")
