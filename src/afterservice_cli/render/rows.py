"""Values out as rows: TSV, JSON and Markdown here, a table in `render.table`, a spreadsheet in `render.csv`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Generic, Literal, TextIO, TypeVar

from afterservice_cli.frozen import Frozen
from afterservice_cli.render.labels import label
from afterservice_cli.render.text import escaped, safe_text

Value = TypeVar("Value")

_MARKDOWN = r"[\\`*_\[\]<>|~&$]"


class Column(Frozen, Generic[Value]):
    """One column of a list: its title, what it shows of a value, and how."""

    title: str
    shown: Callable[[Value], object]
    align: Literal["left", "right"] = "left"
    wide: bool = False  # text that a table may cut to fit the terminal
    whole: bool = False  # text that a table breaks over several lines instead


def labelled(
    language: str,
    shown: Mapping[str, Callable[[Value], object]],
    *,
    right: Collection[str] = (),
    wide: Collection[str] = (),
    whole: Collection[str] = (),
) -> list[Column[Value]]:
    """Return a column for each word, titled by its label: what it shows, and which of them are wide and the like."""
    return [
        Column(label(word, language), what, "right" if word in right else "left", word in wide, word in whole)
        for word, what in shown.items()
    ]


def write_tsv(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write a line a value without a heading, for `cut` and `awk`: what a terminal would obey is shown instead."""
    cells = [column.shown for column in columns]
    for value in values:
        out.write("\t".join([safe_text(cell(shown(value))) for shown in cells]) + "\n")


def write_markdown(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write a GitHub table, markup made literal: what a terminal would obey is shown instead."""

    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    out.write(line(markdown(column.title) for column in columns))
    out.write(line("---:" if column.align == "right" else "---" for column in columns))
    for value in values:
        out.write(line(markdown(cell(column.shown(value))) for column in columns))


def markdown(text: str) -> str:
    """Return a text as Markdown shows it literally: what a terminal would obey is shown instead."""
    return re.sub(_MARKDOWN, r"\\\g<0>", safe_text(text))


def write_json(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write one array of whole values, an object a line; no columns are picked."""
    between = "[\n"
    for value in values:
        out.write(between + json_text(value))
        between = ",\n"
    out.write("[]\n" if between == "[\n" else "\n]\n")


def write_json_lines(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write whole values, an object a line; no columns are picked."""
    for value in values:
        out.write(json_text(value) + "\n")


def json_text(value: object) -> str:
    """Return a value as one line of JSON, lossless: frozen values are objects of their fields, in their order.

    Raises TypeError for what JSON does not know, ValueError for a number that is none.
    """
    return escaped(json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain))


def cell(value: object) -> str:
    """Return a value as the text of a cell: None is empty, a list is joined by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return str(value)


def _plain(value: object) -> Mapping[str, object]:
    if isinstance(value, Frozen):
        return value.plain()
    raise TypeError(f"JSON knows no {type(value).__name__}")
