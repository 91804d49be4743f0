"""A day alone, as the time of what happened, is on that day: after what led to it, not before the case came in."""

import json

import pytest

from conftest import Runner


@pytest.fixture
def desk(call: Runner) -> Runner:
    assert call("init", "--rules", "minimal", now="2026-10-08 08:00").code == 0
    call("register", "漏水", "--channel", "phone", "--received-at", "2026-10-08 15:00", now="2026-10-08 17:00")
    return call


def case(call: Runner) -> dict[str, object]:
    return dict(json.loads(call("show", "001", "--json", now="2026-10-12 09:00").out))


@pytest.mark.parametrize("day", ["2026-10-08", "2026年10月8日", "thu", "2026-10-08 00:00"])
def test_an_answer_of_the_day_on_which_the_case_came_in_is_one_of_that_day(desk: Runner, day: str) -> None:
    assert desk("respond", "001", "on our way", "--at", day, now="2026-10-09 09:00").code == 0
    found = case(desk)
    assert found["responded_at"] == found["registered_at"] == "2026-10-08T07:00:00Z"


def test_what_comes_after_is_after_what_led_to_it(desk: Runner) -> None:
    desk("resolve", "001", "done", "--at", "2026-10-08 16:30", now="2026-10-09 09:00")
    assert desk("close", "001", "--confirmed", "--at", "2026-10-08", now="2026-10-09 09:10").code == 0
    assert case(desk)["closed_at"] == "2026-10-08T08:30:00Z"


def test_a_later_day_is_its_midnight(desk: Runner) -> None:
    desk("respond", "001", "on our way", "--at", "2026-10-09", now="2026-10-09 09:00")
    assert case(desk)["responded_at"] == "2026-10-08T16:00:00Z"


@pytest.mark.parametrize("before", ["2026-10-07", "2026-10-08 14:59", "2026-10-08 00:01"])
def test_what_was_before_the_case_came_in_is_refused(desk: Runner, before: str) -> None:
    refused = desk("respond", "001", "on our way", "--at", before, now="2026-10-09 09:00")
    assert (refused.code, "nothing about it can have happened before" in refused.err) == (3, True)
