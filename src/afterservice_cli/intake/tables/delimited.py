"""The rows of delimited text, each with the line it begins in; a broken one is told and the next is read."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from afterservice_cli.language import tr

LONGEST = 10_000_000  # characters of a row; what is longer is no row, and would fill the memory
_MARK = "\ufeff"
csv.field_size_limit(LONGEST)


class RawRow(NamedTuple):
    """A row: the line it begins in, its cells, and what is wrong with it, "" for nothing.

    A broken row is its first line alone, since nobody knows where it should have ended.
    """

    number: int
    cells: list[str]
    fault: str


class DelimitedRows:
    """Reads rows from a stream of text, which may be endless, holding no more than one row.

    A row that cannot be read is the line it begins in; reading goes on with the next line.
    """

    def __init__(self, stream: TextIO, delimiter: str, line: int = 0) -> None:
        self._stream, self._delimiter = stream, delimiter
        self._line = line  # lines taken so far
        self._held: list[str] = []  # lines of the row at hand
        self._length = 0  # characters of them
        self._again: deque[str] = deque()  # lines to be read once more

    def rows(self) -> Iterator[RawRow]:
        """Yield each row, empty ones too."""
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _TooLong) as error:
                yield self._broken(error)
                # A generator that has raised is over.
                reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
            else:
                yield RawRow(self._line - len(self._held) + 1, cells, "")
            self._held.clear()
            self._length = 0

    def _lines(self) -> Iterator[str]:
        readline, held = self._stream.readline, self._held
        while line := self._again.popleft() if self._again else readline(LONGEST):
            self._line += 1
            if line[0] == _MARK:  # as it stands where several files were put together
                line = line[1:] or "\n"
            held.append(line)
            self._length += len(line)
            if self._length >= LONGEST:
                raise _TooLong
            yield line

    def _broken(self, error: Exception) -> RawRow:
        first, *rest = self._held
        self._line -= len(rest)
        if isinstance(error, _TooLong):
            fault = tr("has more than {most:,} characters, or a quote that is not closed", most=LONGEST)
            if not rest:
                self._pass_over(first)
        else:
            fault = tr("its quotes are not in order – close each, and write those inside a cell twice")
        self._again.extendleft(reversed(rest))
        return RawRow(self._line, _as_it_stands(first[:LONGEST].rstrip("\r\n"), self._delimiter), fault)

    def _pass_over(self, line: str) -> None:
        """Read on to the end of a line of which only the beginning was read."""
        while line and not line.endswith(("\n", "\r")):
            line = self._stream.readline(LONGEST)


def _as_it_stands(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line whose quotes are not in order: those that are in order as meant, others as written."""
    apart = re.escape(delimiter)
    cells = re.findall(rf'(?:^|{apart})(?:"((?:[^"]|"")*)"(?={apart}|$)|([^{apart}]*))', line)
    return [quoted.replace('""', '"') or written for quoted, written in cells]


class _TooLong(Exception):
    """A row has more than LONGEST characters."""
