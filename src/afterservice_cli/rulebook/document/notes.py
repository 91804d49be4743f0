"""What is noted while a document is read and checked: where everything stands, and the faults."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
        self.needed = set[str]()  # groups of words, samples and conditions that something names
        self._faulty: list[Path] = []

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
        """Say anew where the items of a list stand: each is made of what stood somewhere, at a place within it."""
        wanted = {origin for some in origins for origin, _ in some}
        lengths = sorted({len(origin) for origin in wanted})
        sections = {origin[:1] for origin in (path, *wanted)}
        for table in (self.keys, self.places):
            found: dict[Path, list[tuple[Path, Node]]] = {}
            gone = []
            for place, node in table.items():
                if place[:1] not in sections:
                    continue
                if place[: len(path)] == path and len(place) > len(path) and isinstance(place[len(path)], int):
                    gone.append(place)
                for length in lengths:
                    if place[:length] in wanted and len(place) >= length:
                        found.setdefault(place[:length], []).append((place[length:], node))
            for place in gone:
                del table[place]
            for index, some in enumerate(origins):
                for origin, within in some:
                    for below, node in found.get(origin, ()):
                        table[(*path, index, *within, *below)] = node

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
            if item.kind == "scalar" and phrase in (spelled(item.text), normal(item.text)):
                return f"{item.file}:{item.line}"
            index += 1
        node = self.places.get(path)
        return f"{node.file}:{node.line}" if node else ""

    def sound(self, *path: str | int) -> bool:
        """Tell whether no fault was met at a value, in it or around it: only then does it mean what it says."""
        return not any(all(a == b for a, b in zip(path, faulty, strict=False)) for faulty in self._faulty)
