"""A rulebook for a person to read, on a terminal or as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from afterservice_cli.figures.above import COUNTS, RATES
from afterservice_cli.figures.cases import FIGURES
from afterservice_cli.figures.named import figures_of_target
from afterservice_cli.figures.tables import TITLES
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import translated
from afterservice_cli.output_text import wrapped
from afterservice_cli.render.cases.explained import end_of_clock
from afterservice_cli.render.conditions import NAMES, Reader, condition_text, phrases_text
from afterservice_cli.render.days import schedule_text
from afterservice_cli.render.labels import label, with_id
from afterservice_cli.render.rows import markdown
from afterservice_cli.render.rules.words import KEYS, OCCASIONS, TERMS, THEN, TIMES, WORDS
from afterservice_cli.render.screen import Screen
from afterservice_cli.reports.cases.suggested import ModelView
from afterservice_cli.reports.rules.rules import EntryView, RulesView
from afterservice_cli.rulebook.given import marked
from afterservice_cli.rulebook.sections.forms import Condition
from afterservice_cli.rulebook.values import value_text
from afterservice_cli.rulebook.vocabulary import BY_LINE, FAULT_RATE, PROMISE
from afterservice_cli.time.durations import Duration, Period, length_text, parse_duration, parse_period
from afterservice_cli.time.schedules import is_schedule

DUE = "due:"  # so begin columns that tell when a target is due

# What takes a line of its own; of the last five each entry.
LONG = ("match", "unless", "when", "times", "tasks", "parts", "outcomes", "sections")


class RuleLine(Frozen):
    """One line: how deep it stands, 0 for the rulebook itself and 1 for its parts, and what it says."""

    depth: int
    text: str


def rules_lines(view: RulesView, reader: Reader) -> Iterator[RuleLine]:
    """Yield a rulebook: its title and for whom it is, then each part with its entries, then what each says."""
    yield RuleLine(0, titled(view.name, view.title, reader))
    if view.about:
        yield RuleLine(2, view.about[reader.language])
    for part in view.parts:
        yield RuleLine(1, reader.word(TERMS, part.name))
        for number, entry in enumerate(part.entries, 1):
            if entry.id:
                yield from _entry(entry, reader)
            else:
                place = f"{number}. " if len(part.entries) > 1 else ""
                yield RuleLine(2, place + reader.clauses(fact_words(*fact, reader) for fact in entry.facts.items()))


def model_lines(model: ModelView, screen: Screen) -> Iterator[RuleLine]:
    """Yield what is suggested where no rule decides: when it was learnt, from how much, and its hash."""
    yield RuleLine(1, screen.tr("Suggestions, if no rule decides"))
    yield RuleLine(
        2,
        screen.tr(
            "learnt {time} from {cases} cases: {categories} categories, {pairs} pairs of letters; model {hash}",
            time=screen.minute(model.at),
            cases=model.cases,
            categories=model.categories,
            pairs=model.pairs,
            hash=model.hash[:12],
        ),
    )


def terminal_lines(lines: Iterable[RuleLine], columns: int | None) -> Iterator[str]:
    """Yield lines as a terminal shows them, at most `columns` wide, with a blank line before each part."""
    for line in lines:
        if line.depth == 1:
            yield ""
        yield from wrapped("  " * (line.depth - 1) + line.text, columns)


def markdown_lines(lines: Iterable[RuleLine]) -> Iterator[str]:
    """Yield lines as Markdown: headings, and lists within lists."""
    within = False
    for line in lines:
        if line.depth > 1:
            yield f"{'  ' * (line.depth - 2)}- {markdown(line.text)}"
        else:
            yield from [""] if within else []
            yield from (f"{'#' * (line.depth + 1)} {markdown(line.text)}", "")
        within = line.depth > 1


def _entry(entry: EntryView, reader: Reader) -> Iterator[RuleLine]:
    """Yield an entry: its title, its short facts in one line, and each long one in lines of its own."""
    depth = 2 + entry.id.count(".")
    yield RuleLine(depth, titled(entry.id, entry.title, reader))
    long = {name: value for name, value in entry.facts.items() if name in LONG}
    short = [fact_words(name, value, reader) for name, value in entry.facts.items() if name not in long]
    if short:
        yield RuleLine(depth + 1, reader.clauses(short))
    for name, value in long.items():
        if isinstance(value, Sequence) and name in LONG[2:]:
            for number, one in enumerate(value, 1):
                yield RuleLine(depth + 1, fact_words(name, one, reader, f" {number}" if len(value) > 1 else ""))
        else:
            yield RuleLine(depth + 1, fact_words(name, value, reader))


def titled(name: str, title: Mapping[str, str], reader: Reader) -> str:
    return with_id(title.get(reader.language, name), name)


def fact_words(name: str, value: object, reader: Reader, number: str = "") -> str:
    """Return what an entry says under one key."""
    if name in reader.rulebook.limits and name not in KEYS:
        return reader.said(reader.title("limit", name), _length(str(value), reader))
    word = reader.word(KEYS, f"{name}: false" if value is False and f"{name}: false" in KEYS else name) + number
    return word if isinstance(value, bool) else reader.said(word, value_words(name, value, reader))


def value_words(name: str, value: object, reader: Reader) -> str:
    """Return the value of a key in words."""
    if isinstance(value, Condition):
        return condition_text(value, reader)
    if isinstance(value, EntryView):
        told = [fact_words(*fact, reader) for fact in value.facts.items()]
        if not value.id:
            return reader.clauses(told) if "when" in value.facts else reader.joined(told)
        facts, title = reader.clauses(told), titled(value.id, value.title, reader)
        return f"{title} – {facts}" if facts else title
    if isinstance(value, Mapping):
        return _mapping(name, value, reader)
    if name in ("match", "unless", "like", "unlike", "texts") and isinstance(value, Sequence):
        return phrases_text(value, reader)
    if name == "when" and isinstance(value, list | tuple) and len(value) > 1:
        return condition_text(Condition(any=value), reader)
    if isinstance(value, list | tuple):
        return _list(name, value, reader)
    return _word(name, str(value), reader)


def _mapping(name: str, value: Mapping[str, object], reader: Reader) -> str:
    """Return in words what names stand for: filters and columns, values of fields, times of targets."""
    if name in ("where", "headings"):
        return reader.joined(_chosen(name, one, said, reader) for one, said in value.items())
    if name == "set":
        pairs = ((reader.field_title(field), field, one) for field, one in value.items())
        return reader.joined(
            reader.said(title, value_text(reader.rulebook, field, str(one), reader.language))
            for title, field, one in pairs
        )
    times = ((target, _length(str(value[target]), reader)) for target in reader.rulebook.targets if target in value)
    return reader.joined(f"{reader.target_title(target)} {time}" for target, time in times)


def _chosen(name: str, what: str, value: object, reader: Reader) -> str:
    """Return what a filter asks for, or what a column is called."""
    if name == "headings":
        return reader.said(_column(what, reader), value[reader.language] if isinstance(value, Mapping) else str(value))
    field = what.removeprefix("fields.")
    if value == "true":
        return _column(field, reader)
    known = {"category", "priority", "owner", "channel", "kind", "person"}
    if what in known:
        return reader.said(_column(what, reader), reader.title(what, str(value)))
    if what == "missed":
        return reader.said(_column(what, reader), reader.target_title(str(value)))
    is_field = field in reader.rulebook.fields
    told = (
        value_text(reader.rulebook, field, str(value), reader.language) if is_field else reader.word(TIMES, str(value))
    )
    return reader.said(_column(field, reader), told)


def _column(name: str, reader: Reader) -> str:
    """Return what a column of a list is called, or a filter."""
    if name.startswith(DUE):
        target = reader.target_title(name.removeprefix(DUE))
        return f"{label('due_at', reader.language)} ({target})"
    if name == "due":  # which of the deadlines is the next
        return label("target", reader.language)
    return reader.field_title(name.removeprefix("fields."))


def _listed(name: str, text: str, reader: Reader) -> str:
    """Return a single value of a key of a list or a report in words."""
    if name == "columns":
        return _column(text, reader)
    if name == "sort":
        return label({"registered": "registered_at", "due": "due_at"}.get(text, text), reader.language)
    if name == "figures":
        return _figure(text, reader)
    if name == "table":
        by = text.removeprefix(FAULT_RATE)
        if by != text:
            dimension = reader.field_title(by)
            return translated("Fault rate by {dimension}", reader.language, dimension=dimension)
        return translated(TITLES[text], reader.language)
    return reader.word(TIMES, text)


def _figure(name: str, reader: Reader) -> str:
    """Return what a figure of a report is called; its id if it is known in the report alone."""
    target = name.partition(".")[0]
    of_target = figures_of_target(target, reader.target_title(target))
    every = (*FIGURES, *COUNTS, *RATES, *(of_target if target in reader.rulebook.targets else ()))
    return next((figure.title(reader.language) for figure in every if figure.name == name), name)


def _word(name: str, text: str, reader: Reader) -> str:
    """Return a single value of a key in words."""
    if name == "at" and text == PROMISE:
        return reader.label(text)
    if name in ("from", "until", "at", "not_by") or (name == "on" and text not in OCCASIONS):
        return end_of_clock(text, reader)
    if name in ("within", "every", "warn", "keep") or (name in ("before", "after") and text[:1].isdigit()):
        return _length(text, reader)
    if name == "to":
        team, _, person = text.partition("/")
        return reader.team_title(reader.title("owner", team), person)
    if name in ("by", "tell", "hand_to"):
        return reader.role_title(text)
    if name == "targets":
        return reader.target_title(text)
    if name in ("columns", "sort", "period", "compare", "figures", "table"):
        return _listed(name, text, reader)
    if name in ("require", "same", "of") or (name == "what" and text.startswith("field:")):
        return reader.field_title(text.removeprefix("field:"))
    if name in (words := {"then": THEN, "on": OCCASIONS, "what": WORDS}):
        return reader.word(words[name], text)
    if name == "before":
        return text
    title = reader.title(NAMES.get(name, name), text)
    return marked(reader.rulebook, text, title, reader.language) if name == "gives" else title


def _list(name: str, values: Sequence[object], reader: Reader) -> str:
    """Return values in words; of conditions, one has to hold."""
    told = [value_words(name, one, reader) for one in values]
    alternatives = any(isinstance(one, Condition) for one in values)
    return reader.alternatives(told) if alternatives else reader.joined(told)


def _length(text: str, reader: Reader) -> str:
    """Return a duration or the length of a limit in words; a percentage as it is."""
    if text == BY_LINE:
        return reader.tr("by product line")
    if text.endswith("%"):
        return text
    if is_schedule(text):
        return schedule_text(text, reader.language)
    try:
        length: Duration | Period = parse_period(text)
    except ValueError:
        length = parse_duration(text)
    return length_text(length, reader.language)
