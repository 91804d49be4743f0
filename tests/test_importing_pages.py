"""Web pages and XML under the name of a workbook, as many systems export them."""

import json
from pathlib import Path

import pytest

from afterservice_cli.intake.tables.table import FileOptions
from conftest import Runner
from importing import read_in
from tables import read, read_file

OFFICE = Path(__file__).parent / "data" / "workshop.html.xls"  # as LibreOffice saves a sheet as a page
PAGE = """\
<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}"><style>td {{ mso-number-format: "\\@"; }}</style>
</head><body><table border=1>{rows}</table></body></html>
"""
ROWS = """\
<tr><th>工单号</th><th>创建时间</th><th>客户</th><th>电话</th><th>问题描述</th></tr>
<tr><td>G1</td><td>2026-10-08 09:00</td><td>甲</td><td>13966661111</td><td>水管漏水&nbsp;三天了</td></tr>
<tr><td>G2</td><td>2026-10-09 09:00</td><td>乙</td>
<td x:num="13966662222">1.39667E+10</td><td>门锁&lt;坏&gt;了<br>没人管</td>
</tr>
"""
SHEET = """\
<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="1"/></Styles>
<Worksheet ss:Name="十月"><Table>
<Row><Cell ss:MergeAcross="4"><Data ss:Type="String">十月工单</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">工单号</Data></Cell><Cell><Data ss:Type="String">创建时间</Data></Cell>
<Cell><Data ss:Type="String">客户</Data></Cell><Cell><Data ss:Type="String">电话</Data></Cell>
<Cell><Data ss:Type="String">问题描述</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">G1</Data></Cell><Cell><Data ss:Type="DateTime">2026-10-08T09:00:00.000</Data></Cell>
<Cell ss:Index="5"><Data ss:Type="String">水管漏水&#10;三天了</Data></Cell></Row>
</Table></Worksheet></Workbook>
"""


@pytest.mark.parametrize(("charset", "codec"), [("gb2312", "gb18030"), ("utf-8", "utf-8"), ("utf-8", "utf-8-sig")])
def test_a_page_that_is_called_a_workbook_is_read_as_its_table(
    guide: Runner, tmp_path: Path, charset: str, codec: str
) -> None:
    (tmp_path / "export.xls").write_bytes(PAGE.format(charset=charset, rows=ROWS).encode(codec))
    first, second = read_in(guide, "export.xls", "--save-profile", "kept.yaml")
    assert (first["registered_at"], first["description"]) == ("2026-10-08T01:00:00Z", "水管漏水 三天了")
    assert second["description"] == "门锁<坏>了\n没人管"
    assert json.loads(guide("show", second["case"], "--json").out)["contact"] == "13966662222"
    again = guide("import", "export.xls", "--profile", "kept.yaml")
    assert ("2 unchanged" in again.out, "read as the table of a web page" in again.err) == (True, True)


@pytest.mark.parametrize(("charset", "codec"), [("big5", "cp950"), ("Shift_JIS", "cp932")])
def test_a_page_names_its_encoding(charset: str, codec: str) -> None:
    rows = "<tr><td>編號</td><td>日期</td></tr><tr><td>1</td><td>問題</td></tr>"
    found = read(PAGE.format(charset=charset, rows=rows).encode(codec), {"編號", "日期"})
    assert found.rows == [{"編號": "1", "日期": "問題"}]


def test_what_a_spreadsheet_saves_as_a_page_is_read() -> None:
    found = read_file(OFFICE, {"工单号", "进厂时间", "故障描述", "金额"})
    assert [line.cells[0] for line in found.lines] == ["RO1", "RO2"]
    assert (found.rows[0] or {})["故障描述"] == "刹车异响"


def test_a_sheet_as_xml_is_read(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "export.xls").write_text(SHEET, "utf-8")
    (tmp_path / "p.yaml").write_text(
        "profile: p\ncolumns: {number: 工单号, received_at: 创建时间, description: 问题描述}\n"
        "defaults: {channel: phone}\n",
        "utf-8",
    )
    (case,) = read_in(guide, "export.xls", "--profile", "p.yaml")
    assert (case["registered_at"], case["description"]) == ("2026-10-08T01:00:00Z", "水管漏水\n三天了")


def test_cells_over_several_rows_and_columns_keep_the_others_in_their_columns() -> None:
    rows = (
        "<tr><td rowspan=2>a</td><td colspan=2>b</td><td>c</td></tr><tr><td>d</td><td>e</td><td>f</td></tr>"
        "<tr><td>1</td><td rowspan='2'>2</td><td>3</td><td>4</td></tr><tr><td>5</td><td>6</td><td>7</td></tr>"
    )
    found = read(PAGE.format(charset="utf-8", rows=rows), {"a", "d", "e", "f"})
    assert [line.cells for line in found.lines] == [("1", "2", "3", "4"), ("5", "", "6", "7")]


def test_no_row_is_wider_than_a_sheet() -> None:
    wide = "<tr><td>编号</td><td>内容</td></tr><tr>" + "<td colspan=16384>1</td>" * 300 + "</tr>"
    found = read(PAGE.format(charset="utf-8", rows=wide), {"编号", "内容"})
    assert [(len(line.cells), line.row) for line in found.lines] == [(16_384, None)]


def test_of_several_tables_the_one_with_the_headings_is_read() -> None:
    rows = f"<tr><td>工单导出</td></tr></table><table>{ROWS}</table><table><tr><td>共2条</td></tr>"
    found = read(PAGE.format(charset="utf-8", rows=rows), {"工单号", "创建时间", "问题描述"})
    assert [line.cells[0] for line in found.lines] == ["G1", "G2"]


def test_a_page_without_a_table_says_what_it_is(guide: Runner, tmp_path: Path) -> None:
    (tmp_path / "export.xls").write_text("<html><body>请重新登录</body></html>", "utf-8")
    done = guide("import", "export.xls")
    assert (done.code, "export.xls is a web page or XML without a table" in done.err) == (3, True)
    assert "登录" not in done.err


def test_a_table_whose_first_heading_begins_with_such_a_sign_is_no_page() -> None:
    assert read("<编号>,内容\n1,a\n", {"<编号>", "内容"}).rows == [{"<编号>": "1", "内容": "a"}]


def test_rows_of_a_page_are_counted_as_a_spreadsheet_would() -> None:
    rows = "<tr><td>编号</td><td>内容</td></tr><tr><td>1</td><td>a<br>b</td></tr><tr></tr><tr><td>2</td><td>c</td></tr>"
    assert read(PAGE.format(charset="utf-8", rows=rows), {"编号", "内容"}, FileOptions()).numbers == [2, 4]
