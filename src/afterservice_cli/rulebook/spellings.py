"""Spellings of what a rulebook names: ids, labels and aliases in any width and case."""

from __future__ import annotations

from collections.abc import Mapping

from afterservice_cli.input_text import spelling
from afterservice_cli.rulebook.sections.forms import Named
from afterservice_cli.rulebook.sections.rules import Aliased


def spellings(named: Mapping[str, Named]) -> Mapping[str, str | None]:
    """Return the ids by the spellings of ids, labels and aliases; None if two are spelled alike."""
    ids, labels, aliases = (dict[str, str | None]() for _ in range(3))
    for identifier, entry in named.items():
        others = entry.aliases if isinstance(entry, Aliased) else ()
        for level, words in ((ids, [identifier]), (labels, entry.title.values()), (aliases, others)):
            for word in map(spelling, words):
                level[word] = identifier if level.get(word, identifier) == identifier else None
    return {**aliases, **labels, **ids}
