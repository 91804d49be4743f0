"""Whatever a team does at its desk: the tables follow from the history, and numbers are unique and gapless."""

import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as forall
from hypothesis import strategies as st

import rulebooks
from afterservice_cli.cases.case import Case, Event
from afterservice_cli.cases.fold import evolve, fold
from afterservice_cli.cli import run
from afterservice_cli.decisions import closing, handling, intake, mending, planning, triage
from afterservice_cli.decisions.intake import Draft
from afterservice_cli.errors import Refused
from afterservice_cli.moment import Decision
from afterservice_cli.store import history
from afterservice_cli.store.integrity import examine
from afterservice_cli.workflows import recording
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.founding import adopt, prepare
from afterservice_cli.workflows.recording import writing
from desk_acts import Act, amending, carry_out, coming_back, registering, retracting, taking
from given import RECEIVED, make_desk

TEXTS = st.sampled_from(["broken", "I wish", "invoice", "fire", "payment blocked today", "hm", "", " "])
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(["phone", "chat", "fax", ""]),
        "kind": st.sampled_from(["question", "complaint", ""]),
        "tier": st.sampled_from(["vip", ""]),
        "contact": st.sampled_from(["555", "5-55", "666", ""]),
        "description": TEXTS,
        "scene": TEXTS,
    },
)
CATEGORIES = st.sampled_from([None, "billing", "product.idea", "urgent_billing", "product"])
PRIORITIES = st.sampled_from([None, "P1", "P2", "P4"])
OWNERS = st.sampled_from([None, "design", "tech"])
SCORES = st.integers(0, 5).map(lambda score: {"overall": score})
FILES = st.lists(
    st.sampled_from([intake.StoredFile("d1" * 32, 3, "a"), intake.StoredFile("d2" * 32, 5, "b")]), max_size=3
)
# Minutes back: mostly now, sometimes so long ago that it lies before the case.
AGO = st.sampled_from([0, 0, 1, 30, 600, 5000])


REGISTER = st.builds(registering, FACTS, AGO.map(lambda ago: ago * 8), category=CATEGORIES, priority=PRIORITIES)
ACTS = st.one_of(
    REGISTER,
    st.builds(taking, st.just(triage.classify), category=CATEGORIES, priority=PRIORITIES, reason=st.just("x")),
    st.builds(
        taking,
        st.just(triage.assign),
        owner=OWNERS,
        collaborators=st.sampled_from([None, (), ("finance",)]),
        reason=st.just("x"),
    ),
    st.builds(taking, st.just(handling.respond), AGO),
    st.builds(taking, st.just(handling.note), AGO, text=TEXTS),
    st.builds(taking, st.just(intake.attach), AGO, files=FILES, text=TEXTS),
    st.builds(taking, st.just(closing.resolve), AGO, resolution=TEXTS),
    st.builds(taking, st.just(closing.confirm), AGO, satisfied=st.booleans()),
    st.builds(taking, st.just(closing.rate), AGO, scores=SCORES),
    st.builds(
        taking,
        st.just(closing.close),
        resolution=st.sampled_from([None, "x"]),
        confirmed=st.booleans(),
        scores=st.none() | SCORES,
    ),
    st.builds(taking, st.just(closing.reopen), AGO, reason=st.just("x")),
    st.builds(amending, FACTS),
    st.just(coming_back),
    st.builds(retracting, st.integers(1, 3)),
    st.builds(retracting, st.integers(1, 6)),
)
STEP = st.tuples(ACTS, st.sampled_from([0, 0, 0, 1, 2]), st.sampled_from([0, 1, 60, 1500, 20_000]))


def check_numbers(desk: Desk) -> None:
    serials = defaultdict(list)
    with desk.reading() as db:
        for number, series, serial in db.execute("SELECT case_id, series, serial FROM cases ORDER BY serial"):
            assert number == series.replace("*", f"{serial:03}")
            serials[series].append(serial)
    for given in serials.values():
        assert given == list(range(1, len(given) + 1))


def check_deadlines(desk: Desk) -> None:
    with desk.reading() as db:
        for case_id, events in history.by_case(db):
            if case_id == history.DESK:
                continue
            case = fold(events)
            assert len({(d.spec.target, d.spec.cycle, d.spec.occurrence) for d in case.deadlines}) == len(
                case.deadlines
            )
            for deadline in case.deadlines:
                assert deadline.spec.cycle <= case.cycle
                assert not deadline.unanswered or case.status in ("open", "resolved", "confirmed")
                assert not deadline.unanswered or deadline.spec.cycle == case.cycle


# Shrinking takes minutes on real files: add Phase.shrink where a failure is too long to read.
@settings(
    max_examples=60,
    phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@forall(st.lists(REGISTER, min_size=1, max_size=3), st.lists(STEP, min_size=10, max_size=40))
def test_the_tables_follow_from_the_history_and_numbers_have_no_gaps(
    first: list[Act], steps: list[tuple[Act, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = make_desk(Path(folder) / "d.db")
        with writing(desk) as writer:
            writer.register(Draft({"channel": "phone", "description": "hm"}))
        carry_out(desk, [(act, 0, 0) for act in first] + steps)
        with desk.reading() as db:
            assert examine(db).all() == ()
        check_numbers(desk)
        check_deadlines(desk)
        desk.connection.close()


def test_most_of_what_is_tried_is_allowed_somewhere(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db")
    with writing(desk) as writer:
        writer.register(Draft({"channel": "phone", "description": "broken"}))
    steps: list[tuple[Act, int, int]] = [
        (registering({"contact": "555"}, 30), 0, 0),
        (taking(triage.classify, priority="P1", reason="x"), 0, 1),
        (taking(triage.assign, owner="design", reason="x"), 0, 1),
        (taking(handling.respond), 0, 1),
        (taking(handling.note, text="x"), 0, 1),
        (taking(intake.attach, files=[intake.StoredFile("d1" * 32, 3, "a")]), 0, 1),
        (taking(closing.resolve, resolution="x"), 0, 1),
        (taking(closing.rate, scores={"overall": 3}), 0, 1),
        (taking(closing.confirm, satisfied=False), 0, 1),
        (taking(closing.close, resolution="x", confirmed=True), 0, 1),
        (taking(closing.reopen, reason="x"), 0, 1),
        (amending({"contact": "666"}), 0, 1),
        (retracting(1), 0, 1),
    ]
    assert carry_out(desk, steps) == len(steps)
    with desk.reading() as db:
        assert examine(db).all() == ()
    desk.connection.close()


def test_a_decision_that_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db")
    with writing(desk) as writer:
        number = writer.register(Draft({"channel": "phone", "description": "broken"})).number
    before = list(desk.connection.iterdump())
    assert recording.act(desk, number, triage.classify).case.version == 1
    assert list(desk.connection.iterdump()) == before
    desk.connection.close()


def test_the_tables_tell_the_course_by_cycle(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db")
    with writing(desk) as writer:
        number = writer.register(Draft({"channel": "phone", "description": "hm"})).number
    coming_back(desk, number)
    recording.act(desk, number, handling.respond)
    recording.act(desk, number, partial(closing.close, resolution="x", confirmed=True, scores={"overall": 4}))
    with desk.reading() as db:
        course = db.execute("SELECT seq, cycle, word FROM timeline ORDER BY seq").fetchall()
        ratings = db.execute("SELECT seq, case_id, question, score, at FROM ratings").fetchall()
        state = db.execute("SELECT status, stage, cycle, version, priority FROM cases").fetchall()
        verdicts = db.execute("SELECT cycle, target, outcome FROM deadlines ORDER BY cycle, target").fetchall()
    assert course == [
        (2, 1, "registered"),
        (3, 1, "resolved"),
        (4, 2, "reopened"),
        (5, 2, "responded"),
        (6, 2, "resolved"),
        (7, 2, "confirmed"),
        (8, 2, "rated"),
        (9, 2, "closed"),
    ]
    assert ratings == [(8, number, "overall", 4, "2026-10-14T01:00:00Z")]
    assert state == [("closed", "done", 2, 8, "P2")]
    assert verdicts == [(1, "resolve", ""), (1, "respond", "missed"), (2, "resolve", ""), (2, "respond", "")]
    desk.connection.close()


def test_one_contact_is_one_customer_however_it_is_written(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db")
    with writing(desk) as writer:
        cases = [
            writer.register(Draft({"channel": "phone", "description": "hm", "contact": contact}))
            for contact in ("555-1234", "(555) １２３４", "555-9999", None)
        ]
    ids = [case.customer_id for case in cases]
    assert ids[0] == ids[1] != ids[2]
    assert ids[3] is None
    desk.connection.close()


@pytest.mark.parametrize("stop", range(1, 4))
def test_a_course_is_told_with_the_registration_or_not_at_all(tmp_path: Path, stop: int) -> None:
    desk = make_desk(tmp_path / "d.db")

    def step(decision: Decision) -> Callable[[Case], list[Event]]:
        return lambda case: decision(case, writer.moment())

    with writing(desk) as writer:
        course = [
            step(handling.respond),
            step(partial(closing.resolve, resolution="x")),
            step(partial(closing.confirm, satisfied=True)),
        ]
        case = writer.register(Draft({"channel": "phone", "description": "hm"}), steps=course[:stop])
        assert case.version == 1 + stop
        assert case.but(events=()) == fold(case.events).but(events=())
    with desk.reading() as db:
        assert examine(db).all() == ()
    with pytest.raises(Refused), writing(desk) as writer:
        writer.register(
            Draft({"channel": "phone", "description": "hm"}), steps=[step(partial(closing.confirm, satisfied=True))]
        )
    with desk.reading() as db:
        assert db.execute("SELECT count(*) FROM cases").fetchone()[0] == 1
    desk.connection.close()


def test_a_desk_goes_by_the_rulebook_that_is_in_force_when_it_writes(tmp_path: Path) -> None:
    desk, other = make_desk(tmp_path / "d.db"), Desk(tmp_path / "d.db", now=RECEIVED, actor="bob", clock="system")
    before = desk.rulebook
    rules = tmp_path / "d.rules.yaml"
    rules.write_text(rulebooks.text("small", ("priority: P3", "priority: P4")))
    adopt(other, prepare(other, rules, run))
    assert desk.rulebook is before
    with writing(desk) as writer:
        case = writer.register(Draft({"channel": "phone", "description": "hm"}))
    assert (case.value("priority"), case.events[0].rulebook) == ("P4", desk.rulebook.hash)
    assert desk.rulebook is not before
    with writing(desk) as writer:
        assert writer.rulebook is desk.rulebook
    desk.connection.close()
    other.connection.close()


def test_a_task_that_began_with_a_retraction_is_due_as_before_after_another(tmp_path: Path) -> None:
    desk, rules = make_desk(tmp_path / "d.db", rules=rulebooks.compiled("life")), tmp_path / "d.rules.yaml"
    desk.actor = "li"
    with writing(desk) as writer:
        given = {"channel": "phone", "description": "it leaks", "customer": "Ann", "contact": "1"}
        number = writer.register(Draft(given)).number
    recording.act(desk, number, partial(planning.propose, proposal=planning.Proposal("repair")))

    def noted() -> int:
        return recording.act(desk, number, partial(handling.note, text="x")).case.events[-1].seq

    def fetching(seq: int) -> list[tuple[datetime, str]]:
        desk.now += timedelta(minutes=60)
        case = recording.act(desk, number, partial(mending.retract, seq=seq, reason="a slip")).case
        its = [deadline for deadline in case.deadlines if deadline.spec.target == "task:fetch"]
        return [(deadline.spec.from_at, deadline.verdict(desk.now)) for deadline in its]

    seq = noted()
    # The plan waits for nobody any more, and the next event begins its tasks.
    rules.write_text(rulebooks.text("life", ("when: {disposition: [repair, ", "when: {disposition: [")))
    adopt(desk, prepare(desk, rules, run))
    assert fetching(seq) == [(RECEIVED + timedelta(minutes=60), "running")]
    assert fetching(noted()) == [(RECEIVED + timedelta(minutes=60), "running")]
    with desk.reading() as db:
        assert examine(db).all() == ()
    desk.connection.close()


def test_what_acting_came_to_is_told_of_each_act_alone(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db")
    with writing(desk) as writer:
        number = writer.register(Draft({"channel": "phone", "description": "hm"})).number
        noted = writer.act(number, partial(handling.note, text="x"))
        same = writer.act(number, triage.classify)
    assert [event.word for event in noted.events] == ["noted"]
    assert (same.events, same.messages, same.case) == ((), (), noted.case)
    desk.connection.close()


def test_evolving_event_by_event_is_folding_them_all(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "d.db")
    with writing(desk) as writer:
        number = writer.register(Draft({"channel": "phone", "description": "broken"})).number
    desk.now = RECEIVED + timedelta(hours=2)
    decisions: list[Decision] = [
        handling.respond,
        partial(triage.classify, priority="P1", reason="x"),
        partial(closing.resolve, resolution="x"),
        partial(closing.confirm, satisfied=False),
    ]
    for decision in decisions:
        recording.act(desk, number, decision)
    with desk.reading() as db:
        events = history.events_of(db, number)
    case = fold(events[:1])
    for recorded in events[1:]:
        case = evolve(case, recorded.event, recorded.rulebook)
    assert case.but(events=()) == fold(events).but(events=())
    desk.connection.close()
