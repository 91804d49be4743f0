"""A file of events, a row each: the rows of one case are gathered to one."""

from __future__ import annotations

from collections.abc import Iterator

from afterservice_cli.errors import BadInput
from afterservice_cli.input_text import number_spelling, spelling
from afterservice_cli.intake.reading.profile import Profile
from afterservice_cli.intake.reading.rows import CaseRows, Row, number_of
from afterservice_cli.intake.tables.table import Line, Table


class Gathered:
    """A table of which each line is a case with all its rows; kept are those of which more rows follow."""

    def __init__(self, table: Table, profile: Profile) -> None:
        self.headings, self.of_rejects = table.headings, table.of_rejects
        self._table, self._profile = table, profile
        self._last: dict[int, int] = {}  # the last line of each case, by the hash of its number
        for line in table.rows():
            if (number := self._number(line)) is not None:
                self._last[hash(number)] = line.number

    def rows(self) -> Iterator[Line]:
        """Yield each case when its last row is read, anew with each call; a row without a number is alone."""
        waiting: dict[int, list[Line]] = {}
        for line in self._table.rows():
            number = self._number(line)
            if number is None or line.row is None:
                yield line
                continue
            waiting.setdefault(hash(number), []).append(line)
            if self._last[hash(number)] == line.number:
                yield self._case(waiting.pop(hash(number)))

    def _case(self, lines: list[Line]) -> Line:
        events = self._profile.events
        assert events is not None

        def later(row: Row) -> bool:
            said = (row.get(heading, "") for heading in events.column.headings)
            return "registered" not in (events.means.get(spelling(text)) for text in said)

        told = sorted(
            ((line.number, line.row) for line in lines if line.row is not None), key=lambda one: later(one[1])
        )
        rows = CaseRows([number for number, _ in told], [row for _, row in told], lines)
        return Line(lines[0].number, lines[0].cells, rows)

    def _number(self, line: Line) -> str | None:
        try:
            return number_spelling(number_of(line.row, self._profile)) or None if line.row is not None else None
        except BadInput:
            return None


def lines_of(line: Line) -> tuple[Line, ...]:
    """Return the lines that a case stands in."""
    return line.row.lines if isinstance(line.row, CaseRows) else (line,)
