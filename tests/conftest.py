"""What many tests need: the program as a process, the program as a call, and a desk to work at."""

import contextlib
import gc
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest
from hypothesis import settings

import rulebooks
from afterservice_cli import cli, language, session
from afterservice_cli.rulebook.compiling import Compiled, compile_rulebook
from afterservice_cli.rulebook.document.including import Included
from afterservice_cli.store import connection
from afterservice_cli.workflows import desk as desk_module
from afterservice_cli.workflows import founding
from registers import register_in
from shops import IDENTITY, Shop

NOW = "2026-10-12 09:00"  # a Monday, when the desk's working day begins
MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # a folder in memory if there is one, and how many bytes have to be free in it

# A busy machine breaks no law.
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")

pytest.register_assert_rewrite("playing")  # a game that diverges shows what differs, as a test does


class Result(NamedTuple):
    """What one run of the program left behind; `both` has its two streams as they came (of `call` only)."""

    code: int
    out: str
    err: str
    both: str = ""


class Runner(Protocol):
    """Runs one command line in a folder of its own."""

    def __call__(
        self,
        *words: str | os.PathLike[str],
        now: str | None = NOW,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        columns: int | None = None,
        patience: int = 120,
    ) -> Result:
        """`words` as typed; `now` is added as `--now`; `env` on top of the clean environment.

        With `columns` it prints to a terminal so wide, and whoever runs it is called `you` (`call` only). A process
        that takes longer than `patience` seconds fails the test (`run` only).
        """


Once = Callable[[Callable[[], object]], None]


def clean_env(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which the same words give the same output on every machine."""
    names = ("HOME", "PATH", "PYTHONPATH", "AFTERSERVICE_CEILING")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "AFTERSERVICE_LANG": "en", "TZ": "UTC", **(extra or {})}


def command(*words: str | os.PathLike[str], now: str | None = NOW) -> list[str]:
    """The command line by which a process runs the program."""
    clock = ["--now", now] if now else []
    return [sys.executable, "-m", "afterservice_cli", *clock, *(os.fspath(word) for word in words)]


def pytest_configure() -> None:
    """Keep what tests write in memory if there is room: most of them would wait for the disk of a desk to sync.

    Garbage is looked for as seldom as the program has it.
    """
    gc.freeze()
    gc.set_threshold(50_000)
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and _has_room(MEMORY):
        tempfile.tempdir = str(MEMORY)


def _has_room(folder: Path) -> bool:
    """Tell whether files can be written there, as many as tests write, and programs run from there."""
    system = os.statvfs(folder)
    return os.access(folder, os.W_OK) and not system.f_flag & os.ST_NOEXEC and system.f_bavail * system.f_frsize >= ROOM


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many games are played against the model of a case, beside those that every run plays."""
    group = parser.getgroup(
        "games", "random courses of cases, held against a plain model (tests/battery/test_life_model.py)"
    )
    group.addoption("--games", type=int, default=6, metavar="N", help="how many fresh games to play (default 6)")
    group.addoption("--first-game", type=int, metavar="SEED", help="the seed of the first, by chance if left out")


@pytest.fixture(scope="session", autouse=True)
def ceiling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of this run's files: no test sees a desk above it, whatever others left there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AFTERSERVICE_CEILING", str(tmp_path_factory.getbasetemp()))
        yield tmp_path_factory.getbasetemp()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Compile the same rulebook once in this process, in each language: hundreds of tests make a desk under it."""

    @lru_cache(maxsize=32)
    def in_language(
        _: str, data: bytes, name: str, year: int, english: tuple[bytes, str] | None, included: Sequence[Included]
    ) -> Compiled:
        return compile_rulebook(data, name, year=year, english=english, included=included)

    def compiled(
        data: bytes,
        name: str,
        *,
        year: int,
        english: tuple[bytes, str] | None = None,
        included: Sequence[Included] = (),
    ) -> Compiled:
        return in_language(language.spoken(), data, name, year, english, tuple(included))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(founding, "compile_rulebook", compiled)
        yield


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    """The real program in a process of its own."""

    def runner(
        *words: str | os.PathLike[str],
        now: str | None = NOW,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        columns: int | None = None,
        patience: int = 120,
    ) -> Result:
        assert columns is None, "a process has a terminal of its own only in tests/test_manners.py"
        done = subprocess.run(
            command(*words, now=now),
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=cwd or tmp_path,
            env=clean_env(env),
            timeout=patience,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    return runner


@contextlib.contextmanager
def calling(folder: Path, *, careful: bool = False) -> Iterator[Runner]:
    """Run the program within this process, in a folder if no other is named; `careful`, all is synced."""
    opened: list[sqlite3.Connection] = []

    def connect(path: Path, *, to_look: bool = False) -> sqlite3.Connection:
        opened.append(connection.connect(path, to_look=to_look))
        if not careful:
            opened[-1].execute("PRAGMA synchronous=OFF")  # no power fails between two commands of a test
        return opened[-1]

    def runner(
        *words: str | os.PathLike[str],
        now: str | None = NOW,
        stdin: str | bytes = "",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        columns: int | None = None,
        patience: int = 0,
    ) -> Result:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        both = io.BytesIO()
        stream = io.TextIOWrapper if columns is None else _Screen
        out, err = (stream(_Copied(both), encoding="utf-8", write_through=True) for _ in range(2))
        # A dumb terminal, on which no heading is bold.
        wide = {} if columns is None else {"COLUMNS": str(columns), "TERM": "dumb"}
        environment = clean_env({**wide, **(env or {})})
        with pytest.MonkeyPatch.context() as patch:
            for name in list(os.environ):
                patch.delenv(name)
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.chdir(cwd or folder)
            if columns is not None:
                patch.setattr(session, "user_name", lambda uid: "you")
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = cli.run(command(*words, now=now)[3:])
        while opened:
            opened.pop().close()
        return Result(code, _written(out), _written(err), both.getvalue().decode())

    with pytest.MonkeyPatch.context() as patch:
        # The program leaves its file to the end of its process, which does not come here.
        patch.setattr(desk_module, "connection", _Connecting(connect))
        yield runner
    while opened:
        opened.pop().close()


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Runner]:
    """The same program within this process: no start-up to wait for, no terminal."""
    with calling(tmp_path) as runner:
        yield runner


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a new desk in it, made once and copied."""
    folder = tmp_path_factory.mktemp("founded")
    subprocess.run(command("init"), cwd=folder, env=clean_env(), check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def desk(founded: Path, tmp_path: Path) -> Path:
    """The file of a new desk in `tmp_path`, where `run` and `call` work."""
    shutil.copytree(founded, tmp_path, dirs_exist_ok=True)
    return tmp_path / "afterservice.db"


@pytest.fixture
def guide(desk: Path, call: Runner) -> Runner:
    """The program at that desk, which works by the rulebook for every trade."""
    return call


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders that `once` has made ready in this process, by what made them."""
    return {}


@pytest.fixture
def once(made: dict[str, Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Bring into `tmp_path` what somebody makes there: made for the first test that asks, a copy for each after it."""

    def bring(make: Callable[[], object]) -> None:
        name = f"{make.__module__}.{make.__qualname__}"
        if name in made:
            shutil.copytree(made[name], tmp_path, dirs_exist_ok=True)
            return
        make()
        made[name] = tmp_path_factory.mktemp("made")
        shutil.copytree(tmp_path, made[name], dirs_exist_ok=True)

    return bring


def query(desk: Path, sql: str) -> list[tuple[object, ...]]:
    """What a desk's file holds, read beside the program."""
    with contextlib.closing(sqlite3.connect(f"file:{desk}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


class _Copied(io.BytesIO):
    """Bytes that go to a second place as well."""

    def __init__(self, also: io.BytesIO) -> None:
        super().__init__()
        self.also = also

    def write(self, data: Any) -> int:
        self.also.write(data)
        return super().write(data)


class _Screen(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class _Connecting:
    """The module `store.connection` with another way to connect."""

    def __init__(self, connect: Callable[..., sqlite3.Connection]) -> None:
        self.connect = connect

    def __getattr__(self, name: str) -> object:
        return getattr(connection, name)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode(errors="replace")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a small rulebook."""
    path = tmp_path_factory.mktemp("rules") / "shop.yaml"
    path.write_text(rulebooks.text("shop"))
    return str(path)


@pytest.fixture
def shop(small: str, tmp_path: Path) -> Iterator[Shop]:
    with register_in(tmp_path, small) as register:
        yield Shop(register)


@pytest.fixture
def nameless(small: str, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose rows have no number."""
    with register_in(tmp_path, small) as register:
        yield Shop(register, IDENTITY)
