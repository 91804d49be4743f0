"""Text and rows out: nothing a terminal or a spreadsheet obeys, nothing lost in JSON."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from afterservice_cli.console.terminal import WRITERS
from afterservice_cli.frozen import Frozen
from afterservice_cli.output_text import _UNSEEN, aligned, defuse, mask_contact, safe_text, undefuse, width
from afterservice_cli.render.rows import Column, cell
from afterservice_cli.render.table import print_table
from conftest import Runner

T = TypeVar("T")

any_char = st.characters() | st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])
any_text = st.text(any_char, max_size=30)
joiners = "\u200c\u200d"


def harmful(text: str) -> list[str]:
    """The characters that may not reach a terminal, by their Unicode properties."""
    return [
        char
        for char in text
        if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        or char in "\u061c\u200b\u200e\u200f\u2060\ufeff\u00ad"
        or "\U000e0000" <= char <= "\U000e007f"
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\x00b\x07c\x7fd\x9be", r"a\x00b\x07c\x7fd\x9be"),
        ("abc\u202edcba", r"abc\u202edcba"),
        ("\u2066\u061c\u200e\u200b\u2060\ufeff", r"\u2066\u061c\u200e\u200b\u2060\ufeff"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("\U000e0041", r"\U000e0041"),
        ("\udc80", r"\udc80"),
        ("one\r\ntwo\nthree\tfour", "one⏎two⏎three four"),
        ("gone\rover", r"gone\x0dover"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert safe_text(text) == shown


def test_newlines_may_stay() -> None:
    assert safe_text("one\r\ntwo\nthree\x1b", lines=True) == "one\ntwo\nthree\\x1b"


@pytest.mark.parametrize("text", ["", "plain", "无法登录，急！", "👨‍👩‍👧", "می‌خواهم", "é", r"C:\temp"])
def test_text_that_needs_nothing_is_returned_as_it_is(text: str) -> None:
    assert safe_text(text) is text


@given(any_text)
def test_shown_text_is_harmless_and_stays_as_it_is(text: str) -> None:
    for lines in (False, True):
        shown = safe_text(text, lines=lines)
        assert not harmful(shown.replace("\n", "") if lines else shown)
        assert safe_text(shown, lines=lines) == shown
    assert safe_text(text) == text or harmful(text) or re.search("[\u180e\u2061-\u206f\ufff9-\ufffb]", text)


@pytest.mark.parametrize(
    ("contact", "masked"),
    [
        (None, ""),
        ("", ""),
        ("  ", ""),
        ("13900000012", "139****0012"),
        ("１３９００００００１２", "139****0012"),
        ("139 0000-0012", "139****0012"),
        ("+8613900000012", "139****0012"),
        ("+86 139 0000-0012", "139****0012"),
        ("0086 21 6233 1234", "021****1234"),
        ("+44 7700 900123", "447****0123"),
        ("87654321", "8***"),
        ("wang@example.com", "w***@example.com"),
        ("w@example.com", "***@example.com"),
        ("wang@\x1b[2J", "w***"),
        ("13900000012 / wang@example.com", "139****0012/w***@example.com"),
        ("wx_wang", "w***"),
        ("王小明", "***"),
        ("ab", "***"),
        ("13800138000/13900000012", "138****8000/139****0012"),
        ("李四13900000012、wang@example.com", "139****0012/w***@example.com"),
    ],
)
def test_masked_contacts(contact: str | None, masked: str) -> None:
    assert mask_contact(contact) == masked


@given(any_text.map(lambda text: unicodedata.normalize("NFKC", text).replace("*", "").strip()).filter(bool))
def test_a_mask_never_shows_a_contact(contact: str) -> None:
    assert "***" in mask_contact(contact)
    assert contact not in mask_contact(contact)


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("编号", 4), ("Ａ1", 3), ("e\u0301", 1), ("…", 1)])
def test_widths(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\tx", "\rx", "\nx", "  =1", "\u3000=1", "\xa0-x", "＝1", "＋1", "－1",
     "＠x", "+8613900000012", "-", "-3.5x", "-3.", "-３", "--3", "'=1", "''=1"],
)  # fmt: skip
def test_what_looks_like_a_formula_is_defused(text: str) -> None:
    assert defuse(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "-3", "-3.5", "3", "1=1", "a@b", "无法登录", "'x'", "'", "'-3"])
def test_other_cells_stay(text: str) -> None:
    assert defuse(text) == text


@given(st.text("'=-3+ \t.x", max_size=6) | any_text)
def test_what_was_defused_can_be_had_back(text: str) -> None:
    assert undefuse(defuse(text)) == text


class Row(Frozen):
    text: object
    number: str = "202611-001"
    days: object = 3
    hidden: object = None


def column(title: str, shown: Callable[[T], object]) -> Column[T]:
    """A column that is called the same in every language, and shows what it says."""
    return Column(title, title, shown, shown)


COLUMNS: tuple[Column[Row], ...] = (
    column("编号", lambda row: row.number),
    column("Days", lambda row: row.days).but(align="right"),
    column("描述", lambda row: row.text).but(least=8),
)


def written(values: Sequence[T], format: str, columns: Sequence[Column[T]]) -> str:
    out = io.StringIO(newline="")
    WRITERS[format](out, values, columns)
    return out.getvalue()


def test_tsv_is_a_heading_and_a_row_a_line() -> None:
    assert written([Row("a\tb\nc\x1b"), Row(None)], "tsv", COLUMNS) == (
        "编号\tDays\t描述\n202611-001\t3\ta b⏎c\\x1b\n202611-001\t3\t\n"
    )


def test_csv_has_titles_and_defused_cells() -> None:
    rows = [Row("=1+1", days=-3.5), Row('one\r\n"two", \x9b', days="-3"), Row("\ufeff=1", days=-1e-7)]
    assert written(rows, "csv", COLUMNS) == (
        '编号,Days,描述\n202611-001,-3.5,\'=1+1\n202611-001,-3,"one\n""two"", \\x9b"\n202611-001,-1e-07,\\ufeff=1\n'
    )


def test_csv_titles_are_defused_too() -> None:
    titles: list[Column[Row]] = [column("=1", lambda row: row.text)]
    assert written([], "csv", titles) == "'=1\n"


def test_markdown_is_literal() -> None:
    text = "a|b <img src=x> [l](http://x) **b** `c` \\| &amp; $x$\nd"
    assert written([Row(text)], "md", COLUMNS) == (
        "| 编号 | Days | 描述 |\n| --- | ---: | --- |\n"
        r"| 202611-001 | 3 | a\|b \<img src=x\> \[l\](http://x) \*\*b\*\* \`c\` \\\| \&amp; \$x\$⏎d |" "\n"
    )  # fmt: skip


def test_json_is_one_array_and_jsonl_a_line_each() -> None:
    rows = [Row("手机"), Row(None)]
    first = '{"text": "手机", "number": "202611-001", "days": 3, "hidden": null}'
    second = first.replace('"手机"', "null")
    assert written(rows, "json", COLUMNS) == f"[\n{first},\n{second}\n]\n"
    assert written(rows, "jsonl", COLUMNS) == f"{first}\n{second}\n"
    assert written([], "json", COLUMNS) == "[]\n"
    assert written([], "jsonl", COLUMNS) == ""


def test_json_escapes_what_a_terminal_would_obey() -> None:
    text = "\x9b\x7f\u202e\udc80\U000e0041\n"
    line = written([{"a": text}], "jsonl", ())
    assert line == r'{"a": "\u009b\u007f\u202e\udc80\udb40\udc41\n"}' + "\n"
    assert json.loads(line) == {"a": text}


def test_json_has_whole_values_and_the_others_their_columns() -> None:
    value = Row("x", hidden="13900000012")
    assert json.loads(written([value], "json", COLUMNS)) == [dict(value.plain())]
    assert "13900000012" not in written([value], "csv", COLUMNS)


def test_values_within_values_are_objects_in_json() -> None:
    value = Row((Row("a"), Row({"b": Row("c")})))
    (told,) = json.loads(written([value], "json", COLUMNS))
    assert [inner["text"] for inner in told["text"]] == ["a", {"b": dict(Row("c").plain())}]


@given(st.lists(st.dictionaries(any_text, any_text | st.integers() | st.none() | st.booleans() | st.lists(any_text))))
def test_json_loses_nothing_and_sends_nothing_harmful(rows: list[dict[str, object]]) -> None:
    array, lines = written(rows, "json", ()), written(rows, "jsonl", ())
    assert json.loads(array) == rows
    assert [json.loads(line) for line in lines.split("\n")[:-1]] == rows
    assert [list(record) for record in json.loads(array)] == [list(record) for record in rows]
    assert not harmful((array + lines).replace("\n", ""))


@given(st.lists(st.lists(any_text, min_size=2, max_size=2)))
def test_csv_gives_back_what_was_shown_and_defused(cells: list[list[str]]) -> None:
    columns: tuple[Column[list[str]], ...] = (column("a", itemgetter(0)), column("b", itemgetter(1)))
    text = written(cells, "csv", columns)
    assert not harmful(text.replace("\n", ""))
    heading, *lines = csv.reader(io.StringIO(text, newline=""))
    assert heading == ["a", "b"]
    assert lines == [[defuse(safe_text(value, lines=True)) for value in line] for line in cells]


@given(st.lists(any_text, min_size=1))
def test_tsv_and_markdown_keep_one_row_a_line(texts: list[str]) -> None:
    rows = [Row(text) for text in texts]
    tsv, markdown = written(rows, "tsv", COLUMNS), written(rows, "md", COLUMNS)
    assert [line.count("\t") for line in tsv.split("\n")[:-1]] == [2] * (len(texts) + 1)
    assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in markdown.split("\n")[:-1]] == [4] * (
        len(texts) + 2
    )
    assert not harmful((tsv + markdown).replace("\n", "").replace("\t", ""))


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (False, "false"), (3, "3"), (["a", None, 2], "a, , 2"), ("x", "x")]
)
def test_cells(value: object, text: str) -> None:
    assert cell(value) == text


def test_json_refuses_what_it_cannot_say() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        written([Row(float("nan"))], "json", COLUMNS)
    with pytest.raises(TypeError):
        written([Row(object())], "json", COLUMNS)


@pytest.mark.parametrize("format", WRITERS)
def test_every_format_is_written_and_told_of(format: str, desk: Path, call: Runner) -> None:
    assert "编号" in written([], format, COLUMNS) or format in ("table", "json", "jsonl")
    assert "编号" in written([Row("x")], format, COLUMNS) or format in ("json", "jsonl")
    assert "x" in written([Row("x")], format, COLUMNS)
    assert re.search(rf"\b{format}\b", call("list", "--help").out)
    assert re.search(rf"\b{format}\b", call("list", "--format", "yaml").err)


HOSTILE = "\x1b]0;owned\x07 \x9b2J \u202eevil\u200b \udc80 a\u2028b"


@pytest.mark.parametrize("format", WRITERS)
def test_no_format_writes_what_a_terminal_obeys(format: str) -> None:
    columns = [*COLUMNS, column(HOSTILE, lambda row: row.number), column("list", lambda row: [row.text])]
    text = written([Row(HOSTILE), Row("x", number=HOSTILE)], format, columns)
    assert not harmful(text.replace("\n", "").replace("\t", ""))
    assert "owned" in text, "what is harmless in it is shown"


@pytest.mark.parametrize("format", WRITERS)
def test_no_format_speaks_python(format: str) -> None:
    text = written([Row(None, days=True), Row(["one", None, "two"], days=False)], format, COLUMNS)
    assert "true" in text and "false" in text
    assert re.findall(r"None|True|False|'one'", text) == []
    assert "one, , two" in text or format.startswith("json")


# Formats that no spreadsheet opens by itself, with what keeps a formula from being one.
NO_SPREADSHEET = {
    "table": "is drawn for a terminal",
    "tsv": "goes to `cut` and `awk`, which take a cell as it is",
    "json": "has texts in quotation marks",
    "jsonl": "has texts in quotation marks",
    "md": "is shown as it stands",
}


@pytest.mark.parametrize("format", WRITERS)
def test_a_format_defuses_formulas_or_says_why_not(format: str) -> None:
    formulas = ("=1+1", "+1", "@SUM(A1)", "-1+1")
    columns = [*COLUMNS, column("=2+2", lambda row: row.number)]
    text = written([Row(formula) for formula in formulas], format, columns)
    fused = [formula for formula in (*formulas, "=2+2") if f"'{formula}" not in text]
    assert not fused or format in NO_SPREADSHEET, "defuse its cells and titles, or give a reason here"


def test_rows_of_text_are_aligned_and_the_last_cell_takes_what_it_needs() -> None:
    rows = [("编号", "a", "rest"), ("b", "long as it is"), ("", "cc", "x")]
    assert list(aligned(rows)) == ["  编号  a   rest", "  b     long as it is", "        cc  x"]


def test_figures_stand_to_the_right() -> None:
    assert list(aligned([("", "met", "share"), ("回复", "7", "99.9%")], figures=(1, 2))) == [
        "        met  share",
        "  回复    7  99.9%",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(rows: Sequence[Row], columns: int, out: io.StringIO | None = None) -> str:
    out = out or io.StringIO()
    print_table(out, rows, COLUMNS, width=columns)
    return out.getvalue()


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_a_table_is_aligned() -> None:
    lines = drawn([Row("无法登录"), Row("短", days=10)], 80).splitlines()
    assert [line.rstrip() for line in lines] == [
        "编号        Days  描述",
        "─" * 26,
        "202611-001     3  无法登录",
        "202611-001    10  短",
    ]


@pytest.mark.parametrize("columns", [80, 140])
def test_only_wide_columns_are_cut(columns: int) -> None:
    long = "按钮 无响应 ok，" * 40
    lines = drawn([Row(long), Row("短")], columns).splitlines()
    assert len(lines) == 4
    assert all(cell_len(line) <= columns for line in lines)
    assert re.fullmatch(r"202611-001 +3  按钮.*… *", lines[2])
    assert cell_len(lines[2].rstrip()) >= columns - 3


@pytest.mark.parametrize("columns", [1, 20, 30])
def test_numbers_are_whole_on_the_narrowest_terminal(columns: int) -> None:
    lines = drawn([Row("按钮无响应，" * 9, number="202611-1234567")], columns).splitlines()
    assert re.fullmatch(r"202611-1234567 +3  按钮.*… *", lines[2])


def test_a_table_takes_text_literally() -> None:
    text = "[/x] [bold]b[/] [link=http://x]l[/link] :smile: \x1b[31m\u202e \\[x]"
    shown = r"[/x] [bold]b[/] [link=http://x]l[/link] :smile: \x1b[31m\u202e \[x]"
    output = drawn([Row(text), Row(text)], 140)
    assert output.count(shown) == 2
    assert not harmful(output.replace("\n", ""))


def test_on_a_terminal_nothing_but_headings_is_styled() -> None:
    output = drawn([Row("2026-10-01 'x' http://example.com :smile:")], 100, Terminal())
    body = output.splitlines()[2]
    assert "\x1b" in output
    assert "\x1b" not in body


def test_the_width_holds_on_a_dumb_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert "x" * 100 in drawn([Row("x" * 100)], 140, Terminal())


def test_a_table_of_nothing_has_no_headings() -> None:
    assert drawn([], 80) == ""


def test_whatever_is_unseen_python_calls_unprintable() -> None:
    unseen = re.compile(_UNSEEN)
    assert [code for code in range(0x110000) if unseen.match(chr(code)) and chr(code).isprintable()] == []
