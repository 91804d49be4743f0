"""Values out as rows: TSV, JSON and Markdown here, a table in `render.table`, a spreadsheet in `render.csv`."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from typing import Generic, Literal, TextIO, TypeVar

from afterservice_cli.errors import BadInput, nearest, typed
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, tr
from afterservice_cli.output_text import escaped, safe_text
from afterservice_cli.render.labels import words_for
from afterservice_cli.rulebook.comparing import normal

Value = TypeVar("Value")

_MARKDOWN = r"[\\`*_\[\]<>|~&$]"


class Column(Frozen, Generic[Value]):
    """One column of a list: its id, what it says of a value in ids and UTC, and how people are shown that.

    A table that is too narrow shows what is `short`, and of columns with a rank only those that fit, the lowest rank
    first; those of rank 0 always. A column with a rank that has nothing in any row is left out, too.
    """

    id: str
    title: str
    said: Callable[[Value], object]
    shown: Callable[[Value], object]
    short: Callable[[Value], object] | None = None
    rank: int = 0
    least: int | None = None  # terminal columns to which a table may cut it; None: it is never cut
    whole: bool = False  # broken over several lines instead of being cut
    align: Literal["left", "right"] = "left"
    usual: bool = True  # there unless other columns are asked for
    names: Collection[str] = ()  # by which it may be asked for beside its id and its title


def chosen(columns: Sequence[Column[Value]], wanted: str | None) -> list[Column[Value]]:
    """Return the columns that ids or labels, with commas between them, name in that order; the usual ones for None.

    What was asked for by name is left out of no table. `BadInput` names the nearest for an unknown one.
    """
    if wanted is None:
        return [column for column in columns if column.usual]
    names = [name.strip() for name in wanted.replace("，", ",").replace("、", ",").split(",") if name.strip()]
    if not names:
        raise BadInput(tr("--columns names no column – write {known}", known=_known("", columns)))
    found = [_named(columns, name) for name in names]
    if twice := [column.id for i, column in enumerate(found) if column in found[:i]]:
        raise BadInput(tr("--columns names '{column}' twice – leave one of them out", column=twice[0]))
    return [column.but(rank=0) for column in found]


def _named(columns: Sequence[Column[Value]], name: str) -> Column[Value]:
    """Return the column that an id, or the label of no other, names."""
    if by_id := [column for column in columns if column.id == name]:
        return by_id[0]
    by_title = [column for column in columns if normal(name) in {*words_for(column.id), *map(normal, _names(column))}]
    if len(by_title) > 1:
        ids = listed(column.id for column in by_title)
        raise BadInput(tr("--columns: '{name}' is the label of several – write one of {ids}", name=name, ids=ids))
    if not by_title:
        known = _known(name, columns)
        if name == "?":
            raise BadInput(tr("--columns: write {known}", known=known))
        raise BadInput(tr("--columns: there is no column '{name}' – write {known}", name=typed(name), known=known))
    return by_title[0]


def _names(column: Column[Value]) -> Iterable[str]:
    return (column.title, *column.names)


def _known(name: str, columns: Sequence[Column[Value]]) -> str:
    """Name the column nearest to what was written, or every one."""
    titles = {column.id: column.title for column in columns}
    return nearest(name, list(titles), titles, len(titles))


def in_ids(columns: Iterable[Column[Value]]) -> list[Column[Value]]:
    """Return the columns as programs read them: ids for headings and cells, in every language."""
    return [column.but(title=column.id, shown=column.said) for column in columns]


def picked(values: Iterable[Value], columns: Sequence[Column[Value]]) -> Iterator[Mapping[str, object]]:
    """Yield values with nothing but what these columns say of them, by the columns' ids."""
    return ({column.id: column.said(value) for column in columns} for value in values)


def write_tsv(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write the titles, then a line a value, for `cut` and `awk`: what a terminal would obey is shown instead."""
    out.write("\t".join([safe_text(column.title) for column in columns]) + "\n")
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
        out.write(line(markdown(cell_shown(column.shown(value))) for column in columns))


def markdown(text: str) -> str:
    """Return a text as Markdown shows it literally: what a terminal would obey is shown instead."""
    return re.sub(_MARKDOWN, r"\\\g<0>", safe_text(text))


def in_utf8(out: TextIO) -> TextIO:
    """Return a stream that writes UTF-8 from now on, as JSON is, whatever the locale says."""
    if isinstance(out, TextIOWrapper) and codecs.lookup(out.encoding).name != "utf-8":
        out.reconfigure(encoding="utf-8")
    return out


def write_json(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write one array of whole values, an object a line; no columns are picked."""
    between = "[\n"
    in_utf8(out)
    for value in values:
        out.write(between + json_text(value))
        between = ",\n"
    out.write("[]\n" if between == "[\n" else "\n]\n")


def write_json_lines(out: TextIO, values: Iterable[Value], columns: Sequence[Column[Value]]) -> None:
    """Write whole values, an object a line; no columns are picked."""
    in_utf8(out)
    for value in values:
        out.write(json_text(value) + "\n")


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON, lossless: frozen values are objects of their fields, in their order.

    It is on one line if nothing is indented.
    Raises TypeError for what JSON does not know, ValueError for a number that is none.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain, indent=indent)
    return "\n".join(map(escaped, text.split("\n")))  # a line end within a value is written out already


def cell(value: object) -> str:
    """Return a value as the text of a cell: None is empty, lists and pairs are joined by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={cell(inner)}" for name, inner in value.items())
    return str(value)


def cell_shown(value: object) -> str:
    """Return the text of a cell that people read: several values are joined as the language spoken has it."""
    return listed(map(cell, value)) if isinstance(value, list | tuple) else cell(value)


def _plain(value: object) -> Mapping[str, object]:
    if isinstance(value, Frozen):
        return value.plain()
    raise TypeError(f"JSON knows no {type(value).__name__}")
