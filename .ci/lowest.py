"""Print the lowest versions that pyproject.toml allows of what the program needs, as constraints for pip."""

import re
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path


def lowest(requirements: Iterable[str]) -> list[str]:
    """Return `name==version` for each requirement, by its lower bound; raises ValueError if one has none."""
    found = []
    for requirement in requirements:
        bound = re.fullmatch(
            r"([A-Za-z0-9._-]+)(?:[^>]*,)?>=\s*([0-9][0-9a-z.]*)(?:,.*)?", requirement.replace(" ", "")
        )
        if bound is None:
            raise ValueError(f"{requirement} has no lower bound")
        found.append(f"{bound[1]}=={bound[2]}")
    return found


if __name__ == "__main__":
    path = Path(sys.argv[1] if sys.argv[1:] else "pyproject.toml")
    print(*lowest(tomllib.loads(path.read_text("utf-8"))["project"]["dependencies"]), sep="\n")
