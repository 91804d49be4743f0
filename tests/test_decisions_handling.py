"""Handling: contacts with the customer, notes, waiting, the search for the cause, delays."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.events.closing import CaseClosed, CaseResolved
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.handling import (
    CaseAppraised,
    CaseInvestigated,
    CaseNoted,
    CasePaused,
    CaseResponded,
    CaseResumed,
    CustomerReplied,
    DelayAnnounced,
)
from afterservice_cli.cases.values import Appraisal, Assessment
from afterservice_cli.decisions import closing, handling, planning, screening, triage
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput, Refused
from courses import Did, due, gone, last, life, standing_at, verdicts
from given import came_in, given, hour


def test_a_contact_goes_through_the_channel_the_case_came_in_by() -> None:
    given(came_in()).when(partial(handling.respond, text=" called "), at=hour(1)).then(
        CaseResponded(hour(1), "phone", "called"),
    )


def test_a_contact_may_take_another_channel() -> None:
    given(came_in()).when(partial(handling.respond, channel="E-mail"), at=hour(1)).then(
        CaseResponded(hour(1), "email", None)
    )
    given(came_in()).when(partial(handling.respond, channel="fax")).refused(BadInput, "unknown channel 'fax'")


def test_a_note_is_written_down() -> None:
    given(came_in()).when(partial(handling.note, text=" knows us "), at=hour(1)).then(CaseNoted(hour(1), "knows us"))


def test_an_empty_note_is_refused() -> None:
    given(came_in()).when(partial(handling.note, text=" \n")).refused(BadInput, "the note is empty")


@pytest.mark.parametrize("decision", [handling.respond, handling.note])
def test_what_lies_in_the_future_or_before_the_case_is_refused(decision: object) -> None:
    assert callable(decision)
    given(came_in()).when(partial(decision, text="x"), at=hour(2), now=hour(1)).refused(BadInput, "future", "--at")
    given(came_in()).when(partial(decision, text="x"), at=hour(-1)).refused(
        BadInput, "202610-001 was registered at 2026-10-14"
    )


@pytest.mark.parametrize("decision", [handling.respond, handling.note])
def test_a_closed_or_void_case_takes_nothing_more(decision: object) -> None:
    assert callable(decision)
    given(came_in(), CaseClosed(hour(1))).when(partial(decision, text="x")).refused(
        Refused, "is closed and cannot be changed", "afterservice reopen 202610-001 --reason"
    )
    given(came_in(), EventRetracted(hour(1), 1)).when(partial(decision, text="x")).refused(Refused, "was taken back")


@pytest.mark.parametrize("decision", [handling.respond, handling.note])
def test_a_text_that_is_a_file_by_mistake_is_refused(decision: object) -> None:
    assert callable(decision)
    given(came_in()).when(partial(decision, text="x" * 100_001)).refused(BadInput, "more than 100,000 characters")


# --- waiting ------------------------------------------------------------------------------------------------------

# The case came in on Wednesday at nine. It is to be answered in four working hours, by two o'clock (hour 5), and to be
# resolved in five working days, by the end of the next Wednesday (hour 177); both clocks stand still while it waits.
WAITS = Did(partial(handling.pause, ground="customer"), 1)
PARTS = Did(partial(handling.pause, ground="parts", reason="ordered"), 1)


def test_a_case_waits_on_a_ground_of_the_rulebook() -> None:
    paused = gone().when(partial(handling.pause, ground="Waiting for parts", reason=" ordered "), at=hour(1))
    paused.then(CasePaused(hour(1), "parts", "ordered"))
    case = paused.case
    assert (case.status, case.stage) == ("waiting", "handling")
    assert case.pause is not None
    assert (case.pause.ground, case.pause.from_at) == ("parts", hour(1))
    gone().when(partial(handling.pause, ground="holidays")).refused(
        BadInput, "unknown pause 'holidays'", "detail (Waiting for detail), customer"
    )


def test_the_clocks_that_allow_it_stand_still_the_others_run() -> None:
    case = standing_at(gone(WAITS))
    assert verdicts(case, 400) == {"respond": "paused", "resolve": "paused", "look": "missed"}


def test_what_the_pause_took_comes_on_top_in_working_time() -> None:
    resumed = gone(PARTS).when(partial(handling.resume, reason=" came "), at=hour(2))
    (event,) = resumed.events
    assert isinstance(event, CaseResumed)
    assert event.reason == "came"
    assert due(resumed.case, "respond") == hour(6)
    assert (resumed.case.status, resumed.case.pause, resumed.case.stops) == ("open", None, ((hour(1), hour(2)),))
    assert verdicts(resumed.case, 7) == {"respond": "missed", "resolve": "running", "look": "running"}


def test_a_pause_over_night_adds_no_more_than_its_working_hours() -> None:
    # From Wednesday at ten to Thursday at ten: eight working hours; three of four are left.
    assert due(gone(PARTS).when(handling.resume, at=hour(25)).case, "respond") == hour(29)


def test_days_move_by_the_working_days_that_were_waited() -> None:
    def resolve_due(until: float) -> datetime:
        return due(gone(PARTS).when(handling.resume, at=hour(until)).case, "resolve")

    assert resolve_due(2) == hour(177)
    assert resolve_due(1 + 24) == hour(177 + 24)  # Thursday
    assert resolve_due(1 + 7 * 24) == hour(177 + 7 * 24)  # a week: five working days
    assert due(gone(PARTS).when(handling.resume, at=hour(25)).case, "look") == hour(57)


def test_two_pauses_both_count() -> None:
    twice = gone(PARTS, Did(handling.resume, 2), Did(partial(handling.pause, ground="customer"), 4))
    assert due(twice.when(handling.resume, at=hour(5)).case, "respond") == hour(7)


def test_an_answer_while_the_case_waits_is_in_time_however_late_it_comes() -> None:
    case = gone(WAITS, Did(handling.respond, 100)).when(handling.resume, at=hour(101)).case
    assert verdicts(case, 900)["respond"] == "met"
    assert due(case, "respond") == hour(5)


def test_what_was_missed_before_the_pause_stays_missed() -> None:
    late = gone(Did(partial(handling.pause, ground="parts"), 6))
    assert verdicts(standing_at(late), 7)["respond"] == "missed"
    resumed = late.when(handling.resume, at=hour(8)).case
    assert (due(resumed, "respond"), verdicts(resumed, 9)["respond"]) == (hour(5), "missed")


def test_a_clock_that_starts_while_the_case_waits_waits_as_well() -> None:
    urgent = Did(partial(triage.classify, priority="high", reason="burns"), 1.5)
    again = gone(PARTS, Did(partial(handling.reply, text="well?"), 1.5))
    assert verdicts(standing_at(again), 900)["answer"] == "paused"
    assert due(again.when(handling.resume, at=hour(2)).case, "answer") == hour(7)  # four hours and a lunch from ten
    assert verdicts(standing_at(gone(PARTS, urgent)), 900)["respond"] == "paused"


def test_a_case_waits_once_and_goes_on_once() -> None:
    gone(WAITS).when(partial(handling.pause, ground="parts")).refused(
        Refused, "202610-001 waits already (Waiting for the customer)", "afterservice resume 202610-001"
    )
    gone().when(handling.resume).refused(Refused, "does not wait", "afterservice pause 202610-001 --for")
    gone(WAITS).when(handling.resume, at=hour(0.5)).refused(BadInput, "was paused at 2026-10-14 10:00")
    gone(WAITS, Did(handling.resume, 3)).when(partial(handling.pause, ground="parts"), at=hour(2)).refused(
        BadInput, "was resumed at 2026-10-14 12:00"
    )


def test_a_resolution_ends_the_waiting() -> None:
    resolved = gone(WAITS).when(partial(closing.resolve, resolution="done"), at=hour(3))
    assert [type(event) for event in resolved.events] == [CaseResumed, CaseResolved]
    assert (resolved.case.status, resolved.case.pause) == ("resolved", None)
    assert verdicts(resolved.case, 4)["resolve"] == "met"


def test_a_rulebook_without_pauses_says_so() -> None:
    trials: tuple[tuple[Any, dict[str, Any]], ...] = ((handling.pause, {"ground": "x"}), (handling.resume, {}))
    for decision, args in trials:
        given(came_in()).when(partial(decision, **args)).refused(
            Refused, "small does without", "`pauses:` in the rulebook"
        )


# --- the customer's word ------------------------------------------------------------------------------------------


def test_the_customer_s_word_ends_the_pause_that_waits_for_it() -> None:
    replied = gone(WAITS).when(partial(handling.reply, text=" here it is "), at=hour(2))
    first, second = replied.events
    assert isinstance(first, CustomerReplied)
    assert first.text == "here it is"
    assert isinstance(second, CaseResumed)
    assert (replied.case.status, due(replied.case, "respond")) == ("open", hour(6))


def test_the_customer_s_word_ends_no_other_pause() -> None:
    replied = gone(PARTS).when(partial(handling.reply, text="any news?"), at=hour(2))
    assert [type(event) for event in replied.events] == [CustomerReplied]
    assert replied.case.status == "waiting"


def test_the_customer_s_word_starts_the_clock_of_the_answer_again_each_time_it_was_answered() -> None:
    asked = gone(Did(partial(handling.reply, text="well?"), 1))
    case = standing_at(asked)
    assert (due(case, "answer"), last(case, "answer").spec.start) == (hour(6), "replied")
    again = gone(Did(partial(handling.reply, text="well?"), 1), Did(partial(handling.reply, text="hello?"), 2))
    assert [d.spec.occurrence for d in standing_at(again).deadlines if d.spec.target == "answer"] == [1]
    answered = gone(
        Did(partial(handling.reply, text="well?"), 1),
        Did(handling.respond, 2),
        Did(partial(handling.reply, text="and?"), 3),
    )
    both = [d for d in standing_at(answered).deadlines if d.spec.target == "answer"]
    assert [(d.spec.occurrence, d.verdict(hour(4)), d.spec.due_at) for d in both] == [
        (1, "met", hour(6)),
        (2, "running", hour(8)),
    ]


def test_a_target_that_does_not_repeat_starts_once() -> None:
    once = life(("repeats: true", "repeats: false"))
    steps = (
        Did(partial(handling.reply, text="well?"), 1),
        Did(handling.respond, 2),
        Did(partial(handling.reply, text="and?"), 3),
    )
    answers = [d for d in standing_at(gone(*steps, rulebook=once)).deadlines if d.spec.target == "answer"]
    assert [d.verdict(hour(4)) for d in answers] == ["met"]


def test_a_note_of_our_own_is_no_word_of_the_customer() -> None:
    noted = gone(WAITS).when(partial(handling.note, text="called, nobody there"), at=hour(2)).case
    assert (noted.status, [d for d in noted.deadlines if d.spec.target == "answer"]) == ("waiting", [])


# --- the search for the cause, and delays -------------------------------------------------------------------------


def test_looking_into_it_answers_the_target_that_waits_for_it() -> None:
    looked = gone().when(partial(handling.investigate, text=" the hose "), at=hour(2), actor="li")
    looked.then(CaseInvestigated(hour(2), "the hose"))
    assert verdicts(looked.case, 900)["look"] == "met"


def test_an_appraisal_says_what_failed_in_the_rulebook_s_words_and_may_come_in_pieces() -> None:
    first = gone().when(partial(handling.appraise, found=Appraisal(fault="The hose"), text="it is torn"), at=hour(1))
    first.then(CaseAppraised(hour(1), "hose", None, (), None, "it is torn"))
    more = Appraisal(cause="wear", liability=("maker", "The customer", "maker"), warranty=True)
    second = gone(Did(partial(handling.appraise, found=Appraisal(fault="hose")), 1)).when(
        partial(handling.appraise, found=more), at=hour(2)
    )
    assert second.case.appraisal == Appraisal("hose", "wear", ("maker", "customer"), True)
    third = gone(Did(partial(handling.appraise, found=second.case.appraisal), 2)).when(
        partial(handling.appraise, found=Appraisal(liability=("customer",))), at=hour(3)
    )
    assert third.case.appraisal == Appraisal("hose", "wear", ("customer",), True)
    gone().when(partial(handling.appraise, found=Appraisal())).refused(
        BadInput, "the appraisal says nothing", "--warranty yes|no"
    )
    gone().when(partial(handling.appraise, found=Appraisal(fault="lid"))).refused(
        BadInput, "unknown fault 'lid'", "motor (The motor), hose (The hose)"
    )


def test_a_delay_announced_in_time_moves_what_the_rulebook_lets_it_move() -> None:
    delayed = gone().when(partial(handling.delay, to=hour(300), reason=" no parts "), at=hour(2))
    (event,) = delayed.events
    assert isinstance(event, DelayAnnounced)
    assert (event.promised_at, event.reason) == (hour(300), "no parts")
    case = delayed.case
    assert case.promised_at == hour(300)
    assert (due(case, "resolve"), last(case, "resolve").spec.rule) == (hour(300), "delayed")
    assert (due(case, "respond"), due(case, "look")) == (hour(5), hour(57))


def test_a_delay_moves_nothing_where_the_rulebook_does_not_say_so() -> None:
    firm = life(("pauses: true, delays: true", "pauses: true"))
    delayed = gone(rulebook=firm).when(partial(handling.delay, to=hour(300), reason="no parts"), at=hour(2)).case
    assert (due(delayed, "resolve"), delayed.promised_at) == (hour(177), hour(300))


def test_what_was_put_to_a_promised_day_stays_there_whatever_the_case_is_about() -> None:
    promised = gone(Did(partial(handling.delay, to=hour(300), reason="no parts"), 2))
    moved = promised.when(partial(triage.classify, priority="high", reason="burns"), at=hour(3), now=hour(3)).case
    assert due(moved, "resolve") == hour(300)
    assert due(moved, "respond") == hour(2)


def test_a_promised_day_moves_by_the_time_that_was_waited_unless_it_was_over() -> None:
    promised = Did(partial(handling.delay, to=hour(300), reason="no parts"), 2)
    waited = gone(promised, Did(partial(handling.pause, ground="parts"), 10)).when(handling.resume, at=hour(30)).case
    assert (due(waited, "resolve"), last(waited, "resolve").spec.rule) == (hour(320), "delayed")
    over = gone(promised, Did(partial(handling.pause, ground="parts"), 301)).when(
        handling.resume, at=hour(400), now=hour(400)
    )
    assert (due(over.case, "resolve"), verdicts(over.case, 401)["resolve"]) == (hour(300), "missed")


def test_a_delay_is_announced_before_the_deadline_with_a_reason_and_a_later_day() -> None:
    gone().when(partial(handling.delay, to=hour(300), reason="x"), at=hour(178)).refused(
        Refused, "202610-001 was due at 2026-10-21 18:00; a delay is announced before that", "afterservice respond"
    )
    gone().when(partial(handling.delay, to=hour(1), reason="x"), at=hour(2)).refused(
        BadInput, "the new date lies in the past"
    )
    gone().when(partial(handling.delay, to=hour(177), reason="x"), at=hour(2)).refused(
        BadInput, "no later than the deadline"
    )
    gone().when(partial(handling.delay, to=hour(300), reason=" "), at=hour(2)).refused(
        BadInput, "a delay needs its reason"
    )


def test_a_delay_may_be_announced_while_the_clock_stands_still() -> None:
    waiting = gone(PARTS).when(partial(handling.delay, to=hour(300), reason="x"), at=hour(200))
    assert due(waiting.case, "resolve") == hour(300)
    assert verdicts(waiting.case, 900)["resolve"] == "paused"


@pytest.mark.parametrize(
    ("decision", "args"),
    [
        (handling.pause, {"ground": "parts"}),
        (handling.investigate, {}),
        (handling.appraise, {"found": Appraisal(fault="hose")}),
        (handling.delay, {"to": hour(900), "reason": "x"}),
        (triage.assess, {"found": Assessment(known=True)}),
        (planning.propose, {"proposal": Proposal("refund")}),
    ],
)
def test_what_comes_before_the_resolution_is_not_done_after_it_nor_while_the_case_says_too_little(
    decision: Any, args: dict[str, Any]
) -> None:
    name = decision.__name__
    resolved = gone(Did(partial(closing.resolve, resolution="done"), 1))
    resolved.when(partial(decision, **args), actor="li").refused(
        Refused, f"202610-001 is resolved; {name} comes before that", "afterservice confirm 202610-001 --no"
    )
    vague = gone(Did(partial(screening.screen, outcome="vague"), 1))
    vague.when(partial(decision, **args), actor="li").refused(
        Refused, "waits for detail (intake.vague)", "note 202610-001 --from-customer", "screen 202610-001 --valid"
    )
