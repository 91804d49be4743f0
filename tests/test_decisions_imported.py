"""Retelling: what a file says happened, recorded as it was."""

from functools import partial
from typing import Any

import pytest

from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events.closing import (
    CaseClosed,
    CaseConfirmed,
    CaseRated,
    CaseReopened,
    CaseResolved,
    CaseWithdrawn,
)
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.handling import CaseInvestigated, CaseNoted, CaseResponded
from afterservice_cli.cases.events.intake import CaseMerged, CaseScreened
from afterservice_cli.decisions.imported import WORDS, retell
from afterservice_cli.errors import BadInput, Refused
from afterservice_cli.language import speaking
from given import Outcome, came_in, given, hour

RESOLVED = CaseResolved(hour(2), "mended")
CLOSED = CaseClosed(hour(4))


def retelling(word: str, *events: Event, at: float = 5, text: str | None = None, score: int | None = None) -> Outcome:
    return given(came_in(), *events).when(partial(retell, word=word, text=text, score=score), at=hour(at))


@pytest.mark.parametrize(
    ("word", "before", "event"),
    [
        ("responded", (), CaseResponded(hour(5), "phone", "so")),
        ("noted", (), CaseNoted(hour(5), "so")),
        ("investigated", (), CaseInvestigated(hour(5), "so")),
        ("resolved", (), CaseResolved(hour(5), "so")),
        ("confirmed", (RESOLVED,), CaseConfirmed(hour(5), True, "so")),
        ("rated", (RESOLVED,), CaseRated(hour(5), {"overall": 4}, "so")),
        ("closed", (RESOLVED,), CaseClosed(hour(5))),
    ],
)
def test_each_word_is_its_event(word: str, before: tuple[Event, ...], event: Event) -> None:
    retelling(word, *before, text="so", score=4).then(event)


def test_a_case_reopens() -> None:
    (event,) = retelling("reopened", RESOLVED, CLOSED, text="so").events
    assert isinstance(event, CaseReopened)
    assert (event.at, event.reason) == (hour(5), "so")


def test_every_word_is_tried_here() -> None:
    again = {"responded", "noted", "investigated", "resolved", "confirmed", "rated", "closed", "reopened"}
    assert set(WORDS) == {*again, "acknowledged", "paused", "replied", "resumed", "withdrawn"}


def test_a_column_without_words_still_tells_that_it_happened() -> None:
    retelling("resolved").then(CaseResolved(hour(5), "–"))
    retelling("noted").then(CaseNoted(hour(5), "–"))
    retelling("responded").then(CaseResponded(hour(5), "phone", None))


def test_what_the_rulebook_demands_today_is_not_asked_of_what_is_past() -> None:
    retelling("closed").then(CaseClosed(hour(5)))


def test_a_closed_case_is_rated_and_reopened_but_nothing_else() -> None:
    assert retelling("rated", RESOLVED, CLOSED, score=5).events
    for word in ("responded", "noted", "closed"):
        retelling(word, RESOLVED, CLOSED).refused(Refused, "the case is closed by then")
    retelling("investigated", RESOLVED).refused(Refused, "the case is resolved by then")
    for word in ("resolved", "confirmed"):
        with pytest.raises(Refused, match="is closed"):
            _ = retelling(word, RESOLVED, CLOSED).events


@pytest.mark.parametrize(
    ("before", "said", "in_chinese"),
    [
        ((RESOLVED, CLOSED), "the case is closed by then", "工单那时的状态已是“已完成”"),
        ((CaseWithdrawn(hour(4)),), "the customer had withdrawn by then", "客户那时已经撤回"),
        (
            (CaseScreened(hour(4), "invalid", "advertising"),),
            "the case was found invalid by then",
            "工单那时已判为无效",
        ),
        ((CaseMerged(hour(4), "202610-009"),), "the case went on as 202610-009 by then", "工单那时已并入202610-009"),
        ((EventRetracted(hour(4), 1, "slip"),), "the case was taken back", "工单已撤回"),
    ],
)
def test_what_nothing_follows_on_goes_by_what_it_came_to(before: tuple[Event, ...], said: str, in_chinese: str) -> None:
    retelling("responded", *before).refused(Refused, said)
    with speaking("zh"):
        retelling("responded", *before).refused(Refused, in_chinese)


@pytest.mark.parametrize("word", ["confirmed", "closed", "reopened", "rated"])
def test_what_lies_before_the_resolution_makes_no_sense(word: str) -> None:
    retelling(word, RESOLVED, at=1, score=5).refused(BadInput, "was resolved at")


def test_a_rating_may_be_older_than_the_confirmation_but_nothing_else_may() -> None:
    confirmed = CaseConfirmed(hour(4), True)
    assert retelling("rated", RESOLVED, confirmed, at=3, score=5).events
    retelling("closed", RESOLVED, confirmed, at=3).refused(BadInput, "was confirmed at")


@pytest.mark.parametrize("word", WORDS)
def test_nothing_happened_in_the_future_or_before_the_case(word: str) -> None:
    given(came_in(), RESOLVED).when(partial(retell, word=word, text="x", score=5), at=hour(5), now=hour(4)).refused(
        BadInput, "lies in the future"
    )
    retelling(word, RESOLVED, at=-1, text="x", score=5).refused(BadInput, "was registered at 2026-10-14")


@pytest.mark.parametrize("word", WORDS)
def test_nothing_happens_to_a_void_case(word: str) -> None:
    case: tuple[Event, ...] = (RESOLVED, EventRetracted(hour(3), 1))
    with pytest.raises(Refused):
        _ = retelling(word, *case, score=5).events


@pytest.mark.parametrize(
    ("word", "args", "kind"),
    [
        ("rated", {"score": None}, BadInput),
        ("rated", {"score": 6}, BadInput),
        ("resolved", {"text": " "}, BadInput),
    ],
)
def test_what_makes_no_sense_is_refused(word: str, args: dict[str, Any], kind: Any) -> None:
    before = () if word == "resolved" else (RESOLVED,)
    with pytest.raises(kind):
        _ = retelling(word, *before, **args).events


def test_what_is_not_resolved_is_neither_confirmed_nor_rated_nor_reopened() -> None:
    retelling("confirmed").refused(Refused, "not resolved yet")
    retelling("rated", score=5).refused(Refused, "not resolved yet")
    retelling("reopened").refused(Refused, "is open already")


def test_what_does_not_wait_does_not_go_on() -> None:
    retelling("resumed").refused(Refused, "the case does not wait by then")
