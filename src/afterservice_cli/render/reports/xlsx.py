"""A report as a workbook: a sheet for each table, numbers and times as such, charts that Excel draws itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from afterservice_cli.figures.tables import Cell, Printed, ReportColumn, ReportTable
from afterservice_cli.language import translated, words
from afterservice_cli.output_text import safe_text, width
from afterservice_cli.render.reports.amounts import amount
from afterservice_cli.render.reports.charts import measured
from afterservice_cli.render.reports.printed import CHANGE, ending_pairs, kind_of, scope_lines, zone_of
from afterservice_cli.time.instants import from_text

SHEETS: Mapping[str, str] = words("sheet", {"report": "Report", "cases": "Cases", "figure": "figure", "case": "case"})
# How a spreadsheet shows each kind of number.
FORMATS: Mapping[str, str] = {
    "count": "#,##0",
    "share": "0.0%",
    "minutes": "[h]:mm",
    "number": "#,##0.00",
    "score": "0.00",
    "instant": "yyyy-mm-dd hh:mm",
    "day": "yyyy-mm-dd",
}
CHARTS: Mapping[str, Mapping[str, str]] = {
    "bars": {"type": "bar"},
    "stacked": {"type": "bar", "subtype": "percent_stacked"},
    "lines": {"type": "line"},
}
WHOLE = "#,##0"  # numbers that have no fraction
A_DAY, AN_HOUR = 1440, 60  # minutes: a spreadsheet counts times in days
PRECISE = 9  # digits behind the point of points, of which floating numbers would make more
NAME = 31  # characters of a sheet's name
CELL = 32_767  # characters of a cell
ROWS = 1_048_576  # of a sheet
WIDEST = 48  # characters of a column
BESIDE = 1  # columns between a table and its chart
ROW = 21  # pixels of a row, for a chart as high as its bars need


class _Book:
    """A workbook that is being made, with its formats and the names that its sheets have."""

    def __init__(self, printed: Printed, language: str, out: BytesIO) -> None:
        self.zone = zone_of(printed)
        self.language = language
        safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = Workbook(out, safe)
        made = from_text(printed.ending.as_of).replace(tzinfo=None)  # not when it is printed: the same bytes again
        self.book.set_properties({"title": safe_text(f"{printed.title} {printed.period}"), "created": made})
        self.head = self.book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self._formats: dict[str, Format] = {}
        self._names: set[str] = set()

    def format_of(self, kind: str, cells: Sequence[Cell], *, changed: bool) -> Format | None:
        """Return how numbers of a kind are shown, if they say what has `changed` with their signs; None for texts."""
        text = FORMATS.get(kind)
        if text is None:
            return None
        if kind == "number" and all(float(cell).is_integer() for cell in cells if isinstance(cell, int | float)):
            text = WHOLE
        if changed:
            unit = self._unit_of_change(kind)
            text = f'0.0"{unit}"' if unit else text
            text = f"+{text};-{text};{text}"
        if text not in self._formats:
            self._formats[text] = self.book.add_format({"num_format": text})
        return self._formats[text]

    def _unit_of_change(self, kind: str) -> str:
        """Return in what a number of a kind is told to have changed, if not as the number itself."""
        match kind:
            case "minutes":
                return translated("{hours}h", self.language, hours="")
            case "share":
                return translated("{points} points", self.language, points="")
        return ""

    def sheet(self, title: str) -> Worksheet:
        """Add a sheet; its name is the title, without what Excel allows in none, and another than all before."""
        plain = _short(re.sub(r"[\[\]:*?/\\]", " ", safe_text(title)), NAME)
        name, number = plain, 1
        while name.lower() in self._names or name.lower() == "history":
            number += 1
            name = f"{_short(plain, NAME - len(f' {number}'))} {number}"
        self._names.add(name.lower())
        sheet: Worksheet = self.book.add_worksheet(name)
        return sheet


def report_xlsx(printed: Printed, language: str) -> bytes:
    """Return a report as the bytes of an .xlsx file; the same report makes the same bytes."""
    out = BytesIO()
    book = _Book(printed, language, out)
    _cover(book, printed)
    for table in printed.tables:
        _sheet(book, table)
    if printed.cases:
        _cases(book, printed.cases)
    book.book.close()
    return out.getvalue()


def _cover(book: _Book, printed: Printed) -> None:
    sheet = book.sheet(translated(SHEETS["report"], book.language))
    lines = [*(("", line) for line in scope_lines(printed, book.language)), *ending_pairs(printed, book.language)]
    sheet.write_string(0, 0, safe_text(f"{printed.title} {printed.period}"), book.title)
    for row, (name, said) in enumerate(lines, 1):
        sheet.write_string(row, 0, name or safe_text(said))
        if name:
            sheet.write_string(row, 1, safe_text(said))
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80)


def _sheet(book: _Book, table: ReportTable) -> None:
    sheet = book.sheet(table.title)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, safe_text(column.title)[:CELL], book.head)
        cells = [row[place] for row in table.rows]
        kinds = [kind_of(table, row, place) for row in table.rows]
        shown = (amount(cell, kind, book.zone, book.language) for cell, kind in zip(cells, kinds, strict=True))
        changed = column.name.endswith(CHANGE)
        forms = {kind: book.format_of(kind, cells, changed=changed) for kind in (*kinds, column.kind)}
        sheet.set_column(place, place, _wide([column.title, *shown]), forms[column.kind])
        for row, (cell, kind) in enumerate(zip(cells, kinds, strict=True), 1):
            held = _held(cell, kind, book.zone, changed=changed)
            if isinstance(held, str):
                sheet.write_string(row, place, held)
            elif isinstance(held, date):
                sheet.write_datetime(row, place, held, forms[kind])
            elif held is not None:
                sheet.write_number(row, place, held, forms[kind])
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    if table.chart and table.rows:
        _chart(book, sheet, table, CHARTS[table.chart])


def _held(cell: Cell, kind: str, zone: ZoneInfo, *, changed: bool) -> str | float | date | None:
    """Return a cell as a workbook has it, None to leave it empty.

    By how much a time `changed` is told in hours, since Excel shows no length of time below zero; a share, in points.
    """
    if isinstance(cell, str):
        return _when(cell, kind, zone) if kind in ("instant", "day") else safe_text(cell, lines=True)[:CELL]
    if cell is None or kind not in ("minutes", "share"):
        return cell
    if kind == "share":
        return round(cell * 100, PRECISE) if changed else cell
    return cell / (AN_HOUR if changed else A_DAY)


def _when(text: str, kind: str, zone: ZoneInfo) -> datetime | date:
    """Return a day, or an instant on the clock of a zone, since a spreadsheet knows no zones."""
    return date.fromisoformat(text) if kind == "day" else from_text(text).astimezone(zone).replace(tzinfo=None)


def _chart(book: _Book, sheet: Worksheet, table: ReportTable, made: Mapping[str, str]) -> None:
    """Put the chart of a table beside it: its first number as bars, or all of a kind as lines or parts."""
    shown = measured(table)[: 1 if table.chart == "bars" else None]
    if not shown:
        return
    chart = book.book.add_chart(dict(made))
    rows = len(table.rows)
    for place, column in shown:
        chart.add_series(
            {
                "name": [sheet.name, 0, place],
                "categories": [sheet.name, 1, 0, rows, 0],
                "values": [sheet.name, 1, place, rows, place],
                **_tone(column),
            }
        )
    chart.set_title({"name": safe_text(table.title), "name_font": {"size": 12}})
    if len(shown) == 1:
        chart.set_legend({"none": True})
    else:
        chart.set_legend({"position": "bottom"})
    if table.chart != "lines":
        chart.set_y_axis({"reverse": True})  # the first row at the top, as in the table
    chart.set_size({"width": 640, "height": 320 if table.chart == "lines" else max(260, 120 + rows * ROW)})
    sheet.insert_chart(1, len(table.columns) + BESIDE, chart)


TONES: Mapping[str, str] = {"met": "#0F8A7E", "missed": "#C8441B", "running": "#9AA4B1"}


def _tone(column: ReportColumn) -> dict[str, object]:
    return {"fill": {"color": TONES[column.name]}} if column.name in TONES else {}


def _cases(book: _Book, cases: Mapping[str, tuple[str, ...]]) -> None:
    sheet = book.sheet(translated(SHEETS["cases"], book.language))
    for place, word in enumerate(("figure", "case")):
        sheet.write_string(0, place, translated(SHEETS[word], book.language), book.head)
    every = [(figure, number) for figure, numbers in cases.items() for number in numbers]
    pairs = every if len(every) < ROWS else every[: ROWS - 2]
    if len(pairs) < len(every):
        left = translated("and {count} more than a sheet has rows for", book.language, count=len(every) - len(pairs))
        sheet.write_string(len(pairs) + 1, 0, left)
    for row, (figure, case) in enumerate(pairs, 1):
        sheet.write_string(row, 0, safe_text(figure))
        sheet.write_string(row, 1, safe_text(case))
    sheet.set_column(0, 1, 28)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(pairs), 1)


def _short(text: str, most: int) -> str:
    """Return what of a name fits into so many UTF-16 units, as Excel counts, without blanks and quotes at its ends."""
    fits = text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")
    return fits.strip(" '") or "-"


def _wide(texts: Iterable[str]) -> int:
    return min(WIDEST, 3 + max(width(safe_text(text)) for text in texts))
