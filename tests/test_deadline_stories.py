"""What has gone wrong with deadlines elsewhere, told as it should go: each story fails where its guard is taken out."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.general import DeadlineMoved
from afterservice_cli.cli import run
from afterservice_cli.decisions import closing, handling, imported, mending, planning, screening, tasks, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.workflows import founding, recording
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.recording import writing
from courses import Did, due, last, standing_at, verdicts
from given import came_in, given, hour, make_desk
from stories import BOOK, compiled, paused, ranked, story, told

# --- demands ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "duration"),
    [
        ({}, "8wh"),
        ({"description": "broken"}, "6wh"),
        ({"description": "broken", "kind": "complaint"}, "1wh"),
        ({"description": "broken", "kind": "complaint", "channel": "chat"}, "2wh"),
    ],
)
def test_priority_then_category_then_kind_then_channel(facts: dict[str, str], duration: str) -> None:
    case = standing_at(given(came_in(rulebook=BOOK, facts=facts), rulebook=BOOK))
    assert last(case, "respond").spec.duration == duration


@pytest.mark.parametrize(
    ("priority", "duration", "rule"),
    [("P2", "4wh", "priorities.P2.targets.respond"), ("P4", "5wh", "targets.respond.within")],
)
def test_then_what_the_target_itself_says(priority: str, duration: str, rule: str) -> None:
    book = compiled(("{until: responded,", "{within: 5wh, until: responded,")).rulebook
    spec = last(story(ranked(priority, 1), rulebook=book), "respond").spec
    assert (spec.duration, spec.rule) == (duration, rule)


def test_several_clocks_run_at_once_each_from_its_own_event() -> None:
    case = story(
        Did(handling.respond, 2),
        Did(partial(planning.propose, proposal=Proposal("repair")), 3, by="li"),
        Did(planning.approve, 5, by="sun"),
        facts={"bought_on": "2026-10-01"},
    )
    assert {d.spec.target: (d.spec.start, d.spec.from_at) for d in case.deadlines if d.unanswered} == {
        "resolve": ("registered", hour(0)),
        "look": ("assigned", hour(0)),
        "care": ("field:bought_on", datetime(2026, 9, 30, 16, tzinfo=UTC)),
        "news": ("responded", hour(2)),
        "build": ("approved", hour(5)),
        "task:fetch": ("approved", hour(5)),
    }


# --- waiting ----------------------------------------------------------------------------------------------------


def test_a_pause_is_not_lost_when_the_priority_changes() -> None:
    without, with_one = story(ranked("P2", 5)), story(*paused(1, 3), ranked("P2", 5))
    assert due(without, "respond") == hour(5)
    assert due(with_one, "respond") == hour(7)  # two hours later; the lunch break was over


def test_nor_when_category_and_owner_change() -> None:
    case = story(
        *paused(1, 3),
        Did(partial(triage.classify, category="broken", reason="x"), 5),
        Did(partial(triage.assign, owner="desk", reason="x"), 5.5),
    )
    assert due(case, "respond") == hour(9)  # 6 working hours and two of waiting, lunch between


@pytest.mark.parametrize(
    ("begins", "ends", "working_days", "days"),
    [
        pytest.param(56, 128, 1, 3, id="Friday to Monday"),
        pytest.param(25, 32, 0, 0, id="within one day"),
        pytest.param(72, 100, 0, 1, id="over a weekend"),
        pytest.param(32, 49, 1, 1, id="Thursday evening to Friday"),
    ],
)
def test_waiting_over_a_weekend_is_not_credited_twice(begins: float, ends: float, working_days: int, days: int) -> None:
    calendar_days = compiled(("resolve: 5wd", "resolve: 12d")).rulebook
    assert due(story(), "resolve") == hour(7 * 24 + 9)
    assert due(story(*paused(begins, ends)), "resolve") == hour((7 + working_days) * 24 + 9)
    assert due(story(rulebook=calendar_days), "resolve") == hour(12 * 24 + 15)  # the midnight after a Monday
    assert due(story(*paused(begins, ends), rulebook=calendar_days), "resolve") == hour((12 + days) * 24 + 15)


def test_nobody_misses_a_deadline_while_waiting() -> None:
    waiting = told(*paused(2))
    assert verdicts(standing_at(waiting), 500) == {"respond": "paused", "resolve": "paused", "look": "missed"}
    answered = waiting.when(handling.respond, at=hour(300), now=hour(300)).case
    assert last(answered, "respond").verdict(hour(500)) == "met"
    assert last(answered, "resolve").verdict(hour(500)) == "paused"


def test_what_was_missed_before_the_waiting_began_stays_missed() -> None:
    assert verdicts(story(*paused(10)), 500)["respond"] == "missed"
    assert due(story(*paused(10, 30)), "respond") == hour(9)


def test_a_deadline_that_moves_while_the_case_waits_still_waits() -> None:
    case = story(*paused(2), ranked("P2", 20))
    assert verdicts(case, 500)["respond"] == "paused"
    assert due(story(*paused(2), ranked("P2", 20), Did(handling.resume, 24)), "respond") == hour(26)


# --- changes ----------------------------------------------------------------------------------------------------


def test_a_deadline_already_past_when_the_priority_changes_stays_missed() -> None:
    case = story(ranked("P1", 10))
    assert (last(case, "respond").spec.duration, due(case, "respond")) == ("8wh", hour(9))
    assert verdicts(case, 10)["respond"] == "missed"
    assert last(case, "resolve").spec.duration == "1wd"


def test_a_verdict_reached_stays_when_category_and_priority_change() -> None:
    course = (
        Did(handling.respond, 8),
        Did(partial(triage.classify, category="broken", priority="P1", reason="x"), 8.5),
    )
    case = story(*course)
    assert last(case, "respond").verdict(hour(99)) == "met"
    assert last(case, "respond").spec.duration == "8wh"


def test_the_move_is_recorded_with_its_reason() -> None:
    recorded = story(ranked("P2", 1, reason="two calls")).events[-1]
    moved = {setting.target: setting.due_at for setting in recorded.event.__dict__["deadlines"]}
    assert recorded.event.__dict__["reason"] == "two calls"
    assert moved == {"respond": hour(5), "resolve": hour(5 * 24 + 9), "look": hour(33)}


def test_another_owner_moves_nothing() -> None:
    case = story(
        Did(partial(triage.assign, owner="tech", reason="x"), 3), Did(partial(triage.assign, owner="li", reason="x"), 4)
    )
    assert case.deadlines == story().deadlines


@pytest.mark.parametrize(
    "way_out",
    [
        Did(partial(screening.screen, outcome="invalid", ground="advertising"), 3),
        Did(partial(closing.withdraw, reason="x"), 3),
        Did(partial(screening.merge, into=story().but(number="202610-002"), reason="x"), 3),
    ],
    ids=["invalid", "withdrawn", "merged"],
)
@pytest.mark.parametrize("before", [(), paused(1)], ids=["open", "waiting"])
def test_a_case_taken_out_owes_nothing(way_out: Did, before: tuple[Did, ...]) -> None:
    case = story(Did(handling.respond, 0.5), *before, way_out)
    assert verdicts(case, 999) == {"respond": "met", "resolve": "void", "look": "void", "news": "void"}


@pytest.mark.parametrize("closed_at", [3.0, 300.0])
def test_closing_without_the_event_is_missed(closed_at: float) -> None:
    case = story(Did(partial(closing.close, resolution="x", confirmed=True), closed_at))
    assert verdicts(case, closed_at)["respond"] == "missed"
    assert verdicts(case, closed_at)["look"] == "missed"
    assert not [deadline for deadline in case.deadlines if deadline.unanswered]


def test_reopening_rewrites_no_verdict_of_the_first_cycle() -> None:
    course = (
        Did(handling.respond, 1),
        Did(partial(closing.resolve, resolution="x"), 200),  # missed: due after 177 hours
        Did(partial(closing.reopen, reason="x"), 210),
        Did(handling.respond, 211),
        Did(partial(closing.resolve, resolution="y"), 212),
    )
    first = [d for d in story(*course).deadlines if d.spec.cycle == 1]
    assert [(d.spec.target, d.verdict(hour(999))) for d in first if d.spec.target != "news"] == [
        ("respond", "met"),
        ("resolve", "missed"),
        ("look", "missed"),
    ]
    assert {d.ended_at for d in first if d.spec.target in ("respond", "resolve")} == {hour(1), hour(200)}
    second = [d for d in story(*course).deadlines if d.spec.cycle == 2]
    assert {d.spec.target: d.ended_at for d in second if d.spec.target in ("respond", "resolve")} == {
        "respond": hour(211),
        "resolve": hour(212),
    }


def test_an_answer_of_the_second_cycle_is_none_to_the_first() -> None:
    course = (
        Did(partial(closing.resolve, resolution="x"), 1),
        Did(partial(closing.reopen, reason="x"), 2),
        Did(handling.respond, 3),
    )
    first, second = [d for d in story(*course).deadlines if d.spec.target == "respond"]
    assert (first.verdict(hour(3)), second.verdict(hour(3))) == ("missed", "met")


# --- news for the customer --------------------------------------------------------------------------------------


def news(case: Case) -> list[tuple[int, datetime, str]]:
    """Each demand of news: its number, from when, and its verdict long afterwards."""
    found = [d for d in case.deadlines if d.spec.target == "news"]
    return [(d.spec.occurrence, d.spec.from_at, d.verdict(hour(999))) for d in found]


def test_the_next_news_does_not_hide_that_the_first_was_late() -> None:
    course = (Did(handling.respond, 25), Did(handling.respond, 26), Did(handling.respond, 60))
    case = story(*course)
    assert last(case, "respond").verdict(hour(999)) == "missed"
    assert news(case) == [(1, hour(25), "met"), (2, hour(26), "missed"), (3, hour(60), "missed")]


def test_another_priority_is_no_news() -> None:
    case = story(Did(handling.respond, 1), ranked("P2", 2))
    assert last(case, "news").spec.duration == "4wh"
    assert news(case) == [(1, hour(1), "missed")]


def test_news_demanded_again_rewrite_no_verdict_and_begin_with_the_last() -> None:
    course = (Did(handling.respond, 1), Did(handling.respond, 2), ranked("P4", 3))
    assert news(story(*course)) == [(1, hour(1), "met"), (2, hour(2), "void")]
    again = story(*course, ranked("P2", 4))
    assert news(again) == [(1, hour(1), "met"), (2, hour(2), "missed")]
    assert [d.spec.duration for d in again.deadlines if d.spec.target == "news"] == ["8wh", "4wh"]


def test_news_demanded_for_the_first_time_begin_with_the_last_response() -> None:
    case = story(Did(handling.respond, 1), Did(handling.respond, 2), ranked("P2", 3), priority="P4")
    assert news(case)[-1][1:] == (hour(2), "missed")


def test_a_response_found_late_answers_what_ran_then_and_begins_what_ran_since() -> None:
    found = told(Did(handling.respond, 1), Did(handling.respond, 20)).when(handling.respond, at=hour(8), now=hour(21))
    assert news(found.case) == [(1, hour(1), "met"), (2, hour(20), "missed"), (3, hour(8), "met")]
    assert [d.unanswered for d in found.case.deadlines if d.spec.target == "news"] == [False, True, False]


def test_a_response_taken_back_leaves_its_number_to_nobody() -> None:
    course = (*(Did(handling.respond, at) for at in (1, 2, 3)), Did(partial(mending.retract, seq=3, reason="x"), 4))
    case = story(*course, Did(handling.respond, 5))
    assert news(case) == [(1, hour(1), "met"), (3, hour(3), "met"), (4, hour(5), "missed")]


def test_what_is_resolved_owes_no_more_news() -> None:
    done = (Did(handling.respond, 1), Did(partial(closing.resolve, resolution="x"), 2))
    assert news(story(*done)) == [(1, hour(1), "void")]
    assert news(story(*done, ranked("P2", 3))) == [(1, hour(1), "void")]
    told_so = (Did(handling.respond, 3), Did(partial(closing.confirm, satisfied=True), 4), Did(closing.close, 5))
    assert news(story(*done, *told_so)) == [(1, hour(1), "void")]


# --- late recording ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("happened", "verdict"), [(8.0, "met"), (9.0, "met"), (9.5, "missed")])
def test_what_is_recorded_late_has_the_verdict_of_when_it_happened(happened: float, verdict: str) -> None:
    case = told().when(handling.respond, at=hour(happened), now=hour(400)).case
    assert last(case, "respond").verdict(hour(999)) == verdict


def test_a_historical_course_has_the_verdicts_of_its_own_time() -> None:
    course = [
        Did(partial(imported.retell, word=word, text="x"), at)
        for at, word in ((2, "responded"), (200, "resolved"), (250, "closed"))
    ]
    assert {target: verdict for target, verdict in verdicts(story(*course), 999).items() if target != "news"} == {
        "respond": "met",
        "resolve": "missed",
        "look": "missed",
    }


# --- delays -----------------------------------------------------------------------------------------------------


def test_a_delay_moves_only_what_allows_it() -> None:
    before, case = story(), story(Did(partial(handling.delay, to=hour(400), reason="parts"), 5))
    assert due(case, "resolve") == hour(400)
    assert [d for d in case.deadlines if d.spec.target != "resolve"] == [
        d for d in before.deadlines if d.spec.target != "resolve"
    ]
    assert last(case, "resolve").spec.warn_at == BOOK.calendar.back(hour(400), parse_duration("2wh"))
    strict = compiled((", delays: true", "")).rulebook
    still = story(Did(partial(handling.delay, to=hour(400), reason="parts"), 5), rulebook=strict)
    assert due(still, "resolve") == due(before, "resolve")
    assert still.promised_at == hour(400)


def test_a_delay_rescues_nothing_that_was_missed() -> None:
    both = compiled(("respond: {until: responded,", "respond: {until: responded, delays: true,")).rulebook
    case = story(Did(partial(handling.delay, to=hour(400), reason="parts"), 20), rulebook=both)
    assert (due(case, "respond"), due(case, "resolve")) == (hour(9), hour(400))
    assert verdicts(case, 20)["respond"] == "missed"


def test_a_promised_day_stays_whatever_the_priority() -> None:
    case = story(Did(partial(handling.delay, to=hour(400), reason="parts"), 5), ranked("P1", 6))
    assert due(case, "resolve") == hour(400)


# --- tasks ------------------------------------------------------------------------------------------------------

PLANNED = (
    Did(partial(planning.propose, proposal=Proposal("repair")), 1, by="li"),
    Did(planning.approve, 2, by="sun"),
)


def test_the_deadlines_of_tasks_come_one_after_another() -> None:
    approved = story(*PLANNED)
    assert [d.spec.target for d in approved.deadlines if ":" in d.spec.target] == ["task:fetch"]
    assert due(approved, "task:fetch") == hour(33)
    fetched = story(*PLANNED, Did(partial(tasks.task, name="fetch"), 30))
    assert verdicts(fetched, 999)["task:fetch"] == "met"
    assert (last(fetched, "task:build").spec.from_at, due(fetched, "task:build")) == (hour(30), hour(129))
    built = story(*PLANNED, Did(partial(tasks.task, name="fetch"), 30), Did(partial(tasks.task, name="build"), 130))
    assert verdicts(built, 999)["task:build"] == "missed"
    assert verdicts(built, 999)["build"] == "missed"  # from the approval: 3wd, due on the Monday at 18:00


def test_another_plan_begins_its_tasks_anew() -> None:
    again = (
        Did(partial(planning.propose, proposal=Proposal("repair")), 10, by="li"),
        Did(planning.approve, 40, by="sun"),
    )
    case = story(*PLANNED, *again)
    steps = [d for d in case.deadlines if d.spec.target == "task:fetch"]
    assert [(d.spec.occurrence, d.outcome, d.spec.from_at) for d in steps] == [
        (1, "void", hour(2)),
        (2, "", hour(40)),
    ]


# --- dates of the case ------------------------------------------------------------------------------------------


def amended(at: float, **facts: str) -> Did:
    return Did(partial(mending.amend, facts=facts, reason="receipt"), at)


def test_a_target_from_the_sale_moves_with_the_date_and_does_not_begin_again() -> None:
    sold = {"bought_on": "2026-10-01"}
    case = story(facts=sold)
    assert (last(case, "care").spec.from_at, due(case, "care")) == (
        datetime(2026, 9, 30, 16, tzinfo=UTC),
        datetime(2026, 11, 2, 16, tzinfo=UTC),  # the 30th day is a Saturday: the Monday after it, at 24:00
    )
    assert due(story(amended(2, bought_on="2026-10-06"), facts=sold), "care") == datetime(2026, 11, 5, 16, tzinfo=UTC)
    assert due(story(amended(2, bought_on="2026-10-06")), "care") == datetime(2026, 11, 5, 16, tzinfo=UTC)
    assert last(story(amended(2, bought_on=""), facts=sold), "care").outcome == "void"
    again = story(
        Did(partial(closing.resolve, resolution="x"), 2), Did(partial(closing.reopen, reason="x"), 3), facts=sold
    )
    assert [d.spec.cycle for d in again.deadlines if d.spec.target == "care"] == [1]


# --- warnings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duration", "lead", "warned"),
    [
        ("8wh", "25%", 7.0),  # two working hours before 18:00
        ("24h", "25%", 18.0),
        ("3wd", "25%", 120.0),
        ("8wh", "2wh", 7.0),
        ("30m", "2wh", 0.0),  # never before the start
        ("24h", "2h", 22.0),
        ("3wd", "1wd", 57.0),  # the close of business of the working day before the last
    ],
)
def test_a_warning_comes_its_lead_before_the_deadline(duration: str, lead: str, warned: float) -> None:
    book = compiled(("warn: 25%", f"warn: {lead}"), ("respond: 8wh", f"respond: {duration}")).rulebook
    assert last(story(rulebook=book), "respond").spec.warn_at == hour(warned)


def test_waiting_makes_no_warning_longer() -> None:
    book = compiled(("respond: 8wh", "respond: 3wd")).rulebook
    case = story(*paused(25, 145), rulebook=book)  # from Thursday to Tuesday
    assert (due(case, "respond"), last(case, "respond").spec.warn_at) == (
        hour(201),
        hour(192),
    )  # Thursday, 8wh of 32


def test_a_warning_moves_with_the_pause() -> None:
    assert last(story(*paused(1, 2)), "respond").spec.warn_at == hour(8)  # 17:00; it is due on Thursday at 10:00


# --- the rulebook changes ---------------------------------------------------------------------------------------


def adopt(desk: Desk, folder: Path, *changes: tuple[str, str], now: datetime) -> int:
    """Edit the rulebook beside the desk and adopt it; how many deadlines moved."""
    (folder / "d.rules.yaml").write_text(rulebooks.text("stories", *changes))
    desk.now = now
    return founding.adopt(desk, founding.prepare(desk, folder / "d.rules.yaml", run))[1]


def load(desk: Desk, number: str) -> Case:
    with writing(desk) as writer:
        return writer.load(number)


def registered(desk: Desk, **draft: Any) -> str:
    with writing(desk) as writer:
        return writer.register(Draft({"channel": "phone", "description": "it rattles"}, **draft)).number


def test_an_edit_of_the_rulebook_moves_no_deadline_that_stands(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", rules=compiled())
    number = registered(desk)
    before = load(desk, number).deadlines
    edits = (("respond: 8wh", "respond: 1wh"), ("resolve: 5wd", "resolve: 1wd"), ("09:00-12:00", "10:00-12:00"))
    assert adopt(desk, tmp_path, *edits, now=hour(1)) == 0
    assert load(desk, number).deadlines == before
    assert due(load(desk, registered(desk)), "respond") == hour(2)  # what comes in later is counted by the new rules


def test_a_change_under_an_adopted_rulebook_changes_only_what_it_demands_otherwise(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", rules=compiled())
    number = registered(desk)
    edits = (
        ("resolve: 5wd,", "resolve: 1wd, ack: 1h,"),
        ("  news:", "  ack: {until: acknowledged}\n  news:"),
        ("respond: 8wh", "respond: 1wh"),
    )
    assert adopt(desk, tmp_path, *edits, now=hour(1)) == 0
    case = recording.act(desk, number, partial(triage.classify, category="broken", reason="x")).case
    assert {d.spec.target: d.spec.duration for d in case.deadlines} == {
        "respond": "6wh",  # which this category demands
        "resolve": "5wd",
        "look": "2wd",
    }
    seq = case.events[-1].seq
    back = recording.act(desk, number, partial(mending.retract, seq=seq, reason="x")).case
    assert due(back, "respond") == hour(9)  # 8wh, as was promised
    raised = recording.act(desk, number, partial(triage.classify, priority="P2", reason="x")).case
    assert "ack" not in {d.spec.target for d in raised.deadlines}


def test_what_was_asked_before_a_target_was_adopted_is_not_owed_by_it(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", rules=compiled())
    number = registered(desk)
    recording.act(desk, number, partial(handling.reply, text="well?"))
    edits = (
        ("  look:", "  reply: {from: replied, until: responded, repeats: true}\n  look:"),
        ("5wd,", "5wd, reply: 8wh,"),
    )
    assert adopt(desk, tmp_path, *edits, now=hour(1)) == 0
    desk.now = hour(2)
    answered = recording.act(desk, number, partial(handling.respond, text="so")).case
    assert "reply" not in {d.spec.target for d in answered.deadlines}
    desk.now = hour(3)
    asked = recording.act(desk, number, partial(handling.reply, text="and?")).case
    assert [d.spec.from_at for d in asked.deadlines if d.spec.target == "reply"] == [hour(3)]


CHINA = (
    ("timezone: Asia/Shanghai,", "timezone: Asia/Shanghai, public_holidays: CN,"),
    ("resolve: 5wd", "resolve: 40wd"),
    ("look: 2wd", "look: 40wd"),
)
NOVEMBER = datetime(2022, 11, 22, 2, tzinfo=UTC)


def test_a_november_deadline_over_a_new_year_nobody_knows_moves_once_it_is_known(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", now=NOVEMBER, rules=compiled(*CHINA, year=2020))
    running, resolved = registered(desk), registered(desk)
    recording.act(desk, resolved, partial(closing.resolve, resolution="x"))
    before = {number: load(desk, number) for number in (running, resolved)}
    assert last(before[running], "resolve").spec.provisional
    assert not last(before[running], "respond").spec.provisional

    # Shorter hours, too: what was certain keeps those it was counted by.
    assert adopt(desk, tmp_path, *CHINA, ("09:00-12:00", "10:00-12:00"), now=NOVEMBER + timedelta(hours=1)) == 3

    after = {number: load(desk, number) for number in (running, resolved)}
    # One day off for New Year (2 January 2023), known only then.
    assert due(before[running], "resolve") == datetime(2023, 1, 17, 10, tzinfo=UTC)
    assert due(after[running], "resolve") == datetime(2023, 1, 18, 10, tzinfo=UTC)
    assert not last(after[running], "resolve").spec.provisional
    assert last(after[running], "respond") == last(before[running], "respond")
    assert last(after[resolved], "resolve") == last(before[resolved], "resolve")  # it stands as it was judged
    assert due(after[resolved], "look") == datetime(2023, 1, 18, 10, tzinfo=UTC)
    event = after[running].events[-1].event
    assert isinstance(event, DeadlineMoved)
    assert (event.cause, [s.target for s in event.deadlines]) == ("calendar", ["resolve", "look"])


def test_what_moved_with_the_calendar_stays_there_when_an_answer_is_taken_back(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", now=NOVEMBER, rules=compiled(*CHINA, year=2020))
    number = registered(desk)
    answer = recording.act(desk, number, handling.respond).case.events[-1]
    assert adopt(desk, tmp_path, *CHINA, now=NOVEMBER + timedelta(hours=1)) == 2
    moved = load(desk, number)
    back = recording.act(desk, number, partial(mending.retract, seq=answer.seq, reason="x")).case
    assert due(back, "resolve") == datetime(2023, 1, 18, 10, tzinfo=UTC)
    assert [last(back, name) for name in ("resolve", "look")] == [last(moved, name) for name in ("resolve", "look")]


def test_other_hours_alone_move_no_deadline_that_is_provisional(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", now=NOVEMBER.replace(year=2026), rules=compiled(*CHINA))
    number = registered(desk)
    before = load(desk, number).deadlines
    assert last(load(desk, number), "resolve").spec.provisional
    shorter = (("13:00-18:00", "13:00-17:00"), ("delays: true, warn: 2wh", "delays: true, warn: 4wh"))
    assert adopt(desk, tmp_path, *CHINA, *shorter, now=NOVEMBER.replace(year=2026, day=23)) == 0
    assert load(desk, number).deadlines == before


def test_a_promised_day_stays_where_it_is_when_the_calendar_becomes_known(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db", now=NOVEMBER, rules=compiled(*CHINA, year=2020))
    number = registered(desk)
    promised = datetime(2023, 2, 1, 10, tzinfo=UTC)
    recording.act(desk, number, partial(handling.delay, to=promised, reason="parts"))
    recording.act(desk, number, partial(handling.pause, ground="parts"))
    desk.now = NOVEMBER.replace(day=23)
    recording.act(desk, number, handling.resume)
    assert due(load(desk, number), "resolve") == promised.replace(day=2)
    adopt(desk, tmp_path, *CHINA, now=datetime(2022, 12, 10, 2, tzinfo=UTC))
    assert due(load(desk, number), "resolve") == promised.replace(day=2)
