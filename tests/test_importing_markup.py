"""Cells of HTML, as help desks of the web leave it: read as the text that people saw, and pointed out."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterservice_cli.intake.words.cells import cleaned
from afterservice_cli.intake.words.markup import markup, plain_text
from conftest import Runner

HEAD = "单号,登记时间,渠道,客户,联系电话,内容\n"


def read(call: Runner, folder: Path, *texts: str) -> list[str]:
    """Import a file with these texts; return what the cases say, and last what was said of the import."""
    quoted = [text.replace('"', '""') for text in texts]
    rows = (f'{n},2026-10-0{n} 09:00,电话,甲,1390000400{n},"{text}"\n' for n, text in enumerate(quoted, 1))
    (folder / "rows.csv").write_text(HEAD + "".join(rows), "utf-8")
    done = call("import", "rows.csv")
    assert done.code == 0, done.err
    cases = json.loads(call("list", "--all", "--json").out)
    return [*(case["description"] for case in sorted(cases, key=lambda case: str(case["case"]))), done.err]


def test_a_cell_of_html_is_read_as_people_saw_it(guide: Runner, tmp_path: Path) -> None:
    html = '<div style="x"><p>水壶漏水&nbsp;很严重<br>客厅都湿了</p><ul><li>第一次</li></ul></div>'
    *texts, said = read(guide, tmp_path, html, "水壶漏水了")
    assert texts == ["水壶漏水 很严重\n客厅都湿了\n第一次", "水壶漏水了"]
    assert "1 row had HTML: read as plain text" in said


def test_signs_of_html_among_words_stay_and_are_pointed_out(guide: Runner, tmp_path: Path) -> None:
    *texts, said = read(
        guide, tmp_path, "水壶漏水&nbsp;很严重", "页面上出现<br>几个字", "温度<30度就停机", "A&B两个型号都坏了"
    )
    assert texts[:2] == ["水壶漏水&nbsp;很严重", "页面上出现<br>几个字"]
    assert "2 with signs of HTML among their words (<br>, &nbsp;): kept as they stand" in said


def test_the_same_text_without_its_html_is_no_change(guide: Runner, tmp_path: Path) -> None:
    read(guide, tmp_path, "<p>水壶漏水</p>")
    (tmp_path / "rows.csv").write_text(HEAD + "1,2026-10-01 09:00,电话,甲,13900004001,水壶漏水\n", "utf-8")
    assert "1 unchanged" in guide("import", "rows.csv").out


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>it &lt;leaks&gt;</p>", "it <leaks>"),
        ('<p>see <a href="https://example.com/a">the film</a></p>', "see the film https://example.com/a"),
        ('<a href="https://example.com">https://example.com</a>', "https://example.com"),
        ('<p><img src="cid:1.png" alt="photo"></p>', "photo cid:1.png"),
        ("<table><tr><td>型号</td><td>KL-200</td></tr></table>", "型号 KL-200"),
        ("<html><head><style>p {color: red}</style></head><body>坏了</body></html>", "坏了"),
        ("<p><br></p>", ""),
        ("<p>P<Pmax 时报警</p>", "P<Pmax 时报警</p>"),
        ("<p>P<b 时>报警</p>", "P<b 时>报警"),
        ("<p>坏了<title>漏水了</p>", "<p>坏了<title>漏水了</p>"),
        ("<P>A<BR/>B</P>", "A\nB"),
    ],
)
def test_nothing_that_people_saw_is_lost(html: str, text: str) -> None:
    assert (markup(html), cleaned(html)) == ("whole", text)


@pytest.mark.parametrize(
    "text", ["<30度就停机>", "<无>", "<b", "a < b > c", "<product>", "AT&T", "<3", "<p>开头 结尾没有"]
)
def test_signs_that_are_no_html_around_a_text_stay(text: str) -> None:
    assert cleaned(text) == text


@given(st.text(alphabet="<>/&;pbrdiv nbsp坏了\n\"'=", max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert isinstance(plain_text(text), str)
    assert cleaned(text) is not None


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_within_a_cell_end_alike(guide: Runner, tmp_path: Path, end: str) -> None:
    (tmp_path / "rows.csv").write_bytes((HEAD + f'1,2026-10-01 09:00,电话,甲,13900004001,"漏水{end}很严重"\n').encode())
    assert guide("import", "rows.csv").code == 0
    assert json.loads(guide("show", "001", "--json").out)["description"] == "漏水\n很严重"
