"""Tasks: what opens them, when they are due, and when they are owed no more or again."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.events.handling import TaskDone
from afterservice_cli.cases.values import Appraisal
from afterservice_cli.deadlines.specs import put
from afterservice_cli.decisions import closing, handling, mending, planning, tasks, triage
from afterservice_cli.decisions.allowed import allowed
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Moment
from courses import (
    BY_HEAD,
    DONE,
    FETCHED,
    LIFE,
    LOW,
    READY,
    REPAIR,
    VISITED,
    YES,
    Did,
    due,
    gone,
    last,
    life,
    open_tasks,
    standing_at,
    verdicts,
)
from given import given, hour


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
    assert open_tasks(case) == ["fetch", "mend"]

    fetched = agreed.when(partial(tasks.task, name="fetch", text=" at noon "), at=hour(26), actor="lin")
    (event,) = fetched.events
    assert isinstance(event, TaskDone)
    assert (event.task, event.text) == ("fetch", "at noon")
    assert verdicts(fetched.case, 900)["task:fetch"] == "met"
    assert due(fetched.case, "task:mend") == hour(5 * 24 + 9)  # two working days from Thursday: Monday at six
    assert open_tasks(fetched.case) == ["mend"]


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
        assert open_tasks(standing_at(gone(*course[:length], rulebook=rulebook))) == []
    assert last(standing_at(gone(*course, rulebook=rulebook)), "task:fetch").spec.start == start


def test_a_yes_that_nobody_asked_for_does_not_open_them_again() -> None:
    unasked = life(("what: [approval, agreement, tasks]", "what: [approval, tasks]"))
    before = due(standing_at(gone(REPAIR, BY_HEAD, rulebook=unasked)), "task:fetch")
    agreed = standing_at(gone(REPAIR, BY_HEAD, Did(partial(planning.agree, agreed=True), 30), rulebook=unasked))
    assert due(agreed, "task:fetch") == before
    assert open_tasks(agreed) == ["fetch", "mend"]


def test_they_are_opened_by_whatever_makes_the_last_approval_needless() -> None:
    rulebook = life(
        ("what: [approval, agreement, tasks]", "what: [approval, tasks]"),
        (
            "  - {by: management, when: {any:",
            "  - {by: management, when: {cause: misuse}}\n  - {by: management, when: {any:",
        ),
    )
    course = (Did(partial(handling.appraise, found=Appraisal(cause="misuse")), 0.5), REPAIR, BY_HEAD)
    assert open_tasks(standing_at(gone(*course, rulebook=rulebook))) == []
    wear = Did(partial(handling.appraise, found=Appraisal(cause="wear")), 3)
    assert last(standing_at(gone(*course, wear, rulebook=rulebook)), "task:fetch").spec.start == "appraised"


def test_a_new_version_drops_what_is_not_done_and_keeps_what_is() -> None:
    again = Did(partial(planning.propose, proposal=Proposal("repair")), 6, "li")
    revised = standing_at(gone(*READY, again))
    assert (open_tasks(revised), verdicts(revised, 900)["task:fetch"]) == ([], "void")
    accepted = (Did(planning.approve, 7, "zhao"), Did(partial(planning.agree, agreed=True), 8))
    begun_again = standing_at(gone(*READY, again, *accepted))
    fetches = [d for d in begun_again.deadlines if d.spec.target == "task:fetch"]
    assert [(d.spec.occurrence, d.verdict(hour(9))) for d in fetches] == [(1, "void"), (2, "running")]
    kept = standing_at(gone(*READY, FETCHED, again, *accepted))
    assert (open_tasks(kept), kept.plan and kept.plan.version) == (["mend"], 2)
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


def test_what_is_taken_back_moves_no_task_that_waiting_does_not_stop() -> None:
    """Eight hours from ten, told after the case had waited from eleven to one."""
    call = "{title: Call them, on: responded, by: service, within: 8h, pauses: false}"
    rulebook = life(("tasks:\n  visit", f"tasks:\n  call: {call}\n  visit"))
    misuse = Did(partial(handling.appraise, found=Appraisal(cause="misuse")), 0.5)
    waited = (Did(partial(handling.pause, ground="parts"), 2), Did(handling.resume, 4))
    told_late = gone(misuse, *waited, Did(partial(handling.respond, text="x"), 1), rulebook=rulebook)
    assert due(standing_at(told_late), "task:call") == hour(9)
    back = told_late.when(partial(mending.retract, seq=2, reason="x"), at=hour(6), actor="zhao").case
    assert due(back, "task:call") == hour(9)


def test_tasks_that_a_person_added_have_no_time_and_come_last() -> None:
    own = Did(partial(planning.propose, proposal=Proposal("explain", tasks=("call them",))), 1, "li")
    done = gone(own).when(partial(tasks.task, name="call them"), at=hour(2))
    done.then(TaskDone(hour(2), "+1"))
    assert [target for target in verdicts(done.case, 1) if target.startswith("task")] == []


def test_classifying_anew_leaves_the_plan_s_tasks() -> None:
    moved = standing_at(gone(*READY, Did(partial(triage.classify, priority="high", reason="x"), 4, "zhao")))
    assert (due(moved, "task:fetch"), open_tasks(moved)) == (hour(33), ["fetch", "mend"])


# --- tasks that hang on an event ----------------------------------------------------------------------------------


def test_a_low_score_asks_for_a_second_visit_by_the_role_and_in_the_time_the_rulebook_names() -> None:
    rated = gone(DONE, YES).when(partial(closing.rate, scores={"speed": 2, "result": 5}), at=hour(3))
    assert [event.word for event in rated.events] == ["rated"]
    assert open_tasks(rated.case) == ["visit"]
    spec = last(rated.case, "task:visit").spec
    assert (spec.duration, spec.due_at, spec.until) == ("2wd", hour(57), ("task:visit.done",))  # Friday at six
    assert (spec.rule, spec.team) == ("tasks.visit.within", "supervisor")


@pytest.mark.parametrize("scores", [{"speed": 3, "result": 3}, {"result": 3}, {"speed": 5, "result": 5}])
def test_a_score_above_it_asks_for_nothing(scores: dict[str, int]) -> None:
    assert open_tasks(gone(DONE, YES).when(partial(closing.rate, scores=scores), at=hour(3)).case) == []


def test_a_second_low_score_asks_for_no_further_visit_before_the_first_was_paid() -> None:
    twice = gone(DONE, YES, LOW).when(partial(closing.rate, scores={"speed": 1}), at=hour(4)).case
    assert open_tasks(twice) == ["visit"]
    paid = gone(DONE, YES, LOW, VISITED).when(partial(closing.rate, scores={"speed": 1}), at=hour(6)).case
    visits = [d for d in paid.deadlines if d.spec.target == "task:visit"]
    assert [(d.spec.occurrence, d.verdict(hour(7))) for d in visits] == [(1, "met"), (2, "running")]


def test_a_better_answer_after_the_visit_asks_for_none() -> None:
    better = gone(DONE, YES, LOW, VISITED).when(partial(closing.rate, scores={"result": 5}), at=hour(6)).case
    assert open_tasks(better) == []


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
    assert open_tasks(standing_at(waiting)) == []
    back = waiting.when(partial(mending.retract, seq=2, reason="x"), at=hour(3), actor="zhao").case
    assert (open_tasks(back), last(back, "task:fetch").spec.start) == (["fetch", "mend"], "retracted")


def test_a_registration_that_is_taken_back_opens_nothing() -> None:
    """Not even under a rulebook that came later, by which nobody has to approve the plan any more."""
    by_head = "  - {by: owner_head, when: {disposition: [repair, refund, exchange]}}\n"
    lighter = life(("what: [approval, agreement, tasks]", "what: [tasks]"), (by_head, ""))
    waiting = given(*gone(REPAIR).when(lambda case, moment: []).recorded, rulebook=lighter)
    assert open_tasks(waiting.when(partial(handling.note, text="x"), at=hour(3)).case) == ["fetch", "mend"]
    void = waiting.when(partial(mending.retract, seq=1, reason="x"), at=hour(3), actor="zhao").case
    assert (void.status, void.tasks) == ("void", ())


def test_a_miss_is_a_miss_whatever_becomes_of_the_plan() -> None:
    again = Did(partial(planning.propose, proposal=Proposal("repair")), 99, "li")
    assert verdicts(standing_at(gone(*READY, again)), 900)["task:fetch"] == "missed"


def test_a_visit_is_owed_for_a_low_score_told_late_though_one_was_paid_since_that_day() -> None:
    late = Did(partial(closing.rate, scores={"result": 1}), 2.5, told=6)
    owed = standing_at(gone(DONE, YES, LOW, VISITED, late))
    assert (open_tasks(owed), verdicts(owed, 7)["task:visit"]) == (["visit"], "running")
    again = Did(partial(tasks.task, name="visit", text="rang once more"), 8, "ma")
    paid = standing_at(gone(DONE, YES, LOW, VISITED, late, again))
    visits = [d.ended_at for d in paid.deadlines if d.spec.target == "task:visit"]
    assert (open_tasks(paid), visits) == ([], [hour(5), hour(8)])


def test_a_low_score_after_closing_asks_for_the_visit_too_and_leaves_the_case_closed() -> None:
    late = gone(DONE, YES, Did(closing.close, 4), Did(partial(closing.rate, scores={"speed": 1}), 5))
    case = standing_at(late)
    assert (case.status, open_tasks(case), verdicts(case, 6)["task:visit"]) == ("closed", ["visit"], "running")
    visited = late.when(partial(tasks.task, name="visit"), at=hour(6), actor="ma").case
    assert (visited.status, open_tasks(visited)) == ("closed", [])


def test_a_visit_that_nobody_paid_is_owed_anew_when_the_case_begins_again() -> None:
    for at, verdict in ((4, "void"), (99, "missed")):
        again = gone(DONE, YES, LOW).when(partial(closing.reopen, reason="x"), at=hour(at), now=hour(at)).case
        assert (open_tasks(again), again.scores) == (["visit"], None)
        visits = [d for d in again.deadlines if d.spec.target == "task:visit"]
        assert [(d.spec.cycle, d.verdict(hour(at))) for d in visits] == [(1, verdict), (2, "running")]


REOPENED = Did(partial(closing.reopen, reason="x"), 4)


def test_it_can_be_paid_by_another_outcome_than_one_that_begins_an_open_case_again() -> None:
    outcomes = "within: 2wd, outcomes: {again: {title: Again, then: reopen}, settled: Settled}}"
    book = life(("by: supervisor, within: 2wd}", f"by: supervisor, {outcomes}"))
    again = gone(DONE, YES, LOW, REOPENED, rulebook=book)
    assert "task" in allowed(standing_at(again), Moment(hour(5), hour(5), "ma", book))
    paid = again.when(partial(tasks.task, name="visit", outcome="settled"), at=hour(5), actor="ma").case
    assert open_tasks(paid) == []


def test_better_scores_for_the_next_solution_do_not_pay_it() -> None:
    anew = (Did(partial(closing.resolve, resolution="anew"), 5), Did(partial(closing.confirm, satisfied=True), 6))
    better = gone(DONE, YES, LOW, REOPENED, *anew, Did(partial(closing.rate, scores={"speed": 5, "result": 5}), 7))
    case = standing_at(better)
    assert open_tasks(case) == ["visit"]
    better.when(closing.close, at=hour(8)).refused(Refused, "tasks", "task 202610-001 visit")


def test_a_customer_who_says_no_is_still_owed_it() -> None:
    case = gone(DONE, LOW).when(partial(closing.confirm, satisfied=False), at=hour(4)).case
    assert (case.status, open_tasks(case)) == ("open", ["visit"])


def test_a_visit_that_was_paid_is_not_owed_again() -> None:
    paid = gone(DONE, YES, LOW, VISITED)
    again = paid.when(partial(closing.reopen, reason="x"), at=hour(6)).case
    assert open_tasks(again) == []


def test_it_is_owed_however_often_the_case_begins_again() -> None:
    twice = gone(DONE, YES, LOW, REOPENED, Did(partial(closing.resolve, resolution="anew"), 5))
    again = twice.when(partial(closing.reopen, reason="x"), at=hour(6)).case
    assert (again.cycle, open_tasks(again)) == (3, ["visit"])


def test_without_a_time_a_task_has_no_deadline() -> None:
    whenever = life((", by: supervisor, within: 2wd}", ", by: supervisor}"))
    rated = standing_at(gone(DONE, YES, LOW, rulebook=whenever))
    assert (open_tasks(rated), "task:visit" in verdicts(rated, 3)) == (["visit"], False)


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
    assert (case.collaborators, open_tasks(case)) == (("quality", "tech"), ["tech"])
    spec = last(case, "task:tech").spec
    assert (spec.team, spec.rule, spec.due_at) == ("tech", "categories.parcel.late.parts.tech.within", hour(33))
    done = gone(text="a late parcel", rulebook=PARTS).when(partial(tasks.task, name="Look for marks"), actor="li")
    assert open_tasks(done.case) == []


def test_the_part_goes_with_the_category_and_with_the_team() -> None:
    late = gone(text="a late parcel", rulebook=PARTS)
    lost = Did(partial(triage.classify, category="parcel.lost", reason="x"), 1, "sun")
    moved = standing_at(gone(lost, text="a late parcel", rulebook=PARTS))
    assert (moved.collaborators, open_tasks(moved), verdicts(moved, 900)["task:tech"]) == (("quality",), [], "void")
    alone = late.when(partial(triage.assign, collaborators=("quality",), reason="x"), at=hour(1)).case
    assert open_tasks(alone) == []
    back = Did(partial(triage.classify, category="parcel.late", reason="x"), 2, "sun")
    assert open_tasks(standing_at(gone(lost, back, text="a late parcel", rulebook=PARTS))) == ["tech"]


# --- taken back ---------------------------------------------------------------------------------------------------


def test_a_task_taken_back_is_to_be_done_again_in_its_old_time() -> None:
    case = gone(*READY, FETCHED).when(partial(mending.retract, seq=5, reason="x"), at=hour(5)).case
    assert open_tasks(case) == ["fetch", "mend"]
    assert (due(case, "task:fetch"), verdicts(case, 5)["task:fetch"]) == (hour(33), "running")
    assert "task:mend" not in verdicts(case, 5)
