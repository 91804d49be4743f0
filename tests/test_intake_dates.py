"""Dates in columns: each declared way reads its own shapes, and refuses what dateutil would guess."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterservice_cli.intake.words import dates
from afterservice_cli.intake.words.dates import DateReader
from afterservice_cli.time.instants import to_local_text

SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(text: str, *entries: str) -> str:
    found = DateReader(entries).read(text, SHANGHAI)
    assert found.tzinfo is UTC
    assert not found.microsecond
    return to_local_text(found, SHANGHAI)


@pytest.mark.parametrize(
    ("entry", "text", "local"),
    [
        ("iso", "2026-10-03", "2026-10-03 00:00"),
        ("iso", "20261003", "2026-10-03 00:00"),
        ("iso", "2026-10-03 09:05", "2026-10-03 09:05"),
        ("iso", "2026-10-03T09:05:07.25", "2026-10-03 09:05:07"),
        ("iso", "2026-10-03T09:05Z", "2026-10-03 17:05"),
        ("iso", "2026-10-03 09:05:00+02:00", "2026-10-03 15:05"),
        ("month-first", "10/03/2026", "2026-10-03 00:00"),
        ("month-first", "1/2/2026 9:05", "2026-01-02 09:05"),
        ("month-first", "Sat 10/03/2026 9:05 pm", "2026-10-03 21:05"),
        ("month-first", "Oct 3, 2026 9am", "2026-10-03 09:00"),
        ("month-first", "10/03/2026 09:05 +0200", "2026-10-03 15:05"),
        ("month-first", "10/03/2026 09:05 UTC", "2026-10-03 17:05"),
        ("month-first", "10/03/2026 09:05 GMT+3", "2026-10-03 14:05"),
        ("month-first", "Sat Oct 03 2026 14:05:33 GMT+0800 (中国标准时间)", "2026-10-03 14:05:33"),
        ("year-first", "2026/10/3 2:05:33 下午 GMT+8", "2026-10-03 14:05:33"),
        ("year-first", "2026/10/3 下午 2:05:33 [GMT+8]", "2026-10-03 14:05:33"),
        ("year-first", "2026/10/3 2:05:33 PM GMT+8", "2026-10-03 14:05:33"),
        ("year-first", "2026-10-03 14:05 (UTC-05:30)", "2026-10-04 03:35"),
        ("day-first", "10/03/2026", "2026-03-10 00:00"),
        ("day-first", "03.10.2026 09:05:07", "2026-10-03 09:05:07"),
        ("day-first", "3-Oct-2026", "2026-10-03 00:00"),
        ("day-first", "13/04/2026", "2026-04-13 00:00"),
        ("year-first", "2026/10/3 9:05", "2026-10-03 09:05"),
        ("year-first", "２０２６／１０／０３", "2026-10-03 00:00"),
        ("%Y年%m月%d日 %H:%M", "2026年10月3日 9:05", "2026-10-03 09:05"),
        ("%Y年%m月%d日 %H:%M", " 2026年10月03日　9：05 ", "2026-10-03 09:05"),
        ("%d/%m/%y", "3/10/26", "2026-10-03 00:00"),
        ("%Y%m%d%H%M", "202610030905", "2026-10-03 09:05"),
        ("%Y-%m-%d %H:%M %z", "2026-10-03 09:05 +0200", "2026-10-03 15:05"),
    ],
)
def test_each_entry_reads_its_shapes(entry: str, text: str, local: str) -> None:
    assert read(text, entry) == local


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        *[("iso", t) for t in ("2026", "2026-10", "2026-W40-6", "2026-276", "2026-10-03X09:05", "2026-10-03 junk")],
        *[("month-first", t) for t in ("10", "Sat", "Oct", "Oct 2026", "Sat Oct 2026 03:30", "01:01 2026")],
        *[("month-first", t) for t in ("13/04/2026", "2026-10-03", "2026/10/03", "20261003", "10/03")],
        *[("month-first", t) for t in ("10/03/26", "Oct 3 26", "10/03/2026 12", "Oct 3 2026 2026", "10/03/2026 25:00")],
        *[("month-first", t) for t in ("10/03/2026 09:05 CST", "10/03/2026 09:05 GMT+33", "10/03/2026 junk")],
        *[("month-first", t) for t in ("10/03/2026 09:05 CST+8", "10/03/2026 09:05 GMT+3:75")],
        *[("day-first", t) for t in ("04/13/2026", "2026-10-03", "31/02/2026")],
        *[("year-first", t) for t in ("2026/13/04", "26/10/03", "03/10/2026", "2026/10")],
        *[("%Y%m%d", t) for t in ("2026111", "202611", "2026 1 1")],
        *[("%Y%m%d %H%M", t) for t in ("20261003 905", "2026103 0905")],
        *[("%Y/%m/%d", t) for t in ("2026/13/01", "26/10/03", "2026/10/03 09:05")],
        *[("iso", t) for t in ("", "   ", "0001-01-01", "2026-10-03" + " " * 60)],
    ],
)
def test_nothing_is_guessed(entry: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"no date in the declared form – write it as \S*\d"):
        read(text, entry)


def test_a_refusal_names_every_accepted_shape_and_not_the_text() -> None:
    reader = DateReader(["iso", "day-first", "%Y年%m月%d日"])
    with pytest.raises(ValueError) as told:
        reader.read("王小明", SHANGHAI)
    assert str(told.value).endswith("write it as 2026-10-31 09:00 or 31/10/2026 09:00 or 2026年10月31日")
    assert "王小明" not in str(told.value)


def test_the_first_entry_that_reads_a_text_wins() -> None:
    assert read("2026-10-03", "month-first", "iso") == "2026-10-03 00:00"
    assert read("02/03/2026", "%d/%m/%Y", "month-first") == "2026-03-02 00:00"
    assert read("02/13/2026", "%d/%m/%Y", "month-first") == "2026-02-13 00:00"


@pytest.mark.parametrize(
    ("entries", "match"),
    [
        ([], "needs a way to be read – write iso, month-first"),
        (["fuzzy"], "'fuzzy' is no way to read dates – write iso, month-first"),
        (["%m-%d"], "whole date – write it like %Y"),
        (["%H:%M"], "whole date – write it like %Y"),
        (["%Y-%m-%d %Q"], "whole date – write it like %Y"),
        (["%Y-%Y-%m-%d"], "whole date – write it like %Y"),
        (["%Y-%m-%d %H:%M %Z"], "zones as %z"),
        (["month-first", "iso", "day-first"], "contradict each other"),
    ],
)
def test_a_profile_that_cannot_be_read_by_is_refused(entries: list[str], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        DateReader(entries)


def test_a_text_is_parsed_once_for_each_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def noting(text: str) -> datetime:
        parsed.append(text)
        return datetime.fromisoformat(text)

    monkeypatch.setattr(dates, "_read_iso", noting)
    reader = DateReader(["iso"])
    shanghai = [reader.read("2026-10-03", SHANGHAI) for _ in range(3)]
    utc = reader.read("2026-10-03", UTC)
    assert set(shanghai) == {utc - timedelta(hours=8)}
    assert len(parsed) == 2


@given(st.dates(date(1000, 1, 1)), st.sampled_from(["month-first", "day-first", "year-first"]))
def test_every_written_date_is_read_in_its_order_or_refused(day: date, order: str) -> None:
    shapes = {"month-first": "{0.month}/{0.day}/{0.year}", "day-first": "{0.day}.{0.month}.{0.year}"}
    text = shapes.get(order, "{0.year}-{0.month:02}-{0.day:02}").format(day)
    assert DateReader([order]).read(text, UTC) == datetime(day.year, day.month, day.day, tzinfo=UTC)


@given(st.text(alphabet=st.sampled_from("0123456789/-.: ,TZ+apmoctsagjn年"), max_size=24) | st.text(max_size=24))
def test_any_text_is_a_date_or_a_plain_refusal(text: str) -> None:
    reader = DateReader(["iso", "month-first", "year-first", "%Y年%m月%d日"])
    try:
        reader.read(text, SHANGHAI)
    except ValueError as told:
        assert "in the declared form – write it as" in str(told)
