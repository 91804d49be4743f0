"""A table read in the order in which its rows came in, whatever order they stand in."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from datetime import datetime

from afterservice_cli.intake.reading.gathering import Gathered
from afterservice_cli.intake.reading.rows import Row
from afterservice_cli.intake.tables.table import Line, Table

AT_ONCE = 50_000  # lines that are kept; of more, the table is read again for each so many


class ByReceipt:
    """A table of which each line is read in the order of receipt; of the same time, in the order of the table.

    A line of which nobody can tell when it came in stays behind the line before it.
    """

    def __init__(self, table: Table | Gathered, receipt: Callable[[Row], datetime | None]) -> None:
        self.headings, self.of_rejects = table.headings, table.of_rejects
        self._table = table
        came, last = array("d"), float("-inf")
        for line in table.rows():
            at = receipt(line.row) if line.row is not None else None
            last = at.timestamp() if at else last
            came.append(last)
        places = array("q", sorted(range(len(came)), key=came.__getitem__))
        self._turns = array("q", bytes(8 * len(places)))  # by the place of each line, when it is its turn
        for turn, place in enumerate(places):
            self._turns[place] = turn
        self._in_order = all(turn == place for place, turn in enumerate(self._turns))

    def rows(self) -> Iterator[Line]:
        """Yield each line, anew with each call."""
        if self._in_order:
            yield from self._table.rows()
            return
        for begin in range(0, len(self._turns), AT_ONCE):
            due = range(begin, begin + AT_ONCE)
            some = {turn: line for turn, line in zip(self._turns, self._table.rows(), strict=True) if turn in due}
            yield from (some[turn] for turn in sorted(some))
