"""Values as a table on a terminal: which columns fit and how wide each is; drawn by rich."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from afterservice_cli.frozen import Frozen
from afterservice_cli.output_text import safe_text
from afterservice_cli.render.breaking import break_chinese
from afterservice_cli.render.rows import Column, Value, cell_shown

_GAP = 2  # between columns: one blank of padding, one of the box
_FEWEST = 8  # columns of what is broken over several lines, in the narrowest window
_SPARE = 70  # columns of this rank, or a higher one, are there only if the others are wider than they must be


class _Drawn(Frozen):
    """A column as a table draws it: its safe cells, the heading first, in full and in short."""

    rank: int
    least: int | None
    whole: bool
    right: bool
    cells: Sequence[str]
    short: Sequence[str]

    @property
    def natural(self) -> int:
        """Return how wide the widest cell is."""
        return max(map(cell_len, self.cells))

    @property
    def narrowest(self) -> int:
        """Return how narrow it may be made."""
        return self.natural if self.least is None else min(self.natural, self.least)

    @property
    def easy(self) -> int:
        """Return from which width on it can be read with ease, half as much again as it must have."""
        return self.natural if self.least is None else min(self.natural, self.least * 3 // 2)


def print_table(
    out: TextIO,
    values: Iterable[Value],
    columns: Sequence[Column[Value]],
    *,
    width: int,
) -> None:
    """Print a table at most `width` columns wide, a line a value but for columns marked `whole`.

    Columns with a rank are left out if they are empty or too wide. What is cut ends with `…`; if what must stay takes
    more than `width`, the lines grow longer. Without values there are no headings. Text is literal: no markup, no emoji
    codes, no highlighting.
    """
    rows = list(values)
    if not rows:
        return  # how many there are is said beside it
    break_chinese()
    kept = _fitting([_drawn(column, rows) for column in columns], width)
    widths = _shared(kept, width)
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    for column, columns_wide in zip(kept, widths, strict=True):
        heading = _text(column.cells[0], columns_wide)
        table.add_column(heading, justify="right" if column.right else "left", width=columns_wide)
    for line in range(1, len(rows) + 1):
        drawn = zip(kept, widths, strict=True)
        table.add_row(*(_text(column.cells[line], columns_wide, whole=column.whole) for column, columns_wide in drawn))
    # Without a height rich takes a dumb terminal for 80 columns, whatever the width says.
    console = Console(file=out, width=_taken(widths), height=25)
    console.print(table)


def _drawn(column: Column[Value], rows: Sequence[Value]) -> _Drawn:
    cells = [safe_text(text) for text in (column.title, *(cell_shown(column.shown(row)) for row in rows))]
    short = cells
    if column.short:
        short = [safe_text(text) for text in (column.title, *(cell_shown(column.short(row)) for row in rows))]
    return _Drawn(column.rank, column.least, column.whole, column.align == "right", cells, short)


def _fitting(columns: Sequence[_Drawn], width: int) -> list[_Drawn]:
    """Return the columns that fit: all but empty ones, or those in short, or as many as fit, the lowest rank first."""
    kept = [column for column in columns if not column.rank or any(column.cells[1:])]
    if _taken([column.easy for column in kept]) <= width:
        return kept
    kept = [column.but(cells=column.short) for column in kept]
    places = [i for i, column in enumerate(kept) if not column.rank]
    for i in sorted((i for i, column in enumerate(kept) if column.rank), key=lambda i: kept[i].rank):
        with_it = [kept[place] for place in (*places, i)]
        if _taken([column.easy if kept[i].rank >= _SPARE else column.narrowest for column in with_it]) <= width:
            places.append(i)
    return [kept[place] for place in sorted(places)]


def _taken(widths: Sequence[int]) -> int:
    """Return how wide lines are with columns of these widths."""
    return sum(widths) + _GAP * (len(widths) - 1)


def _shared(columns: Sequence[_Drawn], width: int) -> list[int]:
    """Return how wide each column is: the least that it takes, and of what is left what it needs, in proportion."""
    widths = [column.narrowest for column in columns]
    for place in (place for place, column in enumerate(columns) if column.whole):
        # What is broken over several lines can be narrower than it should be.
        widths[place] -= min(max(0, _taken(widths) - width), max(0, widths[place] - _FEWEST))
    for _ in range(width - _taken(widths)):
        wanting = [i for i, column in enumerate(columns) if widths[i] < column.natural]
        if not wanting:
            break
        poorest = min(wanting, key=lambda i: widths[i] / (columns[i].least or 1))
        widths[poorest] += 1
    return widths


def _text(safe: str, width: int, *, whole: bool = False) -> Text:
    """Return a cell that takes no more than `width` columns, cut unless it is to be broken over several lines."""
    # Not `no_wrap` on the column: rich shrinks only columns that may wrap, and these may, but never do.
    return Text(safe, overflow="fold") if whole else Text(_cut(safe, width), no_wrap=True)


def _cut(safe: str, width: int) -> str:
    """Return as much of a text as fits, with `…` at its end if that is not all."""
    if cell_len(safe) <= width:
        return safe
    while cell_len(safe) >= width:
        safe = safe[: width - 1] if len(safe) >= width else safe[:-1]
    return f"{safe.rstrip()}…"
