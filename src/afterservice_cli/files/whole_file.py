"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ELOOP
from itertools import count
from pathlib import Path
from typing import TextIO

from afterservice_cli.accounts import user_name
from afterservice_cli.errors import StorageFailed
from afterservice_cli.files.durable import replace
from afterservice_cli.language import tr, why

MARK = "\ufeff"  # by which Excel knows UTF-8
MOST_LINKS = 40  # on the way to a file, as the system itself follows


def numbered(path: Path) -> Iterator[Path]:
    """Yield a path, and then the same with a number for as long as it is taken: `left.csv`, `left-2.csv`…"""
    yield path
    for number in count(2):
        yield path.with_stem(f"{path.stem}-{number}")


def behind_links(path: Path, within: Path | None = None) -> Path:
    """Return the file to which a path leads, whatever links are on the way; `StorageFailed` for somebody else's.

    Who may write to a folder on the way could have us write, or give away, a file of our own. Of a path `within` a
    folder, the way there is not looked at.
    """
    here, followed = within or (Path() if path.is_absolute() else Path.cwd()), 0
    ahead = [*reversed((path.relative_to(within) if within else path).parts)]
    while ahead:
        part = ahead.pop()
        here = here.parent if part == ".." else here / part
        if not here.is_symlink():
            continue
        followed += 1
        if here.lstat().st_uid not in {0, os.geteuid()}:
            leads = here.parent / here.readlink()
            hint = tr("look who put it there, then name {path} itself, or remove the link", path=leads)
            raise StorageFailed(tr("{path} is a link of somebody else's", path=here), hint=hint)
        if followed > MOST_LINKS:
            raise StorageFailed(tr("{file}: {why}", file=path, why=why(OSError(ELOOP, os.strerror(ELOOP)))))
        ahead += reversed(here.readlink().parts)
        here = here.parent
    return here


@contextmanager
def written_whole(path: Path, *, mark: bool = False) -> Iterator[TextIO]:
    """Give a stream of which a file is made when all is written; `mark` puts a mark of UTF-8 first.

    It takes the place of a file that is there, also behind a link, and has the rights that the umask leaves.
    `StorageFailed` if it cannot be written: then all is as it was.
    """
    with _replaced(path) as handle, open(handle, "w", encoding="utf-8", newline="", closefd=False) as out:
        out.write(MARK if mark else "")
        yield out


def write_whole(path: Path, content: bytes) -> None:
    """Write a file of bytes, as `written_whole` makes one of text."""
    with _replaced(path) as handle, open(handle, "wb", closefd=False) as out:
        out.write(content)


@contextmanager
def _replaced(path: Path) -> Iterator[int]:
    """Give a handle to a new file, which takes its place when all is written."""
    target = behind_links(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            try:
                yield handle
                os.fsync(handle)
            finally:
                os.close(handle)
            replace(part, target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        hint = tr("the file is as it was")
        if isinstance(error, PermissionError) and target.parent.is_dir():
            owner = user_name(target.parent.stat().st_uid)
            hint = tr("the file is as it was; ask {user}, whose folder it is, or name another", user=owner)
        raise StorageFailed(tr("{file}: {why}", file=path, why=why(error)), hint=hint) from None
