"""Files of every kind, imported by the command: what is said, what is recorded, what is left to a person."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from conftest import Runner
from tables import Dated, write_workbook

LATER = "2026-11-06 18:00"
PROFILE = """
profile: shop
columns: {number: 单号, received_at: 时间, channel: 渠道, description: 内容, customer: 客户, contact: 联系方式(手机)}
values: {channel: {电话: phone}}
dates: ["%Y/%m/%d"]
"""
HEADINGS = "单号,时间,渠道,内容,客户,联系方式（手机）,备注"
ROW = "1,2026/10/01,电话,水壶漏水,林小雨,13900000101,"
TWO = "2,2026/10/02,电话,门锁坏了,林小雨,13900000101,急"


@pytest.fixture
def place(tmp_path: Path, call: Runner) -> Path:
    """A folder with a desk and a profile."""
    assert call("init", "--rules", "minimal", now=LATER).code == 0
    (tmp_path / "p.yaml").write_text(PROFILE, "utf-8")
    return tmp_path


def descriptions(call: Runner) -> list[str]:
    cases = json.loads(call("list", "--all", "--json", now=LATER).out)
    return sorted(case["description"] for case in cases)


def test_a_row_out_of_step_is_left_and_the_next_is_a_case(place: Path, call: Runner) -> None:
    slipped = "1,2026/10/01,电话,水壶漏水,客厅地板都湿了,林小雨,13900000101,"
    (place / "rows.csv").write_text(f"{HEADINGS}\n{slipped}\n{TWO}\n", "utf-8")
    done = call("import", "rows.csv", "--profile", "p.yaml", now=LATER)
    assert (done.code, done.out) == (11, "2 read: 1 new, 0 unchanged, 0 changed, 0 conflicts, 1 rejected\n")
    assert "line 2 rejected: has 8 cells for 7 headings" in done.err
    assert descriptions(call) == ["门锁坏了"]
    again = call("import", "rows.rejects.csv", "--profile", "p.yaml", now=LATER)
    assert "has 13 cells for 12 headings" in again.err, "alone in its file it is still out of step"
    with (place / "rows.rejects.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert next(csv.reader(lines))[5:] == HEADINGS.split(",")
    mended = (place / "rows.rejects.csv").read_text("utf-8-sig").replace("水壶漏水,客厅地板", '"水壶漏水,客厅地板')
    (place / "mended.csv").write_text(mended.replace("都湿了,", '都湿了",'), "utf-8")
    assert call("import", "mended.csv", "--profile", "p.yaml", now=LATER).code == 0
    assert descriptions(call) == ["水壶漏水,客厅地板都湿了", "门锁坏了"]


def test_a_doubtful_file_records_nothing_and_names_its_line(place: Path, call: Runner) -> None:
    data = f"{HEADINGS}\n{ROW}\n{TWO}\n".encode()
    (place / "cut.csv").write_bytes(data.replace("门锁".encode(), "门锁".encode()[:-1]))
    (place / "big5.csv").write_bytes("單號,時間\n1,水壺漏水\n".encode("big5"))
    for name, said in (("cut.csv", "is damaged: line 3"), ("big5.csv", "is not UTF-8 from line 1 on")):
        done = call("import", name, "--profile", "p.yaml", now=LATER)
        assert (done.code, done.out) == (3, "")
        assert f"{name} {said}" in done.err
    assert descriptions(call) == []


def test_another_encoding_is_named_by_the_line_or_by_the_profile(place: Path, call: Runner) -> None:
    (place / "rows.csv").write_bytes("no,at,text\n1,2026-10-01,水壺漏水\n".encode("big5"))
    columns = "profile: shop\ncolumns: {number: no, received_at: at, description: text}\ndefaults: {channel: phone}\n"
    (place / "p.yaml").write_text(columns)
    assert call("import", "rows.csv", "--profile", "p.yaml", now=LATER).code == 3
    done = call("import", "rows.csv", "--profile", "p.yaml", "--encoding", "cp950", now=LATER)
    assert (done.code, "read as big5; batch" in done.err) == (0, True)
    assert descriptions(call) == ["水壺漏水"]
    (place / "p.yaml").write_text(f"{columns}encoding: big5\n")
    assert "1 unchanged" in call("import", "rows.csv", "--profile", "p.yaml", now=LATER).out
    (place / "p.yaml").write_text(f"{columns}encoding: big-5\n")
    assert "'big-5' is no encoding – write one of utf-8" in call("import", "rows.csv", "--profile", "p.yaml").err
    wrong = call("import", "rows.csv", "--profile", "p.yaml", "--encoding", "rot13", now=LATER)
    assert (wrong.code, "'rot13' is no encoding" in wrong.err) == (2, True)


def test_standard_input_is_read_packed_or_not(place: Path, run: Runner) -> None:
    whole = f"sep=;\n十月,,\n{HEADINGS}\n{ROW}\n{TWO}\n".replace(",", ";").encode("gb18030")
    done = run("import", "-", "--profile", "p.yaml", stdin=whole, now=LATER)
    assert (done.code, done.out) == (0, "2 read: 2 new, 0 unchanged, 0 changed, 0 conflicts, 0 rejected\n")
    assert "read as gb18030, semicolons, headings in line 3; batch" in done.err
    done = run("import", "-", "--profile", "p.yaml", "--json", stdin=gzip.compress(whole), now=LATER)
    told = json.loads(done.out)
    assert (told["unchanged"], told["encoding"], told["delimiter"], told["heading_line"]) == (2, "gb18030", ";", 3)
    done = run("import", "-", "--profile", "p.yaml", stdin=whole + b"3;;;;;;\n", now=LATER)
    assert (done.code, (place / "stdin.rejects.csv").exists()) == (11, True)


def test_an_endless_input_is_refused_and_the_desk_stays_as_it_was(place: Path, run: Runner) -> None:
    before = (place / "afterservice.db").read_bytes()
    for words in (("/dev/zero", "--profile", "p.yaml"), ("p.yaml", "--profile", "/dev/zero")):
        done = run("import", *words, now=LATER)
        assert (done.code, done.out) == (3, "")
        assert "has no end" in done.err or "is larger than 16 MB" in done.err
    assert (place / "afterservice.db").read_bytes() == before


def test_a_sheet_is_imported_with_its_dates_whatever_the_profile_says_of_texts(place: Path, call: Runner) -> None:
    headings = HEADINGS.split(",")
    rows = [("2026年10月",), headings, (1001, Dated(46_296), "电话", "水壶漏水", "林小雨", 13_900_000_101, None)]
    write_workbook(place / "a.xlsx", {"十月": [*rows, TWO.split(",")], "九月": [headings]})
    done = call("import", "a.xlsx", "--profile", "p.yaml", now=LATER)
    assert (done.code, "--sheet '十月'" in done.err) == (3, True)
    done = call("import", "a.xlsx", "--profile", "p.yaml", "--sheet", "十月", now=LATER)
    assert (done.code, done.out[:13]) == (0, "2 read: 2 new")
    assert "read as sheet '十月', headings in row 2; batch" in done.err
    cases = json.loads(call("list", "--all", "--json", now=LATER).out)
    assert {case["registered_at"] for case in cases} == {"2026-09-30T16:00:00Z", "2026-10-01T16:00:00Z"}


def test_one_broken_row_is_one_reject(place: Path, call: Runner) -> None:
    broken = '3,2026/10/03,电话,"没有关上的引号,林小雨,13900000101,'
    (place / "rows.csv").write_text(f"{HEADINGS}\n{ROW}\n{broken}\n{TWO}\n", "utf-8")
    done = call("import", "rows.csv", "--profile", "p.yaml", now=LATER)
    assert (done.code, done.out[:13]) == (11, "3 read: 2 new")
    assert "line 3 rejected: its quotes are not in order" in done.err
    (left,) = csv.DictReader((place / "rows.rejects.csv").read_text("utf-8-sig").splitlines())
    assert (left["_line"], left["单号"]) == ("3", "3")
