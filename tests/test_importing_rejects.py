"""Rows that are left to a person: rejected or flagged, with the reason, and put right."""

import shlex
import stat
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

import rulebooks
from afterservice_cli.errors import Refused
from afterservice_cli.intake.importing import ImportOrder, import_file
from conftest import Runner, clean_env, command
from importing import cases
from registers import register_in
from shops import COLUMNS, ROW, TWO, Cells, Shop, but, counted, put_right, rejects


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"received": ""}, "received_at (received): nothing stands there"),
        ({"received": "12.10.2026"}, "received_at (received): this is no date in the declared form"),
        ({"received": "2026-11-03"}, "received_at (received): 2026-11-03 lies in the future"),
        ({"text": " "}, "text: nothing stands there, and the rulebook requires it"),
        ({"via": "Fax"}, "via: unknown channel – write one of phone, mail"),
        ({"topic": "weather"}, "topic: unknown category – write one of defect"),
        ({"no": ""}, "no: nothing stands there, and the profile names no other columns"),
        ({"text": "x" * 100_001}, "text: description has more than 100,000 characters"),
    ],
)
def test_a_row_that_cannot_become_a_case_says_why(shop: Shop, cells: Cells, reason: str) -> None:
    summary = shop.read(but(ROW, **cells), TWO)
    assert counted(summary) == {"rejected": 1, "new": 1}
    (left,) = rejects(summary)
    assert (left["_line"], left["_status"]) == ("2", "rejected")
    assert left["_reason"].startswith(reason)
    assert {name: left[name] for name in {**ROW, **cells}} == but(ROW, **cells)
    assert shop.register.findings() == []


def test_a_row_without_a_number_says_all_that_is_wrong_with_it(shop: Shop) -> None:
    shop.read(but(ROW, no="1.00E+10", via="Fax", text=""))
    left = rejects(shop.read(but(ROW, no="1.00E+10", via="Fax", text="", answered="12.10.2026")))[0]
    assert left["_field"] == "no, via, text, answered"
    assert left["_reason"].startswith("no: a spreadsheet has cut its digits")


def test_a_row_that_is_rejected_says_as_well_what_would_be_left_out(shop: Shop) -> None:
    left = rejects(shop.read(but(ROW, via="Fax", solved="2026-10-13 10:00", stars="many")))[0]
    assert (left["_status"], left["_field"]) == ("rejected", "via, stars")
    assert "left out" not in left["_reason"]


@pytest.mark.parametrize("nothing", ["无", "-", "——", "N/A", "未填写"])
def test_a_word_for_nothing_is_nothing_where_only_certain_values_can_stand(shop: Shop, nothing: str) -> None:
    summary = shop.read(but(ROW, via=nothing, topic=nothing, answered=nothing, solved="2026-10-13", stars=nothing))
    assert (counted(summary), summary.flagged) == ({"new": 1}, 0)
    assert shop.case().channel == "phone", "by default"
    assert shop.kinds() == ["CaseRegistered", "CaseResolved"]
    assert counted(shop.read(but(ROW, received=nothing))) == {"rejected": 1}
    assert rejects(shop.read(but(ROW, received=nothing)))[0]["_reason"].startswith("received_at (received): nothing")


def test_a_flagged_row_names_the_heading_of_the_cell_that_is_left_out(shop: Shop) -> None:
    left = rejects(shop.read(but(ROW, solved="2026-10-13 10:00", stars="80%")))[0]
    assert (left["_status"], left["_field"]) == ("flagged", "stars")
    assert left["_reason"].endswith("`means: {…: …}` beside `score` in the profile; left out")


def test_a_promise_that_cannot_be_read_does_not_take_the_acknowledgement_with_it(tmp_path: Path) -> None:
    told = "course:\n  - {event: acknowledged, at: answered, promised: done}\n"
    profile = COLUMNS.partition("course:")[0] + told
    with register_in(tmp_path, "customer-feedback") as register:
        shop = Shop(register, profile.replace("  category: topic\n", "  kind: topic\n"))
        summary = shop.read(but(ROW, topic="complaint", answered="2026-10-12 10:00", done="soon"))
        assert (counted(summary), rejects(summary)[0]["_field"]) == ({"new": 1}, "done")
        assert shop.kinds()[:2] == ["CaseRegistered", "CaseAcknowledged"]


@pytest.mark.parametrize("day", ["1899-12-30", "0001-01-01", "2999-12-20", "9999-12-31"])
def test_a_date_that_a_spreadsheet_makes_of_an_empty_cell_stops_one_row_alone(tmp_path: Path, day: str) -> None:
    warranty = "{until: responded}, warranty: {from: 'field:bought', until: resolved}}"
    given = ("{respond: 1wd}", "{respond: 1wd, warranty: 730d}")
    dated = rulebooks.text("shop", ("{until: responded}}", warranty), given)
    (tmp_path / "dated.yaml").write_text(f"{dated}fields: {{bought: {{title: Bought, type: date}}}}\n")
    with register_in(tmp_path, str(tmp_path / "dated.yaml")) as register:
        shop = Shop(register, COLUMNS.replace("  category: topic", "  category: topic\n  bought: stars"))
        summary = shop.read(but(ROW, stars=day), but(TWO, stars="2026-10-01"))
        assert counted(summary) == {"rejected": 1, "new": 1}
        (left,) = rejects(summary)
        assert left["_reason"].startswith("stars: this ")
        assert counted(shop.read(but(TWO, stars=day))) == {"rejected": 1}
        assert shop.case().facts()["bought"] == "2026-10-01"


def test_a_row_of_another_length_goes_to_the_rejects_file_with_its_cells(shop: Shop) -> None:
    summary = shop.read_text("no,received,text\n1,2026-10-12,broken, they say\n2,2026-10-12\n3,2026-10-12,broken\n")
    assert counted(summary) == {"rejected": 2, "new": 1}
    assert summary.rejects_file is not None
    text = summary.rejects_file.read_text(encoding="utf-8-sig")
    assert "has 4 cells for 3 headings – put a cell that holds the delimiter in quotes" in text
    assert "has 2 cells for 3 headings – give it all, and put a line break in quotes" in text
    assert "they say" in text
    assert counted(shop.read_text(text, "again.csv")) == {"rejected": 2}
    fixed = text.replace("broken, they say", '"broken, they say"').replace("2,2026-10-12", "2,2026-10-12,wish")
    assert counted(shop.read_text(fixed, "fixed.csv")) == {"new": 2}


def test_what_is_impossible_is_flagged_and_can_beput_right(shop: Shop) -> None:
    summary = shop.read(but(ROW, answered="2026-10-11", answer="sorry"), TWO)
    assert (counted(summary), summary.flagged) == ({"new": 2}, 1)
    (left,) = rejects(summary)
    assert (left["_line"], left["_status"]) == ("2", "flagged")
    assert left["_reason"] == "answered: responded (2026-10-11) lies before it was received; left out"
    assert shop.kinds() == ["CaseRegistered", "CaseRegistered"]
    assert counted(shop.read_text(put_right(summary, answered="2026-10-13"), "fixed.csv")) == {"changed": 1}
    assert "CaseResponded" in shop.kinds()


def test_what_makes_no_sense_in_the_course_is_flagged(shop: Shop) -> None:
    summary = shop.read(but(ROW, solved="2026-10-14", done="2026-10-13"))
    assert (counted(summary), summary.flagged) == ({"new": 1}, 1)
    assert rejects(summary)[0]["_reason"].startswith("solved: resolved makes no sense there")
    assert shop.case().status == "closed"


def test_a_flagged_row_can_still_change(shop: Shop) -> None:
    shop.read(but(ROW, solved="2026-10-14", done="2026-10-11"))
    assert counted(shop.read(but(ROW, solved="2026-10-14", done="2026-10-15"))) == {"changed": 1}
    assert shop.case().status == "closed"


NASTY = (
    "=1+1",
    "+8613900000012",
    "-x",
    "@SUM(A1)",
    "＝1",
    "\t=1",
    "'quoted'",
    "'=1",
    "it's",
    '"',
    "a\nb",
    "-3.5",
    " =1",
)


@pytest.mark.parametrize("cell", NASTY)
def test_a_rejects_file_put_right_says_what_the_row_said(shop: Shop, cell: str) -> None:
    summary = shop.read(but(ROW, via="Fax", text=f"{cell}!", name=cell), TWO)
    (left,) = rejects(summary)
    assert not left["name"].lstrip().startswith(tuple("=+@＝\t")), "a spreadsheet would take it for a formula"
    assert counted(shop.read_text(put_right(summary, via="Tel"), "fixed.csv")) == {"new": 1}
    case = shop.register.cases()[-1]
    assert (case.description, case.customer) == (f"{cell}!".strip(), cell.strip())
    assert counted(shop.read(but(ROW, text=f"{cell}!", name=cell), TWO)) == {"unchanged": 2}


def test_a_rejects_file_is_its_readers_alone(shop: Shop) -> None:
    path = shop.read(but(ROW, via="Fax")).rejects_file
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rejects_lie_in_the_current_folder_where_no_place_is_named(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    shop.file.write_text("no,received,text\n1,,broken\n")
    assert import_file(shop.desk, shop.file, shop.profile).rejects_file == Path("cases.rejects.csv")
    assert (here / "cases.rejects.csv").exists()
    assert not (shop.folder / "cases.rejects.csv").exists()


def test_rejects_overwrite_nothing(shop: Shop) -> None:
    shop.file.write_text("no,received,text\n1,,broken\n")
    before, desk = shop.file.read_bytes(), shop.desk.path.read_bytes()
    numbered = shop.file.with_name(f"{shop.file.stem}-2.csv")
    assert import_file(shop.desk, shop.file, shop.profile, ImportOrder(shop.file)).rejects_file == numbered
    assert import_file(shop.desk, shop.file, shop.profile, ImportOrder(shop.desk.path)).rejects_file != shop.desk.path
    assert (shop.file.read_bytes(), shop.desk.path.read_bytes()) == (before, desk)


def test_the_same_rejects_are_not_written_twice_and_corrected_ones_stay(shop: Shop) -> None:
    shop.file.write_text("no,received,text\n1,,broken\n")
    first = import_file(shop.desk, shop.file, shop.profile, ImportOrder(shop.folder / "left.csv")).rejects_file
    assert first is not None
    assert import_file(shop.desk, shop.file, shop.profile, ImportOrder(shop.folder / "left.csv")).rejects_file == first
    first.write_text("corrected")
    again = import_file(shop.desk, shop.file, shop.profile, ImportOrder(shop.folder / "left.csv")).rejects_file
    assert again == shop.folder / "left-2.csv"
    assert first.read_text() == "corrected"


def test_a_failure_of_the_desk_ends_the_run_and_is_no_fault_of_the_rows(shop: Shop) -> None:
    shop.read(TWO)
    shop.desk.now -= timedelta(days=2)
    with pytest.raises(Refused, match="the clock says"):
        shop.read(ROW)


def test_rows_that_are_left_of_a_file_without_a_profile_are_read_as_the_file_was(call: Runner, tmp_path: Path) -> None:
    # Alone, 03/09/2026 may have the month first; the file says by 25/09/2026 that it has the day first.
    call("init", "--rules", "minimal")
    (tmp_path / "shop rows.csv").write_text(
        "id,created,name,text\n1,25/09/2026,Lin,it leaks in the kitchen\n2,03/09/2026,Wu,\n", "utf-8"
    )
    done = call("import", "shop rows.csv")
    assert done.code == 11
    left = tmp_path / "shop rows.rejects.csv"
    left.write_text(left.read_text("utf-8-sig").rstrip() + "the lid is broken\n", "utf-8")
    typed = done.err.partition(", then: ")[2].strip().replace("afterservice import", shlex.join(command("import")))
    mended = subprocess.run(
        ["sh", "-c", typed], cwd=tmp_path, env=clean_env(), check=False, capture_output=True, text=True
    )
    assert (mended.returncode, mended.stdout.splitlines()[:1]) == (
        0,
        ["1 read: 1 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected"],
    ), mended.stderr
    received = {case["customer"]: case["registered_at"] for case in cases(call)}
    assert received["Wu"] == "2026-09-02T16:00:00Z"
