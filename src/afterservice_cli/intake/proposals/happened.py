"""What a file says happened, by its headings and words: the steps of a course, or a row for each event."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.proposals.sampling import Sample, Sampled
from afterservice_cli.intake.words.meanings import happening, meanings, of_another_time, plain

# The headings of the column that says which event a row tells, and of the one with its words.
_OF_EVENTS = frozenset(
    [
        *(
            "操作",
            "操作类型",
            "操作名称",
            "操作动作",
            "动作",
            "事件",
            "事件类型",
            "环节",
            "处理环节",
            "操作环节",
            "节点",
        ),
        *("流程节点", "步骤", "处理步骤", "流程环节"),
        *("action", "activity", "event", "eventtype", "eventname", "step", "stage"),
    ]
)
_OF_WORDS = frozenset(
    [
        *("操作内容", "操作说明", "操作备注", "处理内容", "处理说明", "处理意见", "备注", "说明", "内容"),
        *("comment", "comments", "note", "notes", "remark", "remarks", "details", "text"),
    ]
)
_TOLD: Mapping[str, str] = {
    "registered": """
        创建 新建 创建工单 新建工单 工单创建 登记 受理 建单 提交 提交工单 发起 报修 投诉
        created opened submitted registered
    """,
    "responded": """
        回复 响应 首次响应 首次回复 首次联系 联系 联系客户 回复客户 答复 replied reply responded response contacted
    """,
    "investigated": "核实 排查 调查 分析 investigated",
    "noted": "备注 跟进 添加备注 note noted comment commented",
    "resolved": "解决 完成 处理完成 已解决 已完成 工单完成 办结 resolved solved completed",
    "closed": "关闭 结案 归档 关闭工单 工单关闭 已关闭 closed archived",
    "reopened": "重开 重新打开 重启 reopened",
    "withdrawn": "撤回 撤销 撤单 客户撤诉 withdrawn",
    "nothing": "派单 分派 转派 转交 指派 分配 接单 浏览 查看 打印 assigned viewed printed",
}
_EVENTS = {plain(word): event for event, words in _TOLD.items() for word in words.split()}
_KINDS = 20  # different words, beyond which a column tells no events
_KNOWN = 0.5  # the share of its cells that are words for events
_OFTEN = 0.8  # so many of the cells of a number differ at most, if several rows tell of one case
_MOST = 0.9  # the share of dates in the column that says when


class ProposedStep(Frozen):
    """One thing that may have happened: the event, and the headings of when, in what words, with what score.

    `means` has the score by the word for it.
    """

    event: str
    at: str
    text: str | None = None
    score: str | None = None
    promised: str | None = None
    means: Mapping[str, int] = {}

    def headings(self) -> list[str]:
        """Return the headings of its columns."""
        return [heading for heading in (self.at, self.text, self.score, self.promised) if heading]


class EventLog(Frozen):
    """A file of events: the headings of the number, of what happened, of when and in what words.

    `means` has the event by what stands there, None for a word that nobody knows.
    """

    number: str
    column: str
    at: str
    text: str | None
    means: Mapping[str, str | None]

    def headings(self) -> tuple[str, ...]:
        """Return the headings of its columns."""
        return (self.number, self.column, self.at, *([self.text] if self.text else []))


def log_of(sample: Sample) -> EventLog | None:
    """Return how a file tells events, a row for each and several for a case; None if it is no such file."""
    for column in sample.columns:
        known = column.share(lambda text: plain(text) in _EVENTS)
        if plain(column.heading) not in _OF_EVENTS or len(column.cells) > _KINDS or known < _KNOWN:
            continue
        numbers = [other for other in sample.columns if _is_of_cases(other, sample)]
        times = [other for other in sample.columns if other.of_dates >= _MOST and not of_another_time(other.heading)]
        if numbers and len(times) == 1:
            text = next((other.heading for other in sample.columns if plain(other.heading) in _OF_WORDS), None)
            means = {word: _EVENTS.get(plain(word)) for word in column.cells}
            return EventLog(numbers[0].heading, column.heading, times[0].heading, text, means)
    return None


def _is_of_cases(column: Sampled, sample: Sample) -> bool:
    named = any(meaning.field == "number" for meaning in meanings(column.heading))
    return named and column.filled == sample.rows and len(column.cells) <= _OFTEN * column.filled


def course_of(
    columns: Mapping[str, Sequence[str]], unused: Collection[str], scale: Mapping[str, int]
) -> list[ProposedStep]:
    """Return what happened, in the order in which things happen; what has no date is left out.

    `columns` has the headings by field, `unused` those of the columns that are no field, `scale` the scores by the
    words for them.
    """
    found = {field: headings[0] for field, headings in columns.items() if happening(field)}
    asked = found.get("confirmed.at", "")
    if asked and (any(map(_asks_satisfaction, unused)) or (scale and "回访" in asked)):
        del found["confirmed.at"]  # that they were asked does not mean that it worked
        if "rated.score" in found:
            found["rated.at"] = asked
    ends = [found[f"{event}.at"] for event in ("confirmed", "closed", "again", "resolved") if f"{event}.at" in found]
    if "closed.at" in found and ("resolved.text" in found or "rated.score" in found):
        found.setdefault("resolved.at", found["closed.at"])
    if ends and "rated.score" in found:
        found.setdefault("rated.at", ends[0])
    return [step.but(means=scale) if step.score else step for step in _steps(found)]


def _steps(found: Mapping[str, str]) -> Iterator[ProposedStep]:
    order = (
        "acknowledged",
        "responded",
        "investigated",
        "resolved",
        "reopened",
        "again",
        "confirmed",
        "rated",
        "closed",
    )
    for event in order:
        at = found.get(f"{event}.at")
        if at and (event != "rated" or "rated.score" in found):
            word = "resolved" if event == "again" else event
            text, score, promised = (found.get(f"{event}.{part}") for part in ("text", "score", "promised"))
            yield ProposedStep(word, at, text, score, promised)


def _asks_satisfaction(heading: str) -> bool:
    form = plain(heading)
    return "满意" in form or "回访结果" in form or "satisf" in form
