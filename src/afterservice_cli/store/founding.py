"""Founding a desk: its file, its identity and its first rulebook."""

from __future__ import annotations

import grp
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from afterservice_cli.cases.case import Event
from afterservice_cli.errors import BadInput, StorageFailed, quoted
from afterservice_cli.language import tr
from afterservice_cli.store import connection, queueing
from afterservice_cli.store.history import DESK, Chain, Stamp, genesis
from afterservice_cli.store.projections.above import project_duties
from afterservice_cli.store.schema import FINGERPRINT


def found(
    path: Path, *, snapshot: Mapping[str, str], first: Event, stamp: Stamp, settings: dict[str, str], group: str | None
) -> None:
    """Make a desk at `path` that works by a snapshot, texts by their hashes, with `first` as its first event.

    With a group, its members may write: file, lock and journal belong to it. Nothing is left behind if it fails.
    """
    from afterservice_cli.store import tables

    db = connection.create(path)
    try:
        with connection.writing(db, path):
            tables.create(db)
            register = os.urandom(16).hex()
            secret = os.urandom(32).hex()
            identity = {"register": register, "secret": secret, "genesis": genesis(register, secret)}
            own = {"rulebook": stamp.rulebook, "projections": FINGERPRINT}
            for key, value in {**identity, **settings, **own}.items():
                db.execute("INSERT INTO desk (key, value) VALUES (?,?)", (key, value))
            store_snapshot(db, snapshot)
            for recorded in Chain(db, stamp).append(DESK, 0, [first]):
                project_duties(db, recorded)
        if group:
            share(path, group)
    except BaseException:
        db.close()
        for leftover in (path, queueing.lock_path(path)):
            leftover.unlink(missing_ok=True)
        raise
    db.close()


def store_snapshot(db: sqlite3.Connection, snapshot: Mapping[str, str]) -> None:
    """Keep the texts of a snapshot by their hashes; one that is there already stays."""
    for digest, text in snapshot.items():
        if not db.execute("SELECT 1 FROM snapshots WHERE hash = ?", (digest,)).fetchone():
            db.execute("INSERT INTO snapshots (hash, text) VALUES (?,?)", (digest, text))


def share(path: Path, group: str) -> None:
    """Let a group work at the desk: it owns file, lock and folder, and what SQLite makes in the folder."""
    try:
        gid = grp.getgrnam(group).gr_gid
    except KeyError:
        raise BadInput(
            tr("there is no group '{group}'", group=group), hint=tr("make it: groupadd {group}", group=group)
        ) from None
    folder = path.resolve().parent
    if folder in (Path.home().resolve(), Path("/"), Path("/tmp")):
        raise BadInput(
            tr("{folder} is no folder to share", folder=folder), hint=tr("make the desk in a folder of its own")
        )
    try:
        for file in (path, queueing.lock_path(path)):
            os.chown(file, -1, gid)
            file.chmod(0o660)
        # The journal is made anew for each write, in the folder: it must come into being in the group.
        # One that root made so for the group is left alone: its members may not change it.
        if folder.stat().st_gid != gid:
            os.chown(folder, -1, gid)
        mode = folder.stat().st_mode
        if mode != (wanted := (mode | 0o2770) & ~0o007):
            folder.chmod(wanted)
    except PermissionError:
        raise StorageFailed(
            tr("{folder} cannot be given to the group '{group}'", folder=folder, group=group),
            hint=tr(
                "be a member of it and own the folder, or let root do it: {command}",
                command=f"chgrp {group} {quoted(folder)} && chmod 2770 {quoted(folder)}",
            ),
        ) from None
