"""The cases behind each row of a table, and what was sold: asked of the desk that docs/metrics.md works out by hand."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from conftest import Runner
from worked import MONTH, NOW, worked
from worked_report import REPORT, founded


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the desk of the page stands once it was founded."""
    return tmp_path_factory.mktemp("worked")


@pytest.fixture
def ask(folder: Path, tmp_path: Path, call: Runner) -> Any:
    """Asks that desk for its report."""
    page = worked("en")
    if not (folder / "afterservice.db").exists():
        founded(page, tmp_path, call)
        shutil.copytree(tmp_path, folder, dirs_exist_ok=True)
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)

    def asked(*words: str, code: int = 0) -> str:
        done = call("report", "--month", MONTH, *words, now=NOW)
        assert done.code == code, done.err
        return done.out if code == 0 else done.err

    return asked


def numbers(told: str) -> list[int]:
    return [int(one["case"][-3:]) for one in json.loads(told)]


@pytest.mark.parametrize(
    ("figure", "by", "row", "cases"),
    [
        ("registered", "product", "Lamp", [1, 2, 6, 9, 11, 12]),
        ("registered", "product", "–", [5, 10, 14]),
        ("registered", "product", "-", [5, 10, 14]),
        ("registered", "product", "", [5, 10, 14]),
        ("registered", "product", "lamp", [1, 2, 6, 9, 11, 12]),
        ("registered", "line", "Lamps", [1, 2, 6, 9, 11, 12]),
        ("resolved", "disposition", "refund", [10]),
        ("missed", "target", "resolve", [6]),
        ("missed", "owner", "tech", [6, 9]),
        ("backlog", "age", "14", [11, 13]),
        ("backlog", "age", "0", [15]),
        ("first_response.p90", "channel", "Mail", [2, 10, 12]),
    ],
)
def test_a_row_lists_the_cases_that_it_counts(ask: Any, figure: str, by: str, row: str, cases: list[int]) -> None:
    assert numbers(ask("--cases", figure, "--by", by, "--row", row, "--json")) == cases


def test_every_row_of_a_table_lists_as_many_cases_as_it_counts(ask: Any) -> None:
    tables = json.loads(ask("--json"))["tables"]
    asked = 0
    for name, rows in tables.items():
        dimension = {"backlog_by_age": "age"}.get(name, name.removeprefix("by_"))
        if name == "backlog_by_age" or (name.startswith("by_") and dimension != "disposition"):
            figure = "backlog" if dimension == "age" else "registered"
            for row in rows:
                count = row["backlog" if dimension == "age" else "registered"]
                if count:
                    told = ask("--cases", figure, "--by", dimension, "--row", row["id"], "--json")
                    assert len(numbers(told)) == count, (name, row)
                    asked += 1
    assert asked > 15


def test_who_recorded_answers_late(ask: Any) -> None:
    (row,) = json.loads(ask("--json"))["tables"]["told_late"]
    assert row["told_late"] == 1
    assert numbers(ask("--cases", "told_late", "--by", "recorder", "--row", row["id"], "--json")) == [13]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--by", "product", "--row", "Lamp"), 2, "add both"),
        (("--cases", "registered", "--row", "Lamp"), 2, "add both"),
        (("--metric", "registered", "--by", "product", "--row", "Lamp"), 2, "add both"),
        (("--cases", "registered", "--by", "product", "--row", "Lmp"), 4, "write 'Lamp'"),
        (("--cases", "registered", "--by", "recorder", "--row", "zhao"), 3, "registered is not told apart by recorder"),
        (("--cases", "problems.open", "--by", "product", "--row", "Lamp"), 3, "not told apart"),
        (("--by", "age"), 3, "--by"),
    ],
)
def test_what_is_no_row_is_refused(ask: Any, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in ask(*words, code=code)


# --- what stands above single cases ---------------------------------------------------------------------------------


def test_what_is_of_no_single_case_is_told_of_all_cases_alone(ask: Any) -> None:
    figures = json.loads(ask("--channel", "phone", "--json"))["figures"]
    assert [figures[name] for name in ("problems.open", "measures.added", "duties.missed", "duty:mailbox.met")] == [
        None
    ] * 4
    assert numbers(ask("--channel", "phone", "--cases", "problems.open", "--json")) == []
    assert figures["registered"] == 9


def test_amounts_have_their_unit_and_the_number_of_cases(ask: Any) -> None:
    rows = json.loads(ask("--json"))["tables"]["amounts"]
    assert [(row["id"], row["amount"], row["unit"], row["cases"]) for row in rows] == [
        ("given.refund.money", 30.5, "yuan", 1),
        ("given.refund.points", 200, "points", 1),
    ]
    assert "30.5  yuan" in ask()


def test_satisfaction_tells_answers_and_cases_apart(ask: Any) -> None:
    rows = {row["name"]: (row["answers"], row["cases"]) for row in json.loads(ask("--json"))["tables"]["satisfaction"]}
    assert rows == {
        "rating.speed.mean": (3, 3),
        "rating.manner.mean": (2, 2),
        "rating.mean": (5, 3),
        "rating.case_mean": (None, 3),
    }


# --- what was sold --------------------------------------------------------------------------------------------------


def rates(told: str, dimension: str) -> list[tuple[Any, ...]]:
    rows = json.loads(told)["tables"][f"fault_rate_by_{dimension}"]
    return [tuple(row[name] for name in ("id", "cases", "sold", "fault_rate")) for row in rows]


def test_faults_for_each_unit_sold(ask: Any) -> None:
    told = ask("--sales", "sales.csv", "--json")
    assert rates(told, "product") == [("Lamp", 6, 600, 0.01), ("Kettle", 3, 400, 0.0075)]
    assert rates(told, "line") == [("lamps", 6, 600, 0.01), ("", 3, 400, 0.0075)]
    defects = ask("--sales", "sales.csv", "--category", "product.defect", "--by", "product", "--json")
    assert rates(defects, "product") == [("Lamp", 5, 600, 5 / 600), ("Kettle", 2, 400, 2 / 400)]
    lamps = ("--sales", "sales.csv", "--product", "lam", "--metric")
    assert (ask(*lamps, "sold"), ask(*lamps, "fault_rate")) == ("600\n", "0.01\n")
    assert ask("--metric", "fault_rate") == "\n"
    assert "fault_rate" not in json.dumps(json.loads(ask("--json"))["tables"])


def test_what_was_sold_is_read_as_any_table_is(ask: Any, tmp_path: Path) -> None:
    for name, text in (
        ("zh.csv", "月份;产品;销量\n2026年10月;ｌａｍｐ;1,000\n2026-09;Lamp;200\n2026-10;Fan;50\n".encode("gb18030")),
        ("whenever.csv", b"product,units\nLamp,1200\nFan,50\n"),
    ):
        (tmp_path / name).write_bytes(text)
        told = rates(ask("--sales", name, "--json"), "product")
        assert [row[1:] for row in told] == [(6, 1200, 0.005), (0, 50, 0.0), (3, None, None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("product,units\nLamp,many\n", "line 2: units must be a number"),
        ("product,units\nLamp,1.5\n", "line 2: units are a whole number"),
        ("product,units\nLamp,-1\n", "line 2: units"),
        ("product,units\n,7\n", "line 2: names no product"),
        ("product,units,month\nLamp,7,October\n", "line 2: "),
        ("product,month\nLamp,2026-10\n", "has no column units"),
        ("product,units\nLamp,7,8\n", "line 2: has 3 cells"),
    ],
)
def test_what_cannot_be_read_names_its_line(ask: Any, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "bad.csv").write_text(text, "utf-8")
    assert said in ask("--sales", "bad.csv", code=3)


def test_no_file_is_no_sales(ask: Any) -> None:
    assert "there is no file" in ask("--sales", "none.csv", code=4)


# --- formats --------------------------------------------------------------------------------------------------------


def test_a_workbook_has_a_chart_of_satisfaction(ask: Any, tmp_path: Path) -> None:
    ask(*REPORT[3:], "-o", "r.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "r.xlsx")
    assert "Satisfaction" in book.sheet_names
    report = json.loads(ask("--json"))["tables"]
    assert len(book.get_sheet_by_name("Satisfaction").to_python()) == len(report["satisfaction"]) + 1
