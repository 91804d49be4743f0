"""Files that a rulebook includes: what they share – words, samples, topics, conditions – put in before it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from afterservice_cli.errors import Fault, FaultyDocument
from afterservice_cli.language import tr
from afterservice_cli.rulebook.document.yaml_nodes import Node, first_values, read_document

INCLUDE = "include"
SHARED = ("words", "samples", "topics", "conditions", "reading")
_NAME = r"[^./\\\x00-\x1f][^/\\\x00-\x1f]*"  # of a file or a folder: neither `..` nor hidden
INCLUDED = rf"({_NAME}/){{0,4}}{_NAME}\.ya?ml"


class Included(NamedTuple):
    """A file that a rulebook includes: its name there, where it lies, its content, or why there is none."""

    name: str
    path: str
    data: bytes
    trouble: str = ""


def included_name(text: str) -> str:
    """Return the name of a file that may be included; ValueError for one that lies elsewhere or is none of YAML."""
    if not re.fullmatch(INCLUDED, text):
        raise ValueError(
            tr("'{text}' cannot be included – write a file beside this one, such as danger.yaml", text=text[:80])
        )
    return text


def names_in(data: bytes) -> list[str]:
    """Return the names under `include` in a rulebook's file that could be of files; none if it is no YAML."""
    if INCLUDE.encode() not in data:
        return []
    return [name for name in dict.fromkeys(first_values(data, INCLUDE)) if _may_be(name)]


def _may_be(name: str) -> bool:
    try:
        return bool(included_name(name))
    except ValueError:
        return False


def with_included(root: Node, name: str, included: Sequence[Included]) -> Node:
    """Return a rulebook's document with all that the files that it includes have.

    Their nodes bear the names of their files. `FaultyDocument` names what cannot be included, and what stands twice.
    """
    asked = root.value(INCLUDE)
    if asked is None:
        return root
    faults: list[Fault] = []
    files = {file.name: file for file in included}
    shared: dict[str, list[tuple[Node, Node]]] = {}
    first: dict[str, Node] = {}
    for section, entries in _sections(root):
        shared[section] = [*entries]
    for node in asked.items or (asked,):
        file = files.get(node.text) if node.kind == "scalar" else None
        if file is None and not _may_be(node.text):
            continue  # that is a fault when the keys are read
        if file is None or file.trouble:
            trouble = file.trouble if file else tr("there is no file {file}", file=node.text)
            faults.append(Fault(node.line, node.column, trouble))
        elif node.text in first:
            faults.append(Fault(node.line, node.column, tr("'{file}' is included already", file=node.text)))
        else:
            first[node.text] = node
            for section, key, entries in _read(file, faults):
                _add(shared.setdefault(section, []), entries, faults)
                first.setdefault(section, key)
    if faults:
        raise FaultyDocument(name, faults)
    return root.but(entries=tuple(_merged(root, shared, first)))


def _merged(
    root: Node, shared: Mapping[str, Sequence[tuple[Node, Node]]], first: Mapping[str, Node]
) -> Iterator[tuple[Node, Node]]:
    """Yield the entries of a document, those sections that are shared with all that stands in them."""
    for key, value in root.entries:
        yield key, (value.but(entries=tuple(shared[key.text])) if key.text in shared else value)
    written = {key.text for key, _ in root.entries}
    for section, entries in shared.items():
        if section not in written:
            key = first[section]
            yield key, Node("mapping", key.line, key.column, entries=tuple(entries), file=key.file)


def _sections(root: Node) -> Iterator[tuple[str, Sequence[tuple[Node, Node]]]]:
    """Yield those sections of a document that may be shared and can be read, by name."""
    return ((key.text, value.entries) for key, value in root.entries if key.text in SHARED and value.kind == "mapping")


def _read(file: Included, faults: list[Fault]) -> Iterator[tuple[str, Node, Sequence[tuple[Node, Node]]]]:
    """Yield the sections of an included file: the name, the key, and the entries."""
    root = read_document(file.data, file.path)
    if root.kind != "mapping":
        what = tr("is no mapping – write `words:`, `samples:`, `topics:`, `conditions:` or `reading:`")
        faults.append(Fault(root.line, root.column, what, file.path))
    for key, value in root.entries:
        if key.text == INCLUDE:
            what = tr("an included file includes no other – name that one in the rulebook")
        elif key.text not in SHARED:
            what = tr(
                "'{key}' cannot stand in an included file, only `words`, `samples`, `topics`, `conditions` and "
                "`reading` – write it in the rulebook",
                key=key.text[:40],
            )
        elif value.kind != "mapping":
            what = tr("'{key}' is no mapping – write names, and what each stands for", key=key.text)
        else:
            yield key.text, _of(key, file.path), [(_of(k, file.path), _of(v, file.path)) for k, v in value.entries]
            continue
        faults.append(Fault(key.line, key.column, what, file.path))


def _add(known: list[tuple[Node, Node]], entries: Sequence[tuple[Node, Node]], faults: list[Fault]) -> None:
    """Add entries to those of other files; one that has the name of another is a fault."""
    there = {key.text: key for key, _ in known}
    for key, value in entries:
        if other := there.get(key.text):
            what = tr(
                "'{name}' stands in {file} as well – leave it out here or there, or call one of them otherwise",
                name=key.text[:40],
                file=f"{key.file}:{key.line}",
            )
            faults.append(Fault(other.line, other.column, what, other.file))
        else:
            known.append((key, value))


def _of(node: Node, file: str) -> Node:
    """Return a node, and all below it, as one of a file."""
    return node.but(
        file=file,
        items=tuple(_of(item, file) for item in node.items),
        entries=tuple((_of(key, file), _of(value, file)) for key, value in node.entries),
    )
