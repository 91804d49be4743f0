"""Backups: whole, proved copies of a desk with all that belongs to it, beside a list of what they hold."""

from __future__ import annotations

import fcntl
import hashlib
import json
import lzma
import os
import shutil
import sqlite3
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from afterservice_cli import __version__
from afterservice_cli.errors import BadInput, Busy, Conflict, IntegrityBroken, NotFound, StorageFailed, no_folder
from afterservice_cli.files.durable import sync, sync_names
from afterservice_cli.files.folders import share
from afterservice_cli.files.input_file import rulebook_files
from afterservice_cli.files.whole_file import behind_links
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import listed, sentence, tr, why
from afterservice_cli.store import connection, files, settings
from afterservice_cli.store.connection import SCHEMA_VERSION
from afterservice_cli.store.history import head
from afterservice_cli.store.integrity import Findings, examine
from afterservice_cli.store.queueing import PATIENCE
from afterservice_cli.store.reading import queries
from afterservice_cli.store.troubles import Undone, translated

MANIFEST = "manifest.json"
PACKED = (".tar", ".tar.gz", ".tgz")
FORMAT = 1
_CHUNK = 1 << 20
_NO_BACKUP = Undone(
    sentence("the disk of {path} is full: no backup was made, and nothing is left of it"),
    sentence("make room there (the backups that lie there are whole), or name a folder on another disk"),
)


class Manifest(Frozen):
    """What a backup says of itself: whose it is, when it was made, its head, and each file by SHA-256 and size."""

    format: int
    program: str
    schema: int
    register: str
    desk: str  # the name of the desk's file
    made_at: str
    seq: int
    head: str
    rulebook: str
    sound: bool  # False if it was kept although its check found something
    files: Mapping[str, tuple[str, int]]

    @property
    def point(self) -> str:
        """Return the head as `check --head` takes it."""
        return f"{self.seq}:{self.head}"


# How each value of a manifest is read, but for the files.
_KINDS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("program", "register", "desk", "made_at", "head", "rulebook"), str),
    **dict.fromkeys(("format", "schema", "seq"), int),
    "sound": bool,
}


class Backup(Frozen):
    """A backup that was made, what its check found, and the older ones that made room for it."""

    path: Path
    manifest: Manifest
    findings: Findings
    gone: tuple[Path, ...] = ()


def make(db: sqlite3.Connection, desk: Path, to: Path, *, at: str, keep: int | None, anyway: bool) -> Backup:
    """Copy a desk into a folder of its own below the folder `to`, or into the file `to`, while others work at it.

    The copy is checked as a whole; `IntegrityBroken` if something is wrong in it, unless `anyway`. `keep` is how many
    sound backups of this desk stay in the folder. Nothing but a whole backup is ever seen there under its name.
    """
    packed = to.name.endswith(PACKED)
    if packed and keep:
        raise BadInput(tr("--keep needs a folder of backups, not one file"), hint=tr("name a folder"))
    if packed and to.exists():
        raise Conflict(tr("{path} exists already", path=to), hint=tr("name another file, or a folder"))
    into = to.parent if packed else to
    _demand_folder(into, desk, may_make=not packed)
    with translated(into, _NO_BACKUP), _alone(into):
        _sweep(into)
        wanted = to.name if packed else _name(into, desk, at)
        part = into / f".{wanted}.part"
        try:
            part.mkdir(0o700)
            manifest, found = _filled(part, db, desk, at)
            if found.all() and not anyway:
                raise IntegrityBroken(
                    tr("the copy does not hold together: {finding}", finding=found.all()[0]),
                    hint=tr("afterservice check; with --anyway the copy is kept as it is"),
                )
            _write(part / MANIFEST, json.dumps(manifest.plain(), ensure_ascii=False, indent=1).encode() + b"\n")
            if packed:
                part = _packed(part, to)
            share(part, desk)
            _sync_below(part)
            part.rename(into / wanted)
            sync_names(into)
        except BaseException:
            _remove(part)
            raise
        gone = _pruned(into, manifest, keep) if keep and manifest.sound else ()
    return Backup(into / wanted, manifest, found, gone)


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """Open a backup, unpacked if it is a file; yield its folder, which is gone afterwards if it was unpacked.

    Raises `NotFound` if there is none, `StorageFailed` if it cannot be unpacked.
    """
    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise NotFound(tr("there is no backup {path}", path=path), hint=tr("name its folder, or its .tar file"))
    part = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        with _told_why(path):
            part.mkdir(0o700)
            _unpack(path, part)
        if not (part / MANIFEST).is_file():
            raise NotFound(
                tr("{path} is no backup: it has no {manifest}", path=path, manifest=MANIFEST),
                hint=tr("name a file that afterservice backup made"),
            )
        yield part
    finally:
        _remove(part)


@contextmanager
def _told_why(path: Path) -> Iterator[None]:
    """Turn what is wrong with a packed backup into our own words."""
    try:
        yield
    except (OSError, EOFError, tarfile.TarError, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, OSError) and error.errno:
            raise StorageFailed(tr("{path} cannot be unpacked: {why}", path=path, why=why(error))) from None
        raise StorageFailed(
            tr("{path} is no packed backup, or damaged, or not all of one", path=path),
            hint=tr("copy it once more from where it is kept, or name another"),
        ) from None


def manifest_of(folder: Path) -> Manifest:
    """Return what a backup says of itself; `NotFound` if the folder is none, `IntegrityBroken` if it cannot be read."""
    try:
        values = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise NotFound(
            tr("{path} is no backup: it has no {manifest}", path=folder, manifest=MANIFEST),
            hint=tr("name one of the folders in it"),
        ) from None
    except (OSError, ValueError):
        values = None
    try:
        found = {name: (str(one[0]), int(one[1])) for name, one in values["files"].items()}
        read = {name: kind(values[name]) for name, kind in _KINDS.items()}
        return Manifest(**read, files=found)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        raise IntegrityBroken(tr("the {manifest} of {path} cannot be read", manifest=MANIFEST, path=folder)) from None


def proved(folder: Path) -> Manifest:
    """Return what a backup says of itself, once every file in it is what it says; `IntegrityBroken` names one."""
    manifest = manifest_of(folder)
    for name, (digest, size) in manifest.files.items():
        place = folder / name
        if Path(name).is_absolute() or ".." in Path(name).parts or place.is_symlink() or not place.is_file():
            raise IntegrityBroken(tr("{file} is missing in the backup", file=name))
        if _measured(place) != (digest, size):
            raise IntegrityBroken(tr("{file} was changed after the backup was made", file=name))
    if manifest.desk not in manifest.files:
        raise IntegrityBroken(tr("{file} is missing in the backup", file=manifest.desk))
    return manifest


def backups_in(folder: Path, register: str) -> list[tuple[Path, Manifest]]:
    """Return the backups of a desk that lie in a folder, the newest first."""
    found = []
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        with suppress(IntegrityBroken, NotFound):
            manifest = manifest_of(path)
            if manifest.register == register:
                found.append((path, manifest))
    return sorted(found, key=lambda one: (one[1].made_at, one[0].name), reverse=True)


def copied(source: sqlite3.Connection, to: Path) -> None:
    """Copy a desk's file, as it is at one instant, into a new one that only its owner can read."""
    os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(to, isolation_level=None)) as target:
        source.backup(target)


def _filled(part: Path, db: sqlite3.Connection, desk: Path, at: str) -> tuple[Manifest, Findings]:
    """Copy what belongs to the desk into a folder and check the copy; return what it holds, and what is wrong."""
    # An erasure may take files away between the copy of the desk and theirs: then all is copied anew, once.
    for attempt in (1, 2):
        copy = part / desk.name
        copied(db, copy)
        there = connection.connect(copy)
        try:
            with connection.reading(there, copy):
                found, named = examine(there), files.named(there)
                seq, last, _ = head(there)
                values, register = settings.desk_values(there), queries.desk_value(there, "register")
        finally:
            there.close()
        missing = files.copy_to(desk, {one.digest for one in named}, copy, like=copy)
        if missing and attempt == 1 and head(db)[0] != seq:
            _empty(part)
            continue
        break
    folder = desk.resolve().parent
    for beside in rulebook_files(folder / values.rules_file, values.rules_included.splitlines()):
        if values.rules_file and beside.is_file():
            place = part / beside.relative_to(folder)
            place.parent.mkdir(0o700, parents=True, exist_ok=True)
            _write(place, behind_links(beside, folder).read_bytes())
    found = found.but(files=tuple(files.findings(copy, named)))
    held = {path.relative_to(part).as_posix(): _measured(path) for path in sorted(part.rglob("*")) if path.is_file()}
    manifest = Manifest(
        format=FORMAT,
        program=__version__,
        schema=SCHEMA_VERSION,
        register=register,
        desk=desk.name,
        made_at=at,
        seq=seq,
        head=last,
        rulebook=values.rulebook,
        sound=not found.all(),
        files=held,
    )
    return manifest, found


def _name(into: Path, desk: Path, at: str) -> str:
    stamp = at.translate({ord(sign): None for sign in "-:"})
    wanted = f"{desk.stem}-{stamp}"
    number = 1
    while (into / wanted).exists():
        number += 1
        wanted = f"{desk.stem}-{stamp}-{number}"
    return wanted


def _pruned(into: Path, manifest: Manifest, keep: int) -> tuple[Path, ...]:
    """Remove the backups of the same desk that are older than the newest `keep` sound ones; return their paths."""
    sound, gone = 0, []
    for path, one in backups_in(into, manifest.register):
        if sound >= keep:
            # Under another name first: half a backup must not look like one.
            leaving = into / f".{path.name}.part"
            path.rename(leaving)
            sync_names(into)
            shutil.rmtree(leaving)
            gone.append(path)
        sound += one.sound
    return tuple(gone)


def _packed(part: Path, to: Path) -> Path:
    """Pack a folder into one file beside it, remove the folder, and return the file."""
    pack = part.with_name(f"{part.name}.pack")
    try:
        handle = os.open(pack, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        mode: Literal["w", "w:gz"] = "w" if to.suffix == ".tar" else "w:gz"
        with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode=mode) as tar:
            tar.add(part, arcname=to.name.partition(".")[0])
    except BaseException:
        _remove(pack)
        raise
    shutil.rmtree(part)
    return pack


def _unpack(path: Path, into: Path) -> None:
    """Unpack the plain files of a packed backup into a folder, below which all of them come to lie."""
    with tarfile.open(path) as tar:
        for member in tar:
            name = Path(*Path(member.name).parts[1:])
            if not member.isfile() or ".." in name.parts or name.is_absolute() or not name.parts:
                continue
            place = into / name
            place.parent.mkdir(parents=True, exist_ok=True)
            content = tar.extractfile(member)
            if content is not None:
                with content, place.open("xb") as out:
                    shutil.copyfileobj(content, out, _CHUNK)


def _demand_folder(into: Path, desk: Path, *, may_make: bool) -> None:
    if into.is_dir():
        return
    if into.exists():
        raise BadInput(
            tr("{path} is neither a folder nor one of {kinds}", path=into, kinds=listed(PACKED)),
            hint=tr("name a folder, or a file such as desk.tar.gz"),
        )
    if not may_make or not into.parent.is_dir():
        raise no_folder(into.parent if may_make else into)
    with translated(into, _NO_BACKUP):
        into.mkdir(0o700)
        share(into, desk)
        sync_names(into.parent)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a folder of backups for one process; `Busy` if another holds it for too long."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy(
                        tr("another backup is being made in {folder}", folder=folder), hint=tr("try again in a moment")
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _sweep(into: Path) -> None:
    # Only who holds the folder works in it: what lies here is of one who was killed.
    for leftover in [*into.glob(".*.part"), *into.glob(".*.part.pack")]:
        _remove(leftover)


def _measured(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb", buffering=0) as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        _remove(path)


def _sync_below(path: Path) -> None:
    """Have the disk keep a file, or a folder with all that is in it."""
    within: Sequence[Path] = [*path.rglob("*"), path] if path.is_dir() else [path]
    for each in within:
        sync(each)
