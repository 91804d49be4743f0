"""The days of a calendar as rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from afterservice_cli.render.explained import DAY_KINDS, WEEKDAYS
from afterservice_cli.render.rows import Column, labelled
from afterservice_cli.reports.days import CalendarDay


def day_columns(language: str) -> list[Column[CalendarDay]]:
    """Return the columns of a month: date and weekday, hours, and what kind of day it is."""
    shown: Mapping[str, Callable[[CalendarDay], object]] = {
        "date": lambda day: day.date,
        "weekday": lambda day: WEEKDAYS[language != "zh"][date.fromisoformat(day.date).weekday()],
        "hours": lambda day: ", ".join("-".join(opening) for opening in day.hours),
        "worked": _worked,
        "day_kind": lambda day: _what(day, language),
    }
    return labelled(language, shown, wide=("day_kind",))


def _worked(day: CalendarDay) -> str:
    minutes = day.working_seconds // 60
    return f"{minutes // 60}h {minutes % 60:02}m" if minutes else ""


def _what(day: CalendarDay, language: str) -> str:
    kind = DAY_KINDS[day.kind][language != "zh"] if day.kind in DAY_KINDS else ""
    name = day.name if day.kind in ("holiday", "closed", "special") else ""
    return ": ".join(part for part in (kind, name) if part)
