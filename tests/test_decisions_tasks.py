"""Tasks: who may do them, in which order, what they come to, and who hears of them."""

from functools import partial

import pytest

from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.handling import CaseEscalated, TaskDone
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import summed
from afterservice_cli.decisions import closing, escalation, mending, messages, planning, tasks
from afterservice_cli.decisions.approvals import missing_approvals
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.moment import Moment
from courses import (
    BY_HEAD,
    DONE,
    FETCHED,
    LOW,
    MENDED,
    READY,
    REFUSED,
    REPAIR,
    VISITED,
    YES,
    Did,
    gone,
    last,
    life,
    open_tasks,
    standing_at,
    verdicts,
)
from given import came_in, given, hour

# --- the tasks of a plan ------------------------------------------------------------------------------------------


def test_a_task_is_one_of_the_plan_done_once_and_after_the_customer_s_yes() -> None:
    agreed = gone(*READY, FETCHED)
    agreed.when(partial(tasks.task, name="send")).refused(BadInput, "has no task 'send'", "write 'mend'")
    agreed.when(partial(tasks.task, name="fetch")).refused(
        Refused, "fetch of 202610-001 was done at", "under plan 1", "next: afterservice task 202610-001 mend"
    )
    gone(REPAIR).when(partial(tasks.task, name="fetch")).refused(Refused, "waits for the approval of owner_head")
    gone(REPAIR, BY_HEAD).when(partial(tasks.task, name="fetch")).refused(
        Refused, "the customer has not accepted plan 1", "afterservice agree 202610-001 --yes"
    )
    gone(REPAIR, BY_HEAD, REFUSED).when(partial(tasks.task, name="fetch")).refused(
        Refused, "the customer has not accepted plan 1", "afterservice propose 202610-001 --disposition …"
    )
    gone().when(partial(tasks.task, name="fetch")).refused(Refused, "has no task to be done", "afterservice show")
    declined = gone(REPAIR, Did(partial(planning.decline, reason="too dear"), 2, "zhao"))
    declined.when(partial(tasks.task, name="fetch")).refused(Refused, "plan 1 of 202610-001 was declined")


def test_a_task_waits_for_the_one_above_it_and_is_done_by_whose_it_is() -> None:
    agreed = gone(*READY)
    agreed.when(partial(tasks.task, name="mend"), actor="li").refused(
        Refused,
        "mend of 202610-001 waits for fetch (dispositions.repair.tasks.mend)",
        "afterservice task 202610-001 fetch",
    )
    agreed.when(partial(tasks.task, name="fetch"), actor="li").refused(
        Refused, "fetch of 202610-001 takes service (dispositions.repair.tasks.fetch); li is not", "sun, he, lin"
    )
    gone(*READY, FETCHED).when(partial(tasks.task, name="mend"), at=hour(3.5), actor="li").refused(
        BadInput, "fetch of 202610-001 was done at"
    )
    agreed.when(partial(tasks.task, name="fetch"), at=hour(2.5)).refused(BadInput, "was agreed at")


def test_a_rulebook_without_tasks_says_so() -> None:
    given(came_in()).when(partial(tasks.task, name="x")).refused(
        Refused, "small does without task", "`tasks:` in the rulebook"
    )


# --- outcomes, order and money ------------------------------------------------------------------------------------

RETURN = (
    "  repair:\n    title: Repair\n    tasks:\n      fetch: {title: Fetch it, by: service, within: 1wd}\n"
    "      mend: {title: Mend it, by: tech, within: 2wd}\n",
    "  repair:\n    title: Return\n    tasks:\n      back: {title: Goods back, by: service, within: 7d}\n"
    "      inspect: {title: Inspect, by: tech, outcomes: {fine: Fine, used: {title: Used, then: revise}, "
    "lost: {title: Lost, then: stop}}}\n"
    "      pay: {title: Pay, by: service, from: 'task:back.done', within: 7d, once: true}\n"
    "      thank: {title: Thank, by: service, after: [], within: 1wd}\n",
)

GOODS = life(RETURN)

BACK = Did(partial(tasks.task, name="back"), 4)


def inspected(outcome: str) -> Did:
    return Did(partial(tasks.task, name="inspect", outcome=outcome), 5, "li")


def test_an_outcome_is_asked_for_and_has_to_be_one_of_them() -> None:
    back = gone(*READY, BACK, rulebook=GOODS)
    look = partial(tasks.task, name="inspect")
    back.when(look, actor="li").refused(BadInput, "inspect comes to something", "--outcome fine|used|lost")
    back.when(partial(look, outcome="broken"), actor="li").refused(BadInput, "cannot come to 'broken'")
    back.when(partial(tasks.task, name="thank", outcome="fine"), actor="lin").refused(BadInput, "thank has no outcomes")
    assert back.when(partial(look, outcome="Fine"), actor="li").case.done_task("inspect").outcome == "fine"  # type: ignore[union-attr]


def test_money_waits_for_the_inspection_though_its_time_runs_from_the_return() -> None:
    back = gone(*READY, BACK, rulebook=GOODS)
    back.when(partial(tasks.task, name="pay")).refused(
        Refused, "pay of 202610-001 waits for inspect", "afterservice task 202610-001 inspect --outcome fine|used|lost"
    )
    gone(*READY, rulebook=GOODS).when(partial(tasks.task, name="pay")).refused(
        Refused, "waits for inspect", "afterservice task 202610-001 back"
    )
    spec = last(standing_at(back), "task:pay").spec
    assert (spec.start, spec.from_at) == ("task:back.done", hour(4))
    assert open_tasks(standing_at(gone(*READY, BACK, inspected("fine"), rulebook=GOODS))) == ["pay", "thank"]


def test_a_task_of_the_plan_alone_waits_as_well() -> None:
    own = life(("      mend: {title: Mend it, by: tech, within: 2wd}\n", ""))
    asked = Did(partial(planning.propose, proposal=Proposal("repair", tasks=("Call",))), 1, "li")
    gone(asked, *READY[1:], rulebook=own).when(partial(tasks.task, name="+1")).refused(
        Refused, "+1 of 202610-001 waits for fetch |", "afterservice task 202610-001 fetch"
    )


def test_a_task_without_a_task_before_it_can_be_done_at_once() -> None:
    assert "thank" not in open_tasks(
        gone(*READY, rulebook=GOODS).when(partial(tasks.task, name="thank"), at=hour(4), actor="lin").case
    )


def test_an_outcome_that_asks_for_another_plan_stops_the_money() -> None:
    used = gone(*READY, BACK, inspected("used"), rulebook=GOODS)
    case = standing_at(used)
    assert (open_tasks(case), verdicts(case, 900)["task:pay"]) == ([], "void")
    used.when(partial(tasks.task, name="pay")).refused(
        Refused, "plan 1 of 202610-001 has to be revised: inspect came to used (then: revise)", "afterservice propose"
    )
    used.when(partial(closing.resolve, resolution="x")).refused(Refused, "tasks", "afterservice propose 202610-001")
    again = Did(partial(planning.propose, proposal=Proposal("explain")), 6, "li")
    assert standing_at(gone(*READY, BACK, inspected("used"), again, rulebook=GOODS)).plans == 2


def test_an_outcome_may_make_the_other_tasks_needless() -> None:
    lost = gone(*READY, BACK, inspected("lost"), rulebook=GOODS)
    assert open_tasks(standing_at(lost)) == []
    lost.when(partial(tasks.task, name="pay")).refused(Refused, "pay of 202610-001 is needless: plan 1 was stopped")
    assert lost.when(partial(closing.resolve, resolution="x"), at=hour(6)).case.status == "resolved"


def test_what_was_given_counts_when_the_next_plan_is_approved() -> None:
    """300 were paid; 800 more are 1,100 in all, and management is asked from 1,000 on."""
    dear = life(RETURN, ("  repair:\n    title: Return\n", "  repair:\n    title: Return\n    gives: money\n"))
    plan = partial(planning.propose, proposal=Proposal("repair", gives={"money": "300"}))
    paid = (Did(plan, 1, "li"), *READY[1:], BACK, inspected("fine"), Did(partial(tasks.task, name="pay"), 6))
    case = standing_at(gone(*paid, rulebook=dear))
    assert (case.given["1"].gives, facts_of(case, dear)["give.money"]) == ({"money": "300"}, "300")
    more = Did(partial(planning.propose, proposal=Proposal("repair", gives={"money": "800.50"})), 7, "li")
    case = standing_at(gone(*paid, more, rulebook=dear))
    assert facts_of(case, dear)["give.money"] == "1100.50"
    assert case.plan and [role for role, _ in missing_approvals(case, case.plan, dear)] == ["owner_head", "management"]
    unpaid = standing_at(gone(*paid[:-1], more, rulebook=dear))
    assert unpaid.plan and [role for role, _ in missing_approvals(unpaid, unpaid.plan, dear)] == ["owner_head"]


@pytest.mark.parametrize(
    ("numbers", "sum_of_them"),
    [(["0.50", "99.5"], "100"), (["1", "2"], "3"), (["0.05"], "0.05"), (["0.1", "0.02"], "0.12")],
)
def test_numbers_are_summed_without_losing_a_cent(numbers: list[str], sum_of_them: str) -> None:
    assert summed(numbers) == sum_of_them


def test_what_is_done_once_is_never_done_twice_whatever_the_plan_and_the_cycle() -> None:
    paid = (*READY, BACK, inspected("fine"), Did(partial(tasks.task, name="pay"), 6))
    again = Did(partial(planning.propose, proposal=Proposal("repair")), 7, "li")
    accepted = (Did(planning.approve, 8, "zhao"), Did(partial(planning.agree, agreed=True), 9))
    second = gone(*paid, again, *accepted, rulebook=GOODS)
    assert open_tasks(standing_at(second)) == ["thank"]
    second.when(partial(tasks.task, name="pay")).refused(Refused, "was done at", "under plan 1 and is done but once")
    ended = (
        *paid,
        Did(partial(tasks.task, name="thank"), 6.5),
        Did(partial(closing.resolve, resolution="paid"), 7),
        Did(partial(closing.reopen, reason="not there"), 8),
    )
    anew = (
        Did(partial(planning.propose, proposal=Proposal("repair")), 9, "li"),
        Did(planning.approve, 10, "zhao"),
        Did(partial(planning.agree, agreed=True), 11),
    )
    case = standing_at(gone(*ended, *anew, rulebook=GOODS))
    assert (case.cycle, open_tasks(case)) == (2, ["back", "inspect", "thank"])


# --- tasks that hang on an event ----------------------------------------------------------------------------------


def test_a_case_is_not_closed_while_the_second_visit_is_open() -> None:
    gone(DONE, YES, LOW).when(closing.close).refused(
        Refused, "before close: tasks (demands[2])", "afterservice task 202610-001 visit"
    )
    gone().when(partial(closing.close, resolution="x", confirmed=True, scores={"speed": 1})).refused(
        Refused, "before close: tasks (demands[2])"
    )
    assert gone(DONE, YES, LOW, VISITED).when(closing.close, at=hour(6)).case.status == "closed"


def test_the_second_visit_is_paid_by_who_owes_it() -> None:
    for actor in ("lin", "sun", "han"):
        gone(DONE, YES, LOW).when(partial(tasks.task, name="visit"), actor=actor).refused(
            Refused, "takes supervisor (tasks.visit)", "ask one of ma, zhao"
        )
    for actor in ("ma", "zhao"):
        visited = gone(DONE, YES, LOW).when(partial(tasks.task, name="visit"), at=hour(5), actor=actor)
        assert (open_tasks(visited.case), verdicts(visited.case, 900)["task:visit"]) == ([], "met")


def test_a_task_is_done_after_it_was_opened() -> None:
    gone(DONE, YES, LOW).when(partial(tasks.task, name="visit"), at=hour(2.5), actor="ma").refused(
        BadInput, "visit of 202610-001 was opened at"
    )


VERIFY = (
    "tasks:\n  visit:",
    "tasks:\n  verify: {title: Verify, on: resolved, by: tech, within: 2wd, not_by: [resolved], "
    "outcomes: {passed: Passed, failed: {title: Failed, then: reopen}}}\n  visit:",
)

VERIFIED = life(VERIFY)


def test_nobody_verifies_their_own_work() -> None:
    resolved = gone(Did(partial(closing.resolve, resolution="mended"), 1, "li"), rulebook=VERIFIED)
    passed = partial(tasks.task, name="verify", outcome="passed")
    resolved.when(passed, actor="li").refused(
        Refused, "may not be done by li, who resolved it (tasks.verify.not_by)", "ask another of tech: zhao, qian, wang"
    )
    assert open_tasks(resolved.when(passed, actor="wang").case) == []


def test_whoever_did_a_task_does_not_check_it() -> None:
    mend = "      mend: {title: Mend it, by: tech, within: 2wd}\n"
    checked = life((mend, mend + "      check: {title: Check it, by: tech, not_by: 'task:mend.done'}\n"))
    mended = gone(*READY, FETCHED, MENDED, rulebook=checked)
    mended.when(partial(tasks.task, name="check"), actor="li").refused(
        Refused, "may not be done by li, who did mend (dispositions.repair.tasks.check.not_by)", "zhao, qian, wang"
    )


def test_what_fails_its_verification_begins_again() -> None:
    resolved = gone(Did(partial(closing.resolve, resolution="mended"), 1, "li"), rulebook=VERIFIED)
    failed = resolved.when(partial(tasks.task, name="verify", outcome="failed", text="leaks"), at=hour(2), actor="wang")
    done, reopened = failed.events
    assert isinstance(done, TaskDone)
    assert isinstance(reopened, CaseReopened)
    assert (done.then, reopened.reason) == ("reopen", "leaks")
    assert (failed.case.status, failed.case.cycle, open_tasks(failed.case)) == ("open", 2, [])


@pytest.mark.parametrize(("language", "said"), [("en", "Verify: Failed"), ("zh", "Verify：Failed")])
def test_without_a_word_the_reason_is_what_the_task_came_to(language: str, said: str) -> None:
    rulebook = life(VERIFY, ("language: en", f"language: {language}"))
    resolved = gone(Did(partial(closing.resolve, resolution="mended"), 1, "li"), rulebook=rulebook)
    failed = resolved.when(partial(tasks.task, name="verify", outcome="failed"), at=hour(2), actor="wang")
    assert failed.case.standing[-1].event.said == said


def test_a_condition_may_ask_what_a_task_came_to() -> None:
    rulebook = life(
        VERIFY,
        (
            "  visit: {title: Second visit, on: rated,",
            "  call: {title: Call, on: 'task:verify.done', when: {outcome.verify: passed}}\n"
            "  visit: {title: Second visit, on: rated,",
        ),
    )
    resolved = gone(Did(partial(closing.resolve, resolution="mended"), 1, "li"), rulebook=rulebook)
    passed = resolved.when(partial(tasks.task, name="verify", outcome="passed"), at=hour(2), actor="wang")
    assert open_tasks(passed.case) == ["call"]


# --- taken back ---------------------------------------------------------------------------------------------------


def test_what_opened_a_task_that_is_done_carries_it() -> None:
    visited = gone(DONE, YES, LOW, VISITED)
    visited.when(partial(mending.retract, seq=4, reason="x"), at=hour(6)).refused(Refused, "carries event 5")
    case = gone(DONE, YES, LOW).when(partial(mending.retract, seq=4, reason="wrong case"), at=hour(4)).case
    assert (case.scores, open_tasks(case)) == (None, [])


# --- who hears of them --------------------------------------------------------------------------------------------


def test_a_missed_task_is_told_to_its_own_head_and_not_to_the_case_s() -> None:
    rulebook = life(
        (
            "consequences: [{on: reopened, raise_priority: 1, tell: owner_head}]",
            "consequences:\n  - {on: missed, tasks: [fetch], tell: owner_head}\n  - {on: missed, tell: supervisor}",
        )
    )
    late = gone(*READY, rulebook=rulebook).when(escalation.escalate, at=hour(99), now=hour(99))
    told = {event.target: (event.told, event.rule) for event in late.events if isinstance(event, CaseEscalated)}
    assert told["task:fetch"] == (("sun",), "consequences[1]")  # who heads the service; Zhao heads the case's team
    assert told["respond"] == (("ma",), "consequences[2]")


def test_whoever_has_a_task_to_do_is_told_when_it_is_opened() -> None:
    rulebook = life(
        (
            "messages:\n",
            "messages:\n  do: {on: agreed, to: task, text: Please}\n  back: {on: 'task:fetch.done', text: Here}\n",
        )
    )
    agreed = standing_at(gone(REPAIR, BY_HEAD, rulebook=rulebook))
    (event,) = gone(REPAIR, BY_HEAD, rulebook=rulebook).when(partial(planning.agree, agreed=True), at=hour(3)).events
    moment = Moment(hour(3), hour(3), "lin", rulebook)
    (message,) = messages.write(evolve(agreed, event, rulebook.hash), [event], moment)
    assert (message.to, message.people) == ("task", ("sun", "he", "lin", "zhao", "qian", "li", "wang"))
    fetched = gone(*READY, rulebook=rulebook).when(partial(tasks.task, name="fetch"), at=hour(4), actor="lin")
    (told,) = messages.write(fetched.case, fetched.events, moment)
    assert (told.to, told.text) == ("customer", "Here")
