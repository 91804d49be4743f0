"""Erasing: when what is personal in a case may go."""

from functools import partial

import pytest

from afterservice_cli.cases.events.closing import CaseClosed, CaseConfirmed, CaseResolved
from afterservice_cli.cases.events.general import PersonalDataErased
from afterservice_cli.cases.events.handling import CaseNoted
from afterservice_cli.decisions import closing, erasing, escalation, handling, mending
from afterservice_cli.decisions.erasing import last_day
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Decision
from given import came_in, given, hour, rules

OVER = (came_in(), CaseResolved(hour(1), "mended"), CaseConfirmed(hour(2), True), CaseClosed(hour(3)))
ERASE = partial(erasing.erase, ground=erasing.ASKED)
KEPT = rules(
    ("default:", "archive: {keep: 2y}\ndefault:"),
)


def test_a_case_that_is_over_is_erased_if_the_rulebook_keeps_it_no_longer() -> None:
    outcome = given(*OVER).when(ERASE, at=hour(4))
    assert outcome.events == (PersonalDataErased(hour(4), "asked"),)
    assert outcome.case.erased
    assert outcome.case.status == "closed"


def test_a_case_that_is_not_over_is_not_erased() -> None:
    given(*OVER[:1]).when(ERASE).refused(Refused, "is not over", "withdraw 202610-001 --reason")


def test_a_case_is_erased_once() -> None:
    erased = (*OVER, PersonalDataErased(hour(4), "asked"))
    given(*erased).when(ERASE, at=hour(5)).refused(Refused, "is erased already", "afterservice show")


@pytest.mark.parametrize(
    "decision",
    [
        partial(handling.note, text="x"),
        partial(closing.reopen, reason="x"),
        partial(closing.rate, scores={"overall": 5}),
        partial(mending.amend, facts={"product": "X"}, reason="x"),
        partial(mending.retract, seq=1, reason="x"),
    ],
)
def test_nothing_is_added_to_a_case_that_is_erased(decision: Decision) -> None:
    erased = (*OVER, PersonalDataErased(hour(4), "asked"))
    given(*erased).when(decision, at=hour(5)).refused(Refused, "is erased; nothing is added", "register it anew")


def test_nobody_is_told_of_what_an_erased_case_still_owes() -> None:
    erased = (*OVER, PersonalDataErased(hour(4), "asked"))
    assert given(*erased).when(escalation.escalate, at=hour(9000)).events == ()


def test_a_case_is_kept_for_the_time_that_the_rulebook_names_from_its_last_event_on() -> None:
    noted = (*OVER[:2], CaseNoted(hour(2), "x"), *OVER[2:])
    given(*noted, rulebook=KEPT).when(ERASE, at=hour(24)).refused(Refused, "(archive.keep)", "after that day")
    assert given(*noted, rulebook=KEPT).when(ERASE, now=hour(24 * 366 * 2), at=hour(24)).case.erased


def test_a_kind_is_kept_as_long_as_it_says_itself() -> None:
    own = rules(("default:", "archive: {keep: 2y}\ndefault:"), ("{title: Complaint,", "{title: Complaint, keep: 5y,"))
    assert str(last_day(hour(0), "complaint", own))[:4] == "2031"
    assert str(last_day(hour(0), None, own))[:4] == "2028"
    assert last_day(hour(0), "complaint", rules()) is None
