"""Laws of the working calendar: adding and counting are each other's inverse, pauses and days off only delay."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from afterservice_cli.time.durations import Duration
from afterservice_cli.time.worktime import Calendar
from working_time import SHANGHAI, calendar, china

PLACES: list[Callable[[], Calendar]] = [
    china,
    lambda: calendar({"mon-thu": "08:30-17:00", "fri": "22:00-06:00"}, "Europe/Paris", closed=[["2026-03-30"] * 2]),
    lambda: calendar({"mon-sun": "00:00-24:00"}, "America/New_York"),
    lambda: calendar({"tue": "20:00-10:00", "wed": "08:00-12:00", "sun": "01:00-02:30, 03:00-04:00"}, "Europe/Paris"),
]
CALENDARS = [place() for place in PLACES]
calendars = st.sampled_from(CALENDARS)
seconds = st.integers(0, 400 * 86_400).map(lambda s: timedelta(seconds=s))
instants = seconds.map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + s)
fine_instants = st.builds(lambda i, us: i + timedelta(microseconds=us), instants, st.integers(0, 999_999))
working = st.one_of(
    st.builds(Duration, st.integers(0, 20_000), st.just("wm")),
    st.builds(Duration, st.integers(0, 400), st.just("wh")),
)
amounts, units = st.integers(0, 60), st.sampled_from(["s", "m", "h", "d", "ws", "wm", "wh", "wd"])
pauses = st.lists(st.tuples(instants, instants).map(lambda pair: (min(pair), max(pair))), max_size=3)
few = settings(max_examples=100)


def in_seconds(duration: Duration) -> int:
    return duration.amount * (60 if duration.unit == "wm" else 3600)


@few
@given(calendars, fine_instants, working)
def test_law_elapsed_is_the_inverse_of_add(place: Calendar, start: datetime, duration: Duration) -> None:
    assert place.elapsed(start, place.add(start, duration)) == in_seconds(duration)


@few
@given(
    st.sampled_from(PLACES),
    st.lists(st.tuples(st.sampled_from(["add", "back", "elapsed"]), instants, working), min_size=2, max_size=8),
)
def test_law_what_was_asked_before_changes_no_answer(
    fresh: Callable[[], Calendar], questions: list[tuple[str, datetime, Duration]]
) -> None:
    place = fresh()
    for kind, moment, duration in questions:
        alone = fresh()
        if kind == "elapsed":
            end = moment + in_seconds(duration) * timedelta(seconds=1)
            assert place.elapsed(moment, end) == alone.elapsed(moment, end)
        else:
            assert getattr(place, kind)(moment, duration) == getattr(alone, kind)(moment, duration)


@few
@given(calendars, fine_instants, working)
def test_law_the_deadline_is_the_earliest_such_instant(place: Calendar, start: datetime, duration: Duration) -> None:
    before = place.add(start, duration) - timedelta.resolution
    assert duration.amount == 0 or place.elapsed(start, before) < in_seconds(duration)


@few
@given(calendars, st.tuples(instants, instants, instants).map(sorted))
def test_law_elapsed_is_additive(place: Calendar, abc: list[datetime]) -> None:
    a, b, c = abc
    assert place.elapsed(a, b) + place.elapsed(b, c) == place.elapsed(a, c)


@few
@given(calendars, instants, amounts, amounts)
def test_law_add_is_additive(place: Calendar, start: datetime, first: int, second: int) -> None:
    halfway = place.add(start, Duration(first, "wh"))
    assert place.add(halfway, Duration(second, "wh")) == place.add(start, Duration(first + second, "wh")) or (
        first + second == 0
    )


@few
@given(calendars, st.tuples(instants, instants, instants).map(sorted))
def test_law_elapsed_is_the_sum_of_the_open_spans(place: Calendar, abc: list[datetime]) -> None:
    begin, end, _ = abc
    days = [begin.date() + timedelta(days=n) for n in range(-2, (end - begin).days + 4)]
    spans = [span for day in days for span in place.spans_of(day)]
    parts = [min(close, end) - max(opens, begin) for opens, close in spans]
    assert place.elapsed(begin, end) == sum(max(part.total_seconds(), 0) for part in parts)


@few
@given(calendars, instants, st.integers(1, 300), st.floats(0, 1, exclude_max=True), seconds)
def test_law_a_pause_moves_a_deadline_by_exactly_its_working_length(
    place: Calendar, start: datetime, hours: int, part: float, length: timedelta
) -> None:
    plain = place.add(start, Duration(hours, "wh"))
    begin = start + timedelta(seconds=int((plain - start).total_seconds() * part))
    pause = begin, begin + length
    moved = place.add(start, Duration(hours, "wh"), [pause])
    assert place.elapsed(plain, moved) == place.elapsed(*pause)
    assert moved == plain or not begin <= moved <= pause[1]


@few
@given(calendars, instants, seconds, amounts, amounts, units, pauses)
def test_law_later_or_longer_is_never_due_earlier(
    place: Calendar,
    start: datetime,
    delay: timedelta,
    amount: int,
    more: int,
    unit: str,
    stops: list[tuple[datetime, datetime]],
) -> None:
    answer = place.add(start, Duration(amount, unit), stops)
    assert start <= answer <= place.add(start, Duration(amount + more, unit), stops)
    assert answer <= place.add(start + delay, Duration(amount, unit), stops)


@few
@given(calendars, instants, amounts, units, pauses)
def test_law_a_pause_never_makes_a_deadline_earlier(
    place: Calendar, start: datetime, amount: int, unit: str, stops: list[tuple[datetime, datetime]]
) -> None:
    assert place.add(start, Duration(amount, unit), stops) >= place.add(start, Duration(amount, unit))


# A night that outlasted the whole next day would break this for `wd`: its close comes after the next day's.
NIGHTS = {"timezone": SHANGHAI, "hours": {"mon": [[0, 2000]], "tue": [[540, 1080]], "sat": [[1320, 1800]]}}
days_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str)


@few
@given(st.sets(days_2026, max_size=30), st.sets(days_2026, max_size=60), instants, amounts, units)
def test_law_a_holiday_never_makes_a_deadline_earlier(
    some: set[str], more: set[str], start: datetime, amount: int, unit: str
) -> None:
    fewer, all_off = (
        Calendar(NIGHTS | {"holidays": {"2026": {"off": dict.fromkeys(days, "off"), "work": {}}}})
        for days in (some, some | more)
    )
    duration = Duration(amount, unit)
    assert fewer.add(start, duration) <= all_off.add(start, duration)
