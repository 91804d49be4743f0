"""A rulebook for a person to read, on a terminal or as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.durations import Duration, Period, parse_duration, parse_period
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence, tr
from afterservice_cli.render.case import target_title
from afterservice_cli.render.conditions import NAMES, Reader, condition_text, phrases_text
from afterservice_cli.render.explained import end_of_clock, length_text, wrapped
from afterservice_cli.render.labels import field_title, role_title
from afterservice_cli.render.rows import markdown
from afterservice_cli.reports.rules import EntryView, RulesView
from afterservice_cli.rulebook.forms import Condition
from afterservice_cli.rulebook.vocabulary import BY_LINE

# The parts and keys of a rulebook, and the words that it has for what is demanded, in Chinese and English.
TERMS: Mapping[str, tuple[str, str]] = {
    "categories": ("类别", "Categories"),
    "priorities": ("优先级", "Priorities"),
    "assignment": ("分派", "Assignment"),
    "default": ("没有规则适用时", sentence("If no rule fits")),
    "targets": ("时限", "Targets"),
    "limits": ("客户期限", sentence("The customer's limits")),
    "lines": ("产品线", sentence("Product lines")),
    "dispositions": ("处理方式", "Dispositions"),
    "approvals": ("审批", "Approvals"),
    "tasks": ("任务", "Tasks"),
    "duties": ("例行工作", "Duties"),
    "demands": ("先决条件", sentence("What is demanded before commands")),
    "consequences": ("后果", "Consequences"),
    "owners": ("部门", "Teams"),
    "roles": ("角色", "Roles"),
    "people": ("人员", "People"),
}
KEYS: Mapping[str, tuple[str, str]] = {
    "match": ("关键词", "phrases"),
    "unless": ("排除词", "unless"),
    "targets": ("时限", "times"),
    "require": ("登记时必填", sentence("registering demands")),
    "when": ("条件", "when"),
    "before": ("执行前", "before"),
    "what": ("须具备", "demanded"),
    "by": ("由谁", "by"),
    "to": ("交给", "to"),
    "tasks": ("任务", "task"),
    "parts": ("协同任务", "part"),
    "after": ("须先完成", "after"),
    "outcomes": ("结果", "outcome"),
    "then": ("之后", "then"),
    "once": ("只做一次", sentence("done but once")),
    "not_by": ("不得由其经办人", sentence("not by whoever did")),
    "within": ("时限", "within"),
    "every": ("间隔", "every"),
    "gives": ("须给予", "gives"),
    "unit": ("单位", "unit"),
    "valid": ("有效期", sentence("valid for")),
    "head": ("负责人", "head"),
    "deputy": ("代理负责人", "deputy"),
    "members": ("成员", "members"),
    "people": ("人员", "people"),
    "users": ("用户名", sentence("user names")),
    "from": ("起点", "from"),
    "until": ("终点", "until"),
    "warn": ("到期前提醒", sentence("warned ahead")),
    "pauses": ("等待期间暂停计时", sentence("stands still while the case waits")),
    "calendar": ("日历", "calendar"),
    "at": ("截止于", sentence("due at")),
    "restarts": ("换部门后重新计时", sentence("starts anew for another team")),
    "counts": ("不计入达成率", sentence("outside attainment")),
    "repeats": ("每次重新计时", sentence("starts again each time")),
    "delays": ("告知延期后顺延", sentence("moved by a delay that was announced")),
    "on": ("情形", "if"),
    "raise_priority": ("优先级提升级数", sentence("steps by which the priority rises")),
    "hand_to": ("转交", sentence("handed to")),
    "tell": ("通知", "told"),
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
    "agreement": ("客户同意", sentence("the customer's agreement")),
    "tasks": ("任务完成", sentence("every task done")),
    "resolution": ("解决结果", "resolution"),
    "confirmation": ("客户确认", sentence("the customer's confirmation")),
    "attachment": ("附件", sentence("an attachment")),
    "promise": ("方案写明完成时间", sentence("a plan with its date")),
    "words": ("客户原话", sentence("the customer's own words")),
    "survey": ("全部满意度问题的评分", sentence("every question of the survey answered")),
    "text": ("命令所附的文字说明", sentence("words with the command")),
}
OCCASIONS: Mapping[str, tuple[str, str]] = {
    "missed": ("时限超时", sentence("a deadline is missed")),
    "reopened": ("重新处理", sentence("a case is opened again")),
}


# What takes a line of its own; of the last four each entry.
LONG = ("match", "unless", "when", "tasks", "parts", "outcomes")


class Line(Frozen):
    """One line: how deep it stands, 0 for the rulebook itself and 1 for its parts, and what it says."""

    depth: int
    text: str


def rules_lines(view: RulesView, reader: Reader) -> Iterator[Line]:
    """Yield a rulebook: its title and for whom it is, then each part with its entries, then what each says."""
    yield Line(0, _titled(view.name, view.title, reader))
    if view.about:
        yield Line(2, view.about[reader.language])
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
    long = {name: value for name, value in entry.facts.items() if name in LONG}
    short = [_fact(name, value, reader) for name, value in entry.facts.items() if name not in long]
    if short:
        yield Line(depth + 1, reader.clauses(short))
    for name, value in long.items():
        if isinstance(value, Sequence) and name in LONG[2:]:
            for number, one in enumerate(value, 1):
                yield Line(depth + 1, _fact(name, one, reader, f" {number}" if len(value) > 1 else ""))
        else:
            yield Line(depth + 1, _fact(name, value, reader))


def _titled(name: str, title: Mapping[str, str], reader: Reader) -> str:
    shown = title.get(reader.language, name)
    return shown if shown == name else f"{shown} ({name})"


def _fact(name: str, value: object, reader: Reader, number: str = "") -> str:
    """Return what an entry says under one key."""
    if name in reader.rulebook.limits and name not in KEYS:
        return reader.said(reader.title("limit", name), _length(str(value), reader))
    word = reader.word(KEYS, name) + number
    return word if isinstance(value, bool) else reader.said(word, _value(name, value, reader))


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
        return phrases_text(value, reader)
    if name == "when" and isinstance(value, list | tuple) and len(value) > 1:
        return condition_text(Condition(any=value), reader)
    if isinstance(value, list | tuple):
        return _list(name, value, reader)
    return _word(name, str(value), reader)


def _word(name: str, text: str, reader: Reader) -> str:
    """Return a single value of a key in words."""
    rulebook, language = reader.rulebook, reader.language
    if name in ("from", "until", "at", "not_by") or (name == "on" and text not in OCCASIONS):
        return end_of_clock(text, rulebook, language)
    if name in ("within", "every", "warn"):
        return _length(text, reader)
    if name == "to":
        team, _, person = text.partition("/")
        named = [rulebook.title("person", person, language)] if person else []
        return " · ".join([*named, rulebook.title("owner", team, language)])
    if name in ("by", "tell", "hand_to"):
        return role_title(text, rulebook, language)
    if name == "targets":
        return target_title(text, rulebook, language)
    if name == "require":
        return field_title(text, rulebook, language)
    if name == "on":
        return reader.word(OCCASIONS, text)
    if name == "before":
        return text
    if name == "what":
        return field_title(text[6:], rulebook, language) if text.startswith("field:") else reader.word(WORDS, text)
    return rulebook.title(NAMES.get(name, name), text, language)


def _list(name: str, values: Sequence[object], reader: Reader) -> str:
    """Return values in words; of conditions, one has to hold."""
    words = [_value(name, one, reader) for one in values]
    if not any(isinstance(one, Condition) for one in values):
        return reader.joined(words)
    return ("；或" if reader.language == "zh" else "; or ").join(words)


def _length(text: str, reader: Reader) -> str:
    """Return a duration or the length of a limit in words; a percentage as it is."""
    if text == BY_LINE:
        return "按产品线" if reader.language == "zh" else tr("by product line")
    if text.endswith("%"):
        return text
    try:
        length: Duration | Period = parse_period(text)
    except ValueError:
        length = parse_duration(text)
    return length_text(length, reader.language).removesuffix(tr(" on the clock"))
