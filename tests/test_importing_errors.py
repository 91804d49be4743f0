"""Cells of a workbook whose formula came to nothing: said with their column, never taken for empty ones."""

import shutil
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterservice_cli.intake.sheet_errors import CODES, errors_of
from afterservice_cli.intake.tables.source import opened
from conftest import Runner
from importing import read_in
from tables import Cell, Dated, Failed, read_file, write_workbook

DATA = Path(__file__).parent / "data"
HEAD = ("单号", "登记时间", "渠道", "客户", "联系电话", "产品型号", "内容")
CAME = Dated(46296.4)


def row(
    n: int, channel: Cell = "电话", customer: Cell = "甲", model: Cell = "KL-200", text: Cell = ""
) -> tuple[Cell, ...]:
    return (str(n), CAME, channel, customer, f"1390000900{n}", model, text or f"水壶漏水，第{n}天了")


def write(folder: Path, *rows: tuple[Cell, ...]) -> None:
    write_workbook(folder / "rows.xlsx", {"十月": [HEAD, *rows]})


def test_an_error_in_a_cell_is_left_out_and_said_with_its_column(guide: Runner, tmp_path: Path) -> None:
    write(tmp_path, row(1), row(2, model=Failed("#N/A")), row(3, model=Failed("#REF!")), row(4))
    done = guide("import", "rows.xlsx")
    assert done.code == 0
    assert done.out.splitlines()[0] == "4 read: 4 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected"
    assert "2 flagged" in done.err
    assert "line 3 flagged: 产品型号: a spreadsheet's error stands there; left out" in done.err
    assert "line 4 flagged: 产品型号: a spreadsheet's error stands there; left out" in done.err
    assert ",#N/A," in (tmp_path / "rows.rejects.csv").read_text("utf-8-sig")


def test_a_row_that_cannot_do_without_the_cell_is_rejected(guide: Runner, tmp_path: Path) -> None:
    write(tmp_path, row(1), row(2, text=Failed("#VALUE!")), (Failed("#DIV/0!"), *row(3)[1:]))
    done = guide("import", "rows.xlsx")
    assert (done.code, done.out.splitlines()[0]) == (
        11,
        "3 read: 1 new, 0 unchanged, 0 changed, 0 conflicts, 2 rejected",
    )
    assert done.err.count("a spreadsheet's error stands there") == 2


def test_a_row_of_errors_alone_is_no_empty_one(guide: Runner, tmp_path: Path) -> None:
    write(tmp_path, row(1), tuple(Failed("#N/A") for _ in HEAD), row(3))
    assert len(read_in(guide, "rows.xlsx", code=11)) == 2


def test_errors_are_no_words_that_somebody_has_to_explain(guide: Runner, tmp_path: Path) -> None:
    """A column that is looked up elsewhere has them in many rows: they are no channel that the rulebook lacks."""
    write(tmp_path, *(row(n, channel=Failed("#N/A") if n % 2 else "电话") for n in range(1, 7)))
    done = guide("import", "rows.xlsx", "--draft-profile")
    assert (done.code, "#N/A" in done.out, "?" in done.out) == (0, False, False)


@pytest.mark.parametrize("left_out", ["", "r", "prefix"])
def test_errors_stand_where_they_stand_however_the_sheet_is_written(tmp_path: Path, left_out: str) -> None:
    """Some programs write no places, or their own name before each element."""
    write_workbook(tmp_path / "one.xlsx", {"a": [("x",)], "b": [HEAD, row(1, customer=Failed("#NAME?"))]})
    with zipfile.ZipFile(tmp_path / "one.xlsx") as old, zipfile.ZipFile(tmp_path / "rows.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if "sheet2" in name and left_out == "r":
                for place in "ABCDEFG":
                    text = text.replace(f' r="{place}2"', "").replace(f' r="{place}1"', "")
            if "sheet2" in name and left_out == "prefix":
                for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t", "f"):
                    text = text.replace(f"<{tag}>", f"<x:{tag}>").replace(f"<{tag} ", f"<x:{tag} ")
                    text = text.replace(f"</{tag}>", f"</x:{tag}>")
                text = text.replace("xmlns=", "xmlns:x=")
            new.writestr(name, text)
    found = read_file(tmp_path / "rows.xlsx", set(HEAD))
    assert [line["客户"] for line in found.rows if line] == ["#NAME?"]


def test_a_sheet_that_begins_further_right_has_its_errors_in_their_column(tmp_path: Path) -> None:
    rows = [(None, None, *HEAD), (None, None, *row(1, channel=Failed("#NULL!")))]
    write_workbook(tmp_path / "rows.xlsx", {"a": rows})
    assert [line["渠道"] for line in read_file(tmp_path / "rows.xlsx", set(HEAD)).rows if line] == ["#NULL!"]


@pytest.mark.parametrize("file", ["errors.xls", "errors.ods"])
def test_an_error_in_another_kind_of_workbook_is_said_too(guide: Runner, tmp_path: Path, file: str) -> None:
    """Made from formulas by LibreOffice: one that looks for nothing, one that divides by it, and one in a text."""
    shutil.copy(DATA / file, tmp_path / file)
    done = guide("import", file)
    assert done.code == 11
    assert done.out.splitlines()[0] == "5 read: 4 new, 0 unchanged, 0 changed, 0 conflicts, 1 rejected"
    assert "line 3 flagged: 产品型号: a spreadsheet's error stands there; left out" in done.err
    assert "line 4 flagged: 产品型号: a spreadsheet's error stands there; left out" in done.err
    rejects = (tmp_path / file).with_suffix(".rejects.csv").read_text("utf-8-sig")
    assert [error for error in ("#N/A", "#DIV/0!", "#NAME?") if error in rejects] == ["#N/A", "#DIV/0!", "#NAME?"]


@given(st.data())
@settings(max_examples=40)
def test_a_damaged_workbook_has_no_error_that_ends_the_program(data: st.DataObject) -> None:
    book = bytearray((DATA / "errors.xls").read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        book[data.draw(st.integers(0, len(book) - 1))] = data.draw(st.sampled_from([0, 1, 0x7F, 0xFE, 0xFF]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xls"
        path.write_bytes(book[: data.draw(st.sampled_from([len(book), len(book) // 2, 700]))])
        with opened(path) as source:
            found = errors_of(source, "十月", 0)
    assert {text for row in found.values() for text in row.values()} <= {*CODES.values(), "#N/A"}
