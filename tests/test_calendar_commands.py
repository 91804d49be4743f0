"""The calendar by hand: with the desk's own, with any file's, and with no desk at all."""

import json
from pathlib import Path

import pytest

import rulebooks
from conftest import Runner

OFFICE = """
calendar:
  timezone: Asia/Shanghai
  hours: {mon-fri: "09:00-12:00, 13:00-18:00"}
  public_holidays: CN
"""
PAUSE = "2026-10-12 10:00/2026-10-12 15:00"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A file with nothing but a calendar, where there is no desk."""
    path = tmp_path / "office.yaml"
    path.write_text(OFFICE, "utf-8")
    return path


@pytest.mark.parametrize(
    ("start", "duration", "pauses", "due"),
    [
        # Over the make-up Saturday and the Spring Festival of 2026.
        ("2026-02-13 16:00", "8wh", (), "2026-02-14T08:00:00Z"),
        ("2026-02-13 16:00", "3wd", (), "2026-02-25T10:00:00Z"),
        ("2026-02-13 16:00", "3d", (), "2026-02-24T16:00:00Z"),
        ("2026-02-13 16:00", "24h", (), "2026-02-14T08:00:00Z"),
        ("2026-02-13T08:00:00Z", "3wd", (), "2026-02-25T10:00:00Z"),
        ("2026-02-13T11:00+03:00", "3wd", (), "2026-02-25T10:00:00Z"),
        ("2026-10-12 09:00", "8wh", (PAUSE,), "2026-10-13T06:00:00Z"),
        ("2026-10-12 09:00", "8wh", (PAUSE, PAUSE), "2026-10-13T06:00:00Z"),
        ("2026-10-12 09:00", "8wh", ("2026-10-12T02:00Z/2026-10-12T15:00+08:00",), "2026-10-13T06:00:00Z"),
        ("2026-10-12 09:00", "4wd", ("2026-10-16 10:00/2026-10-19 10:00",), "2026-10-19T10:00:00Z"),
        ("now", "90wm", (), "2026-10-12T02:30:00Z"),
    ],
)
def test_a_file_with_a_calendar_says_when_a_duration_is_used_up(
    office: Path, call: Runner, start: str, duration: str, pauses: tuple[str, ...], due: str
) -> None:
    given = [word for pause in pauses for word in ("--pause", pause)]
    done = call("calendar", "due", start, duration, *given, "--rules", office, "--json")
    assert (done.code, done.err) == (0, "")
    value = json.loads(done.out)
    assert (value["due_at"], value["provisional"]) == (due, False)
    unit = {"wh": 3600, "wm": 60, "wd": 1, "d": 1}.get(duration.lstrip("0123456789"), 0)
    assert sum(day["counted"] for day in value["days"]) == int(duration.rstrip("smhdw")) * unit


@pytest.mark.parametrize(
    ("begin", "end", "seconds"),
    [
        ("2026-02-13 16:00", "2026-02-24 10:00", 11 * 3600),
        ("2026-02-13T08:00:00Z", "2026-02-24T10:00+08:00", 11 * 3600),
        ("2026-10-12 11:59:30", "2026-10-12 13:00:15", 45),
        ("2026-10-12 09:00", "2026-10-12 09:00", 0),
    ],
)
def test_and_how_much_working_time_lies_between(office: Path, call: Runner, begin: str, end: str, seconds: int) -> None:
    done = call("calendar", "elapsed", begin, end, "--rules", office, "--json")
    assert (done.code, json.loads(done.out)["elapsed_seconds"]) == (0, seconds)


def test_and_the_days_of_a_month(office: Path, call: Runner) -> None:
    done = call("calendar", "show", "2026-02", "--rules", office, "--json")
    rows = {row["date"]: row for row in json.loads(done.out)}
    assert len(rows) == 28
    assert (rows["2026-02-14"]["kind"], rows["2026-02-14"]["working_seconds"]) == ("makeup", 8 * 3600)
    assert (rows["2026-02-17"]["kind"], rows["2026-02-17"]["name"]) == ("holiday", "春节")
    assert (rows["2026-02-17"]["hours"], rows["2026-02-13"]["hours"][0]) == ([], ["09:00", "12:00"])
    assert "16 working days, 128h 00m" in call("calendar", "show", "2026-02", "--rules", office).err


def test_a_year_nobody_knows_yet_is_provisional(office: Path, call: Runner) -> None:
    over = json.loads(call("calendar", "due", "2026-12-28 09:00", "5wd", "--rules", office, "--json").out)
    within = json.loads(call("calendar", "due", "2026-12-28 09:00", "2wd", "--rules", office, "--json").out)
    clock = json.loads(call("calendar", "due", "2026-12-28 09:00", "240h", "--rules", office, "--json").out)
    assert (over["provisional"], within["provisional"], clock["provisional"]) == (True, False, False)
    assert "provisional" in call("calendar", "show", "2027-02", "--rules", office).err


def test_a_night_shift_counts_on_the_day_it_began(tmp_path: Path, call: Runner) -> None:
    (tmp_path / "night.yaml").write_text('calendar: {timezone: Asia/Shanghai, hours: {mon-fri: "22:00-06:00"}}\n')
    done = call("calendar", "due", "2026-10-13 02:00", "2wh", "--rules", "night.yaml", "--json")
    value = json.loads(done.out)
    assert value["due_at"] == "2026-10-12T20:00:00Z"
    assert [(day["date"], day["counted"]) for day in value["days"]] == [("2026-10-12", 7200)]


def test_a_month_of_nights_is_shown_as_its_rulebook_writes_it(tmp_path: Path, call: Runner) -> None:
    hours = '{mon: "22:00-06:00", tue: "00:00-24:00", wed: "12:00-00:00", thu: "20:00-19:59", sat: "09:00-12:00"}'
    (tmp_path / "night.yaml").write_text(f"calendar: {{timezone: Asia/Shanghai, hours: {hours}}}\n")
    rows = call("calendar", "show", "2026-10", "--rules", "night.yaml", "--labels").out.splitlines()[5:12]
    shown = [[cell for cell in row.split("\t")[1:] if cell] for row in rows]
    assert shown[:2] == [["Mon", "22:00-06:00", "8h 00m"], ["Tue", "00:00-24:00", "18h 00m"]]
    assert shown[2:4] == [["Wed", "12:00-24:00", "12h 00m"], ["Thu", "20:00-19:59", "23h 59m"]]
    assert [shown[4][0], shown[4][-1]] == ["Fri", "no hours"]
    assert [shown[6][0], shown[6][-1]] == ["Sun", "weekend"]
    value = json.loads(call("calendar", "show", "2026-10", "--rules", "night.yaml", "--json").out)
    assert (value[4]["hours"], value[8]["kind"], value[10]["kind"]) == ([["22:00", "06:00"]], "free", "weekend")
    chinese = call(
        "calendar", "show", "2026-10", "--rules", "night.yaml", "--labels", env={"AFTERSERVICE_LANG": "zh"}
    ).out
    assert "不上班" in chinese.splitlines()[9]


def test_the_help_of_start_names_what_can_be_typed(office: Path, call: Runner) -> None:
    assert "yesterday 16:00" in call("calendar", "due", "--help", now=None).out
    for start in ("2026-02-13 16:00", "now", "yesterday 16:00"):
        assert call("calendar", "due", start, "8wh", "--rules", office).code == 0


def test_at_a_desk_its_own_calendar_is_meant_unless_a_file_is_named(desk: Path, office: Path, call: Runner) -> None:
    own = call("calendar", "due", "2026-10-12 09:00", "8wh")
    assert (own.code, own.out) == (0, "2026-10-12 18:00\n")
    office.write_text(OFFICE.replace("09:00-12:00, 13:00-18:00", "13:00-18:00"), "utf-8")
    assert call("calendar", "due", "2026-10-12 09:00", "8wh", "--rules", office).out == "2026-10-13 16:00\n"
    assert call("calendar", "due", "2026-10-12 09:00", "8wh").out == own.out


def test_the_days_are_told_beside_the_answer_in_both_languages(office: Path, call: Runner) -> None:
    line = ("calendar", "due", "2026-02-13 16:00", "8wh", "--rules", office)
    assert "Sat 14 Feb 6h 00m (make-up workday)" in call(*line).err
    assert "2月14日周六 6小时（调休上班）" in call(*line, env={"AFTERSERVICE_LANG": "zh"}).err


def test_without_a_desk_and_without_a_file_there_is_no_calendar(tmp_path: Path, call: Runner) -> None:
    done = call("calendar", "due", "now", "3wd")
    assert (done.code, done.out) == (4, "")
    assert "there is no desk" in done.err and "--rules FILE" in done.err


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (OFFICE.replace("Shanghai", "Nowhere"), ("office.yaml:3:13: ", "time zone")),
        (OFFICE.replace("mon-fri", "mon-fry"), ("office.yaml:4:11: ", "mon-fry")),
        (OFFICE.replace("public_holidays", "holidays"), ("office.yaml:5:3: ", "public_holidays")),
        (OFFICE.replace("13:00-18:00", "11:00-18:00"), ("office.yaml:4:20: ", "overlap")),
        ("rulebook: x\n", ("office.yaml:1:1: ", "calendar")),
        ("calendar: [\n", ("office.yaml:", "")),
    ],
)
def test_a_fault_of_the_file_is_told_with_its_place(
    office: Path, call: Runner, text: str, faults: tuple[str, ...]
) -> None:
    office.write_text(text, "utf-8")
    done = call("calendar", "due", "now", "3wd", "--rules", "office.yaml")
    assert (done.code, done.out) == (3, "")
    assert [words for words in faults if words not in done.err] == []


def test_every_fault_of_the_file_at_once(office: Path, call: Runner) -> None:
    office.write_text(OFFICE.replace("Shanghai", "Nowhere").replace("mon-fri", "mon-fry"), "utf-8")
    assert len(call("calendar", "show", "--rules", "office.yaml").err.splitlines()) == 2


def test_a_working_day_of_which_nothing_counts_is_not_called_off(office: Path, call: Runner) -> None:
    said = call("calendar", "due", "2026-10-12 19:00", "9wh", "--rules", office).err
    assert "Mon 12 Oct 0h 00m; Tue 13 Oct 8h 00m; Wed 14 Oct 1h 00m" in said


def test_hours_that_several_days_give_are_given_by_each(office: Path, call: Runner) -> None:
    line = ("calendar", "due", "2026-10-12 09:00", "16wh", "--rules", office)
    assert "Mon 12 – Tue 13 Oct 8h 00m each" in call(*line).err
    assert "10月12日周一至13日周二各8小时" in call(*line, env={"AFTERSERVICE_LANG": "zh"}).err


@pytest.fixture
def dated(tmp_path: Path, call: Runner) -> Path:
    """A desk whose warranty runs from a date of the case."""
    (tmp_path / "dated.yaml").write_text(rulebooks.text("dated"), "utf-8")
    assert call("init", "--rules", "dated.yaml").code == 0
    return tmp_path


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-30", "1899-12-31", "2200-01-01", "2999-12-20", "9999-12-31"])
def test_a_date_that_nobody_means_is_refused_by_the_name_of_its_field(dated: Path, call: Runner, day: str) -> None:
    said = "afterservice: bought must be a date from 1900-01-01 to 2199-12-31, such as 2026-10-01\n"
    done = call("register", "x", "--channel", "phone", "--field", f"bought={day}")
    assert (done.code, done.out, done.err) == (3, "", said)
    assert call("register", "x", "--channel", "phone", "--field", "bought=2026-10-01").code == 0
    done = call("amend", "001", "--set", f"bought={day}", "--reason", "mistyped")
    assert (done.code, done.out, done.err) == (3, "", said)


@pytest.mark.parametrize(
    ("day", "due"), [("1900-01-01", "1902-01-01T16:00:00Z"), ("2199-12-31", "2201-12-31T16:00:00Z")]
)
def test_the_first_and_the_last_date_have_their_deadline(dated: Path, call: Runner, day: str, due: str) -> None:
    registered = call("register", "x", "--channel", "phone", "--field", f"bought={day}", "--json")
    assert registered.code == 0, registered.err
    (deadline,) = json.loads(registered.out)["deadlines"]
    assert deadline["due_at"] == due
    assert call("explain", "001").code == 0
    assert call("check").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("calendar", "due", "2999-12-30 10:00", "30wd"),
        ("calendar", "due", "1899-12-31", "3d"),
        ("calendar", "due", "now", "3wd", "--pause", "0001-01-01/9999-12-31"),
        ("calendar", "elapsed", "0001-01-01", "9999-12-31"),
        ("calendar", "show", "9999-12"),
        ("register", "x", "--channel", "phone", "--received-at", "0001-01-01"),
        ("list", "--from", "0001-01-01"),
        ("list", "--now", "9999-12-31 10:00"),
        ("report", "--month", "0001-01"),
    ],
    ids=" ".join,
)
def test_a_time_that_nobody_means_is_refused_wherever_it_stands(
    dated: Path, call: Runner, words: tuple[str, ...]
) -> None:
    done = call(*words, now=None if "--now" in words else "2026-10-12 09:00")
    assert (done.code, done.out) == (3, "")
    assert "this lies beyond the years 1900 to 2199 – write one of them" in done.err


@pytest.mark.parametrize("duration", ["36525d", "876600h", "1wd", "200000wh", "8wh"])
@pytest.mark.parametrize("start", ["1900-01-01", "2199-12-31 23:59"])
def test_every_other_time_has_its_answer(dated: Path, call: Runner, start: str, duration: str) -> None:
    assert call("calendar", "due", start, duration).code == 0
