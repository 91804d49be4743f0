"""What a desk keeps of itself beside its history: the rulebook's files, its tables, what has yet to be removed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from afterservice_cli.frozen import Frozen

KNOWN = ("register", "secret", "genesis", "model")  # what else stands in the table, each with a check of its own
# What the program writes there leads to files beside the desk. Whoever may write the desk's file could put something
# else there, by which others would have files of their own read, copied or removed.
_NAME = r"(?!\.\.?(?:[/\n]|\Z))[^/\x00-\x1f\x7f]+"
_DIGEST = r'"[0-9a-f]{64}"'
_WRITTEN = {
    "rules_file": _NAME,
    "rules_included": rf"{_NAME}(?:[/\n]{_NAME})*",
    "leaving": rf"\[(?:{_DIGEST}(?:, {_DIGEST})*)?\]",
}


class DeskValues(Frozen):
    """What opening a desk asks of it, "" for what it has not."""

    rulebook: str  # the hash of the snapshot in force
    rules_file: str
    rules_included: str  # the files that it includes, a line each
    rules_checksum: str
    projections: str  # the fingerprint of its tables
    leaving: str  # what an erasure has yet to remove (`store.erasing`)


def desk_values(db: sqlite3.Connection) -> DeskValues:
    """Return what opening a desk asks of it; what the program never writes there counts as nothing."""
    kept = dict(db.execute("SELECT key, value FROM desk").fetchall())
    return DeskValues(*(_sound(name, kept.get(name, "")) for name in DeskValues.__fields__))


def strange(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the keys whose values the program never writes."""
    for key, value in db.execute("SELECT key, value FROM desk ORDER BY key"):
        if value and not _sound(key, value):
            yield key


def others(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the keys that are none of the program's."""
    ours = {*KNOWN, *DeskValues.__fields__}
    yield from (key for (key,) in db.execute("SELECT key FROM desk ORDER BY key") if key not in ours)


def _sound(key: str, value: str) -> str:
    """Return a value; "" for one that the program never writes under this key."""
    pattern = _WRITTEN.get(key)
    return value if pattern is None or re.fullmatch(pattern, value) else ""
