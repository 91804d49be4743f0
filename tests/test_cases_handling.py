"""Handling: contacts with the customer, and notes."""

import pytest

from afterservice_cli.cases import handling
from afterservice_cli.cases.events import CaseClosed, CaseNoted, CaseResponded, EventRetracted
from afterservice_cli.errors import BadInput, Refused
from given import came_in, given, hour


def test_a_contact_goes_through_the_channel_the_case_came_in_by() -> None:
    given(came_in()).when(handling.respond, at=hour(1), text=" called ").then(
        CaseResponded(hour(1), "phone", "called"),
    )


def test_a_contact_may_take_another_channel() -> None:
    given(came_in()).when(handling.respond, at=hour(1), channel="E-mail").then(CaseResponded(hour(1), "email", None))
    given(came_in()).when(handling.respond, channel="fax").refused(BadInput, "unknown channel 'fax'")


def test_a_note_is_written_down() -> None:
    given(came_in()).when(handling.note, at=hour(1), text=" knows us ").then(CaseNoted(hour(1), "knows us"))


def test_an_empty_note_is_refused() -> None:
    given(came_in()).when(handling.note, text=" \n").refused(BadInput, "the note is empty")


@pytest.mark.parametrize("decision", [handling.respond, handling.note])
def test_what_lies_in_the_future_or_before_the_case_is_refused(decision: object) -> None:
    assert callable(decision)
    given(came_in()).when(decision, at=hour(2), now=hour(1), text="x").refused(BadInput, "future", "--at")
    given(came_in()).when(decision, at=hour(-1), text="x").refused(BadInput, "202610-001 was registered at 2026-10-14")


@pytest.mark.parametrize("decision", [handling.respond, handling.note])
def test_a_closed_or_void_case_takes_nothing_more(decision: object) -> None:
    assert callable(decision)
    given(came_in(), CaseClosed(hour(1))).when(decision, text="x").refused(
        Refused, "is closed and cannot be changed", "afterservice reopen 202610-001 --reason"
    )
    given(came_in(), EventRetracted(hour(1), 1)).when(decision, text="x").refused(Refused, "was taken back")


@pytest.mark.parametrize("decision", [handling.respond, handling.note])
def test_a_text_that_is_a_file_by_mistake_is_refused(decision: object) -> None:
    assert callable(decision)
    given(came_in()).when(decision, text="x" * 100_001).refused(BadInput, "more than 100,000 characters")
