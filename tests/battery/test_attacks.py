"""Attacks: kills, mutated files and rulebooks, a changed desk, hostile words; nothing is lost, unnoticed or let out.

AFTERSERVICE_TRIES says how many of each, AFTERSERVICE_SEED where chance begins; with `-s` each prints its figures. What
fails is told with the smallest input that was found to do it.
"""

import csv
import io
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

import rulebooks
from conftest import NOW, Result, Runner, clean_env, command, query

TRIES = int(os.environ.get("AFTERSERVICE_TRIES", "40"))
SEED = int(os.environ.get("AFTERSERVICE_SEED", "1"))
CODES = {0, 2, 3, 4, 5, 6, 8, 9, 11}  # all that a run may end with, but 1: a bug
HEADINGS = ["编号", "登记时间", "客户", "联系方式", "渠道", "描述"]
HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "a\u202eb\u2066c",
    "=cmd|' /C calc'!A0",
    "[bold red]x[/]",
    "x\r\ny\u2028z\u0085",
    "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "﷽" * 20 + "é" * 5 + "\u200b\ufeff",
    "'; DROP TABLE cases; --",
    "{0.__class__} %s $(id) `id`",
)


FAULTS = ('"', ",", "\n", "\r", "\t", ";", "\x00", "\x1b", "\ufeff", "'")  # of files
SIGNS = (
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "&a ",
    "*a",
    "!!python/object:os.system ",
    "…",
    "(",
    "|",
    "‹",
    "\t",
    "999d",
    "~",
)


def told(tried: int, outcomes: Counter[str]) -> None:
    """Print the figures of a battery."""
    print(f"{tried} tried: " + ", ".join(f"{count} {what}" for what, count in sorted(outcomes.items())))


def raw_signs(text: str) -> list[str]:
    """The signs of an output that would act on a terminal."""
    return sorted({sign for sign in text if (sign < " " and sign not in "\n\t") or "\x7f" <= sign <= "\x9f"})


def turning_signs(text: str) -> list[str]:
    """The signs of an output that would turn its order around, so that it says something else."""
    return sorted({sign for sign in text if "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"})


def smallest(data: list[str], fails: Callable[[list[str]], bool]) -> list[str]:
    """Return the fewest of some parts that still fail, as found by leaving one out after the other."""
    left = [*data]
    for part in data:
        fewer = [*left]
        fewer.remove(part)
        if fewer and fails(fewer):
            left = fewer
    return left


# --- kills ------------------------------------------------------------------------------------------------------


WRITING = {
    "register": ("register", "灯坏了", "--channel", "phone"),
    "note": ("note", "001", "问过了"),
    "close": ("close", "001", "--resolution", "换了", "--confirmed", "--rating", "5"),
    "attach": ("attach", "001", "photo.bin"),
    "import": ("import", "month.csv", "--yes"),
    "rules adopt": ("rules", "adopt", "--yes"),
    "retract": ("retract", "001", "3", "--reason", "看错了"),
}


def rows_of(folder: Path) -> list[tuple[object, ...]]:
    """All events of a desk but for what differs from run to run."""
    return query(folder / "afterservice.db", "SELECT case_id, version, kind FROM events ORDER BY seq")


@pytest.mark.parametrize("what", WRITING)
def test_whoever_is_killed_loses_nothing_that_was_acknowledged(
    what: str, desk: Path, call: Runner, run: Runner, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, chance = desk.parent, Random(SEED)
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
    rules.write_text(rules.read_text("utf-8").replace("title: {zh: 客户反馈", "title: {zh: 我们的客户反馈"), "utf-8")
    start = tmp_path_factory.mktemp("start") / "desk"
    shutil.copytree(folder, start)
    began = time.monotonic()
    assert run(*WRITING[what]).code == 0
    took, before, done = time.monotonic() - began, rows_of(start), rows_of(folder)
    outcomes: Counter[str] = Counter()
    for _ in range(TRIES // 4 or 1):
        shutil.rmtree(folder)
        shutil.copytree(start, folder)
        process = subprocess.Popen(
            command(*WRITING[what]),
            cwd=folder,
            env=clean_env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.random() * took * 1.1)
        process.send_signal(signal.SIGKILL)
        out, _ = process.communicate()
        assert call("check") == (0, "", "", "")
        after = rows_of(folder)
        assert after[: len(before)] == before
        assert what == "import" or after in (before, done)
        if process.returncode == 0 or (out and what != "import"):
            assert after == done, "it had said that it was done"
        outcomes["before" if after == before else "done" if after == done else "in part"] += 1
    told(sum(outcomes.values()), outcomes)


# --- mutated files ----------------------------------------------------------------------------------------------


def sample(chance: Random) -> list[str]:
    """The lines of a file as a spreadsheet may leave it."""
    values = [
        lambda n: [f"B{n}", "2026-10-01 09:00", "李雷", "13800138000", "电话", "收到的灯罩是碎的，要求换新"],
        lambda n: [f"B{n}", "2026/10/2", 'Ann, "the" cook', "010-12345678", "微信", "=1+1"],
        lambda n: ["", "45931.5", "", "1.38E+10", "", "多行\n描述"],
        lambda n: [f"B{n}", "", "无", "--", "门店", chance.choice(HOSTILE)],
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows(chance.choice(values)(n) for n in range(chance.randrange(1, 8)))
    return out.getvalue().splitlines(keepends=True)


def mutated(chance: Random, lines: list[str]) -> bytes:
    """A file with a few faults in it, in one of several encodings."""
    text = "".join(lines)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(text) + 1)
        text = chance.choice(
            [
                text[:place]
                + chance.choice(['"', ",", "\n", "\r", "\t", ";", "\x00", "\x1b", "\ufeff", "'"])
                + text[place:],
                text[:place],
                text[:place] + text[place + chance.randrange(12) :],
                text.replace(",", chance.choice([";", "\t", "，", ",,"])),
                text + text[place:],
                text.replace("\n", "\r\n"),
            ]
        )
    data = text.encode(chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"]), "replace")
    for _ in range(chance.choice([0, 0, 0, 1, 3])):
        place = chance.randrange(len(data) + 1)
        data = data[:place] + bytes([chance.randrange(256)]) + data[place + chance.randrange(2) :]
    return data


def told_well(done: Result) -> bool:
    """Tell whether a run ended as runs may, and let nothing out that acts on a terminal."""
    return done.code in CODES and "a bug" not in done.err and not raw_signs(done.out + done.err)


def test_a_mutated_file_is_read_or_refused_and_never_a_bug(desk: Path, call: Runner) -> None:
    chance, outcomes, file = Random(SEED), Counter[str](), desk.with_name("in.csv")
    for number in range(TRIES):
        data = mutated(chance, sample(chance))
        file.write_bytes(data)
        options = chance.choice([(), ("--dry-run",), ("--strict",), ("--received-at", "2026-10-01")])
        done = call("import", "in.csv", "--yes", *options)
        assert told_well(done), (data, options, done)
        outcomes[f"code {done.code}"] += 1
        if number % 25 == 24 or number == TRIES - 1:
            assert call("check") == (0, "", "", "")
        for left in desk.parent.glob("*.rejects.csv"):
            left.unlink()
    told(TRIES, outcomes)
    assert len(outcomes) > 1


def test_a_mutated_rulebook_is_read_or_refused_and_never_a_bug(desk: Path, call: Runner) -> None:
    chance, outcomes, file = Random(SEED), Counter[str](), desk.with_name("mine.yaml")
    whole = rulebooks.text("whole").splitlines(keepends=True)

    def change(lines: list[str]) -> list[str]:
        lines = [*lines]
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(lines))
            line, at = lines[place], chance.randrange(len(lines[place]) or 1)
            lines[place] = chance.choice(
                [
                    line[:at] + chance.choice(SIGNS) + line[at:],
                    line[:at] + line[at + chance.randrange(6) :],
                    "",
                    line + chance.choice(lines),
                    f"  {line}",
                    line.replace(":", ": {", 1),
                ]
            )
        return lines

    def fails(lines: list[str]) -> bool:
        file.write_text("".join(lines), "utf-8")
        return not told_well(call("rules", "check", "mine.yaml"))

    for _ in range(TRIES // 4 or 1):
        lines = change(whole)
        file.write_text("".join(lines), "utf-8")
        done = call("rules", "check", "mine.yaml")
        assert told_well(done), "".join(smallest(lines, fails))
        outcomes[f"code {done.code}"] += 1
    told(sum(outcomes.values()), outcomes)


# --- a changed desk ---------------------------------------------------------------------------------------------


@pytest.fixture
def used(desk: Path, call: Runner) -> Path:
    for n in range(6):
        call(
            "register", f"第{n}盏灯坏了", "--channel", "phone", "--customer", f"客户{n}", "--contact", f"1380000000{n}"
        )
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
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        made = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
        places = [(t, c[1]) for t in tables for c in db.execute(f"PRAGMA table_info({t})") if t not in OUTSIDE]
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        table, column = chance.choice(places)
        key = (
            "rowid"
            if "WITHOUT ROWID" not in made[table]
            else f"{next(c[1] for c in db.execute(f'PRAGMA table_info({table})'))}"
        )
        row = db.execute(f"SELECT {key}, {column} FROM {table} ORDER BY random() LIMIT 1").fetchone()
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
            yield f"{table}.{column} from {type(row[1]).__name__} to {value!r}"


OUTSIDE = {"desk", "reveals", "sqlite_sequence", "sqlite_stat1"}  # see `check --all`


def test_any_change_behind_the_program_s_back_is_noticed(used: Path, call: Runner, tmp_path: Path) -> None:
    chance, outcomes, whole = Random(SEED), Counter[str](), used.with_name("whole.db")
    shutil.copy(used, whole)
    before = content(whole)
    for _ in range(TRIES):
        shutil.copy(whole, used)
        for what in changes(chance, used):
            if content(used) == before or (what.startswith("events.run ") and of_runs(used) == of_runs(whole)):
                continue  # two runs may say the same
            done = call("check")
            assert done.code in (8, 9), what
            assert "a bug" not in done.err, what
            outcomes[f"code {done.code}"] += 1
    told(sum(outcomes.values()), outcomes)
    assert sum(outcomes.values()) > TRIES // 3


def test_any_changed_byte_is_noticed_or_says_nothing(used: Path, call: Runner) -> None:
    chance, outcomes = Random(SEED), Counter[str]()
    whole = used.read_bytes()
    before = content(used)
    for _ in range(TRIES):
        place = chance.randrange(len(whole))
        changed = whole[:place] + bytes([whole[place] ^ (1 << chance.randrange(8))]) + whole[place + 1 :]
        used.write_bytes(changed)
        done = call("check")
        assert done.code in (0, 8, 9, 10), place
        assert "a bug" not in done.err, place
        if done.code == 0:
            assert beyond_what_is_outside(content(used)) == beyond_what_is_outside(before), place
        outcomes[f"code {done.code}"] += 1
    told(TRIES, outcomes)


def beyond_what_is_outside(lines: list[str]) -> list[str]:
    return [line for line in lines if not any(f'INTO "{name}"' in line for name in OUTSIDE)]


# --- hostile words ----------------------------------------------------------------------------------------------


SHOWING = (
    ("list",),
    ("list", "--format", "table"),
    ("list", "--format", "md"),
    ("list", "--format", "csv"),
    ("list", "--json"),
    ("show", "last"),
    ("show", "last", "--json"),
    ("explain", "last"),
    ("due",),
    ("tasks",),
    ("report", "--month", "2026-10"),
    ("report", "--month", "2026-10", "--format", "html"),
    ("report", "--month", "2026-10", "--format", "md"),
    ("export", "--format", "csv"),
    ("export", "--format", "xes"),
)


def test_hostile_words_come_out_harmless_everywhere(desk: Path, call: Runner) -> None:
    chance, outcomes = Random(SEED), Counter[str]()
    for number in range(min(TRIES, 4 * len(HOSTILE))):
        word = HOSTILE[number % len(HOSTILE)]
        words = "".join(chance.choice([word, "灯", " ", chance.choice(HOSTILE)]) for _ in range(4))
        done = call("register", words, "--channel", "phone", "--customer", word, "--contact", f"a{number}@example.com")
        assert told_well(done), words
        if done.code:
            outcomes["refused"] += 1
            continue
        outcomes["registered"] += 1
        for line in SHOWING:
            done = call(*line)
            assert "a bug" not in done.err, (line, words)
            assert not raw_signs(done.out.replace("\r\n", "\n") + done.err), (line, words)
            if "--json" not in line and line[0] != "export":  # which lose nothing
                assert not turning_signs(done.out + done.err), (line, words)
    told(sum(outcomes.values()), outcomes)
    assert outcomes["registered"]
    assert call("check", now=NOW) == (0, "", "", "")
