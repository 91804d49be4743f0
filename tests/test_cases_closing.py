"""Closing: resolution, confirmation, rating, the archive, and the way back."""

from typing import Any

import pytest

from afterservice_cli.cases import closing
from afterservice_cli.cases.events import (
    CaseClosed,
    CaseConfirmed,
    CaseRated,
    CaseReopened,
    CaseResolved,
    EventRetracted,
    Setting,
)
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.rulebook.matching import Finding
from given import came_in, given, hour, rules

RESOLVED = CaseResolved(hour(1), "mended")
CONFIRMED = CaseConfirmed(hour(2), True)
CLOSED = CaseClosed(hour(3))
RAISED = Finding("priority", "P2", "rule", "closing.dissatisfied.raise_priority")


def second_cycle(begun: int) -> tuple[Setting, ...]:
    """The deadlines of an unplaced case of P2 that begins again; `begun` hours on, a Wednesday morning still."""
    return (
        Setting("respond", 2, hour(begun), "4h", hour(begun + 4), *RESPOND, "priorities.P2.targets.respond"),
        Setting(*("resolve", 2, hour(begun), "3wd", hour(129), *RESOLVE, "priorities.P2.targets.resolve")),
    )


RESPOND = ("responded", False, False)
RESOLVE = ("resolved", False, False)


def test_a_resolution_waits_for_the_customer() -> None:
    outcome = given(came_in()).when(closing.resolve, at=hour(1), resolution=" mended ")
    outcome.then(RESOLVED)
    assert (outcome.case.status, outcome.case.stage) == ("resolved", "closing")


def test_a_resolution_has_words_and_comes_once() -> None:
    given(came_in()).when(closing.resolve, resolution=" ").refused(BadInput, "the resolution is empty")
    given(came_in(), RESOLVED).when(closing.resolve, resolution="again").refused(
        Refused, "is resolved already", "afterservice confirm 202610-001 --yes"
    )


def test_a_yes_is_recorded() -> None:
    outcome = given(came_in(), RESOLVED).when(closing.confirm, at=hour(2), satisfied=True, words=" thanks ")
    outcome.then(CaseConfirmed(hour(2), True, "thanks"))
    assert (outcome.case.status, outcome.case.satisfied) == ("confirmed", True)


def test_a_no_opens_the_case_again_with_its_priority_raised_and_new_deadlines() -> None:
    outcome = given(came_in(), RESOLVED).when(closing.confirm, at=hour(2), satisfied=False, words="it rattles still")
    outcome.then(
        CaseConfirmed(hour(2), False, "it rattles still"),
        CaseReopened(hour(2), (RAISED,), second_cycle(2), "it rattles still"),
    )
    case = outcome.case
    assert (case.status, case.cycle, case.value("priority"), case.satisfied) == ("open", 2, "P2", None)


def test_a_no_without_words_gives_no_reason() -> None:
    (_, reopened) = given(came_in(), RESOLVED).when(closing.confirm, satisfied=False).events
    assert isinstance(reopened, CaseReopened)
    assert reopened.reason is None


def test_only_what_is_resolved_is_confirmed_or_rated() -> None:
    given(came_in()).when(closing.confirm, satisfied=True).refused(
        Refused, "not resolved yet, so it cannot be confirmed", "afterservice resolve 202610-001"
    )
    given(came_in()).when(closing.rate, scores={"overall": 5}).refused(
        Refused, "not resolved yet, so it cannot be rated", "afterservice resolve 202610-001"
    )


def test_scores_are_recorded_even_when_the_case_is_closed() -> None:
    rated = CaseRated(hour(4), {"overall": 4}, "quick")
    for events in [(came_in(), RESOLVED), (came_in(), RESOLVED, CLOSED)]:
        given(*events).when(closing.rate, at=hour(4), scores={"overall": 4}, comment=" quick ").then(rated)


@pytest.mark.parametrize("scores", [{}, {"overall": 0}, {"overall": 6}, {"overall": -1}])
def test_a_score_goes_from_one_to_five(scores: dict[str, int]) -> None:
    given(came_in(), RESOLVED).when(closing.rate, scores=scores).refused(BadInput, "from 1 to 5")


@pytest.mark.parametrize("score", [1, 5])
def test_the_ends_of_the_scale_are_on_it(score: int) -> None:
    assert given(came_in(), RESOLVED).when(closing.rate, scores={"overall": score}).case.scores == {"overall": score}


def test_a_case_with_all_that_is_required_is_closed() -> None:
    outcome = given(came_in(), RESOLVED, CONFIRMED).when(closing.close, at=hour(3))
    outcome.then(CLOSED)
    assert (outcome.case.status, outcome.case.stage) == ("closed", "done")


def test_closing_says_all_that_is_missing_and_the_commands_that_give_it() -> None:
    strict = rules(("require: [resolution, confirmation]", "require: [resolution, confirmation, rating]"))
    given(came_in(), rulebook=strict).when(closing.close).refused(
        Refused,
        "cannot be closed: the rulebook requires resolution, confirmation, rating",
        "afterservice resolve 202610-001",
        "afterservice confirm 202610-001 --yes",
        "afterservice rate 202610-001 5",
    )
    given(came_in(), RESOLVED).when(closing.close).refused(Refused, "requires confirmation |", "confirm 202610-001")
    given(came_in(), RESOLVED, CONFIRMED, rulebook=strict).when(closing.close).refused(Refused, "requires rating |")


def test_closing_asks_no_more_than_the_rulebook() -> None:
    lenient = rules(("require: [resolution, confirmation]", "require: [resolution]"))
    given(came_in(), RESOLVED, rulebook=lenient).when(closing.close, at=hour(3)).then(CLOSED)


def test_the_short_form_records_the_same_events_in_order() -> None:
    given(came_in()).when(
        closing.close, at=hour(3), resolution="mended", confirmed=True, words="fine", scores={"overall": 5}
    ).then(
        CaseResolved(hour(3), "mended"),
        CaseConfirmed(hour(3), True, "fine"),
        CaseRated(hour(3), {"overall": 5}),
        CaseClosed(hour(3)),
    )


def test_the_short_form_refuses_as_its_steps_do() -> None:
    given(came_in()).when(closing.close, resolution="").refused(BadInput, "the resolution is empty")
    given(came_in()).when(closing.close, confirmed=True).refused(Refused, "not resolved yet")
    given(came_in()).when(closing.close, resolution="x", scores={"overall": 9}).refused(BadInput, "from 1 to 5")
    given(came_in()).when(closing.close, resolution="x").refused(Refused, "requires confirmation |")
    given(came_in(), RESOLVED).when(closing.close, resolution="again").refused(Refused, "is resolved already")


def test_reopening_begins_a_cycle_from_then() -> None:
    outcome = given(came_in(), RESOLVED, CONFIRMED, CLOSED).when(closing.reopen, at=hour(3), reason=" broke again ")
    outcome.then(CaseReopened(hour(3), (RAISED,), second_cycle(3), "broke again"))
    case = outcome.case
    assert (case.status, case.cycle) == ("open", 2)
    assert case.anchors == dict.fromkeys(("registered", "classified", "assigned", "reopened"), hour(3))


def test_the_priority_is_raised_by_as_much_as_the_rulebook_says_and_not_beyond_the_highest() -> None:
    by_two = rules(("raise_priority: 1", "raise_priority: 2"))
    raised = {
        name: given(came_in(priority=name), RESOLVED, rulebook=by_two)
        .when(closing.reopen, reason="x")
        .case.value("priority")
        for name in ("P1", "P2", "P3", "P4")
    }
    assert raised == {"P1": "P1", "P2": "P1", "P3": "P1", "P4": "P2"}
    (event,) = given(came_in(priority="P1"), RESOLVED).when(closing.reopen, reason="x").events
    assert isinstance(event, CaseReopened)
    assert event.findings == ()


def test_reopening_needs_a_reason_and_something_to_reopen() -> None:
    given(came_in()).when(closing.reopen, reason="x").refused(Refused, "is open already", "afterservice show")
    given(came_in(), RESOLVED).when(closing.reopen, reason=" ").refused(BadInput, "needs its reason", "--reason")


def test_a_yes_of_the_first_cycle_does_not_close_the_second() -> None:
    again = (came_in(), RESOLVED, CONFIRMED, CaseReopened(hour(3), (), ()), CaseResolved(hour(4), "again"))
    given(*again).when(closing.close).refused(Refused, "requires confirmation |")


def test_a_rating_of_the_first_cycle_does_not_close_the_second() -> None:
    wants_rating = rules(("require: [resolution, confirmation]", "require: [resolution, rating]"))
    rated = CaseRated(hour(2), {"overall": 1})
    again = (came_in(), RESOLVED, rated, CaseReopened(hour(3), (), ()), CaseResolved(hour(4), "again"))
    given(*again, rulebook=wants_rating).when(closing.close).refused(Refused, "requires rating |")


STEPS: list[tuple[Any, dict[str, Any]]] = [
    (closing.resolve, {"resolution": "x"}),
    (closing.confirm, {"satisfied": True}),
    (closing.close, {}),
    (closing.rate, {"scores": {"overall": 5}}),
    (closing.reopen, {"reason": "x"}),
]


@pytest.mark.parametrize(("decision", "args"), STEPS[:3])
def test_a_closed_case_is_not_changed(decision: Any, args: dict[str, Any]) -> None:
    given(came_in(), RESOLVED, CONFIRMED, CLOSED).when(decision, **args).refused(
        Refused, "is closed and cannot be changed", "afterservice reopen 202610-001 --reason"
    )


@pytest.mark.parametrize(("decision", "args"), STEPS)
def test_a_void_case_is_not_changed(decision: Any, args: dict[str, Any]) -> None:
    void = (came_in(), RESOLVED, EventRetracted(hour(2), 1))
    given(*void).when(decision, **args).refused(Refused, "was taken back and cannot be changed")


@pytest.mark.parametrize(("decision", "args"), STEPS)
def test_nothing_happens_in_the_future_or_before_the_cycle(decision: Any, args: dict[str, Any]) -> None:
    given(came_in(), RESOLVED).when(decision, at=hour(5), now=hour(4), **args).refused(BadInput, "lies in the future")
    given(came_in(), RESOLVED).when(decision, at=hour(-1), **args).refused(BadInput, "was registered at 2026-10-14")
    again = (came_in(), RESOLVED, CaseReopened(hour(3), (), ()), CaseResolved(hour(4)))
    given(*again).when(decision, at=hour(2), **args).refused(BadInput, "was reopened at 2026-10-14 12:00")
