"""How long something may take, as it is written."""

import pytest

from afterservice_cli.time.durations import Duration, parse_duration, parse_period


@pytest.mark.parametrize("text", ["30s", "15m", "24h", "3d", "90ws", "90wm", "8wh", "3wd", "0d"])
def test_a_duration_gives_its_text_back(text: str) -> None:
    assert str(parse_duration(text)) == text


@pytest.mark.parametrize("text", ["3", "wd", "-3d", "3.5h", "3wdd", "1h30m", "", "3 moons", "2年"])
def test_what_is_no_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="this is no duration – write 30s, 15m, 24h, 3d, 90wm, 8wh or 3wd"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("24 小时", "24h, or 24wh in working time"),
        ("３ 天", "3d, or 3wd in working time"),
        ("3个工作日", "3wd"),
        ("8 working hours", "8wh"),
        ("90分钟", "90m, or 90wm in working time"),
        ("3 Days", "3d, or 3wd in working time"),
        ("3D", "3d, or 3wd in working time"),
        ("3\nwd", "3wd"),
    ],
)
def test_a_duration_in_words_is_refused_with_what_was_meant(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"this is no duration – write {meant}$"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "meant"), [("1年", "1y"), ("24 个月", "24mo"), ("7天", "7d"), ("5 working days", "5wd")]
)
def test_a_period_in_words_is_refused_with_what_was_meant(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"write {meant}$"):
        parse_period(text)


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
