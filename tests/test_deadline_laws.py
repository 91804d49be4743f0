"""Laws of deadlines: what holds for any course of a case, any start, any pause and any holiday."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import example, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event, Recorded
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.cases.values import Deadline
from afterservice_cli.decisions import closing, escalation, handling, mending, planning, tasks, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.decisions.opening import with_tasks
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.decisions.supposed import counts_as, supposed
from afterservice_cli.errors import Problem
from afterservice_cli.moment import Moment
from afterservice_cli.reports.cases.explained import explained
from afterservice_cli.reports.days import days_of
from afterservice_cli.rulebook.document.scalars import hours as opening
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.store import history as stored
from afterservice_cli.time.durations import Duration, parse_duration
from afterservice_cli.time.openings import Span
from afterservice_cli.time.worktime import Calendar
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.recording import writing
from given import RECEIVED, came_in, history, make_desk
from stories import BOOK, compiled

SOME = tried(max_examples=100)

# --- any course -------------------------------------------------------------------------------------------------

ACTS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (handling.respond, {}),
    (handling.respond, {}),
    (handling.pause, {"ground": "parts"}),
    (handling.resume, {}),
    (handling.investigate, {}),
    (triage.classify, {"priority": "P1", "reason": "x"}),
    (triage.classify, {"priority": "P2", "reason": "x"}),
    (triage.classify, {"priority": "P4", "reason": "x"}),
    (triage.classify, {"category": "broken", "reason": "x"}),
    (triage.assign, {"owner": "tech", "reason": "x"}),
    (triage.assign, {"owner": "desk", "reason": "x"}),
    (triage.acknowledge, {"promised_at": RECEIVED + timedelta(hours=30)}),
    (planning.propose, {"proposal": Proposal("repair", promised_at=RECEIVED + timedelta(hours=60))}),
    (handling.delay, {"to": RECEIVED + timedelta(hours=90), "reason": "x"}),
    (mending.amend, {"facts": {"hoped_for": "2026-10-16"}, "reason": "x"}),
    (mending.amend, {"facts": {"channel": "chat"}, "reason": "x"}),
    (mending.amend, {"facts": {"bought_on": "2026-10-05"}, "reason": "x"}),
    (mending.amend, {"facts": {"bought_on": ""}, "reason": "x"}),
    (mending.retract, {"seq": 3, "reason": "x"}),
    (escalation.escalate, {}),
    (planning.propose, {"proposal": planning.Proposal("repair")}),
    (tasks.task, {"name": "fetch"}),
    (tasks.task, {"name": "build"}),
    (closing.resolve, {"resolution": "x"}),
    (closing.reopen, {"reason": "x"}),
    (closing.close, {}),
    (closing.withdraw, {"reason": "x"}),
)
ANSWER = (handling.respond, dict[str, Any]())
BROKEN = (triage.classify, {"category": "broken", "reason": "x"})
LOWEST = (triage.classify, {"priority": "P4", "reason": "x"})
# Each with how many hours after the one before it was recorded, and how many hours before that it happened.
COURSES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 30), st.sampled_from((0, 0, 0, 3))), max_size=12)
Course = list[tuple[tuple[Any, dict[str, Any]], int, int]]
# The stories', one in which some clocks end with the first of several events, and one in which every plan can be
# carried out at once.
SEVERAL = compiled(
    ("{until: responded,", "{until: [responded, resolved],"),
    ("from: assigned, until: investigated", "from: assigned, until: [investigated, responded, resolved]"),
).rulebook
AT_ONCE = compiled(("approvals: [{by: owner_head}]\n", ""), ("build: {from: approved,", "build: {from: proposed,"))
# One in which it counts who did it and of which cases, another team has its own time, promises are deadlines, and a
# channel and two targets have calendars of their own.
WHOSE = compiled(
    (
        "targets:\n  respond: {until: responded,",
        "targets:\n"
        "  contact: {from: assigned, until: responded, within: 6wh, by: owner, restarts: true, pauses: true}\n"
        "  check: {until: [investigated, resolved], within: 1wd, when: {priority: [P1, P2], owner: tech}}\n"
        "  daily: {from: [assigned, responded, delayed], until: [responded, delayed], within: 8wh, repeats: true}\n"
        "  report: {until: [investigated, resolved], warn: 25%, pauses: true, within: 2wd, times: [\n"
        "    {when: {priority: P1, not: {channel: chat}}, within: 3h},\n"
        "    {when: {priority: [P1, P2], owner: desk}, within: 9wh, calendar: always},\n"
        "    {when: [{category: broken}, {bought_on: {under: 2026-10-08}}], within: 1wd, calendar: late}]}\n"
        "  promise: {at: promised_at, until: resolved, warn: 25%, counts: false}\n"
        '  hoped: {at: "field:hoped_for", until: [responded, resolved], when: {priority: [P2, P3, P4]}}\n'
        "  respond: {until: responded,",
    ),
    ("from: assigned, until: investigated}", "from: [assigned], until: investigated, restarts: true}"),
    (
        "owners:",
        'calendars: {late: {hours: {mon-sat: "12:00-20:00"}}, always: {hours: {mon-sun: "00:00-24:00"}}}\nowners:',
    ),
    ("phone: Phone,", "phone: {title: Phone, calendar: late},"),
    ("delays: true, warn: 2wh}", "delays: true, warn: 2wh, calendar: always}"),
    ("fields: {", "fields: {hoped_for: {title: Hoped for, type: date}, "),
    ("repair: {title: Repair,", "repair: {title: Repair, targets: {resolve: 6wd, contact: 1wd},"),
).rulebook
RULEBOOKS = st.sampled_from((BOOK, SEVERAL, WHOSE, WHOSE, AT_ONCE.rulebook))


def played(course: Course, rulebook: Rulebook = BOOK) -> list[Case]:
    """The case after each act that was allowed."""
    case, now = fold(history(came_in(rulebook=rulebook), rulebook=rulebook)), RECEIVED
    found = [case]
    for (decision, args), later, before in course:
        now += timedelta(hours=later)
        # Of the two teams' people, one works at even times and the other at odd ones.
        actor = ("lin", "li")[later % 2]
        moment = Moment(now, max(now - timedelta(hours=before), RECEIVED), actor, rulebook)
        try:
            made = deadlines.begun(case, decision(case, moment, **args), rulebook, actor)
        except Problem:
            continue
        made = with_tasks(case, made, rulebook)
        for event in made:
            seq = len(case.events) + 1
            row = Recorded(seq, case.number, seq, now, actor, "system", rulebook.hash, event)
            case = fold((*case.events, row))
            found.append(case)
    return found


@given(COURSES, RULEBOOKS)
@SOME
def test_folding_again_and_event_by_event_give_the_same_deadlines(course: Course, rulebook: Rulebook) -> None:
    case = played(course, rulebook)[-1]
    assert fold(case.events).deadlines == case.deadlines
    if all(recorded in case.standing for recorded in case.events):
        step_by_step = fold(case.events[:1])
        for recorded in case.events[1:]:
            step_by_step = evolve(step_by_step, recorded.event, recorded.rulebook, recorded.actor)
        assert step_by_step.deadlines == case.deadlines


@given(COURSES, RULEBOOKS)
@SOME
def test_counting_anew_from_the_first_event_gives_the_same_deadlines(course: Course, rulebook: Rulebook) -> None:
    case = played([step for step in course if step[0][0] is not mending.retract], rulebook)[-1]
    anew = deadlines.replayed(case.events, lambda _: rulebook)
    assert anew.deadlines == case.deadlines


# The rules lower no priority that an escalation raised.
@example([((escalation.escalate, {}), 10, 0), ((triage.classify, {"category": "broken", "reason": "x"}), 0, 0)], WHOSE)
@given(COURSES, RULEBOOKS)
@SOME
def test_a_rulebook_makes_of_a_course_that_it_decided_what_it_made_of_it(course: Course, rulebook: Rulebook) -> None:
    case = played([step for step in course if step[0][0] is not mending.retract], rulebook)[-1]
    again = supposed(case, rulebook, lambda _: False).case
    assert again.deadlines == case.deadlines
    assert {name: each.finding for name, each in again.decided.items()} == {
        name: each.finding for name, each in case.decided.items()
    }
    assert (again.status, again.happened, again.person) == (case.status, case.happened, case.person)


@given(COURSES, RULEBOOKS, RULEBOOKS)
@SOME
def test_what_is_taken_to_be_as_before_is_what_a_replay_gives(
    course: Course, rulebook: Rulebook, new: Rulebook
) -> None:
    case = played(course, rulebook)[-1]
    quick = supposed(case, new, lambda _: counts_as(rulebook, new))
    replayed = supposed(case, new, lambda _: False)
    assert (quick.said, quick.case.deadlines) == (replayed.said, replayed.case.deadlines)


# Of three answers at one instant the first; an answer after which a team began anew; an investigation before that.
@example([(ANSWER, 0, 0), (ANSWER, 0, 0)], ANSWER, 0, BOOK)
@example([((triage.assign, {"owner": "tech", "reason": "x"}), 12, 0)], ANSWER, 0, WHOSE)
@example([(ANSWER, 30, 0), (BROKEN, 30, 0), (LOWEST, 0, 0)], (handling.investigate, {}), 0, WHOSE)
@given(COURSES, st.sampled_from(ACTS), st.integers(0, 12), RULEBOOKS)
@tried(max_examples=150)
def test_what_was_taken_back_leaves_the_deadlines_that_there_would_be_without_it(
    course: Course, act: tuple[Any, dict[str, Any]], place: int, rulebook: Rulebook
) -> None:
    course = [step for step in course if step[0][0] is not mending.retract]
    head, tail = course[:place], course[place:]
    without = played([*head, *tail], rulebook)[-1]
    before = played(head, rulebook)[-1]
    slip = played([*head, (act, 0, 0)], rulebook)[-1]
    taken = range(len(slip.events), len(before.events), -1)
    back = [((mending.retract, {"seq": seq, "reason": "x"}), 0, 0) for seq in taken]
    case = played([*head, (act, 0, 0), *tail, *back], rulebook)[-1]
    others = [bare(r.event) for r in case.standing if not isinstance(r.event, EventRetracted)]
    if others != [bare(r.event) for r in without.events]:
        return  # it was not taken back, or without it something else would have been done
    assert owed_in(case) == owed_in(without)


def bare(event: Event) -> Event:
    """An event but for what it did to the deadlines."""
    return event.but(**{name: () for name in ("deadlines", "dropped") if name in event.__fields__})


def owed_in(case: Case) -> set[tuple[Any, ...]]:
    """What is or was owed in this cycle: its target, from when, by when, and what came of it."""
    here = (d for d in case.deadlines if d.outcome != "void" and d.spec.cycle == case.cycle)
    return {(d.spec.target, d.spec.from_at, d.spec.due_at, d.ended_at, d.outcome, d.paused_at) for d in here}


@given(COURSES, RULEBOOKS)
@SOME
def test_a_verdict_reached_is_rewritten_by_nothing_but_a_retraction_and_what_happened_earlier(
    course: Course, rulebook: Rulebook
) -> None:
    cases = played(course, rulebook)
    for before, after in pairwise(cases):
        event = after.events[-1].event
        latest = max(recorded.event.at for recorded in before.events)
        # What was taken back never was; what happened earlier was only not known; a case taken out owes nothing, and
        # another plan nothing of the one before.
        if event.WORD in ("retracted", "withdrawn") or event.at < latest:
            continue
        now = event.at
        kept = {key(deadline): deadline.verdict(now) for deadline in after.deadlines}
        reached = {key(d): d.verdict(now) for d in before.deadlines if d.verdict(now) in ("met", "missed")}
        assert {k: kept[k] for k in reached} == reached, event.WORD


def key(deadline: Deadline) -> tuple[str, int, int]:
    spec = deadline.spec
    return spec.target, spec.cycle, spec.occurrence


@given(COURSES, RULEBOOKS)
@SOME
def test_what_is_over_owes_nothing_and_every_deadline_has_its_own_place(course: Course, rulebook: Rulebook) -> None:
    case = played(course, rulebook)[-1]
    assert len({key(deadline) for deadline in case.deadlines}) == len(case.deadlines)
    if case.status in ("closed", "void"):
        assert not [d for d in case.deadlines if d.unanswered]
        assert not case.open_tasks
    for deadline in case.deadlines:
        spec = deadline.spec
        assert spec.from_at <= spec.due_at
        assert spec.warn_at is None or spec.from_at <= spec.warn_at <= spec.due_at


@given(COURSES)
@tried(max_examples=15)
def test_a_desk_gives_the_deadlines_back_as_the_case_had_them(course: Course) -> None:
    with TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "d.db", rules=AT_ONCE)
        with writing(desk) as writer:
            number = writer.register(Draft({"channel": "phone", "description": "it rattles"})).number
        acted = None
        for (decision, args), later, before in course:
            desk.now += timedelta(hours=later)
            at = max(desk.now - timedelta(hours=before), RECEIVED)
            try:
                acted = recording.act(desk, number, partial(decision, **args), at=at).case
            except Problem:
                continue
        with desk.reading() as db:
            again = fold(stored.events_of(db, number))
        assert acted is None or again.deadlines == acted.deadlines


# --- any start, pause and holiday -------------------------------------------------------------------------------

OFFICE = "09:00-12:00, 13:00-18:00"
NIGHTS = "22:00-06:00"
MONDAY = datetime(2026, 10, 11, 16, tzinfo=UTC)  # its midnight in Shanghai
INSTANTS = st.integers(0, 40 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
DAYS = st.integers(0, 50).map(lambda days: (date(2026, 10, 12) + timedelta(days=days)).isoformat())
OFF = st.sets(DAYS, max_size=6).map(lambda days: tuple(sorted(days)))
WORKING = st.one_of(
    st.integers(1, 60).map(lambda n: Duration(n, "wh")), st.integers(1, 2000).map(lambda n: Duration(n, "wm"))
)
IN_DAYS = st.one_of(
    st.integers(1, 15).map(lambda n: Duration(n, "wd")), st.integers(1, 15).map(lambda n: Duration(n, "d"))
)


def pauses(most: int = 3) -> st.SearchStrategy[list[Span]]:
    return st.lists(st.tuples(INSTANTS, INSTANTS).map(lambda pair: (min(pair), max(pair))), max_size=most)


@cache
def calendar(off: tuple[str, ...] = (), hours: str = OFFICE) -> Calendar:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), opening(hours))
    holidays = {"2026": {"off": dict.fromkeys(off, "day off"), "work": {}, "final": True}}
    return Calendar({"timezone": "Asia/Shanghai", "hours": week, "holidays": holidays})


HOURS = st.sampled_from((OFFICE, NIGHTS))


@given(INSTANTS, WORKING, OFF, st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_pause_moves_a_deadline_by_its_own_working_time(
    start: datetime, duration: Duration, off: tuple[str, ...], waited: int, length: int
) -> None:
    place = calendar(off)
    due = place.add(start, duration)
    begins = min(start + timedelta(minutes=waited), due - timedelta(minutes=1))
    pause = (max(begins, start), max(begins, start) + timedelta(minutes=length))
    assert place.elapsed(due, place.add(start, duration, [pause])) == place.elapsed(*pause)


@given(INSTANTS, INSTANTS, st.one_of(WORKING, IN_DAYS), OFF, HOURS)
def test_who_begins_later_is_never_due_earlier(
    one: datetime, other: datetime, duration: Duration, off: tuple[str, ...], hours: str
) -> None:
    place, early, late = calendar(off, hours), min(one, other), max(one, other)
    assert place.add(early, duration) <= place.add(late, duration)


@given(INSTANTS, st.one_of(WORKING, IN_DAYS), OFF, DAYS)
def test_another_holiday_makes_no_deadline_earlier(
    start: datetime, duration: Duration, off: tuple[str, ...], day: str
) -> None:
    assert calendar(off).add(start, duration) <= calendar(tuple(sorted({*off, day}))).add(start, duration)


@given(INSTANTS, st.one_of(WORKING, IN_DAYS), OFF, pauses(1))
def test_a_pause_makes_no_deadline_earlier(
    start: datetime, duration: Duration, off: tuple[str, ...], stops: list[Span]
) -> None:
    assert calendar(off).add(start, duration) <= calendar(off).add(start, duration, stops)


@given(INSTANTS, WORKING, OFF, HOURS)
def test_back_is_the_latest_instant_from_which_so_much_is_left(
    due: datetime, duration: Duration, off: tuple[str, ...], hours: str
) -> None:
    place = calendar(off, hours)
    begin = place.back(due, duration)
    seconds = duration.amount * (3600 if duration.unit == "wh" else 60)
    assert place.elapsed(begin, due) == seconds
    assert place.elapsed(begin + timedelta(seconds=1), due) < seconds


def counted(place: Calendar, start: datetime, duration: Duration, stops: Sequence[Span]) -> int:
    """What the days of an explanation come to."""
    due = place.add(start, duration, stops)
    return sum(day.counted for day in days_of(place, start, str(duration), due, stops))


@given(INSTANTS, WORKING, OFF, HOURS, pauses())
@example(datetime(2026, 10, 12, 18, tzinfo=UTC), Duration(2, "wh"), (), NIGHTS, [])
@example(MONDAY, Duration(8, "wh"), (), OFFICE, [(MONDAY, MONDAY + timedelta(hours=10))] * 2)
def test_the_hours_told_of_each_day_come_to_the_duration(
    start: datetime, duration: Duration, off: tuple[str, ...], hours: str, stops: list[Span]
) -> None:
    seconds = duration.amount * (3600 if duration.unit == "wh" else 60)
    assert counted(calendar(off, hours), start, duration, stops) == seconds


def pause_of(begins: int, ends: int) -> list[Span]:
    """One pause, by the hours after that Monday's midnight."""
    return [(MONDAY + timedelta(hours=begins), MONDAY + timedelta(hours=ends))]


@given(INSTANTS, IN_DAYS, OFF, HOURS, pauses())
@example(MONDAY, Duration(1, "wd"), (), OFFICE, pause_of(24 + 17, 24 + 19))
@example(MONDAY, Duration(1, "wd"), (), OFFICE, pause_of(24 + 17, 48 + 10))
@example(MONDAY, Duration(5, "d"), (), OFFICE, [])
@example(MONDAY, Duration(1, "wd"), (), NIGHTS, [])
@example(MONDAY, Duration(4, "wd"), (), NIGHTS, [])
@example(MONDAY, Duration(1, "wd"), (), NIGHTS, pause_of(48 + 3, 48 + 9))
@example(MONDAY, Duration(1, "wd"), (), NIGHTS, pause_of(48 + 3, 72 + 12))
def test_the_days_told_come_to_the_duration(
    start: datetime, duration: Duration, off: tuple[str, ...], hours: str, stops: list[Span]
) -> None:
    place = calendar(off, hours)
    due = place.add(start, duration, stops)
    told = list(days_of(place, start, str(duration), due, stops))
    assert sum(day.counted for day in told) == duration.amount
    last = date.fromisoformat(told[-1].date)
    midnight = datetime(last.year, last.month, last.day, tzinfo=place.zone) + timedelta(days=1)
    assert (told[-1].counted, told[-1].kind) == (1, "working")
    assert due == (place.close_of(last) if duration.unit == "wd" else midnight)


@given(COURSES, st.booleans())
@SOME
def test_what_explain_tells_adds_up_for_every_course(course: Course, taken_back: bool) -> None:
    undone = [((mending.retract, {"seq": 1, "reason": "x"}), 1, 0)] if taken_back else []
    case = played([*course, *undone])[-1]
    value = explained(case, lambda _: BOOK, case.events[-1].event.at, BOOK)
    assert (value.taken_out is None) == (not case.void_by)
    for told in value.deadlines:
        duration = parse_duration(told.duration)
        each = {"wh": 3600, "wd": 1}.get(duration.unit)
        if each and told.promised_at is None:  # a day that was promised is not counted
            assert sum(day.counted for day in told.days) == duration.amount * each, told
        assert told.moves[-1].due_at == told.due_at
