"""The customer's earlier cases as conditions count them: which count, when, where it is asked for, how it is told."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.general import EarlierCounted
from afterservice_cli.cases.events.intake import CaseRegistered
from afterservice_cli.cases.values import Appraisal, EarlierCase
from afterservice_cli.cli import run
from afterservice_cli.decisions import closing, handling, intake, mending, planning, screening, tasks, triage
from afterservice_cli.decisions.planning import Proposal
from afterservice_cli.errors import Refused
from afterservice_cli.rulebook.earlier import counted
from afterservice_cli.store.projections.rebuilding import rebuild
from afterservice_cli.workflows import founding, keeping
from afterservice_cli.workflows.recording import writing
from conftest import Runner
from earlier_desks import ANN, BOB, COMPLAINT, FILE, Desk, counts
from registers import register_in

RULES = rulebooks.rulebook("repairs")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with register_in(tmp_path, str(FILE)) as register:
        yield Desk(register)


# --- which count ----------------------------------------------------------------------------------------------------


def test_what_came_before_counts_and_not_the_case_itself(desk: Desk) -> None:
    first, second = desk.came(), desk.came()
    third = desk.came()
    assert [case.earlier["complaints"] for case in (first, second, third)] == [
        (),
        (first.number,),
        (first.number, second.number),
    ]


def test_another_customers_cases_do_not_count_and_of_nobody_nothing_is_known(desk: Desk) -> None:
    desk.came()
    desk.came(None)
    assert counts(desk.came(BOB))["complaints"] == 0
    assert desk.came(None).earlier == {}


def test_a_contact_written_otherwise_is_the_same_customer(desk: Desk) -> None:
    desk.came("13900000101")
    assert counts(desk.came("+86 139-0000-0101"))["complaints"] == 1


def test_what_must_be_in_common_is_or_nobody_can_tell(desk: Desk) -> None:
    desk.repaired(desk.came())
    assert counts(desk.came())["repairs"] == 1
    assert counts(desk.came(serial="B2"))["repairs"] == 0
    assert counts(desk.came(text="loud"))["repairs"] == 0
    assert "repairs" not in desk.came(serial="").earlier


def test_the_time_is_counted_by_days_as_limits_are(desk: Desk) -> None:
    for ago in (6, 5, 5.2, 1):
        desk.came(ago=ago)
    assert counts(desk.came())["complaints"] == 3


def test_another_kind_does_not_count(desk: Desk) -> None:
    desk.came(kind="question")
    assert counts(desk.came())["complaints"] == 0


def test_what_is_told_of_later_times_does_not_count_for_what_came_before(desk: Desk) -> None:
    desk.came()
    assert counts(desk.came(ago=1))["complaints"] == 0


def test_a_repair_counts_once_it_is_carried_out_and_as_planned_before(desk: Desk) -> None:
    first = desk.came()
    desk.proposed(first)
    second = desk.came()
    assert counts(second) == {"complaints": 1, "repairs": 0, "planned": 1}
    desk.act(first, partial(tasks.task, name="fix"))
    assert counts(desk.came())["repairs"] == 1
    assert counts(desk.noted(second))["repairs"] == 1


def test_a_repair_with_which_a_case_was_resolved_is_carried_out_whatever_its_tasks(desk: Desk) -> None:
    first = desk.came()
    desk.proposed(first)
    desk.resolved(first)
    assert counts(desk.came())["repairs"] == 1


def test_a_plan_that_the_customer_refused_is_not_carried_out(desk: Desk) -> None:
    first = desk.came()
    desk.proposed(first)
    desk.act(first, partial(planning.agree, agreed=False))
    desk.resolved(first)
    assert counts(desk.came())["repairs"] == 0


def test_what_was_carried_out_before_a_case_began_again_still_is(desk: Desk) -> None:
    first = desk.resolved(desk.repaired(desk.came()))
    desk.act(first, partial(closing.reopen, reason="x"))
    assert counts(desk.came()) == {"complaints": 1, "repairs": 1, "planned": 1}  # once, however often


@pytest.mark.parametrize("how", ["retracted", "invalid", "withdrawn", "merged", "erased"])
def test_what_is_no_case_any_longer_does_not_count(desk: Desk, how: str) -> None:
    first, other = desk.came(), desk.came(BOB)
    desk.repaired(first)
    second = desk.came()
    assert counts(second) == {"complaints": 1, "repairs": 1, "planned": 1}
    if how == "retracted":
        desk.act(first, partial(mending.retract, seq=first.first, reason="x"))
    elif how == "invalid":
        desk.act(first, partial(screening.screen, outcome="invalid", ground="spam"))
    elif how == "withdrawn":
        desk.act(first, partial(closing.withdraw, reason="x"))
    elif how == "merged":
        desk.act(first, partial(screening.merge, into=other, reason="x"))
    else:
        desk.resolved(first)
        desk.act(first, partial(closing.close))
        erase(desk, first)
    assert counts(desk.came())["repairs"] == 0
    assert counts(desk.noted(second)) == {"complaints": 0, "repairs": 0, "planned": 0}
    assert desk.register.findings() == []


def erase(desk: Desk, case: Case) -> None:
    desk.desk.now += timedelta(days=1)
    keeping.erase(desk.desk, [case.number], ground="demand")


def test_what_is_undone_counts_again(desk: Desk) -> None:
    first = desk.came()
    gone = desk.act(first, partial(closing.withdraw, reason="x"))
    second = desk.came()
    assert counts(second)["complaints"] == 0
    desk.act(gone, partial(mending.retract, seq=gone.events[-1].seq, reason="x"))
    assert counts(desk.noted(second))["complaints"] == 1


ASKED_OF = [
    *("status: open", "kind: complaint", "channel: phone", "product: L-1", "line: locks", "serial: A1"),
    *("category: broken", "priority: low", "owner: desk", "disposition: repair", "carried_out: repair"),
    *("fault: motor", "cause: wear", "liability: maker", "liability: us"),
]


@pytest.mark.parametrize("asked", ASKED_OF)
def test_what_is_asked_of_a_case_is_known_of_it_at_once_and_later(tmp_path: Path, asked: str) -> None:
    entries = f"  asked: {{title: Asked, when: {{{asked}}}}}\n  other: {{title: Other, when: {{not: {{{asked}}}}}}}\n"
    words = "{faults: {motor: Motor}, causes: {wear: Wear}, liabilities: {maker: Maker, us: Us}}"
    (tmp_path / "asked.yaml").write_text(
        rulebooks.text("repairs", ("earlier:\n", f"earlier:\n{entries}"))
        + f"lines: {{locks: {{title: Locks, match: [L-]}}}}\nappraisal: {words}\n"
    )
    found = Appraisal("motor", "wear", ("maker", "us"))
    with register_in(tmp_path, str(tmp_path / "asked.yaml")) as register:
        desk = Desk(register)
        with writing(desk.desk) as writer:
            first = writer.register(intake.Draft({**COMPLAINT, "product": "L-1"}))
            writer.act(first.number, partial(handling.appraise, found=found))
            writer.act(first.number, partial(planning.propose, proposal=Proposal("repair")))
            writer.act(first.number, partial(tasks.task, name="fix"))
            at_once = writer.register(intake.Draft(COMPLAINT))
        for case in (at_once, desk.came()):
            assert first.number in case.earlier["asked"] and first.number not in case.earlier["other"]


# --- when it is counted ---------------------------------------------------------------------------------------------


def test_what_counted_as_it_was_decided_stays_in_the_history(desk: Desk) -> None:
    desk.came()
    case = desk.came()
    event = case.events[0].event
    assert isinstance(event, CaseRegistered) and event.earlier == case.earlier
    assert not any(isinstance(recorded.event, EarlierCounted) for recorded in desk.noted(case).events)


def test_other_facts_are_counted_with_the_event_that_brings_them(desk: Desk) -> None:
    first = desk.repaired(desk.came())
    case = desk.came(serial="B2")
    case = desk.amended(case, serial="A1")
    assert [type(recorded.event).__name__ for recorded in case.events[1:]] == ["CaseAmended", "EarlierCounted"]
    assert case.earlier["repairs"] == (first.number,)
    assert desk.amended(case, contact="").earlier == {}
    assert counts(desk.amended(case, contact=BOB))["repairs"] == 0


def test_with_another_category_the_priority_follows_what_counts_then(desk: Desk) -> None:
    for _ in range(2):
        desk.repaired(desk.came(kind="question"))
    case = desk.came(text="loud", kind="question")
    assert (case.value("priority"), counts(case)["repairs"]) == ("low", 0)
    case = desk.act(case, partial(triage.classify, category="broken", reason="x"))
    assert (case.value("priority"), counts(case)["repairs"]) == ("raised", 2)


def test_a_deadline_follows_what_counts(desk: Desk) -> None:
    first = desk.came()
    case = desk.came()
    assert {d.spec.target for d in case.deadlines if d.outcome != "void"} == {"respond", "call"}
    desk.act(first, partial(closing.withdraw, reason="x"))
    case = desk.noted(case)
    assert {d.spec.target for d in case.deadlines if d.outcome != "void"} == {"respond"}


def test_a_decision_that_changes_nothing_counts_nothing(desk: Desk) -> None:
    first = desk.came()
    case = desk.came()
    desk.act(first, partial(closing.withdraw, reason="x"))
    assert desk.act(case, triage.classify).version == case.version


def test_a_closed_case_is_left_alone(desk: Desk) -> None:
    first, case = desk.came(), desk.came()
    desk.resolved(case)
    desk.act(case, partial(closing.close))
    desk.act(first, partial(closing.withdraw, reason="x"))
    amended = desk.amended(case, serial="B2")
    assert (amended.events[-1].event.word, counts(amended)["complaints"]) == ("amended", 1)
    assert counts(desk.act(case, partial(closing.reopen, reason="x")))["complaints"] == 0


def test_what_a_rulebook_no_longer_counts_stays_as_it_was_and_is_looked_up_no_more(tmp_path: Path) -> None:
    with register_in(tmp_path, str(FILE)) as register:
        desk = Desk(register)
        desk.came()
        case = desk.came()
        counted = ("earlier", "  complaints: ", "  repairs: ", "  planned: ", "examples:")
        kept = [line for line in FILE.read_text().splitlines() if not any(word in line for word in counted)]
        (tmp_path / "plain.yaml").write_text("\n".join(kept))
        founding.adopt(register.desk, founding.prepare(register.desk, tmp_path / "plain.yaml", run))
        asked: list[str] = []
        register.desk.connection.set_trace_callback(asked.append)
        noted = desk.noted(case)
        new = desk.came()
        register.desk.connection.set_trace_callback(None)
        assert (noted.events[-1].event.word, noted.earlier, new.earlier) == ("noted", case.earlier, {})
        assert [query for query in asked if "AND void_by = ''" in query] == []


def test_what_phrases_no_longer_find_is_no_longer_in_common(tmp_path: Path) -> None:
    found = "{title: Part, values: {motor: {title: Motor, match: [motor]}}}"
    changed = rulebooks.text(
        "repairs",
        ("fields: {", f"fields: {{part: {found}, "),
        ("earlier:\n", "earlier:\n  parts: {title: Parts, same: ['field:part']}\n"),
        ("  high: ", "  top: {title: Top, when: {earlier.parts: {at_least: 1}}}\n  high: "),
    )
    (tmp_path / "parts.yaml").write_text(changed)
    with register_in(tmp_path, str(tmp_path / "parts.yaml")) as register:
        desk = Desk(register)
        desk.came(text="broken motor")
        case = desk.came(text="broken motor")
        assert (case.value("priority"), counts(case)["parts"]) == ("top", 1)
        desk.amended(case, description="broken lamp")
        case = desk.act(case, partial(triage.classify, reason="x"))
        assert (case.value("priority"), "parts" in case.earlier) == ("low", False)


# --- where it is asked for ------------------------------------------------------------------------------------------


def test_the_third_complaint_is_raised_and_handed_on_with_a_task_and_a_word(desk: Desk) -> None:
    second = [desk.came() for _ in range(2)][1]
    third = desk.came()
    assert [(case.value("priority"), case.value("owner")) for case in (second, third)] == [
        ("low", "desk"),
        ("high", "heads"),
    ]
    assert [[task.spec.name for task in case.open_tasks] for case in (second, third)] == [[], ["apologise"]]


def test_an_exchange_has_its_grounds_after_two_repairs(desk: Desk) -> None:
    desk.repaired(desk.came())
    with pytest.raises(Refused, match=r"earlier\.repairs is 1, not at least 2"):
        desk.proposed(desk.came(), "exchange")
    desk.repaired(desk.came())
    assert desk.proposed(desk.came(), "exchange").plan


def test_what_counts_by_now_gives_grounds(desk: Desk) -> None:
    first, second = desk.came(), desk.came()
    case = desk.came()
    desk.repaired(first)
    desk.repaired(second)
    proposed = desk.proposed(case, "exchange")
    assert proposed.plan and [type(recorded.event).__name__ for recorded in proposed.events[1:]] == [
        "EarlierCounted",
        "PlanProposed",
    ]


def test_a_plan_waits_for_an_approval_and_a_command_for_what_is_demanded(desk: Desk) -> None:
    for _ in range(3):
        desk.repaired(desk.came())
    case = desk.proposed(desk.came(), "exchange")
    assert case.plan and not case.plan.approved
    with pytest.raises(Refused, match="lacks what the rulebook demands before resolve: response"):
        desk.act(case, partial(closing.resolve, resolution="x"))


# --- the tables, imports, and what is told --------------------------------------------------------------------------


def test_tables_made_anew_say_the_same(desk: Desk) -> None:
    desk.resolved(desk.repaired(desk.came()))
    case = desk.came()
    assert desk.register.findings() == []
    with writing(desk.desk) as writer:
        rebuild(writer.db)
    assert counts(desk.came())["repairs"] == counts(case)["repairs"] == 1


COLUMNS = """
profile: repairs
columns: {number: no, received_at: received, contact: mobile, description: text, kind: kind, "field:serial": serial}
defaults: {channel: phone}
"""


def test_an_import_counts_as_registering_does(desk: Desk, tmp_path: Path) -> None:
    rows = [f"{n},2026-10-{n:02} 10:00,{ANN if n % 3 else BOB},broken,complaint,A1" for n in range(1, 13)]
    (tmp_path / "rows.csv").write_text("\n".join(["no,received,mobile,text,kind,serial", *rows]))
    (tmp_path / "profile.yaml").write_text(COLUMNS.replace('"field:serial": serial', "serial: serial"))
    desk.register.read(tmp_path / "rows.csv", tmp_path / "profile.yaml")
    found = desk.register.cases()
    for case in found:
        theirs = [one for one in found if one.customer_id == case.customer_id and one.number < case.number]
        days = [(case.registered_at - one.registered_at).days for one in theirs]
        assert counts(case)["complaints"] == len([day for day in days if day <= 5])
    assert desk.register.findings() == []


def test_an_import_asks_but_once_for_a_customer(desk: Desk, tmp_path: Path) -> None:
    desk.came()
    rows = [f"{n},2026-10-{n:02} 10:00,{ANN if n % 2 else BOB},broken,complaint,A1" for n in range(1, 29)]
    (tmp_path / "rows.csv").write_text("\n".join(["no,received,mobile,text,kind,serial", *rows]))
    (tmp_path / "profile.yaml").write_text(COLUMNS.replace('"field:serial": serial', "serial: serial"))
    asked: list[str] = []
    desk.desk.connection.forget()  # as a process that begins
    desk.desk.connection.set_trace_callback(asked.append)
    desk.register.read(tmp_path / "rows.csv", tmp_path / "profile.yaml")
    desk.desk.connection.set_trace_callback(None)
    assert len([query for query in asked if "AND void_by = ''" in query]) == 1  # Ann's, who was known; Bob is new


def test_another_rulebook_is_tried_with_what_counted_then(tmp_path: Path, call: Runner) -> None:
    began(call)
    told = json.loads(call("rules", "backtest", FILE, "--json", now="2026-10-14 09:00").out)
    assert (told["tried"], told["moved"]) == (3, 0)


def began(call: Runner) -> None:
    """Three complaints, of which the first was repaired."""
    call("init", "--rules", FILE, now="2026-10-12 08:00")
    words = ("register", "broken", "--channel", "phone", "--kind", "complaint", "--contact", ANN)
    for day in (12, 13, 14):
        assert call(*words, "--field", "serial=A1", now=f"2026-10-{day} 09:00").code == 0


def test_it_is_explained_which_cases_counted(tmp_path: Path, call: Runner) -> None:
    began(call)
    lines = call("explain", "003", now="2026-10-14 09:10").out.splitlines()
    place = lines.index("Complaints of five days (complaints): 2")
    assert lines[place + 1].startswith("  202610-001, 202610-002 ← earlier.complaints [event 4, 2026-10-14 09:00;")
    assert "    Complaints of five days ≥ 2" in lines
    chinese = call("explain", "003", now="2026-10-14 09:10", env={"AFTERSERVICE_LANG": "zh"}).out.splitlines()
    place = chinese.index("最近五天的投诉 (complaints)：2")
    assert chinese[place + 1].startswith("  202610-001、202610-002 ← earlier.complaints [事件 4, 2026-10-14 09:00;")


def test_a_change_of_what_counts_is_told_in_the_course_and_explained(tmp_path: Path, call: Runner) -> None:
    began(call)
    call("withdraw", "001", "--reason", "x", now="2026-10-14 10:00")
    call("note", "003", "x", now="2026-10-14 11:00")
    assert (
        "earlier cases counted anew\troot\tComplaints of five days: 1; Planned repairs: 0; Repairs: 0"
        in call("show", "003", now="2026-10-14 12:00").out
    )
    told = json.loads(call("explain", "003", "--json").out)["earlier"]
    assert [(one["name"], one["cases"]) for one in told][:2] == [
        ("complaints", ["202610-001", "202610-002"]),
        ("complaints", ["202610-002"]),
    ]


def test_in_chinese_a_refusal_calls_it_by_its_title(tmp_path: Path, call: Runner) -> None:
    began(call)
    refused = call(
        "propose", "003", "--disposition", "exchange", now="2026-10-14 10:00", env={"AFTERSERVICE_LANG": "zh"}
    )
    assert "修过的次数为0，要求不小于2" in refused.err


# --- which count, by itself -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("came", "day", "within"), [("10-12 23:30", 17, True), ("10-12 00:30", 18, False)])
def test_days_are_those_of_the_desk(came: str, day: int, within: bool) -> None:
    at = datetime.fromisoformat(f"2026-{came}:00+08:00")
    earlier = EarlierCase("202610-001", 1, at, {"kind": "complaint", "status": "open"})
    now = datetime.fromisoformat(f"2026-10-{day}T23:59:00+08:00")
    assert bool(counted(RULES, [earlier], {}, now)["complaints"]) == within
