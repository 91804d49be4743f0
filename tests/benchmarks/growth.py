"""What commands take in a desk of 200,000 cases against one of 1,000: processor time, and peak memory.

Cases of the large desk from the command line (200,000 without). With `--desks FOLDER` the desks are kept there, and
used again; `--runs` is how often each short command is measured.
"""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import AFTERSERVICE, machine
from imports import timed, write_profile, write_rows, write_rulebook

SMALL = 1_000
COMPLAINT = ("register", "APP无法登录", "--channel", "电话")
KNOWN = (*COMPLAINT, "--customer", "王", "--contact", "13812345678")
# What prints, or reads, as much in either desk: its time, at most 1.5 times.
FIXED: tuple[tuple[str, ...], ...] = (
    ("list", "--limit", "20"),
    ("list", "--sort", "due", "--limit", "20"),
    ("due", "--limit", "20"),
    COMPLAINT,
    KNOWN,
    (*COMPLAINT, "--field", "order_number=123456789"),
    (*KNOWN, "--field", "order_number=123456789", "--received-at", "2026-09-20 10:00"),
)
# What prints all there is: its time for a case, at most 1.5 times, and its memory.
WHOLE: tuple[tuple[str, ...], ...] = (
    ("list", "--json"),
    ("list", "--format", "csv"),
    ("list", "--sort", "due"),
    ("due", "--json"),
    ("due", "--format", "csv"),
)


def desk_of(folder: Path, cases: int) -> Path:
    """Import a desk of so many cases, all of them open, unless it is there already."""
    desk = folder / str(cases) / "desk.db"
    if not desk.exists():
        desk.parent.mkdir(parents=True, exist_ok=True)
        write_rulebook(desk.with_name("rules.yaml"))
        write_rows(desk.with_name("rows.csv"), cases)
        write_profile(desk.with_name("profile.yaml"))
        timed([AFTERSERVICE, "--db", str(desk), "init", "--rules", "rules.yaml"], desk.parent)
        line = [AFTERSERVICE, "--db", str(desk), "import", "rows.csv", "--profile", "profile.yaml"]
        took, most = timed(line, desk.parent)
        print(f"import of {cases:,} rows: {took:.1f} s, {most:.0f} MiB")
    return desk


def quickest(words: Sequence[str], desks: Sequence[Path], runs: int) -> list[tuple[float, float]]:
    """Return for each desk the least processor time, and the peak memory, of a command run in turn in both."""
    found = [[timed([AFTERSERVICE, "--db", str(desk), *words], desk.parent) for desk in desks] for _ in range(runs)]
    return [(min(took for took, _ in each), max(most for _, most in each)) for each in zip(*found, strict=True)]


def measure(folder: Path, large: int, runs: int) -> None:
    """Print a line for each command."""
    desks = [desk_of(folder, cases) for cases in (SMALL, large)]
    print(machine())
    for group, times, least in ((FIXED, runs, 1.0), (WHOLE, 1, large / SMALL)):
        for words in group:
            (few, little), (many, much) = quickest(words, desks, times)
            ratio = many / few / least
            print(f"{' '.join(words)}\n  {few * 1000:7.0f} ms {many * 1000:9.0f} ms {ratio:6.2f}×  goal 1.5×", end="")
            print(f"  {little:5.0f} MiB {much:6.0f} MiB")


def main() -> None:
    """Measure in a folder that is kept, or in one that goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="?", type=int, default=200_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--desks", type=Path)
    chosen = parser.parse_args()
    os.environ["AFTERSERVICE_LANG"] = "en"
    with tempfile.TemporaryDirectory() as folder:
        measure((chosen.desks or Path(folder)).absolute(), chosen.cases, chosen.runs)


if __name__ == "__main__":
    main()
