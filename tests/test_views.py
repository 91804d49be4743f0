"""Lists that a rulebook names, and the progress table of several cases."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

import rulebooks
from afterservice_cli.commands.filters import FILTERS
from afterservice_cli.errors import FaultyDocument
from afterservice_cli.render.cases.history import course_columns
from afterservice_cli.render.lists.listing import list_columns
from afterservice_cli.render.telling import Teller
from afterservice_cli.reporting import telling
from afterservice_cli.rulebook import vocabulary
from afterservice_cli.rulebook.compiling import compile_rulebook
from afterservice_cli.workflows.desk import Desk
from conftest import Result, Runner, query
from given import RECEIVED

VIEWS = """
views:
  register:
    title: {zh: 登记表, en: Register}
    columns: [case, customer, tier, "due:resolve", registered_by, status]
    headings: {customer: {zh: 客户名称, en: Client}, case: No.}
    all: true
    sort: case
  mine: {title: Mine, where: {mine: true, tier: vip}}
  late:
    title: Late complaints
    where: {kind: complaint, missed: respond}
    columns: [case]
    sort: priority
    reverse: true
  progress:
    title: Progress
    course: true
    where: {status: open}
    columns: [case, stage, occurred_at, actor, what]
    headings: {what: Done}
"""


@pytest.fixture
def desk(call: Runner, tmp_path: Path) -> Runner:
    """A desk with views, an open case, a closed one, and a complaint that was answered late."""
    (tmp_path / "small.yaml").write_text(rulebooks.text("small") + VIEWS, "utf-8")
    for words, now in (
        ("init --rules small.yaml", "2026-10-12 08:00"),
        ("register rattles --channel phone --customer Ann --contact 13800001111 --as bob", "2026-10-12 09:00"),
        ("register squeaks --channel phone --customer Ben --field tier=vip", "2026-10-12 09:01"),
        ("register leaks --channel phone --kind complaint", "2026-10-12 09:02"),
        ("respond 003 sorry", "2026-10-12 10:00"),
        ("close 002 --resolution oiled --confirmed", "2026-10-12 10:01"),
    ):
        done = call(*words.split(), now=now)
        assert done.code == 0, done.err
    return call


def rows(done: Result) -> list[list[str]]:
    assert done.code == 0, done.err
    return [line.split("\t") for line in done.out.splitlines()]


def numbers(done: Result) -> list[str]:
    return [row[0][-3:] for row in rows(done)[1:]]


# --- a list by its name ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["register", "登记表", "Register", "ＲＥＧＩＳＴＥＲ"])
def test_a_view_chooses_columns_cases_and_order(desk: Runner, name: str) -> None:
    done = desk("list", "--view", name, now="2026-10-12 10:02")
    assert rows(done) == [
        ["case", "customer", "tier", "due:resolve", "registered_by", "status"],
        ["202610-001", "Ann", "", "2026-10-19T10:00:00Z", "root as bob", "open"],
        ["202610-002", "Ben", "vip", "2026-10-19T10:00:00Z", "root", "closed"],
        ["202610-003", "", "", "2026-10-14T10:00:00Z", "root", "open"],
    ]


def test_a_view_has_headings_of_its_own_for_people(desk: Runner, tmp_path: Path) -> None:
    done = desk("list", "--view", "register", "-o", "register.csv", "--labels", env={"AFTERSERVICE_LANG": "zh"})
    assert done.code == 0, done.err
    heading, first, *_ = csv.reader(io.StringIO((tmp_path / "register.csv").read_text("utf-8-sig")))
    assert heading == ["No.", "客户名称", "Tier", "resolve截止时间", "登记人", "状态"]
    assert first == ["202610-001", "Ann", "", "2026-10-19 18:00", "bob", "处理中"]


def test_a_view_as_json_has_its_columns_alone(desk: Runner) -> None:
    found = json.loads(desk("list", "--view", "late", "--json", now="2026-10-13 10:02").out)
    assert found == [{"case": "202610-003"}]


def test_an_option_takes_the_place_of_what_the_view_says(desk: Runner) -> None:
    def listed(*words: str) -> Any:
        return numbers(desk("list", "--view", *words, now="2026-10-13 10:02"))

    assert listed("late") == ["003"]
    assert listed("late", "--missed", "resolve") == []
    assert listed("late", "--where", "kind=question") == []
    assert listed("register", "--status", "closed") == ["002"]
    assert listed("register", "--reverse") == ["003", "002", "001"]
    assert listed("register", "--sort", "registered") == ["003", "002", "001"]
    assert listed("register", "--sort", "registered", "--reverse") == ["001", "002", "003"]
    assert listed("register", "--limit", "1") == ["001"]
    assert rows(desk("list", "--view", "register", "--columns", "status"))[0] == ["status"]
    refused = desk("list", "--view", "mine", "--as", "nobody")
    assert (refused.code, "names no person 'nobody'" in refused.err) == (3, True)


def test_a_view_hides_contacts_as_every_list_does(desk: Runner) -> None:
    assert "13800001111" not in desk("list", "--view", "register", "--columns", "contact").out
    assert "13800001111" in desk("list", "--view", "register", "--columns", "contact", "--reveal").out


def test_an_unknown_view_is_refused(desk: Runner, call: Runner, tmp_path: Path) -> None:
    refused = desk("list", "--view", "registr")
    assert (refused.code, refused.out, "write 'register'" in refused.err) == (3, "", True)


# --- what happened, case by case ------------------------------------------------------------------------------------


def test_a_progress_table_tells_what_happened_in_several_cases(desk: Runner) -> None:
    done = desk("list", "--course", "--kind", "complaint", "--all", now="2026-10-12 10:02")
    assert rows(done) == [
        ["case", "stage", "occurred_at", "kind", "actor", "what"],
        [
            "202610-003",
            "intake",
            "2026-10-12T01:02:00Z",
            "CaseRegistered",
            "root",
            "category: Defect; priority: Normal; owner: Tech; Phone",
        ],
        ["202610-003", "handling", "2026-10-12T02:00:00Z", "CaseResponded", "root", "Phone – sorry"],
    ]
    assert done.err == "1 case\n"
    labels = desk("list", "--course", "--kind", "complaint", "--labels", "--format", "csv", now="2026-10-12 10:02")
    assert labels.out.splitlines()[0] == "case,stage,time,event,person,what was done"
    assert "2026-10-12 09:02" in labels.out


def test_a_progress_table_as_json_has_the_events_as_show_tells_them(desk: Runner) -> None:
    told = json.loads(desk("list", "--course", "--all", "--sort", "case", "--json").out)
    shown = [json.loads(desk("show", number, "--json").out)["events"] for number in ("001", "002", "003")]
    assert [{**event, "case": None} for event in told] == [{**e, "case": None} for events in shown for e in events]
    assert {event["case"] for event in told} == {"202610-001", "202610-002", "202610-003"}


def test_what_was_taken_back_stands_in_the_progress_table_as_that(desk: Runner, tmp_path: Path) -> None:
    ((seq,),) = query(tmp_path / "afterservice.db", "SELECT seq FROM events WHERE kind = 'CaseResponded'")
    assert desk("retract", "003", str(seq), "--reason", "x", now="2026-10-12 10:02").code == 0
    table = desk("list", "--course", "--kind", "complaint", "--format", "md").out
    assert [line for line in table.splitlines() if "retracted" in line and "sorry" in line]


def test_a_view_may_be_a_progress_table(desk: Runner) -> None:
    table = desk("list", "--view", "progress", "--format", "md", "--reverse").out.splitlines()
    assert table[0] == "| case | stage | time | person | Done |"
    assert [line[2:12] for line in table[2:]] == ["202610-001", "202610-003", "202610-003"]
    # Its columns are none of the cases', and the other way round.
    assert rows(desk("list", "--view", "late", "--course"))[0][:3] == ["case", "stage", "occurred_at"]


def test_a_progress_table_reveals_nothing(desk: Runner, tmp_path: Path) -> None:
    refused = desk("list", "--course", "--reveal")
    assert (refused.code, "leave --reveal out" in refused.err) == (2, True)
    assert query(tmp_path / "afterservice.db", "SELECT count(*) FROM reveals") == [(0,)]


# --- what a rulebook may say ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "fault"),
    [
        ("columns: [cases]", "unknown column 'cases' – write 'case'"),
        ("columns: [case, case]", "'case' is named twice – leave one of them out"),
        ('columns: ["due:resolv"]', "unknown column 'due:resolv' – write 'due:resolve'"),
        ("columns: [what]", "unknown column 'what'"),
        ("columns: [seq, priority], course: true", "unknown column 'priority'"),
        ("headings: {cases: x}", "unknown column 'cases' – write 'case'"),
        ("columns: [case], headings: {owner: x}", "there is no such column here – write case"),
        ("where: {statu: open}", "unknown filter 'statu' – write 'status'"),
        ("where: {status: opened}", "unknown status 'opened' – write 'open'"),
        ("where: {stage: open}", "unknown stage 'open'"),
        ("where: {owner: teck}", "unknown owner 'teck' – write 'tech'"),
        ("where: {person: nobody}", "unknown person 'nobody'"),
        ("where: {category: product.nothing}", "unknown category 'product.nothing'"),
        ("where: {priority: P9}", "unknown priority 'P9'"),
        ("where: {channel: fax}", "unknown channel 'fax'"),
        ("where: {kind: praise}", "unknown kind 'praise'"),
        ("where: {overdue: yes}", "overdue takes no value – write true"),
        ("where: {month: soon}", "this is no month that can be read"),
        ("where: {closed-in: soon}", "this is no period that can be read"),
        ("where: {from: soon}", "this is no day that can be read"),
        ("where: {missed: resolv}", "unknown target or task 'resolv' – write 'resolve'"),
        ("where: {missed: 'task:resolve'}", "unknown target or task 'resolve'"),
        ("where: {tier: gold}", "unknown tier 'gold'"),
        ("where: {fields.price: much}", "'much' is no number"),
        ("where: {fields.prize: 1}", "unknown filter 'fields.prize'"),
        ("sort: age", "'age' is none of them"),
    ],
)
def test_a_view_that_cannot_be_made_is_a_fault_of_the_rulebook(view: str, fault: str) -> None:
    text = f"{rulebooks.text('small')}\nviews: {{v: {{title: V, {view}}}}}\n"
    with pytest.raises(FaultyDocument) as found:
        compile_rulebook(text.encode(), "small.yaml", year=2026)
    assert [fault in one.message for one in found.value.faults] == [True], found.value.faults


def test_a_figure_that_there_is_not_points_to_the_list_of_all() -> None:
    text = f"{rulebooks.text('small')}\nreports: {{r: {{title: R, sections: {{a: {{figures: [angebote]}}}}}}}}\n"
    with pytest.raises(FaultyDocument) as found:
        compile_rulebook(text.encode(), "small.yaml", year=2026)
    (fault,) = found.value.faults
    assert fault.message.startswith("there is no figure 'angebote' – write ")
    assert fault.message.endswith("; afterservice report --define '?' lists them")


@pytest.mark.parametrize(
    "where", ["category: product", "missed: respond", "fields.tier: vip", "from: -7d", "month: last"]
)
def test_a_view_may_ask_what_a_list_may(where: str) -> None:
    text = f"{rulebooks.text('small')}\nviews: {{v: {{title: V, where: {{{where}}}}}}}\n"
    assert compile_rulebook(text.encode(), "small.yaml", year=2026).rulebook.views["v"].where


def test_rulebooks_know_the_filters_and_columns_that_there_are(desk: Runner, tmp_path: Path) -> None:
    opened = Desk(tmp_path / "afterservice.db", now=RECEIVED, actor="alice", clock="given")
    tell = Teller(opened.rulebook, "en", RECEIVED)
    fields = {*opened.rulebook.fields, *(f"due:{target}" for target in opened.rulebook.targets)}
    assert {column.id for column in list_columns(tell)} == {*vocabulary.COLUMNS, *fields}
    assert tuple(column.id for column in course_columns(tell)) == vocabulary.COURSE_COLUMNS
    assert {name: not option.flag for name, option in FILTERS.items()} == {
        name: bool(kind) for name, kind in vocabulary.FILTERS.items()
    }
    opened.connection.close()


# --- what ids stand for ---------------------------------------------------------------------------------------------


def test_labels_of_every_id_are_told_in_both_languages(desk: Runner) -> None:
    told = json.loads(desk("rules", "show", "--labels", "--json").out)
    assert told["category"]["product.defect"] == {"en": "Defect", "zh": "Defect"}
    assert told["view"]["register"] == {"en": "Register", "zh": "登记表"}
    assert told["value"]["tier"]["vip"] == {"en": "VIP", "zh": "VIP"}
    assert told["status"]["open"] == {"zh": "处理中", "en": "open"}
    assert told["event"]["CaseClosed"] == {"zh": "归档", "en": "closed"}
    assert told["column"]["due:resolve"] == {"zh": "resolve截止时间", "en": "resolve due"}
    for case in json.loads(desk("list", "--all", "--json").out):
        for what in ("category", "priority", "owner", "channel", "status", "stage"):
            assert case[what] in told[what]
    rows_told = rows(desk("rules", "show", "--labels"))
    assert rows_told[0] == ["what", "of", "id", "en", "zh"]
    assert ["value", "tier", "vip", "VIP", "VIP"] in rows_told
    assert len(rows_told) > 100


def test_labels_are_told_of_a_file_without_a_desk(call: Runner, tmp_path: Path) -> None:
    (tmp_path / "whole.yaml").write_text(rulebooks.text("whole"), "utf-8")
    told = json.loads(call("rules", "show", "--rules", "whole.yaml", "--labels", "--json").out)
    assert told["task"]["visit"]["en"] == "Second visit"
    assert "way of telling" not in told


def test_a_rulebook_as_people_read_it_comes_as_json_too(desk: Runner) -> None:
    told = json.loads(desk("rules", "show", "--json").out)
    assert {part["name"] for part in told["parts"]} >= {"categories", "priorities", "targets"}


# --- reports of a rulebook's own ------------------------------------------------------------------------------------

REPORTS = """
reports:
  weekly:
    title: {zh: 每周回顾, en: Weekly review}
    period: week
    compare: previous
    sections:
      counts: {title: What came in, figures: [registered, closed, respond.missed]}
      kinds: {by: kind}
      asked: {figures: [registered, closed, duties.met], by: kind}
      tiers: {figures: [registered], by: tier}
      teams: {title: Teams, figures: [registered, respond.attainment], by: owner}
      vip: {figures: [registered], where: {tier: vip}}
      deadlines: {table: targets}
"""


def test_a_report_has_the_sections_that_the_rulebook_gives_it(desk: Runner, tmp_path: Path) -> None:
    rules = tmp_path / "afterservice.rules.yaml"
    rules.write_text(rules.read_text("utf-8") + REPORTS, "utf-8")
    assert desk("rules", "adopt", "--yes", now="2026-10-12 10:03").code == 0
    done = desk("report", "--report", "每周回顾", "--json", now="2026-10-20 09:00")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["period"] == "2026-W42"
    assert list(told["tables"]) == ["counts", "kinds", "asked", "tiers", "teams", "vip", "deadlines"]
    counts = {row["name"]: (row["value"], row["value.before"]) for row in told["tables"]["counts"]}
    assert counts == {"registered": (3, 0), "closed": (1, 0), "respond.missed": (3, 0)}
    assert [(row["id"], row["registered"]) for row in told["tables"]["kinds"]] == [("", 2), ("complaint", 1)]
    # What has no value has a row, too.
    rows = [
        tuple(row[name] for name in ("id", "registered", "closed", "duties.met")) for row in told["tables"]["asked"]
    ]
    assert rows == [("complaint", 1, 0, None), ("", 2, 1, None)]
    assert [(row["id"], row["registered"]) for row in told["tables"]["tiers"]] == [("vip", 1), ("", 2)]
    (vip,) = told["tables"]["vip"]
    assert vip["value"] == 1
    teams = {row["id"]: (row["registered"], row["respond.attainment"]) for row in told["tables"]["teams"]}
    assert teams == {"tech": (1, 0.0), "service": (2, 0.0)}
    assert "Weekly review" in desk("report", "--report", "weekly", now="2026-10-20 09:00").out
    other = json.loads(desk("report", "--report", "weekly", "--month", "2026-10", "--json", now="2026-10-20 09:00").out)
    assert other["period"] == "2026-10"


@pytest.mark.parametrize(
    ("report", "fault"),
    [
        ("sections: {}", "is empty – write at least 1"),
        ("sections: {a: {figures: [registerd]}}", "there is no figure 'registerd' – write 'registered'"),
        ("sections: {a: {figures: [respond.mist]}}", "there is no figure 'respond.mist'"),
        ("sections: {a: {by: nothing}}", "unknown dimension 'nothing'"),
        ("sections: {a: {by: scene}}", "unknown dimension 'scene'"),
        ("sections: {a: {figures: [registered], by: cause}}", "unknown dimension 'cause'"),
        ("sections: {a: {table: figures}}", "unknown table 'figures'"),
        ("sections: {a: {title: A}}", "a section is one table"),
        ("sections: {a: {table: times, by: owner}}", "a section is one table"),
        ("where: {month: last}, sections: {a: {table: times}}", "leave month out"),
        ("sections: {a: {table: times, where: {from: -7d}}}", "leave from out"),
        ("sections: {a: {table: times, where: {tier: gold}}}", "unknown tier 'gold'"),
        ("period: day, sections: {a: {table: times}}", "'day' is none of them"),
    ],
)
def test_a_report_that_cannot_be_made_is_a_fault_of_the_rulebook(report: str, fault: str) -> None:
    text = f"{rulebooks.text('small')}\nreports: {{r: {{title: R, {report}}}}}\n"
    with pytest.raises(FaultyDocument) as found:
        compile_rulebook(text.encode(), "small.yaml", year=2026)
    assert [fault in one.message for one in found.value.faults] == [True], found.value.faults


def test_rulebooks_know_what_tells_cases_apart() -> None:
    assert tuple(telling.DIMENSIONS) == vocabulary.DIMENSIONS
    assert {*vocabulary.APART} == {*telling.COLUMNS} - {"product"}


def test_a_report_as_it_was_asks_for_no_personal_field(desk: Runner) -> None:
    refused = desk(
        "report", "--month", "this", "--where", "scene=x", "--as-of", "2026-10-12 10:01", now="2026-10-12 10:02"
    )
    assert (refused.code, "may have been erased" in refused.err) == (2, True)
    assert (
        desk(
            "report", "--month", "this", "--where", "tier=vip", "--as-of", "2026-10-12 10:01", now="2026-10-12 10:02"
        ).code
        == 0
    )
