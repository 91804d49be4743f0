"""The streams of a compound file, in which an .xls keeps its sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import Struct, unpack_from
from typing import BinaryIO

SIGN = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512  # bytes
_LAST = 0xFFFFFFFA  # from here on a number names no sector
_ENTRY = 128  # bytes of an entry of the directory
_IN_HEADER = 109  # sectors of the table that the header names
_MOST_TABLES = 1000  # sectors that name sectors of the table: 8 GB
_ROOT = 5  # the kind of entry that has the small streams


class CompoundFile:
    """A compound file, its table of sectors read; `ValueError` if it is none, or damaged."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        header = stream.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(SIGN):
            raise ValueError("no compound file")
        shift, self._small_shift = unpack_from("<HH", header, 30)
        if not (7 <= shift <= 16 and 2 <= self._small_shift <= shift):
            raise ValueError("no size that sectors have")
        self._size = 1 << shift
        directory, self._least, small = unpack_from("<I4xII", header, 48)
        more, left = unpack_from("<II", header, 68)
        left = min(left, _MOST_TABLES)
        tables = list(unpack_from(f"<{_IN_HEADER}I", header, 76))
        while more < _LAST and left:
            *listed, more = _numbers(self._sector(more))
            tables, left = tables + listed, left - 1
        self._table = [number for each in tables if each < _LAST for number in _numbers(self._sector(each))]
        self._entries = b"".join(self._chain(directory))
        self._small_table = [number for sector in self._chain(small) for number in _numbers(sector)]

    def stream(self, *names: str) -> bytes:
        """Return the first stream that has one of these names; `ValueError` if there is none."""
        entries = {name: (kind, first, size) for name, kind, first, size in self._directory()}
        kind, first, size = next((entries[name] for name in names if name in entries), (0, 0, 0))
        if not kind:
            raise ValueError("no such stream")
        if size >= self._least:
            return b"".join(self._chain(first))[:size]
        root = next((first for kind, first, _ in entries.values() if kind == _ROOT), _LAST)
        small, length = b"".join(self._chain(root)), 1 << self._small_shift
        places = _followed(first, self._small_table)
        return b"".join(small[place * length : (place + 1) * length] for place in places)[:size]

    def _directory(self) -> Iterator[tuple[str, int, int, int]]:
        """Yield the name, the kind, the first sector and the size of each entry."""
        for place in range(0, len(self._entries) - _ENTRY + 1, _ENTRY):
            length, kind = unpack_from("<HB", self._entries, place + 64)
            first, size = unpack_from("<II", self._entries, place + 116)
            yield self._entries[place : place + max(0, length - 2)].decode("utf-16-le", "replace"), kind, first, size

    def _chain(self, first: int) -> Iterator[bytes]:
        return map(self._sector, _followed(first, self._table))

    def _sector(self, number: int) -> bytes:
        self._stream.seek((number + 1) * self._size)
        found = self._stream.read(self._size)
        if not found:
            raise ValueError("a sector is missing")
        return found


def _numbers(sector: bytes) -> Sequence[int]:
    return Struct(f"<{len(sector) // 4}I").unpack_from(sector)


def _followed(first: int, table: Sequence[int]) -> Iterator[int]:
    """Yield the places of a chain; `ValueError` if it comes back to itself or leads nowhere."""
    place, left = first, len(table)
    while place < _LAST:
        if place >= len(table) or not left:
            raise ValueError("a chain without an end")
        yield place
        place, left = table[place], left - 1
