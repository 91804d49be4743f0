"""Imports as a whole: listed, and undone as long as nobody has worked on what they brought in."""

import json
from pathlib import Path

import pytest

from conftest import Runner, query

PROFILE = """
profile: shop
columns: {number: no, received_at: at, channel: by, customer: who, contact: tel, description: words}
course: [{event: resolved, at: solved, text: how}, {event: closed, at: done}]
"""
ROWS = """no,at,by,who,tel,words,solved,how,done
1,2026-10-01 09:00,phone,陈强丰,13700000045,APP登不上,,,
2,2026-10-01 10:00,phone,张伟,13700000046,包裹五天没有物流更新,2026-10-02 09:00,补发了,2026-10-03
3,2026-10-01 11:00,phone,王芳,13700000047,扣款了但没有订单,,,
"""


@pytest.fixture
def imported(desk: Path, call: Runner) -> Path:
    """A desk that has read a file of three rows, one of them closed."""
    folder = desk.parent
    (folder / "shop.yaml").write_text(PROFILE, "utf-8")
    (folder / "rows.csv").write_text(ROWS, "utf-8")
    assert call("import", "rows.csv", "--profile", "shop.yaml").code == 0
    return desk


def statuses(desk: Path) -> list[object]:
    return [status for (status,) in query(desk, "SELECT status FROM cases ORDER BY case_id")]


def test_imports_are_listed_with_what_they_counted(imported: Path, call: Runner) -> None:
    (only,) = json.loads(call("import", "--list", "--json").out)
    assert (only["file"], only["profile"], only["counts"]["new"], only["cases"]) == ("rows.csv", "shop", 3, 3)
    table = call("import", "--list")
    assert table.out.splitlines()[1].split("\t")[3:] == ["shop", "rows.csv", "3", "0", "0", "0", "0", "3", "finished"]
    assert table.err == "1 import\n"


def test_an_import_that_nobody_worked_on_is_undone_and_can_be_read_again(imported: Path, call: Runner) -> None:
    (batch,) = {row["batch"] for row in json.loads(call("import", "--list", "--json").out)}
    done = call("import", "--undo", batch[:6], "--yes")
    assert (done.code, done.out) == (0, f"import {batch}: 3 of 3 cases taken back\n")
    assert statuses(imported) == ["void"] * 3
    assert call("check") == (0, "", "", "")
    again = call("import", "rows.csv", "--profile", "shop.yaml")
    assert again.out.startswith("3 read: 3 new, 0 unchanged")
    assert statuses(imported) == ["void"] * 3 + ["open", "closed", "open"]
    assert call("import", "rows.csv", "--profile", "shop.yaml").out.startswith("3 read: 0 new, 3 unchanged")
    assert call("check") == (0, "", "", "")
    assert call("import", "--undo", batch, "--yes").code == 6, "nothing of it is left"


def test_what_somebody_worked_on_stays_and_is_named(imported: Path, call: Runner) -> None:
    call("note", "001", "he called")
    done = call("import", "--undo", "last", "--yes", "--json")
    told = json.loads(done.out)
    assert (done.code, told["taken_back"], told["stay"]) == (11, 2, ["202610-001"])
    assert "202610-001 has been worked on since: noted by " in done.err
    assert statuses(imported) == ["open", "void", "void"]


def test_a_later_import_that_changed_a_case_has_worked_on_it(imported: Path, call: Runner) -> None:
    (imported.parent / "rows.csv").write_text(ROWS.replace("登不上", "登不上，很急"), "utf-8")
    assert call("import", "rows.csv", "--profile", "shop.yaml", now="2026-10-12 10:00").code == 0
    first = json.loads(call("import", "--list", "--json").out)[-1]["batch"]
    assert call("import", "--undo", first, "--yes").code == 11
    assert statuses(imported) == ["open", "void", "void"]


def facts(desk: Path, call: Runner) -> list[object]:
    """What is told of each case, but for its history."""
    found = sorted(json.loads(call("list", "--all", "--json").out), key=lambda case: str(case["case"]))
    return [{name: case[name] for name in case.keys() - {"version", "changed_at", "recorded_at"}} for case in found]


LATER = ROWS.replace("登不上,,,", "登不上，很急,2026-10-05 09:00,换了密码,2026-10-06").replace("物流更新", "物流")


def test_what_an_import_changed_in_other_cases_is_as_before_once_it_is_undone(imported: Path, call: Runner) -> None:
    before = facts(imported, call)
    rows = LATER + "4,2026-10-01 12:00,phone,刘洋,13700000048,APP闪退,,,\n"
    (imported.parent / "later.csv").write_text(rows, "utf-8")
    assert call("import", "later.csv", "--profile", "shop.yaml", now="2026-10-12 10:00").code == 0
    changed = facts(imported, call)
    assert statuses(imported) == ["closed", "closed", "open", "open"]
    done = call("import", "--undo", "last", "--yes", "--json", now="2026-10-12 11:00")
    told = json.loads(done.out)
    assert (done.code, told["taken_back"], told["stay"]) == (0, 1, [])
    assert (told["changed"], told["restored"]) == (["202610-001", "202610-002"], 2)
    assert facts(imported, call)[:3] == before
    assert call("check") == (0, "", "", "")
    # What was undone can be read again, and the file before it says nothing new.
    assert call("import", "rows.csv", "--profile", "shop.yaml").out.startswith("3 read: 0 new, 3 unchanged, 0 changed")
    assert call("import", "later.csv", "--profile", "shop.yaml").out.startswith("4 read: 1 new, 1 unchanged, 2 changed")
    assert facts(imported, call)[:3] == changed[:3]


def test_an_import_that_brought_in_no_case_is_undone_in_those_it_changed(imported: Path, call: Runner) -> None:
    (imported.parent / "later.csv").write_text(LATER, "utf-8")
    assert call("import", "later.csv", "--profile", "shop.yaml", now="2026-10-12 10:00").code == 0
    batch = json.loads(call("import", "--list", "--json").out)[0]["batch"]
    asked = call("import", "--undo", "last")
    assert (asked.code, "brought in 0 cases and changed 2 others" in asked.err) == (3, True)
    done = call("import", "--undo", "last", "--yes")
    assert (done.code, done.out) == (0, f"import {batch}: 2 of 2 changed cases as before\n")
    assert call("import", "--undo", batch, "--yes").code == 6, "nothing of it is left"
    first = json.loads(call("import", "--list", "--json").out)[-1]["batch"]
    assert call("import", "--undo", first, "--yes").code == 0, "nobody worked on what it brought in"
    assert statuses(imported) == ["void"] * 3


def test_a_changed_case_that_somebody_worked_on_stays_and_is_named(imported: Path, call: Runner) -> None:
    (imported.parent / "later.csv").write_text(ROWS.replace("登不上", "登不上，很急"), "utf-8")
    assert call("import", "later.csv", "--profile", "shop.yaml", now="2026-10-12 10:00").code == 0
    assert call("note", "202610-001", "asked again", now="2026-10-12 10:30").code == 0
    done = call("import", "--undo", "last", "--yes", now="2026-10-12 11:00")
    assert (done.code, "202610-001 has been worked on since: noted by " in done.err) == (11, True)
    assert "很急" in json.loads(call("show", "202610-001", "--json").out)["description"]


def test_what_an_import_put_right_of_an_earlier_one_stays_and_is_named(imported: Path, call: Runner) -> None:
    (imported.parent / "later.csv").write_text(ROWS.replace("2026-10-02 09:00", "2026-10-02 10:00"), "utf-8")
    assert call("import", "later.csv", "--profile", "shop.yaml", now="2026-10-12 10:00").code == 0
    before = facts(imported, call)
    done = call("import", "--undo", "last", "--yes", now="2026-10-12 11:00")
    assert (done.code, "202610-002: the import put right there what an earlier one had told" in done.err) == (11, True)
    assert facts(imported, call) == before


def test_undoing_asks(imported: Path, call: Runner) -> None:
    done = call("import", "--undo", "last")
    assert (done.code, statuses(imported)) == (3, ["open", "closed", "open"])
    assert "brought in 3 cases" in done.err and "add --yes" in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--undo", "abc"), 4, "there is no import abc"),
        (("--list", "--undo", "last"), 2, "one of them at a time"),
        (("rows.csv", "--list"), 2, "one of them at a time"),
        ((), 2, "afterservice import FILE.csv"),
    ],
)
def test_what_makes_no_sense_is_refused(
    imported: Path, call: Runner, words: tuple[str, ...], code: int, said: str
) -> None:
    done = call("import", *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
