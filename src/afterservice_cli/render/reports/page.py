"""What a report's page shows, in which order and how: the headline, and every table as rows, bars, lines or tiles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from afterservice_cli.figures.tables import Cell, Printed, ReportTable
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import translated
from afterservice_cli.output_text import safe_text
from afterservice_cli.render.labels import cases_counted
from afterservice_cli.render.reports import charts
from afterservice_cli.render.reports.amounts import MEASURES
from afterservice_cli.render.reports.printed import (
    BEFORE,
    CHANGE,
    cases_title,
    drill_of,
    figure_names,
    figure_of,
    for_people,
    shown_text,
)

# What whoever opens a report wants to see first, if it has them.
HEADLINE = (
    "registered",
    "resolved",
    "backlog",
    "attainment",
    "first_response.median",
    "first_resolution.median",
    "reopen_rate",
    "csat",
)
ROWS = 10  # of a table: what is beyond is folded away
OPEN = (
    "numbers",
    "shares",
    "course",
    "by_area",
    "targets",
    "backlog_by_age",
    "satisfaction",
    "frequent",
)  # tables that are open from the beginning; if none of them is there, all
LISTED = 1000  # cases of a figure: of more it is said how many there are
MANY = 4  # columns: a table of more is told row by row where the page is narrow
WIDE = 8.5  # as much as there is room for in half the page: a column takes what ROOM says, or 1
NARROW = 5.0  # as much as there is room for on a narrow page
ROOM: Mapping[str, float] = {"text": 1.5, "instant": 2.0, "day": 1.5, "minutes": 1.5}


class Shown(Frozen):
    """A cell as the page shows it: its text, what it is, and the figure whose cases it opens, if any."""

    title: str
    text: str
    form: str  # text, number, or when: a time
    figure: str | None


class CountedCases(Frozen):
    """The cases that a figure counted: its title with how many, that number, and the numbers that are listed."""

    figure: str
    title: str
    count: int
    listed: Sequence[str]

    @property
    def left(self) -> int:
        """Return how many are not listed."""
        return self.count - len(self.listed)


class Tile(Frozen):
    """A number in large: what it is, itself, and what it was before, if that is told."""

    title: str
    cell: Shown
    before: str


class PageSection(Frozen):
    """A table as the page shows it: as tiles, as lines or as rows with bars, with the figure that it opens."""

    table: ReportTable
    form: str
    drill: str | None
    course: charts.LineChart | None
    bars: Sequence[Sequence[charts.BarPart]]
    rows: Sequence[Sequence[Shown]]

    @property
    def wide(self) -> bool:
        """Tell whether it takes the page's whole width."""
        return self.form in ("tiles", "lines") or self._room > WIDE

    @property
    def many(self) -> bool:
        """Tell whether a narrow page tells it row by row."""
        return len(for_people(self.table)) > MANY or self._room > NARROW

    @property
    def _room(self) -> float:
        """Return how much room its columns take."""
        most = max((ROOM.get(kind, 1.0) for kind in self.table.kinds.values()), default=0.0)
        columns = [self.table.columns[place] for place in for_people(self.table)]
        return sum(max(ROOM.get(one.kind, 1.0), most if one.kind in MEASURES else 0.0) for one in columns)

    @property
    def legend(self) -> list[tuple[int, str, str]]:
        """Return the parts of its bars, each with its place, its name and its title."""
        if self.table.chart != "stacked":
            return []
        return [(number, column.name, column.title) for number, (_, column) in enumerate(charts.measured(self.table))]


def sections_of(printed: Printed, language: str) -> list[PageSection]:
    """Return every table of a report as the page shows it."""
    return [_section(printed, table, language) for table in printed.tables]


def headline(printed: Printed, language: str) -> list[Tile]:
    """Return the figures of `HEADLINE` that a report has, in that order."""
    found: dict[str, Tile] = {}
    for table in (table for table in printed.tables if not table.section):
        for row in table.rows:
            for place in range(len(row)):
                for name in figure_names(table, row, place):
                    if name in HEADLINE and name not in found:
                        found[name] = _tile(printed, table, row, place, language)
    return [found[name] for name in HEADLINE if name in found]


def cases_of(printed: Printed, language: str) -> dict[str, CountedCases]:
    """Return the cases of a report by figure, so many of each as a telephone can scroll through."""
    found: dict[str, CountedCases] = {}
    for figure, numbers in printed.cases.items():
        counted = cases_counted(len(numbers), language)
        title = _beside(safe_text(cases_title(printed, figure, language)), counted, language)
        found[figure] = CountedCases(figure, title, len(numbers), numbers[:LISTED])
    return found


def anchor(figure: str) -> str:
    """Return by which name a page links to the cases of a figure."""
    return f"cases-{_plain(figure)}"


def place(table: str) -> str:
    """Return by which name a page links to a table."""
    return f"table-{_plain(table)}"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", lambda found: f"_{ord(found[0]):x}_", name)


def _tile(printed: Printed, table: ReportTable, row: tuple[Cell, ...], place: int, language: str) -> Tile:
    cell = _cell(printed, table, row, place, language)
    numbers = [column for column in table.columns if column.kind in MEASURES]
    plain = [column for column in numbers if not column.name.endswith((BEFORE, CHANGE))]
    title = cell.title if table.columns[0] in numbers else safe_text(str(row[0]))
    if len(plain) > 1 and title != cell.title:
        title = _beside(title, cell.title, language)
    name = table.columns[place].name
    beside = {column.name: i for i, column in enumerate(table.columns)}
    before, change = beside.get(f"{name}{BEFORE}"), beside.get(f"{name}{CHANGE}")
    if before is None or change is None or row[before] is None:
        return Tile(title, cell, "")
    was, by = (_cell(printed, table, row, i, language) for i in (before, change))
    return Tile(title, cell, _beside(f"{was.title} {was.text}", by.text, language))


def _beside(said: str, more: str, language: str) -> str:
    return translated("{word} ({title})", language, word=said, title=more)


def _section(printed: Printed, table: ReportTable, language: str) -> PageSection:
    places = for_people(table)
    rows = [[_cell(printed, table, row, place, language) for place in places] for row in table.rows]
    course = charts.course(table) if table.chart == "lines" else None
    if len(table.rows) == 1 and all(column.kind in MEASURES for column in table.columns):
        form = "tiles"
    else:
        form = "lines" if course else "rows"
    return PageSection(table, form, drill_of(printed, table), course, _bars(table), rows)


def _cell(printed: Printed, table: ReportTable, row: tuple[Cell, ...], place: int, language: str) -> Shown:
    column = table.columns[place]
    form = "number" if column.kind in MEASURES else "text" if column.kind == "text" else "when"
    text = safe_text(shown_text(printed, table, row, place, language))
    return Shown(safe_text(column.title), text, form, figure_of(printed, table, row, place))


def _bars(table: ReportTable) -> Sequence[Sequence[charts.BarPart]]:
    """Return the bars below a table's rows; scores have some in any case, since it is known what the most is."""
    scored = table.chart is None and [column.kind for _, column in charts.measured(table)][:1] == ["score"]
    if table.chart == "bars" or scored:
        return charts.bars(table)
    return charts.stacks(table) if table.chart == "stacked" else [[] for _ in table.rows]
