"""What waits for an answer, what is done about what was missed, and how each deadline is explained."""

import json
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from conftest import Once, Runner, query

NINE, TEN, HALF_PAST = "2026-10-14 09:00", "2026-10-14 10:00", "2026-10-14 10:30"
EVENING = "2026-10-14 18:30"


@pytest.fixture
def place(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A desk with three cases: one that runs, one that waits, one that is urgent; all of a Wednesday at nine."""

    def three_cases() -> None:
        (tmp_path / "stories.yaml").write_text(rulebooks.text("stories"), "utf-8")
        assert call("init", "--rules", "stories.yaml", now=NINE).code == 0
        for text in ("it rattles", "it hums", "it smells"):
            assert call("register", text, "--channel", "phone", now=NINE).code == 0
        assert call("pause", "002", "--for", "parts", now=TEN).code == 0
        assert call("classify", "003", "--priority", "P1", "--reason", "smoke", now=TEN).code == 0

    once(three_cases)
    return tmp_path / "afterservice.db"


def due(call: Runner, now: str, *words: str) -> list[dict[str, Any]]:
    done = call("due", *words, "--json", now=now)
    assert done.code == 0
    rows: list[dict[str, Any]] = json.loads(done.out)
    return rows


def adopted(place: Path, call: Runner, now: str, *changes: tuple[str, str]) -> None:
    rules = place.with_name("afterservice.rules.yaml")
    text = rules.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    rules.write_text(text, "utf-8")
    assert call("rules", "adopt", "--yes", now=now).code == 0


def test_overdue_first_then_soonest_then_what_waits(place: Path, call: Runner) -> None:
    rows = [(row["case"][-3:], row["target"], row["state"], row["paused_minutes"]) for row in due(call, HALF_PAST)]
    assert rows == [
        ("003", "respond", "overdue", None),
        ("003", "look", "running", None),
        ("001", "respond", "running", None),
        ("003", "resolve", "running", None),
        ("001", "look", "running", None),
        ("002", "look", "running", None),
        ("001", "resolve", "running", None),
        ("002", "respond", "paused", 30),
        ("002", "resolve", "paused", 30),
    ]


def test_a_task_of_the_head_of_a_team_is_said_to_be_theirs(place: Path, call: Runner) -> None:
    sign = "tasks: {sign: {title: Sign, on: responded, by: 'head:desk', within: 1wh}}\ncategories:"
    adopted(place, call, TEN, ("categories:", sign))
    assert call("respond", "001", now=TEN).code == 0
    (line,) = (line for line in call("due", "--labels", now=HALF_PAST).out.splitlines() if "Sign" in line)
    assert "head of Desk" in line


def test_a_warning_begins_to_the_second(place: Path, call: Runner) -> None:
    def state(now: str) -> str:
        (row,) = [row for row in due(call, now) if (row["case"][-3:], row["target"]) == ("001", "respond")]
        return str(row["state"])

    times = ("15:59:59", "16:00:00", "18:00:00", "18:00:01")
    assert [state(f"2026-10-14 {time}") for time in times] == ["running", "warning", "warning", "overdue"]


@pytest.mark.parametrize(
    ("within", "count"), [("30m", 2), ("29m", 1), ("2wh", 2), ("7wh", 3), ("1wd", 4), ("0m", 1), ("30d", 7)]
)
def test_within_takes_what_is_due_by_then_and_nothing_that_waits(
    place: Path, call: Runner, within: str, count: int
) -> None:
    rows = due(call, HALF_PAST, "--within", within)
    assert len(rows) == count
    assert "paused" not in {row["state"] for row in rows}


def test_of_one_owner_and_of_one_person(place: Path, call: Runner) -> None:
    assert call("assign", "001", "--owner", "li", "--reason", "knows it", now=TEN).code == 0
    assert {row["case"][-3:] for row in due(call, HALF_PAST, "--owner", "tech")} == {"001"}
    assert {row["person"] for row in due(call, HALF_PAST, "--person", "li")} == {"li"}
    assert {row["case"][-3:] for row in due(call, HALF_PAST, "--owner", "desk")} == {"002", "003"}


@pytest.mark.parametrize(
    ("now", "words", "code"),
    [
        (HALF_PAST, ("--exit-code",), 21),
        (HALF_PAST, (), 0),
        ("2026-10-14 16:30", ("--exit-code",), 21),
        (HALF_PAST, ("--exit-code", "--owner", "tech"), 0),
        (EVENING, ("--exit-code", "--where", "status=waiting"), 0),
        ("2026-10-14 16:30", ("--exit-code", "--where", "priority=P3"), 20),
        (EVENING, ("--exit-code", "--where", "priority=P3"), 21),
    ],
)
def test_cron_learns_it_from_the_exit_code(
    place: Path, call: Runner, now: str, words: tuple[str, ...], code: int
) -> None:
    assert call("due", *words, now=now).code == code


def test_the_exit_code_tells_of_what_a_limit_leaves_out_too(place: Path, call: Runner) -> None:
    later, asked = "2026-10-14 16:30", ("--where", "priority=P3")
    for text in ("it squeaks", "it clicks"):
        assert call("register", text, "--channel", "chat", now="2026-10-14 15:59").code == 0
    assert [row["state"] for row in due(call, later, *asked)][:3] == ["running", "running", "warning"]
    done = call("due", "--limit", "1", "--exit-code", *asked, now=later)
    assert (done.code, len(done.out.splitlines())) == (20, 2)


def test_the_table_says_how_long_in_both_languages(place: Path, call: Runner) -> None:
    _, *lines = call("due", "--labels", now=HALF_PAST).out.splitlines()
    assert [line.split("\t")[1] for line in lines[:3]] == ["overdue 30m", "30m", "7h 30m"]
    assert lines[-1].split("\t")[1] == "paused 30m"
    _, *chinese = call("due", "--labels", now=HALF_PAST, env={"AFTERSERVICE_LANG": "zh"}).out.splitlines()
    assert (chinese[0].split("\t")[1], chinese[-1].split("\t")[1]) == ("已超时 30分钟", "暂停 30分钟")


def test_what_a_closed_case_still_owes_is_told_as_that(place: Path, call: Runner) -> None:
    thank = ("  look: {", "  thank: {from: closed, until: responded}\n  look: {")
    adopted(place, call, TEN, thank, ("P3: {title: Normal, targets: {", "P3: {title: Normal, targets: {thank: 1wd, "))
    assert call("close", "001", "--resolution", "x", "--confirmed", now=TEN).code == 0
    rows = [line.split("\t")[:4] for line in call("due", "--labels", now="2026-10-15 18:30").out.splitlines()]
    assert ["2026-10-15 18:00", "overdue 30m", "202610-001", "thank [closed]"] in rows
    assert [row[3] for row in rows if row[3].endswith("]")] == ["thank [closed]"]


def test_seconds_are_told_where_a_sum_needs_them_and_not_in_lists(place: Path, call: Runner) -> None:
    assert call("register", "it hums", "--channel", "phone", now="2026-10-14 09:00:20").code == 0
    assert "2026-10-15 09:00\t" in call("due", "--labels", now=TEN).out
    told = "Wed 14 Oct 7h 59m 40s; Thu 15 Oct 0h 00m 20s → due Thu 15 Oct 09:00:20\n"
    assert f"8 working hours from Wed 14 Oct 09:00:20: {told}" in call("explain", "004", now=TEN).out


# --- escalate ---------------------------------------------------------------------------------------------------


def test_escalating_is_done_once_and_tried_without_a_trace(place: Path, call: Runner) -> None:
    before = query(place, "SELECT count(*) FROM events")
    tried = call("escalate", "--dry-run", "--json", now=EVENING)
    assert query(place, "SELECT count(*) FROM events") == before
    done = call("escalate", "--json", now=EVENING)
    assert json.loads(tried.out) == json.loads(done.out)
    told = [(row["case"][-3:], row["target"], row["raised_from"], row["priority"]) for row in json.loads(done.out)]
    assert told == [("001", "respond", "P3", "P2"), ("003", "respond", "P1", "P1"), ("003", "look", "P1", "P1")]
    assert {(row["owner"], row["person"], *row["told"]) for row in json.loads(done.out)} == {("desk", "sun", "sun")}
    assert json.loads(call("escalate", "--json", now=EVENING).out) == []
    assert call("check", now=EVENING).code == 0


def test_escalating_only_some(place: Path, call: Runner) -> None:
    rows = json.loads(call("escalate", "--where", "priority=P3", "--json", now=EVENING).out)
    assert [row["case"][-3:] for row in rows] == ["001"]
    assert {row["case"][-3:] for row in json.loads(call("escalate", "--json", now=EVENING).out)} == {"003"}


def test_what_waited_is_escalated_once_it_runs_out_afterwards(place: Path, call: Runner) -> None:
    assert call("resume", "002", now="2026-10-15 09:30").code == 0
    assert "202610-002" not in call("escalate", now="2026-10-15 17:30").out
    assert "202610-002\trespond" in call("escalate", now="2026-10-15 17:31").out


# --- explain ----------------------------------------------------------------------------------------------------


def explained(call: Runner, case: str, now: str = EVENING) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(call("explain", case, "--json", now=now).out)
    return value


def test_explain_tells_who_decided_what_by_which_rule_of_which_rulebook(place: Path, call: Runner) -> None:
    decisions = {decision["field"]: decision for decision in explained(call, "003")["decisions"]}
    assert (decisions["category"]["rule"], decisions["category"]["by"]) == ("default.category", "default")
    assert (decisions["priority"]["by"], decisions["priority"]["reason"]) == ("person", "smoke")
    assert len({decision["rulebook"] for decision in decisions.values()}) == 1


def test_explain_tells_each_move_with_its_cause(place: Path, call: Runner) -> None:
    assert call("resume", "002", "--reason", "parts came", now="2026-10-15 09:30").code == 0
    told = {d["target"]: d for d in explained(call, "002", "2026-10-15 10:00")["deadlines"]}
    moves = [(move["event"], move["before"], move["due_at"], move["reason"]) for move in told["respond"]["moves"]]
    assert moves == [
        ("registered", None, "2026-10-14T10:00:00Z", None),
        ("resumed", "2026-10-14T10:00:00Z", "2026-10-15T09:30:00Z", "parts came"),
    ]
    assert told["respond"]["pauses"] == [{"from_at": "2026-10-14T02:00:00Z", "to_at": "2026-10-15T01:30:00Z"}]
    assert [day["counted"] for day in told["respond"]["days"]] == [3600, 7 * 3600]
    assert [(day["kind"], day["counted"]) for day in told["resolve"]["days"]][:3] == [
        ("start", 0),
        ("paused", 0),
        ("working", 1),
    ]
    assert told["look"]["pauses"] == []
    assert [move["event"] for move in told["look"]["moves"]] == ["registered"]


def test_a_pause_after_the_answer_is_none_of_the_deadlines(place: Path, call: Runner) -> None:
    assert call("respond", "001", "hello", now=TEN).code == 0
    assert call("pause", "001", "--for", "parts", now=TEN).code == 0
    assert call("resume", "001", now="2026-10-15 09:30").code == 0
    told = {d["target"]: d for d in explained(call, "001", "2026-10-15 10:00")["deadlines"]}
    assert (told["respond"]["pauses"], [day["counted"] for day in told["respond"]["days"]]) == ([], [8 * 3600])
    assert len(told["resolve"]["pauses"]) == 1


def test_explain_tells_what_stands_still_and_since_when(place: Path, call: Runner) -> None:
    told = {d["target"]: d["paused_at"] for d in explained(call, "002")["deadlines"]}
    assert told == {"respond": "2026-10-14T02:00:00Z", "resolve": "2026-10-14T02:00:00Z", "look": None}
    assert "paused since 2026-10-14 10:00: what is left runs on" in call("explain", "002", now=EVENING).out


def test_explain_tells_what_an_escalation_did_and_why(place: Path, call: Runner) -> None:
    assert call("escalate", now=EVENING).code == 0
    found = {decision["field"]: decision for decision in explained(call, "001")["decisions"]}
    told = [tuple(found[field][name] for name in ("value", "by", "rule", "missed")) for field in ("priority", "person")]
    assert told == [
        ("P2", "escalation", "consequences[1].raise_priority", "respond"),
        ("sun", "escalation", "consequences[1].hand_to", "respond"),
    ]
    assert "consequences[1].hand_to ('respond' was missed) [event" in call("explain", "001", now=EVENING).out
    assert call("assign", "001", "--to", "lin", "--reason", "x", now=EVENING).code == 0
    given = explained(call, "001")["decisions"][-1]
    assert [given[name] for name in ("value", "by", "rule", "reason", "missed")] == ["lin", "person", None, "x", None]


def test_explain_reads_as_sentences_in_both_languages(place: Path, call: Runner) -> None:
    assert call("resume", "002", now="2026-10-15 09:30").code == 0
    english = call("explain", "002", now="2026-10-15 10:00").out
    assert "8 working hours from Wed 14 Oct 09:00: Wed 14 Oct 1h 00m; Thu 15 Oct 7h 00m → due" in english
    assert "Thu 15 Oct off (paused)" in english
    assert "moved 2026-10-14 18:00 → 2026-10-15 17:30" in english
    chinese = call("explain", "002", now="2026-10-15 10:00", env={"AFTERSERVICE_LANG": "zh"}).out
    assert "8小时工作时间：10月14日周三 1小时；10月15日周四 7小时 → 截止10月15日周四 17:30" in chinese
    assert "10月15日周四不计（暂停）" in chinese


def test_explain_tells_of_a_case_whose_registration_was_taken_back(place: Path, call: Runner) -> None:
    assert call("retract", "001", "2", "--reason", "wrong desk", now=TEN).code == 0
    value = explained(call, "001")
    assert [decision["seq"] for decision in value["decisions"]] == [2, 2, 2]
    assert {deadline["verdict"] for deadline in value["deadlines"]} == {"void"}
    out = value["taken_out"]
    assert (value["status"], out["event"], out["at"], out["reason"]) == (
        "void",
        "retracted",
        "2026-10-14T02:00:00Z",
        "wrong desk",
    )
    assert "status: void (retracted)\n  event " in call("explain", "001", now=TEN).out
    chinese = call("explain", "001", now=TEN, env={"AFTERSERVICE_LANG": "zh"}).out
    assert "状态：作废 (已撤回)" in chinese
    assert explained(call, "003")["taken_out"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("withdraw", "001", "--reason", "found it"), "status: closed (withdrawn)\n  event 7, {} – found it\n"),
        (
            ("merge", "001", "003", "--reason", "twins"),
            "status: void (merged into 202610-003)\n  event 7, {} – twins\n",
        ),
        (("screen", "001", "--invalid", "advertising"), "status: void (invalid)\n  event 7, {} – Advertising\n"),
    ],
)
def test_explain_tells_what_took_a_case_out(place: Path, call: Runner, words: tuple[str, ...], told: str) -> None:
    assert call(*words, now=TEN).code == 0
    out = call("explain", "001", now=TEN).out
    assert told.format(explained(call, "001")["taken_out"]["actor"] + ", 2026-10-14 10:00") in out


def test_what_leaves_a_deadline_where_it_is_is_told_as_that_or_not_at_all(place: Path, call: Runner) -> None:
    adopted(place, call, TEN, ("P4: {title: Low, targets: {", "P4: {title: Low, targets: {respond: 8wh, look: 16wh, "))
    assert call("classify", "001", "--priority", "P4", "--reason", "x", now=TEN).code == 0
    english = call("explain", "001", now=TEN).out
    assert "  stays at 2026-10-14 18:00: 8wh · priorities.P4.targets.respond [event " in english
    assert "  stays at 2026-10-16 18:00: " not in english
    assert (
        "仍为 2026-10-14 18:00：8小时工作时间 · priorities.P4"
        in call("explain", "001", now=TEN, env={"AFTERSERVICE_LANG": "zh"}).out
    )


def test_a_calendar_that_moves_a_deadline_is_named_and_a_warning_that_moves_is_no_move(
    place: Path, call: Runner
) -> None:
    december = "2026-12-30 09:00"
    adopted(place, call, december, ('18:00"}}', '18:00"}, public_holidays: CN}'))
    assert call("register", "it hums", "--channel", "phone", now=december).code == 0
    adopted(place, call, december, ("warn: 2wh", "warn: 3wh"))
    (resolve,) = [d for d in explained(call, "202612-001", december)["deadlines"] if d["target"] == "resolve"]
    assert (resolve["provisional"], [move["event"] for move in resolve["moves"]]) == (True, ["registered"])
    adopted(place, call, december, ("public_holidays: CN", "public_holidays: DE-BY"))
    was, now = "2027-01-07 18:00", "2027-01-08 18:00"
    english = call("explain", "202612-001", now=december).out
    assert f"  moved {was} → {now}: 5wd · priorities.P3.targets.resolve [event " in english
    assert "deadline moved] – the calendar of the adopted rulebook\n" in english
    chinese = call("explain", "202612-001", now=december, env={"AFTERSERVICE_LANG": "zh"}).out
    assert f"  调整 {was} → {now}：5个工作日 · priorities.P3.targets.resolve [事件 " in chinese
    assert "时限调整] – 新采用规则的日历\n" in chinese
    assert [word for word in ("calendar", "delayed") if word in chinese] == []


def test_explain_tells_a_delay_as_the_promise_it_is(place: Path, call: Runner) -> None:
    assert call("delay", "001", "--to", "2026-11-02", "--reason", "no parts", now=TEN).code == 0
    assert "put to the day that the customer was told: Mon 2 Nov 18:00" in call("explain", "001", now=TEN).out
    (resolve,) = [d for d in explained(call, "001")["deadlines"] if d["target"] == "resolve"]
    assert (resolve["rule"], resolve["moves"][-1]["reason"]) == ("delayed", "no parts")
    assert (resolve["promised_at"], resolve["due_at"], resolve["days"]) == (*["2026-11-02T10:00:00Z"] * 2, [])


def test_and_tells_beside_it_where_it_came_to_lie_because_the_case_waited_since(place: Path, call: Runner) -> None:
    # 002 waits since ten; it has waited for two days since the customer was told.
    assert call("delay", "002", "--to", "2026-10-22 12:00", "--reason", "no parts", now=HALF_PAST).code == 0
    assert call("resume", "002", now="2026-10-16 10:30").code == 0
    told = {d["target"]: d for d in explained(call, "002", "2026-10-16 11:00")["deadlines"]}
    assert told["resolve"]["promised_at"] == "2026-10-22T04:00:00Z"
    assert told["resolve"]["due_at"] == "2026-10-24T04:00:00Z"
    assert (told["respond"]["promised_at"], told["look"]["promised_at"]) == (None, None)
    english = call("explain", "002", now="2026-10-16 11:00").out
    assert "told: Thu 22 Oct 12:00; with the time it waited since: Sat 24 Oct 12:00\n" in english
    assert "→ 2026-10-22 12:00: the day that the customer was told [event 7, delay announced] – no parts" in english
    assert "→ 2026-10-24 12:00: the time it waited since [event 8, resumed]" in english
    chinese = call("explain", "002", now="2026-10-16 11:00", env={"AFTERSERVICE_LANG": "zh"}).out
    assert "按告知客户的时间：10月22日周四 12:00；加上此后暂停的时间：10月24日周六 12:00\n" in chinese
    assert [word for word in ("calendar", "delayed") if word in chinese] == []


def test_what_the_case_waited_before_the_customer_was_told_is_none_of_the_promise(place: Path, call: Runner) -> None:
    assert call("resume", "002", now=HALF_PAST).code == 0
    assert call("delay", "002", "--to", "2026-10-22 12:00", "--reason", "no parts", now="2026-10-14 11:00").code == 0
    (resolve,) = [d for d in explained(call, "002")["deadlines"] if d["target"] == "resolve"]
    assert resolve["pauses"] == []


def test_a_deadline_is_explained_by_the_rulebook_under_which_it_was_set(place: Path, call: Runner) -> None:
    before = explained(call, "001")
    rules = place.with_name("afterservice.rules.yaml")
    rules.write_text(rules.read_text("utf-8").replace("09:00-12:00", "10:00-12:00").replace("8wh", "1wh"), "utf-8")
    assert call("rules", "adopt", "--yes", now=HALF_PAST).code == 0
    assert explained(call, "001") == before


def test_what_a_closed_case_still_owes_is_due_overdue_and_escalated_alike(tmp_path: Path, call: Runner) -> None:
    after = rulebooks.text(
        "stories", ("  look:", "  ask: {from: closed, until: rated}\n  look:"), ("2wd,", "2wd, ask: 1wd,")
    )
    after = after.replace("{on: missed, targets: [resolve], tell", "{on: missed, tell")
    (tmp_path / "after.yaml").write_text(after, "utf-8")
    assert call("init", "--rules", "after.yaml", now=NINE).code == 0
    assert call("register", "it rattles", "--channel", "phone", now=NINE).code == 0
    assert call("close", "001", "--resolution", "x", "--confirmed", now=TEN).code == 0
    later = "2026-10-20 10:00"
    assert [row["target"] for row in due(call, later)] == ["ask"]
    assert call("due", "--exit-code", now=later).code == 21
    listed = json.loads(call("list", "--overdue", "--sort", "due", "--json", now=later).out)
    assert [(row["case"][-3:], row["status"]) for row in listed] == [("001", "closed")]
    (row,) = json.loads(call("escalate", "--json", now=later).out)
    assert (row["target"], row["priority"], row["raised_from"], row["told"]) == ("ask", "P3", "P3", ["sun"])
    assert json.loads(call("escalate", "--json", now=later).out) == []
    assert call("check", now=later).code == 0


def test_a_task_is_called_what_its_own_plan_calls_it(tmp_path: Path, call: Runner) -> None:
    """`back` is 收到产品 where a product is repaired, and 收到退货 where it is taken back."""
    assert call("init", "--rules", "product-feedback").code == 0
    words = "--channel phone --kind complaint --customer 张伟 --contact 13800000001 --product X200 --field demand=退货"
    bought = "--field purchased_on=2026-09-01 --field serial_number=SN1"
    assert call("register", "屏幕闪烁", *words.split(), *bought.split()).code == 0
    for line in (
        "assess 001 --visit remote --as li",
        "propose 001 --disposition return --give refund=99 --as li",
        "approve 001 --as zhao",
        "agree 001 --yes",
    ):
        assert call(*line.split()).code == 0
    chinese = {"AFTERSERVICE_LANG": "zh"}
    for line in ("tasks --labels", "due --labels", "show 001", "explain 001", "escalate --labels"):
        shown = call(*line.split(), now="2026-10-30 09:00", env=chinese).out
        assert ("收到退货" in shown, "收到产品" in shown) == (True, False), line
