"""The keys that a document in YAML may have, as tables: one for each section, in the language of the page."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from afterservice_cli.language import speaking, spoken
from afterservice_cli.rulebook.document.schema_types import Keys, MapOf, Shape
from afterservice_cli.rulebook.keys import Key, Section, to_plain

Sections = dict[type[Section], tuple[str, Keys[Any]]]


class Words(NamedTuple):
    """What the tables of keys say in a language."""

    document: str
    short: str
    head: str
    others: str
    required: str


WORDS = {
    "en": Words(
        "The document",
        "A single value, or a title by language, stands for `{}` alone.",
        "| key | what it is | default | what for |",
        "| *a field* | {} | | what the case has there |",
        "**required**",
    ),
    "zh": Words(
        "整个文件",
        "只写一个值，或只写各语言的标题，就等于只写了`{}`。",
        "| 键 | 写什么 | 默认 | 用途 |",
        "| *字段* | {} | | 工单在这个字段的取值 |",
        "**必填**",
    ),
}


def tables(root: Keys[Any], language: str) -> str:
    """Return a table of keys for a section and for each inside it, in the order in which they are met."""
    sections = sections_of(root)
    with speaking(language):
        return "\n".join(_section(place, keys, sections) for place, keys in sections.values())


def sections_of(root: Keys[Any]) -> Sections:
    """Return every section, each once, with its place and its shape: where it stands by itself, else is met first."""
    found: Sections = {}
    named = root.shapes.get("conditions")  # stand elsewhere as well
    alone = {inner.section: place for place, inner in _within(named, "conditions")} if named else {}

    def visit(place: str, keys: Keys[Any]) -> None:
        if keys.section in found or alone.get(keys.section, place) != place:
            return
        found[keys.section] = (place, keys)
        shapes = {**keys.shapes, "<field>": keys.others}
        for name, shape in shapes.items():
            for inner_place, inner in _within(shape, f"{place}.{name}".lstrip(".")) if shape else ():
                visit(inner_place, inner)

    visit("", root)
    return found


def _within(shape: Shape, place: str) -> Iterator[tuple[str, Keys[Any]]]:
    """The nearest mappings with known keys inside a shape."""
    if isinstance(shape, Keys):
        yield place, shape
    elif isinstance(shape, MapOf):
        yield from _within(shape.value, f"{place}.<id>")
    else:
        for inner in shape.children():
            yield from _within(inner, place)


def _section(place: str, keys: Keys[Any], sections: Sections) -> str:
    lines = [f"## {_heading(place)}", ""]
    if keys.section.SHORT:
        lines += [WORDS[spoken()].short.format(keys.section.SHORT), ""]
    lines += [WORDS[spoken()].head, "|---|---|---|---|"]
    lines += [_row(key, keys.shapes[key.written], sections) for key in keys.section.KEYS.values()]
    if keys.others:
        what = f"{keys.others.what()}{_links(keys.others, sections)}"
        lines.append(WORDS[spoken()].others.format(what))
    return "\n".join([*lines, ""])


def _row(key: Key, shape: Shape, sections: Sections) -> str:
    cells = [f"`{key.written}`", f"{shape.what()}{_links(shape, sections)}", _default(key), key.what()]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |".replace("|  |", "| |")


def _default(key: Key) -> str:
    """Return what holds if the key is not written; nothing for one that leaves things as they are."""
    if key.required:
        return WORDS[spoken()].required
    if isinstance(key.default, Section):
        return "`{}`"
    return "" if key.default in (None, (), {}) else f"`{_yaml(to_plain(key.default))}`"


def _links(shape: Shape, sections: Sections) -> str:
    places = dict.fromkeys(sections[inner.section][0] for _, inner in _within(shape, ""))
    return "".join(f" ([{_heading(place)}](#{_slug(place)}))" for place in places)


def _heading(place: str) -> str:
    return f"`{place}`" if place else WORDS[spoken()].document


def _slug(place: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", _heading(place).lower()).replace(" ", "-")


def _yaml(value: Any) -> str:
    return value if isinstance(value, str) else re.sub(r'"(\w+)"', r"\1", json.dumps(value, ensure_ascii=False))
