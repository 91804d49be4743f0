"""The working calendar: what opens when, when a duration is used up, how much working time has passed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from afterservice_cli.time.durations import Duration, parse_duration
from afterservice_cli.time.worktime import Calendar
from working_time import CHINA_2026, OFFICE, SHANGHAI, at, calendar, china, due

# Days and spans


def test_a_date_takes_the_strongest_word_said_about_it() -> None:
    everything = {"2026-02-14": "春节调休", "2026-02-16": "x", "2026-02-17": "x", "2026-02-18": "x"}
    place = calendar(
        OFFICE,
        makeup=[[600, 660]],
        holidays={"2026": {"off": {d: "春节" for d in everything if d > "2026-02-14"}, "work": everything}},
        closed=[["2026-02-17", "2026-02-18"]],
        open={"2026-02-18": [[540, 720]]},
    )
    days = [place.day(date(2026, 2, day)) for day in range(13, 19)]
    assert [(d.kind, d.name, d.spans) for d in days] == [
        ("working", "", ((540, 720), (780, 1080))),
        ("makeup", "春节调休", ((600, 660),)),
        ("weekend", "", ()),
        ("holiday", "春节", ()),
        ("closed", "春节", ()),
        ("special", "春节", ((540, 720),)),
    ]
    assert [place.is_working_day(d.day) for d in days] == [True, True, False, False, False, True]


def test_a_weekday_without_hours_is_free_and_no_weekend() -> None:
    place = calendar({"tue-sat": "09:00-12:00"})
    kinds = {day: place.day(date(2026, 2, day)).kind for day in (13, 14, 15, 16)}
    assert kinds == {13: "working", 14: "working", 15: "weekend", 16: "free"}


def test_makeup_workdays_have_mondays_hours_where_none_are_given() -> None:
    assert china().day(date(2026, 2, 14)).spans == ((540, 720), (780, 1080))


def test_both_ends_of_a_closed_range_are_closed() -> None:
    place = calendar(OFFICE, closed=[["2027-02-01", "2027-02-03"]])
    assert [place.day(date(2027, 2, day)).kind for day in range(1, 5)] == ["closed"] * 3 + ["working"]


def test_a_night_belongs_to_the_day_it_starts_on() -> None:
    night = calendar({"fri": "22:00-06:00"}, closed=[["2026-11-21", "2026-11-21"]])
    assert night.spans_of(date(2026, 11, 20)) == [(at("2026-11-20 22:00"), at("2026-11-21 06:00"))]
    assert night.spans_of(date(2026, 11, 21)) == []
    assert due(night, "2026-11-21 01:00", "2wh") == "Sat 2026-11-21 03:00"
    assert due(night, "2026-11-20 09:00", "8wh") == "Sat 2026-11-21 06:00"
    assert due(night, "2026-11-19 23:00", "1wd") == "Sat 2026-11-21 06:00"


def test_a_night_across_the_end_of_a_month_is_still_open_on_the_first() -> None:
    night = calendar({"mon-sun": "22:00-06:00"})
    assert due(night, "2026-12-01 05:00", "2wh") == "Tue 2026-12-01 23:00"
    assert night.elapsed(at("2026-12-01 03:00"), at("2026-12-01 23:00")) == 4 * 3600


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("zone", [SHANGHAI, "America/New_York"])
def test_every_night_counts_in_whatever_order_one_asks(zone: str, step: int) -> None:
    night, begin = calendar({"mon-sun": "22:00-06:00"}, zone), at("2026-04-01 00:00", zone)
    for hour in range(80 * 24)[::step]:
        one, next_one = (begin + timedelta(hours=hour + more) for more in (0, 1))
        open_then = not 6 <= hour % 24 < 22
        assert night.elapsed(one, next_one) == 3600 * open_then, one
        assert (night.add(one, Duration(1, "wh")) == next_one) == open_then, one


@pytest.mark.parametrize(
    ("zone", "hours", "begin"),
    [
        (SHANGHAI, "00:00-24:00", "2026-12-01 00:00"),  # in UTC still November
        ("America/New_York", "23:00-22:00", "2026-12-01 21:00"),  # in UTC 2 December, the night is November's
    ],
)
def test_days_are_those_of_the_zone(zone: str, hours: str, begin: str) -> None:
    start = at(begin, zone)
    assert calendar({"mon-sun": hours}, zone).elapsed(start, start + timedelta(hours=1)) == 3600
    assert calendar({"mon-sun": hours}, zone).add(start, Duration(1, "wh")) == start + timedelta(hours=1)


def test_hours_that_two_days_share_count_once() -> None:
    place = calendar({"fri": "20:00-10:00", "sat": "08:00-12:00"})
    assert place.spans_of(date(2026, 11, 21)) == [(at("2026-11-21 10:00"), at("2026-11-21 12:00"))]
    assert place.elapsed(at("2026-11-20 00:00"), at("2026-11-22 00:00")) == 16 * 3600


def test_a_night_cuts_into_the_next_days_hours() -> None:
    place = calendar({"mon": "20:00-10:00", "tue": "08:00-12:00"})  # 30 November 2026 is a Monday
    assert place.elapsed(at("2026-11-30 00:00"), at("2026-12-02 00:00")) == 16 * 3600


# Working time


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-20 10:00", "90wm", "Fri 2026-11-20 11:30"),
        ("2026-11-20 11:00", "2wh", "Fri 2026-11-20 14:00"),
        ("2026-11-20 11:00", "60wm", "Fri 2026-11-20 12:00"),  # closing time, not 13:00
        ("2026-11-20 17:00", "3600ws", "Fri 2026-11-20 18:00"),
        ("2026-11-20 18:00", "60wm", "Mon 2026-11-23 10:00"),
        ("2026-11-21 15:00", "1wh", "Mon 2026-11-23 10:00"),  # a Saturday
        ("2026-11-21 15:00", "0wh", "Sat 2026-11-21 15:00"),
        ("2026-11-20 17:00", "80wh", "Fri 2026-12-04 17:00"),
        ("2026-11-20 17:00", "26h", "Sat 2026-11-21 19:00"),
        ("2026-11-20 17:00", "90s", "Fri 2026-11-20 17:01"),
    ],
)
def test_a_duration_is_used_up(start: str, duration: str, end: str) -> None:
    assert due(calendar(OFFICE), start, duration) == end


def test_open_until_24_00_joins_the_next_day() -> None:
    place = calendar({"mon-fri": "00:00-24:00"})
    assert due(place, "2026-11-20 22:00", "2wh") == "Sat 2026-11-21 00:00"
    assert due(place, "2026-11-19 22:00", "4wh") == "Fri 2026-11-20 02:00"
    assert place.elapsed(at("2026-11-19 22:00"), at("2026-11-23 01:00")) == 27 * 3600


def test_elapsed_counts_opening_but_not_closing_and_never_backwards() -> None:
    place = calendar(OFFICE)
    assert place.elapsed(at("2026-11-20 11:59:59"), at("2026-11-20 13:00:01")) == 2
    assert place.elapsed(at("2026-11-20 12:00"), at("2026-11-20 13:00")) == 0
    assert place.elapsed(at("2026-11-20 17:00"), at("2026-11-20 10:00")) == 0


def test_the_day_clocks_change_has_the_hours_it_has() -> None:
    place = calendar({"sun": "00:00-24:00"}, "Europe/Paris")
    spring, autumn = (place.spans_of(day)[0] for day in (date(2026, 3, 29), date(2026, 10, 25)))
    assert [place.elapsed(*spring), place.elapsed(*autumn)] == [23 * 3600, 25 * 3600]
    assert due(place, "2026-03-29 01:30", "1wh") == "Sun 2026-03-29 03:30"


def test_hours_that_the_clocks_skip_are_no_hours() -> None:
    place = calendar({"sun": "02:30-03:00, 04:00-05:00"}, "Europe/Paris")
    assert place.spans_of(date(2026, 3, 29)) == [
        (at("2026-03-29 02:00+00:00"), at("2026-03-29 03:00+00:00")),
    ]


def test_a_closing_time_shown_twice_is_the_first() -> None:
    place = calendar({"sun": "00:00-02:30"}, "Europe/Paris")
    assert place.spans_of(date(2026, 10, 25))[0][1] == at("2026-10-25 00:30+00:00")


# Days by the Civil Code


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-16 16:00", "1wd", "Tue 2026-11-17 18:00"),
        ("2026-11-16 00:00", "1wd", "Tue 2026-11-17 18:00"),  # the day of the start never counts
        ("2026-11-20 20:00", "3wd", "Wed 2026-11-25 18:00"),
        ("2026-11-21 10:00", "1wd", "Mon 2026-11-23 18:00"),
        ("2026-11-16 16:00", "3d", "Fri 2026-11-20 00:00"),  # Thursday 24:00
        ("2026-11-18 16:00", "3d", "Tue 2026-11-24 00:00"),  # Saturday rolls on to Monday 24:00
        ("2026-11-18 16:00", "0d", "Wed 2026-11-18 16:00"),
        ("2026-11-21 16:00", "0wd", "Sat 2026-11-21 16:00"),
        ("2026-02-13 16:00", "3wd", "Wed 2026-02-25 18:00"),  # Sat 14 makes up, 15–23 Spring Festival
        ("2026-02-13 16:00", "1d", "Sun 2026-02-15 00:00"),  # a make-up workday is no day off
        ("2026-09-30 10:00", "1d", "Fri 2026-10-09 00:00"),
    ],
)
def test_days_are_counted_by_the_civil_code(start: str, duration: str, end: str) -> None:
    assert due(china(), start, duration) == end


def test_working_days_end_when_that_day_closes() -> None:
    place = calendar(OFFICE, open={"2026-11-17": [[540, 720]]})
    assert due(place, "2026-11-16 10:00", "1wd") == "Tue 2026-11-17 12:00"


# Pauses

WEEKEND = ("2026-11-20 16:00", "2026-11-23 10:00")  # Friday to Monday: 3 working hours, 1 wd, 3 d, 66 h


@pytest.mark.parametrize(
    ("duration", "without", "paused"),
    [
        ("24h", "Fri 2026-11-20 18:00", "Mon 2026-11-23 12:00"),
        ("9wh", "Fri 2026-11-20 18:00", "Mon 2026-11-23 12:00"),
        ("3wd", "Tue 2026-11-24 18:00", "Wed 2026-11-25 18:00"),
        ("5d", "Wed 2026-11-25 00:00", "Sat 2026-11-28 00:00"),
    ],
)
def test_a_weekend_pause_counts_in_the_clock_the_target_runs_on(duration: str, without: str, paused: str) -> None:
    start = "2026-11-19 18:00" if duration == "24h" else "2026-11-19 17:00"
    assert due(calendar(OFFICE), start, duration) == without
    assert due(calendar(OFFICE), start, duration, WEEKEND) == paused


@pytest.mark.parametrize("duration", ["2wd", "4d"])
def test_a_pause_within_one_day_adds_no_day(duration: str) -> None:
    place, pause = calendar(OFFICE), ("2026-11-17 09:30", "2026-11-17 17:30")
    assert due(place, "2026-11-16 16:00", duration, pause) == due(place, "2026-11-16 16:00", duration)


@pytest.mark.parametrize("unit", ["h", "wh", "wd", "d"])
def test_overlapping_pauses_count_once(unit: str) -> None:
    one = [("2026-11-17 10:00", "2026-11-19 16:00")]
    many = [("2026-11-18 11:00", "2026-11-19 16:00"), ("2026-11-17 10:00", "2026-11-18 17:00")]
    many.append(("2026-11-18 12:00", "2026-11-19 10:00"))
    place = calendar(OFFICE)
    assert due(place, "2026-11-16 10:00", f"30{unit}", *many) == due(place, "2026-11-16 10:00", f"30{unit}", *one)


@pytest.mark.parametrize("unit", ["h", "wh", "wd", "d"])
def test_a_pause_before_the_start_or_after_the_deadline_changes_nothing(unit: str) -> None:
    place, start = calendar(OFFICE), "2026-11-17 10:00"
    before, across = ("2026-11-12 10:00", "2026-11-13 10:00"), ("2026-11-12 10:00", "2026-11-18 10:00")
    after = ("2026-12-12 10:00", "2026-12-20 10:00")
    assert due(place, start, f"5{unit}", before, after) == due(place, start, f"5{unit}")
    assert due(place, start, f"5{unit}", across) == due(place, start, f"5{unit}", (start, across[1]))


@pytest.mark.parametrize("unit", ["h", "wh", "wd", "d"])
def test_a_pause_that_begins_with_the_deadline_comes_too_late(unit: str) -> None:
    place, start, duration = calendar(OFFICE), at("2026-11-17 10:00"), Duration(5, unit)
    deadline = place.add(start, duration)
    assert place.add(start, duration, [(deadline, deadline + timedelta(days=9))]) == deadline


def test_a_pause_may_move_the_deadline_past_the_next_pause() -> None:
    first, second = ("2026-11-17 10:00", "2026-11-17 11:00"), ("2026-11-17 11:30", "2026-11-17 13:30")
    assert due(calendar(OFFICE), "2026-11-17 09:00", "2wh", first, second) == "Tue 2026-11-17 14:00"


@pytest.mark.parametrize(
    ("duration", "pause", "end"),
    [
        ("1wd", ("2026-11-20 10:00", "2026-11-20 19:00"), "Mon 2026-11-23 18:00"),
        ("1wd", ("2026-11-20 10:00", "2026-11-20 18:00"), "Mon 2026-11-23 18:00"),  # nothing left of Friday
        ("1wd", ("2026-11-20 10:00", "2026-11-22 12:00"), "Mon 2026-11-23 18:00"),
        ("1wd", ("2026-11-20 10:00", "2026-11-23 20:00"), "Tue 2026-11-24 18:00"),
        ("2d", ("2026-11-22 10:00", "2026-11-25 10:00"), "Thu 2026-11-26 00:00"),  # due Sat, rolled to Mon
    ],
)
def test_no_deadline_in_days_falls_into_a_pause(duration: str, pause: tuple[str, str], end: str) -> None:
    assert due(calendar(OFFICE), "2026-11-19 10:00", duration, pause) == end


@pytest.mark.parametrize("again", ["2026-11-22 13:00", "2026-11-23 10:00"])
def test_a_short_break_in_a_pause_gains_no_day(again: str) -> None:
    pauses = [("2026-11-20 10:00", "2026-11-22 12:00"), (again, "2026-11-25 10:00")]
    assert due(calendar(OFFICE), "2026-11-19 10:00", "1wd", *pauses) == "Wed 2026-11-25 18:00"


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        due(calendar(OFFICE), "2026-11-19 10:00", "1wd", ("2026-11-20 10:00", "2026-11-20 09:00"))


# Provisional years


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-20 10:00", "2026-12-31 18:00", False),
        ("2026-11-20 10:00", "2027-01-01 00:00", False),  # 24:00 on 31 December
        ("2026-11-20 10:00", "2027-01-04 18:00", True),  # make-up workdays not announced
        ("2026-11-20 10:00", "2028-01-04 18:00", True),
        ("2031-11-20 10:00", "2031-11-21 18:00", True),
        ("2019-11-20 10:00", "2020-01-04 18:00", False),
    ],
)
def test_a_deadline_is_provisional_where_days_off_may_still_change(start: str, end: str, expected: bool) -> None:
    assert china().provisional(at(start), at(end)) is expected


def test_without_final_word_missing_a_year_beyond_the_known_ones_is_provisional() -> None:
    place = calendar(OFFICE, holidays={"2026": CHINA_2026})
    assert place.provisional(at("2026-12-30 10:00"), at("2027-01-04 18:00"))


def test_a_calendar_without_holidays_is_never_provisional() -> None:
    assert not calendar(OFFICE).provisional(at("2026-11-20 10:00"), at("2099-01-04 18:00"))
    assert not calendar(OFFICE, holidays=None).provisional(at("2026-11-20 10:00"), at("2099-01-04 18:00"))


# Refusals


@pytest.mark.parametrize(
    "rest", [{}, {"open": {"2026-01-01": []}}, {"makeup": [[540, 720]]}, {"holidays": {"2026": CHINA_2026}}]
)
def test_a_calendar_that_never_opens_is_refused(rest: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="never opens"):
        Calendar({"timezone": SHANGHAI, "hours": {"sat": []}, **rest})


def test_makeup_workdays_alone_are_working_time() -> None:
    place = Calendar({"timezone": SHANGHAI, "hours": {}, "makeup": [[540, 720]], "holidays": {"2026": CHINA_2026}})
    assert due(place, "2026-02-01 10:00", "2wh") == "Sat 2026-02-14 11:00"


@pytest.mark.parametrize("duration", ["1ws", "1wd", "1d"])
def test_a_calendar_that_opens_no_more_is_refused_not_searched_for_ever(duration: str) -> None:
    place = calendar({}, open={"2020-01-01": [[540, 720]]})
    with pytest.raises(ValueError, match="does not open for so long in the 100 years after 2026-11-"):
        due(place, "2026-11-20 10:00", duration)


@pytest.mark.parametrize("duration", ["1ws", "1wd"])
def test_a_calendar_that_was_never_open_before_is_not_searched_for_ever(duration: str) -> None:
    place = calendar({}, open={"2030-01-01": [[540, 720]]})
    with pytest.raises(ValueError, match="does not open for so long in the 100 years before 2026-11-"):
        place.back(at("2026-11-20 10:00"), parse_duration(duration))


@pytest.mark.parametrize("name", ["Asia/Shangai", "../etc/passwd", "Asia", ""])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a known time zone"):
        Calendar({"timezone": name, "hours": {"mon": [[540, 720]]}})


def test_an_instant_needs_an_offset_and_a_sensible_year() -> None:
    place, naive, good = calendar(OFFICE), datetime(2026, 11, 20, 10), at("2026-11-20 10:00")
    for call in (
        lambda: place.add(naive, Duration(1, "h")),
        lambda: place.add(good, Duration(1, "h"), [(good, naive)]),
        lambda: place.elapsed(good, naive),
        lambda: place.provisional(naive, good),
    ):
        with pytest.raises(ValueError, match="no time zone"):
            call()
    with pytest.raises(ValueError, match="years 1800 to 2999"):
        place.add(at("0202-11-20 10:00"), Duration(1, "wd"))


def test_the_first_day_a_person_may_give_is_in_reach_everywhere() -> None:
    place = calendar(OFFICE)
    assert place.zone.key == "Asia/Shanghai"
    first = at("1900-01-01 00:00")  # in Shanghai, where it is still 1899 in UTC
    assert first.astimezone(UTC).year == 1899
    assert place.add(first, Duration(1, "wd")) == at("1900-01-02 18:00")
    assert place.back(first, Duration(36_525, "d")).year == 1799
