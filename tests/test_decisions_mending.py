"""Mending: wrong facts put right, events booked by mistake taken back."""

from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events.closing import CaseClosed, CaseConfirmed, CaseRated, CaseReopened, CaseResolved
from afterservice_cli.cases.events.general import CaseAmended, DeadlineMoved, EventRetracted
from afterservice_cli.cases.events.handling import CaseNoted, CaseResponded
from afterservice_cli.cases.events.intake import FileAttached
from afterservice_cli.cases.events.triage import CaseClassified
from afterservice_cli.cases.values import Customer, DeadlineSpec, Finding, Source
from afterservice_cli.decisions import closing, handling, mending, planning, screening, tasks, triage
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput, NotFound, Refused
from courses import Did, due, gone, verdicts
from given import Outcome, came_in, given, hour, rules

RESPONDED = CaseResponded(hour(1), "phone", "called")
RESOLVED = CaseResolved(hour(2), "mended")
CONFIRMED = CaseConfirmed(hour(3), True)
CLOSED = CaseClosed(hour(4))
REOPENED = CaseReopened(hour(5), (), ())


def amending(*events: Event, rulebook: Any = None, **facts: str | None) -> Outcome:
    before = given(*events, rulebook=rulebook) if rulebook else given(*events)
    return before.when(partial(mending.amend, facts=facts, reason="mistyped"), at=hour(6), now=hour(6))


def retracting(seq: int, *events: Event, reason: str = "wrong case") -> Outcome:
    return given(*events).when(partial(mending.retract, seq=seq, reason=reason), at=hour(6), now=hour(6))


# --- amend ------------------------------------------------------------------------------------------------------


def test_public_facts_go_into_the_history_and_personal_ones_beside_it() -> None:
    outcome = amending(came_in(), product="X-1", tier="VIP", price="9", customer="Ann", scene="at home")
    outcome.then(
        CaseAmended(
            hour(6),
            {"product": "X-1", "tier": "vip", "price": "9"},
            private={"customer": "Ann", "scene": "at home"},
            reason="mistyped",
        )
    )
    case = outcome.case
    assert (case.product, case.fields, case.customer) == ("X-1", {"tier": "vip", "price": "9"}, "Ann")
    assert case.details == {"scene": "at home"}


def test_an_empty_value_takes_a_fact_away() -> None:
    before = came_in(facts={"kind": "question", "product": "X-1", "tier": "vip", "scene": "at home", "customer": "Ann"})
    case = amending(before, kind="", product=None, tier="", scene="", customer="").case
    assert (case.kind, case.product, case.customer) == (None, None, None)
    assert (case.fields, case.details) == ({}, {})


def test_a_value_of_blanks_is_an_empty_value() -> None:
    case = amending(came_in(facts={"product": "X-1", "customer": "Ann"}), product="  ", customer=" ").case
    assert (case.product, case.customer) == (None, None)


def test_only_what_differs_is_amended() -> None:
    before = came_in("hm", facts={"product": "X-1", "scene": "at home"})
    amending(before, channel="Phone", description=" hm ", product="X-1", scene="at home", kind="").then()
    (event,) = amending(before, product="X-1", tier="vip").events
    assert isinstance(event, CaseAmended)
    assert (event.facts, event.private) == ({"tier": "vip"}, None)


def test_the_words_are_amended_and_the_rules_are_not_run_again() -> None:
    case = amending(came_in(), description="broken").case
    assert case.description == "broken"
    assert case.value("category") == "other"


def test_another_contact_is_another_customer_and_other_facts_leave_the_customer() -> None:
    before = came_in(facts={"contact": "555"}).but(customer_id="c1")
    amend = partial(mending.amend, reason="x")
    moved = given(before).when(partial(amend, facts={"contact": "666"}, customer=Customer("c2")))
    assert moved.case.customer_id == "c2"
    assert given(before).when(partial(amend, facts={"contact": ""})).case.customer_id is None
    other = given(before).when(partial(amend, facts={"product": "X"}, customer=Customer("c2")))
    assert other.case.customer_id == "c1"


def test_an_amended_channel_moves_the_deadlines_that_hang_on_it() -> None:
    (event,) = (
        given(came_in())
        .when(partial(mending.amend, facts={"channel": "chat"}, reason="mistyped"), now=hour(0.1))
        .events
    )
    assert isinstance(event, CaseAmended)
    assert event.deadlines == (
        DeadlineSpec(
            "respond", 1, hour(0), "10m", hour(1 / 6), ("responded",), False, False, "channels.chat.targets.respond"
        ),
    )


def test_a_closed_case_may_be_amended_and_its_deadlines_stay() -> None:
    before = (came_in(), RESOLVED, CLOSED)
    outcome = amending(*before, channel="chat")
    outcome.then(CaseAmended(hour(6), {"channel": "chat"}, reason="mistyped"))
    assert outcome.case.status == "closed"
    assert outcome.case.deadlines == given(*before).when(lambda case, moment: []).case.deadlines


def test_a_closed_case_is_promised_nothing_new() -> None:
    case = amending(came_in(priority="P4"), RESOLVED, CLOSED, channel="chat").case
    assert [deadline.spec.target for deadline in case.deadlines] == ["resolve"]


def test_an_import_may_note_that_its_row_changed_in_nothing_we_keep() -> None:
    source = Source("p", "b2", "i", "d2")
    outcome = given(came_in()).when(
        partial(mending.amended, facts={}, reason="imported again", source=source), at=hour(6)
    )
    outcome.then(CaseAmended(hour(6), {}, source=source, reason="imported again"))
    assert (outcome.case.source_digest, outcome.case.source_batch) == ("d2", "b2")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"prodcut": "x"}, "unknown field 'prodcut' – write 'product'"),
        ({"category": "billing"}, "category is no fact to set – use classify"),
        ({"channel": "fax"}, "unknown channel 'fax'"),
        ({"tier": "gold"}, "unknown tier 'gold'"),
        ({"price": "x"}, "price must be a number"),
        ({"bought_on": "2026-13-01"}, "bought_on must be a date"),
        ({"channel": ""}, "the rulebook requires channel; it cannot be taken away"),
        ({"description": ""}, "the rulebook requires description; it cannot be taken away"),
        ({"description": "  "}, "the rulebook requires description; it cannot be taken away"),
    ],
)
def test_what_cannot_be_amended_is_refused(facts: dict[str, str], message: str) -> None:
    amending(came_in(), **facts).refused(BadInput, message)


def test_what_the_rulebook_requires_cannot_be_taken_away() -> None:
    wants_tier = rules(("[channel, description]", "[tier]"))
    before = came_in(facts={"tier": "vip"})
    amending(before, rulebook=wants_tier, tier="").refused(BadInput, "requires tier; it cannot be taken away")


def test_the_last_word_on_who_it_is_cannot_be_taken_away_where_nobody_may_be_anonymous() -> None:
    known = rules(("[channel, description]}", "[channel, description], customer: either}"))
    before = came_in(facts={"customer": "Ann", "contact": "555"})
    assert amending(before, rulebook=known, customer="").events
    amending(before, rulebook=known, customer="", contact="").refused(BadInput, "requires customer or contact (intake")
    both = rules(("[channel, description]}", "[channel, description], customer: both_or_none}"))
    amending(before, rulebook=both, customer="").refused(BadInput, "requires customer (intake.customer: both_or_none)")
    assert amending(before, rulebook=both, customer="", contact="").events
    # A case from before is mended bit by bit.
    assert amending(came_in(facts={"customer": "Ann"}), rulebook=both, product="X").events


def test_an_amendment_needs_its_reason() -> None:
    given(came_in()).when(partial(mending.amend, facts={"product": "X"}, reason=" ")).refused(
        BadInput, "an amendment needs its reason", "--reason"
    )


def test_a_void_case_is_not_amended() -> None:
    amending(came_in(), EventRetracted(hour(1), 1), product="X").refused(Refused, "was taken back")


# --- retract ----------------------------------------------------------------------------------------------------


def test_a_retracted_event_stays_and_the_case_goes_on_without_it() -> None:
    outcome = retracting(2, came_in(), RESPONDED)
    outcome.then(EventRetracted(hour(6), 2, "wrong case"))
    case = outcome.case
    assert [type(recorded.event) for recorded in case.events] == [type(came_in()), CaseResponded, EventRetracted]
    assert "responded" not in case.first_at
    assert case.deadlines[0].ended_at is None


def test_a_retracted_classification_gives_back_what_was_before() -> None:
    spec = DeadlineSpec(
        "respond", 1, hour(0), "1h", hour(1), ("responded",), False, False, "priorities.P1.targets.respond"
    )
    by_mistake = CaseClassified(hour(0.5), (Finding("priority", "P1", "person"),), None, (spec,), ("resolve",), "x")
    before = given(came_in()).when(lambda case, moment: []).case
    after = retracting(2, came_in(), by_mistake).case
    assert (after.decided, after.deadlines) == (before.decided, before.deadlines)


def test_a_retracted_amendment_gives_back_the_facts() -> None:
    case = retracting(2, came_in("hm"), CaseAmended(hour(1), {"product": "X"}, private={"description": "what"})).case
    assert (case.product, case.description) == (None, "hm")


def test_a_retracted_registration_makes_the_case_void_and_its_deadlines_too() -> None:
    case = retracting(1, came_in(), RESPONDED).case
    assert (case.status, case.stage) == ("void", "done")
    assert [deadline.verdict(hour(99)) for deadline in case.deadlines] == ["void", "void"]


def test_a_registration_is_retracted_whatever_came_after() -> None:
    assert retracting(1, came_in(), RESOLVED, REOPENED, CaseResolved(hour(5))).case.status == "void"


@pytest.mark.parametrize(
    ("seq", "events", "last"),
    [
        (2, (RESOLVED, CONFIRMED), "event 2 carries event 3 (confirmed)"),
        (2, (RESOLVED, REOPENED), "event 2 carries event 3 (reopened)"),
        (3, (RESOLVED, CONFIRMED, REOPENED), "event 3 carries event 4 (reopened)"),
        (2, (RESPONDED, RESOLVED, REOPENED), "event 2 carries event 4 (reopened)"),
        (2, (RESOLVED, CONFIRMED, REOPENED, CaseResolved(hour(5))), "event 2 carries event 5 (resolved)"),
    ],
)
def test_the_course_is_taken_back_from_the_last_backwards(seq: int, events: tuple[Event, ...], last: str) -> None:
    later = last.split()[4]
    retracting(seq, came_in(), *events).refused(Refused, last, f"afterservice retract 202610-001 {later} --reason")


@pytest.mark.parametrize(
    ("seq", "events", "status"),
    [
        (2, (RESOLVED,), "open"),
        (3, (RESOLVED, CONFIRMED), "resolved"),
        (4, (RESOLVED, CONFIRMED, REOPENED), "confirmed"),
        (3, (RESOLVED, REOPENED, EventRetracted(hour(6), 4), EventRetracted(hour(6), 2)), "open"),
        (5, (RESOLVED, CONFIRMED, CLOSED, REOPENED), "closed"),
        (3, (RESPONDED, RESOLVED), "open"),
        (2, (RESPONDED, RESOLVED), "resolved"),
    ],
)
def test_the_last_of_the_course_is_taken_back(seq: int, events: tuple[Event, ...], status: str) -> None:
    assert retracting(seq, came_in(), *events).case.status == status


def test_a_close_booked_by_mistake_is_mended_by_reopening() -> None:
    retracting(4, came_in(), RESOLVED, CONFIRMED, CLOSED).refused(Refused, "is closed and cannot be changed", "reopen")


def test_nothing_is_taken_back_from_a_closed_case() -> None:
    for seq in (1, 2, 3, 4):
        with pytest.raises(Refused):
            _ = retracting(seq, came_in(), RESOLVED, CONFIRMED, CLOSED).events


def test_a_retracted_reopening_leaves_no_deadline_of_its_cycle_behind() -> None:
    spec = DeadlineSpec(
        "respond", 2, hour(5), "1h", hour(6), ("responded",), False, False, "priorities.P1.targets.respond"
    )
    in_its_cycle = CaseClassified(hour(5), (Finding("priority", "P1", "person"),), None, (spec,), (), "x")
    outcome = retracting(3, came_in(), RESOLVED, REOPENED, in_its_cycle)
    try:
        case = outcome.case
    except Refused as refusal:
        assert "event 3 carries event 4" in refusal.message
    else:
        assert [deadline.spec.cycle for deadline in case.deadlines] == [1, 1]


def test_a_rating_goes_with_the_resolution_it_rates() -> None:
    rated = CaseRated(hour(3), {"overall": 1})
    outcome = retracting(2, came_in(), RESOLVED, rated)
    try:
        case = outcome.case
    except Refused as refusal:
        assert "event 2 carries event 3" in refusal.message
    else:
        assert case.scores is None


def test_what_cannot_be_taken_back_is_refused() -> None:
    retracting(9, came_in()).refused(NotFound, "202610-001 has no event 9", "afterservice show 202610-001")
    noted = (came_in(), CaseNoted(hour(1), "x"), EventRetracted(hour(2), 2, "x"))
    retracting(2, *noted).refused(Refused, "event 2 was taken back already")
    retracting(3, *noted).refused(Refused, "event 3 is a retraction itself", "record again")
    retracting(1, came_in(), EventRetracted(hour(1), 1, "x")).refused(Refused, "was taken back and cannot be changed")
    retracting(1, came_in(), reason=" ").refused(BadInput, "a retraction needs its reason", "--reason")


def test_a_file_of_another_customer_can_be_taken_back_even_after_a_reopening() -> None:
    attached = FileAttached(hour(1), "d" * 64, 3, "photo.jpg")
    taken_back = retracting(2, came_in(), attached, RESOLVED, REOPENED)
    assert [(event.seq, event.reason) for event in taken_back.events if isinstance(event, EventRetracted)] == [
        (2, "wrong case")
    ]
    assert taken_back.case.attached == ()


# --- retract in a whole life --------------------------------------------------------------------------------------

PROPOSED = Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li")
APPROVED = Did(planning.approve, 2, "zhao")
AGREED = Did(partial(planning.agree, agreed=True), 3)
FETCHED = Did(partial(tasks.task, name="fetch"), 4)
PAUSED = Did(partial(handling.pause, ground="parts"), 1)
RATED_LOW = (Did(partial(closing.resolve, resolution="x"), 1), Did(partial(closing.rate, scores={"speed": 1}), 2))


@pytest.mark.parametrize(
    ("seq", "course", "last"),
    [
        (2, (PROPOSED, APPROVED), "event 2 carries event 3 (approved)"),
        (2, (PROPOSED, APPROVED, AGREED, FETCHED), "event 2 carries event 5 (task:fetch.done)"),
        (3, (PROPOSED, APPROVED, AGREED), "event 3 carries event 4 (agreed)"),
        (4, (PROPOSED, APPROVED, AGREED, FETCHED), "event 4 carries event 5 (task:fetch.done)"),
        (
            2,
            (PROPOSED, Did(partial(planning.propose, proposal=Proposal("refund")), 2, "li")),
            "event 2 carries event 3 (proposed)",
        ),
        (2, (PAUSED, Did(handling.resume, 2)), "event 2 carries event 3 (resumed)"),
        (
            2,
            (PAUSED, Did(partial(triage.classify, priority="high", reason="x"), 2)),
            "event 2 carries event 3 (classified)",
        ),
        (2, RATED_LOW, "event 2 carries event 3 (rated)"),
    ],
)
def test_what_was_built_upon_is_taken_back_after_what_builds_on_it(
    seq: int, course: tuple[Did, ...], last: str
) -> None:
    later = last.split()[4]
    gone(*course).when(partial(mending.retract, seq=seq, reason="x")).refused(
        Refused, last, f"afterservice retract 202610-001 {later} --reason"
    )


def test_an_approval_taken_back_leaves_the_plan_to_be_approved_again() -> None:
    own = gone(PROPOSED, APPROVED).when(partial(mending.retract, seq=3, reason="x"), at=hour(3))
    own.refused(Refused, "taking back what was said of plan 1 takes owner_head")
    case = gone(PROPOSED, APPROVED).when(partial(mending.retract, seq=3, reason="x"), at=hour(3), actor="zhao").case
    assert case.plan is not None
    assert (case.plan.approvals, case.plan.approved) == ((), False)


def test_a_pause_taken_back_never_was() -> None:
    case = gone(PAUSED).when(partial(mending.retract, seq=2, reason="x"), at=hour(3)).case
    assert (case.status, case.pauses, verdicts(case, 6)["respond"]) == ("open", (), "missed")
    again = gone(PAUSED, Did(handling.resume, 2)).when(partial(mending.retract, seq=3, reason="x"), at=hour(3)).case
    assert (again.status, verdicts(again, 6)["respond"]) == ("waiting", "paused")


def test_a_delay_taken_back_gives_back_the_deadline() -> None:
    delayed = gone(Did(partial(handling.delay, to=hour(300), reason="x"), 1))
    case = delayed.when(partial(mending.retract, seq=2, reason="x"), at=hour(2)).case
    assert (due(case, "resolve"), case.promised_at) == (hour(177), None)


def test_an_invalid_case_is_brought_back_by_its_screening_only() -> None:
    out = gone(Did(handling.respond, 1), Did(partial(screening.screen, outcome="invalid", ground="duplicate"), 2))
    out.when(partial(mending.retract, seq=2, reason="x")).refused(
        Refused, "was screened as invalid", "retract 202610-001 3"
    )
    assert out.when(partial(mending.retract, seq=3, reason="x"), at=hour(3)).case.status == "open"


def test_an_amendment_of_a_waiting_case_leaves_its_clocks_standing() -> None:
    case = gone(PAUSED).when(partial(mending.amend, facts={"product": "P-1"}, reason="x"), at=hour(2), now=hour(2)).case
    assert (case.product, verdicts(case, 900)["respond"]) == ("P-1", "paused")


# --- an import that is undone -----------------------------------------------------------------------------------


def test_an_imported_case_that_nobody_worked_on_is_taken_back() -> None:
    undone = given(came_in()).when(partial(mending.undo_import, batch="b1"), at=hour(6), now=hour(6))
    undone.then(EventRetracted(hour(6), 1, batch="b1"))
    assert (undone.case.status, undone.case.void_by) == ("void", "retracted")


def test_a_case_that_was_worked_on_stays() -> None:
    noted = gone(Did(partial(handling.note, text="called back"), 1))
    noted.when(partial(mending.undo_import, batch="b1")).refused(Refused, "has been worked on since: noted by")


def test_a_deadline_that_the_calendar_moved_is_no_work_on_a_case() -> None:
    moved = given(came_in(), DeadlineMoved(hour(1), (), "calendar"))
    moved.when(partial(mending.undo_import, batch="b1"), at=hour(6), now=hour(6)).then(
        EventRetracted(hour(6), 1, batch="b1")
    )
    case = given(came_in(), LED, RESPONDED, DeadlineMoved(hour(7), (), "calendar")).when(lambda case, moment: []).case
    assert mending.changed_by_import(case, "b2") == [3, 2]


def test_a_case_that_was_taken_back_already_is_not_taken_back_again() -> None:
    void = given(came_in(), EventRetracted(hour(6), 1, "wrong case"))
    void.when(partial(mending.undo_import, batch="b1")).then()


LED = CaseAmended(hour(6), {"product": "X-2"}, source=Source("shop", "b2", "row", "digest", told=1))


def test_what_an_import_changed_is_taken_back_the_last_event_first() -> None:
    case = given(came_in(), LED, RESPONDED).when(lambda case, moment: []).case
    assert mending.changed_by_import(case, "b2") == [3, 2]
    assert mending.changed_by_import(case, "b1") == []
    undone = given(came_in(), LED, RESPONDED).when(
        partial(mending.taking_back, seq=3, batch="b2"), at=hour(7), now=hour(7)
    )
    undone.then(EventRetracted(hour(7), 3, batch="b2"))
    assert "responded" not in undone.case.first_at


def test_what_an_import_changed_stays_once_somebody_worked_on_it() -> None:
    case = given(came_in(), LED, RESPONDED, CaseNoted(hour(7), "called back")).when(lambda case, moment: []).case
    with pytest.raises(Refused, match="has been worked on since: noted by"):
        mending.changed_by_import(case, "b2")
