"""Every kind of file: encodings, delimiters, sheets, what is packed, what has no end."""

import csv
import gzip
import io
import os
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from afterservice_cli.errors import BadInput, Conflict, NotFound, Problem
from afterservice_cli.intake.tables.encodings import CODECS, named_encoding
from afterservice_cli.intake.tables.source import opened
from afterservice_cli.intake.tables.table import FileOptions, table_of
from tables import Cell, Dated, read, read_file, write_workbook

KNOWN = {"编号", "描述"}
ASCII = {"no", "text"}

# --- encodings ------------------------------------------------------------------------------------------------------

STORIES = ("水壶漏水，客厅地板都湿了", "门锁打不开，客服电话没人接", "收到的商品外箱破损，要求退货")
TRADITIONAL = ("水壺漏水，客廳地板都濕了", "門鎖打不開，客服電話沒人接", "收到的商品外箱破損，要求退貨")
JAPANESE = ("電源が入りません。修理をお願いします", "商品が届いていません、返金してください")
KOREAN = ("전원이 켜지지 않습니다 수리 부탁드립니다", "배송이 너무 늦어요 환불해 주세요")


def lines(*texts: str) -> str:
    return "no,text\n" + "".join(f"{number},{text}\n" for number, text in enumerate(texts, 1))


def texts(data: bytes, asked: str | None = None) -> list[str]:
    return [row["text"] for row in read(data, ASCII, FileOptions(asked)).rows if row]


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_utf_8_with_a_byte_missing_is_never_read_as_something_else(cut: int) -> None:
    # Chinese cells of even length are pairs of bytes for GB18030 as well.
    whole = lines(*STORIES).encode()
    place = whole.index("门锁".encode()) + cut
    damaged = whole[:place] + whole[place + 1 :]
    with pytest.raises(BadInput, match="damaged: line 3 is not UTF-8"):
        texts(damaged)
    for asked in ("gb18030", "big5", "windows-1252"):
        with pytest.raises(
            BadInput, match=f"is UTF-8, or was before it was damaged, and not {asked}|no text in {asked}"
        ):
            texts(damaged, asked)


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift-jis"),
        (JAPANESE, "euc-jp"),
        (KOREAN, "euc-kr"),
        (("Größe à l'été",), "windows-1252"),
    ],
)
def test_another_encoding_is_refused_with_its_line_and_read_if_it_is_asked_for(
    written: tuple[str, ...], encoding: str
) -> None:
    data = lines("plain", *written).encode(CODECS[encoding])
    with pytest.raises(BadInput, match="not UTF-8 from line 3 on") as caught:
        texts(data)
    assert encoding in caught.value.hint
    assert texts(data, encoding) == ["plain", *written]


def test_chinese_in_gb18030_is_read_unasked() -> None:
    for written in (STORIES, TRADITIONAL, ("张伟", "王芳"), ("上海市浦东新区", "广州市天河区"), ("插座", "扫地机器人")):
        assert texts(lines(*written).encode("gb18030")) == list(written)


def test_chinese_headings_say_which_encoding_it_is() -> None:
    data = "编号,描述\n1,Größe\n2,犇\n".encode("gb18030")
    assert [row["描述"] for row in read(data, KNOWN).rows if row] == ["Größe", "犇"]


def test_a_line_of_utf_8_in_a_file_of_gb18030_is_refused() -> None:
    data = lines(*STORIES).encode("gb18030") + "4,水壶漏水，客厅\n".encode()
    with pytest.raises(BadInput, match="not UTF-8 from line 2 on"):
        texts(data)
    with pytest.raises(BadInput, match="damaged: line 5 is not UTF-8"):
        texts(lines(*STORIES).encode() + "4,门锁\n".encode("gb18030"))


def test_what_is_asked_for_has_to_fit() -> None:
    with pytest.raises(BadInput, match=r"line 3 of file.csv is no text in big5"):
        texts(lines("plain").encode() + b"2,\xff\xff\n", "big5")
    assert texts(lines(*STORIES).encode("utf-8-sig"), "big5") == list(STORIES)  # a mark leaves no doubt


def test_utf_16_without_a_mark_and_zeros_are_no_text() -> None:
    for written in ("plain", "一一一"):
        data = lines(written).encode("utf-16-le")
        with pytest.raises(BadInput, match="UTF-16 without a mark") as caught:
            texts(data)
        assert "--encoding utf-16" in caught.value.hint
        assert texts(data, "utf-16") == [written]


@pytest.mark.parametrize("asked", [None, "gb18030"])
@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"no,text\n1,a\0b\n", 2),
        (lines(*STORIES).encode("gb18030") + b"4," + bytes(4096), 5),  # a file that a full disk has cut
        (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\n\xff\xfe", 1),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0", 3),
    ],
)
def test_a_file_with_zeros_is_called_what_it_is(data: bytes, line: int, asked: str | None) -> None:
    with pytest.raises(BadInput, match=f"NUL byte in line {line}: .*no text") as caught:
        texts(data, asked)
    assert "save it anew" in caught.value.hint
    assert "--encoding" not in caught.value.hint


def test_an_encoding_has_several_names() -> None:
    assert [named_encoding(name) for name in ("GBK", "utf8", "Shift_JIS", "cp950")] == [
        "gb18030",
        "utf-8",
        "shift-jis",
        "big5",
    ]
    with pytest.raises(ValueError, match="'rot13' is no encoding – write one of utf-8"):
        named_encoding("rot13")


letters = st.text(
    st.sampled_from("水壶漏水客厅地板门锁打不开电话没人接收到的商品外箱破损要求退货，。ab1"), min_size=4, max_size=20
)


@given(st.lists(letters, min_size=3, max_size=12), st.data())
@settings(max_examples=100)
def test_damaged_utf_8_is_refused_or_read_as_it_was_written(written: list[str], data: st.DataObject) -> None:
    whole = lines(*written).encode()
    place = data.draw(st.integers(8, len(whole) - 2))
    damaged = whole[:place] + whole[place + 1 :]
    try:
        found = texts(damaged)
    except BadInput:
        return
    assert "".join(found).isascii() or damaged.decode(), "what is read is UTF-8"


@given(st.binary(min_size=1, max_size=60).filter(lambda data: not data.isascii()))
@settings(max_examples=120)
def test_bytes_are_read_as_what_they_say_or_refused(data: bytes) -> None:
    try:
        found = read(b"no,text\n1," + data, ASCII)
    except BadInput:
        return
    assert found.encoding in ("utf-8", "gb18030")
    data.decode(found.encoding)


# --- any file that a csv writer writes ------------------------------------------------------------------------------

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
cells = st.text(alphabet="ab客户漏水='\",;|\t\n\r 1", max_size=8)


@given(
    st.lists(st.tuples(cells, cells, cells), max_size=8),
    st.sampled_from(ENCODINGS),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["", "sep", "title", "empty"]),
)
@example([("a", 'b"', "c\r\n;d")], "gb18030", ";", "\r", csv.QUOTE_MINIMAL, "sep")
@example([("客客", "水水", "水水水水")] * 8, "gb18030", ",", "\n", csv.QUOTE_MINIMAL, "")
@settings(max_examples=120)
def test_whatever_a_csv_writer_wrote_comes_back(
    rows: list[tuple[str, str, str]], encoding: str, delimiter: str, end: str, quoting: int, above: str
) -> None:
    if end != "\r\n":
        quoting = csv.QUOTE_ALL  # the module leaves the other line end unquoted, and so another row
    rows = [*rows, ("z", "the last", "")]  # numbers alone at the end are sums
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    out.write({"sep": f"sep={delimiter}{end}", "empty": f"{delimiter * 2}{end}{end}"}.get(above, ""))
    if above == "title":
        writer.writerow(["十月的客户反馈", "", ""])
    writer.writerows([("编号", "描述", "x"), *rows])
    found = read(out.getvalue().encode(encoding), KNOWN)
    assert [tuple(row.values()) for row in found.rows if row] == [row for row in rows if any(map(str.strip, row))]
    assert (found.encoding, found.delimiter) == (encoding.removesuffix("-sig"), delimiter)
    assert found.line == {"sep": 2, "title": 2, "empty": 3}.get(above, 1)


@given(st.lists(st.tuples(cells, cells), max_size=6), st.integers(0, 40), st.sampled_from('",\n\rx'))
@settings(max_examples=100)
def test_a_file_with_something_put_in_is_read_to_its_end(rows: list[tuple[str, str]], place: int, put: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("编号", "描述"), *rows])
    whole = out.getvalue()
    place = min(len("编号,描述\r\n") + place, len(whole))
    found = read(whole[:place] + put + whole[place:] + "last,one\r\n", KNOWN)
    assert found.numbers == sorted(set(found.numbers))
    assert all((line.row is None) == bool(line.fault) for line in found.lines)
    last = found.rows[-1]
    assert found.lines[-1].fault or (last is not None and last["编号"].endswith("last"))


# --- delimiters, lines above, headings ------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", list(";\t|,"))
def test_delimiters_are_read_without_being_told(delimiter: str) -> None:
    found = read(delimiter.join(("编号", "描述")) + "\n" + delimiter.join(("1", '"a,b;c\td|e"')) + "\n", KNOWN)
    assert (found.delimiter, found.rows) == (delimiter, [{"编号": "1", "描述": "a,b;c\td|e"}])


def test_a_first_line_may_name_the_delimiter() -> None:
    found = read("sep=#\n编号#描述\n1#a,b\n", KNOWN)
    assert (found.delimiter, found.line, found.numbers) == ("#", 2, [3])
    assert read('"sep=;"\r\n编号;描述\r\n1;a\r\n', KNOWN).rows == [{"编号": "1", "描述": "a"}]


def test_excel_writes_utf_16_with_tabs() -> None:
    found = read("编号\t描述\r\n1\t坏,了\r\n".encode("utf-16"), KNOWN)
    assert (found.encoding, found.delimiter, found.rows) == ("utf-16", "\t", [{"编号": "1", "描述": "坏,了"}])


def test_lines_above_the_headings_are_passed_over_and_counted() -> None:
    found = read("十月客户反馈,,\n,,\n\n制表：小李\n编号,描述\n\n1,a\n", KNOWN)
    assert (found.line, found.numbers, found.rows) == (5, [7], [{"编号": "1", "描述": "a"}])


def test_a_cell_that_is_called_like_a_heading_is_no_heading() -> None:
    assert read("编号,描述,x\n描述,a,\n1,描述,\n", KNOWN).line == 1
    with pytest.raises(BadInput, match="none of the profile's headings"):
        read("渠道,内容\n电话,描述\n", KNOWN)


@pytest.mark.parametrize(
    "written",
    [
        "联系方式（手机）",
        "联系方式(手机)",
        "联系方式 （手机）",
        '"联系方式\n(手机)"',
        "联系\u200b方式(手机)",
        "\ufeff联系方式(手机)",
    ],
)
def test_headings_are_the_same_in_any_width_and_blank(written: str) -> None:
    found = read(f"{written},No\n139,1\n", {"联系方式(手机)", "NO"})
    assert found.rows == [{"联系方式(手机)": "139", "NO": "1"}]
    assert found.written[1] == "No"


def test_a_heading_that_is_spelt_exactly_goes_before_one_that_is_alike() -> None:
    assert read("Name,name\nother,mine\n", {"name"}).rows == [{"Name": "other", "name": "mine"}]
    with pytest.raises(BadInput, match="more than one column 'name'"):
        read("Name,NAME\n1,2\n", {"name"})


def test_a_profile_may_spell_one_heading_in_several_ways() -> None:
    assert read("编号,Name\n1,a\n", {"编号", "name", "NAME"}).rows == [{"编号": "1", "NAME": "a", "name": "a"}]


def test_without_known_headings_they_are_the_first_row_as_wide_as_most() -> None:
    found = read("register of October;;\n\nno;what;when\n1;a, b;c\n2;d;e\n", set())
    assert (found.delimiter, found.line, found.headings) == (";", 3, ("no", "what", "when"))


def test_a_web_page_that_breaks_off_is_refused() -> None:
    with pytest.raises(BadInput, match=r"register\.xls is damaged: its table breaks off"):
        read("<html><table><tr><td>编号<td>描述<tr><td>1<td>坏", KNOWN, name="register.xls")


# --- files that are packed, piped, changed or endless ---------------------------------------------------------------

SMALL = "编号,描述\n1,坏\n"
ROWS: list[dict[str, str] | None] = [{"编号": "1", "描述": "坏"}]


def test_a_packed_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(SMALL.encode("gb18030")))
    found = read_file(path, KNOWN)
    assert (found.encoding, found.rows) == ("gb18030", ROWS)


@pytest.mark.parametrize("spoil", [lambda data: data[:-6], lambda data: data[:12] + b"\0\0" + data[14:]])
def test_a_damaged_packed_file_is_refused(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(spoil(gzip.compress(SMALL.encode() * 100)))
    with pytest.raises(BadInput, match=r"rows.csv.gz is damaged"):
        read_file(path, KNOWN)


def test_a_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(SMALL.encode(),))
    writer.start()
    assert read_file(pipe, KNOWN).rows == ROWS
    writer.join()


def test_what_has_no_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="zero has no end"):
        read_file(Path("/dev/zero"), KNOWN)
    monkeypatch.setattr("afterservice_cli.intake.tables.source.LARGEST", 1_000_000)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * 300_000))
    with pytest.raises(BadInput, match=r"bomb.csv.gz has no end"):
        read_file(path, KNOWN)


def test_a_file_that_is_written_meanwhile_is_no_file_yet(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(SMALL)
    with opened(path) as source, table_of(source, KNOWN) as table:
        assert len(list(table.rows())) == 1
        with path.open("a") as out:
            out.write("2,more\n")
        with pytest.raises(Conflict, match=r"rows.csv was changed while it was read"):
            list(table.rows())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_large_file_is_read_in_flat_memory(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "large.csv"
    row = ",".join(["水壶漏水，客厅地板都湿了"] * 10).encode(encoding)
    with path.open("wb") as out:
        out.write("编号,描述,3,4,5,6,7,8,9,10\n".encode(encoding))
        for _ in range(60_000):
            out.write(row + b"\n")
    assert path.stat().st_size > 12_000_000
    tracemalloc.start()
    try:
        with opened(path) as source, table_of(source, KNOWN) as table:
            assert sum(1 for _ in table.rows()) == 60_000
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


# --- sheets ---------------------------------------------------------------------------------------------------------

HEADINGS: tuple[Cell, ...] = ("编号", "描述", "时间")


def test_a_sheet_is_read_with_its_numbers_and_dates(tmp_path: Path) -> None:
    rows: list[tuple[Cell, ...]] = [
        ("十月客户反馈", None, None),
        (None, None, None),
        HEADINGS,
        (1001, "001", Dated(46_296)),
        (13_900_000_101, "a\nb", Dated(46_296.395_833_333_336)),
        (None, None, None),
        (0.1 + 0.2, 440_106_199_001_011_234, None),
    ]
    found = read_file(write_workbook(tmp_path / "a.xlsx", {"明细": rows}), KNOWN)
    assert (found.sheet, found.encoding, found.delimiter, found.line) == ("明细", None, None, 3)
    assert found.numbers == [4, 5, 7]
    assert found.rows == [
        {"编号": "1001", "描述": "001", "时间": "2026-10-01"},
        {"编号": "13900000101", "描述": "a\nb", "时间": "2026-10-01 09:30:00"},
        {"编号": "0.3", "描述": "4.40106199001011E+17", "时间": ""},  # its last digits were never written
    ]


def test_the_sheet_with_the_headings_is_taken_or_one_that_is_named(tmp_path: Path) -> None:
    rows: dict[str, Sequence[Sequence[Cell]]] = {
        "说明": [("先看这里",)],
        "十月": [HEADINGS, ("1", "a", "")],
        "旧": [HEADINGS, ("2", "b", "")],
    }
    path = write_workbook(tmp_path / "a.xlsx", rows, hidden=("旧",))
    assert read_file(path, KNOWN).sheet == "十月"
    assert read_file(path, KNOWN, FileOptions(sheet="旧 ")).rows == [{"编号": "2", "描述": "b", "时间": ""}]
    with pytest.raises(NotFound, match=r"a.xlsx has no sheet '十一月'"):
        read_file(path, KNOWN, FileOptions(sheet="十一月"))


def test_several_sheets_with_the_headings_are_not_guessed_from(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"9月": [HEADINGS], "10月": [HEADINGS]})
    with pytest.raises(BadInput, match="several sheets that may be meant: 9月, 10月") as caught:
        read_file(path, KNOWN)
    assert "--sheet '9月'" in caught.value.hint


def test_an_old_workbook_is_read(tmp_path: Path) -> None:
    found = read_file(Path(__file__).parent / "data" / "register.xls", KNOWN)
    assert (found.sheet, found.line, found.numbers) == ("登记表", 2, [3, 4])
    assert found.rows == [
        {"编号": "1001", "描述": "水壶漏水", "时间": "2026-10-01 09:30:00", "手机": "13900000101"},
        {"编号": "007", "描述": "门锁坏了", "时间": "2026-10-02", "手机": "139 0000 0102"},
    ]


@pytest.mark.parametrize("data", [b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600])
def test_what_is_no_workbook_says_so(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"file.xlsx is damaged, or no workbook"):
        read(data, KNOWN, name="file.xlsx")


def test_a_text_under_the_name_of_a_workbook_is_a_text() -> None:
    assert read("编号\t描述\n1\t坏\n".encode("gb18030"), KNOWN, name="export.xls").rows == ROWS


in_a_cell = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=9)


@given(st.lists(st.tuples(in_a_cell, in_a_cell), max_size=6))
@settings(max_examples=100)
def test_texts_of_a_sheet_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    path = write_workbook(tmp_path_factory.mktemp("sheets") / "a.xlsx", {"s": [("编号", "描述"), *rows]})
    found = read_file(path, KNOWN)
    assert [tuple(row.values()) for row in found.rows if row] == [r for r in rows if any(map(str.strip, r))]


def test_a_library_for_workbooks_is_loaded_for_them_alone(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(SMALL)
    script = (
        "import sys; from pathlib import Path; from afterservice_cli.intake.tables.source import opened; "
        "from afterservice_cli.intake.tables.table import table_of\n"
        f"with opened(Path({str(path)!r})) as s, table_of(s, {{'编号'}}) as t: list(t.rows())\n"
        "print('python_calamine' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_problems_of_files_name_no_cell(tmp_path: Path) -> None:
    for data in (b"1,\xe7\x8e\x8b\xe5\xb0\n", "1,王小明\n".encode("big5"), "王小明;1\n".encode()):
        with pytest.raises(Problem) as caught:
            read(data, KNOWN)
        assert "王" not in caught.value.message + caught.value.hint
