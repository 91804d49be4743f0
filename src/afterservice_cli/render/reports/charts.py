"""The charts of a report as plain geometry: numbers from 0 to 100, which a page stretches to its width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil, floor, log10

from afterservice_cli.figures.tables import Cell, ReportColumn, ReportTable
from afterservice_cli.frozen import Frozen
from afterservice_cli.render.reports.amounts import MEASURES
from afterservice_cli.render.reports.printed import BEFORE, CHANGE

WIDE = 100.0  # of every drawing, from left to right and from top to bottom
WHOLE = {"share": 1.0, "score": 5.0}  # the most that a number of a kind can be
TICKS = 4  # so many steps at most up the side of a chart
LABELS = {"short": 6, "long": 3}  # so many labels at most below a chart
DAY = r"(?a)\d{4}-\d\d-\d\d"
SHORT = 6  # characters of a short label


class BarPart(Frozen):
    """A stretch of a bar: where it begins and how long it is, by the name of its column."""

    name: str
    number: int
    begin: float
    length: float


class ChartLine(Frozen):
    """A line of a chart: the column that it shows, and its course as an SVG path."""

    name: str
    title: str
    number: int
    path: str
    dots: str


class Tick(Frozen):
    """A mark beside a chart: how far along it stands, and what it says."""

    at: float
    value: Cell


class LineChart(Frozen):
    """A chart of lines, its marks below and beside it, and the kind of number that those beside it are."""

    lines: tuple[ChartLine, ...]
    below: tuple[Tick, ...]
    beside: tuple[Tick, ...]
    kind: str


def measured(table: ReportTable) -> list[tuple[int, ReportColumn]]:
    """Return the columns that a chart of a table shows, each with its place: those of the first number's kind."""
    numbers = [
        (place, column)
        for place, column in enumerate(table.columns)
        if place and column.kind in MEASURES and not column.name.endswith((BEFORE, CHANGE))
    ]
    return [(place, column) for place, column in numbers if column.kind == numbers[0][1].kind]


def bars(table: ReportTable) -> list[list[BarPart]]:
    """Return a bar for each row, as long as its first number is beside the greatest, or beside the most it can be."""
    shown = measured(table)[:1]
    if not shown:
        return [[] for _ in table.rows]
    place, column = shown[0]
    values = [_positive(row[place]) for row in table.rows]
    whole = WHOLE.get(column.kind) or max(values, default=0.0)
    return [[BarPart(column.name, 0, 0.0, _rounded(WIDE * min(value / whole, 1)))] if value else [] for value in values]


def stacks(table: ReportTable) -> list[list[BarPart]]:
    """Return a bar for each row, of which each number is a part as long as its share in the row."""
    return [_stack(row, measured(table)) for row in table.rows]


def _stack(row: Sequence[Cell], shown: Sequence[tuple[int, ReportColumn]]) -> list[BarPart]:
    values = [_positive(row[place]) for place, _ in shown]
    parts, begun, whole = [], 0.0, sum(values)
    for number, ((_, column), value) in enumerate(zip(shown, values, strict=True)):
        if value:
            parts.append(BarPart(column.name, number, _rounded(WIDE * begun / whole), _rounded(WIDE * value / whole)))
            begun += value
    return parts


def course(table: ReportTable) -> LineChart | None:
    """Return the lines of a table over its rows from left to right; None if it has no number or no row."""
    shown = measured(table)
    values = [row[place] for row in table.rows for place, _ in shown]
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if not numbers:
        return None
    bottom, step, top = _scale(min(0.0, *numbers), max(numbers), whole=shown[0][1].kind == "count")
    steps = round((top - bottom) / step)
    beside = tuple(Tick(_rounded(WIDE - WIDE * i / steps), bottom + i * step) for i in range(steps + 1))
    lines = []
    for number, (place, column) in enumerate(shown):
        points = [_point(i, row[place], len(table.rows), bottom, top) for i, row in enumerate(table.rows)]
        dots = " ".join(f"M{point}h0" for point in points if point)
        lines.append(ChartLine(column.name, column.title, number, _path(points), dots))
    return LineChart(tuple(lines), _below(table), beside, shown[0][1].kind)


def _point(place: int, value: Cell, count: int, bottom: float, top: float) -> str | None:
    """Return a place in a chart as SVG has it; None for no number."""
    if not isinstance(value, int | float):
        return None
    return f"{_across(place, count):g} {_rounded(WIDE - WIDE * (value - bottom) / (top - bottom)):g}"


def _path(points: Sequence[str | None]) -> str:
    """Return a line through the points, interrupted by None."""
    drawn, path = False, []
    for point in points:
        if point:
            path.append(f"{'L' if drawn else 'M'}{point}")
        drawn = point is not None
    return " ".join(path)


def _below(table: ReportTable) -> tuple[Tick, ...]:
    """Return the labels below a chart: the first, the last and some between them, so many as have room."""
    labels = [str(row[0]) for row in table.rows]
    days = all(re.fullmatch(DAY, label) for label in labels)
    if days and len({label[:4] for label in labels}) == 1:
        labels = [label[5:] for label in labels]  # of one year, which the period has named
    most = LABELS["short" if max(map(len, labels)) <= SHORT else "long"]
    last = len(labels) - 1
    steps = max(1, min(most - 1, last))
    places = dict.fromkeys(round(last * i / steps) for i in range(steps + 1))
    return tuple(Tick(_across(place, len(labels)), labels[place]) for place in places)


def _across(place: int, count: int) -> float:
    return _rounded(WIDE * place / (count - 1)) if count > 1 else WIDE / 2


def _scale(least: float, most: float, *, whole: bool) -> tuple[float, float, float]:
    """Return the bottom of a scale, its step and its top: steps of 1, 2 or 5 by ten that have all in them."""
    rough = (most - least) / TICKS or 1.0
    ten = 10.0 ** floor(log10(rough))
    step = next(times * ten for times in (1, 2, 5, 10) if times * ten >= rough * 0.999)
    if whole:
        step = max(1.0, step)
    bottom = floor(least / step) * step
    return bottom, step, max(ceil(most / step) * step, bottom + step)


def _positive(value: Cell) -> float:
    return max(0.0, float(value)) if isinstance(value, int | float) else 0.0


def _rounded(number: float) -> float:
    return round(number, 2)
