"""Reports: their periods, one figure alone, the cases behind it, what stands beside it, and what it means."""

import json
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import rulebooks
from afterservice_cli.figures.periods import UNITS, Span, any_span, parse_span, span_of
from conftest import Runner
from tools import tool

TODAY = date(2026, 11, 6)
LATER = "2026-11-06 18:00"
DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))
DOCS = Path(__file__).parents[1] / "docs"


# --- periods --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "texts", "first", "until"),
    [
        ("month", ("2026-10", "2026年10月", "last", "上月", "上个月"), "2026-10-01", "2026-11-01"),
        ("month", ("２０２６-１２",), "2026-12-01", "2027-01-01"),
        ("month", ("2026年9月",), "2026-09-01", "2026-10-01"),
        ("month", ("This", "本月", "这个月"), "2026-11-01", "2026-12-01"),
        ("quarter", ("2026Q3", "2026-q3", "2026年第3季度", "2026年第三季度"), "2026-07-01", "2026-10-01"),
        ("quarter", ("last", "上季度", "上个季度"), "2026-07-01", "2026-10-01"),
        ("week", ("2026-W42", "2026w42", "２０２６－Ｗ４２", "2026年第42周"), "2026-10-12", "2026-10-19"),
        ("week", ("this", "本周", "这个星期"), "2026-11-02", "2026-11-09"),
        ("week", ("2026-W53",), "2026-12-28", "2027-01-04"),
        ("year", ("2026", "2026年", "2026年度", "this", "今年", "本年度"), "2026-01-01", "2027-01-01"),
    ],
)
def test_a_period_is_read_as_people_write_it(unit: str, texts: tuple[str, ...], first: str, until: str) -> None:
    wanted = Span(unit, date.fromisoformat(first), date.fromisoformat(until))
    assert [parse_span(unit, text, TODAY) for text in texts] == [wanted] * len(texts)
    assert parse_span(unit, wanted.name, TODAY) == wanted


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        *(
            ("month", text)
            for text in (
                "2026-13",
                "October",
                "2026Q3",
                "上周",
                "去年",
                "",
                "10",
                "2026-1",
                "2026-00",
                "0000-01",
                "2026-10-01",
                "1899-12",
            )
        ),
        *(("quarter", text) for text in ("2026Q5", "Q3", "2026-10", "上月", "今年")),
        *(("week", text) for text in ("2026-W54", "2025-W53", "W42", "42", "本月")),
        *(("year", text) for text in ("26", "1066", "2026-10", "9999", "上季度")),
    ],
)
def test_a_period_that_nobody_can_mean_is_refused(unit: str, text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        parse_span(unit, text, TODAY)


def test_the_month_before_january_is_december() -> None:
    assert parse_span("month", "last", date(2027, 1, 1)) == parse_span("month", "2026-12", TODAY)


def test_a_refused_period_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(ValueError) as told:
        parse_span("month", "13900000012", TODAY)
    assert "139" not in str(told.value)


@pytest.mark.parametrize("text", ["上月", "上季度", "上周", "去年"])
def test_a_period_named_alone_is_of_the_kind_that_its_words_say(text: str) -> None:
    unit = {"上月": "month", "上季度": "quarter", "上周": "week", "去年": "year"}[text]
    assert any_span(text, TODAY) == parse_span(unit, "last", TODAY)


@given(st.sampled_from(UNITS), DAYS)
def test_periods_follow_each_other_and_their_parts_fill_them(unit: str, day: date) -> None:
    span = span_of(unit, day)
    assert span.first <= day < span.until
    before = span.before()
    assert (before.unit, before.until) == (unit, span.first)
    parts = span.parts()
    assert [part.until for part in parts] == [*(part.first for part in parts[1:]), span.until]
    assert parts[0].first == span.first
    assert 5 <= len(parts) <= 45
    year = span.year_before()
    assert year.unit == unit
    assert timedelta(days=357) <= span.first - year.first <= timedelta(days=371)


@given(DAYS, st.integers(1, 900))
def test_a_span_of_days_is_compared_with_as_many_before(first: date, days: int) -> None:
    span = Span("days", first, first + timedelta(days=days))
    assert span.before() == Span("days", first - timedelta(days=days), first)
    assert abs((span.year_before().until - span.year_before().first).days - days) <= 1
    parts = span.parts()
    assert [part.until for part in parts] == [*(part.first for part in parts[1:]), span.until]


# --- at a desk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def ask(tmp_path: Path, call: Runner) -> Any:
    """A desk of three cases in October and one in September, of which one was answered late and rated low."""
    (tmp_path / "f.yaml").write_text(rulebooks.text("figures"), "utf-8")
    assert call("init", "--rules", "./f.yaml", now="2026-09-21 09:00").code == 0
    lines = (
        ("register broken --channel phone --product Lamp --field batch=b1", "2026-09-28 09:00"),
        ("register broken --channel phone --product Lamp --field batch=b1", "2026-10-05 09:00"),
        ("register odd --channel mail --field batch=b2", "2026-10-06 09:00"),
        ("register wish --channel mail", "2026-10-31 23:59"),
        ("respond 202610-001 hello", "2026-10-05 10:00"),
        ("respond 202610-002 hello", "2026-10-06 13:00"),
        ("resolve 202610-001 mended", "2026-10-07 09:00"),
        ("rate 202610-001 speed=1", "2026-10-08 09:00"),
    )
    for words, now in sorted(lines, key=lambda line: line[1]):
        assert call(*words.split(), now=now).code == 0, words

    def asked(*words: str, code: int = 0) -> str:
        done = call("report", *words, now=LATER)
        assert done.code == code, done.err
        return (done.out if code == 0 else done.err).rstrip("\n")

    return asked


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ((), 3),
        (("--month", "2026-09"), 1),
        (("--quarter", "2026Q3"), 1),
        (("--week", "2026-W41"), 2),
        (("--year", "2026"), 4),
        (("--from", "2026-10-05", "--to", "2026-10-06"), 2),  # both days counted
        (("--from", "2026-10-06"), 2),
        (("--channel", "mail"), 2),
        (("--category", "product"), 2),
        (("--where", "channel=phone", "--year", "2026"), 2),
    ],
)
def test_one_number_alone(ask: Any, words: tuple[str, ...], count: int) -> None:
    assert ask("--metric", "registered", *words) == str(count)


def test_numbers_for_the_shell(ask: Any) -> None:
    assert ask("--metric", "respond.attainment") == "0.5"  # met by 001; missed by 002; 003 is due in November
    assert ask("--metric", "first_response.median") == "150"
    assert ask("--metric", "csat", "--month", "2026-09") == ""
    assert "write" in ask("--metric", "respond.attainmnt", code=4)


def test_the_cases_behind_a_figure(ask: Any) -> None:
    def cases(*words: str) -> list[str]:
        return [one["case"] for one in json.loads(ask(*words, "--json"))]

    assert cases("--cases", "registered") == ["202610-001", "202610-002", "202610-003"]
    assert cases("--cases", "respond.missed") == ["202610-002"]
    assert cases("--cases", "respond.missed", "--channel", "phone") == []
    assert cases("--cases", "missed", "--by", "target", "--row", "Second visit") == ["202610-001"]
    assert cases("--missed") == ["202610-001", "202610-002"]
    assert cases("--low-rated") == ["202610-001"]
    assert cases("--cases", "first_response.median") == ["202610-001", "202610-002"]


def test_the_cases_behind_a_figure_go_into_a_file(ask: Any, tmp_path: Path) -> None:
    assert ask("--low-rated", "-o", "low.csv") == ""
    head, row = (tmp_path / "low.csv").read_text("utf-8-sig").splitlines()
    assert head.startswith("case,status,")
    assert row.startswith("202610-001,resolved,")
    assert [json.loads(line)["case"] for line in ask("--missed", "--format", "jsonl").splitlines()] == [
        "202610-001",
        "202610-002",
    ]


def test_a_number_and_a_definition_are_json_if_that_is_asked_for(ask: Any) -> None:
    assert json.loads(ask("--metric", "registered", "--json")) == 3
    assert json.loads(ask("--metric", "csat", "--month", "2026-09", "--json")) is None
    (told,) = json.loads(ask("--define", "registered", "--json"))
    assert (told["name"], told["title"]) == ("registered", "registered")
    assert told["means"].startswith("cases received in the period")


def test_what_stands_beside_a_figure(ask: Any) -> None:
    told = json.loads(ask("--compare", "previous", "--json"))
    numbers = {row["name"]: row for row in told["tables"]["numbers"]}
    assert [numbers["registered"][f"value{end}"] for end in ("", ".before", ".change")] == [3, 1, 2]
    assert {row["id"]: row["registered.change"] for row in told["tables"]["by_category"]} == {
        "other": 1,
        "product.defect": 0,
        "product.idea": 1,
    }
    year = json.loads(ask("--compare", "last-year", "--json"))
    assert {row["name"]: row["value.before"] for row in year["tables"]["numbers"]}["registered"] == 0
    assert "previous or last-year" in ask("--compare", "yesterday", code=3)


@pytest.mark.parametrize(
    ("other", "days"), [("previous", "2026-09-01 – 2026-09-30"), ("last-year", "2025-10-01 – 2025-10-31")]
)
@pytest.mark.parametrize("form", ["txt", "md", "html"])
def test_a_report_says_with_which_period_it_compares(ask: Any, form: str, other: str, days: str) -> None:
    assert f"compared with {days}" in ask("--compare", other, "--format", form)
    assert "compared with" not in ask("--format", form)


def test_programs_read_with_which_period_a_report_compares(ask: Any) -> None:
    told = json.loads(ask("--compare", "previous", "--json"))
    assert told["compared"] == {"from": "2026-08-31T16:00:00Z", "until": "2026-09-30T16:00:00Z"}
    assert json.loads(ask("--json"))["compared"] is None
    lines = ask("--compare", "previous", "--format", "csv").splitlines()
    assert "2026-10,,report,,compared.from,2026-08-31T16:00:00Z" in lines
    assert "2026-10,,report,,compared.until,2026-09-30T16:00:00Z" in lines


def test_a_deadline_of_the_period_before_alone_has_its_title(ask: Any) -> None:
    told = json.loads(ask("--month", "2026-11", "--compare", "previous", "--json"))
    rows = {row["id"]: row["target"] for row in told["tables"]["targets"]}
    assert rows == {"respond": "respond", "resolve": "resolve", "task:visit": "Second visit"}


def test_tasks_of_one_name_that_are_called_differently_have_every_title(tmp_path: Path, call: Runner) -> None:
    plans = "{refund: {title: Refund, tasks: {back: {title: Goods back, by: service, within: 1wd}}}, "
    plans += "repair: {title: Repair, tasks: {back: {title: Lamp back, by: service, within: 1wd}}}}"
    rules = rulebooks.text("figures").replace("{refund: {title: Refund, gives: money}, repair: Repair}", plans)
    (tmp_path / "f.yaml").write_text(rules, "utf-8")
    assert call("init", "--rules", "./f.yaml", now="2026-10-01 09:00").code == 0
    for number, disposition in (("001", "repair"), ("002", "refund")):
        assert call("register", "broken", "--channel", "phone", now="2026-10-12 09:00").code == 0
        assert call("propose", number, "a plan", "--disposition", disposition, now="2026-10-12 10:00").code == 0
    told = json.loads(call("report", "--json", now=LATER).out)
    (row,) = (row for row in told["tables"]["targets"] if row["id"] == "task:back")
    assert (row["target"], row["missed"]) == ("Goods back / Lamp back", 2)


ONLY = ("--channel", "Phone", "--where", "Batch=b1", "--unclassified", "--category", "Product")


def test_a_report_of_some_cases_says_of_which(ask: Any, tmp_path: Path) -> None:
    assert json.loads(ask("--json"))["filters"] == {}
    assert json.loads(ask(*ONLY, "--json"))["filters"] == {
        "category": "product",
        "channel": "phone",
        "unclassified": "",
        "batch": "b1",
    }
    said = "of these cases alone: category=Product, channel=Phone, unclassified, Batch=B1"
    assert ask(*ONLY).splitlines()[2] == said
    assert said in ask(*ONLY, "--format", "md")
    assert said in ask(*ONLY, "--format", "html")
    ask(*ONLY, "-o", "some.xlsx")
    cover = CalamineWorkbook.from_path(tmp_path / "some.xlsx").get_sheet_by_index(0).to_python()
    assert said in [row[0] for row in cover]


def test_a_report_of_a_customer_does_not_name_them(ask: Any) -> None:
    assert json.loads(ask("--customer", "555", "--json"))["filters"] == {"customer": "…"}
    assert ask("--find", "broken").splitlines()[2] == "of these cases alone: with the words=…"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("closed-in=last", "2026-10"),
        ("month=this", "2026-11"),
        ("from=yesterday", "2026-11-05"),
        ("to=-2d", "2026-11-04"),
    ],
)
def test_a_report_names_days_and_periods_so_that_they_mean_the_same_later(ask: Any, asked: str, told: str) -> None:
    assert list(json.loads(ask("--where", asked, "--json"))["filters"].values()) == [told]


@pytest.mark.parametrize(
    ("asked", "name", "said"),
    [("second visit", "task:visit", "Second visit"), ("task:Visit", "task:visit", "Second visit")],
)
def test_a_report_of_deadlines_missed_names_what_was_missed(ask: Any, asked: str, name: str, said: str) -> None:
    assert json.loads(ask("--where", f"missed={asked}", "--json"))["filters"] == {"missed": name}
    assert ask("--where", f"missed={asked}").splitlines()[2].endswith(f"={said}")


def test_a_period_that_is_not_over_is_said_to_be_so(ask: Any) -> None:
    assert "not over: it is told until 2026-11-06 18:00" in ask("--month", "this").splitlines()[2]
    assert ask("--month", "2026-12").splitlines()[2] == "this period has not begun"
    assert ask().splitlines()[2] == ""
    assert ask("--by", "owner", "--month", "2026-08").splitlines()[2] == "there is nothing to count in this period"


OWN = """
reports:
  boss:
    title: For the boss
    compare: previous
    sections:
      mail: {title: By mail, figures: [registered, backlog], where: {channel: mail}}
      numbers: {title: Numbers, figures: [registered]}
      mixed:
        title: Times and shares
        figures: [respond.attainment, first_response.mean, first_response.working.p90, rating.mean, given.refund.money]
      teams: {title: Teams, figures: [first_response.mean], by: owner}
      some: {title: By phone, by: channel, where: {category: other}}
      few: {title: Few, figures: [registered], where: {category: other}}
      deadlines: {title: Deadlines, table: targets}
  team:
    title: For the team
    sections:
      standing: {title: Standing, figures: [backlog, problems.open], by: channel}
      kept: {title: Kept, figures: [respond.attainment], by: channel}
"""


@pytest.fixture
def boss(tmp_path: Path, call: Runner) -> Any:
    """Asks for a report of a rulebook's own at a desk of one case in September and one in October."""
    (tmp_path / "f.yaml").write_text(rulebooks.text("figures") + OWN, "utf-8")
    for words, now in (
        ("init --rules ./f.yaml", "2026-09-21 09:00"),
        ("register broken --channel phone", "2026-09-28 09:00"),
        ("respond 001 hello", "2026-09-28 11:30"),
        ("register broken --channel phone", "2026-10-12 09:00"),
        ("register odd --channel mail", "2026-10-12 09:00"),
        ("respond 202610-001 hello", "2026-10-13 10:30"),
        ("resolve 202610-001 mended", "2026-10-13 11:00"),
        ("rate 202610-001 speed=4", "2026-10-13 12:00"),
    ):
        assert call(*words.split(), now=now).code == 0, words

    def asked(*words: str) -> str:
        done = call("report", "--report", "boss", *words, now=LATER)
        assert done.code == 0, done.err
        return done.out

    return asked


def test_figures_of_different_kinds_are_each_shown_as_what_they_are(boss: Any, tmp_path: Path) -> None:
    wanted = [
        ["respond: attainment", "0.0%", "0.0%", "±0.0 points"],
        ["first response (mean)", "1d 1h", "2h 30m", "+23h 00m"],
        ["first response, working time (P90)", "10h 30m", "2h 30m", "+8h 00m"],
        ["mean of all answers", "4.00", "–", "–"],
        ["Refund: money (yuan)", "0", "0", "±0"],
    ]
    lines = boss().splitlines()
    at = lines.index("Times and shares") + 2
    assert [re.split(" {2,}", line.strip()) for line in lines[at : at + 5]] == wanted
    told = boss("--format", "md").splitlines()
    assert [f"| {' | '.join(row)} |" for row in wanted] == told[(at := told.index("## Times and shares") + 4) : at + 5]
    boss("-o", "boss.xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "boss.xlsx").get_sheet_by_name("Times and shares").to_python()
    mean = [row for row in book if row[0] == "first response (mean)"]
    assert mean == [
        ["first response (mean)", timedelta(minutes=1530), timedelta(minutes=150), 23.0, "first_response.mean"]
    ]
    with zipfile.ZipFile(tmp_path / "boss.xlsx") as book_file:
        styles = book_file.read("xl/styles.xml").decode()
    assert {"0.0%", "[h]:mm", "+0.0&quot;h&quot;;-0.0&quot;h&quot;;0.0&quot;h&quot;"} <= {
        *re.findall('formatCode="(.*?)"', styles)
    }


def test_a_report_of_ones_own_is_open_on_its_page_and_a_file_beside_others(boss: Any, tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    boss("-o", "reports", "--format", "html")
    (file,) = (tmp_path / "reports").iterdir()
    assert file.name == "2026-10-boss.html"
    page = file.read_text("utf-8")
    assert page.count('<details class="table" open>') == 7
    assert '<details class="table">' not in page


def test_what_stands_from_before_has_a_row_and_so_has_an_attainment_of_none(boss: Any) -> None:
    november = boss("--report", "team", "--month", "2026-11").splitlines()
    assert [line.split() for line in november[november.index("Standing") + 2 :][:2]] == [
        ["Phone", "2", "–"],
        ["Mail", "1", "–"],
    ]
    october = boss("--report", "team", "--month", "2026-10").splitlines()
    assert [line.split() for line in october[october.index("Kept") + 2 :][:2]] == [["Phone", "0.0%"], ["Mail", "0.0%"]]


def test_a_list_of_cases_is_called_by_words_though_no_row_has_its_figure(boss: Any) -> None:
    assert '<a href="#cases-missed">deadlines missed (2 cases)</a>' in boss("--format", "html")


def test_a_section_about_some_cases_opens_no_list_of_all(boss: Any) -> None:
    page = boss("--format", "html")
    parts = {re.findall("<h2>(.*?)</h2>", part)[0]: part for part in page.split("<section id=")[1:]}
    tiles = page.partition('<dl class="tiles">')[2].partition("</dl>")[0]
    assert '<a href="#cases-registered">2</a>' in tiles, "at a glance stands what the whole report says"
    assert "backlog" not in tiles
    assert '<a href="#cases-registered">2</a>' in parts["Numbers"]
    assert '<a href="#cases-few_2f_registered">1</a>' in parts["Few"]
    assert "#cases-registered" not in parts["Few"] + parts["By phone"].partition("</section>")[0]


def test_where_there_is_no_room_columns_are_left_out_and_that_is_said(ask: Any, call: Runner) -> None:
    def shown(columns: int) -> list[str]:
        return call("report", "--compare", "previous", now=LATER, columns=columns).out.splitlines()

    said = ["some columns have no room here:", "    a wider window shows them, and -o FILE writes all"]
    wide, narrow = shown(160), shown(78)
    assert said[0] not in "\n".join(wide)
    assert narrow[(at := narrow.index(said[0])) : at + 2] == said
    heads = narrow[narrow.index("Deadlines by priority") + 1].split()
    assert heads == ["priority", "met", "missed", "attainment", "before", "change", "late", "by", "(median)"]


def test_one_thing_alone_tells_cases_apart(ask: Any) -> None:
    told = json.loads(ask("--by", "batch", "--year", "2026", "--json"))["tables"]
    assert {row["id"]: row["registered"] for row in told["by_batch"]} == {"b1": 2, "b2": 1, "": 1}
    assert list(told) == ["by_batch"]
    assert [row["id"] for row in json.loads(ask("--by", "line", "--json"))["tables"]["by_line"]] == ["", "lamps"]
    assert json.loads(ask("--by", "渠道", "--json")) == json.loads(ask("--by", "Channel", "--json"))
    assert "owner (team)" in ask("--by", "weather", code=3)


def test_a_product_of_which_nothing_was_sold_has_no_rate_but_a_row(ask: Any, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("product,units\nLamp,0\nKettle,10\n", "utf-8")
    told = json.loads(ask("--sales", "sales.csv", "--json"))["tables"]["fault_rate_by_product"]
    rows = [(row["id"], row["cases"], row["sold"], row["fault_rate"]) for row in told]
    assert rows == [("Kettle", 0, 10, 0.0), ("Lamp", 1, 0, None)]


def test_a_figure_says_what_it_means(ask: Any) -> None:
    assert ask("--define", "registered").startswith("registered  registered\n  cases received in the period")
    assert "nearest rank" in ask("--define", "first_response.p90")
    assert "working time" in ask("--define", "first_response.working.mean")
    every = ask("--define", "?")
    assert {"respond.missed", "task:visit.attainment", "rating.speed.mean"} <= {
        line.split()[0] for line in every.splitlines()
    }


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--month", "2026-10", "--week", "2026-W42"), 2),
        (("--month", "2026-10", "--from", "2026-10-01"), 2),
        (("--to", "2026-10-01"), 2),
        (("--from", "2026-10-05", "--to", "2026-10-04"), 3),
        (("--missed", "--metric", "closed"), 2),
        (("--metric", "registered", "--by", "owner"), 2),
        (("--metric", "registered", "--compare", "previous"), 2),
        (("--metric", "registered", "-o", "number.csv"), 2),
        (("--define", "registered", "--format", "html"), 2),
        (("--missed", "--by", "owner"), 2),
        (("-o", "-"), 3),
        (("--missed", "--format", "html"), 3),
        (("--missed", "-o", "missed.xlsx"), 3),
        (("--as-of", "2026-10-20", "--find", "broken"), 2),
        (("--as-of", "2026-09-01"), 4),
        (("--as-of", "2027-01-01"), 3),
    ],
)
def test_what_cannot_be_asked_is_refused(ask: Any, words: tuple[str, ...], code: int) -> None:
    assert ask(*words, code=code) != ""


def test_as_of_a_time_nothing_counts_that_was_recorded_later(ask: Any) -> None:
    then = json.loads(ask("--as-of", "2026-10-06 10:00", "--month", "2026-10", "--json"))
    assert (then["figures"]["registered"], then["figures"]["resolved"]) == (2, 0)
    assert then["ending"]["as_of"] == "2026-10-06T02:00:00Z"
    assert then["ending"]["events"] < json.loads(ask("--json"))["ending"]["events"]
    assert ask("--as-of", "2026-10-06 10:00", "--metric", "respond.missed", "--month", "2026-10") == "0"


@pytest.mark.parametrize("words", [(), ("--month", "last"), ("--from", "2026-09-01", "--to", "yesterday")])
def test_as_of_a_time_last_month_is_the_one_before_that_time(ask: Any, words: tuple[str, ...]) -> None:
    then = json.loads(ask("--as-of", "2026-10-01 00:30", *words, "--json"))
    assert (then["from"], then["until"]) == ("2026-08-31T16:00:00Z", "2026-09-30T16:00:00Z")
    assert then["figures"]["registered"] == 1


def test_the_page_of_figures_has_not_drifted() -> None:
    for name, text in tool("generate_metrics").pages().items():
        assert (DOCS / name).read_text("utf-8") == text, "run: python docs/generate_metrics.py"
