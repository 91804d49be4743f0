"""Tables of a report that a manager reads without the desk at hand: what a problem is about, who was asked what."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

import rulebooks
from afterservice_cli.figures.tables import ReportColumn, ReportTable
from afterservice_cli.output_text import width
from afterservice_cli.render.reports.report import report_lines
from conftest import Runner
from printed import printed
from problem_desks import BOOK, DAY

LATER = "2026-11-06 18:00"


def told(call: Runner, *words: str) -> Any:
    done = call("report", "--month", "2026-10", *words, "--json", now=LATER)
    assert done.code == 0, done.err
    return json.loads(done.out)


@pytest.fixture
def shop(tmp_path: Path, call: Runner) -> Runner:
    """A desk with an alarm about three cases of one product and batch, a problem of a person's, and two measures."""
    (tmp_path / "small.yaml").write_text(BOOK, "utf-8")
    register = "register rattles --channel phone --product X-1 --field batch=A17"
    measure = "measure add check --until 2026-10-20 --figure rattles"
    for words, now in (
        ("init --rules small.yaml", "2026-10-12 09:00"),
        *((register, DAY.format(day)) for day in (13, 14, 15)),
        (f"{measure} --problem 1", DAY.format(16)),
        (f"{measure} --report 2026-09 --by desk --category Rattle", DAY.format(16)),
    ):
        done = call(*words.split(), now=now)
        assert done.code == 0, (words, done.err)
    return call


def test_a_problem_says_what_its_cases_have_in_common(shop: Runner) -> None:
    (row,) = told(shop)["tables"]["problems"]
    assert (row["problem"], row["about"], row["cases"]) == ("P2026-001", "X-1 · A17 · Rattle", 3)
    listed = json.loads(shop("problems", "--json", now=LATER).out)
    assert set(row["about"].split(" · ")) >= {"X-1", "A17"} and listed[0]["same"]["product"] == "X-1"


def test_a_problem_is_closed_and_no_case_of_it_archived(shop: Runner) -> None:
    chinese = {"AFTERSERVICE_LANG": "zh"}
    shown = shop("report", "--month", "2026-10", "--format", "md", now=LATER, env=chinese).out
    assert re.search(r"\n\| 问题 \| .* \| 建立 \| 关闭 \|\n", shown), shown


def test_a_measure_says_what_it_is_to_act_on(shop: Runner) -> None:
    rows = {row["measure"]: row["about"] for row in told(shop)["tables"]["measures"]}
    assert rows["M2026-001"] == "X-1 · Rattle"
    assert rows["M2026-002"] == "Rattle"


def test_what_is_personal_by_now_is_not_told(shop: Runner, tmp_path: Path) -> None:
    rules = tmp_path / "afterservice.rules.yaml"
    text = rules.read_text("utf-8").replace(
        "batch: {title: Batch, personal: false}", "batch: {title: Batch, type: text}"
    )
    rules.write_text(re.sub("(?m)^problems:\\n(  .*\\n)+", "", text).replace("field:batch", "product"), "utf-8")
    done = shop("rules", "adopt", "--yes", now="2026-10-17 09:00")
    assert done.code == 0, done.err
    (row,) = told(shop)["tables"]["problems"]
    assert row["about"] == "X-1 · Rattle"


ASKED = "closing: {survey: {questions: {speed: Speed, manner: Manner}}}"


def test_scores_for_no_question_of_the_rulebook_have_a_row(tmp_path: Path, call: Runner) -> None:
    rules = tmp_path / "f.yaml"
    rules.write_text(rulebooks.text("figures").replace(f"{ASKED}\n", "closing: {survey: {}}\n"), "utf-8")
    for words, now in (
        ("init --rules ./f.yaml", "2026-10-01 09:00"),
        ("register broken --channel phone", "2026-10-12 09:00"),
        ("resolve 001 mended", "2026-10-12 10:00"),
        ("rate 001 2", "2026-10-12 11:00"),
    ):
        done = call(*words.split(), now=now)
        assert done.code == 0, (words, done.err)
    before = told(call)
    assert [row["name"] for row in before["tables"]["satisfaction"]] == ["rating.mean", "rating.case_mean"]
    (tmp_path / "afterservice.rules.yaml").write_text(rulebooks.text("figures"), "utf-8")
    assert call("rules", "adopt", "--yes", now="2026-10-13 09:00").code == 0
    for words, now in (
        ("register broken --channel phone", "2026-10-13 09:00"),
        ("resolve 002 mended", "2026-10-13 10:00"),
        ("rate 002 speed=5", "2026-10-13 11:00"),
    ):
        assert call(*words.split(), now=now).code == 0, words
    after = told(call)
    rows = {row["name"]: (row["answers"], row["mean"]) for row in after["tables"]["satisfaction"]}
    assert rows == {
        "rating.speed.mean": (1, 5.0),
        "rating.manner.mean": (0, None),
        "rating.overall.mean": (1, 2.0),
        "rating.mean": (2, 3.5),
        "rating.case_mean": (None, 3.5),
    }
    (asked,) = told(call, "--cases", "rating.overall.count")
    assert asked["case"] == "202610-001"
    titles = {row["name"]: row["question"] for row in after["tables"]["satisfaction"]}
    assert titles["rating.overall.mean"] == "overall"


VISITED = """
rulebook: visited
title: Visited
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {service: {title: Service, head: zhao}}
channels: {phone: Phone}
fields: {batch: {title: Batch, type: text, personal: false}}
categories: {other: Other}
targets: {resolve: {until: resolved, within: 3wd}}
priorities: {P1: {title: Normal}}
default: {category: other, priority: P1, owner: service}
closing: {survey: {questions: {speed: Speed}}}
tasks: {visit: {title: Second visit, on: rated, when: {scores.any: {at_most: 2}}, by: service, within: 1wd}}
reports:
  visits: {title: Visits, sections: {all: {title: All, figures: [visits.due, visits.done], by: batch}}}
  teams:
    title: Teams
    compare: previous
    sections:
      all: {title: All, figures: [registered, resolve.attainment, first_resolution.median], by: owner}
"""


@pytest.fixture
def visited(tmp_path: Path, call: Runner) -> Callable[..., None]:
    """Types commands, each with its time, at a desk where a low score asks for a second visit."""

    def typed(*lines: str, rules: str = VISITED) -> None:
        (tmp_path / "visited.yaml").write_text(rules, "utf-8")
        for line in ("init --rules ./visited.yaml, 2026-09-01 09:00", *lines):
            words, now = line.split(", ")
            done = call("--as", "zhao", *words.split(), now=now)
            assert done.code == 0, (words, done.err)

    return typed


def test_a_second_visit_that_a_reopened_case_still_owes_is_counted(visited: Callable[..., None], call: Runner) -> None:
    visited(
        "register odd --channel phone --field batch=b1, 2026-10-12 09:00",
        "resolve 001 mended, 2026-10-12 10:00",
        "rate 001 speed=1, 2026-10-12 11:00",
        "reopen 001 --reason again, 2026-10-12 12:00",
        "task 001 visit went, 2026-10-13 10:00",
    )
    figures = told(call)["figures"]
    assert (figures["task:visit.met"], figures["visits.due"], figures["visits.done"]) == (1, 1, 1)
    assert told(call, "--report", "visits")["tables"]["all"][0]["visits.done"] == 1
    for name in ("visits.due", "visits.done"):
        listed = call("report", "--month", "2026-10", "--cases", name, "--columns", "case", now=LATER)
        assert listed.out.splitlines() == ["case", "202610-001"], (name, listed.out)


def test_a_second_visit_is_a_task_that_a_rating_opens_whatever_begins_its_time(
    visited: Callable[..., None], call: Runner
) -> None:
    # One of the two is opened by a rating, and of the other a rating begins the time.
    thanks = "tasks: {thank: {title: Thank, on: confirmed, from: rated, by: service, within: 1wd}, visit:"
    rules = VISITED.replace("tasks: {visit:", thanks).replace("within: 1wd}}", "from: confirmed, within: 1wd}}")
    visited(
        "register odd --channel phone --field batch=b1, 2026-10-12 09:00",
        "resolve 001 mended, 2026-10-12 10:00",
        "confirm 001 --yes, 2026-10-12 10:30",
        "rate 001 speed=1, 2026-10-12 11:00",
        "task 001 visit went, 2026-10-13 10:00",
        rules=rules,
    )
    for asked in ((), ("--where", "batch=b1")):
        figures = told(call, *asked)["figures"]
        assert (figures["task:visit.met"], figures["task:thank.missed"]) == (1, 1)
        assert (figures["visits.due"], figures["visits.done"]) == (1, 1), asked
    assert told(call, "--report", "visits")["tables"]["all"][0]["visits.done"] == 1


def test_in_a_narrow_window_a_figure_of_one_s_own_stays_longer_than_what_it_is_compared_with(
    visited: Callable[..., None], call: Runner
) -> None:
    visited("register odd --channel phone, 2026-10-12 09:00", "resolve 001 mended, 2026-10-13 09:00")

    def heads(columns: int) -> list[str]:
        asked = ("report", "--report", "teams", "--month", "2026-10")
        lines = call(*asked, now=LATER, columns=columns).out.splitlines()
        return re.split(" {2,}", lines[lines.index("All") + 1].strip())

    figures = ["registered", "resolve: attainment", "first resolution (median)"]
    compared = ["before", "change"]
    assert heads(160) == ["team", *(head for figure in figures for head in (figure, *compared))]
    assert [head for head in heads(80) if head not in compared] == ["team", *figures]


def test_a_rate_is_not_called_the_part_of_a_whole(shop: Runner) -> None:
    page = shop("report", "--month", "2026-10", "--format", "md", now=LATER, env={"AFTERSERVICE_LANG": "zh"}).out
    assert "\n| 项目 | 比率 |\n" in page
    assert "\n| 渠道 | 登记 | 占比 |\n" in page


@pytest.mark.parametrize(
    ("language", "sheet", "unit"), [("en", "Shares", " points"), ("zh", "比率", "个百分点")], ids=["en", "zh"]
)
def test_a_share_changes_by_points_in_a_workbook_as_on_a_page(
    visited: Callable[..., None], call: Runner, tmp_path: Path, language: str, sheet: str, unit: str
) -> None:
    register = "register odd --channel phone"
    visited(
        *(f"{register}, 2026-09-07 09:00", "resolve 202609-001 mended, 2026-09-08 09:00"),
        *(f"{register}, 2026-10-12 09:00", f"{register}, 2026-10-12 10:00"),
        *("resolve 202610-001 mended, 2026-10-13 09:00", "resolve 202610-002 mended, 2026-10-30 09:00"),
    )
    asked = ("report", "--month", "2026-10", "--compare", "previous")
    spoken = {"AFTERSERVICE_LANG": language}
    assert f"-50.0{unit}" in call(*asked, "--format", "md", now=LATER, env=spoken).out
    call(*asked, "-o", tmp_path / "r.xlsx", now=LATER, env=spoken)
    rows = CalamineWorkbook.from_path(tmp_path / "r.xlsx").get_sheet_by_name(sheet).to_python()
    assert [row[1:4] for row in rows if row[-1] == "attainment"] == [[0.5, 1.0, -50.0]]
    with zipfile.ZipFile(tmp_path / "r.xlsx") as book:
        formats = re.findall('formatCode="(.*?)"', book.read("xl/styles.xml").decode())
    said = f"0.0&quot;{unit}&quot;"
    assert f"+{said};-{said};{said}" in formats
    assert not [text for text in formats if text.startswith("+") and "%" in text]


def test_what_a_report_says_of_itself_in_a_narrow_window_breaks_between_words(shop: Runner) -> None:
    asked = ("--compare", "previous", "--find", "words that nobody would type to find the cases of a month again")
    said = shop("report", "--month", "2026-10", *asked[:2], now=LATER, columns=60).out
    assert "\nsome columns have no room here:\n    a wider window shows them, and -o FILE writes all\n" in said
    chosen = shop("report", "--month", "2026-10", *asked, now=LATER, columns=60).out
    assert [line for line in (said + chosen).splitlines() if width(line) > 60] == []


def test_what_an_alarm_told_is_called_as_its_kind_of_problem(shop: Runner) -> None:
    told = shop("list", "--course", "--columns", "case,what", "--format", "tsv", now=LATER).out
    assert "\tBatch problem → " in told
    assert "problems.batch" not in told


def test_a_quiet_month_tells_in_a_line_that_it_was_and_only_what_is_not_nothing(shop: Runner, tmp_path: Path) -> None:
    asked = ("report", "--month", "2026-11")
    quiet = "nothing was registered, resolved or closed in this period"
    lines = shop(*asked, now="2026-12-01 18:00").out.splitlines()
    assert lines[2] == quiet
    assert len(lines) < 35, lines
    told = {re.split(" {2,}", line.strip())[0]: line for line in lines}
    assert re.search(r"backlog +3$", told["backlog"])
    assert "registered" not in told and "under a day" not in told and "14 to 30 days" not in told
    assert "30 days and more" in told
    page = shop(*asked, "--format", "md", now="2026-12-01 18:00").out
    assert quiet in page and "| backlog | 3 |" in page and "| registered | 0 |" not in page
    # Programs find every figure and every table where they always are.
    figures, tables = (
        json.loads(shop(*asked, "--json", now="2026-12-01 18:00").out)[name] for name in ("figures", "tables")
    )
    assert figures["registered"] == 0 and len(tables["course"]) == 30 and tables["numbers"][0]["value"] == 0
    # Beside a month in which there was something, that stays to be seen.
    compared = shop(*asked, "--compare", "previous", now="2026-12-01 18:00").out
    assert quiet in compared and re.search(r"registered +0 +3 +-3", compared), compared


def test_before_anything_came_in_there_is_nothing_to_count(visited: Callable[..., None], call: Runner) -> None:
    visited()
    done = call("report", "--month", "2026-08", now=LATER, env={"AFTERSERVICE_LANG": "zh"})
    assert done.out.splitlines()[1:4] == ["2026-08-01 – 2026-08-31 (Asia/Shanghai)", "这段时间没有可统计的内容", ""]
    assert len(done.out.splitlines()) == 10


def test_a_day_on_which_nothing_came_does_not_look_like_one_with_little() -> None:
    columns = (ReportColumn("day", "Day", "day"), ReportColumn("registered", "registered", "count"))
    counts = (0, 1, 100, 0, 50)
    course = ReportTable("course", "Course", columns, tuple((str(day), n) for day, n in enumerate(counts)), "lines")
    shown = printed("en", cases=False).but(tables=(course,))
    (line,) = (line for line in report_lines(shown, "en") if "at most 100" in line)
    assert line.split()[1] == "·▁█·▅"
