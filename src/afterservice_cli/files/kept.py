"""Rows that are read at once and given back later, in flat memory: many of them lie in a file without a name."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import IO, Any, Generic, TypeVar

from afterservice_cli.errors import StorageFailed
from afterservice_cli.language import tr, why

Value = TypeVar("Value")
Plain = tuple[Any, ...]  # of texts, numbers, None, and of lists and tuples of these

GROUP = 500  # rows that are packed together
HELD = 2  # groups that stay in memory; what comes after them goes into the file


class Kept(Generic[Value]):
    """Rows in their order, each as `make` makes it whenever they are gone through; their number is known at once.

    All of them are read when it is made, so that whoever locks what they come from can let go before any is written.
    `StorageFailed` if there is no room for the file.
    """

    def __init__(self, rows: Iterable[Plain], make: Callable[[Plain], Value]) -> None:
        self._make = make
        self._held: list[list[Plain]] = []
        self._file: IO[bytes] | None = None
        self._sizes: list[int] = []  # bytes of each group in the file
        self._count = 0
        rows = iter(rows)
        while group := list(islice(rows, GROUP)):
            self._count += len(group)
            if len(self._held) < HELD:
                self._held.append(group)
            else:
                self._put_away(group)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._count

    def __iter__(self) -> Iterator[Value]:
        """Give them back from the first on."""
        for group in self._groups():
            yield from map(self._make, group)

    def __del__(self) -> None:
        """Let go of the file, and so of what lies in it."""
        if self._file is not None:
            self._file.close()

    def _groups(self) -> Iterator[list[Plain]]:
        yield from self._held
        if self._file is None:
            return
        from zlib import decompress

        place = 0
        for size in self._sizes:
            self._file.seek(place)
            yield marshal.loads(decompress(self._file.read(size)))
            place += size

    def _put_away(self, group: list[Plain]) -> None:
        from zlib import compress

        packed = compress(marshal.dumps(group), 1)
        try:
            if self._file is None:
                from tempfile import TemporaryFile

                self._file = TemporaryFile(prefix="afterservice-")  # noqa: SIM115
            self._file.write(packed)
            self._file.flush()
        except OSError as error:
            raise StorageFailed(
                tr("what was read cannot be kept for a moment: {why}", why=why(error)),
                hint=tr("TMPDIR=FOLDER in front of the command names another place"),
            ) from None
        self._sizes.append(len(packed))
