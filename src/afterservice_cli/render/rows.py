"""Rows out as TSV, JSON and Markdown; `render.table` draws them for a terminal, `render.sheets` for a spreadsheet."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TextIO

from afterservice_cli.frozen import Frozen
from afterservice_cli.render.text import escaped, safe_text

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")

Row = Mapping[str, object]

_MARKDOWN = r"[\\`*_\[\]<>|~&$]"


class Column(Frozen):
    """One column of a list: which value of a row it shows, and how."""

    key: str
    title: str
    align: Literal["left", "right"] = "left"
    wide: bool = False  # text that a table may cut to fit the terminal
    whole: bool = False  # text that a table breaks over several lines instead


def write_rows(
    out: TextIO,
    rows: Iterable[Row],
    columns: Sequence[Column],
    *,
    format: str,
    records: Iterable[Row] | None = None,
) -> None:
    """Write rows to a text stream, one at a time, in `tsv`, `json`, `jsonl` or `md`.

    - `json`: one array, an object a line; `jsonl`: an object a line. They are lossless: whole `records`
      (the rows, where none are given), values as they are, fields in their order, no columns picked.
    - `tsv`: no heading, a row a line, for `cut` and `awk`; `md`: a GitHub table, markup made literal.

    In all but JSON, characters that a terminal would obey are shown instead (`safe_text`). A row that
    lacks a column's key raises KeyError; a value that JSON does not know, TypeError.
    """
    if format in ("json", "jsonl"):
        _write_json(out, rows if records is None else records, array=format == "json")
    elif format == "tsv":
        for row in rows:
            out.write("\t".join(safe_text(cell(row[column.key])) for column in columns) + "\n")
    elif format == "md":
        _write_markdown(out, rows, columns)
    else:
        raise ValueError("rows cannot be written in this format – write one of tsv, json, jsonl, md")


def cell(value: object) -> str:
    """Return a value as the text of a cell: None is empty, a list is joined by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return str(value)


def _write_json(out: TextIO, records: Iterable[Row], *, array: bool) -> None:
    between = "[\n" if array else ""
    for record in records:
        # dict(): json knows no other mapping.
        line = json.dumps(dict(record), ensure_ascii=False, allow_nan=False)
        out.write(between + escaped(line))
        between = ",\n" if array else "\n"
    if array:
        out.write("[]\n" if between == "[\n" else "\n]\n")
    elif between:
        out.write("\n")


def _write_markdown(out: TextIO, rows: Iterable[Row], columns: Sequence[Column]) -> None:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    def literal(value: object) -> str:
        return re.sub(_MARKDOWN, r"\\\g<0>", safe_text(cell(value)))

    out.write(line(literal(column.title) for column in columns))
    out.write(line("---:" if column.align == "right" else "---" for column in columns))
    for row in rows:
        out.write(line(literal(row[column.key]) for column in columns))
