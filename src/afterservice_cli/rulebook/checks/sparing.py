"""What can be left out of a rulebook: words and patterns in whose place another of the same list is found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from afterservice_cli.errors import Fault
from afterservice_cli.language import tr
from afterservice_cli.rulebook.checks.implying import Implying
from afterservice_cli.rulebook.document.notes import Notes, Path
from afterservice_cli.rulebook.document.yaml_nodes import Node
from afterservice_cli.rulebook.phrases.patterns import NUMBER, Words, is_plain, spelled, ways_of
from afterservice_cli.rulebook.sections.rules import Rules

_GROUP = re.compile("‹([^‹›]+)›")
RULED = ("match", "unless")


def spare(document: Rules, notes: Notes) -> Iterator[Fault]:
    """Yield what can be left out without deciding any text otherwise, each with its place; `document` has no faults.

    Only what is sure is told: a word that holds another of its group, and where a gap or other words stand beside the
    group, begins or ends with it. In what speaks for a category or a kind each word has its weight, so nothing is told
    of that.
    """
    implying = Implying.of(document, notes)
    sides = _sides(notes)
    for name in document.words:
        yield from _words(name, sides.get(name), implying, notes)
    lists: dict[Path, list[Path]] = defaultdict(list)
    for path in notes.patterns:
        if len(path) > 1 and path[-2] in RULED and not _weighs(path):
            lists[path[:-1]].append(path)
    for paths in lists.values():
        yield from _patterns({notes.patterns[path]: path for path in paths}, document.words, implying, notes)


def _weighs(path: Path) -> bool:
    """Tell whether a pattern stands where the number of words and their lengths count, or where texts are read, or
    where a person is told of what was found.
    """
    placing = path[0] in ("categories", "kinds") and path[-2] == "match" and "when" not in path
    return placing or path[0] in ("reading", "intake")


def _sides(notes: Notes) -> Mapping[str, tuple[bool, bool] | None]:
    """Return of each group whether something stands before it in a pattern, and behind it; None if words weigh."""
    found: dict[str, tuple[bool, bool] | None] = {}
    for path, text in notes.patterns.items():
        for group in _GROUP.finditer(text):
            before, after = found.setdefault(group[1], (False, False)) or (True, True)
            weighs = _weighs(path) or found[group[1]] is None
            found[group[1]] = None if weighs else (before or group.start() > 0, after or group.end() < len(text))
    return found


def _words(name: str, sides: tuple[bool, bool] | None, implying: Implying, notes: Notes) -> Iterator[Fault]:
    """Yield what of a group can be left out."""
    written = [spelled(node.text.strip()) for node in _items(("words", name), notes)]
    for index, (word, node) in enumerate(zip(written, _items(("words", name), notes), strict=True)):
        if word in written[:index]:
            yield Fault(
                node.line, node.column, tr("'{word}' stands in ‹{group}› already", word=word, group=name), node.file
            )
            continue
        before, after = sides or (True, True)
        held = (
            other
            for other in written
            if other != word
            and other in word
            and (not before or word.startswith(other))
            and (not after or word.endswith(other))
            and implying.counts(word, (other,))
        )
        if sides and (other := next(held, "")):
            what = tr("'{word}' holds '{other}', which ‹{group}› has", group=name, other=other, word=word)
            yield Fault(node.line, node.column, what, node.file)


def _items(path: Path, notes: Notes) -> Iterator[Node]:
    index = 0
    while (*path, index) in notes.places:
        yield notes.places[*path, index]
        index += 1


def _patterns(paths: Mapping[str, Path], groups: Words, implying: Implying, notes: Notes) -> Iterator[Fault]:
    """Yield the patterns of a list without a gap in which another of them surely is found."""
    words = {pattern: _alone(pattern, groups) for pattern in paths if NUMBER not in pattern}
    for number, (pattern, path) in enumerate(paths.items()):
        some = words.get(pattern, ())
        later = [*paths][number:]  # of two that say the same the first stays
        same = {other for other in later if set(words.get(other, ())) == set(some)}
        others = {word: other for other, found in words.items() if other not in same for word in found}
        met = [_met(word, others, implying, rules_out=path[-2] == "unless") for word in some]
        if some and all(met):
            what = tr("'{pattern}' is found only where '{other}' is", other=others[met[0]][:40], pattern=pattern[:40])
            node = notes.places[path]
            yield Fault(node.line, node.column, what, node.file)


def _alone(pattern: str, groups: Words) -> Sequence[str]:
    """Return the words of which a pattern is one; none if it has several parts."""
    if is_plain(pattern):
        return (pattern,)
    ways = ways_of(pattern, groups)
    return [word for (part,) in ways for word in part.words or ()] if all(len(way) == 1 for way in ways) else ()


def _met(word: str, others: Mapping[str, str], implying: Implying, *, rules_out: bool) -> str:
    """Return the first of some words that surely counts, or if it rules something out stands, where a word does."""
    sure = implying.stands if rules_out else implying.counts
    size = len(word)
    held = others.keys() & {word[start:end] for start in range(size) for end in range(start + 1, size + 1)}
    return next((other for other in others if other in held and sure(word, (other,))), "") if held else ""
