"""Console transcripts: every command runs in order in one new folder, and says what stands there (see consoles.py).

UPDATE_TRANSCRIPTS=1 writes what the commands say into the files; a `…` that fits stays.
"""

import os
from pathlib import Path

import pytest

from conftest import Runner
from consoles import BLOCK, fits, played

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.md"))


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 8


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path, call: Runner) -> None:
    written = path.read_text("utf-8")
    assert BLOCK.search(written), "no block is run"
    actual = played(written, call, tmp_path)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(actual, "utf-8")
    assert actual.splitlines() == written.splitlines()


@pytest.mark.parametrize(
    ("shown", "same"),
    [
        ("one\ntwo\nthree\n", True),
        ("one\n…\nthree\n", True),
        ("…\n", True),
        ("one\n…\ntwo\n…\nthree\n", True),
        ("one\nthree\n", False),
        ("…\ntwo\n", False),
        ("one\ntwo …\nthree\n", False),
        ("t…\n", False),
    ],
)
def test_an_ellipsis_stands_for_lines(shown: str, same: bool) -> None:
    assert fits(shown, "one\ntwo\nthree\n") is same


@pytest.mark.parametrize(("shown", "same"), [("…\n", False), ("one\n", False), ("…\n[exit 3]\n", True)])
def test_an_ellipsis_hides_no_exit_code(shown: str, same: bool) -> None:
    assert fits(shown, "one\n[exit 3]\n") is same
