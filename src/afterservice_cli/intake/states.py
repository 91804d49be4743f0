"""A column that says how far cases are, without a date: what its words may mean, for a person to decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.meanings import plain
from afterservice_cli.intake.sampling import Sample

_HEADINGS = frozenset(
    [
        *(
            "处理状态",
            "工单状态",
            "当前状态",
            "案件状态",
            "状态",
            "处理进度",
            "进度",
            "完成情况",
            "办理进度",
            "是否解决",
            "是否完成",
            "是否关闭",
        ),
        *("status", "state", "ticketstatus", "casestatus", "currentstatus", "progress"),
    ]
)
_OTHER_STATES = ("审核", "支付", "付款", "物流", "发货", "订单", "客服介入", "库存", "设备", "账号", "在线")
_ENDED = frozenset(
    [
        *("已完成", "完成", "已解决", "解决", "已关闭", "关闭", "已归档", "归档", "已结案", "结案", "已办结", "办结"),
        *("已处理", "处理完成", "处理完毕", "完结", "已完结", "是"),
        *("closed", "done", "completed", "complete", "resolved", "finished", "solved", "yes"),
    ]
)
_WORDS = 20  # different words, beyond which a column holds no states


class States(Frozen):
    """The column that says how far a case is, and by its words what has happened, as `status: means:` has it."""

    column: str
    means: Mapping[str, str]


def states_of(sample: Sample, unused: Collection[str]) -> States | None:
    """Return the column of states among those `unused`; None if there is none."""
    for column in sample.columns:
        if (
            column.filled
            and column.heading in unused
            and _is_of_states(plain(column.heading))
            and len(column.cells) <= _WORDS
        ):
            return States(column.heading, {word: _meant(word) for word in column.cells})
    return None


def _is_of_states(heading: str) -> bool:
    return heading in _HEADINGS or (heading.endswith("状态") and not heading.startswith(_OTHER_STATES))


def _meant(word: str) -> str:
    return "[resolved, closed]" if plain(word) in _ENDED else "open"
