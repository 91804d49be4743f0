"""Power cuts: the disk as it may be after any of them; what was said to be done is there, and the desk is sound.

Each command runs once, traced (`traced`); the disk is then laid out as the power may leave it (`disk`), and looked at.
The first cut of each loses all that was not synced at its end.
"""

import csv
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from disk import Cut, Unit, cut, described, lay_out, left, seen
from figures import SEED, count, counted, smallest
from traced import Op, Traced, traced, why_not
from words import retitled

from afterservice_cli.errors import Problem
from afterservice_cli.store.copies import backups
from afterservice_cli.store.history import DESK
from conftest import Once, Runner, clean_env, command
from erased import kept_for, leftovers

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

CUTS = count(2, 188)  # of each of sixteen commands
LATER = "2026-11-02 09:00"
NAME, GONE = "陈强丰", "陈强丰的声音"
ROWS = 120
LINES = {
    "register": ("register", "灯坏了", "--channel", "phone", "--customer", "张伟", "--contact", "13800000001"),
    "note": ("note", "004", "问过了"),
    "close": ("close", "004", "--resolution", "换了", "--confirmed", "--rating", "5"),
    "attach": ("attach", "004", "photo.bin"),
    "import": ("import", "month.csv", "--yes"),
    "rules adopt": ("rules", "adopt", "--yes"),
    "erase": ("erase", "001", "002", "--yes"),
    "archive": ("archive", "--yes"),
    "backup": ("backup", "fresh"),
    "backup packed": ("backup", "fresh.tar"),
    "restore": ("restore", "kept.tar", "--yes"),
    "backup kept": ("backup", "old", "--keep", "1"),
    "restore elsewhere": ("restore", "kept.tar", "--db", "other.db"),
    "message": ("--outbox", "out", "acknowledge", "004", "--via", "phone"),
    "export": ("export", "--sqlite", "copy.db"),
    "report": ("report", "--month", "2026-10", "-o", "month.md"),
}
# An import lets others come between: of a short file it must be made to.
IN_TURNS = (
    "from afterservice_cli.store import connection; connection.TURN = 0.03; "
    "from afterservice_cli.__main__ import main; main()"
)
State = list[tuple[str, ...]]


def some_desk(folder: Path, call: Runner) -> None:
    """Make a desk with cases that are over and one that runs, each with a file, and backups, and a file to import."""
    kept_for(folder / "afterservice.db", call, "1d")
    words = folder / "words.bin"
    for number in range(4):
        words.write_bytes(f"{GONE} {number}".encode() * 300)
        call("register", "灯碎了", "--channel", "phone", "--customer", NAME, "--contact", "13700000045")
        call("attach", "last", words)
        if number < 3:
            call("close", "last", "--resolution", "换了", "--confirmed")
    words.unlink()
    assert call("backup", "kept.tar").code == call("backup", "old").code == 0
    (folder / "out").mkdir()
    call("note", "004", "又来电")
    (folder / "photo.bin").write_bytes(Random(SEED).randbytes(70_000))
    rules = (folder / "afterservice.rules.yaml").read_text("utf-8")
    (folder / "new.yaml").write_text(retitled(rules), "utf-8")
    with (folder / "month.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编号", "登记时间", "客户", "联系方式", "渠道", "描述"])
        writer.writerows(
            [f"A{n}", "2026-10-10 10:00", f"客户{n}", f"138{n:08}", "电话", f"第{n}台灯坏了"] for n in range(ROWS)
        )
        writer.writerow(["B", "unknown", "", "", "电话", "灯坏了"])


class Trial:
    """One command as it ran, and the disk as a power cut may leave it."""

    def __init__(self, what: str, start: Path, folder: Path, call: Runner) -> None:
        self.what, self.start, self.folder, self.call = what, start, folder, call
        shutil.copytree(start, folder)
        line = command(*LINES[what], now=LATER)
        if what == "import":
            line[1:3] = ["-c", IN_TURNS]
        self.run: Traced = traced(line, folder, clean_env())
        assert self.run.code in (0, 11), self.run.err
        self.before, self.done = self.state(start), self.state(folder)
        self.files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
        self.held = seen(start, self.run)
        said = [number for number, op in enumerate(self.run.ops) if op.kind == "said"]
        self.said = min(said, default=len(self.run.ops)) if what != "import" else len(self.run.ops)
        self.lay(Cut(len(self.run.ops), (), 512, False))
        assert self.state(folder) == self.done, "not all that the process did was seen"

    def shrunk(self, power: Cut) -> Cut:
        """Return a cut that is still too much for the program, and loses as little as was found to be enough."""

        def fails(lost: Sequence[Unit]) -> bool:
            return bool(self.found(power._replace(lost=tuple(lost))))

        return power._replace(lost=tuple(smallest(power.lost, fails)))

    def state(self, folder: Path) -> State:
        """What a desk says, but for what differs from run to run."""
        with closing(sqlite3.connect(folder / "afterservice.db")) as db:
            rows = db.execute("SELECT case_id, version, kind FROM events ORDER BY seq").fetchall()
            rules = db.execute("SELECT value FROM desk WHERE key = 'rulebook'").fetchall()
        return [*rows, *rules]

    def lay(self, power: Cut) -> None:
        """Lay the folder out as a power cut leaves it."""
        shutil.rmtree(self.folder)
        lay_out(left(self.run.ops, self.held, power), self.run.nodes[""], self.folder)

    def found(self, power: Cut) -> str:
        """Say what is wrong after a power cut; an empty text if nothing is."""
        self.lay(power)
        for line in ("list", "check"):  # the first ends what was interrupted
            done = self.call(line, now=LATER)
            if done.code or (line == "check" and (done.out or done.err)):
                return f"{line} says {done.code}: {done.out}{done.err}"
        after = self.after = self.state(self.folder)
        over = power.after > self.said or power.after == len(self.run.ops)
        if over and after != self.done:
            return "what was said to be done is not there"
        if after not in (self.before, self.done) and self.what != "import":
            return "the desk is neither as before nor as after"
        if self.what == "import" and (after[: len(self.before) - 1] != self.before[:-1]):
            return "what was there before the import is not there"
        if over and self.what != "erase" and self.what != "archive":
            missing = [name for name in self.files if not (self.folder / name).exists()]
            if missing:
                return f"said to be done, and gone: {', '.join(missing)}"
        if self.what == "import" and after not in (self.before, self.done):
            return self.completed()
        return getattr(self, f"found_{self.what.split()[0]}", lambda after: "")(after)

    def completed(self) -> str:
        """See that what was broken off is completed by the same file: no row is lost, none comes twice."""
        done = self.call(*LINES["import"], now=LATER)
        now, wanted = (
            sorted(row for row in state if len(row) == 3 and row[0] != DESK)
            for state in (self.state(self.folder), self.done)
        )
        return "" if now == wanted else f"imported again: {done.out}{done.err}"

    def found_erase(self, after: State) -> str:
        """Look for what was erased, in all files but the backup."""
        gone = {"erase": ["001", "002"], "archive": ["001", "002", "003"]}[self.what]
        if after != self.done:
            return ""
        (self.folder / "kept.tar").unlink()
        shutil.rmtree(self.folder / "old")
        texts = [f"{GONE} {int(number) - 1}".encode() for number in gone]
        return "".join(f"erased, and still there: {each}\n" for each in leftovers(self.folder, *texts))

    found_archive = found_erase

    def found_backup(self, after: State) -> str:
        """See that whatever has the name of a backup is one."""
        made = [self.folder / "fresh.tar", *(self.folder / "fresh").glob("[!.]*"), *(self.folder / "old").glob("[!.]*")]
        return "".join(map(broken, (path for path in made if path.exists())))

    def found_restore(self, after: State) -> str:
        """See that the desk that was there is kept, with its files."""
        if self.what == "restore elsewhere":
            return self.found_sound("other.db") if (self.folder / "other.db").exists() else ""
        if after != self.done:
            return ""
        for aside in self.folder.glob("afterservice.before-*.db"):
            if self.state_of(aside) == self.before[:-1]:
                return self.found_sound(aside.name)
        return "the desk that was there is gone"

    def found_sound(self, name: str) -> str:
        """See that another desk holds together."""
        done = self.call("check", "--db", name, now=LATER)
        return "" if done == (0, "", "", "") else f"{name}: {done.out}{done.err}"

    def state_of(self, file: Path) -> State:
        with closing(sqlite3.connect(file)) as db:
            return db.execute("SELECT case_id, version, kind FROM events ORDER BY seq").fetchall()

    def found_export(self, after: State) -> str:
        """See that the copy is whole if it is there."""
        copy = self.folder / "copy.db"
        if not copy.exists():
            return ""
        with closing(sqlite3.connect(copy)) as db:
            sound = db.execute("PRAGMA integrity_check").fetchall()
        return "" if sound == [("ok",)] else f"the copy: {sound}"

    def found_report(self, after: State) -> str:
        """See that the report is whole if it is there."""
        file = self.folder / "month.md"
        return "" if not file.exists() or file.read_bytes().endswith(b"\n") else "half a report"


def broken(path: Path) -> str:
    """Say what is wrong with a backup, or nothing."""
    try:
        with backups.opened(path) as folder:
            backups.proved(folder)
    except Problem as problem:
        return f"{path.name}: {problem.message}\n"
    return ""


@pytest.mark.parametrize("what", LINES)
def test_no_power_cut_takes_what_was_said_to_be_done(
    what: str, desk: Path, call: Runner, once: Once, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def made() -> None:
        some_desk(desk.parent, call)

    once(made)
    start = tmp_path_factory.mktemp("power") / "desk"
    shutil.move(desk.parent, start)
    if what == "rules adopt":
        shutil.copy(start / "new.yaml", start / "afterservice.rules.yaml")
    trial = Trial(what, start, desk.parent, call)
    chance, ops = Random(SEED), trial.run.ops
    cuts = [cut(ops, len(ops)), cut(ops, trial.said + (trial.said < len(ops)))]
    while len(cuts) < CUTS:
        cuts.append(cut(ops, instant(ops, chance), chance))
    with counted(f"power cuts, {what}, {len(ops)} operations") as figures:
        for power in cuts:
            wrong = trial.found(power)
            if wrong:
                shrunk = trial.shrunk(power) if figures.telling else power
                said = trial.found(shrunk) or wrong
                figures.fails(f"{' '.join(LINES[what])}: {said}\n{described(ops, shrunk)}")
                continue
            after = trial.after
            figures.came("before" if after == trial.before else "done" if after == trial.done else "in part")


def instant(ops: Sequence[Op], chance: Random) -> int:
    """Choose after how many operations the power fails; every second time close to one after which much is certain."""
    decisive = [number for number, op in enumerate(ops) if op.kind in ("sync", "unlink", "rename", "said")]
    if chance.random() < 0.5:
        return chance.randrange(len(ops) + 1)
    return max(0, min(len(ops), chance.choice(decisive) + chance.randrange(-1, 3)))
