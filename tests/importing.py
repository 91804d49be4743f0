"""What a file comes to: the cases that an import makes of it, and the profile that it suggests."""

import json
from typing import Any

from conftest import Runner


def read_in(call: Runner, *words: str, code: int = 0) -> list[dict[str, Any]]:
    """Import a file; return all cases then."""
    done = call("import", *words)
    assert done.code == code, done.err
    return cases(call)


def cases(call: Runner) -> list[dict[str, Any]]:
    """All cases, by their numbers."""
    return sorted(json.loads(call("list", "--all", "--json").out), key=lambda case: str(case["case"]))


def proposal(call: Runner, *words: str) -> dict[str, Any]:
    """The profile that a file suggests."""
    found: dict[str, Any] = json.loads(call("import", *words, "--draft-profile", "--json").out)["proposal"]
    return found
