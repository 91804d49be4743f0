"""Restoring: a backup put in the place of a desk, at one instant, with what was erased since erased again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from afterservice_cli.cases.case import ENDED
from afterservice_cli.cases.events.closing import CaseWithdrawn
from afterservice_cli.cases.events.general import PersonalDataErased
from afterservice_cli.cases.events.problems import ProblemClosed
from afterservice_cli.errors import IntegrityBroken, Refused, StorageFailed
from afterservice_cli.files.durable import replace, sync, sync_names
from afterservice_cli.files.folders import share
from afterservice_cli.files.whole_file import write_whole
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence, tr
from afterservice_cli.store import connection, erasing, files, history, queueing
from afterservice_cli.store.copies import backups
from afterservice_cli.store.copies.backups import Manifest
from afterservice_cli.store.integrity import examine
from afterservice_cli.store.reading import queries
from afterservice_cli.store.reading.problems import find_above, load_measure, load_problem
from afterservice_cli.store.troubles import Undone, translated
from afterservice_cli.time.instants import to_text
from afterservice_cli.workflows.desk import Desk
from afterservice_cli.workflows.learning import learn_after_erasure
from afterservice_cli.workflows.recording import Writer, writing

_NOT_RESTORED = Undone(
    sentence("the disk of {path} is full: nothing was restored, the desk is as it was"),
    sentence("make room there and restore again"),
)
_NOTHING_RESTORED = Undone(
    sentence("the disk of {path} is full: nothing was restored"), sentence("make room there and restore again")
)


class Restored(Frozen):
    """What a restoring did: from which backup, where the desk is kept that was there before, and what went again."""

    manifest: Manifest
    head: str  # of the desk as it is now, as `check --head` takes it
    aside: Path | None
    lost: int  # events of the old desk that the backup has not
    erased: tuple[str, ...]  # what was erased after the backup was made, and is erased again
    unread: bool  # whether the old desk could not be read, so that erasures made in it are not known


class Who(Frozen):
    """By whom, when and by which clock something is recorded on a desk that is not open yet."""

    now: datetime
    actor: str
    clock: str


def restore(
    backup: Path, target: Path, who: Callable[[ZoneInfo], Who], *, agreed: Callable[[Manifest, int | None], bool]
) -> Restored | None:
    """Put a backup in the place of a desk, or where there is none; None if it is not `agreed` to.

    The desk is as it was, or as the backup has it, whenever the process is killed; the old one is kept aside. Who
    works at it waits meanwhile. What was erased since the backup is erased in it first. `who` says who does it in the
    zone of the desk, as the backup has it.
    """
    with backups.opened(backup) as folder:
        manifest = backups.proved(folder)
        zone = _prove(folder / manifest.desk)
        old, unread = _open(target)
        try:
            if old is not None:
                _check_same(old, target, manifest)
            if not agreed(manifest, None if old is None else history.head(old)[0]):
                return None
            work = target.with_name(f".{target.name}.restoring")
            try:
                with _alone_at(target):
                    _remove(work)
                    return _put(folder, manifest, work, target, old, who(zone)).but(unread=unread)
            finally:
                _remove(work)
        finally:
            if old is not None:
                old.close()


def _prove(copy: Path) -> ZoneInfo:
    """Refuse a backup in which something is wrong: `IntegrityBroken`; return the zone of its desk."""
    db = connection.connect(copy)
    try:
        with connection.reading(db, copy):
            found = examine(db).but(files=tuple(files.findings(copy, files.named(db))))
    finally:
        db.close()
    if found.all():
        raise IntegrityBroken(
            tr("the backup does not hold together: {finding}", finding=found.all()[0]), hint=tr("take another one")
        )
    desk = Desk(copy, now=datetime.now(UTC), actor="", clock="system", to_look=True)
    try:
        return desk.rulebook.zone
    finally:
        desk.connection.close()


def _open(target: Path) -> tuple[sqlite3.Connection | None, bool]:
    """Return a connection to the desk that is there, None for none; and whether there is one that cannot be read."""
    if not target.exists():
        return None, False
    old = None
    try:
        old = connection.connect(target)
        with connection.reading(old, target):
            history.head(old)
    except (StorageFailed, sqlite3.Error, TypeError):
        if old is not None:
            old.close()
        return None, True
    return old, False


def _check_same(old: sqlite3.Connection, target: Path, manifest: Manifest) -> None:
    if queries.desk_value(old, "register") != manifest.register:
        raise Refused(
            tr("{path} is another desk than the one of this backup", path=target),
            hint=tr("restore it elsewhere: --db FILE"),
        )


@contextmanager
def _alone_at(target: Path) -> Iterator[None]:
    if target.exists():
        with translated(target, _NOT_RESTORED), queueing.queued(target):
            yield
    else:
        with translated(target, _NOTHING_RESTORED):
            yield


def _put(
    folder: Path, manifest: Manifest, work: Path, target: Path, old: sqlite3.Connection | None, who: Who
) -> Restored:
    """Make the desk anew from a backup, first beside it and then in its place; the caller holds the lock."""
    source = connection.connect(folder / manifest.desk)
    try:
        backups.copied(source, work)
    finally:
        source.close()
    erased: tuple[str, ...] = ()
    lost = 0
    if old is not None:
        erased = _erased_again(work, _erased_since(old, manifest.seq), who)
        lost = max(0, history.head(old)[0] - manifest.seq)
    new = connection.connect(work)
    try:
        named = files.named(new)
        seq, last, _ = history.head(new)
        head = f"{seq}:{last}"
        files.copy_to(
            folder / manifest.desk, {one.digest for one in named}, target, like=work if old is None else target
        )
        aside = _aside(target, old, who.now) if target.exists() else None
        if old is not None:
            try:
                new.backup(old)  # in one transaction, at the end of which all others see the backup
            except (sqlite3.Error, OSError):
                _remove_aside(aside)  # nothing took the desk's place
                raise
    finally:
        new.close()
    if old is None:
        # It belongs to the desk that could not be read, which has it beside it where it is kept.
        # It must be gone before the new file has its name: SQLite would roll it into that one.
        target.with_name(f"{target.name}-journal").unlink(missing_ok=True)
        sync_names(target.parent)
        replace(work, target)
    files.sweep(target, named)
    for name in manifest.files:
        file = target.parent / name
        if name.endswith((".yaml", ".yml")) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            sync_names(file.parent.parent)
            write_whole(file, (folder / name).read_bytes())
    return Restored(manifest, head, aside, lost, erased, False)


def _erased_since(old: sqlite3.Connection, seq: int) -> dict[str, str]:
    """Return the cases, problems and measures that were erased after an event, each with the ground."""
    found = history.read(old, "WHERE events.kind = 'PersonalDataErased' AND events.seq > ?", (seq,))
    return {one.case_id: one.event.ground for one in found if isinstance(one.event, PersonalDataErased)}


def _erased_again(work: Path, numbers: Mapping[str, str], who: Who) -> tuple[str, ...]:
    """Erase in the desk that is to come what it has of these; cases and problems that are open there end first."""
    desk = Desk(work, now=who.now, actor=who.actor, clock=who.clock)
    done, cases = list[str](), False
    try:
        with writing(desk) as writer:
            learnt = queries.learnt(writer.db)
            for number, ground in numbers.items():
                if not history.version_of(writer.db, number):
                    continue
                found = find_above(writer.db, number)
                if found is None:
                    gone = _case_erased(writer, number, ground)
                    cases = cases or gone
                else:
                    gone = _erased_above(writer, *found, ground)
                done += [number] if gone else []
            if cases:
                erasing.forget_customers(writer.db)
        erasing.finish(desk.connection, desk.path)
        if cases and learnt:
            learn_after_erasure(desk)
    finally:
        desk.connection.close()
    return tuple(done)


def _case_erased(writer: Writer, number: str, ground: str) -> bool:
    """Erase a case, and tell whether that was still to be done."""
    case, now = writer.load(number), writer.desk.now
    if case.erased:
        return False
    ends = [] if case.status in ENDED else [CaseWithdrawn(now, None)]
    writer.record(case, [*ends, PersonalDataErased(now, ground)])
    erasing.erase_case(writer.db, number)
    writer.project(writer.load(number))
    return True


def _erased_above(writer: Writer, table: str, number: str, ground: str) -> bool:
    """Erase a problem or a measure, and tell whether that was still to be done."""
    gone = PersonalDataErased(writer.desk.now, ground)
    if table == "problems":
        problem = load_problem(writer.db, number)
        if problem.erased:
            return False
        if problem.closed_at is None:
            writer.record_problem(number, ProblemClosed(gone.at, None))
        writer.record_problem(number, gone)
    else:
        if load_measure(writer.db, number).erased:
            return False
        writer.record_measure(number, gone)
    erasing.erase(writer.db, number)
    return True


def _aside(target: Path, old: sqlite3.Connection | None, now: datetime) -> Path:
    """Keep the desk that is there under another name, with its files and, if it cannot be read, with its journal."""
    stamp = to_text(now).translate({ord(sign): None for sign in "-:"})
    aside = target.with_name(f"{target.stem}.before-{stamp}{target.suffix}")
    number = 1
    while aside.exists():
        number += 1
        aside = target.with_name(f"{target.stem}.before-{stamp}-{number}{target.suffix}")
    try:
        _keep(target, old, aside)
    except BaseException:
        _remove_aside(aside)
        raise
    return aside


def _keep(target: Path, old: sqlite3.Connection | None, aside: Path) -> None:
    if old is not None:
        backups.copied(old, aside)
        share(aside, target)
    else:
        for end in ("", "-journal"):
            with suppress(FileNotFoundError):  # few have a journal
                sync(Path(shutil.copy2(f"{target}{end}", f"{aside}{end}")))
    files.link_to(target, aside)
    for folder in (*files.folder_of(aside).glob("??"), files.folder_of(aside), target.parent):
        with suppress(FileNotFoundError):  # a desk without files
            sync_names(folder)


def _remove_aside(aside: Path | None) -> None:
    if aside is not None:
        _remove(aside)
        shutil.rmtree(files.folder_of(aside), ignore_errors=True)


def _remove(work: Path) -> None:
    for path in (work, work.with_name(f"{work.name}-journal"), queueing.lock_path(work)):
        path.unlink(missing_ok=True)
