"""The rejects file: rows that an import left to a person, each with its reason, to be put right and read again."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from filecmp import cmp
from pathlib import Path
from typing import IO

from afterservice_cli.errors import StorageFailed
from afterservice_cli.files.durable import replace
from afterservice_cli.files.folders import follow
from afterservice_cli.files.whole_file import numbered
from afterservice_cli.frozen import Frozen
from afterservice_cli.intake.identity import RowKey, ToldRow
from afterservice_cli.intake.tables.headings import OWN
from afterservice_cli.intake.tables.source import STDIN, keep, private_file
from afterservice_cli.intake.tables.table import Line, Table
from afterservice_cli.language import tr, why
from afterservice_cli.output_text import defuse

SHOWN = 20  # rows of each status that are kept in memory, to be shown


class Left(Frozen):
    """A row that did not go in whole: `rejected`, `conflict`, or `flagged` (a case, less what was impossible).

    `field` names the headings or fields that are at fault, "" for none in particular. `occurrence` is its number among
    the rows of its kind if it has no other: a file of rejects alone would not say so.
    """

    line: int
    status: str
    field: str
    reason: str
    cells: tuple[str, ...]
    occurrence: int | None = None


class Savepoint(Frozen):
    """How far the rows that are left had come: bytes of their file, how many of each status, how many are shown."""

    size: int
    counts: Counter[str]
    shown: int


class LeftRows:
    """The rows that are left while a file is read, in a file without a name: memory keeps the first few alone."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self.counts = Counter[str]()  # by status
        self.first: list[Left] = []

    def add(self, left: Left, told: ToldRow) -> None:
        """Note a row, or one of several that are one case, with what it is recognised by."""
        self._file = self._file or private_file()
        self.counts[left.status] += 1
        if self.counts[left.status] <= SHOWN:
            self.first.append(left)
        said = [left.line, left.status, left.field, left.reason, left.cells, left.occurrence]
        keep(self._file, json.dumps([said, told.line.number, told.key, told.digest]).encode() + b"\n")

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()

    def savepoint(self) -> Savepoint:
        """Return how far it has come."""
        return Savepoint(self._file.tell() if self._file else 0, Counter(self.counts), len(self.first))

    def go_back(self, savepoint: Savepoint) -> None:
        """Forget what was noted since."""
        if self._file:
            self._file.seek(savepoint.size)
            self._file.truncate()
        self.counts = Counter(savepoint.counts)
        del self.first[savepoint.shown :]

    def rows(
        self, reserve: Callable[[ToldRow], int | None], wanted: Callable[[ToldRow], bool] = lambda told: True
    ) -> Iterator[Left]:
        """Yield the rows once all are taken, of the rejected ones those that are wanted.

        Each of these gets the occurrence that it shall have.
        """
        if self._file is None:
            return
        self._file.seek(0)
        for noted in self._file:
            (number, status, field, reason, cells, occurrence), line, key, digest = json.loads(noted)
            if status == "rejected":
                told = ToldRow(Line(line, (), None), RowKey(*key) if key else None, None, digest)
                if not wanted(told):
                    continue
                occurrence = reserve(told)
            yield Left(number, status, field, reason, tuple(cells), occurrence)


_OF_REJECTS = re.compile(r"(\.rejects(-[0-9]+)?)+$")  # at the end of a name


def rejects_of(file: Path) -> Path:
    """Return where the rows of a file go that leave something behind, if nobody said.

    Here, not beside the file: others may read the folder that a file comes from, and these are customers' words. What a
    rejects file leaves over stands under the name that it has itself, with a number.
    """
    stem = "stdin" if file == STDIN else (file.with_suffix("") if file.suffix == ".gz" else file).stem
    return Path(f"{_OF_REJECTS.sub('', stem)}.rejects.csv")


def write_rejects(wanted: Path, table: Table, left: Iterable[Left], desk: Path, read: Path) -> Path | None:
    """Write the rows as a file that `table_of` reads, for whoever may use the desk; return where it is, None if none.

    It is there as a whole or not at all. A file that is there already may hold somebody's corrections, or be another
    thing altogether: it is replaced only if each of its rows stands in the table as it was left. Else the new file gets
    a number (`october.rejects-2.csv`), unless it says the same. The file that was `read` stays. `StorageFailed` if
    it cannot be written.
    """
    part = wanted.with_name(f".{wanted.name}.{os.getpid()}.part")
    try:
        try:
            if not _write(part, table, left, desk):
                return None
            for path in _names(wanted, read):
                if _claim(path) or _stands_in(path, table):
                    replace(part, path)
                    return path
                if path.is_file() and cmp(path, part, shallow=False):
                    return path
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StorageFailed(tr("{file}: {why}", file=wanted, why=why(error))) from None
    raise AssertionError("numbers do not end")


def clear_rejects(wanted: Path, table: Table, read: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Remove what earlier imports left, once all rows of the table are in; return what is gone, and what stays.

    A file goes if each of its rows stands in the table as it was left. One that says anything else stays: it may hold
    somebody's corrections.
    """
    gone, stay = list[Path](), list[Path]()
    for path in _names(wanted, read):
        if not path.is_file():
            break
        if not _is_of_rejects(path):
            continue
        if _stands_in(path, table):
            path.unlink()
            gone.append(path)
        else:
            stay.append(path)
    return tuple(gone), tuple(stay)


def _names(wanted: Path, read: Path) -> Iterator[Path]:
    """Yield the names that a rejects file may have, without that of the file that was read."""
    for path in numbered(wanted):
        if not (read.exists() and path.exists() and path.samefile(read)):
            yield path


def _claim(path: Path) -> bool:
    """Create an empty file under a name that is free; tell whether it was."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def _write(part: Path, table: Table, left: Iterable[Left], desk: Path) -> bool:
    """Write the rows one by one, and tell whether there was any."""
    found = False
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    # With a mark, Excel reads it as UTF-8.
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", errors="surrogatepass", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_headings(table))
        for entry in left:
            found = True
            first = (str(entry.line), entry.status, entry.field, entry.reason, str(entry.occurrence or ""))
            writer.writerow([*map(defuse, first), *_cells(table, entry.cells)])
        out.flush()
        follow(out.fileno(), desk, owner=0o600)
        os.fsync(out.fileno())
    return found


def _headings(table: Table) -> list[str]:
    return [*OWN, *(defuse(table.written[index]) for index in _theirs(table))]


def _cells(table: Table, cells: tuple[str, ...]) -> list[str]:
    """Return a row's cells as the file has them: they are customers' words, so formulas are made harmless."""
    own = [cells[index] for index in _theirs(table) if index < len(cells)]
    return [defuse(cell) for cell in (*own, *cells[len(table.written) :])]


def _theirs(table: Table) -> list[int]:
    return [index for index, heading in enumerate(table.written) if heading not in OWN]


def _is_of_rejects(path: Path) -> bool:
    """Tell whether a file has the headings of one that an import left."""
    try:
        return tuple(next(_rows_of(path), ()))[: len(OWN)] == OWN
    except (OSError, ValueError, csv.Error):
        return False


def _stands_in(path: Path, table: Table) -> bool:
    """Tell whether a file is one that an import left, and each of its rows stands in the table as it does there.

    Both are read once, side by side: a file whose lines are in another order than the table's is taken for another.
    """
    try:
        rows = _rows_of(path)
        if not path.is_file() or next(rows, None) != _headings(table):
            return False
        lines = table.rows()
        return all(_is_next(row, lines, table) for row in rows)
    except (OSError, ValueError, csv.Error):
        return False


def _is_next(row: list[str], lines: Iterator[Line], table: Table) -> bool:
    """Tell whether a row of a rejects file is one of the lines that follow, as it is there."""
    number = int(row[0])
    line = next((line for line in lines if line.number >= number), None)
    return line is not None and line.number == number and row[len(OWN) :] == _cells(table, line.cells)


def _rows_of(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file)
