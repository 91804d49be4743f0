"""Completion at a desk of 100,000 cases against `list` of 20: whole processes, as a shell calls them."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import AFTERSERVICE, NOTHING, line, machine, make_desk

LINES = ("", "show ", "show 2026", "show 202601-", "show 12", "list --category ", "list --")


def seconds(words: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Run a process and return how long it took, and how much of a processor's time."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, check=True, capture_output=True, env={**os.environ, **environment})
    taken, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(cases: int, rounds: int = 10) -> None:
    """Print the figures."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        db = str(make_desk(Path(folder), cases))
        asked = {"_AFTERSERVICE_COMPLETE": "complete_zsh", "AFTERSERVICE_DB": db}
        commands = {
            "python -c pass": (NOTHING, {}),
            "list --limit 20": ([AFTERSERVICE, "--db", db, "list", "--limit", "20"], {}),
            **{
                f"afterservice {typed}<Tab>": (
                    [AFTERSERVICE],
                    {**asked, "_TYPER_COMPLETE_ARGS": f"afterservice {typed}"},
                )
                for typed in LINES
            },
        }
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for turn in range(rounds + 1):
            for name, command in commands.items():
                took = seconds(*command)
                if turn:
                    taken[name].append(took)
    medians = {name: tuple(map(statistics.median, zip(*times, strict=True))) for name, times in taken.items()}
    for name, (wall, processor) in medians.items():
        goal = "of list; goal: under 150 ms" if "<Tab>" in name else ""
        line(name, wall, medians["list --limit 20"][0], f"{processor * 1000:.1f} ms of a processor {goal}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
