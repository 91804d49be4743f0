"""The days of a calendar as rows of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from afterservice_cli.render.days import kind_text, weekday_text, worked_text
from afterservice_cli.render.rows import Column, labelled
from afterservice_cli.reports.days import CalendarDay


def day_columns(language: str) -> list[Column[CalendarDay]]:
    """Return the columns of a month: date and weekday, hours, and what kind of day it is."""
    shown: Mapping[str, Callable[[CalendarDay], object]] = {
        "date": lambda day: day.date,
        "weekday": lambda day: weekday_text(date.fromisoformat(day.date), language),
        "hours": lambda day: ", ".join("-".join(opening) for opening in day.hours),
        "worked": lambda day: _worked(day, language),
        "day_kind": lambda day: _what(day, language),
    }
    return labelled(language, shown, wide=("day_kind",))


def _worked(day: CalendarDay, language: str) -> str:
    return worked_text(day.working_seconds // 60 * 60, language) if day.working_seconds >= 60 else ""


def _what(day: CalendarDay, language: str) -> str:
    kind = kind_text(day.kind, language)
    name = day.name if day.kind in ("holiday", "closed", "special") else ""
    return ": ".join(part for part in (kind, name) if part)
