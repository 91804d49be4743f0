"""The days of a calendar as rows of a list."""

from __future__ import annotations

from datetime import date

from afterservice_cli.language import listed
from afterservice_cli.render.days import kind_text, weekday_text, worked_text
from afterservice_cli.render.labels import label
from afterservice_cli.render.rows import Column
from afterservice_cli.reports.days import CalendarDay
from afterservice_cli.time.worktime import WEEKDAYS

NAMED = ("holiday", "closed", "special")  # kinds of days of which a table tells the name


def day_columns(language: str) -> list[Column[CalendarDay]]:
    """Return the columns of a month: date and weekday, hours, and what kind of day it is."""
    return [
        Column("date", label("date", language), lambda day: day.date, lambda day: day.date),
        Column("weekday", label("weekday", language), _weekday, lambda day: weekday_text(_date(day), language)),
        Column("hours", label("hours", language), _hours, lambda day: listed(_openings(day), language)),
        Column(
            "working_seconds",
            label("worked", language),
            lambda day: day.working_seconds,
            lambda day: _worked(day, language),
            rank=10,
        ),
        Column(
            "kind",
            label("day_kind", language),
            lambda day: day.kind,
            lambda day: kind_text(day.kind, language),
            rank=20,
        ),
        Column(
            "name",
            label("name", language),
            lambda day: day.name,
            lambda day: day.name if day.kind in NAMED else "",
            rank=30,
            least=8,
        ),
    ]


def _date(day: CalendarDay) -> date:
    return date.fromisoformat(day.date)


def _weekday(day: CalendarDay) -> str:
    return WEEKDAYS[_date(day).weekday()]


def _hours(day: CalendarDay) -> str:
    return ", ".join(_openings(day))


def _openings(day: CalendarDay) -> list[str]:
    return ["-".join(opening) for opening in day.hours]


def _worked(day: CalendarDay, language: str) -> str:
    return worked_text(day.working_seconds // 60 * 60, language) if day.working_seconds >= 60 else ""
