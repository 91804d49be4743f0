"""What every format tells of a report beside its tables: its days, whose cases stand behind a cell, its ending."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from afterservice_cli.errors import quoted
from afterservice_cli.figures.tables import Cell, Only, Printed, ReportTable, behind
from afterservice_cli.language import listed, translated, words
from afterservice_cli.render.labels import said
from afterservice_cli.render.reports.amounts import MEASURES, amount, change
from afterservice_cli.time.instants import from_text, to_minute_text

ENDING: Mapping[str, str] = words(
    "ending",
    {
        "desk": "desk",
        "as_of": "as of",
        "events": "events",
        "head": "head",
        "rulebook": "rulebook",
        "version": "afterservice",
    },
)


NAMES = ("name", "id")  # columns by which scripts know a row
BEFORE, CHANGE = ".before", ".change"  # how columns end that compare with another period
HAPPENED = ("registered", "resolved", "closed")  # figures of which none counts anything in a quiet period
WORKING = ".working."  # in the names of figures that count working time


# How a period of each unit is called.
_PERIODS = {"month": r"\d{4}-\d\d", "quarter": r"\d{4}Q\d", "week": r"\d{4}-W\d\d", "year": r"\d{4}"}


def zone_of(printed: Printed) -> ZoneInfo:
    """Return the zone in which a report tells its times."""
    return ZoneInfo(printed.zone)


def scope_lines(printed: Printed, language: str) -> Iterator[str]:
    """Yield what a report is about: its days, how far they have gone, with which others it compares, its filters."""
    zone = zone_of(printed)
    yield f"{days_text(printed.begin, printed.until, zone)} ({printed.zone})"
    as_of = printed.ending.as_of
    if as_of < printed.begin:
        yield translated("this period has not begun", language)
    elif as_of < printed.until:
        at = to_minute_text(from_text(as_of), zone)
        yield translated("this period is not over: it is told until {at}", language, at=at)
    if other := printed.compared:
        days = days_text(other.begin, other.until, zone)
        yield translated("compared with {days}", language, days=days)
    if printed.filters:
        filters = listed(map(only_text, printed.filters), language)
        yield translated("of these cases alone: {filters}", language, filters=filters)
    if not printed.tables:
        yield translated("there is nothing to count in this period", language)
    elif is_quiet(printed) and as_of >= printed.begin:
        yield translated("nothing was registered, resolved or closed in this period", language)


def is_quiet(printed: Printed) -> bool:
    """Tell whether no case came in, was resolved or closed in the period."""
    return all(printed.figures.get(name) == 0 for name in HAPPENED)


def worth_reading(printed: Printed) -> Printed:
    """Return the report as people read it: that of a quiet period without what tells of nothing."""
    if not is_quiet(printed):
        return printed
    tables = (table.but(rows=tuple(row for row in table.rows if _tells(table, row))) for table in printed.tables)
    return printed.but(tables=tuple(table for table in tables if table.rows))


def _tells(table: ReportTable, row: tuple[Cell, ...]) -> bool:
    """Tell whether a row has more than zeros and gaps: a share of 0 is of something."""
    cells = (cell for column, cell in zip(table.columns, row, strict=True) if column.kind != "text")
    return any(cell or isinstance(cell, float) for cell in cells)


def only_text(only: Only) -> str:
    """Return in words what a filter of a report asks for."""
    return f"{only.title}={only.said}" if only.said else only.title


def days_text(first: str, end: str, zone: ZoneInfo) -> str:
    """Return the first and the last day of a period, told by UTC texts; with times if it ends within a day."""
    begin, until = from_text(first), from_text(end)
    last = (until - timedelta(seconds=1)).astimezone(zone)
    if not to_minute_text(begin, zone).endswith(" 00:00") or not to_minute_text(until, zone).endswith(" 00:00"):
        return f"{to_minute_text(begin, zone)} – {to_minute_text(until, zone)}"
    return f"{begin.astimezone(zone).date()} – {last.date()}"


def options_of(printed: Printed, figure: str) -> str:
    """Return the options of `report` that ask for the cases of a figure, as `behind` names it."""
    first, _, last = printed.period.partition("..")
    if last:
        period = f"--from {first} --to {last}"
    else:
        unit = next(unit for unit, form in _PERIODS.items() if re.fullmatch(form, first))
        period = f"--{unit} {first}"
    asked = (f"{one.name}={one.value}" if one.value else one.name for one in printed.filters)
    section, _, name = figure.rpartition("/")
    own = [f"--report {printed.own}"] if printed.own else []
    own += [f"--section {section}"] if section else []
    return " ".join((period, *own, *(f"--where {quoted(word)}" for word in asked), f"--cases {name}"))


def ending_pairs(printed: Printed, language: str) -> Iterator[tuple[str, str]]:
    """Yield where the figures come from, each with its label; the time in the report's zone."""
    for name, value in printed.ending.plain().items():
        text = to_minute_text(from_text(str(value)), zone_of(printed)) if name == "as_of" else str(value)
        yield translated(ENDING[name], language), text


def shown_text(printed: Printed, table: ReportTable, row: tuple[Cell, ...], place: int, language: str) -> str:
    """Return a cell of a report as people read it, by its column and by what its row is about."""
    column, cell = table.columns[place], row[place]
    kind = kind_of(table, row, place)
    if kind == "minutes" and WORKING in f"{row_name(table, row) or ''}.{column.name}.":
        kind = "working"
    if column.name.endswith(CHANGE):
        return change(cell, kind, language)
    return amount(cell, kind, zone_of(printed), language)


def kind_of(table: ReportTable, row: tuple[Cell, ...], place: int) -> str:
    """Return what kind of cell one is: as its column says, or the figure that its row is."""
    kind = table.columns[place].kind
    return table.kinds.get(row_name(table, row) or "", kind) if kind in MEASURES else kind


def row_name(table: ReportTable, row: tuple[Cell, ...]) -> str | None:
    """Return by which name scripts know a row: its figure, or the id of what it is about; None if it has none."""
    return next((str(row[i]) for i, column in enumerate(table.columns) if i and column.name in NAMES), None)


def for_people(table: ReportTable) -> list[int]:
    """Return the places of the columns that people read: all but the names that scripts go by."""
    return [i for i, column in enumerate(table.columns) if not i or column.name not in NAMES]


def figure_names(table: ReportTable, row: tuple[Cell, ...], place: int) -> list[str]:
    """Return by which names the figure that a cell tells may be known; none for what is no number, or compares."""
    column, name = table.columns[place], row_name(table, row)
    if column.kind not in MEASURES or column.name.endswith((BEFORE, CHANGE)):
        return []
    if name is None:
        return [column.name] if len(table.rows) == 1 else []
    first = next(other for other in table.columns if other.kind in MEASURES)
    return [f"{name}.{column.name}", name] if column is first else [f"{name}.{column.name}"]


def figure_of(printed: Printed, table: ReportTable, row: tuple[Cell, ...], place: int) -> str | None:
    """Return the figure whose cases a number counts, if the report has them."""
    names = [behind(table.section, name) for name in figure_names(table, row, place)] if row[place] else []
    return next((name for name in names if name in printed.cases), None)


def drill_of(printed: Printed, table: ReportTable) -> str | None:
    """Return the figure whose cases the numbers of a table count, if the report has them."""
    figure = behind(table.section, table.drill) if table.drill else None
    return figure if figure in printed.cases else None


def figures_in(table: ReportTable) -> set[str]:
    """Return by which names the figures that a table tells may be known."""
    cells = ((row, place) for row in table.rows for place in range(len(row)))
    found = {name for row, place in cells for name in figure_names(table, row, place)}
    return {*found, table.drill} if table.drill else found


def cases_title(printed: Printed, figure: str, language: str) -> str:
    """Return how people call a figure of which the cases are told: its row's title, and its column's if it is one.

    What a section about other cases counts is called with its title.
    """
    for table in (table for table in printed.tables if not table.section):
        for row in table.rows:
            for place, column in enumerate(table.columns):
                if figure_of(printed, table, row, place) == figure:
                    name = row_name(table, row)
                    if name is None:
                        return column.title
                    return str(row[0]) if name == figure else said(str(row[0]), column.title, language)
    return printed.called.get(figure, figure)
