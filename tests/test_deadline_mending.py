"""Deadlines of what was told late, told wrongly, or taken back, as stories."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as chosen
from hypothesis import strategies as st

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.general import CaseAmended, EventRetracted
from afterservice_cli.cases.events.handling import CaseEscalated
from afterservice_cli.cases.fold import fold
from afterservice_cli.decisions import closing, escalation, handling, mending, triage
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from conftest import Runner
from courses import Did, due, last, standing_at
from given import hour
from stories import BOOK as STORIES
from stories import compiled, paused, ranked, story, told

# A customer's question wants its answer; news go round; both are demanded of P1 to P3.
BOOK = compiled(
    ("  look:", "  reply: {from: replied, until: responded, repeats: true, pauses: true}\n  look:"),
    ("look: 2wh,", "look: 2wh, reply: 2wh,"),
    ("look: 1wd,", "look: 1wd, reply: 8wh,"),
    ("look: 2wd,", "look: 2wd, reply: 8wh,"),
).rulebook


def asked(at: float, told: float | None = None) -> Did:
    return Did(partial(handling.reply, text="well?"), at, told=told)


def answered(at: float, told: float | None = None) -> Did:
    return Did(handling.respond, at, told=told)


def back(at: float, seq: int) -> Did:
    return Did(partial(mending.retract, seq=seq, reason="a slip"), at)


def rounds(case: Case, target: str = "reply") -> list[tuple[datetime, datetime | None]]:
    """From when to when each round of a target ran, in the order of time."""
    here = [d for d in case.deadlines if d.spec.target == target and not d.outcome]
    return sorted((d.spec.from_at, d.ended_at) for d in here)


# --- told late --------------------------------------------------------------------------------------------------


def test_a_question_found_late_is_owed_its_answer_since_it_was_asked() -> None:
    assert rounds(story(asked(50), rulebook=BOOK)) == [(hour(50), None)]
    both = story(asked(50), asked(3, told=51), rulebook=BOOK)
    assert rounds(both) == [(hour(3), None)]
    assert due(both, "reply") == hour(27)  # 8 working hours after 12:00 on Wednesday


def test_a_question_in_the_minute_of_an_answer_is_a_question_still() -> None:
    case = story(asked(1), answered(3), asked(3), answered(4), rulebook=BOOK)
    assert rounds(case) == [(hour(1), hour(3)), (hour(3), hour(4))]
    twice = story(asked(1), answered(3), asked(3), asked(5), rulebook=BOOK)
    assert rounds(twice) == [(hour(1), hour(3)), (hour(3), None)]


def test_the_first_found_late_moves_what_begins_with_it() -> None:
    later = compiled(
        ("  look:", "  later: {from: replied, until: resolved}\n  look:"), ("look: 2wd,", "look: 2wd, later: 8wh,")
    )
    case = story(asked(20), asked(2, told=21), rulebook=later.rulebook)
    assert rounds(case, "later") == [(hour(2), None)]


COURSES = st.lists(st.sampled_from((asked, answered)), min_size=1, max_size=7)


@chosen(COURSES, st.sets(st.integers(1, 40), min_size=7), st.randoms(use_true_random=False))
def test_law_rounds_follow_the_times_in_whatever_order_they_were_told(
    kinds: list[Any], times: set[int], dice: Any
) -> None:
    course = list(zip(kinds, sorted(times), strict=False))
    in_order = story(*(make(at) for make, at in course), rulebook=BOOK)
    dice.shuffle(course)
    as_told = story(*(make(at, told=41) for make, at in course), rulebook=BOOK)
    for target in ("reply", "news"):
        # What was answered before an earlier question came to light keeps its verdict beside the others.
        assert set(rounds(in_order, target)) <= set(rounds(as_told, target))


# --- taken back -------------------------------------------------------------------------------------------------


TAKEN_BACK = (
    (*paused(1, 49), asked(2, told=50), back(51, 3)),
    (ranked("P1", 1), asked(2), back(3, 2)),
    (ranked("P4", 1), asked(2), back(3, 2)),
    (asked(1), asked(2), back(3, 2)),
    (asked(1), answered(2), asked(3), back(4, 3)),
    (answered(1), answered(2), answered(3), back(4, 3)),
    (ranked("P4", 1), ranked("P1", 2), asked(3), answered(4), asked(5), back(6, 3)),
    (asked(1), ranked("P4", 2), ranked("P3", 3), asked(4), answered(5), back(6, 6)),
    (asked(1), ranked("P4", 2), ranked("P3", 3), answered(4), asked(5), back(6, 5)),
    (asked(1), answered(2), asked(3), ranked("P4", 4), back(5, 5)),
    (asked(1), answered(2), asked(3), ranked("P4", 4), answered(5), back(6, 3)),
)


@pytest.mark.parametrize("course", TAKEN_BACK)
def test_a_retraction_names_each_deadline_that_changes_once_and_no_other(course: tuple[Did, ...]) -> None:
    case = story(*course, rulebook=BOOK)
    event = case.events[-1].event
    assert isinstance(event, EventRetracted)
    without = fold(recorded for recorded in case.events[:-1] if recorded.seq != event.seq)
    had = {deadline.spec.key: deadline for deadline in without.deadlines}
    specs = [spec.key for spec in event.deadlines]
    assert sorted(set(specs)) == sorted(specs)
    assert [spec for spec in event.deadlines if spec.key in had and had[spec.key].spec == spec] == []
    settled = [one.key for one in event.settled]
    assert sorted(set(settled)) == sorted(settled)
    stood = {key: (old.ended_at, old.outcome, old.paused_at) for key, old in had.items()}
    changed = {one.target for one in event.settled if stood.get(one.key) != (one.ended_at, one.outcome, one.paused_at)}
    assert {one.target for one in event.settled} == changed | {spec.target for spec in event.deadlines}


def test_waiting_that_was_taken_back_is_counted_by_nothing_that_began_since() -> None:
    waited = (*paused(1, 49), asked(2, told=50))
    assert due(story(*waited, rulebook=BOOK), "reply") > hour(48)
    again = story(*waited, back(51, 3), rulebook=BOOK)  # it waits as before
    assert last(again, "reply").verdict(hour(52)) == "paused"
    never = story(*waited, back(51, 3), back(51, 2), rulebook=BOOK)
    assert due(never, "reply") == due(story(asked(2), rulebook=BOOK), "reply")


def test_a_priority_that_was_taken_back_demands_nothing_of_what_began_since() -> None:
    urgent = story(ranked("P1", 1), asked(2), back(3, 2), rulebook=BOOK)
    assert (last(urgent, "reply").spec.duration, urgent.value("priority")) == ("8wh", "P3")
    nothing = story(ranked("P1", 1), asked(2), back(3, 2), back(4, 3), rulebook=BOOK)
    assert last(nothing, "reply").outcome == "void"
    low = story(ranked("P4", 1), asked(2), back(3, 2), rulebook=BOOK)
    assert rounds(low) == [(hour(2), None)]
    none = story(ranked("P2", 1), asked(2), back(3, 2), rulebook=BOOK, priority="P4")
    assert (rounds(none), last(none, "reply").outcome) == ([], "void")


def test_a_question_that_was_taken_back_leaves_the_next_one_to_be_answered() -> None:
    assert rounds(story(asked(1), asked(2), back(3, 2), rulebook=BOOK)) == [(hour(2), None)]
    assert rounds(story(asked(1), ranked("P2", 2), rulebook=BOOK)) == [(hour(1), None)]


def test_a_response_that_was_taken_back_takes_the_news_with_it() -> None:
    # The priority brought the news; without the response there is nothing that they could follow.
    case = story(answered(1), ranked("P2", 2), back(3, 2), rulebook=BOOK, priority="P4")
    assert last(case, "news").outcome == "void"
    anew = story(answered(1), ranked("P2", 2), back(3, 2), answered(4), rulebook=BOOK, priority="P4")
    assert rounds(anew, "news") == [(hour(4), None)]


def test_what_began_with_it_begins_with_the_next() -> None:
    text = ("  look:", "  later: {from: responded, until: resolved}\n  look:"), ("look: 1wd,", "look: 1wd, later: 8wh,")
    later = compiled(*text).rulebook
    course = (answered(1), ranked("P2", 2), back(3, 2))
    assert last(story(*course, rulebook=later, priority="P4"), "later").outcome == "void"
    assert rounds(story(*course, answered(4), rulebook=later, priority="P4"), "later") == [(hour(4), None)]
    both = story(answered(1), ranked("P2", 2), answered(3), back(4, 2), rulebook=later, priority="P4")
    assert rounds(both, "later") == [(hour(3), None)]


def test_what_is_demanded_again_as_it_was_runs_again() -> None:
    case = story(ranked("P4", 1), ranked("P3", 2))
    assert (last(case, "respond").verdict(hour(3)), due(case, "respond")) == ("running", hour(9))


def test_an_answer_taken_back_leaves_one_round_open() -> None:
    case = story(asked(1), answered(2), asked(3), back(4, 3), rulebook=BOOK)
    assert rounds(case) == [(hour(1), None)]
    news = story(answered(1), answered(2), back(3, 3), rulebook=BOOK)
    assert rounds(news, "news") == [(hour(1), None)]


def test_what_the_answer_had_shielded_is_counted_after_all() -> None:
    waited = story(answered(1), *paused(2, 26), back(27, 2), rulebook=BOOK)
    assert due(waited, "respond") == due(story(*paused(2, 26), rulebook=BOOK), "respond")
    written = story(answered(1), amended(2, channel="chat"), back(3, 2), rulebook=BOOK)
    assert last(written, "respond").spec.duration == "2wh"


def test_what_was_late_only_by_a_slip_is_in_time_without_it() -> None:
    slip = story(ranked("P1", 1), answered(4), rulebook=BOOK)
    assert last(slip, "respond").verdict(hour(5)) == "missed"
    mended = story(ranked("P1", 1), answered(4), back(5, 2), rulebook=BOOK)
    assert (last(mended, "respond").spec.duration, last(mended, "respond").verdict(hour(5))) == ("8wh", "met")


def test_of_three_answers_at_once_the_first_taken_back_leaves_nothing_to_say() -> None:
    case = story(answered(1), answered(1), answered(1), back(2, 2), rulebook=BOOK)
    assert (
        rounds(case, "news") == rounds(story(answered(1), answered(1), rulebook=BOOK), "news") == [(hour(1), hour(1))]
    )


def test_a_delay_taken_back_leaves_what_the_priority_demands_since() -> None:
    put_off = Did(partial(handling.delay, to=hour(400), reason="parts"), 1)
    case = story(put_off, ranked("P1", 2), back(3, 2), rulebook=BOOK)
    assert (last(case, "resolve").spec.duration, last(case, "resolve").spec.rule) == (
        "1wd",
        "priorities.P1.targets.resolve",
    )
    waits = story(put_off, *paused(2), ranked("P1", 40), back(41, 2), rulebook=BOOK)
    never = story(*paused(2), ranked("P1", 40), rulebook=BOOK)
    assert (last(waits, "resolve"), last(waits, "resolve").verdict(hour(41))) == (last(never, "resolve"), "paused")


def test_news_that_a_resolution_kept_away_come_with_its_retraction() -> None:
    resolved = Did(partial(closing.resolve, resolution="x"), 1)
    assert rounds(story(resolved, answered(2), rulebook=BOOK), "news") == []
    assert rounds(story(resolved, answered(2), back(3, 2), rulebook=BOOK), "news") == [(hour(2), None)]


def test_an_answer_told_late_of_a_case_that_waits_was_in_time_as_it_waited() -> None:
    course = (Did(partial(handling.pause, ground="parts"), 1), answered(30, told=40), asked(1.5, told=41))
    late = story(*course, rulebook=BOOK)
    assert [d.verdict(hour(50)) for d in late.deadlines if d.spec.target == "reply"] == ["met"]


def test_a_pause_under_which_a_delay_was_announced_is_not_taken_back_before_it() -> None:
    course = told(
        Did(partial(handling.pause, ground="parts"), 1), Did(partial(handling.delay, to=hour(400), reason="parts"), 300)
    )
    course.when(partial(mending.retract, seq=2, reason="x"), at=hour(301), now=hour(301)).refused(
        Refused, "carries event 3"
    )


# --- escalated --------------------------------------------------------------------------------------------------

ESCALATED = Did(escalation.escalate, 100)


def escalated_at(at: float, *course: Did, rulebook: Rulebook = BOOK, **draft: Any) -> list[str]:
    outcome = told(*course, rulebook=rulebook, **draft).when(escalation.escalate, at=hour(at), now=hour(at))
    return [event.target for event in outcome.events if isinstance(event, CaseEscalated)]


def test_a_question_after_one_that_was_taken_back_is_escalated_for_itself() -> None:
    replies = compiled(
        ("  look:", "  reply: {from: replied, until: responded, repeats: true}\n  look:"),
        ("look: 2wd,", "look: 2wd, reply: 8wh,"),
        (
            "{on: missed, targets: [respond, look], raise_priority: 1, hand_to: owner_head",
            "{on: missed, targets: [reply]",
        ),
        ("  - {on: missed, targets: [resolve], tell: owner_head}\n", ""),
    ).rulebook
    first = (asked(1), ESCALATED)
    assert escalated_at(100, asked(1), rulebook=replies) == ["reply"]
    assert escalated_at(101, *first, rulebook=replies) == []
    again = (*first, back(101, 2), asked(102))
    assert escalated_at(103, *again, rulebook=replies) == []
    assert escalated_at(300, *again, rulebook=replies) == ["reply"]


def test_what_an_entry_concerns_only_after_a_raise_is_escalated_in_the_same_run() -> None:
    second = compiled(
        (
            "targets: [respond, look], raise_priority: 1, hand_to: owner_head, tell",
            "targets: [respond], raise_priority: 2, tell",
        ),
        ("targets: [resolve], tell", "targets: [look], when: {priority: P1}, tell"),
        ("respond: 8wh", "respond: 4wd"),
    ).rulebook
    assert escalated_at(400, rulebook=second) == ["respond", "look"]


# --- after closing ----------------------------------------------------------------------------------------------


def test_what_is_owed_after_closing_is_told_of_and_changes_nothing_else() -> None:
    after = compiled(
        ("  look:", "  ask: {from: closed, until: rated}\n  look:"),
        ("look: 2wd,", "look: 2wd, ask: 10d,"),
        ("- {on: missed, targets: [resolve], tell", "- {on: missed, raise_priority: 1, hand_to: owner_head, tell"),
    ).rulebook
    course = (Did(partial(closing.resolve, resolution="x"), 1), Did(closing.close, 2))
    (event,) = told(*course, rulebook=after).when(escalation.escalate, at=hour(999), now=hour(999)).events
    assert isinstance(event, CaseEscalated)
    assert (event.target, event.told, event.person, event.findings) == ("ask", ("sun",), None, ())
    again = story(*course, Did(escalation.escalate, 999), rulebook=after)
    assert (again.status, again.value("priority")) == ("closed", "P3")
    twice = told(*course, Did(escalation.escalate, 999), rulebook=after)
    assert twice.when(escalation.escalate, at=hour(1000), now=hour(1000)).events == ()


# --- told wrongly -----------------------------------------------------------------------------------------------


def amended(at: float, **facts: str) -> Did:
    return Did(partial(mending.amend, facts=facts, reason="a slip of the pen"), at)


def test_a_wrong_date_that_had_missed_its_deadline_is_put_right() -> None:
    wrong = story(facts={"bought_on": "2025-10-01"})
    assert last(wrong, "care").verdict(hour(1)) == "missed"
    right = story(amended(1, bought_on="2026-10-01"), facts={"bought_on": "2025-10-01"})
    assert (last(right, "care").verdict(hour(2)), due(right, "care")) == (
        "running",
        datetime(2026, 11, 2, 16, tzinfo=UTC),
    )


def test_what_was_resolved_before_a_date_that_lies_ahead_was_resolved_in_time() -> None:
    case = story(Did(partial(closing.resolve, resolution="x"), 2), facts={"bought_on": "2026-12-01"})
    assert last(case, "care").verdict(hour(9)) == "met"
    dated = story(Did(partial(closing.resolve, resolution="x"), 2), amended(3, bought_on="2026-12-01"))
    assert last(dated, "care").verdict(hour(9)) == "met"


def test_a_delay_looks_at_what_can_be_put_off_alone() -> None:
    late = story(Did(partial(handling.delay, to=hour(400), reason="parts"), 5), facts={"bought_on": "2026-01-01"})
    assert (last(late, "care").verdict(hour(6)), due(late, "resolve")) == ("missed", hour(400))


def test_what_is_no_date_starts_no_clock_and_can_be_put_right() -> None:
    text = compiled(
        ("bought_on: {title: Bought on, type: date}", "bought_on: {title: Bought on}"),
        ('"field:bought_on"', "registered"),
    ).rulebook
    before = told(facts={"bought_on": "last spring"}, rulebook=text)
    case = standing_at(before)
    moment = Moment(hour(2), hour(2), "ann", STORIES)
    (amended_to,) = mending.amend(case, moment, facts={"bought_on": "2026-10-01"}, reason="asked")
    assert isinstance(amended_to, CaseAmended)
    assert triage.classify(case, moment, priority="P1", reason="x") != []


# --- a clock that was ahead -----------------------------------------------------------------------------------------

HOURS = """rulebook: hours
title: Hours
calendar: {timezone: UTC, hours: {mon-sun: "00:00-24:00"}}
language: en
owners: {desk: Desk}
channels: {phone: Phone}
categories: {rest: Rest}
targets: {resolve: {title: Resolve, until: resolved}}
priorities: {high: {title: High, targets: {resolve: 2h}}, low: {title: Low, targets: {resolve: 3h}}}
default: {category: rest, priority: low, owner: desk}
"""


def test_what_was_decided_before_the_latest_entry_is_counted_anew_as_of_then(tmp_path: Path, call: Runner) -> None:
    """A time ahead of the clock by mistake: what follows is recorded no earlier, yet was decided earlier."""
    book = tmp_path / "hours.yaml"
    book.write_text(HOURS, "utf-8")
    call("init", "--rules", book, now="2026-11-02 08:00")
    call("register", "one", "--channel", "phone", now="2026-11-02 09:00")
    call("register", "two", "--channel", "phone", now="2026-11-02 13:00")
    call("note", "001", "looked", now="2026-11-02 10:00")
    call("classify", "001", "--priority", "high", "--reason", "x", now="2026-11-02 10:10")
    assert "2026-11-02T11:00" in call("show", "001", "--json", now="2026-11-02 10:20").out
    done = call("retract", "001", "4", "--reason", "wrong", now="2026-11-02 10:30")
    assert done.code == 0
    assert "due 2026-11-02 11:00" in done.out + done.err
