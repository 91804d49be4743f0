"""Folders beside a desk: made for whoever may use it, and never entered through a link."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from afterservice_cli.durable import sync_names
from afterservice_cli.errors import StorageFailed
from afterservice_cli.language import tr


def opened(folder: Path, desk: Path, *, inside: int | None = None) -> int:
    """Make a folder for whoever may use the desk, unless it is there; return it, open.

    `inside` is the folder around it, open. Raises `StorageFailed` for a link, or for what is of somebody else.
    """
    name, new = (folder.name if inside is not None else folder), True
    try:
        os.mkdir(name, 0o700, dir_fd=inside)
    except FileExistsError:
        new = False
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=inside)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENOTDIR):
            raise
        raise StorageFailed(
            tr("{path} is no folder but a link or a file", path=folder), hint=tr("look who put it there, and remove it")
        ) from None
    try:
        if new:
            follow(descriptor, desk, folder=True)
            sync_names(folder.parent)
        demand_ours(os.fstat(descriptor), folder, desk)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def demand_ours(found: os.stat_result, path: Path, desk: Path) -> None:
    """Refuse what lies beside a desk and belongs neither to us, to its owner, to its group nor to the system's own."""
    there = desk.stat()
    if found.st_uid not in {0, os.geteuid(), there.st_uid} and (
        found.st_gid != there.st_gid or not there.st_mode & stat.S_IWGRP
    ):
        raise StorageFailed(
            tr("{path} belongs to somebody whom the desk does not", path=path),
            hint=tr("look who put it there, and remove it"),
        )


def follow(descriptor: int, desk: Path, *, folder: bool = False) -> None:
    """Give to the desk's owner and group what they have of the desk, files to read only; others get nothing."""
    there = desk.stat()
    group = there.st_mode & 0o060
    if os.geteuid() == 0:
        os.fchown(descriptor, there.st_uid, there.st_gid)
    elif group:
        os.fchown(descriptor, -1, there.st_gid)
    if folder:
        os.fchmod(descriptor, 0o700 | (group | stat.S_ISGID | 0o010 if group else 0))
    else:
        os.fchmod(descriptor, 0o400 | group & 0o040)
