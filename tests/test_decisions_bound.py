"""What a decision needs to know is bound to it, and the type checker finds what is bound by a wrong name."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BOUND = """
from functools import partial
from afterservice_cli.moment import Decision
from afterservice_cli.decisions import closing
right: Decision = partial(closing.resolve, resolution="mended")
mistyped: Decision = partial(closing.resolve, resolutoin="mended")
no_text: Decision = partial(closing.resolve, resolution=5)
unbound: Decision = closing.resolve
"""


def test_what_is_bound_to_a_decision_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "bound.py"
    file.write_text(BOUND)
    checking = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(file)]
    done = subprocess.run(checking, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.findall(r"^.*bound\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    lines = BOUND.splitlines()
    assert [(lines[int(number) - 1].partition(":")[0], kind) for number, kind in found] == [
        ("mistyped", "call-arg"),
        ("no_text", "arg-type"),
        ("unbound", "assignment"),
    ]
