"""A report in every format: the same cells in each, nothing that acts in a text, files as a whole or not at all."""

import csv
import io
import json
import os
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from afterservice_cli.commands.printing import FORMATS, write_report
from afterservice_cli.console.terminal import Terminal
from afterservice_cli.errors import BadInput, BadUsage, NotFound, Problem, StorageFailed
from afterservice_cli.figures.tables import CHARTS, KINDS, Cell, Only, Printed, ReportColumn, ReportTable
from afterservice_cli.language import LANGUAGES, speaking
from afterservice_cli.render.reports import charts, xlsx
from afterservice_cli.render.reports.amounts import amount, change
from afterservice_cli.render.reports.html import report_html
from afterservice_cli.render.reports.markdown import report_markdown
from afterservice_cli.render.reports.page import HEADLINE, headline
from afterservice_cli.render.reports.printed import for_people, scope_lines, shown_text
from afterservice_cli.render.reports.xlsx import report_xlsx
from printed import printed

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Page(HTMLParser):
    """What stands in a page: its words, its tags, its names and what it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.names: list[str] = []
        self.links: list[str] = []
        self._style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._style = tag == "style"
        for name, value in attrs:
            if name == "id":
                self.names.append(value or "")
            elif name in ("href", "src", "srcset", "action", "data", "poster", "xlink:href"):
                self.links.append(value or "")
            assert not name.startswith("on")

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words.append(data.strip())


def told(report: Printed, language: str) -> list[str]:
    """Every title and every cell of a report as people read it."""
    words = [report.title, report.period]
    for table in report.tables:
        words += [table.title, *(table.columns[place].title for place in for_people(table))]
        words += [shown_text(report, table, row, place, language) for row in table.rows for place in for_people(table)]
    return words


# --- the same in every format -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_tells_every_cell(language: str) -> None:
    report = printed(language)
    words = Page(report_html(report, language)).words
    assert [word for word in told(report, language) if word not in words and word not in " ".join(words)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_markdown_tells_every_cell(language: str) -> None:
    report = printed(language)
    text = re.sub(r"\\(.)", r"\1", report_markdown(report, language))
    assert [word for word in told(report, language) if word not in text] == []
    rows = sum(len(table.rows) + 2 for table in report.tables)
    assert len(re.findall(r"^\| .* \|$", text, re.MULTILINE)) == rows


def test_json_has_every_value_as_it_is() -> None:
    report = printed()
    read = json.loads(FORMATS["json"](report, "en"))
    assert {name: [list(row.values()) for row in rows] for name, rows in read["tables"].items()} == {
        table.name: [list(row) for row in table.rows] for table in report.tables
    }
    assert read["ending"]["head"] == report.ending.head


def test_csv_has_a_line_for_each_cell_by_the_names_that_scripts_know() -> None:
    report = printed("zh")
    every = list(csv.DictReader(io.StringIO(FORMATS["csv"](report, "zh").decode())))
    lines = [line for line in every if line["table"]]  # the others are of no table
    found = {(line["table"], line["row"], line["column"]): line for line in lines}
    assert len(found) == len(lines) == sum(len(t.rows) * (len(for_people(t)) - 1) for t in report.tables)
    line = found["targets", "resolve", "attainment"]
    assert (line["period"], line["title"], float(line["value"])) == ("2026-10", "解决", 1100 / 1190)
    assert found["by_line", "分体式空调", "faults"]["value"] == ""
    assert found["missed", "202610-017", "category"]["value"] == "'-"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_holds_what_json_says_as_numbers_and_times(language: str) -> None:
    report = printed(language)
    book = CalamineWorkbook.from_filelike(io.BytesIO(report_xlsx(report, language)))
    read = json.loads(FORMATS["json"](report, language))
    assert len(book.sheet_names) == len(read["tables"]) + 2  # the cover, and the cases
    for table, name in zip(report.tables, book.sheet_names[1:], strict=False):
        heads, *rows = book.get_sheet_by_name(name).to_python()
        assert heads == [column.title for column in table.columns]
        kinds = [column.kind if column.kind != "share" else column.name for column in table.columns]
        assert [[_plain(*pair) for pair in zip(row, kinds, strict=True)] for row in rows] == [
            [None if cell is None else pytest.approx(cell) if isinstance(cell, float) else cell for cell in row]
            for row in (list(one.values()) for one in read["tables"][table.name])
        ]
    cases = book.get_sheet_by_name(book.sheet_names[-1]).to_python()
    assert len(cases) == 1 + sum(map(len, report.cases.values()))


def _plain(cell: object, kind: str) -> object:
    """A cell of a workbook as JSON has it."""
    if cell == "":
        return None
    if isinstance(cell, timedelta):
        return cell / timedelta(minutes=1)
    if isinstance(cell, date) and kind == "instant":  # calamine makes a day of a midnight
        cell = cell if isinstance(cell, datetime) else datetime.combine(cell, time())
        return cell.replace(tzinfo=SHANGHAI).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and kind == "minutes":  # a number of days, if the reader knows no lengths of time
        return cell * 1440
    if isinstance(cell, float) and kind.endswith(".change"):  # of a share, in points
        return cell / 100
    return int(cell) if isinstance(cell, float) and kind == "count" else cell


@pytest.mark.parametrize(("language", "hour"), [("en", "h"), ("zh", "小时")])
def test_a_workbook_shows_changes_with_their_signs_and_units(language: str, hour: str) -> None:
    """Excel shows a length of time below zero as a row of #."""
    kinds = {"figure": "text", "median": "minutes", "median.change": "minutes", "value.change": "count"}
    columns = tuple(ReportColumn(name, name, kind) for name, kind in kinds.items())
    table = ReportTable(
        "times", "Times", (*columns, ReportColumn("whole", "whole", "number")), (("a", 90.0, -45.0, 3, 1220.0),)
    )
    report = printed(cases=False).but(tables=(table,))
    made = report_xlsx(report, language)
    heads, row = CalamineWorkbook.from_filelike(io.BytesIO(made)).get_sheet_by_index(1).to_python()
    assert heads[2] == "median.change"
    assert row == ["a", timedelta(minutes=90), -0.75, 3, 1220]
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        forms = set(re.findall('formatCode="(.*?)"', book.read("xl/styles.xml").decode()))
    hours = f"0.0&quot;{hour}&quot;"
    assert {"[h]:mm", f"+{hours};-{hours};{hours}", "+#,##0;-#,##0;#,##0"} <= forms
    assert "#,##0.00" not in forms, "a whole number has no decimals, and no point either"


def test_a_workbook_draws_its_charts_itself() -> None:
    report = printed()
    with zipfile.ZipFile(io.BytesIO(report_xlsx(report, "en"))) as book:
        drawn = [name for name in book.namelist() if name.startswith("xl/charts/chart")]
        texts = [book.read(name).decode() for name in drawn]
    assert len(drawn) == sum(table.chart is not None for table in report.tables)
    assert sum("<c:lineChart>" in text for text in texts) == 1
    assert sum('<c:grouping val="percentStacked"/>' in text for text in texts) == 2


@pytest.mark.parametrize("rows", [1261, 1262])
def test_cases_beyond_the_rows_of_a_sheet_are_counted(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample has 1280 cases; where they do not fit, the last row says how many are left out."""
    monkeypatch.setattr(xlsx, "ROWS", rows)
    book = CalamineWorkbook.from_filelike(io.BytesIO(report_xlsx(printed(), "en")))
    lines = book.get_sheet_by_name(book.sheet_names[-1]).to_python()
    assert len(lines) == rows
    assert lines[-1][0] == f"and {1280 - (rows - 2)} more than a sheet has rows for"
    assert len(set(map(tuple, lines[1:-1]))) > 100


def test_tables_of_one_title_get_a_sheet_each() -> None:
    table = printed().tables[0].but(title="By product: the [newest] / oldest, and all between them")
    report = printed(cases=False).but(tables=(table, table.but(title=table.title.upper()), table))
    book = CalamineWorkbook.from_filelike(io.BytesIO(report_xlsx(report, "en")))
    assert book.sheet_names[1:] == [
        "By product  the  newest    olde",
        "BY PRODUCT  THE  NEWEST    OL 2",
        "By product  the  newest    ol 3",
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_report_makes_the_same_bytes(format: str) -> None:
    report = printed()
    first = FORMATS[format](report, "en")
    assert FORMATS[format](report, "en") == first
    if format == "xlsx":  # it may hold the time it was made at, which two runs within a second would not show
        with zipfile.ZipFile(io.BytesIO(first)) as book:
            told = book.read("docProps/core.xml").decode()
            assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]*Z", told)) == {report.ending.as_of}


# --- nothing that acts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_asks_for_nothing_and_runs_nothing(language: str) -> None:
    page = Page(report_html(printed(language), language))
    assert not {"script", "iframe", "img", "object", "embed", "form", "base"} & set(page.tags)
    assert [link for link in page.links if not link.startswith("#")] == ["data:,"]
    assert len(page.names) == len(set(page.names))
    assert {link[1:] for link in page.links if link.startswith("#")} <= {*page.names, "_"}


def test_a_page_holds_no_case_unless_they_were_asked_for() -> None:
    page = report_html(printed(cases=False), "en")
    assert (page.count("202610-004"), page.count("202610-001"), page.count('class="cases"')) == (1, 0, 0)


def test_a_workbook_holds_no_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(report_xlsx(printed(), "en"))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(re.search("<f>|<hyperlink", sheet) for sheet in sheets)


any_text = st.text(st.characters() | st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=40)
cells: dict[str, st.SearchStrategy[Cell]] = {
    "text": any_text,
    "count": st.integers(-(10**9), 10**9),
    **{kind: st.floats(-1e9, 1e9) for kind in ("share", "minutes", "number", "score")},
    "instant": st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z"),
    "day": st.dates(date(1970, 1, 1), date(2200, 1, 1)).map(str),
}


@st.composite
def tables(draw: st.DrawFn) -> ReportTable:
    """A table of any shape with anything in it."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
    columns = tuple(ReportColumn(f"c{i}", draw(any_text), kind) for i, kind in enumerate(kinds))
    row = st.tuples(*(st.none() | cells[kind] for kind in kinds))
    rows = tuple(draw(st.lists(row, max_size=6)))
    return ReportTable("t", draw(any_text), columns, rows, draw(st.sampled_from([None, *CHARTS])))


@settings(max_examples=40, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # to shrink workbooks takes minutes
@given(st.lists(tables(), max_size=3), any_text)
def test_whatever_a_report_holds_every_format_can_be_read(made: Sequence[ReportTable], title: str) -> None:
    report = printed().but(title=title, tables=tuple(made))
    page = Page(report_html(report, "en"))
    assert "script" not in page.tags
    book = CalamineWorkbook.from_filelike(io.BytesIO(report_xlsx(report, "zh")))
    assert len({name.lower() for name in book.sheet_names}) == len(made) + 2
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", name) for name in book.sheet_names)
    assert json.loads(FORMATS["json"](report, "en"))["title"] == title
    assert FORMATS["csv"](report, "en").decode() and FORMATS["md"](report, "en").decode()


@given(tables())
def test_what_is_drawn_stays_within_its_frame(table: ReportTable) -> None:
    for parts in (*charts.bars(table), *charts.stacks(table)):
        ends = [0.0, *(part.begin + part.length for part in parts)]
        assert all(part.begin >= end - 0.02 for part, end in zip(parts, ends, strict=False)), "none covers another"
        assert ends[-1] <= 100.02
    if drawn := charts.course(table):
        numbers = [float(n) for line in drawn.lines for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", line.path)]
        assert all(-0.01 <= number <= 100.01 for number in numbers)
        assert [tick.at for tick in drawn.beside] == sorted({tick.at for tick in drawn.beside}, reverse=True)
        assert 2 <= len(drawn.beside) <= charts.TICKS + 3
        assert [tick.at for tick in drawn.below] == sorted({tick.at for tick in drawn.below})


# --- what people read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "kind", "english", "chinese"),
    [
        (None, "count", "–", "–"),
        (1234567, "count", "1,234,567", "1,234,567"),
        (0.94215, "share", "94.2%", "94.2%"),
        (0.4, "minutes", "0m", "0分钟"),
        (44.5, "minutes", "44m", "44分钟"),
        (119.6, "minutes", "2h 00m", "2小时"),
        (1539.0, "minutes", "1d 1h", "1天1小时"),
        (1074999.0, "minutes", "746d", "746天"),
        (-61.0, "minutes", "-1h 01m", "-1小时1分钟"),
        (4000.0, "working", "66h 40m", "66小时40分钟"),
        (4.256, "score", "4.26", "4.26"),
        (1200.50, "number", "1,200.5", "1,200.5"),
        ("2026-10-20T16:00:00Z", "instant", "2026-10-21 00:00", "2026-10-21 00:00"),
        ("2026-10-20", "day", "2026-10-20", "2026-10-20"),
    ],
)
def test_a_cell_is_told_as_people_say_it(cell: Cell, kind: str, english: str, chinese: str) -> None:
    assert [amount(cell, kind, SHANGHAI, language) for language in ("en", "zh")] == [english, chinese]


@pytest.mark.parametrize(
    ("cell", "kind", "english", "chinese"),
    [
        (34, "count", "+34", "+34"),
        (0, "count", "±0", "±0"),
        (-0.0079, "share", "-0.8 points", "-0.8个百分点"),
        (-1539.0, "minutes", "-1d 1h", "-1天1小时"),
        (None, "count", "–", "–"),
    ],
)
def test_a_change_has_its_sign(cell: Cell, kind: str, english: str, chinese: str) -> None:
    assert [change(cell, kind, language) for language in ("en", "zh")] == [english, chinese]


def test_the_days_of_a_period_are_both_counted() -> None:
    assert next(scope_lines(printed(), "en")) == "2026-10-01 – 2026-10-31 (Asia/Shanghai)"
    within = printed().but(until="2026-10-31T10:00:00Z")
    assert next(scope_lines(within, "en")) == "2026-10-01 00:00 – 2026-10-31 18:00 (Asia/Shanghai)"


def test_the_headline_is_what_a_manager_asks_first() -> None:
    tiles = headline(printed(), "en")
    assert [(tile.title, tile.cell.text, tile.before) for tile in tiles] == [
        ("registered", "1,234", "before 1,200 (+34)"),
        ("resolved", "1,198", "before 1,230 (-32)"),
        ("backlog", "310", "before 310 (±0)"),
        ("attainment", "94.2%", "before 95.0% (-0.8 points)"),
        ("first response (median)", "30m", ""),
        ("first resolution (median)", "746d", ""),
        ("satisfaction (scores 4–5)", "87.5%", ""),
    ]
    assert len(tiles) < len(HEADLINE)  # the sample has no reopen rate


def test_scores_have_bars_as_long_as_they_are_of_five() -> None:
    (table,) = (table for table in printed().tables if table.name == "scores")
    report = printed().but(tables=(table.but(chart=None),))
    assert re.findall(r'<rect class="c0" x="0.0" width="([\d.]+)"', report_html(report, "en")) == ["85.0", "78.0"]


def test_the_days_below_a_chart_are_told_without_their_year() -> None:
    (table,) = (table for table in printed().tables if table.chart == "lines")
    drawn = charts.course(table.but(columns=(table.columns[0].but(kind="text"), *table.columns[1:])))
    assert drawn and [tick.value for tick in drawn.below] == ["10-01", "10-07", "10-13", "10-19", "10-25", "10-31"]


def test_a_page_of_many_tables_begins_with_a_list_of_them() -> None:
    page = Page(report_html(printed(), "en"))
    assert [link for link in page.links if link.startswith("#table-")] == [
        f"#table-{table.name}" for table in printed().tables
    ]


def test_what_a_manager_asks_first_is_open() -> None:
    report = printed()
    (table,) = (table for table in report.tables if table.name == "numbers")
    names = ("by_area", "by_category", "targets", "timeliness_by_area", "backlog_by_age", "satisfaction", "frequent")
    page = report_html(report.but(tables=tuple(table.but(name=name) for name in names)), "en")
    opened = re.findall('<details class="table"( open)?>', page)
    assert opened == [" open", "", " open", "", " open", " open", " open"]


def test_what_is_long_is_folded_away() -> None:
    report = printed()
    (table,) = (table for table in report.tables if table.name == "numbers")
    many = report.but(tables=(table.but(rows=table.rows * 5), table.but(name="by_category", title="By category")))
    page = report_html(many, "en")
    assert re.findall('<details class="table"( open)?>', page) == [" open", ""]
    assert page.count("and 10 more</summary>") == 1  # 20 rows, of which 10 are shown
    assert page.count('<th scope="row">') == 24


def test_a_number_opens_the_cases_that_it_counted() -> None:
    report = printed()
    page = report_html(report, "en")
    assert '<a href="#cases-registered">1,234</a>' in page
    assert '<a href="#cases-first_resolution.median">746d</a>' in page
    assert page.count('href="#cases-missed"') == 1  # of the whole table
    (listed,) = re.findall(r'id="cases-missed">(.*?)</ul>', page, re.DOTALL)
    assert re.findall("<li>(.*?)</li>", listed) == list(report.cases["missed"])


def test_of_very_many_cases_it_lists_the_first_and_says_how_to_see_the_rest() -> None:
    report = printed()
    page = report_html(report, "en")
    (listed,) = re.findall(r'id="cases-registered">(.*?)</div>', page, re.DOTALL)
    assert len(report.cases["registered"]) == 1170
    assert re.findall("<li>(.*?)</li>", listed) == list(report.cases["registered"][:1000])
    assert "and 170 more: afterservice report --month 2026-10 --cases registered" in listed
    assert "registered (1170 cases)" in listed
    only = (
        Only("channel", "phone", "Channel", "Phone"),
        Only("batch", "B 24", "Batch", "B 24"),
        Only("unclassified", "", "unclassified", ""),
    )
    some = report_html(report.but(filters=only), "en")
    command = "report --month 2026-10 --where channel=phone --where &#39;batch=B 24&#39; --where unclassified --cases"
    assert f"and 170 more: afterservice {command} registered" in some


# --- where it goes ----------------------------------------------------------------------------------------------


def write(format: str | None = None, output: Path | None = None) -> None:
    with speaking("en"):
        write_report(printed(), Terminal(), format, output)


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_has_its_format_by_its_ending(format: str, tmp_path: Path) -> None:
    file = tmp_path / f"October.{format.upper()}"
    file.write_text("what was there before")
    write(output=file)
    mark = b"\xef\xbb\xbf" if format == "csv" else b""
    assert file.read_bytes() == mark + FORMATS[format](printed(), "en")
    assert [other.name for other in tmp_path.iterdir()] == [file.name]


def test_a_folder_gets_all_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(output=tmp_path / "reports")
    assert {file.name for file in (tmp_path / "reports").iterdir()} == {f"2026-10.{format}" for format in FORMATS}
    assert capsys.readouterr().err.count(" written\n") == len(FORMATS)
    write("html", tmp_path)  # or the one that is asked for
    assert [file.name for file in tmp_path.glob("2026*")] == ["2026-10.html"]


@pytest.mark.parametrize("format", FORMATS)
def test_in_a_pipe_it_is_what_the_file_would_be(format: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write(format)
    assert capfdbinary.readouterr().out == FORMATS[format](printed(), "en")


@pytest.mark.parametrize(
    ("format", "output", "kind", "said"),
    [
        ("pdf", None, BadInput, "there is no format 'pdf' – write one of md, csv, json, html, xlsx, txt"),
        (
            None,
            "report.pdf",
            BadInput,
            "a folder, or a file that ends with one of .md, .csv, .json, .html, .xlsx, .txt",
        ),
        ("html", "report.xlsx", BadUsage, "--output has its format by the file's ending"),
        (None, "nowhere/report.html", NotFound, "there is no folder"),
        (None, "nowhere/reports", NotFound, "there is no folder"),
        (None, "pipe.html", BadInput, "is no file"),
    ],
)
def test_what_cannot_be_written_is_said(
    format: str | None, output: str | None, kind: type[Problem], said: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    with pytest.raises(kind) as refused:
        write(format, tmp_path / output if output else None)
    assert said in str(refused.value)


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "2026-10.html").mkdir()  # no file can take the place of a folder
    (tmp_path / "2026-10.html" / "x").touch()
    with pytest.raises(StorageFailed):
        write("html", tmp_path)
    assert [file.name for file in tmp_path.rglob("*")] == ["2026-10.html", "x"]


def test_a_workbook_is_not_written_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(BadUsage, match=r"name a file: -o report\.xlsx"):
        write("xlsx")
