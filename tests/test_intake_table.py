"""A file as rows: its encoding, its headings, and every row with the line it begins in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterservice_cli.errors import BadInput
from tables import Read, read

KNOWN = {"编号", "描述"}


def table(data: bytes | str, known: set[str] = KNOWN) -> Read:
    return read(data, known)


def rows(data: bytes | str, known: set[str] = KNOWN) -> list[tuple[int, dict[str, str] | None]]:
    found = table(data, known)
    return list(zip(found.numbers, found.rows, strict=True))


def descriptions(data: bytes | str) -> list[str]:
    return [row["描述"] for row in table(data).rows if row is not None]


TEXT = "编号,描述\r\n1,屏幕不亮，没反应\r\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("gbk"), "gb18030"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
    ],
    ids=["utf-8", "bom", "gb18030", "gbk", "utf-16 le", "utf-16 be"],
)
def test_an_encoding_is_told_and_the_text_is_the_same(data: bytes, encoding: str) -> None:
    assert table(data).encoding == encoding
    assert table(data).headings == ("编号", "描述")
    assert rows(data) == [(2, {"编号": "1", "描述": "屏幕不亮，没反应"})]


def test_characters_that_only_gb18030_has() -> None:
    assert descriptions("编号,描述\n1,㐀𠮷€\n".encode("gb18030")) == ["㐀𠮷€"]


def test_gbk_that_also_reads_as_utf_8_is_decided_by_the_headings() -> None:
    data = "选品,时\n省,投\n".encode("gbk")
    assert "选" not in data.decode("utf-8")  # it does read as UTF-8, only as nonsense
    assert rows(data, {"选品"}) == [(2, {"选品": "省", "时": "投"})]
    assert table(data, {"选品"}).encoding == "gb18030"
    assert table(data, {data.decode("utf-8").partition(",")[0]}).encoding == "utf-8"


def test_utf_8_that_also_reads_as_gb18030_stays_utf_8() -> None:
    data = "编号,描述\n1,中文\n".encode()
    data.decode("gb18030")
    assert descriptions(data) == ["中文"]


def test_plain_ascii_headings_leave_it_at_utf_8() -> None:
    assert table("id,text\n1,中文字\n", {"id"}).encoding == "utf-8"
    assert table("id,text\n1,中文字\n".encode("gb18030"), {"id"}).encoding == "gb18030"


@pytest.mark.parametrize("data", [b"\xff\xff\xff", "编号\n1\n".encode() + b"\xff\n", b"\xef\xbb\xbf\xff", b"\xff\xfea"])
def test_what_has_no_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(
        BadInput, match=r"line \d is not UTF-8|not UTF-8 from line \d|line \d of file.csv is no text in utf-"
    ):
        table(data)


@pytest.mark.parametrize("data", ["", "\n"])
def test_an_empty_file_is_called_empty(data: str) -> None:
    with pytest.raises(BadInput, match=r"file\.csv is empty"):
        table(data)


@pytest.mark.parametrize("data", ["a,b\n1,2\n", "1,我家的灯坏了\n2,打不开\n"])
def test_a_file_without_a_known_heading_is_refused(data: str) -> None:
    with pytest.raises(BadInput, match="none of the profile's headings"):
        table(data)


def test_the_refusal_does_not_repeat_what_a_customer_wrote() -> None:
    story = "我叫王小明，住在幸福路三号，" * 20
    for data in (f"1,{story}\n", f'"编号,描述\n1,{story}\n'):
        with pytest.raises(BadInput) as caught:
            table(data)
        assert "王小明" not in str(caught.value)
        assert len(str(caught.value)) < 300


def test_fields_longer_than_the_csv_module_allows() -> None:
    long = "长" * 200_000
    assert descriptions(f"编号,描述\n1,{long}\n2,{long}！\n") == [long, f"{long}！"]


def test_newlines_quotes_and_commas_inside_a_field() -> None:
    data = '编号,描述\r\n1,"他说""坏了"",\r\n第二行\n\n第四行"\r\n2,好\r\n'
    assert rows(data) == [
        (2, {"编号": "1", "描述": '他说"坏了",\r\n第二行\n\n第四行'}),
        (6, {"编号": "2", "描述": "好"}),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind(end: str) -> None:
    assert [line for line, _ in rows(end.join(["编号,描述", "1,a", "", "2,b"]))] == [2, 4]


def test_empty_lines_are_passed_over_and_still_counted() -> None:
    assert [line for line, _ in rows("编号,描述\n\n1,a\n,\n  , \n\n2,b\n\n")] == [3, 7]


def test_rows_of_another_length_are_none() -> None:
    found = rows("编号,描述\n1\n2,b,c\n3,d,,\n4,e\n")
    assert found == [(2, None), (3, None), (4, None), (5, {"编号": "4", "描述": "e"})]


def test_empty_cells_behind_the_last_heading_are_none_if_every_row_has_them() -> None:
    assert descriptions("编号,描述\n1,a,,\n2,b,,\n3,c,,,\n") == ["a", "b"]
    assert descriptions("编号,描述\n1,a,,\n2,b,,\n") == ["a", "b"]
    assert descriptions("编号,描述\n1,a,\n2,b,\n3,slipped,c,\n") == ["a", "b"]


def test_empty_cells_behind_the_last_heading_are_none_if_the_headings_have_them() -> None:
    assert descriptions("编号,描述,,\n1,a\n2,b,\n3,c,,\n4,d,,,\n5,e,slipped,\n") == ["a", "b", "c"]


def test_a_last_column_without_a_heading_is_one_if_every_row_has_it() -> None:
    assert descriptions("编号,描述,\n1,a,x\n2,b,\n") == ["a", "b"]


def test_a_row_that_slipped_says_so_and_its_neighbours_are_read() -> None:
    found = table("编号,描述\n1,漏水,地板湿了,\n2,坏了\n")
    assert [line.fault for line in found.lines] == [
        "has 4 cells for 2 headings – put a cell that holds the delimiter in quotes",
        "",
    ]


def test_a_slipped_row_alone_in_a_rejects_file_is_still_one() -> None:
    assert rows("_reason,编号,描述\nslipped,1,漏水,\n") == [(2, None)]


@pytest.mark.parametrize(
    ("data", "broken", "read"),
    [
        ('编号,描述\n1,a\n2,"never closed\n3,c\n4,d\n', [3], ["a", "c", "d"]),
        ('编号,描述\n1,"a"b\n2,c\n', [2], ["c"]),
        ('编号,描述\n1,"open\n2,c\n3,"d"\n4,"e\nf"\n', [2], ["c", "d", "e\nf"]),
        ('编号,描述\r1,"a"b\r2,c', [2], ["c"]),
        ('"标题,没有关\n编号,描述\n1,"a"b\n2,c\n', [3], ["c"]),
    ],
)
def test_a_broken_row_is_one_row_with_its_line(data: str, broken: list[int], read: list[str]) -> None:
    found = table(data)
    assert [line.number for line in found.lines if line.fault] == broken
    assert [row["描述"] for row in found.rows if row] == read


def test_a_broken_row_keeps_what_can_be_seen_of_its_cells() -> None:
    (line,) = table('编号,描述\n1,"never closed\n').lines
    assert (line.cells, line.row) == (("1", '"never closed'), None)


def test_a_row_without_an_end_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("afterservice_cli.intake.tables.delimited.LONGEST", 50)
    found = table("编号,描述\n" + "x" * 170 + '\n1,a\n2,"' + "y" * 60 + "\n3,b\n" + "4,c\n" * 30)
    assert [(line.number, bool(line.fault)) for line in found.lines][:4] == [
        (2, True),
        (3, False),
        (4, True),
        (5, False),
    ]
    assert descriptions("编号,描述\n1,a\n") == ["a"]


def test_an_open_quote_in_the_headings_is_told_as_such() -> None:
    with pytest.raises(BadInput, match="none of the profile's headings") as caught:
        rows('编号,"描述\n1,a\n2,b\n')
    assert "quotes" in caught.value.hint


def test_headings_are_trimmed() -> None:
    assert table(" 编号 ,描述\t\n").headings == ("编号", "描述")


def test_a_heading_given_twice_is_refused_where_it_is_used() -> None:
    # Whichever column counted, the other would be lost without a word.
    with pytest.raises(BadInput, match="描述"):
        rows("编号,描述,描述\n1,first,second\n")


def test_headings_given_twice_that_nobody_asks_for_do_no_harm() -> None:
    assert descriptions("编号,x,描述,x,,\n1,2,坏,3,,\n") == ["坏"]


def test_a_rejects_file_is_read_as_it_was_before_its_formulas_were_made_harmless() -> None:
    data = "_reason,编号,描述\nwrong,'+86,'=1+1\nwrong,'@x,it's\n"
    assert [(row["编号"], row["描述"]) for _, row in rows(data) if row] == [("+86", "=1+1"), ("@x", "it's")]


def test_an_apostrophe_of_the_customers_own_stays() -> None:
    assert descriptions("编号,描述\n1,'=1+1\n") == ["'=1+1"]
    assert descriptions("_reason,编号,描述\nwrong,1,'quoted'\n") == ["'quoted'"]


fields = st.text(alphabet="ab客='\",\n\r ;", max_size=12)


@given(st.lists(st.tuples(fields, fields), max_size=8), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
@settings(max_examples=150)
def test_what_a_csv_writer_wrote_is_read_back(cells: list[tuple[str, str]], encoding: str) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [("编号", "描述"), *cells]]
    found = [tuple(row.values()) for _, row in rows("\r\n".join(quoted).encode(encoding)) if row]
    assert found == [row for row in cells if any(cell.strip() for cell in row)]


@given(st.binary(max_size=120))
@settings(max_examples=100)
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", "编号,描述\n".encode(), "编号,描述\n".encode("gb18030"), b"\xff\xfe"):
        try:
            found = rows(start + data)
        except BadInput:
            continue
        assert all(line > 1 for line, _ in found)


# --- headings over two rows ------------------------------------------------------------------------------------------

GROUPED = """\
售后登记表,,,,,,
编号,客户信息,,产品信息,,描述,处理
,姓名,电话,型号,序列号,,
1,沈女士,13900000301,X-100,SN1,屏幕不亮,
2,王先生,13900000302,X-200,SN2,没有声音,
"""


def test_groups_above_and_their_parts_are_headings_together() -> None:
    found = table(GROUPED, {"编号", "姓名", "描述"})
    assert found.headings == ("编号", "姓名", "电话", "型号", "序列号", "描述", "处理")
    assert (found.line, found.numbers) == (2, [4, 5])
    assert [row["姓名"] for row in found.rows if row] == ["沈女士", "王先生"]


def test_groups_and_parts_are_found_without_a_profile() -> None:
    found = table(GROUPED, set())
    assert found.headings == ("编号", "姓名", "电话", "型号", "序列号", "描述", "处理")
    assert found.numbers == [4, 5]


def test_a_part_of_two_groups_is_called_after_its_group() -> None:
    text = "编号,客户,,经销商,,描述\n,姓名,电话,姓名,电话,\n1,沈女士,1,李先生,2,屏幕不亮\n"
    assert table(text, set()).headings == ("编号", "客户姓名", "客户电话", "经销商姓名", "经销商电话", "描述")
    assert table(text, {"编号", "经销商电话"}).rows == [
        {
            "编号": "1",
            "客户姓名": "沈女士",
            "客户电话": "1",
            "经销商姓名": "李先生",
            "经销商电话": "2",
            "描述": "屏幕不亮",
        }
    ]


@pytest.mark.parametrize(
    "text",
    [
        "编号,姓名,,描述\n1,沈女士,女士,屏幕不亮\n",
        "编号,,描述,\n,x,屏幕不亮,\n",
        "编号,客户,,描述\n\n,姓名,电话,\n1,沈女士,139,坏了\n",
        "编号,客户,电话,描述\n1,,,屏幕不亮\n",
    ],
    ids=["a row of cells", "a row with gaps", "an empty line between", "a row without a customer"],
)
def test_a_row_of_cells_is_no_part_of_the_headings(text: str) -> None:
    for known in (KNOWN, set[str]()):
        found = table(text, known)
        assert list(found.headings) == text.partition("\n")[0].split(",")
        assert len(found.rows) == len(text.split()) - 1
