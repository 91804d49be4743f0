"""Safe keeping under stress: random erasures that leave nothing, kills at random instants, a backup while others write.

How many of each comes from AFTERSERVICE_ERASURES, AFTERSERVICE_KILLS and AFTERSERVICE_CASES.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from conftest import Runner, clean_env, command, query
from test_keeping import kept_for, leftovers

ERASURES = int(os.environ.get("AFTERSERVICE_ERASURES", "40"))
KILLS = int(os.environ.get("AFTERSERVICE_KILLS", "24"))
CASES = int(os.environ.get("AFTERSERVICE_CASES", "2000"))
SEED = int(os.environ.get("AFTERSERVICE_SEED", "1"))
LATER, REPORT = "2026-11-02 09:00", ("report", "--month", "2026-10", "--json")
NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
PROFILE = "profile: many\ncolumns: {number: no, received_at: at, customer: who, contact: tel, description: words}\n"


def personal_data(chance: Random, number: int) -> tuple[str, str, str]:
    """A name, a contact and a text that nobody else has."""
    name = "".join(chance.choice(NAMES) for _ in range(3)) + f"丨{number}"
    return (
        name,
        f"1{chance.randrange(10**9, 10**10)}",
        f"灯碎了，{name}第{number}次来电，" + "说了很久" * chance.randrange(60),
    )


@pytest.fixture
def busy(desk: Path, call: Runner, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str, str]]]:
    """A desk with as many closed cases as are to be erased, some with files; what is personal in each."""
    chance, found = Random(SEED), []
    kept_for(desk, call)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for number in range(1, ERASURES + 1):
        name, contact, words = personal_data(chance, number)
        call("register", words, "--channel", "phone", "--customer", name, "--contact", contact)
        photo = elsewhere / f"{name}.jpg"
        photo.write_text(f"{name} {number}" * chance.randrange(1, 400))
        if chance.random() < 0.4:
            call("attach", "last", photo)
        for _ in range(chance.randrange(3)):
            call("note", "last", f"{name}：{contact}")
        call("close", "last", "--resolution", f"给{name}办好了", "--confirmed", "--words", f"我是{name}")
        found.append((name, contact, words))
    return desk, found


def test_random_erasures_leave_nothing_and_change_no_report(
    busy: tuple[Path, list[tuple[str, str, str]]], call: Runner
) -> None:
    desk, people = busy
    chance, before = Random(SEED + 1), call(*REPORT, now=LATER).out
    order = [f"202610-{number:03}" for number in range(1, ERASURES + 1)]
    chance.shuffle(order)
    gone: list[str] = []
    while order:
        some = [order.pop() for _ in range(min(len(order), chance.choice([1, 1, 2, 5])))]
        assert call("erase", *some, "--yes", now="2026-11-03 09:00").code == 0
        gone += [text for case in some for text in people[int(case[-3:]) - 1]]
        assert leftovers(desk.parent, *gone) == []
    assert call(*REPORT, "--as-of", LATER, now="2026-12-01 09:00").out == before
    assert call("check") == (0, "", "", "")


def state(folder: Path) -> tuple[object, ...]:
    """What a desk says: its head, its tables, and which files lie beside it."""
    rows = query(folder / "afterservice.db", "SELECT max(seq), max(hash) FROM events")
    texts = query(folder / "afterservice.db", "SELECT case_id, customer, description FROM texts ORDER BY case_id")
    return *rows, *texts, *sorted(path.name for path in folder.glob("afterservice.files/*/*"))


@pytest.mark.parametrize("what", ["backup", "restore", "erase", "archive"])
def test_whoever_is_killed_leaves_the_desk_as_before_or_after(
    what: str, desk: Path, call: Runner, run: Runner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, chance = desk.parent, Random(SEED)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    kept_for(desk, call, "1d")
    photo = elsewhere / "photo.jpg"
    photo.write_bytes(os.urandom(300_000))
    for _ in range(6):
        call("register", "灯碎了", "--channel", "phone", "--customer", "陈强丰", "--contact", "13700000045")
        call("attach", "last", photo)
        call("close", "last", "--resolution", "换了", "--confirmed")
    assert call("backup", "kept").code == 0
    (backup,) = (folder / "kept").iterdir()
    call("register", "还没完", "--channel", "phone", "--customer", "张伟", "--contact", "1")
    words = {
        "backup": ("backup", "new"),
        "restore": ("restore", str(backup), "--yes"),
        "erase": ("erase", "001", "002", "003", "--yes"),
        "archive": ("archive", "--yes"),
    }[what]
    start = elsewhere / "start"
    shutil.copytree(folder, start)
    began = time.monotonic()
    assert run(*words, now=LATER).code == 0
    took = time.monotonic() - began
    done = state(folder)
    for _ in range(KILLS):
        shutil.rmtree(folder)
        shutil.copytree(start, folder)
        before = state(folder)
        process = subprocess.Popen(
            command(*words, now=LATER),
            cwd=folder,
            env=clean_env(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.random() * took * 1.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert call("list", now=LATER).code == 0  # which ends what was interrupted
        after = state(folder)
        assert call("check") == (0, "", "", "")
        assert after in (before, done)
        if what == "backup":
            assert after == before
            for made in (folder / "new").glob("[!.]*"):
                assert run("restore", made, "--db", "elsewhere.db", now=LATER).code == 0
                for left in folder.glob("elsewhere*"):
                    shutil.rmtree(left) if left.is_dir() else left.unlink()
        elif what != "restore":
            gone = sum(1 for row in after if isinstance(row, tuple) and len(row) == 3 and row[2] is None)
            assert gone in (0, 3 if what == "erase" else 6)
            shutil.rmtree(folder / "kept")
            assert bool(leftovers(folder, "陈强丰")) == (gone < 6)


def test_a_backup_is_whole_although_others_write(desk: Path, call: Runner, run: Runner) -> None:
    folder = desk.parent
    (folder / "many.yaml").write_text(PROFILE + "defaults: {channel: phone}\n", "utf-8")
    rows = [",".join((str(n), "2026-10-01 09:00", *personal_data(Random(n), n))) for n in range(CASES)]
    (folder / "many.csv").write_text("\n".join(("no,at,who,tel,words", *rows)) + "\n", "utf-8")
    assert run("import", "many.csv", "--profile", "many.yaml", patience=3600).code == 0
    loop = "while [ ! -e stop ]; do {line} >>out.$1 2>>err || echo failed >>err; done"
    line = " ".join(command("register", "APP登不上", "--channel", "phone", now=None))
    writers = [
        subprocess.Popen(["sh", "-c", loop.format(line=line), "sh", str(n)], cwd=folder, env=clean_env())
        for n in range(4)
    ]
    time.sleep(1.0)
    made = [run("backup", "kept", now=None, patience=600) for _ in range(2)]
    (folder / "stop").touch()
    assert [process.wait() for process in writers] == [0] * 4
    assert [done.code for done in made] == [0, 0], made
    assert "failed" not in (folder / "err").read_text("utf-8")
    for backup in (folder / "kept").iterdir():
        with closing(sqlite3.connect(backup / "afterservice.db")) as db:
            (cases,) = db.execute("SELECT count(*) FROM cases").fetchone()
        assert cases >= CASES
        assert run("check", "--db", backup / "afterservice.db", now=None, patience=600).code == 0
    assert run("check", now=None, patience=600).code == 0
