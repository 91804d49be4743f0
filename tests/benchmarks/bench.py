"""What the benchmarks share: a desk with so many cases, and commands timed in turn as whole processes."""

import csv
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from afterservice_cli.workflows.founding import whole_of

BIN = Path(sys.executable).parent
AFTERSERVICE = str(BIN / "afterservice")
NOTHING = [sys.executable, "-c", "pass"]

TEXTS = (
    "APP无法登录",
    "包裹五天没有物流更新",
    "客服态度很差",
    "扣款了但没有订单",
    "希望支持批量导出",
    "外箱破损",
    "价格太高",
)


RULES = Path(__file__).resolve().parents[2] / "rules" / "customer-feedback.yaml"
# Two that every case has from its registration on.
TASKS = """
tasks:
  look: {title: Look, on: registered, by: quality, within: 2wd}
  call: {title: Call, on: registered, by: service, within: 3wd}
"""


def rules_alone() -> str:
    """Return the rulebook with what it includes, without the courses, views, reports and examples of its own."""
    return re.sub(r"^(cases|views|reports|examples):.*\n((?!\w).*\n)*", "", whole_of(RULES).decode(), flags=re.M)


def make_desk(folder: Path, cases: int, *, tasks: bool = False) -> Path:
    """Make a desk with this many cases, imported from a generated file, with `tasks` two each; returns the database."""
    db = folder / "afterservice.db"
    rules = folder / "rules.yaml"
    text = rules_alone()  # its own courses know of no further tasks
    rules.write_text(text.replace("\ntasks:\n", TASKS, 1) if tasks else text, "utf-8")
    call(["init", "--rules", str(rules)], db)
    rows = folder / "rows.csv"
    with rows.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["number", "received", "channel", "text"])
        for i in range(cases):
            at = f"2026-{1 + i % 10:02}-{1 + i % 28:02} {8 + i % 10:02}:{i % 60:02}"
            writer.writerow([f"B{i}", at, "phone", f"{TEXTS[i % len(TEXTS)]} {i}"])
    profile = folder / "profile.yaml"
    profile.write_text(
        "profile: bench\ncolumns: {number: number, received_at: received, channel: channel, description: text}\n"
        'dates: ["%Y-%m-%d %H:%M"]\n'
    )
    call(["import", str(rows), "--profile", str(profile)], db)
    return db


def call(arguments: Sequence[str], db: Path) -> None:
    """Run one command on a desk; a failure ends the benchmark."""
    subprocess.run([AFTERSERVICE, "--db", str(db), *arguments], check=True, capture_output=True)


def medians(commands: Sequence[Sequence[str]], runs: int = 25) -> list[float]:
    """Seconds of each command: medians over `runs` rounds in which each is run once, one warm-up round first."""
    times: list[list[float]] = [[] for _ in commands]
    for turn in range(runs + 1):
        for taken, command in zip(times, commands, strict=True):
            begin = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if turn:
                taken.append(time.perf_counter() - begin)
    return [statistics.median(taken) for taken in times]


def machine() -> str:
    """The machine in one line."""
    return f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {sys.platform}"


def line(name: str, seconds: float, peer: float, goal: str) -> None:
    """Print one figure."""
    print(f"{name:<44} {seconds * 1000:8.1f} ms   {seconds / peer:6.2f}×   {goal}")
