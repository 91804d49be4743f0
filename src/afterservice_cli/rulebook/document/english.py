"""English titles from a second file: a tree of the rulebook's keys with texts, put in beside the titles that it has."""

from __future__ import annotations

from afterservice_cli.errors import Fault, FaultyDocument, nearest
from afterservice_cli.language import tr
from afterservice_cli.rulebook.document.schema import RULEBOOK, TITLE
from afterservice_cli.rulebook.document.schema_types import Keys, Later, MapOf, Shape
from afterservice_cli.rulebook.document.yaml_nodes import Node
from afterservice_cli.rulebook.sections.rules import Rules


def with_english(root: Node, english: Node, name: str) -> Node:
    """Return a rulebook's document with the English texts of another; `FaultyDocument` names what names nothing there.

    An entry's text stands for its title, so that the second file is as short as the first.
    """
    faults: list[Fault] = []
    found = _Merging(faults, name).into(root, english, RULEBOOK)
    if faults:
        raise FaultyDocument(name, faults)
    return found


class _Merging:
    def __init__(self, faults: list[Fault], file: str) -> None:
        self.faults, self.file = faults, file

    def into(self, node: Node, english: Node, shape: Shape) -> Node:
        """Return a node of the rulebook with what stands at its place in the English tree."""
        while isinstance(shape, Later):
            shape = shape.shape()
        if shape is TITLE:
            return self._title(node, english)
        title = self._title_of(shape)
        if title and english.kind == "scalar":
            return self._entry(node, english, title)
        if not isinstance(shape, Keys | MapOf):
            return self._fault(node, english, tr("only titles and texts have a translation – leave this out"))
        if english.kind != "mapping":
            return self._fault(node, english, tr("no title – write one text, or a mapping of the keys below"))
        if title and self._bare(node) and [key.text for key, _ in english.entries] == [title]:
            return self._title(node, english.entries[0][1])
        return self._mapping(node, english, shape)

    def _mapping(self, node: Node, english: Node, shape: Keys[Rules] | MapOf) -> Node:
        merged = {key.text: (key, value) for key, value in node.entries}
        for key, value in english.entries:
            inner = shape.value if isinstance(shape, MapOf) else shape.shapes.get(key.text)
            if key.text in merged and inner is not None:
                here, below = merged[key.text]
                merged[key.text] = (here, self.into(below, value, inner))
            else:
                what = tr(
                    "'{text}' is not in the rulebook here – write {nearest}",
                    text=key.text[:40],
                    nearest=nearest(key.text, tuple(merged)),
                )
                self._fault(node, key, what)
        return node.but(entries=tuple(merged.values()))

    def _title_of(self, shape: Shape) -> str:
        """Return the key under which the entries of a shape have their words; "" if they have none.

        Those of a message are its text, though it may have a title.
        """
        shapes = shape.shapes if isinstance(shape, Keys) else {}
        return next((name for name in ("text", "title") if shapes.get(name) is TITLE), "")

    def _bare(self, node: Node) -> bool:
        """Tell whether an entry is nothing but its title, in one language or by language."""
        return node.kind != "mapping" or {key.text for key, _ in node.entries} <= {"zh", "en"}

    def _entry(self, node: Node, english: Node, title: str) -> Node:
        """Return an entry with its English title, whether it is a title alone or a mapping that has one."""
        if self._bare(node):
            return self._title(node, english)
        if node.value(title) is None:
            return self._fault(
                node, english, tr("the rulebook has no {title} here to translate – write it there first", title=title)
            )
        entries = ((key, self._title(value, english) if key.text == title else value) for key, value in node.entries)
        return node.but(entries=tuple(entries))

    def _title(self, node: Node, english: Node) -> Node:
        """Return a title in both languages."""
        if english.kind != "scalar":
            return self._fault(node, english, tr("no text – write the English words"))
        if node.value("en"):
            return self._fault(node, english, tr("the rulebook has these words in English – keep one of them"))
        chinese = node.value("zh") or node
        both = ((_key("zh", node), chinese), (_key("en", english), english.but(file=self.file)))
        return Node("mapping", node.line, node.column, entries=both)

    def _fault(self, node: Node, english: Node, message: str) -> Node:
        self.faults.append(Fault(english.line, english.column, message))
        return node


def _key(name: str, node: Node) -> Node:
    return Node("scalar", node.line, node.column, text=name)
