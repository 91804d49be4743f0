"""What `docs/procedures.md` says of each demand, in both languages: which keys keep it, and which test shows that."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import rulebooks
from afterservice_cli.files.input_file import english_file
from afterservice_cli.rulebook.document.english import with_english
from afterservice_cli.rulebook.document.yaml_nodes import Node, read_document
from rulebooks import SHIPPED

TOP = Path(__file__).parents[1]
PAGES = {"en": TOP / "docs" / "procedures.md", "zh": TOP / "docs" / "zh" / "procedures.md"}
KEPT = {"en": ("yes", "partly", "no"), "zh": ("是", "部分", "否")}
REMARK = re.compile(r" ?[(（][^)）]*[)）]")
PATH = re.compile(r"`([a-z_]+[a-z_A-Z0-9.\[\]]*)`")
EXAMPLE = "example: "


class Row(NamedTuple):
    """One demand: its number, the rulebook that keeps it (none if all share it), and the cells of its row."""

    number: int
    book: str
    asked: str
    kept: str
    keys: tuple[str, ...]
    command: str
    tests: tuple[str, ...]
    missing: str


def rows(language: str = "en") -> Iterator[Row]:
    """Yield every row of the page in a language, `kept` in English and commands without remarks."""
    book = ""
    for line in PAGES[language].read_text("utf-8").splitlines():
        if line.startswith("## "):
            found = re.search(r"`rules/(.+)\.yaml`", line)
            book = found[1] if found else ""
        elif re.match(r"\| \d+ \|", line):
            number, asked, kept, keys, command, tests, missing = (cell.strip() for cell in line.strip("|").split("|"))
            yield Row(
                int(number),
                book,
                asked,
                KEPT["en"][KEPT[language].index(kept)],
                tuple(PATH.findall(keys)),
                REMARK.sub("", command),
                tuple(filter(None, tests.split("; "))),
                missing,
            )


@cache
def document(book: str) -> Node:
    """Return a rulebook's document with its English titles."""
    path = SHIPPED[book]
    root, beside = rulebooks.document(path), english_file(path)
    if not beside.is_file():
        return root
    return with_english(root, read_document(beside.read_bytes(), beside.name), beside.name)


def at(root: Node, path: str) -> Node:
    """Return what stands at a path such as `demands[2].when`; `LookupError` if nothing does."""
    for step in steps(path):
        found = [value for key, value in root.entries if key.text == step] if isinstance(step, str) else root.items
        root = found[0 if isinstance(step, str) else step - 1]
    return root


def key_names(root: Node) -> Iterator[str]:
    """Yield the name of every key of a document, however deep it stands."""
    for key, value in root.entries:
        yield key.text
        yield from key_names(value)
    for item in root.items:
        yield from key_names(item)


def without(root: Node, path: str) -> Node:
    """Return a document without what stands at a path, and if that are phrases, without the topics beside them."""
    return _without(root, tuple(steps(path)))


def _without(node: Node, path: tuple[str | int, ...]) -> Node:
    first, *rest = path
    if isinstance(first, int):
        items = list(node.items)
        items[first - 1 : first] = [_without(items[first - 1], tuple(rest))] if rest else []
        return node.but(items=tuple(items))
    gone = ("match", "topics") if first == "match" else (first,)
    entries = [
        (key, _without(value, tuple(rest)) if rest and key.text == first else value)
        for key, value in node.entries
        if rest or key.text not in gone
    ]
    return node.but(entries=tuple(entries))


def only(root: Node, tests: tuple[str, ...]) -> Node:
    """Return a document whose `cases:` and `examples:` are the named ones alone."""
    kept = {"cases": [], "examples": []}  # type: dict[str, list[Node]]
    for section, titles, by in (
        ("cases", [name for name in tests if not name.startswith(EXAMPLE)], "title"),
        ("examples", [name.removeprefix(EXAMPLE) for name in tests if name.startswith(EXAMPLE)], "text"),
    ):
        for title in titles:
            kept[section].append(next(item for item in named(root, section) if words(item, by) == title))
    entries = [
        (key, value.but(items=tuple(kept[key.text])) if key.text in kept else value) for key, value in root.entries
    ]
    return root.but(entries=tuple(entries))


def named(root: Node, section: str) -> tuple[Node, ...]:
    """Return the entries of a list."""
    return next((value.items for key, value in root.entries if key.text == section), ())


def words(item: Node, by: str) -> str:
    """Return the words by which an entry is called, the Chinese ones if it has two languages."""
    value = next(value for key, value in item.entries if key.text == by)
    return (
        value.text if value.kind == "scalar" else next(inner.text for key, inner in value.entries if key.text == "zh")
    )


def steps(path: str) -> Iterator[str | int]:
    """Yield the keys and the places of a path."""
    for name, place in re.findall(r"([a-zA-Z_0-9]+)|\[(\d+)\]", path):
        yield name or int(place)
