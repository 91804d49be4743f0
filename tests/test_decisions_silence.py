"""Closing on silence: when a case may go to the archive though the customer never answers."""

from functools import partial

import pytest

from afterservice_cli.cases.events.closing import CaseClosed
from afterservice_cli.decisions import closing, handling
from afterservice_cli.decisions.allowed import allowed
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Moment
from courses import Did, gone, life, standing_at
from given import Given, hour

BOOK = life(
    (
        "what: [resolution, confirmation, tasks]}",
        "what: [resolution, confirmation, words, survey, tasks]}",
    )
)
SOLVED = Did(partial(closing.resolve, resolution="mended"), 2)  # on a Wednesday, 11:00
SILENT = closing.close_silently


def tried(*at: float) -> tuple[Did, ...]:
    return tuple(Did(handling.respond, hours) for hours in at)


def course(*did: Did) -> Given:
    return gone(*did, rulebook=BOOK)


def test_after_enough_tries_over_enough_days_the_case_is_closed_without_the_customer() -> None:
    outcome = course(SOLVED, *tried(3, 27, 51)).when(SILENT, at=hour(177), now=hour(177))
    outcome.then(CaseClosed(hour(177), silent=True))
    assert (outcome.case.status, outcome.case.satisfied, outcome.case.scores) == ("closed", None, None)


def test_it_is_refused_before_with_what_is_missing_and_a_command_that_gives_it() -> None:
    course(SOLVED, *tried(3, 27)).when(SILENT, at=hour(28), now=hour(28)).refused(
        Refused,
        "2 of 3 tries since 2026-10-14 11:00; over 5wd ends 2026-10-21 18:00 (closing.silence)",
        'afterservice respond 202610-001 "…"',
    )
    course(SOLVED, *tried(3, 27, 51)).when(SILENT, at=hour(176), now=hour(176)).refused(
        Refused, "3 of 3 tries", "ends 2026-10-21 18:00", "afterservice close 202610-001 --silent"
    )
    course(SOLVED).when(SILENT).refused(Refused, "0 of 3 tries", "over 5wd begins with the first")


def test_only_what_came_after_the_resolution_and_the_customer_s_last_word_is_a_try() -> None:
    before = tried(1)
    course(*before, SOLVED, *tried(3, 27)).when(SILENT, at=hour(199)).refused(Refused, "2 of 3 tries")
    answer = Did(partial(handling.reply, text="I am abroad"), 60)
    course(SOLVED, *tried(3, 27, 51), answer, *tried(70)).when(SILENT, at=hour(199)).refused(Refused, "1 of 3 tries")


def test_a_customer_who_confirmed_and_never_rates_is_silent_since_then() -> None:
    yes = Did(partial(closing.confirm, satisfied=True, words="well"), 60)
    course(SOLVED, *tried(3, 27, 51), yes).when(SILENT).refused(Refused, "0 of 3 tries")
    assert course(SOLVED, yes, *tried(61, 62, 63)).when(SILENT, at=hour(400), now=hour(400)).case.status == "closed"


def test_who_has_answered_everything_or_answers_now_is_not_silent() -> None:
    answered = (
        Did(partial(closing.confirm, satisfied=True, words="well"), 60),
        Did(partial(closing.rate, scores={"speed": 5, "result": 5}), 61),
    )
    course(SOLVED, *answered).when(SILENT).refused(Refused, "waits for no answer", "afterservice close 202610-001")


def test_silence_spares_nothing_but_the_customer_s_answers() -> None:
    course(*tried(1)).when(SILENT).refused(Refused, "is not resolved yet", "afterservice resolve 202610-001")
    low = Did(partial(closing.rate, scores={"speed": 1}), 3)
    course(SOLVED, low, *tried(4, 5, 6)).when(SILENT, at=hour(400), now=hour(400)).refused(
        Refused, "afterservice task 202610-001 visit"
    )


def test_a_rulebook_without_it_does_without_it() -> None:
    without = life(("  silence: {tries: 3, over: 5wd}\n", ""))
    gone(SOLVED, rulebook=without).when(SILENT).refused(Refused, "does without close --silent", "`closing.silence:`")


def test_a_refused_closing_names_the_way_without_the_customer() -> None:
    course(SOLVED).when(closing.close).refused(
        Refused, "; if the customer never answers: afterservice close 202610-001 --silent"
    )
    with pytest.raises(AssertionError):
        course().when(closing.close).refused(Refused, "--silent")


def test_a_case_closed_on_silence_is_reopened_as_any_other() -> None:
    closed = (SOLVED, *tried(3, 27, 51), Did(SILENT, 177))
    case = course(*closed).when(partial(closing.reopen, reason="back again"), at=hour(199)).case
    assert (case.status, case.cycle) == ("open", 2)


def test_it_is_named_as_a_next_step_once_it_is_allowed() -> None:
    case = standing_at(course(SOLVED, *tried(3, 27, 51)))
    assert "close --silent" not in allowed(case, Moment(hour(176), hour(176), "lin", BOOK))
    assert "close --silent" in allowed(case, Moment(hour(177), hour(177), "lin", BOOK))
