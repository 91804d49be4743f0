"""Problems and measures at a desk: what raises an alarm, who hears of it, where it is seen, and what is counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from afterservice_cli.output_text import width
from afterservice_cli.store.reading import problems as store
from afterservice_cli.workflows.desk import Desk
from conftest import Once, Runner, query
from given import RECEIVED
from problem_desks import BOOK, DAY, NOON

BOOK += 'messages: {part: {on: gathered, to: owner, text: "{case} is part of {problem}"}}\n'
PROFILE = """\
profile: shop
columns: {number: no, received_at: at, channel: by, product: of, batch: batch, description: text}
"""


@pytest.fixture
def desk(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A new desk of Monday, 12 October."""

    def new() -> None:
        (tmp_path / "small.yaml").write_text(BOOK, "utf-8")
        assert call("init", "--rules", "small.yaml", now="2026-10-12 09:00").code == 0

    once(new)
    return tmp_path / "afterservice.db"


def registered(call: Runner, day: int, product: str = "X-1", batch: str = "A17", text: str = "it rattles") -> Any:
    words = ("register", text, "--channel", "phone", "--product", product, "--field", f"batch={batch}", "--json")
    done = call(*words, now=DAY.format(day))
    assert done.code == 0, done.err
    return json.loads(done.out)


def told(call: Runner, *words: str, now: str = NOON) -> Any:
    done = call(*words, "--json", now=now)
    assert done.code == 0, done.err
    return json.loads(done.out)


def members(desk: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem, case in query(desk, "SELECT problem, case_id FROM problem_cases ORDER BY problem, case_id"):
        found.setdefault(str(problem), []).append(str(case)[-3:])
    return found


# --- alarms -----------------------------------------------------------------------------------------------------


def test_the_third_case_raises_the_alarm_once_and_further_ones_join(desk: Path, call: Runner) -> None:
    first, second, third = (registered(call, day) for day in (13, 14, 15))
    assert (first["messages"], second["messages"], first["problems"]) == ([], [], {})
    assert third["problems"] == {"P2026-001": "batch"}
    assert third["priority"] == "P1" and third["fields"]["impact"] == "many"
    assert [(message["template"], message["people"]) for message in third["messages"]] == [
        *[("part", ["wei", "shen"][:1])] * 3,
        ("problems.batch", ["wei", "shen"]),
        ("problems.batch", ["ann"]),
    ]
    assert members(desk) == {"P2026-001": ["001", "002", "003"]}
    assert [case["priority"] for case in told(call, "list")] == ["P1", "P1", "P1"]
    fourth = registered(call, 16)
    assert [message["template"] for message in fourth["messages"]] == ["part"]
    assert members(desk) == {"P2026-001": ["001", "002", "003", "004"]}
    assert call("check").both == ""


@pytest.mark.parametrize(
    ("product", "batch", "text", "day"),
    [
        ("X-2", "A17", "it rattles", 15),
        ("X-1", "A18", "it rattles", 15),
        ("X-1", "A17", "hm", 15),
        ("X-1", "A17", "it rattles", 21),
    ],
)
def test_another_product_batch_category_or_week_is_none(
    desk: Path, call: Runner, product: str, batch: str, text: str, day: int
) -> None:
    registered(call, 13)
    registered(call, 14)
    registered(call, day, product, batch, text)
    assert members(desk) == {}


def test_what_is_void_does_not_count(desk: Path, call: Runner) -> None:
    registered(call, 13)
    assert call("screen", "last", "--invalid", "spam", now=DAY.format(13)).code == 0
    registered(call, 14)
    registered(call, 15)
    assert members(desk) == {}
    registered(call, 16)
    assert members(desk) == {"P2026-001": ["002", "003", "004"]}


def test_the_screen_says_which_problem_a_case_belongs_to(desk: Path, call: Runner) -> None:
    registered(call, 13)
    registered(call, 14)
    words = ("register", "it rattles", "--channel", "phone", "--product", "X-1", "--field", "batch=A17")
    done = call(*words, "-v", now=DAY.format(15))
    assert "  Impact    Many (many)        problems.batch.set.impact\n" in done.out
    assert "\nmessage → wei, shen\n  Batch problem P2026-001: X-1 · A17 · Rattle, 3 cases:" in done.out
    assert "part of Batch problem P2026-001: afterservice problem show P2026-001\n" in done.err
    shown = call("show", "1", now=NOON).out
    assert "  part of  P2026-001  Batch problem\n" in shown
    assert "part of a problem" in shown
    (explained,) = [line for line in call("explain", "1", now=NOON).out.splitlines() if "problems.batch.set" in line]
    assert explained


def test_the_alarm_goes_into_the_outbox(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for day in (13, 14, 15):
        words = ("register", "it rattles", "--channel", "phone", "--product", "X-1", "--field", "batch=A17")
        assert call(*words, "--outbox", "out", now=DAY.format(day)).code == 0
    files = [path for path in (tmp_path / "out").iterdir() if "problems.batch" in path.name]
    assert len(files) == 2
    assert any(path.read_text("utf-8").startswith("To: wei, shen\nCase: 202610-003\n") for path in files)


@pytest.mark.parametrize(
    ("other", "change"),
    [
        ("hm", ("classify", "3", "--category", "rattle", "--reason", "it does")),
        ("it rattles", ("amend", "3", "--set", "batch=A17", "--reason", "misheard")),
    ],
)
def test_a_correction_may_raise_it(desk: Path, call: Runner, other: str, change: tuple[str, ...]) -> None:
    registered(call, 13)
    registered(call, 14)
    registered(call, 15, batch="A17" if other == "hm" else "B", text=other)
    assert members(desk) == {}
    done = call(*change, now=NOON)
    assert "part of Batch problem P2026-001" in done.err
    assert members(desk) == {"P2026-001": ["001", "002", "003"]}


def test_a_problem_that_is_closed_takes_no_more_and_counts_no_case_twice(desk: Path, call: Runner) -> None:
    for day in (13, 14, 15):
        registered(call, day)
    assert call("problem", "close", "1", "a bad screw", "--as", "wei", now=DAY.format(15)).code == 0
    registered(call, 16)
    registered(call, 16)
    assert members(desk) == {"P2026-001": ["001", "002", "003"]}
    registered(call, 17)
    assert members(desk) == {"P2026-001": ["001", "002", "003"], "P2026-002": ["004", "005", "006"]}


def test_a_file_raises_alarms_that_are_told(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PROFILE, "utf-8")
    rows = [f"{number},2026-10-0{number},phone,X-1,A17,it rattles" for number in (1, 5, 6, 7)]
    (tmp_path / "f.csv").write_text("no,at,by,of,batch,text\n" + "\n".join(rows) + "\n", "utf-8")
    dry = call("import", "f.csv", "--profile", "p.yaml", "--dry-run", now=NOON)
    assert "message" not in dry.out and members(desk) == {}
    done = call("import", "f.csv", "--profile", "p.yaml", now=NOON)
    assert "message → wei, shen" in done.out
    assert "cases became part of problems: P2026-001" in done.err
    assert members(desk) == {"P2026-001": ["001", "002", "003", "004"]}
    assert call("check").both == ""


def test_nothing_is_raised_twice_by_a_file_that_is_read_again(desk: Path, call: Runner, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(PROFILE, "utf-8")
    rows = [f"{number},2026-10-0{number},phone,X-1,A17,it rattles" for number in (5, 6, 7)]
    (tmp_path / "f.csv").write_text("no,at,by,of,batch,text\n" + "\n".join(rows) + "\n", "utf-8")
    assert told(call, "import", "f.csv", "--profile", "p.yaml")["problems"] == ["P2026-001"]
    assert told(call, "import", "f.csv", "--profile", "p.yaml")["problems"] == []


# --- by hand ----------------------------------------------------------------------------------------------------


def test_a_person_opens_one_and_cases_join_what_they_share(desk: Path, call: Runner) -> None:
    registered(call, 13)
    opened = told(call, "problem", "open", "Rattling", "--case", "1", "--kind", "known")
    assert (opened["problem"], opened["title"], opened["same"], opened["cases"]) == (
        *("P2026-001", "Rattling", {"category": "rattle"}, 1),
    )
    registered(call, 16, product="X-9")
    assert members(desk) == {"P2026-001": ["001", "002"]}
    second = call("problem", "open", "Again", "--case", "2", "--kind", "known", now=NOON)
    assert (second.code, second.err) == (
        5,
        "afterservice: P2026-001 is open for the same\n  afterservice problem show P2026-001\n",
    )


def test_cases_are_added_and_dropped(desk: Path, call: Runner) -> None:
    for day in (13, 14):
        registered(call, day, text="hm")
    told(call, "problem", "open", "Odd", "--by", "desk", "--until", "2026-10-20")
    assert told(call, "problem", "add", "P2026-001", "1", "2")["cases"] == 2
    assert told(call, "problem", "drop", "1", "1", "--reason", "another")["cases"] == 1
    assert members(desk) == {"P2026-001": ["002"]}
    assert call("problem", "drop", "1", "1", "--reason", "x", now=NOON).code == 4
    assert call("problem", "add", "1", "2", now=NOON).code == 6


def test_an_assessment_names_a_known_problem(desk: Path, call: Runner) -> None:
    registered(call, 13, text="hm")
    told(call, "problem", "open", "Odd", "--by", "desk")
    case = told(call, "assess", "1", "--known", "P2026-001")
    assert (case["problems"], case["assessment"]["known"]) == ({"P2026-001": ""}, True)
    assert told(call, "assess", "1", "--known", "yes", "--visit", "remote")["problems"] == {"P2026-001": ""}
    assert call("assess", "1", "--known", "P2026-009", now=NOON).code == 4
    assert call("assess", "1", "--known", "perhaps", now=NOON).code == 3


@pytest.mark.parametrize("number", ["P2026-001", "p2026-001", "1", "001", "P1", "2026-001"])
def test_a_number_may_be_short(desk: Path, call: Runner, number: str) -> None:
    told(call, "problem", "open", "Odd", "--by", "desk")
    assert told(call, "problem", "show", number)["problem"] == "P2026-001"


# --- where it is seen -------------------------------------------------------------------------------------------


@pytest.fixture
def alarmed(desk: Path, once: Once, call: Runner) -> Path:
    """A desk with an alarm of Thursday, and one measure for each of a team, a person and a report."""

    def measured() -> None:
        for day in (13, 14, 15):
            registered(call, day)
        measure = ("measure", "add", "check A17", "--until", "2026-10-20", "--figure", "rattles")
        told(call, *measure, "--problem", "1")
        told(call, *measure, "--case", "1", "--by", "desk/bob")
        told(call, *measure, "--report", "2026-09", "--by", "desk", "--category", "Rattle")

    once(measured)
    return desk


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["measure:M2026-001", "measure:M2026-002", "measure:M2026-003", "problem:P2026-001"]),
        ("--owner quality", ["measure:M2026-001", "problem:P2026-001"]),
        ("--owner desk", ["measure:M2026-002", "measure:M2026-003"]),
        ("--mine --as bob", ["measure:M2026-002", "measure:M2026-003"]),
        ("--mine --as ann", ["measure:M2026-003"]),
        ("--person bob", ["measure:M2026-002"]),
        ("--where priority=P1", []),
    ],
)
@pytest.mark.parametrize("command", ["due", "tasks"])
def test_it_stands_among_what_is_due_and_to_be_done(
    alarmed: Path, call: Runner, command: str, asked: str, found: list[str]
) -> None:
    rows = told(call, command, *asked.split())
    names = [row.get("target", row.get("task")) for row in rows]
    assert [name for name in names if name.startswith(("problem:", "measure:"))] == found


def test_it_is_overdue_and_warned_of(alarmed: Path, call: Runner) -> None:
    (problem,) = [row for row in told(call, "due") if row["target"] == "problem:P2026-001"]
    assert (problem["team"], problem["case"], problem["due_at"]) == ("quality", None, "2026-10-22T10:00:00Z")
    assert (problem["rule"], problem["duration"]) == ("problems.batch.task.within", "5wd")
    states = {now: told(call, "problems", now=f"2026-10-{now} 12:00")[0]["state"] for now in (20, 22, 23)}
    assert states == {20: "running", 22: "warning", 23: "overdue"}
    assert "measure M2026-001: check A17" in call("due", "--labels", now=NOON).out
    assert "措施 M2026-001：check A17" in call("due", "--labels", now=NOON, env={"AFTERSERVICE_LANG": "zh"}).out


def test_the_page_of_a_problem_has_figures_cases_measures_and_course(alarmed: Path, call: Runner) -> None:
    assert call("problem", "note", "1", "a screw is loose", "--as", "wei", now=NOON).code == 0
    shown = told(call, "problem", "show", "1")
    assert shown["figures"]["by_priority"] == {"P1": 3}
    assert [case["case"][-3:] for case in shown["cases"]] == ["001", "002", "003"]
    assert [measure["measure"] for measure in shown["measures"]] == ["M2026-001"]
    assert [event["kind"] for event in shown["events"]] == ["ProblemOpened", "ProblemNoted"]
    page = call("problem", "show", "1", now=NOON).out
    for words in ("X-1 · A17 · Rattle", "3 cases · 3 open", "check A17 · Quality", "a screw is loose"):
        assert words in page, page
    chinese = call("problem", "show", "1", now=NOON, env={"AFTERSERVICE_LANG": "zh"}).out
    assert "工单3件 · 未关3件" in chinese


# --- measures ---------------------------------------------------------------------------------------------------


def test_a_measure_is_judged_by_what_came_in_before_and_after(alarmed: Path, call: Runner) -> None:
    assert told(call, "measure", "done", "1", "checked", "--as", "wei")["before"] == 3
    registered(call, 20)
    registered(call, 25, product="X-2")
    (open_measure, *_) = told(call, "measures", now="2026-10-26 12:00")
    assert (open_measure["before"], open_measure["after"]) == (3, 1)
    assert open_measure["counted_until"] == "2026-11-15T04:00:00Z"
    early = call("measure", "judge", "1", "--effective", "yes", "--as", "wei", now="2026-10-26 12:00")
    assert early.code == 6 and "counted until 2026-11-15 12:00" in early.err
    closing = ("problem", "close", "1", "a bad screw", "--as", "wei")
    assert "measures of P2026-001 are not judged yet: M2026-001" in call(*closing, now="2026-10-26 12:00").err
    judged = told(call, "measure", "judge", "1", "--effective", "yes", "fewer", "--as", "wei", now="2026-11-16 12:00")
    assert (judged["before"], judged["after"], judged["effective"]) == (3, 1, "yes")
    assert call(*closing, now="2026-11-16 12:00").code == 0
    assert [row["problem"] for row in told(call, "problems", now="2026-11-16 12:00")] == []
    assert [row["problem"] for row in told(call, "problems", "--all", now="2026-11-16 12:00")] == ["P2026-001"]
    assert [row["measure"] for row in told(call, "measures", now="2026-11-16 12:00")] == ["M2026-002", "M2026-003"]
    assert call("check").both == ""


def test_a_measure_follows_from_one_thing(desk: Path, call: Runner) -> None:
    assert call("measure", "add", "x", "--until", "2026-10-20", now=NOON).code == 2
    both = ("--case", "1", "--report", "2026-09")
    assert call("measure", "add", "x", "--until", "2026-10-20", *both, now=NOON).code == 2
    assert call("measure", "add", "x", "--until", "2026-10-20", "--report", "x", "--by", "desk", now=NOON).code == 3
    assert call("measure", "done", "M2026-001", now=NOON).code == 4


# --- the tables -------------------------------------------------------------------------------------------------


def test_what_the_events_say_is_what_rebuilt_tables_say(alarmed: Path, call: Runner) -> None:
    assert call("measure", "done", "1", "--as", "wei", now=NOON).code == 0
    tables = ("problems", "problem_cases", "measures")
    before = [query(alarmed, f"SELECT * FROM {table} ORDER BY 1") for table in tables]
    assert call("check").both == ""
    assert call("check", "--rebuild").code == 0
    assert [query(alarmed, f"SELECT * FROM {table} ORDER BY 1") for table in tables] == before
    assert all(before)


@pytest.mark.parametrize("same", [{"product": "X-1", "field:batch": "A17"}, {"category": "rattle"}])
def test_counting_reads_one_index_whatever_else_there_is(desk: Path, same: dict[str, str]) -> None:
    opened = Desk(desk, now=RECEIVED, actor="ann", clock="given")
    asked, values = store.alike_query("batch", same, "2026-10-01T00:00:00Z", "2026-10-08T00:00:00Z")
    with opened.reading() as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {asked}", values)]
    (first,) = same.keys() - {"field:batch"}
    assert any(f"({first}=? AND registered_at>? AND registered_at<?)" in step for step in plan), plan
    assert not any(step.startswith("SCAN cases") for step in plan), plan
    opened.connection.close()


def test_personal_words_stay_out_of_the_history(alarmed: Path, call: Runner) -> None:
    told(call, "problem", "open", "Mrs Wang's lamp", "--by", "desk")
    assert query(alarmed, "SELECT count(*) FROM events WHERE body LIKE '%Wang%' OR body LIKE '%check A17%'") == [(0,)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_printed_of_problems_and_measures_is_folded_to_the_window(
    desk: Path, call: Runner, language: str
) -> None:
    long = "rattles since the third delivery of the new belts, in three towns, and whenever it is cold outside"
    registered(call, 13)
    env = {"AFTERSERVICE_LANG": language}
    said = [
        call("problem", "open", long, "--case", "001", "--kind", "odd", now=NOON, columns=64, env=env),
        call("measure", "add", long, "--problem", "1", "--until", "2026-11-30", now=NOON, columns=64, env=env),
        call("problem", "show", "1", now=NOON, columns=64, env=env),
    ]
    for done in said:
        assert done.code == 0, done.err
        assert max(map(width, done.out.splitlines())) <= 64, done.out
        assert "cold outside" in " ".join(done.out.split())
