"""The files of which a rulebook is made, as they are read together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from afterservice_cli.errors import Problem
from afterservice_cli.files.input_file import content_of, english_file
from afterservice_cli.frozen import Frozen
from afterservice_cli.language import tr
from afterservice_cli.rulebook.document.including import Included, names_in


class RulebookFiles(Frozen):
    """What was read of a rulebook: its own file, its English titles with what that file is called, what it includes."""

    path: Path
    data: bytes
    english: tuple[bytes, str] | None
    included: tuple[Included, ...]

    @property
    def contents(self) -> Sequence[bytes]:
        """Return the content of each file."""
        return (self.data, *(self.english or ())[:1], *(file.data for file in self.included))

    def contents_at(self, rules: Path) -> dict[Path, bytes]:
        """Return where each file has to stand for the rulebook to be `rules`, and its content."""
        english = {english_file(rules): self.english[0]} if self.english else {}
        return {rules: self.data, **english, **{rules.parent / file.name: file.data for file in self.included}}


def files_of(path: Path, data: bytes | None = None) -> RulebookFiles:
    """Read the files of a rulebook; of the first its content may be given."""
    if data is None:
        data = content_of(path)
    return RulebookFiles(path, data, english_of(path), tuple(_included(path, name) for name in names_in(data)))


def english_of(path: Path) -> tuple[bytes, str] | None:
    """Return the English titles beside a rulebook, with what their file is called; None if there is none."""
    beside = english_file(path)
    return (content_of(beside), str(beside)) if beside.is_file() else None


def _included(rules: Path, name: str) -> Included:
    """Read a file that a rulebook includes, or say what is wrong with it; what leads elsewhere is not read."""
    file = rules.parent / name
    places = [rules.parent.joinpath(*Path(name).parts[:depth]) for depth in range(1, len(Path(name).parts) + 1)]
    if link := next((place for place in places if place.is_symlink()), None):
        return Included(name, str(file), b"", tr("{file} is a link – put the file itself there", file=link))
    if file.exists() and rules.exists() and file.samefile(rules):
        return Included(name, str(file), b"", tr("a rulebook cannot include itself – leave it out"))
    try:
        return Included(name, str(file), content_of(file))
    except Problem as problem:
        return Included(name, str(file), b"", problem.message)
