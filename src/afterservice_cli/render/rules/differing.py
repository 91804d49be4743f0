"""In what two rulebooks differ, for a person to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from afterservice_cli.frozen import Frozen
from afterservice_cli.render.conditions import Reader, phrases_text
from afterservice_cli.render.rules.rules import RuleLine, titled, value_words
from afterservice_cli.render.rules.words import KEYS, TERMS
from afterservice_cli.reports.days import time_of_day
from afterservice_cli.reports.rules.differing import PHRASES, TEXTS, Difference
from afterservice_cli.reports.rules.rules import PARTS, EntryView, entry_view
from afterservice_cli.rulebook.keys import Section

LONG = 200  # characters that are shown of a value: the holidays of thirty years take more
CALENDARS = ("calendar", "calendars")  # parts
NUMBERED = r"(when|times)\[(\d+)\]\."  # in a key, before what a condition or a time says


class Readers(Frozen):
    """For whom two rulebooks are read: the values of either have the titles that it gives them."""

    old: Reader
    new: Reader


def difference_lines(found: Sequence[Difference], readers: Readers) -> Iterator[RuleLine]:
    """Yield in what two rulebooks differ: each part, each entry of it, and what is new, gone or otherwise there."""
    new = readers.new
    for part, differences in groupby(found, lambda each: each.part):
        yield RuleLine(1, new.word(TERMS, part) if part in PARTS else part)
        for (entry, whole), several in groupby(differences, lambda each: (each.entry, not each.key)):
            its = list(several)
            if entry and not whole:
                yield RuleLine(2, titled(entry, its[0].title, new))
            yield from (RuleLine(3 if entry and not whole else 2, _said(each, readers)) for each in its)


def _said(difference: Difference, readers: Readers) -> str:
    """Return one difference in words: what it is of, and what is new there, gone, or another."""
    new = readers.new
    went = new.joined(_value(difference, value, readers.old) for value in difference.removed)
    came = new.joined(_value(difference, value, new) for value in difference.added)
    if difference.what == "order":
        said = new.tr("in another order")
    elif difference.what == "changed":
        none = new.tr("none")
        said = f"{went or none} → {came or none}"
    else:
        news = [new.tr("new: {value}", value=came)] if came else []
        said = new.clauses([*news, *([new.tr("gone: {value}", value=went)] if went else [])])
    names = [f"{new.word(KEYS, key)} {number}" for key, number in re.findall(NUMBERED, difference.key)]
    names += [title.get(new.language, next(iter(title.values()), "")) for title in difference.inside]
    if difference.what not in ("added", "removed") and difference.key:
        names.append(_key(difference, new))
    return new.said(" · ".join(names), said) if names else said


def _key(difference: Difference, reader: Reader) -> str:
    """Return what a key is called: in a part that people read in words, else as the file has it."""
    name = difference.key.rpartition(".")[2]
    return reader.word(KEYS, name) if difference.part in PARTS or name in (*PHRASES, *TEXTS, "title") else name


def _value(difference: Difference, value: object, reader: Reader) -> str:
    """Return a value in words, as `rules show` has it in the parts that people read."""
    name = difference.key.rpartition(".")[2]
    if isinstance(value, EntryView):
        title = titled(value.id, value.title, reader) if value.id else ""
        if title and difference.part not in PARTS and "" not in value.facts:
            return title  # what it says is for the file to tell
        facts = (_fact(difference.part, *fact, reader) for fact in value.facts.items())
        told = reader.clauses(filter(None, facts))
        return " – ".join(filter(None, (title, told)))
    return _fact_value(difference.part, name, value, reader)


def _fact(part: str, name: str, value: object, reader: Reader) -> str:
    """Return what an entry says under one key."""
    said = _fact_value(part, name, value, reader)
    word = reader.word(KEYS, name) if part in PARTS or name in PHRASES else name
    return said if not word else word if value is True else reader.said(word, said)


def _fact_value(part: str, name: str, value: object, reader: Reader) -> str:
    if name in (*PHRASES, *TEXTS) and isinstance(value, Sequence):
        return phrases_text((value,) if isinstance(value, str) else value, reader)
    if name == "title" and isinstance(value, Mapping):
        return str(value.get(reader.language, next(iter(value.values()), "")))
    if part in PARTS and not (isinstance(value, Mapping) and not {*value} <= {*reader.rulebook.targets}):
        return value_words(name, value, reader)
    said = _of_calendar(value, reader) if part in CALENDARS else _plain(value, reader)
    return said if len(said) <= LONG else f"{said[:LONG]}…"


def _of_calendar(value: object, reader: Reader) -> str:
    """Return what a calendar says as its file has it: hours of a day, days off."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_of_calendar(inner, reader)}" for name, inner in value.items())
    several = value if isinstance(value, list | tuple) else ()
    if several and all(isinstance(each, list | tuple) for each in several):
        return reader.joined("-".join(map(time_of_day, hours)) for hours in several)
    if len(several) == 2:
        return "..".join(dict.fromkeys(several))
    return _plain(value, reader)


def _plain(value: object, reader: Reader) -> str:
    """Return a value as the file has it, in a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Section):
        return _plain(entry_view(value), reader)
    if isinstance(value, EntryView):
        return _plain({**({"id": value.id} if value.id else {}), **value.facts}, reader)
    if isinstance(value, Mapping):
        return reader.joined(f"{name}: {_plain(inner, reader)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return reader.joined(_plain(inner, reader) for inner in value)
    return str(value)
