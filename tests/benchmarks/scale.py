"""`register` in a desk with 1,000 cases and in one with 100,000, and what a search among so many takes."""

import sys
import tempfile
import time
from pathlib import Path

from bench import AFTERSERVICE, line, machine, make_desk, medians


def main(large: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        desks = []
        for cases in (1000, large):
            place = Path(folder) / str(cases)
            place.mkdir()
            begin = time.perf_counter()
            desks.append(make_desk(place, cases))
            print(f"import of {cases:,} rows: {time.perf_counter() - begin:.1f} s")
        register = ["register", "APP无法登录", "--channel", "phone"]
        few, many = medians([[AFTERSERVICE, "--db", str(db), *register] for db in desks])
        some = [AFTERSERVICE, "--db", str(desks[1]), "list", "--limit", "20"]
        listed, *searched = medians([some, [*some, "--find", "破损"], [*some, "--find", "漏水"]])
    print(machine())
    line("register among 1,000 cases", few, few, "")
    line(f"register among {large:,} cases", many, few, "goal: at most 1.3×")
    line(f"list of 20 among {large:,} cases", listed, listed, "")
    for name, seconds in zip(("in one of seven", "nowhere"), searched, strict=True):
        line(f"the same with --find, {name}", seconds, listed, "")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
