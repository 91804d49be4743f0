"""Texts that a person gives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from afterservice_cli.errors import BadInput
from afterservice_cli.language import tr

LONGEST = 100_000  # characters of one text; longer ones are files by mistake
_REMEMBERED = 1024  # texts: what an import has read ahead is asked for again when it is recorded
# What a keyboard, a web page or a spreadsheet leaves between letters, and nobody sees.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
# Whatever a keyboard or a word processor makes of a hyphen is one.
HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_PLAIN = {**_UNSEEN, **HYPHENS}
# What stands in the place of something that nobody has or knows.
_NOTHING = frozenset(
    [
        *("无", "没有", "暂无", "未知", "不详", "空", "保密", "待补充", "無", "沒有", "暫無", "不詳"),
        *("n/a", "n.a.", "na", "null", "none", "nil", "unknown", "tbd", "tba", "withheld"),
    ]
)
# The same in more words: 没电话, 未留联系方式, 不愿透露姓名, 不知道; no phone, not provided.
_THING = "(?:电话|电话号码|手机|手机号|手机号码|号码|联系方式|联系电话|邮箱|姓名|名字|信息|资料)"
_NO_THING = (
    rf"(?:无|没有?|暂无|缺){_THING}|(?:未|没有?|不愿意?|不肯|不想|拒绝?|不便|不方便|不)(?:留下?|提供|填写?|透露|告知|说){_THING}?"
    r"|(?:不|未)(?:知道?|清楚|明)|no(?:phone|number|phonenumber|mobile|email|mail|contact|name|data|info|answer)"
    r"|not(?:given|provided|known|available|disclosed|stated|specified|applicable|sure)"
)
_LONGEST_NOTHING = 24  # signs; whatever says so is short
_NAMES = frozenset(["na", "null", "none", "nil"])  # words for nothing that people are called, too
# What stands in the place of the name of a customer who gave none.
_NOBODY = frozenset(
    [
        *("无名氏", "佚名", "不愿透露", "不愿透露姓名", "不具名", "保密", "匿名者"),
        *("匿名", "匿名客户", "匿名用户", "匿名顾客", "尊敬的客户", "尊敬的用户", "尊敬的顾客", "客户", "用户", "顾客"),
        *("佚名", "无名氏", "anonymous", "noname"),
    ]
)
_SIGNS = r"[-_/\\.?*]+"
_AROUND = "\"'“”‘’()[]<>【】《》「」。.!,;:"  # what may stand around a word that says so
_NO_NUMBER = r"(?a)0{5,}|1{7,}"
# What stands before or around a number and only says that it is one: #1001, No. 1001, 第1001号.
_NUMERAL = re.compile(r"(?a)第?(\d+)号|(?:#|no|nr|编号|单号|工单号?)[.:#]*(\d.*)")
# Between the digits of a number stands what somebody likes to see there.
_BETWEEN = " -()\t‐‑‒–—―−\u200b\u200c\u200d\u2060\ufeff"
# A number set in groups of digits by points, or as a spreadsheet sets thousands: 139.0000.0101, 13,900,000,101.
_GROUPED = r"(?a)\+?\d{2,4}(?:\.\d{2,4}){2,4}|\d{1,3}(?:,\d{3}){3}"
# A mobile number with 86 before it; any number with +86 or 0086; one of another country.
_ABROAD = r"(?a)(?:\+|00)?86(1[3-9]\d{9})|(?:\+|00)86(\d{7,12})|00([1-9]\d{7,13})"
# What stands before, in and behind a number: 手机：139…, 0755-…转802, 139…（微信同号）.
_LABEL = r"(?:手机号码|手机号|手机|移动电话|联系电话|电话号码|电话|座机|固话|mobile|phone|tel)[:.]?(?=[+\d])"
_EXTENSION = r"(?<=\d)(?:转|分机号?|ext\.?|x|#)(?=\d{1,6}$)"
_NOTE = r"(\+?\d{7,})[\u4e00-\u9fff]{1,12}"
# A cell may hold several numbers, names and remarks beside them, and digits that somebody has hidden.
_MOST_DIGITS = 18  # of one number with its extension
_APART = r"[/\\、,;|\n\t]|或|和|及"
_NUMBER = r"(?a)\+?\d{7,18}"
_MAIL = r"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+"
_MOBILE = r"(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}"
_LANDLINE = r"\(?0\d{2,3}\)?[ -]?\d{7,8}(?:(?: ?(?:转|分机号?|ext\.?|x|#) ?|-)\d{1,6})?"
_WITHIN = rf"(?a)(?<![\w.@-])(?:{_MOBILE}|{_LANDLINE}|{_MAIL})(?![\w@])"
_HIDDEN = r"(?a)\*{2,}|\d[x•●]{2,}\d"
_WHOLE = r"0|400|800"  # beginnings of what takes no zero before it: an area code has one


def check_text(text: str, name: str) -> str:
    """Return `text` without surrounding blanks; `BadInput` if it is too long or holds broken characters."""
    if len(text) > LONGEST:
        raise BadInput(tr("{what} has more than {most:,} characters – shorten it", what=name, most=LONGEST))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        if "\udc80" <= text[error.start] <= "\udcff":  # a byte of a command line that Python could not read
            raise BadInput(tr("{what} holds bytes that are not UTF-8 – set the terminal to UTF-8", what=name)) from None
        code = ord(text[error.start])
        raise BadInput(
            tr("{what} holds U+{code:04X}, half a character – write the character itself", what=name, code=code)
        ) from None
    return text.strip()


def optional_text(text: str | None, name: str) -> str | None:
    """Return what `check_text` makes of a text; None if there is none."""
    return check_text(text, name) if text else None


@lru_cache(_REMEMBERED)
def spelling(text: str) -> str:
    """Return the form in which words are compared: NFKC, case folded, hyphens alike, without what nobody sees."""
    if text.isascii():
        return "".join(text.casefold().split())
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN).split())
    return plain if plain.isascii() else unicodedata.normalize("NFKC", plain)


def number_spelling(number: str) -> str:
    """Return the form in which a source's numbers are compared: as words are, without what only says that it is one."""
    plain = spelling(number)
    found = _NUMERAL.fullmatch(plain)
    return found[1] or found[2] if found else plain


def pair_of(text: str) -> tuple[str, str, str]:
    """Return what stands before the first equals sign, also one of full width, then that sign, and what follows it.

    Without one, the last two are empty.
    """
    name, sign, _ = text.replace("＝", "=", 1).partition("=")
    return (name, sign, text[len(name) + 1 :]) if sign else (text, "", "")


def narrow(text: str) -> str:
    """Return a number in plain letters, NFKC, without blanks around it; as it stands if it has raised digits (²)."""
    raised = any(letter.isdigit() and not letter.isdecimal() for letter in text)
    return text.strip() if raised else unicodedata.normalize("NFKC", text).strip()


def says_nothing(text: str) -> bool:
    """Tell whether a text is a word or a sign that says there is nothing, such as 无, `N/A` or `-`."""
    plain = spelling(text)
    if plain[-1:].isdecimal() or len(plain) > _LONGEST_NOTHING:
        return False
    if plain in _NOTHING or (not plain[:1].isalnum() and re.fullmatch(_SIGNS, plain) is not None):
        return True
    bare = plain.strip(_AROUND)
    return bare in _NOTHING or re.fullmatch(_NO_THING, bare) is not None


@lru_cache(_REMEMBERED)
def is_nobody(customer: str) -> bool:
    """Tell whether a customer's name is none: a word or a sign that says so, such as 匿名 or `-`, but not `Null`."""
    plain = spelling(customer)
    return plain.strip(_AROUND) in _NOBODY or (plain not in _NAMES and says_nothing(customer))


@lru_cache(_REMEMBERED)
def is_nothing(contact: str) -> bool:
    """Tell whether a contact is none: a word or a sign that says there is nothing, or a number that nobody has."""
    plain = spelling(contact)
    return plain.strip(_AROUND) in _NOBODY or says_nothing(contact) or re.fullmatch(_NO_NUMBER, plain) is not None


# By fact, what tells whether a value of it is none: a contact that nobody has, a name that nobody bears.
NONE: Mapping[str, Callable[[str], bool]] = {"contact": is_nothing, "customer": is_nobody}


def national(contact: str) -> str:
    """Return a contact, in NFKC, without blanks, hyphens and brackets, as it is dialled here.

    A number of this country loses the country's code, another's begins with a plus sign. What says that it is one, and
    a remark behind it, are no part of it; an extension is, however it is set apart.
    """
    plain = contact if contact.isalnum() else "".join(letter for letter in contact if letter not in _BETWEEN)
    if not plain.isdecimal() and any(map(str.isdecimal, plain)):
        if re.fullmatch(_GROUPED, plain):
            plain = plain.replace(".", "").replace(",", "")
        plain = re.sub(_EXTENSION, "", re.sub(f"^{_LABEL}", "", plain))
        if noted := re.fullmatch(_NOTE, plain):
            plain = noted[1]
    found = re.fullmatch(_ABROAD, plain)
    if found is None:
        return plain
    mobile, number, other = found.groups()
    if number:
        return number if re.match(_WHOLE, number) else f"0{number}"
    return mobile or f"+{other}"


def contacts_in(contact: str) -> tuple[str, ...]:
    """Return the numbers and addresses in a contact, in NFKC and small letters, each as `national` gives it.

    What holds none is one as a whole. Nothing if digits are hidden, `139****0001` may be anybody's, nor of signs alone.
    """
    if re.search(_HIDDEN, contact) or not any(map(str.isalnum, contact)):
        return ()
    whole = national(contact)
    if whole.lstrip("+").isdecimal() and len(whole) <= _MOST_DIGITS:
        return (whole,)
    found = dict.fromkeys(number for piece in re.split(_APART, contact) for number in _numbers(piece))
    return tuple(found) or (whole,)


def _numbers(piece: str) -> list[str]:
    whole = national(piece)
    if re.fullmatch(_NUMBER, whole) or re.fullmatch(_MAIL, whole):
        return [whole]
    return [national(number) for number in re.findall(_WITHIN, piece)]
