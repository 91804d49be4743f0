"""Whether the patterns of a document can be looked for: their signs, the groups of words that they name."""

from __future__ import annotations

from collections.abc import Sequence

from afterservice_cli.language import tr
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.phrases.patterns import Way, ways_of
from afterservice_cli.rulebook.sections.reading import DEFAULT
from afterservice_cli.rulebook.sections.rules import Rules


def check_patterns(document: Rules, notes: Notes) -> None:
    """Note a fault at every pattern that cannot be looked for."""
    if not notes.sound("words"):
        return
    groups = document.words
    for path, text in notes.patterns.items():
        if path[0] == "reading" and text == DEFAULT:
            continue
        try:
            ways = ways_of(text, groups)
        except ValueError as error:
            notes.fault(path, str(error))
            continue
        if path[0] == "reading":
            _word(path, text, ways, notes)


def _word(path: Path, text: str, ways: Sequence[Way], notes: Notes) -> None:
    """Check that a pattern by which texts are read is of words that stand together."""
    if any(len(way) > 1 for way in ways):
        what = tr("'{text}': no gap and no number can stand here – write words or (a|b)", text=text[:40])
        notes.fault(path, what)
