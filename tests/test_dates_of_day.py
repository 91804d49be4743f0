"""Parts of a day beside a time, before it or behind it, in Chinese and English."""

from zoneinfo import ZoneInfo

import pytest

from afterservice_cli.intake.words.dates import DateReader

ZONE = ZoneInfo("Asia/Shanghai")


def local(text: str, entry: str = "year-first") -> str:
    return DateReader([entry]).read(text, ZONE).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026/10/8 3:05 下午", "15:05:00"),
        ("2026/10/8 12:10 上午", "00:10:00"),
        ("2026年10月8日 9:15:20 晚上", "21:15:20"),
        ("2026/10/8 PM 3:05", "15:05:00"),
        ("2026/10/8 PM3:05:20", "15:05:20"),
        ("2026/10/8 AM 12:05", "00:05:00"),
        ("2026/10/8 p.m. 3:05", "15:05:00"),
        ("2026/10/8 夜里11点", "23:00:00"),
        ("2026/10/8 深夜11:40", "23:40:00"),
        ("2026/10/8 午后3点", "15:00:00"),
        ("2026/10/8 正午12点", "12:00:00"),
        ("2026/10/8 晚间7点一刻", "19:15:00"),
    ],
)
def test_a_part_of_the_day_is_read(text: str, time: str) -> None:
    assert local(text) == f"2026-10-08 {time}"


@pytest.mark.parametrize(
    "text",
    [
        "2026/10/8 半夜12点",
        "2026/10/8 夜里1点",
        "2026/10/8 午后9点",
        "2026/10/8 正午1点",
        "2026/10/8 PM 13:05",
        "2026/10/8 下午 3:05 下午",
        "2026/10/8 PM 3:05 PM",
    ],
)
def test_what_may_be_another_hour_or_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no date in the declared form"):
        local(text)


def test_english_order_takes_it_before_the_time_as_well() -> None:
    assert local("10/8/2026 PM 3:05", "month-first") == "2026-10-08 15:05:00"
