"""The days of a calendar as rows of a list."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from afterservice_cli.render.explained import DAY_KINDS, WEEKDAYS
from afterservice_cli.render.labels import label
from afterservice_cli.render.rows import Column

Value = Mapping[str, Any]


def day_columns(language: str) -> list[Column]:
    """The columns of a month."""
    keys = ("date", "weekday", "hours", "worked", "what")
    titles = {"what": label("day_kind", language)}
    return [Column(key, titles.get(key) or label(key, language), wide=key == "what") for key in keys]


def day_row(day: Value, language: str) -> dict[str, Any]:
    """A day: its date and weekday, its hours, and what kind of day it is."""
    minutes = day["working_seconds"] // 60
    kind = DAY_KINDS[day["kind"]][language != "zh"] if day["kind"] in DAY_KINDS else ""
    name = day["name"] if day["kind"] in ("holiday", "closed", "special") else ""
    return {
        "date": day["date"],
        "weekday": WEEKDAYS[language != "zh"][date.fromisoformat(day["date"]).weekday()],
        "hours": ", ".join("-".join(span) for span in day["hours"]),
        "worked": f"{minutes // 60}h {minutes % 60:02}m" if minutes else "",
        "what": ": ".join(part for part in (kind, name) if part),
    }
