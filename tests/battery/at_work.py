"""A process that works at a desk for a while: `python at_work.py FOLDER write|read ROUNDS|until-stopped`.

It prints as JSON from when to when each round had to wait, in seconds of a clock that all processes share, and what did
not end well. A writer waits for its place at the head of the queue; a reader for all that it asked, since it waits for
nobody.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from afterservice_cli.store import queueing
from conftest import calling


def main(folder: Path, kind: str, rounds: str) -> None:
    """Work, and print what it was like."""
    waits: list[tuple[float, float]] = []
    wrong: list[str] = []
    queued = queueing.queued

    @contextmanager
    def timed(path: Path) -> Iterator[None]:
        began = time.monotonic()
        with queued(path):
            if kind == "write":
                waits.append((began, time.monotonic()))
            yield

    queueing.queued = timed
    lines = {
        "write": [("register", "APP登不上", "--channel", "phone"), ("note", "last", "问过了")],
        "read": [("list", "--limit", "20"), ("due",), ("show", "last")],
    }[kind]
    number, stop = 0, folder / "stop"
    with calling(folder, careful=True) as call:
        while number < int(rounds) if rounds.isdigit() else not stop.exists():
            line = lines[number % len(lines)]
            began = time.monotonic()
            done = call(*line, now=None)
            if kind == "read":
                waits.append((began, time.monotonic()))
            if done.code not in (0, 4 if kind == "read" else 0):
                wrong.append(f"{' '.join(line)}: {done.code} {done.err}")
            number += 1
    json.dump({"waits": waits, "wrong": wrong}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
