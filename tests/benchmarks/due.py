"""What is due in a desk of ten thousand open cases with two open tasks each, against a plain `list` of them."""

import sys
import tempfile
from pathlib import Path

from bench import AFTERSERVICE, line, machine, make_desk, medians


def main(cases: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        ours = [AFTERSERVICE, "--db", str(make_desk(Path(folder), cases, tasks=True))]
        commands = [
            [*ours, "list"],
            [*ours, "due"],
            [*ours, "due", "--json"],
            [*ours, "due", "--within", "1wd"],
            [*ours, "tasks"],
        ]
        listed, *found = medians(commands, runs=7)
    print(machine())
    line(f"list of {cases:,} open cases", listed, listed, "")
    for command, seconds in zip(commands[1:], found, strict=True):
        line(" ".join(command[3:]), seconds, listed, "goal: at most 3×")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
