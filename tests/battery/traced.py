"""A process whose calls to the system are seen, without a compiler or root: all that it does to a folder, in its order.

Works by `ptrace` on Linux (5.3 or newer, x86-64 or ARM) unless it is forbidden; `why_not` says so. A filter
(`seccomp`) lets all calls pass that change nothing, so that the process stops a hundred times instead of ten thousand.
"""

import contextlib
import ctypes
import os
import platform
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

_TRACEME, _POKEUSER, _CONTINUE, _SYSCALL, _OPTIONS, _INFO = 0, 6, 7, 24, 0x4200, 0x420E
_GOOD, _SECCOMP, _EXITKILL = 1, 0x80, 0x100000
_FILTERED, _ENDED = signal.SIGTRAP | 7 << 8, signal.SIGTRAP | 0x80  # why a process stops: before a call, and after it
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # of `prctl`
_LOAD, _EQUAL, _ANY_OF, _RETURN = 0x20, 0x15, 0x45, 0x06  # of a filter's program
_TRACE, _ALLOW = 0x7FF00000, 0x7FFF0000
_ORIG_RAX, _RAX = 15 * 8, 10 * 8  # where x86-64 keeps the number of a call, and what it returns
_CALLS = {
    "x86_64": {
        1: "write",
        2: "open",
        18: "pwrite64",
        20: "writev",
        40: "sendfile",
        74: "fsync",
        75: "fdatasync",
        76: "truncate",
        77: "ftruncate",
        82: "rename",
        83: "mkdir",
        84: "rmdir",
        85: "creat",
        86: "link",
        87: "unlink",
        257: "openat",
        258: "mkdirat",
        263: "unlinkat",
        264: "renameat",
        265: "linkat",
        296: "pwritev",
        316: "renameat2",
        326: "copy_file_range",
    },
    "aarch64": {
        34: "mkdirat",
        35: "unlinkat",
        37: "linkat",
        38: "renameat",
        45: "truncate",
        46: "ftruncate",
        56: "openat",
        64: "write",
        66: "writev",
        68: "pwrite64",
        70: "pwritev",
        71: "sendfile",
        82: "fsync",
        83: "fdatasync",
        276: "renameat2",
        285: "copy_file_range",
    },
}.get(platform.machine(), {})

MEDDLES = platform.machine() == "x86_64"  # whether a call can be made to fail


class Op(NamedTuple):
    """One thing done to a folder: to a file or folder by its id, or to names, each of a folder by its id."""

    kind: str  # create, mkdir, link, unlink, rmdir, rename, write, truncate, sync; said: a word on standard output
    node: int
    names: tuple[tuple[int, str], ...] = ()
    at: int = 0  # the offset of a write, the size after a truncation
    data: bytes = b""
    path: str = ""  # below the folder, for people


class Traced(NamedTuple):
    """What a process did, what it said, and how it ended."""

    ops: tuple[Op, ...]
    nodes: Mapping[str, int]  # ids of what was there at the beginning, by paths below the folder; "" is the folder
    code: int
    out: str
    err: str


@cache
def why_not() -> str:
    """Return why no process can be traced here, or an empty text."""
    if sys.platform != "linux" or not _CALLS:
        return f"no process is traced on {sys.platform} {platform.machine()}"
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        if traced(["true"], Path.cwd(), {**os.environ}).code == 0:
            return ""
    return "ptrace is forbidden or too old here"


def traced(
    words: Sequence[str], folder: Path, env: Mapping[str, str], meddle: Callable[[str, str, int], int] | None = None
) -> Traced:
    """Run a process in a folder, and return all that it did there.

    With `meddle` nothing of it is kept; it is asked before each call that would change the folder, by its name, its
    path and how many came before, and returns the error by which the call fails instead, or 0 (x86-64 only: `MEDDLES`).
    """
    out, err = os.memfd_create("out"), os.memfd_create("err")
    try:
        process = subprocess.Popen(
            words, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=_be_traced
        )
        tracer = _Tracer(process.pid, folder, meddle)
        nodes = {
            path: node for node, path in ((tracer.node(p), p.relative_to(folder).as_posix()) for p in _all(folder))
        }
        process.returncode = code = tracer.run()
        texts = [os.pread(stream, 1 << 24, 0).decode(errors="replace") for stream in (out, err)]
    finally:
        os.close(out)
        os.close(err)
    return Traced(tuple(tracer.ops), {**nodes, "": nodes["."]}, code, *texts)


def _all(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.rglob("*")


def _filter() -> bytes:
    """Return the program that stops a process before each call that is looked at, and before no other."""
    number, flags = 0, {"open": 24, "openat": 32}  # where the call stands, and what a file is opened for
    lines = [(_LOAD, 0, 0, number)]
    for call, name in _CALLS.items():
        seen = [(_RETURN, 0, 0, _TRACE)]
        if name in flags:
            to_change = (_ANY_OF, 0, 1, os.O_CREAT | os.O_TRUNC)
            seen = [(_LOAD, 0, 0, flags[name]), to_change, *seen, (_RETURN, 0, 0, _ALLOW)]
        lines += [(_EQUAL, 0, len(seen), call), *seen]
    return b"".join(struct.pack("<HBBI", *line) for line in (*lines, (_RETURN, 0, 0, _ALLOW)))


_PROGRAM = ctypes.create_string_buffer(_filter())
_FILTERING = ctypes.create_string_buffer(struct.pack("@HP", len(_PROGRAM) // 8, ctypes.addressof(_PROGRAM)))


def _be_traced() -> None:
    _ptrace(_TRACEME, 0, 0, 0)
    _called("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _called("prctl", _SET_SECCOMP, _FILTER, ctypes.addressof(_FILTERING), 0, 0)


def _ptrace(request: int, pid: int, address: int, data: object) -> int:
    return _called(
        "ptrace",
        request,
        pid,
        address,
        data if isinstance(data, int) else ctypes.addressof(data),  # type: ignore[arg-type]
    )


def _called(name: str, *values: int) -> int:
    """Call a function of the system's library; raise what it says went wrong."""
    done = _function(name)(*map(ctypes.c_long, values))
    if done < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return int(done)


@cache
def _function(name: str) -> Callable[..., int]:
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    function.restype = ctypes.c_long
    return cast(Callable[..., int], function)


class _Tracer:
    """One traced process: its calls as they come, those that change the folder as what they do."""

    def __init__(self, pid: int, folder: Path, meddle: Callable[[str, str, int], int] | None) -> None:
        self.pid, self.folder, self.meddle = pid, folder.resolve(), meddle
        self.ops: list[Op] = []
        self._ids: dict[int, int] = {}  # of what has a number on the disk
        self._next, self._changes = 0, 0
        self._info = ctypes.create_string_buffer(88)

    def node(self, path: Path | str, *, new: bool = False) -> int:
        """Return the id of a file or folder; the disk may use its number again, an id is never."""
        number = Path(path).stat().st_ino
        if new or number not in self._ids:
            self._ids[number] = self._next
            self._next += 1
        return self._ids[number]

    def run(self) -> int:
        """Let the process go on until it ends; return its code, negative for a signal."""
        _, status = os.waitpid(self.pid, 0)
        if os.WIFSTOPPED(status):
            _ptrace(_OPTIONS, self.pid, 0, _GOOD | _SECCOMP | _EXITKILL)
        after: Callable[[int], None] | None = None
        while os.WIFSTOPPED(status):
            why, passed = status >> 8, 0
            if why == _FILTERED:
                _, *values = self._told("<B23xQ6Q")
                after = self._begins(_CALLS[values[0]], values[1:])
            elif why == _ENDED:
                (result,) = self._told("<24xq")
                if after and result >= 0:
                    after(result)
                after = None
            elif why != signal.SIGTRAP:
                passed = why
            with contextlib.suppress(ProcessLookupError):
                _ptrace(_SYSCALL if after else _CONTINUE, self.pid, 0, passed)
            _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def _told(self, form: str) -> tuple[int, ...]:
        """Return what the system says of the call at which the process stands."""
        _ptrace(_INFO, self.pid, len(self._info), self._info)
        return struct.unpack_from(form, self._info)

    def _begins(self, call: str, args: Sequence[int]) -> Callable[[int], None] | None:
        """Look at a call before it is made, and let it fail if it shall; return what is to be done after it."""
        if self.meddle is None:
            return self._described(call, args)[0]
        path = ""
        with contextlib.suppress(OSError):  # it may have been taken away
            path = self._described(call, args)[1]
        if not path:
            return None
        fails = self.meddle(call, path, self._changes)
        self._changes += 1
        if fails:
            _ptrace(_POKEUSER, self.pid, _ORIG_RAX, -1)
            _ptrace(_POKEUSER, self.pid, _RAX, -fails)
        return None

    def _described(self, call: str, args: Sequence[int]) -> tuple[Callable[[int], None] | None, str]:
        if call in ("write", "pwrite64", "writev", "pwritev", "sendfile", "copy_file_range"):
            return self._writing(call, args)
        if call in ("fsync", "fdatasync", "ftruncate"):
            path = self._open(args[0])
            if not self._below(path):
                return None, ""
            node = self.node(path) if call != "ftruncate" else self.node(f"/proc/{self.pid}/fd/{_int(args[0])}")
            kind, size = ("truncate", args[1]) if call == "ftruncate" else ("sync", 0)
            return (lambda _: self._add(kind, node, path=path, at=size)), path
        if call in ("open", "openat", "creat"):
            return self._opening(call, args)
        if call in ("unlink", "unlinkat", "rmdir"):
            path = self._path(args[0] if call == "unlinkat" else None, args[1 if call == "unlinkat" else 0])
            kind = "rmdir" if call == "rmdir" or (call == "unlinkat" and args[2] & 0x200) else "unlink"
            return self._named(kind, path)
        if call in ("mkdir", "mkdirat"):
            path = self._path(args[0] if call == "mkdirat" else None, args[1 if call == "mkdirat" else 0])
            return self._named("mkdir", path)
        if call == "truncate":
            path = self._path(None, args[0])
            return (lambda _: self._add("truncate", self.node(path), path=path, at=args[1])), path
        plain = call in ("rename", "link")
        before = self._path(None if plain else args[0], args[0 if plain else 1])
        now = self._path(None if plain else args[2], args[1 if plain else 3])
        return self._named("rename" if call.startswith("rename") else "link", before, now)

    def _named(self, kind: str, *paths: str) -> tuple[Callable[[int], None] | None, str]:
        if not any(map(self._below, paths)):
            return None, ""
        known = self.node(paths[0]) if os.path.lexists(paths[0]) and kind != "mkdir" else -1

        def after(_: int) -> None:
            names = tuple((self.node(Path(path).parent), Path(path).name) for path in paths)
            node = self.node(paths[0], new=True) if kind == "mkdir" else known
            self._add(kind, node, names[1:] if kind == "link" else names, path=" → ".join(map(self._short, paths)))

        return after, paths[0]

    def _opening(self, call: str, args: Sequence[int]) -> tuple[Callable[[int], None] | None, str]:
        flags = os.O_CREAT | os.O_TRUNC if call == "creat" else args[2 if call == "openat" else 1]
        if not flags & (os.O_CREAT | os.O_TRUNC):
            return None, ""
        path = self._path(args[0] if call == "openat" else None, args[1 if call == "openat" else 0])
        if not self._below(path):
            return None, ""
        size = Path(path).stat().st_size if Path(path).exists() else -1
        if size < 0 and not flags & os.O_CREAT:
            return None, ""

        def after(_: int) -> None:
            if size < 0:
                self._add(
                    "create", self.node(path, new=True), ((self.node(Path(path).parent), Path(path).name),), path=path
                )
            elif size and flags & os.O_TRUNC:
                self._add("truncate", self.node(path), path=path)

        return after, path if size < 0 else ""

    def _writing(self, call: str, args: Sequence[int]) -> tuple[Callable[[int], None] | None, str]:
        descriptor = _int(args[2 if call == "copy_file_range" else 0])
        path = self._open(descriptor)
        file = f"/proc/{self.pid}/fd/{descriptor}"
        if descriptor == 1:
            return (lambda _: self._add("said", -1)), ""
        if not self._below(path):
            return None, ""
        at = args[3] if call in ("pwrite64", "pwritev") else self._place(descriptor)

        def after(written: int) -> None:
            with Path(file).open("rb", buffering=0) as again:
                data = os.pread(again.fileno(), written, at)
            self._add("write", self.node(file), path=path, at=at, data=data)

        return after, path

    def _add(
        self,
        kind: str,
        node: int,
        names: tuple[tuple[int, str], ...] = (),
        *,
        path: str = "",
        at: int = 0,
        data: bytes = b"",
    ) -> None:
        self.ops.append(Op(kind, node, names, at, data, self._short(path)))

    def _short(self, path: str) -> str:
        return path.removeprefix(f"{self.folder}/")

    def _below(self, path: str) -> bool:
        return path.startswith(f"{self.folder}/") or path == str(self.folder)

    def _open(self, descriptor: int) -> str:
        with contextlib.suppress(OSError):
            return str(Path(f"/proc/{self.pid}/fd/{_int(descriptor)}").readlink()).removesuffix(" (deleted)")
        return ""

    def _place(self, descriptor: int) -> int:
        """Where a descriptor would write next."""
        told = dict(
            line.split(":", 1)
            for line in Path(f"/proc/{self.pid}/fdinfo/{descriptor}").read_text().splitlines()
            if ":" in line
        )
        if int(told["flags"], 8) & os.O_APPEND:
            return Path(f"/proc/{self.pid}/fd/{descriptor}").stat().st_size
        return int(told["pos"])

    def _path(self, around: int | None, address: int) -> str:
        with Path(f"/proc/{self.pid}/mem").open("rb", buffering=0) as memory:
            text = b""
            while b"\0" not in text:
                text += os.pread(memory.fileno(), 256 - (address + len(text)) % 256, address + len(text))
        name = os.fsdecode(text.partition(b"\0")[0])
        if not name.startswith("/"):
            base = (
                str(Path(f"/proc/{self.pid}/cwd").readlink())
                if around is None or _int(around) == -100
                else self._open(around)
            )
            name = f"{base}/{name}"
        parent, _, last = name.rstrip("/").rpartition("/")
        return f"{os.path.realpath(parent)}/{last}"


def _int(value: int) -> int:
    """Return a descriptor as the system reads it."""
    return ctypes.c_int(value & 0xFFFFFFFF).value
