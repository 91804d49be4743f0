"""The rulebooks that tests run under (`rulebooks/*.yaml`), as they are or with pieces of their text replaced."""

import re
from functools import cache
from pathlib import Path

from afterservice_cli.rulebook.compiling import Compiled, compile_rulebook
from afterservice_cli.rulebook.document.including import with_included
from afterservice_cli.rulebook.document.yaml_nodes import Node, read_document
from afterservice_cli.rulebook.model import Rulebook
from afterservice_cli.workflows.rulebook_files import files_of

FOLDER = Path(__file__).parent / "rulebooks"
# Those that come with the program, without the English titles beside them.
SHIPPED = {
    path.stem: path for path in sorted((FOLDER.parents[1] / "rules").glob("*.yaml")) if path.suffixes == [".yaml"]
}


# What several of them include.
SHARED = {path.stem: path for path in sorted((FOLDER.parents[1] / "rules" / "shared").glob("*.yaml"))}


def bare(rules: str) -> str:
    """Return the text of a rulebook without what it tries itself by, which takes most of the time of an adoption."""
    return re.sub(r"(?ms)^(cases|examples):.*?(?=^\w|\Z)", "", rules)


def document(file: Path) -> Node:
    """Return the document of a rulebook's file, with what it includes and without English titles."""
    return with_included(read_document(file.read_bytes(), file.name), file.name, files_of(file).included)


def text(name: str, *changes: tuple[str, str]) -> str:
    """Return the text of a rulebook after these replacements; what is to be replaced must stand in it."""
    found = (FOLDER / f"{name}.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in found, old
        found = found.replace(old, new)
    return found


@cache
def compiled(name: str, *changes: tuple[str, str], year: int = 2026) -> Compiled:
    """Compile a rulebook as of a year, the same one once in this process."""
    return compile_rulebook(text(name, *changes).encode(), f"{name}.yaml", year=year)


def rulebook(name: str, *changes: tuple[str, str]) -> Rulebook:
    """Return a rulebook to be in force."""
    return compiled(name, *changes).rulebook
