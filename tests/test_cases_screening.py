"""Screening: what is no case, what says too little, and what was told before."""

from afterservice_cli.cases import mending, screening
from afterservice_cli.cases.events import CaseMerged, CaseScreened
from afterservice_cli.errors import Refused
from given import came_in, given, hour, rules

SCREENED = rules(
    ("anonymous: true}", "anonymous: true, invalid: {spam: Spam}, vague: {match: [hm], pause: detail}}"),
    ("default:", "pauses: {detail: {title: Detail, ends: replied}}\ndefault:"),
)


def test_an_invalid_case_is_taken_out_and_what_it_owed_is_void() -> None:
    case = came_in(rulebook=SCREENED)
    screened = given(case, rulebook=SCREENED).when(screening.screen, at=hour(1), outcome="invalid", ground="spam")
    screened.then(CaseScreened(hour(1), "invalid", "spam"))
    assert (screened.case.status, screened.case.void_by) == ("void", "screened")
    assert {deadline.verdict(hour(900)) for deadline in screened.case.deadlines} == {"void"}


def test_a_merger_can_be_undone() -> None:
    merged = CaseMerged(hour(1), "202610-009", "the same")
    outcome = given(came_in(), merged).when(mending.retract, at=hour(2), seq=2, reason="two after all")
    assert (outcome.case.status, outcome.case.merged_into) == ("open", None)
    assert {deadline.verdict(hour(2)) for deadline in outcome.case.deadlines} == {"running"}


def test_a_rulebook_without_screening_says_so() -> None:
    given(came_in()).when(screening.screen, outcome="valid").refused(Refused, "does without screen", "intake.invalid")
