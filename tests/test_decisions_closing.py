"""Closing: resolution, confirmation, rating, the second visit, the archive, and the way back."""

from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.closing import (
    CaseClosed,
    CaseConfirmed,
    CaseRated,
    CaseReopened,
    CaseResolved,
    CaseWithdrawn,
)
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.handling import CaseResumed
from afterservice_cli.cases.events.intake import CaseMerged
from afterservice_cli.cases.values import Appraisal, Assessment, DeadlineSpec, Finding
from afterservice_cli.decisions import closing, handling, mending, planning, screening, tasks, triage
from afterservice_cli.decisions.allowed import allowed
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.moment import Moment
from courses import LIFE, Did, came, due, gone, life, standing_at, verdicts
from given import came_in, given, hour, rules

RESOLVED = CaseResolved(hour(1), "mended")
CONFIRMED = CaseConfirmed(hour(2), True)
CLOSED = CaseClosed(hour(3))
RAISED = Finding("priority", "P2", "reopening", "consequences[1].raise_priority")


def second_cycle(begun: int) -> tuple[DeadlineSpec, ...]:
    """The deadlines of an unplaced case of P2 that begins again; `begun` hours on, a Wednesday morning still."""
    return (
        DeadlineSpec("respond", 2, hour(begun), "4h", hour(begun + 4), *RESPOND, "priorities.P2.targets.respond"),
        DeadlineSpec(*("resolve", 2, hour(begun), "3wd", hour(129), *RESOLVE, "priorities.P2.targets.resolve")),
    )


RESPOND = (("responded",), False, False)
RESOLVE = (("resolved",), False, False)


def test_a_resolution_waits_for_the_customer() -> None:
    outcome = given(came_in()).when(partial(closing.resolve, resolution=" mended "), at=hour(1))
    outcome.then(RESOLVED)
    assert (outcome.case.status, outcome.case.stage) == ("resolved", "closing")


def test_a_resolution_has_words_and_comes_once() -> None:
    given(came_in()).when(partial(closing.resolve, resolution=" ")).refused(BadInput, "the resolution is empty")
    given(came_in(), RESOLVED).when(partial(closing.resolve, resolution="again")).refused(
        Refused, "is resolved already", "afterservice confirm 202610-001 --yes"
    )


def test_a_yes_is_recorded() -> None:
    outcome = given(came_in(), RESOLVED).when(partial(closing.confirm, satisfied=True, words=" thanks "), at=hour(2))
    outcome.then(CaseConfirmed(hour(2), True, "thanks"))
    assert (outcome.case.status, outcome.case.satisfied) == ("confirmed", True)


def test_a_no_opens_the_case_again_with_its_priority_raised_and_new_deadlines() -> None:
    outcome = given(came_in(), RESOLVED).when(
        partial(closing.confirm, satisfied=False, words="it rattles still"), at=hour(2)
    )
    outcome.then(
        CaseConfirmed(hour(2), False, "it rattles still"),
        CaseReopened(hour(2), (RAISED,), second_cycle(2), "it rattles still", rule="consequences[1]"),
    )
    case = outcome.case
    assert (case.status, case.cycle, case.value("priority"), case.satisfied) == ("open", 2, "P2", None)


def test_a_no_without_words_gives_no_reason() -> None:
    (_, reopened) = given(came_in(), RESOLVED).when(partial(closing.confirm, satisfied=False)).events
    assert isinstance(reopened, CaseReopened)
    assert reopened.reason is None


def test_only_what_is_resolved_is_confirmed_or_rated() -> None:
    given(came_in()).when(partial(closing.confirm, satisfied=True)).refused(
        Refused, "not resolved yet, so it cannot be confirmed", "afterservice resolve 202610-001"
    )
    given(came_in()).when(partial(closing.rate, scores={"overall": 5})).refused(
        Refused, "not resolved yet, so it cannot be rated", "afterservice resolve 202610-001"
    )


def test_scores_are_recorded_even_when_the_case_is_closed() -> None:
    rated = CaseRated(hour(4), {"overall": 4}, "quick")
    for events in [(came_in(), RESOLVED), (came_in(), RESOLVED, CLOSED)]:
        given(*events).when(partial(closing.rate, scores={"overall": 4}, comment=" quick "), at=hour(4)).then(rated)


@pytest.mark.parametrize("scores", [{}, {"overall": 0}, {"overall": 6}, {"overall": -1}])
def test_a_score_goes_from_one_to_five(scores: dict[str, int]) -> None:
    given(came_in(), RESOLVED).when(partial(closing.rate, scores=scores)).refused(BadInput, "from 1 to 5")


LACKS_WORD, LACKS_SURVEY = (f"before close: {what} (demands[1]) |" for what in ("confirmation", "survey"))
SURVEY = ("consequences:", "closing: {survey: {questions: {overall: Overall}}}\nconsequences:")


@pytest.mark.parametrize("score", [1, 5])
def test_the_ends_of_the_scale_are_on_it(score: int) -> None:
    assert given(came_in(), RESOLVED).when(partial(closing.rate, scores={"overall": score})).case.scores == {
        "overall": score
    }


def test_a_case_with_all_that_is_required_is_closed() -> None:
    outcome = given(came_in(), RESOLVED, CONFIRMED).when(closing.close, at=hour(3))
    outcome.then(CLOSED)
    assert (outcome.case.status, outcome.case.stage) == ("closed", "done")


def test_closing_says_all_that_is_missing_and_the_commands_that_give_it() -> None:
    strict = rules(("what: [resolution, confirmation]", "what: [resolution, confirmation, survey]"), SURVEY)
    given(came_in(), rulebook=strict).when(closing.close).refused(
        Refused,
        "202610-001 lacks what the rulebook demands before close: resolution, confirmation, survey (demands[1])",
        "afterservice resolve 202610-001",
        "afterservice confirm 202610-001 --yes",
        "afterservice rate 202610-001 overall=5",
    )
    given(came_in(), RESOLVED).when(closing.close).refused(Refused, LACKS_WORD, "confirm 202610-001")
    given(came_in(), RESOLVED, CONFIRMED, rulebook=strict).when(closing.close).refused(Refused, LACKS_SURVEY)


def test_closing_asks_no_more_than_the_rulebook() -> None:
    lenient = rules(("what: [resolution, confirmation]", "what: [resolution]"))
    given(came_in(), RESOLVED, rulebook=lenient).when(closing.close, at=hour(3)).then(CLOSED)


def test_the_short_form_records_the_same_events_in_order() -> None:
    given(came_in()).when(
        partial(closing.close, resolution="mended", confirmed=True, words="fine", scores={"overall": 5}), at=hour(3)
    ).then(
        CaseResolved(hour(3), "mended"),
        CaseConfirmed(hour(3), True, "fine"),
        CaseRated(hour(3), {"overall": 5}),
        CaseClosed(hour(3)),
    )


def test_the_short_form_refuses_as_its_steps_do() -> None:
    given(came_in()).when(partial(closing.close, resolution="")).refused(BadInput, "the resolution is empty")
    given(came_in()).when(partial(closing.close, confirmed=True)).refused(Refused, "not resolved yet")
    given(came_in()).when(partial(closing.close, resolution="x", scores={"overall": 9})).refused(
        BadInput, "from 1 to 5"
    )
    given(came_in()).when(partial(closing.close, resolution="x")).refused(Refused, LACKS_WORD)
    given(came_in(), RESOLVED).when(partial(closing.close, resolution="again")).refused(Refused, "is resolved already")


def test_reopening_begins_a_cycle_from_then() -> None:
    outcome = given(came_in(), RESOLVED, CONFIRMED, CLOSED).when(
        partial(closing.reopen, reason=" broke again "), at=hour(3)
    )
    outcome.then(CaseReopened(hour(3), (RAISED,), second_cycle(3), "broke again", rule="consequences[1]"))
    case = outcome.case
    assert (case.status, case.cycle) == ("open", 2)
    assert case.first_at == dict.fromkeys(("registered", "classified", "assigned", "reopened"), hour(3))


def test_the_priority_is_raised_by_as_much_as_the_rulebook_says_and_not_beyond_the_highest() -> None:
    by_two = rules(("raise_priority: 1", "raise_priority: 2"))
    raised = {
        name: given(came_in(priority=name), RESOLVED, rulebook=by_two)
        .when(partial(closing.reopen, reason="x"))
        .case.value("priority")
        for name in ("P1", "P2", "P3", "P4")
    }
    assert raised == {"P1": "P1", "P2": "P1", "P3": "P1", "P4": "P2"}
    (event,) = given(came_in(priority="P1"), RESOLVED).when(partial(closing.reopen, reason="x")).events
    assert isinstance(event, CaseReopened)
    assert event.findings == ()


def reopened_under(*entries: str, course: tuple[Any, ...] = (RESOLVED,), **draft: Any) -> tuple[CaseReopened, Case]:
    """What reopening a case leads to if the rulebook has these entries of `consequences`."""
    text = ", ".join(f"{{on: reopened, {entry}}}" for entry in entries)
    heads = ("tech", "zhao"), ("design", "sun"), ("quality", "kim"), ("finance", "feng"), ("service", "he")
    owners = ", ".join(f"{team}: {{title: {team.title()}, head: {head}}}" for team, head in heads)
    book = rules(
        (
            "owners: {tech: Tech, design: Design, quality: Quality, finance: Finance, service: Service}",
            f"owners: {{{owners}}}",
        ),
        ("default:", "roles: {management: {title: Management, people: [han]}}\ndefault:"),
        ("consequences: [{on: reopened, raise_priority: 1}]", f"consequences: [{text}]"),
    )
    outcome = given(came_in(**draft), *course, rulebook=book).when(partial(closing.reopen, reason="x"))
    (event,) = outcome.events
    assert isinstance(event, CaseReopened)
    return event, outcome.case


def test_a_case_opened_again_goes_to_the_team_that_the_rulebook_names() -> None:
    event, case = reopened_under("hand_to: design, tell: [owner_head, head:design]", text="broken")
    assert event.findings == (Finding("owner", "design", "reopening", "consequences[1].hand_to"),)
    assert event.told == ("zhao", "sun")  # of the team that had it, and of the one that gets it
    assert (case.value("owner"), case.person) == ("design", None)


def test_or_to_the_first_person_of_a_role_while_it_stays_with_its_team() -> None:
    event, case = reopened_under("hand_to: management", text="broken")
    assert (event.person, event.rule, case.person) == ("han", "consequences[1]", "han")
    assert case.value("owner") == "tech"


def test_the_first_entry_that_fits_the_case_as_it_was_counts() -> None:
    entries = ("when: {cycle: 2}, hand_to: management", "tell: owner_head")
    event, _ = reopened_under(*entries)
    assert (event.rule, event.person) == ("consequences[2]", None)
    again = (RESOLVED, CaseReopened(hour(3), (), ()), CaseResolved(hour(4), "again"))
    event, _ = reopened_under(*entries, course=again)
    assert (event.rule, event.person) == ("consequences[1]", "han")


def test_without_an_entry_that_fits_a_case_only_begins_again() -> None:
    event, case = reopened_under("when: {channel: chat}, raise_priority: 1, tell: owner_head")
    assert (event.findings, event.told, event.person, event.rule) == ((), (), None, None)
    assert case.value("priority") == "P3"


def test_who_took_the_case_back_and_comes_again_is_not_dissatisfied() -> None:
    event, _ = reopened_under("raise_priority: 1, tell: owner_head", course=(CaseWithdrawn(hour(2), "x"),))
    assert (event.findings, event.told) == ((), ())


def test_reopening_needs_a_reason_and_something_to_reopen() -> None:
    given(came_in()).when(partial(closing.reopen, reason="x")).refused(Refused, "is open already", "afterservice show")
    given(came_in(), RESOLVED).when(partial(closing.reopen, reason=" ")).refused(
        BadInput, "needs its reason", "--reason"
    )


def test_a_yes_of_the_first_cycle_does_not_close_the_second() -> None:
    again = (came_in(), RESOLVED, CONFIRMED, CaseReopened(hour(3), (), ()), CaseResolved(hour(4), "again"))
    given(*again).when(closing.close).refused(Refused, LACKS_WORD)


def test_a_rating_of_the_first_cycle_does_not_close_the_second() -> None:
    wants_rating = rules(("what: [resolution, confirmation]", "what: [resolution, survey]"), SURVEY)
    rated = CaseRated(hour(2), {"overall": 1})
    again = (came_in(), RESOLVED, rated, CaseReopened(hour(3), (), ()), CaseResolved(hour(4), "again"))
    given(*again, rulebook=wants_rating).when(closing.close).refused(Refused, LACKS_SURVEY)


STEPS: list[tuple[Any, dict[str, Any]]] = [
    (closing.resolve, {"resolution": "x"}),
    (closing.confirm, {"satisfied": True}),
    (closing.close, {}),
    (closing.rate, {"scores": {"overall": 5}}),
    (closing.reopen, {"reason": "x"}),
]


@pytest.mark.parametrize(("decision", "args"), STEPS[:3])
def test_a_closed_case_is_not_changed(decision: Any, args: dict[str, Any]) -> None:
    given(came_in(), RESOLVED, CONFIRMED, CLOSED).when(partial(decision, **args)).refused(
        Refused, "is closed and cannot be changed", "afterservice reopen 202610-001 --reason"
    )


@pytest.mark.parametrize(("decision", "args"), STEPS)
def test_a_void_case_is_not_changed(decision: Any, args: dict[str, Any]) -> None:
    void = (came_in(), RESOLVED, EventRetracted(hour(2), 1))
    given(*void).when(partial(decision, **args)).refused(Refused, "was taken back and cannot be changed")


@pytest.mark.parametrize(("decision", "args"), STEPS)
def test_nothing_happens_in_the_future_or_before_the_cycle(decision: Any, args: dict[str, Any]) -> None:
    given(came_in(), RESOLVED).when(partial(decision, **args), at=hour(5), now=hour(4)).refused(
        BadInput, "lies in the future"
    )
    given(came_in(), RESOLVED).when(partial(decision, **args), at=hour(-1)).refused(
        BadInput, "was registered at 2026-10-14"
    )
    again = (came_in(), RESOLVED, CaseReopened(hour(3), (), ()), CaseResolved(hour(4)))
    given(*again).when(partial(decision, **args), at=hour(2)).refused(BadInput, "was reopened at 2026-10-14 12:00")


# --- what the rulebook asks ---------------------------------------------------------------------------------------

DONE = Did(partial(closing.resolve, resolution="mended"), 1)
YES = Did(partial(closing.confirm, satisfied=True), 2)
LOW = Did(partial(closing.rate, scores={"speed": 2, "result": 5}), 3)
SHUT = Did(closing.close, 4)


def test_the_customer_is_asked_the_rulebook_s_questions() -> None:
    gone(DONE).when(partial(closing.rate, scores={"price": 5})).refused(
        BadInput, "does not ask 'price'", "speed, result"
    )
    gone(DONE).when(partial(closing.rate, scores={"overall": 5})).refused(BadInput, "does not ask 'overall'")
    given(came_in(), RESOLVED).when(partial(closing.rate, scores={"speed": 5})).refused(
        BadInput, "write one of overall"
    )


# --- confirming, reopening, withdrawing ---------------------------------------------------------------------------


def test_confirming_begins_the_time_of_the_archive() -> None:
    case = standing_at(gone(DONE, YES))
    assert due(case, "archive") == hour(57)
    assert verdicts(gone(DONE, YES).when(closing.close, at=hour(4)).case, 900)["archive"] == "met"


def test_a_yes_comes_once() -> None:
    gone(DONE, YES).when(partial(closing.confirm, satisfied=True)).refused(
        Refused, "202610-001 is confirmed already", "afterservice close 202610-001"
    )
    assert gone(DONE, YES).when(partial(closing.confirm, satisfied=False, words="no"), at=hour(3)).case.cycle == 2


def test_what_follows_on_a_resolution_lies_after_it() -> None:
    for decision, args in (
        (closing.confirm, {"satisfied": True}),
        (closing.rate, {"scores": {"speed": 5}}),
        (closing.withdraw, {"reason": "x"}),
        (closing.reopen, {"reason": "x"}),
    ):
        gone(DONE).when(partial(decision, **args), at=hour(0.5)).refused(BadInput, "was resolved at 2026-10-14 10:00")


def test_reopening_raises_the_priority_tells_the_head_and_begins_new_deadlines() -> None:
    reopened = gone(DONE, YES, SHUT).when(partial(closing.reopen, reason="leaks again"), at=hour(24))
    (event,) = reopened.events
    assert isinstance(event, CaseReopened)
    assert (event.told, event.findings[0].value) == (("zhao",), "high")
    case = reopened.case
    first = {d.spec.target: d.verdict(hour(25)) for d in case.deadlines if d.spec.cycle == 1}
    second = {d.spec.target: d.verdict(hour(25)) for d in case.deadlines if d.spec.cycle == 2}
    assert first == {"respond": "missed", "resolve": "met", "look": "missed", "archive": "met"}
    assert second == dict.fromkeys(("respond", "resolve", "look"), "running")
    assert (due(case, "respond"), case.status) == (hour(26), "open")


def test_whoever_the_rulebook_names_is_told_of_it() -> None:
    told = life(("tell: owner_head", "tell: management"))
    (event,) = gone(DONE, rulebook=told).when(partial(closing.reopen, reason="x"), at=hour(3)).events
    assert isinstance(event, CaseReopened)
    assert event.told == ("han",)
    (silent,) = given(came_in(), RESOLVED).when(partial(closing.reopen, reason="x"), at=hour(3)).events
    assert isinstance(silent, CaseReopened)
    assert silent.told == ()


def test_a_promise_of_the_first_cycle_is_none_of_the_second() -> None:
    promised = gone(Did(partial(triage.acknowledge, promised_at=hour(9)), 0.5), DONE)
    assert promised.when(partial(closing.reopen, reason="x"), at=hour(24)).case.promised_at is None


def test_a_pause_of_the_first_cycle_does_not_count_in_the_second() -> None:
    waited = gone(Did(partial(handling.pause, ground="parts"), 0.5), DONE)
    again = waited.when(partial(closing.reopen, reason="x"), at=hour(24)).case
    assert (again.status, due(again, "respond")) == ("open", hour(26))


def test_what_the_customer_takes_back_is_over_and_what_it_owed_is_void() -> None:
    withdrawn = gone(Did(handling.respond, 1)).when(partial(closing.withdraw, reason=" bought another "), at=hour(2))
    withdrawn.then(CaseWithdrawn(hour(2), "bought another"))
    case = withdrawn.case
    assert (case.status, case.stage, case.void_by) == ("closed", "done", "withdrawn")
    assert verdicts(case, 900) == {"respond": "met", "resolve": "void", "look": "void"}


def test_a_case_may_be_taken_back_while_it_waits_or_after_it_was_resolved() -> None:
    waiting = gone(Did(partial(handling.pause, ground="parts"), 1)).when(
        partial(closing.withdraw, reason="x"), at=hour(2)
    )
    assert [type(event) for event in waiting.events] == [CaseWithdrawn]
    assert waiting.case.pause is None
    seq = waiting.case.events[-1].seq
    back = gone(Did(partial(handling.pause, ground="parts"), 1), Did(partial(closing.withdraw, reason="x"), 2))
    again = back.when(partial(mending.retract, seq=seq, reason="it was another case"), at=hour(3)).case
    assert (again.status, verdicts(again, 900)["resolve"]) == ("waiting", "paused")
    assert gone(DONE, YES).when(partial(closing.withdraw, reason="x"), at=hour(3)).case.status == "closed"


def test_a_withdrawal_has_its_reason_and_can_be_reopened_or_taken_back() -> None:
    gone().when(partial(closing.withdraw, reason=" ")).refused(BadInput, "a withdrawal needs its reason")
    withdrawn = gone(Did(partial(closing.withdraw, reason="x"), 1))
    withdrawn.when(handling.respond).refused(Refused, "is closed and cannot be changed", "afterservice reopen")
    reopened = withdrawn.when(partial(closing.reopen, reason="still leaks"), at=hour(2)).case
    assert (reopened.status, reopened.cycle, reopened.void_by) == ("open", 2, "")
    back = withdrawn.when(partial(mending.retract, seq=2, reason="another case"), at=hour(2)).case
    assert (back.status, verdicts(back, 2)["resolve"]) == ("open", "running")


def test_closing_ends_the_waiting() -> None:
    bare = life(
        ("  - {before: close, what: [resolution, confirmation, tasks]}\n", ""),
        ("  silence: {tries: 3, over: 5wd}\n", ""),
    )
    closed = gone(Did(partial(handling.pause, ground="parts"), 1), rulebook=bare).when(closing.close, at=hour(2))
    assert [type(event) for event in closed.events] == [CaseResumed, CaseClosed]
    assert (closed.case.status, closed.case.pause) == ("closed", None)


# --- what may still be done with a closed case --------------------------------------------------------------------

CLOSED_TO: list[tuple[Any, dict[str, Any]]] = [
    (screening.screen, {"outcome": "valid"}),
    (triage.acknowledge, {}),
    (triage.assess, {"found": Assessment(known=True)}),
    (triage.classify, {}),
    (triage.assign, {}),
    (handling.respond, {}),
    (handling.note, {"text": "x"}),
    (handling.reply, {"text": "x"}),
    (handling.pause, {"ground": "parts"}),
    (handling.resume, {}),
    (handling.investigate, {}),
    (handling.appraise, {"found": Appraisal(fault="hose")}),
    (handling.delay, {"to": hour(900), "reason": "x"}),
    (planning.propose, {"proposal": Proposal("refund")}),
    (planning.approve, {}),
    (planning.decline, {"reason": "x"}),
    (planning.agree, {"agreed": True}),
    (tasks.task, {"name": "fetch"}),
    (closing.resolve, {"resolution": "x"}),
    (closing.confirm, {"satisfied": True}),
    (closing.close, {}),
    (closing.withdraw, {"reason": "x"}),
    (mending.retract, {"seq": 1, "reason": "x"}),
]


@pytest.mark.parametrize(("decision", "args"), CLOSED_TO, ids=lambda value: getattr(value, "__name__", ""))
def test_a_closed_case_is_changed_by_reopening_it_only(decision: Any, args: dict[str, Any]) -> None:
    gone(DONE, YES, SHUT).when(partial(decision, **args), actor="li").refused(
        Refused, "202610-001 is closed and cannot be changed", "afterservice reopen 202610-001 --reason"
    )
    merged = CaseMerged(hour(1), "202610-009")
    given(came(), merged, rulebook=LIFE).when(partial(decision, **args), actor="li").refused(
        Refused, "was merged into 202610-009 and cannot be changed", "go on with 202610-009"
    )


def test_what_is_left_after_closing_is_what_is_allowed_then() -> None:
    closed = standing_at(gone(DONE, YES, SHUT))
    assert allowed(closed, Moment(hour(9), hour(9), "lin", LIFE)) == ["rate", "reopen", "link", "amend"]
    low = standing_at(gone(DONE, YES, SHUT, Did(partial(closing.rate, scores={"speed": 1}), 5)))
    assert "task" in allowed(low, Moment(hour(9), hour(9), "ma", LIFE))
    assert "task" not in allowed(low, Moment(hour(9), hour(9), "lin", LIFE))


def test_what_is_allowed_follows_the_stages_and_whoever_acts() -> None:
    def commands(case: Any, by: str = "lin") -> set[str]:
        return set(allowed(standing_at(case), Moment(hour(9), hour(9), by, LIFE)))

    fresh = commands(gone())
    assert {"screen", "acknowledge", "propose", "pause", "resolve", "withdraw"} <= fresh
    assert not fresh & {"resume", "approve", "agree", "step", "confirm", "close", "reopen", "follow-up", "investigate"}
    assert "investigate" in commands(gone(), "li")
    proposed = gone(Did(partial(planning.propose, proposal=Proposal("repair")), 1, "li"))
    assert not commands(proposed) & {"approve", "decline", "agree", "step", "resolve"}
    assert {"approve", "decline"} <= commands(proposed, "zhao")
    assert {"confirm", "rate", "reopen"} <= commands(gone(DONE))
    assert "close" in commands(gone(DONE, YES))
