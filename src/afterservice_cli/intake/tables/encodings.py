"""Which encoding a file has, and that it is text in it: no text is read that nobody wrote."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable
from itertools import chain

from afterservice_cli.errors import BadInput
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.tables.source import SourceFile, called
from afterservice_cli.language import listed, tr

# What a profile or an option may name, and what Windows makes of it.
CODECS = {
    "utf-8": "utf-8",
    "utf-16": "utf-16-le",
    "gb18030": "gb18030",
    "big5": "cp950",
    "shift-jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "windows-1252": "cp1252",
}
_ALIASES = {"utf8": "utf-8", "utf16": "utf-16", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030"} | {
    "sjis": "shift-jis",
    "shift_jis": "shift-jis",
    "cp932": "shift-jis",
    "cp950": "big5",
    "cp949": "euc-kr",
    "cp1252": "windows-1252",
}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8", "utf-8"),
    (b"\xff\xfe", "utf-16", "utf-16-le"),
    (b"\xfe\xff", "utf-16", "utf-16-be"),
)

_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]+")
# Letters, signs and private characters beyond ASCII; punctuation and full-width forms say nothing.
_LETTERS = re.compile("[^\\x00-\\x7f\u00b7\u2000-\u206f\u3000-\u303f\uff00-\uffef]+")
_MOSTLY = 0.7  # so much of what is beyond ASCII reads as UTF-8 in damaged UTF-8 (0.97 and more), in GB18030 0.4 at most
_COMMON = 0.3  # so many letters are common in Chinese (0.6 and more); of Big5, Japanese or Korean read as GB18030 0.15
_ENOUGH = 100  # bytes or letters beyond ASCII that are no accident
_FEW = 20  # bytes of UTF-8 that no other encoding comes to by accident
_SAMPLE = 16_384  # bytes of each piece in which letters are counted


class Encoding(Frozen):
    """How bytes are text: `name` as it is said, `codec` as Python reads it, `skip` bytes of a mark before the text."""

    name: str
    codec: str
    skip: int = 0

    def stream(self, source: SourceFile) -> io.TextIOWrapper:
        """Return the text of a source, its line ends as they are."""
        return io.TextIOWrapper(source.stream(self.skip), encoding=self.codec, newline="")

    def beginning(self, source: SourceFile) -> str:
        """Return the text of the first piece of a source; what cannot be read is replaced."""
        return source.beginning()[self.skip :].decode(self.codec, errors="replace")


class Fault(Frozen):
    """A byte that is no text: the line in which it stands, and whether it is a zero, which no text has."""

    line: int
    zero: bool


def named_encoding(text: str) -> str:
    """Return the name of the encoding that is meant; ValueError if it is none that can be read."""
    plain = text.strip().casefold()
    name = _ALIASES.get(plain, plain)
    if name not in CODECS:
        raise ValueError(tr("'{text}' is no encoding – write one of {known}", text=text, known=listed(CODECS)))
    return name


def recognise(source: SourceFile, asked: str | None, headings: Callable[[Encoding], int]) -> Encoding:
    """Decide the encoding of a source, having read all of it; `headings` counts those known in an encoding.

    A mark decides, then what is `asked`, then strict UTF-8, then GB18030 if it is Chinese in it. `BadInput` names
    the line of the first byte that does not fit.
    """
    data = source.beginning(4)
    marked = next((Encoding(name, codec, len(mark)) for mark, name, codec in _MARKS if data.startswith(mark)), None)
    if marked or asked:
        return _given(source, marked or Encoding(str(asked), CODECS[str(asked)]))
    utf_8, gb = (Encoding(name, CODECS[name]) for name in ("utf-8", "gb18030"))
    fault = first_fault(source, utf_8)
    lead = headings(gb) - headings(utf_8)
    if not fault and lead <= 0:
        return utf_8
    like_utf_8 = _is_like_utf_8(source, least=_ENOUGH if lead > 0 else 1)
    if lead >= 0 and not first_fault(source, gb):
        chinese = (lead > 0 and not like_utf_8) or _is_chinese(source, gb)
        if chinese and (not like_utf_8 or _is_of_pairs(source)):
            return gb
    if not fault:
        return utf_8
    raise _in_none(source, fault, damaged=like_utf_8 or lead < 0)


def _in_none(source: SourceFile, fault: Fault, *, damaged: bool) -> BadInput:
    """Return what refuses a source that is neither UTF-8, where `fault` is, nor GB18030; `damaged` if it was UTF-8."""
    name = called(source.path)
    gb = first_fault(source, Encoding("gb18030", CODECS["gb18030"]))
    if zero := next((each for each in (fault, gb) if each and each.zero), None):
        return _no_text(source, zero)
    if damaged:
        return BadInput(
            tr("{file} is damaged: line {line} is not UTF-8, as the rest is", file=name, line=fault.line),
            hint=tr("save it anew, as UTF-8"),
        )
    return BadInput(
        tr("{file} is not UTF-8 from line {line} on, and no Chinese in GB18030 either", file=name, line=fault.line),
        hint=_encodings(),
    )


def _no_text(source: SourceFile, zero: Fault) -> BadInput:
    """Return what refuses a source with a zero in it: text in UTF-16 that does not say so, or no text at all."""
    name, begin = called(source.path), source.beginning()
    wide = b"\n\0" in begin and begin[1::2].count(0) > begin[::2].count(0)
    if wide and not first_fault(source, Encoding("utf-16", CODECS["utf-16"])):
        return BadInput(
            tr("{file} is UTF-16 without a mark that says so", file=name),
            hint=tr("add --encoding utf-16, or save it as UTF-8"),
        )
    return BadInput(
        tr("{file} has a NUL byte in line {line}: it is no text file, or was cut off", file=name, line=zero.line),
        hint=tr("open it in the program that it comes from, and save it anew, as CSV (UTF-8) or .xlsx"),
    )


def _encodings() -> str:
    return tr("save it as UTF-8, or add --encoding with one of {known}", known=listed(CODECS))


def _given(source: SourceFile, given: Encoding) -> Encoding:
    """Return an encoding that a mark or a person names; `BadInput` if the source is no text in it, or plainly UTF-8."""
    name = called(source.path)
    if fault := first_fault(source, given):
        if fault.zero:
            raise _no_text(source, fault)
        raise BadInput(
            tr("line {line} of {file} is no text in {encoding}", line=fault.line, file=name, encoding=given.name),
            hint=_encodings(),
        )
    if not given.name.startswith("utf") and _is_like_utf_8(source, least=_FEW):
        raise BadInput(
            tr("{file} is UTF-8, or was before it was damaged, and not {encoding}", file=name, encoding=given.name),
            hint=tr("save it anew, as UTF-8, and name no encoding"),
        )
    return given


def first_fault(source: SourceFile, encoding: Encoding) -> Fault | None:
    """Return the first byte that is no text in an encoding, or the first zero; None if there is none."""
    decoder = codecs.getincrementaldecoder(encoding.codec)()
    line, last = 1, ""
    for piece in chain(source.pieces(encoding.skip), [b""]):
        try:
            text, fault = decoder.decode(piece, final=not piece), False
        except UnicodeDecodeError as error:
            text, fault = error.object[: error.start].decode(encoding.codec), True
        before, zero, _ = text.partition("\0")
        line += _line_ends(before, last)
        if fault or zero:
            return Fault(line, bool(zero))
        last = text[-1:] or last
    return None


def _line_ends(text: str, last: str) -> int:
    """Count the line ends in a text that follows a character."""
    both = text.count("\r\n") + (last == "\r" and text.startswith("\n"))
    return text.count("\n") + text.count("\r") - both


def _is_like_utf_8(source: SourceFile, least: int) -> bool:
    """Tell whether most of what is beyond ASCII reads as UTF-8, if that is so many bytes at least."""
    high = as_utf_8 = 0
    for piece in source.pieces():
        looked_at = piece[:_SAMPLE]
        high += sum(map(len, _HIGH.findall(looked_at)))
        as_utf_8 += sum(map(len, _UTF_8.findall(looked_at)))
    return high >= least and as_utf_8 >= _MOSTLY * high


def _is_of_pairs(source: SourceFile) -> bool:
    """Tell whether what reads as UTF-8 is mostly of two bytes, as no Chinese is in UTF-8 and some is in GB18030."""
    pairs = longer = 0
    for piece in source.pieces():
        for found in _UTF_8.findall(piece[:_SAMPLE]):
            pairs += len(found) == 2
            longer += len(found) > 2
    return pairs > longer


def _is_chinese(source: SourceFile, encoding: Encoding) -> bool:
    """Tell whether a source is Chinese in GB18030, and not another encoding that happens to read as it."""
    letters = common = 0
    for piece in source.pieces():
        if piece.isascii():
            continue
        if any(map(_is_utf_8, piece.splitlines())):
            return False
        text = "".join(_LETTERS.findall(piece[:_SAMPLE].decode(encoding.codec, errors="ignore")))
        found = sum(map(COMMON.__contains__, text))
        if len(text) >= _ENOUGH and found < _COMMON * len(text):
            return False
        letters += len(text)
        common += found
    return common >= _COMMON * letters


def _is_utf_8(line: bytes) -> bool:
    """Tell whether a line is UTF-8 with characters of three bytes, which no Chinese in GB18030 comes to by accident."""
    if line.isascii():
        return False
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return False
    return sum(char >= "\u0800" for char in text) >= 2


# Characters that are common in what customers write, in names and in addresses, simplified and traditional.
COMMON = frozenset(
    "不款的一了能汽动信理是息机功有大核我审还电处众没用送上车发东版型服人时诉缺在陷自投要响议"
    "建到风配后水客个好华就已品手家报反天开现行速无度商本延迟致都来馈举分这解话太豪异说化买价"
    "也下损很务望么多故换两货产国小期问优次京田点障收过给器箱法装退日破决马厂中希打系回驱安保"
    "格漏费利户卡线店达重间题单生为态求差快座变灯经长裂通方以宝热广北月修出接标员应般工件号适"
    "受舒三影联请新油面可和前进成智果评知道实合计高门元更完直量途金底年子腾头平起银质丰迪看明"
    "失意精售片常启口会转板样支奇什照程算全复尚急内提他屏盘使专加坏包严领台们代吃每错正紧味消"
    "再才向未之想外比结部音维公其然洗歉情逸你力贵定真尊享先流怎里购按持吉术技去导感几钱奔同晨"
    "但等别最得拉慢捷记英认业网清心放第您张管体贷驶对烧作西四条超于确票双示设归火并半额告备运"
    "办足取只改气物邮轮像因声短司特身主锈周且档键由挡组销关池克亮而存扣斯驰险让伤二探非登补掉"
    "催当查付规十尔满皮观朗亚地显离递被原空少伟停着餐旗订啊密难五源又需传账跟表名控活予荣如窗"
    "何统今帝询壶所续烦与否龙级红断式越便万光录己谢增抖责顿值码简偿路烟申低幕象调黑舰威充候蓝"
    "色刹把柯肉菜迈协那王李刘陈杨黄赵吴徐孙朱胡郭林罗梁宋郑韩唐冯董萧曹袁邓许傅沈曾彭吕苏卢蒋"
    "蔡贾魏薛叶阎余潘杜戴夏钟汪任姜范石姚谭廖邹熊陆郝孔白崔毛邱秦江史顾侯邵孟段雷汤尹黎武乔贺"
    "赖龚文芳娜敏静丽强磊军洋勇艳杰娟涛秀霞刚桂玉兰志鹏宇浩欣佳怡雨梓轩晓燕梅玲海山云春辉斌婷"
    "倩悦省市区县街室楼栋村镇這個們來說時會對發過還電話機關開問題無沒後見現點經樣國學應當實長"
    "動貨訂單戶請謝務產質壞"
)
