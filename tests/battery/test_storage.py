"""Storage and environment: disks that fail or vanish at any call, streams and locales of all kinds; never a bug.

A failing disk is played by `traced`: of the calls that would change the folder one fails, or all from one on. Who is
told that it was recorded finds it; whoever is told otherwise does not.
"""

import errno
import shlex
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest
from figures import CODES, SEED, count, counted
from traced import MEDDLES, traced, why_not

from conftest import Once, Runner, clean_env, command, query
from erased import kept_for

LATER = "2026-10-20 09:00"
FAILING, GOING, RUNS = count(8, 200), count(5, 100), count(10, 200)
ERRORS = {"full": errno.ENOSPC, "broken": errno.EIO, "read-only": errno.EROFS, "forbidden": errno.EACCES}
LINES = (
    ("register", "灯坏了", "--channel", "phone"),
    ("note", "001", "问过了"),
    ("attach", "001", "photo.bin"),
    ("close", "001", "--resolution", "换了", "--confirmed", "--rating", "5"),
    ("import", "month.csv", "--yes"),
    ("erase", "002", "--yes"),
    ("backup", "kept"),
    ("report", "--month", "2026-10", "-o", "month.md"),
)
LOCALES: tuple[dict[str, str], ...] = (
    {},
    {"LANG": "C", "LC_ALL": "C"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "zh_CN.GB18030", "PYTHONIOENCODING": "gb18030"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
    {"LANG": "xx_YY.nonsense", "TZ": "Nowhere/Never"},
    {"HOME": "", "PATH": ""},
    {"TERM": "dumb", "COLUMNS": "0", "NO_COLOR": "1"},
)
STREAMS = ("", ">&-", "2>&-", "<&-", ">&- 2>&- <&-", "> /dev/full", "2> /dev/full", "| true", "< /dev/zero")


@pytest.fixture
def start(desk: Path, call: Runner, once: Once, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a desk of two cases, one of them over, a photo and a file to import; it is not to be changed."""
    folder = desk.parent

    def made() -> None:
        kept_for(desk, call, "1d")
        (folder / "photo.bin").write_bytes(b"photo" * 3000)
        (folder / "month.csv").write_text(
            "编号,登记时间,渠道,描述\n" + "".join(f"A{n},2026-10-10 10:00,电话,第{n}台灯坏了\n" for n in range(20)),
            "utf-8",
        )
        call("register", "屏幕碎了", "--channel", "phone", "--customer", "陈强丰", "--contact", "1")
        call("register", "灯坏了", "--channel", "phone", "--customer", "张伟", "--contact", "2")
        call("attach", "002", "photo.bin")
        call("close", "002", "--resolution", "换了", "--confirmed")

    once(made)
    return Path(shutil.move(folder, tmp_path_factory.mktemp("start") / "desk"))


def rows_of(folder: Path) -> list[tuple[object, ...]]:
    return query(folder / "afterservice.db", "SELECT case_id, version, kind FROM events ORDER BY seq")


@pytest.mark.skipif(bool(why_not() or not MEDDLES), reason=why_not() or "no call is made to fail on this machine")
def test_a_disk_that_fails_at_any_call_leaves_the_desk_as_before_or_after(start: Path, call: Runner) -> None:
    chance = Random(SEED)
    folder = start.parent / "work"
    before = rows_of(start)
    with counted("disks that fail") as figures:
        for _ in range(FAILING):
            line, (how, error) = chance.choice(LINES), chance.choice([*ERRORS.items()])
            first, only = int(2 ** (chance.random() * 8)) - 1, chance.random() < 0.5
            shutil.copytree(start, folder)
            met: list[str] = []

            meddle = partial(failing, met, first, first if only else 1 << 30, error)
            done = traced(command(*line, now=LATER), folder, clean_env(), meddle)
            what = f"{' '.join(line)}, {how} {'at' if only else 'from'} call {first} ({', '.join(met[:1])})"
            wrong = ""
            if done.code not in CODES or "a bug" in done.err or "Traceback" in done.err:
                wrong = f"ends with {done.code}"
            elif found := worse(call, folder, before, done.code, done.err):
                wrong = found
            elif done.code == 0 and line[0] not in ("backup", "report") and rows_of(folder) == before:
                wrong = "not recorded, and it says that it was"
            if wrong:
                figures.fails(f"{what}: {wrong}\n{done.out}{done.err}")
            else:
                figures.came("untouched" if not met else "ended well all the same" if done.code == 0 else "refused")
            shutil.rmtree(folder)


def worse(call: Runner, folder: Path, before: list[tuple[object, ...]], code: int, told: str) -> str:
    """Say what is wrong with a desk at which somebody worked in trying circumstances."""
    if call("list", cwd=folder, now=LATER).code or call("check", cwd=folder, now=LATER)[:2] != (0, ""):
        return f"check says {call('check', cwd=folder, now=LATER).both}"
    after = rows_of(folder)
    if code and after != before and "recorded" not in told:
        return "recorded, and it does not say so"
    return ""


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_a_desk_that_goes_while_somebody_works_at_it_is_missed(start: Path, call: Runner) -> None:
    chance, folder = Random(SEED), start.parent / "work"
    before = rows_of(start)
    with counted("desks that go") as figures:
        for _ in range(GOING):
            line, act = chance.choice(LINES[:6]), chance.choice((moved, emptied, replaced))
            at = int(2 ** (chance.random() * 8)) - 1
            shutil.copytree(start, folder)
            met: list[str] = []

            meddle = partial(acting, met, at, partial(act, folder))
            done = traced(command(*line, now=LATER), folder, clean_env(), meddle)
            what = f"{' '.join(line)}, {act.__name__} at call {at} ({', '.join(met)})"
            wrong = ""
            if done.code not in CODES or "a bug" in done.err or "Traceback" in done.err:
                wrong = f"ends with {done.code}"
            elif (folder / "moved.db").exists():
                shutil.move(folder / "moved.db", folder / "afterservice.db")
                wrong = worse(call, folder, before, done.code, done.err)
            elif act is emptied and met and done.code == 0 and met[0].startswith("write"):
                wrong = "what it recorded is nowhere, and it says that it was"
            if wrong:
                figures.fails(f"{what}: {wrong}\n{done.out}{done.err}")
            else:
                figures.came("untouched" if not met else "done" if done.code == 0 else "missed")
            shutil.rmtree(folder)


def test_no_locale_and_no_stream_is_a_bug(start: Path, call: Runner) -> None:
    chance, folder = Random(SEED), start.parent / "work"
    before = rows_of(start)
    looking = (("list",), ("show", "001"), ("list", "--json"), ("report", "--month", "2026-10"), ("check",))
    with counted("locales and streams") as figures:
        for _ in range(RUNS):
            line, streams, env = chance.choice(LINES + looking), chance.choice(STREAMS), chance.choice(LOCALES)
            shutil.copytree(start, folder)
            words = f"{shlex.join(command(*line, now=LATER))} {streams}"
            done = subprocess.run(
                ["/bin/sh", "-c", words],
                cwd=folder,
                env=clean_env(env),
                capture_output=True,
                check=False,
                timeout=300,
                stdin=subprocess.DEVNULL,
            )
            told = (done.stdout + done.stderr).decode(errors="replace")
            if done.returncode not in CODES or "a bug" in told or "Traceback" in told:
                wrong = f"ends with {done.returncode}"
            else:
                wrong = worse(call, folder, before, done.returncode, told if "2>" not in streams else "recorded")
            if wrong:
                figures.fails(f"{env} {' '.join(line)} {streams}: {wrong}\n{told}")
            else:
                figures.came(f"code {done.returncode}")
            shutil.rmtree(folder)


def failing(met: list[str], first: int, last: int, error: int, name: str, path: str, number: int) -> int:
    """Let some of the calls fail, and note them."""
    if not first <= number <= last:
        return 0
    met.append(f"{name} {Path(path).name}")
    return error


def acting(met: list[str], at: int, act: Callable[[], None], name: str, path: str, number: int) -> int:
    """Do something before one of the calls, and note it."""
    if number == at:
        met.append(f"{name} {Path(path).name}")
        act()
    return 0


def moved(folder: Path) -> None:
    """Give the desk another name."""
    shutil.move(folder / "afterservice.db", folder / "moved.db")


def emptied(folder: Path) -> None:
    """Remove all that is in a folder."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def replaced(folder: Path) -> None:
    """Put a copy of the desk in its place."""
    shutil.copy(folder / "afterservice.db", folder / "copy.db")
    shutil.move(folder / "afterservice.db", folder / "moved.db")
    shutil.move(folder / "copy.db", folder / "afterservice.db")
