"""What playing against the plain model brought to light, each as the smallest case that shows it."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.closing import CaseClosed
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.handling import CasePaused, CaseResumed, PlanProposed
from afterservice_cli.cases.events.intake import CaseScreened
from afterservice_cli.cases.events.triage import CaseAssigned
from afterservice_cli.cases.values import Finding, TaskSpec
from afterservice_cli.decisions import closing, handling, imported, mending, planning, screening, tasks, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.moment import Moment
from afterservice_cli.store.integrity import examine
from afterservice_cli.workflows.recording import writing
from given import Outcome, came_in, given, hour, make_desk, rules

BOOK = rules(
    ("tech: Tech,", "tech: {title: Tech, members: [li]},"),
    ("description]}", "description], vague: {match: [hm], pause: detail}, invalid: {spam: Spam}}"),
    ("demands: [", "demands: [{before: resolve, what: agreement, when: {disposition: voucher}}, "),
    ("respond: {from: registered, until: responded}", "respond: {from: screened, until: responded}"),
    (
        "default:",
        "may: {classify: [tech]}\n"
        "pauses: {detail: {title: Detail, ends: replied}, parts: Parts}\n"
        "dispositions: {voucher: {title: Voucher, tasks: {issue: {title: Issue, within: 2wd}}}, advice: Advice}\n"
        "default:",
    ),
)
PROMISING = rules(
    ("{from: registered, until: resolved}", "{from: registered, until: resolved, pauses: true, delays: true}"),
    ("default:", "pauses: {parts: Parts}\ndefault:"),
)
CAME_IN = came_in(rulebook=BOOK)
VAGUE = (came_in("hm", rulebook=BOOK), CaseScreened(hour(1), "vague", None), CasePaused(hour(1), "detail"))
WAITS = (CAME_IN, CasePaused(hour(1), "parts"))


def kinds(outcome: Outcome) -> list[str]:
    return [type(event).__name__ for event in outcome.events]


def running(case: Case) -> set[str]:
    return {deadline.spec.target for deadline in case.deadlines if deadline.unanswered}


def test_whoever_hears_from_the_customer_may_say_so_though_another_has_to_classify() -> None:
    heard = given(*VAGUE, rulebook=BOOK).when(
        partial(handling.reply, text="the handle is broken"), at=hour(2), actor="ann"
    )
    assert kinds(heard) == ["CustomerReplied", "CaseResumed", "CaseClassified"]
    assert heard.case.value("category") == "product.defect"
    given(*VAGUE, rulebook=BOOK).when(triage.classify, actor="ann").refused(Refused, "classify is kept to tech")


def test_the_answer_lets_a_vague_case_go_on_though_a_later_rulebook_knows_no_pauses() -> None:
    heard = given(*VAGUE).when(partial(handling.reply, text="the handle is broken"), at=hour(2))
    assert kinds(heard) == ["CustomerReplied", "CaseResumed", "CaseClassified"]
    assert heard.case.status == "open"


def test_the_time_of_a_task_waits_for_the_agreement_that_its_own_plan_demands() -> None:
    proposed = given(CAME_IN, rulebook=BOOK).when(partial(planning.propose, proposal=Proposal("voucher")), at=hour(1))
    assert "task:issue" not in running(proposed.case)
    agreed = given(CAME_IN, *proposed.events, rulebook=BOOK).when(partial(planning.agree, agreed=True), at=hour(2))
    assert "task:issue" in running(agreed.case)


def test_the_time_of_a_task_begins_anew_with_the_next_version_of_its_plan() -> None:
    at_once = rules(
        ("default:", "dispositions: {visit: {title: Visit, tasks: {look: {title: Look, within: 2wd}}}}\ndefault:")
    )
    first = given(came_in(), rulebook=at_once).when(partial(planning.propose, proposal=Proposal("visit")), at=hour(1))
    again = given(came_in(), *first.events, rulebook=at_once)
    second = again.when(partial(planning.propose, proposal=Proposal("visit")), at=hour(2))
    times = [(d.outcome, d.spec.from_at) for d in second.case.deadlines if d.spec.target == "task:look"]
    assert times == [("void", hour(1)), ("", hour(2))]


def test_no_announced_calendar_takes_a_day_back_that_was_promised_before_a_pause() -> None:
    rules, year = PROMISING.calendar_rules, {"off": {}, "work": {}, "final": True}
    known = [
        PROMISING.but(calendar_rules=rules.but(holidays=years), hash="known")
        for years in ({"2026": year}, {"2026": year, "2027": year})
    ]
    before = [came_in(rulebook=known[0])]
    for decision, at, said in (
        (handling.delay, hour(1), {"to": hour(2400), "reason": "x"}),
        (handling.pause, hour(2), {"ground": "parts"}),
        (handling.resume, hour(4), {}),
    ):
        outcome = given(*before, rulebook=known[0]).when(partial(decision, **said), at=at)
        before += outcome.events
    assert [d.spec.due_at for d in outcome.case.deadlines if d.spec.target == "resolve"] == [hour(2402)]
    then = Moment(hour(5), hour(5), "ann", known[1], lambda _: known[0])
    assert deadlines.recounted(outcome.case, then) == []


def test_no_clock_begins_with_the_screening_that_takes_a_case_out() -> None:
    valid = given(CAME_IN, rulebook=BOOK).when(partial(screening.screen, outcome="valid"), at=hour(1))
    assert running(valid.case) == {"respond", "resolve"}
    invalid = given(CAME_IN, rulebook=BOOK).when(
        partial(screening.screen, outcome="invalid", ground="spam"), at=hour(1)
    )
    assert running(invalid.case) == set()


def test_what_let_a_case_go_on_is_not_taken_back_from_under_its_resolution() -> None:
    resolved = given(*WAITS, rulebook=BOOK).when(partial(closing.resolve, resolution="x"), at=hour(2))
    assert kinds(resolved) == ["CaseResumed", "CaseResolved"]
    again = given(*WAITS, *resolved.events, rulebook=BOOK)
    again.when(partial(mending.retract, seq=3, reason="x"), at=hour(3)).refused(Refused, "carries event 4 (resolved)")


def test_a_case_that_waits_goes_on_before_a_file_says_that_it_was_closed() -> None:
    closed = given(*WAITS, rulebook=BOOK).when(partial(imported.retell, word="closed", text=None), at=hour(2))
    closed.then(CaseResumed(hour(2)), CaseClosed(hour(2)))
    assert closed.case.pause is None


def test_parts_are_waited_for_though_the_case_is_found_valid() -> None:
    screened = given(*WAITS, rulebook=BOOK).when(partial(screening.screen, outcome="valid"), at=hour(2))
    assert kinds(screened) == ["CaseScreened"]
    assert (
        screened.case.status,
        kinds(given(*VAGUE, rulebook=BOOK).when(partial(screening.screen, outcome="valid"))),
    ) == (
        "waiting",
        ["CaseScreened", "CaseResumed"],
    )


def test_a_case_waits_for_detail_after_it_went_on_and_not_while_it_waited_before() -> None:
    before = given(*WAITS, CaseResumed(hour(3)), rulebook=BOOK)
    before.when(partial(screening.screen, outcome="vague"), at=hour(2)).refused(BadInput, "was resumed")
    assert before.when(partial(screening.screen, outcome="vague"), at=hour(3)).case.status == "waiting"


def test_a_person_by_hand_keeps_the_case_when_only_its_category_changes() -> None:
    assigned = CaseAssigned(hour(1), (Finding("owner", "tech", "person"),), (), (), "x", "li")
    outcome = given(CAME_IN, assigned, rulebook=BOOK).when(
        partial(triage.classify, category="billing", reason="x"), at=hour(2), actor="li"
    )
    assert (outcome.case.value("owner"), outcome.case.person) == ("tech", "li")


def test_a_person_of_the_team_that_the_rules_left_has_the_case_no_more() -> None:
    assigned = CaseAssigned(hour(1), (), (), (), "x", "li")
    before = (came_in("broken", rulebook=BOOK), assigned)
    outcome = given(*before, rulebook=BOOK).when(
        partial(triage.classify, category="billing", reason="x"), at=hour(2), actor="li"
    )
    assert (outcome.case.value("owner"), outcome.case.person) == ("finance", None)


def test_whom_an_assignment_gave_a_case_has_it_no_more_once_that_is_taken_back() -> None:
    assigned = CaseAssigned(hour(1), (Finding("owner", "tech", "person"),), (), (), "x", "li")
    placed = given(came_in("invoice", rulebook=BOOK), assigned, rulebook=BOOK).when(
        partial(triage.classify, category="other", reason="x"), at=hour(2), actor="li"
    )
    back = partial(mending.retract, seq=2, reason="x")
    case = given(*placed.recorded, rulebook=BOOK).when(back, at=hour(3), actor="han").case
    assert case.person is None


def test_nothing_is_done_about_a_plan_before_it_was_proposed() -> None:
    plan = PlanProposed(
        hour(3), 1, "advice", {}, None, (TaskSpec("+1"),), None, {"+1": "call"}, tasks=(TaskSpec("+1"),)
    )
    before = given(CAME_IN, plan, rulebook=BOOK)
    before.when(partial(planning.agree, agreed=True), at=hour(2)).refused(BadInput, "was proposed")
    before.when(partial(tasks.task, name="+1"), at=hour(2)).refused(BadInput, "was proposed")
    assert kinds(before.when(partial(planning.agree, agreed=True), at=hour(3))) == ["PlanAgreed"]


def test_a_case_whose_registration_was_taken_back_says_so_of_every_retraction() -> None:
    void = given(CAME_IN, EventRetracted(hour(1), 1, "x"), rulebook=BOOK)
    void.when(partial(mending.retract, seq=2, reason="x"), at=hour(2)).refused(
        Refused, "was taken back", "register it anew"
    )


def test_what_is_sought_in_does_not_depend_on_the_order_in_which_it_was_told(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db")
    with writing(desk) as writer:
        number = writer.register(Draft({"channel": "phone", "description": "hm"})).number
        writer.act(number, partial(mending.amend, facts={"scene": "fire", "description": "broken"}, reason="x"))
    with desk.reading() as db:
        assert examine(db).all() == ()
    desk.connection.close()


def test_no_promise_lies_beyond_the_reach_of_the_calendar() -> None:
    beyond = datetime(2200, 1, 1, tzinfo=UTC)
    given(came_in()).when(partial(triage.acknowledge, promised_at=beyond)).refused(BadInput, "beyond the year 2199")


def test_a_word_that_the_customer_repeats_has_more_of_the_text_than_a_longer_one() -> None:
    once = (came_in("invoice: the handle is broken", rulebook=BOOK), *VAGUE[1:])
    assert once[0].findings[0].value == "billing"
    heard = given(*once, rulebook=BOOK).when(partial(handling.reply, text="it is broken, I said"), at=hour(2))
    assert heard.case.value("category") == "product.defect"
