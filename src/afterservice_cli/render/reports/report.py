"""A period's report for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from afterservice_cli.figures.counting import HOWS, Figure, Measured, Share
from afterservice_cli.figures.tables import Printed, ReportColumn, ReportTable
from afterservice_cli.language import sentence, translated
from afterservice_cli.output_text import aligned, width, wrapped
from afterservice_cli.render.reports import charts
from afterservice_cli.render.reports.printed import (
    BEFORE,
    CHANGE,
    ending_pairs,
    for_people,
    scope_lines,
    shown_text,
    worth_reading,
)

LONGEST = 30  # columns of the longest bar
SHORTEST = 6  # with less room there are no bars
MINOR, MAIN = ("running", "paused"), ("attainment", "unit")  # columns that are left out first, and last
FULL, EIGHTHS, HEIGHTS, NONE = "█", "▏▎▍▌▋▊▉", "▁▂▃▄▅▆▇█", "·"
MEASURES = {
    "mean": sentence("the mean"),
    "median": sentence("the median: the one in the middle, or the mean of the two in the middle"),
    "p90": sentence("the 90th percentile by nearest rank: a time that occurred, and that nine in ten did not exceed"),
    "count": sentence("how many there are"),
}
CLOCKS = {
    "": sentence("on the clock, waiting included"),
    ".working": sentence("in the desk's working time, waiting included"),
    ".waiting": sentence("the part in which the case waited, on the clock"),
}


def report_lines(printed: Printed, language: str, columns: int | None = None) -> Iterator[str]:
    """Return the report as lines of at most `columns` if any: tables, with bars if there is room, and the ending."""
    printed = worth_reading(printed)
    yield from wrapped(f"{printed.title}  {printed.period}", columns)
    for line in scope_lines(printed, language):
        yield from wrapped(line, columns)
    narrowed = False
    for table in printed.tables:
        yield ""
        yield table.title
        lines, whole = _table(printed, table, language, columns)
        yield from lines
        narrowed |= not whole
    yield ""
    if narrowed:
        left = translated("some columns have no room here: a wider window shows them, and -o FILE writes all", language)
        yield from wrapped(left, columns)
        yield ""
    yield from aligned(list(ending_pairs(printed, language)), columns=columns)


def definition_lines(figures: Sequence[Figure], language: str) -> Iterator[str]:
    """Return what figures mean: name, words, definition, and how they are measured."""
    for figure in figures:
        yield f"{figure.name}  {figure.title(language)}"
        yield f"  {definition(figure, language)}"


def definition(figure: Figure, language: str) -> str:
    """Return what a figure means, in a sentence or two."""
    said = [translated(figure.means, language)]
    if isinstance(figure, Measured) and figure.kind != "score":
        clock = next((end for end in (".working", ".waiting") if figure.measure.endswith(end)), "")
        if figure.how == HOWS[-1]:
            said.append(translated(MEASURES["count"], language))
        else:
            said += [translated(MEASURES[figure.how], language), translated("in minutes", language)]
            said.append(translated(CLOCKS[clock], language))
    if isinstance(figure, Share):
        said.append(translated("from 0 to 1", language))
    return translated("; ", language).join(said)


def _table(printed: Printed, table: ReportTable, language: str, columns: int | None) -> tuple[Sequence[str], bool]:
    """Return the lines of a table, and whether all of it is there: if it is too wide, columns are left out."""
    if table.chart == "lines":
        return [*_course(table, language)], True
    every = for_people(table)
    shown = [*every]
    worth = [_worth(table, column) for column in table.columns]
    lines = _lines(printed, table, shown, language, columns)
    while columns is not None and max(map(width, lines)) > columns and len(shown) > 2:
        shown.remove(min(shown[1:], key=lambda place: (worth[place], -place)))
        lines = _lines(printed, table, shown, language, columns)
    return lines, shown == every


def _worth(table: ReportTable, column: ReportColumn) -> int:
    """Return how late a column is left out if there is no room; of several alike, the last goes first.

    Where several figures are compared, each is worth more than what it is compared with.
    """
    if column.name in MINOR:
        return 0
    several = sum(other.name.endswith(CHANGE) for other in table.columns) > 1
    main = column.name in MAIN or (several and not column.name.endswith((BEFORE, CHANGE)))
    return 2 if main else 1


def _lines(printed: Printed, table: ReportTable, shown: Sequence[int], language: str, columns: int | None) -> list[str]:
    heads = [table.columns[place].title for place in shown]
    rows = [[shown_text(printed, table, row, place, language) for place in shown] for row in table.rows]
    figures = [number for number, place in enumerate(shown) if table.columns[place].kind != "text"]
    lines = list(aligned([heads, *rows], figures=figures))
    if table.chart != "bars":
        return lines
    room = LONGEST if columns is None else min(LONGEST, columns - max(map(width, lines)) - 2)
    parts = [sum(part.length for part in row) for row in charts.bars(table)]
    if room < SHORTEST or not any(parts):
        return lines
    widest = max(map(width, lines))
    bars = [bar(length / charts.WIDE, room) for length in parts]
    drawn = [
        f"{line}{' ' * (widest - width(line) + 2)}{drawn}".rstrip() for line, drawn in zip(lines[1:], bars, strict=True)
    ]
    return [lines[0], *drawn]


def _course(table: ReportTable, language: str) -> Iterator[str]:
    """Return a line for each column of figures: how it went from the first part of the period to the last."""
    rows: list[list[str]] = []
    for place, column in enumerate(table.columns[1:], 1):
        values = [float(row[place] or 0) for row in table.rows]
        most = max(values)
        marks = "".join(HEIGHTS[round(value / most * (len(HEIGHTS) - 1))] if value else NONE for value in values)
        rows.append([column.title, marks, translated("at most {count}", language, count=f"{most:g}")])
    yield from aligned(rows)
    yield f"  {table.rows[0][0]} – {table.rows[-1][0]}"


def bar(share: float, room: int) -> str:
    """Return a bar of so great a share of the columns that there is room for, to an eighth of one."""
    eighths = round(share * room * 8)
    whole, rest = divmod(eighths, 8)
    return FULL * whole + (EIGHTHS[rest - 1] if rest else "")
