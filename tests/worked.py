"""The desk that `docs/metrics.md` works out by hand: its rulebook, its courses and its figures, read from the page."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {"en": DOCS / "metrics.md", "zh": DOCS / "zh" / "metrics.md"}
BEGUN = {"en": "## Worked out by hand", "zh": "## 手算一遍"}
YEAR, MONTH = 2026, "2026-10"
NOW = "2026-10-30 17:00"

# What may stand in a course, and what is typed for it; {case} is the number of the row.
EN = {
    r"by (?P<channel>phone|mail) from (?P<contact>\d+): (?P<text>[^()]+?)(?: \((?P<product>.+)\))?": "register",
    r"answered(?:, recorded only at (?P<recorded>\d\d:\d\d))?": "respond {case} answered",
    "resolved": "resolve {case} mended",
    "confirmed": "confirm {case} --yes",
    "closed": "close {case}",
    r"scored: speed (?P<speed>\d), manner (?P<manner>\d)": "rate {case} speed={speed} manner={manner}",
    r"scored: speed (?P<speed>\d)": "rate {case} speed={speed}",
    "waits for the customer": "pause {case} --for customer",
    "the customer wrote again": "note {case} well --from-customer",
    "went to Service": "assign {case} --to service --reason theirs",
    "screened invalid, an advertisement": "screen {case} --invalid advert --reason advert",
    "registration taken back": "retract {case} {first} --reason mistaken",
    r"merged into case (?P<into>\d+)": "merge {case} {into} --reason twice",
    "withdrawn": "withdraw {case} --reason found",
    "reopened": "reopen {case} --reason again",
    "second visit made": "task {case} visit went",
    r"refund of (?P<money>[\d.]+) yuan and (?P<points>\d+) points planned": (
        "propose {case} --disposition refund --give money={money} --give points={points}"
    ),
    "mailbox read": "duty mailbox",
    r"problem opened by Tech about cases (?P<one>\d+) and (?P<other>\d+)": (
        "problem open Lamps --by tech --case {one} --case {other}"
    ),
    r"measure added against defects, due on (?P<until>\d+) Oct": (
        "measure add Tighten --problem 1 --category product.defect --until 2026-10-{until:0>2}"
    ),
    "measure done": "measure done 1",
    "measure judged to help": "measure judge 1 --effective yes",
}
ZH = {
    r"(?P<channel>电话|邮件)，(?P<contact>\d+)：(?P<text>[^（）]+?)(?:（(?P<product>.+)）)?": "register",
    r"响应(?:，(?P<recorded>\d\d:\d\d)才记录)?": "answered",
    "解决": "resolved",
    "客户确认": "confirmed",
    "归档": "closed",
    r"评分：速度(?P<speed>\d)，态度(?P<manner>\d)": "scored: speed 5, manner 5",
    r"评分：速度(?P<speed>\d)": "scored: speed 5",
    "等客户": "waits for the customer",
    "客户又来信": "the customer wrote again",
    "转给客服部": "went to Service",
    "筛选为无效，是广告": "screened invalid, an advertisement",
    "撤回登记": "registration taken back",
    r"并入工单(?P<into>\d+)": "merged into case 1",
    "客户撤诉": "withdrawn",
    "重新处理": "reopened",
    "再次回访": "second visit made",
    r"方案：退款(?P<money>[\d.]+)元，积分(?P<points>\d+)分": "refund of 1 yuan and 1 points planned",
    "查看邮箱": "mailbox read",
    r"技术部就工单(?P<one>\d+)和(?P<other>\d+)建立问题": "problem opened by Tech about cases 1 and 2",
    r"添加针对缺陷的措施，(?P<until>\d+)日前完成": "measure added against defects, due on 1 Oct",
    "措施完成": "measure done",
    "措施评为有效": "measure judged to help",
}
DAY = {
    "en": r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d+) Oct )?(\d\d:\d\d) ",
    "zh": r"(?:10月(\d+)日（周.）)?(\d\d:\d\d)",
}


def meant(phrase: str) -> str:
    """Return what is typed for an English phrase."""
    return next(words for known, words in EN.items() if re.fullmatch(known, phrase))


PHRASES = {"en": EN, "zh": {known: words if words == "register" else meant(words) for known, words in ZH.items()}}


class Done(NamedTuple):
    """A command line with when it is typed; `{first}` in it is the event by which its case came in."""

    now: str
    words: tuple[str, ...]


class Worked(NamedTuple):
    """A page's desk: its rulebook as YAML, what was sold as CSV, what is done, and its figures: number and cases."""

    rules: str
    sales: str
    courses: tuple[Done, ...]
    figures: dict[str, tuple[str, str]]


def worked(language: str) -> Worked:
    """Read the desk of a page."""
    _, _, text = PAGES[language].read_text("utf-8").partition(BEGUN[language])
    rules, sales = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)[0] for kind in ("yaml", "csv"))
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in text.splitlines() if line[:2] == "| "]
    done: list[Done] = []
    figures: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row[0].startswith("`"):
            names = re.findall(r"`([^`]+)`", row[0])
            values = [value.strip() for value in re.split("[;；]", row[1])]
            assert len(names) == len(values), row
            figures |= {full_name(names[0], n): (v, row[2]) for n, v in zip(names, values, strict=True)}
        elif re.fullmatch(r"\d+|–", row[0]):
            done += course(row[0], row[1], language)
    return Worked(rules, sales, tuple(sorted(done, key=lambda one: one.now)), figures)


def full_name(first: str, name: str) -> str:
    """Return a figure's name; `.p90` stands for the one that ends so, beside the first of its row."""
    return first.rpartition(".")[0] + name if name.startswith(".") else name


def course(case: str, told: str, language: str) -> Iterator[Done]:
    """Yield what is typed for the course of a case, sentence by sentence."""
    day = ""
    for sentence in filter(None, re.split(r"。|\.(?:\s+|$)", told)):
        when = re.match(DAY[language], sentence)
        assert when, sentence
        day = when[1] or day
        for phrase in re.split(r", (?=closed)|，(?=归档)", sentence[when.end() :]):
            yield typed(case, f"{YEAR}-10-{int(day):02}", when[2], phrase, PHRASES[language])


def typed(case: str, day: str, at: str, phrase: str, phrases: dict[str, str]) -> Done:
    """Return what is typed for one phrase of a course."""
    found = [(match, words) for known, words in phrases.items() if (match := re.fullmatch(known, phrase))]
    assert len(found) == 1, phrase
    match, words = found[0]
    said = {name: value for name, value in match.groupdict().items() if value}
    if words == "register":
        product = ("--product", said["product"]) if "product" in said else ()
        line = ("register", said["text"], "--channel", said["channel"], "--contact", said["contact"], *product)
        return Done(f"{day} {at}", line)
    number = f"{int(case):03}" if case.isdigit() else ""
    line = tuple(word.format(case=number, first="{first}", **said) for word in words.split())
    recorded = said.get("recorded")
    return Done(f"{day} {recorded or at}", (*line, *(("--at", f"{day} {at}") if recorded else ())))


def value(text: str) -> float | None:
    """Return the number that the page has for a figure: minutes of `2 h 30 min`, what `3/4` comes to."""
    if text in ("–", ""):
        return None
    if parts := re.findall(r"(\d+(?:\.\d+)?) ?(min|h|s|小时|分钟|秒)", text):
        units = {"h": 60, "min": 1, "s": 1 / 60, "小时": 60, "分钟": 1, "秒": 1 / 60}
        return sum(float(number) * units[unit] for number, unit in parts)
    whole = re.fullmatch(r"(\d+) ?/ ?(\d+)", text)
    return int(whole[1]) / int(whole[2]) if whole else float(text)


def cases_of(text: str) -> list[int]:
    """Return the cases that a cell names: `1, 3–5` means 1, 3, 4 and 5."""
    found: list[int] = []
    for part in filter(None, re.split(r"[,、] ?", text)):
        first, _, last = part.partition("–")
        found += range(int(first), int(last or first) + 1)
    return found
