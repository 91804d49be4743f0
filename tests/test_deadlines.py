"""Deadlines: which a case has, when they move, and what becomes of them."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli import deadlines
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.events.closing import CaseClosed, CaseRated, CaseReopened, CaseResolved
from afterservice_cli.cases.events.handling import CaseResponded
from afterservice_cli.cases.values import Deadline, DeadlineSpec
from afterservice_cli.cli import run
from afterservice_cli.decisions import closing, handling, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import FaultyDocument
from afterservice_cli.moment import Moment
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.workflows import founding, recording
from afterservice_cli.workflows.recording import writing
from given import RECEIVED, SMALL, Outcome, came_in, compiled, given, hour, make_desk, rules, with_holidays

RESPONDED = CaseResponded(hour(1), "phone")
ORDINARY = {"channel": "phone", "kind": None, "category": "other", "priority": "P3"}


def case_of(*events: Event, rulebook: Rulebook = SMALL.rulebook) -> Case:
    return given(*events, rulebook=rulebook).when(lambda case, moment: []).case


def deadline(case: Case, target: str, cycle: int = 1) -> Deadline:
    (found,) = [d for d in case.deadlines if (d.spec.target, d.spec.cycle) == (target, cycle)]
    return found


def demanded(**facts: str) -> dict[str, tuple[str, str]]:
    begun = deadlines.begin(SMALL.rulebook, {"registered": RECEIVED}, {**ORDINARY, **facts}, 1)
    return {spec.target: (spec.duration, spec.rule) for spec in begun}


def ranked(priority: str, *events: Event, now: float) -> Outcome:
    """The case after a person gave it another priority."""
    return given(*events).when(partial(triage.classify, priority=priority, reason="x"), at=hour(now), now=hour(now))


# --- which there are --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "duration", "rule"),
    [
        ({"priority": "P1"}, "1h", "priorities.P1.targets.respond"),
        ({"priority": "P1", "category": "urgent_billing"}, "45m", "categories.urgent_billing.targets.respond"),
        ({"category": "urgent_billing", "kind": "complaint"}, "30m", "kinds.complaint.targets.respond"),
        (
            {"category": "urgent_billing", "kind": "complaint", "channel": "chat"},
            "10m",
            "channels.chat.targets.respond",
        ),
        ({"kind": "question", "channel": "email"}, "8wh", "priorities.P3.targets.respond"),
    ],
)
def test_channel_goes_over_kind_over_category_over_priority(facts: dict[str, str], duration: str, rule: str) -> None:
    assert demanded(**facts)["respond"] == (duration, rule)


def test_a_category_takes_the_demand_of_the_nearest_above_it() -> None:
    assert demanded(category="product.defect")["resolve"] == ("2wd", "categories.product.targets.resolve")


def test_what_nobody_demands_is_no_deadline() -> None:
    assert demanded(priority="P4") == {"resolve": ("10wd", "priorities.P4.targets.resolve")}


def test_names_of_an_earlier_rulebook_demand_nothing_and_stop_nobody() -> None:
    assert demanded(channel="fax", kind="praise", category="gone", priority="P0") == {}
    assert demanded(category="product.gone")["resolve"] == ("2wd", "categories.product.targets.resolve")


def test_a_clock_starts_with_its_own_event() -> None:
    rulebook = rules(("resolve: {from: registered", "resolve: {from: assigned"))
    first_at = {"registered": hour(0), "assigned": hour(2)}
    begun = {s.target: s.from_at for s in deadlines.begin(rulebook, first_at, ORDINARY, 1)}
    assert begun == {"respond": hour(0), "resolve": hour(2)}
    assert [s.target for s in deadlines.begin(rulebook, {"registered": hour(0)}, ORDINARY, 1)] == ["respond"]


def test_a_clock_that_starts_with_the_resolution_starts_or_the_rulebook_is_refused() -> None:
    survey = "resolve: {from: registered, until: resolved}\n  survey: {from: resolved, until: rated}"
    try:
        rulebook = rules(
            ("resolve: {from: registered, until: resolved}", survey), ("respond: 8wh,", "respond: 8wh, survey: 2wd,")
        )
    except FaultyDocument:
        return
    case = given(came_in(), rulebook=rulebook).when(partial(closing.resolve, resolution="x"), at=hour(1)).case
    assert deadline(case, "survey").spec.from_at == hour(1)


UNKNOWN = with_holidays({"2026": {"off": {}, "work": {}, "final": False}})
KNOWN = with_holidays({"2026": {"off": {"2026-10-15": "holiday"}, "work": {}, "final": True}})


def recounted(case: Case, rulebook: Rulebook, now: datetime, before: Rulebook | None = None) -> list[DeadlineSpec]:
    """What becomes of the provisional deadlines, that `before` has set, when `rulebook` is adopted."""
    return deadlines.recounted(case, Moment(now, now, "ann", rulebook, lambda _: before or UNKNOWN))


@pytest.mark.parametrize(
    ("duration", "final", "provisional"),
    [("3wd", False, True), ("8wh", False, True), ("3d", False, True), ("24h", False, False), ("3wd", True, False)],
)
def test_only_what_counts_days_waits_for_the_calendar(duration: str, final: bool, provisional: bool) -> None:
    rulebook = with_holidays({"2026": {"off": {}, "work": {}, "final": final}})
    spec = DeadlineSpec("respond", 1, RECEIVED, duration, hour(1), ("responded",), False, True, "rule")
    case = case_of(came_in()).but(deadlines=(Deadline(spec, ""),))
    (counted,) = recounted(case, rulebook, hour(1), SMALL.rulebook)
    assert counted.provisional is provisional


def test_a_deadline_that_reaches_into_a_year_nobody_knows_is_provisional() -> None:
    rulebook = with_holidays({"2026": {"off": {}, "work": {}, "final": True}})
    at = RECEIVED.replace(month=12, day=28)
    flags = {
        s.target: s.provisional
        for s in deadlines.begin(rulebook, {"registered": at}, {**ORDINARY, "priority": "P3"}, 1)
    }
    assert flags == {"respond": False, "resolve": True}


# --- when they move ---------------------------------------------------------------------------------------------


def test_another_priority_counts_from_the_original_start() -> None:
    case = ranked("P2", came_in(), now=2).case
    assert {d.spec.target: (d.spec.from_at, d.spec.duration) for d in case.deadlines} == {
        "respond": (hour(0), "4h"),
        "resolve": (hour(0), "3wd"),
    }
    assert deadline(case, "respond").spec.due_at == hour(4)


def test_a_verdict_that_was_reached_stays() -> None:
    before = deadline(case_of(came_in(), RESPONDED), "respond")
    case = ranked("P1", came_in(), RESPONDED, now=2).case
    assert deadline(case, "respond") == before
    assert before.verdict(hour(2)) == "met"
    assert deadline(case, "resolve").spec.duration == "24h"


@pytest.mark.parametrize("priority", ["P2", "P4"])
def test_a_deadline_that_is_past_stays_missed(priority: str) -> None:
    before = case_of(came_in(priority="P1"))
    case = ranked(priority, came_in(priority="P1"), now=2).case
    assert deadline(case, "respond") == deadline(before, "respond")
    assert deadline(case, "respond").verdict(hour(2)) == "missed"


def test_what_is_no_longer_demanded_is_void() -> None:
    outcome = ranked("P4", came_in(), now=2)
    assert outcome.events[0].__dict__["dropped"] == ("respond",)
    assert deadline(outcome.case, "respond").verdict(hour(99)) == "void"
    answered = given(came_in(), *outcome.events).when(handling.respond, at=hour(3)).case
    assert deadline(answered, "respond").verdict(hour(99)) == "void"


def test_what_is_demanded_anew_begins_with_the_case() -> None:
    case = ranked("P2", came_in(priority="P4"), now=2).case
    assert deadline(case, "respond").spec.due_at == hour(4)


def test_what_is_demanded_anew_and_was_answered_already_is_met() -> None:
    case = ranked("P2", came_in(priority="P4"), RESPONDED, now=2).case
    assert deadline(case, "respond").ended_at == hour(1)
    assert deadline(case, "respond").verdict(hour(99)) == "met"


def test_what_does_not_move_is_not_set_again() -> None:
    case = case_of(came_in())
    assert deadlines.moved(case, SMALL.rulebook, case.facts(), hour(1)) == ((), ())


def test_deadlines_of_an_earlier_cycle_do_not_move() -> None:
    begun = deadlines.begin(SMALL.rulebook, dict.fromkeys(("registered", "assigned"), hour(2)), ORDINARY, 2)
    again = (came_in(), CaseResolved(hour(1)), CaseReopened(hour(2), (), tuple(begun)))
    specs, dropped = deadlines.moved(case_of(*again), SMALL.rulebook, {**ORDINARY, "priority": "P2"}, hour(2))
    assert [(s.target, s.cycle, s.from_at) for s in specs] == [("respond", 2, hour(2)), ("resolve", 2, hour(2))]
    assert dropped == ()


# --- what becomes of them ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "verdict"),
    [(timedelta(0), "met"), (timedelta(seconds=1), "missed"), (timedelta(hours=-5), "met")],
)
def test_an_answer_up_to_the_last_second_is_in_time(answered: timedelta, verdict: str) -> None:
    case = case_of(came_in(), CaseResponded(hour(9) + answered, "phone"))
    assert deadline(case, "respond").verdict(hour(99)) == verdict


@pytest.mark.parametrize(("now", "verdict"), [(hour(9), "running"), (hour(9) + timedelta(seconds=1), "missed")])
def test_without_an_answer_it_runs_until_it_is_due(now: datetime, verdict: str) -> None:
    assert deadline(case_of(came_in()), "respond").verdict(now) == verdict


def test_what_is_recorded_late_counts_from_when_it_happened() -> None:
    late = CaseResponded(hour(10), "phone")
    assert deadline(case_of(came_in(), late), "respond").verdict(hour(99)) == "missed"
    found_later = given(came_in(), late).when(handling.respond, at=hour(5), now=hour(50)).case
    assert deadline(found_later, "respond").ended_at == hour(5)
    assert deadline(found_later, "respond").verdict(hour(99)) == "met"


def test_a_second_answer_changes_nothing() -> None:
    case = case_of(came_in(), RESPONDED, CaseResponded(hour(20), "phone"))
    assert deadline(case, "respond").ended_at == hour(1)


def test_closing_without_the_answer_is_missed_even_before_it_is_due() -> None:
    case = case_of(came_in(), CaseResolved(hour(1)), CaseClosed(hour(2)))
    assert deadline(case, "respond").verdict(hour(2)) == "missed"
    assert deadline(case, "resolve").verdict(hour(2)) == "met"


def test_a_target_until_the_closing_is_met_by_it() -> None:
    rulebook = rules(("until: resolved", "until: closed"))
    case = case_of(came_in(rulebook=rulebook), CaseClosed(hour(2)), rulebook=rulebook)
    assert deadline(case, "resolve").verdict(hour(99)) == "met"


def test_what_comes_after_the_closing_rewrites_no_verdict() -> None:
    rulebook = rules(("until: resolved", "until: rated"))
    closed = (came_in(rulebook=rulebook), CaseClosed(hour(2)), CaseRated(hour(3), {"overall": 5}))
    assert deadline(case_of(*closed, rulebook=rulebook), "resolve").verdict(hour(99)) == "missed"


def test_reopening_begins_new_deadlines_and_the_old_verdicts_stand() -> None:
    before = (came_in(), RESPONDED, CaseResolved(hour(2)))
    outcome = given(*before).when(partial(closing.reopen, reason="x"), at=hour(3))
    case = outcome.case
    assert [(d.spec.target, d.spec.cycle, d.spec.from_at) for d in case.deadlines] == [
        ("respond", 1, hour(0)),
        ("resolve", 1, hour(0)),
        ("respond", 2, hour(3)),
        ("resolve", 2, hour(3)),
    ]
    assert [d.verdict(hour(3)) for d in case.deadlines] == ["met", "met", "running", "running"]
    answered = given(*before, *outcome.events).when(handling.respond, at=hour(4)).case
    assert deadline(answered, "respond").ended_at == hour(1)
    assert deadline(answered, "respond", 2).ended_at == hour(4)


def test_reopening_ends_what_the_first_cycle_never_answered() -> None:
    outcome = given(came_in(), CaseResolved(hour(2))).when(partial(closing.reopen, reason="x"), at=hour(3))
    assert deadline(outcome.case, "respond").verdict(hour(3)) == "missed"
    answered = given(came_in(), CaseResolved(hour(2)), *outcome.events).when(handling.respond, at=hour(4)).case
    assert deadline(answered, "respond").verdict(hour(4)) == "missed"


# --- when the calendar becomes known ----------------------------------------------------------------------------


def test_provisional_deadlines_move_to_where_the_calendar_puts_them() -> None:
    case = case_of(came_in(rulebook=UNKNOWN), rulebook=UNKNOWN)
    moved = recounted(case, KNOWN, hour(1))
    before, after = deadline(case, "resolve").spec, moved[1]
    assert (before.due_at, before.provisional) == (hour(7 * 24 + 9), True)
    assert after == before.but(due_at=hour(8 * 24 + 9), provisional=False)


def test_one_that_stays_in_place_is_no_longer_provisional() -> None:
    case = case_of(came_in(rulebook=UNKNOWN), rulebook=UNKNOWN)
    assert recounted(case, KNOWN, hour(1))[0] == deadline(case, "respond").spec.but(provisional=False)


def test_durations_stay_as_they_were_promised() -> None:
    case = case_of(came_in(rulebook=UNKNOWN), rulebook=UNKNOWN)
    another = KNOWN.but(priorities={}, hash="another")
    assert recounted(case, another, hour(1)) == recounted(case, KNOWN, hour(1))


def test_what_is_decided_final_or_unknown_to_the_rulebook_does_not_move() -> None:
    fixed = case_of(came_in(rulebook=KNOWN), rulebook=KNOWN)
    assert recounted(fixed, UNKNOWN, hour(1)) == []
    closed = case_of(came_in(rulebook=UNKNOWN), RESPONDED, CaseClosed(hour(2)), rulebook=UNKNOWN)
    assert recounted(closed, KNOWN, hour(1)) == []
    case = case_of(came_in(rulebook=UNKNOWN), rulebook=UNKNOWN)
    assert recounted(case, KNOWN.but(targets={}, hash="none"), hour(1)) == []


CHINA = ("timezone: Asia/Shanghai,", "timezone: Asia/Shanghai, public_holidays: CN,")


@pytest.mark.parametrize(
    ("adopted_at", "duration", "moved"),
    [
        (datetime(2022, 12, 29, tzinfo=UTC), "3wd", 1),
        (datetime(2022, 12, 29, tzinfo=UTC), "120h", 0),
        (datetime(2023, 1, 3, 4, tzinfo=UTC), "3wd", 0),
    ],
    ids=["running", "on the clock", "missed by then"],
)
def test_an_adoption_moves_what_runs_and_rewrites_no_verdict(
    tmp_path: Path, adopted_at: datetime, duration: str, moved: int
) -> None:
    changes = (CHINA, ("respond: 8wh,", ""), ("resolve: 5wd", f"resolve: {duration}"))
    # As of 2020 the years up to 2022 are laid out: the New Year of 2023 is not known to be a holiday.
    desk = make_desk(tmp_path / "d.db", now=datetime(2022, 12, 28, 2, tzinfo=UTC), rules=compiled(*changes, year=2020))
    with writing(desk) as writer:
        number = writer.register(Draft({"channel": "phone", "description": "hm"})).number
    (tmp_path / "d.rules.yaml").write_text(rulebooks.text("small", *changes))
    desk.now = adopted_at
    assert founding.adopt(desk, founding.prepare(desk, tmp_path / "d.rules.yaml", run))[1] == moved
    with writing(desk) as writer:
        (spec,) = [d.spec for d in writer.load(number).deadlines]
    due = {"120h": datetime(2023, 1, 2, 2, tzinfo=UTC), "3wd": datetime(2023, 1, 2 + moved, 10, tzinfo=UTC)}
    assert spec.due_at == due[duration]


def test_other_hours_adopted_meanwhile_move_nothing_that_was_promised(tmp_path: Path) -> None:
    """A pause and another category come after the edit: the pause counts by the old hours, and nothing else moves."""
    waits = ("default:", "pauses: {parts: Parts}\ndefault:")
    pausing = (("until: responded}", "until: responded, pauses: true}"), waits)
    desk = make_desk(tmp_path / "d.db", rules=compiled(*pausing))
    with writing(desk) as writer:
        number = writer.register(Draft({"channel": "phone", "description": "hm"})).number  # respond: 8wh, Wed 18:00
    shorter = ("09:00-12:00, 13:00-18:00", "09:00-11:00")
    (tmp_path / "d.rules.yaml").write_text(rulebooks.text("small", *pausing, shorter))
    founding.adopt(desk, founding.prepare(desk, tmp_path / "d.rules.yaml", run))
    desk.now = hour(1)
    recording.act(desk, number, partial(handling.pause, ground="parts"))
    desk.now = hour(1.5)
    case = recording.act(desk, number, handling.resume).case
    assert deadline(case, "respond").spec.due_at == hour(24.5)  # half an hour of the next day, by the old hours
    recording.act(desk, number, partial(triage.classify, category="billing", reason="read again"))
    with writing(desk) as writer:
        case = writer.load(number)
    assert deadline(case, "respond").spec.due_at == hour(24.5)
    desk.connection.close()
