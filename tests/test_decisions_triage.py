"""Triage: the customer is told, the initial check, category, priority and owner, by hand or by the rules again."""

from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.closing import CaseClosed, CaseReopened
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.triage import CaseAcknowledged, CaseAssessed, CaseAssigned, CaseClassified
from afterservice_cli.cases.values import Assessment, Finding
from afterservice_cli.decisions import escalation, mending, triage
from afterservice_cli.errors import BadInput, Refused
from courses import Did, gone, standing_at, verdicts
from given import came_in, given, hour, rules


def values(case: Any) -> tuple[str, ...]:
    return tuple(case.value(field) for field in ("category", "priority", "owner"))


def test_by_hand_gives_the_category_and_what_follows_from_it() -> None:
    outcome = given(came_in("broken")).when(
        partial(triage.classify, category="billing", reason="a refund"), at=hour(1), now=hour(1)
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


def test_a_choice_of_what_is_suggested_is_a_person_s_and_needs_no_reason() -> None:
    chosen = partial(triage.choose, category="billing", suggested=2)
    outcome = given(came_in("odd")).when(chosen, now=hour(1))
    (event,) = outcome.events
    assert isinstance(event, CaseClassified)
    assert (event.suggested, event.reason) == (2, None)
    assert event.findings[0] == Finding("category", "billing", "person")
    assert outcome.case.decided["category"].suggested == 2
    corrected = partial(triage.classify, category="product.idea", reason="x")
    by_hand = given(came_in("odd"), event).when(corrected, now=hour(2))
    assert by_hand.case.decided["category"].suggested == 0


def test_what_has_its_category_takes_no_suggestion() -> None:
    chosen = partial(triage.choose, category="billing", suggested=1)
    given(came_in("broken")).when(chosen).refused(Refused, "has its category", "--category")


def test_by_hand_gives_the_priority() -> None:
    outcome = given(came_in("broken")).when(
        partial(triage.classify, priority="High", reason="asked twice"), now=hour(1)
    )
    (event,) = outcome.events
    assert isinstance(event, CaseClassified)
    assert event.findings == (Finding("priority", "P2", "person"),)
    assert event.collaborators is None
    assert outcome.case.collaborators == ("quality",)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_by_hand_needs_its_reason(reason: str | None) -> None:
    case = given(came_in())
    case.when(partial(triage.classify, category="billing", reason=reason)).refused(
        BadInput, "needs its reason", "--reason"
    )
    case.when(partial(triage.classify, priority="P1", reason=reason)).refused(BadInput, "needs its reason")
    case.when(partial(triage.assign, owner="tech", reason=reason)).refused(BadInput, "needs its reason", "--reason")
    case.when(partial(triage.assign, collaborators=("tech",), reason=reason)).refused(BadInput, "needs its reason")


def test_what_the_rulebook_does_not_know_is_refused() -> None:
    case = given(came_in())
    case.when(partial(triage.classify, category="bill", reason="x")).refused(BadInput, "write 'billing'")
    case.when(partial(triage.classify, category="product", reason="x")).refused(BadInput, "unknown category 'product'")
    case.when(partial(triage.classify, priority="P0", reason="x")).refused(BadInput, "unknown priority 'P0'")
    case.when(partial(triage.assign, owner="teck", reason="x")).refused(BadInput, "write 'tech'")
    case.when(partial(triage.assign, collaborators=("teck",), reason="x")).refused(BadInput, "write 'tech'")


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
    by_rule = given(came_in("broken")).when(partial(triage.classify, category="billing", reason="x"), now=hour(1))
    assert by_rule.case.value("owner") == "finance"
    by_hand = given(came_in("broken", owner="design")).when(partial(triage.classify, category="billing", reason="x"))
    assert by_hand.case.value("owner") == "design"


def test_the_priority_follows_the_category_only_where_a_rule_gave_it() -> None:
    vip = {"tier": "vip"}
    by_rule = given(came_in(facts=vip)).when(partial(triage.classify, category="product.idea", reason="x"), now=hour(1))
    assert by_rule.case.value("priority") == "P1"
    by_hand = given(came_in(facts=vip, priority="P4")).when(
        partial(triage.classify, category="product.idea", reason="x")
    )
    assert by_hand.case.value("priority") == "P4"


# What is not resolved in time is raised and goes from Tech to Service.
STRICT = rules(
    ("consequences: [", "consequences: [{on: missed, targets: [resolve], raise_priority: 1, hand_to: service}, ")
)
LATE = Did(escalation.escalate, 100)
A_VIP = Did(partial(mending.amend, facts={"tier": "vip"}, reason="told late"), 101)
NO_VIP = Did(partial(mending.amend, facts={"tier": "normal"}, reason="not after all"), 103)


def late(*course: Did) -> Case:
    """A defect that was escalated, and what came after that."""
    return standing_at(gone(LATE, *course, text="broken", rulebook=STRICT))


def by_rules(at: float) -> Did:
    return Did(triage.classify, at)


def by_hand(at: float, category: str | None = None, priority: str | None = None) -> Did:
    return Did(partial(triage.classify, category=category, priority=priority, reason="x"), at)


def test_an_escalated_case_rises_by_the_rules_when_its_customer_turns_out_to_be_a_vip() -> None:
    assert late(A_VIP).decided["priority"].finding.by == "escalation"
    risen = late(A_VIP, by_rules(102)).decided["priority"].finding
    assert risen == Finding("priority", "P1", "rule", "priorities.P1.when[2]")


def test_the_rules_lower_no_priority_below_what_an_escalation_raised_it_to() -> None:
    raised = Finding("priority", "P2", "escalation", "consequences[1].raise_priority")
    assert late(by_rules(101)).decided["priority"].finding == raised
    assert late(A_VIP, by_rules(102), NO_VIP, by_rules(104)).decided["priority"].finding == raised


def test_a_person_lowers_what_an_escalation_raised_and_no_rule_raises_it_again() -> None:
    assert late(by_hand(101, priority="P4"), by_rules(102)).value("priority") == "P4"


def test_the_team_that_was_late_does_not_get_the_case_back_by_the_rules() -> None:
    handed_on = Finding("owner", "service", "escalation", "consequences[1].hand_to")
    assert late().decided["owner"].finding == handed_on
    assert late(by_rules(101), Did(triage.assign, 102)).decided["owner"].finding == handed_on
    assert late(by_hand(101, category="other"), by_hand(102, category="product.defect")).value("owner") == "service"


def test_a_case_handed_on_by_an_escalation_stays_there_while_it_is_about_the_same() -> None:
    by_design = Did(partial(triage.assign, owner="design", reason="x"), 1)
    handed_on = standing_at(
        gone(by_design, LATE, by_rules(101), Did(triage.assign, 102), text="broken", rulebook=STRICT)
    )
    assert handed_on.value("owner") == "service"


def test_a_case_handed_on_by_an_escalation_follows_its_category_to_a_third_team() -> None:
    moved = late(by_hand(101, category="billing"))
    assert moved.decided["owner"].finding == Finding("owner", "finance", "rule", "categories.billing.owner")
    assert late(by_hand(101, category="billing"), by_hand(102, category="product.defect")).value("owner") == "finance"


def test_classifying_again_does_not_undo_what_reopening_raised() -> None:
    raised = Finding("priority", "P2", "reopening", "consequences[2].raise_priority")
    case = given(came_in("broken"), CaseReopened(hour(1), (raised,), ()))
    assert case.when(triage.classify, now=hour(2)).case.value("priority") == "P2"
    corrected = case.when(partial(triage.classify, category="billing", reason="x"), now=hour(2))
    assert corrected.case.value("priority") == "P2"


def test_assigning_by_hand_names_owner_and_collaborators() -> None:
    given(came_in("broken")).when(
        partial(triage.assign, owner="Design", collaborators=("tech", "Tech", "quality"), reason="asked"), at=hour(1)
    ).then(CaseAssigned(hour(1), (Finding("owner", "design", "person"),), ("tech", "quality"), (), "asked"))


def test_collaborators_alone_leave_the_owner_as_given() -> None:
    outcome = given(came_in("broken")).when(
        partial(triage.assign, collaborators=("design",), reason="asked"), at=hour(1)
    )
    outcome.then(CaseAssigned(hour(1), (), ("design",), (), "asked"))
    assert outcome.case.decided["owner"].finding.by == "rule"


def test_an_owner_alone_leaves_the_collaborators() -> None:
    outcome = given(came_in("broken")).when(partial(triage.assign, owner="design", reason="asked"))
    assert outcome.case.collaborators == ("quality",)


def test_naming_by_hand_whom_the_rules_named_makes_it_stay() -> None:
    outcome = given(came_in("broken")).when(partial(triage.assign, owner="tech", reason="she knows it"))
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
    told = gone().when(partial(triage.acknowledge, channel="E-mail", promised_at=hour(30), text=" thanks "), at=hour(1))
    told.then(CaseAcknowledged(hour(1), "email", hour(30), "thanks"))
    assert told.case.promised_at == hour(30)
    gone().when(triage.acknowledge, at=hour(1)).then(CaseAcknowledged(hour(1), "phone", hour(177)))
    gone().when(partial(triage.acknowledge, promised_at=hour(1)), at=hour(1)).refused(
        BadInput, "the promised time lies in the past"
    )
    gone().when(partial(triage.acknowledge, channel="fax")).refused(BadInput, "unknown channel 'fax'")


def test_nothing_is_promised_where_no_deadline_is_left_and_a_promise_stands_until_another() -> None:
    gone().when(triage.acknowledge, at=hour(178)).then(CaseAcknowledged(hour(178), "phone", None))
    again = gone(Did(partial(triage.acknowledge, promised_at=hour(190)), 1)).when(triage.acknowledge, at=hour(178))
    assert again.case.promised_at == hour(190)


def test_to_acknowledge_is_not_to_respond() -> None:
    told = gone().when(triage.acknowledge, at=hour(1)).case
    assert "acknowledged" in told.happened
    assert verdicts(told, 6)["respond"] == "missed"


def test_the_initial_check_says_what_is_known_and_how_it_goes_on() -> None:
    checked = gone().when(
        partial(
            triage.assess,
            found=Assessment(known_from="202610-007", visit="On-site visit", warranty=True),
            text=" a hose ",
        ),
        at=hour(1),
    )
    checked.then(CaseAssessed(hour(1), True, "202610-007", "on_site", True, "a hose"))
    more = gone(Did(partial(triage.assess, found=Assessment(known_from="202610-007", warranty=True)), 1))
    remote = more.when(partial(triage.assess, found=Assessment(visit="remote")), at=hour(2)).case.assessment
    assert remote == Assessment(True, "202610-007", "remote", True)
    after_all_new = more.when(partial(triage.assess, found=Assessment(known=False)), at=hour(2)).case.assessment
    assert after_all_new == Assessment(known=False, warranty=True)


def test_an_initial_check_says_something_and_in_the_rulebook_s_words() -> None:
    gone().when(partial(triage.assess, found=Assessment())).refused(
        BadInput, "the assessment says nothing", "--known yes|no", "--warranty yes|no"
    )
    gone().when(partial(triage.assess, found=Assessment(visit="by_air"))).refused(
        BadInput, "unknown visit 'by_air'", "remote (Remote help), on_site (On-site visit)"
    )
    gone().when(partial(triage.assess, found=Assessment(known_from="202610-001"))).refused(
        BadInput, "cannot be known from itself"
    )
    given(came_in()).when(partial(triage.assess, found=Assessment(known=True))).refused(
        Refused, "small does without assess", "`assessment:`"
    )


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
    case = gone().when(partial(triage.assign, owner=to, reason="knows it"), at=hour(1)).case
    assert (case.value("owner"), case.person) == (team, person)


def test_a_handover_says_to_whom_and_why() -> None:
    handed = gone(Did(partial(triage.assign, owner="li", reason="x"), 1)).when(
        partial(triage.assign, owner="service", collaborators=("tech",), reason=" wants a voucher "), at=hour(2)
    )
    handed.then(CaseAssigned(hour(2), (Finding("owner", "service", "person"),), ("tech",), (), "wants a voucher", None))


def test_a_handover_within_the_team_names_the_person_only() -> None:
    first = gone(Did(partial(triage.assign, owner="tech", reason="x"), 1))
    first.when(partial(triage.assign, owner="li", reason="his turn"), at=hour(2)).then(
        CaseAssigned(hour(2), (), (), (), "his turn", "li")
    )


def test_who_works_along_changes_and_the_person_stays() -> None:
    mine = gone(Did(partial(triage.assign, owner="li", reason="x"), 1))
    case = mine.when(partial(triage.assign, collaborators=("quality",), reason="x"), at=hour(2)).case
    assert (case.person, case.collaborators) == ("li", ("quality",))
    mine.when(partial(triage.assign, owner="li", reason="x"), at=hour(2)).then()


def test_a_person_is_one_of_the_team() -> None:
    gone().when(partial(triage.assign, owner="tech/sun", reason="x")).refused(
        BadInput, "tech has no such person", "zhao, qian"
    )
    gone(text="Something else").when(partial(triage.assign, owner="wang", reason="x")).refused(
        BadInput, "wang is in tech, quality – write TEAM/wang"
    )
    gone().when(partial(triage.assign, owner="han", reason="x")).refused(
        BadInput, "han belongs to no team", "tech, service"
    )


def test_the_rules_leave_a_person_s_handover_alone() -> None:
    handed = gone(Did(partial(triage.assign, owner="service", reason="x"), 1))
    handed.when(triage.assign, at=hour(2)).then()
    moved = handed.when(
        partial(triage.classify, category="broken", priority="high", reason="x"), at=hour(2), now=hour(2)
    ).case
    assert moved.value("owner") == "service"


def test_what_goes_to_another_team_by_rule_is_nobody_s_in_particular() -> None:
    by_rule = gone(text="Something else")
    case = by_rule.when(partial(triage.classify, category="broken", reason="x"), at=hour(2), now=hour(2)).case
    assert (case.value("owner"), case.person) == ("tech", None)


def test_a_correction_of_the_category_takes_the_case_from_nobody_to_whom_a_person_gave_it() -> None:
    mine = gone(Did(partial(triage.assign, owner="li", reason="knows it"), 1))
    moved = mine.when(partial(triage.classify, category="other", reason="x"), at=hour(2), now=hour(2)).case
    assert (moved.value("owner"), moved.person) == ("tech", "li")
