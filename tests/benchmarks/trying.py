"""`rules backtest` of two changed rulebooks against `check`, on so many cases that were worked through."""

import re
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import AFTERSERVICE, TEXTS, call, line, machine, rules_alone

PROFILE = """profile: bench
columns: {number: number, received_at: received, channel: channel, description: text}
course:
  - {event: responded, at: answered}
  - {event: resolved, at: done}
dates: ["%Y-%m-%d %H:%M"]
"""
ROUNDS = 3


def make(folder: Path, cases: int) -> Path:
    """Make a desk with so many cases, each with an answer and a resolution; and two changed rulebooks beside it."""
    db = folder / "afterservice.db"
    text = rules_alone()
    (folder / "rules.yaml").write_text(text, "utf-8")
    phrases = re.sub(r"(\n *damaged: \[\s*)破损, ", r"\1", text)
    changed = phrases.replace("respond: 4h,", "respond: 2h,")
    assert text != phrases != changed
    (folder / "phrases.yaml").write_text(phrases, "utf-8")
    (folder / "changed.yaml").write_text(changed, "utf-8")
    (folder / "profile.yaml").write_text(PROFILE, "utf-8")
    rows = ["number,received,channel,text,answered,done"]
    for i in range(cases):
        day, hour, minute = f"2026-{1 + i % 10:02}-{1 + i % 28:02}", 8 + i % 10, i % 60
        rows.append(
            f"B{i},{day} {hour:02}:{minute:02},phone,{TEXTS[i % len(TEXTS)]} {i},"
            f"{day} {hour + 1 + i % 5:02}:{minute:02},{day} 23:{minute:02}"
        )
    (folder / "rows.csv").write_text("\n".join(rows), "utf-8")
    call(["init", "--rules", str(folder / "rules.yaml")], db)
    call(["import", str(folder / "rows.csv"), "--profile", str(folder / "profile.yaml")], db)
    return db


def processor(words: list[str]) -> float:
    """Seconds of the processor that a command takes, of its own and the system's."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def memory(words: list[str]) -> int:
    """The most memory that a command takes, in MB."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    return int(subprocess.run([sys.executable, "-c", script, *words], check=True, capture_output=True).stdout)


def main(cases: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        db = make(Path(folder), cases)
        check = [AFTERSERVICE, "--db", str(db), "check"]
        phrases, changed = (
            [AFTERSERVICE, "--db", str(db), "rules", "backtest", str(Path(folder) / f"{name}.yaml")]
            for name in ("phrases", "changed")
        )
        audit = [AFTERSERVICE, "--db", str(db), "rules", "audit", "--format", "csv"]
        times = [[processor(words) for words in (check, phrases, changed, audit)] for _ in range(ROUNDS)]
        checked, quick, tried, audited = (statistics.median(column) for column in zip(*times, strict=True))
        most = memory(check), memory(changed)
    print(machine())
    line(f"check of {cases:,} cases (processor)", checked, checked, "")
    line("rules backtest of a rulebook with another phrase", quick, checked, "goal: at most 1.5×")
    line("rules backtest of one with another time, too", tried, checked, "goal: at most 1.5×")
    line("rules audit", audited, checked, "")
    print(f"memory: check {most[0]} MB, rules backtest {most[1]} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
