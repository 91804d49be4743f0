"""Erasing the words of problems and measures: nothing of them is left in any file, and all that was counted stays."""

import json
from pathlib import Path

import pytest

from conftest import Once, Runner, query
from erased import leftovers
from recurring import EFFECT, TEXT

BOOK = TEXT.replace("what: [resolution, text]", "what: [resolution]").replace("demands:", EFFECT)
NAME, WORDS = "陈强丰", "王小明家的灯又响了"
THEN, LATER = "2026-10-16 12:00", "2026-11-20 12:00"
PERSONAL = (NAME, WORDS, "他侄女", "上门道歉", "多谢你们", "少了一半")


@pytest.fixture
def over(tmp_path: Path, once: Once, call: Runner) -> Path:
    """A desk with a problem that is closed and a measure that is judged, both with a customer's name in their words."""

    def closed() -> None:
        (tmp_path / "small.yaml").write_text(BOOK, "utf-8")
        assert call("init", "--rules", "small.yaml", now="2026-10-12 09:00").code == 0
        lines: tuple[tuple[str, ...], ...] = (
            ("register", "it rattles", "--channel", "phone", "--product", "X-1"),
            ("problem", "open", WORDS, "--case", "1", "--by", "desk", "--as", "ann"),
            ("problem", "note", "1", f"{NAME}说是他侄女买的"),
            ("measure", "add", f"去{NAME}家上门道歉", "--until", "2026-10-20", "--problem", "1", "--figure", NAME),
            ("measure", "done", "1", f"{NAME}：多谢你们", "--as", "ann"),
        )
        for line in lines:
            assert call(*line, now=THEN).code == 0, line
        judged = ("measure", "judge", "1", "--effective", "yes", f"{NAME}的投诉少了一半", "--as", "ann")
        assert call(*judged, now="2026-11-18 12:00").code == 0
        assert call("problem", "close", "1", f"{NAME}满意", "--as", "ann", now="2026-11-18 12:00").code == 0
        assert call("problem", "open", "still open", "--by", "desk", now="2026-11-18 12:00").code == 0
        measure = ("measure", "add", "still to do", "--until", "2026-12-01", "--problem", "2")
        assert call(*measure, now="2026-11-18 12:00").code == 0

    once(closed)
    return tmp_path / "afterservice.db"


def test_nothing_of_an_erased_problem_and_its_measure_can_be_read_anywhere(over: Path, call: Runner) -> None:
    assert {what for _, what in leftovers(over.parent, *PERSONAL)} == {*PERSONAL}

    done = call("erase", "P2026-001", "M2026-001", "--yes", now=LATER)

    assert (done.code, done.out) == (0, "erased: P2026-001, M2026-001\n")
    assert leftovers(over.parent, *PERSONAL) == []
    assert call("check") == (0, "", "", "")
    assert call("check", "--rebuild").code == 0
    shown = call("problem", "show", "1", now=LATER)
    assert (shown.code, "personal data erased" in shown.out) == (0, True)
    assert "M2026-001  (erased) · Desk" in shown.out
    assert "still open" in call("problems", now=LATER).out


def test_what_was_counted_is_as_before(over: Path, call: Runner) -> None:
    report = ("report", "--month", "2026-10", "--json")
    asked = (report, ("problems", "--all", "--json"), ("measures", "--all", "--json"))
    before = [json.loads(call(*words, now="2026-11-19 09:00").out) for words in asked]
    assert call("erase", "P2026-001", "M2026-001", "--yes", now=LATER).code == 0
    counted, problems, measures = (json.loads(call(*words, now=LATER).out) for words in asked)
    then = call(*report, "--as-of", "2026-11-19 09:00", now=LATER)
    assert json.loads(then.out) == before[0]
    assert counted["figures"] == before[0]["figures"]
    gone = {"title": None, "text": None, "figure": None}
    for rows, rows_before in ((problems, before[1]), (measures, before[2])):
        for row, row_before in zip(rows, rows_before, strict=True):
            erased = row["version"] > row_before["version"]
            there = {name: value for name, value in gone.items() if name in row} if erased else {}
            assert row == {**row_before, **there, "version": row_before["version"] + erased}
    assert sum(row["version"] for row in (*problems, *measures)) == 2 + sum(
        row["version"] for row in (*before[1], *before[2])
    )


def test_a_problem_alone_leaves_its_measures(over: Path, call: Runner) -> None:
    assert call("erase", "p2026-001", "--yes", now=LATER).out == "erased: P2026-001\n"
    assert leftovers(over.parent, WORDS, "他侄女") == []
    assert leftovers(over.parent, "上门道歉") != []
    assert json.loads(call("problem", "show", "1", "--json", now=LATER).out)["measures"][0]["figure"] == NAME


def test_cases_problems_and_measures_go_together_or_not_at_all(over: Path, call: Runner) -> None:
    assert call("withdraw", "202610-001", "--reason", "x", now=LATER).code == 0
    before = query(over, "SELECT count(*) FROM events")
    refused = call("erase", "202610-001", "P2026-001", "M2026-002", "--yes", now=LATER)
    assert (refused.code, "M2026-002 is not over" in refused.err) == (6, True)
    assert query(over, "SELECT count(*) FROM events") == before
    done = call("erase", "202610-001", "P2026-001", "--yes", now=LATER)
    assert done.out == "erased: 202610-001, P2026-001\n"


@pytest.mark.parametrize(
    ("number", "said", "way"),
    [
        ("P2026-002", "P2026-002 is not over", "afterservice problem close P2026-002"),
        ("M2026-002", "M2026-002 is not over", "afterservice measure judge M2026-002"),
        ("P2026-003", "there is no case 'P2026-003'", ""),
    ],
)
def test_what_goes_on_or_is_not_there_is_not_erased(over: Path, call: Runner, number: str, said: str, way: str) -> None:
    refused = call("erase", number, "--yes", now=LATER)
    assert (refused.code != 0, refused.out, said in refused.err, way in refused.err) == (True, "", True, True)


def test_an_erased_problem_takes_nothing_more_and_is_erased_once(over: Path, call: Runner) -> None:
    assert call("erase", "P2026-001", "M2026-001", "--yes", now=LATER).code == 0
    noted = call("problem", "note", "1", f"{NAME} called again", now=LATER)
    assert (noted.code, "is erased; nothing is added" in noted.err) == (6, True)
    for number in ("P2026-001", "M2026-001"):
        again = call("erase", number, "--yes", now=LATER)
        assert (again.code, f"what was personal in {number} is erased already" in again.err) == (6, True)


def test_what_would_go_is_said_before(over: Path, call: Runner) -> None:
    asked = call("erase", "P2026-001", "M2026-001", now=LATER)
    assert asked.code == 3
    assert "what is personal in P2026-001, M2026-001 would be erased for good" in asked.err
    assert leftovers(over.parent, WORDS) != []


def test_whom_the_rulebook_names_may_erase(over: Path, call: Runner) -> None:
    (over.parent / "afterservice.rules.yaml").write_text(BOOK + "may: {erase: [owner_head]}\n", "utf-8")
    assert call("rules", "adopt", "--yes", now=LATER).code == 0
    for number in ("P2026-001", "M2026-001"):
        kept = call("erase", number, "--yes", "--as", "bob", now=LATER)
        assert (kept.code, "erase is kept to" in kept.err) == (6, True)
        assert call("erase", number, "--yes", "--as", "ann", now=LATER).code == 0


def test_what_was_erased_since_the_backup_is_erased_again(over: Path, call: Runner) -> None:
    assert call("problem", "note", "2", f"{NAME} again", now=LATER).code == 0
    told = json.loads(call("backup", "/".join((str(over.parent.parent), "backups")), "--json", now=LATER).out)
    assert call("problem", "note", "2", "recorded after the backup", now=LATER).code == 0
    measure = ("measure", "done", "2", "done", "--as", "ann")
    assert call(*measure, now=LATER).code == 0
    end = "2027-01-20 12:00"
    assert call("measure", "judge", "2", "--effective", "no", "--as", "ann", now=end).code == 0
    assert call("problem", "close", "2", "x", "--as", "ann", now=end).code == 0
    assert call("erase", "P2026-001", "M2026-001", "P2026-002", "M2026-002", "--yes", now=end).code == 0

    done = call("restore", told["path"], "--yes", now=end)

    assert "erased again: P2026-001, P2026-002, M2026-001, M2026-002" in done.err
    assert leftovers(over.parent, *PERSONAL, "still open", "still to do") == []
    assert call("problems", "--json", now=end).out == "[]\n", "it was open then; nobody can go on"
    assert call("check") == (0, "", "", "")


def test_what_the_backup_has_erased_already_stays_as_it_is_there(over: Path, call: Runner) -> None:
    first = json.loads(call("backup", "kept", "--json", now=LATER).out)
    elsewhere = ("--db", over.parent / "elsewhere/afterservice.db")
    (over.parent / "elsewhere").mkdir()
    assert call("restore", first["path"], *elsewhere, now=LATER).code == 0
    assert call("erase", "P2026-001", "M2026-001", "--yes", *elsewhere, now=LATER).code == 0
    second = json.loads(call("backup", "kept", *elsewhere, "--json", now=LATER).out)
    for text in ("one", "two", "three"):
        assert call("problem", "note", "2", text, now=LATER).code == 0
    assert call("erase", "P2026-001", "M2026-001", "--yes", now=LATER).code == 0

    done = call("restore", second["path"], "--yes", now=LATER)

    assert (done.code, "erased again" in done.err) == (0, False)
    assert query(over, "SELECT count(*) FROM events WHERE kind = 'PersonalDataErased'") == [(2,)]
    assert call("check") == (0, "", "", "")
