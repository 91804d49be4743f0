"""A report as CSV says what the other formats do beside its tables: its days, of which cases, where it comes from."""

import csv
import io
import json
from collections.abc import Mapping

from afterservice_cli.commands.printing import FORMATS
from afterservice_cli.figures.tables import Only, Printed
from printed import printed

ONLY = (
    Only("channel", "phone", "渠道", "电话"),
    Only("unclassified", "", "未分类", ""),
    Only("customer", "…", "客户", "…"),
    Only("batch", "=1+1", "批次", "=1+1"),
)


def lines(report: Printed) -> list[dict[str, str]]:
    """The lines of a report as programs read them."""
    return list(csv.DictReader(io.StringIO(FORMATS["csv"](report, "zh").decode())))


def told(report: Printed, row: str) -> Mapping[str, str]:
    """What lines of no table tell in a row, by their columns."""
    return {one["column"]: one["value"] for one in lines(report) if not one["table"] and one["row"] == row}


def test_it_says_what_json_says_of_the_report_itself() -> None:
    report = printed("zh").but(filters=ONLY)
    read = json.loads(FORMATS["json"](report, "zh"))
    assert told(report, "report") == {name: read[name] for name in ("title", "from", "until", "zone")}
    assert told(report, "ending") == {name: str(value) for name, value in read["ending"].items()}
    assert told(report, "filters") == {**read["filters"], "batch": "'=1+1"}


def test_whoever_reads_it_in_a_spreadsheet_finds_it_in_words() -> None:
    every = lines(printed("zh").but(filters=ONLY))
    assert [one["title"] for one in every if one["row"] == "filters"] == ["渠道=电话", "未分类", "客户=…", "批次==1+1"]
    assert {one["column"]: one["title"] for one in every if one["row"] == "ending"}["head"] == "末条"
    assert {one["period"] for one in every} == {"2026-10"}


def test_a_report_of_all_cases_has_no_filters_and_one_without_tables_says_so_much() -> None:
    assert told(printed(), "filters") == {}
    empty = printed().but(tables=(), filters=ONLY[:1])
    assert {one["row"] for one in lines(empty)} == {"report", "filters", "ending"}


def test_tables_stand_between_of_which_cases_it_is_and_where_it_comes_from() -> None:
    tables = [one["table"] for one in lines(printed().but(filters=ONLY))]
    first, last = (tables.index(one.name) for one in (printed().tables[0], printed().tables[-1]))
    assert (first, set(tables[:first]), set(tables[len(tables) - 6 :])) == (8, {""}, {""})
    assert "" not in tables[first:last]
