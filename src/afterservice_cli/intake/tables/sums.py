"""Rows that are no cases: sums (合计, `Total`, 平均), and what stands below a table (制表人, numbers alone)."""

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
_HINT = re.compile("[计計共总總和汇记均]|total|sum|average|mean", re.IGNORECASE)
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
    r"|(?:generatedon|printedon|exportedon|preparedby):.{1,40}|[-—=*]*endofreport[-—=*]*"
    r"|[-—=*]*(?:以下空白|以下无内容|以下无正文|无以下内容|结束|完|end)[-—=*]*"
)
_SIGNED_HINT = re.compile("[:：人期间注明]|以下|结束|完|end|by|on", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


# What stands in the first cell of any such row, at most; all other rows need no closer look.
MAY_BE_APART = re.compile(
    r"^\s*$|[计計共总總和汇记:：人期间注明完均]|以下|结束|total|sum|average|mean|by|on|end", re.IGNORECASE
)


def is_sums(cells: Sequence[str]) -> bool:
    """Tell whether a row is one of sums by its first filled cell, and since nothing but numbers stands behind it."""
    first = cells[0] if cells else ""
    if not first or first.isspace():
        first = next((cell for cell in cells if cell and not cell.isspace()), "")
    if not _HINT.search(first, 0, LONGEST_APART) or len(first) > LONGEST_APART or len(cells) < 2:
        return False
    said, others = spelling(first), [cell for cell in map(str.strip, cells) if cell][1:]
    numbers = sum(map(_is_number, others))
    named = _SUMS.fullmatch(said) or (numbers and _SUMS_OF.fullmatch(said))
    return bool(named) and all(_is_number(cell) or says_nothing(cell) or _is_named(cell) for cell in others)


def ends_table(cells: Sequence[str]) -> bool:
    """Tell whether a row may stand below a table and is no case: who made it, a remark, or numbers alone."""
    return _are_numbers(cells) or _is_signature(cells)


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


def _are_numbers(cells: Sequence[str]) -> bool:
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
