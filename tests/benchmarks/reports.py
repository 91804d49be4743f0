"""Reports and lists on a desk of 1,000,000 cases with 5,000,000 events: see large.py for how it is made.

Copies of the true desk from the command line (50 without, of 20,000 cases each). `--desks FOLDER` keeps the
desks there, about 5 GB, and uses them again; `--runs` is how often each is measured.
Times are of the processor, at its quickest.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import large
from bench import AFTERSERVICE, machine
from growth import quickest
from imports import timed

from afterservice_cli.figures.periods import parse_span
from afterservice_cli.reporting import whole
from afterservice_cli.store import connection
from afterservice_cli.store.reading import queries
from afterservice_cli.workflows.desk import rulebook_of

SMALL = 1_000
FEW = 5  # copies in a desk of a tenth, with as many cases in the month
HERE = Path(__file__).parent
TOLD = "2025-12-10T01:00:00Z"  # large.NOW
NOWHERE = "没有这样的话"
LISTS: tuple[tuple[str, ...], ...] = (
    ("list", "--limit", "50"),
    ("list", "--sort", "due", "--limit", "50"),
    ("list", "--overdue", "--limit", "20"),
    ("due", "--limit", "50"),
    ("show", "last"),
    ("explain", "last"),
)


def desk_of(folder: Path, copies: int) -> Path:
    """Return a desk of so many copies, made unless it is there already."""
    true, _ = large.make_true(folder)
    desk = folder / f"copies-{copies}.db"
    if not desk.exists():
        part = folder / f"part-{copies}.db"
        part.unlink(missing_ok=True)
        # In a process of its own: the memory that it takes would count with all that this one starts.
        with get_context("spawn").Pool(1) as pool:
            pool.apply(large.multiply, (true, part, copies))
        part.rename(desk)
    return desk


def least(what: Callable[[], object], runs: int) -> float:
    """Return the least processor time that it takes."""
    times = []
    for _ in range(runs):
        begin = time.process_time()
        what()
        times.append(time.process_time() - begin)
    return min(times)


def month_of(desk: Path) -> tuple[str, str]:
    """Return the bounds of the month that is told, as UTC texts."""
    with closing(connection.connect(desk)) as db:
        digest = queries.desk_value(db, "rulebook")
        zone = rulebook_of(queries.snapshot(db, digest), digest, db).zone
    return parse_span("month", large.MONTH, date(2025, 12, 10)).bounds(zone)


def count(desk: Path, bounds: tuple[str, str]) -> int:
    """Count the cases of the month on a fresh connection."""
    with closing(sqlite3.connect(desk)) as db:
        query = "SELECT count(*) FROM cases WHERE registered_at >= ? AND registered_at < ?"
        return int(db.execute(query, bounds).fetchone()[0])


def report(desk: Path) -> None:
    """Make all tables and figures of the month on a fresh connection."""
    with closing(connection.connect(desk)) as db:
        digest = queries.desk_value(db, "rulebook")
        rulebook = rulebook_of(queries.snapshot(db, digest), digest, db)
        source = whole.ReportSource(
            rulebook, "en", db, lambda one: rulebook_of(queries.snapshot(db, one), one, db), TOLD
        )
        whole.report(source, whole.ReportScope(parse_span("month", large.MONTH, date(2025, 12, 10))))


def shown(name: str, seconds: float, peer: float, goal: str, most: float = 0.0) -> None:
    """Print a figure."""
    memory = f"{most:6.0f} MiB" if most else ""
    print(f"{name:<58}{seconds * 1000:9.1f} ms {seconds / peer:8.2f}×  {goal:<8}{memory}", flush=True)


def in_process(desk: Path, runs: int) -> None:
    """Print what the figures of a month take beside a count and beside pandas."""
    import pandas_report  # which makes the process larger, and with it what it starts

    bounds = month_of(desk)
    cases = count(desk, bounds)
    counted = least(lambda: count(desk, bounds), 5 * runs)
    shown(f"count(*) of the {cases:,} cases of the month", counted, counted, "")
    ours = least(lambda: report(desk), runs)
    shown("all tables and figures of the month", ours, counted, "60×")
    theirs = least(lambda: pandas_report.figures(str(desk), *bounds, TOLD), runs)
    shown("the figures in pandas", theirs, counted, "")
    shown("all tables and figures against pandas", ours, theirs, "0.6×")


def processes(desk: Path, few: Path, runs: int) -> None:
    """Print what the report takes as a process beside a pandas script, and beside a desk of a tenth."""

    def best(command: Sequence[str]) -> tuple[float, float]:
        found = [timed(command, desk.parent) for _ in range(runs)]
        return min(took for took, _ in found), max(most for _, most in found)

    line = ["--now", large.NOW, "report", "--month", large.MONTH, "--json"]
    ours, most = best([AFTERSERVICE, "--db", str(desk), *line])
    tenth, _ = best([AFTERSERVICE, "--db", str(few), *line])
    theirs, much = best([sys.executable, str(HERE / "pandas_report.py"), str(desk), *month_of(desk), TOLD])
    shown("the pandas script", theirs, theirs, "", much)
    shown("report --json among a tenth of the cases", tenth, theirs, "")
    shown("report --json", ours, theirs, "0.3×", most)
    shown("report --json against a tenth of the cases", ours, tenth, "1.3×")


def lists(desk: Path, small: Path, runs: int) -> None:
    """Print what lists take beside a desk of 1,000 cases, and a search beside going through the texts."""
    for words in LISTS:
        (few, _), (many, most) = quickest(("--now", large.NOW, *words), (small, desk), runs)
        shown(" ".join(words), many, few, "1.5×", most)

    def scan() -> None:
        with closing(sqlite3.connect(desk)) as db:
            db.execute("SELECT count(*) FROM written WHERE instr(sought, ?)", (NOWHERE,)).fetchone()

    raw = least(scan, runs)
    [(sought, most)] = quickest(("--now", large.NOW, "list", "--find", NOWHERE), (desk,), runs)
    shown("list --find, nowhere, against instr of all texts", sought, raw, "1.5×", most)


def of_true(runs: int) -> None:
    """Print what the true desk takes: its check beside its import, and a report as of then, when more is known now."""
    with tempfile.TemporaryDirectory() as passing:
        again, took = large.make_true(Path(passing))  # in the same minute, since the machine's speed drifts
        line = [AFTERSERVICE, "--db", str(again), "--now", large.NOW, "check"]
        checked, most = min(timed(line, again.parent) for _ in range(runs))
        shown(f"check of the true desk of {large.TRUE:,}, against its import", checked, took, "0.3×", most)
        later = [AFTERSERVICE, "--db", str(again), "--now", "2025-12-11 09:00"]
        timed([*later, "register", "APP无法登录", "--channel", "电话"], again.parent)
        month = [*later, "report", "--month", "2024-01", "--json"]
        now, _ = timed(month, again.parent)
        past, most = timed([*month, "--as-of", large.NOW], again.parent)
        shown("report --as-of there, against the same of now", past, now, "", most)


def waits(desk: Path) -> None:
    """Print for how long who registers a case waits while a copy of the desk is made for other programs."""
    program = [AFTERSERVICE, "--db", str(desk), "--now", large.NOW]
    copy = desk.with_name("copy.db")

    def registered() -> float:
        begin = time.perf_counter()
        command = [*program, "register", "APP无法登录", "--channel", "电话"]
        done = subprocess.run(command, capture_output=True, check=False)
        took = time.perf_counter() - begin
        return took if done.returncode == 0 else -took

    alone = sorted(registered() for _ in range(9))[4]
    begin, found = time.perf_counter(), []
    with subprocess.Popen([*program, "export", "--sqlite", str(copy)], stderr=subprocess.DEVNULL) as made:
        while made.poll() is None:
            found.append(registered())
    took = time.perf_counter() - begin
    copy.unlink(missing_ok=True)
    refused = sum(each < 0 for each in found)
    print(f"export --sqlite took {took:.1f} s by the clock; register alone {alone:.2f} s, beside it")
    print(f"  {len(found)} times, {refused} refused, at most {max(map(abs, found)):.2f} s")


def main() -> None:
    """Measure in a folder that is kept, or in one that goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("copies", nargs="?", type=int, default=2 * large.PERIODS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--desks", type=Path)
    chosen = parser.parse_args()
    os.environ["AFTERSERVICE_LANG"] = "en"
    with tempfile.TemporaryDirectory() as passing:
        folder = (chosen.desks or Path(passing)).absolute()
        small, _ = large.make_true(folder, SMALL)
        desk, few = desk_of(folder, chosen.copies), desk_of(folder, FEW)
        print(f"{machine()}; {chosen.copies * large.TRUE:,} cases, {desk.stat().st_size / 1e9:.1f} GB")
        processes(desk, few, chosen.runs)
        lists(desk, small, chosen.runs)
        of_true(chosen.runs)
        waits(few)
        in_process(desk, chosen.runs)


if __name__ == "__main__":
    main()
