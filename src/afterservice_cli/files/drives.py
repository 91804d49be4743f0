"""Where a file lies: on a network drive, whose locks cannot be relied on, or on none."""

from __future__ import annotations

from pathlib import Path

NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "fuse.sshfs", "drvfs")


def network_file_system(folder: Path, mounts: str) -> str:
    """Return the type of the network file system that a folder lies on, "" if it lies on none.

    `mounts` has the format of /proc/mounts. Locks on such file systems cannot be relied on.
    """
    best, kind = "", ""
    for line in mounts.splitlines():
        _, mount, type_, *_ = line.split(" ")
        mount = mount.replace("\\040", " ")
        inside = folder.is_relative_to(mount)
        if inside and len(mount) >= len(best):
            best, kind = mount, type_
    return kind if kind in NETWORK else ""


def network_drive(path: Path) -> str:
    """Return the type of the network file system that a desk lies on, "" if it lies on none or none is known."""
    mounts = Path("/proc/mounts")
    return network_file_system(path.resolve().parent, mounts.read_text()) if mounts.exists() else ""
