"""Tampering: whatever is changed behind the program's back is named, or changes nothing that is said."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from figures import SEED, count, counted

from conftest import Runner, query

CHANGES = count(30, 1000)  # of values, and of bytes
OUTSIDE = {"desk", "reveals", "sqlite_sequence", "sqlite_stat1"}  # see `check --all`


@pytest.fixture
def used(desk: Path, call: Runner) -> Path:
    for n in range(6):
        contact = f"1380000000{n}"
        call("register", f"第{n}盏灯坏了", "--channel", "phone", "--customer", f"客户{n}", "--contact", contact)
        call("note", "last", f"问了{n}次")
    call("classify", "001", "--category", "logistics.damage", "--reason", "看了照片")
    call("close", "002", "--resolution", "换了", "--confirmed", "--rating", "4")
    return desk


def content(path: Path) -> list[str]:
    """All that a database says."""
    with closing(sqlite3.connect(path)) as db:
        return [*db.iterdump()]


def of_runs(path: Path) -> list[tuple[object, ...]]:
    """What the run of each event says of it."""
    return query(path, "SELECT seq, recorded_at, actor, clock, rulebook FROM events JOIN runs USING (run) ORDER BY seq")


def changes(chance: Random, path: Path) -> Iterator[str]:
    """Change one value of one row behind the program's back, with the guards away and put back."""
    with closing(sqlite3.connect(path)) as db:
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        made = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
        places = [(t, c[1]) for t in made for c in db.execute(f"PRAGMA table_info({t})") if t not in OUTSIDE]
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        table, column = chance.choice(places)
        key = "rowid"
        if "WITHOUT ROWID" in made[table]:
            key = str(next(c[1] for c in db.execute(f"PRAGMA table_info({table})")))
        rows = db.execute(f"SELECT {key}, {column} FROM {table}").fetchall()
        row = chance.choice(rows) if rows else None
        if row:
            value = row[1] + 1 if isinstance(row[1], int) else chance.choice(["x", 7, None, f"{row[1]} "])
            try:
                db.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (value, row[0]))
            except sqlite3.IntegrityError:
                return
        for _, statement in guards:
            db.execute(statement)
        db.commit()
        if row:
            yield f"UPDATE {table} SET {column} = {value!r} WHERE {key} = {row[0]!r} (was a {type(row[1]).__name__})"


def test_any_change_behind_the_program_s_back_is_noticed(used: Path, call: Runner) -> None:
    chance, whole = Random(SEED), used.with_name("whole.db")
    shutil.copy(used, whole)
    before = content(whole)
    with counted("changed values") as figures:
        while figures.tried < CHANGES:
            shutil.copy(whole, used)
            for what in changes(chance, used):
                if content(used) == before or ("events SET run " in what and of_runs(used) == of_runs(whole)):
                    continue  # two runs may say the same
                done = call("check")
                if done.code in (8, 9) and "a bug" not in done.err:
                    figures.came(f"named with code {done.code}")
                else:
                    figures.fails(f"{what}: check says {done.code} {done.out}{done.err}")


def test_any_changed_byte_is_noticed_or_says_nothing(used: Path, call: Runner) -> None:
    chance, whole = Random(SEED), used.read_bytes()
    before = beyond_what_is_outside(content(used))
    with counted("changed bytes") as figures:
        for _ in range(CHANGES):
            place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
            used.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            done = call("check")
            if done.code not in (0, 8, 9, 10) or "a bug" in done.err:
                figures.fails(f"byte {place} ^ {bit}: check says {done.code} {done.err}")
            elif done.code == 0 and beyond_what_is_outside(content(used)) != before:
                figures.fails(f"byte {place} ^ {bit}: check is silent, and the tables say something else")
            else:
                figures.came(f"code {done.code}" if done.code else "says nothing else")


def beyond_what_is_outside(lines: list[str]) -> list[str]:
    return [line for line in lines if not any(f'INTO "{name}"' in line for name in OUTSIDE)]
