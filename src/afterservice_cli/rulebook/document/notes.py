"""What is noted while a document is read and checked: where everything stands, and the faults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set

from afterservice_cli.errors import Fault
from afterservice_cli.rulebook.comparing import normal
from afterservice_cli.rulebook.document.yaml_nodes import Node
from afterservice_cli.rulebook.phrases.patterns import spelled

Path = tuple[str | int, ...]


class Notes:
    """Where each key, each value and each pattern stands, and the faults met so far.

    A list, a mapping and an empty value stand where their key does, since a fault concerns the whole of them.
    """

    def __init__(self) -> None:
        self.keys: dict[Path, Node] = {}
        self.places: dict[Path, Node] = {}
        self.patterns: dict[Path, str] = {}
        self.faults: list[Fault] = []
        self.needed = set[tuple[str, str]]()  # what something names, by its section: words, samples, topics, conditions
        self._faulty: list[Path] = []
        self._groups: Sequence[dict[Path, dict[Path, None]]] = ()  # the places of both tables, by their first two steps

    def put(self, path: Path, key: Node, value: Node) -> None:
        """Note where an entry of a mapping stands."""
        self.keys[path] = key
        self.places[path] = value if value.kind == "scalar" and value.text else key

    def fault(self, path: Path, message: str, *, key: bool = False) -> None:
        """Note a fault at a value, or at its key, or at the nearest thing around it that was written."""
        self._faulty.append(path)
        while path not in self.places and path:
            path = path[:-1]
        node = (self.keys if key and path in self.keys else self.places)[path]
        self.faults.append(Fault(node.line, node.column, message, node.file))

    def spoil(self, path: Path) -> None:
        """Take a value for one that does not mean what it says, for a fault that is noted elsewhere."""
        self._faulty.append(path)

    def rearrange(self, path: Path, origins: Sequence[Sequence[tuple[Path, Path]]]) -> None:
        """Say anew where the items of a list stand: each is made of what stood somewhere, at a place within it.

        All has been read by then, and nothing is put to it any more.
        """
        if not self._groups:
            self._groups = [_grouped(table) for table in (self.keys, self.places)]
        for table, groups in zip((self.keys, self.places), self._groups, strict=True):
            assert sum(map(len, groups.values())) == len(table)
            found = _below(table, groups, {origin for some in origins for origin, _ in some})
            for place in _items_at(groups, path):
                del table[place], groups[place[:2]][place]
            for index, some in enumerate(origins):
                for origin, within in some:
                    for below, node in found.get(origin, ()):
                        place = (*path, index, *within, *below)
                        table[place] = node
                        groups.setdefault(place[:2], {})[place] = None

    def line_of(self, place: str, phrase: str = "") -> str:
        """Return the file, if it is another than the document, and the line of a phrase at a place such as
        `priorities.P1.when[2].match`; of the place itself if there is no such phrase, "" if nothing stands there.
        """
        path: Path = ()
        for name, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", place):
            step = name or int(number) - 1
            below = [(*path, step), (*path, "children", step)]
            path = next((inner for inner in below if inner in self.places), below[0])
        index = 0
        while (item := self.places.get((*path, index))) and phrase:
            if item.kind == "scalar" and phrase in (item.text, spelled(item.text), normal(item.text)):
                return f"{item.file}:{item.line}"
            index += 1
        node = self.places.get(path)
        return f"{node.file}:{node.line}" if node else ""

    def sound(self, *path: str | int) -> bool:
        """Tell whether no fault was met at a value, in it or around it: only then does it mean what it says."""
        return not any(all(a == b for a, b in zip(path, faulty, strict=False)) for faulty in self._faulty)


Groups = Mapping[Path, Mapping[Path, None]]  # places by their first two steps


def _below(table: Mapping[Path, Node], groups: Groups, wanted: Set[Path]) -> dict[Path, list[tuple[Path, Node]]]:
    """Return what stands at each of some places and below it, with the way down to there."""
    found: dict[Path, list[tuple[Path, Node]]] = {}
    beginnings = {place[:2] for place in wanted}
    near = [group for start, group in groups.items() if start in beginnings or start[:1] in beginnings]
    for length in sorted({len(place) for place in wanted}):
        for place in (place for group in near for place in group):
            if place[:length] in wanted:
                found.setdefault(place[:length], []).append((place[length:], table[place]))
    return found


def _items_at(groups: Groups, path: Path) -> list[Path]:
    """Return the places of the items of a list, and all below them."""
    depth = len(path)
    near = [group for start, group in groups.items() if start[:depth] == path[:2]]
    return [at for group in near for at in group if len(at) > depth and at[:depth] == path and type(at[depth]) is int]


def _grouped(table: Iterable[Path]) -> dict[Path, dict[Path, None]]:
    """Return the places of a table by their first two steps, in their order."""
    groups: dict[Path, dict[Path, None]] = {}
    for place in table:
        groups.setdefault(place[:2], {})[place] = None
    return groups
