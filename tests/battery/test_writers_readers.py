"""Writers and readers at the same time: nobody is refused, nothing is lost, and how long they wait is measured."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

from figures import count, counted
from words import personal_data

from afterservice_cli.store import queueing
from conftest import Runner, clean_env, command, query

WRITERS, READERS = count(2, 16), count(1, 4)
EACH = count(10, 500)  # writes of each
LONG = 0.5  # seconds after which a wait is counted as long
CASES = count(300, 4000)
BESIDE = count(2, 4)  # who write while a backup is made
OUTS = [f"out.{n}" for n in range(BESIDE)]  # what they said
PROFILE = "profile: many\ncolumns: {number: no, received_at: at, customer: who, contact: tel, description: words}\n"


def begin(folder: Path, kind: str, rounds: str) -> "subprocess.Popen[str]":
    """A process that works at the desk (`at_work`)."""
    here = Path(__file__).parent
    env = clean_env({"PYTHONPATH": os.pathsep.join(map(str, (here.parent, here)))})
    words = [sys.executable, str(here / "at_work.py"), str(folder), kind, rounds]
    return subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, text=True)


def stalls(running: Sequence["subprocess.Popen[str]"]) -> float:
    """Wait for processes; return for how long the machine let this one wait at most, in seconds, when it only slept."""
    longest = 0.0
    while any(process.poll() is None for process in running):
        began = time.monotonic()
        time.sleep(0.01)
        longest = max(longest, time.monotonic() - began - 0.01)
    return longest


def said(who: str, waits: Sequence[tuple[float, float]]) -> str:
    """How long they waited, in words."""
    sorted_ones = sorted(until - since for since, until in waits)
    median, most = sorted_ones[len(waits) // 2], sorted_ones[len(waits) * 99 // 100]
    over = sum(wait > LONG for wait in sorted_ones)
    return (
        f"{who} waited {median:.3f} s (median), {most:.3f} (99 %), {sorted_ones[-1]:.3f} (longest); {over} over {LONG}"
    )


def passed(waits: Sequence[tuple[float, float]]) -> int:
    """How many others came to their turn at most while one waited for its own."""
    turns = sorted(until for _, until in waits)
    return max(bisect_left(turns, until) - bisect_right(turns, since) for since, until in waits)


def test_writers_and_readers_come_all_to_their_turn(desk: Path, call: Runner) -> None:
    folder = desk.parent
    readers = [begin(folder, "read", "until-stopped") for _ in range(READERS)]
    writers = [begin(folder, "write", str(EACH)) for _ in range(WRITERS)]
    stalled = stalls(writers)
    (folder / "stop").touch()
    done = {"writers": [json.loads(each.communicate()[0]) for each in writers]}
    done["readers"] = [json.loads(each.communicate()[0]) for each in readers]
    with counted(f"{WRITERS} writers x {EACH} writes, {READERS} readers") as figures:
        for who, each in done.items():
            for one in each:
                for _ in range(len(one["waits"]) - len(one["wrong"])):
                    figures.came(f"of {who}")
                for wrong in one["wrong"]:
                    figures.fails(wrong)
            print("\n" + said(who, [wait for one in each for wait in one["waits"]]), end="")
        most = passed([wait for one in done["writers"] for wait in one["waits"]])
        print(f"\nat most {most} others wrote while one waited", end="")
        if most > (2 if queueing.NUMBERED else 8) * WRITERS:  # who comes as another draws its number may be before it
            figures.fails(f"{most} others wrote while one waited")
        print(f"\nthe machine itself stalled for {stalled:.3f} s at most", end="")
    registered = WRITERS * (EACH - EACH // 2)
    serials = [row[0] for row in query(desk, "SELECT serial FROM cases ORDER BY series, serial")]
    assert len(serials) == registered
    assert query(desk, "SELECT count(*) FROM events WHERE kind = 'CaseNoted'") == [(WRITERS * (EACH // 2),)]
    assert call("check", now=None) == (0, "", "", "")


def test_a_backup_is_whole_although_others_write(desk: Path, run: Runner) -> None:
    folder = desk.parent
    (folder / "many.yaml").write_text(PROFILE + "defaults: {channel: phone}\n", "utf-8")
    rows = [",".join((str(n), "2026-10-01 09:00", *personal_data(Random(n), n))) for n in range(CASES)]
    (folder / "many.csv").write_text("\n".join(("no,at,who,tel,words", *rows)) + "\n", "utf-8")
    assert run("import", "many.csv", "--profile", "many.yaml", patience=3600).code == 0
    loop = "while [ ! -e stop ]; do {line} >>out.$1 2>>err || echo failed >>err; done"
    line = " ".join(command("register", "APP登不上", "--channel", "phone", now=None))
    writers = [
        subprocess.Popen(["sh", "-c", loop.format(line=line), "sh", str(n)], cwd=folder, env=clean_env())
        for n in range(BESIDE)
    ]
    while not all(out.exists() and out.stat().st_size for out in map(folder.joinpath, OUTS)):
        assert all(process.poll() is None for process in writers)
        time.sleep(0.01)
    made = [run("backup", "kept", now=None, patience=600) for _ in range(2)]
    (folder / "stop").touch()
    assert [process.wait() for process in writers] == [0] * BESIDE
    assert [done.code for done in made] == [0, 0], made
    assert "failed" not in (folder / "err").read_text("utf-8")
    with counted(f"backups while {BESIDE} write") as figures:
        for backup in (folder / "kept").iterdir():
            with closing(sqlite3.connect(backup / "afterservice.db")) as db:
                (cases,) = db.execute("SELECT count(*) FROM cases").fetchone()
            done = run("check", "--db", backup / "afterservice.db", now=None, patience=600)
            if cases >= CASES and done.code == 0:
                figures.came("whole")
            else:
                figures.fails(f"{backup.name}: {cases} cases, check says {done.code} {done.out}{done.err}")
    assert run("check", now=None, patience=600).code == 0
