"""Who works here: the accounts of the operating system, and who called `sudo`."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_PROCESSES = Path("/proc")
_PLAYER: ContextVar[str] = ContextVar("player", default="")


@contextmanager
def played_by(name: str) -> Iterator[None]:
    """Let somebody else than the account that runs the program act for a while: whoever plays a rulebook's courses."""
    token = _PLAYER.set(name)
    try:
        yield
    finally:
        _PLAYER.reset(token)


def player() -> str:
    """Return who acts in place of the account that runs the program; "" for nobody."""
    return _PLAYER.get()


def user_name(uid: int) -> str:
    """Return what an account is called; its number if it has no name here."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def group_name(gid: int) -> str:
    """Return what a group is called; its number if it has no name here."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return f"gid {gid}"


def caller_of_sudo() -> int | None:
    """Return the uid of whoever called the `sudo` that this run is under; None if that cannot be told.

    Anybody can set SUDO_UID. It is believed if the nearest `sudo` above this run acts as root and was begun by that
    user: its real uid says so, which nobody but root can choose. Systems without /proc do not tell.
    """
    claimed = os.environ.get("SUDO_UID", "")
    if not (claimed.isascii() and claimed.isdigit()):
        return None
    for name, began, acts in _above(os.getppid()):
        if name == "sudo" and acts == 0:
            return began if began == int(claimed) else None
    return None


def _above(process: int) -> Iterator[tuple[str, int, int]]:
    """Yield the name, the real and the effective uid of a process and of those above it, as far as the system tells."""
    while process > 0:
        try:
            lines = (_PROCESSES / str(process) / "status").read_text("utf-8", "replace").splitlines()
            said = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
            real, effective, *_ = said["Uid"].split("\t")
            yield said["Name"], int(real), int(effective)
            process = int(said["PPid"])
        except (OSError, ValueError, KeyError):
            return
