"""How long something may take, as it is written."""

import pytest

from afterservice_cli.time.durations import Duration, parse_duration


@pytest.mark.parametrize("text", ["30s", "15m", "24h", "3d", "90ws", "90wm", "8wh", "3wd", "0d"])
def test_a_duration_gives_its_text_back(text: str) -> None:
    assert str(parse_duration(text)) == text


@pytest.mark.parametrize("text", ["3 days", "3", "wd", "-3d", "3.5h", "3wdd", "3D", "1h30m", "３d", "", "3\nd"])
def test_what_is_no_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="this is no duration – write 30s, 15m, 24h, 3d, 90wm, 8wh or 3wd"):
        parse_duration(text)


def test_a_duration_is_bounded_by_nought_and_a_hundred_years() -> None:
    assert parse_duration("36525wd") == Duration(36525, "wd")
    with pytest.raises(ValueError, match="longer than 100 years"):
        parse_duration("36526d")
    with pytest.raises(ValueError, match="longer than 100 years"):
        parse_duration("876601wh")
    with pytest.raises(ValueError, match="negative"):
        Duration(-1, "h")
    with pytest.raises(ValueError, match="not a unit"):
        Duration(1, "w")
