"""Erasing: when what is personal in a case, a problem or a measure may go."""

from functools import partial

import pytest

from afterservice_cli.cases.events.closing import CaseClosed, CaseConfirmed, CaseResolved
from afterservice_cli.cases.events.general import PersonalDataErased
from afterservice_cli.cases.events.handling import CaseNoted
from afterservice_cli.cases.events.problems import MeasureDone, MeasureJudged
from afterservice_cli.decisions import closing, erasing, escalation, handling, mending, problems
from afterservice_cli.decisions.erasing import last_day
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Decision
from given import came_in, given, hour, refusal, rules
from measuring import BOOK, moment, state
from recurring import ALARM

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


# --- above the cases --------------------------------------------------------------------------------------------

CLOSED = ALARM.but(closed_at=hour(2))
DONE = MeasureDone(hour(2))
JUDGED = state(DONE, MeasureJudged(hour(3), "yes"))


def test_a_problem_that_is_closed_is_erased_once_and_takes_no_note_then() -> None:
    assert erasing.erase_problem(CLOSED, moment(hour(4)), ground="asked") == PersonalDataErased(hour(4), "asked")
    erased = CLOSED.but(erased=True)
    twice = partial(erasing.erase_problem, erased, moment(hour(5)), ground="asked")
    refusal(Refused, "P2026-001 is erased already", "problem show P2026-001", decide=twice)
    note = partial(problems.note, erased, moment(hour(5)), text="x")
    refusal(Refused, "P2026-001 is erased; nothing is added", "problem open", decide=note)


def test_a_problem_that_is_open_and_a_measure_that_is_not_judged_are_not_erased() -> None:
    open_problem = partial(erasing.erase_problem, ALARM, moment(hour(4)), ground="asked")
    refusal(Refused, "P2026-001 is not over", 'problem close P2026-001 "…"', decide=open_problem)
    for measure in (state(), state(DONE)):
        too_early = partial(erasing.erase_measure, measure, moment(hour(4)), ground="asked")
        refusal(Refused, "M2026-001 is not over", "measure judge M2026-001 --effective", decide=too_early)


def test_a_measure_that_is_judged_is_erased_once() -> None:
    assert erasing.erase_measure(JUDGED, moment(hour(4)), ground="asked") == PersonalDataErased(hour(4), "asked")
    twice = partial(erasing.erase_measure, JUDGED.but(erased=True), moment(hour(5)), ground="asked")
    refusal(Refused, "M2026-001 is erased already", "measures --all", decide=twice)


def test_who_may_erase_is_asked_of_the_team_whose_it_is() -> None:
    kept = moment(hour(4), "shen", BOOK.but(may={"erase": ("owner_head",)}))
    refusal(Refused, "erase is kept to", decide=partial(erasing.erase_problem, CLOSED, kept, ground="asked"))
    refusal(Refused, "erase is kept to", decide=partial(erasing.erase_measure, JUDGED, kept, ground="asked"))
    assert erasing.erase_problem(CLOSED, kept.but(actor="wei"), ground="asked").ground == "asked"
