"""Instants: stored and read back, shown, and what may be typed for them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterservice_cli.time.instants import from_text, parse_day, parse_instant, to_local_text, to_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")

# A Wednesday, 10:30 in Shanghai.
NOW = datetime(2026, 10, 14, 2, 30, 15, 999, tzinfo=UTC)


def typed(text: str, zone: ZoneInfo = SHANGHAI, now: datetime = NOW, past: bool = False) -> str:
    """What parse_instant makes of a text, as a local text."""
    found = parse_instant(text, now=now, zone=zone, past=past)
    assert found.tzinfo is UTC
    assert not found.microsecond
    return to_local_text(found, zone)


@given(st.datetimes(timezones=st.sampled_from([UTC, SHANGHAI, BERLIN]), min_value=datetime(2, 1, 1)))
def test_what_is_stored_is_read_back(dt: datetime) -> None:
    assert from_text(to_text(dt)) == dt.astimezone(UTC).replace(microsecond=0)


def test_an_instant_is_stored_in_utc_and_whole_seconds() -> None:
    assert to_text(datetime(2026, 10, 1, 9, 0, 0, 999_999, tzinfo=SHANGHAI)) == "2026-10-01T01:00:00Z"


@pytest.mark.parametrize(
    "text",
    ["", "2026-10-01", "2026-10-01T01:00:00", "2026-10-01T01:00Z", "2026-10-01 01:00:00Z", "2026-W40-4T01:00:00Z",
     "2026-10-01T01:00:00+00:00", "2026-10-01T09:00:00+08:00", "2026-10-01T01:00:00.5Z", "２０２６-10-01T01:00:00Z"],
)  # fmt: skip
def test_only_the_stored_spelling_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026-10-01T01:00:00Z"):
        from_text(text)


def test_a_datetime_without_a_zone_is_refused_everywhere() -> None:
    naive = datetime(2026, 10, 1)
    for use in (
        lambda: to_text(naive),
        lambda: to_local_text(naive, SHANGHAI),
        lambda: parse_instant("today", now=naive, zone=SHANGHAI),
    ):
        with pytest.raises(ValueError, match="needs a time zone"):
            use()


def test_local_texts_show_seconds_only_where_there_are_any() -> None:
    dt = datetime(2026, 10, 1, 1, 0, 0, 5, tzinfo=UTC)
    assert to_local_text(dt, SHANGHAI) == "2026-10-01 09:00"
    assert to_local_text(dt + timedelta(seconds=7), SHANGHAI) == "2026-10-01 09:00:07"


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-10-01", "2026-10-01 00:00"),
        ("2026-10-01 09:05", "2026-10-01 09:05"),
        ("2026-10-01  9:05", "2026-10-01 09:05"),
        ("2026-10-01T09:05", "2026-10-01 09:05"),
        ("2026-10-01t09:05:07", "2026-10-01 09:05:07"),
        ("2026-10-01T09:05:00Z", "2026-10-01 17:05"),
        ("2026-10-01 09:05z", "2026-10-01 17:05"),
        ("2026-10-01T09:05+02:00", "2026-10-01 15:05"),
        ("2026-10-01T09:05+02", "2026-10-01 15:05"),
        ("2026-10-01T09:05-0330", "2026-10-01 20:35"),
        ("２０２６-１０-０１　０９：０５", "2026-10-01 09:05"),
        ("2026-10-31 24:00", "2026-11-01 00:00"),
        ("2026-10-31T24:00:00Z", "2026-11-01 08:00"),
        ("2026年10月31日 24点", "2026-11-01 00:00"),
        ("2026年10月1日", "2026-10-01 00:00"),
        ("2026年10月01日 9:05", "2026-10-01 09:05"),
        ("2026年10月1号9：05", "2026-10-01 09:05"),
        ("2026年1月1日9时30分", "2026-01-01 09:30"),
        ("2026年10月1日 9点", "2026-10-01 09:00"),
        ("2026/10/01", "2026-10-01 00:00"),
        ("2026/1/1 9:05", "2026-01-01 09:05"),
        ("2026.10.1", "2026-10-01 00:00"),
        ("11月20日", "2026-11-20 00:00"),
        ("10月14日", "2026-10-14 00:00"),
        ("10月13日 9:05", "2027-10-13 09:05"),
        (" now ", "2026-10-14 10:30:15"),
        ("Today", "2026-10-14 00:00"),
        ("today 18:00", "2026-10-14 18:00"),
        ("tomorrow 09:00", "2026-10-15 09:00"),
        ("yesterday", "2026-10-13 00:00"),
        ("今天", "2026-10-14 00:00"),
        ("明天9点", "2026-10-15 09:00"),
        ("昨天 9:05", "2026-10-13 09:05"),
        ("昨天下午3点", "2026-10-13 15:00"),
        ("昨天 下午 3:20", "2026-10-13 15:20"),
        ("昨天晚上8点半", "2026-10-13 20:30"),
        ("10月20日上午9点05", "2026-10-20 09:05"),
        ("今天中午12点", "2026-10-14 12:00"),
        ("今天中午1点", "2026-10-14 13:00"),
        ("今天凌晨0点10分", "2026-10-14 00:10"),
        ("今天下午15点", "2026-10-14 15:00"),
        ("下午5点", "2026-10-14 17:00"),
        ("9点", "2026-10-14 09:00"),
        ("前天", "2026-10-12 00:00"),
        ("后天9点", "2026-10-16 09:00"),
        ("3d", "2026-10-17 10:30:15"),
        ("+3d", "2026-10-17 10:30:15"),
        ("-3d", "2026-10-11 10:30:15"),
        ("2h", "2026-10-14 12:30:15"),
        ("-2h", "2026-10-14 08:30:15"),
        ("30m", "2026-10-14 11:00:15"),
        ("thu", "2026-10-15 00:00"),
        ("Tue 14:00", "2026-10-20 14:00"),
        ("wed", "2026-10-21 00:00"),
        ("sun", "2026-10-18 00:00"),
    ],
)
def test_what_can_be_typed(text: str, local: str) -> None:
    assert typed(text) == local


@pytest.mark.parametrize(
    "text",
    ["", " ", "10", "Sat 3", "Sat Oct 3", "03/04/2026", "2026/10.01", "10/01",
     "2026-10", "2026-1-1", "20261001", "0000-10-01", "2026-10-01T", "2026-10-01 9",
     "2026-10-01 24:01", "2026-10-01 24:00:01", "2026-10-01 25:00",
     "2026-10-01 09:60", "2026-10-01Z", "2026-10-01T09:00+15:00", "2026-10-01T09:00 CST", "2026-10-0109:00",
     "2026年10月", "now 09:00", "todayt09:00", "tomorrow 09:00Z", "monday", "3", "d", "3w", "1.5h",
     "--3d", "3d 09:00", "9999999d", "-999999d", "٢٠٢٦-10-01", "9" * 5000],
)  # fmt: skip
def test_nothing_else_is_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 2026-10-01, .*tomorrow 09:00"):
        typed(text)


@pytest.mark.parametrize("text", ["昨天晚上12点", "今天凌晨12点"])
def test_twelve_at_night_is_the_end_of_a_day_or_its_beginning(text: str) -> None:
    with pytest.raises(ValueError, match="this is no date or time that can be read"):
        typed(text)


@pytest.mark.parametrize(
    "text", ["2026/13/01", "2月29日", "2026-13-01", "2026-02-29", "2026年13月1日", "2026-11-31 09:45", "2026-10-00"]
)
def test_a_day_that_the_calendar_has_not_is_called_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"^the calendar has no such day – put it right$"):
        typed(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("26-11-20", "2026-11-20"),
        ("26/1/2 9:00", "2026-01-02 9:00"),
        ("26.11.20", "2026-11-20"),
        ("26年1月2日", "2026-01-02"),
    ],
)
@pytest.mark.parametrize("read", [parse_instant, parse_day])
def test_a_year_of_two_digits_is_told_with_what_to_write(read: Callable[..., datetime], text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"^a year has four digits – write {meant}$"):
        read(text, now=NOW, zone=SHANGHAI)


@pytest.mark.parametrize("text", ["26-13-20", "11-20-26", "26-11-20 王芳 13900000101"])
def test_what_is_no_such_date_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(this is no date|the calendar has no such day)"):
        parse_instant(text, now=NOW, zone=SHANGHAI)


def test_a_refusal_does_not_repeat_what_was_typed() -> None:
    for parse in (parse_instant, parse_day):
        with pytest.raises(ValueError) as told:
            parse("13900000012", now=NOW, zone=SHANGHAI)
        assert "139" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("tue", "2026-10-13 00:00"),
        ("wed", "2026-10-07 00:00"),
        ("thu 09:00", "2026-10-08 09:00"),
        ("now", "2026-10-14 10:30:15"),
        ("today 10:30", "2026-10-14 10:30"),
        ("-3d", "2026-10-11 10:30:15"),
        ("2026-10-01", "2026-10-01 00:00"),
        ("10月14日", "2026-10-14 00:00"),
        ("10月15日", "2025-10-15 00:00"),
    ],
)
def test_where_the_past_is_asked_for_weekdays_look_back(text: str, local: str) -> None:
    assert typed(text, past=True) == local


@pytest.mark.parametrize("text", ["3d", "+2h", "1m", "tomorrow", "today 10:31", "2026-10-15", "2027-01-01T00:00Z"])
def test_where_the_past_is_asked_for_the_future_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"in the future – write .*-3d"):
        typed(text, past=True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3月5日", "2026-03-05"),  # most of a year ago
        ("11月20日", "2026-11-20"),
        ("4月14日", "2026-04-14"),
        ("昨天", "2026-10-13"),
        ("后天", "2026-10-16"),
        ("2026/11/20", "2026-11-20"),
        ("-3d", "2026-10-11"),
    ],
)
def test_a_day_alone_may_lie_on_either_side_of_today(text: str, day: str) -> None:
    assert to_local_text(parse_day(text, now=NOW, zone=SHANGHAI), SHANGHAI) == f"{day} 00:00"


def test_a_day_without_a_year_that_is_far_ahead_was_last_years() -> None:
    new_year = datetime(2027, 1, 4, tzinfo=UTC)
    read = [parse_day(text, now=new_year, zone=SHANGHAI) for text in ("12月30日", "7月1日", "1月2日")]
    assert [to_local_text(at, SHANGHAI)[:10] for at in read] == ["2026-12-30", "2027-07-01", "2027-01-02"]


def test_this_very_second_has_passed() -> None:
    whole = NOW.replace(microsecond=0)
    assert parse_instant("now", now=whole, zone=SHANGHAI, past=True) == whole


def test_today_is_the_zones_day() -> None:
    late = datetime(2026, 10, 14, 17, 0, tzinfo=UTC)
    assert typed("today", SHANGHAI, late) == "2026-10-15 00:00"
    assert typed("today", BERLIN, late) == "2026-10-14 00:00"


def test_days_keep_the_wall_clock_and_hours_do_not() -> None:
    eve = datetime(2026, 10, 24, 10, 0, tzinfo=BERLIN)  # summer time ends that night
    assert typed("1d", BERLIN, eve) == "2026-10-25 10:00"
    assert typed("24h", BERLIN, eve) == "2026-10-25 09:00"


def test_a_skipped_hour_moves_on_and_a_repeated_one_is_the_first() -> None:
    assert parse_instant("2026-03-29 02:30", now=NOW, zone=BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert parse_instant("2026-10-25 02:30", now=NOW, zone=BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([SHANGHAI, timezone(timedelta(hours=-7))]),
)
def test_what_is_shown_can_be_typed(dt: datetime, zone: ZoneInfo) -> None:
    whole = dt.replace(microsecond=0)
    assert parse_instant(to_local_text(dt, zone), now=NOW, zone=zone) == whole
    assert parse_instant(to_text(dt), now=NOW, zone=zone) == whole


@given(st.text(max_size=20))
def test_any_text_is_an_instant_or_a_plain_refusal(text: str) -> None:
    try:
        typed(text)
    except ValueError as told:
        assert " – write 2026-10-01" in str(told)


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "2999", "9999"])
def test_a_year_that_nobody_means_is_said_to_be_one(year: str) -> None:
    last = year in ("0001", "1899")
    texts = {
        parse_instant: f"{year}-12-31 23:00" if last else f"{year}-01-01",
        parse_day: f"{year}-12-31",
    }
    for parse, text in texts.items():
        for zone in (SHANGHAI, BERLIN):
            with pytest.raises(ValueError, match="beyond the years 1900 to 2199 – write one of them"):
                parse(text, now=NOW, zone=zone)


@pytest.mark.parametrize("text", ["-70000d", "90000d", "2200-01-01T07:00+08:00"])
def test_and_so_is_one_reached_by_counting_or_written_elsewhere(text: str) -> None:
    with pytest.raises(ValueError, match="beyond the years 1900 to 2199"):
        typed(text)


@pytest.mark.parametrize("text", ["1900-01-01 00:00", "2199-12-31 23:59"])
def test_the_first_and_the_last_are_read_by_the_zone_they_are_written_in(text: str) -> None:
    assert typed(text) == text
    assert typed(text, BERLIN) == text
