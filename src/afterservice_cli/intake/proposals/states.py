"""A column that says how far cases are: what its words mean, and when it was if another column says that."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.proposals.sampling import Sample, Sampled
from afterservice_cli.intake.words.meanings import plain
from afterservice_cli.rulebook.model import Rulebook

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
        *("status", "state", "ticketstatus", "casestatus", "conversationstate", "currentstatus", "progress"),
    ]
)
_OTHER_STATES = ("审核", "支付", "付款", "物流", "发货", "订单", "客服介入", "库存", "设备", "账号", "在线")
OPEN, RESOLVED, ENDED, WITHDRAWN, PAUSED = "open", "resolved", "[resolved, closed]", "withdrawn", "paused"
_SAID: Mapping[str, str] = {
    OPEN: """
        处理中 正在处理 进行中 待处理 未处理 未完成 未解决 未关闭 未办结 未结 未结案 在办 办理中 待办 待办理 新建 新增
        已登记 待受理 已受理 待审核 审核中 待商家处理 待平台处理 平台处理中 待客服处理
        受理中 待分配 待派单 已派单 派单中 待跟进 跟进中 已接单 待接单 待解决 维修中 否
        open opened new pending inprogress processing assigned unassigned registered started todo
        notstarted active working unresolved unsolved no
    """,
    RESOLVED: "已解决 解决 resolved solved",
    ENDED: """
        退款成功 换货完成 维修完成 售后完成 售后关闭 退款关闭
        已完成 完成 已关闭 关闭 已归档 归档 已结案 结案 已办结 办结 已处理 处理完成 处理完毕 完结 已完结 已结 已结单 是
        closed done completed complete finished archived yes
    """,
    WITHDRAWN: "已撤销 已撤回 已撤诉 撤诉 客户撤诉 客户撤销 客户取消 用户取消 买家撤销 withdrawn",
    PAUSED: """
        挂起 已挂起 暂停 已暂停 待客户 待客户回复 待客户答复 待客户反馈 待客户补充 等待客户 等待客户回复 等待客户反馈
        待用户回复 等待用户
        待配件 等待配件 待件 缺件 等配件 待供应商 等待供应商 待厂家
        onhold hold paused waitingoncustomer waitingforcustomer pendingcustomer pendingcustomerresponse
        awaitingcustomer waitingforparts awaitingparts waitingforsupplier waitingonthirdparty
    """,
}
_MEANS = {plain(word): state for state, words in _SAID.items() for word in words.split()}
# Whom or what a case waits for, in words for states and in the titles of a rulebook's grounds.
_AWAITED = (("客户", "用户", "顾客", "customer"), ("配件", "件", "parts"), ("供应商", "厂家", "supplier", "thirdparty"))
_WORDS = 20  # different words, beyond which a column holds no states
_KNOWN = 0.5  # the share of its cells whose words are known


class States(Frozen):
    """The column that says how far a case is, and by its words what has happened, as `status: means:` has it.

    None stands for a word that nobody knows, `ground` for that of a pause. `at` are the columns that say when,
    `undated` the time that counts if none does, as in a profile.
    """

    column: str
    means: Mapping[str, str | None]
    ground: str | None
    at: Sequence[str]
    undated: str | None

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the words that nobody knows."""
        return tuple(word for word, meant in self.means.items() if meant is None)

    @property
    def counts(self) -> bool:
        """Tell whether the column is read: something says when it was."""
        return bool(self.at or self.undated)

    def headings(self) -> tuple[str, ...]:
        """Return the heading of the column if it is read."""
        return (self.column,) if self.counts else ()


def states_of(
    sample: Sample, used: Collection[str], ends: Sequence[str], rulebook: Rulebook, undated: str | None
) -> States | None:
    """Return the column of states, none of those `used`; None if there is none that says more than that cases are open.

    `ends` are the columns that say when a case ended.
    """
    for column in sample.columns:
        if column.heading not in used and says_how_far(column):
            means, ground = _meant(column.cells, rulebook)
            if {*means.values()} - {OPEN, None} and column.share(means.get) >= _KNOWN:
                return States(column.heading, means, ground, tuple(ends), undated)
    return None


def says_how_far(column: Sampled) -> bool:
    """Tell whether a column is called as one of states is, and has as few words."""
    heading = plain(column.heading)
    named = heading in _HEADINGS or (heading.endswith("状态") and not heading.startswith(_OTHER_STATES))
    return named and column.filled > 0 and len(column.cells) <= _WORDS


def _meant(words: Collection[str], rulebook: Rulebook) -> tuple[Mapping[str, str | None], str | None]:
    """Return what the words of a column mean, and the ground of its pauses.

    A word for what is resolved says that it is over, too, unless the column has another word for that.
    """
    means = {word: _MEANS.get(plain(word)) for word in words}
    if ENDED not in means.values():
        means = {word: ENDED if state == RESOLVED else state for word, state in means.items()}
    grounds = {word: _ground(plain(word), rulebook) for word, state in means.items() if state == PAUSED}
    if len({*grounds.values()}) != 1 or None in grounds.values():
        return {word: None if word in grounds else state for word, state in means.items()}, None
    return means, next(iter(grounds.values()))


def _ground(word: str, rulebook: Rulebook) -> str | None:
    """Return the ground of a pause that a word names, or the rulebook's only one; of several the shortest title's."""
    if len(rulebook.pauses) == 1:
        return next(iter(rulebook.pauses))
    for nouns in _AWAITED:
        if any(noun in word for noun in nouns):
            titles = {
                plain(title): name
                for name, entry in rulebook.pauses.items()
                for title in entry.title.values()
                if any(noun in plain(title) for noun in nouns)
            }
            return titles[min(titles, key=len)] if titles else None
    return None
