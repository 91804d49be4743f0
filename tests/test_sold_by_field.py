"""What was sold told apart by a field, as by the production batch: its fault rate in the report."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterservice_cli.figures.sold import units_until
from afterservice_cli.intake.sold import sales_of
from afterservice_cli.rulebook.compiling import compile_rulebook
from conftest import Once, Runner

RULES = """\
rulebook: shop
title: Shop
calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "09:00-18:00"}}
owners: {desk: Desk}
channels: {phone: Phone}
fields:
  batch: {title: {zh: 生产批次, en: Batch}, type: text, personal: false}
  colour: {title: Colour, values: {red: {zh: 红, en: Red}, blue: Blue}}
  owner_name: {title: Bought by, type: text}
categories: {broken: {title: Broken, match: [broken]}, rest: Rest}
priorities: {P1: High}
default: {category: rest, priority: P1, owner: desk}
demands: []
"""
BOOK = compile_rulebook(RULES.encode(), "shop.yaml", year=2026).rulebook
CAME = (("Lamp", "A17"), ("Lamp", "Ａ１７"), ("Lamp", "a17"), ("Lamp", "B02"), ("Lamp", "C9"), ("Kettle", ""))
NOW = ("--now", "2026-11-02 09:00")


@pytest.fixture
def report(once: Once, call: Runner, tmp_path: Path) -> Any:
    """The report of October at a desk with six cases, with what was sold by a file of that text."""

    def make() -> None:
        (tmp_path / "shop.yaml").write_text(RULES, "utf-8")
        assert call("init", "--rules", "./shop.yaml").code == 0
        for product, batch in CAME:
            line = ("register", "broken", "--channel", "phone", "--product", product, "--field", "colour=red")
            told = ("--field", f"batch={batch}") if batch else ()
            assert call(*line, *told, "--now", "2026-10-12 09:00").code == 0

    once(make)

    def ask(sales: str, *options: str) -> Any:
        (tmp_path / "sales.csv").write_text(sales, "utf-8")
        told = call("report", "--month", "2026-10", "--sales", "sales.csv", *options, "--json", *NOW)
        assert told.code == 0, told.err
        return json.loads(told.out)["tables"]

    return ask


def rates(tables: Any, field: str) -> list[tuple[Any, ...]]:
    return [
        tuple(row[name] for name in ("id", "cases", "sold", "fault_rate")) for row in tables[f"fault_rate_by_{field}"]
    ]


def test_the_batch_with_the_most_faults_for_each_unit_comes_first(report: Any) -> None:
    tables = report("product,batch,units\nLamp,A17,60\nLamp,B02,100\nLamp,D1,10\nKettle,,40\n")
    assert rates(tables, "batch") == [
        ("A17", 3, 60, 0.05),
        ("B02", 1, 100, 0.01),
        ("D1", 0, 10, 0.0),
        ("C9", 1, None, None),
    ]
    assert rates(tables, "product") == [("Lamp", 5, 170, 5 / 170), ("Kettle", 1, 40, 0.025)]


def test_it_is_told_by_the_label_of_a_field_and_of_its_values_as_well(report: Any) -> None:
    tables = report("产品,生产批次,Colour,销量,月份\nLamp,a17,红,60,2026-09\nLamp,A17,blue,40,2026-11\n")
    assert rates(tables, "batch")[0] == ("a17", 3, 60, 0.05)
    assert rates(tables, "colour") == [("red", 6, 60, 0.1)]
    assert tables["fault_rate_by_colour"][0]["figure"] == "Red"


@pytest.mark.parametrize(
    "headings",
    [
        "产品型号,批次,数量,月份",
        "产品名称（必填）,生产批号,销售数量,销售月份",
        "商品 名称,批 号,出货量（台）,年月",
        "ＰＲＯＤＵＣＴ,Ｌｏｔ　Ｎｏ.,Ｑｔｙ,Ｍｏｎｔｈ:",
        "Product name,Batch number,Units sold,Sales month",
        "產品名稱,生產批次,銷售數量,月份",
    ],
)
def test_headings_are_known_as_those_of_any_file(report: Any, headings: str) -> None:
    tables = report(f"十月出货统计,,,\n{headings}\nLamp,A17,60,2026/9/1\nLamp,B02,100,2026年10月\n合计,,160,\n")
    assert rates(tables, "batch")[:2] == [("A17", 3, 60, 0.05), ("B02", 1, 100, 0.01)]
    assert rates(tables, "product")[0] == ("Lamp", 5, 160, 5 / 160)


def test_a_column_called_as_a_field_is_no_product_if_another_is(report: Any) -> None:
    tables = report("型号,产品,数量,批次\nLamp,Lamp,60,A17\n")
    assert rates(tables, "product")[0] == ("Lamp", 5, 60, 5 / 60)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "sales.csv 没有“销量”这一列——列名写产品、销量，有月份的再加月份"),
        ("en", "sales.csv has no column units – its headings must be product, units and, if it has months, month"),
    ],
)
def test_a_wrong_file_is_told_what_is_expected(
    report: Any, call: Runner, tmp_path: Path, language: str, said: str
) -> None:
    (tmp_path / "sales.csv").write_text("产品,单价\nLamp,60\n", "utf-8")
    told = call("report", "--month", "2026-10", "--sales", "sales.csv", *NOW, env={"AFTERSERVICE_LANG": language})
    assert (told.code, said in told.err) == (3, True)


def test_by_names_the_field(report: Any) -> None:
    tables = report("product,batch,units\nLamp,A17,60\n", "--by", "batch")
    assert rates(tables, "batch")[0] == ("A17", 3, 60, 0.05)
    assert "fault_rate_by_product" not in tables


def test_a_report_of_the_rulebooks_own_has_the_rates_of_a_field(call: Runner, tmp_path: Path) -> None:
    own = "reports: {quality: {title: Quality, sections: {of_batches: {table: fault_rate_by_batch}}}}\n"
    (tmp_path / "shop.yaml").write_text(RULES + own, "utf-8")
    assert call("init", "--rules", "./shop.yaml").code == 0
    line = ("register", "broken", "--channel", "phone", "--product", "Lamp", "--field", "batch=A17")
    assert call(*line, "--now", "2026-10-12 09:00").code == 0
    (tmp_path / "sales.csv").write_text("product,batch,units\nLamp,A17,60\n", "utf-8")
    words = ("report", "--report", "quality", "--month", "2026-10", "--json", *NOW)
    (row,) = json.loads(call(*words, "--sales", "sales.csv").out)["tables"]["of_batches"]
    assert (row["id"], row["cases"], row["sold"]) == ("A17", 1, 60)
    assert json.loads(call(*words).out)["tables"] == {}  # without the file there is nothing to tell


@pytest.mark.parametrize("field", ["owner_name", "nonsense"])
def test_a_table_of_what_tells_no_units_apart_is_refused(call: Runner, tmp_path: Path, field: str) -> None:
    own = f"reports: {{quality: {{title: Quality, sections: {{of_it: {{table: fault_rate_by_{field}}}}}}}}}\n"
    (tmp_path / "shop.yaml").write_text(RULES + own, "utf-8")
    told = call("rules", "check", "shop.yaml")
    assert (told.code, f"unknown table 'fault_rate_by_{field}' – write" in told.err) == (3, True), told.err


def test_what_is_personal_tells_nothing_apart(report: Any) -> None:
    tables = report("product,owner_name,units\nLamp,Wang,60\n")
    assert "fault_rate_by_owner_name" not in tables


def test_an_unknown_value_names_its_line(report: Any, tmp_path: Path, call: Runner) -> None:
    (tmp_path / "sales.csv").write_text("product,colour,units\nLamp,green,60\n", "utf-8")
    told = call("report", "--month", "2026-10", "--sales", "sales.csv", *NOW)
    assert (told.code, "sales.csv, line 2: unknown colour 'green' – write one of red, blue" in told.err) == (3, True)


@given(
    st.lists(st.tuples(st.sampled_from(["L1", "l1", "L2"]), st.sampled_from(["A", "ａ", "B", ""]), st.integers(0, 99)))
)
@settings(max_examples=50)
def test_the_units_of_all_batches_are_those_of_the_lines_that_name_one(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, int]]
) -> None:
    file = tmp_path_factory.getbasetemp() / "drawn.csv"
    file.write_text("product,batch,units\n" + "".join(f"{p},{b},{n}\n" for p, b, n in lines), "utf-8")
    sales, until = sales_of(file, BOOK), date(2027, 1, 1)
    plain: dict[str, int] = {}
    for _, batch, count in lines:
        if batch:
            key = "b" if batch == "B" else "a"
            plain[key] = plain.get(key, 0) + count
    assert {name: units.count for name, units in units_until(sales, until, field="batch").items()} == plain
    assert sum(units.count for units in units_until(sales, until).values()) == sum(count for *_, count in lines)
