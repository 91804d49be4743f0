"""The cells of a report as people read them: hours and days, percent, local times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo

from afterservice_cli.figures.tables import Cell
from afterservice_cli.language import translated
from afterservice_cli.render.days import brief_span_text, span_text, worked_text
from afterservice_cli.time.instants import from_text, to_minute_text

NOTHING = "–"
LONG = 100 * 1440  # minutes, from which on hours say nothing beside the days
FEW = 0.01  # share below which its second decimal is told: fault rates are small
MEASURES = ("count", "share", "minutes", "number", "score")  # kinds whose cells are numbers


def amount(cell: Cell, kind: str, zone: tzinfo, language: str) -> str:
    """Return a cell of a kind as it is read: an instant in this zone, minutes in hours and days; a dash for None."""
    if cell is None:
        return NOTHING
    if isinstance(cell, str):
        return to_minute_text(from_text(cell), zone) if kind == "instant" else cell
    return _SHOWN.get(kind, _number)(cell, language)


def change(cell: Cell, kind: str, language: str) -> str:
    """Return by how much a number of a kind has changed, with its sign; of shares in points; a dash for None."""
    if not isinstance(cell, int | float):
        return NOTHING
    points = translated("{points} points", language, points=f"{abs(cell) * 100:.1f}") if kind == "share" else ""
    text = points or _SHOWN.get(kind, _number)(abs(cell), language)
    return f"{'+' if cell > 0 else '-' if cell < 0 else '±'}{text}"


def _count(cell: float, language: str) -> str:
    return f"{cell:,.0f}"


def _share(cell: float, language: str) -> str:
    return f"{cell * 100:.{2 if 0 < cell < FEW else 1}f}%"


def _score(cell: float, language: str) -> str:
    return f"{cell:.2f}"


def _number(cell: float, language: str) -> str:
    return f"{cell:,.2f}".rstrip("0").rstrip(".")


def _minutes(cell: float, language: str) -> str:
    whole = round(abs(cell))
    if whole < 60:
        text = translated("{minutes}m", language, minutes=whole)
    else:
        text = (span_text if whole < LONG else brief_span_text)(whole * 60, language)
    return f"-{text}" if cell < 0 and whole else text


def _working(cell: float, language: str) -> str:
    """Return minutes of working time in hours: nobody works for 24 of them a day."""
    return f"{'-' if cell < 0 else ''}{worked_text(round(abs(cell)) * 60, language)}"


_SHOWN: Mapping[str, Callable[[float, str], str]] = {
    "count": _count,
    "share": _share,
    "minutes": _minutes,
    "working": _working,
    "score": _score,
}
