"""What a file holds, as bytes that can be read several times without holding them in memory."""

from __future__ import annotations

import gzip
import io
import os
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from afterservice_cli.errors import BadInput, Conflict, StorageFailed
from afterservice_cli.files.input_file import unreadable
from afterservice_cli.language import sentence, tr, why

PIECE = 1 << 18  # bytes read at a time
LARGEST = 4 << 30  # bytes of what has to be copied before it can be read; what has more may have no end
STDIN = Path("-")
# How files begin that are no tables, whatever their names.
_NO_TABLES = (
    (b"%PDF", sentence("a PDF")),
    (b"{\\rtf", sentence("a text with its layout (RTF)")),
    (b"MIME-Version:", sentence("a web archive")),
    (b'{"', sentence("JSON")),
    (b"[{", sentence("JSON")),
)
GZIP = b"\x1f\x8b"


class SourceFile:
    """An open file, read as often as wanted, each time as it was when it was opened."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file, self.path = file, path
        self._number = file.fileno()
        self._was = self._state()

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        return self._was[0]

    def beginning(self, most: int = PIECE) -> bytes:
        """Return its first bytes, up to so many."""
        return self.stream().read(most)

    def check(self) -> None:
        """Refuse to go on, with `Conflict`, if the file was changed since it was opened."""
        if self._state() != self._was:
            raise Conflict(
                tr("{file} was changed while it was read – import it once it is written", file=called(self.path))
            )

    def stream(self, skip: int = 0) -> BinaryIO:
        """Return its bytes from `skip` on, independent of other readings; `Conflict` if the file was changed."""
        self.check()
        return io.BufferedReader(_Window(self._number, skip, self.size), PIECE)

    def pieces(self, skip: int = 0) -> Iterator[bytes]:
        """Yield its bytes from `skip` on, in pieces that end with a line if lines are short enough."""
        stream = self.stream(skip)
        while piece := stream.read(PIECE):
            yield piece + stream.readline(PIECE)

    def _state(self) -> tuple[int, int]:
        found = os.fstat(self._number)
        return found.st_size, found.st_mtime_ns


class _Window(io.RawIOBase):
    """The bytes of an open file from one place to another, without moving the place where others read."""

    def __init__(self, number: int, begin: int, end: int) -> None:
        self._number, self._begin, self._place, self._end = number, begin, begin, end

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read at any place."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Return the place, counted from where the window begins, at which reading now goes on."""
        start = {io.SEEK_SET: self._begin, io.SEEK_CUR: self._place, io.SEEK_END: self._end}[whence]
        self._place = max(self._begin, min(start + offset, self._end))
        return self._place - self._begin

    def readinto(self, buffer: object) -> int:
        """Fill a buffer and return how many bytes there were."""
        with memoryview(buffer) as view:  # type: ignore[arg-type]
            data = os.pread(self._number, min(len(view), self._end - self._place), self._place)
            view[: len(data)] = data
        self._place += len(data)
        return len(data)


def demand_table(source: SourceFile) -> None:
    """Refuse, with `BadInput`, what another program wrote and is plainly no table."""
    begins = source.beginning(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    what = next((what for sign, what in _NO_TABLES if begins.startswith(sign)), None)
    if what:
        raise BadInput(
            tr("{file} is {what}, no table", file=called(source.path), what=tr(what)),
            hint=tr("save it as .xlsx or as CSV in UTF-8"),
        )


def called(path: Path) -> str:
    """Return what a file is called in messages."""
    return tr("standard input") if path == STDIN else path.name


@contextmanager
def opened(path: Path) -> Iterator[SourceFile]:
    """Give a file, or standard input for `-`, for reading; what is packed by gzip is unpacked.

    What cannot be read twice is copied to a file without a name that nobody else can open. `NotFound` or `BadInput` if
    it cannot be read, is damaged or does not end.
    """
    if path == STDIN and sys.stdin is None:
        raise BadInput(tr("standard input is closed"))
    with ExitStack() as stack:
        try:
            file: IO[bytes] = sys.stdin.buffer if path == STDIN else stack.enter_context(path.open("rb"))
            if path == STDIN or not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                file = stack.enter_context(_copied(file, path))
            source = SourceFile(file, path)
            if source.beginning(2) == GZIP:
                with gzip.open(source.stream()) as unpacked:
                    source = SourceFile(stack.enter_context(_copied(unpacked, path)), path)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise BadInput(tr("{file} is damaged: it cannot be unpacked to its end", file=called(path))) from None
        except OSError as error:
            raise unreadable(path, error) from None
        yield source


def private_file() -> IO[bytes]:
    """Return a new file without a name, for this process alone."""
    return tempfile.TemporaryFile(prefix="afterservice-")


def _copied(file: IO[bytes] | gzip.GzipFile, path: Path) -> IO[bytes]:
    """Copy what can be read once; `BadInput` if it does not end, `StorageFailed` if there is no room for it."""
    copy = private_file()
    try:
        size = 0
        while piece := file.read(PIECE):
            size += len(piece)
            if size > LARGEST or (size == len(piece) and not any(piece) and len(piece) == PIECE):
                raise BadInput(tr("{file} has no end, or more than {most} GB", file=called(path), most=LARGEST >> 30))
            keep(copy, piece)
        copy.flush()
    except BaseException:
        copy.close()
        raise
    return copy


def keep(copy: IO[bytes], piece: bytes) -> None:
    """Write a piece to a file of `private_file`; `StorageFailed` if there is no room for it."""
    try:
        copy.write(piece)
    except OSError as error:
        raise StorageFailed(
            tr("no copy of the input can be written: {why}", why=why(error)),
            hint=tr("TMPDIR=FOLDER in front of the command names another place"),
        ) from None
