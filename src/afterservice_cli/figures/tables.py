"""A report as one value: what the figures make, and every format prints."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence_in

Cell = str | int | float | None

# What a column may hold. A share is from 0 to 1, minutes are a float; an instant is a UTC text, a day an ISO date.
KINDS = ("text", "count", "share", "minutes", "number", "score", "instant", "day")
CHARTS = ("bars", "lines", "stacked")
# What the tables that every report has are called.
TITLES: Mapping[str, str] = {
    "numbers": sentence_in("table", "Numbers"),
    "shares": sentence_in("table", "Shares"),
    "course": sentence_in("table", "Course of the period"),
    "targets": sentence_in("table", "Deadlines"),
    "times": sentence_in("table", "Times"),
    "backlog_by_age": sentence_in("table", "Backlog by age"),
    "satisfaction": sentence_in("table", "Satisfaction"),
    "amounts": sentence_in("table", "What was given"),
    "charges": sentence_in("table", "What customers pay"),
    "told_late": sentence_in("table", "Met, but recorded late"),
    "problems": sentence_in("table", "Problems"),
    "measures": sentence_in("table", "Measures"),
    "frequent": sentence_in("table", "Most frequent problems"),
    "risen": sentence_in("table", "Rose most against the period before"),
}


class ReportColumn(Frozen):
    """A column of a table: a name for scripts, a title in the reader's language, and one of `KINDS`."""

    name: str
    title: str
    kind: str


class ReportTable(Frozen):
    """A table of a report; a cell is None if there is nothing to tell.

    `chart` is one of `CHARTS` if it is well drawn, with the first column as labels. `drill` names the figure whose
    cases the numbers count. Where rows are figures of other kinds than their columns, `kinds` has these by their names.
    `section` is the name of a section of the rulebook's that is about other cases than the report.
    """

    name: str
    title: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: str | None = None
    drill: str | None = None
    kinds: Mapping[str, str] = {}
    section: str = ""


class Ending(Frozen):
    """Where the figures come from: the last lines of a report. `head` is SEQ:HASH of the last event counted."""

    desk: str
    as_of: str
    events: int
    head: str
    rulebook: str
    version: str


class Only(Frozen):
    """A filter by which a report is about some cases alone: its name for `--where`, its value, "" if it takes none.

    `title` and `said` are what both are called in the reader's language. What customers wrote or who they are is no
    value.
    """

    name: str
    value: str
    title: str
    said: str


class Bounds(Frozen):
    """When a period begins, and until when it goes, as UTC texts."""

    begin: str
    until: str


class Printed(Frozen):
    """A whole report: its period as the reader writes it, its bounds as UTC texts, the tables and where they come from.

    `compared` is the period beside whose figures its own stand, if any.
    `filters` are what it was asked to be about alone; `own` is the name of a report of the rulebook's.
    `figures` has every figure by its name; `cases` the numbers of the cases that a figure counted, if they were asked
    for, and `called` what such a figure is called: both by the figure, as `behind` names it for a section.
    """

    title: str
    period: str
    begin: str
    until: str
    zone: str
    tables: tuple[ReportTable, ...]
    ending: Ending
    figures: Mapping[str, Cell] = {}
    cases: Mapping[str, tuple[str, ...]] = {}
    compared: Bounds | None = None
    filters: tuple[Only, ...] = ()
    own: str = ""
    called: Mapping[str, str] = {}


def behind(section: str, figure: str) -> str:
    """Return by which name a report has the cases of a figure: of a section that is about other cases, or of all."""
    return f"{section}/{figure}" if section else figure


def as_json(printed: Printed) -> Mapping[str, object]:
    """Return a report as JSON has it: every figure by its name, and the rows of every table by the columns' names."""
    tables = {
        table.name: [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]
        for table in printed.tables
    }
    compared = printed.compared
    return {
        "title": printed.title,
        "period": printed.period,
        "from": printed.begin,
        "until": printed.until,
        "zone": printed.zone,
        "compared": compared and {"from": compared.begin, "until": compared.until},
        "filters": {one.name: one.value for one in printed.filters},
        "figures": printed.figures,
        "tables": tables,
        "ending": printed.ending,
    }
