"""Kills at random instants: whoever is killed leaves the desk as before or after, and what was said to be done is done.

What a kill leaves at each single call to the system is tried in `test_power_cuts.py`, as a cut that loses nothing.
"""

import csv
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from figures import SEED, count, counted
from words import HEADINGS, retitled

from conftest import NOW, Once, Runner, clean_env, command, query
from erased import kept_for, leftovers

LATER = "2026-11-02 09:00"
KILLS = count(2, 91)  # of each of eleven commands
WRITING = {
    "register": ("register", "灯坏了", "--channel", "phone"),
    "note": ("note", "001", "问过了"),
    "close": ("close", "001", "--resolution", "换了", "--confirmed", "--rating", "5"),
    "attach": ("attach", "001", "photo.bin"),
    "import": ("import", "month.csv", "--yes"),
    "rules adopt": ("rules", "adopt", "--yes"),
    "retract": ("retract", "001", "3", "--reason", "看错了"),
}
KEEPING = {
    "backup": ("backup", "new"),
    "restore": ("restore", "kept", "--yes"),
    "erase": ("erase", "001", "002", "003", "--yes"),
    "archive": ("archive", "--yes"),
}


def killed(words: Sequence[str], folder: Path, after: float, now: str) -> "tuple[int, bytes]":
    """Kill a run some seconds after its start; return how it ended and what it had said by then."""
    process = subprocess.Popen(
        command(*words, now=now), cwd=folder, env=clean_env(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    out, _ = process.communicate()
    return process.returncode, out


def instant(chance: Random, took: float) -> float:
    """Choose when to kill a run, in seconds: at any time, every second time when it is about to end."""
    return took * (chance.uniform(0.75, 1.1) if chance.random() < 0.5 else chance.uniform(0, 1.1))


def rows_of(folder: Path) -> list[tuple[object, ...]]:
    """All events of a desk but for what differs from run to run."""
    return query(folder / "afterservice.db", "SELECT case_id, version, kind FROM events ORDER BY seq")


def desk_to_write(folder: Path, call: Runner) -> None:
    """Make a desk with a case, a photo for it, a file to import, and a rulebook that is to be adopted."""
    call("register", "屏幕碎了", "--channel", "phone", "--customer", "陈强丰", "--contact", "1")
    call("note", "001", "又来电")
    (folder / "photo.bin").write_bytes(os.urandom(200_000))
    with (folder / "month.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(
            [f"A{n}", "2026-10-10 10:00", f"客户{n}", f"138{n:08}", "电话", f"第{n}台灯坏了，不亮"] for n in range(300)
        )
    rules = folder / "afterservice.rules.yaml"
    rules.write_text(retitled(rules.read_text("utf-8")), "utf-8")


@pytest.mark.parametrize("what", WRITING)
def test_whoever_is_killed_loses_nothing_that_was_acknowledged(
    what: str, desk: Path, call: Runner, run: Runner, once: Once, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, chance = desk.parent, Random(SEED)

    def made() -> None:
        desk_to_write(folder, call)

    once(made)
    start = tmp_path_factory.mktemp("start") / "desk"
    shutil.copytree(folder, start)
    began = time.monotonic()
    assert run(*WRITING[what]).code == 0
    took, before, done = time.monotonic() - began, rows_of(start), rows_of(folder)

    def wrong(code: int, out: bytes, after: list[tuple[object, ...]]) -> str:
        if call("check") != (0, "", "", ""):
            return f"check says {call('check').out}"
        if after[: len(before)] != before:
            return "what was there before is not"
        if what != "import" and after not in (before, done):
            return "neither as before nor as after"
        if (code == 0 or (out and what != "import")) and after != done:
            return "it had said that it was done"
        return ""

    with counted(f"kills, {what}") as figures:
        for _ in range(KILLS):
            shutil.rmtree(folder)
            shutil.copytree(start, folder)
            wait = instant(chance, took)
            code, out = killed(WRITING[what], folder, wait, NOW)
            call("list")  # which ends what was interrupted
            after = rows_of(folder)
            if found := wrong(code, out, after):
                figures.fails(f"{' '.join(WRITING[what])}, killed after {wait:.3f} s of {took:.3f}: {found}")
            else:
                figures.came("before" if after == before else "done" if after == done else "in part")


def state(folder: Path) -> tuple[object, ...]:
    """What a desk says: its head, its tables, and which files lie beside it."""
    rows = query(folder / "afterservice.db", "SELECT max(seq), max(hash) FROM events")
    texts = query(folder / "afterservice.db", "SELECT case_id, customer, description FROM texts ORDER BY case_id")
    return *rows, *texts, *sorted(path.name for path in folder.glob("afterservice.files/*/*"))


def desk_to_keep(folder: Path, call: Runner) -> None:
    """Make a desk with cases that are over, each with a file, one that runs, and a backup from before that."""
    kept_for(folder / "afterservice.db", call, "1d")
    photo = folder / "photo.jpg"
    photo.write_bytes(os.urandom(300_000))
    for _ in range(6):
        call("register", "灯碎了", "--channel", "phone", "--customer", "陈强丰", "--contact", "13700000045")
        call("attach", "last", photo)
        call("close", "last", "--resolution", "换了", "--confirmed")
    photo.unlink()
    assert call("backup", "backups").code == 0
    (backup,) = (folder / "backups").iterdir()
    backup.rename(folder / "kept")
    (folder / "backups").rmdir()
    call("register", "还没完", "--channel", "phone", "--customer", "张伟", "--contact", "1")


@pytest.mark.parametrize("what", KEEPING)
def test_whoever_is_killed_leaves_the_desk_as_before_or_after(
    what: str, desk: Path, call: Runner, run: Runner, once: Once, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, chance = desk.parent, Random(SEED)

    def made() -> None:
        desk_to_keep(folder, call)

    once(made)
    words, start = KEEPING[what], tmp_path_factory.mktemp("start") / "desk"
    shutil.copytree(folder, start)
    began = time.monotonic()
    assert run(*words, now=LATER).code == 0
    took, before, done = time.monotonic() - began, state(start), state(folder)

    def wrong() -> str:
        if call("list", now=LATER).code or call("check") != (0, "", "", ""):  # the first ends what was interrupted
            return f"check says {call('check').out}"
        after = state(folder)
        if after not in (before, done):
            return "neither as before nor as after"
        if what == "backup":
            for made in (folder / "new").glob("[!.]*"):
                if call("restore", made, "--db", "elsewhere.db", now=LATER).code:
                    return "what has the name of a backup is none"
                for left in folder.glob("elsewhere*"):
                    shutil.rmtree(left) if left.is_dir() else left.unlink()
        elif what != "restore":
            gone = sum(1 for row in after if isinstance(row, tuple) and len(row) == 3 and row[2] is None)
            shutil.rmtree(folder / "kept")
            if bool(leftovers(folder, "陈强丰")) != (gone < 6):
                return f"of six cases {gone} are erased; left over: {leftovers(folder, '陈强丰')}"
        return ""

    with counted(f"kills, {what}") as figures:
        for _ in range(KILLS):
            shutil.rmtree(folder)
            shutil.copytree(start, folder)
            wait = instant(chance, took)
            killed(words, folder, wait, LATER)
            if found := wrong():
                figures.fails(f"{' '.join(words)}, killed after {wait:.3f} s of {took:.3f}: {found}")
            else:
                figures.came("before" if state(folder) == before else "done")
