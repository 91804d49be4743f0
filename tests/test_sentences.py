"""How a duration was counted, as a sentence for a person to read: in both languages, and within a terminal's width."""

from pathlib import Path

import pytest

from afterservice_cli.language import sentence_in, translated
from afterservice_cli.output_text import width, wrapped
from afterservice_cli.render.cases.case import basis_of
from afterservice_cli.render.days import clock_text, span_text, worked_text
from afterservice_cli.time.durations import Duration, Period, length_text
from conftest import Runner

NIGHT = 'timezone: Asia/Shanghai, hours: {mon-fri: "22:00-06:00"}'
MORNING = 'timezone: Asia/Shanghai, hours: {mon-fri: "22:00-06:00", sat: "00:00-06:00"}'
OFFICE = 'timezone: Asia/Shanghai, hours: {mon-fri: "09:00-12:00, 13:00-18:00"}'
BAVARIA = (
    'timezone: Europe/Berlin, hours: {tue-fri: "09:00-17:00"}, public_holidays: DE-BY, '
    'closed: [2026-12-24, "2026-12-27..2026-12-30"]'
)


def sentence(
    call: Runner, folder: Path, calendar: str, start: str, duration: str, *pauses: str, language: str = "en"
) -> str:
    (folder / "c.yaml").write_text(f"calendar: {{{calendar}}}\n", "utf-8")
    given = [word for pause in pauses for word in ("--pause", pause)]
    done = call("calendar", "due", start, duration, *given, "--rules", "c.yaml", env={"AFTERSERVICE_LANG": language})
    assert done.code == 0
    return done.err.splitlines()[0]


@pytest.mark.parametrize(
    ("calendar", "start", "duration", "told"),
    [
        # A night shift is of the day on which it begins, and so is the day that ends with it.
        (NIGHT, "2026-10-12 10:00", "1wd", "Tue 13 Oct counts → due Wed 14 Oct 06:00"),
        (NIGHT, "2026-10-15 10:00", "2wd", "Fri 16 Oct counts; Sat 17 – Sun 18 Oct off (weekend); Mon 19 Oct counts →"),
        (NIGHT, "2026-10-12 10:00", "8wh", ": Mon 12 Oct 8h 00m → due Tue 13 Oct 06:00"),
        # Friday's night and Saturday's morning close at the same time.
        (MORNING, "2026-10-15 10:00", "1wd", "; Fri 16 Oct counts → due Sat 17 Oct 06:00"),
        (MORNING, "2026-10-15 10:00", "2wd", "; Fri 16 – Sat 17 Oct count → due Sat 17 Oct 06:00"),
        # What is told of days off holds for them.
        (BAVARIA, "2026-12-23 10:00", "1wd", "; Thu 24 – Wed 30 Dec off (Erster Weihnachtstag, Zweiter W"),
        (BAVARIA, "2026-12-23 10:00", "1wd", "Zweiter Weihnachtstag, closed); Thu 31 Dec counts → due Thu 31"),
        (BAVARIA, "2026-12-23 10:00", "2d", "; Thu 24 Dec counts; Fri 25"),
        (BAVARIA, "2026-10-15 10:00", "2wd", "; Sat 17 – Mon 19 Oct off (no hours); Tue 20 Oct counts"),
        (BAVARIA, "2026-09-30 10:00", "3wd", "; Sat 3 – Mon 5 Oct off (Tag der Deutschen Einheit, no hours); Tue"),
        (OFFICE, "2026-10-15 10:00", "2wd", "; Sat 17 – Sun 18 Oct off (weekend); Mon 19 Oct counts"),
        # The year wherever it is not that of the start.
        (OFFICE, "2026-10-14 10:00", "20000wd", "20000 working days from Wed 14 Oct 10:00 → due Wed 13 Jun 2103 18:00"),
        (OFFICE, "2026-12-29 10:00", "3wd", "Wed 30 Dec 2026 – Fri 1 Jan 2027 count → due Fri 1 Jan 2027 18:00"),
        (OFFICE, "2026-12-31 10:00", "2wd", "; Sat 2 – Sun 3 Jan 2027 off (weekend); Mon 4 Jan 2027 counts"),
        (OFFICE, "2026-10-29 10:00", "4wd", "; Fri 30 Oct counts; Sat 31 Oct – Sun 1 Nov off (weekend); Mon 2 – Wed 4"),
        # Seconds if the sum needs them.
        (OFFICE, "2026-10-12 09:00:20", "8wh", "Mon 12 Oct 7h 59m 40s; Tue 13 Oct 0h 00m 20s → due Tue 13 Oct 09:00:2"),
        (OFFICE, "2026-10-12 09:00:20", "24h", "24 hours on the clock from Mon 12 Oct 09:00 → due Tue 13 Oct 09:00"),
        (OFFICE, "2026-10-12 09:00:20", "3wd", "3 working days from Mon 12 Oct 09:00: "),
        (OFFICE, "2026-10-12 09:00:20", "90s", "from Mon 12 Oct 09:00:20 → due Mon 12 Oct 09:01:5"),
        (OFFICE, "2026-10-12 09:00", "0wd", "0 working days from Mon 12 Oct 09:00 → due Mon 12 Oct 09:00"),
    ],
)  # fmt: skip
def test_english(tmp_path: Path, call: Runner, calendar: str, start: str, duration: str, told: str) -> None:
    assert told in sentence(call, tmp_path, calendar, start, duration)


@pytest.mark.parametrize(
    ("calendar", "start", "duration", "told"),
    [
        (OFFICE, "2026-12-31 10:00:05", "2wd", "从12月31日周四 10:00起2个工作日：12月31日周四（起算日不计）；"),
        (OFFICE, "2026-12-31 10:00", "2wd", "；2027年1月2日周六至3日周日不计（周末）；2027年1月4日周一计入 → "),
        (OFFICE, "2026-12-29 10:00", "3wd", "；12月30日周三至2027年1月1日周五计入 → 截止2027年1月1日周五 18:00"),
        (OFFICE, "2026-10-29 10:00", "4wd", "；10月31日周六至11月1日周日不计（周末）；"),
        (BAVARIA, "2026-09-30 10:00", "3wd", "；10月3日周六至5日周一不计（Tag der Deutschen Einheit、不上班）；"),
        (BAVARIA, "2026-12-23 10:00", "2d", "；12月24日周四计入；12月25日"),
        (OFFICE, "2026-10-12 09:00", "16wh", "：10月12日周一至13日周二各8小时 → 截止"),
    ],
)  # fmt: skip
def test_chinese(tmp_path: Path, call: Runner, calendar: str, start: str, duration: str, told: str) -> None:
    assert told in sentence(call, tmp_path, calendar, start, duration, language="zh")


@pytest.mark.parametrize(
    ("duration", "pause", "told"),
    [
        ("8wh", "2026-10-13 08:00/2026-10-14 10:00", "; Tue 13 Oct off (paused); Wed 14 Oct 2h 00m →"),
        # The day on which the time would have been up, had the case not waited past its end.
        ("1wd", "2026-10-13 17:00/2026-10-13 19:00", "; Tue 13 Oct off (paused); Wed 14 Oct counts → due Wed 14 Oct"),
        ("1wd", "2026-10-13 17:00/2026-10-14 10:00", "; Tue 13 Oct off (paused); Wed 14 Oct counts → due Wed 14 Oct"),
    ],
)
def test_a_day_that_a_pause_takes_is_told_as_that(
    tmp_path: Path, call: Runner, duration: str, pause: str, told: str
) -> None:
    assert told in sentence(call, tmp_path, OFFICE, "2026-10-12 11:00", duration, pause)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [50, 80, 140])
def test_a_long_sentence_is_broken_at_the_terminals_width_and_says_the_same(
    tmp_path: Path, call: Runner, columns: int, language: str
) -> None:
    line = "  " + sentence(call, tmp_path, BAVARIA, "2026-12-18 10:00", "9wd", language=language)
    lines = list(wrapped(line, columns))
    assert len(lines) > 2
    assert max(map(width, lines)) <= columns
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")
    assert {piece[:6] for piece in lines[1:]} == {" " * 6}


def test_a_line_that_fits_stays_one_and_without_a_terminal_every_line_does() -> None:
    assert list(wrapped("  a: b; c", 9)) == ["  a: b; c"]
    assert list(wrapped("  a: b; c", 8)) == ["  a: b;", "      c"]
    assert list(wrapped("  甲乙丙或丁戊己", 14)) == ["  甲乙丙", "      或丁戊己"]
    assert list(wrapped("  甲乙丙或丁戊己", 12)) == ["  甲乙丙或丁", "      戊己"]
    assert list(wrapped("a: b; " * 50, None)) == ["a: b; " * 50]


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0m", "0分钟"),
        (59, "0m", "0分钟"),
        (30 * 60, "30m", "30分钟"),
        (3600, "1h 00m", "1小时"),
        (2 * 3600 + 5 * 60, "2h 05m", "2小时5分钟"),
        (2 * 86_400 + 59 * 60, "2d 0h", "2天"),
        (2 * 86_400 + 3 * 3600, "2d 3h", "2天3小时"),
    ],
)
def test_how_long_it_is_until_something_is_due(seconds: int, english: str, chinese: str) -> None:
    assert (span_text(seconds, "en"), span_text(seconds, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0h 00m", "0分钟"),
        (20, "0h 00m 20s", "20秒"),
        (90, "0h 01m 30s", "1分30秒"),
        (30 * 60, "0h 30m", "30分钟"),
        (40 * 3600, "40h 00m", "40小时"),
        (7 * 3600 + 5 * 60, "7h 05m", "7小时5分钟"),
        (7 * 3600 + 59 * 60 + 40, "7h 59m 40s", "7小时59分40秒"),
    ],
)
def test_how_long_somebody_worked(seconds: int, english: str, chinese: str) -> None:
    assert (worked_text(seconds, "en"), worked_text(seconds, "zh")) == (english, chinese)


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (Duration(1, "h"), "1 hour", "1小时"),
        (Duration(24, "h"), "24 hours", "24小时"),
        (Duration(90, "wm"), "90 working minutes", "90分钟工作时间"),
        (Duration(0, "wd"), "0 working days", "0个工作日"),
        (Period(12, "mo"), "12 months", "12个月"),
    ],
)
def test_a_length_in_words(length: Duration | Period, english: str, chinese: str) -> None:
    assert (length_text(length, "en"), length_text(length, "zh")) == (english, chinese)
    assert basis_of(str(length), "rule", "en") == f"{length} · rule", "as the rulebook has it"
    assert basis_of(str(length), "rule", "zh") == f"{chinese} · rule"


def test_time_on_the_clock_is_told_apart_from_working_time() -> None:
    lengths = (Duration(1, "h"), Duration(2, "wh"), Duration(2, "d"))
    assert [clock_text(length, "en") for length in lengths] == ["1 hour on the clock", "2 working hours", "2 days"]
    assert [clock_text(length, "zh") for length in lengths] == ["1小时", "2小时工作时间", "2天"]


def test_a_word_has_its_own_chinese_in_a_context() -> None:
    contexts = ("label", "day", "event")
    assert [translated(sentence_in(context, "closed"), "zh") for context in contexts] == ["已完成", "休息", "归档"]
    assert {translated(sentence_in(context, "closed"), "en") for context in contexts} == {"closed"}
