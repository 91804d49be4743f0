"""What must outlast a power cut: a disk keeps a file once it is synced, and a name once its folder is."""

from __future__ import annotations

import errno
import os
from pathlib import Path

# Folders that cannot be read, or lie on a file system that syncs none: nothing more can be done there.
_CANNOT = {errno.EACCES, errno.EINVAL, errno.ENOTSUP, errno.EBADF}


def sync(path: Path) -> None:
    """Have the disk keep what a file holds; `OSError` if it cannot."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_names(folder: Path) -> None:
    """Have the disk keep which names are in a folder, and which are no longer."""
    try:
        sync(folder)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


def replace(part: Path, target: Path) -> None:
    """Give a file that is whole and synced its name, in the place of what has it, for good."""
    part.replace(target)
    sync_names(target.parent)
