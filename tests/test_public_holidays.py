"""Public holidays in the working calendar, held against what the libraries say of each day."""

import json
import warnings
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import chinese_calendar
import holidays
import pytest

from afterservice_cli.rulebook.compiling import compile_calendar
from afterservice_cli.rulebook.public_holidays import expand
from afterservice_cli.time.worktime import Calendar
from afterservice_cli.workflows.founding import compile_file
from conftest import Runner

GUIDE = Path(__file__).parents[1] / "rules" / "customer-feedback.yaml"
HOURS = '{mon-fri: "09:00-12:00, 13:00-18:00"}'

# Days on which the two sources disagree: which is right, by the year's notice of the General Office of the State
# Council on the arrangement of holidays (国务院办公厅关于…年部分节假日安排的通知). There is none.
DISAGREED: dict[date, str] = {}


@cache
def guide() -> Calendar:
    return compile_file(GUIDE, 2026)[0].rulebook.calendar


def calendar(place: str, timezone: str, **rest: str) -> Calendar:
    more = "".join(f", {key}: {value}" for key, value in rest.items())
    text = f"calendar: {{timezone: {timezone}, hours: {HOURS}, public_holidays: {place}{more}}}\n"
    return compile_calendar(text.encode(), "place.yaml", year=2026)


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


def of_the_library(country: str, subdivision: str | None = None, *, years: Any = 2026) -> holidays.HolidayBase:
    language = getattr(holidays, country).default_language
    return holidays.country_holidays(country, subdiv=subdivision, years=years, language=language)


# China


def test_every_day_of_nine_years_is_a_workday_where_a_second_source_says_so() -> None:
    every = list(days(date(2018, 1, 1), date(2026, 12, 31)))
    differing = {day for day in every if guide().is_working_day(day) != chinese_calendar.is_workday(day)}
    assert (len(every), differing) == (3287, set(DISAGREED))


def test_every_day_of_nine_years_is_what_the_library_says_it_is() -> None:
    known = of_the_library("CN", years=range(2018, 2027))
    for day in days(date(2018, 1, 1), date(2026, 12, 31)):
        weekend = day.weekday() >= 5
        expected = "holiday" if day in known else "weekend" if weekend else "working"
        info = guide().day(day)
        assert info.kind == ("makeup" if day in known.weekend_workdays else expected)
        assert info.name == known.get(day, "make-up workday" if info.kind == "makeup" else "")


@pytest.mark.parametrize(
    ("day", "working", "why"),
    [
        # Days that came or moved by a later notice, and that a calendar of the yearly notice alone gets wrong.
        ("2019-05-02", False, "the Labour Day holiday of 2019 was lengthened in March 2019"),
        ("2019-04-28", True, "worked for it"),
        ("2020-01-31", False, "the Spring Festival of 2020 was lengthened while it ran"),
        ("2020-02-01", False, "the make-up workday of the first notice fell into it"),
        ("2024-02-09", True, "the eve of the Spring Festival was none before 2025"),
        ("2025-01-28", False, "the eve of the Spring Festival is a holiday since"),
        ("2025-05-02", False, "the Labour Day has two days since"),
    ],
)
def test_a_day_that_changed_is_as_it_came_to_be(day: str, working: bool, why: str) -> None:
    assert guide().is_working_day(date.fromisoformat(day)) is working, why


@pytest.mark.parametrize(
    ("own", "worked"), [({}, ((540, 720), (780, 1080))), ({"makeup": '"10:00-16:00"'}, ((600, 960),))]
)
def test_weekend_workdays_have_the_hours_of_make_up_workdays(
    own: dict[str, str], worked: tuple[tuple[int, int], ...]
) -> None:
    china = calendar("CN", "Asia/Shanghai", **own)
    made_up = sorted(of_the_library("CN", years=range(2018, 2027)).weekend_workdays)
    assert len(made_up) > 9
    for day in made_up:
        assert (china.day(day).kind, china.day(day).spans) == ("makeup", worked)
        assert day.weekday() >= 5


# Elsewhere


@pytest.mark.parametrize(
    ("place", "timezone", "some"),
    [
        ("DE-BY", "Europe/Berlin", {"2026-01-06": "Heilige Drei Könige", "2026-10-03": "Tag der Deutschen Einheit"}),
        ("US", "America/New_York", {"2026-07-03": "Independence Day (observed)", "2026-11-26": "Thanksgiving Day"}),
    ],
)
def test_every_holiday_of_a_place_is_off_under_its_name(place: str, timezone: str, some: dict[str, str]) -> None:
    country, _, subdivision = place.partition("-")
    known = of_the_library(country, subdivision or None)
    found = {day: calendar(place, timezone).day(day) for day in days(date(2026, 1, 1), date(2026, 12, 31))}
    assert {day: info.name for day, info in found.items() if info.kind == "holiday"} == dict(known)
    assert all(info.spans == () for info in found.values() if info.kind == "holiday")
    assert all(bool(info.spans) is (day.weekday() < 5 and day not in known) for day, info in found.items())
    assert {day: found[date.fromisoformat(day)].name for day in some} == some


def test_a_subdivision_has_days_that_its_country_has_not() -> None:
    epiphany = date(2026, 1, 6)
    assert calendar("DE", "Europe/Berlin").is_working_day(epiphany)
    assert not calendar("DE-BY", "Europe/Berlin").is_working_day(epiphany)


@pytest.mark.parametrize(("place", "timezone"), [("DE-BY", "Europe/Berlin"), ("US", "America/New_York")])
def test_a_month_shows_its_holidays_by_name(call: Runner, tmp_path: Path, place: str, timezone: str) -> None:
    text = f"calendar: {{timezone: {timezone}, hours: {HOURS}, public_holidays: {place}}}\n"
    (tmp_path / "place.yaml").write_text(text, encoding="utf-8")
    country, _, subdivision = place.partition("-")
    for day, name in of_the_library(country, subdivision or None).items():
        month = ("calendar", "show", day.isoformat()[:7], "--rules", "place.yaml")
        (row,) = [line for line in call(*month).out.splitlines() if line.startswith(day.isoformat())]
        assert row.endswith(f"\tholiday\t{name}")
        (value,) = [value for value in json.loads(call(*month, "--json").out) if value["date"] == day.isoformat()]
        assert (value["kind"], value["name"], value["working_seconds"]) == ("holiday", name, 0)


# Which years are known


def unknown(place: str, *, year: int = 2026) -> list[int]:
    """The years whose days off or make-up workdays may still be announced, as of a year."""
    expanded = expand(place, range(2000, year + 3), year)
    return [int(found) for found, entry in expanded.items() if not entry["final"]]


@pytest.mark.parametrize(
    ("place", "expected", "why"),
    [
        ("CN", [2027, 2028], "the make-up workdays are announced in November of the year before"),
        ("LK", [2027, 2028], "the library has no day of these years, and many of those before"),
        ("UA", [], "it has had neither days off nor make-up workdays for years"),
        ("BG", [], "its last make-up workday was in 2016"),
        ("AM", [], "its last make-up workday was in 2021"),
        ("DE-BY", [], "it has no make-up workdays at all"),
        ("IN-MH", [], "the library knows it from 2001 on"),
    ],
)
def test_a_year_is_unknown_where_it_lacks_what_one_of_the_three_before_has(
    place: str, expected: list[int], why: str
) -> None:
    assert unknown(place) == expected, why


def test_a_year_that_is_over_is_known() -> None:
    assert unknown("LK", year=2027) == [2027, 2028, 2029]
    assert unknown("LK", year=2028) == [2028, 2029, 2030]
    assert unknown("CN", year=2027) == [2027, 2028, 2029]


def test_no_warning_of_the_library_reaches_the_user() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        expand("IN-MH", range(2000, 2029), 2026)
    assert caught == []
