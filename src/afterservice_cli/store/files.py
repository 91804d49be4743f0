"""The files that came with cases: each under the SHA-256 of its content, in a folder beside the desk."""

from __future__ import annotations

import errno
import glob
import hashlib
import json
import os
import re
import shutil
import sqlite3
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from afterservice_cli.decisions.intake import StoredFile
from afterservice_cli.errors import BadInput, IntegrityBroken, NotFound, StorageFailed, no_folder
from afterservice_cli.files import folders
from afterservice_cli.files.durable import replace, sync_names
from afterservice_cli.files.whole_file import numbered
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import sentence, tr, why

LARGEST = 100_000_000  # bytes of one file
LONGEST_NAME = 200  # bytes; file systems take 255, and a number may be added
_CHUNK = 1 << 20
_SQLITE = b"SQLite format 3\0"
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_INSTEAD = {
    sentence("it is a symbolic link"): sentence("name the file that it points to"),
    sentence("it is a folder"): sentence("name the files in it"),
    sentence("it is a device, a pipe or a socket"): sentence("write its content to a file first"),
}


class NamedFile(Frozen):
    """A file that the history names: by which event of which case, and what its content must be."""

    seq: int
    case_id: str
    digest: str
    size: int


def folder_of(desk: Path) -> Path:
    """Return the folder in which the files of a desk lie."""
    real = desk.resolve()
    return real.with_name(f"{real.stem}.files")


def place_of(desk: Path, digest: str) -> Path:
    """Return the path of the file whose content has this SHA-256 digest; `IntegrityBroken` for what is none."""
    if not is_digest(digest):  # it would lead out of the folder
        raise IntegrityBroken(tr("a file that is named by no SHA-256 digest is not touched"), hint="afterservice check")
    return folder_of(desk) / digest[:2] / digest


def is_digest(text: str) -> bool:
    """Tell whether a text is a SHA-256 digest."""
    return re.fullmatch("[0-9a-f]{64}", text) is not None


def named(db: sqlite3.Connection) -> list[NamedFile]:
    """Return every file that the history names, by retracted events too, but for those whose event was erased."""
    query = (
        "SELECT seq, case_id, body FROM events WHERE kind = 'FileAttached' "
        "AND seq NOT IN (SELECT seq FROM erasures) ORDER BY seq"
    )
    found = []
    for seq, case_id, body in db.execute(query):
        # An event that was tampered with is named by `integrity`.
        with suppress(ValueError, KeyError, TypeError):
            values = json.loads(body)
            if is_digest(values["digest"]):
                found.append(NamedFile(seq, case_id, values["digest"], int(values["size"])))
    return found


class Incoming:
    """Files on their way into the store; the caller holds the desk's lock throughout.

    They are copied under names of their own first and get their places last, just before the events that name them
    are committed: whoever is killed on the way leaves an event with its file, or no event.
    """

    def __init__(self, desk: Path) -> None:
        self._desk, self._folder = desk, folder_of(desk)
        self._parts: dict[str, str] = {}
        self._new: list[Path] = []
        self._at = -1  # the folder, open: nobody can put another in its place
        self.begun = False

    def copy(self, sources: Sequence[Path]) -> list[StoredFile]:
        """Copy files into the folder, hashing them on the way; `BadInput` or `NotFound` says which cannot be taken."""
        self.begun = True
        self._at = folders.opened(self._folder, self._desk)
        self._sweep()
        return [self._copy(source, tr("file {number}", number=number)) for number, source in enumerate(sources, 1)]

    def place(self) -> None:
        """Give every copy its place. One that is there already is replaced: it says the same, or should."""
        for digest, part in self._parts.items():
            place = place_of(self._desk, digest)
            folder = folders.opened(place.parent, self._desk, inside=self._at)
            try:
                if not place.exists():
                    self._new.append(place)
                os.replace(part, digest, src_dir_fd=self._at, dst_dir_fd=folder)
                sync_names(place.parent)
            finally:
                os.close(folder)

    def withdraw(self, kept: Iterable[NamedFile]) -> None:
        """Take back what came into the store, but for what the history names all the same."""
        used = {file.digest for file in kept}
        if self._at >= 0:
            self._sweep()
        for place in self._new:
            if place.name not in used:
                place.unlink(missing_ok=True)
        for folder in (*(place.parent for place in self._new), self._folder):
            with suppress(OSError):  # others are in it
                folder.rmdir()

    def close(self) -> None:
        """Let go of the folder."""
        if self._at >= 0:
            os.close(self._at)
            self._at = -1

    def _sweep(self) -> None:
        # Only who holds the lock copies: what lies here is of one who failed, or was killed.
        with os.scandir(self._at) as there:
            for entry in there:
                if entry.name.endswith(".part"):
                    os.unlink(entry.name, dir_fd=self._at)

    def _copy(self, source: Path, which: str) -> StoredFile:
        _check_name(source, which)
        part = f"{os.urandom(8).hex()}.part"
        digest, size = hashlib.sha256(), 0
        with os.fdopen(os.open(part, _WRITE, 0o600, dir_fd=self._at), "wb") as out:
            for chunk in _given(source, which):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            folders.follow(out.fileno(), self._desk)
            os.fsync(out.fileno())
        if self._parts.setdefault(digest.hexdigest(), part) != part:
            os.unlink(part, dir_fd=self._at)  # the same as one before it
        return StoredFile(digest.hexdigest(), size, source.name)


def findings(desk: Path, wanted: Iterable[NamedFile]) -> Iterator[str]:
    """Yield a sentence for every file that is not what the history says, without its name."""
    met: dict[str, tuple[str, int] | str] = {}  # or a sentence on it, to be said with `which`
    for file in wanted:
        if file.digest not in met:
            met[file.digest] = _measured(place_of(desk, file.digest))
        is_there = met[file.digest]
        if is_there != (file.digest, file.size):
            said = is_there if isinstance(is_there, str) else sentence("{which} was changed after it was stored")
            which = tr("the file of event {seq} ({case})", seq=file.seq, case=file.case_id)
            yield tr(said, which=which)


def remove(desk: Path, digests: Iterable[str]) -> None:
    """Remove files from the store for good, and folders that are empty then; who holds the desk's lock may."""
    if folder_of(desk).is_symlink():
        return  # what lies behind it is somebody else's
    places = [place_of(desk, digest) for digest in digests]
    for place in places:
        place.unlink(missing_ok=True)
    for folder in {place.parent for place in places}:
        with suppress(FileNotFoundError):
            sync_names(folder)
        with suppress(OSError):  # others are in it, or it was none
            folder.rmdir()
    with suppress(OSError):
        folder_of(desk).rmdir()


def sweep(desk: Path, wanted: Iterable[NamedFile]) -> None:
    """Remove what no event names: it is of one who was killed while attaching; who holds the desk's lock may."""
    if is_shared(desk):
        return
    for part in folder_of(desk).glob("*.part"):
        part.unlink(missing_ok=True)
    remove(desk, unnamed(desk, wanted))


def is_shared(desk: Path) -> bool:
    """Tell whether another desk may have its files there, too: one that is called alike (`shop.db`, `shop.sqlite`)."""
    real = desk.resolve()
    alike = (path for path in real.parent.glob(f"{glob.escape(real.stem)}.*") if path != real and path.is_file())
    return folder_of(desk).is_symlink() or any(_is_database(path) for path in alike)


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return True  # nobody knows


def unnamed(desk: Path, wanted: Iterable[NamedFile]) -> list[str]:
    """Return the digests under which files lie in the store that no event names."""
    named_ones = {file.digest for file in wanted}
    there = (path.name for path in folder_of(desk).glob("??/*") if is_digest(path.name))
    return sorted(name for name in there if name not in named_ones)


def copy_to(desk: Path, digests: Iterable[str], other: Path, *, like: Path) -> list[str]:
    """Copy files of a desk beside another one, for whoever may use the file `like`.

    Return the digests of those that are missing or spoiled.
    """
    missing = []
    for digest in digests:
        place = place_of(other, digest)
        if place.exists():
            continue
        os.close(folders.opened(folder_of(other), like))
        os.close(folders.opened(place.parent, like))
        part = place.with_suffix(".part")
        part.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(part, _WRITE, 0o600), "wb") as out:
                out.writelines(_stored(desk, digest, digest))
                out.flush()
                folders.follow(out.fileno(), like)
                os.fsync(out.fileno())
            replace(part, place)
        except IntegrityBroken:
            part.unlink(missing_ok=True)
            missing.append(digest)
    return missing


def link_to(desk: Path, other: Path) -> None:
    """Let another desk have the files of this one, whether they are whole or not, for whoever may use this one."""
    for path in folder_of(desk).glob("??/*"):
        place = place_of(other, path.name)
        os.close(folders.opened(folder_of(other), desk))
        os.close(folders.opened(place.parent, desk))
        try:
            os.link(path, place)
        except PermissionError:  # Linux lets nobody link what others made and they may not write
            with path.open("rb") as source, os.fdopen(os.open(place, _WRITE, 0o600), "wb") as out:
                shutil.copyfileobj(source, out, _CHUNK)
                out.flush()
                folders.follow(out.fileno(), desk)
                os.fsync(out.fileno())


def extract(desk: Path, wanted: Iterable[tuple[int, str, str]], into: Path) -> list[Path]:
    """Copy files, each given by event, digest and name, into a folder that is there: all of them, or none.

    They get their names back, made safe and numbered if one is taken, and are proved by their digests on the way.
    """
    if not into.is_dir():
        raise no_folder(into)
    made: list[Path] = []
    try:
        for seq, digest, name in wanted:
            path, out = _create(into / safe_name(name))
            made.append(path)
            with out:
                out.writelines(_stored(desk, digest, tr("the file of event {seq}", seq=seq)))
                out.flush()
                os.fsync(out.fileno())
        sync_names(into)
    except OSError as error:
        _remove(made)
        raise StorageFailed(
            tr("{folder} cannot be written: {why}", folder=into, why=why(error)),
            hint=tr("name another folder"),
        ) from None
    except BaseException:
        _remove(made)
        raise
    return made


def safe_name(name: str) -> str:
    """Return a customer's file name as a plain one: no separator, nothing unseen, not hidden, no option, short."""
    plain = "".join("_" if unicodedata.category(c)[0] == "C" or c in '/\\<>:"|?*\u2028\u2029' else c for c in name)
    plain = re.sub(r"^[\s.~-]+|[\s.]+$", "", plain) or "file"
    plain = re.sub(r"-(?=(journal|wal|shm)$)", "_", plain, flags=re.I)  # beside a database SQLite would go by it
    if len(plain.encode()) <= LONGEST_NAME:
        return plain
    suffix = Path(plain).suffix if len(Path(plain).suffix.encode()) <= 20 else ""
    stem = plain.removesuffix(suffix).encode()[: LONGEST_NAME - len(suffix.encode())].decode(errors="ignore")
    return re.sub(r"[\s.]+$", "", stem) + suffix


def _check_name(source: Path, which: str) -> None:
    if ".." in source.parts:
        raise BadInput(
            tr("{which} has '..' in its path; nothing was attached", which=which), hint=tr("name it by its whole path")
        )
    try:
        source.name.encode()
    except UnicodeEncodeError:
        raise BadInput(
            tr("{which} has a name that is not UTF-8; nothing was attached", which=which), hint=tr("rename it")
        ) from None


def _given(source: Path, which: str) -> Iterator[bytes]:
    """Yield the content of a file that somebody names; `BadInput` if it is over the limit or cannot be read."""
    size = 0
    try:
        for chunk in _chunks(source):
            size += len(chunk)
            if size > LARGEST:
                raise BadInput(
                    tr(
                        "{which} is larger than {size} MB; nothing was attached", which=which, size=LARGEST // 1_000_000
                    ),
                    hint=tr("keep it elsewhere, and say where: afterservice note"),
                )
            yield chunk
    except (FileNotFoundError, NotADirectoryError):
        hint = tr("see how it is called, and where it lies")
        raise NotFound(tr("{which} does not exist; nothing was attached", which=which), hint=hint) from None
    except OSError as error:
        hint = tr(_INSTEAD.get(str(error.strerror), sentence("ask its owner to let you read it")))
        raise BadInput(tr("{which} cannot be attached: {why}", which=which, why=why(error)), hint=hint) from None


def _stored(desk: Path, digest: str, which: str) -> Iterator[bytes]:
    """Yield the content of a file of the store; `IntegrityBroken` if it is gone or not what it was."""
    measured = hashlib.sha256()
    try:
        for chunk in _chunks(place_of(desk, digest)):
            measured.update(chunk)
            yield chunk
    except FileNotFoundError:
        raise IntegrityBroken(
            tr("{which} is missing", which=which), hint=tr("restore it from a backup, or attach it again")
        ) from None
    except OSError as error:
        raise StorageFailed(
            tr("{which} cannot be read: {why}", which=which, why=why(error)),
            hint=tr("ask the owner of the desk"),
        ) from None
    if measured.hexdigest() != digest:
        raise IntegrityBroken(
            tr("{which} was changed after it was stored", which=which), hint=tr("restore it from a backup")
        )


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield the content of a plain file; `OSError` says what it is instead. No link is followed, nothing blocks."""
    _demand_plain(path.lstat().st_mode)  # a device may act on being opened
    with os.fdopen(os.open(path, _READ), "rb", buffering=0) as content:
        _demand_plain(os.fstat(content.fileno()).st_mode)  # it may be another one by now
        while chunk := content.read(_CHUNK):
            yield chunk


def _demand_plain(mode: int) -> None:
    if not stat.S_ISREG(mode):
        link, folder, other = _INSTEAD
        raise OSError(errno.EINVAL, link if stat.S_ISLNK(mode) else folder if stat.S_ISDIR(mode) else other)


def _measured(path: Path) -> tuple[str, int] | str:
    """Return the SHA-256 digest of a stored file and its size in bytes, or a sentence on why `{which}` has none."""
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in _chunks(path):
            digest.update(chunk)
            size += len(chunk)
    except FileNotFoundError:
        return sentence("{which} is missing")
    except OSError as error:
        return tr("{which} cannot be read: {why}", which="{which}", why=why(error))
    return digest.hexdigest(), size


def _create(wanted: Path) -> tuple[Path, BinaryIO]:
    """Create a file to write, numbered if its name is taken; return its path and the file, open."""
    for path in numbered(wanted):
        with suppress(FileExistsError):
            return path, os.fdopen(os.open(path, _WRITE, 0o600), "wb")
    raise AssertionError("numbers do not end")


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
