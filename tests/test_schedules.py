"""Duties at a time of the day: on working days, weekdays and days of the month, by the working calendar."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import example
from hypothesis import given as forall
from hypothesis import settings as tried
from hypothesis import strategies as st

from afterservice_cli.cases.duties import rounds_of
from afterservice_cli.decisions import duties
from afterservice_cli.moment import Moment
from afterservice_cli.render.days import written_text
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.time.instants import to_text
from afterservice_cli.time.schedules import parse_schedule
from afterservice_cli.time.worktime import Calendar
from duty_desks import PEOPLE, Own, adopted, became, recorded
from given import rules
from working_time import calendar, china

DAY = timedelta(days=1)
EIGHT = timedelta(hours=8)  # by which Shanghai is ahead
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def local(text: str) -> datetime:
    """A time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - EIGHT


def times(written: str, since: str, count: int, off: Sequence[str] = ()) -> list[str]:
    """The next times of a schedule at a desk that works from Monday to Friday but for some days, as they are there."""
    schedule, at, found = parse_schedule(written), local(since), list[str]()
    for _ in range(count):
        at = schedule.after(office(tuple(off)), at)
        found.append((at + EIGHT).isoformat(" ")[:16])
    return found


@cache
def office(off: tuple[str, ...]) -> Calendar:
    return calendar({"mon-fri": "09:00-18:00"}, closed=[(day, day) for day in off])


@pytest.mark.parametrize(
    ("written", "since", "expected"),
    [
        ("17:00", "2026-10-14 09:00", ["2026-10-14 17:00", "2026-10-15 17:00", "2026-10-16 17:00", "2026-10-19 17:00"]),
        ("17:00", "2026-10-14 17:00", ["2026-10-15 17:00"]),
        ("mon 10:00", "2026-10-14 09:00", ["2026-10-19 10:00", "2026-10-26 10:00"]),
        ("mon,thu 9:30", "2026-10-14 09:00", ["2026-10-15 09:30", "2026-10-19 09:30"]),
        ("25d 12:00", "2026-10-14 09:00", ["2026-10-26 12:00", "2026-11-25 12:00", "2026-12-25 12:00"]),
        ("31d 12:00", "2026-04-01 09:00", ["2026-04-30 12:00", "2026-06-01 12:00", "2026-06-30 12:00"]),
        ("3wd 12:00", "2026-10-14 09:00", ["2026-11-04 12:00", "2026-12-03 12:00"]),
        ("last 16:00", "2026-10-14 09:00", ["2026-10-30 16:00", "2026-11-30 16:00"]),
        ("24:00", "2026-10-14 09:00", ["2026-10-15 00:00", "2026-10-16 00:00"]),
        ("sat - mon 10:00", "2026-10-14 09:00", ["2026-10-19 10:00", "2026-10-26 10:00"]),
        ("sun-tue 10:00", "2026-10-14 09:00", ["2026-10-19 10:00", "2026-10-20 10:00", "2026-10-26 10:00"]),
    ],
)
def test_it_comes_round_at_its_times(written: str, since: str, expected: list[str]) -> None:
    assert times(written, since, len(expected)) == expected


def test_what_falls_on_a_day_off_is_due_on_the_next_working_day_and_but_once() -> None:
    golden_week = [f"2026-10-0{day}" for day in range(1, 8)]
    assert times("thu 10:00", "2026-09-25 09:00", 2, golden_week) == ["2026-10-08 10:00", "2026-10-15 10:00"]
    assert times("mon,wed 10:00", "2026-09-30 11:00", 2, golden_week) == ["2026-10-08 10:00", "2026-10-12 10:00"]
    assert times("1d 12:00", "2026-09-25 09:00", 1, golden_week) == ["2026-10-08 12:00"]
    assert times("1wd 12:00", "2026-09-25 09:00", 1, golden_week) == ["2026-10-08 12:00"]
    assert times("17:00", "2026-09-30 17:00", 1, golden_week) == ["2026-10-08 17:00"]


def test_what_fell_on_a_day_off_before_is_still_to_come() -> None:
    assert times("sat 10:00", "2026-10-18 09:00", 2) == ["2026-10-19 10:00", "2026-10-26 10:00"]
    february = [(date(2026, 1, 25) + days * DAY).isoformat() for days in range(30)]
    assert times("25d 12:00", "2026-02-20 09:00", 2, february) == ["2026-02-24 12:00", "2026-02-25 12:00"]


def test_a_month_with_fewer_working_days_ends_with_its_last_and_one_without_has_none() -> None:
    closed = [(date(2026, 2, 2) + days * DAY).isoformat() for days in range(19)]
    assert times("15wd 12:00", "2026-02-01 09:00", 2, closed) == ["2026-02-27 12:00", "2026-03-20 12:00"]
    for_long = [(date(2026, 3, 1) + days * DAY).isoformat() for days in range(153)]
    assert times("3wd 12:00", "2026-02-10 09:00", 1, for_long) == ["2026-08-05 12:00"]


@pytest.mark.parametrize("written", ["3wd 12:00", "last 12:00", "25d 12:00", "17:00", "mon 17:00"])
def test_a_desk_that_never_opens_again_has_no_time(written: str) -> None:
    closed = calendar({"mon-fri": "09:00-18:00"}, closed=[("2026-03-01", "2200-01-01")])
    with pytest.raises(ValueError, match="does not open for so long in the 100 years after"):
        parse_schedule(written).after(closed, local("2026-03-01 09:00"))


def test_a_make_up_workday_is_a_working_day() -> None:
    assert parse_schedule("17:00").after(china(), local("2026-02-13 17:00")) == local("2026-02-14 17:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("25:00", "is no time of a day – write 17:00, mon 10:00 or 25d 12:00"),
        ("17:60", "is no time of a day"),
        ("mo 10:00", "does not name weekdays"),
        ("mon-fr 10:00", "does not name weekdays"),
        ("mon- 10:00", "does not name weekdays"),
        ("m on 10:00", "does not name weekdays"),
        ("0d 10:00", "does not name weekdays"),
        ("05d 10:00", "does not name weekdays"),
        ("x" * 100, "'x{40}' is no time of a day"),
        ("mon,mon 10:00", "names a weekday twice"),
        ("32d 10:00", "a month has no such day – write up to 31d"),
        ("16wd 10:00", "a month has no such day – write up to 15wd"),
    ],
)
def test_what_names_no_time_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("9:00", "working day at 09:00", "每个工作日 09:00"),
        (" 9:00 ", "working day at 09:00", "每个工作日 09:00"),
        ("mon, thu 10:00", "Mon, Thu at 10:00", "每周一、周四 10:00"),
        ("25d 12:00", "day 25 of the month at 12:00", "每月25日 12:00"),
        ("3wd 12:00", "working day 3 of the month at 12:00", "每月第3个工作日 12:00"),
        ("last 12:00", "last working day of the month at 12:00", "每月最后一个工作日 12:00"),
    ],
)
def test_it_is_told_in_words(text: str, english: str, chinese: str) -> None:
    assert [written_text(str(parse_schedule(text)), language) for language in ("en", "zh")] == [english, chinese]


# --- who sees to it -------------------------------------------------------------------------------------------------


def with_duty(every: str, rest: str = "", off: Sequence[str] = ()) -> Rulebook:
    duty = f'duties: {{open: {{title: Open repairs, by: tech, every: "{every}"{rest}}}}}\ndefault:'
    closed = (
        ("{timezone: Asia/Shanghai, ", f"{{timezone: Asia/Shanghai, closed: [{', '.join(off)}], ") if off else ("", "")
    )
    return rules(("owners: {tech: Tech, ", f"owners: {PEOPLE}"), ("default:", duty), closed)


def rounds(every: str, begin: str, *looks: str) -> list[tuple[str, str]]:
    """Each time by which it was due, at the desk, and what became of it, by the last look."""
    book = with_duty(every)
    events = list[Own]([adopted(book, local(begin))])
    for look in looks:
        running = {"open": rounds_of(recorded(*events, rulebook=book))[-1].spec}
        events.append(duties.done(running, Moment(local(look), local(look), "li", book), name="open"))
    found = became(rounds_of(recorded(*events, rulebook=book)), local((looks or (begin,))[-1]), book)
    return [((datetime.fromisoformat(due) + EIGHT).isoformat(" ")[5:16], how) for due, how in found]


def test_a_look_before_its_time_keeps_it_and_a_second_one_keeps_no_other() -> None:
    found = rounds("17:00", "2026-10-14 09:00", "2026-10-14 10:00", "2026-10-14 16:00", "2026-10-14 17:00")
    assert found == [("10-14 17:00", "met"), ("10-15 17:00", "running")]


def test_after_its_time_it_is_late_and_the_next_is_still_to_be_kept() -> None:
    found = rounds("17:00", "2026-10-14 09:00", "2026-10-14 17:30", "2026-10-15 16:00", "2026-10-20 09:00")
    assert found == [
        ("10-14 17:00", "missed"),
        ("10-15 17:00", "met"),
        ("10-16 17:00", "missed"),
        ("10-19 17:00", "missed"),
        ("10-20 17:00", "running"),
    ]


def test_a_weekly_list_may_be_made_in_the_week_before() -> None:
    found = rounds("mon 10:00", "2026-10-14 09:00", "2026-10-16 17:00", "2026-10-19 09:00", "2026-10-20 09:00")
    assert found == [("10-19 10:00", "met"), ("10-26 10:00", "met"), ("11-02 10:00", "running")]


@pytest.mark.parametrize(("warn", "at"), [("1wh", "16:00"), ("25%", "15:00")])
def test_it_is_warned_of_by_a_length_or_a_share_of_the_time_until_it_is_due(warn: str, at: str) -> None:
    spec = duties.spec_of(with_duty("17:00", f", warn: {warn}"), "open", local("2026-10-14 09:00"))
    assert spec.warn_at == local(f"2026-10-14 {at}")


def test_a_rulebook_that_leaves_it_alone_keeps_its_time() -> None:
    book = with_duty("17:00")
    running = {"open": adopted(book, local("2026-10-14 09:00")).duties[0]}
    assert not adopted(book, local("2026-10-15 09:00"), **running).duties
    (anew,) = adopted(with_duty("16:00"), local("2026-10-15 09:00"), **running).duties
    assert anew.due_at == local("2026-10-15 16:00")


# --- a law ----------------------------------------------------------------------------------------------------------

FIRST, LAST = date(2026, 7, 1), date(2027, 3, 31)
DAYS = st.one_of(
    st.just(""),
    st.lists(st.sampled_from(WEEK), min_size=1, max_size=4, unique=True).map(",".join),
    st.integers(1, 31).map("{}d".format),
    st.integers(1, 15).map("{}wd".format),
    st.just("last"),
)
TIME = st.sampled_from(("00:00", "08:00", "12:30", "17:00", "24:00"))
OFF = st.lists(st.integers(0, 150), max_size=3).map(
    lambda starts: sorted({str(FIRST + (start + step) * DAY) for start in starts for step in range(10)})
)


def plainly(days: str, time: str, off: list[str]) -> list[datetime]:
    """All times of a schedule in three quarters of a year, worked out by looking at each day."""

    def works(day: date) -> bool:
        return day.weekday() < 5 and str(day) not in off

    def or_next(day: date) -> date:
        return day if works(day) else or_next(day + DAY)

    every = [FIRST + number * DAY for number in range((LAST - FIRST).days)]
    found = set[date]()
    for day in every:
        month = [one for one in every if (one.year, one.month) == (day.year, day.month) and works(one)]
        length = monthrange(day.year, day.month)[1]
        if days == "":
            found |= {day} if works(day) else set()
        elif days == "last":
            found |= set(month[-1:])
        elif days[0].isdigit() and days.endswith("wd"):
            found |= set(month[: int(days[:-2])][-1:])
        elif days[0].isdigit():
            found |= {or_next(day)} if day.day == min(int(days[:-1]), length) else set()
        elif WEEK[day.weekday()] in days.split(","):
            found.add(or_next(day))
    hours, minutes = map(int, time.split(":"))
    clock = timedelta(hours=hours, minutes=minutes)
    return sorted(datetime(day.year, day.month, day.day, tzinfo=UTC) - EIGHT + clock for day in found)


@forall(DAYS, TIME, OFF, st.lists(st.integers(1, 20 * 86400), max_size=6), st.integers(0, 60 * 86400))
@example("mon", "08:00", [], [5 * 86400, 60, 2 * 86400], 86400)
@tried(max_examples=80, deadline=None)
def test_each_time_is_kept_or_missed_as_a_plain_list_of_them_says(
    days: str, time: str, off: list[str], gaps: list[int], rest: int
) -> None:
    book = with_duty(f"{days} {time}".strip(), off=off)
    every = plainly(days, time, off)
    at = datetime(2026, 8, 20, 3, 17, 11, tzinfo=UTC)
    due = next(one for one in every if one > at)
    kept, missed = list[datetime](), list[datetime]()
    events = list[Own]([duties.adopted(book, at, ("duties",), {})])
    for gap in gaps:
        at += timedelta(seconds=gap)
        running = {"open": rounds_of(recorded(*events, rulebook=book))[-1].spec}
        events.append(duties.done(running, Moment(at, at, "li", book), name="open"))
        if at > due:
            missed += [one for one in every if due <= one < at]
            due = next(one for one in every if one > at)
        elif not any(at <= one < due for one in every):
            kept.append(due)
            due = next(one for one in every if one > due)
    now = at + timedelta(seconds=rest)
    missed += [one for one in every if due <= one < now]
    found = became(rounds_of(recorded(*events, rulebook=book)), now, book)
    assert [due_at for due_at, how in found if how == "met"] == [to_text(one) for one in kept]
    assert [due_at for due_at, how in found if how == "missed"] == [to_text(one) for one in missed]
