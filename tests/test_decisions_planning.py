"""Planning: plans, who approves them, and what the customer says of them."""

from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.handling import (
    PlanAgreed,
    PlanApproved,
    PlanDeclined,
    PlanProposed,
    PlanRefused,
)
from afterservice_cli.cases.values import Appraisal, TaskSpec
from afterservice_cli.decisions import closing, handling, planning, tasks, triage
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.decisions.requirements import first_step
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.rulebook.given import given_text
from courses import LIFE, Did, due, gone, life, standing_at, verdicts
from given import came_in, given, hour

# Engineering has the case: Zhao heads it, Qian is the deputy, Li a member. Han is the management.
REPAIR = Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li")
REFUND = Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "300"})), 1, "li")
COSTLY = Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "1200"})), 1, "li")
BY_HEAD = Did(planning.approve, 2, "zhao")
AGREED = Did(partial(planning.agree, agreed=True), 3)
REFUSED = Did(partial(planning.agree, agreed=False), 3)


def plan_of(case: Case) -> Any:
    assert case.plan is not None
    return case.plan


# --- proposing ----------------------------------------------------------------------------------------------------


def test_a_plan_says_how_the_case_shall_end_at_what_cost_by_when_and_with_which_tasks() -> None:
    proposed = gone().when(
        partial(
            planning.propose,
            proposal=Proposal("Repair", gives={"money": "1,250.50"}, promised_at=hour(90), tasks=(" call first ",)),
            text=" as agreed on the phone ",
        ),
        at=hour(1),
        actor="li",
    )
    rule = "dispositions.repair.tasks"
    tasks = (
        TaskSpec("fetch", f"{rule}.fetch", "service", "1wd"),
        TaskSpec("mend", f"{rule}.mend", "tech", "2wd", after=("fetch",)),
        TaskSpec("+1", after=("mend",)),
    )
    proposed.then(
        PlanProposed(
            *(
                hour(1),
                1,
                "repair",
                {"money": "1250.50"},
                hour(90),
                tasks,
                "as agreed on the phone",
                {"+1": "call first"},
            )
        )
    )
    plan = plan_of(proposed.case)
    assert (plan.version, plan.proposed_by, plan.approved, plan.agreed) == (1, "li", False, None)
    assert (proposed.case.status, proposed.case.promised_at) == ("open", hour(90))


def test_each_version_replaces_the_one_before_which_stays_in_the_history() -> None:
    case = standing_at(
        gone(REPAIR, BY_HEAD, REFUSED, Did(partial(planning.propose, proposal=Proposal("explain")), 4, "li"))
    )
    plan = plan_of(case)
    assert (plan.version, plan.disposition, plan.approvals, plan.agreed) == (2, "explain", (), None)
    versions = [r.event.version for r in case.standing if isinstance(r.event, PlanProposed)]
    assert versions == [1, 2]


@pytest.mark.parametrize(("amount", "kept"), [("1,200", "1200"), ("007.50", "7.50"), ("0", "0"), ("0.50", "0.50")])
def test_an_amount_is_kept_without_signs_and_zeros_before_it(amount: str, kept: str) -> None:
    plan = plan_of(
        gone().when(partial(planning.propose, proposal=Proposal("refund", gives={"money": amount})), at=hour(1)).case
    )
    assert plan.gives == {"money": kept}


def test_a_disposition_has_its_grounds() -> None:
    gone().when(partial(planning.propose, proposal=Proposal("exchange"))).refused(
        Refused, "gives no grounds for exchange (dispositions.exchange.when)", "afterservice appraise 202610-001"
    )
    covered = gone(Did(partial(handling.appraise, found=Appraisal(warranty=True)), 1))
    assert covered.when(partial(planning.propose, proposal=Proposal("exchange"))).case.plans == 1
    gone(Did(partial(handling.appraise, found=Appraisal(warranty=False)), 1)).when(
        partial(planning.propose, proposal=Proposal("exchange"))
    ).refused(Refused, "gives no grounds")


@pytest.mark.parametrize(
    ("proposal", "message"),
    [
        (Proposal("scrap"), "unknown disposition 'scrap'"),
        (Proposal("refund", {"money": "much"}), "money must be a number, such as 200, 99.50 or 1,200"),
        (Proposal("refund", {"money": "-5"}), "money must be a number"),
        (Proposal("refund", {"money": "1.005"}), "money must be a number"),
        (Proposal("refund", promised_at=hour(0)), "the promised date lies in the past"),
    ],
)
def test_what_cannot_be_proposed_is_refused(proposal: Proposal, message: str) -> None:
    gone().when(partial(planning.propose, proposal=proposal), at=hour(1)).refused(BadInput, message)


def test_a_rulebook_without_dispositions_or_approvals_says_so() -> None:
    for decision, args, section in (
        (planning.propose, {"proposal": Proposal("refund")}, "dispositions"),
        (planning.agree, {"agreed": True}, "dispositions"),
        (planning.approve, {}, "approvals"),
        (planning.decline, {"reason": "x"}, "approvals"),
    ):
        given(came_in()).when(partial(decision, **args)).refused(
            Refused, f"small does without {decision.__name__}", f"`{section}:` in the rulebook"
        )


@pytest.mark.parametrize(
    ("decision", "args"),
    [
        (planning.approve, {}),
        (planning.decline, {"reason": "x"}),
        (planning.agree, {"agreed": True}),
    ],
)
def test_without_a_plan_or_after_it_was_declined_there_is_one_to_propose(decision: Any, args: dict[str, Any]) -> None:
    gone().when(partial(decision, **args), actor="zhao").refused(
        Refused, "202610-001 has no plan", "afterservice propose"
    )
    declined = gone(REPAIR, Did(partial(planning.decline, reason="too dear"), 2, "zhao"))
    declined.when(partial(decision, **args), actor="zhao").refused(
        Refused, "plan 1 of 202610-001 was declined", "propose 202610-001 --disposition … makes a new version"
    )


# --- approving ----------------------------------------------------------------------------------------------------


def test_the_head_of_the_owning_department_approves_or_the_deputy() -> None:
    for head in ("zhao", "qian"):
        approved = gone(REFUND).when(partial(planning.approve, text=" fine "), at=hour(2), actor=head)
        approved.then(PlanApproved(hour(2), 1, "owner_head", True, "fine"))
        assert plan_of(approved.case).approved
    elsewhere = gone(REFUND, text="Something else")
    elsewhere.when(planning.approve, actor="zhao").refused(Refused, "takes owner_head (approvals[1]); zhao is not")
    assert plan_of(elsewhere.when(planning.approve, actor="sun").case).approved


@pytest.mark.parametrize("decision", [planning.approve, planning.decline])
def test_nobody_else_says_yes_or_no(decision: Any) -> None:
    args: dict[str, Any] = {"reason": "x"} if decision is planning.decline else {}
    for actor in ("li", "han", "ma", "nobody"):
        gone(REFUND).when(partial(decision, **args), actor=actor).refused(
            Refused, f"plan 1 of 202610-001 takes owner_head (approvals[1]); {actor} is not", "ask one of zhao, qian"
        )


def test_nobody_approves_their_own_plan_but_the_deputy_may() -> None:
    own = gone(Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "300"})), 1, "zhao"))
    own.when(planning.approve, actor="zhao").refused(
        Refused,
        "plan 1 of 202610-001 is zhao's own; nobody approves their own plan",
        "ask another owner_head: qian",
    )
    own.when(planning.approve, at=hour(2), actor="qian").then(PlanApproved(hour(2), 1, "owner_head", True))


def test_whoever_proposed_a_plan_is_not_asked_to_approve_it() -> None:
    own = gone(Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "300"})), 1, "qian"))
    own.when(partial(planning.agree, agreed=True)).refused(Refused, "| zhao: afterservice approve 202610-001")
    own.when(partial(closing.resolve, resolution="x")).refused(Refused, "| zhao: afterservice approve 202610-001")


def test_a_plan_is_one_s_own_under_whatever_name() -> None:
    """Li proposes under the user name the rulebook gives him, as himself, or from a shared account."""
    headed = life(("head: zhao, deputy: qian, members: [li, wang]", "head: li, deputy: qian, members: [wang]"))
    for name in ("liming", "desk as liming", "desk as li"):
        own = gone(
            Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "300"})), 1, name),
            rulebook=headed,
        )
        for other in ("liming", "counter as liming", "desk as li"):
            own.when(planning.approve, actor=other).refused(Refused, "is li's own; nobody approves their own plan")


def test_several_approve_in_turn() -> None:
    first = gone(COSTLY).when(planning.approve, at=hour(2), actor="zhao")
    first.then(PlanApproved(hour(2), 1, "owner_head", False))
    assert not plan_of(first.case).approved
    gone(COSTLY).when(planning.approve, actor="han").refused(Refused, "takes owner_head (approvals[1]); han is not")
    half = gone(COSTLY, BY_HEAD)
    half.when(planning.approve, actor="qian").refused(Refused, "takes management (approvals[2])", "ask one of han")
    half.when(partial(planning.agree, agreed=True)).refused(
        Refused, "waits for the approval of management (approvals[2])", "afterservice approve 202610-001"
    )
    both = half.when(planning.approve, at=hour(3), actor="han")
    both.then(PlanApproved(hour(3), 1, "management", True))
    assert plan_of(both.case).approvals == ("owner_head", "management")


@pytest.mark.parametrize(
    ("amount", "complete"), [("1000", True), ("1000.00", True), ("1000.01", False), ("1,001", False)]
)
def test_management_is_asked_from_an_amount_on(amount: str, complete: bool) -> None:
    proposed = gone(Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": amount})), 1, "li"))
    assert plan_of(proposed.when(planning.approve, actor="zhao").case).approved is complete


def test_management_is_asked_for_a_disposition_whatever_it_costs() -> None:
    exchange = gone(
        Did(partial(handling.appraise, found=Appraisal(warranty=True)), 1),
        Did(partial(planning.propose, proposal=Proposal("exchange")), 1, "li"),
        BY_HEAD,
    )
    assert not plan_of(standing_at(exchange)).approved


def test_an_approval_counts_for_its_version_only() -> None:
    dearer = gone(
        REFUND, BY_HEAD, Did(partial(planning.propose, proposal=Proposal("refund", gives={"money": "400"})), 3, "li")
    )
    dearer.when(partial(planning.agree, agreed=True)).refused(Refused, "plan 2", "waits for the approval of owner_head")


def test_what_is_approved_or_needs_no_approval_says_so() -> None:
    gone(REPAIR, BY_HEAD).when(planning.approve, actor="qian").refused(Refused, "is approved already", "agree")
    gone(REPAIR, BY_HEAD).when(partial(planning.decline, reason="x"), actor="qian").refused(
        Refused, "is approved already"
    )
    explained = gone(Did(partial(planning.propose, proposal=Proposal("explain")), 1, "li"))
    explained.when(planning.approve, actor="zhao").refused(Refused, "plan 1 of 202610-001 needs no approval")
    assert plan_of(explained.when(partial(planning.agree, agreed=True)).case).agreed


def test_a_decline_has_its_reason_and_calls_for_another_version() -> None:
    gone(REPAIR).when(partial(planning.decline, reason=" "), actor="zhao").refused(
        BadInput, "declining a plan needs its reason"
    )
    declined = gone(REPAIR).when(partial(planning.decline, reason=" too dear "), at=hour(2), actor="zhao")
    declined.then(PlanDeclined(hour(2), 1, "owner_head", "too dear"))
    assert plan_of(declined.case).declined
    again = gone(
        REPAIR,
        Did(partial(planning.decline, reason="x"), 2, "zhao"),
        Did(partial(planning.propose, proposal=Proposal("repair")), 3, "li"),
    )
    assert plan_of(again.when(planning.approve, actor="zhao").case).approved


def test_management_may_decline_what_the_head_approved() -> None:
    declined = gone(COSTLY, BY_HEAD).when(partial(planning.decline, reason="no"), at=hour(3), actor="han")
    declined.then(PlanDeclined(hour(3), 1, "management", "no"))


# --- the customer -------------------------------------------------------------------------------------------------


def test_the_customer_accepts_an_approved_plan() -> None:
    gone(REPAIR).when(partial(planning.agree, agreed=True)).refused(Refused, "waits for the approval of owner_head")
    agreed = gone(REPAIR, BY_HEAD).when(partial(planning.agree, agreed=True, words=" good "), at=hour(3))
    (event,) = agreed.events
    assert isinstance(event, PlanAgreed)
    assert (event.version, event.words, plan_of(agreed.case).agreed) == (1, "good", True)


def test_where_the_customer_does_not_the_plan_is_revised_as_often_as_it_takes() -> None:
    refused = gone(REPAIR, BY_HEAD).when(partial(planning.agree, agreed=False, words=" a new one "), at=hour(3))
    refused.then(PlanRefused(hour(3), 1, "a new one"))
    gone(REPAIR, BY_HEAD, REFUSED).when(partial(planning.agree, agreed=True)).refused(
        Refused, "the customer refused plan 1", "propose 202610-001 --disposition … makes a new version"
    )
    gone(REPAIR, BY_HEAD, AGREED).when(partial(planning.agree, agreed=False)).refused(
        Refused, "the customer accepted plan 1"
    )
    third = gone(
        *(REPAIR, BY_HEAD, REFUSED),
        *(
            Did(partial(planning.propose, proposal=Proposal("repair")), 4, "li"),
            Did(partial(planning.decline, reason="x"), 5, "zhao"),
        ),
        *(
            Did(partial(planning.propose, proposal=Proposal("refund")), 6, "li"),
            Did(planning.approve, 7, "zhao"),
        ),
    )
    assert plan_of(third.when(partial(planning.agree, agreed=True)).case).version == 3


def test_money_is_promised_and_tasks_are_done_before_the_case_is_resolved() -> None:
    gone(REPAIR).when(partial(closing.resolve, resolution="x")).refused(
        Refused,
        "before resolve: approval, agreement, tasks (demands[1])",
        "afterservice approve 202610-001;",
    )
    for turned_down in (REFUSED, Did(partial(planning.propose, proposal=Proposal("repair")), 3, "li")):
        case = gone(REPAIR, BY_HEAD, turned_down)
        case.when(partial(closing.resolve, resolution="x")).refused(Refused, "agreement, tasks")
    gone(REPAIR, BY_HEAD, REFUSED).when(partial(closing.resolve, resolution="x")).refused(
        Refused, "before resolve: agreement, tasks (demands[1]) | afterservice propose 202610-001 --disposition …"
    )
    # Its tasks begin with the customer's word, in whatever order the two are demanded.
    tasks_first = life(("what: [approval, agreement, tasks]", "what: [approval, tasks, agreement]"))
    approved = gone(REPAIR, rulebook=tasks_first).when(planning.approve, at=hour(2), actor="zhao")
    assert first_step(approved.case, tasks_first, "resolve") == "agree 202610-001 --yes"
    agreed = gone(REPAIR, BY_HEAD, rulebook=tasks_first).when(partial(planning.agree, agreed=True), at=hour(3))
    assert first_step(agreed.case, tasks_first, "resolve") == "task 202610-001 fetch"
    done = gone(
        REPAIR,
        BY_HEAD,
        AGREED,
        Did(partial(tasks.task, name="fetch"), 4),
        Did(partial(tasks.task, name="mend"), 5, "li"),
    )
    assert done.when(partial(closing.resolve, resolution="mended")).case.status == "resolved"
    explained = gone(Did(partial(planning.propose, proposal=Proposal("explain")), 1, "li"))
    assert explained.when(partial(closing.resolve, resolution="explained")).case.status == "resolved"


def test_classifying_anew_leaves_the_plan_and_the_time_of_its_tasks() -> None:
    agreed = gone(REPAIR, BY_HEAD, AGREED)
    moved = agreed.when(partial(triage.classify, category="other", reason="x"), at=hour(4), now=hour(4)).case
    assert (due(moved, "task:fetch"), verdicts(moved, 5)["task:fetch"]) == (hour(33), "running")


def test_a_plan_belongs_to_its_cycle_and_versions_go_on() -> None:
    again = gone(
        Did(partial(planning.propose, proposal=Proposal("explain")), 1, "li"),
        Did(partial(closing.resolve, resolution="x"), 2),
    )
    reopened = again.when(partial(closing.reopen, reason="x"), at=hour(3)).case
    assert (reopened.plan, reopened.plans) == (None, 1)


def test_a_promise_made_by_a_plan_is_one() -> None:
    promise = hour(90)
    case = gone(Did(partial(planning.propose, proposal=Proposal("explain", promised_at=promise)), 1, "li"))
    assert standing_at(case).promised_at == promise
    assert standing_at(gone(Did(partial(planning.propose, proposal=Proposal("explain")), 1, "li"))).promised_at is None


MISUSED = life(
    (
        "- {by: owner_head, when: {disposition: [repair",
        "- {by: management, when: {cause: misuse}}\n  - {by: owner_head, when: {disposition: [repair",
    )
)
FIRST = (Did(partial(handling.appraise, found=Appraisal(cause="misuse")), 0.5), REFUND, Did(planning.approve, 2, "han"))


def test_what_was_found_out_in_between_asks_no_other_role_s_yes_away() -> None:
    """Management approved the refund of what was misused; it was not, so only the head is asked, and is."""
    changed = gone(*FIRST, Did(partial(handling.appraise, found=Appraisal(cause="wear")), 3), rulebook=MISUSED)
    changed.when(partial(planning.agree, agreed=True)).refused(
        Refused, "waits for the approval of owner_head (approvals[2])"
    )
    approved = changed.when(planning.approve, actor="zhao")
    assert plan_of(approved.case).approved
    found = gone(REFUND, BY_HEAD, Did(partial(handling.appraise, found=Appraisal(cause="misuse")), 3), rulebook=MISUSED)
    found.when(partial(planning.agree, agreed=True)).refused(Refused, "waits for the approval of management")


def test_one_yes_of_a_role_is_enough_however_many_rules_ask_for_it() -> None:
    twice = life(
        (
            "- {by: management, when: {any: [{give.money",
            "- {by: owner_head, when: {give.money: {over: 200}}}\n  - {by: management, when: {any: [{give.money",
        )
    )
    assert plan_of(gone(REFUND, rulebook=twice).when(planning.approve, actor="zhao").case).approved


def test_what_is_given_has_its_kind_and_its_unit() -> None:
    proposal = Proposal("voucher", {"Voucher": "1,200", "points": "50"})
    plan = plan_of(gone().when(partial(planning.propose, proposal=proposal), at=hour(1)).case)
    assert plan.gives == {"voucher": "1200", "points": "50"}
    assert given_text(LIFE, plan.gives, "en") == "Voucher 1200 yuan (valid for 3 months), points 50 points"
    assert given_text(LIFE, plan.gives, "zh") == "Voucher 1200 元（有效期3个月）、points 50 points"


def test_a_disposition_says_what_has_to_be_given_with_it() -> None:
    lacks = partial(planning.propose, proposal=Proposal("voucher", {"points": "50"}))
    gone().when(lacks).refused(BadInput, "voucher gives voucher (dispositions.voucher.gives)", "add --give voucher=…")
    unknown = partial(planning.propose, proposal=Proposal("voucher", {"vouchers": "50"}))
    gone().when(unknown).refused(BadInput, "unknown kind given 'vouchers' – write 'voucher'")


def test_points_are_never_compared_with_yuan() -> None:
    for kind, complete in (("points", True), ("voucher", True), ("money", False)):
        case = gone(Did(partial(planning.propose, proposal=Proposal("refund", {kind: "5000"})), 1, "li"))
        approved = case.when(planning.approve, at=hour(2), actor="zhao").case
        assert plan_of(approved).approved is complete, kind
