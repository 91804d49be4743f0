"""Folders beside a desk: made for whoever may use it, and never entered through a link."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from afterservice_cli.errors import StorageFailed
from afterservice_cli.files.durable import sync_names
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


def follow(descriptor: int, desk: Path, *, folder: bool = False, owner: int = stat.S_IRUSR) -> None:
    """Give a file or a folder to the owner and the group of the desk; others get nothing.

    The owner gets the rights `owner` of a file, the group those of them that it has of the desk.
    """
    there = desk.stat()
    group = there.st_mode & 0o060
    try:
        if os.geteuid() == 0:
            os.fchown(descriptor, there.st_uid, there.st_gid)
        elif group:
            os.fchown(descriptor, -1, there.st_gid)
    except PermissionError:  # whoever made it is not of the group, and keeps it
        group = 0
    if folder:
        os.fchmod(descriptor, 0o700 | (group | stat.S_ISGID | 0o010 if group else 0))
    else:
        os.fchmod(descriptor, owner | group & owner >> 3)


def share(path: Path, desk: Path) -> None:
    """Let whoever may use a desk use a file or a folder that was made of it, and all that is in the folder."""
    for each in (path, *path.rglob("*")):
        descriptor = os.open(each, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            mode = os.fstat(descriptor).st_mode
            follow(descriptor, desk, folder=stat.S_ISDIR(mode), owner=mode & stat.S_IRWXU)
        finally:
            os.close(descriptor)
