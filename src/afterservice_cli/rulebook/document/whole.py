"""A rulebook's file and those that it includes as one text; comments and layout stay as they are."""

from __future__ import annotations

import codecs
import re
from collections.abc import Container, Iterator, Sequence

from afterservice_cli.rulebook.document.including import INCLUDE, SHARED, Included
from afterservice_cli.rulebook.document.yaml_nodes import Node, read_document

INDENT = "  "


def whole(data: bytes, name: str, included: Sequence[Included], needed: Container[tuple[str, str]]) -> bytes:
    """Return a rulebook's file with what it needs of those that it includes, by section and name, put in.

    They have no faults. The entries come behind those of the rulebook's own section of that name, or else to the end.
    """
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    root, text = read_document(data, name), _text(data)
    entry = root.entry(INCLUDE)
    if entry is None:
        return data
    changes = [(*_lines_of(entry, text), list[str]())]
    behind = list[str]()
    files = [(file.path, read_document(file.data, file.path), _text(file.data)) for file in included]
    for section in SHARED:
        shared = [line for _, tree, lines in files for line in _entries(tree.entry(section), lines, needed)]
        if not shared:
            continue
        own = root.entry(section)
        if own is None:
            behind += ["", f"{section}:", *shared]
        else:
            changes.append((*_lines_of(own, text), [f"{section}:", *_entries(own, text), *shared]))
    for first, last, lines in sorted(changes, key=lambda change: -change[0]):
        text[first:last] = lines
    while text and not text[-1].strip():
        text.pop()
    return mark + "\n".join((*text, *behind, "")).encode()


def _text(data: bytes) -> list[str]:
    return re.split("\r\n|[\n\r]", data.removeprefix(codecs.BOM_UTF8).decode())


def _lines_of(entry: tuple[Node, Node], text: Sequence[str]) -> tuple[int, int]:
    """Return the numbers of the first line of an entry of the document and of the line behind it."""
    first = entry[0].line - 1
    last = _end(entry[1], text)
    return first, max(first + 1, last)


def _end(node: Node, text: Sequence[str]) -> int:
    """Return the number of the line behind a node, from 0 on."""
    if node.kind == "scalar" or _is_flow(node, text):
        line, column = node.end
        return line - (column == 1 and line > node.line)  # a text in lines of its own ends where the next thing begins
    below = [*node.items, *(value for _, value in node.entries)]
    return max([node.line, *(_end(inner, text) for inner in below), *(key.line for key, _ in node.entries)])


def _is_flow(node: Node, text: Sequence[str]) -> bool:
    return text[node.line - 1][node.column - 1] in "[{"


def _entries(
    entry: tuple[Node, Node] | None, text: Sequence[str], needed: Container[tuple[str, str]] | None = None
) -> Iterator[str]:
    """Yield the lines of a section's entries, all or those that are needed, with the comments above each of them.

    They are indented by two signs.
    """
    if entry is None:
        return
    name, section, done = entry[0].text, entry[1], entry[0].line
    flow, outer = _is_flow(section, text), section.column - 1
    for key, value in section.entries:
        above, done = done, _end(value, text)
        if needed is not None and name != "reading" and (name, key.text) not in needed:
            continue
        if flow:
            yield from (INDENT + line for line in _between((key.line, key.column), value.end, text))
            continue
        for line in text[above:done]:
            yield INDENT + (line.lstrip() if line[:outer].strip() else line[outer:])


def _between(start: tuple[int, int], end: tuple[int, int], text: Sequence[str]) -> list[str]:
    """Return the text from one place to another."""
    lines = [*text[start[0] - 1 : end[0]]]
    lines[-1] = lines[-1][: end[1] - 1]
    lines[0] = lines[0][start[1] - 1 :]
    return lines
