"""A first week at a desk, in Chinese, on a terminal of 80 columns and on one of 140: every screen is kept.

`transcripts/week/*.txt` have the screens. UPDATE_TRANSCRIPTS=1 writes them.
"""

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from afterservice_cli.output_text import width
from own_words import OWN_WORDS, WORDS, ids_of, left_in_english
from terminals import Answers, line_at_terminal

WEEK = Path(__file__).parent / "transcripts" / "week"
SHELL = 'afterservice() { command afterservice --now "$CLOCK" "$@"; }\n'
ENTER = "\r"
# What a terminal is told beside text: where to write, in which colour, and how pastes are marked.
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r(?!\n)|\x07")


class Step(NamedTuple):
    """A line that is typed at a time, and what is answered at its questions."""

    clock: str
    line: str
    answers: Answers = ()


JSON = (
    '{"channel": "email", "kind": "建议", "customer": "周敏", "contact": "zhou@example.com", '
    '"description": "希望夜里能调暗一点"}'
)
THE_WEEK = (
    Step("2026-11-02 09:00", "afterservice init"),
    # Ten cases: asked for, by options, as JSON.
    Step(
        "2026-11-02 09:05",
        "afterservice register",
        (
            *(("> ", f"热线等了半个多小时还是没人接{ENTER}"), ("> ", f"打了三次{ENTER}"), ("> ", ENTER)),
            *(("渠道：", f"电话{ENTER}"), ("类型", f"3{ENTER}"), ("客户", f"李敏{ENTER}")),
            *(("联系方式", f"13800000021{ENTER}"), ("产品", ENTER)),
        ),
    ),
    Step(
        "2026-11-02 09:20",
        "afterservice register 收到的花瓶灯碎了，要求退款 --channel phone --kind 投诉 "
        "--customer 陈强 --contact 13700000045 --field 订单号=A1001",
    ),
    Step("2026-11-02 09:25", f"echo '{JSON}' | afterservice register -"),
    Step("2026-11-02 09:30", "afterservice register 不好用 --channel app --customer 王芳 --contact 13900000033"),
    Step("2026-11-02 09:31", "afterservice screen last --vague"),
    Step("2026-11-02 09:40", "afterservice register APP打不开，一点就闪退 --channel app --customer 赵磊 --contact 136"),
    Step(
        "2026-11-02 10:00",
        "afterservice register 怎么开发票 --channel website --kind 咨询 --customer 孙丽 --contact 135",
    ),
    Step(
        "2026-11-02 10:05",
        "afterservice register 充电时发烫冒烟 --channel phone --kind 投诉 --customer 吴刚 --contact 134",
    ),
    Step(
        "2026-11-02 10:06",
        "afterservice register 快递三天没动静 --channel phone --kind 投诉 --customer 郑洁 --contact 133",
    ),
    Step(
        "2026-11-02 10:10",
        "afterservice register 收费比说好的多 --channel store --kind 投诉 --customer 冯超 --contact 132",
    ),
    Step(
        "2026-11-02 10:12", "afterservice register 灯罩颜色和图片不一样 --channel phone --customer 卫平 --contact 131"
    ),
    Step("2026-11-02 10:15", "afterservice list"),
    Step("2026-11-02 10:15", "afterservice due"),
    # The work of a day.
    Step("2026-11-02 10:20", "afterservice respond 1 已致电道歉，早班少一名客服 --as lin"),
    Step("2026-11-02 10:25", "afterservice amend 5 --set 联系方式=13600000099", (("：", f"听错了{ENTER}"),)),
    Step("2026-11-02 10:30", "afterservice assign 9 --to finance", (("：", f"费用问题归财务{ENTER}"),)),
    Step("2026-11-02 10:40", "afterservice pause 10", (("：", f"等待客户{ENTER}"),)),
    Step("2026-11-02 11:00", "afterservice note 4 --from-customer 连不上蓝牙"),
    Step("2026-11-02 11:05", "afterservice investigate 7 已请客户停用，样品寄回 --as li"),
    Step(
        "2026-11-02 11:30", "afterservice propose 2 --disposition refund --give refund=268 照片显示运输破损 --as song"
    ),
    Step("2026-11-02 11:40", "afterservice approve 2 --as zheng"),
    Step("2026-11-02 13:30", "afterservice agree 2 --yes"),
    Step("2026-11-02 14:00", "afterservice resume 10"),
    Step("2026-11-02 14:10", "afterservice show 2"),
    Step("2026-11-02 14:20", "afterservice explain 7"),
    # A low rating with its second visit, and a case that comes back.
    Step("2026-11-03 09:30", "afterservice resolve 1", (("> ", f"早班加了一名客服{ENTER}"), ("> ", ENTER))),
    Step("2026-11-03 10:00", "afterservice confirm 1 --yes"),
    Step("2026-11-03 10:01", "afterservice rate 1 2 --comment 等得太久"),
    Step("2026-11-03 10:02", "afterservice close 1"),
    Step("2026-11-04 09:30", "afterservice task 1 visit 已回访，客户接受 --as sun"),
    Step("2026-11-04 09:31", "afterservice close 1"),
    Step("2026-11-04 11:00", "afterservice close 6 --resolution 已寄出发票 --confirmed --rating 5"),
    Step("2026-11-05 09:00", "afterservice reopen 6", (("：", f"抬头开错了{ENTER}"),)),
    Step("2026-11-05 09:10", "afterservice due"),
    Step("2026-11-05 09:11", "afterservice tasks"),
    Step("2026-11-05 09:12", "afterservice list --all"),
    Step("2026-11-06 17:30", "afterservice escalate"),
    Step("2026-11-06 17:40", "afterservice report --month this"),
)


def screens(folder: Path, columns: int) -> str:
    """The whole week as it stands on a terminal, the question marks and answers with it."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    found = []
    for step in THE_WEEK:
        env = {"AFTERSERVICE_LANG": "zh", "CLOCK": step.clock, "PATH": path, "COLUMNS": str(columns)}
        shell = ["bash", "--norc", "-c", SHELL + step.line]
        shown = line_at_terminal(folder, shell, columns=columns, answers=step.answers, env=env)
        text = re.sub(r"\b[0-9a-f]{12,}\b", "<hash>", CONTROL.sub("", shown.out).replace("\r", ""))
        said = "\n".join(line.rstrip() for line in text.replace(str(folder), "<folder>").splitlines())
        exit_code = f"\n[exit {shown.code}]" if shown.code else ""
        found.append(f"# {step.clock}\n$ {step.line}\n{said}{exit_code}\n")
    return "\n".join(found)


@pytest.mark.parametrize("columns", [80, 140])
def test_a_first_week(columns: int, tmp_path: Path) -> None:
    place = WEEK / f"{columns}.txt"
    shown = screens(tmp_path, columns)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        place.parent.mkdir(exist_ok=True)
        place.write_text(shown, "utf-8")
    assert shown == place.read_text("utf-8")
    known = OWN_WORDS | ids_of(tmp_path) | {"root", "hash", "exit", "P90"}
    typed = {word for step in THE_WEEK for word in WORDS.findall(step.line)}
    before = ""
    for line in shown.splitlines():
        if not line.startswith(("$ ", "# ")):
            # What a customer is told is printed as it is to be sent, and a command as it is to be typed.
            assert width(line) <= columns or before.startswith("消息 →") or "afterservice " in line, line
            assert left_in_english(line, known | typed) == [], line
        before = line
