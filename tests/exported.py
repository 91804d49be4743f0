"""What an export has to have: every event of a desk, and those that stand."""

import shutil
from pathlib import Path

import pytest

from conftest import Runner, query

DESKS = Path(__file__).parent / "desks"


@pytest.fixture
def every(tmp_path: Path, call: Runner) -> Path:
    """A desk that has every kind of event."""
    shutil.copytree(DESKS / "format-4.files", tmp_path / "format-4.files")
    path = Path(shutil.copy(DESKS / "format-4.db", tmp_path / "format-4.db"))
    path.chmod(0o600)
    return path


def standing(desk: Path) -> list[tuple[object, ...]]:
    """The events that count, as the tables have them."""
    kinds = "kind <> 'EventRetracted'"
    return query(desk, f"SELECT case_id, seq, word, at FROM log WHERE stands AND {kinds} ORDER BY case_id, at, seq")
