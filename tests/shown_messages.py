"""The files of `messages/`: a line each and what it says, run at a desk and held against that."""

import hashlib
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from conftest import Runner

MESSAGES = Path(__file__).parent / "messages"
EXIT_CODES = {2, 3, 4, 5, 6, 8, 10}


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder by the hash of its bytes; the lock is no content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }


def check_message(path: Path, place: Path, call: Runner, personal: Sequence[str]) -> None:
    """The line says what its file says of it, nothing `personal` among it, and leaves the folder as it was.

    UPDATE_TRANSCRIPTS=1 writes what it says into the file.
    """
    line, _, expected = path.read_text("utf-8").partition("\n")
    words = shlex.split(line.removeprefix("$ afterservice "))
    stdin = (place / words.pop()).read_bytes() if words[-2:-1] == ["<"] else b""
    before = contents(place)

    done = call(*(word for word in words if word != "<"), stdin=stdin)

    said = f"{done.err.replace(str(place), '<folder>')}[exit {done.code}]\n"
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(f"{line}\n{said}", "utf-8")
    assert said == expected
    assert done.out == ""
    assert done.code in EXIT_CODES
    assert contents(place) == before
    assert not [word for word in personal if word in said]
