"""Resources: memory and open files stay flat, however often the program works and however many cases there are."""

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from figures import SEED, count, counted
from words import personal_data

from conftest import Runner, clean_env, command

ROUNDS = count(8, 100)
FEW, MANY = count(150, 2000), count(900, 12_000)  # cases
MORE = 12.0  # MB that a run may take more at the most with six times as many cases
GROWTH = 2.0  # MB by which a process may grow in as many rounds as it had before
LINES = (
    ("register", "APP登不上", "--channel", "phone", "--customer", "陈强丰", "--contact", "13700000045"),
    ("note", "last", "问过了"),
    ("close", "last", "--resolution", "换了", "--confirmed", "--rating", "5"),
    ("register", "", "--channel", "phone"),  # refused
    ("list", "--all", "--limit", "50"),
    ("show", "last", "--json"),
    ("due",),
    ("report", "--month", "2026-10"),
    ("check",),
)
BIG = (
    ("list", "--all"),
    ("check",),
    ("report", "--month", "2026-10"),
    ("export", "--format", "csv"),
    ("backup", "b.tar"),
)

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what a process takes is read in /proc")


def taken() -> tuple[float, int]:
    """What this process takes: memory in MB, and open files."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, len([*Path("/proc/self/fd").iterdir()])


def test_a_process_that_works_on_takes_no_more_files_and_hardly_more_memory(desk: Path, call: Runner) -> None:
    def work(rounds: int) -> None:
        for _ in range(rounds):
            for line in LINES:
                call(*line)

    work(3)  # what is loaded once
    before, files = taken()
    work(ROUNDS)
    half, _ = taken()
    work(ROUNDS)
    after, files_then = taken()
    with counted(f"{2 * ROUNDS} rounds of {len(LINES)} commands in a process") as figures:
        print(f"\n{before:.1f} MB, then {half:.1f}, then {after:.1f}; open files {files}, then {files_then}", end="")
        if files_then != files:
            figures.fails(f"{files_then - files} files more are open")
        elif after - half > GROWTH:
            figures.fails(f"{after - half:.1f} MB more after {ROUNDS} rounds")
        else:
            figures.came("flat")


# A process that pytest starts counts what pytest took as its own: a small one stands between.
MEASURED = (
    "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode; "
    "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def peak(folder: Path, *words: str) -> float:
    """Run a command; return how much memory it took at most, in MB."""
    line = [sys.executable, "-c", MEASURED, *command(*words, now="2026-11-02 09:00")]
    done = subprocess.run(line, cwd=folder, env=clean_env(), capture_output=True, check=True)
    code, most = map(int, done.stdout.split())
    assert code in (0, 11), done.stderr
    return most / 1024


def test_many_cases_take_hardly_more_memory_than_few(founded: Path, tmp_path: Path) -> None:
    peaks: dict[str, list[float]] = {}
    for number in (FEW, MANY):
        folder = tmp_path / str(number)
        shutil.copytree(founded, folder)
        chance = Random(SEED)
        rows = [",".join((f"A{n}", "2026-10-10 10:00", *personal_data(chance, n), "电话")) for n in range(number)]
        (folder / "in.csv").write_text("\n".join(("编号,登记时间,客户,联系方式,描述,渠道", *rows)), "utf-8")
        for line in (("import", "in.csv", "--yes"), *BIG):
            peaks.setdefault(line[0], []).append(peak(folder, *line))
    with counted(f"memory with {FEW} and {MANY} cases") as figures:
        for what, (few, many) in peaks.items():
            print(f"\n{what}: {few:.0f} and {many:.0f} MB", end="")
            if many - few > MORE:
                figures.fails(f"{what} takes {few:.0f} MB with {FEW} cases, and {many:.0f} with {MANY}")
            else:
                figures.came("flat")
