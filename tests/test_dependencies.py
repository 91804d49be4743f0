"""What the program needs: each of it has a lower bound, which .ci/run tries."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def told(*needs: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "pyproject.toml"
    file.write_text(f"[project]\ndependencies = {list(needs)!r}\n")
    return subprocess.run(
        [sys.executable, ROOT / ".ci" / "lowest.py", file], capture_output=True, text=True, check=False
    )


def test_the_lowest_version_of_each_is_a_constraint(tmp_path: Path) -> None:
    assert told("typer>=0.27,<0.29", "rich >= 13.8", "x-y<3,>=2.1.post1", folder=tmp_path).stdout.split() == [
        "typer==0.27",
        "rich==13.8",
        "x-y==2.1.post1",
    ]


def test_what_has_no_lower_bound_is_named(tmp_path: Path) -> None:
    done = told("typer<1", folder=tmp_path)
    assert done.returncode != 0
    assert "typer<1 has no lower bound" in done.stderr


def test_all_that_the_program_needs_has_one() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "lowest.py", ROOT / "pyproject.toml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
