"""What ids stand for, for whoever reads ids in a script: their labels in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter, itemgetter

from afterservice_cli.cases.case import STAGES, STATUSES
from afterservice_cli.cases.events import KINDS
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import LANGUAGES
from afterservice_cli.render.cases.history import event_label
from afterservice_cli.render.labels import label
from afterservice_cli.render.lists.listing import list_columns
from afterservice_cli.render.rows import Column
from afterservice_cli.render.telling import Teller
from afterservice_cli.rulebook.model import NAMED, Rulebook
from afterservice_cli.rulebook.sections.forms import Titled

# What a rulebook names, by the word that JSON has for it, if that is another than the one in sentences.
_CALLED = {"kind of problem": "problem", "kind given": "given"}
_TWICE = ("way of telling", "category")  # named by others, or told with all that is above it


class Label(Frozen):
    """What an id of a kind stands for; of a value or an outcome, `within` is the field or the task, else ""."""

    what: str
    within: str
    id: str
    labels: Mapping[str, str]  # by language

    def plain(self) -> Mapping[str, object]:
        """Return it flat, as a row has it."""
        return {"what": self.what, "of": self.within, "id": self.id, **self.labels}


def labels_of(tell: Teller) -> Iterator[Label]:
    """Yield what every id stands for that lists, reports and JSON have."""
    rulebook, spoken = tell.rulebook, {lang: tell.but(language=lang) for lang in LANGUAGES}
    yield from _labels("category", rulebook.categories)
    for what, named in NAMED.items():
        if what not in _TWICE:
            yield from _labels(_CALLED.get(what, what), named(rulebook))
    for name, field in rulebook.fields.items():
        yield from _labels("value", field.values, name)
    for name, outcomes in _outcomes(rulebook).items():
        yield from _labels("outcome", outcomes, name)
    for what, words in (("status", STATUSES), ("stage", STAGES)):
        for word in words:
            yield Label(what, "", word, {lang: told.state_label(word) for lang, told in spoken.items()})
    for kind in KINDS:
        yield Label("event", "", kind, {lang: event_label(kind, lang) for lang in LANGUAGES})
    titles = {lang: {column.id: column.title for column in list_columns(told)} for lang, told in spoken.items()}
    for column in list_columns(tell):
        yield Label("column", "", column.id, {lang: titles[lang][column.id] for lang in LANGUAGES})


def _labels(what: str, named: Mapping[str, Titled], of: str = "") -> Iterator[Label]:
    for identifier, entry in named.items():
        yield Label(what, of, identifier, entry.title)


def _outcomes(rulebook: Rulebook) -> Mapping[str, Mapping[str, Titled]]:
    """Return what tasks may come to, by the task."""
    planned = [entry.tasks for entry in rulebook.dispositions.values()]
    return {
        name: task.outcomes for tasks in (*planned, rulebook.tasks) for name, task in tasks.items() if task.outcomes
    }


def label_columns(language: str) -> list[Column[Label]]:
    """Return the columns of a list of labels."""

    def column(name: str, word: str, of: str) -> Column[Label]:
        return Column(name, label(word, language), attrgetter(of), attrgetter(of))

    def spoken(lang: str) -> Column[Label]:
        words = itemgetter(lang)
        return Column(lang, label(lang, language), lambda row: words(row.labels), lambda row: words(row.labels))

    return [
        *(column("what", "named", "what"), column("of", "of_what", "within"), column("id", "id", "id")),
        *map(spoken, reversed(LANGUAGES)),
    ]


def by_kind(labels: Iterator[Label]) -> Mapping[str, Mapping[str, object]]:
    """Return labels as one object: by what they are, by id; values by their field and outcomes by their task."""
    found: dict[str, dict[str, object]] = {}
    for one in labels:
        there = found.setdefault(one.what, {})
        if one.within:
            inner = there.setdefault(one.within, {})
            assert isinstance(inner, dict)
            there = inner
        there[one.id] = one.labels
    return found
