"""Files that a person names."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from afterservice_cli.errors import BadInput, NotFound, no_folder
from afterservice_cli.language import tr, why

LARGEST = 16_000_000  # bytes of a rulebook, a profile, a calendar; what is larger is another file by mistake


def content_of(path: Path) -> bytes:
    """Return the whole content; NotFound if there is no such file, BadInput if it cannot be read or does not end."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(data) > LARGEST:
        raise BadInput(tr("{file} is larger than {most} MB – is it the right file?", file=path, most=LARGEST // 10**6))
    return data


def unreadable(path: Path, error: OSError) -> NotFound | BadInput:
    """Return what to say of a file that could not be opened or read."""
    if isinstance(error, FileNotFoundError):
        return NotFound(tr("there is no file {file}", file=path))
    return BadInput(tr("{file} cannot be read: {why}", file=path, why=why(error)))


def check_folder_of(file: Path) -> None:
    """Raise `NotFound` if there is no folder in which a file could be written."""
    if not file.absolute().parent.is_dir():
        raise no_folder(file.parent)


def check_output(file: Path) -> None:
    """Refuse a file that cannot be written: its folder is not there, or what is there is no file."""
    check_folder_of(file)
    if file.exists() and not file.is_file():
        raise BadInput(tr("{file} is no file – name another", file=file))


def english_file(rules: Path) -> Path:
    """Return where the English titles of a rulebook's file may stand: `NAME.en.yaml` beside `NAME.yaml`."""
    return rules.with_suffix(".en.yaml")


def rulebook_files(rules: Path, included: Sequence[str]) -> list[Path]:
    """Return the files of which a rulebook is made: its own, that of its English titles, and those that it includes."""
    english = english_file(rules)
    return [rules, *((english,) if english.is_file() else ()), *(rules.parent / name for name in included)]


def checksum_of(rules: Path, included: str) -> str:
    """Return the checksum of a rulebook's files as they are now; `included` are those that it includes, a line each.

    Raises `OSError` if one of them cannot be read.
    """
    return checksum(file.read_bytes() for file in rulebook_files(rules, included.splitlines()))


def checksum(contents: Iterable[bytes]) -> str:
    """Return the CRC-32 of a rulebook's files, by which every start notices an edit; it guards nothing."""
    return f"{zlib.crc32(b''.join(contents)):08x}"


def standard_input() -> bytes:
    """Return all of standard input; `BadInput` if it is larger than a text or a rulebook can be, or has no end."""
    data = sys.stdin.buffer.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadInput(tr("standard input is larger than {most} MB – is it the right file?", most=LARGEST // 10**6))
    return data
