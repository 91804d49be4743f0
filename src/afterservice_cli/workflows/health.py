"""Whether all is well around a desk: the program, the machine, the file, its rulebook and its calendar."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from afterservice_cli import __version__
from afterservice_cli.accounts import group_name, user_name
from afterservice_cli.console.terminal import language_asked_for
from afterservice_cli.errors import Problem, quoted
from afterservice_cli.files.drives import network_drive
from afterservice_cli.files.input_file import checksum_of
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, sentence, spoken, tr, why
from afterservice_cli.store import connection, files, history, settings
from afterservice_cli.store.reading import queries
from afterservice_cli.time.instants import from_text, to_local_text
from afterservice_cli.workflows.desk import Desk

PACKAGES = ("typer", "rich", "sqlite-utils", "PyYAML", "python-dateutil", "holidays")
_NAMED = 3  # files that are named
ROOM = 100_000_000  # bytes that should be free beside twice the desk's own size

State = Literal["ok", "look"]
UNITS = ("B", "kB", "MB", "GB", "TB")


class Examined(Frozen):
    """One thing that was looked at: what, how it is, and what to do about it if it deserves a look."""

    what: str
    said: str
    way: str = ""

    @property
    def state(self) -> State:
        """Return whether it deserves a look."""
        return "look" if self.way else "ok"


WHAT = {
    "program": sentence("program"),
    "engine": sentence("engine"),
    "language": sentence("language"),
    "desk": sentence("desk"),
    "access": sentence("access"),
    "disk": sentence("disk"),
    "history": sentence("history"),
    "clock": sentence("clock"),
    "rulebook": sentence("rulebook"),
    "calendar": sentence("calendar"),
    "files": sentence("files"),
    "leftovers": sentence("leftovers"),
}


def of_the_machine() -> Iterator[Examined]:
    """Yield what there is to say of the program and of what it runs on."""
    packages = listed(f"{name} {_version(name)}" for name in PACKAGES)
    yield Examined("program", tr("afterservice {version}; {packages}", version=__version__, packages=packages))
    yield Examined(
        "engine",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()}",
    )
    encoding = (sys.stdout.encoding or "").lower()
    said = tr("{language}; the locale's encoding is {encoding}", language=spoken(), encoding=locale.getencoding())
    if language_asked_for() is None:
        said = tr("{said}; no locale, so the rulebook's", said=said)
    way = "" if encoding.replace("-", "") == "utf8" else tr("export PYTHONUTF8=1: the screen is not written in UTF-8")
    yield Examined("language", said, way)


def size_text(size: float) -> str:
    """Return a size as people say it: 640 kB, 66.8 GB."""
    step = 0
    while size >= 1000 and step < len(UNITS) - 1:
        size, step = size / 1000, step + 1
    return f"{size:.{0 if size >= 100 or not step else 1}f} {UNITS[step]}"


def journal_of(path: Path) -> int:
    """Return the size of the journal beside a desk in bytes, 0 if there is none; opening the desk clears it away."""
    journal = path.with_name(f"{path.name}-journal")
    try:
        return journal.stat().st_size
    except OSError:
        return 0


def of_the_desk(desk: Desk, actual: datetime, journal: int) -> Iterator[Examined]:
    """Yield what there is to say of a desk; `actual` is what the machine's clock says, `journal` see `journal_of`."""
    path = desk.path.resolve()
    with desk.reading() as db:
        kept = settings.desk_values(db)
        seq, last, head_at = history.head(db)
        cases = queries.count_cases(db)
        named, settled = files.named(db), history.is_settled(db, head_at)
    yield Examined("desk", tr("{path}, schema {schema}", path=path, schema=connection.SCHEMA_VERSION), _place(path))
    yield _access(path)
    yield _disk(path)
    yield Examined(
        "history",
        tr("events: {events}, cases: {cases}; head {head}", events=seq, cases=cases, head=f"{seq}:{last}"),
    )
    yield _clock(desk, head_at, actual, settled=settled)
    yield _rulebook(desk, path.parent / kept.rules_file, kept)
    yield _calendar(desk)
    yield _files(desk.path, named)
    yield _leftovers(path, kept.leaving, journal)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"


def _place(path: Path) -> str:
    kind = network_drive(path)
    return tr("it lies on a network drive ({kind}): move it to a local disk", kind=kind) if kind else ""


def _access(path: Path) -> Examined:
    there = path.stat()
    said = tr(
        "mode {mode:04o}, user {user}, group {group}",
        mode=there.st_mode & 0o7777,
        user=user_name(there.st_uid),
        group=group_name(there.st_gid),
    )
    if there.st_mode & 0o007:
        return Examined(
            "access", said, tr("everybody on this machine can read it: chmod o-rwx {path}", path=quoted(path))
        )
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        return Examined("access", said, tr("you may read it but not write: ask its owner"))
    return Examined("access", said)


def _disk(path: Path) -> Examined:
    free, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    said = tr("{size}, {free} free beside it", size=size_text(size), free=size_text(free))
    # An erasure and a restoring write the file once more, beside its journal.
    return Examined("disk", said, tr("make room on the disk") if free < 2 * size + ROOM else "")


def _clock(desk: Desk, head_at: str, actual: datetime, *, settled: bool) -> Examined:
    zone = desk.rulebook.zone
    said = f"{to_local_text(actual, zone)} ({desk.rulebook.calendar_rules.timezone})"
    latest = from_text(head_at) if head_at else actual
    if latest > actual:
        ahead = to_local_text(latest, zone)
        if settled:
            return Examined(
                "clock", tr("{said}; it had been ahead, at {time}, of which a word is recorded", said=said, time=ahead)
            )
        way = tr(
            "the latest entry is of {time}, later than now: is the clock right? if it had been ahead: {command}",
            time=ahead,
            command='afterservice clock --was-ahead "…"',
        )
        return Examined("clock", said, way)
    return Examined("clock", said)


def _rulebook(desk: Desk, file: Path, kept: settings.DeskValues) -> Examined:
    said = f"{desk.rulebook.name} ({desk.rulebook.hash[:12]})"
    try:
        edited = checksum_of(file, kept.rules_included) != kept.rules_checksum
    except OSError as error:
        return Examined("rulebook", said, tr("{file} cannot be read: {why}", file=file, why=why(error)))
    if edited and kept.rules_included:
        what = tr("{file}, or a file that it includes, was edited since: afterservice rules adopt", file=file.name)
        return Examined("rulebook", said, what)
    if edited:
        return Examined("rulebook", said, tr("{file} was edited since: afterservice rules adopt", file=file.name))
    return Examined("rulebook", said)


def _calendar(desk: Desk) -> Examined:
    known = desk.rulebook.holidays_of("") or {}
    if not known:
        return Examined("calendar", tr("no public holidays"))
    sure = [year for year, days in sorted(known.items()) if days.get("final", True)]
    guessed = [year for year in sorted(known) if year not in sure]
    span = f"{sure[0]}–{sure[-1]}" if sure else "–"
    said = tr("public holidays of {years}", years=span)
    year = str(desk.now.astimezone(desk.rulebook.zone).year)
    if year not in known:
        return Examined("calendar", said, tr("those of {year} are missing: afterservice rules adopt", year=year))
    if year in guessed:
        way = tr(
            "those of {year} are not known for sure: have the program's environment updated (pip install --upgrade "
            "holidays), or write them under `calendar` (`closed`, `open`), then: afterservice rules adopt",
            year=year,
        )
        return Examined("calendar", said, way)
    if guessed:
        said = tr("{said}; those of {years} may still change", said=said, years=listed(guessed))
    return Examined("calendar", said)


def _files(desk: Path, named: list[files.NamedFile]) -> Examined:
    missing = [file for file in named if not files.place_of(desk, file.digest).is_file()]
    said = tr("{count} came with cases, {size}", count=len(named), size=size_text(sum(file.size for file in named)))
    if missing:
        return Examined("files", said, tr("some are missing: afterservice check"))
    if strays := _strays(desk, named):
        shown = listed([*map(str, strays[:_NAMED]), *(["…"] if len(strays) > _NAMED else [])])
        way = tr("no case has them: see what they are, and remove them if nobody needs them: {files}", files=shown)
        return Examined("files", tr("{said}; {count} beside these", said=said, count=len(strays)), way)
    return Examined("files", said)


def _strays(desk: Path, named: list[files.NamedFile]) -> list[Path]:
    """Return what lies among the files of a desk and no event names; nothing if another desk has its files there."""
    if files.is_shared(desk):
        return []
    folder = files.folder_of(desk)
    ours = {files.place_of(desk, file.digest) for file in named}
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".part" and path not in ours)
    return sorted(path.relative_to(folder.parent) for path in found)


def _leftovers(path: Path, leaving: str, journal: int) -> Examined:
    found = [each.name for each in path.parent.glob(f".{path.name}.restoring*")]
    if leaving:
        return Examined("leftovers", tr("an erasure was interrupted"), tr("finish it: afterservice list -n 1"))
    if found:
        return Examined("leftovers", listed(found), tr("a restoring was interrupted: restore again"))
    if journal:
        said = tr(
            "a journal of {size} lay there: a command that wrote did not end, or has not yet", size=size_text(journal)
        )
        still = journal_of(path)
        return Examined("leftovers", said, tr("see that nobody writes, then: afterservice list -n 1") if still else "")
    if aside := sorted(each.name for each in path.parent.glob(f"{path.stem}.before-*{path.suffix}")):
        way = tr("a restoring put them aside, with what was erased since: remove them, and their files, once you can")
        return Examined("leftovers", listed(aside), way)
    return Examined("leftovers", tr("none"))


def examined(desk: Desk | Problem | None, actual: datetime, journal: int = 0) -> list[Examined]:
    """Return all there is to say; of a desk that cannot be opened, why."""
    found = [*of_the_machine()]
    if isinstance(desk, Problem):
        return [*found, Examined("desk", desk.message, desk.hint or "afterservice check")]
    return found if desk is None else [*found, *of_the_desk(desk, actual, journal)]
