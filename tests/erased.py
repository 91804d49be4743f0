"""What is left of a text in the files of a desk, and a desk that keeps its cases for another time."""

import re
from pathlib import Path

from conftest import Runner
from rulebooks import bare


def bytes_of(text: str) -> list[bytes]:
    """A text as any program might have written it."""
    return [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]


def leftovers(folder: Path, *texts: str | bytes) -> list[tuple[str, str]]:
    """Where in the files of a desk something can still be read: the file, and what."""
    found = []
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        for text in texts:
            forms = [text] if isinstance(text, bytes) else bytes_of(text)
            if any(form in content or form in path.name.encode() for form in forms):
                found.append((path.name, str(text)))
    return found


def kept_for(desk: Path, call: Runner, period: str = "") -> None:
    """Have a desk keep its cases for another time than the rulebook that it was made with says, or for none."""
    rules = desk.parent / "afterservice.rules.yaml"
    kept = f"archive: {{keep: {period}}}" if period else ""
    rules.write_text(re.sub(r"^archive: .*$", kept, bare(rules.read_text("utf-8")), flags=re.MULTILINE), "utf-8")
    assert call("rules", "adopt", "--yes").code == 0
