"""Values as a table on a terminal, drawn by rich."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from afterservice_cli.render.rows import Column, Value, cell
from afterservice_cli.render.text import safe_text

_GAP = 2  # one blank of padding, one of the box
_LEAST = 8  # of a wide column: a few characters and the ellipsis


def print_table(
    out: TextIO,
    values: Iterable[Value],
    columns: Sequence[Column[Value]],
    *,
    width: int,
) -> None:
    """Print a table at most `width` columns wide, a line a value but for columns marked `whole`.

    Only columns marked `wide` are cut, with `…`; if the others alone take more than `width`, the
    lines grow longer. Text is literal: no markup, no emoji codes, no highlighting.
    """
    cells = [[safe_text(cell(column.shown(value))) for column in columns] for value in values]
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    least = _GAP * len(columns)
    for i, column in enumerate(columns):
        heading = safe_text(column.title)
        natural = max(map(cell_len, [heading, *(line[i] for line in cells)]))
        shrinks = column.wide or column.whole
        least += min(natural, _LEAST) if shrinks else natural
        table.add_column(_text(heading), justify=column.align, width=None if shrinks else natural)
    for line in cells:
        table.add_row(*(_text(text, whole=column.whole) for text, column in zip(line, columns, strict=True)))
    # Without a height rich takes a dumb terminal for 80 columns, whatever the width says.
    console = Console(file=out, width=max(width, least), height=25)
    console.print(table)


def _text(safe: str, *, whole: bool = False) -> Text:
    # Not `no_wrap` on the column: rich shrinks only columns that may wrap, and these may, but never do.
    return Text(safe, no_wrap=not whole, overflow="fold" if whole else None)
