"""A case told twice: what the customer heard in the twin counts in the case that goes on."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.cases.case import Case
from afterservice_cli.cases.events.closing import CaseReopened
from afterservice_cli.cases.events.general import EventRetracted
from afterservice_cli.cases.events.intake import CaseMerged, TwinCounted
from afterservice_cli.cases.fold import fold
from afterservice_cli.decisions import closing, handling, mending, tasks, triage, twins
from afterservice_cli.rulebook.model import Rulebook
from conftest import Runner, query
from courses import LIFE, Did, gone, life, standing_at, verdicts
from given import Outcome, came_in, given, history, hour

TWIN = "202610-002"
HEARD = Did(handling.respond, 0.5)
EITHER = life(("until: responded, pauses: true}", "until: [responded, resolved], pauses: true}"))


def twin(*course: Did, rulebook: Rulebook = LIFE) -> Case:
    """Case 202610-002 after a course."""
    return standing_at(gone(*course, rulebook=rulebook)).but(number=TWIN)


def counted(other: Case, *course: Did, at: float = 3, rulebook: Rulebook = LIFE) -> Outcome:
    """What counts of another case in one that has gone this course."""
    return gone(*course, rulebook=rulebook).when(partial(twins.counting, twin=other), at=hour(at))


def words(outcome: Outcome) -> list[tuple[str, Any]]:
    return [(event.word, event.at) for event in outcome.events]


# --- decided ------------------------------------------------------------------------------------------------------


def test_an_answer_in_the_twin_answers_as_of_when_it_was_given() -> None:
    outcome = counted(twin(Did(triage.acknowledge, 0.25), HEARD), at=900)
    outcome.then(TwinCounted(hour(0.25), "acknowledged", TWIN), TwinCounted(hour(0.5), "responded", TWIN))
    (respond,) = [deadline for deadline in outcome.case.deadlines if deadline.spec.target == "respond"]
    assert (respond.verdict(hour(900)), respond.ended_at) == ("met", hour(0.5))
    assert verdicts(counted(twin(), at=900).case, 900)["respond"] == "missed"
    assert verdicts(outcome.case, 900)["resolve"] == "missed"


def test_what_was_said_before_the_case_came_in_or_began_anew_does_not_count() -> None:
    told = twin(HEARD, Did(handling.respond, 1), Did(handling.respond, 2))
    late = given(came_in(at=hour(1), rulebook=LIFE, facts={"customer": "Zoe"}), rulebook=LIFE).when(
        partial(twins.counting, twin=told), at=hour(3)
    )
    assert words(late) == [("responded", hour(1)), ("responded", hour(2))]
    again = (Did(partial(closing.resolve, resolution="x"), 1), Did(partial(closing.reopen, reason="again"), 1.5, "han"))
    assert words(counted(told, *again)) == [("responded", hour(2))]


def test_what_was_taken_back_or_is_no_word_with_the_customer_does_not_count() -> None:
    noted = Did(partial(handling.note, text="x"), 0.5)
    back = Did(partial(mending.retract, seq=3, reason="wrong case"), 2, "zhao")
    assert counted(twin(noted, Did(handling.respond, 1), back)).events == ()


def test_what_the_customer_said_in_the_twin_is_owed_an_answer_where_it_goes_on() -> None:
    asked = Did(partial(handling.reply, text="and the lid"), 1)
    owed = counted(twin(HEARD, asked))
    assert words(owed) == [("responded", hour(0.5)), ("replied", hour(1))]
    assert [spec.target for spec in owed.events[1].deadlines] == ["answer"]
    assert verdicts(owed.case, 3)["answer"] == "running"
    answered = counted(twin(HEARD, asked, Did(handling.respond, 2))).case
    assert verdicts(answered, 900)["answer"] == "met"


def test_a_solution_told_in_the_twin_is_an_answer_if_the_rulebook_takes_it_for_one() -> None:
    solved = Did(partial(closing.resolve, resolution="mended"), 1)
    taken = counted(twin(solved, rulebook=EITHER), rulebook=EITHER)
    assert words(taken) == [("responded", hour(1))]
    assert verdicts(taken.case, 900) | {"look": ""} == {"respond": "met", "resolve": "missed", "look": ""}
    assert counted(twin(solved)).events == ()


def test_an_answer_counts_as_whose_it_was_not_as_whose_merger_it_is() -> None:
    owners = life(("until: responded, pauses: true}", "until: responded, by: owner, pauses: true}"))
    for actor, verdict in (("li", "met"), ("lin", "missed")):
        other = twin(Did(handling.respond, 0.5, actor), rulebook=LIFE)
        told = gone(rulebook=owners).when(partial(twins.counting, twin=other), at=hour(900), actor="zhao")
        assert verdicts(told.case, 900)["respond"] == verdict


def test_whoever_merges_has_done_nothing_that_was_done_in_the_twin() -> None:
    check = "check: {title: Check, on: resolved, by: tech, not_by: [responded]}"
    checked = life(("tasks:\n  visit:", f"tasks:\n  {check}\n  visit:"))
    told = Did(partial(twins.counting, twin=twin(HEARD)), 1, "zhao")
    case = gone(told, Did(partial(closing.resolve, resolution="mended"), 2), rulebook=checked)
    done = case.when(partial(tasks.task, name="check"), at=hour(3), actor="zhao")
    assert words(done) == [("task:check.done", hour(3))]


def test_what_came_from_a_twin_of_the_twin_goes_on_under_its_number() -> None:
    first = twin(HEARD).but(number="202610-003")
    second = standing_at(gone(Did(partial(twins.counting, twin=first), 1))).but(number=TWIN)
    counted(second).then(TwinCounted(hour(0.5), "responded", "202610-003"))
    assert twins.told_in(second) == {TWIN, "202610-003"}
    mine = second.but(events=tuple(r.but(event=_from_me(r.event)) for r in second.events))
    assert counted(mine).events == ()


def _from_me(event: Any) -> Any:
    return event.but(twin="202610-001") if isinstance(event, TwinCounted) else event


def test_what_counted_is_taken_back_the_last_first_and_clocks_run_as_if_it_had_not() -> None:
    asked = Did(partial(handling.reply, text="and the lid"), 1)
    case = counted(twin(HEARD, asked))
    folded = case.case
    assert twins.standing_of(folded, {TWIN}) == [3, 2] and twins.standing_of(folded, {"202610-003"}) == []
    back = given(*case.recorded, rulebook=LIFE)
    for seq in (3, 2):
        taken = back.when(partial(mending.taking_back, seq=seq, reason="two"), at=hour(4))
        assert [type(event) for event in taken.events] == [EventRetracted]
        back = given(*taken.recorded, rulebook=LIFE)
    after = standing_at(back)
    assert verdicts(after, 3)["respond"] == "running" and "answer" not in verdicts(after, 3)
    assert twins.standing_of(after, {TWIN}) == []


def test_what_counted_stays_in_the_archive_and_in_a_cycle_that_is_over() -> None:
    heard = Did(partial(twins.counting, twin=twin(HEARD)), 1)
    closed = Did(partial(closing.close, resolution="x", confirmed=True), 2)
    assert twins.standing_of(standing_at(gone(heard, closed)), {TWIN}) == []
    reopened = standing_at(gone(heard, closed, Did(partial(closing.reopen, reason="again"), 3, "han")))
    assert isinstance(reopened.events[-1].event, CaseReopened)
    assert twins.standing_of(reopened, {TWIN}) == []
    gone_for_good = fold(
        history(*standing_at(gone(heard)).events, EventRetracted(hour(4), 1, "wrong desk"), rulebook=LIFE)
    )
    assert gone_for_good.void_by == "retracted" and twins.standing_of(gone_for_good, {TWIN}) == []


def test_a_twin_is_taken_back_by_whatever_takes_its_merger_back() -> None:
    merged = CaseMerged(hour(1), "202610-009")
    case = fold(history(came_in(), merged))
    assert twins.merger_undone(case, EventRetracted(hour(2), 2)) == "202610-009"
    assert twins.merger_undone(case, EventRetracted(hour(2), 1)) is None and twins.merger_undone(case, merged) is None


# --- at the desk --------------------------------------------------------------------------------------------------

MORNING = "2026-10-12 09:00"
RULES = """
rulebook: twins
title: Twins
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-12:00, 13:00-18:00"}}
owners: {tech: {title: Tech, head: zhao, members: [li]}}
channels: {phone: Phone}
pauses: {parts: Parts}
targets:
  respond: {until: responded}
  hear: {from: registered, until: acknowledged}
  reply: {from: replied, until: responded, repeats: true, pauses: true}
  resolve: {until: resolved}
categories: {other: {title: Other, owner: tech}}
priorities: {P1: {title: Normal, targets: {respond: 1h, hear: 1h, reply: 1h, resolve: 1wd}}}
default: {category: other, priority: P1, owner: tech}
demands: []
"""


@pytest.fixture
def desk(call: Runner, tmp_path: Path) -> Path:
    """Two calls of one customer; the second was answered, and then merged into the first, which nobody answered."""
    (tmp_path / "r.yaml").write_text(RULES)
    for now, line in (
        (MORNING, ("init", "--rules", "r.yaml")),
        ("2026-10-12 09:01", ("register", "it leaks", "--channel", "phone")),
        ("2026-10-12 09:05", ("register", "it leaks, I said", "--channel", "phone")),
        ("2026-10-12 09:08", ("acknowledge", "002", "--as", "li")),
        ("2026-10-12 09:10", ("respond", "002", "on our way", "--as", "li")),
    ):
        assert call(*line, now=now).code == 0
    return tmp_path / "afterservice.db"


def merge(call: Runner, now: str = "2026-10-12 15:00", *words: str) -> Any:
    done = call("merge", "002", "001", "--reason", "told twice", *words, now=now)
    assert done.code == 0, done.err
    return done


def shown(call: Runner, case: str = "001", now: str = "2026-10-12 15:30") -> dict[str, Any]:
    value: dict[str, Any] = json.loads(call("show", case, "--json", now=now).out)
    return value


def became(call: Runner, case: str = "001", now: str = "2026-10-12 15:30") -> dict[str, str]:
    return {deadline["target"]: deadline["verdict"] for deadline in shown(call, case, now)["deadlines"]}


def test_an_answer_to_a_merged_twin_counts_for_the_case_that_goes_on(desk: Path, call: Runner) -> None:
    assert became(call) | {"resolve": ""} == {"respond": "missed", "hear": "missed", "resolve": ""}
    said = merge(call).err
    assert "counts in 202610-001: acknowledged 2026-10-12 09:08" in said
    assert "counts in 202610-001: responded 2026-10-12 09:10" in said
    assert became(call) | {"resolve": ""} == {"respond": "met", "hear": "met", "resolve": ""}
    english = call("explain", "001", now="2026-10-12 15:30").out
    assert "responded): met 2026-10-12 09:10 in 202610-002\n" in english
    chinese = call("explain", "001", now="2026-10-12 15:30", env={"AFTERSERVICE_LANG": "zh"}).out
    assert "：按时 2026-10-12 09:10（202610-002）\n" in chinese
    table = call("show", "001", now="2026-10-12 15:30").out
    assert "\tintake\t2026-10-12 09:10\tcounted from a twin\t" in table and "\tresponded: 202610-002\n" in table
    values = json.loads(call("explain", "001", "--json", now="2026-10-12 15:30").out)["deadlines"]
    assert {deadline["target"]: deadline["told_in"] for deadline in values} == {
        "respond": "202610-002",
        "hear": "202610-002",
        "resolve": None,
    }
    assert call("check", "--rebuild", now="2026-10-12 15:30").code == 0
    assert became(call)["respond"] == "met"
    assert call("check", now="2026-10-12 15:30").code == 0


def test_the_report_counts_it_as_met_and_as_a_first_response(desk: Path, call: Runner) -> None:
    def figures() -> tuple[int, int, float]:
        told = json.loads(call("report", "--month", "2026-10", "--json", now="2026-10-13 09:00").out)
        figures = told["figures"]
        return figures["respond.met"], figures["respond.missed"], figures["first_response.mean"]

    assert figures() == (1, 1, 5.0)
    merge(call)
    assert figures() == (1, 0, 9.0)


def test_undoing_the_merger_takes_back_what_counted(desk: Path, call: Runner) -> None:
    merge(call)
    assert call("merge", "002", "--undo", "--reason", "two leaks", now="2026-10-12 15:10").code == 0
    assert became(call) | {"resolve": ""} == {"respond": "missed", "hear": "missed", "resolve": ""}
    assert became(call, "002")["respond"] == "met"
    events = shown(call)["events"]
    assert [(event["kind"], event["retracted"]) for event in events[1:]] == [
        ("TwinCounted", True),
        ("TwinCounted", True),
        ("EventRetracted", False),
        ("EventRetracted", False),
    ]
    assert [event["personal"] for event in events[3:]] == [{"reason": "two leaks"}] * 2
    merge(call, "2026-10-12 15:20")
    assert became(call)["respond"] == "met"
    (seq,) = [e["seq"] for e in shown(call, "002")["events"] if e["kind"] == "CaseMerged" and not e["retracted"]]
    assert call("retract", "002", str(seq), "--reason", "two leaks", now="2026-10-12 15:25").code == 0
    assert became(call)["respond"] == "missed"
    assert call("check", "--rebuild", now="2026-10-12 15:30").code == 0


def test_undoing_a_merger_of_a_merger_reaches_the_case_that_goes_on_at_last(desk: Path, call: Runner) -> None:
    assert call("register", "leaks", "--channel", "phone", now="2026-10-12 15:00").code == 0
    assert call("respond", "003", now="2026-10-12 15:01").code == 0
    assert call("merge", "003", "002", "--reason", "x", now="2026-10-12 15:02").code == 0
    merge(call, "2026-10-12 15:03")
    assert [event["body"].get("twin") for event in shown(call)["events"]][1:] == [
        *("202610-002", "202610-002", "202610-003")
    ]
    assert call("merge", "003", "--undo", "--reason", "another", now="2026-10-12 15:04").code == 0
    for case in ("001", "002"):
        events = [event for event in shown(call, case)["events"] if not event["retracted"]]
        assert "202610-003" not in [event["body"].get("twin") for event in events]
    assert became(call)["respond"] == "met"
    assert call("merge", "002", "--undo", "--reason", "another", now="2026-10-12 15:05").code == 0
    assert became(call)["respond"] == "missed"
    assert call("check", "--rebuild", now="2026-10-12 15:30").code == 0


def test_a_merger_can_be_undone_though_the_other_case_has_gone_on(desk: Path, call: Runner) -> None:
    assert call("note", "002", "and the lid", "--from-customer", now="2026-10-12 09:20").code == 0
    merge(call, "2026-10-12 09:30")
    assert became(call, now="2026-10-12 09:30")["reply"] == "running"
    assert call("pause", "001", "--for", "parts", now="2026-10-12 09:40").code == 0
    assert call("resume", "001", now="2026-10-12 09:50").code == 0
    assert call("merge", "002", "--undo", "--reason", "two", now="2026-10-12 10:00").code == 0
    assert became(call, now="2026-10-12 10:00")["reply"] == "void"
    merge(call, "2026-10-12 10:10")
    for line in (("respond", "001"), ("resolve", "001", "mended"), ("close", "001")):
        assert call(*line, now="2026-10-12 10:11").code == 0
    before = became(call)
    assert call("merge", "002", "--undo", "--reason", "two", now="2026-10-12 10:12").code == 0
    assert became(call) == before, "an archive does not change"
    assert call("check", "--rebuild", now="2026-10-12 15:30").code == 0


def test_what_counts_opens_the_tasks_that_hang_on_it(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(RULES + "tasks: {call: {title: Call, on: replied, by: tech, within: 1h}}\n")
    assert call("init", "--rules", "r.yaml").code == 0
    for minute in ("09:01", "09:05"):
        assert call("register", "it leaks", "--channel", "phone", now=f"2026-10-12 {minute}").code == 0
    assert call("note", "002", "and the lid", "--from-customer", now="2026-10-12 09:20").code == 0
    merge(call, "2026-10-12 09:30")

    def there() -> list[tuple[str, str]]:
        return [(task["name"], task["state"]) for task in shown(call)["tasks"]]

    assert there() == [("call", "open")]
    (deadline,) = [one for one in shown(call)["deadlines"] if one["target"] == "task:call"]
    assert deadline["due_at"] == "2026-10-12T02:20:00Z"
    assert call("merge", "002", "--undo", "--reason", "two", now="2026-10-12 10:00").code == 0
    assert there() == []


def test_both_cases_or_none_are_written(desk: Path, call: Runner) -> None:
    before = query(desk, "SELECT count(*) FROM events")
    assert call("merge", "002", "001", "--reason", "x", "--if-version", "1").code == 5
    assert call("merge", "002", "001", "--reason", "x", "--at", "2026-10-11", now="2026-10-12 15:00").code == 3
    assert query(desk, "SELECT count(*) FROM events") == before
    merge(call, "2026-10-12 15:00", "--if-version", "3")
    assert shown(call)["version"] == 3


def test_an_answer_to_the_twin_after_the_merger_is_sent_to_the_case_that_goes_on(desk: Path, call: Runner) -> None:
    merge(call)
    done = call("respond", "002", now="2026-10-12 15:30")
    assert done.code == 6
    assert done.err == (
        "afterservice: 202610-002 was merged into 202610-001 and cannot be changed\n"
        "  go on with 202610-001: afterservice show 202610-001\n"
    )
    assert call("show", "202610-001", now="2026-10-12 15:30").code == 0


def test_a_file_that_tells_of_an_answer_of_its_own_is_no_conflict(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        "profile: p\nidentity: [no]\ndefaults: {channel: phone}\n"
        "columns: {received_at: at, description: text}\ncourse: [{event: responded, at: answered}]\n"
    )
    rows = "no,at,text,answered\n9,2026-10-12 09:02,it drips,{}\n"
    (tmp_path / "f.csv").write_text(rows.format(""))
    assert call("import", "f.csv", "--profile", "p.yaml", now="2026-10-12 10:00").code == 0
    assert call("merge", "002", "003", "--reason", "x", now="2026-10-12 10:01").code == 0
    (tmp_path / "f.csv").write_text(rows.format("2026-10-12 09:30"))
    done = call("import", "f.csv", "--profile", "p.yaml", now="2026-10-12 10:02")
    assert done.code == 0, done.err + done.out
    kinds = [event["kind"] for event in shown(call, "003")["events"]]
    assert kinds.count("TwinCounted") == 2 and "CaseResponded" in kinds
