"""The daily commands in Chinese against the same in English: pairs of processes, either first in turn."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import AFTERSERVICE, line, machine, make_desk

LANGUAGES = ("en", "zh")


def seconds(arguments: Sequence[str], db: Path, language: str) -> float:
    """Run one command in a language and return how long it took."""
    begin = time.perf_counter()
    subprocess.run(
        [AFTERSERVICE, "--db", str(db), *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, "AFTERSERVICE_LANG": language},
    )
    return time.perf_counter() - begin


def main(rounds: int = 40) -> None:
    """Print the figures; each language has a desk of its own."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        desks = {}
        for language in LANGUAGES:
            place = Path(folder) / language
            place.mkdir()
            desks[language] = make_desk(place, 1000)
        for arguments in (
            ["list", "--limit", "20"],
            ["show", "202605-001"],
            ["register", "APP无法登录", "--channel", "phone"],
        ):
            taken: dict[str, list[float]] = {language: [] for language in LANGUAGES}
            for turn in range(rounds + 1):
                for language in LANGUAGES if turn % 2 else reversed(LANGUAGES):
                    took = seconds(arguments, desks[language], language)
                    if turn:
                        taken[language].append(took)
            english, chinese = (statistics.median(taken[language]) for language in LANGUAGES)
            pairs = statistics.median(zh / en for en, zh in zip(taken["en"], taken["zh"], strict=True))
            line(f"{arguments[0]} in English", english, english, "")
            line(f"{arguments[0]} in Chinese", chinese, english, f"median of pairs {pairs:.3f}, goal: at most 1.02")


if __name__ == "__main__":
    main()
