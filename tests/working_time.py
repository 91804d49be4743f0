"""Calendars with hours as a rulebook writes them, and local times."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from afterservice_cli.rulebook.document import scalars
from afterservice_cli.time.durations import parse_duration
from afterservice_cli.time.schedules import weekdays
from afterservice_cli.time.worktime import Calendar

SHANGHAI = "Asia/Shanghai"
OFFICE = {"mon-fri": "09:00-12:00, 13:00-18:00"}
CHINA_2026 = {
    "off": {
        "2026-01-01": "元旦",
        **dict.fromkeys(("2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20"), "春节"),
        "2026-02-23": "春节",
        **dict.fromkeys((f"2026-10-0{day}" for day in range(1, 8)), "国庆节"),
    },
    "work": {"2026-01-04": "元旦调休", "2026-02-14": "春节调休", "2026-02-28": "春节调休"},
    "final": True,
}
CHINA_2027 = {"off": {"2027-01-01": "元旦"}, "work": {}, "final": False}


def calendar(hours: Mapping[str, str], timezone: str = SHANGHAI, **rest: Any) -> Calendar:
    """Build a calendar from hours as a rulebook writes them."""
    week = {day: scalars.hours(text) for days, text in hours.items() for day in weekdays(days)}
    return Calendar({"timezone": timezone, "hours": week, **rest})


def china(**rest: Any) -> Calendar:
    return calendar(OFFICE, holidays={"2026": CHINA_2026, "2027": CHINA_2027}, **rest)


def at(text: str, timezone: str = SHANGHAI) -> datetime:
    """Read a local time of a zone, or an instant with its own offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def due(place: Calendar, start: str, duration: str, *pauses: tuple[str, str]) -> str:
    """Add, and tell the answer in the calendar's own time."""
    zone = str(place.zone)
    stops = [(at(begin, zone), at(end, zone)) for begin, end in pauses]
    answer = place.add(at(start, zone), parse_duration(duration), stops)
    assert answer.tzinfo is UTC
    return f"{answer.astimezone(place.zone):%a %Y-%m-%d %H:%M}"
