"""A rulebook for a person to read, on a terminal or as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.durations import parse_duration
from afterservice_cli.frozen import Frozen
from afterservice_cli.render.case import state_label, target_title
from afterservice_cli.render.explained import end_of_clock, length_text, wrapped
from afterservice_cli.render.labels import field_title, label, role_title
from afterservice_cli.render.rows import markdown
from afterservice_cli.reports.rules import EntryView, RulesView
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.sections import Comparison, Condition

# The parts and keys of a rulebook, and the words that it has for what is demanded, in Chinese and English.
TERMS: Mapping[str, tuple[str, str]] = {
    "categories": ("类别", "Categories"),
    "priorities": ("优先级", "Priorities"),
    "default": ("没有规则适用时", "If no rule fits"),
    "targets": ("时限", "Targets"),
    "dispositions": ("处理方式", "Dispositions"),
    "approvals": ("审批", "Approvals"),
    "resolving.require": ("解决前须具备", "What resolving demands"),
    "closing.require": ("结案前须具备", "What closing demands"),
    "owners": ("部门", "Teams"),
    "roles": ("角色", "Roles"),
    "people": ("人员", "People"),
}
KEYS: Mapping[str, tuple[str, str]] = {
    "match": ("关键词", "phrases"),
    "unless": ("排除词", "unless"),
    "targets": ("时限", "times"),
    "require": ("登记时必填", "registering demands"),
    "when": ("条件", "when"),
    "by": ("审批人", "by"),
    "steps": ("步骤", "step"),
    "within": ("时限", "within"),
    "amount": ("须填写金额", "only with an amount"),
    "head": ("负责人", "head"),
    "deputy": ("代理负责人", "deputy"),
    "members": ("成员", "members"),
    "people": ("人员", "people"),
    "users": ("用户名", "user names"),
    "from": ("起点", "from"),
    "until": ("终点", "until"),
    "warn": ("到期前提醒", "warned ahead"),
    "pauses": ("等待期间暂停计时", "stands still while the case waits"),
    "repeats": ("每次重新计时", "starts again each time"),
    "delays": ("告知延期后顺延", "moved by a delay that was announced"),
}
WORDS: Mapping[str, tuple[str, str]] = {
    "screening": ("筛查", "screening"),
    "acknowledgement": ("受理确认", "acknowledgement"),
    "assessment": ("初步核实", "assessment"),
    "response": ("响应", "response"),
    "investigation": ("排查", "investigation"),
    "appraisal": ("鉴定", "appraisal"),
    "plan": ("方案", "plan"),
    "approval": ("审批", "approval"),
    "agreement": ("客户同意", "the customer's agreement"),
    "steps": ("方案步骤完成", "the plan's steps done"),
    "resolution": ("解决结果", "resolution"),
    "confirmation": ("客户确认", "the customer's confirmation"),
    "rating": ("评分", "rating"),
}
YES_OR_NO: Mapping[str, tuple[str, str]] = {"yes": ("是", "yes"), "no": ("否", "no")}
FIELDS: Mapping[str, tuple[str, str]] = {
    "known": ("已知问题", "known problem"),
    "visit": ("核实后的处理方式", "how the check goes on"),
    "cycle": ("第几次处理", "cycle"),
    "amount": ("金额", "amount"),
    "disposition": ("处理方式", "disposition"),
    "fault": ("故障", "fault"),
    "cause": ("原因", "cause"),
    "liability": ("责任", "liability"),
    "waiting_for": ("等待原因", "what it waits for"),
}
WARRANTY = {"yes": "warranty", "no": "no_warranty"}
# What the value of a key is the name of.
NAMES = {"category": "category", "priority": "priority", "owner": "owner", "with": "owner"}
NAMES |= dict.fromkeys(("head", "deputy", "members", "people"), "person")
NAMES |= {"waiting_for": "pause"}
COMPARED = (("over", ">"), ("at_least", "≥"), ("under", "<"), ("at_most", "≤"))


class Line(Frozen):
    """One line: how deep it stands, 0 for the rulebook itself and 1 for its parts, and what it says."""

    depth: int
    text: str


class Reader(Frozen):
    """For whom it is written: whose titles, in which language, and how many phrases of a list; all if None."""

    rulebook: Rulebook
    language: str
    most: int | None

    def word(self, terms: Mapping[str, tuple[str, str]], name: str) -> str:
        """Return the word for a name, from the terms given or else from the program's labels."""
        return terms[name][self.language != "zh"] if name in terms else label(name, self.language)

    def said(self, name: str, value: str) -> str:
        """Return a name and what is said of it."""
        return f"{name}{'：' if self.language == 'zh' else ': '}{value}"

    def joined(self, words: Iterable[str]) -> str:
        """Return words as a list."""
        return ("、" if self.language == "zh" else ", ").join(words)

    def clauses(self, words: Iterable[str]) -> str:
        """Return what is said, one thing after the other."""
        return ("；" if self.language == "zh" else "; ").join(words)


def rules_lines(view: RulesView, reader: Reader) -> Iterator[Line]:
    """Yield a rulebook: its title, then each part with its entries, then what each says."""
    yield Line(0, _titled(view.name, view.title, reader))
    for part in view.parts:
        yield Line(1, reader.word(TERMS, part.name))
        for number, entry in enumerate(part.entries, 1):
            if entry.id:
                yield from _entry(entry, reader)
            else:
                place = f"{number}. " if len(part.entries) > 1 else ""
                yield Line(2, place + reader.clauses(_fact(*fact, reader) for fact in entry.facts.items()))


def terminal_lines(lines: Iterable[Line], columns: int) -> Iterator[str]:
    """Yield lines as a terminal shows them, at most `columns` wide, with a blank line before each part."""
    for line in lines:
        if line.depth == 1:
            yield ""
        yield from wrapped("  " * (line.depth - 1) + line.text, columns)


def markdown_lines(lines: Iterable[Line]) -> Iterator[str]:
    """Yield lines as Markdown: headings, and lists within lists."""
    within = False
    for line in lines:
        if line.depth > 1:
            yield f"{'  ' * (line.depth - 2)}- {markdown(line.text)}"
        else:
            yield from [""] if within else []
            yield from (f"{'#' * (line.depth + 1)} {markdown(line.text)}", "")
        within = line.depth > 1


def _entry(entry: EntryView, reader: Reader) -> Iterator[Line]:
    """Yield an entry: its title, its short facts in one line, and each long one in lines of its own."""
    depth = 2 + entry.id.count(".")
    yield Line(depth, _titled(entry.id, entry.title, reader))
    long = {name: value for name, value in entry.facts.items() if name in ("match", "unless", "when", "steps")}
    short = [_fact(name, value, reader) for name, value in entry.facts.items() if name not in long]
    if short:
        yield Line(depth + 1, reader.clauses(short))
    for name, value in long.items():
        if isinstance(value, Sequence) and name in ("when", "steps"):
            for number, one in enumerate(value, 1):
                yield Line(depth + 1, _fact(name, one, reader, f" {number}" if len(value) > 1 else ""))
        else:
            yield Line(depth + 1, _fact(name, value, reader))


def _titled(name: str, title: Mapping[str, str], reader: Reader) -> str:
    shown = title.get(reader.language, name)
    return shown if shown == name else f"{shown} ({name})"


def _fact(name: str, value: object, reader: Reader, number: str = "") -> str:
    """Return what an entry says under one key; what is demanded needs no word of its own."""
    if name == "what":
        return _value(name, value, reader)
    word = reader.word(KEYS, name) + number
    return word if value is True else reader.said(word, _value(name, value, reader))


def _value(name: str, value: object, reader: Reader) -> str:
    """Return the value of a key in words."""
    rulebook, language = reader.rulebook, reader.language
    if isinstance(value, Condition):
        return condition_text(value, reader)
    if isinstance(value, EntryView):
        facts = reader.clauses(_fact(*fact, reader) for fact in value.facts.items())
        title = _titled(value.id, value.title, reader)
        return f"{title} – {facts}" if facts else title
    if isinstance(value, Mapping):
        times = ((target, _length(value[target], reader)) for target in rulebook.targets if target in value)
        return reader.joined(f"{target_title(target, rulebook, language)} {time}" for target, time in times)
    if name in ("match", "unless") and isinstance(value, Sequence):
        return _phrases(value, reader)
    if isinstance(value, list | tuple):
        return reader.joined(_value(name, one, reader) for one in value)
    text = str(value)
    if name in ("from", "until"):
        return end_of_clock(text, rulebook, language)
    if name in ("within", "warn"):
        return _length(text, reader)
    if name == "by":
        return role_title(text, rulebook, language)
    if name == "require":
        return field_title(text, rulebook, language)
    return reader.word(WORDS, text) if name == "what" else rulebook.title(NAMES.get(name, name), text, language)


def condition_text(condition: Condition, reader: Reader) -> str:
    """Return what must hold, in words."""
    zh = reader.language == "zh"
    pieces = [_field(field, wanted, reader) for field, wanted in condition.fields.items()]
    if condition.match:
        pieces.append(("文字含" if zh else "the text has ") + _phrases(condition.match, reader))
    if condition.unless:
        none = ("不含", "none of ") if condition.match else ("文字不含", "the text has none of ")
        pieces.append(none[not zh] + _phrases(condition.unless, reader))
    pieces += [condition_text(inner, reader) for inner in condition.all]
    if condition.any:
        either = ("；或" if zh else "; or ").join(condition_text(inner, reader) for inner in condition.any)
        pieces.append(f"满足其一（{either}）" if zh else f"any of ({either})")
    if condition.none:
        inner = condition_text(condition.none, reader)
        pieces.append(f"除非（{inner}）" if zh else f"not ({inner})")
    return ("，" if zh else ", ").join(pieces)


def _field(field: str, wanted: Sequence[str] | Comparison, reader: Reader) -> str:
    """Return which values a field must have."""
    rulebook, zh = reader.rulebook, reader.language == "zh"
    either = "或" if zh else " or "
    name = reader.word(FIELDS, field) if field in FIELDS else field_title(field, rulebook, reader.language)
    if isinstance(wanted, Comparison):
        signs = [(sign, getattr(wanted, word)) for word, sign in COMPARED]
        return f"{name} {' '.join(f'{sign} {limit:.15g}' for sign, limit in signs if limit is not None)}"
    if field == "warranty":
        return either.join(label(WARRANTY[value], reader.language) for value in wanted)
    if field == "known":
        return f"{name}：{either.join(reader.word(YES_OR_NO, value) for value in wanted)}"
    if field == "status":
        return f"{name}：{either.join(state_label(value, rulebook, reader.language) for value in wanted)}"
    titles = either.join(rulebook.title(NAMES.get(field, field), value, reader.language) for value in wanted)
    return f"{name}为{titles}" if zh else f"{name} is {titles}"


def _phrases(phrases: Sequence[str], reader: Reader) -> str:
    """Return the first phrases, and how many there are if that is not all of them."""
    shown = "、".join(f"“{phrase}”" for phrase in phrases[: reader.most])
    if reader.most is None or len(phrases) <= reader.most:
        return shown
    return f"{shown}等{len(phrases)}个" if reader.language == "zh" else f"{shown} and {len(phrases) - reader.most} more"


def _length(text: str, reader: Reader) -> str:
    """Return a duration in words; a percentage as it is."""
    return (
        text if text.endswith("%") else length_text(parse_duration(text), reader.language).removesuffix(" on the clock")
    )
