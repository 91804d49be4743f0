"""What stands above the tables of docs/events.md, and the tables: every kind of event, and what it holds."""

import inspect
from collections.abc import Mapping
from typing import NamedTuple

from afterservice_cli.cases.bodies import NESTED
from afterservice_cli.cases.case import Event
from afterservice_cli.cases.events import EVENT_WORDS, KINDS
from afterservice_cli.cases.events.general import MessageWritten
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import speaking, tr

ABOVE = {
    "en": """# Events: everything that can be recorded

[中文](zh/events.md)

Written by `docs/generate_reference.py` from `cases/events/`; a test fails when it has drifted. What an event does to
the status of a case is drawn in [life-of-a-case.md](life-of-a-case.md).

- **word**: what a rulebook, a message template and the tables call it.
- **given by**: the commands that record it. `import` records what a file says happened before.
- **body**: its fields, beside the time at which it happened. *Those in italics* are personal: they lie beside the
  history, under a salt, and are empty after an erasure.
- **clock**: whether a target may begin (`from:`) or end (`until:`) with it. A message template may tell of the same
  events (`on:`), tasks excepted.
""",
    "zh": """# 事件：能记录的一切

[English](../events.md)

本页由 `docs/generate_reference.py` 从 `cases/events/` 生成；与程序不符时测试不通过。事件怎样改变工单的状态，见
[工单的一生](life-of-a-case.md)。

- **名称**：规则文件、消息模板和各表里的叫法。
- **命令**：哪些命令记录它。`import` 记录文件里说的以往经过。
- **内容**：它的字段，发生时间之外的。*斜体的*是个人信息：加盐存在历史记录旁边，清除之后为空。
- **时限**：时限能不能从它起算（`from:`）、到它为止（`until:`）。消息模板可以针对同样这些事件（`on:`），任务除外。
""",
}


class Words(NamedTuple):
    """What the tables of events say in a language."""

    stages: Mapping[str, str]
    head: str
    records: str
    held: str
    clock: str
    clocks: Mapping[str, str]  # what a target calls an event that has no single word
    with_another: str
    with_any: str


WORDS = {
    "en": Words(
        {
            "intake": "Intake",
            "triage": "Triage",
            "handling": "Handling",
            "closing": "Closing",
            "": "At any time, or about the desk itself",
        },
        "| event | word | what it says | given by | body | clock |",
        "What events hold",
        "| in | record | what it is | fields |",
        "yes",
        {"task_done": "`task:NAME.done`", "approved": "yes, with the last approval"},
        "any command whose event a template of `messages:` tells of",
        "any command on a case",
    ),
    "zh": Words(
        {"intake": "受理", "triage": "分派", "handling": "处理", "closing": "收尾", "": "任何时候，或关于台账本身"},
        "| 事件 | 名称 | 说明什么 | 命令 | 内容 | 时限 |",
        "事件里的记录",
        "| 字段 | 记录 | 是什么 | 内容 |",
        "可以",
        {"task_done": "`task:NAME.done`", "approved": "可以，以最后一道审批为准"},
        "凡是`messages:`的模板所针对的命令",
        "针对一单的任何命令",
    ),
}


def page(language: str) -> str:
    """Return the page in a language."""
    return f"{ABOVE[language]}\n{_tables(language)}"


def _tables(language: str) -> str:
    """Return a table of the kinds of event for each stage, and one of the records that they hold."""
    words, lines = WORDS[language], []
    with speaking(language):
        for stage, title in words.stages.items():
            lines += [f"## {title}", "", words.head, "|---|---|---|---|---|---|"]
            lines += [_event(kind, words) for kind in KINDS.values() if stage == kind.STAGE]
            lines.append("")
        lines += [f"## {words.records}", "", words.held, "|---|---|---|---|"]
        lines += [f"| `{name}` | {held.__name__} | {_said(held)} | {_fields(held)} |" for name, held in NESTED.items()]
    return "\n".join([*lines, ""])


def _event(kind: type[Event], words: Words) -> str:
    clock = words.clocks.get(kind.WORD, words.clock if kind.WORD in EVENT_WORDS else "")
    given = ", ".join(f"`{name}`" for name in kind.COMMANDS) or (
        words.with_another if kind is MessageWritten else words.with_any
    )
    cells = (kind.__name__, f"`{kind.WORD}`", _said(kind), given, _fields(kind), clock)
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _said(record: type[Frozen]) -> str:
    """The first paragraph of a docstring on one line, in the language spoken."""
    return tr(" ".join(inspect.cleandoc(record.__doc__ or "").partition("\n\n")[0].split()))


def _fields(record: type[Frozen]) -> str:
    """The names of its fields, the personal ones in italics."""
    personal = getattr(record, "PERSONAL", ())
    names = [name for name in record.__fields__ if name != "at"]
    return ", ".join(f"*{name}*" if name in personal else f"`{name}`" for name in names)
