"""Tasks: who opens them, whose they are, in which order and time they are done, and what they come to."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.handling import CaseEscalated, TaskDone
from afterservice_cli.cases.fold import evolve
from afterservice_cli.cases.values import Appraisal, summed
from afterservice_cli.deadlines.specs import put
from afterservice_cli.decisions import closing, escalation, handling, mending, messages, planning, tasks, triage
from afterservice_cli.decisions.approvals import missing_approvals
from afterservice_cli.decisions.facts import facts_of
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.moment import Moment
from courses import LIFE, Did, due, gone, last, life, standing_at, verdicts
from given import came_in, given, hour

# Engineering has the case: Zhao heads it, Li is a member. Service fetches what Engineering mends.
REPAIR = Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li")
BY_HEAD = Did(planning.approve, 2, "zhao")
AGREED = Did(partial(planning.agree, agreed=True), 3)
REFUSED = Did(partial(planning.agree, agreed=False), 3)
FETCHED = Did(partial(tasks.task, name="fetch"), 4)
MENDED = Did(partial(tasks.task, name="mend"), 5, "li")
READY = (REPAIR, BY_HEAD, AGREED)

# The customer answers two questions; a 2 or less asks for a visit by a supervisor (Ma or Zhao) in two working days.
DONE = Did(partial(closing.resolve, resolution="mended"), 1)
YES = Did(partial(closing.confirm, satisfied=True), 2)
LOW = Did(partial(closing.rate, scores={"speed": 2, "result": 5}), 3)
VISITED = Did(partial(tasks.task, name="visit", text="came too late, a voucher"), 5, "ma")


def names(case: Case) -> list[str]:
    return [task.spec.name for task in case.open_tasks]


def test_a_task_is_warned_of_before_its_time_is_up() -> None:
    """A quarter of 22 working hours before Monday at six, and two working hours before Thursday at six."""
    book = life(
        ("mend: {title: Mend it, by: tech, within: 2wd}", "mend: {title: Mend it, by: tech, within: 2wd, warn: 25%}"),
        (
            "fetch: {title: Fetch it, by: service, within: 1wd}",
            "fetch: {title: F, by: service, within: 1wd, warn: 2wh}",
        ),
    )
    case = standing_at(gone(*READY, Did(partial(tasks.task, name="fetch"), 26), rulebook=book))
    assert last(case, "task:fetch").spec.warn_at == hour(31)
    assert (due(case, "task:mend"), last(case, "task:mend").spec.warn_at) == (hour(5 * 24 + 9), hour(5 * 24 + 2.5))
    late = last(case, "task:mend").spec
    assert put(book, late, late.due_at + timedelta(days=1)).warn_at == hour(6 * 24 + 2.5)
    assert last(standing_at(gone(*READY)), "task:fetch").spec.warn_at is None


# --- the tasks of a plan ------------------------------------------------------------------------------------------


def test_tasks_follow_one_another_each_in_its_time() -> None:
    """The first one's time begins when the customer agrees, on Wednesday at noon; the next one's when it is done."""
    agreed = gone(*READY)
    case = standing_at(agreed)
    setting = last(case, "task:fetch").spec
    assert (setting.start, setting.until, setting.duration, setting.team) == (
        "agreed",
        ("task:fetch.done",),
        "1wd",
        "service",
    )
    assert setting.due_at == hour(33)  # Thursday at six
    assert "task:mend" not in verdicts(case, 4)
    assert names(case) == ["fetch", "mend"]

    fetched = agreed.when(partial(tasks.task, name="fetch", text=" at noon "), at=hour(26), actor="lin")
    (event,) = fetched.events
    assert isinstance(event, TaskDone)
    assert (event.task, event.text) == ("fetch", "at noon")
    assert verdicts(fetched.case, 900)["task:fetch"] == "met"
    assert due(fetched.case, "task:mend") == hour(5 * 24 + 9)  # two working days from Thursday: Monday at six
    assert names(fetched.case) == ["mend"]


@pytest.mark.parametrize(
    ("rulebook", "course", "start"),
    [
        (LIFE, READY, "agreed"),
        (life(("what: [approval, agreement, tasks]", "what: [approval, tasks]")), (REPAIR, BY_HEAD), "approved"),
        (
            life(
                ("what: [approval, agreement, tasks]", "what: [tasks]"),
                ("disposition: [repair, refund, exchange]}}\n  - {by", "disposition: [refund, exchange]}}\n  - {by"),
            ),
            (REPAIR,),
            "proposed",
        ),
    ],
)
def test_a_plan_s_tasks_are_opened_by_what_carrying_it_out_waits_for(
    rulebook: Any, course: tuple[Did, ...], start: str
) -> None:
    for length in range(len(course)):
        assert names(standing_at(gone(*course[:length], rulebook=rulebook))) == []
    assert last(standing_at(gone(*course, rulebook=rulebook)), "task:fetch").spec.start == start


def test_a_yes_that_nobody_asked_for_does_not_open_them_again() -> None:
    unasked = life(("what: [approval, agreement, tasks]", "what: [approval, tasks]"))
    before = due(standing_at(gone(REPAIR, BY_HEAD, rulebook=unasked)), "task:fetch")
    agreed = standing_at(gone(REPAIR, BY_HEAD, Did(partial(planning.agree, agreed=True), 30), rulebook=unasked))
    assert due(agreed, "task:fetch") == before
    assert names(agreed) == ["fetch", "mend"]


def test_they_are_opened_by_whatever_makes_the_last_approval_needless() -> None:
    rulebook = life(
        ("what: [approval, agreement, tasks]", "what: [approval, tasks]"),
        (
            "  - {by: management, when: {any:",
            "  - {by: management, when: {cause: misuse}}\n  - {by: management, when: {any:",
        ),
    )
    course = (Did(partial(handling.appraise, found=Appraisal(cause="misuse")), 0.5), REPAIR, BY_HEAD)
    assert names(standing_at(gone(*course, rulebook=rulebook))) == []
    wear = Did(partial(handling.appraise, found=Appraisal(cause="wear")), 3)
    assert last(standing_at(gone(*course, wear, rulebook=rulebook)), "task:fetch").spec.start == "appraised"


def test_a_new_version_drops_what_is_not_done_and_keeps_what_is() -> None:
    again = Did(partial(planning.propose, proposal=Proposal("repair")), 6, "li")
    revised = standing_at(gone(*READY, again))
    assert (names(revised), verdicts(revised, 900)["task:fetch"]) == ([], "void")
    accepted = (Did(planning.approve, 7, "zhao"), Did(partial(planning.agree, agreed=True), 8))
    begun_again = standing_at(gone(*READY, again, *accepted))
    fetches = [d for d in begun_again.deadlines if d.spec.target == "task:fetch"]
    assert [(d.spec.occurrence, d.verdict(hour(9))) for d in fetches] == [(1, "void"), (2, "running")]
    kept = standing_at(gone(*READY, FETCHED, again, *accepted))
    assert (names(kept), kept.plan and kept.plan.version) == (["mend"], 2)
    assert last(kept, "task:mend").spec.start == "agreed"


def test_the_time_of_a_task_stands_still_while_the_case_waits() -> None:
    waiting = gone(*READY, Did(partial(handling.pause, ground="parts"), 4))
    assert verdicts(standing_at(waiting), 900)["task:fetch"] == "paused"
    resumed = waiting.when(handling.resume, at=hour(4 + 24)).case
    assert due(resumed, "task:fetch") == hour(33 + 24)


def test_the_time_of_a_task_that_waiting_asks_for_goes_on() -> None:
    order = "{title: Order it, on: paused, when: {waiting_for: parts}, by: service, within: 4wh, pauses: false}"
    rulebook = life(("tasks:\n  visit", f"tasks:\n  order: {order}\n  visit"))
    waiting = gone(Did(partial(handling.pause, ground="parts"), 4), rulebook=rulebook)
    assert verdicts(standing_at(waiting), 5)["task:order"] == "running"
    assert verdicts(standing_at(waiting), 900)["task:order"] == "missed"
    at = due(standing_at(waiting), "task:order")
    assert due(waiting.when(handling.resume, at=hour(5)).case, "task:order") == at


def test_tasks_that_a_person_added_have_no_time_and_come_last() -> None:
    own = Did(partial(planning.propose, proposal=Proposal("explain", tasks=("call them",))), 1, "li")
    done = gone(own).when(partial(tasks.task, name="call them"), at=hour(2))
    done.then(TaskDone(hour(2), "+1"))
    assert [target for target in verdicts(done.case, 1) if target.startswith("task")] == []


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


def test_classifying_anew_leaves_the_plan_s_tasks() -> None:
    moved = standing_at(gone(*READY, Did(partial(triage.classify, priority="high", reason="x"), 4, "zhao")))
    assert (due(moved, "task:fetch"), names(moved)) == (hour(33), ["fetch", "mend"])


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
    assert names(standing_at(gone(*READY, BACK, inspected("fine"), rulebook=GOODS))) == ["pay", "thank"]


def test_a_task_of_the_plan_alone_waits_as_well() -> None:
    own = life(("      mend: {title: Mend it, by: tech, within: 2wd}\n", ""))
    asked = Did(partial(planning.propose, proposal=Proposal("repair", tasks=("Call",))), 1, "li")
    gone(asked, *READY[1:], rulebook=own).when(partial(tasks.task, name="+1")).refused(
        Refused, "+1 of 202610-001 waits for fetch |", "afterservice task 202610-001 fetch"
    )


def test_a_task_without_a_task_before_it_can_be_done_at_once() -> None:
    assert "thank" not in names(
        gone(*READY, rulebook=GOODS).when(partial(tasks.task, name="thank"), at=hour(4), actor="lin").case
    )


def test_an_outcome_that_asks_for_another_plan_stops_the_money() -> None:
    used = gone(*READY, BACK, inspected("used"), rulebook=GOODS)
    case = standing_at(used)
    assert (names(case), verdicts(case, 900)["task:pay"]) == ([], "void")
    used.when(partial(tasks.task, name="pay")).refused(
        Refused, "plan 1 of 202610-001 has to be revised: inspect came to used (then: revise)", "afterservice propose"
    )
    used.when(partial(closing.resolve, resolution="x")).refused(Refused, "tasks", "afterservice propose 202610-001")
    again = Did(partial(planning.propose, proposal=Proposal("explain")), 6, "li")
    assert standing_at(gone(*READY, BACK, inspected("used"), again, rulebook=GOODS)).plans == 2


def test_an_outcome_may_make_the_other_tasks_needless() -> None:
    lost = gone(*READY, BACK, inspected("lost"), rulebook=GOODS)
    assert names(standing_at(lost)) == []
    lost.when(partial(tasks.task, name="pay")).refused(Refused, "pay of 202610-001 is needless: plan 1 was stopped")
    assert lost.when(partial(closing.resolve, resolution="x"), at=hour(6)).case.status == "resolved"


def test_what_was_given_counts_when_the_next_plan_is_approved() -> None:
    """300 were paid; 800 more are 1,100 in all, and management is asked from 1,000 on."""
    dear = life(RETURN, ("  repair:\n    title: Return\n", "  repair:\n    title: Return\n    gives: money\n"))
    plan = partial(planning.propose, proposal=Proposal("repair", gives={"money": "300"}))
    paid = (Did(plan, 1, "li"), *READY[1:], BACK, inspected("fine"), Did(partial(tasks.task, name="pay"), 6))
    case = standing_at(gone(*paid, rulebook=dear))
    assert (case.given, facts_of(case, dear)["give.money"]) == ({"1": {"money": "300"}}, "300")
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
    assert names(standing_at(second)) == ["thank"]
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
    assert (case.cycle, names(case)) == (2, ["back", "inspect", "thank"])


# --- tasks that hang on an event ----------------------------------------------------------------------------------


def test_a_low_score_asks_for_a_second_visit_by_the_role_and_in_the_time_the_rulebook_names() -> None:
    rated = gone(DONE, YES).when(partial(closing.rate, scores={"speed": 2, "result": 5}), at=hour(3))
    assert [event.word for event in rated.events] == ["rated"]
    assert names(rated.case) == ["visit"]
    spec = last(rated.case, "task:visit").spec
    assert (spec.duration, spec.due_at, spec.until) == ("2wd", hour(57), ("task:visit.done",))  # Friday at six
    assert (spec.rule, spec.team) == ("tasks.visit.within", "supervisor")


@pytest.mark.parametrize("scores", [{"speed": 3, "result": 3}, {"result": 3}, {"speed": 5, "result": 5}])
def test_a_score_above_it_asks_for_nothing(scores: dict[str, int]) -> None:
    assert names(gone(DONE, YES).when(partial(closing.rate, scores=scores), at=hour(3)).case) == []


def test_a_second_low_score_asks_for_no_further_visit_before_the_first_was_paid() -> None:
    twice = gone(DONE, YES, LOW).when(partial(closing.rate, scores={"speed": 1}), at=hour(4)).case
    assert names(twice) == ["visit"]
    paid = gone(DONE, YES, LOW, VISITED).when(partial(closing.rate, scores={"speed": 1}), at=hour(6)).case
    visits = [d for d in paid.deadlines if d.spec.target == "task:visit"]
    assert [(d.spec.occurrence, d.verdict(hour(7))) for d in visits] == [(1, "met"), (2, "running")]


def test_a_better_answer_after_the_visit_asks_for_none() -> None:
    better = gone(DONE, YES, LOW, VISITED).when(partial(closing.rate, scores={"result": 5}), at=hour(6)).case
    assert names(better) == []


def test_what_a_retraction_makes_possible_is_opened_by_it() -> None:
    rulebook = life(
        ("what: [approval, agreement, tasks]", "what: [approval, tasks]"),
        (
            "  - {by: management, when: {any:",
            "  - {by: management, when: {cause: misuse}}\n  - {by: management, when: {any:",
        ),
    )
    misuse = Did(partial(handling.appraise, found=Appraisal(cause="misuse")), 0.5)
    waiting = gone(misuse, REPAIR, BY_HEAD, rulebook=rulebook)
    assert names(standing_at(waiting)) == []
    back = waiting.when(partial(mending.retract, seq=2, reason="x"), at=hour(3), actor="zhao").case
    assert (names(back), last(back, "task:fetch").spec.start) == (["fetch", "mend"], "retracted")


def test_a_registration_that_is_taken_back_opens_nothing() -> None:
    """Not even under a rulebook that came later, by which nobody has to approve the plan any more."""
    by_head = "  - {by: owner_head, when: {disposition: [repair, refund, exchange]}}\n"
    lighter = life(("what: [approval, agreement, tasks]", "what: [tasks]"), (by_head, ""))
    waiting = given(*gone(REPAIR).when(lambda case, moment: []).recorded, rulebook=lighter)
    assert names(waiting.when(partial(handling.note, text="x"), at=hour(3)).case) == ["fetch", "mend"]
    void = waiting.when(partial(mending.retract, seq=1, reason="x"), at=hour(3), actor="zhao").case
    assert (void.status, void.tasks) == ("void", ())


def test_a_miss_is_a_miss_whatever_becomes_of_the_plan() -> None:
    again = Did(partial(planning.propose, proposal=Proposal("repair")), 99, "li")
    assert verdicts(standing_at(gone(*READY, again)), 900)["task:fetch"] == "missed"


def test_a_visit_is_owed_for_a_low_score_told_late_though_one_was_paid_since_that_day() -> None:
    late = Did(partial(closing.rate, scores={"result": 1}), 2.5, told=6)
    owed = standing_at(gone(DONE, YES, LOW, VISITED, late))
    assert (names(owed), verdicts(owed, 7)["task:visit"]) == (["visit"], "running")
    again = Did(partial(tasks.task, name="visit", text="rang once more"), 8, "ma")
    paid = standing_at(gone(DONE, YES, LOW, VISITED, late, again))
    visits = [d.ended_at for d in paid.deadlines if d.spec.target == "task:visit"]
    assert (names(paid), visits) == ([], [hour(5), hour(8)])


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
        assert (names(visited.case), verdicts(visited.case, 900)["task:visit"]) == ([], "met")


def test_a_task_is_done_after_it_was_opened() -> None:
    gone(DONE, YES, LOW).when(partial(tasks.task, name="visit"), at=hour(2.5), actor="ma").refused(
        BadInput, "visit of 202610-001 was opened at"
    )


def test_a_low_score_after_closing_asks_for_the_visit_too_and_leaves_the_case_closed() -> None:
    late = gone(DONE, YES, Did(closing.close, 4), Did(partial(closing.rate, scores={"speed": 1}), 5))
    case = standing_at(late)
    assert (case.status, names(case), verdicts(case, 6)["task:visit"]) == ("closed", ["visit"], "running")
    visited = late.when(partial(tasks.task, name="visit"), at=hour(6), actor="ma").case
    assert (visited.status, names(visited)) == ("closed", [])


def test_a_visit_that_nobody_paid_is_owed_anew_when_the_case_begins_again() -> None:
    for at, verdict in ((4, "void"), (99, "missed")):
        again = gone(DONE, YES, LOW).when(partial(closing.reopen, reason="x"), at=hour(at), now=hour(at)).case
        assert (names(again), again.scores) == (["visit"], None)
        visits = [d for d in again.deadlines if d.spec.target == "task:visit"]
        assert [(d.spec.cycle, d.verdict(hour(at))) for d in visits] == [(1, verdict), (2, "running")]


REOPENED = Did(partial(closing.reopen, reason="x"), 4)


def test_better_scores_for_the_next_solution_do_not_pay_it() -> None:
    anew = (Did(partial(closing.resolve, resolution="anew"), 5), Did(partial(closing.confirm, satisfied=True), 6))
    better = gone(DONE, YES, LOW, REOPENED, *anew, Did(partial(closing.rate, scores={"speed": 5, "result": 5}), 7))
    case = standing_at(better)
    assert names(case) == ["visit"]
    better.when(closing.close, at=hour(8)).refused(Refused, "tasks", "task 202610-001 visit")


def test_a_customer_who_says_no_is_still_owed_it() -> None:
    case = gone(DONE, LOW).when(partial(closing.confirm, satisfied=False), at=hour(4)).case
    assert (case.status, names(case)) == ("open", ["visit"])


def test_a_visit_that_was_paid_is_not_owed_again() -> None:
    paid = gone(DONE, YES, LOW, VISITED)
    again = paid.when(partial(closing.reopen, reason="x"), at=hour(6)).case
    assert names(again) == []


def test_it_is_owed_however_often_the_case_begins_again() -> None:
    twice = gone(DONE, YES, LOW, REOPENED, Did(partial(closing.resolve, resolution="anew"), 5))
    again = twice.when(partial(closing.reopen, reason="x"), at=hour(6)).case
    assert (again.cycle, names(again)) == (3, ["visit"])


def test_without_a_time_a_task_has_no_deadline() -> None:
    whenever = life((", by: supervisor, within: 2wd}", ", by: supervisor}"))
    rated = standing_at(gone(DONE, YES, LOW, rulebook=whenever))
    assert (names(rated), "task:visit" in verdicts(rated, 3)) == (["visit"], False)


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
    assert names(resolved.when(passed, actor="wang").case) == []


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
    assert (failed.case.status, failed.case.cycle, names(failed.case)) == ("open", 2, [])


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
    assert names(passed.case) == ["call"]


# --- the parts of teams that work along ---------------------------------------------------------------------------

PARTS = life(
    (
        "categories:\n",
        "categories:\n  parcel:\n    title: Parcel\n    owner: service\n    with: [quality]\n"
        "    parts: {tech: {title: Look for marks, within: 1wd}}\n"
        "    children:\n      late: {title: Late, match: [late parcel]}\n"
        "      lost: {title: Lost, match: [lost parcel], with: [quality]}\n",
    )
)


def test_a_team_that_works_along_has_its_part_from_the_beginning_with_a_time_of_its_own() -> None:
    case = standing_at(gone(text="a late parcel", rulebook=PARTS))
    assert (case.collaborators, names(case)) == (("quality", "tech"), ["tech"])
    spec = last(case, "task:tech").spec
    assert (spec.team, spec.rule, spec.due_at) == ("tech", "categories.parcel.late.parts.tech.within", hour(33))
    done = gone(text="a late parcel", rulebook=PARTS).when(partial(tasks.task, name="Look for marks"), actor="li")
    assert names(done.case) == []


def test_the_part_goes_with_the_category_and_with_the_team() -> None:
    late = gone(text="a late parcel", rulebook=PARTS)
    lost = Did(partial(triage.classify, category="parcel.lost", reason="x"), 1, "sun")
    moved = standing_at(gone(lost, text="a late parcel", rulebook=PARTS))
    assert (moved.collaborators, names(moved), verdicts(moved, 900)["task:tech"]) == (("quality",), [], "void")
    alone = late.when(partial(triage.assign, collaborators=("quality",), reason="x"), at=hour(1)).case
    assert names(alone) == []
    back = Did(partial(triage.classify, category="parcel.late", reason="x"), 2, "sun")
    assert names(standing_at(gone(lost, back, text="a late parcel", rulebook=PARTS))) == ["tech"]


# --- taken back ---------------------------------------------------------------------------------------------------


def test_a_task_taken_back_is_to_be_done_again_in_its_old_time() -> None:
    case = gone(*READY, FETCHED).when(partial(mending.retract, seq=5, reason="x"), at=hour(5)).case
    assert names(case) == ["fetch", "mend"]
    assert (due(case, "task:fetch"), verdicts(case, 5)["task:fetch"]) == (hour(33), "running")
    assert "task:mend" not in verdicts(case, 5)


def test_what_opened_a_task_that_is_done_carries_it() -> None:
    visited = gone(DONE, YES, LOW, VISITED)
    visited.when(partial(mending.retract, seq=4, reason="x"), at=hour(6)).refused(Refused, "carries event 5")
    case = gone(DONE, YES, LOW).when(partial(mending.retract, seq=4, reason="wrong case"), at=hour(4)).case
    assert (case.scores, names(case)) == (None, [])


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
