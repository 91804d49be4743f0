"""Writes docs/metrics.md, and in Chinese under zh/: python docs/generate_metrics.py.

Names, words and definitions come from where the figures are declared, their Chinese from the catalogue. What is worked
out by hand below them is kept as it stands in the page.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from afterservice_cli.figures.above import COUNTS, RATES, figures_of_duty
from afterservice_cli.figures.cases import NUMBERS, SCORES, SHARES, TIME_FIGURES
from afterservice_cli.figures.counting import Figure
from afterservice_cli.figures.named import figures_of_given, figures_of_question, figures_of_target
from afterservice_cli.language import LANGUAGES
from afterservice_cli.render.reports.report import definition

HERE = Path(__file__).parent

ABOVE = {
    "en": """# The figures of a report

[中文](zh/metrics.md)

Each figure has one name and one definition, whatever prints it: the screen, a file, `report --metric NAME`.
`report --define NAME` says what stands here, `report --cases NAME` lists the cases that a figure counts. A period
begins at midnight at the desk and ends before the midnight after its last day. What happened counts in the period in
which it happened, not in which it was recorded; what was taken back does not count. The category, priority, owner and
person of a case are those it has as of the report.

A row of a table has its cases, too: `report --by product --cases registered --row "Lamp 2"` lists what `--by product`
counts in that row, `--row -` what has no product. Of deadlines a row may be one of `--by target` or of `--by recorder`
(who recorded late what was answered in time), of the backlog one of `--by age`. What happened in one part of a period
has that part as its period: `--from 2026-10-05 --to 2026-10-05`.

How many units of each product were sold is told by a file, a table with the columns `product`, `units` and, if it has
them, `month`: `report --sales sales.csv`. They are known as those of imports are, in both languages and any width and
case (产品型号, 数量, 销售月份), whatever else the table has. What was sold in a month counts for every period that ends
after that month has begun; without months all of it counts. The fault rate is of the cases that the report is about:
`--category product.defect` leaves out what is no fault. A further column that is called as a field of one value, by
its id or a title (or 批号 for 批次), tells units apart by that, as by the production batch: the report has the fault
rate of each value, and so has `--by batch`. What is personal tells nothing apart.
""",
    "zh": """# 报告里的数

[English](../metrics.md)

每个数只有一个名称、一个定义，不论在屏幕上、文件里还是由 `report --metric NAME` 打印。
`report --define NAME` 说的就是这里写的，`report --cases NAME` 列出一个数所数的工单。
一段时间从台账时区的零点开始，到最后一天之后的零点之前为止。事情算在发生的时段，不算在记录的时段；撤回了的不算。
工单的类别、优先级、部门和负责人取出报告时的值。

表里的每一行也有自己的工单：`report --by product --cases registered --row "台灯 2"` 列出 `--by product` 那一行所数的，
`--row -` 列出没有产品的。时限还可以按 `--by target` 或 `--by recorder`（按时响应却补录的，是谁记的）取一行，
未结工单可以按 `--by age` 取一行。一段时间里的某一天，就把那天当作时段：`--from 2026-10-05 --to 2026-10-05`。

每种产品卖出多少，由一个文件说明，列名是 `产品`、`销量`，有月份的再加 `月份`：`report --sales sales.csv`。
列名和导入一样认：中英文、全角半角、大小写都可以（`产品型号`、`数量`、`销售月份`），表里有别的列也无妨。
某月卖出的，凡在该月开始之后结束的时段都算；没有月份的全部都算。
故障率只看报告所涉及的工单：`--category product.defect` 把不是故障的排除在外。
还可以有几列，列名是某个单值字段的标识或名称，例如 `生产批次`（写成 `批号` 也认）：
报告就有各个批次的故障率，`--by batch` 也有。
个人信息的字段不能这样用。
""",
}
HEADINGS: Mapping[str, tuple[str, str]] = {
    "numbers": ("Numbers", "数量"),
    "shares": ("Shares", "比率"),
    "times": ("Times", "用时"),
    "scores": ("Scores", "评分"),
    "target": ("Of each target and task", "每项时限和任务"),
    "question": ("Of each question", "每个问题"),
    "gift": ("Of what is given", "给付"),
    "above": ("Above single cases", "单张工单之上"),
    "duty": ("Of each duty", "每项例行工作"),
}
BY_HAND = {"en": "## Worked out by hand", "zh": "## 手算一遍"}  # below it nothing is generated
HEAD = {"en": "| name | figure | definition |", "zh": "| 名称 | 项目 | 定义 |"}
ANY = {
    "en": ("the target", "the question", "the disposition", "what is given", "unit", "the duty"),
    "zh": ("时限", "问题", "处理方式", "给付", "单位", "例行工作"),
}


def pages() -> dict[str, str]:
    """Return every page by its name."""
    names = zip(LANGUAGES, ("zh/metrics.md", "metrics.md"), strict=True)
    return {name: f"{_page(language)}\n{_by_hand(language, HERE / name)}" for language, name in names}


def _by_hand(language: str, page: Path) -> str:
    """Return what the page works out by hand, from its heading on."""
    _, heading, text = page.read_text("utf-8").partition(BY_HAND[language])
    assert heading, page
    return heading + text


def _page(language: str) -> str:
    target, question, disposition, given, unit, duty = ANY[language]
    titles = {"disposition": disposition, "given": given, "unit": unit}
    gifts = [*figures_of_given("", "KIND", titles), *figures_of_given("DISPOSITION", "KIND", titles)]
    sections: Mapping[str, Iterable[Figure]] = {
        "numbers": NUMBERS,
        "shares": SHARES,
        "times": TIME_FIGURES,
        "scores": SCORES,
        "target": figures_of_target("TARGET", target),
        "question": figures_of_question("QUESTION", question),
        "gift": gifts,
        "above": (*COUNTS, *RATES),
        "duty": figures_of_duty("duty:DUTY", duty),
    }
    lines = [ABOVE[language]]
    for name, figures in sections.items():
        lines += [f"## {HEADINGS[name][language == 'zh']}", "", HEAD[language], "|---|---|---|"]
        lines += [f"| `{one.name}` | {one.title(language)} | {definition(one, language)} |" for one in figures]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
