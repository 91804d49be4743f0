"""A condition of a rulebook in words, in the language of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence, tr
from afterservice_cli.render.case import state_label
from afterservice_cli.render.labels import field_title, label
from afterservice_cli.rulebook.forms import Comparison, Condition
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.rulebook.vocabulary import ANY_SCORE, GIVE, OUTCOME, SCORES

YES_OR_NO: Mapping[str, tuple[str, str]] = {"yes": ("是", "yes"), "no": ("否", "no")}
FIELDS: Mapping[str, tuple[str, str]] = {
    "known": ("已知问题", sentence("known problem")),
    "visit": ("核实后的处理方式", sentence("how the check goes on")),
    "cycle": ("第几次处理", "cycle"),
    "disposition": ("处理方式", "disposition"),
    "fault": ("故障", "fault"),
    "cause": ("原因", "cause"),
    "liability": ("责任", "liability"),
    "waiting_for": ("等待原因", sentence("what it waits for")),
    "looks": ("疑似", "looks"),
    ANY_SCORE: ("任一评分", sentence("any score")),
}
WARRANTY = {"yes": "warranty", "no": "no_warranty"}
# What the value of a key is the name of.
NAMES = {"category": "category", "priority": "priority", "owner": "owner", "with": "owner"}
NAMES |= dict.fromkeys(("head", "deputy", "members", "people"), "person")
NAMES |= {"waiting_for": "pause", "gives": sentence("kind given")}
COMPARED = {"over": ">", "at_least": "≥", "under": "<", "at_most": "≤"}


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

    def title(self, what: str, value: str) -> str:
        """Return the rulebook's title of a value of one of its sections."""
        return self.rulebook.title(what, value, self.language)

    def joined(self, words: Iterable[str]) -> str:
        """Return words as a list."""
        return ("、" if self.language == "zh" else ", ").join(words)

    def clauses(self, words: Iterable[str]) -> str:
        """Return what is said, one thing after the other."""
        return ("；" if self.language == "zh" else "; ").join(words)


def condition_text(condition: Condition, reader: Reader) -> str:
    """Return what must hold, in words."""
    zh = reader.language == "zh"
    pieces = [_field(field, wanted, reader) for field, wanted in condition.fields.items()]
    if condition.match:
        pieces.append(("文字含" if zh else tr("the text has ")) + phrases_text(condition.match, reader))
    if condition.unless:
        none = ("不含", tr("none of ")) if condition.match else ("文字不含", tr("the text has none of "))
        pieces.append(none[not zh] + phrases_text(condition.unless, reader))
    pieces += [("未过" if zh else "within ") + reader.title("limit", limit) for limit in condition.within]
    if condition.otherwise:
        pieces.append("其他处理方式都不可行" if zh else tr("no other disposition is possible"))
    pieces += [condition_text(inner, reader) for inner in condition.all]
    if condition.any:
        either = ("；或" if zh else "; or ").join(condition_text(inner, reader) for inner in condition.any)
        pieces.append(f"满足其一（{either}）" if zh else tr("any of ({either})", either=either))
    if condition.none:
        inner = condition_text(condition.none, reader)
        pieces.append(f"除非（{inner}）" if zh else tr("not ({inner})", inner=inner))
    return ("，" if zh else ", ").join(pieces)


def _field(field: str, wanted: Sequence[str] | Comparison, reader: Reader) -> str:
    """Return which values a field must have."""
    rulebook, zh = reader.rulebook, reader.language == "zh"
    either = "或" if zh else " or "
    name = _name(field, reader)
    if isinstance(wanted, Comparison):
        limits = {word: limit if isinstance(limit, str) else f"{limit:.15g}" for word, limit in wanted.bounds().items()}
        return f"{name} {' '.join(f'{COMPARED[word]} {limit}' for word, limit in limits.items())}"
    if field == "warranty":
        return either.join(label(WARRANTY[value], reader.language) for value in wanted)
    if field == "looks":
        return either.join(label(f"looks_{value}", reader.language) for value in wanted)
    if field == "known":
        return f"{name}：{either.join(reader.word(YES_OR_NO, value) for value in wanted)}"
    if field == "status":
        return f"{name}：{either.join(state_label(value, rulebook, reader.language) for value in wanted)}"
    if field.startswith(OUTCOME):
        task = field.removeprefix(OUTCOME)
        wanted = [rulebook.outcome_title(task, value, reader.language) for value in wanted]
    titles = either.join(rulebook.title(NAMES.get(field, field), value, reader.language) for value in wanted)
    return f"{name}为{titles}" if zh else tr("{name} is {titles}", name=name, titles=titles)


def _name(field: str, reader: Reader) -> str:
    """Return what a field is called, or what it is about: a kind given, a task, a question."""
    rulebook, language = reader.rulebook, reader.language
    if field.startswith(GIVE):
        return rulebook.title(tr("kind given"), field.removeprefix(GIVE), language)
    if field.startswith(OUTCOME):
        return rulebook.task_title("", field.removeprefix(OUTCOME), language)
    if field.startswith(SCORES) and field != f"{SCORES}{ANY_SCORE}":
        return rulebook.title("question", field.removeprefix(SCORES), language)
    field = field.removeprefix(SCORES)
    return reader.word(FIELDS, field) if field in FIELDS else field_title(field, rulebook, language)


def phrases_text(phrases: Sequence[str], reader: Reader) -> str:
    """Return the first phrases, and how many there are if that is not all of them."""
    shown = "、".join(f"“{phrase}”" for phrase in phrases[: reader.most])
    if reader.most is None or len(phrases) <= reader.most:
        return shown
    return (
        f"{shown}等{len(phrases)}个"
        if reader.language == "zh"
        else tr("{shown} and {phrases} more", shown=shown, phrases=len(phrases) - reader.most)
    )
