"""Rows that are no cases: sums (合计, `Total`), pages (第2页), what stands below a table (制表人, `©`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from afterservice_cli.input_text import says_nothing, spelling

# As `spelling` has what stands there.
_CHINESE = "合计|小计|总计|共计|累计|汇总|总和|合計|小計|總計|総計|共計|累計|平均|均值|平均值"
_ENGLISH = "(?:grand|sub-?)?totals?|sum|average|mean|summe"
_NAME = f"{_CHINESE}|{_ENGLISH}"
_COUNT = r"\d[\d,.]*[^\W\d_]{0,8}"
_SUMS = re.compile(
    rf"(?:{_CHINESE})(?:\([^\W\d]{{1,4}}\))?(?:\W?{_COUNT}\W?|\W)?"
    rf"|(?:{_ENGLISH})(?:\W{_COUNT}\W?|\d+(?:records|rows|cases|tickets|items)|\W)?"
    rf"|[共总]{_COUNT}|(?:总数|总条数|总记录数|记录总数|记录数|totalrecords|totalrows)\W?{_COUNT}"
)
_SUMS_OF = re.compile(rf"\w{{1,8}}(?:{_NAME})\W?(?:{_COUNT})?")  # 10月小计: sums if a number stands beside it
_HINT = re.compile("[计計共总總和汇记均页頁]|total|sum|average|mean|page", re.IGNORECASE)
_PAGE = re.compile(
    r"[-—]*(?:第\d{1,5}[页頁](?:\W?共\d{1,5}[页頁])?|page\d{1,5}(?:(?:of|/)\d{1,5})?|\d{1,5}/\d{1,5}[页頁])[-—]*"
)
LONGEST_APART = 40  # characters of what says that a row is no case
_NUMBER = re.compile(r"[-+]?[¥$€£]?\s*[-+]?(\d[\d,]*)(\.\d+|(?::\d\d){1,2})?\s*(?:%|[^\W\d_]{0,3})")
_TELEPHONE = re.compile(r"1\d{10}|0\d{9,11}")
_DATED = re.compile(r"\d{4}[-/.年]\d")
_SIGNED = re.compile(
    r"(?:部门|主管|客服|公司|单位|项目|领导|经理|负责人)*(?:(?:制表|制单|填表|填报|编制|审核|复核|审批|批准|打印|导出|统计|签字|签名|盖章|负责人)"
    r"(?:人|员|者|时间|日期|单位|部门)?:.*|(?:制表|填表|填报|审核|复核|打印|导出)(?:人|时间|日期))"
)
_REMARK = re.compile(
    r"(?:注|备注|说明|附注)\d?:.{0,40}(?:本表|以上|数据|统计|口径|截止|填写|单位).{0,40}"
    r"|(?:generated(?:on|by)|printedon|exportedon|preparedby):.{1,60}|[-—=*]*endofreport[-—=*]*"
    r"|(?:copyright)?(?:©|\(c\)|(?<=copyright)(?=\d{4}))\D{0,40}(?:19|20)\d\d.{0,80}|.{0,60}allrightsreserved\W?"
    r"|confidential(?:information)?\W{1,3}(?:donot|notfor|internal).{0,40}|版权所有.{0,60}"
    r"|(?:数据来源|数据截至|统计口径|导出说明|温馨提示|免责声明)[:：].{0,60}"
    r"|[-—=*]*(?:以下空白|以下无内容|以下无正文|无以下内容|结束|完|end)[-—=*]*"
)
_SIGNED_HINT = re.compile("[:：人期间注明©]|以下|结束|完|版权|end|by|on|copy|reserved", re.IGNORECASE)
_CODE = re.compile(r"\S{0,60}\d\S{0,60}|[\d\s:/.\-年月日时分秒]{4,30}")
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


_RULE = re.compile(r":?-{2,}:?")

# What stands in the first cell of any such row, at most; all other rows need no closer look.
MAY_BE_APART = re.compile(
    r"^\s*$|^\s*:?--|[计計共总總和汇记:：人期间注明完均页頁©]|以下|结束|版权|total|sum|average|mean|by|on|end|copy|reserved|page",
    re.IGNORECASE,
)


def is_sums(cells: Sequence[str]) -> bool:
    """Tell whether a row is one of sums by its first filled cell, and since nothing but numbers stands behind it.

    So is one that only says which page it stands on.
    """
    first = cells[0] if cells else ""
    if not first or first.isspace():
        first = next((cell for cell in cells if cell and not cell.isspace()), "")
    if not _HINT.search(first, 0, LONGEST_APART) or len(first) > LONGEST_APART or len(cells) < 2:
        return False
    said, others = spelling(first), [cell for cell in map(str.strip, cells) if cell][1:]
    if not others and _PAGE.fullmatch(said):
        return True
    numbers = sum(map(_is_number, others))
    named = _SUMS.fullmatch(said) or (numbers and _SUMS_OF.fullmatch(said))
    return bool(named) and all(_is_number(cell) or says_nothing(cell) or _is_named(cell) for cell in others)


def is_rule(cells: Sequence[str]) -> bool:
    """Tell whether a row draws the line below the headings, as Markdown does."""
    filled = [cell for cell in map(str.strip, cells) if cell]
    return len(filled) > 1 and all(map(_RULE.fullmatch, filled))


def ends_table(cells: Sequence[str]) -> bool:
    """Tell whether a row may stand below a table and is no case: who made it, a remark, or numbers alone."""
    return are_numbers(cells) or _is_signature(cells)


def is_code(cell: str) -> bool:
    """Tell whether a cell may be a number or a date as tables begin with: digits in one word, or nothing but a time."""
    return _CODE.fullmatch(cell.strip()) is not None


def is_alone(cells: Sequence[str]) -> bool:
    """Tell whether nothing but the first cell of a row of several is filled."""
    return len(cells) > 1 and bool(cells[0].strip()) and not any(map(str.strip, cells[1:]))


def _is_signature(cells: Sequence[str]) -> bool:
    first, *others = [cell for cell in map(str.strip, cells) if cell] or [""]
    if not first or len(cells) < 2 or not _SIGNED_HINT.search(first, 0, LONGEST_APART):
        return False
    said = spelling(first)
    if _SIGNED.fullmatch(said):
        return not any(len(cell) > LONGEST_APART or _may_be_fact(cell) for cell in others)
    return not others and _REMARK.fullmatch(said) is not None


def _may_be_fact(cell: str) -> bool:
    """Tell whether a cell may be a fact of a case: a telephone number or a day."""
    plain = unicodedata.normalize("NFKC", cell)
    return bool(_TELEPHONE.search(plain) or _DATED.match(plain))


def are_numbers(cells: Sequence[str]) -> bool:
    """Tell whether nothing but numbers stands in a row, and none under the first heading."""
    if len(cells) < 2 or cells[0].strip():
        return False
    return all(_is_number(cell) for cell in map(str.strip, cells) if cell)


def _is_named(cell: str) -> bool:
    return len(cell) <= LONGEST_APART and _SUMS.fullmatch(spelling(cell)) is not None


def _is_number(cell: str) -> bool:
    """Tell whether a cell is a number, with its sign and unit; a telephone number or a day is none."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", cell)) if len(cell) <= LONGEST_APART else None
    if found is None:
        return False
    return bool(found[2]) or not (_TELEPHONE.fullmatch(found[1]) or _DAY.fullmatch(found[1]))
