"""How opening hours and weekdays are written in a rulebook."""

import pytest

from afterservice_cli.rulebook.document import scalars
from afterservice_cli.time import schedules


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("09:00-12:00, 13:00-18:00", [[540, 720], [780, 1080]]),
        ("13:00-18:00,9:00-12:00", [[540, 720], [780, 1080]]),
        ("09:00-12:00, 12:00-18:00", [[540, 720], [720, 1080]]),
        ("00:00-24:00", [[0, 1440]]),
        ("22:00-00:00", [[1320, 1440]]),
        ("22:00-06:00", [[1320, 1800]]),
        ("closed", []),
        (" ", []),
    ],
)
def test_hours_become_minutes_after_midnight(text: str, spans: list[list[int]]) -> None:
    assert scalars.hours(text) == spans


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("25:00-26:00", "ends by 24:00"),
        ("09:00-24:30", "ends by 24:00"),
        ("24:00-06:00", "begins from 00:00 to 23:59"),
        ("09:60-12:00", "is not a span"),
        ("9-12", "is not a span"),
        ("09:00-12:00,", "is not a span"),
        ("00:00-00:00", "ends when it begins"),
        ("09:00-13:00, 12:30-18:00", "overlap at 12:30"),
        ("22:00-06:00, 23:00-23:30", "overlap at 23:00"),
    ],
)
def test_impossible_hours_are_refused(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        scalars.hours(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("sat", "sat"),
        ("mon-fri", "mon tue wed thu fri"),
        ("mon, wed,fri", "mon wed fri"),
        ("sun-mon", "sun mon"),
        ("fri-tue,thu", "fri sat sun mon tue thu"),
    ],
)
def test_weekdays_come_in_the_order_written(text: str, days: str) -> None:
    assert schedules.weekdays(text) == days.split()


@pytest.mark.parametrize("text", ["", "monday", "mon-", "-fri", "mon,,tue", "mon-wed,tue", "mon-wed-fri", "Mon"])
def test_other_words_are_no_weekdays(text: str) -> None:
    with pytest.raises(ValueError, match="weekday"):
        schedules.weekdays(text)


@pytest.mark.parametrize(
    "name",
    [
        *("ground", "visit", "role", "question", "target", "person"),  # what values are looked up under
        *("visit", "fault", "waiting_for"),  # a plan's facts
        *("match", "expect"),  # keys of conditions and examples
        *("number", "received_at", "registered_at", "fields"),  # columns of a file, keys of a case as JSON
        *("case", "due_at", "actor"),  # what messages say
        *("product", "owner"),  # a case's own facts
    ],
)
def test_no_field_is_called_what_means_something_already(name: str) -> None:
    with pytest.raises(ValueError, match="choose another id"):
        scalars.field_id(name)


@pytest.mark.parametrize("name", ["tier", "state", "step", "values", "from", "title", "self"])
def test_a_field_may_be_called_what_no_other_place_knows(name: str) -> None:
    assert scalars.field_id(name) == name
